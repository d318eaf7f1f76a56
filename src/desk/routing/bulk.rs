//! Many tickets are assigned at once (API-17): by a routing rule, a strategy, or to a queue and somebody that are named. Each ticket is
//! done or not for itself, and the answer says which, and why not.

use super::{
    birth::{Followed, Said, by_strategy, obey, person_of},
    decision::{Question, Reason},
    rule::RoutingRule,
    strategy::Strategy,
    wip,
};
use crate::{
    desk::{
        actor::Actor,
        permission::Permission,
        queues::Queue,
        tickets::{self, Ticket, access},
    },
    error::{Code, Error, Refusal, Result},
    id::{PersonId, QueueId, RoutingRuleId},
    language::say,
    limits,
    store::Tx,
};

/// What is to be done to each of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct By {
    /// What this rule says, where it fits; whether it is switched on or not.
    pub rule: Option<RoutingRuleId>,
    pub queue: Option<QueueId>,
    /// `Some(None)` takes the assignee away.
    pub assignee: Option<Option<PersonId>>,
    /// Among the people of the ticket's queue.
    pub strategy: Option<Strategy>,
}

/// Tickets by id or number, and what is to be done to them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bulk {
    pub tickets: Vec<String>,
    pub by: By,
}

/// What became of one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// As it was named.
    pub named: String,
    /// As it is now, if the actor may see it.
    pub ticket: Option<Ticket>,
    pub done: bool,
    /// Why nothing was done, or less than was asked for.
    pub why_not: Option<String>,
}

pub fn assign(tx: &mut Tx, actor: &Actor, bulk: Bulk) -> Result<Vec<Outcome>> {
    actor.need(Permission::TicketsAssign)?;
    let Bulk { tickets, by } = bulk;
    if tickets.is_empty() || tickets.len() > limits::ASSIGNED_AT_ONCE_MAX {
        let message = say!("refused-name-1-tickets", assigned_at_once_max = limits::ASSIGNED_AT_ONCE_MAX);
        return Err(Refusal::field("ticketIds", "invalid", message).into());
    }
    if by == By::default() {
        return Err(Refusal::field("rule", "required", say!("refused-say-how-rule-queue")).into());
    }
    if by.assignee.is_some() && by.strategy.is_some_and(|it| it != Strategy::Manual) {
        return Err(Refusal::field("strategy", "invalid", say!("refused-name-assignee-strategy-not")).into());
    }
    let rule = by.rule.map(|it| tx.get::<RoutingRule>(&it)).transpose()?.flatten();
    if by.rule.is_some() && rule.is_none() {
        return Err(Refusal::field("rule", "unknown", say!("refused-there-no-such-routing")).into());
    }
    let mut outcomes = Vec::with_capacity(tickets.len());
    for named in tickets {
        let before = access::named(tx, actor, &named);
        let done = before.and_then(|it| one(tx, actor, it, &by, rule.as_ref()));
        outcomes.push(match done {
            Ok((ticket, why_not, done)) => Outcome { named, ticket: Some(ticket), done, why_not },
            Err(Error::Refused(it)) => {
                let ticket = access::named(tx, actor, &named).ok();
                Outcome { named, ticket, done: false, why_not: Some(it.detail.into()) }
            }
            Err(it) => return Err(it),
        });
    }
    Ok(outcomes)
}

/// Does it to one. Everything that is refused is refused before anything is written.
fn one(tx: &mut Tx, actor: &Actor, before: Ticket, by: &By, rule: Option<&RoutingRule>) -> Result<(Ticket, Option<String>, bool)> {
    access::need(actor, Permission::TicketsWrite, &before)?;
    access::need(actor, Permission::TicketsAssign, &before)?;
    if !before.category.is_open() {
        return Err(Refusal::new(Code::Conflict, say!("refused-over-reopen-first")).into());
    }
    let (now, said) = (tx.now(), Reason::Said(actor.person()));
    let mut after = before.clone();
    let mut followed = Followed::default();
    if let Some(rule) = rule {
        if !rule.fits(tx, &before, before.created_at)? {
            return Err(Refusal::new(Code::Conflict, say!("refused-rule-does-not-fit", name = rule.name)).into());
        }
        // A rule that is asked for by hand may say anew what stands.
        if rule.then.queue.is_some() {
            after.queue = None;
        }
        if rule.then.category.is_some() {
            (after.topic, after.subtopic) = (None, None);
        }
        if rule.then.priority.is_some() {
            after.routed.ruled = None;
        }
        let said = Said { priority: before.priority_fixed, ..Said::default() };
        obey(tx, rule, &mut after, said, now, &mut followed)?;
    }
    if let Some(queue) = by.queue.filter(|it| after.queue != Some(*it)) {
        after.queue = Some(queue);
        after.routed.note(Question::Queue, said.clone(), now);
    }
    if let Some(queue) = after.queue.filter(|it| before.queue != Some(*it)) {
        wip::need_room(tx, actor, queue)?;
    }
    let mut lack = None;
    let mut asked_for_somebody = false;
    if let Some(assignee) = by.assignee {
        after.assignee = assignee;
        match assignee {
            Some(_) if after.assignee != before.assignee => after.routed.note(Question::Assignee, said, now),
            Some(_) => {}
            None => after.routed.forget(Question::Assignee),
        }
    } else if let Some((assign, why)) = followed.assign {
        asked_for_somebody = true;
        match person_of(tx, assign, why, now)? {
            Some((person, why)) => {
                after.assignee = Some(person);
                after.routed.note(Question::Assignee, why, now);
            }
            None => lack = Some("Nobody of those whom the rule names is there.".to_owned()),
        }
    } else if let Some(strategy) = by.strategy.filter(|it| *it != Strategy::Manual) {
        asked_for_somebody = true;
        match after.queue.map(|it| tx.get::<Queue>(&it)).transpose()?.flatten() {
            None => lack = Some("It is in no queue, so nobody is there to choose from.".to_owned()),
            Some(queue) => {
                // Who had it before is no reason that they keep it.
                let kept = after.assignee.take();
                by_strategy(tx, &queue, strategy, &mut after)?;
                if after.assignee.is_none() {
                    after.assignee = kept;
                    lack = after.routed.of(Question::Assignee).map(|it| super::why(tx, it)).transpose()?.map(String::from);
                    after.routed = super::Routed { decisions: without_assignee(&after, &before), ..after.routed };
                }
            }
        }
    }
    let done = !(asked_for_somebody && lack.is_some()) || after.queue != before.queue;
    Ok((tickets::settle(tx, actor, &before, after)?, lack, done))
}

/// The decisions, with the one about the assignee as it was.
fn without_assignee(after: &Ticket, before: &Ticket) -> Vec<super::Decision> {
    let mut decisions: Vec<_> = after.routed.decisions.iter().filter(|it| it.question != Question::Assignee).cloned().collect();
    decisions.extend(before.routed.of(Question::Assignee).cloned());
    decisions.sort_by_key(|it| it.question);
    decisions
}
