//! What people say of a target in danger: that they have it in hand, or that it needs more than it gets (SLA-17).

use std::time::Duration;

use super::targets::{Acknowledged, Escalated, Targets};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// How long a requester waits before they may ask for attention again.
const ESCALATE_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// An agent has it in hand: levels above are told no more, until the ticket is resolved and opened again.
pub fn acknowledge(tx: &mut Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    let now = tx.now();
    let Some(by) = actor.person() else { return Err(Refusal::new(Code::Conflict, say!("refused-person-acknowledges-not-program")).into()) };
    if ticket.targets.as_ref().is_some_and(|it| it.acknowledged.is_some()) {
        return Ok(ticket);
    }
    let Some(targets) = ticket.targets.as_mut().filter(|it| asks_for_somebody(it)) else { return Err(nothing().into()) };
    targets.acknowledged = Some(Acknowledged { at: now, by });
    ticket.touch(now);
    tx.put(&ticket)?;
    event::record(tx, actor, EventKind::EscalationAcknowledged, ticket.about(), Changes::new().set("by", by.to_string()))?;
    Ok(ticket)
}

/// Whether there is something for this actor to acknowledge.
pub fn may_acknowledge(actor: &Actor, ticket: &Ticket) -> bool {
    let waits = |it: &Targets| it.acknowledged.is_none() && asks_for_somebody(it);
    access::works_on(actor, ticket) && is_at_work(ticket) && ticket.targets.as_deref().is_some_and(waits)
}

/// A target is in danger, or a person said so.
fn asks_for_somebody(targets: &Targets) -> bool {
    targets.is_at_risk() || targets.escalated.is_some()
}

/// Whether anything can still be done about it in its own right.
fn is_at_work(ticket: &Ticket) -> bool {
    ticket.category.is_open() && ticket.merged.is_none()
}

fn nothing() -> Refusal {
    Refusal::new(Code::Conflict, say!("refused-no-target-ticket-danger"))
}

/// Somebody asks for more attention: whoever works the ticket at any time, its people once a target is in danger or missed, and once a
/// day at most.
pub fn escalate(tx: &mut Tx, actor: &Actor, id: TicketId, reason: &str) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    let reason = reason.trim();
    if reason.chars().count() > limits::ESCALATION_REASON_CHARS_MAX {
        let message = say!("refused-reason-most-characters", escalation_reason_chars_max = limits::ESCALATION_REASON_CHARS_MAX);
        return Err(Refusal::field("reason", "too_long", message).into());
    }
    let now = tx.now();
    need_escalation(actor, &ticket, now)?;
    let Some(by) = actor.person() else { return Err(Refusal::new(Code::Conflict, say!("refused-person-escalates-not-program")).into()) };
    let mut targets = ticket.targets.take().unwrap_or_default();
    targets.escalated = Some(Escalated { at: now, by, reason: reason.to_owned() });
    targets.acknowledged = None;
    ticket.targets = Some(targets);
    ticket.touch(now);
    tx.put(&ticket)?;
    let by_requester = !access::works_on(actor, &ticket);
    let changes = Changes::new().set("by", by.to_string()).set("reason", reason).set("byRequester", by_requester);
    event::record(tx, actor, EventKind::TicketEscalated, ticket.about(), changes)?;
    Ok(ticket)
}

/// Whether `escalate` would be taken from this actor now.
pub fn may_escalate(actor: &Actor, ticket: &Ticket, now: Instant) -> bool {
    actor.person().is_some() && need_escalation(actor, ticket, now).is_ok()
}

fn need_escalation(actor: &Actor, ticket: &Ticket, now: Instant) -> Result<()> {
    let works = access::works_on(actor, ticket);
    if !works {
        access::need_part(actor, ticket)?;
    }
    if !is_at_work(ticket) {
        return Err(Refusal::new(Code::Conflict, say!("refused-ticket-not-open-answer")).into());
    }
    let targets = ticket.targets.as_deref();
    if !works && !targets.is_some_and(Targets::is_at_risk) {
        let detail = say!("refused-ticket-within-times-so");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if targets.and_then(|it| it.escalated.as_ref()).is_some_and(|it| now.since(it.at) < ESCALATE_AGAIN_AFTER) {
        let detail = say!("refused-ticket-escalated-within-last");
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    Ok(())
}
