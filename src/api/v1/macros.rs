//! Macros: their definitions, what one would do to a ticket, using one, and undoing what was done at once.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::Named,
    list::ListView,
    mail::TicketRefView,
    one,
    sharing::{SharedWith, meant, teams_of},
};
use crate::{
    desk::{
        Tx,
        macros::{self, Macro, MacroDraft},
        permission::Permission,
        settings::Settings,
        tickets::{Ticket, access, number},
        undo,
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{MacroId, UndoId},
};

/// One thing that a macro does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroActionView {
    /// `status`, `priority`, `assignee`, `queue`, `team`, `category`, `tag`, `untag`, `custom`, `reply`, `note`, `link`, `watch`, `checklist`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As people write it: `resolved`, `P2`, `me`, a name, `key = value`, a text with `{{placeholders}}`.
    #[serde(default)]
    pub value: String,
}

/// A macro.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MacroView {
    pub id: Uuid,
    pub name: String,
    pub about: String,
    #[schema(value_type = SharedWith)]
    pub sharing: &'static str,
    /// With which teams, if it is shared with teams.
    pub teams: Vec<Uuid>,
    /// Who made it.
    pub owner: Option<Uuid>,
    /// In the query language; it is offered on tickets for which this holds.
    pub when: String,
    pub actions: Vec<MacroActionView>,
    #[schema(minimum = 0)]
    pub position: u32,
}

/// A macro as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MacroInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(required = false, max_length = 255)]
    pub about: String,
    #[serde(default)]
    #[schema(value_type = SharedWith, required = false)]
    pub sharing: String,
    /// With which teams, if it is shared with teams.
    #[serde(default)]
    #[schema(required = false)]
    pub teams: Vec<Uuid>,
    #[serde(default)]
    #[schema(required = false)]
    pub when: String,
    pub actions: Vec<MacroActionView>,
    #[serde(default)]
    #[schema(required = false)]
    pub position: u32,
}

/// On which ticket a macro is looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MacroPreviewInput {
    pub ticket: Named,
}

/// One field of a ticket, before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroChangeView {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// What a macro would do to a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroPreviewView {
    pub changes: Vec<MacroChangeView>,
    pub reply: Option<String>,
    pub note: Option<String>,
    /// What else, in words.
    pub besides: Vec<String>,
}

/// On which tickets a macro is used.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MacroUseInput {
    #[schema(min_items = 1, max_items = 100)]
    pub tickets: Vec<Named>,
}

/// What was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MacroUsedView {
    pub tickets: Vec<TicketRefView>,
    /// By which it is undone as one, within a day; null if nothing was changed.
    pub undo: Option<Uuid>,
}

/// What became of undoing.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoneView {
    /// What was undone, in words.
    pub what: String,
    pub tickets: Vec<TicketRefView>,
    /// What was not, in sentences.
    pub left: Vec<String>,
}

fn view(tx: &Tx, it: Macro) -> Result<MacroView> {
    let action = |it: &macros::Action| Ok(MacroActionView { kind: it.kind().to_owned(), value: it.value(tx)? });
    Ok(MacroView {
        id: it.id.0,
        sharing: it.sharing.name(),
        teams: teams_of(&it.sharing),
        owner: it.owner.map(|it| it.0),
        actions: it.actions.iter().map(action).collect::<Result<_>>()?,
        name: it.name,
        about: it.about,
        when: it.when.text().to_owned(),
        position: it.position,
    })
}

fn draft(it: MacroInput) -> Result<MacroDraft> {
    Ok(MacroDraft {
        sharing: meant(&it.sharing, it.teams)?,
        name: it.name,
        about: it.about,
        when: it.when,
        actions: it.actions.into_iter().map(|it| (it.kind, it.value)).collect(),
        position: it.position,
    })
}

/// The tickets of an answer, by id and number.
pub fn refs(tx: &Tx, tickets: &[Ticket]) -> Result<Vec<TicketRefView>> {
    let settings = Settings::of(tx)?;
    Ok(tickets.iter().map(|it| TicketRefView { id: it.id.0, number: number::text(&settings, it.kind, it.number) }).collect())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<MacroView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| macros::usable(tx, &caller.actor)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<MacroInput>()?;
    let make = move |tx: &mut Tx, actor: &_| {
        let made = macros::create(tx, actor, draft(input)?)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/macros/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<MacroId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, actor| view(tx, macros::known(tx, actor, id)?))
}

pub async fn replace(caller: Caller, Path(id): Path<MacroId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: MacroInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(tx, macros::known(tx, actor, id)?)?;
        let after = macros::change(tx, actor, id, None, draft(input)?)?;
        Ok((before, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<MacroId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(tx, macros::known(tx, actor, id)?)?;
        macros::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}

/// What it would do to a ticket; nothing is kept.
pub async fn preview(caller: Caller, Path(id): Path<MacroId>, json: RawJson) -> Result<axum::Json<MacroPreviewView>, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: MacroPreviewInput = json.parse()?.into_value()?;
    let effect = caller.desk.rehearse(|tx| macros::preview(tx, &caller.actor, id, &input.ticket.text))?;
    let value = |it: Option<&Value>| it.cloned().unwrap_or_default();
    let change = |name: &str| MacroChangeView {
        field: name.to_owned(),
        before: value(effect.changes.before(name)),
        after: value(effect.changes.after(name)),
    };
    let changes = effect.changes.names().filter(|it| !it.ends_with("Reason")).map(change).collect();
    Ok(axum::Json(MacroPreviewView { changes, reply: effect.reply, note: effect.note, besides: effect.besides }))
}

/// Uses a macro on tickets: on all of them, or on none.
pub async fn apply(caller: Caller, Path(id): Path<MacroId>, json: RawJson) -> Result<axum::Json<MacroUsedView>, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: MacroUseInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let named: Vec<String> = input.tickets.into_iter().map(|it| it.text).collect();
    let run = move |tx: &mut Tx| {
        let done = macros::apply(tx, &actor, id, &named)?;
        Ok(MacroUsedView { tickets: refs(tx, &done.tickets)?, undo: done.undo.map(|it| it.0) })
    };
    Ok(axum::Json(caller.desk.write(caller.actor.person(), run).await?))
}

/// Undoes as one what was done as one.
pub async fn undo(caller: Caller, Path(id): Path<UndoId>) -> Result<axum::Json<UndoneView>, Problem> {
    access::need_change(&caller.actor)?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let done = undo::undo(tx, &actor, id)?;
        Ok(UndoneView { tickets: refs(tx, &done.tickets)?, what: done.what, left: done.left })
    };
    Ok(axum::Json(caller.desk.write(caller.actor.person(), run).await?))
}
