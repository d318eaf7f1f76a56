//! What happened to a ticket (AUD-09), as far as the actor may know: who reads every ticket sees all but notes, unless they read
//! notes too; a requester sees what is public and no value of an internal field.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Ticket, access};
use crate::{
    desk::{
        actor::Actor,
        custom,
        event::{self, Changes, EventKind},
        permission::Permission,
    },
    error::Result,
    id::TicketId,
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
const INTERNAL: &[EventKind] = &[
    EventKind::TicketLinked,
    EventKind::TicketUnlinked,
    EventKind::TicketWatched,
    EventKind::TicketUnwatched,
    EventKind::CommentMoved,
    EventKind::TicketMacro,
    EventKind::TicketUndone,
    EventKind::TicketChecklist,
];

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
    let eyes = Eyes {
        tx,
        actor,
        works: access::may(actor, Permission::TicketsRead, ticket),
        notes: access::reads_notes(actor, ticket),
        redacted_at: ticket.redacted_at.filter(|_| !actor.may(Permission::AuditRead)),
        fields: custom::shared(tx)?,
    };
    loop {
        let events = tx.history(ticket.id.0, place, READ_AT_ONCE)?;
        let is_last = events.len() < READ_AT_ONCE;
        place = events.last().map(|it| it.seq);
        for event in events {
            let Some(entry) = shown(&eyes, event)? else { continue };
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
struct Eyes<'a> {
    tx: &'a Tx,
    actor: &'a Actor,
    works: bool,
    notes: bool,
    /// What was written until then may hold what nobody but an auditor reads any more.
    redacted_at: Option<Instant>,
    fields: Arc<custom::Fields>,
}

impl Eyes<'_> {
    /// Whether a reader who works no tickets may know of this field.
    fn is_public(&self, name: &str) -> bool {
        let own = name.strip_prefix("custom.").and_then(|key| self.fields.fields.iter().find(|it| it.key == key));
        PUBLIC.contains(&name) || own.is_some_and(custom::CustomField::is_public)
    }

    /// Whether the reader may know of the other ticket that an event names, if it names one.
    fn see_the_other(&self, changes: &Map<String, Value>) -> Result<bool> {
        let side = |it: &str| changes.get("ticketId")?.get(it)?.as_str()?.parse::<TicketId>().ok();
        let Some(other) = side("after").or_else(|| side("before")) else { return Ok(true) };
        Ok(self.tx.get::<Ticket>(&other)?.is_some_and(|it| access::may_see(self.actor, &it)))
    }
}

/// What may hold words that were made unreadable since.
const TEXTS: &[&str] = &["title", "description", "body", "original", "custom", "note", "text", "steps"];

/// What names another ticket.
const OF_ANOTHER: &[&str] = &["ticketId", "into", "merged"];

fn shown(eyes: &Eyes<'_>, event: Event) -> Result<Option<HistoryEntry>> {
    if event::is_private(&event) && !eyes.notes {
        return Ok(None);
    }
    // Machines have looked at a file, which is nothing that happened to the ticket.
    if event.kind == EventKind::AttachmentRead.name() {
        return Ok(None);
    }
    let works = eyes.works;
    if !works && EventKind::named(&event.kind).is_none_or(|it| INTERNAL.contains(&it)) {
        return Ok(None);
    }
    let Value::Object(mut changes) = Changes::of(&event).into_json() else { return Ok(None) };
    if !eyes.see_the_other(&changes)? {
        changes.retain(|name, _| !OF_ANOTHER.contains(&name.as_str()));
    }
    if eyes.redacted_at.is_some_and(|it| event.at <= it) {
        changes.retain(|name, _| !TEXTS.contains(&name.as_str()) && !name.starts_with("custom."));
    }
    let had = !changes.is_empty();
    changes.retain(|name, _| works || eyes.is_public(name));
    if had && changes.is_empty() {
        return Ok(None);
    }
    Ok(Some(HistoryEntry { seq: event.seq, at: event.at, kind: event.kind, actor: event.actor, changes }))
}
