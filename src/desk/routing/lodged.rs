//! A ticket as it was lodged, put together from the record and what the log says was changed since. For trying rules on the past: what
//! was erased from the log stays as it is now.

use serde_json::Value;

use super::birth::Said;
use crate::{
    desk::{
        event::{Changes, EventKind},
        settings::Settings,
        tickets::{Ticket, lifecycle::Lifecycle, priority_named},
    },
    error::Result,
    id::{PersonId, QueueId},
    store::Tx,
};

/// Events of one ticket that are looked at.
const EVENTS_MAX: usize = 500;

/// What it was, without what the desk decided.
#[derive(Debug, Clone)]
pub struct Lodged {
    pub ticket: Ticket,
    pub said: Said,
    /// What the desk made of it then.
    pub queue: Option<QueueId>,
    pub assignee: Option<PersonId>,
    pub priority: u8,
}

pub fn lodged(tx: &Tx, now: &Ticket) -> Result<Lodged> {
    let mut ticket = now.clone();
    let mut born = Changes::new();
    for event in tx.history(now.id.0, None, EVENTS_MAX)? {
        let changes = Changes::of(&event);
        match EventKind::named(&event.kind) {
            Some(EventKind::TicketCreated) => born = changes,
            Some(EventKind::TicketChanged | EventKind::TicketAssigned | EventKind::TicketStatus) => undo(&mut ticket, &changes),
            _ => {}
        }
    }
    let settings = Settings::of(tx)?;
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    let decided = |name: &str| born.after(name).and_then(|it| it.get("code")).and_then(Value::as_str).map(str::to_owned);
    let is_said = |name: &str, otherwise: bool| decided(name).map_or(otherwise, |it| it == "said");
    let said = Said {
        queue: is_said("queueReason", ticket.queue.is_some() && ticket.queue != settings.default_queue),
        assignee: is_said("assigneeReason", ticket.assignee.is_some()),
        priority: is_said("priorityReason", ticket.priority_fixed),
        measured: decided("priorityReason").map_or((ticket.impact, ticket.urgency) != (3, 3), |_| now.routed.measured),
        category: decided("categoryReason").is_none() && ticket.topic.is_some(),
        status: false,
    };
    let (queue, assignee, priority) = (ticket.queue, ticket.assignee, ticket.priority);
    if !said.queue {
        ticket.queue = None;
    }
    if !said.assignee {
        ticket.assignee = None;
    }
    if !said.category {
        (ticket.topic, ticket.subtopic) = (None, None);
    }
    ticket.priority_fixed = said.priority;
    ticket.routed = super::Routed { measured: said.measured, ..super::Routed::default() };
    ticket.state = lifecycle.first().key.clone();
    ticket.category = lifecycle.first().category;
    (ticket.resolved_at, ticket.closed_at, ticket.deleted_at) = (None, None, None);
    Ok(Lodged { ticket, said, queue, assignee, priority })
}

/// Sets the fields back to what they were before a change.
fn undo(ticket: &mut Ticket, changes: &Changes) {
    for name in changes.names() {
        let Some(before) = changes.before(name) else { continue };
        let text = before.as_str();
        let level = |present: u8| before.as_u64().and_then(|it| u8::try_from(it).ok()).unwrap_or(present);
        match name {
            "title" => ticket.title = text.unwrap_or_default().to_owned(),
            "description" => ticket.description = text.unwrap_or_default().to_owned(),
            "priority" => ticket.priority = text.and_then(priority_named).unwrap_or(ticket.priority),
            "priorityFixed" => ticket.priority_fixed = before.as_bool().unwrap_or(ticket.priority_fixed),
            "impact" => ticket.impact = level(ticket.impact),
            "urgency" => ticket.urgency = level(ticket.urgency),
            "requester" => ticket.requester = text.and_then(|it| it.parse().ok()).unwrap_or(ticket.requester),
            "assignee" => ticket.assignee = text.and_then(|it| it.parse().ok()),
            "queue" => ticket.queue = text.and_then(|it| it.parse().ok()),
            "organization" => ticket.organization = text.and_then(|it| it.parse().ok()),
            "department" => ticket.department = text.and_then(|it| it.parse().ok()),
            "category" => ticket.topic = text.and_then(|it| it.parse().ok()),
            "subcategory" => ticket.subtopic = text.and_then(|it| it.parse().ok()),
            "tags" => ticket.tags = before.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => {}
        }
    }
}
