//! The outbox: a record for every letter that leaves, with its state, its recipients and what the server said last (NTF-03).
//!
//! A letter is operational (D6): its state is the machine's, and changes with every attempt. What people do to it and what ends badly
//! is an event on its ticket. What it says is written when it is sent, from the ticket; only who gets it is kept here.
//!
//! Order: letters of a ticket leave in the order in which their occasions happened. A later one waits while an earlier one does, with
//! one exception: an earlier one that only the far side of one address puts off holds up letters to the same address alone. A letter
//! that is dead lets later ones pass.
//!
//! Once: an attempt is written down before it begins, and what came of it in one commit after the server's last word. A crash between
//! that word and the commit sends the letter again, with the same Message-ID; SMTP offers nothing better. Copies with return addresses
//! of their own are handed over one after the other within one attempt.

mod attempt;
mod letter;
mod mending;
mod retention;
mod returned;

use std::time::Duration;

use super::{occasion::Occasion, suppression};
use crate::{
    desk::{
        actor::Actor,
        event::{self, EventKind},
        jobs,
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Code, Fault, Refusal, Result},
    id::{CommentId, LetterId, PersonId, TicketId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

pub use attempt::{
    ATTEMPT_BEFORE_LAST_WORD, ATTEMPT_LEASE, Attempt, Begun, GIVE_UP_AFTER, Pace, Said, begin, enhanced_status, note, server_is_back,
    server_was_away,
};
use letter::{BY_MESSAGE, BY_RETURN, BY_STATE, BY_TICKET, hash_of, hash_of_key};
pub use letter::{Gathered, INDEXES, Letter, LetterState, Line, Recipient, RecipientState, SendMail, Trouble};
pub use mending::{adrift, take_up};
pub(in crate::desk) use mending::{again, job_died};
pub use retention::{ClearedUpTo, sweep};
pub use returned::{Returned, bounced, returned, tag};

/// The kind of job that sends one letter.
pub const SEND_MAIL: &str = "send_mail";
/// What the server said, in characters.
const ANSWER_CHARS_MAX: usize = 500;

/// A letter to be.
#[derive(Debug, Clone)]
pub struct NewLetter {
    pub ticket: Option<TicketId>,
    pub comment: Option<CommentId>,
    pub occasion: Occasion,
    pub recipients: Vec<Recipient>,
    pub subject: String,
    pub message_id: String,
    pub held_until: Option<Instant>,
    pub order: u64,
    pub person: Option<PersonId>,
    pub may_be_stopped: bool,
    pub language: Option<String>,
    pub sample: Option<Occasion>,
    pub account: Option<AboutAccount>,
    pub gathered: Option<Gathered>,
}

/// What makes a letter one about an account.
#[derive(Debug, Clone)]
pub struct AboutAccount {
    /// As JSON.
    pub what: String,
    /// Two of the same key do not wait at once.
    pub only_one: String,
    pub expires_at: Option<Instant>,
}

/// Puts a letter into the outbox, with the job that sends it. The same one twice is one.
pub fn enqueue(tx: &mut Tx, new: NewLetter) -> Result<Letter> {
    if let Some(found) = by_message_id(tx, &new.message_id)? {
        return Ok(found);
    }
    let NewLetter {
        ticket,
        comment,
        occasion,
        recipients,
        subject,
        message_id,
        held_until,
        order,
        person,
        may_be_stopped,
        language,
        sample,
        account,
        gathered,
    } = new;
    let recipients = recipients.into_iter().map(|it| Recipient { token: Some(returned::new_token(tx)), ..it }).collect();
    let now = tx.now();
    let held_until = held_until.filter(|it| *it > now);
    let mut letter = Letter {
        id: tx.new_id(),
        ticket,
        comment,
        occasion,
        recipients,
        subject,
        message_id,
        state: if held_until.is_some() { LetterState::Held } else { LetterState::Queued },
        held_until,
        attempts: 0,
        answer: None,
        created_at: now,
        first_tried_at: None,
        due_at: held_until.unwrap_or(now),
        sent_at: None,
        order,
        person,
        trouble: None,
        may_be_stopped,
        language,
        sample,
        is_cut_down: false,
        expires_at: account.as_ref().and_then(|it| it.expires_at),
        only_one: account.as_ref().map(|it| it.only_one.clone()),
        account: account.map(|it| it.what),
        gathered,
    };
    leave_out_suppressed(tx, &mut letter)?;
    if letter.open().next().is_none() {
        letter.state = LetterState::Suppressed;
    } else {
        start(tx, &letter, letter.due_at)?;
    }
    tx.put(&letter)?;
    Ok(letter)
}

fn start(tx: &mut Tx, letter: &Letter, at: Instant) -> Result<()> {
    let payload = serde_json::to_string(&SendMail { letter: letter.id }).map_err(|it| Fault::because("writing a job", it))?;
    jobs::enqueue(tx, SEND_MAIL, &letter.job(), payload, at)?;
    Ok(())
}

fn leave_out_suppressed(tx: &Tx, letter: &mut Letter) -> Result<()> {
    let asked_for = letter.occasion.is_asked_for();
    for it in letter.recipients.iter_mut().filter(|it| it.state == RecipientState::Waiting) {
        // What a person decided about an address stands in any case.
        if let Some(why) = suppression::of(tx, &it.address)?.filter(|it| it.letter.is_none() || !asked_for) {
            it.state = RecipientState::Suppressed;
            it.answer = Some(why.reason.clone());
            letter.answer = Some(format!("Nothing is sent to {}: {}", it.address, why.reason));
        }
    }
    Ok(())
}

fn end(tx: &mut Tx, letter: &Letter) -> Result<()> {
    tx.put(letter)?;
    wake_next(tx, letter)
}

/// Lets the next letters of the ticket go whose turn it is.
fn wake_next(tx: &mut Tx, letter: &Letter) -> Result<()> {
    let Some(ticket) = letter.ticket else { return Ok(()) };
    let waiting: Vec<LetterId> = tx.find_keys(&BY_TICKET, &(ticket, false))?.collect::<Result<_, _>>()?;
    let now = tx.now();
    let mut turn = None;
    for id in waiting.into_iter().filter(|it| *it != letter.id) {
        let Some(next) = tx.get::<Letter>(&id)?.filter(|it| it.order >= letter.order && it.state == LetterState::Queued) else { continue };
        // Later ones are woken by these in their turn.
        if turn.is_some_and(|it| next.order > it) {
            break;
        }
        if attempt::waits_for(tx, &next)?.is_none() {
            turn = Some(next.order);
            jobs::reschedule(tx, &next.job(), now.max(next.held_until.unwrap_or(now)))?;
        }
    }
    Ok(())
}

// --- what people do ---

/// A letter that the actor may see: on a ticket whose notes they read, or any if they see settings.
pub fn letter(tx: &Tx, actor: &Actor, id: LetterId) -> Result<Letter> {
    let missing = || Refusal::not_found("letter");
    let it = tx.get::<Letter>(&id)?.ok_or_else(missing)?;
    if actor.may(Permission::SettingsRead) {
        return Ok(it);
    }
    let ticket = it.ticket.ok_or_else(missing)?;
    let ticket = access::ticket(tx, actor, ticket).map_err(|_| missing())?;
    if access::reads_notes(actor, &ticket) { Ok(it) } else { Err(missing().into()) }
}

/// Refuses unless the actor works the letter's ticket, or settings.
fn need(tx: &Tx, actor: &Actor, it: &Letter) -> Result<()> {
    if actor.may(Permission::SettingsWrite) {
        return Ok(());
    }
    match it.ticket.map(|id| tx.get::<Ticket>(&id)).transpose()?.flatten() {
        Some(ticket) => access::need(actor, Permission::TicketsWrite, &ticket),
        None => actor.need(Permission::SettingsWrite),
    }
}

/// Sends a letter on its way again that failed, came back, or waits for its next attempt. Those who have it already do not get it
/// again. A suppressed address has to be released first.
pub fn retry(tx: &mut Tx, actor: &Actor, id: LetterId) -> Result<Letter> {
    let mut it = letter(tx, actor, id)?;
    need(tx, actor, &it)?;
    let fits = (it.state.is_trouble() || it.state == LetterState::Deferred) && !it.is_cut_down;
    if !fits {
        let detail = say!("refused-mail-there-nothing-try", state = it.state.name());
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if it.expires_at.is_some_and(|at| at <= tx.now()) || it.account.as_ref().is_some_and(String::is_empty) {
        return Err(Refusal::new(Code::Conflict, say!("refused-mail-over-asked-again")).into());
    }
    for it in &mut it.recipients {
        if it.state != RecipientState::Accepted {
            it.state = RecipientState::Waiting;
        }
    }
    leave_out_suppressed(tx, &mut it)?;
    if it.open().next().is_none() {
        let detail = it.answer.unwrap_or_else(|| "Nothing is sent to its addresses.".into());
        return Err(Refusal::new(Code::Conflict, say!("refused-release-address-first", detail = detail)).into());
    }
    let now = tx.now();
    it.state = LetterState::Queued;
    it.trouble = None;
    it.attempts = 0;
    it.first_tried_at = None;
    it.due_at = now;
    // A runner may still be about to end the job of the last attempt; that one is none of this letter's any more.
    jobs::forget(tx, &it.job())?;
    start(tx, &it, now)?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::LetterRetried, it.about(), it.changes())?;
    Ok(it)
}

/// Takes a letter back that has not left.
pub fn withdraw(tx: &mut Tx, actor: &Actor, id: LetterId) -> Result<Letter> {
    let it = letter(tx, actor, id)?;
    need(tx, actor, &it)?;
    take_back(tx, actor, it)
}

fn take_back(tx: &mut Tx, actor: &Actor, mut it: Letter) -> Result<Letter> {
    let partly = it.recipients.iter().any(|it| it.state == RecipientState::Accepted);
    if !it.state.waits() || it.state == LetterState::Sending || partly {
        let detail = say!("refused-mail-cannot-taken-back", state = if partly { "sent in part" } else { it.state.name() });
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    it.state = LetterState::Withdrawn;
    jobs::forget(tx, &it.job())?;
    event::record(tx, actor, EventKind::LetterWithdrawn, it.about(), it.changes())?;
    end(tx, &it)?;
    Ok(it)
}

/// Takes all letters of a comment back, or none: refused if one has left.
pub(in crate::desk) fn withdraw_all(tx: &mut Tx, actor: &Actor, ticket: TicketId, comment: CommentId) -> Result<usize> {
    let all: Vec<Letter> = of_ticket(tx, ticket)?.into_iter().filter(|it| it.comment == Some(comment)).collect();
    let count = all.len();
    for it in all.into_iter().filter(|it| !matches!(it.state, LetterState::Suppressed | LetterState::Withdrawn)) {
        take_back(tx, actor, it)?;
    }
    Ok(count)
}

// --- looking ---

/// All letters of a ticket, in their order.
pub fn of_ticket(tx: &Tx, ticket: TicketId) -> Result<Vec<Letter>> {
    let mut all = tx.find(&BY_TICKET, &ticket)?;
    all.sort_by_key(|it| (it.order, it.created_at, it.id));
    Ok(all)
}

/// The letter of this key that still waits.
pub fn waiting(tx: &Tx, only_one: &str) -> Result<Option<Letter>> {
    Ok(tx.find_one(&BY_MESSAGE, &hash_of_key(only_one))?)
}

/// This letter, while nothing of it has left and nobody has taken it back; one that goes to nobody counts as such.
pub(in crate::desk) fn still_held(tx: &Tx, id: LetterId) -> Result<Option<Letter>> {
    Ok(tx.get::<Letter>(&id)?.filter(|it| matches!(it.state, LetterState::Held | LetterState::Suppressed)))
}

pub fn by_message_id(tx: &Tx, message_id: &str) -> Result<Option<Letter>> {
    Ok(tx.find_one(&BY_MESSAGE, &hash_of(message_id))?)
}

/// Letters in one state, oldest first; without a state, all that wait or are trouble.
pub fn letters(tx: &Tx, actor: &Actor, state: Option<LetterState>) -> Result<Vec<Letter>> {
    actor.need(Permission::SettingsRead)?;
    let mut found = Vec::new();
    match state {
        Some(LetterState::Sent) => {
            for it in tx.scan_back::<Letter>(&())? {
                let it = it?;
                if it.state == LetterState::Sent && !it.is_cut_down {
                    found.push(it);
                }
                if found.len() >= limits::LETTERS_LISTED_MAX {
                    break;
                }
            }
        }
        Some(it) => found.extend(in_state(tx, it)?),
        None => {
            for it in LetterState::ALL.into_iter().filter(|it| it.waits() || it.is_trouble()) {
                found.extend(in_state(tx, it)?);
            }
        }
    }
    Ok(found)
}

fn in_state_keys(tx: &Tx, state: LetterState) -> Result<impl Iterator<Item = Result<LetterId>> + '_> {
    Ok(tx.find_keys(&BY_STATE, &(state as u8))?.map(|it| Ok(it?)))
}

fn in_state(tx: &Tx, state: LetterState) -> Result<Vec<Letter>> {
    let mut found = Vec::new();
    for id in in_state_keys(tx, state)?.take(limits::LETTERS_LISTED_MAX) {
        found.extend(tx.get::<Letter>(&id?)?);
    }
    Ok(found)
}

/// How many letters are in each state that waits or is trouble, and for how long the oldest that is due has waited. Counted up to a limit.
pub fn census(tx: &Tx, limit: usize) -> Result<(Vec<(LetterState, usize)>, Duration)> {
    let mut counts = Vec::new();
    let mut oldest: Option<Instant> = None;
    for state in LetterState::ALL.into_iter().filter(|it| it.waits() || it.is_trouble()) {
        let mut ids = tx.find_keys(&BY_STATE, &(state as u8))?.take(limit);
        let first = ids.next().transpose()?;
        counts.push((state, usize::from(first.is_some()) + ids.filter(std::result::Result::is_ok).count()));
        if let Some(first) = first.filter(|_| state.waits() && state != LetterState::Held)
            && let Some(it) = tx.get::<Letter>(&first)?
        {
            oldest = Some(oldest.map_or(it.created_at, |was| was.min(it.created_at)));
        }
    }
    Ok((counts, oldest.filter(|it| *it < tx.now()).map_or(Duration::ZERO, |it| tx.now().since(it))))
}

fn clip(text: &str) -> String {
    text.chars().take(ANSWER_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
