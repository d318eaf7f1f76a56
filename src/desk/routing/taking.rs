//! Whoever opens or answers a ticket that nobody has gets it, where its queue wants that. Advice, never a lock: anybody who may can give
//! it to somebody else. Not a strategy, so that no capacity is asked: they are at it already.

use super::{
    decision::{Question, Reason},
    queue_rules::Takes,
};
use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        queues::Queue,
        tickets::{self, Ticket, access},
    },
    error::Result,
    id::TicketId,
    store::Tx,
};

/// Whether the actor would get the ticket by doing this.
pub fn would_take(tx: &Tx, actor: &Actor, ticket: &Ticket, by: Takes) -> Result<bool> {
    let Some(me) = actor.person() else { return Ok(false) };
    if ticket.assignee.is_some() || !ticket.category.is_open() || ticket.requester == me || !access::works_on(actor, ticket) {
        return Ok(false);
    }
    let Some(queue) = ticket.queue.map(|it| tx.get_shared::<Queue>(&it)).transpose()?.flatten() else { return Ok(false) };
    // Whoever answers has opened it, whichever way they came.
    let takes = queue.rules.takes == by || (queue.rules.takes == Takes::OnOpen && by == Takes::OnReply);
    Ok(takes && tx.get::<Person>(&me)?.is_some_and(|it| it.is_agent()))
}

/// Somebody opened the ticket in the console. Gives it if it is theirs now.
pub fn opened(tx: &mut Tx, actor: &Actor, id: TicketId) -> Result<Option<Ticket>> {
    let ticket = access::ticket(tx, actor, id)?;
    take(tx, actor, ticket, Takes::OnOpen, Reason::Opened)
}

/// Somebody answered the ticket. Gives it if it is theirs now.
pub fn replied(tx: &mut Tx, actor: &Actor, ticket: &Ticket) -> Result<Option<Ticket>> {
    take(tx, actor, ticket.clone(), Takes::OnReply, Reason::Answered)
}

fn take(tx: &mut Tx, actor: &Actor, before: Ticket, by: Takes, why: Reason) -> Result<Option<Ticket>> {
    if !would_take(tx, actor, &before, by)? {
        return Ok(None);
    }
    let mut after = before.clone();
    after.assignee = actor.person();
    after.routed.note(Question::Assignee, why, tx.now());
    tickets::settle(tx, actor, &before, after).map(Some)
}
