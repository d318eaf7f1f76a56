//! Routing as a whole, over a store: what a new ticket gets, why, and what is never given to anybody.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    on_call::{Handover, Layer, Override, RotationDraft, add_override, create_rotation},
    strategy::{Candidate, Strategy, choose},
    *,
};
use crate::{
    desk::{
        actor::{Actor, Origin},
        calendars::{Plan, WeekHours, create_calendar, parse_shifts, retire_calendar},
        identity::{self, NewPerson, OrganizationChange, PersonChange},
        queues::{self, CategoryChange, TeamChange},
        settings::{self, Settings},
        tables,
        tickets::{self, Channel, Kind, NewComment, NewTicket, Ticket, TicketChange},
    },
    error::{Code, Result},
    id::{PersonId, QueueId},
    store::{Store, Tx, check, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

/// A desk with a team of three that works a queue.
struct World {
    store: Store,
    rosa: Actor,
    max: Actor,
    crew: Vec<Actor>,
    network: QueueId,
    first: QueueId,
}

fn actor(tx: &mut Tx, email: &str, role: &str) -> Result<Actor> {
    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
    let person = identity::create_person(tx, &Actor::system("test"), new)?;
    identity::actor_of(tx, &person, Origin::default())
}

fn id_of(actor: &Actor) -> PersonId {
    actor.person().unwrap()
}

impl World {
    fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let made = store.write(|tx| {
            let system = Actor::system("test");
            let first = settings::found(tx, &system, "Test")?.default_queue.unwrap();
            let rosa = actor(tx, "rosa@example.com", "requester")?;
            let max = actor(tx, "max@example.com", "admin")?;
            let crew =
                [actor(tx, "ada@example.com", "agent")?, actor(tx, "bob@example.com", "agent")?, actor(tx, "cyd@example.com", "agent")?];
            let team = queues::create_team(tx, &system, "Network")?.id;
            let members = Some(crew.iter().map(id_of).collect());
            queues::change_team(tx, &system, team, TeamChange { members, lead: Some(Some(id_of(&crew[0]))), ..TeamChange::default() })?;
            let network = queues::create_queue(tx, &system, "Network", Some(team))?.id;
            Ok((rosa, max, crew, network, first))
        });
        let (rosa, max, crew, network, first) = made.unwrap().0;
        World { store, rosa, max, crew: crew.to_vec(), network, first }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx, &Actor) -> Result<T> + Send + 'static) -> Result<T> {
        let max = self.max.clone();
        self.store.write(move |tx| run(tx, &max)).map(|it| it.0)
    }

    fn queue(&self, change: QueueRulesChange) {
        let queue = self.network;
        self.write(move |tx, max| change_queue_rules(tx, max, queue, change)).unwrap();
    }

    fn standing(&self, of: usize, change: StandingChange) {
        let person = id_of(&self.crew[of]);
        self.write(move |tx, max| change_standing(tx, max, person, change)).unwrap();
    }

    fn lodge(&self, by: &Actor, new: NewTicket) -> Result<Ticket> {
        let by = by.clone();
        self.store.write(move |tx| tickets::create(tx, &by, new)).map(|it| it.0)
    }

    /// A ticket that comes to the network's queue.
    fn network_ticket(&self) -> Ticket {
        self.lodge(&self.max, NewTicket { requester: Some("rosa@example.com".into()), queue: Some("Network".into()), ..plain("VPN") })
            .unwrap()
    }

    fn rule(&self, name: &str, condition: &str, then: Then, goes_on: bool) -> RoutingRule {
        let (name, condition) = (name.to_owned(), condition.to_owned());
        self.write(move |tx, max| {
            let position = rules(tx)?.len() as u32;
            let draft = RuleDraft { name, position, enabled: true, condition, then, goes_on, when: When::Always };
            create_rule(tx, max, draft)
        })
        .unwrap()
    }

    fn absent(&self, of: usize, substitute: Option<usize>) {
        let now = self.store.read().unwrap().now();
        let absence = Absence {
            from: Instant::from_millis(now.as_millis() - 1000),
            until: Instant::from_millis(now.as_millis() + 86_400_000),
            substitute: substitute.map(|it| id_of(&self.crew[it])),
        };
        self.standing(of, StandingChange { absences: Some(vec![absence]), ..StandingChange::default() });
    }

    fn check(&self) {
        let tx = self.store.read().unwrap();
        let found = check::consistency(&tx, tables::SHAPES, tables::INDEXES).unwrap();
        assert_eq!(found.findings, [""; 0]);
    }
}

fn plain(title: &str) -> NewTicket {
    NewTicket::new(Kind::Incident, title, Channel::Portal)
}

fn why_of(ticket: &Ticket, question: Question) -> &'static str {
    ticket.routed.of(question).map_or("", |it| it.reason.code())
}

fn strategy(it: Strategy) -> QueueRulesChange {
    QueueRulesChange { strategy: Some(it), ..QueueRulesChange::default() }
}

#[test]
fn the_first_rule_that_fits_is_the_last_unless_it_goes_on() {
    let world = World::new();
    let to_network = Then { queue: Some(world.network), tags: vec!["net".into()], ..Then::default() };
    world.rule("Tags", "vpn", Then { tags: vec!["remote".into()], ..Then::default() }, true);
    let rule = world.rule("VPN", "vpn", to_network, false);
    world.rule("Never asked", "", Then { queue: Some(world.first), tags: vec!["late".into()], ..Then::default() }, false);
    let ticket = world.lodge(&world.rosa, plain("The VPN drops")).unwrap();
    assert_eq!((ticket.queue, ticket.tags.clone()), (Some(world.network), vec!["remote".to_owned(), "net".to_owned()]));
    assert_eq!(ticket.routed.of(Question::Queue).and_then(|it| it.reason.rule()), Some((rule.id, 1)));
    let other = world.lodge(&world.rosa, plain("The printer hums")).unwrap();
    assert_eq!((other.queue, other.tags.clone(), why_of(&other, Question::Queue)), (Some(world.first), vec!["late".to_owned()], "rule"));
    // What somebody said stays.
    let said = world
        .lodge(
            &world.max,
            NewTicket { requester: Some("rosa@example.com".into()), queue: Some("Service desk".into()), ..plain("VPN again") },
        )
        .unwrap();
    assert_eq!((said.queue, why_of(&said, Question::Queue)), (Some(world.first), "said"));
    // The reason is in the event too.
    let tx = world.store.read().unwrap();
    let born = tx.history(ticket.id.0, None, 10).unwrap().pop().unwrap();
    let changes = crate::desk::event::Changes::of(&born);
    let reason = changes.after("queueReason").unwrap();
    assert_eq!((reason["code"].as_str(), reason["rule"].as_str()), (Some("rule"), Some(rule.id.to_string().as_str())));
    world.check();
}

#[test]
fn without_a_rule_the_category_decides_and_then_the_desk() {
    let world = World::new();
    let network = world.network;
    world
        .write(move |tx, max| {
            let id = queues::create_category(tx, max, "Wifi", None, Some(2))?.id;
            queues::change_category(tx, max, id, CategoryChange { queue: Some(Some(network)), ..CategoryChange::default() })
        })
        .unwrap();
    let wifi = world.lodge(&world.rosa, NewTicket { category: Some("Wifi".into()), urgency: Some(4), ..plain("No wifi") }).unwrap();
    assert_eq!((wifi.queue, wifi.priority), (Some(world.network), 2));
    assert_eq!((why_of(&wifi, Question::Queue), why_of(&wifi, Question::Priority)), ("category", "category"));
    let other = world.lodge(&world.rosa, plain("Something")).unwrap();
    assert_eq!(
        (other.queue, why_of(&other, Question::Queue), why_of(&other, Question::Priority)),
        (Some(world.first), "default", "default")
    );
}

#[test]
fn a_vip_raises_the_priority_and_a_hand_beats_everything() {
    let world = World::new();
    let rosa = id_of(&world.rosa);
    let low = || NewTicket { impact: Some(4), urgency: Some(4), ..plain("x") };
    let before = world.lodge(&world.rosa, low()).unwrap();
    assert_eq!((before.priority, before.vip, why_of(&before, Question::Priority)), (4, false, "matrix"));
    world
        .write(move |tx, max| identity::change_person(tx, max, rosa, PersonChange { vip: Some(true), ..PersonChange::default() }))
        .unwrap();
    let after = world.lodge(&world.rosa, low()).unwrap();
    assert_eq!((after.priority, after.vip, why_of(&after, Question::Priority)), (2, true, "vip"));
    // By hand, and then given back.
    let id = after.id;
    let set = |priority| TicketChange { priority: Some(priority), ..TicketChange::default() };
    let by_hand = world.write(move |tx, max| tickets::change(tx, max, id, set(Some(4)))).unwrap();
    assert_eq!((by_hand.priority, why_of(&by_hand, Question::Priority)), (4, "said"));
    let urgent = TicketChange { impact: Some(1), urgency: Some(1), ..TicketChange::default() };
    let moved = world.write(move |tx, max| tickets::change(tx, max, id, urgent)).unwrap();
    assert_eq!(moved.priority, 4);
    let back = world.write(move |tx, max| tickets::change(tx, max, id, set(None))).unwrap();
    assert_eq!((back.priority, why_of(&back, Question::Priority)), (1, "matrix"));
    // An organization can be one as well, and somebody else is not.
    let acme = world
        .write(move |tx, max| {
            let acme = identity::create_organization(tx, max, "Acme")?.id;
            identity::change_organization(tx, max, acme, OrganizationChange { vip: Some(true), ..OrganizationChange::default() })?;
            let otto = actor(tx, "otto@example.com", "requester")?;
            let place = PersonChange { organization: Some(Some(acme)), ..PersonChange::default() };
            identity::change_person(tx, max, id_of(&otto), place)?;
            Ok(otto)
        })
        .unwrap();
    assert_eq!(world.lodge(&acme, low()).unwrap().priority, 2);
    let to_nobody = TicketChange { requester: Some("new@example.com".into()), ..TicketChange::default() };
    let id = world.lodge(&acme, low()).unwrap().id;
    let given = world.write(move |tx, max| tickets::change(tx, max, id, to_nobody)).unwrap();
    assert_eq!((given.priority, given.vip), (4, false));
}

#[test]
fn what_a_rule_said_of_the_priority_holds_when_the_rest_changes() {
    let world = World::new();
    world.rule("Outage", "is:vip OR outage", Then { priority: Some(2), at_least: true, ..Then::default() }, false);
    let ticket = world.lodge(&world.rosa, NewTicket { urgency: Some(4), ..plain("An outage") }).unwrap();
    assert_eq!((ticket.priority, why_of(&ticket, Question::Priority)), (2, "rule"));
    let id = ticket.id;
    let less = TicketChange { impact: Some(4), ..TicketChange::default() };
    assert_eq!(world.write(move |tx, max| tickets::change(tx, max, id, less)).unwrap().priority, 2);
    let more = TicketChange { impact: Some(1), urgency: Some(1), ..TicketChange::default() };
    let more = world.write(move |tx, max| tickets::change(tx, max, id, more)).unwrap();
    assert_eq!((more.priority, why_of(&more, Question::Priority)), (1, "matrix"));
}

#[test]
fn turns_go_round_and_the_absent_get_nothing() {
    let world = World::new();
    world.queue(strategy(Strategy::RoundRobin));
    let mut got: BTreeMap<PersonId, u32> = BTreeMap::new();
    for _ in 0..7 {
        let ticket = world.network_ticket();
        assert_eq!(why_of(&ticket, Question::Assignee), "strategy");
        *got.entry(ticket.assignee.unwrap()).or_default() += 1;
    }
    assert_eq!((got.len(), got.values().max().unwrap() - got.values().min().unwrap()), (3, 1));
    // Ada is away, Bob absent without anybody for him: everything is Cyd's.
    world.standing(0, StandingChange { away: Some(true), ..StandingChange::default() });
    world.absent(1, None);
    for _ in 0..3 {
        assert_eq!(world.network_ticket().assignee, Some(id_of(&world.crew[2])));
    }
    // Somebody stands in for Bob, who is of no team.
    let zoe = world.write(|tx, _| actor(tx, "zoe@example.com", "agent")).unwrap();
    let now = world.store.read().unwrap().now();
    let absence = Absence { from: now, until: Instant::from_millis(now.as_millis() + 3_600_000), substitute: Some(id_of(&zoe)) };
    world.standing(1, StandingChange { absences: Some(vec![absence]), ..StandingChange::default() });
    let two = [world.network_ticket(), world.network_ticket()];
    let stand_in = two.iter().find(|it| it.assignee == Some(id_of(&zoe))).unwrap();
    let reason = &stand_in.routed.of(Question::Assignee).unwrap().reason;
    assert!(matches!(reason, Reason::Strategy { instead_of: Some(it), .. } if *it == id_of(&world.crew[1])), "{reason:?}");
    // Nobody is left: the queue's last resort, if it has one.
    world.absent(1, None);
    world.absent(2, None);
    let left = world.network_ticket();
    assert_eq!((left.assignee, why_of(&left, Question::Assignee)), (None, "nobody"));
    world.queue(QueueRulesChange { fallback: Some(Fallback::Lead), ..QueueRulesChange::default() });
    assert_eq!(world.network_ticket().assignee, None, "a lead who is away is no last resort");
    world.queue(QueueRulesChange { fallback: Some(Fallback::Person(id_of(&zoe))), ..QueueRulesChange::default() });
    let last = world.network_ticket();
    assert_eq!((last.assignee, why_of(&last, Question::Assignee)), (Some(id_of(&zoe)), "fallback"));
    world.check();
}

#[test]
fn the_least_loaded_gets_it_and_nobody_more_than_they_can() {
    let world = World::new();
    world.queue(strategy(Strategy::LeastLoaded));
    world.standing(0, StandingChange { capacity: Some(Some(1)), ..StandingChange::default() });
    world
        .write(|tx, max| change_routing(tx, max, RoutingRulesChange { capacity: Some(Some(3)), ..RoutingRulesChange::default() }))
        .unwrap();
    let mut got: BTreeMap<PersonId, u64> = BTreeMap::new();
    for _ in 0..7 {
        *got.entry(world.network_ticket().assignee.unwrap()).or_default() += 1;
    }
    assert_eq!(world.crew.iter().map(|it| got[&id_of(it)]).collect::<Vec<_>>(), [1, 3, 3]);
    let beyond = world.network_ticket();
    let why = beyond.routed.of(Question::Assignee).unwrap();
    assert!(matches!(&why.reason, Reason::Nobody { why: Lack::Capacity, .. }), "{why:?}");
    // What is done makes room.
    let tx = world.store.read().unwrap();
    let done = tickets::access::ticket(&tx, &world.max, beyond.id).unwrap();
    assert_eq!(load_of(&tx, &RoutingRules::default(), id_of(&world.crew[1])).unwrap(), Load { open: 3, weight: 3 });
    let heavy = RoutingRules { weights: [8, 4, 2, 1], ..RoutingRules::default() };
    assert_eq!(load_of(&tx, &heavy, id_of(&world.crew[1])).unwrap(), Load { open: 3, weight: 6 });
    assert_eq!(queue_load(&tx, world.network).unwrap(), QueueLoad { open: 8, active: 8 });
    assert_eq!(done.assignee, None);
    world.check();
}

#[test]
fn skills_are_asked_for_by_category_and_tags() {
    let world = World::new();
    world.queue(strategy(Strategy::SkillBased));
    let skills =
        |list: &[&str]| StandingChange { skills: Some(list.iter().map(|it| (*it).to_owned()).collect()), ..StandingChange::default() };
    world.standing(1, skills(&["VPN", "linux"]));
    world.standing(2, skills(&["vpn"]));
    world
        .write(|tx, max| {
            let id = queues::create_category(tx, max, "Remote access", None, None)?.id;
            queues::change_category(tx, max, id, CategoryChange { skills: Some(vec!["vpn".into()]), ..CategoryChange::default() })
        })
        .unwrap();
    let lodge = |tags: &[&str]| {
        let tags = tags.iter().map(|it| (*it).to_owned()).collect();
        let new = NewTicket { queue: Some("Network".into()), category: Some("Remote access".into()), tags, ..plain("x") };
        world.lodge(&world.max, new).unwrap()
    };
    let (bob, cyd) = (id_of(&world.crew[1]), id_of(&world.crew[2]));
    let both = std::collections::BTreeSet::from([lodge(&[]).assignee, lodge(&[]).assignee]);
    assert_eq!(both, [Some(bob), Some(cyd)].into());
    assert_eq!(lodge(&["linux"]).assignee, Some(bob));
    // A tag that is nobody's skill asks for nothing.
    assert_eq!(lodge(&["urgent"]).assignee, Some(cyd));
    world.absent(1, None);
    world.absent(2, None);
    let nobody = lodge(&[]);
    assert!(
        matches!(&nobody.routed.of(Question::Assignee).unwrap().reason, Reason::Nobody { why: Lack::Skills(it), .. } if it == &["vpn"])
    );
}

#[test]
fn a_full_queue_warns_or_refuses_and_nothing_is_lost() {
    let world = World::new();
    world.queue(QueueRulesChange { wip_limit: Some(Some(1)), ..QueueRulesChange::default() });
    world.network_ticket();
    // It warns: more come in.
    let second = world.network_ticket();
    assert_eq!(second.queue, Some(world.network));
    world.queue(QueueRulesChange { wip_refuses: Some(true), ..QueueRulesChange::default() });
    // A person is told no, whether they lodge or move.
    let new = NewTicket { requester: Some("rosa@example.com".into()), queue: Some("Network".into()), ..plain("x") };
    assert_eq!(world.lodge(&world.max, new.clone()).unwrap_err().code(), Some(Code::Validation));
    let elsewhere = world.lodge(&world.rosa, plain("x")).unwrap().id;
    let there = TicketChange { queue: Some(Some("Network".into())), ..TicketChange::default() };
    assert_eq!(world.write(move |tx, max| tickets::change(tx, max, elsewhere, there)).unwrap_err().code(), Some(Code::Validation));
    // What comes by mail or by a rule goes elsewhere, with the reason.
    let by_mail = world.lodge(&Actor::system("mail"), NewTicket { channel: Channel::Email, ..new.clone() }).unwrap();
    assert_eq!((by_mail.queue, why_of(&by_mail, Question::Queue)), (Some(world.first), "full"));
    world.rule("All", "", Then { queue: Some(world.network), ..Then::default() }, false);
    let by_rule = world.lodge(&world.rosa, plain("x")).unwrap();
    assert_eq!((by_rule.queue, why_of(&by_rule, Question::Queue)), (Some(world.first), "full"));
    // No room anywhere: it is there, without a queue.
    let first = world.first;
    let full = QueueRulesChange { wip_limit: Some(Some(1)), wip_refuses: Some(true), ..QueueRulesChange::default() };
    world.write(move |tx, max| change_queue_rules(tx, max, first, full)).unwrap();
    let homeless = world.lodge(&Actor::system("mail"), NewTicket { channel: Channel::Email, ..new }).unwrap();
    assert_eq!((homeless.queue, why_of(&homeless, Question::Queue)), (None, "full"));
    // What is done makes room again.
    let done = TicketChange { status: Some("resolved".into()), ..TicketChange::default() };
    for id in world.store.read().unwrap().scan::<Ticket>(&()).unwrap().map(|it| it.unwrap().id).collect::<Vec<_>>() {
        let done = done.clone();
        world.write(move |tx, max| tickets::change(tx, max, id, done)).unwrap();
    }
    assert_eq!(world.network_ticket().queue, Some(world.network));
    world.check();
}

#[test]
fn a_ticket_without_an_assignee_is_whoevers_who_opens_or_answers_it() {
    let world = World::new();
    let ada = world.crew[0].clone();
    let open = |id, by: &Actor| {
        let by = by.clone();
        world.store.write(move |tx| opened(tx, &by, id)).unwrap().0
    };
    let id = world.network_ticket().id;
    assert_eq!(open(id, &ada), None);
    world.queue(QueueRulesChange { takes: Some(Takes::OnOpen), ..QueueRulesChange::default() });
    let taken = open(id, &ada).unwrap();
    assert_eq!((taken.assignee, why_of(&taken, Question::Assignee)), (ada.person(), "opened"));
    assert_eq!(open(id, &world.crew[1]), None);
    // Their own requester does not take it.
    world.queue(QueueRulesChange { takes: Some(Takes::OnReply), ..QueueRulesChange::default() });
    let id = world.network_ticket().id;
    let answer = |by: &Actor, private: bool| {
        let by = by.clone();
        let new = NewComment::new("Hm", private, Channel::Portal);
        world.store.write(move |tx| tickets::add_comment(tx, &by, id, new)).unwrap().0.0
    };
    assert_eq!(answer(&world.rosa, false).assignee, None);
    assert_eq!(answer(&ada, true).assignee, None);
    let answered = answer(&world.crew[1], false);
    assert_eq!((answered.assignee, why_of(&answered, Question::Assignee)), (world.crew[1].person(), "answered"));
}

#[test]
fn a_rule_gives_it_to_whoever_is_on_call() {
    let world = World::new();
    let people: Vec<PersonId> = world.crew.iter().map(id_of).collect();
    let rotation = world
        .write(move |tx, max| {
            let layer = Layer { people, handover: Handover::Daily, minute: 0, first_day: 0 };
            create_rotation(tx, max, RotationDraft { name: "Nights".into(), zone: "UTC".into(), layers: vec![layer] })
        })
        .unwrap();
    let id = rotation.id;
    let rule = world.rule("On call", "p1 OR outage", Then { assignee: Some(Assign::OnCall(id)), ..Then::default() }, false);
    let tx = world.store.read().unwrap();
    let usual = on_call::who(&tx, id, tx.now()).unwrap().unwrap();
    let ticket = world.lodge(&world.rosa, plain("An outage")).unwrap();
    assert_eq!((ticket.assignee, ticket.routed.of(Question::Assignee).unwrap().reason.rule()), (Some(usual), Some((rule.id, 1))));
    assert_eq!(ticket.state, "assigned");
    // Somebody takes part in it and takes the span over; somebody else may not.
    let other = world.crew.iter().find(|it| id_of(it) != usual).unwrap().clone();
    let (from, until) = (tx.now(), Instant::from_millis(tx.now().as_millis() + 3_600_000));
    let swap = |by: &Actor, person: PersonId| {
        let by = by.clone();
        world.store.write(move |tx| add_override(tx, &by, id, Override { from, until, person })).map(|it| it.0)
    };
    assert_eq!(swap(&other, usual).unwrap_err().code(), Some(Code::Forbidden));
    swap(&other, id_of(&other)).unwrap();
    assert_eq!(world.lodge(&world.rosa, plain("An outage")).unwrap().assignee, other.person());
    assert_eq!(world.write(move |tx, max| on_call::delete_rotation(tx, max, id)).unwrap_err().code(), Some(Code::Conflict));
}

#[test]
fn many_are_assigned_at_once_each_for_itself() {
    let world = World::new();
    let rule = world.rule("VPN", "vpn", Then { queue: Some(world.network), ..Then::default() }, false);
    let (first, network) = (world.lodge(&world.rosa, plain("Printer")).unwrap(), world.network);
    let vpn = world
        .lodge(&world.max, NewTicket { requester: Some("rosa@example.com".into()), queue: Some("Service desk".into()), ..plain("VPN") })
        .unwrap();
    let bulk = |tickets: Vec<String>, by: By| world.write(move |tx, max| assign(tx, max, Bulk { tickets, by }));
    let named = vec![first.id.to_string(), vpn.id.to_string(), "INC-999999".to_owned()];
    let by_rule = bulk(named.clone(), By { rule: Some(rule.id), ..By::default() }).unwrap();
    assert_eq!(by_rule.iter().map(|it| it.done).collect::<Vec<_>>(), [false, true, false]);
    assert!(by_rule.iter().filter(|it| !it.done).all(|it| it.why_not.is_some()));
    assert_eq!(by_rule[1].ticket.as_ref().unwrap().queue, Some(network));
    let turns = bulk(vec![vpn.id.to_string()], By { strategy: Some(Strategy::RoundRobin), ..By::default() }).unwrap();
    assert!(turns[0].done && turns[0].ticket.as_ref().unwrap().assignee.is_some());
    // The service desk has a team without members.
    let none = bulk(vec![first.id.to_string()], By { strategy: Some(Strategy::LeastLoaded), ..By::default() }).unwrap();
    assert!(!none[0].done && none[0].why_not.is_some(), "{none:?}");
    let ada = id_of(&world.crew[0]);
    let both = bulk(named, By { queue: Some(network), assignee: Some(Some(ada)), ..By::default() }).unwrap();
    assert!(both[..2].iter().all(|it| it.done && it.ticket.as_ref().unwrap().assignee == Some(ada)));
    assert_eq!(bulk(Vec::new(), By { queue: Some(network), ..By::default() }).unwrap_err().code(), Some(Code::Validation));
    assert_eq!(bulk(vec!["x".into()], By::default()).unwrap_err().code(), Some(Code::Validation));
    let rosa = world.rosa.clone();
    let by = By { queue: Some(network), ..By::default() };
    let refused = world.store.write(move |tx| assign(tx, &rosa, Bulk { tickets: vec!["x".into()], by }));
    assert_eq!(refused.unwrap_err().code(), Some(Code::Forbidden));
    world.check();
}

#[test]
fn a_rule_is_tried_on_what_came_as_it_came() {
    let world = World::new();
    let caught = world.lodge(&world.rosa, plain("The VPN drops")).unwrap();
    world.lodge(&world.rosa, plain("The printer hums")).unwrap();
    // What became of it since then is of no matter.
    let id = caught.id;
    let renamed = TicketChange { title: Some("Solved by itself".into()), status: Some("resolved".into()), ..TicketChange::default() };
    world.write(move |tx, max| tickets::change(tx, max, id, renamed)).unwrap();
    let before: Vec<_> = world.store.read().unwrap().all_rows().unwrap().map(|it| it.unwrap()).collect();
    let tx = world.store.read().unwrap();
    let draft = RuleDraft {
        name: "VPN".into(),
        condition: "vpn".into(),
        then: Then { queue: Some(world.network), priority: Some(1), ..Then::default() },
        ..RuleDraft::default()
    };
    let trial = rehearse(&tx, &world.max, None, draft.clone(), 7).unwrap();
    assert_eq!((trial.looked, trial.cut, trial.caught), (2, false, 1));
    let would: Vec<_> = trial.shown[0].changes.iter().map(|it| (it.field, it.was.as_str(), it.would.as_str())).collect();
    assert_eq!((trial.shown[0].ticket, would), (id, vec![("queue", "Service desk", "Network"), ("priority", "P3", "P1")]));
    let after: Vec<_> = world.store.read().unwrap().all_rows().unwrap().map(|it| it.unwrap()).collect();
    assert!(before == after, "a trial wrote something");
    // A rule before it has the ticket already.
    world.rule("First", "vpn", Then { tags: vec!["vpn".into()], ..Then::default() }, false);
    let tx = world.store.read().unwrap();
    assert_eq!(rehearse(&tx, &world.max, None, RuleDraft { position: 9, ..draft.clone() }, 7).unwrap().caught, 0);
    assert_eq!(rehearse(&tx, &world.rosa, None, draft, 7).unwrap_err().code(), Some(Code::Forbidden));
}

#[test]
fn rules_are_checked_and_put_in_order() {
    let world = World::new();
    let then = Then { tags: vec!["x".into()], ..Then::default() };
    let [one, two, three] = ["One", "Two", "Three"].map(|name| world.rule(name, "", then.clone(), true));
    let ids = vec![three.id, one.id];
    let ordered = world.write(move |tx, max| order_rules(tx, max, &ids)).unwrap();
    assert_eq!(ordered.iter().map(|it| it.id).collect::<Vec<_>>(), [three.id, one.id, two.id]);
    let refused = |draft: RuleDraft| world.write(move |tx, max| create_rule(tx, max, draft)).unwrap_err();
    let fine = || RuleDraft { name: "x".into(), then: Then { tags: vec!["x".into()], ..Then::default() }, ..RuleDraft::default() };
    for draft in [
        RuleDraft { name: " ".into(), ..fine() },
        RuleDraft { then: Then::default(), ..fine() },
        RuleDraft { condition: "colour:red".into(), ..fine() },
        RuleDraft { condition: "breach:any".into(), ..fine() },
        RuleDraft { then: Then { queue: Some(QueueId::NIL), ..Then::default() }, ..fine() },
        RuleDraft { then: Then { assignee: Some(Assign::Person(id_of(&world.rosa))), ..Then::default() }, ..fine() },
        RuleDraft { then: Then { priority: Some(5), ..Then::default() }, ..fine() },
    ] {
        assert_eq!(refused(draft.clone()).code(), Some(Code::Validation), "{draft:?}");
    }
    let id = one.id;
    let stale = world.write(move |tx, max| change_rule(tx, max, id, Some(99), fine())).unwrap_err();
    assert_eq!(stale.code(), Some(Code::Stale));
}

#[test]
fn people_say_whether_they_are_there_and_admins_the_rest() {
    let world = World::new();
    let ada = world.crew[0].clone();
    let me = id_of(&ada);
    let own = |by: &Actor, of: PersonId, change: StandingChange| {
        let by = by.clone();
        world.store.write(move |tx| change_standing(tx, &by, of, change)).map(|it| it.0)
    };
    let away = || StandingChange { away: Some(true), ..StandingChange::default() };
    assert!(own(&ada, me, away()).unwrap().standing.away);
    assert_eq!(own(&world.crew[1], me, away()).unwrap_err().code(), Some(Code::Forbidden));
    let skilled = StandingChange { skills: Some(vec!["vpn".into()]), ..StandingChange::default() };
    assert_eq!(own(&ada, me, skilled).unwrap_err().code(), Some(Code::Forbidden));
    let now = world.store.read().unwrap().now();
    let at = |hours: i64| Instant::from_millis(now.as_millis() + hours * 3_600_000);
    let absences = |list: &[(i64, i64, Option<PersonId>)]| StandingChange {
        absences: Some(list.iter().map(|it| Absence { from: at(it.0), until: at(it.1), substitute: it.2 }).collect()),
        ..StandingChange::default()
    };
    for bad in [vec![(2, 1, None)], vec![(1, 3, None), (2, 4, None)], vec![(1, 2, Some(me))], vec![(1, 2, world.rosa.person())]] {
        assert_eq!(own(&ada, me, absences(&bad)).unwrap_err().code(), Some(Code::Validation), "{bad:?}");
    }
    let kept = own(&ada, me, absences(&[(5, 6, None), (-9, -8, None), (1, 2, world.crew[1].person())])).unwrap();
    assert_eq!(kept.standing.absences.iter().map(|it| it.from).collect::<Vec<_>>(), [at(1), at(5)]);
}

#[test]
fn moving_a_ticket_into_a_queue_that_assigns_gives_it_to_somebody() {
    let world = World::new();
    world.queue(strategy(Strategy::RoundRobin));
    let id = world.lodge(&world.rosa, plain("x")).unwrap().id;
    let there = TicketChange { queue: Some(Some("Network".into())), ..TicketChange::default() };
    let moved = world.write(move |tx, max| tickets::change(tx, max, id, there)).unwrap();
    assert_eq!((moved.assignee.is_some(), moved.state.as_str()), (true, "assigned"));
    let given = moved.assignee;
    // Whoever has it keeps it on the way elsewhere.
    let back = TicketChange { queue: Some(Some("Service desk".into())), ..TicketChange::default() };
    assert_eq!(world.write(move |tx, max| tickets::change(tx, max, id, back)).unwrap().assignee, given);
    let imported = world.lodge(&world.max, NewTicket { channel: Channel::Import, queue: Some("Network".into()), ..plain("Old") }).unwrap();
    assert_eq!(imported.assignee, None);
}

#[test]
fn after_hours_a_rule_sends_it_to_whoever_is_on_call() {
    let world = World::new();
    let now = world.store.read().unwrap().now();
    // A calendar that is closed today and one that is always open, whatever the day of the test.
    let [closed, open] = world
        .write(move |tx, max| {
            let another_day = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).weekday().wrapping_add(3_i64);
            let mut week = WeekHours::default();
            week.set(another_day, parse_shifts("hours", &[["09:00", "17:00"]])?);
            let closed = create_calendar(tx, max, "One day", Plan::new("UTC", week))?.id;
            Ok([closed, create_calendar(tx, max, "Always", Plan::new("UTC", WeekHours::always()))?.id])
        })
        .unwrap();
    for (when, fits) in [
        (When::Always, true),
        (When::Inside(Some(open)), true),
        (When::Outside(Some(open)), false),
        (When::Inside(Some(closed)), false),
        (When::Outside(Some(closed)), true),
    ] {
        assert_eq!(when.holds(&world.store.read().unwrap(), now).unwrap(), fits, "{when:?}");
    }
    // Without a calendar the desk's own hours count, whatever they are.
    let tx = world.store.read().unwrap();
    assert_ne!(When::Inside(None).holds(&tx, now).unwrap(), When::Outside(None).holds(&tx, now).unwrap());
    let network = world.network;
    let draft = move |when| RuleDraft {
        name: "Nights".into(),
        enabled: true,
        when,
        then: Then { queue: Some(network), ..Then::default() },
        ..RuleDraft::default()
    };
    let made = world.write(move |tx, max| create_rule(tx, max, draft(When::Outside(Some(closed))))).unwrap();
    assert_eq!(world.lodge(&world.rosa, plain("x")).unwrap().queue, Some(world.network));
    assert_eq!(world.write(move |tx, max| retire_calendar(tx, max, closed)).unwrap_err().code(), Some(Code::Conflict));
    let id = made.id;
    world.write(move |tx, max| change_rule(tx, max, id, Some(1), draft(When::Outside(Some(open))))).unwrap();
    assert_eq!(world.lodge(&world.rosa, plain("x")).unwrap().queue, Some(world.first));
}

fn candidate(n: usize, load: u64, capacity: Option<u64>, skills: &[&str]) -> Candidate {
    let person = PersonId(uuid::Uuid::from_u128(n as u128 + 1));
    Candidate {
        seat: person,
        person,
        skills: skills.iter().map(|it| (*it).to_owned()).collect(),
        load: Load { open: load, weight: load },
        capacity,
    }
}

proptest! {
    /// Whoever is chosen has room and knows what is needed; nobody is passed over who had less, and if nobody is chosen nobody could be.
    #[test]
    fn a_choice_is_fair(
        ring in prop::collection::vec((0..6_u64, prop::option::of(1..6_u64), any::<bool>()), 0..8),
        weight in 1..3_u64,
        which in 1..4_usize,
    ) {
        let ring: Vec<Candidate> =
            ring.iter().enumerate().map(|(n, it)| candidate(n, it.0, it.1, if it.2 { &["vpn"] } else { &[] })).collect();
        let (strategy, needed) = (Strategy::ALL[which], ["vpn".to_owned()]);
        let knows = |it: &&Candidate| strategy != Strategy::SkillBased || !it.skills.is_empty();
        let free: Vec<&Candidate> =
            ring.iter().filter(knows).filter(|it| it.capacity.is_none_or(|most| it.load.weight + weight <= most)).collect();
        match choose(strategy, &ring, weight, &needed) {
            Err(_) => prop_assert!(free.is_empty()),
            Ok(it) => {
                let least = free.iter().map(|it| it.load.weight).min().unwrap();
                let first = free.iter().find(|it| strategy == Strategy::RoundRobin || it.load.weight == least).unwrap();
                prop_assert_eq!(&it, first);
            }
        }
    }

    /// With everybody there and room for all, the shares of a round robin differ by one at most, whatever the number of people.
    #[test]
    fn turns_are_even(people in 1..7_usize, tickets in 0..60_usize) {
        let mut last: Option<PersonId> = None;
        let all: Vec<Candidate> = (0..people).map(|n| candidate(n, 0, None, &[])).collect();
        let mut got: BTreeMap<PersonId, usize> = all.iter().map(|it| (it.person, 0)).collect();
        for _ in 0..tickets {
            let mut ring = all.clone();
            if let Some(last) = last {
                let split = ring.partition_point(|it| it.seat <= last);
                ring.rotate_left(split);
            }
            let chosen = choose(Strategy::RoundRobin, &ring, 1, &[]).unwrap();
            last = Some(chosen.seat);
            *got.get_mut(&chosen.person).unwrap() += 1;
        }
        prop_assert!(got.values().max().unwrap() - got.values().min().unwrap() <= 1);
    }
}

#[test]
fn old_settings_and_queues_are_read() {
    let world = World::new();
    let tx = world.store.read().unwrap();
    let settings = Settings::of(&tx).unwrap();
    assert_eq!(settings.routing, RoutingRules::default());
    assert_eq!((settings.routing.vip_priority, settings.routing.default_priority), (2, 3));
}
