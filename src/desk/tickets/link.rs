//! Links between tickets, kept on both sides and always in both (TKT-14). Sub-tickets are links, too (TKT-20): a ticket has one parent at
//! most, and is never above itself. Neither follows the other: each is worked, resolved and closed for itself.

use minicbor::{Decode, Encode};

use super::{Link, Ticket, access, number};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        settings::Settings,
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
    /// It is a part of the other's work.
    #[n(7)]
    ChildOf,
    #[n(8)]
    ParentOf,
}

impl Relation {
    pub const ALL: [Relation; 9] = [
        Relation::RelatesTo,
        Relation::Duplicates,
        Relation::DuplicatedBy,
        Relation::BlockedBy,
        Relation::Blocks,
        Relation::CausedBy,
        Relation::Causes,
        Relation::ChildOf,
        Relation::ParentOf,
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
            Relation::ChildOf => "child_of",
            Relation::ParentOf => "parent_of",
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
            Relation::ChildOf => Relation::ParentOf,
            Relation::ParentOf => Relation::ChildOf,
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
    match relation {
        Relation::ChildOf => need_place(tx, actor, &mut one, &other)?,
        Relation::ParentOf => need_place(tx, actor, &mut other, &one)?,
        _ => {}
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

/// Ties a ticket that was just lodged to the one that it is a part of, for whoever works that one: the newborn may have gone where they
/// do not work.
pub(super) fn born_below(tx: &mut Tx, actor: &Actor, mut child: Ticket, mut above: Ticket) -> Result<Ticket> {
    access::need(actor, Permission::TicketsWrite, &above)?;
    need_place(tx, actor, &mut child, &above)?;
    if above.links.len() >= limits::LINKS_MAX {
        let detail = say!("refused-ticket-most-links", links_max = limits::LINKS_MAX);
        return Err(Refusal::field("childOf", "too_many", detail).into());
    }
    let (id, parent) = (child.id, above.id);
    child.links.push(Link { relation: Relation::ChildOf, ticket: parent });
    above.links.push(Link { relation: Relation::ParentOf, ticket: id });
    save(tx, actor, EventKind::TicketLinked, &mut child, Relation::ChildOf, parent)?;
    save(tx, actor, EventKind::TicketLinked, &mut above, Relation::ParentOf, id)?;
    Ok(child)
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

/// The ticket that this one is a part of; one that is deleted is none.
pub fn parent(tx: &Tx, ticket: &Ticket) -> Result<Option<Ticket>> {
    for link in ticket.links.iter().filter(|it| it.relation == Relation::ChildOf) {
        if let Some(it) = tx.get::<Ticket>(&link.ticket)?.filter(|it| it.deleted_at.is_none()) {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

/// The parts of this ticket that are not deleted, as they were added.
pub fn children(tx: &Tx, ticket: &Ticket) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for link in ticket.links.iter().filter(|it| it.relation == Relation::ParentOf) {
        found.extend(tx.get::<Ticket>(&link.ticket)?.filter(|it| it.deleted_at.is_none()));
    }
    Ok(found)
}

/// Refuses a second parent, a ticket above itself, and more than a ticket takes. A parent that is deleted makes room.
fn need_place(tx: &mut Tx, actor: &Actor, child: &mut Ticket, above: &Ticket) -> Result<()> {
    if let Some(it) = parent(tx, child)? {
        let settings = Settings::of(tx)?;
        let shown = access::may_see(actor, &it).then(|| number::text(&settings, it.kind, it.number));
        let (number, parent) = (number::text(&settings, child.kind, child.number), shown.unwrap_or_else(|| "another ticket".to_owned()));
        return Err(Refusal::new(Code::Conflict, say!("refused-has-parent", number = number, parent = parent)).into());
    }
    let mut next = Some(above.clone());
    for _ in 0..limits::PARENTS_ABOVE_MAX {
        let Some(it) = next else { break };
        if it.id == child.id {
            return Err(Refusal::new(Code::Conflict, say!("refused-above-itself")).into());
        }
        next = parent(tx, &it)?;
    }
    if next.is_some() {
        let detail = say!("refused-parents-above", most = limits::PARENTS_ABOVE_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    // Parts that were deleted hold no place.
    if children(tx, above)?.len() >= limits::CHILDREN_MAX {
        return Err(Refusal::field("ticketId", "too_many", say!("refused-children", most = limits::CHILDREN_MAX)).into());
    }
    let gone: Vec<TicketId> = child.links.iter().filter(|it| it.relation == Relation::ChildOf).map(|it| it.ticket).collect();
    child.links.retain(|it| it.relation != Relation::ChildOf);
    for id in gone {
        if let Some(mut it) = tx.get::<Ticket>(&id)? {
            it.links.retain(|it| !(it.relation == Relation::ParentOf && it.ticket == child.id));
            tx.put(&it)?;
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        stage::Stage,
        tickets::{self, Channel, Kind, NewTicket},
    };

    fn tie(world: &Stage, from: &Ticket, relation: Relation, to: &Ticket) -> Result<Ticket> {
        let (ada, from, to) = (world.ada.clone(), from.id, to.id);
        world.write(move |tx| link(tx, &ada, from, relation, to))
    }

    #[test]
    fn a_ticket_is_part_of_one_and_never_of_itself() {
        let world = Stage::new();
        let [a, b, c] = ["A", "B", "C"].map(|it| world.lodge(it));
        tie(&world, &b, Relation::ChildOf, &a).unwrap();
        tie(&world, &b, Relation::ParentOf, &c).unwrap();
        // The same once more changes nothing.
        tie(&world, &a, Relation::ParentOf, &b).unwrap();
        for (from, relation, to) in [
            (&c, Relation::ChildOf, &a),
            (&a, Relation::ParentOf, &c),
            (&a, Relation::ChildOf, &c),
            (&c, Relation::ParentOf, &a),
            (&a, Relation::ChildOf, &b),
        ] {
            let refused = tie(&world, from, relation, to).unwrap_err();
            assert_eq!(refused.code(), Some(Code::Conflict), "{} {relation:?} {}", from.title, to.title);
        }
        let parts = |it: &Ticket| world.read(|tx| Ok(children(tx, &world.stored(it.id))?.iter().map(|it| it.id).collect::<Vec<_>>()));
        assert_eq!((parts(&a), parts(&b), parts(&c)), (vec![b.id], vec![c.id], vec![]));
        // A whole that is deleted makes room, on both sides.
        let (max, gone) = (world.max.clone(), a.id);
        world.write(move |tx| tickets::delete(tx, &max, gone, None)).unwrap();
        let d = world.lodge("D");
        tie(&world, &b, Relation::ChildOf, &d).unwrap();
        assert_eq!(world.read(|tx| parent(tx, &world.stored(b.id))).map(|it| it.id), Some(d.id));
        assert!(world.stored(a.id).links.is_empty());
    }

    #[test]
    fn what_stands_above_and_below_is_bounded() {
        let world = Stage::new();
        let mut above = world.lodge("0");
        for level in 1..=limits::PARENTS_ABOVE_MAX {
            let below = world.lodge(&level.to_string());
            tie(&world, &below, Relation::ChildOf, &above).unwrap();
            above = below;
        }
        let deepest = world.lodge("too deep");
        assert_eq!(tie(&world, &deepest, Relation::ChildOf, &above).unwrap_err().code(), Some(Code::Conflict));
        let whole = world.lodge("whole");
        for part in 0..=limits::CHILDREN_MAX {
            let done = tie(&world, &world.lodge(&part.to_string()), Relation::ChildOf, &whole);
            assert_eq!(done.is_ok(), part < limits::CHILDREN_MAX, "{part}");
        }
    }

    #[test]
    fn a_part_is_lodged_with_its_whole_by_whoever_works_both() {
        let world = Stage::new();
        let whole = world.lodge("whole");
        let lodge = |actor: &Actor, of: String| {
            let (actor, new) = (actor.clone(), NewTicket::new(Kind::Task, "part", Channel::Portal));
            world.write(move |tx| tickets::create(tx, &actor, NewTicket { child_of: Some(of), ..new }))
        };
        let part = lodge(&world.ada, whole.id.to_string()).unwrap();
        assert_eq!(part.links, [Link { relation: Relation::ChildOf, ticket: whole.id }]);
        for (actor, of, expected) in
            [(&world.rosa, whole.id.to_string(), Code::Forbidden), (&world.ada, "INC-999999".to_owned(), Code::Validation)]
        {
            assert_eq!(lodge(actor, of).unwrap_err().code(), Some(expected));
        }
    }
}
