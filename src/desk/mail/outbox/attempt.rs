//! One attempt at a letter: whether it is its turn, what the server said, and when the next one is.

use std::time::Duration;

use super::{BY_STATE, BY_TICKET, Letter, LetterState, RecipientState, Trouble, clip, end, leave_out_suppressed, wake_next};
use crate::{
    desk::{
        actor::Actor,
        event::{self, EventKind},
        jobs::{self, Ended},
        mail::suppression,
    },
    error::Result,
    id::{JobId, LetterId},
    store::Tx,
    time::Instant,
};

/// How long one attempt may take, including ten minutes for the server's last word (RFC 5321 4.5.3.2.6).
pub const ATTEMPT_LEASE: Duration = Duration::from_secs(20 * 60);
/// How long all of it may take that comes before the end of the mail, so that the last word is heard within the lease.
pub const ATTEMPT_BEFORE_LAST_WORD: Duration = Duration::from_secs(9 * 60);
/// When a letter is given up (RFC 5321 4.5.4.1).
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(5 * 24 * 3600);

/// What an attempt begins with.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    Go(Box<Letter>),
    /// Not yet.
    Wait(Instant),
    /// There is nothing to do any more.
    Nothing,
}

/// How soon a letter looks again at the one that it waits for; it is woken when that one ends.
const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// How long it looks away at most.
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(600);

/// Begins an attempt: the letter's turn is checked, and the attempt is written down with a lease that is long enough for it.
pub fn begin(tx: &mut Tx, id: LetterId, job: JobId, lease: u32) -> Result<Begun> {
    let Some(mut letter) = tx.get::<Letter>(&id)?.filter(|it| it.state.waits()) else { return Ok(Begun::Nothing) };
    let now = tx.now();
    if let Some(until) = letter.held_until.filter(|it| *it > now) {
        return Ok(Begun::Wait(until));
    }
    if letter.expires_at.is_some_and(|it| it <= now) {
        give_up(tx, &mut letter, TOO_LATE)?;
        return Ok(Begun::Nothing);
    }
    if let Some(first) = waits_for(tx, &letter)? {
        return Ok(Begun::Wait(first.due_at.clamp(now.plus(LOOK_AGAIN), now.plus(LOOK_AGAIN_MAX))));
    }
    leave_out_suppressed(tx, &mut letter)?;
    if letter.open().next().is_none() {
        settle(tx, &mut letter)?;
        return Ok(Begun::Nothing);
    }
    letter.state = LetterState::Sending;
    letter.attempts += 1;
    letter.first_tried_at = letter.first_tried_at.or(Some(now));
    tx.put(&letter)?;
    jobs::extend(tx, job, lease, ATTEMPT_LEASE)?;
    Ok(Begun::Go(Box::new(letter)))
}

/// The earlier letter of the ticket that this one may not overtake.
pub(super) fn waits_for(tx: &Tx, letter: &Letter) -> Result<Option<Letter>> {
    let Some(ticket) = letter.ticket else { return Ok(None) };
    // Addresses whose far side puts mail off: they hold up letters to themselves, and those that wait for these.
    let mut slow: Vec<String> = Vec::new();
    for id in tx.find_keys(&BY_TICKET, &(ticket, false))? {
        let Some(other) = tx.get::<Letter>(&id?)? else { continue };
        if other.order >= letter.order {
            break;
        }
        let addresses: Vec<String> = other.open().map(|it| it.address.to_lowercase()).collect();
        let is_slow = other.trouble == Some(Trouble::Recipient) || addresses.iter().any(|it| slow.contains(it));
        if !is_slow || letter.open().any(|mine| addresses.contains(&mine.address.to_lowercase())) {
            return Ok(Some(other));
        }
        slow.extend(addresses);
    }
    Ok(None)
}

/// What the server said of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Accepted(String),
    Later(String),
    Never(String),
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The server could not be used.
    NoServer(String),
    /// This letter cannot be written or signed at present; others can.
    Later(String),
    /// It will never go: it cannot be written, or is too large.
    Never(String),
    /// What was said of each address.
    Spoken(Vec<(String, Said)>),
    /// There is nothing to say any more.
    Moot,
}

/// The first wait after an attempt that did not succeed; the rest of the schedule follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(pub Duration);

impl Default for Pace {
    fn default() -> Self {
        Pace(Duration::from_secs(60))
    }
}

/// Minutes between attempts: early ones for greylisting, later ones as RFC 5321 4.5.4.1 suggests.
const RECIPIENT_MINUTES: [u64; 9] = [1, 5, 10, 15, 30, 60, 90, 120, 180];
/// A server that is away is looked for more often, since every letter waits for it.
const SERVER_MINUTES: [u64; 6] = [1, 2, 5, 10, 15, 30];

/// The wait after so many attempts, give or take a quarter, so that many letters do not come back together.
fn wait(tx: &mut Tx, pace: Pace, trouble: Trouble, attempts: u32) -> Duration {
    let minutes: &[u64] = if trouble == Trouble::Server { &SERVER_MINUTES } else { &RECIPIENT_MINUTES };
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(minutes.len() - 1);
    let [die] = tx.random::<1>();
    pace.0.mul_f64(minutes[at] as f64 * (0.75 + f64::from(die) / 510.0))
}

/// Writes down what came of an attempt, and says what becomes of its job.
pub fn note(tx: &mut Tx, pace: Pace, id: LetterId, attempt: u32, came: Attempt) -> Result<Ended> {
    let Some(mut letter) = tx.get::<Letter>(&id)?.filter(|it| it.state == LetterState::Sending && it.attempts == attempt) else {
        return Ok(Ended::Done);
    };
    let actor = Actor::system("outbox");
    let trouble = match came {
        Attempt::NoServer(why) => {
            letter.answer = Some(clip(&why));
            Trouble::Server
        }
        Attempt::Never(why) => {
            letter.answer = Some(clip(&why));
            letter.recipients.iter_mut().filter(|it| it.state == RecipientState::Waiting).for_each(|it| it.state = RecipientState::Refused);
            Trouble::Recipient
        }
        Attempt::Later(why) => {
            letter.answer = Some(clip(&why));
            Trouble::Recipient
        }
        Attempt::Moot => {
            letter.state = LetterState::Withdrawn;
            letter.answer = Some("There was nothing to say any more: what it was about is gone or done.".into());
            event::record(tx, &actor, EventKind::LetterWithdrawn, letter.about(), letter.changes())?;
            end(tx, &letter)?;
            return Ok(Ended::Done);
        }
        Attempt::Spoken(all) => {
            for (address, said) in all {
                hear(tx, &actor, &mut letter, &address, said)?;
            }
            Trouble::Recipient
        }
    };
    if letter.open().next().is_none() {
        settle(tx, &mut letter)?;
        return Ok(Ended::Done);
    }
    let now = tx.now();
    let patience = pace.0.mul_f64(GIVE_UP_AFTER.as_secs_f64() / Pace::default().0.as_secs_f64());
    if letter.first_tried_at.is_some_and(|it| now.since(it) >= patience) {
        let days = GIVE_UP_AFTER.as_secs() / 86_400;
        give_up(tx, &mut letter, &format!("Given up after {days} days."))?;
        return Ok(Ended::Done);
    }
    let due_at = now.plus(wait(tx, pace, trouble, letter.attempts));
    if letter.expires_at.is_some_and(|it| it <= due_at) {
        give_up(tx, &mut letter, TOO_LATE)?;
        return Ok(Ended::Done);
    }
    letter.state = LetterState::Deferred;
    letter.trouble = Some(trouble);
    letter.due_at = due_at;
    tx.put(&letter)?;
    if trouble == Trouble::Recipient {
        wake_next(tx, &letter)?;
    }
    Ok(Ended::Again(letter.due_at))
}

/// Why a letter with a link is not sent any more.
const TOO_LATE: &str = "Given up: the link in it would have been over by the next attempt. It has to be asked for again.";

fn give_up(tx: &mut Tx, letter: &mut Letter, why: &str) -> Result<()> {
    let last = letter.answer.as_ref().map(|it| format!(" The last answer was: {it}")).unwrap_or_default();
    letter.answer = Some(clip(&format!("{why}{last}")));
    letter.recipients.iter_mut().filter(|it| it.state == RecipientState::Waiting).for_each(|it| it.state = RecipientState::Refused);
    settle(tx, letter)
}

fn hear(tx: &mut Tx, actor: &Actor, letter: &mut Letter, address: &str, said: Said) -> Result<()> {
    let (state, text) = match said {
        Said::Accepted(it) => (RecipientState::Accepted, it),
        Said::Later(it) => (RecipientState::Waiting, it),
        Said::Never(it) => (RecipientState::Refused, it),
    };
    let mut heard = false;
    for it in letter.recipients.iter_mut().filter(|it| it.state == RecipientState::Waiting && it.address == address) {
        it.state = state;
        it.answer = Some(clip(&text));
        heard = true;
    }
    // Of several answers, the one that is trouble is what people ask for.
    if heard && (state != RecipientState::Accepted || letter.answer.is_none() || letter.recipients.len() == 1) {
        letter.answer = Some(clip(&text));
    }
    if state == RecipientState::Accepted {
        suppression::accepted(tx, address)?;
    }
    if state == RecipientState::Refused {
        let status = enhanced_status(&text);
        suppression::came_back(tx, actor, address, status.as_deref(), &text, (letter.id, letter.ticket))?;
    }
    Ok(())
}

/// The enhanced status (RFC 2034) in what a server said: `550 5.1.1 no such user`.
pub fn enhanced_status(text: &str) -> Option<String> {
    let fits = |word: &&str| {
        let mut parts = word.split('.');
        let class = parts.next().is_some_and(|it| matches!(it, "2" | "4" | "5"));
        let digits = |it: Option<&str>| it.is_some_and(|it| (1..=3).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit()));
        class && digits(parts.next()) && digits(parts.next()) && parts.next().is_none()
    };
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).take(12).find(fits).map(str::to_owned)
}

/// Nothing is to be sent any more: what the letter has come to.
pub(super) fn settle(tx: &mut Tx, letter: &mut Letter) -> Result<()> {
    let any = |state| letter.recipients.iter().any(|it| it.state == state);
    letter.state = match (any(RecipientState::Refused), any(RecipientState::Accepted)) {
        (true, _) => LetterState::Failed,
        (false, true) => LetterState::Sent,
        (false, false) => LetterState::Suppressed,
    };
    letter.trouble = None;
    if any(RecipientState::Accepted) {
        letter.sent_at = letter.sent_at.or(Some(tx.now()));
    }
    if letter.state == LetterState::Sent {
        // From where somebody signed in is kept no longer than it is needed.
        letter.account.iter_mut().for_each(String::clear);
    }
    if letter.state == LetterState::Failed {
        event::record(tx, &Actor::system("outbox"), EventKind::LetterFailed, letter.about(), letter.changes())?;
    }
    end(tx, letter)
}

/// Letters that are brought forward at once when a server is back.
const BROUGHT_FORWARD_MAX: usize = 500;
/// Within which they leave, each at its own moment.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// The server has taken a letter: those that wait only because it was away need not wait for their next attempt.
pub fn server_is_back(tx: &mut Tx, pace: Pace) -> Result<()> {
    let ids: Vec<LetterId> =
        tx.find_keys(&BY_STATE, &(LetterState::Deferred as u8))?.take(BROUGHT_FORWARD_MAX).collect::<Result<_, _>>()?;
    let now = tx.now();
    for id in ids {
        let Some(mut letter) = tx.get::<Letter>(&id)?.filter(|it| it.trouble == Some(Trouble::Server)) else { continue };
        let [die] = tx.random::<1>();
        let at = now.plus(pace.0.min(BACK_WITHIN).mul_f64(f64::from(die) / 255.0));
        if at < letter.due_at {
            letter.due_at = at;
            jobs::reschedule(tx, &letter.job(), at)?;
            tx.put(&letter)?;
        }
    }
    Ok(())
}

/// Whether a letter waits because a server was away.
pub fn server_was_away(tx: &Tx) -> Result<bool> {
    for id in tx.find_keys(&BY_STATE, &(LetterState::Deferred as u8))?.take(BROUGHT_FORWARD_MAX) {
        if tx.get::<Letter>(&id?)?.is_some_and(|it| it.trouble == Some(Trouble::Server) && it.due_at > tx.now()) {
            return Ok(true);
        }
    }
    Ok(false)
}
