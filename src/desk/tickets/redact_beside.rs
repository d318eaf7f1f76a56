//! Words that are made unreadable everywhere stand not in messages alone: also in the desk's own fields, in steps, in what was noted on
//! time worked, and in answers that are being written together.

use serde_json::Value;

use super::{
    Ticket,
    amend::{Redaction, blackened},
};
use crate::{
    desk::{
        actor::Actor,
        custom::{self, FieldType},
        drafts::shared::SharedDraft,
        event::{self, Changes, EventKind},
        time_entries::TimeEntry,
    },
    error::{Fault, Result},
    store::Tx,
};

/// A text with the words unreadable, and how often they stood there; what it was goes with `was`.
fn black(text: &mut String, how: &Redaction, was: &mut Vec<String>) -> usize {
    let (after, _, places) = blackened(text, &[], &how.words, false);
    if places > 0 {
        was.push(std::mem::replace(text, after));
    }
    places
}

/// Blackens the words in all of it, for somebody who reads and writes notes on the ticket. Gives in how many places. The ticket is the
/// caller's to put.
pub(super) fn redact(tx: &mut Tx, actor: &Actor, ticket: &mut Ticket, how: &Redaction) -> Result<usize> {
    let mut was = Vec::new();
    let mut places = redact_own_fields(tx, ticket, how, &mut was)?;
    for it in ticket.checklist.iter_mut().flat_map(|it| &mut it.steps) {
        places += black(&mut it.text, how, &mut was);
    }
    let entries: Vec<TimeEntry> = tx.scan::<TimeEntry>(&ticket.id)?.collect::<Result<_, _>>()?;
    for mut it in entries {
        let found = black(&mut it.note, how, &mut was);
        if found > 0 {
            places += found;
            tx.put(&it)?;
        }
    }
    let drafts: Vec<SharedDraft> = tx.scan::<SharedDraft>(&ticket.id)?.collect::<Result<_, _>>()?;
    for mut it in drafts {
        let found = black(&mut it.body, how, &mut was);
        if found > 0 {
            places += found;
            // Whoever is writing on it must not bring the words back.
            it.version += 1;
            tx.put(&it)?;
        }
    }
    if places > 0 {
        let changes = Changes::new().set("isPrivate", true).set("reason", how.reason.trim()).set("original", was.join("\n\n"));
        event::record(tx, actor, EventKind::TextRedacted, ticket.about(), changes)?;
    }
    Ok(places)
}

/// Only fields that hold text: a choice that was blackened would be none.
fn redact_own_fields(tx: &Tx, ticket: &mut Ticket, how: &Redaction, was: &mut Vec<String>) -> Result<usize> {
    let Some(Value::Object(mut values)) = ticket.custom.as_deref().and_then(|it| serde_json::from_str(it).ok()) else { return Ok(0) };
    let mut places = 0;
    for (key, value) in &mut values {
        let Value::String(text) = value else { continue };
        let is_text = custom::by_key(tx, key)?.is_none_or(|it| matches!(it.kind, FieldType::Text | FieldType::LongText));
        if is_text {
            places += black(text, how, was);
        }
    }
    if places > 0 {
        ticket.custom = Some(serde_json::to_string(&values).map_err(|it| Fault::because("writing a ticket's own fields", it))?);
    }
    Ok(places)
}
