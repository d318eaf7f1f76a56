//! A ticket as it was (BEY-29): what it is now, with everything undone that happened since. The log holds what was before each change, so
//! nothing is kept for this; what the log does not hold is said, not guessed.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Comment, HistoryEntry, Kind, Ticket, access, comments, history, lifecycle::Lifecycle, priority_named, record::Channel};
use crate::{
    desk::{
        actor::Actor,
        attachments::{self, Attachment},
        event::EventKind,
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// Something of then that cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Words were made unreadable since, and stay so.
    Redacted,
    /// A message came from or went to another ticket since.
    Moved,
    /// What an event changed was erased.
    Erased,
    /// A file was taken off since.
    FileRemoved,
    /// Steps, followers, links or time changed since: these are not shown as they were.
    Beside,
}

/// A ticket as it was right after an event, as far as the actor may know.
#[derive(Debug, Clone, PartialEq)]
pub struct AsOf {
    pub ticket: Ticket,
    /// The thread of then, oldest first.
    pub comments: Vec<Comment>,
    pub files: Vec<Attachment>,
    /// The event.
    pub event: HistoryEntry,
    pub gaps: BTreeSet<Gap>,
}

/// The ticket right after the event of this number, for those who work tickets.
pub fn as_of(tx: &Tx, actor: &Actor, id: TicketId, seq: u64) -> Result<AsOf> {
    rebuilt(tx, actor, id, |it| it.seq <= seq)
}

/// The ticket as it was at an instant.
pub fn as_of_instant(tx: &Tx, actor: &Actor, id: TicketId, at: Instant) -> Result<AsOf> {
    rebuilt(tx, actor, id, |it| it.at <= at)
}

fn rebuilt(tx: &Tx, actor: &Actor, id: TicketId, is_then: impl Fn(&HistoryEntry) -> bool) -> Result<AsOf> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsRead, &ticket)?;
    let mut was = AsOf {
        comments: comments(tx, actor, &ticket)?,
        files: attachments::of_ticket(tx, actor, &ticket)?,
        event: HistoryEntry { seq: 0, at: ticket.created_at, kind: String::new(), actor: actor.for_log(), changes: Map::new() },
        gaps: BTreeSet::new(),
        ticket,
    };
    let part = history(tx, actor, &was.ticket.clone(), None, 0, limits::AS_OF_EVENTS_MAX)?;
    let is_whole = part.next.is_none();
    let mut since = 0;
    for it in part.entries {
        if is_then(&it) {
            was.event = it;
            break;
        }
        was.undo(&it);
        since += 1;
    }
    if was.event.seq == 0 {
        // Before it was lodged there was nothing; and further back than is read nothing is known.
        let detail = if is_whole { say!("as-of-not-yet") } else { say!("as-of-too-far", most = limits::AS_OF_EVENTS_MAX) };
        return Err(Refusal::new(Code::NotFound, detail).into());
    }
    if since > 0 {
        let lifecycle = Lifecycle::of(tx, was.ticket.kind)?;
        if let Some(state) = lifecycle.state(&was.ticket.state) {
            was.ticket.category = state.category;
        }
        let open = was.ticket.category.is_open();
        was.ticket.resolved_at = was.ticket.resolved_at.filter(|it| !open && *it <= was.event.at);
        was.ticket.closed_at = was.ticket.closed_at.filter(|it| !open && *it <= was.event.at);
        was.ticket.updated_at = was.event.at;
        was.ticket.snoozed = None;
        was.ticket.comment_count = u32::try_from(was.comments.len()).unwrap_or(u32::MAX);
        was.ticket.has_attachments = !was.files.is_empty();
        // What was promised then is not in the log as it stood; it would be a guess.
        was.ticket.targets = None;
    }
    Ok(was)
}

impl AsOf {
    fn undo(&mut self, it: &HistoryEntry) {
        let redacted = self.ticket.redacted_at.is_some_and(|at| it.at <= at);
        let Some(kind) = EventKind::named(&it.kind) else { return };
        let text = |name: &str| it.changes.get(name).and_then(|it| it.get("after")).and_then(Value::as_str);
        let of_comment = || text("comment").map(str::to_owned);
        match kind {
            EventKind::CommentAdded => {
                let id = of_comment();
                self.comments.retain(|it| Some(it.id.to_string()) != id);
            }
            EventKind::AttachmentAdded => {
                let id = text("attachment");
                self.files.retain(|it| Some(it.id.to_string().as_str()) != id);
            }
            EventKind::AttachmentRemoved => {
                self.gaps.insert(Gap::FileRemoved);
            }
            EventKind::CommentEdited => {
                let before = it.changes.get("body").and_then(|it| it.get("before")).and_then(Value::as_str);
                let id = of_comment();
                match (before, self.comments.iter_mut().find(|it| Some(it.id.to_string()) == id)) {
                    // Words that were made unreadable after this edit may stand in the text before it.
                    (Some(before), Some(comment)) if comment.redacted_at.is_none() => {
                        comment.body = before.to_owned();
                        comment.folds = Vec::new();
                        comment.edited_at = comment.edited_at.filter(|at| *at < it.at);
                    }
                    _ => {
                        self.gaps.insert(Gap::Redacted);
                    }
                }
            }
            EventKind::TextRedacted => {
                self.gaps.insert(Gap::Redacted);
            }
            EventKind::CommentWithdrawn => {
                let id = of_comment();
                if let Some(comment) = self.comments.iter_mut().find(|it| Some(it.id.to_string()) == id) {
                    comment.is_private = false;
                    comment.withdrawn_at = None;
                }
            }
            EventKind::CommentMoved => {
                self.gaps.insert(Gap::Moved);
            }
            EventKind::TicketMerged | EventKind::TicketUnmerged => {
                self.ticket.merged = None;
                self.gaps.insert(Gap::Beside);
            }
            EventKind::TicketChecklist
            | EventKind::TicketWatched
            | EventKind::TicketUnwatched
            | EventKind::TicketLinked
            | EventKind::TicketUnlinked
            | EventKind::TimeBooked
            | EventKind::TimeChanged
            | EventKind::TimeRemoved
            | EventKind::SatisfactionGiven
            | EventKind::TicketArticle => {
                self.gaps.insert(Gap::Beside);
            }
            _ => {
                let is_change = matches!(kind, EventKind::TicketChanged | EventKind::TicketAssigned | EventKind::TicketStatus);
                if is_change && it.changes.is_empty() {
                    self.gaps.insert(if redacted { Gap::Redacted } else { Gap::Erased });
                }
            }
        }
        for (name, change) in &it.changes {
            if let Some(before) = change.get("before") {
                put_back(&mut self.ticket, name, before);
            }
        }
    }
}

/// Gives a field the value that the log says it had.
fn put_back(ticket: &mut Ticket, name: &str, value: &Value) {
    let text = value.as_str();
    let own = || text.map(str::to_owned);
    let level = |now: u8| value.as_u64().and_then(|it| u8::try_from(it).ok()).unwrap_or(now);
    match name {
        "kind" => ticket.kind = text.and_then(Kind::named).unwrap_or(ticket.kind),
        "title" => ticket.title = own().unwrap_or_default(),
        "description" => {
            ticket.description = own().unwrap_or_default();
            ticket.description_html = None;
        }
        "status" => ticket.state = own().unwrap_or_else(|| ticket.state.clone()),
        "priority" => ticket.priority = text.and_then(priority_named).unwrap_or(ticket.priority),
        "priorityFixed" => ticket.priority_fixed = value.as_bool().unwrap_or(false),
        "impact" => ticket.impact = level(ticket.impact),
        "urgency" => ticket.urgency = level(ticket.urgency),
        "requester" => ticket.requester = text.and_then(|it| it.parse().ok()).unwrap_or(ticket.requester),
        "assignee" => ticket.assignee = text.and_then(|it| it.parse().ok()),
        "queue" => ticket.queue = text.and_then(|it| it.parse().ok()),
        "organization" => ticket.organization = text.and_then(|it| it.parse().ok()),
        "department" => ticket.department = text.and_then(|it| it.parse().ok()),
        "category" => ticket.topic = text.and_then(|it| it.parse().ok()),
        "subcategory" => ticket.subtopic = text.and_then(|it| it.parse().ok()),
        "tags" => {
            ticket.tags = value.as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
        }
        "channel" => ticket.channel = text.and_then(Channel::named).unwrap_or(ticket.channel),
        "metadata" => ticket.metadata = value.is_object().then(|| value.to_string()),
        "scheduledAt" => ticket.scheduled_at = text.and_then(|it| it.parse().ok()),
        "dueAt" => ticket.due_at = text.and_then(|it| it.parse().ok()),
        "serviceItem" => ticket.service_item = own(),
        "asset" => ticket.asset = own(),
        "vip" => ticket.vip = value.as_bool().unwrap_or(false),
        "parent" => ticket.parent = text.and_then(|it| it.parse().ok()),
        name => {
            let Some(key) = name.strip_prefix("custom.") else { return };
            let mut all: Map<String, Value> = ticket.custom.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
            if value.is_null() {
                all.remove(key);
            } else {
                all.insert(key.to_owned(), value.clone());
            }
            ticket.custom = (!all.is_empty()).then(|| Value::Object(all).to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::{
        stage::{Stage, id_of},
        tickets::{self, Channel, NewComment, Redaction, TicketChange, edit_comment, redact},
    };

    fn change(stage: &Stage, id: TicketId, set: impl FnOnce(&mut TicketChange)) {
        let mut wanted = TicketChange::default();
        set(&mut wanted);
        let max = stage.max.clone();
        stage.write(move |tx| tickets::change(tx, &max, id, wanted)).unwrap();
    }

    fn last(stage: &Stage, id: TicketId) -> u64 {
        stage.read(|tx| history(tx, &stage.max, &tx.get::<Ticket>(&id)?.unwrap(), None, 0, 1)).entries[0].seq
    }

    fn then(stage: &Stage, by: &Actor, id: TicketId, seq: u64) -> AsOf {
        stage.read(|tx| as_of(tx, by, id, seq))
    }

    #[test]
    fn properties_and_thread_stand_as_they_stood_after_each_event() {
        let stage = Stage::new();
        let id = stage.lodge("VPN drops").id;
        let lodged = last(&stage, id);
        let ada = id_of(&stage.ada).to_string();
        stage.pass(60);
        change(&stage, id, |it| {
            it.title = Some("VPN is down".into());
            it.priority = Some(Some(1));
            it.tags = Some(vec!["vpn".into()]);
        });
        let changed = last(&stage, id);
        change(&stage, id, |it| it.assignee = Some(Some(ada)));
        let (by, new) = (stage.ada.clone(), NewComment::new("First words", true, Channel::Portal));
        let note = stage.write(move |tx| tickets::add_comment(tx, &by, id, new)).unwrap().1.id;
        let noted = last(&stage, id);
        let by = stage.ada.clone();
        stage.write(move |tx| edit_comment(tx, &by, id, note, "Better words")).unwrap();
        change(&stage, id, |it| it.status = Some("resolved".into()));

        let first = then(&stage, &stage.max, id, lodged);
        assert_eq!(
            (first.ticket.title.as_str(), first.ticket.priority, first.ticket.tags.len()),
            ("VPN drops", stage.lodge("x").priority, 0)
        );
        assert_eq!((first.ticket.category, first.comments.len(), first.ticket.assignee), (super::super::Category::New, 0, None));
        assert!(first.ticket.resolved_at.is_none());
        let second = then(&stage, &stage.max, id, changed);
        assert_eq!((second.ticket.title.as_str(), second.ticket.priority, second.ticket.assignee), ("VPN is down", 1, None));
        let third = then(&stage, &stage.max, id, noted);
        assert_eq!(third.comments[0].body, "First words");
        assert!(third.gaps.is_empty() && third.ticket.assignee.is_some());
        let now = then(&stage, &stage.max, id, u64::MAX);
        assert_eq!((now.ticket.clone(), now.comments[0].body.as_str()), (stage.stored(id), "Better words"));
        // The same by the clock.
        let (by, at) = (&stage.max, first.event.at);
        assert_eq!(stage.read(|tx| as_of_instant(tx, by, id, at)).ticket.title, "VPN drops");
    }

    #[test]
    fn who_may_not_know_is_not_told_and_what_is_gone_is_said() {
        let stage = Stage::new();
        let id = stage.lodge("My password is hunter2").id;
        let lodged = last(&stage, id);
        let (by, new) = (stage.rosa.clone(), NewComment::new("hunter2", false, Channel::Portal));
        let comment = stage.write(move |tx| tickets::add_comment(tx, &by, id, new)).unwrap().1.id;
        let said = last(&stage, id);
        let how = Redaction { words: vec!["hunter2".into()], everywhere: true, ..Redaction::default() };
        let by = stage.ada.clone();
        stage.write(move |tx| redact(tx, &by, id, Some(comment), how)).unwrap();
        for by in [&stage.ada, &stage.max] {
            let was = then(&stage, by, id, said);
            assert!(!was.comments[0].body.contains("hunter2") && !was.ticket.title.contains("hunter2"));
            assert!(was.gaps.contains(&Gap::Redacted));
        }
        for by in [&stage.rosa, &stage.otto] {
            assert!(stage.store.read().map(|tx| as_of(&tx, by, id, lodged).is_err()).unwrap());
        }
        let (max, before) = (&stage.max, lodged - 1);
        assert!(stage.store.read().map(|tx| as_of(&tx, max, id, before).is_err()).unwrap(), "it was not there yet");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_past_is_what_it_was(steps in prop::collection::vec((0u8..5, 1u8..=4), 1..12)) {
            let stage = Stage::new();
            let id = stage.lodge("VPN drops").id;
            let face = |it: &Ticket| (it.title.clone(), it.description.clone(), it.state.clone(), it.category, it.priority, it.impact, it.tags.clone(), it.assignee, it.topic);
            let mut known = vec![(last(&stage, id), face(&stage.stored(id)))];
            for (what, n) in steps {
                let (ada, bob) = (id_of(&stage.ada).to_string(), id_of(&stage.bob).to_string());
                change(&stage, id, |it| match what {
                    0 => it.title = Some(format!("Title {n}")),
                    1 => it.priority = Some(Some(n)),
                    2 => it.tags = Some((0..n).map(|it| format!("tag{it}")).collect()),
                    3 => it.assignee = Some(if n == 1 { None } else { Some(if n == 2 { ada } else { bob }) }),
                    _ => it.description = Some(format!("Text {n}")),
                });
                known.push((last(&stage, id), face(&stage.stored(id))));
            }
            // A change that changed nothing is no event: the last word on an event counts.
            let known: std::collections::BTreeMap<_, _> = known.into_iter().collect();
            for (seq, expected) in known {
                prop_assert_eq!(face(&then(&stage, &stage.max, id, seq).ticket), expected);
            }
        }
    }
}
