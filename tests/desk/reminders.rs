//! Reminders on a simulated clock: they leave on the day on which they are due, as often as is set, and stop when their requester
//! answers, when somebody follows the link in them, and when there is nothing to wait for any more.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use lodge::{
    desk::{
        mail::{ledger::Outcome, stop::Stop},
        settings::{self, Settings, SettingsChange},
        tickets::{self, Channel, NewComment, TicketChange},
    },
    id::TicketId,
};

use crate::loops::{BEGIN, Clock, Desk, field, system};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

struct World {
    desk: Desk,
    clock: Clock,
}

impl World {
    fn new() -> World {
        let clock: Clock = Arc::new(AtomicI64::new(BEGIN));
        let desk = Desk::new(&clock, "help@desk.example");
        desk.write(|tx| {
            let change = SettingsChange { base_url: Some("https://desk.example".into()), ..SettingsChange::default() };
            settings::change(tx, &system(), change)
        });
        World { desk, clock }
    }

    /// Time passes, an hour at a time, and mail leaves as it is due: subjects and bytes of what went to Rosa.
    fn pass(&self, span: i64) -> Vec<(i64, Vec<u8>)> {
        let end = self.clock.load(Ordering::Relaxed) + span;
        let mut came = Vec::new();
        while self.clock.load(Ordering::Relaxed) < end {
            self.clock.fetch_add(HOUR, Ordering::Relaxed);
            let now = self.clock.load(Ordering::Relaxed);
            came.extend(self.desk.post().into_iter().filter(|it| it.0 == "rosa@people.example").map(|it| (now, it.1)));
        }
        came
    }

    fn mail(&self, id: &str, more: &str) -> Outcome {
        let raw = format!(
            "From: rosa@people.example\r\nTo: help@desk.example\r\nSubject: Printer\r\nMessage-ID: <{id}@people.example>\r\n{more}\r\nText of {id}\r\n"
        );
        self.desk.receive(raw.as_bytes()).outcome
    }

    /// A ticket of Rosa's that was answered with a question.
    fn asked(&self, id: &str) -> TicketId {
        assert_eq!(self.mail(id, ""), Outcome::Created);
        let ticket = self.desk.tickets().into_iter().max_by_key(|it| it.number).unwrap().id;
        self.ask(ticket);
        self.pass(HOUR);
        ticket
    }

    fn ask(&self, ticket: TicketId) {
        self.desk.write(move |tx| {
            tickets::add_comment(tx, &system(), ticket, NewComment::new("Which one?", false, Channel::Portal))?;
            let status = |it: &str| TicketChange { status: Some(it.into()), ..TicketChange::default() };
            tickets::change(tx, &system(), ticket, status("in_progress"))?;
            tickets::change(tx, &system(), ticket, status("awaiting_info"))
        });
    }
}

#[test]
fn they_leave_when_they_are_due_and_as_often_as_is_set() {
    let world = World::new();
    world.asked("one");
    let asked_at = world.clock.load(Ordering::Relaxed) - HOUR;
    let came = world.pass(30 * DAY);
    let days: Vec<i64> = came.iter().map(|it| (it.0 - asked_at) / HOUR).collect();
    assert_eq!(days, [3 * 24 + 1, 6 * 24 + 2], "at the first look after three days of silence, and after three more, and then no more");
    for (_, raw) in &came {
        assert_eq!(field(raw, "Auto-Submitted"), "auto-generated");
        assert!(field(raw, "List-Unsubscribe").starts_with("<https://desk.example/stop/"), "{}", field(raw, "List-Unsubscribe"));
        assert_eq!(field(raw, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    }
}

#[test]
fn an_answer_ends_them_and_a_machine_s_does_not() {
    let world = World::new();
    let ticket = world.asked("one");
    let first = world.pass(4 * DAY);
    assert_eq!(first.len(), 1);
    let id = field(&first[0].1, "Message-ID");
    let absent = format!("Auto-Submitted: auto-replied\r\nIn-Reply-To: {id}\r\n");
    assert_eq!(world.mail("absent", &absent), Outcome::Appended);
    assert_eq!(world.pass(3 * DAY).len(), 1, "whoever is away has answered nothing");
    world.ask(ticket);
    assert_eq!(world.pass(2 * DAY).len(), 1, "the new question itself");
    assert_eq!(world.mail("answer", &format!("In-Reply-To: {id}\r\n")), Outcome::Appended);
    assert_eq!(world.pass(30 * DAY).len(), 0, "Rosa has answered");
    // Asked anew, it begins anew.
    world.ask(ticket);
    assert_eq!(world.pass(30 * DAY).len(), 3, "the question and two reminders");
}

#[test]
fn the_link_in_one_ends_those_of_its_ticket() {
    let world = World::new();
    let [one, _other] = ["one", "other"].map(|it| world.asked(it));
    let first = world.pass(3 * DAY);
    assert_eq!(first.len(), 2);
    let links: Vec<String> = first.iter().map(|it| field(&it.1, "List-Unsubscribe")).collect();
    let settings = world.desk.read(|tx| Ok(Settings::clone(&*Settings::of(tx)?)));
    let stops: Vec<Stop> =
        links.iter().map(|it| Stop::read(&settings, it.trim_end_matches('>').rsplit('/').next().unwrap()).unwrap()).collect();
    let stop = stops.into_iter().find(|it| it.ticket == one).unwrap();
    world.desk.write(move |tx| stop.take_effect(tx));
    let second = world.pass(20 * DAY);
    assert_eq!(second.len(), 1, "the other ticket's second");
    assert_ne!(field(&second[0].1, "List-Unsubscribe"), "");
    // It is remembered when the ticket waits again.
    world.ask(one);
    assert_eq!(world.pass(20 * DAY).len(), 1, "the question alone");
}
