//! Watchers: people who follow a ticket. Whoever follows may read it, so only those who work tickets add others.

use super::{Ticket, access};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        identity::Person,
        permission::Permission,
    },
    error::{Refusal, Result},
    id::{PersonId, TicketId},
    language::say,
    limits,
    store::Tx,
};

/// `person` follows the ticket. Nothing changes if they do already.
pub fn watch(tx: &mut Tx, actor: &Actor, id: TicketId, person: PersonId) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    if actor.is(person) {
        access::need_follow(actor, &ticket)?;
    } else {
        access::need(actor, Permission::TicketsWrite, &ticket)?;
    }
    if !tx.has::<Person>(&person)? {
        return Err(Refusal::field("person", "unknown", say!("refused-there-no-such-person")).into());
    }
    if ticket.watchers.contains(&person) {
        return Ok(ticket);
    }
    if ticket.watchers.len() >= limits::WATCHERS_MAX {
        return Err(
            Refusal::field("person", "too_many", say!("refused-most-people-follow-ticket", watchers_max = limits::WATCHERS_MAX)).into()
        );
    }
    ticket.watchers.push(person);
    save(tx, actor, EventKind::TicketWatched, ticket, person)
}

/// `person` follows the ticket no longer.
pub fn unwatch(tx: &mut Tx, actor: &Actor, id: TicketId, person: PersonId) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    if !actor.is(person) {
        access::need(actor, Permission::TicketsWrite, &ticket)?;
    }
    if !ticket.watchers.contains(&person) {
        return Ok(ticket);
    }
    ticket.watchers.retain(|it| *it != person);
    save(tx, actor, EventKind::TicketUnwatched, ticket, person)
}

fn save(tx: &mut Tx, actor: &Actor, kind: EventKind, mut ticket: Ticket, person: PersonId) -> Result<Ticket> {
    ticket.touch(tx.now());
    tx.put(&ticket)?;
    let about = crate::desk::event::About { subject: Some(person.0), ..ticket.about() };
    event::record(tx, actor, kind, about, Changes::new().set("person", person.to_string()))?;
    Ok(ticket)
}
