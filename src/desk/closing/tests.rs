//! When tickets end, on a clock that is moved by hand, and what an answer does afterwards.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use super::*;
use crate::{
    desk::{
        actor::Origin,
        identity::{self, NewPerson},
        mail::rules,
        settings::{self, SettingsChange},
        tickets::{Kind, NewComment, TicketChange},
    },
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

const HOUR: i64 = 3_600_000;

struct World {
    store: Store,
    clock: Arc<AtomicI64>,
    rosa: Actor,
    ada: Actor,
}

impl World {
    fn new() -> World {
        let clock = Arc::new(AtomicI64::new(1_800_000_000_000));
        let hand = clock.clone();
        let options = Options {
            clock: Box::new(move || Instant::from_millis(hand.load(Ordering::Relaxed))),
            ..Options::new(MemoryEngine::default())
        };
        let store = Store::open(options).unwrap();
        let people = store.write(|tx| {
            settings::found(tx, &Actor::system("test"), "Test")?;
            let mut actor = |email: &str, role: &str| {
                let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &Actor::system("test"), new)?;
                identity::actor_of(tx, &person, Origin::default())
            };
            Ok((actor("rosa@example.com", "requester")?, actor("ada@example.com", "agent")?))
        });
        let (rosa, ada) = people.unwrap().0;
        World { store, clock, rosa, ada }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn pass(&self, hours: i64) {
        self.clock.fetch_add(hours * HOUR, Ordering::Relaxed);
    }

    fn act(&self) -> usize {
        self.write(|tx| act(tx, 100)).unwrap()
    }

    fn due(&self) -> Option<i64> {
        let due = next_due(&self.store.read().unwrap()).unwrap();
        due.map(|it| (it.as_millis() - self.clock.load(Ordering::Relaxed)) / HOUR)
    }

    fn resolved(&self) -> Ticket {
        let (rosa, ada) = (self.rosa.clone(), self.ada.clone());
        let lodge = move |tx: &mut Tx| {
            let ticket = tickets::create(tx, &rosa, NewTicket::new(Kind::Incident, "VPN drops", Channel::Portal))?;
            tickets::change(tx, &ada, ticket.id, status("resolved"))
        };
        self.write(lodge).unwrap()
    }

    fn ticket(&self, id: TicketId) -> Ticket {
        self.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap()
    }

    fn rules(&self, close_days: u32, remind_days: u32) {
        let change = SettingsChange { closing: Some(ClosingRules { close_days, remind_days }), ..SettingsChange::default() };
        self.write(|tx| settings::change(tx, &Actor::system("test"), change)).unwrap();
    }

    fn said(&self, by: &Actor, id: TicketId, private: bool) -> Result<Ticket> {
        let by = by.clone();
        self.write(move |tx| Ok(tickets::add_comment(tx, &by, id, NewComment::new("A word.", private, Channel::Portal))?.0))
    }
}

fn status(to: &str) -> TicketChange {
    TicketChange { status: Some(to.into()), ..TicketChange::default() }
}

#[test]
fn a_resolved_ticket_is_closed_at_its_instant_and_told_before() {
    let world = World::new();
    assert_eq!(world.due(), None, "nothing waits");
    let id = world.resolved().id;
    assert_eq!(world.due(), Some(48), "the word before it");
    world.pass(47);
    assert_eq!((world.act(), world.due()), (0, Some(1)));
    world.pass(1);
    assert_eq!((world.act(), world.due()), (1, Some(24)), "told, and closed a day later");
    world.pass(23);
    assert_eq!(world.act(), 0);
    assert_eq!(world.ticket(id).category, Category::Resolved);
    world.pass(1);
    assert_eq!((world.act(), world.due()), (1, None));
    assert_eq!(world.ticket(id).category, Category::Closed);
    let events = world.store.read().unwrap().history(id.0, None, 1).unwrap();
    assert_eq!((events[0].kind.as_str(), events[0].actor.kind.as_str()), ("ticket.status", "closing"));
}

#[test]
fn what_would_happen_is_known_before() {
    let world = World::new();
    let id = world.resolved().id;
    let hours = |rules: ClosingRules, days: u32| {
        let tx = world.store.read().unwrap();
        let seen = forecast(&tx, &world.ada, rules, DAY * days).unwrap();
        let from_now = |at: Instant| (at.as_millis() - world.clock.load(Ordering::Relaxed)) / HOUR;
        seen.rows.iter().map(|it| (it.ticket, it.told_at.map(from_now), from_now(it.closed_at))).collect::<Vec<_>>()
    };
    let rules = |close_days, remind_days| ClosingRules { close_days, remind_days };
    for (close, remind, days, expected) in
        [(3, 1, 7, vec![(id, Some(48), 72)]), (3, 1, 1, vec![]), (3, 0, 7, vec![(id, None, 72)]), (30, 1, 7, vec![]), (0, 0, 7, vec![])]
    {
        assert_eq!(hours(rules(close, remind), days), expected, "{close} {remind} {days}");
    }
    world.pass(48);
    world.act();
    assert_eq!(hours(rules(3, 1), 7), [(id, None, 24)], "told, and closed a day later");
    assert_eq!(hours(rules(1, 0), 7), [(id, None, 0)], "long due under other rules");
    world.pass(24);
    world.act();
    assert!(hours(rules(3, 1), 7).is_empty(), "it is over");
    let tx = world.store.read().unwrap();
    assert!(forecast(&tx, &world.rosa, rules(3, 1), DAY).is_err(), "it is for those who see settings");
    assert!(forecast(&tx, &world.ada, rules(2, 2), DAY).is_err(), "rules that cannot be");
}

#[test]
fn words_begin_the_silence_anew_and_other_ends_end_it() {
    for (what, expected) in [
        ("answer", None),
        ("desk's word", Some(48)),
        ("note", Some(28)),
        ("automatic", Some(28)),
        ("open again", None),
        ("delete", Some(28)),
    ] {
        let world = World::new();
        let id = world.resolved().id;
        world.pass(20);
        match what {
            "answer" => drop(world.said(&world.rosa, id, false).unwrap()),
            "desk's word" => drop(world.said(&world.ada, id, false).unwrap()),
            "note" => drop(world.said(&world.ada, id, true).unwrap()),
            "automatic" => {
                let rosa = world.rosa.clone();
                let new = NewComment { automatic: true, ..NewComment::new("I am out of office.", false, Channel::Email) };
                world.write(move |tx| tickets::add_comment(tx, &rosa, id, new)).unwrap();
            }
            "open again" => {
                let ada = world.ada.clone();
                world.write(move |tx| tickets::change(tx, &ada, id, status("in_progress"))).unwrap();
            }
            _ => world.write(move |tx| tickets::delete(tx, &Actor::system("test"), id, None)).unwrap(),
        }
        assert_eq!(world.due(), expected, "{what}");
        world.pass(28);
        // What is gone is dropped on the way, and nothing is closed that should not be.
        world.act();
        world.pass(24);
        world.act();
        assert_eq!(world.ticket(id).category == Category::Closed, matches!(what, "note" | "automatic"), "{what}");
    }
}

#[test]
fn a_merge_that_is_undone_begins_the_silence_of_what_was_resolved() {
    let world = World::new();
    let (id, into) = (world.resolved().id, world.resolved().id);
    let ada = world.ada.clone();
    world.write(move |tx| tickets::merge(tx, &ada, id, into)).unwrap();
    world.pass(48);
    world.act();
    world.pass(24);
    world.act();
    assert_eq!(world.due(), None, "the one is closed, the other nobody's");
    let ada = world.ada.clone();
    assert_eq!(world.write(move |tx| tickets::unmerge(tx, &ada, id)).unwrap().category, Category::Resolved);
    assert_eq!(world.due(), Some(48));
}

#[test]
fn rules_hold_at_once_for_what_waits() {
    let world = World::new();
    let id = world.resolved().id;
    for (close, remind, expected) in [(3, 0, Some(72)), (10, 2, Some(192)), (0, 0, None), (0, 1, None), (1, 0, Some(24))] {
        world.rules(close, remind);
        assert_eq!(world.due(), expected, "{close} {remind}");
    }
    let refused = ClosingRules { close_days: 2, remind_days: 2 }.checked();
    assert!(refused.is_err() && ClosingRules { close_days: limits::CLOSE_DAYS_MAX + 1, remind_days: 0 }.checked().is_err());
    world.rules(1, 0);
    world.pass(24);
    world.act();
    assert_eq!(world.ticket(id).category, Category::Closed, "without a word before, where none is wanted");
}

#[test]
fn whoever_was_told_late_has_the_same_time() {
    let world = World::new();
    let id = world.resolved().id;
    // The desk was off for a month.
    world.pass(24 * 30);
    assert_eq!(world.act(), 1);
    assert_eq!((world.ticket(id).category, world.due()), (Category::Resolved, Some(24)), "told first, and closed a day later");
    world.pass(24);
    world.act();
    assert_eq!(world.ticket(id).category, Category::Closed);
}

#[test]
fn many_fall_due_at_once_and_none_is_forgotten() {
    let world = World::new();
    world.rules(1, 0);
    let ids: Vec<TicketId> = (0..25).map(|_| world.resolved().id).collect();
    world.pass(24);
    let steps: Vec<usize> = (0..4).map(|_| world.write(|tx| act(tx, 10)).unwrap()).collect();
    assert_eq!(steps, [10, 10, 5, 0]);
    assert!(ids.iter().all(|it| world.ticket(*it).category == Category::Closed));
}

#[test]
fn an_answer_opens_what_was_closed_within_the_window_and_not_after_it() {
    let world = World::new();
    let close = |world: &World| {
        let (id, ada) = (world.resolved().id, world.ada.clone());
        world.write(move |tx| tickets::change(tx, &ada, id, status("closed"))).unwrap().id
    };
    let soon = close(&world);
    world.pass(29 * 24);
    assert!(world.said(&world.rosa, soon, false).unwrap().category.is_open(), "within the window");
    let late = close(&world);
    world.pass(31 * 24);
    let (rosa, before) = (world.rosa.clone(), world.ticket(late));
    assert!(must_go_on_anew(&world.store.read().unwrap(), &rosa, &before).unwrap());
    assert_eq!(world.said(&world.rosa, late, false).unwrap_err().code(), Some(Code::Conflict));
    let by = rosa.clone();
    let again = world.write(move |tx| tickets::change(tx, &by, late, status("open")));
    assert_eq!(again.unwrap_err().code(), Some(Code::Conflict), "the button is refused as well");
    let number = world.write(|tx| Ok(Settings::of(tx)?.clone())).unwrap();
    let number = tickets::number::text(&number, before.kind, before.number);
    let named = number.clone();
    let new = world.write(move |tx| follow_up(tx, &rosa, &named, NewTicket::new(Kind::Incident, "Again", Channel::Portal))).unwrap();
    assert_eq!(new.links.iter().map(|it| (it.relation, it.ticket)).collect::<Vec<_>>(), [(Relation::RelatesTo, late)]);
    assert!(!must_go_on_anew(&world.store.read().unwrap(), &world.ada, &world.ticket(late)).unwrap(), "who works it may");
    assert!(world.said(&world.ada, late, false).is_ok());
    // Without a window it always opens again.
    world
        .write(|tx| {
            let now = rules::MailRules::clone(&*MailRules::of(tx)?);
            rules::change(tx, &Actor::system("test"), MailRules { reopen_days: None, ..now })
        })
        .unwrap();
    assert!(world.said(&world.rosa, late, false).unwrap().category.is_open());
    let rosa = world.rosa.clone();
    let unknown = world.write(move |tx| follow_up(tx, &rosa, "INC-999999", NewTicket::new(Kind::Incident, "x", Channel::Portal)));
    assert_eq!(unknown.unwrap_err().code(), Some(Code::Validation));
}

#[test]
fn a_desk_of_an_earlier_release_begins_once() {
    let world = World::new();
    let id = world.resolved().id;
    world.write(move |tx| tx.remove::<Closing>(&id)).unwrap();
    world.pass(100);
    let others: Vec<TicketId> = (0..4).map(|_| world.resolved().id).collect();
    world.write(move |tx| others.iter().try_for_each(|it| tx.remove::<Closing>(it))).unwrap();
    assert_eq!(world.due(), None);
    let begin_all = || {
        let (mut after, mut rounds) = (None, 0);
        loop {
            let ids = unbegun(&world.store.read().unwrap(), after, 2).unwrap();
            let Some(last) = ids.last() else { break };
            (after, rounds) = (Some(*last), rounds + 1);
            world.write(move |tx| begin(tx, &ids)).unwrap();
        }
        world.write(begun).unwrap();
        rounds
    };
    assert_eq!(begin_all(), 3, "some at a time");
    assert_eq!(world.due(), Some(48), "from now on, not from when it was resolved");
    assert_eq!(world.act(), 0);
    world.write(move |tx| tx.remove::<Closing>(&id)).unwrap();
    assert_eq!(begin_all(), 0, "once");
}

#[test]
fn what_is_left_out_keeps_no_other_from_its_end() {
    let world = World::new();
    // Of those that are due at the same instant, the lower id comes first.
    let mut both = [0, 1].map(|_| world.resolved().id);
    both.sort_unstable();
    let [bad, good] = both;
    world.pass(48);
    let but = BTreeSet::from([bad]);
    let found = |limit, but: &BTreeSet<TicketId>| due(&world.store.read().unwrap(), limit, but).unwrap();
    assert_eq!((found(9, &but), found(1, &BTreeSet::new()), found(9, &BTreeSet::new()).len()), (vec![good], vec![bad], 2));
    assert_eq!(world.write(move |tx| act_on(tx, &[good])).unwrap(), 1);
    assert_eq!(world.write(move |tx| act_on(tx, &[good])).unwrap(), 0, "what is not due any more is left alone");
    let next = |but: &BTreeSet<TicketId>| next_due_but(&world.store.read().unwrap(), but).unwrap();
    let now = Instant::from_millis(world.clock.load(Ordering::Relaxed));
    assert_eq!(next(&BTreeSet::new()), Some(now), "it is due still");
    assert_eq!(next(&but), Some(now.plus(DAY)), "and the others are waited for");
}
