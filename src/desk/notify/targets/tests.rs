//! Who hears of a target, told through the log: a ticket, a policy, a clock that the test sets, and the letters that follow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, NewPerson},
        mail::{
            compose,
            occasion::Occasion,
            outbox::{self, Letter, LetterState},
        },
        notify,
        queues::{self, TeamChange},
        routing::{
            Absence, StandingChange, change_standing,
            on_call::{self, Handover, Layer, Override, RotationDraft},
        },
        service_levels::{self, Level, Policies, PolicyChange, Step, Target, TargetRow, Window},
        settings::{self, SettingsChange},
        tickets::{self, Channel, Kind, NewTicket},
    },
    error::{Code, Result},
    id::{PersonId, RotationId, TicketId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

const HOUR: i64 = 3_600_000;

/// A desk round the clock that promises an answer within an hour. Lea leads the team Network, Max is in it, Ona is in none and on call.
struct Desk {
    store: Store,
    clock: Arc<AtomicI64>,
    amy: Actor,
    rob: Actor,
    ona: PersonId,
    lea: PersonId,
    max: PersonId,
    nights: RotationId,
    /// The last event that was told.
    told: AtomicI64,
}

impl Desk {
    fn new() -> Desk {
        let begin: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let clock = Arc::new(AtomicI64::new(begin.as_millis()));
        let shown = clock.clone();
        let options = Options::new(MemoryEngine::default());
        let store =
            Store::open(Options { clock: Box::new(move || Instant::from_millis(shown.load(Ordering::Relaxed))), ..options }).unwrap();
        let (amy, rob, [ona, lea, max], nights) = store.write(found).unwrap().0;
        Desk { store, clock, amy, rob, ona, lea, max, nights, told: AtomicI64::new(0) }
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.clock.load(Ordering::Relaxed))
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx, &Actor) -> Result<T> + Send + 'static) -> Result<T> {
        let amy = self.amy.clone();
        self.store.write(move |tx| run(tx, &amy)).map(|it| it.0)
    }

    /// At the breach of the first response these are told.
    fn tell(&self, tell: Vec<Level>, window: Window) -> Result<()> {
        self.write(move |tx, amy| {
            let step = Step { target: Some(Target::Response), share: 100, tell, window, acts: Vec::new() };
            let targets = [TargetRow { response: Some(60), ..TargetRow::default() }; 4];
            let id = Policies::of(tx)?.list[0].id;
            let change = PolicyChange { steps: Some(vec![step]), targets: Some(targets), ..PolicyChange::default() };
            service_levels::change_policy(tx, amy, id, change).map(drop)
        })
    }

    fn lodge(&self, queue: Option<&'static str>) -> TicketId {
        self.lodge_many(1, queue)[0]
    }

    fn lodge_many(&self, count: usize, queue: Option<&'static str>) -> Vec<TicketId> {
        let rob = self.rob.person().map(|it| it.to_string());
        self.write(move |tx, amy| {
            let mut one = |_| {
                let mut new = NewTicket::new(Kind::Incident, "The printer hums", Channel::Api);
                (new.requester, new.queue) = (rob.clone(), queue.map(str::to_owned));
                tickets::create(tx, amy, new).map(|it| it.id)
            };
            (0..count).map(&mut one).collect()
        })
        .unwrap()
    }

    /// Lets an hour pass, acts on what is due and tells of it.
    fn hour(&self) {
        self.clock.fetch_add(HOUR, Ordering::Relaxed);
        self.write(|tx, _| service_levels::act(tx, 10_000)).unwrap();
        let after = u64::try_from(self.told.load(Ordering::Relaxed)).unwrap();
        let last = self
            .write(move |tx, _| {
                let mut last = after;
                for event in tx.events_after(after, 100_000)? {
                    last = event.seq;
                    notify::tell(tx, &event)?;
                }
                Ok(last)
            })
            .unwrap();
        self.told.store(i64::try_from(last).unwrap(), Ordering::Relaxed);
    }

    fn letters(&self, ticket: TicketId) -> Vec<Letter> {
        let all = outbox::of_ticket(&self.store.read().unwrap(), ticket).unwrap();
        all.into_iter().filter(|it| it.occasion == Occasion::TargetMissed).collect()
    }

    /// The names of those who were told that a target of this ticket was missed.
    fn heard(&self, ticket: TicketId) -> Vec<String> {
        let mut names: Vec<String> = self.letters(ticket).into_iter().map(|it| it.recipients[0].name.clone()).collect();
        names.sort();
        names
    }
}

fn found(tx: &mut Tx) -> Result<(Actor, Actor, [PersonId; 3], RotationId)> {
    let system = Actor::system("setup");
    settings::found(tx, &system, "Help")?;
    let open = SettingsChange {
        calendar: Some(None),
        addresses: Some(vec!["help@desk.example".into()]),
        base_url: Some("https://desk.example".into()),
        ..SettingsChange::default()
    };
    settings::change(tx, &system, open)?;
    let mut add = |name: &str, role: &str| {
        let email = format!("{}@desk.example", name.to_lowercase());
        identity::create_person(tx, &system, NewPerson { email, name: name.into(), roles: vec![role.into()], ..NewPerson::default() })
    };
    let (amy, rob) = (add("Amy", "admin")?, add("Rob", "requester")?);
    let [ona, lea, max] = [add("Ona", "agent")?.id, add("Lea", "agent")?.id, add("Max", "agent")?.id];
    let (amy, rob) = (identity::actor_of(tx, &amy, Origin::default())?, identity::actor_of(tx, &rob, Origin::default())?);
    let team = queues::create_team(tx, &system, "Network")?;
    let change = TeamChange { lead: Some(Some(lea)), members: Some(vec![lea, max]), ..TeamChange::default() };
    queues::change_team(tx, &system, team.id, change)?;
    queues::create_queue(tx, &system, "Network", Some(team.id))?;
    let layer = Layer { people: vec![ona], handover: Handover::Daily, minute: 0, first_day: 0 };
    let nights = on_call::create_rotation(tx, &system, RotationDraft { name: "Nights".into(), zone: "UTC".into(), layers: vec![layer] })?;
    Ok((amy, rob, [ona, lea, max], nights.id))
}

#[test]
fn whoever_is_on_call_at_that_instant_is_told() {
    let desk = Desk::new();
    let (nights, max) = (desk.nights, desk.max);
    desk.tell(vec![Level::OnCall(nights)], Window::Always).unwrap();
    let first = desk.lodge(Some("Network"));
    desk.hour();
    assert_eq!(desk.heard(first), ["Ona"]);
    // Max takes over from now on, and what was told stays told.
    let (from, until) = (desk.now(), Instant::from_millis(desk.now().as_millis() + 10 * HOUR));
    desk.write(move |tx, amy| on_call::add_override(tx, amy, nights, Override { from, until, person: max })).unwrap();
    let second = desk.lodge(Some("Network"));
    desk.hour();
    assert_eq!((desk.heard(first), desk.heard(second)), (vec!["Ona".to_owned()], vec!["Max".to_owned()]));
}

#[test]
fn with_nobody_on_call_the_next_wider_level_is_told() {
    let desk = Desk::new();
    let (nights, ona, lea) = (desk.nights, desk.ona, desk.lea);
    desk.tell(vec![Level::OnCall(nights)], Window::Always).unwrap();
    let away = move |tx: &mut Tx, amy: &Actor, person: PersonId, away: bool| {
        let change = StandingChange { away: Some(away), ..StandingChange::default() };
        change_standing(tx, amy, person, change).map(drop)
    };
    desk.write(move |tx, amy| away(tx, amy, ona, true)).unwrap();
    let (of_team, of_none) = (desk.lodge(Some("Network")), desk.lodge(None));
    desk.hour();
    assert_eq!(desk.heard(of_team), ["Lea", "Max"], "the queue's team");
    assert_eq!(desk.heard(of_none), Vec::<String>::new(), "no queue, no team: nobody stands behind the rotation");
    // Whoever is absent has somebody who stands in, and they are on call then.
    desk.write(move |tx, amy| {
        away(tx, amy, ona, false)?;
        let absence = Absence { from: tx.now(), until: Instant::from_millis(tx.now().as_millis() + 10 * HOUR), substitute: Some(lea) };
        let change = StandingChange { absences: Some(vec![absence]), ..StandingChange::default() };
        change_standing(tx, amy, ona, change)
    })
    .unwrap();
    let stood_in = desk.lodge(None);
    desk.hour();
    assert_eq!(desk.heard(stood_in), ["Lea"]);
}

#[test]
fn a_rotation_that_a_policy_names_exists_and_stays() {
    let desk = Desk::new();
    let nights = desk.nights;
    let unknown = RotationId(uuid::Uuid::from_u128(7));
    assert_eq!(desk.tell(vec![Level::OnCall(unknown)], Window::Always).unwrap_err().code(), Some(Code::Validation));
    desk.tell(vec![Level::Lead, Level::OnCall(nights)], Window::Always).unwrap();
    let refused = desk.write(move |tx, amy| on_call::delete_rotation(tx, amy, nights)).unwrap_err();
    assert_eq!(refused.code(), Some(Code::Conflict));
    assert!(refused.to_string().contains("The policy Incidents tells"), "{refused}");
    desk.tell(vec![Level::Lead], Window::Always).unwrap();
    desk.write(move |tx, amy| on_call::delete_rotation(tx, amy, nights)).unwrap();
}

/// The letters that one breach of so many tickets at the same instant makes for Lea, who leads.
fn storm(desk: &Desk, count: usize) -> (Vec<Letter>, Vec<Letter>) {
    let ids: Vec<TicketId> = desk.lodge_many(count, Some("Network"));
    desk.hour();
    let alone = ids.iter().flat_map(|it| desk.letters(*it)).collect();
    let tx = desk.store.read().unwrap();
    let all = tx.scan::<Letter>(&()).unwrap().map(|it| it.unwrap());
    (alone, all.filter(|it| it.gathered.is_some()).collect())
}

#[test]
fn a_storm_is_gathered_and_the_first_go_at_once() {
    for (count, alone, gathered, listed) in [(1, 1, None, 0), (5, 3, Some(2), 2), (5_000, 3, Some(4_997), 50)] {
        let desk = Desk::new();
        desk.tell(vec![Level::Lead], Window::Always).unwrap();
        let (first, one) = storm(&desk, count);
        assert_eq!((first.len(), one.len()), (alone, usize::from(gathered.is_some())), "{count}");
        assert!(first.iter().all(|it| it.held_until.is_none()), "{count}: at once");
        let Some(letter) = one.first() else { continue };
        let inside = letter.gathered.clone().unwrap();
        assert_eq!((Some(inside.count), inside.tickets.len()), (gathered, listed), "{count}");
        assert_eq!((letter.state, letter.held_until), (LetterState::Held, Some(desk.now().plus(Duration::from_secs(600)))), "{count}");
        let mail = compose::compose(&desk.store.read().unwrap(), letter).unwrap().unwrap();
        assert_eq!(mail.subject, format!("Overdue: {} targets", gathered.unwrap()));
        assert_eq!(mail.text.matches("\n- INC-").count(), listed, "{}", mail.text);
        assert_eq!(mail.html.matches("<li>").count(), listed);
        assert!(mail.text.contains("https://desk.example/agent/views/breached"), "{}", mail.text);
        assert_eq!(mail.text.contains("the first of them"), count == 5_000);
        assert!(mail.html.contains("within a few minutes") && mail.html.contains("The printer hums"), "{}", mail.html);
    }
}

#[test]
fn each_storm_begins_anew_and_each_person_has_their_own() {
    let desk = Desk::new();
    desk.tell(vec![Level::Queue], Window::Always).unwrap();
    let (first, one) = storm(&desk, 4);
    assert_eq!((first.len(), one.len()), (6, 2), "three for each of the two, and one that waits");
    // An hour later what was gathered has long left, and the next ones go at once again.
    let (next, one) = storm(&desk, 2);
    assert_eq!((next.len(), one.len()), (4, 2));
}

#[test]
fn a_level_is_read_as_it_is_written() {
    let id = RotationId(uuid::Uuid::from_u128(1));
    let person = PersonId(uuid::Uuid::from_u128(2));
    for level in [Level::Assignee, Level::Queue, Level::Lead, Level::Manager, Level::Person(person), Level::OnCall(id)] {
        assert_eq!(Level::parse(&level.text()), Some(level));
    }
    for text in ["", "boss", "on_call:", "on_call:Nights"] {
        assert_eq!(Level::parse(text), None, "{text}");
    }
}
