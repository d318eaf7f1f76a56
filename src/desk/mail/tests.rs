//! What becomes of mail, message by message, on a desk of its own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use super::{
    ParsedMessage,
    filter::{self, Action, Condition, Field, FilterDraft, Op},
    folded,
    intake::{self, Release, Understood},
    judge::Verdict,
    ledger::{self, Arrival, MailEntry, Outcome, RawMail, Received},
    message::{AuthResult, Automatic, Mailbox},
    moving, recorder,
    rules::{self, MailRules},
    thread,
};
use crate::{
    desk::{
        actor::Actor,
        identity::{self, NewPerson},
        settings::{self, Settings, SettingsChange},
        tickets::{self, Category, Comment, NewComment, Ticket, TicketChange, number},
    },
    error::Result,
    id::{BlobHash, MailId, TicketId},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

const HELP: &str = "help@desk.example";

struct Desk {
    store: Store,
    sent: std::cell::Cell<u32>,
    /// Seconds since the beginning.
    clock: Arc<AtomicI64>,
}

fn system() -> Actor {
    Actor::system("test")
}

impl Desk {
    fn new() -> Desk {
        let clock = Arc::new(AtomicI64::new(1_800_000_000));
        let hand = clock.clone();
        let options = Options {
            clock: Box::new(move || Instant::from_millis(hand.load(Ordering::Relaxed) * 1000)),
            ..Options::new(MemoryEngine::default())
        };
        let desk = Desk { store: Store::open(options).unwrap(), sent: std::cell::Cell::new(0), clock };
        desk.write(|tx| {
            settings::found(tx, &system(), "Desk")?;
            let change = SettingsChange { addresses: Some(vec![HELP.into(), "it@desk.example".into()]), ..SettingsChange::default() };
            settings::change(tx, &system(), change)?;
            let agent =
                NewPerson { email: "ada@desk.example".into(), name: "Ada".into(), roles: vec!["agent".into()], ..NewPerson::default() };
            identity::create_person(tx, &system(), agent)
        });
        desk
    }

    fn write<T: Send + 'static>(&self, command: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> T {
        self.store.write(command).unwrap().0
    }

    fn read<T>(&self, look: impl FnOnce(&Tx) -> Result<T>) -> T {
        look(&self.store.read().unwrap()).unwrap()
    }

    fn received(&self, arrival: Arrival) -> MailId {
        let raw = RawMail { arrival, raw: BlobHash::of(b"raw"), size: 3, sha256: [0; 32] };
        match self.write(move |tx| ledger::receive(tx, &system(), raw)) {
            Received::New(entry) | Received::Before(entry) => entry.id,
        }
    }

    fn take_in(&self, message: ParsedMessage) -> MailEntry {
        self.take_in_by(Arrival::by("hook"), message)
    }

    fn take_in_by(&self, arrival: Arrival, message: ParsedMessage) -> MailEntry {
        let mail = self.received(arrival);
        self.write(move |tx| intake::decide(tx, &system(), Understood { mail, message, files: Vec::new(), asked: None, folded: None }))
    }

    fn ticket(&self, id: TicketId) -> Ticket {
        self.read(|tx| Ok(tx.get::<Ticket>(&id)?.unwrap()))
    }

    fn comments(&self, id: TicketId) -> Vec<Comment> {
        self.read(|tx| Ok(tx.scan::<Comment>(&id)?.collect::<Result<Vec<_>, _>>()?))
    }

    /// A message that nobody sent before.
    fn mail(&self, from: &str, subject: &str) -> ParsedMessage {
        self.sent.set(self.sent.get() + 1);
        let id = format!("m{}@{}", self.sent.get(), from.rsplit('@').next().unwrap());
        ParsedMessage {
            digest: *blake3::hash(id.as_bytes()).as_bytes(),
            message_id: Some(id),
            from: Some(Mailbox { name: String::new(), address: from.into() }),
            to: vec![Mailbox { name: String::new(), address: HELP.into() }],
            subject: subject.into(),
            text: format!("Text {}.", self.sent.get()),
            ..ParsedMessage::default()
        }
    }

    fn number(&self, id: TicketId) -> String {
        let ticket = self.ticket(id);
        self.read(|tx| Ok(number::text(Settings::of(tx)?.as_ref(), ticket.kind, ticket.number)))
    }
}

fn automatic() -> Automatic {
    Automatic::Notice { reason: "A machine wrote it.".into() }
}

#[test]
fn a_number_in_a_subject_is_no_authority() {
    let desk = Desk::new();
    let first = desk.take_in(desk.mail("rosa@example.com", "Printer"));
    let id = first.ticket.unwrap();
    let subject = format!("Re: Printer [{}]", desk.number(id));
    let hers = desk.take_in(desk.mail("rosa@example.com", &subject));
    assert_eq!((hers.outcome, hers.rule.as_str(), hers.ticket), (Outcome::Appended, "participant", Some(id)));
    let other = desk.take_in(desk.mail("eve@example.net", &subject));
    assert_eq!((other.outcome, other.suggested), (Outcome::Created, Some(id)));
    let note = desk.comments(other.ticket.unwrap()).pop().unwrap();
    assert!(note.is_private && note.body.contains(&desk.number(id)), "{}", note.body);
}

#[test]
fn a_reply_address_and_a_reference_are() {
    let desk = Desk::new();
    let first = desk.mail("rosa@example.com", "Printer");
    let reference = first.message_id.clone();
    let id = desk.take_in(first).ticket.unwrap();
    let address = desk.read(|tx| Ok(thread::reply_address(Settings::of(tx)?.as_ref(), &tx.get::<Ticket>(&id)?.unwrap()))).unwrap();
    let by_token = ParsedMessage { to: vec![Mailbox { address, ..Mailbox::default() }], ..desk.mail("sam@else.example", "x") };
    assert_eq!(desk.take_in(by_token).rule, "reply_token");
    let by_reference = ParsedMessage { in_reply_to: reference, ..desk.mail("kim@else.example", "y") };
    let entry = desk.take_in(by_reference);
    assert_eq!((entry.rule.as_str(), entry.ticket), ("reference", Some(id)));
    let comments = desk.comments(id);
    let rules: std::collections::BTreeSet<&str> = comments.iter().filter_map(|it| it.rule.as_deref()).collect();
    assert_eq!(rules.into_iter().collect::<Vec<_>>(), ["reference", "reply_token"]);
}

#[test]
fn one_mail_to_two_mailboxes_or_through_a_list_is_one_message() {
    let desk = Desk::new();
    let mail = desk.mail("rosa@example.com", "Printer");
    let first = desk.take_in(mail.clone());
    let copy = ParsedMessage { to: vec![Mailbox { address: "it@desk.example".into(), ..Mailbox::default() }], ..mail.clone() };
    assert_eq!(desk.take_in(copy).rule, "digest");
    let through_list = ParsedMessage {
        digest: [7; 32],
        subject: "[staff] Printer".into(),
        text: format!("{}\n_____\nstaff mailing list", mail.text),
        ..mail.clone()
    };
    let entry = desk.take_in(through_list);
    assert_eq!((entry.outcome, entry.rule.as_str(), entry.ticket), (Outcome::Duplicate, "same_message", first.ticket));
    let id_used_twice = ParsedMessage { digest: [8; 32], text: "Something else altogether.".into(), ..mail.clone() };
    assert_eq!(desk.take_in(id_used_twice).outcome, Outcome::Created, "an id alone discards nothing");
    let id_of_another =
        ParsedMessage { digest: [9; 32], from: Some(Mailbox { address: "eve@x.example".into(), ..Mailbox::default() }), ..mail };
    assert_eq!(desk.take_in(id_of_another).outcome, Outcome::Created);
}

#[test]
fn what_machines_write_is_held_unless_it_is_about_a_ticket_or_let_in() {
    let desk = Desk::new();
    let reference = desk.mail("rosa@example.com", "Printer");
    let id = reference.message_id.clone();
    let ticket = desk.take_in(reference).ticket.unwrap();
    let absent = ParsedMessage { automatic: automatic(), in_reply_to: id, ..desk.mail("rosa@example.com", "Out of office") };
    assert_eq!(desk.take_in(absent).ticket, Some(ticket));
    assert!(desk.comments(ticket).last().unwrap().automatic);
    let notice = || ParsedMessage { automatic: automatic(), ..desk.mail("alerts@mon.example", "Disk full") };
    let held = desk.take_in(notice());
    assert_eq!((held.outcome, held.rule.as_str()), (Outcome::Quarantined, "automatic"));
    desk.write(|tx| {
        let condition = Condition { field: Field::From, op: Op::Ends, value: "@mon.example".into() };
        let actions = vec![Action::LetIn, Action::Priority(1), Action::Tag("monitoring".into())];
        let draft = FilterDraft {
            name: "Monitoring".into(),
            enabled: true,
            all: true,
            conditions: vec![condition],
            actions,
            ..FilterDraft::default()
        };
        filter::create(tx, &system(), draft)
    });
    let entry = desk.take_in(notice());
    let lodged = desk.ticket(entry.ticket.unwrap());
    assert_eq!((entry.outcome, lodged.priority, lodged.tags), (Outcome::Created, 1, vec!["monitoring".to_owned()]));
    // What was held is judged again by the new filter.
    let message = ParsedMessage { digest: [5; 32], ..notice() };
    let id = held.id;
    let again = desk.write(move |tx| {
        intake::decide_again(tx, &system(), Understood { mail: id, message, files: Vec::new(), asked: None, folded: None })
    });
    assert_eq!(again.outcome, Outcome::Created);
    let rounds = desk.read(|tx| recorder::rounds(tx, id));
    assert_eq!(rounds.iter().map(|it| it.outcome.as_str()).collect::<Vec<_>>(), ["quarantined", "created"]);
    assert!(rounds[1].differs_from(&rounds[0]).iter().any(|it| it.0 == "Which filters fit?"));
}

#[test]
fn held_mail_is_released_or_discarded_once() {
    let desk = Desk::new();
    let hold = |desk: &Desk| desk.take_in(ParsedMessage { automatic: automatic(), ..desk.mail("alerts@mon.example", "x") });
    let first = hold(&desk).id;
    let message = desk.mail("alerts@mon.example", "x");
    let understood = Understood { mail: first, message, files: Vec::new(), asked: None, folded: None };
    let again = understood.clone();
    let entry = desk.write(move |tx| intake::release(tx, &system(), understood, Release::AsTicket));
    assert_eq!((entry.outcome, entry.rule.as_str()), (Outcome::Created, "released"));
    assert!(desk.store.write(move |tx| intake::release(tx, &system(), again, Release::AsTicket)).is_err());
    let second = hold(&desk).id;
    assert_eq!(desk.read(|tx| ledger::held_count(tx, 10)), 1);
    assert_eq!(desk.write(move |tx| intake::discard(tx, &system(), second)).outcome, Outcome::Ignored);
    assert_eq!(desk.read(|tx| ledger::held_count(tx, 10)), 0);
}

#[test]
fn a_doubtful_sender_joins_nothing_by_name() {
    let desk = Desk::new();
    desk.write(|tx| rules::change(tx, &system(), MailRules { trusted_servers: vec!["mx.desk.example".into()], ..MailRules::default() }));
    let forged = |mut message: ParsedMessage| {
        let failed = AuthResult { field: 0, server: "mx.desk.example".into(), method: "dmarc".into(), result: "fail".into(), domain: None };
        message.authentication = vec![failed];
        message
    };
    let id = desk.take_in(desk.mail("rosa@example.com", "Printer")).ticket.unwrap();
    let subject = format!("[{}]", desk.number(id));
    let entry = desk.take_in(forged(desk.mail("rosa@example.com", &subject)));
    assert_eq!((entry.outcome, entry.suggested), (Outcome::Created, Some(id)));
    assert!(entry.doubt.is_some());
    let as_agent = desk.take_in(forged(desk.mail("ada@desk.example", &subject)));
    assert_eq!((as_agent.outcome, as_agent.rule.as_str()), (Outcome::Quarantined, "doubtful_sender"));
}

#[test]
fn what_an_agent_forwards_is_its_first_senders() {
    let desk = Desk::new();
    let forward = |from: &str| ParsedMessage {
        text: "Please look.\n\nFrom: Rosa <rosa@example.com>\nSent: x\n\nIt hums.".into(),
        ..desk.mail(from, "Fwd: Printer")
    };
    let requester =
        |entry: &MailEntry| desk.read(|tx| Ok(tx.get::<identity::Person>(&desk.ticket(entry.ticket.unwrap()).requester)?.unwrap().email));
    let entry = desk.take_in(forward("ada@desk.example"));
    assert_eq!(requester(&entry), "rosa@example.com");
    assert_eq!(desk.ticket(entry.ticket.unwrap()).watchers.len(), 1, "the agent hears of it");
    assert_eq!(requester(&desk.take_in(forward("sam@example.com"))), "sam@example.com");
}

#[test]
fn an_answer_long_after_closing_goes_on_as_another_ticket() {
    let desk = Desk::new();
    let reference = desk.mail("rosa@example.com", "Printer");
    let message_id = reference.message_id.clone();
    let id = desk.take_in(reference).ticket.unwrap();
    for state in ["resolved", "closed"] {
        desk.write(move |tx| tickets::change(tx, &system(), id, TicketChange { status: Some(state.into()), ..TicketChange::default() }));
    }
    let answer = || ParsedMessage { in_reply_to: message_id.clone(), ..desk.mail("rosa@example.com", "Re: Printer") };
    assert_eq!(desk.take_in(answer()).ticket, Some(id));
    assert_ne!(desk.ticket(id).category, Category::Closed, "it is reopened");
    desk.write(move |tx| tickets::change(tx, &system(), id, TicketChange { status: Some("closed".into()), ..TicketChange::default() }));
    desk.clock.fetch_add(31 * 86_400, Ordering::Relaxed);
    let entry = desk.take_in(answer());
    assert_eq!((entry.outcome, entry.rule.as_str()), (Outcome::Created, "after_closing"));
    assert_eq!(desk.ticket(entry.ticket.unwrap()).links.len(), 1);
}

#[test]
fn a_mail_that_was_folded_for_another_place_is_folded_anew() {
    let desk = Desk::new();
    let hers = desk.mail("rosa@example.com", "Printer");
    let reference = hers.message_id.clone();
    let id = desk.take_in(hers).ticket.unwrap();
    let asked = "Please restart it and tell us which of its lamps are red after that.";
    desk.write(move |tx| tickets::add_comment(tx, &system(), id, NewComment::new(asked, false, tickets::Channel::Portal)));
    let answer = |n: u8| ParsedMessage {
        in_reply_to: reference.clone(),
        text: format!("All {n}.\n\n> {asked}\n"),
        ..desk.mail("rosa@example.com", "Re")
    };
    let folds = |message: ParsedMessage, folded| {
        let mail = desk.received(Arrival::by("hook"));
        let understood = Understood { mail, message, files: Vec::new(), asked: None, folded };
        let entry = desk.write(move |tx| intake::decide(tx, &system(), understood));
        desk.comments(id).into_iter().find(|it| Some(it.id) == entry.comment).unwrap().folds
    };
    let in_the_writer = folds(answer(1), None);
    assert!(in_the_writer.iter().any(|it| it.folded), "{in_the_writer:?}");
    let append = Verdict::Append { ticket: id, merged: None };
    let create = Verdict::Create { requester: None, suggested: None, follows: None };
    for (n, verdict) in [(2, append), (3, create)] {
        let message = answer(n);
        let before = desk.read(|tx| folded::fold(tx, &message, &verdict));
        assert_eq!(folds(message, Some(before)), in_the_writer, "{verdict:?}");
    }
}

#[test]
fn what_is_meant_for_a_merged_ticket_goes_where_its_matter_goes_on() {
    let desk = Desk::new();
    let hers = desk.mail("rosa@example.com", "Printer");
    let reference = hers.message_id.clone();
    let from = desk.take_in(hers).ticket.unwrap();
    let into = desk.take_in(desk.mail("sam@example.com", "The printer hums")).ticket.unwrap();
    let address = desk.read(|tx| Ok(thread::reply_address(Settings::of(tx)?.as_ref(), &tx.get::<Ticket>(&from)?.unwrap()))).unwrap();
    desk.write(move |tx| tickets::merge(tx, &system(), from, into));
    let subject = format!("[{}]", desk.number(from));
    for (message, rule) in [
        (ParsedMessage { to: vec![Mailbox { address, ..Mailbox::default() }], ..desk.mail("kim@else.example", "a") }, "reply_token"),
        (ParsedMessage { in_reply_to: reference.clone(), ..desk.mail("rosa@example.com", "b") }, "reference"),
        (desk.mail("rosa@example.com", &subject), "participant"),
    ] {
        let entry = desk.take_in(message);
        assert_eq!((entry.outcome, entry.rule.as_str(), entry.ticket), (Outcome::Appended, rule, Some(into)));
        let said = desk.comments(into).pop().unwrap();
        assert!(said.notes[0].contains("merged into this one"), "{:?}", said.notes);
    }
    assert!(desk.comments(from).is_empty());
    let stranger = desk.take_in(desk.mail("eve@example.net", &subject));
    assert_eq!((stranger.outcome, stranger.suggested), (Outcome::Created, Some(into)), "a number is no authority still");
    desk.write(move |tx| tickets::unmerge(tx, &system(), from));
    let after = desk.take_in(ParsedMessage { in_reply_to: reference, ..desk.mail("rosa@example.com", "c") });
    assert_eq!(after.ticket, Some(from));
}

#[test]
fn moves_keep_message_ledger_and_answers_together_and_can_be_undone() {
    let desk = Desk::new();
    let one = desk.take_in(desk.mail("rosa@example.com", "Printer")).ticket.unwrap();
    let other = desk.take_in(desk.mail("sam@example.com", "Laptop")).ticket.unwrap();
    let stray = desk.mail("rosa@example.com", &format!("[{}] my laptop", desk.number(one)));
    let stray_id = stray.message_id.clone();
    let entry = desk.take_in(stray);
    let comment = entry.comment.unwrap();
    let placed = |at: TicketId, count: u32| {
        assert_eq!(desk.ticket(at).comment_count, count);
        assert_eq!(desk.comments(at).len(), count as usize);
    };
    let answered = |wanted: TicketId| {
        let answer = ParsedMessage { in_reply_to: stray_id.clone(), ..desk.mail("kim@example.com", "Re") };
        assert_eq!(desk.read(|tx| Ok(tx.get::<MailEntry>(&entry.id)?.unwrap().ticket)), Some(wanted));
        desk.take_in(answer).ticket.unwrap() == wanted
    };
    let moved = desk.write(move |tx| moving::move_message(tx, &system(), one, comment, other));
    placed(one, 0);
    placed(other, 1);
    assert!(answered(other));
    desk.write(move |tx| moving::undo(tx, &system(), moved.id));
    placed(one, 1);
    placed(other, 1);
    assert!(answered(one));
    assert!(desk.store.write(move |tx| moving::undo(tx, &system(), moved.id)).is_err(), "once");

    let (made, split) = desk.write(move |tx| moving::split(tx, &system(), one, comment));
    assert!(made.title.contains("my laptop"));
    assert_eq!(desk.read(|tx| Ok(tx.get::<MailEntry>(&entry.id)?.unwrap().ticket)), Some(made.id));
    desk.write(move |tx| moving::undo(tx, &system(), split.id));
    assert!(desk.ticket(made.id).deleted_at.is_some());
    assert!(desk.comments(one).iter().any(|it| it.id == comment));

    let third = desk.take_in(desk.mail("rosa@example.com", "Also the scanner")).ticket.unwrap();
    let whole = desk.write(move |tx| moving::move_whole(tx, &system(), third, one));
    assert!(desk.ticket(third).deleted_at.is_some());
    assert!(desk.comments(one).iter().any(|it| it.body == desk.ticket(third).description));
    desk.write(move |tx| moving::undo(tx, &system(), whole.id));
    assert!(desk.ticket(third).deleted_at.is_none());
    assert!(desk.store.write(move |tx| moving::move_whole(tx, &system(), one, third)).is_err(), "it has further messages");
}

#[test]
fn a_quiet_import_keeps_its_dates_and_tells_nobody() {
    let desk = Desk::new();
    let date = "2020-05-01T10:00:00Z".parse().unwrap();
    let arrival = Arrival { quiet: true, ..Arrival::by("file") };
    let entry = desk.take_in_by(arrival, ParsedMessage { date: Some(date), ..desk.mail("rosa@example.com", "Old") });
    assert_eq!(desk.ticket(entry.ticket.unwrap()).created_at, date);
    let events = desk.read(|tx| Ok(tx.events_after(0, 1000)?));
    let about_ticket = events.iter().filter(|it| it.entity == entry.ticket.unwrap().0);
    assert!(about_ticket.clone().count() > 0);
    assert!(!about_ticket.into_iter().any(crate::desk::notify::concerns));
}

#[test]
fn private_notes_do_not_become_tickets() {
    let desk = Desk::new();
    let id = desk.take_in(desk.mail("rosa@example.com", "Printer")).ticket.unwrap();
    let new = NewComment::new("secret", true, tickets::Channel::Portal);
    let (_, note) = desk.write(move |tx| tickets::add_comment(tx, &system(), id, new));
    assert!(desk.store.write(move |tx| moving::split(tx, &system(), id, note.id)).is_err());
}
