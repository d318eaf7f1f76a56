//! A line to somebody who follows live, and how it goes on after it was cut: what happened since the last event that they heard of is
//! read from the log, with the rights of now, and then what happens.
//!
//! Invariant: over any number of cuts, each event that they may know of is told once and none is missed, or they are told to read
//! everything anew. The line is opened before the log is read, so that nothing falls between; what both bring is told once.

use std::collections::{BTreeMap, VecDeque, btree_map::Entry};

use super::live::{Hub, NOTIFICATION, Notice, Topic, Viewing, may_hear};
use crate::{
    desk::{
        actor::Actor,
        event::is_private,
        notices::{self, Filter},
        tickets::Ticket,
    },
    error::Result,
    id::TicketId,
    limits,
    store::{Tx, writer::Reader},
};

/// Notifications of the time of a cut that are told of; the centre has them all.
const NOTIFICATIONS_TOLD_AGAIN: usize = 50;

/// How a ticket's number is written.
pub type Number = fn(&Tx, &Ticket) -> String;

/// Somebody's line.
pub struct Line {
    viewing: Viewing,
    /// What happened before it was opened, and was not told yet.
    missed: VecDeque<Notice>,
    /// Events up to here are among those.
    upto: u64,
}

/// Who follows what.
pub struct Wanted {
    pub actor: Actor,
    pub topics: Vec<Topic>,
    /// The last event that they heard of; none for whoever begins.
    pub after: Option<u64>,
}

impl Line {
    /// Opens a line. `limit` bounds the lines of the desk.
    pub fn open(hub: &Hub, reader: &Reader, wanted: Wanted, limit: usize, number: Number) -> Result<Line> {
        let Wanted { actor, topics, after } = wanted;
        let viewing = hub.view(actor.clone(), topics.clone(), limit)?;
        let tx = reader.read()?;
        let upto = tx.last_seq();
        let missed = match after {
            None => Vec::new(),
            Some(after) => missed(&tx, &actor, &topics, after, number)?.unwrap_or_else(|| vec![Notice::reset(upto)]),
        };
        Ok(Line { viewing, missed: missed.into(), upto })
    }

    /// The event up to which whoever begins here has heard of everything, as soon as they read the page.
    pub fn upto(&self) -> u64 {
        self.upto
    }

    /// Whether something is to be told before that.
    pub fn is_ahead(&self) -> bool {
        !self.missed.is_empty()
    }

    /// The next notice; waits for it. None once the line is ended.
    pub async fn next(&mut self) -> Option<Notice> {
        if let Some(it) = self.missed.pop_front() {
            return Some(it);
        }
        loop {
            let notice = self.viewing.notices.recv().await?;
            if notice.aside || notice.seq > self.upto {
                return Some(notice);
            }
        }
    }
}

/// What happened after an event: each one that the topics take in and the actor may know of now. None if that is too much, or if there is
/// no such event.
fn missed(tx: &Tx, actor: &Actor, topics: &[Topic], after: u64, number: Number) -> Result<Option<Vec<Notice>>> {
    if after > tx.last_seq() {
        return Ok(None);
    }
    let events = tx.events_after(after, limits::LIVE_CATCH_UP_MAX + 1)?;
    if events.len() > limits::LIVE_CATCH_UP_MAX {
        return Ok(None);
    }
    let mut notices = Vec::new();
    let mut known: BTreeMap<TicketId, Option<Ticket>> = BTreeMap::new();
    for event in events.iter().filter(|it| it.entity_kind == "ticket") {
        let id = TicketId(event.entity);
        let ticket = match known.entry(id) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) => it.insert(tx.get::<Ticket>(&id)?.map(|it| Ticket { deleted_at: None, ..it })),
        };
        let Some(ticket) = &*ticket else { continue };
        let is_wanted = topics.iter().any(|it| match it {
            Topic::Ticket(id) => *id == ticket.id,
            Topic::Lists => true,
            Topic::Person(person) => ticket.participants().any(|it| it == *person),
        });
        if is_wanted && may_hear(actor, ticket, is_private(event)) {
            notices.push(Notice::of(event.seq, &event.kind, ticket, number(tx, ticket)));
        }
    }
    notices.extend(told_meanwhile(tx, actor, topics, after)?);
    Ok(Some(notices))
}

/// What came into the centre since an event. Whoever was told of it before knows it by its id.
fn told_meanwhile(tx: &Tx, actor: &Actor, topics: &[Topic], after: u64) -> Result<Vec<Notice>> {
    let Some(me) = actor.person().filter(|it| topics.contains(&Topic::Person(*it))) else { return Ok(Vec::new()) };
    let Some(last) = after.checked_sub(1).map(|it| tx.events_after(it, 1)).transpose()?.and_then(|it| it.into_iter().next()) else {
        return Ok(Vec::new());
    };
    let unread = Filter { unread: true, ..Filter::default() };
    let found = notices::list(tx, actor, &unread, None, NOTIFICATIONS_TOLD_AGAIN)?;
    let meanwhile = found.into_iter().rev().filter(|it| it.person == me && it.created_at >= last.at);
    let notice =
        |id| Notice { seq: tx.last_seq(), kind: NOTIFICATION.into(), ticket: None, number: None, notification: Some(id), aside: true };
    Ok(meanwhile.map(|it| notice(it.id)).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        desk::{
            actor::Origin,
            identity::{self, NewPerson},
            settings,
            tickets::{self, Channel, Kind, NewComment, NewTicket},
        },
        store::{Event, Hooks, Store, engine::memory::MemoryEngine, writer::Options},
    };

    fn number(_: &Tx, it: &Ticket) -> String {
        it.number.to_string()
    }

    struct Telling(Hub);

    impl Hooks for Telling {
        fn committed(&mut self, tx: &Tx, events: &[Event]) {
            self.0.tell(tx, events, |it| number(tx, it)).unwrap();
        }

        fn opened(&mut self, _: &Tx) -> Result<()> {
            Ok(())
        }
    }

    struct World {
        store: Store,
        hub: Hub,
        ada: Actor,
        rosa: Actor,
        tickets: Vec<TicketId>,
    }

    impl World {
        fn new() -> World {
            let hub = Hub::default();
            let store = Store::open(Options { hooks: Box::new(Telling(hub.clone())), ..Options::new(MemoryEngine::default()) }).unwrap();
            let found = store.write(|tx| {
                let system = Actor::system("test");
                settings::found(tx, &system, "Test")?;
                let mut actor = |email: &str, role: &str| {
                    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
                    let person = identity::create_person(tx, &system, new)?;
                    identity::actor_of(tx, &person, Origin::default())
                };
                let (ada, rosa) = (actor("ada@example.com", "agent")?, actor("rosa@example.com", "requester")?);
                let mut lodge = |by: &Actor| tickets::create(tx, by, NewTicket::new(Kind::Incident, "x", Channel::Api)).map(|it| it.id);
                let tickets = vec![lodge(&rosa)?, lodge(&ada)?, lodge(&rosa)?];
                Ok((ada, rosa, tickets))
            });
            let (ada, rosa, tickets) = found.unwrap().0;
            World { store, hub, ada, rosa, tickets }
        }

        fn line(&self, actor: &Actor, after: Option<u64>) -> Line {
            let topics = match actor.is(self.ada.person().unwrap()) {
                true => vec![Topic::Lists, Topic::Ticket(self.tickets[0])],
                false => vec![Topic::Person(actor.person().unwrap())],
            };
            Line::open(&self.hub, self.store.reader(), Wanted { actor: actor.clone(), topics, after }, 100, number).unwrap()
        }

        /// Something happens on a ticket: a public answer, or a note.
        fn happen(&self, ticket: usize, private: bool) {
            let (ada, id) = (self.ada.clone(), self.tickets[ticket]);
            self.store.write(move |tx| tickets::add_comment(tx, &ada, id, NewComment::new("x", private, Channel::Api)).map(drop)).unwrap();
        }
    }

    /// What there is to hear at this moment.
    fn drain(line: &mut Line) -> Vec<Notice> {
        std::iter::from_fn(|| line.next().now_or_never().flatten()).collect()
    }

    /// One step: something happens, somebody reads some of what is there, or a line is cut and taken up again.
    #[derive(Debug, Clone)]
    enum Step {
        Happens { ticket: usize, private: bool },
        Reads { agent: bool, at_most: usize },
        Cut { agent: bool },
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..3usize, any::<bool>()).prop_map(|(ticket, private)| Step::Happens { ticket, private }),
            2 => (any::<bool>(), 0..5usize).prop_map(|(agent, at_most)| Step::Reads { agent, at_most }),
            2 => any::<bool>().prop_map(|agent| Step::Cut { agent }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn each_event_is_told_once_and_none_is_missed_over_any_cuts(steps in proptest::collection::vec(step(), 1..60)) {
            let world = World::new();
            let begin = world.store.reader().last_seq();
            let mut lines = [world.line(&world.rosa, Some(begin)), world.line(&world.ada, Some(begin))];
            let mut heard: [Vec<u64>; 2] = Default::default();
            let hear = |into: &mut Vec<u64>, all: Vec<Notice>| into.extend(all.iter().inspect(|it| assert_ne!(it.kind, "reset")).map(|it| it.seq));
            for step in steps {
                match step {
                    Step::Happens { ticket, private } => world.happen(ticket, private),
                    Step::Reads { agent, at_most } => {
                        let line = &mut lines[usize::from(agent)];
                        let some: Vec<Notice> = (0..at_most).map_while(|_| line.next().now_or_never().flatten()).collect();
                        hear(&mut heard[usize::from(agent)], some);
                    }
                    // What had come over the line and was not read is lost with it.
                    Step::Cut { agent } => {
                        let at = usize::from(agent);
                        let after = heard[at].last().copied().unwrap_or(begin);
                        lines[at] = world.line(if agent { &world.ada } else { &world.rosa }, Some(after));
                    }
                }
            }
            for at in 0..2 {
                hear(&mut heard[at], drain(&mut lines[at]));
            }
            let tx = world.store.read().unwrap();
            let events = tx.events_after(begin, 10_000).unwrap();
            let on = |event: &Event, id: TicketId| event.entity == id.0;
            let hers = |it: &&Event| !is_private(it) && (on(it, world.tickets[0]) || on(it, world.tickets[2]));
            let expected = [events.iter().filter(hers).map(|it| it.seq).collect::<Vec<_>>(), events.iter().filter(|it| it.entity_kind == "ticket").map(|it| it.seq).collect()];
            prop_assert_eq!(heard, expected);
        }
    }

    #[test]
    fn what_cannot_be_told_is_told_to_be_read_anew() {
        let world = Arc::new(World::new());
        for _ in 0..limits::LIVE_CATCH_UP_MAX + 1 {
            world.happen(1, false);
        }
        let last = world.store.reader().last_seq();
        for (after, expected) in [(Some(0), vec!["reset"]), (Some(last + 1), vec!["reset"]), (Some(last), vec![]), (None, vec![])] {
            let kinds: Vec<String> = drain(&mut world.line(&world.ada, after)).into_iter().map(|it| it.kind).collect();
            assert_eq!(kinds, expected, "{after:?}");
        }
    }

    #[test]
    fn the_rights_are_those_of_now() {
        let world = World::new();
        let before = world.store.reader().last_seq();
        world.happen(0, false);
        world
            .store
            .write({
                let (ada, id) = (world.ada.clone(), world.tickets[0]);
                move |tx| {
                    tickets::change(
                        tx,
                        &ada,
                        id,
                        tickets::TicketChange { requester: Some("new@example.com".into()), ..tickets::TicketChange::default() },
                    )
                    .map(drop)
                }
            })
            .unwrap();
        assert_eq!(drain(&mut world.line(&world.rosa, Some(before))), [], "it is hers no more");
    }
}
