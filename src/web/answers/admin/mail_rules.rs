//! Rules of incoming mail, breakers and blocked senders in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Keeper, whole};
use crate::{
    desk::{
        Tx,
        mail::{
            blocklist, breaker,
            rules::{self, MailRules},
        },
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    language::say,
    web::{
        admin::{
            mail_rules::{BlockedRow, BreakerRow, Budget, MailRulesView, page as rules_page},
            shell::MAIL_RULES,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, Phrase, phrase, t},
    },
};

/// The numbers of the form: name, label, hint.
const BUDGETS: [(&str, Phrase, Phrase); 6] = [
    ("answersPerAddressHour", phrase!("mail-rules-one-address-hour"), phrase!("mail-rules-then-automatic-mail-stops")),
    ("answersPerAddressDay", phrase!("mail-rules-one-address-day"), Phrase::NONE),
    ("answersPerTicketHour", phrase!("mail-rules-about-one-ticket-hour"), Phrase::NONE),
    ("answersPerDeskHour", phrase!("mail-rules-whole-desk-hour"), Phrase::NONE),
    ("alikePerAddressHour", phrase!("mail-rules-new-tickets-one-subject"), phrase!("mail-rules-further-ones-held-while")),
    ("reopenDays", phrase!("mail-rules-days-which-answer-reopens"), phrase!("mail-rules-later-answer-becomes-ticket")),
];

fn value(rules: &MailRules, name: &str) -> String {
    match name {
        "answersPerAddressHour" => rules.answers_per_address_hour.to_string(),
        "answersPerAddressDay" => rules.answers_per_address_day.to_string(),
        "answersPerTicketHour" => rules.answers_per_ticket_hour.to_string(),
        "answersPerDeskHour" => rules.answers_per_desk_hour.to_string(),
        "alikePerAddressHour" => rules.alike_per_address_hour.to_string(),
        _ => rules.reopen_days.map(|it| it.to_string()).unwrap_or_default(),
    }
}

fn filled(admin: &Keeper) -> Result<MailRulesView> {
    admin.desk.read(|tx| {
        let rules = MailRules::of(tx)?;
        let sees = admin.actor().may(Permission::MailRead);
        let breakers = if sees { breaker::all_open(tx)? } else { Vec::new() };
        let blocked = if sees { blocklist::all(tx, admin.actor())? } else { Vec::new() };
        let breaker = |it: breaker::Breaker| {
            let id = it.id();
            BreakerRow { id, about: it.about, reason: tongue::retold("judge-", &it.reason), opened_at: it.opened_at, withheld: it.withheld }
        };
        Ok(MailRulesView {
            frame: admin.frame(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            may_manage: admin.actor().may(Permission::MailManage),
            budgets: BUDGETS
                .map(|(name, label, hint)| Budget { name, label: label.text(), hint: hint.text(), value: value(&rules, name), error: None })
                .into(),
            trusted: rules.trusted_servers.join("\n"),
            forwarded: rules.forwarded_for_sender,
            breakers: breakers.into_iter().map(breaker).collect(),
            blocked: blocked.into_iter().map(|it| BlockedRow { pattern: it.pattern, reason: it.reason, at: it.at }).collect(),
            ..MailRulesView::default()
        })
    })
}

pub async fn show(admin: Keeper) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, rules_page(&filled(&admin)?)))
}

fn wanted(sent: &Sent) -> Result<MailRules> {
    let number = |name: &'static str| -> Result<u32> {
        sent.text(name).trim().parse().map_err(|_| Refusal::field(name, "invalid", say!("mail-rules-write-whole-number")).into())
    };
    Ok(MailRules {
        answers_per_address_hour: number("answersPerAddressHour")?,
        answers_per_address_day: number("answersPerAddressDay")?,
        answers_per_ticket_hour: number("answersPerTicketHour")?,
        answers_per_desk_hour: number("answersPerDeskHour")?,
        alike_per_address_hour: number("alikePerAddressHour")?,
        reopen_days: if sent.text("reopenDays").trim().is_empty() { None } else { Some(number("reopenDays")?) },
        trusted_servers: sent.text("trustedServers").split([',', ' ', '\n', '\r']).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        forwarded_for_sender: sent.has("forwardedForSender"),
    })
}

pub async fn change(admin: Keeper, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let done = match wanted(&sent) {
        Ok(rules) => admin.desk.write(actor.person(), move |tx| rules::change(tx, &actor, rules)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_and_say(MAIL_RULES.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let mut view = filled(&admin)?;
            let mut shown = vec!["trustedServers"];
            for it in &mut view.budgets {
                it.value = sent.text(it.name).to_owned();
                it.error = message(&refusal, it.name);
                shown.push(it.name);
            }
            view.trusted = sent.text("trustedServers").to_owned();
            view.trusted_error = message(&refusal, "trustedServers");
            view.forwarded = sent.has("forwardedForSender");
            view.error = whole(&refusal, &shown);
            Ok(page(problem::status_of(refusal.code), rules_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn done(
    admin: &Keeper,
    sent: &Sent,
    words: &str,
    run: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static,
) -> Result<Response, Problem> {
    match admin.desk.write(admin.actor().person(), run).await {
        Ok(()) => Ok(see_and_say(MAIL_RULES.href, &said::done(words))),
        Err(Error::Refused(refusal)) => {
            let mut view = filled(admin)?;
            view.pattern = sent.text("pattern").to_owned();
            view.pattern_error = message(&refusal, "pattern");
            view.error = whole(&refusal, &["pattern"]);
            Ok(page(problem::status_of(refusal.code), rules_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn block(admin: Keeper, sent: Sent) -> Result<Response, Problem> {
    let (actor, pattern, reason) = (admin.actor().clone(), sent.text("pattern").to_owned(), sent.text("reason").to_owned());
    done(&admin, &sent, t!("mail-rules-blocked"), move |tx| blocklist::block(tx, &actor, &pattern, &reason).map(|_| ())).await
}

pub async fn unblock(admin: Keeper, sent: Sent) -> Result<Response, Problem> {
    let (actor, pattern) = (admin.actor().clone(), sent.text("pattern").to_owned());
    done(&admin, &sent, t!("mail-rules-mail-sender-comes-again"), move |tx| blocklist::unblock(tx, &actor, &pattern)).await
}

pub async fn close(admin: Keeper, sent: Sent) -> Result<Response, Problem> {
    let (actor, id) = (admin.actor().clone(), sent.text("breaker").to_owned());
    done(&admin, &sent, t!("mail-rules-automatic-mail-goes-there"), move |tx| breaker::close(tx, &actor, &id)).await
}
