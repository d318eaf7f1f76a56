//! Who is looking at what, and what they are told when it changes. A change costs its viewers and nobody else; whether somebody may
//! know is asked again for each event. What is pushed is only that something changed: the page fetches it with its own rights.
//!
//! Invariant: whoever comes back with the number of the last event that they heard of is told of each one since, once, or that they must
//! read everything anew. Notices of no event (who looks, what waits in the centre) have no number of their own and are not told again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::mpsc;

use crate::{
    desk::{
        actor::Actor,
        event::{EventKind, is_private},
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{NotificationId, PersonId, TicketId},
    limits,
    store::{Event, Tx},
};

/// What a viewer wants to hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// One ticket.
    Ticket(TicketId),
    /// Lists and counters of those who work tickets.
    Lists,
    /// The tickets that a person takes part in.
    Person(PersonId),
}

/// Kinds of notices that are no kinds of events.
pub const RESET: &str = "reset";
pub const PRESENCE: &str = "presence.changed";
pub const NOTIFICATION: &str = "notification.created";

/// What a viewer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The sequence number of the event.
    pub seq: u64,
    /// Its kind, such as `comment.added`; `reset` when some were missed and everything must be read anew.
    pub kind: String,
    pub ticket: Option<TicketId>,
    pub number: Option<String>,
    /// What waits in the centre of whoever is told.
    pub notification: Option<NotificationId>,
    /// It is of no event, so that `seq` only says how far the log is.
    pub aside: bool,
}

impl Notice {
    pub(super) fn reset(seq: u64) -> Notice {
        Notice { seq, kind: RESET.into(), ticket: None, number: None, notification: None, aside: false }
    }

    pub(super) fn of(seq: u64, kind: &str, ticket: &Ticket, number: String) -> Notice {
        Notice { seq, kind: kind.to_owned(), ticket: Some(ticket.id), number: Some(number), notification: None, aside: false }
    }
}

struct Viewer {
    actor: Actor,
    topics: Vec<Topic>,
    send: mpsc::Sender<Notice>,
    /// It missed something and was not told so yet.
    missed: bool,
}

#[derive(Default)]
struct Room {
    viewers: BTreeMap<u64, Viewer>,
    by_topic: BTreeMap<Topic, BTreeSet<u64>>,
}

/// The viewers of a desk.
#[derive(Clone, Default)]
pub struct Hub {
    room: Arc<Mutex<Room>>,
    next: Arc<AtomicU64>,
}

/// A viewer's own end. Dropping it ends the viewing.
pub struct Viewing {
    hub: Hub,
    id: u64,
    pub notices: mpsc::Receiver<Notice>,
}

impl Drop for Viewing {
    fn drop(&mut self) {
        self.hub.lock().end(self.id);
    }
}

impl Room {
    fn end(&mut self, id: u64) {
        let Some(viewer) = self.viewers.remove(&id) else { return };
        for topic in viewer.topics {
            if let Some(ids) = self.by_topic.get_mut(&topic) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.by_topic.remove(&topic);
                }
            }
        }
    }

    /// Tells everybody who looks at this ticket, and may know of what happened on it.
    fn tell_of(&mut self, ticket: &Ticket, notice: &Notice, is_note: bool) {
        let mut told: BTreeSet<u64> = BTreeSet::new();
        let people = ticket.participants().map(Topic::Person);
        for topic in [Topic::Ticket(ticket.id), Topic::Lists].into_iter().chain(people) {
            told.extend(self.by_topic.get(&topic).into_iter().flatten());
        }
        if told.is_empty() {
            return;
        }
        let deleted = Ticket { deleted_at: None, ..ticket.clone() };
        for viewer in told {
            let Some(viewer) = self.viewers.get_mut(&viewer) else { continue };
            if may_hear(&viewer.actor, &deleted, is_note) {
                viewer.push(notice.clone());
            }
        }
    }

    fn tell_person(&mut self, person: PersonId, seq: u64, notification: Option<NotificationId>) {
        let ids = self.by_topic.get(&Topic::Person(person)).cloned().unwrap_or_default();
        for id in ids {
            if let Some(viewer) = self.viewers.get_mut(&id).filter(|it| it.actor.is(person)) {
                viewer.push(Notice { seq, kind: NOTIFICATION.into(), ticket: None, number: None, notification, aside: true });
            }
        }
    }

    /// Ends viewings: the browser comes back at once, with the rights that its person has now.
    fn end_where(&mut self, ended: impl Fn(&Viewer) -> bool) {
        let ids: Vec<u64> = self.viewers.iter().filter(|(_, it)| ended(it)).map(|it| *it.0).collect();
        ids.into_iter().for_each(|id| self.end(id));
    }
}

/// Whether somebody may know of what happened on a ticket, which is given as if it were not deleted.
pub(super) fn may_hear(actor: &Actor, ticket: &Ticket, is_note: bool) -> bool {
    access::may_see(actor, ticket) && (!is_note || access::reads_notes(actor, ticket))
}

/// Whether the event may have changed what the viewer may know. That was found out when the viewing began, so it ends: browsers come back
/// by themselves, with what they may do now, or are refused.
fn may_have_changed(viewer: &Viewer, event: &Event) -> bool {
    let is = |id: Option<uuid::Uuid>| id.is_some_and(|it| viewer.actor.is(PersonId(it)));
    match event.entity_kind.as_str() {
        "person" => !matches!(event.kind.as_str(), "person.signed_in" | "person.sign_in_failed") && is(Some(event.entity)),
        "token" => is(event.actor.id),
        "role" => true,
        "queue" | "team" | "organization" | "department" => viewer.actor.bounds.is_some() || event.entity_kind == "organization",
        _ => false,
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn viewers(&self) -> usize {
        self.lock().viewers.len()
    }

    /// Ends every live connection; whoever may comes back.
    pub fn close(&self) {
        let mut room = self.lock();
        room.viewers.clear();
        room.by_topic.clear();
    }

    /// Begins to view. `limit` bounds the viewers of the desk.
    pub fn view(&self, actor: Actor, topics: Vec<Topic>, limit: usize) -> Result<Viewing> {
        let (send, notices) = mpsc::channel(limits::LIVE_BACKLOG_MAX);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut room = self.lock();
        if room.viewers.len() >= limit {
            return Err(Refusal::new(Code::Unavailable, format!("{limit} live connections are open already; try again later.")).into());
        }
        for topic in &topics {
            room.by_topic.entry(*topic).or_default().insert(id);
        }
        room.viewers.insert(id, Viewer { actor, topics, send, missed: false });
        Ok(Viewing { hub: self.clone(), id, notices })
    }

    /// Tells the viewers of committed events. `tx` reads the state after them; `number` writes a ticket's number.
    pub fn tell(&self, tx: &Tx, events: &[Event], number: impl Fn(&Ticket) -> String) -> Result<()> {
        let mut room = self.lock();
        if room.viewers.is_empty() {
            return Ok(());
        }
        for event in events {
            room.end_where(|viewer| may_have_changed(viewer, event));
        }
        for event in events.iter().filter(|it| it.entity_kind == "ticket") {
            let id = TicketId(event.entity);
            let Some(ticket) = tx.get::<Ticket>(&id)? else { continue };
            room.tell_of(&ticket, &Notice::of(event.seq, &event.kind, &ticket, number(&ticket)), is_private(event));
        }
        Ok(())
    }

    /// Tells the viewers of tickets on which an answer may be read from now on: its hold is over, and nothing else happened.
    pub fn tell_released(&self, tx: &Tx, tickets: &[TicketId], number: impl Fn(&Ticket) -> String) -> Result<()> {
        let mut room = self.lock();
        for id in tickets.iter().filter(|_| !room.viewers.is_empty()).copied().collect::<Vec<_>>() {
            let Some(ticket) = tx.get::<Ticket>(&id)? else { continue };
            let notice = Notice::of(tx.last_seq(), EventKind::CommentAdded.name(), &ticket, number(&ticket));
            room.tell_of(&ticket, &Notice { aside: true, ..notice }, false);
            // What they were told of it is shown from now on, too.
            for person in ticket.participants() {
                room.tell_person(person, tx.last_seq(), None);
            }
        }
        Ok(())
    }

    /// Tells whoever looks at a ticket, and works it, that others came, went, or write.
    pub fn tell_presence(&self, tx: &Tx, ticket: TicketId, number: impl Fn(&Ticket) -> String) -> Result<()> {
        let mut room = self.lock();
        let Some(ids) = room.by_topic.get(&Topic::Ticket(ticket)).cloned() else { return Ok(()) };
        let Some(ticket) = tx.get::<Ticket>(&ticket)? else { return Ok(()) };
        let notice = Notice { aside: true, ..Notice::of(tx.last_seq(), PRESENCE, &ticket, number(&ticket)) };
        for id in ids {
            let Some(viewer) = room.viewers.get_mut(&id) else { continue };
            if may_hear(&viewer.actor, &ticket, true) {
                viewer.push(notice.clone());
            }
        }
        Ok(())
    }

    /// Tells a person's pages that something waits in their centre, or that the count of it is another.
    pub fn tell_person(&self, person: PersonId, seq: u64, notification: Option<NotificationId>) {
        self.lock().tell_person(person, seq, notification);
    }
}

impl Viewer {
    /// A viewer that is too slow is told once that it missed something, instead of being waited for.
    fn push(&mut self, notice: Notice) {
        if self.missed {
            self.missed = self.send.try_send(Notice::reset(notice.seq)).is_err();
            return;
        }
        self.missed = self.send.try_send(notice).is_err();
        if self.missed {
            metrics::counter!("lodge_live_resets_total").increment(1);
        }
    }
}
