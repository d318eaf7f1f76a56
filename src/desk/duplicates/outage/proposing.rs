//! What the desk thinks by itself: many alike within minutes may be one outage, and what comes later may belong to it. Nothing here
//! changes a ticket, except that a ticket joins by itself where the desk wants that.

use super::{Outage, State, declaring::put_in, live, system};
use crate::{
    desk::{
        event::{self, Changes, EventKind},
        features::{self, Feature},
        settings::Settings,
        tickets::Ticket,
    },
    error::Result,
    id::{OutageId, TicketId},
    limits,
    store::Tx,
};

/// Many alike came within minutes.
pub(in crate::desk::duplicates) fn propose(tx: &mut Tx, mut alike: Vec<TicketId>) -> Result<()> {
    if !features::is_on(tx, Feature::Outages)? {
        return Ok(());
    }
    // Two that arrived side by side propose the same.
    if let Some(present) = live(tx)?.into_iter().find(|it| alike.iter().any(|id| it.proposed.contains(id))) {
        return alike.into_iter().try_for_each(|it| arrive(tx, present.id, it, false));
    }
    alike.truncate(limits::OUTAGE_PROPOSED_MAX);
    let mut began_at = tx.now();
    for id in &alike {
        began_at = tx.get::<Ticket>(id)?.map_or(began_at, |it| began_at.min(it.created_at));
    }
    let outage = Outage {
        id: tx.new_id(),
        state: State::Proposed,
        parent: None,
        message: String::new(),
        proposed: alike,
        audience: None,
        began_at,
        declared_at: None,
        ended_at: None,
        by: None,
        ending: None,
        updated_at: tx.now(),
    };
    tx.put(&outage)?;
    let changes = Changes::new().set("tickets", outage.proposed.iter().map(TicketId::to_string).collect::<Vec<_>>());
    event::record(tx, &system(), EventKind::OutageProposed, outage.about(), changes)?;
    Ok(())
}

/// Another one like its tickets came.
pub(in crate::desk::duplicates) fn arrive(tx: &mut Tx, id: OutageId, ticket: TicketId, sure: bool) -> Result<()> {
    if !features::is_on(tx, Feature::Outages)? {
        return Ok(());
    }
    let is_live = |it: &Outage| matches!(it.state, State::Proposed | State::Declared);
    let Some(mut outage) = tx.get::<Outage>(&id)?.filter(is_live) else { return Ok(()) };
    let Some(it) = tx.get::<Ticket>(&ticket)?.filter(|it| it.parent.is_none() && it.merged.is_none() && it.deleted_at.is_none()) else {
        return Ok(());
    };
    if outage.parent == Some(ticket) || outage.proposed.contains(&ticket) {
        return Ok(());
    }
    if outage.state == State::Declared && sure && Settings::of(tx)?.alike.join_later {
        return put_in(tx, &system(), &outage, it).map(drop);
    }
    if outage.proposed.len() >= limits::OUTAGE_PROPOSED_MAX {
        return Ok(());
    }
    outage.proposed.push(ticket);
    outage.updated_at = tx.now();
    tx.put(&outage)?;
    event::record(tx, &system(), EventKind::OutageProposed, outage.about(), Changes::new().set("tickets", vec![ticket.to_string()]))?;
    Ok(())
}
