//! Which tickets are with whom, where, and due when: so that "my tickets", one queue, or one person's tickets are found without a
//! look at all the others. A group may be too large for a condition, never too small: whoever uses it still tests each ticket.

use std::collections::{BTreeMap, BTreeSet};

use super::Summary;
use crate::{
    desk::query::{Cond, Presence, Test, TimeField, TimeTest},
    id::{PersonId, QueueId, TicketId},
    time::Instant,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Assignee(Option<PersonId>),
    Queue(Option<QueueId>),
    /// Requester or watcher.
    Participant(PersonId),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Groups {
    members: BTreeMap<Group, BTreeSet<TicketId>>,
    due: BTreeSet<(Instant, TicketId)>,
}

fn groups_of(it: &Summary) -> impl Iterator<Item = Group> + '_ {
    let participants = std::iter::once(it.requester).chain(it.watchers.iter().copied()).map(Group::Participant);
    [Group::Assignee(it.assignee), Group::Queue(it.queue)].into_iter().chain(participants)
}

impl Groups {
    pub fn add(&mut self, it: &Summary) {
        for group in groups_of(it) {
            self.members.entry(group).or_default().insert(it.id);
        }
        self.due.extend(it.due_at.map(|at| (at, it.id)));
    }

    pub fn remove(&mut self, it: &Summary) {
        for group in groups_of(it) {
            if let Some(members) = self.members.get_mut(&group) {
                members.remove(&it.id);
                if members.is_empty() {
                    self.members.remove(&group);
                }
            }
        }
        if let Some(at) = it.due_at {
            self.due.remove(&(at, it.id));
        }
    }

    /// Every ticket that can meet the condition, if a group tells; none if only a look at all of them does.
    pub fn candidates(&self, cond: &Cond) -> Option<Vec<TicketId>> {
        let mut found = self.narrow(cond)?;
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    fn narrow(&self, cond: &Cond) -> Option<Vec<TicketId>> {
        match cond {
            Cond::And(all) => all.iter().filter_map(|it| self.narrow(it)).min_by_key(Vec::len),
            Cond::Or(any) => any.iter().map(|it| self.narrow(it)).collect::<Option<Vec<_>>>().map(|it| it.concat()),
            Cond::Test(test) => self.of_test(test),
            Cond::Not(_) | Cond::Text(_) => None,
        }
    }

    fn of_test(&self, test: &Test) -> Option<Vec<TicketId>> {
        match test {
            Test::Assignee(Presence::OneOf { ids, or_none }) => {
                let groups = ids.iter().map(|it| Group::Assignee(Some(PersonId(*it))));
                Some(self.all(groups.chain(or_none.then_some(Group::Assignee(None)))))
            }
            Test::Queue(Presence::OneOf { ids, or_none }) => {
                let groups = ids.iter().map(|it| Group::Queue(Some(QueueId(*it))));
                Some(self.all(groups.chain(or_none.then_some(Group::Queue(None)))))
            }
            Test::Requester(Presence::OneOf { ids, or_none: false }) | Test::Watcher(Presence::OneOf { ids, or_none: false }) => {
                Some(self.all(ids.iter().map(|it| Group::Participant(PersonId(*it)))))
            }
            Test::Time(TimeField::Due, TimeTest::Within(range)) => {
                let from = (range.from.unwrap_or(Instant::from_millis(i64::MIN)), TicketId::NIL);
                let before = (range.before.unwrap_or(Instant::from_millis(i64::MAX)), TicketId::NIL);
                Some(if from < before { self.due.range(from..before).map(|it| it.1).collect() } else { Vec::new() })
            }
            _ => None,
        }
    }

    fn all(&self, groups: impl Iterator<Item = Group>) -> Vec<TicketId> {
        groups.filter_map(|it| self.members.get(&it)).flatten().copied().collect()
    }
}
