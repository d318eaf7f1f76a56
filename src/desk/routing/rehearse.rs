//! A rule is tried on the tickets of the last days before it is switched on (BEY-32): which it would have caught at its place among the
//! others, and what would have been otherwise. It reads committed data and writes nothing.

use std::time::Duration;

use super::{
    birth::{follow, person_of},
    lodged::lodged,
    rule::{RoutingRule, RuleDraft, rules},
    vip::is_vip,
};
use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        permission::Permission,
        queues::{Category, Queue},
        settings::Settings,
        tickets::{Channel, Ticket, access, priority_label},
    },
    error::{Refusal, Result},
    id::{PersonId, QueueId, RoutingRuleId, TicketId},
    language::say,
    limits,
    store::Tx,
};

/// What would be otherwise about one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Would {
    pub field: &'static str,
    /// As it was when it was lodged, in words.
    pub was: String,
    pub would: String,
}

/// A ticket that the rule would have caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    pub ticket: TicketId,
    pub number: String,
    pub title: String,
    /// Nothing: it would be as it was.
    pub changes: Vec<Would>,
}

/// What a trial found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    pub days: u32,
    /// Tickets that were looked at.
    pub looked: usize,
    /// There are more in these days than were looked at.
    pub cut: bool,
    /// All that it would have caught.
    pub caught: usize,
    /// The newest of them.
    pub shown: Vec<Caught>,
}

/// Tries a rule as it is drafted; `of` is the rule that it would take the place of.
pub fn rehearse(tx: &Tx, actor: &Actor, of: Option<RoutingRuleId>, draft: RuleDraft, days: u32) -> Result<Trial> {
    actor.need(Permission::SettingsWrite)?;
    if days == 0 || days > limits::TRIAL_DAYS_MAX {
        let message = say!("refused-rule-tried-last-1", trial_days_max = limits::TRIAL_DAYS_MAX);
        return Err(Refusal::field("days", "invalid", message).into());
    }
    let id = of.unwrap_or(RoutingRuleId::NIL);
    let tried = RuleDraft { enabled: true, ..draft }.checked(tx, actor, id, tx.now(), 0)?;
    let mut all = rules(tx)?;
    all.retain(|it| it.id != id);
    all.push(tried);
    all.sort_by_key(|it| (it.position, it.id));
    let since = tx.now().minus(Duration::from_secs(u64::from(days) * 86_400));
    let (mut trial, mut walked) = (Trial { days, ..Trial::default() }, 0);
    for ticket in tx.scan_back::<Ticket>(&())? {
        let ticket = ticket?;
        if ticket.created_at < since || ticket.deleted_at.is_some() || ticket.channel == Channel::Import {
            // Ids grow with time, but for tickets that came with their own.
            if ticket.came_before(since) {
                break;
            }
            continue;
        }
        if walked == limits::TRIAL_TICKETS_MAX {
            trial.cut = true;
            break;
        }
        walked += 1;
        if !access::may_see(actor, &ticket) {
            continue;
        }
        trial.looked += 1;
        if let Some(caught) = would(tx, &all, id, &ticket)? {
            trial.caught += 1;
            if trial.shown.len() < limits::TRIAL_SHOWN_MAX {
                trial.shown.push(caught);
            }
        }
    }
    Ok(trial)
}

/// What the rules would make of a ticket, if this one is among those that fit.
fn would(tx: &Tx, all: &[RoutingRule], id: RoutingRuleId, present: &Ticket) -> Result<Option<Caught>> {
    let before = lodged(tx, present)?;
    let mut ticket = before.ticket;
    let at = ticket.created_at;
    ticket.vip = is_vip(tx, ticket.requester, ticket.organization)?;
    super::priority::apply(tx, &mut ticket, at)?;
    let born = ticket.clone();
    let followed = follow(tx, all, &mut ticket, before.said, at)?;
    if !followed.fitted.contains(&id) {
        return Ok(None);
    }
    let settings = Settings::of(tx)?;
    let assignee = match followed.assign {
        Some((assign, why)) => person_of(tx, assign, why, at)?.map(|it| it.0),
        None => before.assignee,
    };
    let mut changes = Vec::new();
    let mut differ = |field: &'static str, was: String, would: String| {
        if was != would {
            changes.push(Would { field, was, would });
        }
    };
    differ("queue", queue_name(tx, before.queue)?, queue_name(tx, ticket.queue.or(settings.default_queue))?);
    differ("assignee", person_name(tx, before.assignee)?, person_name(tx, assignee)?);
    differ("priority", priority_label(before.priority).to_owned(), priority_label(ticket.priority).to_owned());
    differ("tags", born.tags.join(", "), ticket.tags.join(", "));
    let category = |it: &Ticket| -> Result<String> {
        let id = it.subtopic.or(it.topic);
        Ok(id.map(|it| tx.get::<Category>(&it)).transpose()?.flatten().map_or_else(|| "none".into(), |it| it.name))
    };
    differ("category", category(&born)?, category(&ticket)?);
    let number = crate::desk::tickets::number::text(&settings, present.kind, present.number);
    Ok(Some(Caught { ticket: present.id, number, title: present.title.clone(), changes }))
}

fn queue_name(tx: &Tx, id: Option<QueueId>) -> Result<String> {
    Ok(id.map(|it| tx.get_shared::<Queue>(&it)).transpose()?.flatten().map_or_else(|| "none".into(), |it| it.name.clone()))
}

fn person_name(tx: &Tx, id: Option<PersonId>) -> Result<String> {
    Ok(id.map(|it| tx.get::<Person>(&it)).transpose()?.flatten().map_or_else(|| "nobody".into(), |it| it.name))
}
