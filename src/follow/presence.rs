//! Who looks at a ticket, who writes on it, and whether colleagues are at their desks: in memory only, said by their pages every few
//! seconds, and gone by itself when they say nothing more. It is advice and never a lock: nothing is refused because of it.
//!
//! Time is given, so that it can be tried without waiting.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    id::{PersonId, TicketId},
    limits,
    time::Instant,
};

const LOOKS: Duration = Duration::from_secs(limits::PRESENCE_SECS);
const TYPES: Duration = Duration::from_secs(limits::TYPING_SECS);
const IDLE: Duration = Duration::from_secs(limits::IDLE_SECS);

/// What somebody is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Typing {
    Reply,
    Note,
}

impl Typing {
    pub fn name(self) -> &'static str {
        match self {
            Typing::Reply => "reply",
            Typing::Note => "note",
        }
    }

    pub fn named(text: &str) -> Option<Typing> {
        [Typing::Reply, Typing::Note].into_iter().find(|it| it.name() == text)
    }
}

/// Whether somebody is at their desk, by what their pages say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A page is open, and they did something a moment ago.
    Online,
    /// A page is open, and nothing was done for a while.
    Idle,
    Offline,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::Online => "online",
            Standing::Idle => "idle",
            Standing::Offline => "offline",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Here {
    seen: Instant,
    typing: Option<(Typing, Instant)>,
}

impl Here {
    fn typing(&self, now: Instant) -> Option<Typing> {
        self.typing.filter(|it| it.1.plus(TYPES) > now).map(|it| it.0)
    }

    fn is_over(&self, now: Instant) -> bool {
        self.seen.plus(LOOKS) <= now
    }

    /// When it next changes by itself.
    fn changes_at(&self, now: Instant) -> Instant {
        let ends = self.seen.plus(LOOKS);
        self.typing.map(|it| it.1.plus(TYPES)).filter(|it| *it > now).map_or(ends, |it| it.min(ends))
    }
}

#[derive(Debug, Clone, Copy)]
struct AtDesk {
    seen: Instant,
    active: Instant,
}

#[derive(Default)]
struct Room {
    tickets: BTreeMap<TicketId, BTreeMap<PersonId, Here>>,
    people: BTreeMap<PersonId, AtDesk>,
    /// Whom viewers were last told of, so that they are told of changes alone.
    told: BTreeMap<TicketId, Vec<(PersonId, Option<Typing>)>>,
}

impl Room {
    fn on(&self, ticket: TicketId, now: Instant) -> Vec<(PersonId, Option<Typing>)> {
        let here = self.tickets.get(&ticket).into_iter().flatten();
        here.filter(|(_, it)| !it.is_over(now)).map(|(person, it)| (*person, it.typing(now))).take(limits::PRESENT_MAX).collect()
    }

    /// Whether who is on a ticket is another matter than when its viewers were last told.
    fn has_changed(&mut self, ticket: TicketId, now: Instant) -> bool {
        let present = self.on(ticket, now);
        let before = self.told.get(&ticket).map_or(&[][..], Vec::as_slice);
        if before == present {
            return false;
        }
        if present.is_empty() {
            drop(self.told.remove(&ticket))
        } else {
            drop(self.told.insert(ticket, present))
        }
        true
    }
}

/// Who is where, on one desk.
#[derive(Clone, Default)]
pub struct Presence {
    room: Arc<Mutex<Room>>,
    woken: Arc<Notify>,
}

/// What a page says of whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub person: PersonId,
    /// None for a page that is about no ticket.
    pub ticket: Option<TicketId>,
    pub typing: Option<Typing>,
    /// They did something a moment ago.
    pub active: bool,
    /// They look at the ticket no longer.
    pub leaves: bool,
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what a page says. Gives whether whoever else looks at its ticket is to be told.
    pub fn say(&self, said: Said, now: Instant) -> bool {
        let mut room = self.lock();
        let at = room.people.entry(said.person).or_insert(AtDesk { seen: now, active: now });
        at.seen = now;
        if said.active {
            at.active = now;
        }
        let Some(ticket) = said.ticket else { return false };
        if said.leaves {
            if let Some(here) = room.tickets.get_mut(&ticket) {
                here.remove(&said.person);
            }
            room.tickets.retain(|_, it| !it.is_empty());
        } else {
            let elsewhere = room.tickets.values().filter(|it| it.contains_key(&said.person)).count();
            let is_here = room.tickets.get(&ticket).is_some_and(|it| it.contains_key(&said.person));
            if !is_here && elsewhere >= limits::PRESENT_TICKETS_MAX {
                return false;
            }
            let here = room.tickets.entry(ticket).or_default();
            here.insert(said.person, Here { seen: now, typing: said.typing.map(|it| (it, now)) });
        }
        let changed = room.has_changed(ticket, now);
        drop(room);
        self.woken.notify_one();
        changed
    }

    /// Who looks at a ticket now, and what they are writing there.
    pub fn on(&self, ticket: TicketId, now: Instant) -> Vec<(PersonId, Option<Typing>)> {
        self.lock().on(ticket, now)
    }

    /// Whether somebody is at their desk.
    pub fn standing(&self, person: PersonId, now: Instant) -> Standing {
        match self.lock().people.get(&person) {
            Some(it) if it.seen.plus(LOOKS) <= now => Standing::Offline,
            Some(it) if it.active.plus(IDLE) <= now => Standing::Idle,
            Some(_) => Standing::Online,
            None => Standing::Offline,
        }
    }

    /// Forgets whoever has said nothing for a while; gives the tickets whose viewers are to be told.
    pub fn expire(&self, now: Instant) -> Vec<TicketId> {
        let mut room = self.lock();
        let watched: Vec<TicketId> = room.tickets.keys().chain(room.told.keys()).copied().collect();
        for here in room.tickets.values_mut() {
            here.retain(|_, it| !it.is_over(now));
        }
        room.tickets.retain(|_, it| !it.is_empty());
        room.people.retain(|_, it| it.seen.plus(LOOKS) > now);
        let mut changed: Vec<TicketId> = watched.into_iter().filter(|it| room.has_changed(*it, now)).collect();
        changed.dedup();
        changed
    }

    /// When the next thing ends by itself; none while nobody is anywhere.
    pub fn next_end(&self, now: Instant) -> Option<Instant> {
        let room = self.lock();
        room.tickets.values().flat_map(BTreeMap::values).map(|it| it.changes_at(now)).min()
    }

    /// Told whenever a page has said something, for whoever waits for the next end.
    pub fn woken(&self) -> Arc<Notify> {
        self.woken.clone()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ADA: PersonId = PersonId(Uuid::from_u128(1));
    const BOB: PersonId = PersonId(Uuid::from_u128(2));
    const ONE: TicketId = TicketId(Uuid::from_u128(9));

    fn said(person: PersonId, typing: Option<Typing>) -> Said {
        Said { person, ticket: Some(ONE), typing, active: true, leaves: false }
    }

    fn at(secs: u64) -> Instant {
        Instant::EPOCH.plus(Duration::from_secs(secs))
    }

    #[test]
    fn people_come_write_and_go_and_only_changes_are_told() {
        let presence = Presence::default();
        assert!(presence.say(said(ADA, None), at(0)));
        assert!(!presence.say(said(ADA, None), at(5)), "nothing new");
        assert!(presence.say(said(BOB, Some(Typing::Reply)), at(6)));
        assert_eq!(presence.on(ONE, at(6)), [(ADA, None), (BOB, Some(Typing::Reply))]);
        assert!(presence.say(said(BOB, Some(Typing::Note)), at(7)));
        assert!(presence.say(Said { leaves: true, ..said(BOB, None) }, at(8)));
        assert_eq!(presence.on(ONE, at(8)), [(ADA, None)]);
    }

    #[test]
    fn it_ends_by_itself() {
        let presence = Presence::default();
        presence.say(said(ADA, Some(Typing::Reply)), at(0));
        assert_eq!(presence.next_end(at(0)), Some(at(limits::TYPING_SECS)));
        assert_eq!(presence.expire(at(limits::TYPING_SECS - 1)), []);
        assert_eq!(presence.expire(at(limits::TYPING_SECS)), [ONE]);
        assert_eq!(presence.on(ONE, at(limits::TYPING_SECS)), [(ADA, None)]);
        assert_eq!(presence.next_end(at(limits::TYPING_SECS)), Some(at(limits::PRESENCE_SECS)));
        assert_eq!(presence.expire(at(limits::PRESENCE_SECS)), [ONE]);
        assert_eq!(presence.expire(at(limits::PRESENCE_SECS)), [], "told once");
        assert_eq!((presence.on(ONE, at(limits::PRESENCE_SECS)), presence.next_end(at(60))), (vec![], None));
    }

    #[test]
    fn whoever_does_nothing_is_idle_and_whoever_says_nothing_is_gone() {
        let presence = Presence::default();
        assert_eq!(presence.standing(ADA, at(0)), Standing::Offline);
        for secs in (0..=limits::IDLE_SECS).step_by(20) {
            presence.say(Said { active: secs == 0, ticket: None, ..said(ADA, None) }, at(secs));
        }
        for (secs, expected) in [
            (limits::IDLE_SECS - 1, Standing::Online),
            (limits::IDLE_SECS, Standing::Idle),
            (limits::IDLE_SECS + limits::PRESENCE_SECS, Standing::Offline),
        ] {
            assert_eq!(presence.standing(ADA, at(secs)), expected, "after {secs} seconds");
        }
    }

    #[test]
    fn one_person_is_shown_on_so_many_tickets() {
        let presence = Presence::default();
        for number in 0..limits::PRESENT_TICKETS_MAX as u128 + 5 {
            presence.say(Said { ticket: Some(TicketId(Uuid::from_u128(100 + number))), ..said(ADA, None) }, at(1));
        }
        assert_eq!(presence.lock().tickets.values().filter(|it| !it.is_empty()).count(), limits::PRESENT_TICKETS_MAX);
    }
}
