//! What happened to a ticket (AUD-09).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    desk::{
        Tx,
        identity::Person,
        tickets::{self, HistoryEntry, access},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, page::Page, path::Path, query::Query},
    id::PersonId,
    time::Instant,
};

/// An event of a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventView {
    /// Its place in the desk's log.
    #[schema(minimum = 1)]
    pub seq: u64,
    pub at: Instant,
    /// Such as `ticket.changed`.
    pub kind: String,
    pub actor: ActorView,
    /// Before and after, by field.
    #[schema(value_type = BTreeMap<String, ChangeView>)]
    pub changes: Map<String, Value>,
}

/// One field of an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeView {
    pub before: Value,
    pub after: Value,
}

/// Who did it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActorView {
    /// `person`, or the part of the system.
    pub kind: String,
    pub id: Option<Uuid>,
    pub name: Option<String>,
}

/// The events of a ticket, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HistoryView {
    pub items: Vec<EventView>,
    #[schema(minimum = 1)]
    pub page: usize,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: usize,
    /// All that you may know of.
    #[schema(minimum = 0)]
    pub total: usize,
    pub next_cursor: Option<String>,
}

/// Names of people, each read once.
#[derive(Default)]
pub struct NamesOf(BTreeMap<PersonId, Option<String>>);

impl NamesOf {
    pub fn actor(&mut self, tx: &Tx, kind: String, id: Option<Uuid>) -> Result<ActorView> {
        let name = match id.map(PersonId) {
            None => None,
            Some(id) => match self.0.get(&id) {
                Some(it) => it.clone(),
                None => {
                    let name = tx.get::<Person>(&id)?.map(|it| it.name);
                    self.0.insert(id, name.clone());
                    name
                }
            },
        };
        Ok(ActorView { kind, id, name })
    }
}

/// The place in a log that a cursor names.
pub fn place(page: &Page) -> Result<Option<u64>> {
    let wrong = || Refusal::field("cursor", "invalid", "This is no cursor of this list; start again without one.");
    Ok(page.cursor.as_deref().map(|it| it.parse::<u64>().map_err(|_| wrong())).transpose()?)
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<HistoryView>, Problem> {
    let page = Page::of(&query, &[])?;
    let before = place(&page)?;
    let view = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        let part = tickets::history(tx, &caller.actor, &ticket, before, page.skip(), page.size)?;
        let mut names = NamesOf::default();
        let items = part.entries.into_iter().map(|it| show(tx, &mut names, it)).collect::<Result<_>>()?;
        let next_cursor = part.next.map(|it| it.to_string());
        Ok(HistoryView { items, page: page.number, page_size: page.size, total: part.total, next_cursor })
    })?;
    Ok(axum::Json(view))
}

fn show(tx: &Tx, names: &mut NamesOf, it: HistoryEntry) -> Result<EventView> {
    let HistoryEntry { seq, at, kind, actor, changes } = it;
    Ok(EventView { seq, at, kind, actor: names.actor(tx, actor.kind, actor.id)?, changes })
}
