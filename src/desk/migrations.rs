//! The steps that bring a desk's records into the form of this release, in order (`store::migrate` runs them). A new one goes at the end;
//! none is ever changed after a release.

use super::{
    calendars::region_texts,
    identity, service_levels,
    tickets::{Ticket, UNCLOSED},
};
use crate::{
    error::Result,
    id::TicketId,
    store::{Tx, migrate::Migration},
};

pub const LIST: &[Migration] = &[
    Migration { number: 1, description: "Regions of teams are records, no longer texts.", run: region_texts::into_regions },
    Migration { number: 2, description: "Open tickets are counted and timed.", run: take_up_open_tickets },
    Migration { number: 3, description: "People are found by their words and numbers.", run: identity::index_people },
];

/// Tickets that were lodged before there were counts of open work and targets: what is open gets both. Targets come in the background,
/// after the start.
fn take_up_open_tickets(tx: &mut Tx) -> Result<()> {
    let ids: Vec<TicketId> = tx.find_keys(&UNCLOSED, &())?.collect::<Result<_, _>>()?;
    for id in ids {
        if let Some(ticket) = tx.get::<Ticket>(&id)? {
            tx.count_anew(&ticket)?;
        }
    }
    service_levels::retime_all(tx, "this release promises and times")
}
