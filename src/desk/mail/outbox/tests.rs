//! The states of letters over simulated days: order, once, and nothing lost, whatever the servers say and whenever somebody crashes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    desk::{
        identity,
        jobs::{self, Ended},
        mail::{BounceAction, BounceReport, FailedRecipient, ParsedMessage},
        settings,
        tickets::{self, Channel, Kind, NewComment, NewTicket},
    },
    store::{Store, engine::memory::MemoryEngine, writer::Options},
};

struct Desk {
    store: Store,
    clock: Arc<AtomicI64>,
}

const BEGAN: i64 = 1_800_000_000_000;

impl Desk {
    fn new() -> Desk {
        let clock = Arc::new(AtomicI64::new(BEGAN));
        let ticking = clock.clone();
        let options = Options::new(MemoryEngine::default());
        let store =
            Store::open(Options { clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))), ..options }).unwrap();
        let desk = Desk { store, clock };
        desk.write(|tx| settings::found(tx, &Actor::system("setup"), "Test"));
        desk
    }

    fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> T {
        self.store.write(run).unwrap().0
    }

    fn wait(&self, by: Duration) {
        self.clock.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    }

    fn letter(&self, ticket: u8, order: u64, to: &[&str]) -> LetterId {
        let recipients = to.iter().map(|it| Recipient::new(Line::To, "", *it)).collect();
        let new = NewLetter {
            ticket: Some(TicketId(uuid::Uuid::from_bytes([ticket; 16]))),
            comment: None,
            occasion: Occasion::Answer,
            recipients,
            subject: "x".into(),
            message_id: format!("{ticket}.{order}.{}@example.com", to.join("+")),
            held_until: None,
            order,
            person: None,
            may_be_stopped: false,
            language: None,
            sample: None,
            account: None,
            gathered: None,
        };
        self.write(move |tx| enqueue(tx, new)).id
    }

    fn state(&self, id: LetterId) -> Letter {
        self.store.read().unwrap().get::<Letter>(&id).unwrap().unwrap()
    }

    /// Runs every job that is due once; `server` says what comes of an attempt.
    fn run(&self, mut server: impl FnMut(&Letter) -> Attempt) -> usize {
        let leased = self.write(|tx| jobs::lease(tx, 100, |_| true));
        let count = leased.len();
        for job in leased {
            let what: SendMail = serde_json::from_str(&job.payload).unwrap();
            let (id, lease) = (job.id, job.attempts);
            let ended = match self.write(move |tx| begin(tx, what.letter, id, lease)) {
                Begun::Go(letter) => {
                    let came = server(&letter);
                    self.write(move |tx| note(tx, Pace::default(), letter.id, letter.attempts, came))
                }
                Begun::Wait(at) => Ended::Again(at),
                Begun::Nothing => Ended::Done,
            };
            self.write(move |tx| jobs::end(tx, id, lease, ended));
        }
        count
    }
}

fn all(letter: &Letter, said: Said) -> Attempt {
    Attempt::Spoken(letter.open().map(|it| (it.address.clone(), said.clone())).collect())
}

fn fine(letter: &Letter) -> Attempt {
    all(letter, Said::Accepted("250 2.0.0 Ok".into()))
}

#[test]
fn an_outage_of_a_day_loses_nothing_and_keeps_the_order() {
    let desk = Desk::new();
    for order in 1..=5 {
        desk.letter(1, order, &["rosa@example.org"]);
        desk.letter(2, order, &["otto@example.org"]);
    }
    let end = desk.clock.load(Ordering::Relaxed) + 24 * 3_600_000;
    let mut attempts = 0;
    while desk.clock.load(Ordering::Relaxed) < end {
        desk.run(|_| {
            attempts += 1;
            Attempt::NoServer("connection refused".into())
        });
        desk.wait(Duration::from_secs(60));
    }
    assert!((20..400).contains(&attempts), "{attempts} attempts in a day are neither too few nor too many");
    let mut sent: Vec<(TicketId, u64)> = Vec::new();
    for _ in 0..300 {
        desk.run(|it| {
            sent.push((it.ticket.unwrap(), it.order));
            fine(it)
        });
        desk.write(|tx| server_is_back(tx, Pace::default()));
        desk.wait(Duration::from_secs(30));
    }
    assert_eq!(sent.len(), 10, "{sent:?}");
    for ticket in [1, 2] {
        let orders: Vec<u64> = sent.iter().filter(|it| it.0.0.as_bytes()[0] == ticket).map(|it| it.1).collect();
        assert_eq!(orders, [1, 2, 3, 4, 5]);
    }
}

#[test]
fn one_address_that_is_put_off_holds_up_nobody_else() {
    let desk = Desk::new();
    let first = desk.letter(1, 1, &["slow@example.org"]);
    let same = desk.letter(1, 2, &["slow@example.org"]);
    let other = desk.letter(1, 3, &["quick@example.org"]);
    let server = |it: &Letter| match it.recipients[0].address.as_str() {
        "slow@example.org" => all(it, Said::Later("450 4.7.1 greylisted".into())),
        _ => fine(it),
    };
    for _ in 0..5 {
        desk.run(server);
        desk.wait(Duration::from_secs(2));
    }
    assert_eq!([first, same, other].map(|it| desk.state(it).state), [LetterState::Deferred, LetterState::Queued, LetterState::Sent]);
    for _ in 0..60 {
        desk.run(fine);
        desk.wait(Duration::from_secs(30));
    }
    let (first, same) = (desk.state(first), desk.state(same));
    assert!(first.state == LetterState::Sent && same.state == LetterState::Sent && first.sent_at <= same.sent_at);
}

#[test]
fn what_is_refused_fails_at_once_and_lets_later_ones_pass() {
    let desk = Desk::new();
    let gone = desk.letter(1, 1, &["gone@example.org", "here@example.org"]);
    let next = desk.letter(1, 2, &["here@example.org"]);
    for _ in 0..3 {
        desk.run(|it| {
            let said = |it: &Recipient| match it.address.as_str() {
                "gone@example.org" => Said::Never("550 5.1.1 no such user".into()),
                _ => Said::Accepted("250 Ok".into()),
            };
            Attempt::Spoken(it.open().map(|it| (it.address.clone(), said(it))).collect())
        });
        desk.wait(Duration::from_secs(1));
    }
    let it = desk.state(gone);
    assert_eq!((it.state, it.answer.as_deref()), (LetterState::Failed, Some("550 5.1.1 no such user")));
    assert_eq!(it.recipients.iter().map(|it| it.state).collect::<Vec<_>>(), [RecipientState::Refused, RecipientState::Accepted]);
    assert_eq!(desk.state(next).state, LetterState::Sent);
    // The address is gone, so the next letter to it does not leave; somebody hears from it, and it does.
    let suppressed = desk.letter(1, 3, &["gone@example.org"]);
    assert_eq!(desk.state(suppressed).state, LetterState::Suppressed);
    desk.write(|tx| suppression::heard_from(tx, &Actor::system("mail"), "Gone@example.org"));
    desk.write(move |tx| retry(tx, &Actor::system("test"), suppressed));
    desk.run(fine);
    assert_eq!(desk.state(suppressed).state, LetterState::Sent);
    // Trying the first again does not send it twice to whom has it.
    desk.write(move |tx| retry(tx, &Actor::system("test"), gone));
    desk.run(|it| {
        assert_eq!(it.open().map(|it| it.address.as_str()).collect::<Vec<_>>(), ["gone@example.org"]);
        fine(it)
    });
    assert_eq!(desk.state(gone).state, LetterState::Sent);
}

#[test]
fn a_letter_is_given_up_after_five_days_with_the_last_words() {
    let desk = Desk::new();
    let id = desk.letter(1, 1, &["full@example.org"]);
    let mut days = 0;
    while desk.state(id).state.waits() && days < 240 {
        desk.run(|it| all(it, Said::Later("452 4.2.2 mailbox full".into())));
        desk.wait(Duration::from_secs(3600));
        days += 1;
    }
    let it = desk.state(id);
    assert!(it.state == LetterState::Failed && (96..132).contains(&days), "{days} hours: {it:?}");
    assert!(it.answer.unwrap().contains("452 4.2.2 mailbox full") && (30..80).contains(&it.attempts));
    assert!(desk.store.read().unwrap().events_after(0, 100).unwrap().iter().any(|it| it.kind == "letter.failed"));
}

fn report(address: &str, status: &str, action: BounceAction) -> BounceReport {
    BounceReport {
        action,
        failed_recipients: vec![FailedRecipient { address: address.into(), status: Some(status.into()), diagnostic: Some("no".into()) }],
        original_message_id: None,
        reason: "a delivery report".into(),
    }
}

/// A report that came to the return address of this recipient's copy.
fn sent_to(letter: &Letter, address: &str) -> ParsedMessage {
    let recipient = letter.recipients.iter().find(|it| it.address == address).unwrap();
    let to = format!("desk+{}@example.com", tag(recipient.token.as_deref().unwrap()));
    ParsedMessage { delivered_to: vec![to], ..ParsedMessage::default() }
}

#[test]
fn a_bounce_marks_its_letter_and_suppresses_its_address_alone() {
    let desk = Desk::new();
    let id = desk.letter(1, 1, &["rosa@example.org", "otto@example.org"]);
    desk.run(fine);
    let letter = desk.state(id);
    let bounce = |report: BounceReport, of: &str| {
        let message = sent_to(&letter, of);
        desk.write(move |tx| {
            let to = returned(tx, &message)?;
            assert!(to.is_some());
            bounced(tx, &report, to)
        })
    };
    bounce(report("otto@example.org", "4.4.1", BounceAction::Delayed), "otto@example.org");
    assert_eq!(desk.state(id).state, LetterState::Sent, "a report of a delay proves nothing");
    // Rosa's address passes mail on to eve's, and perhaps to others.
    bounce(report("eve@example.org", "5.1.1", BounceAction::Failed), "rosa@example.org");
    let shown = desk.state(id);
    assert_eq!(shown.state, LetterState::Bounced);
    assert!(shown.answer.unwrap().starts_with("eve@example.org: 5.1.1"));
    assert!(!suppression::is_suppressed(&desk.store.read().unwrap(), "rosa@example.org").unwrap());
    bounce(report("Rosa@example.org", "5.1.1", BounceAction::Failed), "rosa@example.org");
    assert_eq!(desk.state(id).state, LetterState::Bounced);
    let tx = desk.store.read().unwrap();
    let suppressed = |it| suppression::is_suppressed(&tx, it).unwrap();
    assert!(suppressed("rosa@example.org") && !suppressed("otto@example.org") && !suppressed("eve@example.org"));
}

#[test]
fn whoever_merely_saw_a_letter_suppresses_nobody() {
    let desk = Desk::new();
    let id = desk.letter(1, 1, &["rosa@example.org", "otto@example.org"]);
    desk.run(fine);
    let letter = desk.state(id);
    let [mine, theirs] = ["otto@example.org", "rosa@example.org"].map(|it| sent_to(&letter, it));
    assert_ne!(mine, theirs, "each copy has an address of its own");
    let named = |report: BounceReport| BounceReport { original_message_id: Some(format!("<{}>", letter.message_id)), ..report };
    let unknown =
        BounceReport { original_message_id: Some("other@example.org".into()), ..report("rosa@example.org", "5.1.1", BounceAction::Failed) };
    assert_eq!(desk.write(move |tx| bounced(tx, &unknown, None)), None);
    // By the Message-ID, which all have seen; and by the return address of one's own copy.
    for to in [ParsedMessage::default(), mine] {
        let forged = named(report("rosa@example.org", "5.1.1", BounceAction::Failed));
        let hit = desk.write(move |tx| {
            let to = returned(tx, &to)?;
            bounced(tx, &forged, to)
        });
        assert_eq!(hit, Some(id));
        let shown = desk.state(id);
        assert_eq!((shown.state, shown.recipients[0].state), (LetterState::Bounced, RecipientState::Bounced), "it is shown all the same");
        assert!(shown.answer.unwrap().contains("anybody who saw the mail"));
        assert!(!suppression::is_suppressed(&desk.store.read().unwrap(), "rosa@example.org").unwrap());
    }
    // The same report where it belongs.
    let real = report("", "5.1.1", BounceAction::Failed);
    desk.write(move |tx| {
        let to = returned(tx, &theirs)?;
        bounced(tx, &real, to)
    });
    assert!(suppression::is_suppressed(&desk.store.read().unwrap(), "rosa@example.org").unwrap());
}

#[test]
fn letters_of_long_ago_leave_what_their_messages_show() {
    let desk = Desk::new();
    desk.write(|tx| {
        let agent = identity::NewPerson { email: "ada@example.com".into(), name: "Ada".into(), ..Default::default() };
        identity::create_person(tx, &Actor::system("test"), agent)
    });
    let (ticket, comment) = desk.write(|tx| {
        let actor = Actor::system("test");
        let new = NewTicket { requester: Some("ada@example.com".into()), ..NewTicket::new(Kind::Incident, "Printer", Channel::Api) };
        let ticket = tickets::create(tx, &actor, new)?;
        let (ticket, comment) = tickets::add_comment(tx, &actor, ticket.id, NewComment::new("Try again.", false, Channel::Api))?;
        Ok((ticket.id, comment.id))
    });
    let put = |comment: Option<CommentId>, order: u64| {
        desk.write(move |tx| {
            let new = NewLetter {
                ticket: Some(ticket),
                comment,
                occasion: Occasion::Answer,
                recipients: vec![Recipient::new(Line::To, "Ada", "ada@example.com")],
                subject: "Re: Printer".into(),
                message_id: format!("{order}@example.com"),
                held_until: None,
                order,
                person: None,
                may_be_stopped: false,
                language: None,
                sample: None,
                account: None,
                gathered: None,
            };
            enqueue(tx, new)
        })
        .id
    };
    let days = |count: u64| desk.wait(Duration::from_secs(count * 24 * 3600));
    let sweep = || desk.write(|tx| super::sweep(tx, 2));
    let old = [put(Some(comment), 1), put(None, 2)];
    desk.run(fine);
    desk.run(fine);
    let failed = put(Some(comment), 3);
    desk.run(|it| all(it, Said::Never("550 5.7.1 no".into())));
    days(200);
    let young = put(None, 4);
    desk.run(fine);
    let before = desk.state(old[0]);
    days(164);
    assert_eq!(sweep(), 0, "for a year nothing happens");
    days(2);
    assert_eq!((sweep(), sweep(), sweep()), (2, 1, 0));
    let kept = desk.state(old[0]);
    assert_eq!((kept.state, kept.sent_at, &kept.message_id), (LetterState::Sent, before.sent_at, &before.message_id));
    assert_eq!((kept.recipients[0].address.as_str(), kept.recipients[0].state), ("ada@example.com", RecipientState::Accepted));
    assert!(kept.subject.is_empty() && kept.answer.is_none() && kept.recipients[0].token.is_none() && kept.is_cut_down);
    let tx = desk.store.read().unwrap();
    assert!(tx.get::<Letter>(&old[1]).unwrap().is_none(), "it carried nobody's words");
    assert!(tx.get::<Letter>(&young).unwrap().is_some_and(|it| !it.is_cut_down));
    let failed = tx.get::<Letter>(&failed).unwrap().unwrap();
    assert_eq!((failed.state, failed.is_cut_down), (LetterState::Failed, true));
    assert!(letters(&tx, &Actor::system("test"), None).unwrap().is_empty(), "nobody looks after it any more");
    let found = crate::store::check::consistency(&tx, crate::desk::tables::SHAPES, crate::desk::tables::INDEXES).unwrap();
    assert!(found.findings.is_empty(), "{:?}", found.findings);
    drop(tx);
    assert!(desk.store.write(move |tx| retry(tx, &Actor::system("test"), old[0])).is_err());
    days(400);
    assert_eq!((sweep(), sweep()), (1, 0));
}

#[test]
fn a_letter_without_a_living_job_blocks_nobody() {
    let desk = Desk::new();
    let [lost, next] = [1, 2].map(|order| desk.letter(1, order, &["rosa@example.org"]));
    let job = desk.state(lost).job();
    desk.write(move |tx| jobs::forget(tx, &job));
    desk.run(fine);
    assert_eq!(desk.state(next).state, LetterState::Queued, "it may not overtake");
    let adrift = adrift(&desk.store.read().unwrap()).unwrap();
    assert_eq!(adrift, [lost]);
    assert_eq!(desk.write(move |tx| take_up(tx, &adrift)), 1);
    desk.run(fine);
    desk.run(fine);
    assert_eq!([lost, next].map(|it| desk.state(it).state), [LetterState::Sent; 2]);

    let dies = desk.letter(1, 3, &["rosa@example.org"]);
    desk.wait(Duration::from_secs(1));
    let after = desk.letter(1, 4, &["rosa@example.org"]);
    let job = desk.write(|tx| jobs::lease(tx, 1, |_| true)).remove(0);
    assert_eq!(job.dedup, desk.state(dies).job());
    desk.write(move |tx| jobs::end(tx, job.id, job.attempts, Ended::Failed("it makes no sense".into())));
    assert_eq!(desk.state(dies).state, LetterState::Failed);
    assert!(desk.state(dies).answer.unwrap().contains("it makes no sense"));
    desk.run(fine);
    assert_eq!(desk.state(after).state, LetterState::Sent);
}

#[test]
fn a_letter_that_is_tried_again_while_its_attempt_ends_keeps_its_job() {
    let desk = Desk::new();
    let id = desk.letter(1, 1, &["rosa@example.org"]);
    let job = desk.write(|tx| jobs::lease(tx, 1, |_| true)).remove(0);
    let (old, lease) = (job.id, job.attempts);
    let Begun::Go(letter) = desk.write(move |tx| begin(tx, id, old, lease)) else { panic!("it is its turn") };
    let ended = desk.write(move |tx| note(tx, Pace::default(), id, letter.attempts, Attempt::Never("too large".into())));
    desk.write(move |tx| retry(tx, &Actor::system("test"), id));
    desk.write(move |tx| jobs::end(tx, old, lease, ended));
    desk.run(fine);
    assert_eq!(desk.state(id).state, LetterState::Sent);
}

#[test]
fn what_is_wrong_with_one_letter_is_no_server_that_is_away() {
    let desk = Desk::new();
    let [broken, other, moot] = [(1, "a@example.org"), (2, "b@example.org"), (3, "c@example.org")].map(|it| desk.letter(1, it.0, &[it.1]));
    for _ in 0..4 {
        desk.run(|it| match it.order {
            1 => Attempt::Later("a file is missing".into()),
            3 => Attempt::Moot,
            _ => fine(it),
        });
        desk.wait(Duration::from_secs(2));
    }
    let it = desk.state(broken);
    assert_eq!((it.state, it.trouble), (LetterState::Deferred, Some(Trouble::Recipient)));
    assert_eq!([other, moot].map(|it| desk.state(it).state), [LetterState::Sent, LetterState::Withdrawn]);
    let tx = desk.store.read().unwrap();
    assert!(!server_was_away(&tx).unwrap());
    assert!(tx.events_after(0, 100).unwrap().iter().any(|it| it.kind == EventKind::LetterWithdrawn.name()), "it is written down");
}

#[test]
fn enhanced_codes_are_found_in_what_servers_say() {
    for (text, expected) in [
        ("550 5.1.1 no such user", Some("5.1.1")),
        ("550-5.1.10 no MX", Some("5.1.10")),
        ("550 Requested action not taken", None),
        ("550 host 10.0.0.1 said no", None),
        ("452 4.2.2 full", Some("4.2.2")),
    ] {
        assert_eq!(enhanced_status(text).as_deref(), expected, "{text}");
    }
}

/// Random servers, random crashes, random withdrawals: a letter ends in one state, is taken once for each recipient unless a crash
/// came between the server's word and ours, and never overtakes an earlier one to the same address.
#[test]
fn whatever_happens_letters_keep_their_promises() {
    for seed in 0..40 {
        let mut rng = StdRng::seed_from_u64(seed);
        let desk = Desk::new();
        let people = ["a@example.org", "b@example.org", "c@example.org"];
        let mut letters = BTreeMap::new();
        for order in 1..=25u64 {
            let ticket = rng.random_range(1..4u8);
            let to: Vec<&str> = people.iter().copied().filter(|_| rng.random_range(0..3) == 0).collect();
            let to = if to.is_empty() { vec![people[0]] } else { to };
            letters.insert(desk.letter(ticket, order, &to), (ticket, order));
        }
        let mut taken: Vec<(u8, u64, String)> = Vec::new();
        let mut crashed = BTreeSet::new();
        for _ in 0..400 {
            desk.wait(Duration::from_secs(rng.random_range(1..7200)));
            let leased = desk.write(|tx| jobs::lease(tx, 8, |_| true));
            for job in leased {
                let what: SendMail = serde_json::from_str(&job.payload).unwrap();
                let (id, lease) = (job.id, job.attempts);
                let letter = match desk.write(move |tx| begin(tx, what.letter, id, lease)) {
                    Begun::Go(it) => it,
                    Begun::Wait(at) => {
                        desk.write(move |tx| jobs::end(tx, id, lease, Ended::Again(at)));
                        continue;
                    }
                    Begun::Nothing => {
                        desk.write(move |tx| jobs::end(tx, id, lease, Ended::Done));
                        continue;
                    }
                };
                let (ticket, order) = letters[&letter.id];
                let came = match rng.random_range(0..10) {
                    0..2 => Attempt::NoServer("away".into()),
                    _ => Attempt::Spoken(
                        letter
                            .open()
                            .map(|it| {
                                let said = match rng.random_range(0..10) {
                                    0..2 => Said::Later("451 later".into()),
                                    2 => Said::Never("550 5.7.1 never".into()),
                                    _ => Said::Accepted("250 ok".into()),
                                };
                                (it.address.clone(), said)
                            })
                            .collect(),
                    ),
                };
                if let Attempt::Spoken(all) = &came {
                    taken.extend(all.iter().filter(|it| matches!(it.1, Said::Accepted(_))).map(|it| (ticket, order, it.0.clone())));
                }
                if rng.random_range(0..15) == 0 {
                    // The process dies before it writes anything down, and starts again.
                    crashed.insert(order);
                    desk.write(jobs::release);
                    continue;
                }
                let ended = desk.write(move |tx| note(tx, Pace::default(), letter.id, letter.attempts, came));
                desk.write(move |tx| jobs::end(tx, id, lease, ended));
            }
        }
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<(u8, String), u64> = BTreeMap::new();
        for (ticket, order, address) in &taken {
            let is_new = seen.insert((*order, address.clone()));
            assert!(is_new || crashed.contains(order), "seed {seed}: {order} to {address} was taken twice without a crash");
            let before = last.insert((*ticket, address.clone()), *order).unwrap_or(0);
            assert!(before <= *order || crashed.contains(&before), "seed {seed}: {before} to {address} overtook {order}");
        }
        for (id, (_, order)) in letters {
            let it = desk.state(id);
            assert!(!it.state.waits(), "seed {seed}: {order} still waits: {it:?}");
            for recipient in &it.recipients {
                let was_taken = seen.contains(&(order, recipient.address.clone()));
                let accepted = recipient.state == RecipientState::Accepted;
                assert!(accepted == was_taken || crashed.contains(&order), "seed {seed}: {order} {recipient:?}");
            }
        }
        let tx = desk.store.read().unwrap();
        let found = crate::store::check::consistency(&tx, crate::desk::tables::SHAPES, crate::desk::tables::INDEXES).unwrap();
        assert!(found.findings.is_empty(), "seed {seed}: {:?}", found.findings);
    }
}

fn about_account(desk: &Desk, occasion: Occasion, to: &'static str, expires_in: Option<Duration>) -> Letter {
    desk.write(move |tx| {
        let expires_at = expires_in.map(|it| tx.now().plus(it));
        let key = format!("{} {to}", occasion.name());
        let new = NewLetter {
            ticket: None,
            comment: None,
            occasion,
            recipients: vec![Recipient::new(Line::To, "", to)],
            subject: "x".into(),
            message_id: format!("{}@example.com", blake3::hash(key.as_bytes()).to_hex()),
            held_until: None,
            order: 1,
            person: None,
            may_be_stopped: false,
            language: None,
            sample: None,
            account: Some(AboutAccount { what: "{}".into(), only_one: key, expires_at }),
            gathered: None,
        };
        enqueue(tx, new)
    })
}

#[test]
fn a_letter_whose_link_is_over_is_not_sent_any_more() {
    let desk = Desk::new();
    let hour = Duration::from_secs(3600);
    let letter = about_account(&desk, Occasion::PasswordReset, "rosa@example.org", Some(hour));
    let waits = || waiting(&desk.store.read().unwrap(), "password_reset rosa@example.org").unwrap().map(|it| it.id);
    assert_eq!(waits(), Some(letter.id));
    let mut minutes = 0;
    while desk.state(letter.id).state.waits() {
        desk.run(|it| all(it, Said::Later("451 4.7.1 greylisted".into())));
        desk.wait(Duration::from_secs(60));
        minutes += 1;
        assert!(minutes <= 61, "it is tried although its link is over");
    }
    let it = desk.state(letter.id);
    assert!(it.state == LetterState::Failed && it.attempts > 3, "{it:?}");
    let answer = it.answer.unwrap();
    assert!(answer.contains("link") && answer.contains("greylisted"), "{answer}");
    assert_eq!(waits(), None, "another may be asked for");
    desk.wait(hour);
    let again = desk.store.write(move |tx| retry(tx, &Actor::system("test"), letter.id));
    assert!(again.is_err(), "a link that is over is not sent by hand either");

    let late = about_account(&desk, Occasion::Invitation, "otto@example.org", Some(hour));
    desk.wait(hour);
    desk.run(|_| panic!("it is too late to begin"));
    assert_eq!(desk.state(late.id).state, LetterState::Failed);
}

#[test]
fn what_was_asked_for_is_tried_where_mail_came_back_and_word_is_not() {
    let desk = Desk::new();
    desk.write(|tx| {
        let actor = Actor::system("test");
        let letter = tx.new_id();
        suppression::came_back(tx, &actor, "gone@example.org", Some("5.1.1"), "no such user", (letter, None))?;
        suppression::add(tx, &actor, "hand@example.org", "they asked")
    });
    for (occasion, to, expected) in [
        (Occasion::PasswordReset, "gone@example.org", LetterState::Queued),
        (Occasion::Registration, "gone@example.org", LetterState::Queued),
        (Occasion::Invitation, "gone@example.org", LetterState::Suppressed),
        (Occasion::NewDevice, "gone@example.org", LetterState::Suppressed),
        (Occasion::PasswordReset, "hand@example.org", LetterState::Suppressed),
    ] {
        assert_eq!(about_account(&desk, occasion, to, None).state, expected, "{} {to}", occasion.name());
    }
    desk.run(fine);
    let reset = waiting(&desk.store.read().unwrap(), "password_reset gone@example.org").unwrap();
    assert!(reset.is_none(), "it was sent");
    assert!(suppression::is_suppressed(&desk.store.read().unwrap(), "gone@example.org").unwrap(), "only mail from there lifts it");
}
