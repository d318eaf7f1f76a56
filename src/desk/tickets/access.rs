//! Who may see a ticket, and how much of it. Every way to a ticket goes through here; what may not be seen does not exist (404).

use super::{Link, Ticket, number};
use crate::{
    desk::{actor::Actor, permission::Permission},
    error::{Refusal, Result},
    id::TicketId,
    store::Tx,
};

/// Whether the actor may see the ticket: whoever works tickets sees all, everybody else what they take part in.
pub fn may_see(actor: &Actor, ticket: &Ticket) -> bool {
    if ticket.deleted_at.is_some() {
        return false;
    }
    actor.may(Permission::TicketsRead)
        || (actor.may(Permission::PortalUse) && actor.person().is_some_and(|me| ticket.participants().any(|it| it == me)))
}

/// The ticket of this id, if the actor may see it.
pub fn ticket(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    tx.get::<Ticket>(&id)?.filter(|it| may_see(actor, it)).ok_or_else(|| Refusal::not_found("ticket").into())
}

/// The ticket that a caller names by id or number, if the actor may see it.
pub fn named(tx: &Tx, actor: &Actor, text: &str) -> Result<Ticket> {
    match number::find(tx, text)? {
        Some(id) => ticket(tx, actor, id),
        None => Err(Refusal::not_found("ticket").into()),
    }
}

/// The links of a ticket to tickets that the actor may see too.
pub fn visible_links(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Link>> {
    if actor.may(Permission::TicketsRead) {
        return Ok(ticket.links.clone());
    }
    let mut found = Vec::new();
    for link in &ticket.links {
        if tx.get::<Ticket>(&link.ticket)?.is_some_and(|it| may_see(actor, &it)) {
            found.push(link.clone());
        }
    }
    Ok(found)
}

/// Whether the actor works tickets, and so may change any.
pub fn works(actor: &Actor) -> bool {
    actor.may(Permission::TicketsWrite)
}

/// Whether the actor may read internal notes.
pub fn reads_notes(actor: &Actor) -> bool {
    actor.may(Permission::NotesRead)
}

/// Refuses lists and searches to whoever may see no ticket at all.
pub fn need_list(actor: &Actor) -> Result<()> {
    if actor.may(Permission::TicketsRead) { Ok(()) } else { actor.need(Permission::PortalUse) }
}

/// Refuses lodging to whoever may lodge for nobody, before it is looked at what they lodge.
pub fn need_lodge(actor: &Actor) -> Result<()> {
    if works(actor) { Ok(()) } else { actor.need(Permission::PortalUse) }
}

/// Refuses comments of any sort to whoever may write none.
pub fn need_comment(actor: &Actor) -> Result<()> {
    if actor.may(Permission::NotesWrite) { Ok(()) } else { need_lodge(actor) }
}

/// Refuses changes of any sort to whoever may make none: a requester may say that it is solved, or that it is not.
pub fn need_change(actor: &Actor) -> Result<()> {
    if actor.may(Permission::PortalUse) { Ok(()) } else { actor.need(Permission::TicketsWrite) }
}
