//! The board: every unclosed ticket of the desk, summarised in memory (D9). Lists of open work and their counters come from here:
//! exact, current to the last commit, and without touching the disk. It keeps ids and numbers, no texts.
//!
//! The writer brings it up to date at each commit, before anybody is answered; at the start it is built from the store.

mod columns;
mod counts;
mod groups;
mod list;
mod standing;
mod summary;

pub use columns::{By, ColumnKey};
pub use counts::Counts;
pub use list::{Page, answers, knows};
pub use summary::Summary;

use std::collections::BTreeMap;

use groups::Groups;
use standing::Standing;

use crate::{
    desk::tickets::{Ticket, UNCLOSED},
    error::Result,
    id::TicketId,
    store::{Event, Tx},
};

#[derive(Default)]
pub struct Board {
    tickets: BTreeMap<TicketId, Summary>,
    counts: Counts,
    groups: Groups,
    /// State keys by their ordinal in summaries.
    states: Vec<String>,
    standing: Standing,
}

impl Board {
    /// The board of a store, read anew.
    pub fn of(tx: &Tx) -> Result<Board> {
        let mut board = Board::default();
        for id in tx.find_keys(&UNCLOSED, &())? {
            if let Some(ticket) = tx.get::<Ticket>(&id?)? {
                board.keep(&ticket);
            }
        }
        Ok(board)
    }

    /// Brings it up to date with committed events. `tx` reads the state after them.
    pub fn follow(&mut self, tx: &Tx, events: &[Event]) -> Result<()> {
        let mut last = None;
        for event in events.iter().filter(|it| it.entity_kind == "ticket") {
            let id = TicketId(event.entity);
            // Commands record several events about one ticket in a row; one look is enough.
            if last == Some(id) {
                continue;
            }
            last = Some(id);
            match tx.get::<Ticket>(&id)? {
                Some(ticket) if ticket.is_on_board() => self.keep(&ticket),
                _ => self.drop(id),
            }
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    fn keep(&mut self, ticket: &Ticket) {
        let state = self.ordinal(&ticket.state);
        let summary = Summary::of(ticket, state);
        self.drop(ticket.id);
        self.put(summary);
    }

    fn put(&mut self, summary: Summary) {
        self.counts.add(&summary);
        self.groups.add(&summary);
        self.recount(&summary, true);
        self.tickets.insert(summary.id, summary);
    }

    fn drop(&mut self, id: TicketId) {
        if let Some(before) = self.tickets.remove(&id) {
            self.counts.remove(&before);
            self.groups.remove(&before);
            self.recount(&before, false);
        }
    }

    fn ordinal(&mut self, state: &str) -> u16 {
        let found = self.states.iter().position(|it| it == state).unwrap_or_else(|| {
            self.states.push(state.to_owned());
            self.states.len() - 1
        });
        // Lifecycles have a few dozen states at most; beyond the type's range they would share an ordinal and be looked up by key.
        u16::try_from(found).unwrap_or(u16::MAX)
    }

    /// What differs from a board that is read anew, for checks; nothing if all is well.
    pub fn difference(&self, tx: &Tx) -> Result<Option<String>> {
        let fresh = Board::of(tx)?;
        for (id, summary) in &fresh.tickets {
            match self.tickets.get(id) {
                None => return Ok(Some(format!("{id} is missing from the board"))),
                Some(it) if !it.same_as(summary, &self.states, &fresh.states) => return Ok(Some(format!("{id} is not as it is stored"))),
                Some(_) => {}
            }
        }
        if let Some(id) = self.tickets.keys().find(|it| !fresh.tickets.contains_key(it)) {
            return Ok(Some(format!("{id} is on the board and should not be")));
        }
        if self.counts != fresh.counts {
            return Ok(Some("the counters do not add up".to_owned()));
        }
        Ok((self.groups != fresh.groups).then(|| "a group has lost or kept a ticket".to_owned()))
    }
}

#[cfg(test)]
mod tests;
