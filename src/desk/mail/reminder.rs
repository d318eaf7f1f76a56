//! Reminders that we wait for somebody: which tickets wait for their requester, since when, and how often they were reminded. Kept
//! apart from the ticket, so that nobody has to look through all of them to find the few that are due.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::{occasion::Occasion, sending::SendingRules};
use crate::{
    desk::tickets::{Category, Ticket},
    error::Result,
    id::TicketId,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Waiting {
    #[n(0)]
    pub ticket: TicketId,
    /// The last word of the desk, or the last reminder.
    #[n(1)]
    pub since: Instant,
    /// Reminders sent since it waits.
    #[n(2)]
    pub sent: u32,
    /// The requester wants none.
    #[n(3)]
    pub stopped: bool,
}

/// By the instant since which nothing was said.
const SINCE: Index<Waiting, Instant> = Index::new(0xbf, "reminders_since");
/// The index, for the table of all of them.
pub const INDEX: crate::store::record::IndexTable = SINCE.table();

impl Record for Waiting {
    type Key = TicketId;
    /// Follows from the ticket's events.
    const TABLE: Table = Table::operational(0x55, "waiting_for_requester");

    fn key(&self) -> TicketId {
        self.ticket
    }

    fn indexes(&self, entries: &mut Entries) {
        if !self.stopped {
            entries.add(&SINCE, &self.since);
        }
    }
}

/// Whether a ticket waits for its requester.
fn waits(ticket: &Ticket) -> bool {
    ticket.deleted_at.is_none()
        && ticket.category == Category::Waiting
        && !ticket.requester_waits
        && matches!(ticket.state.as_str(), "awaiting_info" | "awaiting_callback" | "waiting")
}

/// Something happened to the ticket: it begins to wait, waits anew since the desk spoke, or waits no more.
pub fn follow(tx: &mut Tx, ticket: &Ticket, at: Instant) -> Result<()> {
    let present = tx.get::<Waiting>(&ticket.id)?;
    match (waits(ticket), present) {
        (true, present) => {
            let stopped = present.is_some_and(|it| it.stopped);
            tx.put(&Waiting { ticket: ticket.id, since: at, sent: 0, stopped })
        }
        // That they want none is remembered for when it waits again.
        (false, Some(it)) if !it.stopped || ticket.deleted_at.is_some() => tx.remove::<Waiting>(&ticket.id),
        (false, _) => Ok(()),
    }
}

/// No more of them about this ticket.
pub(super) fn stop(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let now = tx.now();
    let before = tx.get::<Waiting>(&ticket)?.unwrap_or(Waiting { ticket, since: now, sent: 0, stopped: false });
    tx.put(&Waiting { stopped: true, ..before })
}

/// The tickets whose requesters are due to be reminded, at most `limit`; each counts as reminded from then on. What has ceased to wait
/// is dropped on the way.
pub fn take_due(tx: &mut Tx, limit: usize) -> Result<Vec<(Ticket, u32)>> {
    let rules = SendingRules::of(tx)?;
    if rules.reminder_days == 0 || rules.reminders_max == 0 || !rules.is_on(Occasion::Reminder) {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let before = now.minus(Duration::from_secs(u64::from(rules.reminder_days) * 24 * 3600));
    let ids: Vec<TicketId> = tx.find_between(&SINCE, &Instant::EPOCH, &before)?.take(limit).collect::<Result<_, _>>()?;
    let mut due = Vec::new();
    for id in ids {
        let Some(mut it) = tx.get::<Waiting>(&id)? else { continue };
        let Some(ticket) = tx.get::<Ticket>(&id)?.filter(waits) else {
            tx.remove::<Waiting>(&id)?;
            continue;
        };
        if it.sent >= rules.reminders_max {
            tx.remove::<Waiting>(&id)?;
            continue;
        }
        it.sent += 1;
        it.since = now;
        tx.put(&it)?;
        due.push((ticket, it.sent));
    }
    Ok(due)
}
