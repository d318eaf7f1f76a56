//! Tickets that are put aside, and words to oneself about a ticket.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{nullable, required},
    list::ListView,
    mail::TicketRefView,
    one,
    shown::NamedView,
    tickets::known,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        permission::Permission,
        reminders::{self, Reminder},
        snooze::{self, Snoozed},
        tickets::{Cast, Ticket, access, number},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::ReminderId,
    time::Instant,
};

/// That a ticket is put aside.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnoozeView {
    pub by: NamedView,
    pub since: Instant,
    /// When it comes back; null: when its requester speaks.
    pub until: Option<Instant>,
}

impl SnoozeView {
    pub fn of(tx: &Tx, it: &Snoozed) -> Result<SnoozeView> {
        let mut cast = Cast::default();
        cast.meet(tx, [it.by])?;
        Ok(SnoozeView { by: NamedView::person(&cast, it.by), since: it.since, until: it.until })
    }
}

/// Until when a ticket is put aside.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct SnoozeInput {
    /// An instant; null or absent: until its requester speaks.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Instant>, required = false)]
    pub until: Option<Option<Instant>>,
}

fn view(tx: &Tx, ticket: &Ticket) -> Result<Option<SnoozeView>> {
    ticket.snoozed.as_ref().map(|it| SnoozeView::of(tx, it)).transpose()
}

pub async fn put(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<axum::Json<SnoozeView>, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let input: SnoozeInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let ticket = snooze::snooze(tx, &actor, ticket.id, input.until.flatten())?;
        view(tx, &ticket)?.ok_or_else(|| Refusal::not_found("snooze").into())
    });
    Ok(axum::Json(done.await?))
}

pub async fn delete(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        snooze::wake(tx, &actor, ticket.id).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A word to oneself.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReminderView {
    pub id: Uuid,
    /// Null if one may not see it any more.
    pub ticket: Option<TicketRefView>,
    pub at: Instant,
    pub note: String,
    pub created_at: Instant,
}

impl ReminderView {
    fn of(tx: &Tx, actor: &Actor, it: Reminder) -> Result<ReminderView> {
        let ticket = tx.get::<Ticket>(&it.ticket)?.filter(|it| access::may_see(actor, it));
        let ticket = ticket.map(|it| TicketRefView { id: it.id.0, number: number::shown(tx, &it) });
        Ok(ReminderView { id: it.id.0, ticket, at: it.at, note: it.note, created_at: it.created_at })
    }
}

/// A word to oneself to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReminderInput {
    #[serde(default)]
    #[schema(value_type = Instant, required = true)]
    pub at: Option<Instant>,
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

pub async fn reminders(caller: Caller, query: Query) -> Result<axum::Json<ListView<ReminderView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let all = reminders::mine(tx, &caller.actor)?;
        all.into_iter().map(|it| ReminderView::of(tx, &caller.actor, it)).collect::<Result<Vec<_>>>()
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn remind(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsRead)?;
    let json = json.parse()?;
    let raw = json.raw.clone();
    let input: ReminderInput = json.into_value()?;
    let (at, note) = (required("at", input.at)?, input.note.unwrap_or_default());
    let run = move |tx: &mut Tx, actor: &Actor| {
        let ticket = access::named(tx, actor, &id)?;
        let it = reminders::remind(tx, actor, ticket.id, at, &note)?;
        ReminderView::of(tx, actor, it)
    };
    one::create(&caller, key, &raw, run, |it| format!("/v1/me/reminders/{}", it.id)).await
}

pub async fn forget(caller: Caller, Path(id): Path<ReminderId>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| reminders::forget(tx, &actor, id).map(drop)).await?;
    Ok(StatusCode::NO_CONTENT)
}
