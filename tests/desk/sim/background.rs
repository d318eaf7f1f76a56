//! What happens without people: mail comes in and is decided, the notifier enqueues, jobs are leased and end. Each act says by its
//! own understanding of the rules what must come of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use lodge::{
    desk::{
        actor::Actor,
        attachments::StoredFile,
        event::{Changes, EventKind},
        identity::{self, Person},
        jobs::{self, Ended, Job},
        mail::{
            intake::{self, Understood},
            ledger::{self, Arrival, BY_DIGEST, MailEntry, Outcome, RawMail, Received, ServerPlace, ServerUid},
            occasion::Occasion,
            outbox::Letter as Outgoing,
        },
        settings::Settings,
        tickets::{Channel, Comment, Ticket},
    },
    error::Result,
    follow::notifier,
    id::{BlobHash, CommentId, JobId, LetterId, MailboxId, PersonId, TicketId},
    limits,
    mail::mime,
    store::Tx,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use uuid::Uuid;

use super::{
    acts::{Act, Complaints, works},
    model::{Model, Told},
    post::{self, Fate, Letter},
};

/// Raw mails by their hash, as the blob store keeps them, with what must become of each.
#[derive(Default)]
pub struct Postbag {
    letters: BTreeMap<BlobHash, (Vec<u8>, Fate)>,
    uids: u32,
}

impl Postbag {
    /// A mail arrives: a new one, or one that was here before.
    pub fn receive(&mut self, rng: &mut StdRng, model: &Model, settings: &Settings, complaints: &Complaints) -> Act {
        let tickets: Vec<&Ticket> = model.tickets.values().rev().take(60).collect();
        let mails: Vec<&MailEntry> = model.mails.values().rev().take(60).collect();
        let people: Vec<String> = model.people.values().take(40).map(|it| it.email.clone()).collect();
        let again = mails.choose(rng).filter(|_| rng.random_bool(0.15)).and_then(|it| self.letters.get(&it.raw)).cloned();
        let Letter { raw, fate } = match again {
            Some((raw, _)) => Letter { raw, fate: Fate::Anything },
            None => post::write(rng, &post::Desk { settings, tickets: &tickets, mails: &mails, people: &people }),
        };
        let hash = BlobHash::of(&raw);
        let size = raw.len() as u64;
        self.letters.entry(hash).or_insert((raw, fate));
        // A server hands the same mail out again when it was not told that we have it.
        let place = rng.random_bool(0.5).then(|| {
            self.uids += u32::from(rng.random_bool(0.9));
            ServerPlace {
                mailbox: MailboxId(Uuid::from_u128(1)),
                folder: "INBOX".into(),
                account: 0,
                uid: ServerUid::Imap { validity: 1, uid: self.uids },
            }
        });
        let complaints = complaints.clone();
        Box::new(move |tx| {
            let here = place.as_ref().map(|it| tx.find_one(&ledger::BY_UID, &it.key())).transpose()?.flatten();
            let mail = RawMail { arrival: Arrival { place, ..Arrival::by("hook") }, raw: hash, size, sha256: [0; 32] };
            match (ledger::receive(tx, &Actor::system("mail"), mail)?, here) {
                (Received::New(it), None) => Ok(Told { mails: vec![it], ..Told::default() }),
                (Received::Before(_), Some(_)) => Ok(Told::default()),
                (got, _) => {
                    complaints.say(format!("a mail in its place on the server is {got:?}"));
                    Ok(Told::default())
                }
            }
        })
    }

    /// The oldest mail that nobody decided is taken apart and decided.
    pub fn decide(&self, model: &Model, complaints: &Complaints) -> Option<Act> {
        let entry = model.mails.values().find(|it| it.outcome == Outcome::Received)?;
        let (raw, fate) = self.letters.get(&entry.raw)?.clone();
        let (id, complaints) = (entry.id, complaints.clone());
        let mut message = mime::parse(&raw);
        let files = std::mem::take(&mut message.attachments).into_iter().map(|it| StoredFile {
            hash: BlobHash::of(&it.bytes),
            size: it.bytes.len() as u64,
            sha256: [0; 32],
            filename: "file".into(),
            content_type: it.content_type,
            inline: it.inline,
            content_id: it.content_id,
            by_mail: true,
            pixels: None,
        });
        let understood = Understood { mail: id, files: files.collect(), message, asked: None, folded: None };
        Some(Box::new(move |tx| {
            let before = tx.get::<MailEntry>(&id)?.expect("mails stay");
            let digest = BlobHash(understood.message.digest);
            let from = understood.message.from.as_ref().map(|it| it.address.clone()).unwrap_or_default();
            let sender = identity::person_by_email(tx, &from)?;
            let known: BTreeSet<PersonId> = tx.scan::<Person>(&())?.map(|it| it.map(|it| it.id)).collect::<Result<_, _>>()?;
            let wanted = match before.outcome {
                Outcome::Received if tx.find_one(&BY_DIGEST, &digest)?.is_some() => Some((Outcome::Duplicate, None, None)),
                Outcome::Received => becomes(tx, fate, sender.as_ref(), understood.message.automatic.reason().is_some())?,
                outcome => Some((outcome, before.ticket, before.suggested)),
            };
            let after = intake::decide(tx, &Actor::system("mail"), understood)?;
            if after.outcome == Outcome::Received {
                complaints.say("a mail was decided and has no outcome");
            }
            if let Some((outcome, ticket, suggested)) = wanted {
                let fits = after.outcome == outcome
                    && (ticket.is_none() || after.ticket == ticket)
                    && (outcome != Outcome::Created || after.suggested == suggested);
                if !fits {
                    complaints.say(format!("a mail for {fate:?} from {from} became {after:?} instead of {wanted:?}"));
                }
            }
            tell(tx, after, &known)
        }))
    }
}

/// What must become of a mail that nobody sent before; nothing if anything may.
type Wanted = Option<(Outcome, Option<TicketId>, Option<TicketId>)>;

fn becomes(tx: &Tx, fate: Fate, sender: Option<&Person>, automatic: bool) -> Result<Wanted> {
    let lives = |id: TicketId| tx.get::<Ticket>(&id).map(|it| it.is_some_and(|it| it.deleted_at.is_none()));
    // Closed for longer than the rules reopen.
    let month = Duration::from_secs(30 * 86_400);
    let over = |id: TicketId| tx.get::<Ticket>(&id).map(|it| it.and_then(|it| it.closed_at).is_some_and(|it| tx.now().since(it) > month));
    Ok(match goes_on(tx, fate)? {
        Fate::Anything => None,
        Fate::Created => Some((Outcome::Created, None, None)),
        Fate::Ignored => Some((Outcome::Ignored, None, None)),
        Fate::Quarantined => Some((Outcome::Quarantined, None, None)),
        Fate::Appended(id) if lives(id)? && over(id)? && !automatic => Some((Outcome::Created, None, None)),
        Fate::Appended(id) if lives(id)? => Some((Outcome::Appended, Some(id), None)),
        Fate::Suggested(id) if lives(id)? => match sender {
            Some(sender) if takes_part(tx, id, sender.id)? && over(id)? && !automatic => Some((Outcome::Created, None, None)),
            Some(sender) if takes_part(tx, id, sender.id)? => Some((Outcome::Appended, Some(id), None)),
            _ => Some((Outcome::Created, None, Some(id))),
        },
        // Its ticket is gone.
        Fate::Appended(_) | Fate::Suggested(_) if automatic => Some((Outcome::Quarantined, None, None)),
        Fate::Appended(_) | Fate::Suggested(_) => Some((Outcome::Created, None, None)),
    })
}

/// What is meant for a merged ticket is meant for the one that its matter goes on in.
fn goes_on(tx: &Tx, fate: Fate) -> Result<Fate> {
    let (Fate::Appended(meant) | Fate::Suggested(meant)) = fate else { return Ok(fate) };
    let mut id = meant;
    while let Some(ticket) = tx.get::<Ticket>(&id)?.filter(|it| it.deleted_at.is_none())
        && let Some(merged) = ticket.merged
    {
        id = merged.into;
    }
    Ok(if matches!(fate, Fate::Appended(_)) { Fate::Appended(id) } else { Fate::Suggested(id) })
}

fn takes_part(tx: &Tx, id: TicketId, person: PersonId) -> Result<bool> {
    let ticket = tx.get::<Ticket>(&id)?.expect("tickets stay");
    let spoke = tx.scan::<Comment>(&id)?.any(|it| it.is_ok_and(|it| it.author == Some(person)));
    Ok(spoke || ticket.requester == person || ticket.assignee == Some(person) || ticket.watchers.contains(&person))
}

/// Everything that a decided mail brought with it.
fn tell(tx: &Tx, entry: MailEntry, known: &BTreeSet<PersonId>) -> Result<Told> {
    let people: Vec<Person> = tx.scan::<Person>(&())?.collect::<Result<_, _>>()?;
    let mut told = Told { people: people.into_iter().filter(|it| !known.contains(&it.id)).collect(), ..Told::default() };
    if let Some(id) = entry.ticket.filter(|_| matches!(entry.outcome, Outcome::Created | Outcome::Appended)) {
        let ticket = tx.get::<Ticket>(&id)?;
        // A ticket that goes on from an old one is tied to it.
        for link in ticket.iter().flat_map(|it| &it.links) {
            told.tickets.extend(tx.get::<Ticket>(&link.ticket)?);
        }
        told.tickets.extend(ticket);
        told.comments = tx.scan::<Comment>(&id)?.collect::<Result<_, _>>()?;
    }
    told.mails.push(entry);
    Ok(told)
}

// --- the notifier and the jobs ---

fn letters(tx: &Tx) -> Result<BTreeMap<LetterId, Outgoing>> {
    Ok(tx.scan::<Outgoing>(&())?.map(|it| it.map(|it| (it.id, it))).collect::<Result<_, _>>()?)
}

type Address = (TicketId, Option<CommentId>, PersonId);

/// Who must be told of the events that the notifier has not seen.
fn to_be_told(tx: &Tx) -> Result<BTreeSet<Address>> {
    let settings = Settings::of(tx)?;
    let mut all = BTreeSet::new();
    for event in tx.events_after(tx.cursor(notifier::NAME)?, 500)? {
        let Some(ticket) = tx.get::<Ticket>(&TicketId(event.entity))?.filter(|it| it.deleted_at.is_none()) else { continue };
        let (comment, people): (_, Vec<PersonId>) = match EventKind::named(&event.kind) {
            Some(EventKind::TicketCreated) if matches!(ticket.channel, Channel::Email | Channel::Portal) => (None, vec![ticket.requester]),
            Some(EventKind::CommentAdded) => {
                let id = Changes::of(&event).after("comment").and_then(|it| it.as_str()?.parse().ok()).expect("an id");
                let comment = tx.get::<Comment>(&(ticket.id, id))?.expect("comments stay");
                if comment.is_private || comment.automatic {
                    continue;
                }
                let others = ticket.watchers.iter().copied().chain([ticket.requester]).filter(|it| Some(*it) != comment.author);
                (Some(id), others.collect())
            }
            _ => continue,
        };
        for id in people {
            let person = tx.get::<Person>(&id)?.expect("people stay");
            if person.active && !person.email.ends_with(".invalid") && !settings.is_own_address(&person.email) {
                all.insert((ticket.id, comment, id));
            }
        }
    }
    Ok(all)
}

pub fn notify(complaints: &Complaints) -> Act {
    let complaints = complaints.clone();
    Box::new(move |tx| {
        let wanted = to_be_told(tx)?;
        let before = letters(tx)?;
        notifier::step(tx)?;
        let new: Vec<Outgoing> = letters(tx)?.into_iter().filter(|it| !before.contains_key(&it.0)).map(|it| it.1).collect();
        let mut told = BTreeSet::new();
        for letter in &new {
            // What gathers a storm is about many tickets, and about none of them alone.
            if let (Some(_), Some(person)) = (&letter.gathered, letter.person) {
                if !works(&tx.get::<Person>(&person)?.expect("people stay")) {
                    complaints.say(format!("{letter:?} is for somebody who does not work here"));
                }
                continue;
            }
            let (Some(ticket), Some(person)) = (letter.ticket, letter.person) else {
                complaints.say(format!("{letter:?} is for nobody"));
                continue;
            };
            if matches!(letter.occasion, Occasion::Acknowledgement | Occasion::Answer) {
                told.insert((ticket, letter.comment, person));
            } else if matches!(letter.occasion, Occasion::TargetWarned | Occasion::TargetMissed | Occasion::Escalated) {
                if !works(&tx.get::<Person>(&person)?.expect("people stay")) {
                    complaints.say(format!("{letter:?} is for somebody who does not work here"));
                }
            } else if tx.get::<Ticket>(&ticket)?.is_none_or(|it| it.requester != person && it.assignee != Some(person)) {
                complaints.say(format!("{letter:?} is none of theirs"));
            }
        }
        // What a person of the desk wrote is told to everybody; what is automatic, or only passed on, has its budgets.
        let mut owed = BTreeSet::new();
        for it in &wanted {
            let said = it.1.map(|id| tx.get::<Comment>(&(it.0, id))).transpose()?.flatten();
            if said.is_some_and(|it| it.via != Channel::Email) {
                owed.insert(*it);
            }
        }
        if !told.is_subset(&wanted) || !owed.is_subset(&told) {
            complaints.say(format!("told {told:?} instead of {wanted:?}"));
        }
        let enqueued = new.into_iter().map(|it| it.message_id).collect();
        Ok(Told { enqueued, ..Told::default() })
    })
}

pub fn lease(rng: &mut StdRng, complaints: &Complaints) -> Act {
    let (limit, complaints) = (rng.random_range(1..12), complaints.clone());
    Box::new(move |tx| {
        let leased = jobs::lease(tx, limit, |_| true)?;
        let now = tx.now();
        for job in &leased {
            if job.attempts > limits::JOB_ATTEMPTS_MAX || job.due_at <= now {
                complaints.say(format!("leased {job:?} at {now}"));
            }
        }
        Ok(Told { leased: leased.into_iter().map(|it| (it.id, it.attempts)).collect(), ..Told::default() })
    })
}

/// A runner says how a job went; sometimes long after its lease was lost.
pub fn end(rng: &mut StdRng, model: &mut Model, complaints: &Complaints) -> Option<Act> {
    if model.leased.is_empty() {
        return None;
    }
    let (id, attempt): (JobId, u32) = model.leased.swap_remove(rng.random_range(0..model.leased.len()));
    let ended = match rng.random_range(0..10) {
        0 => Ended::Failed("550 no such user".into()),
        1..4 => Ended::Retry("451 try later".into()),
        _ => Ended::Done,
    };
    let complaints = complaints.clone();
    Some(Box::new(move |tx| {
        let before = tx.get::<Job>(&id)?;
        let holds = before.as_ref().is_some_and(|it| it.attempts == attempt && it.state == jobs::JobState::Leased);
        jobs::end(tx, id, attempt, ended.clone())?;
        let after = tx.get::<Job>(&id)?;
        let fits = match (&before, holds, &ended) {
            (_, false, _) => before == after,
            (_, true, Ended::Done) => after.is_none(),
            (_, true, Ended::Again(at)) => after.is_some_and(|it| it.state == jobs::JobState::Waiting && it.due_at == *at),
            (_, true, Ended::Failed(_)) => after.is_some_and(|it| it.state == jobs::JobState::Dead),
            (_, true, Ended::Retry(_)) => after.is_some_and(|it| match it.state {
                jobs::JobState::Waiting => attempt < limits::JOB_ATTEMPTS_MAX && it.due_at > tx.now(),
                jobs::JobState::Dead => attempt >= limits::JOB_ATTEMPTS_MAX,
                jobs::JobState::Leased => false,
            }),
        };
        if !fits {
            complaints.say(format!("a job that ended {ended:?} was {before:?}"));
        }
        Ok(Told::default())
    }))
}
