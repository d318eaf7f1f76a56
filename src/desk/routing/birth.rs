//! A new ticket is routed: rules, priority, queue, room, assignee, in this order, once, in the command that lodges it. What is imported
//! is history, and keeps what it came with but for the priority.

use super::{
    decision::{Question, Reason, Ruled},
    on_call, priority,
    rule::{Assign, RoutingRule, rules},
    strategy::{Strategy, at_work, pick, took_turn},
    vip::is_vip,
    wip,
};
use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        queues::{Category, Queue},
        tickets::{Channel, Ticket},
    },
    error::Result,
    id::{PersonId, RoutingRuleId},
    limits,
    store::Tx,
    time::Instant,
};

/// What whoever lodged a ticket said of it, and no rule changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    pub queue: bool,
    pub assignee: bool,
    pub priority: bool,
    /// Impact or urgency.
    pub measured: bool,
    pub category: bool,
    /// A state of their choice: then nobody is assigned by the desk.
    pub status: bool,
}

/// Routes a ticket that is about to be kept. Its queue is the one that was said, else the one to fall back on.
pub fn at_birth(tx: &mut Tx, actor: &Actor, ticket: &mut Ticket, said: Said) -> Result<()> {
    let now = tx.now();
    ticket.vip = is_vip(tx, ticket.requester, ticket.organization)?;
    ticket.routed.measured = said.measured;
    for (question, is_said) in [(Question::Priority, said.priority), (Question::Queue, said.queue), (Question::Assignee, said.assignee)] {
        if is_said {
            ticket.routed.note(question, Reason::Said(actor.person()), now);
        }
    }
    priority::apply(tx, ticket, now)?;
    if ticket.channel == Channel::Import {
        return Ok(());
    }
    let last_resort = ticket.queue.filter(|_| !said.queue);
    if !said.queue {
        ticket.queue = None;
    }
    let followed = follow(tx, &rules(tx)?, ticket, said, now)?;
    if said.queue
        && let Some(queue) = ticket.queue
    {
        wip::need_room(tx, actor, queue)?;
    }
    if ticket.queue.is_none() {
        ticket.queue = last_resort;
        if last_resort.is_some() {
            ticket.routed.note(Question::Queue, Reason::Default, now);
        }
    }
    wip::find_room(tx, ticket, now)?;
    if said.assignee || said.status {
        return Ok(());
    }
    if let Some((assign, why)) = followed.assign
        && let Some((person, why)) = person_of(tx, assign, why, now)?
    {
        ticket.assignee = Some(person);
        ticket.routed.note(Question::Assignee, why, now);
        return Ok(());
    }
    by_queue(tx, ticket)
}

/// Gives a ticket to somebody if its queue does that by itself.
pub(super) fn by_queue(tx: &mut Tx, ticket: &mut Ticket) -> Result<()> {
    let Some(queue) = ticket.queue.map(|it| tx.get::<Queue>(&it)).transpose()?.flatten() else { return Ok(()) };
    let strategy = queue.rules.strategy;
    if strategy == Strategy::Manual { Ok(()) } else { by_strategy(tx, &queue, strategy, ticket) }
}

/// Gives a ticket to somebody of a queue. Whoever has it keeps it if nobody can take it.
pub(super) fn by_strategy(tx: &mut Tx, queue: &Queue, strategy: Strategy, ticket: &mut Ticket) -> Result<()> {
    let choice = pick(tx, queue, strategy, ticket)?;
    if let Some(seat) = choice.seat {
        took_turn(tx, queue.id, seat)?;
    }
    ticket.assignee = choice.who.or(ticket.assignee);
    ticket.routed.note(Question::Assignee, choice.why, tx.now());
    Ok(())
}

/// What the rules that fitted asked for besides what they set.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Followed {
    /// In their order.
    pub fitted: Vec<RoutingRuleId>,
    pub assign: Option<(Assign, Reason)>,
}

/// Asks the rules, in their order, and sets what they say; each sees what those before it set. The queue of the category follows where
/// no rule names one.
pub(super) fn follow(tx: &Tx, rules: &[RoutingRule], ticket: &mut Ticket, said: Said, at: Instant) -> Result<Followed> {
    let mut followed = Followed::default();
    for rule in rules.iter().filter(|it| it.enabled) {
        if !rule.fits(tx, ticket, at)? {
            continue;
        }
        followed.fitted.push(rule.id);
        obey(tx, rule, ticket, said, at, &mut followed)?;
        if !rule.goes_on {
            break;
        }
    }
    if ticket.queue.is_none() {
        for id in [ticket.subtopic, ticket.topic].into_iter().flatten() {
            if let Some(queue) = tx.get::<Category>(&id)?.and_then(|it| it.queue).filter(|_| ticket.queue.is_none()) {
                ticket.queue = Some(queue);
                ticket.routed.note(Question::Queue, Reason::Category(id), at);
            }
        }
    }
    Ok(followed)
}

/// Sets what one rule says, where nobody has said otherwise.
pub(super) fn obey(tx: &Tx, rule: &RoutingRule, ticket: &mut Ticket, said: Said, at: Instant, followed: &mut Followed) -> Result<()> {
    let why = || Reason::Rule { rule: rule.id, version: rule.version, name: rule.name.clone() };
    let then = &rule.then;
    if let Some(queue) = then.queue.filter(|_| !said.queue && ticket.queue.is_none()) {
        ticket.queue = Some(queue);
        ticket.routed.note(Question::Queue, why(), at);
    }
    if let Some(category) = then.category.filter(|_| !said.category && ticket.topic.is_none()) {
        let parent = tx.get::<Category>(&category)?.and_then(|it| it.parent);
        ticket.topic = Some(parent.unwrap_or(category));
        ticket.subtopic = parent.map(|_| category);
        ticket.routed.note(Question::Category, why(), at);
    }
    if let Some(level) = then.priority.filter(|_| !said.priority && ticket.routed.ruled.is_none()) {
        ticket.routed.ruled =
            Some(Ruled { rule: rule.id, version: rule.version, name: rule.name.clone(), priority: level, at_least: then.at_least });
    }
    for tag in &then.tags {
        if !ticket.tags.contains(tag) && ticket.tags.len() < limits::TAGS_MAX {
            ticket.tags.push(tag.clone());
            ticket.routed.note(Question::Tags, why(), at);
        }
    }
    for watcher in &then.watchers {
        if *watcher != ticket.requester && !ticket.watchers.contains(watcher) && ticket.watchers.len() < limits::WATCHERS_MAX {
            ticket.watchers.push(*watcher);
            ticket.routed.note(Question::Watchers, why(), at);
        }
    }
    if let Some(assign) = then.assignee.filter(|_| !said.assignee && followed.assign.is_none()) {
        followed.assign = Some((assign, why()));
    }
    priority::apply(tx, ticket, at)
}

/// Who that is: the person or who stands in for them, or whoever is on call; nobody if none of them is there.
pub(super) fn person_of(tx: &Tx, assign: Assign, why: Reason, at: Instant) -> Result<Option<(PersonId, Reason)>> {
    Ok(match assign {
        Assign::Person(id) => {
            let Some(person) = tx.get::<Person>(&id)? else { return Ok(None) };
            at_work(tx, &person, at)?.map(|it| (it, why))
        }
        Assign::OnCall(rotation) => {
            let (rule, version) = why.rule().unzip();
            let why = Reason::OnCall { rotation, rule, version: version.unwrap_or(0) };
            on_call::who(tx, rotation, at)?.map(|it| (it, why))
        }
    })
}
