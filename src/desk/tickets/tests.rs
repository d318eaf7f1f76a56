//! Rules of tickets, one by one: what is allowed, what is refused, and what follows from what.

use super::{
    lifecycle::{Lifecycle, Preset, State, Transition},
    *,
};
use crate::{
    desk::{
        actor::{Actor, Origin},
        event::EventKind,
        identity::{self, NewPerson},
        settings::{self, MATRIX, Settings},
    },
    error::{Code, Result},
    id::{PersonId, TicketId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
};

/// A desk with people that everybody knows by name.
struct World {
    store: Store,
    rosa: Actor,
    otto: Actor,
    ada: Actor,
    max: Actor,
}

fn actor(tx: &mut Tx, email: &str, role: &str) -> Result<Actor> {
    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
    let person = identity::create_person(tx, &Actor::system("test"), new)?;
    identity::actor_of(tx, &person, Origin::default())
}

impl World {
    fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let people = store.write(|tx| {
            settings::found(tx, &Actor::system("test"), "Test")?;
            Ok([
                actor(tx, "rosa@example.com", "requester")?,
                actor(tx, "otto@example.com", "requester")?,
                actor(tx, "ada@example.com", "agent")?,
                actor(tx, "max@example.com", "admin")?,
            ])
        });
        let [rosa, otto, ada, max] = people.unwrap().0;
        World { store, rosa, otto, ada, max }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn lodge(&self, by: &Actor, new: NewTicket) -> Result<Ticket> {
        let by = by.clone();
        self.write(move |tx| create(tx, &by, new))
    }

    fn ticket(&self) -> Ticket {
        self.lodge(&self.rosa, NewTicket::new(Kind::Incident, "VPN drops", Channel::Portal)).unwrap()
    }

    fn change(&self, by: &Actor, ticket: &Ticket, set: impl FnOnce(&mut TicketChange)) -> Result<Ticket> {
        let (by, id) = (by.clone(), ticket.id);
        let mut it = TicketChange::default();
        set(&mut it);
        self.write(move |tx| change(tx, &by, id, it))
    }

    fn say(&self, by: &Actor, ticket: &Ticket, body: &str, private: bool) -> Result<Ticket> {
        let (by, id, new) = (by.clone(), ticket.id, NewComment::new(body, private, Channel::Portal));
        self.write(move |tx| add_comment(tx, &by, id, new)).map(|it| it.0)
    }

    /// Kinds of the events about a ticket, oldest first.
    fn events(&self, ticket: &Ticket) -> Vec<String> {
        let mut events = self.store.read().unwrap().history(ticket.id.0, None, 100).unwrap();
        events.reverse();
        events.into_iter().map(|it| it.kind).collect()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> Code {
    outcome.unwrap_err().code().expect("a refusal, not a fault")
}

#[test]
fn a_new_ticket_has_the_defaults() {
    let world = World::new();
    let ticket = world.ticket();
    assert_eq!((ticket.number, ticket.state.as_str(), ticket.category, ticket.priority), (1, "new", Category::New, 3));
    assert_eq!((ticket.kind, ticket.channel, ticket.version), (Kind::Incident, Channel::Portal, 1));
    assert!(ticket.queue.is_some() && ticket.assignee.is_none() && ticket.requester_waits);
    assert_eq!(world.events(&ticket), [EventKind::TicketCreated.name()]);
}

#[test]
fn numbers_run_per_kind_and_a_refused_ticket_takes_none() {
    let world = World::new();
    let lodge = |kind, title: &str| {
        world.lodge(&world.ada, NewTicket { requester: Some("rosa@example.com".into()), ..NewTicket::new(kind, title, Channel::Api) })
    };
    assert_eq!(lodge(Kind::Incident, "a").unwrap().number, 1);
    assert_eq!(code(lodge(Kind::Incident, "  ")), Code::Validation);
    assert_eq!(lodge(Kind::Request, "b").unwrap().number, 1);
    assert_eq!(lodge(Kind::Incident, "c").unwrap().number, 2);
    let tx = world.store.read().unwrap();
    let settings = Settings::of(&tx).unwrap();
    assert_eq!(number::text(&settings, Kind::Incident, 45), "INC-000045");
    for (text, expected) in [("INC-000002", true), ("inc-2", true), ("#INC-2", true), ("INC-3", false), ("XYZ-2", false), ("INC-", false)] {
        assert_eq!(number::find(&tx, text).unwrap().is_some(), expected, "{text}");
    }
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let world = World::new();
    let base = || NewTicket::new(Kind::Incident, "VPN drops", Channel::Api);
    let cases: Vec<(&str, NewTicket)> = vec![
        ("title", NewTicket { title: "x".repeat(256), ..base() }),
        ("priority", NewTicket { priority: Some(5), ..base() }),
        ("urgency", NewTicket { urgency: Some(0), ..base() }),
        ("description", NewTicket { description: "x".repeat(crate::limits::BODY_TEXT_BYTES_MAX + 1), ..base() }),
        ("status", NewTicket { status: Some("dreaming".into()), ..base() }),
        ("status", NewTicket { status: Some("scheduled".into()), ..base() }),
        ("queue", NewTicket { queue: Some("nowhere".into()), ..base() }),
        ("assignee", NewTicket { assignee: Some("rosa@example.com".into()), ..base() }),
        ("assignee", NewTicket { assignee: Some("nobody@example.com".into()), ..base() }),
        ("requester", NewTicket { requester: Some("not an address@".into()), ..base() }),
        ("custom", NewTicket { custom: Some("[]".into()), ..base() }),
        ("tags", NewTicket { tags: vec!["x".repeat(65)], ..base() }),
    ];
    for (field, new) in cases {
        match world.lodge(&world.max, new).unwrap_err() {
            crate::error::Error::Refused(it) => assert_eq!(it.fields.first().map(|it| it.field.as_str()), Some(field), "{it:?}"),
            it => panic!("{it}"),
        }
    }
}

#[test]
fn priority_comes_from_the_matrix_until_somebody_sets_it() {
    let world = World::new();
    for impact in 1..=4_u8 {
        for urgency in 1..=4_u8 {
            let new = NewTicket { impact: Some(impact), urgency: Some(urgency), ..NewTicket::new(Kind::Incident, "x", Channel::Portal) };
            let expected = MATRIX[usize::from(impact - 1)][usize::from(urgency - 1)];
            assert_eq!(world.lodge(&world.rosa, new).unwrap().priority, expected, "{impact} {urgency}");
        }
    }
    let ticket = world.ticket();
    let moved = world.change(&world.ada, &ticket, |it| it.urgency = Some(1)).unwrap();
    assert_eq!(moved.priority, 2);
    let fixed = world.change(&world.ada, &ticket, |it| it.priority = Some(Some(4))).unwrap();
    let stays = world.change(&world.ada, &fixed, |it| it.impact = Some(1)).unwrap();
    assert_eq!(stays.priority, 4);
    assert_eq!(world.change(&world.ada, &stays, |it| it.priority = Some(None)).unwrap().priority, 1);
}

#[test]
fn a_category_gives_its_priority_unless_a_hand_does() {
    let world = World::new();
    let max = world.max.clone();
    world.write(move |tx| crate::desk::queues::create_category(tx, &max, "Security", None, Some(1))).unwrap();
    let base = || NewTicket { category: Some("security".into()), ..NewTicket::new(Kind::Incident, "x", Channel::Portal) };
    assert_eq!(world.lodge(&world.rosa, base()).unwrap().priority, 1);
    assert_eq!(world.lodge(&world.rosa, NewTicket { urgency: Some(4), ..base() }).unwrap().priority, 1);
    assert_eq!(world.lodge(&world.ada, NewTicket { priority: Some(3), ..base() }).unwrap().priority, 3);
}

#[test]
fn requesters_see_and_do_what_is_theirs() {
    let world = World::new();
    let ticket = world.ticket();
    let tx = world.store.read().unwrap();
    for (who, sees) in [(&world.rosa, true), (&world.otto, false), (&world.ada, true), (&world.max, true)] {
        assert_eq!(access::ticket(&tx, who, ticket.id).is_ok(), sees);
    }
    assert_eq!(code(world.say(&world.otto, &ticket, "me too", false)), Code::NotFound);
    assert_eq!(code(world.say(&world.rosa, &ticket, "a note", true)), Code::Forbidden);
    assert_eq!(code(world.change(&world.rosa, &ticket, |it| it.priority = Some(Some(1)))), Code::Forbidden);
    assert_eq!(
        code(
            world.lodge(&world.rosa, NewTicket { queue: Some("Service desk".into()), ..NewTicket::new(Kind::Incident, "x", Channel::Api) })
        ),
        Code::Forbidden
    );
    assert_eq!(
        code(world.lodge(
            &world.rosa,
            NewTicket { requester: Some("otto@example.com".into()), ..NewTicket::new(Kind::Incident, "x", Channel::Api) }
        )),
        Code::Forbidden
    );
    let (rosa, ada, id) = (world.rosa.clone(), world.ada.clone(), ticket.id);
    assert_eq!(code(world.write(move |tx| delete(tx, &rosa, id, None))), Code::Forbidden);
    assert_eq!(code(world.write(move |tx| delete(tx, &ada, id, None))), Code::Forbidden, "agents do not delete");
    let (ada, otto) = (world.ada.clone(), world.otto.person().unwrap());
    world.write(move |tx| watch(tx, &ada, id, otto)).unwrap();
    assert!(access::ticket(&world.store.read().unwrap(), &world.otto, ticket.id).is_ok(), "whoever follows may read");
    world.say(&world.ada, &ticket, "secret", true).unwrap();
    let tx = world.store.read().unwrap();
    let ticket = tx.get::<Ticket>(&id).unwrap().unwrap();
    assert_eq!(comments(&tx, &world.otto, &ticket).unwrap().len(), 0);
    assert_eq!(comments(&tx, &world.ada, &ticket).unwrap().len(), 1);
}

#[test]
fn states_follow_the_lifecycle() {
    let world = World::new();
    let ada = world.ada.person().unwrap().to_string();
    let ticket = world.ticket();
    assert_eq!(code(world.change(&world.ada, &ticket, |it| it.status = Some("assigned".into()))), Code::Validation, "needs an assignee");
    let ticket = world.change(&world.ada, &ticket, |it| it.assignee = Some(Some(ada))).unwrap();
    assert_eq!(ticket.state, "assigned", "assigning a new ticket says so");
    let resolved = world.change(&world.ada, &ticket, |it| it.status = Some("resolved".into())).unwrap();
    assert!(resolved.resolved_at.is_some() && !resolved.requester_waits);
    let closed = world.change(&world.ada, &resolved, |it| it.status = Some("closed".into())).unwrap();
    assert!(closed.closed_at.is_some() && !closed.is_on_board());
    assert_eq!(code(world.change(&world.ada, &closed, |it| it.status = Some("cancelled".into()))), Code::Validation);
    let again = world.change(&world.ada, &closed, |it| it.status = Some("open".into())).unwrap();
    assert_eq!((again.state.as_str(), again.closed_at, again.resolved_at), ("assigned", None, None));
    let kinds = world.events(&again);
    assert_eq!(kinds.iter().filter(|it| *it == EventKind::TicketStatus.name()).count(), 4, "{kinds:?}");
}

#[test]
fn the_requesters_word_brings_a_ticket_back() {
    let world = World::new();
    for (state, after) in [("awaiting_info", "new"), ("resolved", "new"), ("closed", "new"), ("awaiting_parts", "awaiting_parts")] {
        let ticket = world.ticket();
        let ticket = world.change(&world.ada, &ticket, |it| it.status = Some(state.into())).unwrap();
        assert_eq!(world.say(&world.rosa, &ticket, "still broken", false).unwrap().state, after, "from {state}");
    }
    let ticket = world.ticket();
    let answered = world.say(&world.ada, &ticket, "on it", false).unwrap();
    assert!(answered.responded_at.is_some() && !answered.requester_waits);
}

#[test]
fn a_stale_change_is_refused_and_an_empty_one_leaves_no_trace() {
    let world = World::new();
    let ticket = world.ticket();
    let changed = world.change(&world.ada, &ticket, |it| it.title = Some("VPN drops often".into())).unwrap();
    let stale = world.change(&world.ada, &ticket, |it| {
        it.expected = Some(1);
        it.title = Some("mine".into());
    });
    assert_eq!(code(stale), Code::Stale);
    let same = world.change(&world.ada, &changed, |it| it.title = Some("VPN  drops often ".into())).unwrap();
    assert_eq!((same.version, world.events(&same).len()), (2, 2));
}

#[test]
fn links_stand_on_both_sides() {
    let world = World::new();
    let (one, two) = (world.ticket(), world.ticket());
    let (ada, a, b) = (world.ada.clone(), one.id, two.id);
    world.write(move |tx| link(tx, &ada, a, Relation::CausedBy, b)).unwrap();
    let read = |id| world.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap();
    assert_eq!(read(a).links, [Link { relation: Relation::CausedBy, ticket: b }]);
    assert_eq!(read(b).links, [Link { relation: Relation::Causes, ticket: a }]);
    let ada = world.ada.clone();
    assert_eq!(code(world.write(move |tx| link(tx, &ada, a, Relation::RelatesTo, a))), Code::Validation);
    let ada = world.ada.clone();
    world.write(move |tx| unlink(tx, &ada, b, Relation::Causes, a)).unwrap();
    assert!(read(a).links.is_empty() && read(b).links.is_empty());
}

#[test]
fn a_merge_is_a_link_over_two_threads_that_stay_and_is_undone() {
    let world = World::new();
    let (kept, gone) = (world.ticket(), world.lodge(&world.otto, NewTicket::new(Kind::Incident, "No VPN", Channel::Portal)).unwrap());
    let (ada, from, into) = (world.ada.clone(), gone.id, kept.id);
    let read = |id| world.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap();
    let otto = world.otto.person().unwrap();
    let merge_as = |who: &Actor, from, into| {
        let who = who.clone();
        world.write(move |tx| merge(tx, &who, from, into))
    };
    let speak = |who: &Actor, id| {
        let who = who.clone();
        world.write(move |tx| add_comment(tx, &who, id, NewComment::new("Still?", false, Channel::Portal)))
    };
    assert_eq!(code(merge_as(&world.rosa, into, into)), Code::Forbidden, "requesters merge nothing");
    assert_eq!(code(merge_as(&ada, from, from)), Code::Validation);
    merge_as(&ada, from, into).unwrap();
    assert_eq!((read(from).category, read(from).merged.unwrap().state.as_str()), (Category::Closed, "new"));
    assert_eq!(read(into).watchers, [otto], "its people go along");
    assert!(access::ticket(&world.store.read().unwrap(), &world.otto, into).is_ok());
    assert_eq!(merge_as(&ada, from, into).unwrap().version, read(from).version, "twice is once");
    assert_eq!(code(merge_as(&ada, into, from)), Code::Conflict, "no circles");
    assert_eq!(code(speak(&world.otto, from)), Code::Conflict, "the thread goes on elsewhere");
    let reopen = world.change(&ada, &read(from), |it| it.status = Some("open".into()));
    assert_eq!(code(reopen), Code::Conflict);
    assert_eq!(merge::survivor(&world.store.read().unwrap(), from).unwrap().unwrap().id, into);
    assert_eq!(merge::merged_into(&world.store.read().unwrap(), &ada, into, 10).unwrap().len(), 1);

    let (who, id) = (ada.clone(), from);
    let back = world.write(move |tx| unmerge(tx, &who, id)).unwrap();
    assert_eq!((back.state.as_str(), back.closed_at, back.requester_waits, back.merged), ("new", None, true, None));
    assert!(read(into).watchers.is_empty(), "nobody reads on");
    speak(&world.otto, from).unwrap();

    // Who has spoken there meanwhile stays.
    merge_as(&ada, from, into).unwrap();
    speak(&world.otto, into).unwrap();
    let who = ada.clone();
    world.write(move |tx| unmerge(tx, &who, from)).unwrap();
    assert_eq!(read(into).watchers, [otto]);
    let (who, version) = (ada.clone(), read(from).version);
    assert_eq!(world.write(move |tx| unmerge(tx, &who, from)).unwrap().version, version, "undone is undone");
}

/// Rosa, who lodged it, and Otto, who lodged the rest.
fn merged_here_and_there() -> (World, Vec<TicketId>) {
    let world = World::new();
    let lodge = |by: &Actor| world.lodge(by, NewTicket::new(Kind::Incident, "No VPN", Channel::Portal)).unwrap().id;
    let ids = vec![lodge(&world.rosa), lodge(&world.otto), lodge(&world.otto)];
    (world, ids)
}

#[test]
fn who_has_two_reasons_to_follow_loses_one_at_a_time() {
    let (world, ids) = merged_here_and_there();
    let otto = world.otto.person().unwrap();
    let follows = || world.store.read().unwrap().get::<Ticket>(&ids[0]).unwrap().unwrap().watchers.contains(&otto);
    let act = |merging: bool, from: TicketId| {
        let (ada, into) = (world.ada.clone(), ids[0]);
        world.write(move |tx| if merging { merge(tx, &ada, from, into) } else { unmerge(tx, &ada, from) }).unwrap()
    };
    act(true, ids[1]);
    act(true, ids[2]);
    act(false, ids[1]);
    assert!(follows(), "the other one is still merged there");
    act(false, ids[2]);
    assert!(!follows());
}

#[test]
fn who_leaves_the_survivor_leaves_what_that_was_merged_into() {
    let (world, ids) = merged_here_and_there();
    let otto = world.otto.person().unwrap();
    let last = world.ticket().id;
    let pair = |from: TicketId, into: TicketId| {
        let ada = world.ada.clone();
        world.write(move |tx| merge(tx, &ada, from, into)).unwrap();
    };
    // Otto's goes into Rosa's, and that into another of Rosa's.
    pair(ids[1], ids[0]);
    pair(ids[0], last);
    let read = |id| world.store.read().unwrap().get::<Ticket>(&id).unwrap().unwrap();
    assert_eq!(read(last).watchers, [otto]);
    let (ada, id) = (world.ada.clone(), ids[1]);
    world.write(move |tx| unmerge(tx, &ada, id)).unwrap();
    assert!(read(ids[0]).watchers.is_empty() && read(last).watchers.is_empty());
    assert!(read(ids[0]).merged.unwrap().brought.is_empty());
    assert_eq!(code(access::ticket(&world.store.read().unwrap(), &world.otto, last)), Code::NotFound);
}

#[test]
fn nothing_open_is_merged_into_what_is_closed() {
    let (world, ids) = merged_here_and_there();
    for state in ["resolved", "closed"] {
        let ticket = world.store.read().unwrap().get::<Ticket>(&ids[0]).unwrap().unwrap();
        world.change(&world.ada, &ticket, |it| it.status = Some(state.into())).unwrap();
    }
    let (ada, from, into) = (world.ada.clone(), ids[1], ids[0]);
    assert_eq!(code(world.write(move |tx| merge(tx, &ada, from, into))), Code::Conflict);
    let ada = world.ada.clone();
    world.write(move |tx| merge(tx, &ada, into, from)).unwrap();
}

#[test]
fn merges_are_followed_to_their_end() {
    let world = World::new();
    let ids: Vec<TicketId> = (0..4).map(|_| world.ticket().id).collect();
    for pair in ids.windows(2) {
        let (ada, from, into) = (world.ada.clone(), pair[0], pair[1]);
        world.write(move |tx| merge(tx, &ada, from, into)).unwrap();
    }
    let survivor = |id| merge::survivor(&world.store.read().unwrap(), id).unwrap().map(|it| it.id);
    assert!(ids.iter().all(|it| survivor(*it) == Some(ids[3])));
    let (max, last) = (world.max.clone(), ids[3]);
    assert_eq!(code(world.write(move |tx| delete(tx, &max, last, None))), Code::Conflict, "others go on there");
    let (ada, third) = (world.ada.clone(), ids[2]);
    world.write(move |tx| unmerge(tx, &ada, third)).unwrap();
    assert_eq!(survivor(ids[0]), Some(ids[2]));
}

#[test]
fn a_deleted_ticket_is_gone_for_everybody_and_keeps_its_number() {
    let world = World::new();
    let ticket = world.ticket();
    let (max, id) = (world.max.clone(), ticket.id);
    world.write(move |tx| delete(tx, &max, id, None)).unwrap();
    let tx = world.store.read().unwrap();
    for who in [&world.rosa, &world.ada, &world.max] {
        assert_eq!(code(access::ticket(&tx, who, ticket.id)), Code::NotFound);
    }
    assert_eq!(world.ticket().number, 2);
}

#[test]
fn states_are_meant_by_key_label_category_and_old_names() {
    let full = Lifecycle::preset(Kind::Incident, Preset::Full);
    for (text, assigned, expected) in [
        ("in_progress", false, Some("in_progress")),
        ("In progress", false, Some("in_progress")),
        ("IN-PROGRESS", false, Some("in_progress")),
        ("open", false, Some("new")),
        ("open", true, Some("assigned")),
        ("pending", false, Some("awaiting_info")),
        ("waiting", false, Some("awaiting_info")),
        ("closed", false, Some("closed")),
        ("asleep", false, None),
    ] {
        assert_eq!(full.meant(text, assigned).map(|it| it.key.as_str()), expected, "{text}");
    }
    assert!(Lifecycle::preset(Kind::Request, Preset::Full).state("fulfilment").is_some());
    assert!(full.state("fulfilment").is_none(), "incidents and requests stay apart");
}

#[test]
fn every_preset_is_sound_and_unsound_lifecycles_are_refused() {
    for kind in Kind::ALL {
        for preset in [Preset::Simple, Preset::ServiceDesk, Preset::Full] {
            Lifecycle::preset(kind, preset).check().unwrap();
        }
    }
    let simple = || Lifecycle::preset(Kind::Incident, Preset::Simple);
    let state = |key: &str, category| State { key: key.into(), label: key.into(), category, guards: vec![] };
    let unsound = [
        Lifecycle { states: vec![], ..simple() },
        Lifecycle { states: vec![state("done", Category::Closed)], transitions: vec![], ..simple() },
        Lifecycle { states: vec![state("new", Category::New), state("closed", Category::Closed)], transitions: vec![], ..simple() },
        Lifecycle { transitions: vec![Transition { from: "new".into(), to: "nowhere".into() }], ..simple() },
        Lifecycle { states: [simple().states, vec![state("New one", Category::New)]].concat(), ..simple() },
        Lifecycle { states: [simple().states, vec![state("new", Category::New)]].concat(), ..simple() },
    ];
    for it in unsound {
        assert!(it.check().is_err(), "{it:?}");
    }
    let world = World::new();
    world.ticket();
    let max = world.max.clone();
    let taken_away = Lifecycle::preset(Kind::Incident, Preset::ServiceDesk);
    assert_eq!(code(world.write(move |tx| lifecycle::replace(tx, &max, taken_away))), Code::Validation, "a ticket is still `new`");
}

#[test]
fn people_made_for_a_caller_are_requesters_and_nothing_else() {
    let world = World::new();
    let new = NewTicket { requester: Some("New.Caller@Example.com".into()), ..NewTicket::new(Kind::Incident, "x", Channel::Phone) };
    let ticket = world.lodge(&world.ada, new).unwrap();
    let person = world.store.read().unwrap().get::<identity::Person>(&ticket.requester).unwrap().unwrap();
    assert_eq!((person.email.as_str(), person.roles.as_slice()), ("new.caller@example.com", ["requester".to_owned()].as_slice()));
    assert_ne!(person.id, PersonId::NIL);
    assert!(person.password.is_none());
}
