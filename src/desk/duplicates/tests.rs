//! What is found alike, on texts as people write them; and what many of them within minutes lead to.

use proptest::prelude::*;

use super::{outage::State, *};
use crate::{
    desk::{
        actor::Origin,
        identity::{self, NewPerson},
        settings::{self, SettingsChange},
        tickets::{self, NewTicket, TicketChange},
    },
    id::PersonId,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

/// A ticket that was never on a desk.
pub(super) fn made(nth: u128, kind: Kind, title: &str, text: &str, at: Instant) -> Ticket {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    let (title, text) = (title.to_owned(), text.to_owned());
    let ticket = store.write(move |tx| {
        settings::found(tx, &Actor::system("test"), "Test")?;
        let new = NewTicket { description: text, requester: Some("a@example.com".into()), ..NewTicket::new(kind, title, Channel::Email) };
        tickets::create(tx, &Actor::system("test"), new)
    });
    Ticket { id: TicketId(uuid::Uuid::from_u128(nth)), created_at: at, ..ticket.unwrap().0 }
}

const NOW: Instant = Instant::EPOCH;

fn now() -> Instant {
    NOW.plus(Duration::from_secs(1_800_000_000))
}

/// A window with these tickets, of the last hours.
fn window(tickets: &[Ticket]) -> Window {
    let mut window = Window::for_hours(24);
    tickets.iter().for_each(|it| window.keep(it, now()));
    window
}

const SIGNED: &str = "\n\nMit freundlichen Grüßen\n\nAnna Schmidt\nSachbearbeiterin Einkauf\n\n--\nNordhafen Logistik GmbH\nHafenstraße 12, 20457 Hamburg\nTel. +49 40 1234567\nGeschäftsführer: Max Müller\n";
const CONFIDENTIAL: &str = "\n\nBest regards,\nTom Baker\n\n-- \nTom Baker | Sales | Pine Street Ltd\nThis e-mail is confidential and may be privileged. If you are not the intended recipient please delete it.\n";

/// Pairs as they come within a day, and whether a person would say that the two are one matter.
const PAIRS: &[(&str, &str, &str, &str, bool)] = &[
    (
        "VPN funktioniert nicht",
        "Seit heute morgen kann ich mich nicht mit dem VPN verbinden, Fehler 619.",
        "AW: VPN geht nicht mehr",
        "Das VPN verbindet nicht mehr, es kommt Fehler 619.",
        true,
    ),
    (
        "Outlook startet nicht",
        "Outlook bleibt beim Laden des Profils hängen.",
        "Outlook hängt beim Start",
        "Beim Laden des Profils passiert nichts mehr in Outlook.",
        true,
    ),
    (
        "E-Mail Versand nicht möglich",
        "Ich kann keine E-Mails versenden, sie bleiben im Postausgang.",
        "Mails bleiben im Postausgang",
        "Kein Versand möglich, alle E-Mails bleiben im Postausgang liegen.",
        true,
    ),
    (
        "Printer on floor 3 prints blank pages",
        "All pages come out blank since this morning.",
        "Blank pages from the printer on floor 3",
        "The printer prints blank pages only.",
        true,
    ),
    (
        "Cannot reach the intranet",
        "The intranet says 503 service unavailable.",
        "Intranet down?",
        "Intranet shows 503 service unavailable for me.",
        true,
    ),
    (
        "Wlan im Lager",
        "Das WLAN im Lager ist ausgefallen, Scanner verbinden nicht.",
        "Kein WLAN im Lager",
        "Die Scanner im Lager haben kein WLAN.",
        true,
    ),
    ("SAP login fails", "SAP says user locked when I log in", "SAP login failing", "When logging in SAP says the user is locked", true),
    (
        "VPN funktioniert nicht",
        "Das VPN verbindet nicht, Fehler 619.",
        "Drucker funktioniert nicht",
        "Der Drucker druckt nicht, Papierstau.",
        false,
    ),
    ("Outlook geht nicht", "Outlook öffnet keine Anhänge.", "Teams geht nicht", "Teams überträgt keinen Ton.", false),
    ("Hilfe", "Mein Passwort ist abgelaufen und ich komme nicht ins Portal.", "Hilfe", "Der Beamer im Raum Elbe zeigt kein Bild.", false),
    ("Dringend!", "Bitte den Zugriff auf das Laufwerk P freigeben.", "Dringend!", "Die Kaffeemaschine im dritten Stock leckt.", false),
    ("Printer PRN-0431 offline", "The printer is offline.", "Printer PRN-0977 offline", "The printer is offline.", false),
    (
        "Monitor flickers",
        "My second monitor flickers since the dock was changed.",
        "Keyboard keys stuck",
        "The keys E and R of my keyboard stick.",
        false,
    ),
    (
        "Password reset",
        "Please reset my password for the travel portal.",
        "Invoice portal access",
        "I need access to the invoice portal for the audit.",
        false,
    ),
    (
        "Laptop sehr langsam",
        "Nach dem Update braucht der Laptop zehn Minuten zum Starten.",
        "Laptop Akku",
        "Der Akku meines Laptops hält nur zwanzig Minuten.",
        false,
    ),
    ("Question about holidays", "How many days do I have left?", "Question about parking", "Where can visitors park?", false),
];

#[test]
fn alike_is_what_a_person_would_call_so() {
    let mut wrong = Vec::new();
    for (title, text, other_title, other_text, same) in PAIRS {
        for (signed, other_signed) in [("", ""), (SIGNED, SIGNED), (SIGNED, CONFIDENTIAL)] {
            let (text, other_text) = (format!("Hallo,\n\n{text}{signed}"), format!("Hello,\n\n{other_text}{other_signed}"));
            let window = window(&[made(1, Kind::Incident, title, &text, now())]);
            let other = made(2, Kind::Incident, other_title, &other_text, now());
            let near = window.near(&Probe::of_ticket(&other), 0.0, now(), 5);
            let score = near.first().map_or(0.0, |it| it.score);
            if (score >= THRESHOLD) != *same {
                wrong.push(format!("{title} / {other_title}: {score:.2}, meant {same}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn requests_in_the_same_words_are_not_the_same_request() {
    let text = "Please order a standard laptop for our new colleague who starts next month in the Hamburg office.";
    let one = made(1, Kind::Request, "New laptop for Anna Schmidt", text, now());
    let other = made(2, Kind::Request, "New laptop for Benjamin Okafor", text, now());
    let near = window(&[one]).near(&Probe::of_ticket(&other), THRESHOLD, now(), 5);
    assert_eq!(near, [], "two people get two laptops");
}

#[test]
fn the_window_ends_and_what_is_gone_is_not_found() {
    let old = made(1, Kind::Incident, "VPN tunnel drops", "", now().minus(Duration::from_secs(25 * 3600)));
    let recent = made(2, Kind::Incident, "VPN tunnel drops", "", now().minus(Duration::from_secs(23 * 3600)));
    let probe = Probe::of_ticket(&made(3, Kind::Incident, "VPN tunnel drops", "", now()));
    let mut window = window(&[old, recent.clone()]);
    let found = |window: &Window, now| window.near(&probe, THRESHOLD, now, 5).iter().map(|it| it.ticket).collect::<Vec<_>>();
    assert_eq!(found(&window, now()), [recent.id]);
    assert_eq!(found(&window, now().plus(Duration::from_secs(2 * 3600))), [], "it grows old without anybody looking");
    window.keep(&Ticket { title: "Beamer without a picture".into(), ..recent.clone() }, now());
    assert_eq!(found(&window, now()), [], "its title changed");
    window.keep(&recent, now());
    assert_eq!(found(&window, now()), [recent.id]);
    window.keep(&Ticket { deleted_at: Some(now()), ..recent }, now());
    assert_eq!((found(&window, now()), window.len()), (vec![], 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// What is found follows from what is in the window: not from the order in which it changed, nor from what was there before.
    #[test]
    fn a_window_is_what_is_in_it(words in prop::collection::vec((0_u128..40, 0_usize..6, 0_usize..6), 1..120)) {
        const THINGS: [&str; 6] = ["printer", "tunnel", "mailbox", "scanner", "intranet", "beamer"];
        let blank = made(0, Kind::Incident, "x", "", now());
        let ticket = |nth: u128, a: usize, b: usize| Ticket {
            id: TicketId(uuid::Uuid::from_u128(nth)),
            title: format!("{} {}", THINGS[a], THINGS[b]),
            description: format!("the {} behind the {} in room {}", THINGS[b], THINGS[a], nth % 7),
            created_at: now().minus(Duration::from_secs(nth as u64)),
            ..blank.clone()
        };
        let mut window = Window::for_hours(24);
        let mut last = std::collections::BTreeMap::new();
        for (nth, a, b) in words {
            let it = ticket(nth, a, b);
            window.keep(&it, now());
            last.insert(nth, it);
        }
        let mut fresh = Window::for_hours(24);
        last.values().for_each(|it| fresh.keep(it, now()));
        prop_assert_eq!(window.len(), last.len());
        for (a, b) in [(0, 1), (2, 3), (4, 4)] {
            let probe = Probe::of_ticket(&ticket(1000, a, b));
            prop_assert_eq!(window.near(&probe, THRESHOLD, now(), 200).len(), fresh.near(&probe, THRESHOLD, now(), 200).len());
            prop_assert_eq!(window.near(&probe, THRESHOLD, now(), 1), window.near(&probe, THRESHOLD, now(), 1));
        }
    }
}

#[test]
fn the_window_holds_so_many_and_no_more() {
    let blank = made(0, Kind::Incident, "x", "", now());
    let mut window = Window::for_hours(24);
    for nth in 0..(limits::ALIKE_TICKETS_MAX as u128 + 500) {
        let title = format!("Thing{nth} fell");
        window.keep(&Ticket { id: TicketId(uuid::Uuid::from_u128(nth + 1)), title, ..blank.clone() }, now());
    }
    assert_eq!(window.len(), limits::ALIKE_TICKETS_MAX);
    assert!(window.entry(TicketId(uuid::Uuid::from_u128(1))).is_none(), "the oldest went");
    assert!(window.held() < limits::ALIKE_TICKETS_MAX * 40, "and took its words along: {}", window.held());
}

// --- on a desk ---

pub(super) struct World {
    pub store: Store,
    pub people: Vec<Actor>,
    pub ada: Actor,
}

impl World {
    pub fn new() -> World {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let made = store.write(|tx| {
            let system = Actor::system("test");
            settings::found(tx, &system, "Test")?;
            let change = SettingsChange { addresses: Some(vec!["help@desk.example".into()]), ..SettingsChange::default() };
            settings::change(tx, &system, change)?;
            let mut people = Vec::new();
            for nth in 0..8 {
                let role = if nth == 0 { "agent" } else { "requester" };
                let new = NewPerson { email: format!("p{nth}@example.com"), roles: vec![role.into()], ..NewPerson::default() };
                let person = identity::create_person(tx, &system, new)?;
                people.push(identity::actor_of(tx, &person, Origin::default())?);
            }
            Ok(people)
        });
        let mut people = made.unwrap().0;
        let ada = people.remove(0);
        World { store, people, ada }
    }

    pub fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.store.write(run).map(|it| it.0)
    }

    pub fn lodge(&self, who: usize, title: &str, text: &str) -> Ticket {
        let (by, title, text) = (self.people[who].clone(), title.to_owned(), text.to_owned());
        let new = NewTicket { description: text, ..NewTicket::new(Kind::Incident, title, Channel::Portal) };
        self.write(move |tx| tickets::create(tx, &by, new)).unwrap()
    }

    pub fn window(&self) -> Window {
        Window::of(&self.store.read().unwrap()).unwrap()
    }

    /// The ticket arrives, as the follower sees it.
    pub fn arrive(&self, ticket: &Ticket) -> Option<Arrived> {
        let arrived = consider(&self.store.read().unwrap(), &self.window(), ticket.id).unwrap();
        if let Some(it) = arrived.clone() {
            self.write(move |tx| keep(tx, it)).unwrap();
        }
        arrived
    }

    pub fn outages(&self) -> Vec<Outage> {
        let tx = self.store.read().unwrap();
        tx.scan::<Outage>(&()).unwrap().map(|it| it.unwrap()).collect()
    }
}

const MAIL_DOWN: (&str, &str) =
    ("Mail server does not answer", "Outlook cannot reach the mail server since this morning, error 0x800ccc0e.");

#[test]
fn what_arrives_is_compared_and_kept() {
    let world = World::new();
    let first = world.lodge(0, MAIL_DOWN.0, MAIL_DOWN.1);
    assert_eq!(world.arrive(&first), None, "there is nothing like it");
    let second = world.lodge(1, "Re: mail server doesn't answer", "Outlook can not reach the mail server, 0x800ccc0e");
    let arrived = world.arrive(&second).unwrap();
    assert_eq!(arrived.found.iter().map(|it| it.ticket).collect::<Vec<_>>(), [first.id]);
    let tx = world.store.read().unwrap();
    assert_eq!(tx.get::<Suggestions>(&second.id).unwrap().unwrap().found, arrived.found);
    let suggested = for_ticket(&tx, &world.window(), &world.ada, &second).unwrap();
    assert_eq!(suggested.iter().map(|it| it.ticket.id).collect::<Vec<_>>(), [first.id]);
    assert!(
        suggested[0].why.words.contains(&"mail".to_owned()) && suggested[0].why.words.contains(&"server".to_owned()),
        "{:?}",
        suggested[0].why
    );
    // What is tied to it is no suggestion any more; and what was found once is remembered when the window has forgotten it.
    let past = for_ticket(&tx, &Window::default(), &world.ada, &second).unwrap();
    assert_eq!(past.len(), 1);
    drop(tx);
    let ada = world.ada.clone();
    let tied = world.write(move |tx| tickets::link(tx, &ada, second.id, tickets::Relation::RelatesTo, first.id)).unwrap();
    let tx = world.store.read().unwrap();
    assert_eq!(for_ticket(&tx, &world.window(), &world.ada, &tied).unwrap(), []);
}

#[test]
fn nobody_is_shown_what_they_may_not_see() {
    let world = World::new();
    let first = world.lodge(0, MAIL_DOWN.0, MAIL_DOWN.1);
    world.lodge(1, MAIL_DOWN.0, MAIL_DOWN.1);
    let tx = world.store.read().unwrap();
    let window = world.window();
    let typed = Typed { kind: None, title: MAIL_DOWN.0.into(), description: MAIL_DOWN.1.into() };
    for (who, expected) in [(0, vec![first.id]), (2, vec![]), (3, vec![])] {
        let found = for_typed(&tx, &window, &world.people[who], None, &typed).unwrap();
        assert_eq!(found.iter().map(|it| it.ticket.id).collect::<Vec<_>>(), expected, "{who}");
    }
    assert_eq!(for_typed(&tx, &window, &world.ada, None, &typed).unwrap().len(), 2);
}

#[test]
fn sitting_together_counts() {
    let world = World::new();
    let person = |nth: usize| -> PersonId { world.people[nth].person().unwrap() };
    let ids = [person(0), person(1)];
    world
        .write(move |tx| {
            let system = Actor::system("test");
            let organization = identity::create_organization(tx, &system, "Quay")?;
            let department = identity::create_department(tx, &system, "Dispatch", Some(organization.id))?;
            for id in ids {
                let mut person = tx.get::<identity::Person>(&id)?.unwrap();
                (person.organization, person.department) = (Some(organization.id), Some(department.id));
                let change = identity::PersonChange { phone: Some(Some("1".into())), ..identity::PersonChange::default() };
                tx.put(&person)?;
                identity::change_person(tx, &system, id, change)?;
            }
            Ok(())
        })
        .unwrap();
    let scores: Vec<f32> = [1, 2]
        .map(|other| {
            world.lodge(0, "Scanner in the warehouse fails", "The scanner at gate four does not read labels.");
            let it = world.lodge(other, "Scanner at gate four", "It reads no labels in the warehouse.");
            let near = world.window().near(&Probe::of_ticket(&it), 0.0, world.store.read().unwrap().now(), 20);
            near.iter()
                .filter(|near| world.window().entry(near.ticket).unwrap().requester == person(0))
                .map(|it| it.score)
                .fold(0.0, f32::max)
        })
        .to_vec();
    assert!(scores[0] > scores[1], "{scores:?}");
}

#[test]
fn many_of_different_people_are_proposed_once_and_one_person_s_are_not() {
    let world = World::new();
    for _ in 0..6 {
        let it = world.lodge(0, MAIL_DOWN.0, MAIL_DOWN.1);
        world.arrive(&it);
    }
    assert_eq!(world.outages(), [], "one person who writes six times is no outage");
    for who in 1..5 {
        let it = world.lodge(who, MAIL_DOWN.0, MAIL_DOWN.1);
        world.arrive(&it);
    }
    let outages = world.outages();
    assert_eq!(outages.iter().map(|it| (it.state, it.proposed.len())).collect::<Vec<_>>(), [(State::Proposed, 10)]);
    let sixth = world.lodge(5, MAIL_DOWN.0, MAIL_DOWN.1);
    world.arrive(&sixth);
    world.arrive(&sixth);
    assert_eq!(world.outages()[0].proposed.len(), 11, "a later one belongs to it, once");
    let other = world.lodge(6, "Beamer in room Elbe shows no picture", "The beamer stays dark.");
    world.arrive(&other);
    assert!(!world.outages()[0].proposed.contains(&other.id));
}

#[test]
fn monitoring_declares_and_the_switch_stops_it_all() {
    let world = World::new();
    let alarm = |world: &World| {
        let new = NewTicket {
            requester: Some("noc@example.com".into()),
            tags: vec!["outage".into()],
            ..NewTicket::new(Kind::Incident, "Core switch unreachable", Channel::Monitoring)
        };
        world.write(move |tx| tickets::create(tx, &Actor::system("test"), new)).unwrap()
    };
    let change = |on| {
        let alike = AlikeRules { on, ..AlikeRules::default() };
        world
            .write(move |tx| {
                settings::change(tx, &Actor::system("test"), SettingsChange { alike: Some(alike), ..SettingsChange::default() })
            })
            .unwrap();
    };
    change(false);
    let it = alarm(&world);
    assert_eq!(world.arrive(&it), None);
    change(true);
    let it = alarm(&world);
    world.arrive(&it);
    world.arrive(&it);
    let outages = world.outages();
    assert_eq!(outages.iter().map(|it| (it.state, it.parent)).collect::<Vec<_>>(), [(State::Declared, Some(it.id))]);
    assert_eq!(world.store.read().unwrap().get::<Ticket>(&it.id).unwrap().unwrap().priority, 1, "it is raised");
}

#[test]
fn a_window_that_follows_is_a_window_that_is_read_anew() {
    let world = World::new();
    let mut window = world.window();
    let mut seen = world.store.read().unwrap().last_seq();
    for nth in 0..12 {
        let it = world.lodge(nth % 5, &format!("Thing {nth} in room {}", nth % 3), MAIL_DOWN.1);
        let ada = world.ada.clone();
        match nth % 4 {
            0 => drop(
                world
                    .write(move |tx| {
                        tickets::change(tx, &ada, it.id, TicketChange { title: Some("Renamed".into()), ..TicketChange::default() })
                    })
                    .unwrap(),
            ),
            1 => world.write(move |tx| tickets::delete(tx, &Actor::system("test"), it.id, None)).unwrap(),
            _ => {}
        }
        let tx = world.store.read().unwrap();
        let events = tx.events_after(seen, 100).unwrap();
        seen = tx.last_seq();
        window.follow(&tx, &events).unwrap();
        assert_eq!(window.difference(&tx).unwrap(), None);
    }
    assert_eq!(window.len(), 9);
}

#[test]
fn rules_that_cannot_be_meant_are_refused() {
    let fine = AlikeRules::default();
    assert!(fine.checked().is_ok());
    for bad in [
        AlikeRules { hours: 0, ..fine },
        AlikeRules { hours: limits::ALIKE_HOURS_MAX + 1, ..fine },
        AlikeRules { outage_count: 1, ..fine },
        AlikeRules { outage_minutes: 0, ..fine },
        AlikeRules { outage_priority: 5, ..fine },
    ] {
        assert!(bad.checked().is_err(), "{bad:?}");
    }
}
