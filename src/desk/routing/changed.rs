//! What follows for a ticket from a change of it: its priority is worked out anew unless it was set by hand, a full queue says no, and
//! a queue that assigns by itself does so when a ticket without an assignee comes to it. Rules are not asked again.

use super::{
    birth::by_queue,
    decision::{Question, Reason},
    priority,
    vip::is_vip,
    wip,
};
use crate::{
    desk::{actor::Actor, tickets::Ticket},
    error::Result,
    store::Tx,
};

/// What the change names itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    pub assignee: bool,
    /// The priority, or that it is the desk's to find again.
    pub priority: bool,
}

/// Works out what follows, before the changed ticket is kept.
pub fn after_change(tx: &mut Tx, actor: &Actor, before: &Ticket, after: &mut Ticket, given: Given) -> Result<()> {
    let (now, said) = (tx.now(), Reason::Said(actor.person()));
    if (after.requester, after.organization) != (before.requester, before.organization) {
        after.vip = is_vip(tx, after.requester, after.organization)?;
    }
    after.routed.measured |= (after.impact, after.urgency) != (before.impact, before.urgency);
    let parts = |it: &Ticket| (it.impact, it.urgency, it.topic, it.subtopic, it.vip);
    if after.priority_fixed {
        if given.priority && (after.priority != before.priority || !before.priority_fixed) {
            after.routed.note(Question::Priority, said.clone(), now);
        }
    } else if given.priority || parts(before) != parts(after) {
        priority::apply(tx, after, now)?;
    }
    if after.queue != before.queue {
        match after.queue {
            Some(it) => {
                wip::need_room(tx, actor, it)?;
                after.routed.note(Question::Queue, said.clone(), now);
            }
            None => after.routed.forget(Question::Queue),
        }
    }
    if after.assignee != before.assignee {
        match after.assignee {
            Some(_) => after.routed.note(Question::Assignee, said, now),
            None => after.routed.forget(Question::Assignee),
        }
    }
    if after.queue != before.queue && !given.assignee && after.assignee.is_none() && after.category.is_open() {
        by_queue(tx, after)?;
    }
    Ok(())
}
