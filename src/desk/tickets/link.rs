//! Links between tickets, kept on both sides and always in both (TKT-14).

use minicbor::{Decode, Encode};

use super::{Link, Ticket, access};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    language::say,
    limits,
    store::Tx,
};

/// How one ticket relates to another, seen from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Relation {
    #[n(0)]
    RelatesTo,
    #[n(1)]
    Duplicates,
    #[n(2)]
    DuplicatedBy,
    #[n(3)]
    BlockedBy,
    #[n(4)]
    Blocks,
    #[n(5)]
    CausedBy,
    #[n(6)]
    Causes,
}

impl Relation {
    pub const ALL: [Relation; 7] = [
        Relation::RelatesTo,
        Relation::Duplicates,
        Relation::DuplicatedBy,
        Relation::BlockedBy,
        Relation::Blocks,
        Relation::CausedBy,
        Relation::Causes,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Relation::RelatesTo => "relates_to",
            Relation::Duplicates => "duplicate",
            Relation::DuplicatedBy => "duplicated_by",
            Relation::BlockedBy => "blocked_by",
            Relation::Blocks => "blocks",
            Relation::CausedBy => "caused_by",
            Relation::Causes => "causes",
        }
    }

    pub fn named(text: &str) -> Option<Relation> {
        match text {
            "duplicates" | "duplicate_of" => Some(Relation::Duplicates),
            "related" => Some(Relation::RelatesTo),
            _ => Relation::ALL.into_iter().find(|it| it.name() == text),
        }
    }

    /// The same link, seen from the other ticket.
    pub fn mirrored(self) -> Relation {
        match self {
            Relation::RelatesTo => Relation::RelatesTo,
            Relation::Duplicates => Relation::DuplicatedBy,
            Relation::DuplicatedBy => Relation::Duplicates,
            Relation::BlockedBy => Relation::Blocks,
            Relation::Blocks => Relation::BlockedBy,
            Relation::CausedBy => Relation::Causes,
            Relation::Causes => Relation::CausedBy,
        }
    }
}

/// Links two tickets. Linking what is linked already changes nothing.
pub fn link(tx: &mut Tx, actor: &Actor, from: TicketId, relation: Relation, to: TicketId) -> Result<Ticket> {
    let (mut one, mut other) = both(tx, actor, from, to)?;
    let forth = Link { relation, ticket: to };
    if one.links.contains(&forth) {
        return Ok(one);
    }
    if one.links.len() >= limits::LINKS_MAX || other.links.len() >= limits::LINKS_MAX {
        let detail = say!("refused-ticket-most-links", links_max = limits::LINKS_MAX);
        return Err(Refusal::field("ticketId", "too_many", detail).into());
    }
    one.links.push(forth);
    other.links.push(Link { relation: relation.mirrored(), ticket: from });
    save(tx, actor, EventKind::TicketLinked, &mut one, relation, to)?;
    save(tx, actor, EventKind::TicketLinked, &mut other, relation.mirrored(), from)?;
    Ok(one)
}

/// Takes a link away, on both sides.
pub fn unlink(tx: &mut Tx, actor: &Actor, from: TicketId, relation: Relation, to: TicketId) -> Result<Ticket> {
    let (mut one, mut other) = both(tx, actor, from, to)?;
    let before = one.links.len();
    one.links.retain(|it| !(it.relation == relation && it.ticket == to));
    if one.links.len() == before {
        return Err(Refusal::not_found("link").into());
    }
    other.links.retain(|it| !(it.relation == relation.mirrored() && it.ticket == from));
    save(tx, actor, EventKind::TicketUnlinked, &mut one, relation, to)?;
    save(tx, actor, EventKind::TicketUnlinked, &mut other, relation.mirrored(), from)?;
    Ok(one)
}

fn both(tx: &Tx, actor: &Actor, from: TicketId, to: TicketId) -> Result<(Ticket, Ticket)> {
    let one = access::ticket(tx, actor, from)?;
    access::need(actor, Permission::TicketsWrite, &one)?;
    if from == to {
        return Err(Refusal::new(Code::Validation, say!("refused-ticket-cannot-linked-itself")).into());
    }
    let other = access::ticket(tx, actor, to)?;
    access::need(actor, Permission::TicketsWrite, &other)?;
    Ok((one, other))
}

fn save(tx: &mut Tx, actor: &Actor, kind: EventKind, ticket: &mut Ticket, relation: Relation, other: TicketId) -> Result<()> {
    ticket.touch(tx.now());
    tx.put(&*ticket)?;
    let changes = Changes::new().set("type", relation.name()).set("ticketId", other.to_string());
    event::record(tx, actor, kind, ticket.about(), changes)?;
    Ok(())
}
