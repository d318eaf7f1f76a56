//! The rules of what happens to tickets by itself, in the settings: shown, and changed as a whole.

use std::time::Duration;

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        Tx,
        closing::{self, ClosingRules},
        duplicates::AlikeRules,
        permission::Permission,
        queues,
        satisfaction::SurveyRules,
        settings::{self, Settings, SettingsChange},
        tickets::number,
    },
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    id::QueueId,
    language::say,
    web::{
        admin::{
            shell::{TICKET_RULES, Tick},
            ticket_rules::{ForecastLine, ForecastView, Number, TicketRulesView, page as rules_page},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{Phrase, phrase, t},
    },
};

/// The numbers of the form: name, label, hint.
const CLOSING: [(&str, Phrase, Phrase); 2] = [
    ("closeDays", phrase!("ticket-rules-days-silence-until-solved"), phrase!("ticket-rules-0-leaves-solved-tickets")),
    ("remindDays", phrase!("ticket-rules-days-before-which-requester"), phrase!("ticket-rules-0-tells-nobody")),
];
const ALIKE: [(&str, Phrase, Phrase); 4] = [
    ("hours", phrase!("ticket-rules-hours-which-ticket-compared"), phrase!("ticket-rules-most-168")),
    ("outageCount", phrase!("ticket-rules-alike-incidents-different-people"), Phrase::NONE),
    ("outageMinutes", phrase!("ticket-rules-minutes-within-which-they"), Phrase::NONE),
    ("outagePriority", phrase!("ticket-rules-priority-outage-1-4"), phrase!("ticket-rules-parent-raised-when-somebody")),
];

fn numbers<const N: usize>(all: [(&'static str, Phrase, Phrase); N], value: impl Fn(&str) -> u32) -> Vec<Number> {
    all.into_iter()
        .map(|(name, label, hint)| Number { name, label: label.text(), hint: hint.text(), value: value(name).to_string(), error: None })
        .collect()
}

fn filled(tx: &Tx, admin: &Admin) -> Result<TicketRulesView> {
    let settings = Settings::of(tx)?;
    let (closing, survey, alike) = (settings.closing, &settings.survey, settings.alike);
    let tick =
        |it: queues::Queue| Tick { on: survey.silent_queues.contains(&it.id), value: it.id.to_string(), label: it.name, ..Tick::default() };
    Ok(TicketRulesView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        closing: numbers(CLOSING, |name| if name == "closeDays" { closing.close_days } else { closing.remind_days }),
        survey: survey.on,
        stars: survey.stars,
        queues: queues::queues(tx)?.into_iter().map(tick).collect(),
        alike: alike.on,
        alike_numbers: numbers(ALIKE, |name| match name {
            "hours" => alike.hours,
            "outageCount" => alike.outage_count,
            "outageMinutes" => alike.outage_minutes,
            _ => u32::from(alike.outage_priority),
        }),
        join_later: alike.join_later,
        from_monitoring: alike.from_monitoring,
        forecast: foreseen(tx, admin, closing, false)?,
        error: None,
    })
}

/// What would happen within a week under these rules.
fn foreseen(tx: &Tx, admin: &Admin, rules: ClosingRules, is_trial: bool) -> Result<ForecastView> {
    let mut seen = closing::forecast(tx, admin.actor(), rules, FORESEEN)?;
    let more = seen.cut || seen.rows.len() > FORECAST_SHOWN_MAX;
    seen.rows.truncate(FORECAST_SHOWN_MAX);
    let row = |it: closing::ForecastRow| ForecastLine {
        number: number::text(&admin.settings, it.kind, it.number),
        title: it.title,
        told_at: it.told_at,
        closed_at: it.closed_at,
    };
    Ok(ForecastView { is_trial, tells: seen.tells, rows: seen.rows.into_iter().map(row).collect(), more, narrowed: seen.narrowed })
}

/// How far one looks ahead, and how much of it is shown.
const FORESEEN: Duration = Duration::from_secs(7 * 24 * 3600);
const FORECAST_SHOWN_MAX: usize = 8;

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin))?;
    Ok(page(StatusCode::OK, rules_page(&view)))
}

fn wanted(sent: &Sent) -> Result<SettingsChange> {
    let number = |name: &'static str| -> Result<u32> {
        sent.text(name).trim().parse().map_err(|_| Refusal::field(name, "invalid", say!("ticket-rules-write-whole-number")).into())
    };
    let queues = sent.all("silent").filter_map(|it| it.parse::<QueueId>().ok()).collect();
    Ok(SettingsChange {
        closing: Some(ClosingRules { close_days: number("closeDays")?, remind_days: number("remindDays")? }),
        survey: Some(SurveyRules { on: sent.has("survey"), stars: sent.has("stars"), silent_queues: queues }),
        alike: Some(AlikeRules {
            on: sent.has("alike"),
            hours: number("hours")?,
            outage_count: number("outageCount")?,
            outage_minutes: number("outageMinutes")?,
            outage_priority: u8::try_from(number("outagePriority")?).unwrap_or(u8::MAX),
            join_later: sent.has("joinLater"),
            from_monitoring: sent.has("fromMonitoring"),
        }),
        ..SettingsChange::default()
    })
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let done = match wanted(&sent) {
        Ok(change) if sent.has("try") => return attempt(&admin, &sent, change),
        Ok(change) => {
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| settings::change(tx, &actor, change)).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_and_say(TICKET_RULES.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => again(&admin, &sent, &refusal),
        Err(error) => Err(error.into()),
    }
}

/// The form as it was sent.
fn typed(admin: &Admin, sent: &Sent) -> Result<TicketRulesView> {
    let mut view = admin.desk.read(|tx| filled(tx, admin))?;
    for it in view.closing.iter_mut().chain(&mut view.alike_numbers) {
        it.value = sent.text(it.name).to_owned();
    }
    (view.survey, view.stars, view.alike) = (sent.has("survey"), sent.has("stars"), sent.has("alike"));
    (view.join_later, view.from_monitoring) = (sent.has("joinLater"), sent.has("fromMonitoring"));
    view.queues.iter_mut().for_each(|it| it.on = sent.all("silent").any(|queue| queue == it.value));
    Ok(view)
}

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Admin, sent: &Sent, refusal: &Refusal) -> Result<Response, Problem> {
    let mut view = typed(admin, sent)?;
    let mut shown = Vec::new();
    for it in view.closing.iter_mut().chain(&mut view.alike_numbers) {
        it.error = message(refusal, it.name);
        shown.push(it.name);
    }
    view.error = whole(refusal, &shown);
    Ok(page(problem::status_of(refusal.code), rules_page(&view)))
}

/// What the numbers of the form would do; nothing is changed.
fn attempt(admin: &Admin, sent: &Sent, change: SettingsChange) -> Result<Response, Problem> {
    let rules = change.closing.unwrap_or_default();
    match admin.desk.read(|tx| foreseen(tx, admin, rules, true)) {
        Ok(forecast) => Ok(page(StatusCode::OK, rules_page(&TicketRulesView { forecast, ..typed(admin, sent)? }))),
        Err(Error::Refused(refusal)) => again(admin, sent, &refusal),
        Err(error) => Err(error.into()),
    }
}
