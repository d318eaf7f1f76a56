//! What the callers were told, kept in plain maps, and the laws that a desk must keep whatever happened to it.

use std::collections::{BTreeMap, BTreeSet};

use lodge::{
    desk::{
        actor::{Actor, Origin, Who},
        attachments::{Attachment, Blob},
        event::{Changes, EventKind},
        identity::{Person, role},
        jobs::Job,
        knowledge::ArticleFile,
        mail::{
            ledger::{MailEntry, Outcome},
            outbox::Letter,
        },
        notify::{SEND_MAIL, SendMail},
        permission::{Permission, Permissions},
        routing::Question,
        service_levels::RETIME,
        settings::Settings,
        tables,
        tickets::{Category, Comment, Kind, Ticket, access, lifecycle::Lifecycle, number::Counter},
    },
    id::{BlobHash, CommentId, JobId, MailId, PersonId, TicketId},
    store::{Event, Tx, check},
    time::Instant,
};

use super::{
    articles,
    promises::{self, Share, Shares},
    world::World,
};

/// What a command changed, as its caller was told.
#[derive(Default, Debug)]
pub struct Told {
    pub tickets: Vec<Ticket>,
    pub comments: Vec<Comment>,
    pub people: Vec<Person>,
    pub mails: Vec<MailEntry>,
    /// Letters that the notifier wrote, by their Message-ID.
    pub enqueued: Vec<String>,
    pub leased: Vec<(JobId, u32)>,
    pub answered: Vec<(Repeat, Answered)>,
    /// Shares of targets that were acted on, in their order.
    pub shares: Vec<Share>,
}

/// Who calls, with which key.
pub type Repeat = (PersonId, String);

/// What a call with a key was answered.
#[derive(Debug, Clone)]
pub struct Answered {
    pub at: Instant,
    pub body: String,
    pub ticket: TicketId,
}

#[derive(Default)]
pub struct Model {
    pub tickets: BTreeMap<TicketId, Ticket>,
    comments: BTreeMap<TicketId, BTreeMap<CommentId, Comment>>,
    pub people: BTreeMap<PersonId, Person>,
    pub mails: BTreeMap<MailId, MailEntry>,
    pub answers: BTreeMap<Repeat, Answered>,
    /// Every mail that the desk ever meant to send, by its key.
    sent: BTreeSet<String>,
    pub leased: Vec<(JobId, u32)>,
    /// The state of each ticket as the log tells it, and how far it was read.
    states: BTreeMap<TicketId, String>,
    read: u64,
    pub shares: Shares,
    /// Shares of targets that the log tells of.
    logged_shares: u64,
}

impl Model {
    pub fn learn(&mut self, told: Told) {
        let Told { tickets, comments, people, mails, enqueued, leased, answered, shares } = told;
        tickets.iter().for_each(|it| self.shares.hear(it));
        shares.into_iter().for_each(|it| self.shares.learn(it));
        self.tickets.extend(tickets.into_iter().map(|it| (it.id, it)));
        for it in comments {
            self.comments.entry(it.ticket).or_default().insert(it.id, it);
        }
        self.people.extend(people.into_iter().map(|it| (it.id, it)));
        self.mails.extend(mails.into_iter().map(|it| (it.id, it)));
        for key in enqueued {
            assert!(self.sent.insert(key.clone()), "the mail {key} is sent twice");
        }
        self.leased.extend(leased);
        self.answers.extend(answered);
    }

    /// Everything that must hold, read from the store as it is.
    pub fn check(&mut self, world: &World) {
        let mut tx = world.read();
        // The clock may have been set back; a command would not go back with it.
        let newest = tx.events_after(tx.last_seq().saturating_sub(1), 1).unwrap().last().map_or(Instant::EPOCH, |it| it.at);
        tx.advance_to(newest);
        let report = check::consistency(&tx, tables::SHAPES, tables::INDEXES).unwrap();
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        assert_eq!(world.board().difference(&tx).unwrap(), None);
        assert_eq!(world.recent().difference(&tx).unwrap(), None);

        let tickets: BTreeMap<TicketId, Ticket> = tx.scan::<Ticket>(&()).unwrap().map(|it| it.unwrap()).map(|it| (it.id, it)).collect();
        let comments: Vec<Comment> = tx.scan::<Comment>(&()).unwrap().map(|it| it.unwrap()).collect();
        let people: BTreeMap<PersonId, Person> = tx.scan::<Person>(&()).unwrap().map(|it| it.unwrap()).map(|it| (it.id, it)).collect();
        let mails: BTreeMap<MailId, MailEntry> = tx.scan::<MailEntry>(&()).unwrap().map(|it| it.unwrap()).map(|it| (it.id, it)).collect();
        same("ticket", &tickets, &self.tickets);
        same("person", &people, &self.people);
        same("mail", &mails, &self.mails);
        let known: Vec<&Comment> = self.comments.values().flat_map(BTreeMap::values).collect();
        assert_eq!(comments.iter().collect::<Vec<_>>(), known, "comments");

        numbers(&tx, &tickets);
        records(&tx, &tickets, &comments, &mails);
        articles::check(&tx);
        letters(&tickets, &comments, &mails);
        jobs(&tx, &people);
        self.follow(&tx);
        assert_eq!(promises::complaints(&tx).unwrap(), [""; 0]);
        tickets.values().for_each(|it| self.shares.check(it));
        assert_eq!(self.logged_shares, self.shares.count, "the log tells of other shares than were acted on");
    }

    /// Reads the log on: no ticket changes without an event, and none moves where its lifecycle has no way.
    fn follow(&mut self, tx: &Tx) {
        loop {
            let events = tx.events_after(self.read, 1_000).unwrap();
            let Some(last) = events.last() else { break };
            self.read = last.seq;
            events.iter().filter(|it| it.entity_kind == "ticket").for_each(|it| self.moved(it));
        }
        for ticket in self.tickets.values() {
            assert_eq!(self.states.get(&ticket.id), Some(&ticket.state), "the log tells another state of {}", ticket.id);
            // What becomes of a letter is told on its ticket, and changes nothing of it, and so does a draft that is shared, or that a macro was used, whose actions are told apart; a clock that
            // moves on is nobody's word.
            let history = tx.history(ticket.id.0, None, 1_000).unwrap();
            let newest = history
                .iter()
                .find(|it| {
                    !["letter.", "target.", "draft.", "ticket.macro", "ticket.undone"].iter().any(|other| it.kind.starts_with(other))
                })
                .expect("a ticket begins with an event");
            assert_eq!(
                newest.at, ticket.updated_at,
                "{} was changed without an event, or {} changed nothing of it",
                ticket.id, newest.kind
            );
        }
    }

    fn moved(&mut self, event: &Event) {
        let id = TicketId(event.entity);
        let changes = Changes::of(event);
        let text = |it: Option<&serde_json::Value>| it.and_then(|it| it.as_str().map(str::to_owned));
        match EventKind::named(&event.kind) {
            Some(EventKind::TicketCreated) => {
                let state = text(changes.after("status")).unwrap();
                assert!(self.states.insert(id, state).is_none(), "{id} was created twice");
            }
            Some(EventKind::TicketStatus) => {
                let (from, to) = (text(changes.before("status")).unwrap(), text(changes.after("status")).unwrap());
                assert_eq!(self.states.get(&id), Some(&from), "{id} was elsewhere");
                assert!(may_go(&from, &to), "{id} went from {from} to {to}");
                self.states.insert(id, to);
            }
            Some(EventKind::TargetWarned | EventKind::TargetBreached | EventKind::TargetEscalated) => self.logged_shares += 1,
            // A merge closes from anywhere, and what it closed comes back as it was.
            Some(EventKind::TicketMerged | EventKind::TicketUnmerged) => {
                if let Some(to) = text(changes.after("status")) {
                    assert_eq!(self.states.get(&id), text(changes.before("status")).as_ref(), "{id} was elsewhere");
                    self.states.insert(id, to);
                }
            }
            _ => {}
        }
    }
}

fn same<K: Ord + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(what: &str, found: &BTreeMap<K, V>, known: &BTreeMap<K, V>) {
    for (key, it) in known {
        assert_eq!(found.get(key), Some(it), "{what} {key:?} is not as it was acknowledged");
    }
    for key in found.keys() {
        assert!(known.contains_key(key), "{what} {key:?} is there, and nobody was told");
    }
}

/// Unique, and without gaps from one.
fn numbers(tx: &Tx, tickets: &BTreeMap<TicketId, Ticket>) {
    for kind in Kind::ALL {
        let mut given: Vec<u64> = tickets.values().filter(|it| it.kind == kind).map(|it| it.number).collect();
        given.sort_unstable();
        let last = tx.get::<Counter>(&(kind as u8)).unwrap().map_or(0, |it| it.last);
        assert!(given.iter().copied().eq(1..=last), "{}: {given:?}, the counter stands at {last}", kind.name());
    }
}

fn records(tx: &Tx, tickets: &BTreeMap<TicketId, Ticket>, comments: &[Comment], mails: &BTreeMap<MailId, MailEntry>) {
    let files: Vec<Attachment> = tx.scan::<Attachment>(&()).unwrap().map(|it| it.unwrap()).collect();
    let mut uses: BTreeMap<BlobHash, u32> = BTreeMap::new();
    let articles = tx.scan::<ArticleFile>(&()).unwrap().map(|it| it.unwrap().blob);
    for hash in files.iter().map(|it| it.blob).chain(mails.values().map(|it| it.raw)).chain(articles) {
        *uses.entry(hash).or_default() += 1;
    }
    let blobs: Vec<Blob> = tx.scan::<Blob>(&()).unwrap().map(|it| it.unwrap()).collect();
    assert!(blobs.iter().all(|it| (it.references == 0) == it.unused_since.is_some()), "since when a blob is unused");
    let counted: BTreeMap<BlobHash, u32> = blobs.iter().filter(|it| it.references > 0).map(|it| (it.hash, it.references)).collect();
    assert_eq!(counted, uses, "uses of blobs");
    let with_files: BTreeSet<TicketId> = files.iter().map(|it| it.ticket).collect();
    let mut spoken: BTreeMap<TicketId, u32> = BTreeMap::new();
    comments.iter().for_each(|it| *spoken.entry(it.ticket).or_default() += 1);
    for ticket in tickets.values() {
        let id = ticket.id;
        let lifecycle = Lifecycle::of(tx, ticket.kind).unwrap();
        assert_eq!(lifecycle.state(&ticket.state).map(|it| it.category), Some(ticket.category), "{id} in {}", ticket.state);
        assert_eq!(ticket.comment_count, spoken.get(&id).copied().unwrap_or(0), "comments of {id}");
        assert_eq!(ticket.has_attachments, with_files.contains(&id), "files of {id}");
        assert_eq!(ticket.category == Category::Closed, ticket.closed_at.is_some(), "{id} is closed or not");
        let reason = |it| ticket.routed.of(it).map(|it| it.reason.code());
        assert!(reason(Question::Priority).is_some(), "nobody knows the reason of the priority of {id}");
        assert!(ticket.queue.is_none() || reason(Question::Queue).is_some(), "nobody knows why {id} is where it is");
        assert_eq!(
            ticket.assignee.is_some(),
            !matches!(reason(Question::Assignee), None | Some("nobody")),
            "why has nobody {id}, or somebody?"
        );
        if let Some(merged) = &ticket.merged {
            assert_eq!(ticket.category, Category::Closed, "{id} is merged and goes on");
            let (mut at, mut steps) = (merged.into, 0);
            while let Some(further) = &tickets[&at].merged {
                (at, steps) = (further.into, steps + 1);
                assert!(steps <= tickets.len(), "merges go round in a circle at {id}");
            }
        }
        for link in &ticket.links {
            let other = &tickets[&link.ticket];
            let mirrored = other.links.iter().filter(|it| it.ticket == id && it.relation == link.relation.mirrored()).count();
            assert_eq!(mirrored, 1, "{id} {} {}", link.relation.name(), link.ticket);
        }
        assert!(!ticket.watchers.iter().enumerate().any(|(i, it)| ticket.watchers[..i].contains(it)), "{id} is watched twice by one");
    }
}

/// No mail is lost or doubled: each has one outcome, and what the outcome says is so.
fn letters(tickets: &BTreeMap<TicketId, Ticket>, comments: &[Comment], mails: &BTreeMap<MailId, MailEntry>) {
    let mut born: BTreeMap<MailId, Vec<TicketId>> = BTreeMap::new();
    for ticket in tickets.values() {
        ticket.mail.into_iter().for_each(|it| born.entry(it).or_default().push(ticket.id));
    }
    let mut said: BTreeMap<MailId, Vec<CommentId>> = BTreeMap::new();
    for comment in comments {
        comment.mail.into_iter().for_each(|it| said.entry(it).or_default().push(comment.id));
    }
    let mut firsts: BTreeSet<BlobHash> = BTreeSet::new();
    for it in mails.values().filter(|it| it.outcome != Outcome::Duplicate) {
        assert!(it.digest.is_none_or(|it| firsts.insert(it)), "{} came before and is no duplicate", it.id);
    }
    for it in mails.values() {
        let (born, said) = (born.remove(&it.id).unwrap_or_default(), said.remove(&it.id).unwrap_or_default());
        let wanted = match it.outcome {
            Outcome::Created => (Vec::from_iter(it.ticket), Vec::new()),
            Outcome::Appended => (Vec::new(), Vec::from_iter(it.comment)),
            Outcome::Received | Outcome::Duplicate | Outcome::Ignored | Outcome::Quarantined => (Vec::new(), Vec::new()),
        };
        assert_eq!((born, said), wanted, "{}: {}", it.id, it.outcome.name());
        assert_eq!(it.outcome == Outcome::Received, it.rule.is_empty(), "{}: every decision has its rule", it.id);
        if it.outcome == Outcome::Duplicate {
            assert!(it.digest.is_some_and(|it| firsts.contains(&it)), "{} is the duplicate of nothing", it.id);
        }
    }
    assert!(born.is_empty() && said.is_empty(), "of mails that are not in the ledger: {born:?} {said:?}");
}

/// Nobody is told of what is private or automatic, and nobody at one of our own addresses is told at all.
fn jobs(tx: &Tx, people: &BTreeMap<PersonId, Person>) {
    let settings = Settings::of(tx).unwrap();
    let mut keys = BTreeSet::new();
    for job in tx.scan::<Job>(&()).unwrap() {
        let job = job.unwrap();
        if job.kind == RETIME {
            continue;
        }
        assert_eq!(job.kind, SEND_MAIL);
        let what: SendMail = serde_json::from_str(&job.payload).unwrap();
        assert!(keys.insert(job.dedup.clone()), "{} is enqueued twice", job.dedup);
        // Its letter may have been withdrawn meanwhile, but never forgotten.
        assert!(tx.get::<Letter>(&what.letter).unwrap().is_some(), "{} sends nothing", job.dedup);
    }
    for letter in tx.scan::<Letter>(&()).unwrap() {
        let letter = letter.unwrap();
        let to = letter.person.expect("a letter of ours is for somebody");
        assert!(!settings.is_own_address(&people[&to].email), "we write to ourselves");
        if let (Some(ticket), Some(comment)) = (letter.ticket, letter.comment) {
            let comment = tx.get::<Comment>(&(ticket, comment)).unwrap().unwrap();
            assert!(!comment.is_private && !comment.automatic && comment.author != Some(to), "{comment:?} is told");
        }
    }
}

// --- what is independent of the desk's own code ---

pub const STATES: [&str; 12] = [
    "new",
    "assigned",
    "accepted",
    "in_progress",
    "scheduled",
    "awaiting_info",
    "awaiting_callback",
    "awaiting_parts",
    "awaiting_approval",
    "resolved",
    "closed",
    "cancelled",
];

/// The ways of the full lifecycle, as the specification says them.
pub fn may_go(from: &str, to: &str) -> bool {
    match from {
        _ if from == to => true,
        "closed" | "cancelled" => matches!(to, "new" | "assigned" | "accepted" | "in_progress" | "fulfilment"),
        "resolved" => to != "cancelled",
        _ => true,
    }
}

pub fn is_over(state: &str) -> bool {
    matches!(state, "resolved" | "closed" | "cancelled")
}

/// Whoever works tickets sees all that is not deleted; others see theirs, if they may use the portal at all.
pub fn sees(person: &Person, ticket: &Ticket) -> bool {
    let works = person.roles.iter().any(|it| it != "requester");
    let takes_part = ticket.requester == person.id || ticket.watchers.contains(&person.id);
    person.active && ticket.deleted_at.is_none() && (works || takes_part)
}

/// The person as the door makes an actor of them.
pub fn actor(person: &Person) -> Actor {
    let roles = person.roles.iter().filter(|_| person.active).filter_map(|it| role(it));
    let permissions = roles.fold(Permissions::NONE, |sum, it| sum.union(it.permissions));
    Actor { who: Who::Person(person.id), permissions, bounds: None, origin: Origin::default() }
}

/// Everybody sees what they should, of everything.
pub fn check_visibility(model: &Model) {
    for person in model.people.values() {
        let actor = actor(person);
        for ticket in model.tickets.values() {
            assert_eq!(access::may_see(&actor, ticket), sees(person, ticket), "{} and {}", person.email, ticket.id);
        }
        let works = person.active && person.roles.iter().any(|it| it != "requester");
        assert_eq!(actor.may(Permission::NotesRead), works, "{}", person.email);
    }
}
