//! The log of mail: found, shown, and decided about.

use axum::{http::StatusCode, response::Response};

use super::Keeper;
use crate::{
    appliance::intake::{self, Held},
    desk::{
        Tx,
        mail::{
            ParsedMessage, blocklist, breaker,
            intake::{self as decided, Release},
            judge::Step,
            ledger::{self, LogQuery, MailEntry, Outcome},
            recorder::{self, Round},
        },
        permission::Permission,
        tickets::{Ticket, access, number},
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem, query::Query, raw_mail::handed_out},
    id::{MailId, TicketId},
    web::{
        admin::{
            mail_log::{MailLogView, MailRow, MailView, Shown, StepRow, mail_page, page as log_page},
            shell::MAIL_LOG,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::{badge::Tone, tabs::Tab},
        tongue::{self, t},
    },
};

/// Rows of a page.
const ROWS: usize = 50;
/// Held mails that a tab counts.
const COUNT_MAX: usize = 1_000;
/// How much of a text the page shows, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;

pub fn shown(outcome: Outcome) -> Shown {
    let (word, tone) = match outcome {
        Outcome::Received => (t!("mail-log-being-decided"), Tone::Warn),
        Outcome::Created => (t!("mail-log-new-ticket"), Tone::Ok),
        Outcome::Appended => (t!("mail-log-ticket"), Tone::Ok),
        Outcome::Duplicate => (t!("mail-log-repeat"), Tone::Plain),
        Outcome::Ignored => (t!("mail-log-put-away-2"), Tone::Plain),
        Outcome::Quarantined => (t!("mail-log-held-2"), Tone::Warn),
    };
    Shown { word, tone }
}

fn numbered(tx: &Tx, admin: &Keeper, id: Option<TicketId>) -> Result<Option<(String, String)>> {
    let ticket = id.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
    Ok(ticket.filter(|it| access::may_see(admin.actor(), it)).map(|it| {
        let number = number::text(&admin.settings, it.kind, it.number);
        let href = format!("/agent/tickets/{number}");
        (number, href)
    }))
}

fn row(tx: &Tx, admin: &Keeper, it: &MailEntry) -> Result<MailRow> {
    Ok(MailRow {
        href: address(it.id),
        at: it.received_at,
        from: it.from.clone().unwrap_or_else(|| t!("mail-log-no-sender").into()),
        subject: it.subject.clone().unwrap_or_else(|| t!("mail-log-not-read-yet").into()),
        outcome: shown(it.outcome),
        reason: tongue::retold("judge-", it.reason.as_deref().unwrap_or_default()),
        ticket: numbered(tx, admin, it.ticket)?,
    })
}

fn address(id: MailId) -> String {
    format!("{}/{id}", MAIL_LOG.href)
}

pub async fn list(admin: Keeper, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::MailRead)?;
    let outcome = query.get("outcome").and_then(Outcome::named);
    let words = query.get("q").unwrap_or_default().to_owned();
    let asked = LogQuery { outcome, words: words.clone(), before: query.get("before").and_then(|it| it.parse().ok()) };
    let view = admin.desk.read(|tx| {
        let (mails, next) = match outcome {
            // What waits for somebody is found at once, however long ago it came.
            Some(Outcome::Quarantined) if words.is_empty() && asked.before.is_none() => (ledger::held(tx, admin.actor(), ROWS)?, None),
            _ => ledger::page(tx, admin.actor(), &asked, ROWS)?,
        };
        let held = ledger::held_count(tx, COUNT_MAX)?;
        let tab = |label: &str, wanted: Option<Outcome>, count: Option<usize>| {
            let href = wanted.map_or_else(|| MAIL_LOG.href.to_owned(), |it| format!("{}?outcome={}", MAIL_LOG.href, it.name()));
            Tab::new(label, href, count, outcome == wanted)
        };
        let older = next.map(|it| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("before", &it.to_string()).append_pair("q", &words);
            if let Some(outcome) = outcome {
                query.append_pair("outcome", outcome.name());
            }
            format!("{}?{}", MAIL_LOG.href, query.finish())
        });
        let warnings =
            breaker::all_open(tx)?.into_iter().map(|it| format!("{} {}", tongue::retold("judge-", &it.reason), it.about)).collect();
        Ok(MailLogView {
            frame: admin.frame(),
            tabs: vec![
                tab(t!("word-all"), None, None),
                tab(t!("mail-log-held-2"), Some(Outcome::Quarantined), Some(held)),
                tab(t!("mail-log-new-tickets"), Some(Outcome::Created), None),
                tab(t!("mail-log-tickets"), Some(Outcome::Appended), None),
                tab(t!("mail-log-put-away-2"), Some(Outcome::Ignored), None),
                tab(t!("mail-log-repeats"), Some(Outcome::Duplicate), None),
            ],
            query: words.clone(),
            mails: mails.iter().map(|it| row(tx, &admin, it)).collect::<Result<_>>()?,
            older,
            warnings,
        })
    })?;
    Ok(page(StatusCode::OK, log_page(&view)))
}

fn step(Step { question, answer }: &Step) -> StepRow {
    StepRow { question: tongue::retold("judge-", question), answer: tongue::retold("judge-", answer), before: None }
}

/// What the present rules would make of it, if that differs.
fn replayed(tx: &Tx, entry: &MailEntry, message: &ParsedMessage, last: Option<&Round>) -> Result<Option<(Shown, Vec<StepRow>)>> {
    let judgement = decided::judged(tx, entry, message)?;
    let now = Round::of(&judgement, tx.now(), None);
    let Some(last) = last else { return Ok(None) };
    let told = |it: Option<&str>| it.map_or_else(|| t!("mail-log-not-asked").to_owned(), |it| tongue::retold("judge-", it));
    let changed: Vec<StepRow> = now
        .differs_from(last)
        .into_iter()
        .map(|(question, now, then)| StepRow { question: tongue::retold("judge-", question), answer: told(now), before: Some(told(then)) })
        .collect();
    Ok((!changed.is_empty()).then(|| (shown(judgement.verdict.outcome()), changed)))
}

async fn filled(admin: &Keeper, id: MailId, error: Option<String>) -> Result<MailView, Problem> {
    let (entry, message) = intake::reread(&admin.desk, admin.actor(), id).await?;
    let view = admin.desk.read(|tx| {
        let rounds = recorder::rounds(tx, id)?;
        let end = message.text.floor_char_boundary(TEXT_BYTES_MAX);
        let facts = vec![
            (t!("word-sender"), message.from.as_ref().map(|it| format!("{} <{}>", it.name, it.address)).unwrap_or_default()),
            (t!("mail-log-to"), entry.to.join(", ")),
            (t!("word-cc"), entry.cc.join(", ")),
            ("Message-ID", entry.message_id.clone().unwrap_or_default()),
            (t!("word-rule"), entry.rule.clone()),
            (t!("mail-log-came"), tongue::named("mail-via-", &entry.via).map_or_else(|| entry.via.clone(), str::to_owned)),
            (t!("mail-log-size"), tongue::bytes(entry.size)),
            (t!("mail-log-doubt"), tongue::retold("judge-", entry.doubt.as_deref().unwrap_or_default())),
        ];
        Ok(MailView {
            frame: admin.frame(),
            address: address(id),
            row: row(tx, admin, &entry)?,
            facts,
            steps: rounds.last().map(|it| it.steps.iter().map(step).collect()).unwrap_or_default(),
            now: replayed(tx, &entry, &message, rounds.last())?,
            text: message.text[..end].to_owned(),
            headers: message.headers.clone(),
            files: message.attachments.iter().map(|it| it.filename.clone().unwrap_or_else(|| it.content_type.clone())).collect(),
            flaws: message.flaws.clone(),
            held: entry.is_held(),
            may_manage: admin.actor().may(Permission::MailManage),
            suggested: numbered(tx, admin, entry.suggested)?.map(|it| it.0),
            error,
        })
    })?;
    Ok(view)
}

pub async fn show(admin: Keeper, Path(id): Path<MailId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::MailRead)?;
    Ok(page(StatusCode::OK, mail_page(&filled(&admin, id, None).await?)))
}

pub async fn raw(admin: Keeper, Path(id): Path<MailId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::MailRead)?;
    let bytes = intake::raw(&admin.desk, admin.actor(), id).await?;
    Ok(handed_out(id, bytes))
}

/// The mail again, with word of what was done or why it was not.
async fn after(admin: &Keeper, id: MailId, done: Result<MailEntry>, words: &str) -> Result<Response, Problem> {
    match done {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(words))),
        Err(Error::Refused(refusal)) => {
            let view = filled(admin, id, Some(tongue::sentence(&refusal.detail))).await?;
            Ok(page(problem::status_of(refusal.code), mail_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn retry(admin: Keeper, Path(id): Path<MailId>, _sent: Sent) -> Result<Response, Problem> {
    let done = intake::decide_held(&admin.desk, admin.actor(), id, Held::JudgeAgain).await;
    let words = match &done {
        Ok(it) if it.is_held() => t!("mail-log-judged-again-still-held"),
        _ => t!("mail-log-judged-again"),
    };
    after(&admin, id, done, words).await
}

pub async fn release(admin: Keeper, Path(id): Path<MailId>, sent: Sent) -> Result<Response, Problem> {
    let how = match sent.get("ticket") {
        None => Ok(Release::AsTicket),
        Some(named) => admin.desk.read(|tx| access::named(tx, admin.actor(), named)).map(|it| Release::Onto(it.id)),
    };
    let done = match how {
        Ok(how) => intake::decide_held(&admin.desk, admin.actor(), id, Held::Release(how)).await,
        Err(error) => Err(error),
    };
    after(&admin, id, done, t!("mail-log-let-2")).await
}

pub async fn discard(admin: Keeper, Path(id): Path<MailId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let done = admin.desk.write(admin.actor().person(), move |tx| decided::discard(tx, &actor, id)).await;
    after(&admin, id, done, t!("mail-log-put-away-3")).await
}

pub async fn block(admin: Keeper, Path(id): Path<MailId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let run = move |tx: &mut Tx| {
        let entry = decided::discard(tx, &actor, id)?;
        if let Some(from) = &entry.from {
            blocklist::block(tx, &actor, from, t!("mail-log-blocked-held-mail"))?;
        }
        Ok(entry)
    };
    let done = admin.desk.write(admin.actor().person(), run).await;
    after(&admin, id, done, t!("mail-log-put-away-sender-blocked")).await
}
