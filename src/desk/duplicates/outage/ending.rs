//! How an outage ends: somebody says that it is over, or resolves its ticket, which says the same. What follows for its parts is done
//! bit by bit afterwards, and one part that cannot be finished keeps no other from it.
//!
//! Whoever resolves the parent means the trouble, not only the one ticket, so its parts are resolved with it, as in other desks; nobody
//! has to go through them. Each requester gets one mail, in the outage's own words. A requester who says that it is solved for them speaks
//! for themselves alone, and ends nothing.

use super::{ACTOR, CHILDREN, Ending, LIVE, OF_PARENT, Outage, State, Told, message, need_work_on, outage, parent_of, system, tell};
use crate::{
    desk::{
        actor::Actor,
        duplicates::is_going_on,
        event::{self, Changes, EventKind},
        mail::{occasion::Occasion, sending::SendingRules},
        tickets::{self, Ticket, access},
    },
    error::Result,
    id::{OutageId, TicketId},
    store::Tx,
    time::Instant,
};

/// Ends an outage: its parts are resolved, or their requesters told that it is over, bit by bit. A proposal is dismissed. Nothing said is
/// told in a sentence: what was said while it went on is true no more.
pub fn end(tx: &mut Tx, actor: &Actor, id: OutageId, resolve: bool, said: Option<String>) -> Result<Outage> {
    let before = outage(tx, actor, id)?;
    need_work_on(tx, actor, &before)?;
    match before.state {
        State::Ended | State::Dismissed => return Ok(before),
        State::Proposed => {
            let over = Outage { state: State::Dismissed, by: actor.person(), ..before.clone() };
            return put_end(tx, actor, &before, over, resolve);
        }
        State::Declared => {}
    }
    let parent = parent_of(tx, &before)?;
    let after = declared_over(tx, actor, &before, parent.as_ref(), resolve, said)?;
    if resolve && let Some(parent) = parent {
        tickets::transition(tx, actor, &parent, "resolved")?;
    }
    Ok(after)
}

/// A ticket was resolved or closed: if it is the parent of an outage that goes on, and whoever did it works the ticket, that is its end.
/// If it goes on again, what has not been done to its parts yet is done no more: they are not over either.
pub(in crate::desk) fn follow(tx: &mut Tx, actor: &Actor, before: &Ticket, after: &Ticket) -> Result<()> {
    if is_going_on(before) == is_going_on(after) || !access::works_on(actor, after) {
        return Ok(());
    }
    for outage in tx.find(&OF_PARENT, &after.id)? {
        if is_going_on(after) && outage.ending.is_some() {
            went_on(tx, outage, None, Changes::new().set("stopped", true))?;
        } else if !is_going_on(after) && outage.state == State::Declared {
            declared_over(tx, actor, &outage, Some(after), true, None)?;
        }
    }
    Ok(())
}

fn declared_over(
    tx: &mut Tx,
    actor: &Actor,
    before: &Outage,
    parent: Option<&Ticket>,
    resolve: bool,
    said: Option<String>,
) -> Result<Outage> {
    let said = said.filter(|it| !it.trim().is_empty());
    let message = match (said, parent) {
        (Some(it), _) => message(&it, "")?,
        (None, Some(parent)) => format!("This is over: {}", parent.title.trim()),
        (None, None) => before.message.clone(),
    };
    let over = Outage { state: State::Ended, ending: Some(Ending { resolve, after: None }), message, ..before.clone() };
    let over = put_end(tx, actor, before, over, resolve)?;
    // Whoever lodged the parent hears of it at once, whatever becomes of the parts.
    if let Some(parent) = parent {
        tell(tx, &over, parent, true)?;
    }
    Ok(over)
}

fn put_end(tx: &mut Tx, actor: &Actor, before: &Outage, over: Outage, resolve: bool) -> Result<Outage> {
    let after = Outage { ended_at: Some(tx.now()), updated_at: tx.now(), ..over };
    tx.put(&after)?;
    let mut changes = Changes::new();
    changes
        .field("state", before.state.name(), after.state.name())
        .field("message", before.message.as_str(), after.message.as_str())
        .field("resolve", false, resolve);
    event::record(tx, actor, EventKind::OutageEnded, after.about(), changes)?;
    Ok(after)
}

// --- what follows for its parts ---

/// The outages whose parts wait for what follows from the end.
pub fn waiting(tx: &Tx) -> Result<Vec<OutageId>> {
    Ok(tx.find(&LIVE, &())?.into_iter().filter(|it| it.ending.is_some()).map(|it| it.id).collect())
}

/// The parts to which nothing has been done yet, in their order.
fn next_parts(tx: &Tx, outage: &Outage, ending: Ending, limit: usize) -> Result<Vec<TicketId>> {
    let Some(parent) = outage.parent else { return Ok(Vec::new()) };
    Ok(tx.find_keys_after(&CHILDREN, &parent, ending.after.as_ref())?.take(limit).collect::<Result<_, _>>()?)
}

/// Does what is still to be done to the parts of an outage that has ended, so many at once; gives how many were looked at. A command.
pub fn carry_on(tx: &mut Tx, id: OutageId, limit: usize) -> Result<usize> {
    let Some((outage, ending)) = tx.get::<Outage>(&id)?.and_then(|it| it.ending.map(|ending| (it, ending))) else { return Ok(0) };
    let ids = next_parts(tx, &outage, ending, limit)?;
    for id in &ids {
        finish(tx, &outage, *id, ending.resolve)?;
    }
    let after = ids.last().copied().or(ending.after);
    let left = (ids.len() == limit).then_some(Ending { after, ..ending });
    went_on(tx, outage, left, Changes::new().set("done", ids.len()))?;
    Ok(ids.len())
}

/// Goes on behind the next part without doing anything to it, as it cannot be finished; the log says so, and a person finds it open.
/// Gives which it was. A command.
pub fn pass_over(tx: &mut Tx, id: OutageId) -> Result<Option<TicketId>> {
    let Some((outage, ending)) = tx.get::<Outage>(&id)?.and_then(|it| it.ending.map(|ending| (it, ending))) else { return Ok(None) };
    let part = next_parts(tx, &outage, ending, 1)?.first().copied();
    let left = part.map(|it| Ending { after: Some(it), ..ending });
    went_on(tx, outage, left, Changes::new().set("passedOver", part.map(|it| it.to_string())))?;
    Ok(part)
}

fn went_on(tx: &mut Tx, outage: Outage, left: Option<Ending>, changes: Changes) -> Result<()> {
    let after = Outage { ending: left, updated_at: tx.now(), ..outage };
    tx.put(&after)?;
    event::record(tx, &system(), EventKind::OutageChanged, after.about(), changes)?;
    Ok(())
}

fn finish(tx: &mut Tx, outage: &Outage, id: TicketId, resolve: bool) -> Result<()> {
    let Some(ticket) = tx.get::<Ticket>(&id)?.filter(|it| it.deleted_at.is_none() && it.merged.is_none()) else { return Ok(()) };
    if !is_going_on(&ticket) {
        return Ok(());
    }
    // A lifecycle that does not resolve from here leaves it to a person.
    let now = if resolve { tickets::transition(tx, &system(), &ticket, "resolved")? } else { ticket.clone() };
    if now.state != ticket.state && !tells_by_itself(tx)? {
        // One mail is enough: the one about the resolution.
        return tx.put(&Told { outage: outage.id, person: ticket.requester, over: true });
    }
    tell(tx, outage, &now, true)
}

/// Whether people are told of an end in its own words, so that the resolution of their tickets is not told besides.
fn tells_by_itself(tx: &Tx) -> Result<bool> {
    Ok(SendingRules::of(tx)?.is_on(Occasion::OutageOver))
}

/// Whether a change of state is told by the end of an outage already: it was made to a part because of that, or to the parent with it.
pub(in crate::desk) fn tells_instead(tx: &Tx, ticket: TicketId, by: &str, at: Instant) -> Result<bool> {
    let is_its_end = |it: &Outage| it.state == State::Ended && it.ended_at == Some(at);
    Ok((by == ACTOR || tx.find(&OF_PARENT, &ticket)?.iter().any(is_its_end)) && tells_by_itself(tx)?)
}
