//! The desk's log as auditors read it: newest first, with from where each act came, and the proof that nothing was changed (AUD-01
//! to AUD-09). The log itself is the store's; who may read it is decided here.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    desk::{
        actor::{Actor, Origin},
        event::{Changes, EventKind},
        permission::Permission,
    },
    error::Result,
    limits,
    store::{
        Event, StoreError, Tx,
        log::{self, Verified},
    },
    time::Instant,
};

/// Who did it, as the log keeps it.
pub use crate::store::log::EventActor;

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

/// What the log is full of: the work itself, mail, and people who come and go. The rest is what somebody set up.
const WORK: [&str; 20] = [
    "ticket.",
    "target.",
    "comment.",
    "attachment.",
    "draft.",
    "text.",
    "time.",
    "satisfaction.",
    "outage.",
    "letter.",
    "mail.received",
    "mail.read",
    "mail.released",
    "mail.discarded",
    "person.signed_in",
    "person.sign_in",
    "person.standing",
    "notification_preferences.",
    "job.",
    "mail_breaker.",
];

/// The newest entries before `before`; `settings` leaves out the work itself. So many events are looked through at most, so that a part
/// may be short and still have another behind it.
pub fn part(tx: &Tx, actor: &Actor, before: Option<u64>, settings: bool, limit: usize) -> Result<Part> {
    actor.need(Permission::AuditRead)?;
    let total = tx.last_seq();
    let mut end = before.map_or(total, |it| it.saturating_sub(1).min(total));
    let (mut entries, least) = (Vec::new(), end.saturating_sub(limits::AUDIT_EVENTS));
    while entries.len() < limit && end > least {
        let begin = end.saturating_sub(200).max(least);
        let events = tx.events_after(begin, (end - begin) as usize)?;
        end = begin;
        for event in events.into_iter().rev() {
            if !settings || !WORK.iter().any(|it| event.kind.starts_with(it)) {
                entries.push(entry(event));
                if entries.len() == limit {
                    end = entries.last().map_or(begin, |it| it.seq - 1);
                    break;
                }
            }
        }
    }
    Ok(Part { entries, total, next: (end > 0).then_some(end + 1) })
}

fn entry(event: Event) -> Entry {
    let from = match event.parts.as_slice() {
        [Some(from), _] => serde_json::from_slice::<Map<String, Value>>(from).ok(),
        _ => None,
    };
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

/// The last change of something that has no id of its own, such as the settings of a kind: by whom, when, and of which fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    pub seq: u64,
    pub at: Instant,
    pub actor: EventActor,
    pub fields: Vec<String>,
}

/// The last change that an event of this kind tells of, among the newest about it; only such as touch one of `fields`, if any are named.
/// Whoever may see the settings may know who changed them, so it asks for no other right.
pub fn last_of(tx: &Tx, entity: Uuid, kinds: &[EventKind], fields: &[&str]) -> Result<Option<Touched>> {
    for event in tx.history(entity, None, limits::LAST_CHANGE_EVENTS)? {
        if !kinds.iter().any(|it| it.name() == event.kind) {
            continue;
        }
        let changes = Changes::of(&event);
        if fields.is_empty() || changes.names().any(|it| fields.contains(&it)) {
            let fields = changes.names().map(str::to_owned).collect();
            return Ok(Some(Touched { seq: event.seq, at: event.at, actor: event.actor, fields }));
        }
    }
    Ok(None)
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
