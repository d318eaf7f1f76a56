//! The end of tickets in mails, on a simulated clock: the word before a ticket is closed, the word that it is, the question how it
//! was; and what an answer does before and after.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use lodge::{
    desk::{
        closing,
        mail::ledger::Outcome,
        satisfaction::{self, Vote},
        settings::{self, SettingsChange},
        tickets::{self, Category, Relation, Ticket, TicketChange},
    },
    mail::mime,
};

use crate::loops::{BEGIN, Clock, Desk, field, system};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

struct World {
    desk: Desk,
    clock: Clock,
}

/// A mail to Rosa: hours since the beginning, subject, text, Message-ID.
type Came = (i64, String, String, String);

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

    fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    /// Time passes, an hour at a time; what falls due happens, and mail leaves.
    fn pass(&self, span: i64) -> Vec<Came> {
        let end = self.now() + span;
        let mut came = Vec::new();
        while self.now() < end {
            self.clock.fetch_add(HOUR, Ordering::Relaxed);
            self.desk.write(|tx| closing::act(tx, 100));
            for (to, raw) in self.desk.post() {
                if to == "rosa@people.example" {
                    let text = mime::parse(&raw).text;
                    came.push(((self.now() - BEGIN) / HOUR, field(&raw, "Subject"), text, field(&raw, "Message-ID")));
                }
            }
        }
        came
    }

    fn mail(&self, id: &str, more: &str) -> Outcome {
        let raw = format!(
            "From: rosa@people.example\r\nTo: help@desk.example\r\nSubject: Printer jams\r\nMessage-ID: <{id}@people.example>\r\n{more}\r\nText of {id}\r\n"
        );
        self.desk.receive(raw.as_bytes()).outcome
    }

    fn newest(&self) -> Ticket {
        self.desk.tickets().into_iter().max_by_key(|it| it.number).unwrap()
    }

    /// A ticket of Rosa's that is resolved; and the mail that says so.
    fn resolved(&self, id: &str) -> (Ticket, Came) {
        assert_eq!(self.mail(id, ""), Outcome::Created);
        let ticket = self.newest().id;
        self.pass(HOUR);
        self.desk.write(move |tx| {
            let status = |it: &str| TicketChange { status: Some(it.into()), ..TicketChange::default() };
            tickets::change(tx, &system(), ticket, status("in_progress"))?;
            tickets::change(tx, &system(), ticket, status("resolved"))
        });
        let mut came = self.pass(HOUR);
        assert_eq!(came.len(), 1, "{came:?}");
        (self.newest(), came.remove(0))
    }
}

/// The token of the survey's link in a mail.
fn token(text: &str) -> String {
    let from = text.find("/csat/").expect("the mail asks how it was") + 6;
    text[from..].split('?').next().unwrap().to_owned()
}

#[test]
fn silence_closes_a_ticket_with_a_word_before() {
    let world = World::new();
    let (_, said) = world.resolved("one");
    let came = world.pass(30 * DAY);
    let hours: Vec<i64> = came.iter().map(|it| it.0 - said.0).collect();
    // Resolved an hour before the mail of it was looked at.
    assert_eq!(hours, [47, 71], "{came:?}");
    assert!(came[0].2.contains("is closed on 2027-01-18"), "{}", came[0].2);
    assert!(came[1].2.contains("is closed now"), "{}", came[1].2);
    assert_eq!(world.newest().category, Category::Closed);
    assert!(came.iter().all(|it| !it.2.contains("/csat/")), "it is asked once, when it is solved");
}

#[test]
fn an_answer_to_the_word_before_opens_it_and_all_begins_anew() {
    let world = World::new();
    let (ticket, _) = world.resolved("one");
    let told = world.pass(2 * DAY);
    assert_eq!(told.len(), 1);
    assert_eq!(world.mail("answer", &format!("In-Reply-To: {}\r\n", told[0].3)), Outcome::Appended);
    world.pass(10 * DAY);
    let now = world.newest();
    assert_eq!((now.id, now.category.is_open()), (ticket.id, true), "nothing closes what is open");
}

#[test]
fn an_answer_long_after_the_end_goes_on_as_another_ticket() {
    let world = World::new();
    let (ticket, said) = world.resolved("one");
    world.pass(3 * DAY + 31 * DAY);
    assert_eq!(world.mail("late", &format!("In-Reply-To: {}\r\n", said.3)), Outcome::Created);
    let new = world.newest();
    assert_ne!(new.id, ticket.id);
    assert!(new.links.iter().any(|it| it.ticket == ticket.id && it.relation == Relation::RelatesTo));
}

#[test]
fn the_mail_about_a_solution_asks_how_it_was_and_the_link_ends() {
    let world = World::new();
    let (ticket, said) = world.resolved("one");
    assert!(said.2.contains("How was it for you?") && said.2.contains("?score=good") && said.2.contains("?score=bad"), "{}", said.2);
    let link = token(&said.2);
    let rate = |link: &str, vote: &str| {
        let (link, vote) = (link.to_owned(), Vote::named(vote).unwrap());
        world.desk.store.write(move |tx| satisfaction::rate(tx, &link, vote, Default::default())).map(|it| it.0)
    };
    assert!(rate(&link, "good").unwrap().satisfaction.is_some_and(|it| it.good));
    world.pass(20 * DAY);
    assert!(rate(&link, "bad").unwrap().satisfaction.is_some_and(|it| !it.good), "changed, and the ticket long closed");
    assert_eq!(world.newest().category, Category::Closed, "a vote opens nothing");
    world.pass(11 * DAY);
    assert!(rate(&link, "good").is_err(), "thirty days are over");
    assert_eq!(world.desk.read(|tx| Ok(tx.get::<Ticket>(&ticket.id)?)).unwrap().satisfaction.map(|it| it.good), Some(false));
    // Nobody is asked where nobody is to be.
    world.desk.write(|tx| {
        let survey = satisfaction::SurveyRules { on: false, ..Default::default() };
        settings::change(tx, &system(), SettingsChange { survey: Some(survey), ..SettingsChange::default() })
    });
    let (_, quiet) = world.resolved("two");
    assert!(!quiet.2.contains("/csat/"), "{}", quiet.2);
}
