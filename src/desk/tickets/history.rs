//! What happened to a ticket (AUD-09), as far as the actor may know: who reads every ticket sees all but notes, unless they read
//! notes too; a requester sees what is public and no value of an internal field.

use serde_json::{Map, Value};

use super::{Ticket, access};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
    },
    error::Result,
    store::{Event, Tx, log::EventActor},
    time::Instant,
};

/// Fields whose changes everybody who takes part may know.
const PUBLIC: &[&str] = &[
    "kind",
    "number",
    "title",
    "description",
    "status",
    "priority",
    "impact",
    "urgency",
    "requester",
    "assignee",
    "queue",
    "category",
    "subcategory",
    "channel",
    "scheduledAt",
    "dueAt",
    "serviceItem",
    "asset",
    "comment",
    "attachment",
    "filename",
    "size",
    "via",
];

/// Kinds of events that only those who work tickets may know.
const INTERNAL: &[EventKind] =
    &[EventKind::TicketLinked, EventKind::TicketUnlinked, EventKind::TicketWatched, EventKind::TicketUnwatched, EventKind::CommentMoved];

/// An event as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    pub seq: u64,
    pub at: Instant,
    pub kind: String,
    pub actor: EventActor,
    /// Before and after, by field.
    pub changes: Map<String, Value>,
}

/// A part of what the actor may know.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPart {
    pub entries: Vec<HistoryEntry>,
    /// All that the actor may know of, not just this part.
    pub total: usize,
    /// The place to go on from, if there is more.
    pub next: Option<u64>,
}

/// Events that are read at a time.
const READ_AT_ONCE: usize = 256;

/// The ticket's events, newest first: of those before `before`, if given, `limit` after the first `skip`. Reads the whole history,
/// since only what may be shown counts.
pub fn history(tx: &Tx, actor: &Actor, ticket: &Ticket, before: Option<u64>, skip: usize, limit: usize) -> Result<HistoryPart> {
    let (mut part, mut left_out) = (HistoryPart { entries: Vec::new(), total: 0, next: None }, 0);
    let mut place = None;
    let eyes = Eyes { works: access::may(actor, Permission::TicketsRead, ticket), notes: access::reads_notes(actor, ticket) };
    loop {
        let events = tx.history(ticket.id.0, place, READ_AT_ONCE)?;
        let is_last = events.len() < READ_AT_ONCE;
        place = events.last().map(|it| it.seq);
        for entry in events.into_iter().filter_map(|it| shown(&eyes, it)) {
            part.total += 1;
            if before.is_some_and(|it| entry.seq >= it) {
                continue;
            }
            if left_out < skip {
                left_out += 1;
            } else if part.entries.len() < limit {
                part.entries.push(entry);
            } else {
                part.next = part.entries.last().map(|it| it.seq);
            }
        }
        if is_last {
            return Ok(part);
        }
    }
}

/// What the reader may know of the ticket.
struct Eyes {
    works: bool,
    notes: bool,
}

fn shown(eyes: &Eyes, event: Event) -> Option<HistoryEntry> {
    if event::is_private(&event) && !eyes.notes {
        return None;
    }
    let works = eyes.works;
    if !works && EventKind::named(&event.kind).is_none_or(|it| INTERNAL.contains(&it)) {
        return None;
    }
    let Value::Object(mut changes) = Changes::of(&event).into_json() else { return None };
    let had = !changes.is_empty();
    changes.retain(|name, _| works || PUBLIC.contains(&name.as_str()));
    if had && changes.is_empty() {
        return None;
    }
    Some(HistoryEntry { seq: event.seq, at: event.at, kind: event.kind, actor: event.actor, changes })
}
