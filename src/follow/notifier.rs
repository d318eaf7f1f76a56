//! Follows the log and enqueues the mails that follow from it. A doer: its cursor never goes back, and it moves in the transaction
//! that enqueues, so that a crash neither loses a mail nor sends it twice.
//!
//! Events that nobody is told of move the cursor in memory only; it is written down with the next mail, or once in a while. After a
//! crash those events are looked at again, which does nothing again.

use crate::{
    desk::{notices, notify},
    error::Result,
    id::{NotificationId, PersonId},
    store::Tx,
};

/// The cursor's name.
pub const NAME: &str = "notifier";
/// Events that one step looks at.
const EVENTS_AT_ONCE: usize = 500;
/// Notifications of one step whose readers' pages are told at once; others show them at their next look.
const MADE_AT_ONCE: usize = 5_000;
/// Events after which the cursor is written down although nobody was told of any.
const WRITE_DOWN_AFTER: u64 = 5_000;

/// What a look at the log found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing more up to here.
    Nothing { upto: u64 },
    /// There is something that `step` must see.
    Something,
}

/// Looks for events after `after` that somebody may be told of, without writing.
pub fn look(tx: &Tx, after: u64) -> Result<Look> {
    let written = tx.cursor(NAME)?;
    let mut upto = after.max(written);
    loop {
        let events = tx.events_after(upto, EVENTS_AT_ONCE)?;
        let Some(last) = events.last() else { break };
        if events.iter().any(notify::concerns) {
            return Ok(Look::Something);
        }
        upto = last.seq;
    }
    Ok(if upto - written > WRITE_DOWN_AFTER { Look::Something } else { Look::Nothing { upto } })
}

/// How far a step came, and what it has put into people's centres.
#[derive(Debug, Clone, Default)]
pub struct Stepped {
    pub upto: u64,
    pub told: Vec<(PersonId, NotificationId)>,
}

/// Takes the next events and tells whoever is to be told. A command.
pub fn step(tx: &mut Tx) -> Result<Stepped> {
    let after = tx.cursor(NAME)?;
    let events = tx.events_after(after, EVENTS_AT_ONCE)?;
    let Some(last) = events.last().map(|it| it.seq) else { return Ok(Stepped { upto: after, told: Vec::new() }) };
    let before = notices::made_since(tx, tx.now(), MADE_AT_ONCE)?;
    for event in &events {
        notify::tell(tx, event)?;
    }
    tx.set_cursor(NAME, last);
    let made = notices::made_since(tx, tx.now(), MADE_AT_ONCE)?;
    let told = made.iter().map(|it| (it.person, it.id)).filter(|it| !before.iter().any(|other| other.id == it.1)).collect();
    Ok(Stepped { upto: last, told })
}

/// Skips everything that has happened so far: an import, or a demo's history, tells nobody. A command.
pub fn skip_to_end(tx: &mut Tx) -> Result<()> {
    let last = tx.last_seq();
    tx.set_cursor(NAME, last);
    Ok(())
}
