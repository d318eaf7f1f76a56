//! Votes: taken by link, changed, counted where they belong, and shown to whom they concern.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    desk::{
        identity::{self, NewPerson},
        queues,
        settings::{self, SettingsChange},
        tickets::{self, Channel, Kind, NewTicket},
    },
    error::Code,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

struct World {
    store: Store,
    clock: Arc<AtomicI64>,
    rosa: Actor,
    otto: Actor,
    ada: Actor,
    bea: Actor,
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
            queues::create_queue(tx, &Actor::system("test"), "Network", None)?;
            let mut actor = |name: &str, role: &str| {
                let new =
                    NewPerson { email: format!("{name}@example.com"), name: name.into(), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &Actor::system("test"), new)?;
                identity::actor_of(tx, &person, Origin::default())
            };
            Ok([actor("rosa", "requester")?, actor("otto", "requester")?, actor("ada", "agent")?, actor("bea", "agent")?])
        });
        let [rosa, otto, ada, bea] = people.unwrap().0;
        World { store, clock, rosa, otto, ada, bea }
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    fn ticket(&self, agent: &Actor, queue: &str) -> Ticket {
        let (rosa, agent, queue) = (self.rosa.clone(), agent.person().unwrap(), queue.to_owned());
        self.write(move |tx| {
            let new = NewTicket {
                assignee: Some(agent.to_string()),
                queue: Some(queue),
                requester: Some(rosa.person().unwrap().to_string()),
                ..NewTicket::new(Kind::Incident, "VPN", Channel::Phone)
            };
            let ticket = tickets::create(tx, &Actor::system("test"), new)?;
            go(tx, ticket.id, "resolved")
        })
        .unwrap()
    }

    fn token(&self, ticket: &Ticket) -> String {
        let tx = self.store.read().unwrap();
        SurveyLink::of(ticket.id, ticket.requester, tx.now()).token(&Settings::of(&tx).unwrap())
    }

    fn rules(&self, survey: SurveyRules) {
        let change = SettingsChange { survey: Some(survey), ..SettingsChange::default() };
        self.write(|tx| settings::change(tx, &Actor::system("test"), change)).unwrap();
    }

    fn rate(&self, token: &str, vote: &str, comment: Option<&str>) -> Result<Ticket> {
        let vote = Vote { comment: comment.map(str::to_owned), ..Vote::named(vote).unwrap() };
        let token = token.to_owned();
        self.write(move |tx| rate(tx, &token, vote, Origin::default()))
    }

    /// A vote in the form in which the desk asks at that time.
    fn answer(&self, token: &str, vote: &str) -> Ticket {
        self.rules(SurveyRules { stars: Vote::named(vote).unwrap().stars.is_some(), ..SurveyRules::default() });
        self.rate(token, vote, None).unwrap()
    }

    fn report(&self, by: By) -> Vec<(String, u32, u32)> {
        let tx = self.store.read().unwrap();
        let report = report(&tx, &self.ada, None, None, by).unwrap();
        report.rows.into_iter().map(|it| (it.name, it.votes.good, it.votes.bad)).collect()
    }
}

fn go(tx: &mut Tx, id: TicketId, to: &str) -> Result<Ticket> {
    tickets::change(tx, &Actor::system("test"), id, tickets::TicketChange { status: Some(to.to_owned()), ..Default::default() })
}

#[test]
fn only_what_the_desk_asks_is_taken() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let token = world.token(&ticket);
    let code = |vote| world.rate(&token, vote, None).err().map(|it| it.code());
    assert_eq!(code("4"), Some(Some(Code::Validation)), "nobody asks for stars");
    assert_eq!(code("good"), None);
    world.rules(SurveyRules { stars: true, ..SurveyRules::default() });
    assert_eq!(code("bad"), Some(Some(Code::Validation)), "stars are asked for");
    assert_eq!(code("2"), None);
    world.rules(SurveyRules { on: false, ..SurveyRules::default() });
    assert_eq!(code("bad"), Some(Some(Code::Conflict)), "nobody is asked");
    world.rules(SurveyRules::default());
    let id = ticket.id;
    world.write(move |tx| go(tx, id, "in_progress")).unwrap();
    assert_eq!(code("good"), Some(Some(Code::Conflict)), "it goes on");
    world.write(move |tx| go(tx, id, "resolved")).unwrap();
    assert_eq!(code("good"), None);
}

#[test]
fn a_vote_is_taken_changed_and_counted_once() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let token = world.token(&ticket);
    let rated = world.rate(&token, "bad", Some("  Slow.  ")).unwrap();
    let said = rated.satisfaction.clone().unwrap();
    assert_eq!((said.score(), said.comment.as_deref(), said.by), ("bad", Some("Slow."), ticket.requester));
    assert_eq!(world.report(By::Agent), [("ada".to_owned(), 0, 1)]);
    assert_eq!(world.rate(&token, "bad", None).unwrap().version, rated.version, "the same again changes nothing");
    let changed = world.rate(&token, "good", None).unwrap();
    assert_eq!(changed.satisfaction.as_ref().unwrap().comment.as_deref(), Some("Slow."), "a word that is not sent again stays");
    assert_eq!(world.report(By::Queue), [("Network".to_owned(), 1, 0)]);
    assert_eq!(world.rate(&token, "good", Some("")).unwrap().satisfaction.unwrap().comment, None, "an empty one takes it away");
    let events = world.store.read().unwrap().history(ticket.id.0, None, 10).unwrap();
    assert_eq!(events.iter().filter(|it| it.kind == "satisfaction.given").count(), 3);
    assert_eq!(events[0].actor.id, Some(ticket.requester.0));
}

#[test]
fn a_vote_stays_where_it_was_given_when_the_work_moves_on() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let token = world.token(&ticket);
    world.rate(&token, "good", None).unwrap();
    let (id, bea) = (ticket.id, world.bea.person().unwrap().to_string());
    world
        .write(move |tx| {
            tickets::change(tx, &Actor::system("test"), id, tickets::TicketChange { assignee: Some(Some(bea)), ..Default::default() })
        })
        .unwrap();
    assert_eq!(world.report(By::Agent), [("ada".to_owned(), 1, 0)]);
    world.rate(&token, "bad", None).unwrap();
    assert_eq!(world.report(By::Agent), [("bea".to_owned(), 0, 1)], "said anew, it is said of who works it now, and of nobody else");
}

#[test]
fn links_that_are_over_forged_or_lead_nowhere_take_no_vote() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let token = world.token(&ticket);
    let mut forged = token.clone();
    forged.replace_range(10..11, if &token[10..11] == "A" { "B" } else { "A" });
    for (what, token) in [("forged", forged.as_str()), ("none", ""), ("short", &token[..20])] {
        assert_eq!(world.rate(token, "good", None).unwrap_err().code(), Some(Code::NotFound), "{what}");
    }
    let long = "x".repeat(limits::SURVEY_COMMENT_CHARS_MAX + 1);
    assert_eq!(world.rate(&token, "good", Some(&long)).unwrap_err().code(), Some(Code::Validation));
    world.clock.fetch_add(Duration::from_secs(30 * 24 * 3600).as_millis() as i64 + 1, Ordering::Relaxed);
    assert_eq!(world.rate(&token, "good", None).unwrap_err().code(), Some(Code::NotFound), "over");
    let fresh = world.token(&ticket);
    assert!(world.rate(&fresh, "good", None).is_ok());
    let id = ticket.id;
    world.write(move |tx| tickets::delete(tx, &Actor::system("test"), id, None)).unwrap();
    assert_eq!(world.rate(&fresh, "bad", None).unwrap_err().code(), Some(Code::NotFound), "deleted");
}

#[test]
fn what_was_said_is_for_those_whom_it_concerns() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let rated = world.rate(&world.token(&ticket), "good", None).unwrap();
    for (who, sees) in [(&world.rosa, true), (&world.otto, false), (&world.ada, true)] {
        assert_eq!(shown(who, &rated).is_some(), sees);
    }
    let tx = world.store.read().unwrap();
    assert_eq!(report(&tx, &world.rosa, None, None, By::Agent).unwrap_err().code(), Some(Code::Forbidden));
}

#[test]
fn words_for_votes() {
    for (text, expected) in [
        ("good", Some((true, None))),
        ("bad", Some((false, None))),
        ("5", Some((true, Some(5)))),
        ("3", Some((false, Some(3)))),
        ("0", None),
        ("6", None),
        ("", None),
        ("Good!", None),
    ] {
        assert_eq!(Vote::named(text).map(|it| (it.good, it.stars)), expected, "{text}");
        assert!(Vote::named(text).is_none_or(|it| it.name() == text));
    }
}

#[test]
fn a_report_tells_apart_what_it_is_asked_to() {
    let world = World::new();
    for (day, agent, queue, vote) in
        [(0, &world.ada, "Network", "5"), (1, &world.ada, "Service desk", "2"), (9, &world.bea, "Network", "good")]
    {
        let at = 1_800_000_000_000 + day * 24 * 3_600_000;
        world.clock.store(at, Ordering::Relaxed);
        let ticket = world.ticket(agent, queue);
        world.answer(&world.token(&ticket), vote);
    }
    let rows = |expected: &[(&str, u32, u32)]| expected.iter().map(|it| (it.0.to_owned(), it.1, it.2)).collect::<Vec<_>>();
    assert_eq!(world.report(By::Agent), rows(&[("ada", 1, 1), ("bea", 1, 0)]));
    assert_eq!(world.report(By::Queue), rows(&[("Network", 2, 0), ("Service desk", 0, 1)]));
    assert_eq!(world.report(By::Day), rows(&[("2027-01-15", 1, 0), ("2027-01-16", 0, 1), ("2027-01-24", 1, 0)]));
    assert_eq!(world.report(By::Week), rows(&[("2027-W02", 1, 1), ("2027-W03", 1, 0)]));
    let tx = world.store.read().unwrap();
    let some = report(&tx, &world.ada, Some(date(2027, 1, 16)), Some(date(2027, 1, 23)), By::Day).unwrap();
    assert_eq!((some.total.good, some.total.bad, some.total.mean_stars()), (0, 1, Some(2.0)));
    for (from, to) in [(date(2027, 1, 2), date(2027, 1, 1)), (date(2000, 1, 1), date(2027, 1, 1))] {
        assert_eq!(report(&tx, &world.ada, Some(from), Some(to), By::Day).unwrap_err().code(), Some(Code::Validation));
    }
}

#[test]
fn who_is_asked() {
    let world = World::new();
    let ticket = world.ticket(&world.ada, "Network");
    let queue = ticket.queue.unwrap();
    for (rules, asks) in [
        (SurveyRules::default(), true),
        (SurveyRules { on: false, ..SurveyRules::default() }, false),
        (SurveyRules { silent_queues: vec![queue], ..SurveyRules::default() }, false),
        (SurveyRules { silent_queues: vec![QueueId::NIL], ..SurveyRules::default() }, true),
    ] {
        let change = SettingsChange { survey: Some(rules.clone()), ..SettingsChange::default() };
        world.write(|tx| settings::change(tx, &Actor::system("test"), change)).unwrap();
        assert_eq!(Settings::of(&world.store.read().unwrap()).unwrap().survey.asks_about(&ticket), asks, "{rules:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However votes come and change, the counts are those of the votes that stand.
    #[test]
    fn the_counts_are_those_of_the_votes(votes in prop::collection::vec((0_usize..4, 0_usize..7), 1..30)) {
        let world = World::new();
        let tickets = [(&world.ada, "Network"), (&world.ada, "Service desk"), (&world.bea, "Network"), (&world.bea, "Service desk")]
            .map(|(agent, queue)| world.ticket(agent, queue));
        let tokens = tickets.each_ref().map(|it| world.token(it));
        let mut stands: [Option<&str>; 4] = [None; 4];
        for (at, vote) in votes {
            let vote = ["good", "bad", "1", "2", "3", "4", "5"][vote];
            world.answer(&tokens[at], vote);
            stands[at] = Some(vote);
        }
        let good = stands.iter().flatten().filter(|it| Vote::named(it).unwrap().good).count() as u32;
        let bad = stands.iter().flatten().count() as u32 - good;
        let tx = world.store.read().unwrap();
        for by in By::ALL {
            let report = report(&tx, &world.ada, None, None, by).unwrap();
            prop_assert_eq!((report.total.good, report.total.bad), (good, bad));
            let sum = report.rows.iter().fold((0, 0), |sum, it| (sum.0 + it.votes.good, sum.1 + it.votes.bad));
            prop_assert_eq!(sum, (good, bad));
        }
    }
}
