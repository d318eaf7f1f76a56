//! Follows the log for tickets that arrive, so that each is compared once with those before it (RTE-08). A doer: an outage that was
//! dismissed is not proposed again because of a restart. Its cursor moves in the transaction that keeps what was found; while nothing is
//! found it moves in memory, and after a crash those tickets are compared again, which changes nothing.

use crate::{
    desk::{
        duplicates::{self, Arrived},
        event::EventKind,
    },
    error::Result,
    id::TicketId,
    store::Tx,
};

/// The cursor's name.
pub const NAME: &str = "alike";
/// Events that one step looks at.
const EVENTS_AT_ONCE: usize = 500;
/// Events after which the cursor is written down although nothing was found.
const WRITE_DOWN_AFTER: u64 = 5_000;
/// Of a log that was there before, so much is looked at: older tickets have nothing to be compared with.
const LOOKED_BACK: u64 = 20_000;

/// What a look at the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// No ticket up to here.
    Nothing { upto: u64 },
    /// These arrived up to here.
    Arrived { upto: u64, tickets: Vec<TicketId> },
}

/// Looks for tickets that arrived after `after`, without writing.
pub fn look(tx: &Tx, after: u64) -> Result<Look> {
    let written = tx.cursor(NAME)?;
    let begin = if written == 0 { tx.last_seq().saturating_sub(LOOKED_BACK) } else { written };
    let mut upto = after.max(begin);
    loop {
        let events = tx.events_after(upto, EVENTS_AT_ONCE)?;
        let Some(last) = events.last() else { return Ok(Look::Nothing { upto }) };
        upto = last.seq;
        let created = events.iter().filter(|it| it.kind == EventKind::TicketCreated.name());
        let tickets: Vec<TicketId> = created.map(|it| TicketId(it.entity)).collect();
        if !tickets.is_empty() {
            return Ok(Look::Arrived { upto, tickets });
        }
    }
}

/// Whether the cursor should be written down.
pub fn is_far_behind(tx: &Tx, upto: u64) -> Result<bool> {
    Ok(upto.saturating_sub(tx.cursor(NAME)?) > WRITE_DOWN_AFTER)
}

/// Keeps what was found up to here. A command.
pub fn keep(tx: &mut Tx, upto: u64, arrived: Vec<Arrived>) -> Result<()> {
    for it in arrived {
        duplicates::keep(tx, it)?;
    }
    tx.set_cursor(NAME, upto.max(tx.cursor(NAME)?));
    Ok(())
}
