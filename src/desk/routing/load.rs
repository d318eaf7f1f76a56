//! How much open work there is, by person and by queue: counts that the store keeps with the tickets, so that they are exact inside a
//! command and cost the same whatever the number of tickets.

use super::settings::RoutingRules;
use crate::{
    desk::tickets::{Category, Ticket},
    error::Result,
    id::{PersonId, QueueId},
    store::{Tally, Tx, record::Entries},
};

/// Open tickets by assignee and priority.
pub const LOAD: Tally<Ticket, (PersonId, u8)> = Tally::new(0xd4, "load");
/// Open tickets by queue and category of their state.
pub const OPEN_IN: Tally<Ticket, (QueueId, u8)> = Tally::new(0xd5, "open_in_queue");

/// Counts a ticket, if it is open.
pub fn count(ticket: &Ticket, entries: &mut Entries) {
    if !ticket.category.is_open() || ticket.deleted_at.is_some() {
        return;
    }
    if let Some(assignee) = ticket.assignee {
        entries.count(&LOAD, &(assignee, ticket.priority));
    }
    if let Some(queue) = ticket.queue {
        entries.count(&OPEN_IN, &(queue, ticket.category as u8));
    }
}

/// Somebody's open tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    pub open: u64,
    /// What they weigh together.
    pub weight: u64,
}

pub fn load_of(tx: &Tx, rules: &RoutingRules, person: PersonId) -> Result<Load> {
    let rows = tx.tallied(&LOAD, &person)?;
    Ok(rows.into_iter().fold(Load::default(), |sum, ((_, priority), count)| Load {
        open: sum.open + count,
        weight: sum.weight + count * rules.weight(priority),
    }))
}

/// A queue's open tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueLoad {
    pub open: u64,
    /// Those that wait for nobody else.
    pub active: u64,
}

pub fn queue_load(tx: &Tx, queue: QueueId) -> Result<QueueLoad> {
    let rows = tx.tallied(&OPEN_IN, &queue)?;
    Ok(rows.into_iter().fold(QueueLoad::default(), |sum, ((_, category), count)| QueueLoad {
        open: sum.open + count,
        active: sum.active + if category == Category::Waiting as u8 { 0 } else { count },
    }))
}
