//! Merging: two tickets turn out to be one matter (TKT-19). It is a link over two threads that stay as they are, and can be undone at any time
//! (BEY-12): the merged ticket is closed and remembers what it was, its people follow the survivor, and answers to it go there.
//!
//! Invariant: the survivor of a merge was not merged itself when it was made, so following merges always ends.

use minicbor::{Decode, Encode};

use super::{Category, Comment, Ticket, access, change::enter, comment::requester_waits, lifecycle::Lifecycle, number};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::{PersonId, TicketId},
    limits,
    store::{Index, Tx},
    time::Instant,
};

/// Where a ticket went, with what undoing it needs.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Merged {
    /// The ticket on which its matter goes on.
    #[n(0)]
    pub into: TicketId,
    #[n(1)]
    pub at: Instant,
    #[n(2)]
    pub by: Option<PersonId>,
    /// The state that it was in, and what went with that.
    #[n(3)]
    pub state: String,
    #[n(4)]
    pub resolved_at: Option<Instant>,
    #[n(5)]
    pub closed_at: Option<Instant>,
    #[n(6)]
    pub requester_waits: bool,
    /// Who follows the survivor because of this merge.
    #[n(7)]
    pub brought: Vec<PersonId>,
}

/// Tickets by the one that they were merged into.
pub const MERGED_INTO: Index<Ticket, TicketId> = Index::new(0x83, "tickets_merged_into");

/// Messages of the survivor in which people who came by a merge are looked for when it is undone.
const SPOKEN_LOOKED_MAX: usize = 2000;

/// Merges `from` into `into`: its people follow `into` from now on, and so may read it. Merging what is merged there already changes nothing.
pub fn merge(tx: &mut Tx, actor: &Actor, from: TicketId, into: TicketId) -> Result<Ticket> {
    let (before, target) = (worked(tx, actor, from)?, worked(tx, actor, into)?);
    if before.merged.as_ref().is_some_and(|it| it.into == into) {
        return Ok(before);
    }
    check(tx, &before, &target)?;
    let (mut after, mut survivor) = (before.clone(), target);
    let brought = newcomers(&before, &survivor);
    survivor.watchers.extend(&brought);
    survivor.requester_waits |= before.requester_waits;
    survivor.touch(tx.now());
    let lifecycle = Lifecycle::of(tx, before.kind)?;
    if before.category != Category::Closed
        && let Some(closed) = lifecycle.first_of(Category::Closed)
    {
        enter(&mut after, closed, tx.now());
    }
    after.requester_waits = false;
    after.merged = Some(Merged {
        into,
        at: tx.now(),
        by: actor.person(),
        state: before.state.clone(),
        resolved_at: before.resolved_at,
        closed_at: before.closed_at,
        requester_waits: before.requester_waits,
        brought,
    });
    after.touch(tx.now());
    tx.put(&after)?;
    tx.put(&survivor)?;
    tell(tx, actor, EventKind::TicketMerged, &before, &after, &survivor)?;
    Ok(after)
}

/// Refuses what cannot be merged.
pub fn check(tx: &Tx, from: &Ticket, into: &Ticket) -> Result<()> {
    if from.id == into.id {
        return Err(Refusal::field("into", "invalid", "A ticket cannot be merged into itself.").into());
    }
    need_own_thread(tx, from)?;
    need_own_thread(tx, into)?;
    if into.watchers.len() + newcomers(from, into).len() > limits::WATCHERS_MAX {
        let detail = format!("At most {} people follow a ticket, and the two have more.", limits::WATCHERS_MAX);
        return Err(Refusal::field("into", "too_many", detail).into());
    }
    Ok(())
}

/// Whom a merge brings: who takes part in `from` and not in `into` yet.
pub fn newcomers(from: &Ticket, into: &Ticket) -> Vec<PersonId> {
    let mut found: Vec<PersonId> = Vec::new();
    for person in from.participants() {
        // A requester may follow their own ticket, too.
        if !found.contains(&person) && !into.participants().any(|it| it == person) {
            found.push(person);
        }
    }
    found
}

/// Undoes a merge: the ticket is what it was, and its people follow the other one no longer, unless they have written there since. What was said
/// meanwhile stays with the survivor. Nothing happens to a ticket that is not merged.
pub fn unmerge(tx: &mut Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let before = worked(tx, actor, id)?;
    let Some(merged) = before.merged.clone() else { return Ok(before) };
    let survivor = tx.get::<Ticket>(&merged.into)?;
    if let Some(it) = survivor.as_ref().filter(|it| it.deleted_at.is_none()) {
        access::need(actor, Permission::TicketsWrite, it)?;
    }
    let mut after = before.clone();
    let lifecycle = Lifecycle::of(tx, before.kind)?;
    // The lifecycle may have changed meanwhile: a state that is gone is the beginning.
    let state = lifecycle.state(&merged.state).unwrap_or_else(|| lifecycle.first());
    enter(&mut after, state, tx.now());
    if state.key == merged.state {
        (after.resolved_at, after.closed_at) = (merged.resolved_at, merged.closed_at);
    }
    after.requester_waits = merged.requester_waits && after.category.is_open();
    after.merged = None;
    after.touch(tx.now());
    tx.put(&after)?;
    let Some(mut survivor) = survivor else { return Ok(after) };
    let stay = spoke(tx, survivor.id, &merged.brought)?;
    survivor.watchers.retain(|it| !merged.brought.contains(it) || stay.contains(it));
    survivor.requester_waits = survivor.requester_waits && requester_waits(tx, &survivor)?;
    survivor.touch(tx.now());
    tx.put(&survivor)?;
    tell(tx, actor, EventKind::TicketUnmerged, &before, &after, &survivor)?;
    Ok(after)
}

/// The ticket on which the matter of this one goes on: itself, unless it was merged. None if that is deleted.
pub fn survivor(tx: &Tx, id: TicketId) -> Result<Option<Ticket>> {
    let mut found = tx.get::<Ticket>(&id)?;
    for _ in 0..limits::MERGES_FOLLOWED_MAX {
        let Some(ticket) = found.filter(|it| it.deleted_at.is_none()) else { return Ok(None) };
        let Some(merged) = &ticket.merged else { return Ok(Some(ticket)) };
        found = tx.get::<Ticket>(&merged.into)?;
    }
    Ok(found)
}

/// The tickets that were merged into this one, as far as the actor may see them, oldest first; at most `limit`.
pub fn merged_into(tx: &Tx, actor: &Actor, id: TicketId, limit: usize) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for key in tx.find_keys(&MERGED_INTO, &id)? {
        if found.len() == limit {
            break;
        }
        found.extend(tx.get::<Ticket>(&key?)?.filter(|it| access::may_see(actor, it)));
    }
    Ok(found)
}

/// Refuses what would go on with a thread that goes on elsewhere.
pub fn need_own_thread(tx: &Tx, ticket: &Ticket) -> Result<()> {
    let Some(merged) = &ticket.merged else { return Ok(()) };
    let settings = Settings::of(tx)?;
    let name = |it: &Ticket| number::text(&settings, it.kind, it.number);
    let other = tx.get::<Ticket>(&merged.into)?.map(|it| name(&it)).unwrap_or_default();
    let detail = format!("{} was merged into {other}. Go on there, or undo the merge first.", name(ticket));
    Err(Refusal::new(Code::Conflict, detail).into())
}

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

/// Which of these people have written on the ticket.
fn spoke(tx: &Tx, id: TicketId, people: &[PersonId]) -> Result<Vec<PersonId>> {
    let mut found = Vec::new();
    for comment in tx.scan_back::<Comment>(&id)?.take(SPOKEN_LOOKED_MAX) {
        found.extend(comment?.author.filter(|it| people.contains(it)));
    }
    Ok(found)
}

/// Both tickets tell of it: the merged one by what became of its state, each by the other's id.
fn tell(tx: &mut Tx, actor: &Actor, kind: EventKind, before: &Ticket, after: &Ticket, survivor: &Ticket) -> Result<()> {
    let settings = Settings::of(tx)?;
    let name = |it: &Ticket| number::text(&settings, it.kind, it.number);
    let gone = after.changes_since(before).set("into", name(survivor)).set("ticketId", survivor.id.to_string());
    event::record(tx, actor, kind, after.about(), gone)?;
    let joined = Changes::new().set("merged", name(after)).set("ticketId", after.id.to_string());
    event::record(tx, actor, kind, survivor.about(), joined)?;
    Ok(())
}
