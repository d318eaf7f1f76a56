//! How long letters are kept. What was sent, failed or was taken back long ago is cleared away: a letter that carries what somebody wrote
//! is cut down to what its message shows (to whom, what became of it, when), and lasts as long as the message; any other is removed.
//!
//! Letters are kept in the order in which they were made, so how far this has come is one id.

use std::time::Duration;

use minicbor::{Decode, Encode};
use uuid::Uuid;

use super::Letter;
use crate::{
    desk::{
        mail::sending::SendingRules,
        tickets::{Comment, Ticket},
    },
    error::Result,
    id::LetterId,
    store::{Record, Table, Tx},
};

/// The last letter that was cleared away; those before it were, too.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ClearedUpTo {
    #[n(0)]
    pub letter: LetterId,
}

impl Record for ClearedUpTo {
    type Key = ();
    const TABLE: Table = Table::operational(0x6f, "letters_cleared");

    fn key(&self) {}
}

/// Clears letters away that are older than the desk keeps them, at most `limit`; gives how many. One that still waits is not passed.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let days = SendingRules::of(tx)?.kept_days();
    let before = tx.now().minus(Duration::from_secs(u64::from(days) * 24 * 3600));
    let from = tx.get::<ClearedUpTo>(&())?.map_or(LetterId(Uuid::nil()), |it| it.letter);
    let mut old: Vec<Letter> = Vec::new();
    for letter in tx.scan_from::<Letter>(&from)? {
        let letter = letter?;
        if letter.created_at >= before || letter.state.waits() || old.len() == limit {
            break;
        }
        if letter.id != from {
            old.push(letter);
        }
    }
    let Some(letter) = old.last().map(|it| it.id) else { return Ok(0) };
    let count = old.len();
    for letter in old {
        if carries_a_message(tx, &letter)? {
            tx.put(&cut_down(letter))?;
        } else {
            tx.remove::<Letter>(&letter.id)?;
        }
    }
    tx.put(&ClearedUpTo { letter })?;
    Ok(count)
}

fn carries_a_message(tx: &Tx, letter: &Letter) -> Result<bool> {
    let (Some(ticket), Some(comment)) = (letter.ticket, letter.comment) else { return Ok(false) };
    Ok(tx.has::<Ticket>(&ticket)? && tx.has::<Comment>(&(ticket, comment))?)
}

/// Without the words: what servers said, names, the subject. The Message-ID stays, for the references of later mails.
fn cut_down(mut letter: Letter) -> Letter {
    for it in &mut letter.recipients {
        it.name.clear();
        (it.answer, it.token) = (None, None);
    }
    letter.subject.clear();
    Letter { answer: None, trouble: None, held_until: None, first_tried_at: None, gathered: None, is_cut_down: true, ..letter }
}
