//! Outages: many tickets that are one trouble (INC-10). A proposal is what the desk thinks; a declared one has a parent incident, parts
//! that name it, and words that people read on the portal and in one mail each. When it ends, its parts are resolved or told in steps.
//! Here are the records and how they are read; what becomes of one stands in a file for each: `proposing`, `declaring`, `ending`.
//!
//! Invariant: somebody is told of one outage once, however many tickets of theirs are parts of it; a part has one parent.

mod declaring;
mod ending;
mod proposing;

use minicbor::{Decode, Encode};

pub(super) use declaring::declare_by_monitoring;
pub use declaring::{Declaration, change, declare, join, leave};
pub use ending::{carry_on, end, pass_over, waiting};
pub(in crate::desk) use ending::{follow, tells_instead};
pub(super) use proposing::{arrive, propose};

use crate::{
    desk::{
        actor::Actor,
        event::About,
        identity::Person,
        mail::occasion::Occasion,
        notify,
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{OrganizationId, OutageId, PersonId, TicketId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// How an outage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum State {
    /// The desk thinks that it is one.
    #[n(0)]
    Proposed,
    /// A person, or monitoring, says so.
    #[n(1)]
    Declared,
    #[n(2)]
    Ended,
    /// A person says that it is none.
    #[n(3)]
    Dismissed,
}

impl State {
    pub const ALL: [State; 4] = [State::Proposed, State::Declared, State::Ended, State::Dismissed];

    pub fn name(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::Declared => "declared",
            State::Ended => "ended",
            State::Dismissed => "dismissed",
        }
    }
}

/// What is still to be done to the parts of an outage that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Ending {
    /// They are resolved, which tells their requesters as always.
    #[n(0)]
    pub resolve: bool,
    /// The parts up to this one are done.
    #[n(1)]
    pub after: Option<TicketId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Outage {
    #[n(0)]
    pub id: OutageId,
    #[n(1)]
    pub state: State,
    #[n(2)]
    pub parent: Option<TicketId>,
    /// What people are told.
    #[n(3)]
    pub message: String,
    /// Tickets that may be parts of it, and are none yet.
    #[n(4)]
    pub proposed: Vec<TicketId>,
    /// Whose people are told on the portal; none: everybody.
    #[n(5)]
    pub audience: Option<Vec<OrganizationId>>,
    /// The first of its tickets.
    #[n(6)]
    pub began_at: Instant,
    #[n(7)]
    pub declared_at: Option<Instant>,
    #[n(8)]
    pub ended_at: Option<Instant>,
    /// Who declared or dismissed it; none: the desk by itself.
    #[n(9)]
    pub by: Option<PersonId>,
    #[n(10)]
    pub ending: Option<Ending>,
    /// The last change.
    #[n(11)]
    pub updated_at: Instant,
}

/// Outages that are going on, or have something to be done.
pub const LIVE: Index<Outage, ()> = Index::new(0xda, "outages_live");
/// Outages by their parent.
pub const OF_PARENT: Index<Outage, TicketId> = Index::new(0xdb, "outages_of_parent");
/// The parts of an outage, by its parent.
pub const CHILDREN: Index<Ticket, TicketId> = Index::new(0xd9, "tickets_of_parent");

impl Record for Outage {
    type Key = OutageId;
    const TABLE: Table = Table::journalled(0x6d, "outages");

    fn key(&self) -> OutageId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if matches!(self.state, State::Proposed | State::Declared) || self.ending.is_some() {
            entries.add(&LIVE, &());
        }
        if let Some(parent) = &self.parent {
            entries.add(&OF_PARENT, parent);
        }
    }
}

impl Outage {
    fn about(&self) -> About {
        About { entity_kind: "outage", entity: self.id.0, subject: None }
    }

    /// Whether somebody of this organization is told of it.
    pub fn is_for(&self, organization: Option<OrganizationId>) -> bool {
        self.audience.as_ref().is_none_or(|it| organization.is_some_and(|own| it.contains(&own)))
    }
}

/// Somebody was told of an outage.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Told {
    #[n(0)]
    pub outage: OutageId,
    #[n(1)]
    pub person: PersonId,
    /// That it is over, too.
    #[n(2)]
    pub over: bool,
}

impl Record for Told {
    type Key = (OutageId, PersonId);
    const TABLE: Table = Table::operational(0x6e, "outage_told");

    fn key(&self) -> (OutageId, PersonId) {
        (self.outage, self.person)
    }
}

// --- reading ---

/// Those that are proposed or declared, oldest first.
pub fn live(tx: &Tx) -> Result<Vec<Outage>> {
    Ok(tx.find(&LIVE, &())?.into_iter().filter(|it| matches!(it.state, State::Proposed | State::Declared)).collect())
}

/// What is announced to this person now.
pub fn announced(tx: &Tx, person: &Person) -> Result<Vec<Outage>> {
    let mut found = live(tx)?;
    found.retain(|it| it.state == State::Declared && it.is_for(person.organization));
    Ok(found)
}

/// The outage of this id, for whoever works tickets.
pub fn outage(tx: &Tx, actor: &Actor, id: OutageId) -> Result<Outage> {
    actor.need(Permission::TicketsRead)?;
    tx.get::<Outage>(&id)?.ok_or_else(|| Refusal::not_found("outage").into())
}

/// The newest outages, whatever became of them.
pub fn newest(tx: &Tx, actor: &Actor, limit: usize) -> Result<Vec<Outage>> {
    actor.need(Permission::TicketsRead)?;
    Ok(tx.scan_back::<Outage>(&())?.take(limit).collect::<Result<_, _>>()?)
}

/// The last outage of a ticket that is a parent or a part.
pub fn of_ticket(tx: &Tx, ticket: &Ticket) -> Result<Option<Outage>> {
    let found = tx.find(&OF_PARENT, &ticket.parent.unwrap_or(ticket.id))?;
    Ok(found.into_iter().max_by_key(|it| it.id))
}

/// What people are told of the outage of this ticket.
pub fn said_of(tx: &Tx, ticket: &Ticket) -> Result<String> {
    Ok(of_ticket(tx, ticket)?.map(|it| it.message).unwrap_or_default())
}

/// The parts of an outage that the actor may see, oldest first; at most `limit`.
pub fn parts(tx: &Tx, actor: &Actor, parent: TicketId, limit: usize) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for id in tx.find_keys(&CHILDREN, &parent)? {
        if found.len() == limit {
            break;
        }
        found.extend(tx.get::<Ticket>(&id?)?.filter(|it| access::may_see(actor, it)));
    }
    Ok(found)
}

/// How many parts there are, deleted ones too; no ticket is read.
pub fn count_parts(tx: &Tx, parent: TicketId) -> Result<usize> {
    Ok(tx.find_keys(&CHILDREN, &parent)?.count())
}

/// The proposed tickets of an outage that the actor may see and that are still none of its parts.
pub fn proposed(tx: &Tx, actor: &Actor, outage: &Outage) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for id in &outage.proposed {
        let may_join = |it: &Ticket| access::may_see(actor, it) && it.parent.is_none() && it.merged.is_none();
        found.extend(tx.get::<Ticket>(id)?.filter(may_join));
    }
    Ok(found)
}

// --- what proposing, declaring and ending share ---

/// The name under which the desk does all this by itself.
const ACTOR: &str = "outages";

fn system() -> Actor {
    Actor::system(ACTOR)
}

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

fn declared(tx: &Tx, actor: &Actor, id: OutageId) -> Result<Outage> {
    let it = outage(tx, actor, id)?;
    if it.state != State::Declared {
        return Err(Refusal::new(Code::Conflict, say!("refused-outage-not-going")).into());
    }
    need_work_on(tx, actor, &it)?;
    Ok(it)
}

/// Whoever says something about an outage works its parent; one whose parent is gone can be ended all the same.
fn need_work_on(tx: &Tx, actor: &Actor, it: &Outage) -> Result<()> {
    match parent_of(tx, it)? {
        Some(parent) => worked(tx, actor, parent.id).map(drop),
        None => actor.need(Permission::TicketsWrite),
    }
}

/// The parent, unless it was deleted.
fn parent_of(tx: &Tx, it: &Outage) -> Result<Option<Ticket>> {
    let parent = it.parent.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
    Ok(parent.filter(|it| it.deleted_at.is_none()))
}

fn message(text: &str, title: &str) -> Result<String> {
    let text = text.trim();
    let said = if text.is_empty() { format!("We know about it and are working on it: {title}") } else { text.to_owned() };
    if said.chars().count() > limits::OUTAGE_MESSAGE_CHARS_MAX {
        let message = say!("refused-may-characters-most-2", outage_message_chars_max = limits::OUTAGE_MESSAGE_CHARS_MAX);
        return Err(Refusal::field("message", "too_long", message).into());
    }
    Ok(said)
}

fn audience_for_log(audience: Option<&[OrganizationId]>) -> Option<Vec<String>> {
    audience.map(|it| it.iter().map(OrganizationId::to_string).collect())
}

/// A mail to the requester of a part, unless they had it for another.
fn tell(tx: &mut Tx, outage: &Outage, ticket: &Ticket, over: bool) -> Result<()> {
    let key = (outage.id, ticket.requester);
    let told = tx.get::<Told>(&key)?;
    if told.as_ref().is_some_and(|it| it.over || !over) {
        return Ok(());
    }
    tx.put(&Told { outage: outage.id, person: ticket.requester, over })?;
    notify::of_outage(tx, ticket, if over { Occasion::OutageOver } else { Occasion::Outage }, outage.id)
}

/// Refuses to take a ticket away that is the parent of an outage that goes on.
pub fn need_no_parent(tx: &Tx, ticket: &Ticket) -> Result<()> {
    if tx.find(&OF_PARENT, &ticket.id)?.iter().any(|it| it.state == State::Declared) {
        let detail = say!("refused-ticket-parent-outage-goes");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
