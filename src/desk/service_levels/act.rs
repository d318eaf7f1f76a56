//! What happens when an instant of a clock comes: a warning, the breach, the levels above. Each share of a target is acted on once, in
//! the order of the instants, and with its true instant, however late somebody gets to it.

use std::collections::BTreeSet;

use super::{
    follow::{DeskTerms, rerun},
    policy::{Policy, StepAct},
    target::Target,
    targets::DUE,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        queues::{self, Team},
        tickets::{self, Ticket, TicketChange, priority_label},
    },
    error::{Error, Result},
    id::TicketId,
    store::Tx,
    time::Instant,
};

/// What one round has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Acted {
    pub tickets: usize,
    /// Shares that were reached.
    pub steps: usize,
    /// Of them, targets that were missed.
    pub breaches: usize,
    /// Of the earliest, how long ago its instant was, in milliseconds.
    pub late_millis: u64,
}

/// The next instant at which a clock of any ticket wants something done.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    next_due_but(tx, &BTreeSet::new())
}

/// The same, of any ticket but these.
pub fn next_due_but(tx: &Tx, but: &BTreeSet<TicketId>) -> Result<Option<Instant>> {
    for id in tx.find_keys(&DUE, &())? {
        let id = id?;
        if !but.contains(&id) {
            return Ok(tx.get::<Ticket>(&id)?.and_then(|it| it.targets).and_then(|it| it.next_at()));
        }
    }
    Ok(None)
}

/// The tickets whose instant has come, earliest first, at most `limit` of them, without those in `but`.
pub fn due(tx: &Tx, limit: usize, but: &BTreeSet<TicketId>) -> Result<Vec<TicketId>> {
    let just_after = tx.now().plus(std::time::Duration::from_millis(1));
    let all = tx.find_between(&DUE, &Instant::from_millis(i64::MIN), &just_after)?;
    Ok(all.filter(|it| it.as_ref().map_or(true, |it| !but.contains(it))).take(limit).collect::<Result<_, _>>()?)
}

/// Acts on the tickets whose instant has come, earliest first, at most `limit` of them. A command.
pub fn act(tx: &mut Tx, limit: usize) -> Result<Acted> {
    let due = due(tx, limit, &BTreeSet::new())?;
    act_on(tx, &due)
}

/// Acts on these tickets, as far as their instants have come. A command.
pub fn act_on(tx: &mut Tx, tickets: &[TicketId]) -> Result<Acted> {
    let now = tx.now();
    let mut acted = Acted::default();
    for id in tickets {
        one(tx, *id, now, &mut acted)?;
    }
    Ok(acted)
}

/// A share that a clock has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reached {
    at: Instant,
    target: Target,
    share: u16,
}

fn one(tx: &mut Tx, id: TicketId, now: Instant, acted: &mut Acted) -> Result<()> {
    let Some(mut ticket) = tx.get::<Ticket>(&id)? else { return Ok(()) };
    let Some(mut targets) = ticket.targets.take() else { return Ok(()) };
    let mut reached: Vec<Reached> = Vec::new();
    let policy = {
        let terms = DeskTerms::new(tx)?;
        rerun(&mut targets, &terms, now);
        // Each step that is taken shows the next one.
        while let Some(clock) =
            targets.clocks.iter_mut().filter(|it| it.next.is_some_and(|it| it.1 <= now)).min_by_key(|it| it.next.map(|it| it.1))
        {
            let Some((share, at)) = clock.next else { break };
            clock.reached = share;
            reached.push(Reached { at, target: clock.target, share });
            rerun(&mut targets, &terms, now);
        }
        targets.policy.and_then(|it| terms.policies().get(it).cloned())
    };
    let quiet_above = targets.acknowledged.is_some();
    let went_on = reached.clone();
    ticket.targets = Some(targets);
    ticket.touch_by_clock();
    tx.put(&ticket)?;
    let system = Actor::system("sla");
    if reached.is_empty() {
        // Its calendar or policy has changed, and the timing anew has not come to it yet.
        let changes = Changes::new().set("because", "what it is timed by has changed");
        event::record(tx, &system, EventKind::TargetsRetimed, ticket.about(), changes)?;
    }
    for it in &reached {
        // A warning of what has happened by now is written down and told to nobody; a level that somebody has spoken for is not gone to.
        let overtaken =
            went_on.iter().any(|later| later.target == it.target && later.share > it.share && later.share >= 100) && it.share < 100;
        let spoken_for = quiet_above && it.share > 100;
        let kind = match it.share {
            0..100 => EventKind::TargetWarned,
            100 => EventKind::TargetBreached,
            _ => EventKind::TargetEscalated,
        };
        let changes = Changes::new()
            .set("target", it.target.name())
            .set("share", it.share)
            .set("at", it.at.to_string())
            .set("policy", policy.as_ref().map(|it| it.id.to_string()))
            .set("policyVersion", policy.as_ref().map(|it| it.version))
            .set("quiet", (overtaken || spoken_for).then_some(true));
        event::record(tx, &system, kind, ticket.about(), changes)?;
        acted.steps += 1;
        acted.breaches += usize::from(it.share == 100);
        acted.late_millis = acted.late_millis.max(u64::try_from(now.since(it.at).as_millis()).unwrap_or(u64::MAX));
        if let Some(policy) = policy.as_ref().filter(|_| !spoken_for) {
            take_steps(tx, &system, id, policy, *it)?;
        }
    }
    acted.tickets += 1;
    Ok(())
}

/// What the policy wants done with the ticket here. A step that the desk's rules refuse is left out, and the log says so.
fn take_steps(tx: &mut Tx, system: &Actor, id: TicketId, policy: &Policy, reached: Reached) -> Result<()> {
    for act in policy.steps_for(reached.target).filter(|it| it.share == reached.share).flat_map(|it| &it.acts) {
        let Some(ticket) = tx.get::<Ticket>(&id)? else { return Ok(()) };
        let Some(change) = change_of(tx, &ticket, act)? else { continue };
        match tickets::change(tx, system, id, change) {
            Ok(_) => {}
            Err(Error::Refused(refusal)) => {
                tracing::warn!(ticket = %id, policy = policy.name, reason = %refusal.detail, "a step of an escalation was refused");
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

fn change_of(tx: &Tx, ticket: &Ticket, act: &StepAct) -> Result<Option<TicketChange>> {
    let none = TicketChange::default();
    Ok(match act {
        StepAct::Raise(to) if ticket.priority > *to => {
            tracing::debug!(ticket = %ticket.id, to = priority_label(*to), "an escalation raises the priority");
            Some(TicketChange { priority: Some(Some(*to)), ..none })
        }
        StepAct::Move(queue) if ticket.queue != Some(*queue) => Some(TicketChange { queue: Some(Some(queue.to_string())), ..none }),
        StepAct::Assign(person) if ticket.assignee != Some(*person) => {
            Some(TicketChange { assignee: Some(Some(person.to_string())), ..none })
        }
        StepAct::AssignLead => {
            let team = queues::team_of(tx, ticket.queue)?.map(|it| tx.get_shared::<Team>(&it)).transpose()?.flatten();
            let lead = team.and_then(|it| it.lead);
            lead.filter(|it| ticket.assignee != Some(*it)).map(|it| TicketChange { assignee: Some(Some(it.to_string())), ..none })
        }
        StepAct::Tag(tag) if !ticket.tags.contains(tag) => {
            Some(TicketChange { tags: Some(ticket.tags.iter().cloned().chain([tag.clone()]).collect()), ..none })
        }
        StepAct::Raise(_) | StepAct::Move(_) | StepAct::Assign(_) | StepAct::Tag(_) => None,
    })
}
