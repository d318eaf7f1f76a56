//! Outages: many tickets that are one trouble (INC-10). A proposal is what the desk thinks; a declared one has a parent incident, parts
//! that name it, and words that people read on the portal and in one mail each. When it ends, its parts are resolved or told in steps.
//!
//! Invariant: somebody is told of one outage once, however many tickets of theirs are parts of it; a part has one parent.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::{Organization, Person},
        mail::occasion::Occasion,
        notify,
        permission::Permission,
        settings::Settings,
        tickets::{self, Kind, Ticket, TicketChange, access},
    },
    error::{Code, Refusal, Result},
    id::{OrganizationId, OutageId, PersonId, TicketId},
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

// --- what the desk does by itself ---

fn system() -> Actor {
    Actor::system("outages")
}

/// Many alike came within minutes.
pub(super) fn propose(tx: &mut Tx, mut alike: Vec<TicketId>) -> Result<()> {
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
pub(super) fn arrive(tx: &mut Tx, id: OutageId, ticket: TicketId, sure: bool) -> Result<()> {
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

/// Monitoring says that a ticket of its own is an outage.
pub(super) fn declare_by_monitoring(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let Some(it) = tx.get::<Ticket>(&ticket)?.filter(|it| it.parent.is_none()) else { return Ok(()) };
    if of_ticket(tx, &it)?.is_some() {
        return Ok(());
    }
    let message = format!("We know about it and are working on it: {}", it.title);
    let new = Declaration { message, ..Declaration::of(ticket) };
    declare(tx, &system(), new).map(drop)
}

// --- what people do ---

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
    need_parent(tx, &parent)?;
    let proposal = match new.proposal {
        None => None,
        Some(id) => match outage(tx, actor, id)? {
            it if it.state == State::Proposed => Some(it),
            _ => return Err(Refusal::new(Code::Conflict, "This is no proposal any more; look at it again.").into()),
        },
    };
    if new.parts.len() > limits::OUTAGE_AT_ONCE {
        let message = format!("At most {} tickets at once; add the others afterwards.", limits::OUTAGE_AT_ONCE);
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

fn need_parent(tx: &Tx, parent: &Ticket) -> Result<()> {
    if parent.kind != Kind::Incident {
        return Err(Refusal::field("parent", "invalid", "The parent of an outage is an incident.").into());
    }
    if !super::is_going_on(parent) || parent.merged.is_some() {
        return Err(Refusal::new(Code::Conflict, "The parent of an outage is a ticket that is open.").into());
    }
    if parent.parent.is_some() {
        return Err(Refusal::new(Code::Conflict, "This ticket is a part of another outage already.").into());
    }
    if of_ticket(tx, parent)?.is_some_and(|it| it.state == State::Declared) {
        return Err(Refusal::new(Code::Conflict, "An outage with this parent is declared already.").into());
    }
    if live(tx)?.len() > limits::OUTAGES_LIVE_MAX {
        return Err(Refusal::new(Code::Conflict, format!("At most {} outages go on at once; end one.", limits::OUTAGES_LIVE_MAX)).into());
    }
    Ok(())
}

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

fn message(text: &str, title: &str) -> Result<String> {
    let text = text.trim();
    let said = if text.is_empty() { format!("We know about it and are working on it: {title}") } else { text.to_owned() };
    if said.chars().count() > limits::OUTAGE_MESSAGE_CHARS_MAX {
        let message = format!("It may have {} characters at most.", limits::OUTAGE_MESSAGE_CHARS_MAX);
        return Err(Refusal::field("message", "too_long", message).into());
    }
    Ok(said)
}

fn check_audience(tx: &Tx, audience: Option<&[OrganizationId]>) -> Result<()> {
    for id in audience.unwrap_or_default() {
        if !tx.has::<Organization>(id)? {
            return Err(Refusal::field("organizations", "unknown", "There is no such organization.").into());
        }
    }
    Ok(())
}

fn audience_for_log(audience: Option<&[OrganizationId]>) -> Option<Vec<String>> {
    audience.map(|it| it.iter().map(OrganizationId::to_string).collect())
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
        return Err(Refusal::field("tickets", "too_many", format!("At most {} tickets at once.", limits::OUTAGE_AT_ONCE)).into());
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

fn put_in(tx: &mut Tx, actor: &Actor, outage: &Outage, before: Ticket) -> Result<Ticket> {
    let Some(parent) = outage.parent.filter(|it| *it != before.id) else { return Ok(before) };
    if before.parent == Some(parent) {
        return Ok(before);
    }
    if before.kind != Kind::Incident || before.merged.is_some() {
        return Err(Refusal::field("tickets", "invalid", "Parts of an outage are incidents that go on by themselves.").into());
    }
    if before.parent.is_some() || of_ticket(tx, &before)?.is_some_and(|it| it.state == State::Declared) {
        return Err(Refusal::new(Code::Conflict, "This ticket belongs to another outage already.").into());
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

fn declared(tx: &Tx, actor: &Actor, id: OutageId) -> Result<Outage> {
    let it = outage(tx, actor, id)?;
    if it.state != State::Declared {
        return Err(Refusal::new(Code::Conflict, "This outage is not going on.").into());
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

/// Refuses to take a ticket away that is the parent of an outage that goes on.
pub fn need_no_parent(tx: &Tx, ticket: &Ticket) -> Result<()> {
    if tx.find(&OF_PARENT, &ticket.id)?.iter().any(|it| it.state == State::Declared) {
        let detail = "This ticket is the parent of an outage that goes on. End the outage first.";
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    Ok(())
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

/// Ends an outage: its parts are resolved, or their requesters told that it is over, bit by bit. A proposal is dismissed.
pub fn end(tx: &mut Tx, actor: &Actor, id: OutageId, resolve: bool, said: Option<String>) -> Result<Outage> {
    let before = outage(tx, actor, id)?;
    need_work_on(tx, actor, &before)?;
    let mut after = before.clone();
    match before.state {
        State::Proposed => after.state = State::Dismissed,
        State::Declared => {
            after.state = State::Ended;
            after.ending = Some(Ending { resolve, after: None });
            if let Some(it) = said.filter(|it| !it.trim().is_empty()) {
                after.message = message(&it, "")?;
            }
        }
        State::Ended | State::Dismissed => return Ok(before),
    }
    after.ended_at = Some(tx.now());
    after.updated_at = tx.now();
    if before.state == State::Proposed {
        after.by = actor.person();
    }
    tx.put(&after)?;
    let mut changes = Changes::new();
    changes
        .field("state", before.state.name(), after.state.name())
        .field("message", before.message.as_str(), after.message.as_str())
        .field("resolve", false, resolve);
    event::record(tx, actor, EventKind::OutageEnded, after.about(), changes)?;
    if resolve && let Some(parent) = parent_of(tx, &after)? {
        tickets::transition(tx, actor, &parent, "resolved")?;
    }
    Ok(after)
}

/// Does what is still to be done to the parts of outages that have ended, so many at once; gives how many were looked at. A command.
pub fn carry_on(tx: &mut Tx, limit: usize) -> Result<usize> {
    let mut count = 0;
    for mut outage in tx.find(&LIVE, &())? {
        let (Some(mut ending), Some(parent)) = (outage.ending, outage.parent) else { continue };
        let mut ids: Vec<TicketId> = Vec::new();
        for id in tx.find_keys(&CHILDREN, &parent)? {
            let id = id?;
            if ending.after.is_none_or(|it| id > it) {
                ids.push(id);
            }
            if ids.len() == limit {
                break;
            }
        }
        for id in &ids {
            finish(tx, &outage, *id, ending.resolve)?;
        }
        // Whoever lodged the parent hears of it with the first of them.
        if ending.after.is_none()
            && !ending.resolve
            && let Some(it) = parent_of(tx, &outage)?
        {
            tell(tx, &outage, &it, true)?;
        }
        count += ids.len();
        ending.after = ids.last().copied().or(ending.after);
        outage.ending = (ids.len() == limit).then_some(ending);
        outage.updated_at = tx.now();
        tx.put(&outage)?;
        let changes = Changes::new().set("done", ids.len());
        event::record(tx, &system(), EventKind::OutageChanged, outage.about(), changes)?;
        if count >= limit {
            break;
        }
    }
    Ok(count)
}

/// Whether anything is to be carried on.
pub fn is_waiting(tx: &Tx) -> Result<bool> {
    Ok(tx.find(&LIVE, &())?.iter().any(|it| it.ending.is_some()))
}

fn finish(tx: &mut Tx, outage: &Outage, id: TicketId, resolve: bool) -> Result<()> {
    let Some(ticket) = tx.get::<Ticket>(&id)?.filter(|it| it.deleted_at.is_none() && it.merged.is_none()) else { return Ok(()) };
    if resolve && super::is_going_on(&ticket) {
        // One mail is enough: the one about the resolution.
        tx.put(&Told { outage: outage.id, person: ticket.requester, over: true })?;
        let resolved = tickets::transition(tx, &system(), &ticket, "resolved")?;
        // A lifecycle that does not resolve from here leaves it to a person.
        if resolved.state != ticket.state {
            return Ok(());
        }
    }
    if super::is_going_on(&ticket) { tell(tx, outage, &ticket, true) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
