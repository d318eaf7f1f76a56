//! What the log tells of a ticket, as sentences: all of it for the history, what matters for the conversation, and for its requester
//! only what they can make use of, in plain words. What may be told at all is the desk's to say, in `tickets::history`.

use serde_json::Value;

use super::words::Words;
use crate::{
    desk::{
        custom::FieldType,
        event::EventKind,
        tickets::{Cast, Category, HistoryEntry, Kind},
    },
    id::{CategoryId, PersonId},
    web::{
        components::{icon::Icon, moment::exact},
        tongue::{self, t},
    },
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
        let own = it.changes.iter().filter(|it| it.0.starts_with("custom.")).map(|it| it.1);
        let named = ["assignee", "requester", "person"].into_iter().filter_map(|name| it.changes.get(name)).chain(own);
        let drafted = it.changes.get("draftedBy").and_then(|it| it.get("after")?.as_array()).into_iter().flatten();
        let values = named.flat_map(|it| [it.get("before"), it.get("after")]).flatten().chain(drafted);
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
            None if it.actor.kind == "mail" => t!("told-mail").to_owned(),
            None => t!("word-desk").to_owned(),
        }
    }

    fn person(&self, id: PersonId) -> String {
        self.cast.person(id).map_or_else(|| t!("told-somebody").to_owned(), |it| it.name.clone())
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
            EventKind::TicketMacro | EventKind::TicketUndone => Some((self.in_full(it), Icon::Bolt)),
            EventKind::TicketLinked | EventKind::TicketUnlinked | EventKind::TicketMerged | EventKind::TicketUnmerged => {
                Some((self.in_full(it), Icon::Link))
            }
            _ => None,
        }
    }

    /// A sentence without the name for the history.
    pub fn in_full(&self, it: &HistoryEntry) -> String {
        let text = |name: &str| it.changes.get(name).and_then(|it| it.get("after")).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| it.changes.get(name).and_then(|it| it.get("after")).and_then(Value::as_u64).unwrap_or_default();
        let Some(kind) = EventKind::named(&it.kind) else { return it.kind.replace(['.', '_'], " ") };
        match kind {
            EventKind::TicketCreated if !text("recurrence").is_empty() => t!("told-lodged-again").to_owned(),
            EventKind::TicketCreated => lodged(text("channel")),
            EventKind::TicketImported => t!("told-imported").to_owned(),
            EventKind::TicketChanged | EventKind::TicketAssigned | EventKind::TicketStatus => {
                self.all_changes(it).unwrap_or_else(|| t!("told-erased").to_owned())
            }
            EventKind::CommentAdded => {
                let private = it.changes.get("isPrivate").and_then(|it| it.get("after")).and_then(Value::as_bool).unwrap_or(false);
                if let Some(who) = self.drafters(it) {
                    return t!("live-did-send-draft", who = who);
                }
                wrote(private, text("via"))
            }
            EventKind::AttachmentAdded => t!("told-file", file = text("filename")),
            EventKind::AttachmentRemoved => t!("told-file-removed", file = text("filename")),
            EventKind::TicketLinked => t!("told-linked", relation = relation(text("type"))),
            EventKind::TicketUnlinked => t!("told-unlinked", relation = relation(text("type"))),
            EventKind::TicketMerged if text("into").is_empty() => t!("told-merged-other", number = text("merged")),
            EventKind::TicketMerged => t!("told-merged", number = text("into")),
            EventKind::TicketUnmerged if text("into").is_empty() => t!("told-unmerged-other", number = text("merged")),
            EventKind::TicketUnmerged => t!("told-unmerged", number = text("into")),
            EventKind::TicketMacro => t!("told-macro", name = text("name")),
            EventKind::TicketUndone => t!("told-undone", what = undone(text("what"))),
            EventKind::TicketChecklist => self.of_checklist(it),
            EventKind::CommentEdited => t!("told-comment-edited").to_owned(),
            EventKind::TextRedacted => t!("told-text-redacted").to_owned(),
            EventKind::TimeBooked => t!("told-time-booked", minutes = number("minutes")),
            EventKind::TimeChanged => t!("told-time-changed").to_owned(),
            EventKind::TimeRemoved => t!("told-time-removed", minutes = number("minutes")),
            EventKind::CommentWithdrawn => t!("told-withdrawn").to_owned(),
            EventKind::LetterFailed => t!("told-mail-failed", to = addressees(it), answer = text("answer")),
            EventKind::LetterBounced => t!("told-mail-bounced", to = addressees(it), answer = text("answer")),
            EventKind::LetterWithdrawn => t!("told-mail-withdrawn", to = addressees(it)),
            EventKind::LetterRetried => t!("told-mail-retried", to = addressees(it)),
            EventKind::SatisfactionGiven => match text("score") {
                "" => t!("told-satisfaction-word").to_owned(),
                "good" => t!("told-satisfaction-good").to_owned(),
                _ => t!("told-satisfaction-bad").to_owned(),
            },
            EventKind::TicketParent if text("parent").is_empty() => t!("told-outage-left").to_owned(),
            EventKind::TicketParent => t!("told-outage-joined").to_owned(),
            EventKind::TicketWatched => match self.other_person(it) {
                Some(name) => t!("told-follows-other", name = name),
                None => t!("told-follows").to_owned(),
            },
            EventKind::TicketUnwatched => match self.other_person(it) {
                Some(name) => t!("told-unfollows-other", name = name),
                None => t!("told-unfollows").to_owned(),
            },
            EventKind::TicketSnoozed if text("until") == "answer" => t!("live-did-snooze-answer").to_owned(),
            EventKind::TicketSnoozed => match text("until").parse() {
                Ok(at) => t!("live-did-snooze", at = exact(at)),
                Err(_) => t!("live-did-snooze-answer").to_owned(),
            },
            EventKind::TicketWoken => t!("live-did-wake").to_owned(),
            EventKind::DraftShared => t!("live-did-share").to_owned(),
            EventKind::DraftChanged => t!("live-did-change-draft").to_owned(),
            EventKind::DraftDiscarded => t!("live-did-discard-draft").to_owned(),
            _ => it.kind.replace(['.', '_'], " "),
        }
    }

    /// Who wrote an answer that somebody else sent.
    fn drafters(&self, it: &HistoryEntry) -> Option<String> {
        let people = it.changes.get("draftedBy")?.get("after")?.as_array()?;
        let names = people.iter().filter_map(Value::as_str).filter_map(|it| it.parse().ok()).map(|it| self.person(it));
        Some(names.collect::<Vec<_>>().join(", ")).filter(|it| !it.is_empty())
    }

    /// What a change of a checklist was.
    fn of_checklist(&self, it: &HistoryEntry) -> String {
        let after = |name: &str| it.changes.get(name).and_then(|it| it.get("after"));
        let step = after("step").and_then(Value::as_str).unwrap_or_default();
        match (after("did").and_then(Value::as_str), after("done").and_then(Value::as_bool)) {
            (Some("added"), _) => {
                t!("told-steps-added", steps = after("steps").map(|it| self.value("steps", it)).unwrap_or_default())
            }
            (Some(_), _) => t!("told-step-removed", step = step),
            (None, Some(true)) => t!("told-step-done", step = step),
            (None, Some(false)) => t!("told-step-open", step = step),
            (None, None) => t!("told-step-changed", step = step),
        }
    }

    /// Each change as a sentence without the name.
    pub fn one_by_one(&self, it: &HistoryEntry) -> Vec<String> {
        it.changes
            .iter()
            .filter_map(|(name, change)| self.change(it, name, change))
            .map(|it| crate::text::letters::capitalized(&it))
            .collect()
    }

    /// Whom it is about, if that is not who did it.
    fn other_person(&self, it: &HistoryEntry) -> Option<String> {
        let id = it.changes.get("person").and_then(|it| it.get("after")).and_then(Value::as_str).and_then(|it| it.parse().ok());
        id.filter(|id| Some(*id) != actor(it)).map(|id| self.person(id))
    }

    fn all_changes(&self, it: &HistoryEntry) -> Option<String> {
        let parts: Vec<String> = it.changes.iter().filter_map(|(name, change)| self.change(it, name, change)).collect();
        joined(parts)
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
            ("assignee", _, Some(after)) if reason == Some("on_call") => t!("told-assigned-on-call", name = after),
            ("assignee", _, Some(after)) if matches!(reason, Some("strategy" | "fallback")) => t!("told-assigned-by-queue", name = after),
            ("assignee", _, Some(_)) if value("after").and_then(Value::as_str) == it.actor.id.map(|it| it.to_string()).as_deref() => {
                t!("told-took").to_owned()
            }
            ("assignee", _, Some(after)) => t!("told-assigned", name = after),
            ("assignee", Some(before), None) => t!("told-unassigned", name = before),
            ("queue", _, Some(after)) => t!("told-queue", queue = after),
            ("queue", ..) => t!("told-no-queue").to_owned(),
            ("status", _, Some(after)) => t!("told-status", status = after),
            (name, before, after) if name.starts_with("custom.") => self.own_change(name, before, after)?,
            ("description" | "custom" | "metadata", ..) => t!("told-changed", field = noun(name)),
            ("tags", ..) => tags(change)?,
            (_, Some(before), Some(after)) => t!("told-changed-from-to", field = noun(name), before = before, after = after),
            (_, None, Some(after)) => t!("told-set", field = noun(name), after = after),
            (_, Some(before), None) => t!("told-removed", field = noun(name), before = before),
            (_, None, None) => return None,
        })
    }

    fn value(&self, name: &str, value: &Value) -> String {
        match (name, value) {
            ("assignee" | "requester", Value::String(id)) => id.parse().map_or_else(|_| id.clone(), |it| self.person(it)),
            ("queue", Value::String(id)) => self.words.queue(id).unwrap_or(t!("told-another-queue")).to_owned(),
            ("category" | "subcategory", Value::String(id)) => {
                id.parse::<CategoryId>().ok().and_then(|it| self.words.category(it)).unwrap_or_else(|| t!("told-another").to_owned())
            }
            ("organization", _) => t!("told-another").to_owned(),
            (name, value) if name.starts_with("custom.") => self.own_value(name, value),
            ("status", Value::String(key)) => self.words.status(self.kind, key),
            ("title", Value::String(text)) => t!("told-quoted", text = text),
            (_, Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }

    /// One of the desk's own fields, before and after.
    fn own_change(&self, name: &str, before: Option<String>, after: Option<String>) -> Option<String> {
        let label = self.words.own_field(name).map_or(name, |it| it.label.as_str());
        Some(match (before, after) {
            (Some(before), Some(after)) => t!("told-own-changed", label = label, before = before, after = after),
            (None, Some(after)) => t!("told-own-set", label = label, after = after),
            (Some(_), None) => t!("told-own-emptied", label = label),
            (None, None) => return None,
        })
    }

    /// A value of one of the desk's own fields.
    fn own_value(&self, name: &str, value: &Value) -> String {
        let field = self.words.own_field(name);
        let label = |text: &str| {
            let option = field.and_then(|it| it.options.iter().find(|it| it.value == text));
            option.map_or_else(|| text.to_owned(), |it| it.label.clone())
        };
        match (field.map(|it| it.kind), value) {
            (Some(FieldType::Person), Value::String(id)) => id.parse().map_or_else(|_| id.clone(), |it| self.person(it)),
            (Some(FieldType::Organization), _) => t!("told-an-organization").to_owned(),
            (_, Value::Bool(it)) => if *it { t!("told-yes") } else { t!("told-no") }.to_owned(),
            (_, Value::Array(list)) => list.iter().filter_map(Value::as_str).map(label).collect::<Vec<_>>().join(", "),
            (_, Value::String(text)) => label(text),
            (_, other) => other.to_string(),
        }
    }

    fn meaning(&self, it: &HistoryEntry, side: &str) -> Option<Category> {
        let key = it.changes.get("status")?.get(side)?.as_str()?;
        self.words.meaning(self.kind, key)
    }

    /// What a requester is told: who, and a sentence without the name. Moves between queues and desks are none of their business.
    pub fn for_requester(&self, it: &HistoryEntry, reader: PersonId) -> Option<(Option<PersonId>, &'static str)> {
        // "You" goes with another form of the verb.
        let say = |who: Option<PersonId>, you: &'static str, other: &'static str| (who, if who == Some(reader) { you } else { other });
        match EventKind::named(&it.kind)? {
            EventKind::TicketAssigned => {
                let assignee = it.changes.get("assignee")?.get("after")?.as_str()?.parse().ok()?;
                Some(say(Some(assignee), t!("told-you-looks-into"), t!("told-looks-into")))
            }
            EventKind::TicketStatus => {
                let (before, after) = (self.meaning(it, "before")?, self.meaning(it, "after")?);
                let (you, other) = match after {
                    Category::Waiting if before != Category::Waiting => (t!("told-you-on-hold"), t!("told-on-hold")),
                    Category::Resolved => (t!("told-you-solved"), t!("told-solved")),
                    Category::Closed => (t!("told-you-closed"), t!("told-closed")),
                    Category::New | Category::Active if !before.is_open() => (t!("told-you-reopened"), t!("told-reopened")),
                    _ => return None,
                };
                Some(say(actor(it), you, other))
            }
            // The other ticket has another number, which says nothing to its reader.
            EventKind::TicketMerged if it.changes.contains_key("status") => {
                Some(say(actor(it), t!("told-you-put-together"), t!("told-put-together")))
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
    let named = |list: &[&str]| {
        let names = list.iter().take(TAGS_NAMED).copied().collect::<Vec<_>>().join(", ");
        match list.len().saturating_sub(TAGS_NAMED) {
            0 => names,
            rest => t!("told-and-more", names = names, count = rest),
        }
    };
    let came: Vec<&str> = after.iter().filter(|it| !before.contains(it)).copied().collect();
    let went: Vec<&str> = before.iter().filter(|it| !after.contains(it)).copied().collect();
    let came = (!came.is_empty()).then(|| t!("told-tags-added", count = came.len(), tags = named(&came)));
    let went = (!went.is_empty()).then(|| t!("told-tags-removed", count = went.len(), tags = named(&went)));
    joined(came.into_iter().chain(went).collect())
}

/// To whom a mail went, by its event.
fn addressees(it: &HistoryEntry) -> String {
    let to = it.changes.get("to").and_then(|it| it.get("after")).and_then(Value::as_array);
    let to: Vec<&str> = to.into_iter().flatten().filter_map(Value::as_str).collect();
    if to.is_empty() { t!("told-somebody").to_owned() } else { to.join(", ") }
}

/// Several sentences as one; none if there are none.
fn joined(parts: Vec<String>) -> Option<String> {
    parts.into_iter().reduce(|first, second| t!("told-and", first = first, second = second))
}

/// What was undone, as the desk notes it, within a sentence.
pub fn undone(what: &str) -> String {
    let count = |begin: &str| what.strip_prefix(begin)?.strip_suffix(" tickets")?.parse::<i64>().ok();
    if let Some(name) = what.strip_prefix("the macro ") {
        return t!("told-the-macro", name = name);
    }
    if let Some(field) = what.strip_prefix("the field ") {
        return t!("told-the-field", field = noun(field));
    }
    if let Some(count) = count("the change of ") {
        return t!("told-the-change", count = count);
    }
    if let Some(count) = count("the merge of ") {
        return t!("told-the-merge", count = count);
    }
    if let Some(count) = count("the links of ") {
        return t!("told-the-links", count = count);
    }
    match what {
        "the links" => return t!("told-links").to_owned(),
        "the followers" => return t!("told-followers").to_owned(),
        _ => {}
    }
    match count("the replies to ") {
        Some(count) => t!("told-the-replies", count = count),
        None => what.to_owned(),
    }
}

/// A field, within a sentence.
fn noun(field: &str) -> &str {
    tongue::named("field-name-", &field.to_lowercase()).unwrap_or(field)
}

/// How two tickets are tied, within a sentence.
fn relation(kind: &str) -> String {
    tongue::named("relation-", kind).map_or_else(|| kind.replace('_', " "), str::to_owned)
}

/// How something came, for those ways that are worth a word.
const WAYS: [&str; 6] = ["email", "api", "chat", "monitoring", "phone", "walk_in"];

fn lodged(channel: &str) -> String {
    if WAYS.contains(&channel) { t!("told-lodged-via", way = via(channel)) } else { t!("told-lodged").to_owned() }
}

fn wrote(is_note: bool, channel: &str) -> String {
    match (is_note, WAYS.contains(&channel)) {
        (true, true) => t!("told-note-via", way = via(channel)),
        (true, false) => t!("told-note").to_owned(),
        (false, true) => t!("told-wrote-via", way = via(channel)),
        (false, false) => t!("told-wrote").to_owned(),
    }
}

/// "by mail", for how something came; nothing for the web.
pub fn via(channel: &str) -> &'static str {
    if WAYS.contains(&channel) { tongue::named("via-", channel).unwrap_or_default() } else { "" }
}
