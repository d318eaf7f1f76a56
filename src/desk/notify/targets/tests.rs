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
        bounds::Reach,
        calendars::{self, Plan, WeekHours},
        identity::{self, NewPerson, NewRole, PersonChange},
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
    id::{CalendarId, PersonId, RotationId, TicketId},
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
        self.steps(vec![Step { target: Some(Target::Response), share: 100, tell, window, acts: Vec::new() }], None)
    }

    /// A first response within an hour, and a resolution within so many minutes.
    fn steps(&self, steps: Vec<Step>, resolution: Option<u32>) -> Result<()> {
        self.write(move |tx, amy| {
            let targets = [TargetRow { response: Some(60), resolution, ..TargetRow::default() }; 4];
            let id = Policies::of(tx)?.list[0].id;
            let change = PolicyChange { steps: Some(steps), targets: Some(targets), ..PolicyChange::default() };
            service_levels::change_policy(tx, amy, id, change).map(drop)
        })
    }

    /// The targets run round the clock, while the team's hours begin at noon; a team Servers, which Lea leads too, begins at two.
    fn keep_hours(&self) {
        let lea = self.lea;
        self.write(move |tx, amy| {
            let mut calendar = |name: &str, hours: [&str; 2]| -> Result<CalendarId> {
                let week = WeekHours::weekdays(&calendars::parse_shifts("hours", &[hours])?);
                Ok(calendars::create_calendar(tx, amy, name, Plan::new("UTC", week))?.id)
            };
            let (noon, two) = (calendar("Noon", ["12:00", "13:00"])?, calendar("Two", ["14:00", "15:00"])?);
            let always = calendars::create_calendar(tx, amy, "Always", Plan::new("UTC", WeekHours::always()))?.id;
            let id = Policies::of(tx)?.list[0].id;
            service_levels::change_policy(tx, amy, id, PolicyChange { calendar: Some(Some(always)), ..PolicyChange::default() })?;
            let network = queues::teams(tx)?.into_iter().find(|it| it.name == "Network").map(|it| it.id).unwrap();
            queues::change_team(tx, amy, network, TeamChange { calendar: Some(Some(noon)), ..TeamChange::default() })?;
            let servers = queues::create_team(tx, amy, "Servers")?;
            let change = TeamChange { lead: Some(Some(lea)), calendar: Some(Some(two)), members: Some(vec![lea]), ..TeamChange::default() };
            queues::change_team(tx, amy, servers.id, change)?;
            queues::create_queue(tx, amy, "Servers", Some(servers.id)).map(drop)
        })
        .unwrap();
    }

    fn lodge(&self, queue: Option<&'static str>) -> TicketId {
        self.lodge_many(1, queue)[0]
    }

    fn lodge_many(&self, count: usize, queue: Option<&'static str>) -> Vec<TicketId> {
        self.lodge_urgent(count, queue, None)
    }

    fn lodge_urgent(&self, count: usize, queue: Option<&'static str>, priority: Option<u8>) -> Vec<TicketId> {
        let rob = self.rob.person().map(|it| it.to_string());
        self.write(move |tx, amy| {
            let mut one = |_| {
                let mut new = NewTicket::new(Kind::Incident, "The printer hums", Channel::Api);
                (new.requester, new.queue) = (rob.clone(), queue.map(str::to_owned));
                new.priority = priority;
                tickets::create(tx, amy, new).map(|it| it.id)
            };
            (0..count).map(&mut one).collect()
        })
        .unwrap()
    }

    fn hour(&self) {
        self.pass(HOUR);
    }

    /// Lets milliseconds pass, acts on what is due and tells of it.
    fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
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

    /// The mails that gather others, oldest first.
    fn digests(&self) -> Vec<Letter> {
        let tx = self.store.read().unwrap();
        tx.scan::<Letter>(&()).unwrap().map(|it| it.unwrap()).filter(|it| it.gathered.is_some()).collect()
    }

    /// The words of a mail, if it is sent.
    fn text(&self, letter: &Letter) -> Option<String> {
        compose::compose(&self.store.read().unwrap(), letter).unwrap().map(|it| it.text)
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
    (alone, desk.digests())
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

/// The counts of the digests, and in how many seconds each goes.
fn waiting(desk: &Desk) -> Vec<(u64, u64)> {
    let left = |it: &Letter| it.held_until.unwrap().since(desk.now()).as_secs();
    desk.digests().iter().map(|it| (it.gathered.as_ref().unwrap().count, left(it))).collect()
}

#[test]
fn what_is_urgent_waits_behind_nothing_and_is_gathered_too() {
    let desk = Desk::new();
    desk.tell(vec![Level::Lead], Window::Always).unwrap();
    desk.lodge_urgent(5, Some("Network"), Some(4));
    let urgent = desk.lodge_urgent(1, Some("Network"), Some(1))[0];
    desk.hour();
    assert_eq!(desk.letters(urgent).len(), 1, "by itself, although the others are gathered");
    assert_eq!(desk.letters(urgent)[0].held_until, None);
    assert_eq!(waiting(&desk), [(2, 600)]);

    let desk = Desk::new();
    desk.tell(vec![Level::Lead], Window::Always).unwrap();
    let all = desk.lodge_urgent(500, Some("Network"), Some(1));
    desk.hour();
    assert_eq!(all.iter().map(|it| desk.letters(*it).len()).sum::<usize>(), 3);
    assert_eq!(waiting(&desk), [(497, 60)], "a minute, and one mail");
}

#[test]
fn whoever_is_on_call_and_whoever_hears_later_levels_are_told_as_urgently() {
    let desk = Desk::new();
    let (nights, lea, from) = (desk.nights, desk.lea, desk.now());
    let until = from.plus(Duration::from_secs(86_400));
    desk.write(move |tx, amy| on_call::add_override(tx, amy, nights, Override { from, until, person: lea })).unwrap();
    // Lea is told once, as urgently as the more urgent of both asks for, whichever comes first.
    for tell in [vec![Level::Lead, Level::OnCall(nights)], vec![Level::OnCall(nights), Level::Lead]] {
        desk.tell(tell, Window::Always).unwrap();
        let before = desk.digests().len();
        let (first, all) = storm(&desk, 5);
        assert_eq!((first.len(), all.len() - before), (3, 1));
        assert_eq!(waiting(&desk).last(), Some(&(2, 60)));
    }

    let desk = Desk::new();
    let at = |share| Step { target: Some(Target::Response), share, tell: vec![Level::Lead], window: Window::Always, acts: Vec::new() };
    desk.steps(vec![at(100), at(105)], None).unwrap();
    let ids = desk.lodge_many(5, Some("Network"));
    desk.hour();
    assert_eq!(waiting(&desk), [(2, 600)]);
    desk.pass(3 * 60_000);
    assert_eq!(waiting(&desk), [(2, 420), (2, 60)], "the level beyond the target does not wait with the others");
    assert_eq!(ids.iter().map(|it| desk.letters(*it).len()).sum::<usize>(), 6);
}

#[test]
fn the_earlier_of_two_instants_counts() {
    let desk = Desk::new();
    desk.keep_hours();
    let at = |window| Step { target: Some(Target::Response), share: 100, tell: vec![Level::Lead], window, acts: Vec::new() };
    desk.steps(vec![at(Window::WorkingHours), at(Window::Always)], None).unwrap();
    let one = desk.lodge(Some("Network"));
    desk.hour();
    assert_eq!(desk.letters(one).iter().map(|it| it.held_until).collect::<Vec<_>>(), [None]);
}

#[test]
fn whoever_is_there_when_the_hours_begin_is_told() {
    let desk = Desk::new();
    desk.keep_hours();
    let (nights, ona, max) = (desk.nights, desk.ona, desk.max);
    desk.tell(vec![Level::OnCall(nights)], Window::WorkingHours).unwrap();
    // Ona is there when the target is missed, at ten, and not at noon.
    let (from, until) = ("2026-03-02T11:00:00Z".parse().unwrap(), "2026-03-02T20:00:00Z".parse().unwrap());
    desk.write(move |tx, amy| {
        let change = StandingChange { absences: Some(vec![Absence { from, until, substitute: Some(max) }]), ..StandingChange::default() };
        change_standing(tx, amy, ona, change)
    })
    .unwrap();
    let one = desk.lodge(Some("Network"));
    desk.hour();
    assert_eq!(desk.heard(one), ["Max"]);
    assert_eq!(desk.letters(one)[0].held_until, Some("2026-03-02T12:00:00Z".parse().unwrap()));
}

#[test]
fn what_waits_for_hours_is_gathered_for_each_beginning() {
    let desk = Desk::new();
    desk.keep_hours();
    desk.tell(vec![Level::Lead], Window::WorkingHours).unwrap();
    let ids: Vec<TicketId> = (0..5).flat_map(|_| [desk.lodge(Some("Network")), desk.lodge(Some("Servers"))]).collect();
    desk.hour();
    assert_eq!(ids.iter().map(|it| desk.letters(*it).len()).sum::<usize>(), 6, "three for each");
    let mut two = waiting(&desk);
    two.sort_unstable();
    assert_eq!(two, [(2, 2 * 3600), (2, 4 * 3600)]);
    let text = desk.text(&desk.digests()[0]).unwrap();
    assert!(text.contains("outside the team's hours 2 targets were missed, on these tickets:"), "{text}");
    assert!(!text.contains("within a few minutes"), "{text}");
    // At noon the first have left, and those of the next day are counted anew.
    desk.pass(3 * HOUR);
    desk.lodge_many(4, Some("Network"));
    desk.hour();
    let next = "2026-03-03T12:00:00Z".parse::<Instant>().unwrap().since(desk.now()).as_secs();
    assert_eq!(waiting(&desk).split_off(2), [(1, next)]);
}

#[test]
fn two_targets_of_one_ticket_are_two_and_one_line() {
    let desk = Desk::new();
    let step = Step { target: None, share: 100, tell: vec![Level::Lead], window: Window::Always, acts: Vec::new() };
    desk.steps(vec![step], Some(60)).unwrap();
    let (first, digests) = storm(&desk, 4);
    assert_eq!((first.len(), digests.len()), (3, 1));
    let inside = digests[0].gathered.clone().unwrap();
    assert_eq!(inside.count, 5);
    assert!(inside.tickets.len() < 5);
    let text = desk.text(&digests[0]).unwrap();
    assert!(text.contains("5 targets were missed"), "{text}");
    assert_eq!(text.matches("\n- INC-").count(), inside.tickets.len(), "{text}");
    assert!(!text.contains("the first of them"), "all of them stand there: {text}");
}

#[test]
fn a_mail_that_is_leaving_takes_no_more() {
    let desk = Desk::new();
    desk.tell(vec![Level::Lead], Window::Always).unwrap();
    desk.lodge_many(5, Some("Network"));
    desk.pass(2 * 60_000);
    desk.lodge_many(2, Some("Network"));
    desk.pass(58 * 60_000);
    let leaving = Letter { state: LetterState::Sending, ..desk.digests()[0].clone() };
    desk.write(move |tx, _| tx.put(&leaving)).unwrap();
    desk.pass(2 * 60_000);
    assert_eq!(waiting(&desk), [(2, 480), (2, 480)], "another one, that leaves when the first would have");
}

#[test]
fn a_reader_is_told_what_they_may_see() {
    for (count, change, lines, below) in [
        (5, Lost::Nothing, Some(2), None),
        (5, Lost::OneTicket, Some(1), Some("You can no longer see the other tickets.")),
        (60, Lost::OneTicket, Some(49), Some("These are the first of them.")),
        (5, Lost::AllTickets, None, None),
        (60, Lost::AllTickets, Some(0), None),
        (60, Lost::Work, None, None),
        (60, Lost::Account, None, None),
    ] {
        let desk = Desk::new();
        desk.tell(vec![Level::Lead], Window::Always).unwrap();
        let (_, digests) = storm(&desk, count);
        change.of(&desk, digests[0].gathered.as_ref().unwrap().tickets[0]);
        let text = desk.text(&digests[0]);
        assert_eq!(text.as_ref().map(|it| it.matches("\n- INC-").count()), lines, "{count} {change:?}");
        let Some(text) = text else { continue };
        assert!(text.contains("https://desk.example/agent/views/breached"), "{text}");
        assert_eq!(text.contains(&format!("{} targets were missed.", count - 3)), lines == Some(0), "{text}");
        for said in ["You can no longer see the other tickets.", "These are the first of them."] {
            assert_eq!(text.contains(said), below == Some(said), "{count} {change:?}: {text}");
        }
    }
}

/// What Lea may not do any more when the mail is written.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Nothing,
    OneTicket,
    AllTickets,
    Work,
    Account,
}

impl Lost {
    fn of(self, desk: &Desk, ticket: TicketId) {
        let lea = desk.lea;
        desk.write(move |tx, amy| {
            let change = |tx: &mut Tx, change: PersonChange| identity::change_person(tx, amy, lea, change).map(drop);
            match self {
                Lost::Nothing => Ok(()),
                Lost::OneTicket => tickets::delete(tx, amy, ticket, None),
                Lost::AllTickets => {
                    let permissions = vec!["tickets:read".to_owned()];
                    let own = NewRole { name: "Own".into(), description: String::new(), permissions, reach: Reach::Assigned };
                    identity::create_role(tx, amy, own)?;
                    change(tx, PersonChange { roles: Some(vec!["own".into()]), ..PersonChange::default() })
                }
                Lost::Work => change(tx, PersonChange { roles: Some(vec!["requester".into()]), ..PersonChange::default() }),
                Lost::Account => change(tx, PersonChange { active: Some(false), ..PersonChange::default() }),
            }
        })
        .unwrap();
    }
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
