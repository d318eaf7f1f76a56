//! Letters and their jobs: a letter that waits has a job that is alive, or it would hold up its ticket for ever. What has lost its job,
//! by a crash or a fault, is found here and goes on.

use super::{Letter, LetterState, RecipientState, SendMail, attempt::settle, in_state_keys, start};
use crate::{
    desk::{actor::Actor, jobs},
    error::{Refusal, Result},
    id::LetterId,
    limits,
    store::Tx,
};

/// The job of a letter has failed for good, and so has the letter. A payload of no letter is nobody's.
pub(in crate::desk) fn job_died(tx: &mut Tx, payload: &str, why: &str) -> Result<()> {
    let Ok(SendMail { letter }) = serde_json::from_str(payload) else { return Ok(()) };
    let Some(mut letter) = tx.get::<Letter>(&letter)?.filter(|it| it.state.waits()) else { return Ok(()) };
    letter.answer = Some(super::clip(&format!("This mail could not be sent: {why}")));
    letter.recipients.iter_mut().filter(|it| it.state == RecipientState::Waiting).for_each(|it| it.state = RecipientState::Refused);
    settle(tx, &mut letter)
}

/// Another round for the letter of a job that failed for good.
pub(in crate::desk) fn again(tx: &mut Tx, actor: &Actor, payload: &str) -> Result<()> {
    let gone = || Refusal::not_found("letter");
    let Ok(SendMail { letter }) = serde_json::from_str(payload) else { return Err(gone().into()) };
    super::retry(tx, actor, letter).map(drop)
}

/// Letters that wait and have no job; a bounded number, if there should be many.
pub fn adrift(tx: &Tx) -> Result<Vec<LetterId>> {
    let mut found = Vec::new();
    for state in LetterState::ALL.into_iter().filter(|it| it.waits()) {
        for id in in_state_keys(tx, state)? {
            let id = id?;
            let Some(letter) = tx.get::<Letter>(&id)? else { continue };
            if jobs::of(tx, &letter.job())?.is_none() {
                found.push(id);
            }
            if found.len() >= limits::LETTERS_LISTED_MAX {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Gives these letters a job again, if they still wait without one; gives how many that are.
pub fn take_up(tx: &mut Tx, letters: &[LetterId]) -> Result<usize> {
    let mut count = 0;
    for id in letters {
        let Some(letter) = tx.get::<Letter>(id)?.filter(|it| it.state.waits()) else { continue };
        if jobs::of(tx, &letter.job())?.is_none() {
            let at = letter.due_at.max(letter.held_until.unwrap_or(letter.due_at));
            start(tx, &letter, at)?;
            count += 1;
        }
    }
    Ok(count)
}
