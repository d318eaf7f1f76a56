//! The first steps of a desk: each question shown and answered, and what is still to be set up. What an answer changes is the desk's.

use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{Admin, roles::role_name, whole};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, WeekHours},
        first_steps::{self, Missing, Question},
        identity::{self, NewPerson, account},
        permission::Permission,
        service_levels::{self, Promise},
        settings::{self, Settings, SettingsChange},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    language::{Language, say},
    limits,
    web::{
        admin::{
            first_steps::{FirstStepsView, QuestionRow, QuestionView, StillRow, address, page as steps_page, question_page},
            shell::{self, FIRST_STEPS},
        },
        answers::{
            form::Sent,
            said,
            site::{page, see, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

/// Where what is missing is set up.
fn place(it: Missing) -> String {
    match it {
        Missing::Sender => address(Question::Mail),
        Missing::Address => address(Question::Desk),
        Missing::Mailbox => format!("{}/new", shell::MAILBOXES.href),
        Missing::Colleagues => address(Question::People),
        Missing::Holidays => shell::CALENDARS.href.to_owned(),
    }
}

/// On which page of the settings it is said.
const SAID_ON: [(Missing, &str); 9] = [
    (Missing::Sender, shell::SENDING.href),
    (Missing::Address, shell::SENDING.href),
    (Missing::Mailbox, shell::MAILBOXES.href),
    (Missing::Colleagues, shell::PEOPLE.href),
    (Missing::Holidays, shell::CALENDARS.href),
    (Missing::Sender, shell::NOTIFICATIONS.href),
    (Missing::Sender, shell::TEMPLATES.href),
    (Missing::Colleagues, shell::ON_CALL.href),
    (Missing::Holidays, shell::SLA_POLICIES.href),
];

fn words(it: Missing) -> &'static str {
    tongue::word("missing-", it.name())
}

/// What is still to be set up on the page of the settings at this address; empty if nothing.
pub fn still(tx: &Tx, address: &str) -> Result<String> {
    let path = address.split('?').next().unwrap_or_default();
    if !SAID_ON.iter().any(|it| it.1 == path) {
        return Ok(String::new());
    }
    let missing = first_steps::missing(tx)?;
    let here = SAID_ON.iter().filter(|it| it.1 == path && missing.contains(&it.0)).map(|it| words(it.0));
    Ok(here.collect::<Vec<_>>().join(" "))
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (steps, missing) = admin.desk.read(|tx| Ok((first_steps::going_on(tx)?, first_steps::missing(tx)?)))?;
    let goes_on = steps.is_some();
    let answered = steps.as_ref().map_or(&[][..], |it| &it.answered);
    let row = |it: Question| QuestionRow { question: it, answered: !goes_on || answered.contains(&it) };
    let view = FirstStepsView {
        frame: admin.frame(),
        questions: Question::ALL.map(row).to_vec(),
        still: missing.into_iter().map(|it| StillRow { text: words(it).to_owned(), href: place(it) }).collect(),
        next: steps.as_ref().and_then(first_steps::FirstSteps::next).map(address).unwrap_or_default(),
        goes_on,
    };
    Ok(page(StatusCode::OK, steps_page(&view)))
}

pub async fn end(admin: Admin, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| first_steps::end(tx, &actor)).await?;
    Ok(see_and_say("/agent", &said::done(t!("first-steps-ended"))))
}

fn known(text: &str) -> Result<Question> {
    Question::named(text).ok_or_else(|| Refusal::not_found("page").into())
}

/// The question as things stand.
fn filled(tx: &Tx, admin: &Admin) -> Result<QuestionView> {
    let settings = Settings::of(tx)?;
    let languages = Language::ALL.into_iter().map(|it| Choice::new(it.tag(), it.own_name()));
    let calendar = settings.calendar.map(|it| tx.get::<calendars::Calendar>(&it)).transpose()?.flatten();
    let week = calendar.as_ref().map(|it| it.plan.week.clone()).unwrap_or_default();
    let shift = week.of(jiff::civil::Weekday::Monday).first().map(|it| it.to_string().replace('–', "-")).unwrap_or_default();
    let (from, until) = shift.split_once('-').unwrap_or(("09:00", "17:00"));
    let roles = identity::all_roles(tx)?.into_iter().filter(|it| matches!(it.key.as_str(), "agent" | "team_lead" | "admin"));
    let promise = |it: Promise| {
        let rows = it.incidents();
        let minutes = |it: Option<u32>| it.map_or_else(String::new, |it| tongue::lasting(i64::from(it) * 60));
        (tongue::word("promise-", it.name()).to_owned(), minutes(rows[2].response), minutes(rows[2].resolution))
    };
    Ok(QuestionView {
        frame: admin.frame(),
        name: settings.name.clone(),
        language: settings.language.clone().unwrap_or_default(),
        languages: std::iter::once(Choice::new("", t!("desk-language-browser"))).chain(languages).collect(),
        base_url: settings.base_url.clone().unwrap_or_default(),
        zone: settings.time_zone.clone(),
        from: from.to_owned(),
        until: until.to_owned(),
        weekend: !week.of(jiff::civil::Weekday::Saturday).is_empty(),
        always: settings.calendar.is_none(),
        country: String::new(),
        countries: std::iter::once(Choice::new("", t!("first-steps-no-country")))
            .chain(calendars::countries().into_iter().map(|it| Choice::new(it.code, it.name)))
            .collect(),
        address: settings.sender().unwrap_or_default().to_owned(),
        role: "agent".to_owned(),
        roles: roles.map(|it| Choice::new(it.key.clone(), role_name(&it))).collect(),
        promise: service_levels::promised(tx)?.map(Promise::name).unwrap_or_default().to_owned(),
        promises: [Promise::Relaxed, Promise::Usual, Promise::Strict].map(promise).to_vec(),
        ..QuestionView::default()
    })
}

pub async fn ask(admin: Admin, Path(text): Path<String>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let question = known(&text)?;
    let view = admin.desk.read(|tx| filled(tx, &admin))?;
    Ok(page(StatusCode::OK, question_page(question, &view)))
}

/// Does what an answer says; gives links that are to be handed over.
fn take(tx: &mut Tx, actor: &Actor, it: Question, sent: &Sent) -> Result<Vec<(String, String)>> {
    let mut links = Vec::new();
    match it {
        Question::Desk => {
            let change = SettingsChange {
                name: Some(sent.text("name").to_owned()),
                language: Some(sent.get("language").map(str::to_owned)),
                base_url: Some(web_address(sent.text("baseUrl"))?),
                ..SettingsChange::default()
            };
            settings::change(tx, actor, change)?;
        }
        Question::Hours => {
            let week = if sent.has("always") { None } else { Some(week(sent)?) };
            first_steps::work_hours(tx, actor, sent.text("timeZone").trim(), week, sent.get("country"))?;
        }
        Question::Mail => {
            let address = sent.text("address").trim().to_lowercase();
            if address.is_empty() {
                return Err(Refusal::field("address", "required", say!("first-steps-needs-address")).into());
            }
            // Other addresses of the desk stay; the one that was named is the sender.
            let mut addresses = Settings::of(tx)?.addresses.clone();
            addresses.retain(|it| *it != address);
            addresses.insert(0, identity::normal_email(&address)?);
            settings::change(tx, actor, SettingsChange { addresses: Some(addresses), ..SettingsChange::default() })?;
        }
        Question::People => links = invite(tx, actor, sent)?,
        Question::Promise => {
            let unknown = || Refusal::field("promise", "unknown", say!("refused-choose-list"));
            service_levels::promise(tx, actor, Promise::named(sent.text("promise")).ok_or_else(unknown)?)?;
        }
    }
    first_steps::answered(tx, actor, it)?;
    Ok(links)
}

fn web_address(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.starts_with("https://") || text.starts_with("http://") {
        return Ok(text.to_owned());
    }
    Err(Refusal::field("baseUrl", "invalid", say!("refused-whole-address")).into())
}

fn week(sent: &Sent) -> Result<WeekHours> {
    let hours = [[sent.text("from"), sent.text("until")]];
    let shifts = calendars::parse_shifts("from", &hours).map_err(|error| match error {
        Error::Refused(it) => Error::from(Refusal::field("from", "invalid", it.detail)),
        broken => broken,
    })?;
    let mut week = WeekHours::weekdays(&shifts);
    if sent.has("weekend") {
        for day in [jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday] {
            week.set(day, shifts.clone());
        }
    }
    Ok(week)
}

/// Invites everybody who is named; by hand where the desk writes no mail.
fn invite(tx: &mut Tx, actor: &Actor, sent: &Sent) -> Result<Vec<(String, String)>> {
    let named = sent.text("people").split(|it: char| it.is_whitespace() || matches!(it, ',' | ';')).filter(|it| !it.is_empty());
    let named: Vec<&str> = named.collect();
    if named.len() > limits::INVITED_AT_ONCE_MAX {
        let detail = say!("refused-most-people", max = limits::INVITED_AT_ONCE_MAX);
        return Err(Refusal::field("people", "too_many", detail).into());
    }
    let settings = Settings::of(tx)?;
    let base = settings.base_url.clone().unwrap_or_default();
    let mut links = Vec::new();
    for email in named {
        let new = NewPerson { email: email.to_owned(), roles: vec![sent.text("role").to_owned()], ..NewPerson::default() };
        let about_people = |error: Error| match error {
            Error::Refused(it) => Error::from(Refusal::field("people", "invalid", it.detail)),
            broken => broken,
        };
        if settings.sender().is_some() && settings.base_url.is_some() {
            account::invite(tx, actor, new).map_err(about_people)?;
        } else {
            let (person, link) = account::invite_by_hand(tx, actor, new).map_err(about_people)?;
            links.push((person.email, format!("{base}{link}")));
        }
    }
    Ok(links)
}

pub async fn answer(admin: Admin, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let question = known(&text)?;
    let sent = std::sync::Arc::new(sent);
    let (actor, form) = (admin.actor().clone(), sent.clone());
    match admin.desk.write(actor.person(), move |tx| take(tx, &actor, question, &form)).await {
        Ok(links) if !links.is_empty() => {
            let view = QuestionView { links, ..admin.desk.read(|tx| filled(tx, &admin))? };
            let mut response = page(StatusCode::OK, question_page(question, &view));
            // What lets somebody in is kept in no cache.
            response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Ok(_) => Ok(see(&question.next().map_or_else(|| FIRST_STEPS.href.to_owned(), address))),
        Err(Error::Refused(refusal)) => {
            let text = |name: &str| sent.text(name).to_owned();
            let kept = admin.desk.read(|tx| filled(tx, &admin))?;
            let view = QuestionView {
                name: if sent.has("name") { text("name") } else { kept.name.clone() },
                language: text("language"),
                base_url: text("baseUrl"),
                zone: text("timeZone"),
                from: text("from"),
                until: text("until"),
                weekend: sent.has("weekend"),
                always: sent.has("always"),
                country: text("country"),
                address: text("address"),
                people: text("people"),
                role: text("role"),
                promise: text("promise"),
                errors: refusal.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect(),
                error: whole(&refusal, &["name", "language", "baseUrl", "timeZone", "from", "until", "address", "people", "promise"]),
                ..kept
            };
            Ok(page(problem::status_of(refusal.code), question_page(question, &view)))
        }
        Err(error) => Err(error.into()),
    }
}
