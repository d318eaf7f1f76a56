//! What the log tells of a ticket, as sentences: all of it for the history, what matters for the conversation, and for its requester
//! only what they can make use of, in plain words. What may be told at all is the desk's to say, in `tickets::history`.

use serde_json::Value;

use super::words::Words;
use crate::{
    desk::{
        event::EventKind,
        tickets::{Cast, Category, HistoryEntry, Kind},
    },
    id::{CategoryId, PersonId},
    web::components::icon::Icon,
};

/// The names that sentences need.
pub struct Telling<'a> {
    pub words: &'a Words,
    pub cast: &'a Cast,
    /// The kind of the ticket, whose states have names of their own.
    pub kind: Kind,
}

/// Everybody whom these entries name, so that each is read once.
pub fn people(entries: &[HistoryEntry]) -> impl Iterator<Item = PersonId> + '_ {
    entries.iter().flat_map(|it| {
        let named = ["assignee", "requester", "person"].into_iter().filter_map(|name| it.changes.get(name));
        let values = named.flat_map(|it| [it.get("before"), it.get("after")]).flatten();
        values.filter_map(Value::as_str).filter_map(|it| it.parse::<PersonId>().ok()).chain(actor(it))
    })
}

/// The person who did it, if one did.
pub fn actor(it: &HistoryEntry) -> Option<PersonId> {
    it.actor.id.filter(|_| it.actor.kind == "person").map(PersonId)
}

impl Telling<'_> {
    /// Who did it.
    pub fn who(&self, it: &HistoryEntry) -> String {
        match actor(it) {
            Some(id) => self.person(id),
            None if it.actor.kind == "mail" => "Mail".to_owned(),
            None => "The desk".to_owned(),
        }
    }

    fn person(&self, id: PersonId) -> String {
        self.cast.person(id).map_or_else(|| "somebody".to_owned(), |it| it.name.clone())
    }

    /// A sentence without the name for the conversation; none for what the conversation shows itself or nobody needs there.
    pub fn in_conversation(&self, it: &HistoryEntry) -> Option<(String, Icon)> {
        match EventKind::named(&it.kind)? {
            EventKind::TicketAssigned => Some((self.all_changes(it)?, Icon::Person)),
            EventKind::TicketStatus => {
                let icon = match self.meaning(it, "after") {
                    Some(Category::Waiting) => Icon::Pause,
                    Some(Category::Resolved | Category::Closed) => Icon::Check,
                    _ => Icon::Right,
                };
                Some((self.all_changes(it)?, icon))
            }
            EventKind::TicketChanged => Some((self.all_changes(it)?, Icon::History)),
            EventKind::TicketLinked | EventKind::TicketUnlinked | EventKind::TicketMerged | EventKind::TicketUnmerged => {
                Some((self.in_full(it), Icon::Link))
            }
            _ => None,
        }
    }

    /// A sentence without the name for the history.
    pub fn in_full(&self, it: &HistoryEntry) -> String {
        let text = |name: &str| it.changes.get(name).and_then(|it| it.get("after")).and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = EventKind::named(&it.kind) else { return it.kind.replace(['.', '_'], " ") };
        match kind {
            EventKind::TicketCreated => format!("lodged the ticket{}", via(text("channel"))),
            EventKind::TicketChanged | EventKind::TicketAssigned | EventKind::TicketStatus => {
                self.all_changes(it).unwrap_or_else(|| "changed something that has been erased".to_owned())
            }
            EventKind::CommentAdded => {
                let private = it.changes.get("isPrivate").and_then(|it| it.get("after")).and_then(Value::as_bool).unwrap_or(false);
                format!("{}{}", if private { "wrote an internal note" } else { "wrote" }, via(text("via")))
            }
            EventKind::AttachmentAdded => format!("added the file {}", text("filename")),
            EventKind::TicketLinked => format!("linked it to another ticket ({})", text("type").replace('_', " ")),
            EventKind::TicketUnlinked => format!("took away a link to another ticket ({})", text("type").replace('_', " ")),
            EventKind::TicketMerged if text("into").is_empty() => format!("merged {} into it", text("merged")),
            EventKind::TicketMerged => format!("merged it into {}", text("into")),
            EventKind::TicketUnmerged if text("into").is_empty() => format!("undid that {} was merged into it", text("merged")),
            EventKind::TicketUnmerged => format!("undid that it was merged into {}", text("into")),
            EventKind::CommentWithdrawn => "took a reply back before it was sent".to_owned(),
            EventKind::LetterFailed => format!("could not deliver a mail to {}: {}", addressees(it), text("answer")),
            EventKind::LetterBounced => format!("got a mail to {} back: {}", addressees(it), text("answer")),
            EventKind::LetterWithdrawn => format!("took a mail to {} back", addressees(it)),
            EventKind::LetterRetried => format!("sent a mail to {} on its way again", addressees(it)),
            EventKind::SatisfactionGiven => match text("score") {
                "" => "added a word to how it was".to_owned(),
                score => format!("said that it was {}", if score == "good" { "good" } else { "not good" }),
            },
            EventKind::TicketParent if text("parent").is_empty() => "took it out of an outage".to_owned(),
            EventKind::TicketParent => "made it a part of an outage".to_owned(),
            EventKind::TicketWatched => self.about_person("follows", it),
            EventKind::TicketUnwatched => self.about_person("no longer follows", it),
            _ => it.kind.replace(['.', '_'], " "),
        }
    }

    fn about_person(&self, verb: &str, it: &HistoryEntry) -> String {
        let id = it.changes.get("person").and_then(|it| it.get("after")).and_then(Value::as_str).and_then(|it| it.parse().ok());
        match id.filter(|id| Some(*id) != actor(it)) {
            Some(id) => format!("says that {} {verb} it", self.person(id)),
            None => format!("{verb} it"),
        }
    }

    fn all_changes(&self, it: &HistoryEntry) -> Option<String> {
        let parts: Vec<String> = it.changes.iter().filter_map(|(name, change)| self.change(it, name, change)).collect();
        if parts.is_empty() { None } else { Some(parts.join(", and ")) }
    }

    /// One field, before and after.
    fn change(&self, it: &HistoryEntry, name: &str, change: &Value) -> Option<String> {
        let value = |side: &str| change.get(side).filter(|it| !it.is_null());
        let shown = |side: &str| value(side).map(|it| self.value(name, it));
        let (before, after) = (shown("before"), shown("after"));
        // Why stands in the properties; here it only says that it was the desk.
        if name.ends_with("Reason") || name == "vip" {
            return None;
        }
        let reason = it.changes.get("assigneeReason").and_then(|it| it.get("after")?.get("code")?.as_str());
        Some(match (name, before, after) {
            ("assignee", _, Some(after)) if reason == Some("on_call") => format!("gave it to {after}, who is on call"),
            ("assignee", _, Some(after)) if matches!(reason, Some("strategy" | "fallback")) => {
                format!("gave it to {after} as the queue assigns")
            }
            ("assignee", _, Some(_)) if value("after").and_then(Value::as_str) == it.actor.id.map(|it| it.to_string()).as_deref() => {
                "took it".to_owned()
            }
            ("assignee", _, Some(after)) => format!("assigned it to {after}"),
            ("assignee", Some(before), None) => format!("took it off {before}"),
            ("queue", _, Some(after)) => format!("moved it to {after}"),
            ("queue", ..) => "took it out of its queue".to_owned(),
            ("status", _, Some(after)) => format!("set the status to {after}"),
            ("description" | "custom" | "metadata", ..) => format!("changed the {}", noun(name)),
            ("tags", ..) => tags(change)?,
            (_, Some(before), Some(after)) => format!("changed the {} from {before} to {after}", noun(name)),
            (_, None, Some(after)) => format!("set the {} to {after}", noun(name)),
            (_, Some(before), None) => format!("took away the {} {before}", noun(name)),
            (_, None, None) => return None,
        })
    }

    fn value(&self, name: &str, value: &Value) -> String {
        match (name, value) {
            ("assignee" | "requester", Value::String(id)) => id.parse().map_or_else(|_| id.clone(), |it| self.person(it)),
            ("queue", Value::String(id)) => self.words.queue(id).unwrap_or("another queue").to_owned(),
            ("category" | "subcategory", Value::String(id)) => {
                id.parse::<CategoryId>().ok().and_then(|it| self.words.category(it)).unwrap_or_else(|| "another".to_owned())
            }
            ("organization", _) => "another".to_owned(),
            ("status", Value::String(key)) => self.words.status(self.kind, key),
            ("title", Value::String(text)) => format!("“{text}”"),
            (_, Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }

    fn meaning(&self, it: &HistoryEntry, side: &str) -> Option<Category> {
        let key = it.changes.get("status")?.get(side)?.as_str()?;
        self.words.meaning(self.kind, key)
    }

    /// What a requester is told: who, and a sentence without the name. Moves between queues and desks are none of their business.
    pub fn for_requester(&self, it: &HistoryEntry) -> Option<(Option<PersonId>, String)> {
        match EventKind::named(&it.kind)? {
            EventKind::TicketAssigned => {
                let assignee = it.changes.get("assignee")?.get("after")?.as_str()?.parse().ok()?;
                Some((Some(assignee), "is looking into it".to_owned()))
            }
            EventKind::TicketStatus => {
                let (before, after) = (self.meaning(it, "before")?, self.meaning(it, "after")?);
                let text = match after {
                    Category::Waiting if before != Category::Waiting => "put it on hold",
                    Category::Resolved => "marked it as solved",
                    Category::Closed => "closed it",
                    Category::New | Category::Active if !before.is_open() => "opened it again",
                    _ => return None,
                };
                Some((actor(it), text.to_owned()))
            }
            // The other ticket has another number, which says nothing to its reader.
            EventKind::TicketMerged if it.changes.contains_key("status") => {
                Some((actor(it), "put it together with another ticket, where it goes on".to_owned()))
            }
            _ => None,
        }
    }
}

/// Tags that are named in one sentence.
const TAGS_NAMED: usize = 4;

/// Which tags came and went.
fn tags(change: &Value) -> Option<String> {
    let all = |side: &str| -> Vec<&str> { change[side].as_array().into_iter().flatten().filter_map(Value::as_str).collect() };
    let (before, after) = (all("before"), all("after"));
    let named = |verb: &str, list: Vec<&str>| {
        let rest = list.len().saturating_sub(TAGS_NAMED);
        let names = list.iter().take(TAGS_NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let noun = if list.len() == 1 { "tag" } else { "tags" };
        (!list.is_empty()).then(|| format!("{verb} the {noun} {names}{more}"))
    };
    let came = named("added", after.iter().filter(|it| !before.contains(it)).copied().collect());
    let went = named("took off", before.iter().filter(|it| !after.contains(it)).copied().collect());
    let parts: Vec<String> = came.into_iter().chain(went).collect();
    (!parts.is_empty()).then(|| parts.join(", and "))
}

/// To whom a mail went, by its event.
fn addressees(it: &HistoryEntry) -> String {
    let to = it.changes.get("to").and_then(|it| it.get("after")).and_then(Value::as_array);
    let to: Vec<&str> = to.into_iter().flatten().filter_map(Value::as_str).collect();
    if to.is_empty() { "somebody".to_owned() } else { to.join(", ") }
}

fn noun(field: &str) -> &str {
    match field {
        "scheduledAt" => "planned time",
        "dueAt" => "due time",
        "serviceItem" => "service",
        "custom" | "metadata" => "further fields",
        it => it,
    }
}

/// " by mail", for how something came; nothing for the web.
pub fn via(channel: &str) -> &'static str {
    match channel {
        "email" => " by mail",
        "api" => " through the API",
        "chat" => " by chat",
        "monitoring" => " through monitoring",
        "phone" => " on the phone",
        "walk_in" => " in person",
        _ => "",
    }
}
