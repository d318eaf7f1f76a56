//! Machines that answer machines (BEY-03): two desks, a careless autoresponder and a list that answers everything, in one simulated week.
//! Nobody is there to stop them, so they have to stop by themselves; and what a person writes meanwhile still arrives.
//!
//! The desks are real ones, with their rules, notifier, outbox and mail in bytes; only servers, disks and time are made up.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use lodge::{
    desk::{
        actor::Actor,
        identity,
        jobs::{self, Ended},
        mail::{
            breaker, compose,
            intake::{self, Understood},
            ledger::{self, Arrival, MailEntry, Outcome, RawMail, Received},
            outbox::{self, Attempt, Begun, Pace, SEND_MAIL, Said, SendMail},
        },
        notify,
        settings::{self, SettingsChange},
        tickets::{self, Channel, NewComment, Ticket},
    },
    error::Result,
    follow::notifier,
    id::{BlobHash, TicketId},
    mail::{mime, smtp},
    store::{Store, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

pub const BEGIN: i64 = 1_800_000_000_000;
const WEEK: i64 = 7 * 86_400_000;
/// How long a mail is on its way.
const LATENCY: i64 = 5_000;
/// Mails after which the week counts as a storm.
const STORM: usize = 600;

/// Milliseconds, moved by hand.
pub type Clock = Arc<AtomicI64>;

pub struct Desk {
    pub store: Store,
    pub address: &'static str,
}

pub fn system() -> Actor {
    Actor::system("test")
}

impl Desk {
    pub fn new(clock: &Clock, address: &'static str) -> Desk {
        let hand = clock.clone();
        let options = Options {
            clock: Box::new(move || Instant::from_millis(hand.load(Ordering::Relaxed))),
            ..Options::new(MemoryEngine::default())
        };
        let desk = Desk { store: Store::open(options).unwrap(), address };
        desk.write(move |tx| {
            settings::found(tx, &system(), address)?;
            settings::change(tx, &system(), SettingsChange { addresses: Some(vec![address.into()]), ..SettingsChange::default() })
        });
        desk
    }

    pub fn write<T: Send + 'static>(&self, command: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> T {
        self.store.write(command).unwrap().0
    }

    pub fn read<T>(&self, look: impl FnOnce(&Tx) -> Result<T>) -> T {
        look(&self.store.read().unwrap()).unwrap()
    }

    pub fn receive(&self, raw: &[u8]) -> MailEntry {
        let message = mime::parse(raw);
        let mail = RawMail { arrival: Arrival::by("hook"), raw: BlobHash::of(raw), size: raw.len() as u64, sha256: [0; 32] };
        let (Received::New(entry) | Received::Before(entry)) = self.write(move |tx| ledger::receive(tx, &system(), mail));
        self.write(move |tx| {
            intake::decide(tx, &system(), Understood { mail: entry.id, message, files: Vec::new(), asked: None, folded: None })
        })
    }

    /// Everything that wants to leave now, as recipient and bytes.
    pub fn post(&self) -> Vec<(String, Vec<u8>)> {
        let mut left = Vec::new();
        loop {
            let before = self.read(|tx| Ok(tx.cursor(notifier::NAME)?));
            if self.write(notifier::step).upto == before {
                break;
            }
        }
        self.write(|tx| notify::remind(tx, 100));
        loop {
            let leased = self.write(|tx| jobs::lease(tx, 50, |it| it.kind == SEND_MAIL));
            if leased.is_empty() {
                return left;
            }
            for job in leased {
                let what: SendMail = serde_json::from_str(&job.payload).unwrap();
                let (id, attempts) = (job.id, job.attempts);
                let ended = match self.write(move |tx| outbox::begin(tx, what.letter, id, attempts)) {
                    Begun::Wait(at) => Ended::Again(at),
                    Begun::Nothing => Ended::Done,
                    Begun::Go(letter) => {
                        let outgoing = self.read(|tx| compose::compose(tx, &letter));
                        let addresses: Vec<String> = letter.open().map(|it| it.address.clone()).collect();
                        let attempt = match &outgoing {
                            Some(_) => Attempt::Spoken(addresses.iter().map(|it| (it.clone(), Said::Accepted("250 ok".into()))).collect()),
                            None => Attempt::Moot,
                        };
                        if let Some(mail) = outgoing {
                            let raw = smtp::build(&mail, Vec::new()).unwrap();
                            left.extend(addresses.into_iter().map(|it| (it, raw.clone())));
                        }
                        self.write(move |tx| outbox::note(tx, Pace::default(), letter.id, letter.attempts, attempt))
                    }
                };
                self.write(move |tx| jobs::end(tx, id, attempts, ended));
            }
        }
    }

    pub fn tickets(&self) -> Vec<Ticket> {
        self.read(|tx| Ok(tx.scan::<Ticket>(&())?.collect::<Result<Vec<_>, _>>()?))
    }
}

/// What a network does to mail on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Honest,
    /// A gateway that takes away every field that tells a machine or a thread, and writes its own id.
    Stripping,
}

/// A field of a raw mail, unfolded.
pub fn field(raw: &[u8], name: &str) -> String {
    let message = mime::parse(raw);
    message.headers.iter().find(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.clone()).unwrap_or_default()
}

const TELLING: [&str; 12] = [
    "auto-submitted",
    "x-auto-response-suppress",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-post",
    "in-reply-to",
    "references",
    "message-id",
    "return-path",
    "reply-to",
];

fn stripped(raw: &[u8], nth: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut kept = format!("Message-ID: <gateway{nth}@gateway.example>\r\n");
    let mut keeps = true;
    for line in head.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default().to_lowercase();
            keeps = !TELLING.contains(&name.as_str());
        }
        if keeps {
            kept.push_str(line);
        }
    }
    // Numbers of tickets go as well: nothing is left that ties one mail to the last.
    let kept = kept.replace(['[', ']'], "");
    format!("{}\r\n\r\n{body}", kept.trim_end()).into_bytes()
}

fn letter(from: &str, to: &str, subject: &str, nth: usize, more: &str, body: &str) -> Vec<u8> {
    format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <m{nth}@{from}>\r\n{more}\r\n{body} {nth}\r\n").into_bytes()
}

struct World {
    clock: Clock,
    network: Network,
    desks: Vec<Desk>,
    /// By when it arrives, and its turn.
    under_way: BTreeMap<(i64, usize), (String, Vec<u8>)>,
    sent: usize,
    last: i64,
    /// What people who are not desks got.
    boxes: BTreeMap<String, usize>,
}

const LIST: &str = "all@list.example";
const CARELESS: &str = "careless@away.example";
const HELP: &str = "help@one.example";
const SUPPORT: &str = "support@two.example";
const ROSA: &str = "rosa@people.example";

impl World {
    fn new(network: Network) -> World {
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let desks = vec![Desk::new(&clock, HELP), Desk::new(&clock, SUPPORT)];
        World { clock, network, desks, under_way: BTreeMap::new(), sent: 0, last: BEGIN, boxes: BTreeMap::new() }
    }

    fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    fn send(&mut self, to: &str, raw: Vec<u8>) {
        self.sent += 1;
        assert!(
            self.sent < STORM,
            "a storm: {} mails by {} ms, the last to {to}: {}",
            self.sent,
            self.now() - BEGIN,
            field(&raw, "Subject")
        );
        let raw = if self.network == Network::Stripping { stripped(&raw, self.sent) } else { raw };
        // A reply address leads to its mailbox.
        let bare = settings::without_plus(to);
        self.under_way.insert((self.now() + LATENCY, self.sent), (bare, raw));
    }

    fn arrive(&mut self, to: &str, raw: &[u8]) {
        self.last = self.now();
        if let Some(desk) = self.desks.iter().find(|it| it.address == to) {
            desk.receive(raw);
            return;
        }
        *self.boxes.entry(to.to_owned()).or_default() += 1;
        let from = settings::without_plus(&mime::parse(raw).from.unwrap_or_default().address);
        let (subject, nth) = (field(raw, "Subject"), self.sent);
        // What the two of them would say to each other for ever is not ours to stop.
        if to == CARELESS && from != LIST {
            // It heeds nothing and says nothing of itself: the worst that there is.
            self.send(&from, letter(CARELESS, &from, &format!("Re: {subject}"), nth, "", "I am away."));
        }
        if to == LIST {
            if from != CARELESS {
                self.send(&from, letter(LIST, &from, &format!("Your mail: {subject}"), nth, "", "Thank you, it is on the list."));
            }
            let members: BTreeSet<&str> = [HELP, SUPPORT, CARELESS, ROSA].into_iter().filter(|it| *it != from).collect();
            for member in members {
                let body = format!("{} --list footer--", mime::parse(raw).text);
                self.send(member, letter(&from, LIST, &format!("[all] {subject}"), nth, "List-Id: <all.list.example>\r\n", &body));
            }
        }
    }

    /// Lets time pass until the week is over.
    fn live(&mut self, until: i64) {
        loop {
            for at in 0..self.desks.len() {
                for (to, raw) in self.desks[at].post() {
                    self.send(&to, raw);
                }
            }
            // Between mails somebody's timer may go off, so no step is longer than an hour.
            let next = self.under_way.keys().next().map_or(i64::MAX, |it| it.0).min(self.now() + 3_600_000);
            if next > until {
                return;
            }
            self.clock.store(next.max(self.now()), Ordering::Relaxed);
            while let Some(entry) = self.under_way.first_entry().filter(|it| it.key().0 <= self.clock.load(Ordering::Relaxed)) {
                let (to, raw) = entry.remove();
                self.arrive(&to, &raw);
            }
        }
    }

    /// Somebody who works tickets answers a ticket in public.
    fn answers(&mut self, desk: usize, ticket: TicketId) {
        let new = NewComment::new("Please look at this.", false, Channel::Portal);
        self.desks[desk].write(move |tx| {
            let agent = identity::find_or_create(tx, &system(), "ada@work.example", "Ada")?;
            tickets::add_comment(tx, &system(), ticket, NewComment { author: Some(agent.id), ..new })
        });
    }
}

/// Everything that could set a storm off, at once.
fn begin(world: &mut World) {
    for (at, other) in [(0, SUPPORT), (1, HELP), (0, CARELESS), (1, LIST)] {
        let raw = letter(other, world.desks[at].address, "Something is broken", world.sent + 1, "", "Hello.");
        let entry = world.desks[at].receive(&raw);
        world.answers(at, entry.ticket.expect("a first mail becomes a ticket"));
    }
    let raw = letter(ROSA, LIST, "To everybody", 1, "", "Hello all.");
    world.send(LIST, raw);
    let raw = letter(CARELESS, LIST, "I am on the list, too", 2, "", "Hello all.");
    world.send(LIST, raw);
}

#[test]
fn machines_that_answer_machines_stop_by_themselves() {
    for network in [Network::Honest, Network::Stripping] {
        let mut world = World::new(network);
        begin(&mut world);
        world.live(BEGIN + WEEK);
        let (sent, quiet_since) = (world.sent, Duration::from_millis((world.last - BEGIN).unsigned_abs()));
        println!("{network:?}: {sent} mails, the last after {quiet_since:?}");
        assert!(sent > 10, "{network:?}: nothing happened");
        assert!(quiet_since < Duration::from_secs(4 * 86_400), "{network:?}: they still talk after {quiet_since:?}");
        let open = world.desks.iter().map(|it| it.read(breaker::all_open).len()).sum::<usize>();
        assert_eq!(open, 0, "{network:?}: breakers close by themselves");
    }
}

#[test]
fn what_people_write_arrives_while_machines_are_stopped() {
    let mut world = World::new(Network::Stripping);
    begin(&mut world);
    world.live(BEGIN + 3_600_000);
    assert!(world.desks.iter().any(|it| !it.read(breaker::all_open).is_empty()), "nothing was stopped");
    let before = world.boxes.get(ROSA).copied().unwrap_or_default();
    let entry = world.desks[0].receive(&letter(ROSA, HELP, "My laptop", 9_000, "", "It hums."));
    assert_eq!(entry.outcome, Outcome::Created);
    world.answers(0, entry.ticket.unwrap());
    // Even to an address that is stopped: an agent's word is no automatic mail.
    let at = usize::from(world.desks[0].read(breaker::all_open).is_empty());
    let about = world.desks[at].read(breaker::all_open).remove(0).about;
    let of_stopped =
        |it: &Ticket| world.desks[at].read(|tx| Ok(tx.get::<identity::Person>(&it.requester)?.is_some_and(|it| it.email == about)));
    let stopped = world.desks[at].tickets().into_iter().find(of_stopped).expect("a breaker is about a requester here");
    world.answers(at, stopped.id);
    let left = world.desks[at].post();
    assert!(
        left.iter().any(|(to, raw)| *to == about && mime::parse(raw).text.contains("Please look at this.")),
        "{about} was not answered"
    );
    for (to, raw) in left {
        world.send(&to, raw);
    }
    world.live(BEGIN + 2 * 3_600_000);
    assert_eq!(world.boxes[ROSA], before + 2, "an acknowledgement and an answer");
}
