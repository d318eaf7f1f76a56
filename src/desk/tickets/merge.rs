//! Merging: two tickets turn out to be one matter (TKT-19). It is a link over two threads that stay as they are, and can be undone at any time
//! (BEY-12): the merged ticket is closed and remembers what it was, its people follow the survivor, and answers to it go there.
//!
//! Invariant: the survivor of a merge was not merged itself when it was made, so following merges always ends.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{Category, Comment, Ticket, access, change::enter, comment::requester_waits, lifecycle::Lifecycle, number};
use crate::{
    desk::{
        actor::Actor,
        closing,
        duplicates::outage,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        service_levels,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::{PersonId, TicketId},
    language::say,
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
    check(tx, actor, &before, &target)?;
    let (mut after, mut survivor) = (before.clone(), target);
    let newcomers = newcomers(&before, &survivor);
    // Who follows it only because of another merge has two reasons to from now on.
    let others = brought_by_others(tx, into, from)?;
    let again = before.participants().filter(|it| others.contains(it));
    let brought: BTreeSet<PersonId> = newcomers.iter().copied().chain(again).collect();
    survivor.watchers.extend(&newcomers);
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
        brought: brought.into_iter().collect(),
    });
    after.touch(tx.now());
    service_levels::follow(tx, &mut after, tx.now())?;
    tx.put(&after)?;
    tx.put(&survivor)?;
    tell(tx, actor, EventKind::TicketMerged, &before, &after, &survivor)?;
    Ok(after)
}

/// Refuses what cannot be merged.
pub fn check(tx: &Tx, actor: &Actor, from: &Ticket, into: &Ticket) -> Result<()> {
    if from.id == into.id {
        return Err(Refusal::field("into", "invalid", say!("refused-ticket-cannot-merged-into")).into());
    }
    need_own_thread(tx, actor, from)?;
    need_own_thread(tx, actor, into)?;
    outage::need_no_parent(tx, from)?;
    if into.category == Category::Closed && from.category != Category::Closed {
        let said = say!("refused-ticket-closed-so-nobody");
        return Err(Refusal::new(Code::Conflict, said).into());
    }
    if into.watchers.len() + newcomers(from, into).len() > limits::WATCHERS_MAX {
        let detail = say!("refused-most-people-follow-ticket-2", watchers_max = limits::WATCHERS_MAX);
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
    service_levels::follow(tx, &mut after, tx.now())?;
    tx.put(&after)?;
    // Its silence was forgotten while it was merged: without a new one it would stay resolved for ever.
    if after.category == Category::Resolved {
        closing::follow(tx, &after)?;
    }
    let Some(mut survivor) = survivor else { return Ok(after) };
    part(tx, actor, id, &merged, &mut survivor)?;
    survivor.requester_waits = survivor.requester_waits && requester_waits(tx, &survivor)?;
    survivor.touch(tx.now());
    tx.put(&survivor)?;
    tell(tx, actor, EventKind::TicketUnmerged, &before, &after, &survivor)?;
    Ok(after)
}

/// Takes those who came by a merge off the survivor, and off whatever that was merged into since, wherever nothing else keeps them. The survivor
/// is left to be put.
fn part(tx: &mut Tx, actor: &Actor, gone: TicketId, merged: &Merged, survivor: &mut Ticket) -> Result<()> {
    let mut leaving: BTreeSet<PersonId> = merged.brought.iter().copied().collect();
    let (mut from, mut since) = (gone, merged.at);
    let mut at = survivor.clone();
    for _ in 0..limits::MERGES_FOLLOWED_MAX {
        let others = brought_by_others(tx, at.id, from)?;
        let spoke = spoke(tx, at.id, &leaving, since)?;
        leaving.retain(|it| !others.contains(it) && !spoke.contains(it));
        at.watchers.retain(|it| !leaving.contains(it));
        let further = at.merged.as_mut().map(|further| {
            leaving.retain(|it| further.brought.contains(it));
            further.brought.retain(|it| !leaving.contains(it));
            (further.into, further.at)
        });
        if at.id == survivor.id {
            *survivor = at.clone();
        } else {
            at.touch(tx.now());
            tx.put(&at)?;
        }
        let Some((into, merged_at)) = further.filter(|_| !leaving.is_empty()) else { break };
        let Some(next) = tx.get::<Ticket>(&into)? else { break };
        for person in &leaving {
            let about = About { subject: Some(person.0), ..next.about() };
            event::record(tx, actor, EventKind::TicketUnwatched, about, Changes::new().set("person", person.to_string()))?;
        }
        (from, since, at) = (at.id, merged_at, next);
    }
    Ok(())
}

/// Who follows a ticket because of merges other than that of `except`.
fn brought_by_others(tx: &Tx, into: TicketId, except: TicketId) -> Result<BTreeSet<PersonId>> {
    let mut found = BTreeSet::new();
    for id in tx.find_keys(&MERGED_INTO, &into)? {
        let id = id?;
        if id != except {
            found.extend(tx.get::<Ticket>(&id)?.and_then(|it| it.merged).into_iter().flat_map(|it| it.brought));
        }
    }
    Ok(found)
}

/// The ticket on which the matter of this one goes on: itself, unless it was merged. None if that is deleted.
pub fn survivor(tx: &Tx, id: TicketId) -> Result<Option<Ticket>> {
    let mut found = tx.get::<Ticket>(&id)?;
    for _ in 0..limits::MERGES_FOLLOWED_MAX {
        let Some(ticket) = found.filter(|it| it.deleted_at.is_none()) else { return Ok(None) };
        let Some(merged) = &ticket.merged else { return Ok(Some(ticket)) };
        found = tx.get::<Ticket>(&merged.into)?;
    }
    Ok(None)
}

/// Refuses to take a ticket away on which the matter of others goes on.
pub fn need_none_merged(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<()> {
    for id in tx.find_keys(&MERGED_INTO, &ticket.id)? {
        let Some(other) = tx.get::<Ticket>(&id?)?.filter(|it| it.deleted_at.is_none()) else { continue };
        let name = shown_name(tx, actor, &other)?;
        let detail = say!("refused-merged-into-ticket-goes", name = name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    Ok(())
}

/// A ticket by its number, for whoever may know of it.
fn shown_name(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<String> {
    let settings = Settings::of(tx)?;
    let number = number::text(&settings, ticket.kind, ticket.number);
    Ok(if access::may_see(actor, ticket) { number } else { "another ticket".to_owned() })
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
pub fn need_own_thread(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<()> {
    let Some(merged) = &ticket.merged else { return Ok(()) };
    let name = shown_name(tx, actor, ticket)?;
    let other = tx.get::<Ticket>(&merged.into)?.map(|it| shown_name(tx, actor, &it)).transpose()?.unwrap_or_default();
    let detail = say!("refused-merged-into-go-there", name = name, other = other);
    Err(Refusal::new(Code::Conflict, detail).into())
}

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

/// Which of these people have written on the ticket since then.
fn spoke(tx: &Tx, id: TicketId, people: &BTreeSet<PersonId>, since: Instant) -> Result<BTreeSet<PersonId>> {
    let mut found = BTreeSet::new();
    for comment in tx.scan_back::<Comment>(&id)?.take(SPOKEN_LOOKED_MAX) {
        let comment = comment?;
        if comment.created_at >= since {
            found.extend(comment.author.filter(|it| people.contains(it)));
        }
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
