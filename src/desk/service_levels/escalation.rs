//! What people say of a target in danger: that they have it in hand, or that it needs more than it gets (SLA-17).

use std::time::Duration;

use super::targets::{Acknowledged, Escalated};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    limits,
    store::Tx,
};

/// How long a requester waits before they may ask for attention again.
pub const ESCALATE_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// An agent has it in hand: levels above are told no more, until the ticket is resolved and opened again.
pub fn acknowledge(tx: &mut Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    let now = tx.now();
    let Some(by) = actor.person() else { return Err(Refusal::new(Code::Conflict, "A person acknowledges, not a program.").into()) };
    let Some(targets) = &mut ticket.targets else { return Err(nothing().into()) };
    if targets.acknowledged.is_some() {
        return Ok(ticket);
    }
    if !targets.is_at_risk() && targets.escalated.is_none() {
        return Err(nothing().into());
    }
    targets.acknowledged = Some(Acknowledged { at: now, by });
    ticket.touch(now);
    tx.put(&ticket)?;
    event::record(tx, actor, EventKind::EscalationAcknowledged, ticket.about(), Changes::new().set("by", by.to_string()))?;
    Ok(ticket)
}

fn nothing() -> Refusal {
    Refusal::new(Code::Conflict, "No target of this ticket is in danger, so there is nothing to acknowledge.")
}

/// Somebody asks for more attention: whoever works the ticket at any time, its people once a target is in danger or missed, and once a
/// day at most.
pub fn escalate(tx: &mut Tx, actor: &Actor, id: TicketId, reason: &str) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    let works = access::works_on(actor, &ticket);
    if !works {
        access::need_part(actor, &ticket)?;
    }
    let reason = reason.trim();
    if reason.chars().count() > limits::ESCALATION_REASON_CHARS_MAX {
        return Err(Refusal::field(
            "reason",
            "too_long",
            format!("A reason has at most {} characters.", limits::ESCALATION_REASON_CHARS_MAX),
        )
        .into());
    }
    if !ticket.category.is_open() || ticket.merged.is_some() {
        return Err(Refusal::new(Code::Conflict, "The ticket is not open; answer on it if it is not solved.").into());
    }
    let now = tx.now();
    let Some(by) = actor.person() else { return Err(Refusal::new(Code::Conflict, "A person escalates, not a program.").into()) };
    let mut targets = ticket.targets.take().unwrap_or_default();
    if !works && !targets.is_at_risk() {
        let detail = "The ticket is within its times, so it cannot be escalated yet. Answer on it if something has changed.";
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if targets.escalated.as_ref().is_some_and(|it| now.since(it.at) < ESCALATE_AGAIN_AFTER) {
        let detail = "The ticket was escalated within the last day, and people have been told.";
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    targets.escalated = Some(Escalated { at: now, by, reason: reason.to_owned() });
    targets.acknowledged = None;
    ticket.targets = Some(targets);
    ticket.touch(now);
    tx.put(&ticket)?;
    let changes = Changes::new().set("by", by.to_string()).set("reason", reason).set("byRequester", !works);
    event::record(tx, actor, EventKind::TicketEscalated, ticket.about(), changes)?;
    Ok(ticket)
}
