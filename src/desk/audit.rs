//! The desk's log as auditors read it: newest first, with from where each act came, and the proof that nothing was changed (AUD-01
//! to AUD-09). The log itself is the store's; who may read it is decided here.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    desk::{
        actor::{Actor, Origin},
        event::Changes,
        permission::Permission,
    },
    error::Result,
    store::{
        Event, StoreError, Tx,
        log::{self, EventActor, Verified},
    },
    time::Instant,
};

/// An entry of the log. What was erased is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub seq: u64,
    pub at: Instant,
    pub kind: String,
    pub actor: EventActor,
    pub entity_kind: String,
    pub entity: Uuid,
    pub origin: Origin,
    pub changes: Map<String, Value>,
}

/// A part of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Newest first.
    pub entries: Vec<Entry>,
    pub total: u64,
    /// Give it as `before` for what is older.
    pub next: Option<u64>,
}

/// At most `limit` entries older than `before` (the newest if none), after the first `skip` of them. Sequence numbers have no gaps,
/// so a part is found without reading what lies before it.
pub fn page(tx: &Tx, actor: &Actor, before: Option<u64>, skip: u64, limit: usize) -> Result<Part> {
    actor.need(Permission::AuditRead)?;
    let total = tx.last_seq();
    let end = before.map_or(total, |it| it.saturating_sub(1).min(total)).saturating_sub(skip);
    let begin = end.saturating_sub(limit as u64);
    let mut entries: Vec<Entry> = tx.events_after(begin, (end - begin) as usize)?.into_iter().map(entry).collect();
    entries.reverse();
    let next = entries.last().map(|it| it.seq).filter(|it| *it > 1);
    Ok(Part { entries, total, next })
}

fn entry(event: Event) -> Entry {
    let from = event.parts.first().and_then(Option::as_ref).and_then(|it| serde_json::from_slice::<Map<String, Value>>(it).ok());
    let text = |name: &str| from.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let origin = Origin { address: text("address"), user_agent: text("userAgent"), request_id: text("requestId") };
    let changes = match Changes::of(&event).into_json() {
        Value::Object(it) => it,
        _ => Map::new(),
    };
    Entry {
        seq: event.seq,
        at: event.at,
        kind: event.kind,
        actor: event.actor,
        entity_kind: event.entity_kind,
        entity: event.entity,
        origin,
        changes,
    }
}

/// Proves the whole log; the inner error is what does not hold. Reads everything: for a blocking thread.
pub fn verify(tx: &Tx, actor: &Actor) -> Result<Result<Verified, String>> {
    actor.need(Permission::AuditRead)?;
    match log::verify(tx) {
        Ok(it) => Ok(Ok(it)),
        Err(StoreError::Corrupt(why)) => Ok(Err(why)),
        Err(other) => Err(other.into()),
    }
}
