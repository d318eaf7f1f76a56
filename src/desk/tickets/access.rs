//! Who may see a ticket, how much of it, and what they may do with it. Every way to a ticket goes through here; what may not be seen
//! does not exist (404). `scope` says the same for lists, as what the board and the index can test.

use super::{Link, Ticket, number};
use crate::{
    desk::{
        actor::Actor,
        permission::{Permission, Permissions},
    },
    error::{Refusal, Result},
    id::{DepartmentId, OrganizationId, PersonId, QueueId, TicketId},
    store::Tx,
};

/// Which tickets somebody may see at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    /// Those that one of these grants lets through; without a grant, none.
    Any(Vec<Grant>),
}

/// Why somebody may see a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// This person takes part in it.
    Participant(PersonId),
    /// It is of this organization.
    Organization(OrganizationId),
    /// It is of this department.
    Department(DepartmentId),
    /// It is in this queue.
    Queue(QueueId),
    /// It is assigned to this person.
    Assignee(PersonId),
}

/// Whether the actor has this permission over this ticket.
pub fn may(actor: &Actor, permission: Permission, ticket: &Ticket) -> bool {
    actor.may(permission) && actor.bounds.as_ref().is_none_or(|it| it.cover(permission, actor.person(), ticket))
}

/// Refuses unless the actor has the permission over this ticket.
pub fn need(actor: &Actor, permission: Permission, ticket: &Ticket) -> Result<()> {
    actor.need(permission)?;
    if may(actor, permission, ticket) { Ok(()) } else { Err(Refusal::forbidden(permission.name()).into()) }
}

/// Whether the actor may see the ticket: those who work it, those who take part in it, and who shares their organization where it
/// allows that.
pub fn may_see(actor: &Actor, ticket: &Ticket) -> bool {
    ticket.deleted_at.is_none() && (may(actor, Permission::TicketsRead, ticket) || takes_part(actor, ticket) || is_fellow(actor, ticket))
}

fn takes_part(actor: &Actor, ticket: &Ticket) -> bool {
    actor.may(Permission::PortalUse) && actor.person().is_some_and(|me| ticket.participants().any(|it| it == me))
}

fn is_fellow(actor: &Actor, ticket: &Ticket) -> bool {
    actor.may(Permission::PortalUse) && actor.bounds.as_ref().is_some_and(|it| it.is_fellow(ticket).is_some())
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
    if scope(actor) == Scope::All {
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

/// Whether the actor works tickets at all; which ones, `works_on` says.
pub fn works(actor: &Actor) -> bool {
    actor.may(Permission::TicketsWrite)
}

/// Whether the actor works this ticket, and so may change it.
pub fn works_on(actor: &Actor, ticket: &Ticket) -> bool {
    may(actor, Permission::TicketsWrite, ticket)
}

/// Whether the actor may read the internal notes of this ticket.
pub fn reads_notes(actor: &Actor, ticket: &Ticket) -> bool {
    may(actor, Permission::NotesRead, ticket)
}

/// Refuses an answer on a ticket to whoever may only look at it.
pub fn need_answer(actor: &Actor, ticket: &Ticket) -> Result<()> {
    if works_on(actor, ticket) || takes_part(actor, ticket) {
        return Ok(());
    }
    actor.need(Permission::PortalUse)?;
    match actor.bounds.as_ref().and_then(|it| it.is_fellow(ticket)) {
        Some(it) if it.may_answer => Ok(()),
        _ => Err(Refusal::forbidden(Permission::TicketsWrite.name()).into()),
    }
}

/// Refuses following to whoever sees the ticket for their organization's sake only: whoever follows takes part, and would see it even
/// when the organization shows it no longer.
pub fn need_follow(actor: &Actor, ticket: &Ticket) -> Result<()> {
    if may(actor, Permission::TicketsRead, ticket) || takes_part(actor, ticket) {
        return Ok(());
    }
    Err(Refusal::forbidden(Permission::TicketsRead.name()).into())
}

/// Refuses to act as the requester's side (solved, not solved) to whoever does not take part.
pub fn need_part(actor: &Actor, ticket: &Ticket) -> Result<()> {
    if takes_part(actor, ticket) { Ok(()) } else { Err(Refusal::forbidden(Permission::TicketsWrite.name()).into()) }
}

/// The tickets that `may_see` lets through, for lists.
pub fn scope(actor: &Actor) -> Scope {
    let portal = actor.person().filter(|_| actor.may(Permission::PortalUse));
    let mut grants: Vec<Grant> = portal.map(Grant::Participant).into_iter().collect();
    match worked(actor, Permission::TicketsRead) {
        Scope::All => return Scope::All,
        Scope::Any(more) => grants.extend(more),
    }
    if portal.is_some()
        && let Some(fellows) = actor.bounds.as_ref().and_then(|it| it.fellows.as_ref())
    {
        grants.extend(fellows.of.iter().copied().map(Grant::Organization));
    }
    Scope::Any(grants)
}

/// The tickets whose notes `reads_notes` lets through, for searches.
pub fn notes_scope(actor: &Actor) -> Scope {
    worked(actor, Permission::NotesRead)
}

/// The tickets that the permission holds for.
fn worked(actor: &Actor, permission: Permission) -> Scope {
    if !actor.may(permission) {
        return Scope::Any(Vec::new());
    }
    let Some(bounds) = &actor.bounds else { return Scope::All };
    if bounds.everywhere.has(permission) {
        return Scope::All;
    }
    let holds = |it: Permissions| it.has(permission);
    let mut grants: Vec<Grant> = actor.person().filter(|_| holds(bounds.assigned)).map(Grant::Assignee).into_iter().collect();
    if holds(bounds.queues.permissions) {
        grants.extend(bounds.queues.of.iter().copied().map(Grant::Queue));
    }
    if holds(bounds.organizations.permissions) {
        grants.extend(bounds.organizations.of.iter().copied().map(Grant::Organization));
    }
    if holds(bounds.departments.permissions) {
        grants.extend(bounds.departments.of.iter().copied().map(Grant::Department));
    }
    Scope::Any(grants)
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
