//! The log of mail for programs: what came in and what became of it, how it was judged, its bytes; and what is done with held mail.

use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, nullable},
    mail::{OutcomeName, TicketRefView},
};
use crate::{
    appliance::intake::{self, Held},
    desk::{
        Tx,
        actor::Actor,
        mail::{
            intake::{self as rules_of_intake, Release},
            judge::Step,
            ledger::{self, LogQuery, MailEntry, Outcome},
            recorder::{self, Round},
        },
        permission::Permission,
        settings::Settings,
        tickets::{Ticket, access, number},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        page::Page,
        path::Path,
        query::Query,
        raw_mail::handed_out,
    },
    id::MailId,
    time::Instant,
};

/// A mail of the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailEntryView {
    pub id: Uuid,
    pub received_at: Instant,
    /// How it came: `hook`, `file`, or the name of a mailbox.
    pub via: String,
    pub from: Option<String>,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    #[schema(minimum = 0)]
    pub size: u64,
    #[schema(value_type = OutcomeName)]
    pub outcome: &'static str,
    pub rule: String,
    pub reason: Option<String>,
    pub automatic: bool,
    /// Why its sender is not believed.
    pub doubt: Option<String>,
    pub ticket: Option<TicketRefView>,
    /// It waits for somebody to release or discard it.
    pub held: bool,
}

/// A part of the log, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailLogView {
    pub items: Vec<MailEntryView>,
    /// Mails that are held, 1,000 being counted at most.
    #[schema(minimum = 0)]
    pub held: usize,
    /// Give it as `cursor` for what follows; null at the end.
    pub next_cursor: Option<String>,
}

/// One question that was asked about a mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExplainedStepView {
    pub question: String,
    pub answer: String,
}

/// One time that a mail was judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundView {
    pub at: Instant,
    #[schema(value_type = OutcomeName)]
    pub outcome: String,
    pub rule: String,
    pub reason: Option<String>,
    pub steps: Vec<ExplainedStepView>,
}

/// A mail with how it was judged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailDetailView {
    pub mail: MailEntryView,
    pub rounds: Vec<RoundView>,
}

/// What the present rules say of a mail, beside what was decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayView {
    pub then: Option<RoundView>,
    pub now: RoundView,
    pub differences: Vec<DifferenceView>,
}

/// A question that is answered differently now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceView {
    pub question: String,
    pub then: Option<String>,
    pub now: Option<String>,
}

/// Where a held mail goes.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReleaseInput {
    /// Onto this ticket, by id or number; into one of its own without it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub ticket: Option<Option<Named>>,
}

fn ticket_of(tx: &Tx, actor: &Actor, entry: &MailEntry) -> Result<Option<TicketRefView>> {
    let ticket = entry.ticket.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
    let Some(ticket) = ticket.filter(|it| access::may_see(actor, it)) else { return Ok(None) };
    let number = number::text(Settings::of(tx)?.as_ref(), ticket.kind, ticket.number);
    Ok(Some(TicketRefView { id: ticket.id.0, number }))
}

fn view(tx: &Tx, actor: &Actor, it: MailEntry) -> Result<MailEntryView> {
    let ticket = ticket_of(tx, actor, &it)?;
    let held = it.is_held();
    let MailEntry { id, via, size, received_at, message_id, from, subject, outcome, rule, reason, automatic, to, cc, doubt, .. } = it;
    let (outcome, id) = (outcome.name(), id.0);
    Ok(MailEntryView {
        id,
        received_at,
        via,
        from,
        to,
        cc,
        subject,
        message_id,
        size,
        outcome,
        rule,
        reason,
        automatic,
        doubt,
        ticket,
        held,
    })
}

fn round(it: Round) -> RoundView {
    let Round { at, by: _, outcome, rule, reason, steps } = it;
    let step = |Step { question, answer }: Step| ExplainedStepView { question, answer };
    RoundView { at, outcome, rule, reason, steps: steps.into_iter().map(step).collect() }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<MailLogView>, Problem> {
    caller.actor.need(Permission::MailRead)?;
    let page = Page::of(&query, &["outcome", "q"])?;
    let wrong = |field: &'static str, said: &str| Refusal::field(field, "invalid", said);
    let outcome = match query.get("outcome") {
        None => None,
        Some(it) => Some(Outcome::named(it).ok_or_else(|| wrong("outcome", "There is no such outcome."))?),
    };
    let before = match &page.cursor {
        None => None,
        Some(it) => Some(it.parse().map_err(|_| wrong("cursor", "This is no cursor of this list; start again without one."))?),
    };
    let asked = LogQuery { outcome, words: query.get("q").unwrap_or_default().to_owned(), before };
    let shown = caller.desk.read(|tx| {
        let (entries, next) = ledger::page(tx, &caller.actor, &asked, page.size)?;
        let items = entries.into_iter().map(|it| view(tx, &caller.actor, it)).collect::<Result<_>>()?;
        Ok(MailLogView { items, held: ledger::held_count(tx, 1000)?, next_cursor: next.map(|it| it.to_string()) })
    })?;
    Ok(axum::Json(shown))
}

pub async fn read(caller: Caller, Path(id): Path<MailId>) -> Result<axum::Json<MailDetailView>, Problem> {
    let shown = caller.desk.read(|tx| {
        let entry = ledger::entry(tx, &caller.actor, id)?;
        let rounds = recorder::rounds(tx, id)?.into_iter().map(round).collect();
        Ok(MailDetailView { mail: view(tx, &caller.actor, entry)?, rounds })
    })?;
    Ok(axum::Json(shown))
}

/// The bytes as they came. That somebody looked is written down.
pub async fn raw(caller: Caller, Path(id): Path<MailId>) -> Result<Response, Problem> {
    let bytes = intake::raw(&caller.desk, &caller.actor, id).await?;
    Ok(handed_out(id, bytes))
}

pub async fn replay(caller: Caller, Path(id): Path<MailId>) -> Result<axum::Json<ReplayView>, Problem> {
    let (entry, message) = intake::reread(&caller.desk, &caller.actor, id).await?;
    let shown = caller.desk.read(|tx| {
        let judgement = rules_of_intake::judged(tx, &entry, &message)?;
        let now = Round::of(&judgement, tx.now(), caller.actor.person());
        let then = recorder::rounds(tx, id)?.pop();
        let differences = then.as_ref().map(|then| now.differs_from(then)).unwrap_or_default();
        let owned = |it: Option<&str>| it.map(str::to_owned);
        let differences = differences
            .into_iter()
            .map(|(question, now, then)| DifferenceView { question: question.to_owned(), then: owned(then), now: owned(now) })
            .collect();
        Ok(ReplayView { then: then.clone().map(round), now: round(now.clone()), differences })
    })?;
    Ok(axum::Json(shown))
}

pub async fn retry(caller: Caller, Path(id): Path<MailId>) -> Result<axum::Json<MailEntryView>, Problem> {
    let entry = intake::decide_held(&caller.desk, &caller.actor, id, Held::JudgeAgain).await?;
    Ok(axum::Json(caller.desk.read(|tx| view(tx, &caller.actor, entry))?))
}

pub async fn release(caller: Caller, Path(id): Path<MailId>, json: RawJson) -> Result<axum::Json<MailEntryView>, Problem> {
    caller.actor.need(Permission::MailManage)?;
    let input: ReleaseInput = body::value(serde_json::Value::Object(json.parse()?.object))?;
    let how = match input.ticket.flatten() {
        None => Release::AsTicket,
        Some(named) => Release::Onto(caller.desk.read(|tx| access::named(tx, &caller.actor, &named.text))?.id),
    };
    let entry = intake::decide_held(&caller.desk, &caller.actor, id, Held::Release(how)).await?;
    Ok(axum::Json(caller.desk.read(|tx| view(tx, &caller.actor, entry))?))
}

pub async fn discard(caller: Caller, Path(id): Path<MailId>) -> Result<axum::Json<MailEntryView>, Problem> {
    let actor = caller.actor.clone();
    let entry = caller.desk.write(actor.person(), move |tx| rules_of_intake::discard(tx, &actor, id)).await?;
    Ok(axum::Json(caller.desk.read(|tx| view(tx, &caller.actor, entry))?))
}
