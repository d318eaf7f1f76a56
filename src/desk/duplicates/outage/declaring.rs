//! What people, and monitoring, say of an outage while it goes on: that there is one, which tickets are its parts, what is told of it.

use super::{OF_PARENT, Outage, State, audience_for_log, declared, live, message, of_ticket, outage, system, tell, worked};
use crate::{
    desk::{
        actor::Actor,
        duplicates::is_going_on,
        event::{self, Changes, EventKind},
        identity::Organization,
        settings::Settings,
        tickets::{self, Kind, Ticket, TicketChange},
    },
    error::{Code, Refusal, Result},
    id::{OrganizationId, OutageId, TicketId},
    language::say,
    limits,
    store::Tx,
};

/// An outage to be declared.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub parent: TicketId,
    /// The proposal that it comes from.
    pub proposal: Option<OutageId>,
    /// Tickets that become parts of it.
    pub parts: Vec<TicketId>,
    /// What people are told; the parent's title in a sentence if empty.
    pub message: String,
    pub audience: Option<Vec<OrganizationId>>,
}

impl Declaration {
    pub fn of(parent: TicketId) -> Declaration {
        Declaration { parent, proposal: None, parts: Vec::new(), message: String::new(), audience: None }
    }
}

/// Declares an outage: its parent is raised in priority, the others become parts of it, and whoever asked is told once.
pub fn declare(tx: &mut Tx, actor: &Actor, new: Declaration) -> Result<Outage> {
    let parent = worked(tx, actor, new.parent)?;
    need_parent(tx, &parent, new.proposal)?;
    let proposal = match new.proposal {
        None => None,
        Some(id) => match outage(tx, actor, id)? {
            it if it.state == State::Proposed => Some(it),
            _ => return Err(Refusal::new(Code::Conflict, say!("refused-no-proposal-any-more")).into()),
        },
    };
    if new.parts.len() > limits::OUTAGE_AT_ONCE {
        let message = say!("refused-most-tickets-once-add", outage_at_once = limits::OUTAGE_AT_ONCE);
        return Err(Refusal::field("tickets", "too_many", message).into());
    }
    let message = message(&new.message, &parent.title)?;
    check_audience(tx, new.audience.as_deref())?;
    let now = tx.now();
    let fresh = tx.new_id();
    let (id, began_at, proposed) = match proposal {
        Some(it) => (it.id, it.began_at, it.proposed),
        None => (fresh, parent.created_at, Vec::new()),
    };
    let mut it = Outage {
        id,
        state: State::Declared,
        parent: Some(parent.id),
        message,
        proposed: proposed.into_iter().filter(|it| *it != parent.id && !new.parts.contains(it)).collect(),
        audience: new.audience,
        began_at,
        declared_at: Some(now),
        ended_at: None,
        by: actor.person(),
        ending: None,
        updated_at: now,
    };
    it.proposed.dedup();
    tx.put(&it)?;
    let changes = Changes::new()
        .set("parent", parent.id.to_string())
        .set("message", it.message.as_str())
        .set("organizations", audience_for_log(it.audience.as_deref()));
    event::record(tx, actor, EventKind::OutageDeclared, it.about(), changes)?;
    raise(tx, actor, &parent)?;
    for part in new.parts.iter().filter(|it| **it != parent.id) {
        let ticket = worked(tx, actor, *part)?;
        put_in(tx, actor, &it, ticket)?;
    }
    // Whoever lodged the parent waits as well.
    if let Some(parent) = tx.get::<Ticket>(&parent.id)? {
        tell(tx, &it, &parent, false)?;
    }
    Ok(it)
}

/// Monitoring says that a ticket of its own is an outage.
pub(in crate::desk::duplicates) fn declare_by_monitoring(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let Some(it) = tx.get::<Ticket>(&ticket)?.filter(|it| it.parent.is_none()) else { return Ok(()) };
    if of_ticket(tx, &it)?.is_some() {
        return Ok(());
    }
    let message = format!("We know about it and are working on it: {}", it.title);
    let new = Declaration { message, ..Declaration::of(ticket) };
    declare(tx, &system(), new).map(drop)
}

/// Refuses what cannot be the parent of a new outage, or of that proposal.
fn need_parent(tx: &Tx, parent: &Ticket, proposal: Option<OutageId>) -> Result<()> {
    if parent.kind != Kind::Incident {
        return Err(Refusal::field("parent", "invalid", say!("refused-parent-outage-incident")).into());
    }
    if !is_going_on(parent) || parent.merged.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-parent-outage-ticket-open")).into());
    }
    if parent.parent.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-ticket-part-another-outage")).into());
    }
    if of_ticket(tx, parent)?.is_some_and(|it| it.state == State::Declared) {
        return Err(Refusal::new(Code::Conflict, say!("refused-outage-parent-declared-already")).into());
    }
    if tx.find(&OF_PARENT, &parent.id)?.iter().any(|it| it.ending.is_some()) {
        let detail = say!("refused-last-outage-ticket-still");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if live(tx)?.iter().filter(|it| Some(it.id) != proposal).count() >= limits::OUTAGES_LIVE_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-most-outages-go-once", outages_live_max = limits::OUTAGES_LIVE_MAX)).into());
    }
    Ok(())
}

fn check_audience(tx: &Tx, audience: Option<&[OrganizationId]>) -> Result<()> {
    for id in audience.unwrap_or_default() {
        if !tx.has::<Organization>(id)? {
            return Err(Refusal::field("organizations", "unknown", say!("refused-there-no-such-organization")).into());
        }
    }
    Ok(())
}

/// The parent gets the priority of an outage, unless it is more pressing already.
fn raise(tx: &mut Tx, actor: &Actor, parent: &Ticket) -> Result<()> {
    let wanted = Settings::of(tx)?.alike.outage_priority;
    if parent.priority > wanted {
        tickets::change(tx, actor, parent.id, TicketChange { priority: Some(Some(wanted)), ..TicketChange::default() })?;
    }
    Ok(())
}

/// Makes tickets parts of a declared outage.
pub fn join(tx: &mut Tx, actor: &Actor, id: OutageId, parts: &[TicketId]) -> Result<Outage> {
    let mut it = declared(tx, actor, id)?;
    if parts.len() > limits::OUTAGE_AT_ONCE {
        return Err(
            Refusal::field("tickets", "too_many", say!("refused-most-tickets-once", outage_at_once = limits::OUTAGE_AT_ONCE)).into()
        );
    }
    for part in parts {
        let ticket = worked(tx, actor, *part)?;
        put_in(tx, actor, &it, ticket)?;
    }
    let before = it.proposed.len();
    it.proposed.retain(|it| !parts.contains(it));
    if it.proposed.len() != before {
        it.updated_at = tx.now();
        tx.put(&it)?;
        let changes = Changes::new().set("joined", parts.iter().map(TicketId::to_string).collect::<Vec<_>>());
        event::record(tx, actor, EventKind::OutageChanged, it.about(), changes)?;
    }
    Ok(it)
}

pub(super) fn put_in(tx: &mut Tx, actor: &Actor, outage: &Outage, before: Ticket) -> Result<Ticket> {
    let Some(parent) = outage.parent.filter(|it| *it != before.id) else { return Ok(before) };
    if before.parent == Some(parent) {
        return Ok(before);
    }
    if before.kind != Kind::Incident || before.merged.is_some() {
        return Err(Refusal::field("tickets", "invalid", say!("refused-parts-outage-incidents-go")).into());
    }
    if before.parent.is_some() || of_ticket(tx, &before)?.is_some_and(|it| it.state == State::Declared) {
        return Err(Refusal::new(Code::Conflict, say!("refused-ticket-belongs-another-outage")).into());
    }
    let mut after = Ticket { parent: Some(parent), ..before.clone() };
    after.touch(tx.now());
    tx.put(&after)?;
    event::record(tx, actor, EventKind::TicketParent, after.about(), after.changes_since(&before))?;
    tell(tx, outage, &after, false)?;
    Ok(after)
}

/// Takes a ticket out of its outage.
pub fn leave(tx: &mut Tx, actor: &Actor, id: OutageId, ticket: TicketId) -> Result<Outage> {
    let it = outage(tx, actor, id)?;
    let before = worked(tx, actor, ticket)?;
    if before.parent.is_none() || before.parent != it.parent {
        return Err(Refusal::not_found("part of the outage").into());
    }
    let mut after = Ticket { parent: None, ..before.clone() };
    after.touch(tx.now());
    tx.put(&after)?;
    event::record(tx, actor, EventKind::TicketParent, after.about(), after.changes_since(&before))?;
    Ok(it)
}

/// Changes what people are told, and who; nobody gets another mail.
pub fn change(
    tx: &mut Tx,
    actor: &Actor,
    id: OutageId,
    said: Option<String>,
    audience: Option<Option<Vec<OrganizationId>>>,
) -> Result<Outage> {
    let before = declared(tx, actor, id)?;
    let mut after = before.clone();
    if let Some(it) = said {
        after.message = message(&it, &before.message)?;
    }
    if let Some(it) = audience {
        check_audience(tx, it.as_deref())?;
        after.audience = it;
    }
    if after == before {
        return Ok(before);
    }
    after.updated_at = tx.now();
    tx.put(&after)?;
    let mut changes = Changes::new();
    changes.field("message", before.message.as_str(), after.message.as_str()).field(
        "organizations",
        audience_for_log(before.audience.as_deref()),
        audience_for_log(after.audience.as_deref()),
    );
    event::record(tx, actor, EventKind::OutageChanged, after.about(), changes)?;
    Ok(after)
}
