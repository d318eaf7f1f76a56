//! Counters of open work, kept by the write itself (BEY-22): their cost grows with changes, not with agents or views.

use std::collections::BTreeMap;

use super::Summary;
use crate::id::{PersonId, QueueId};

/// Neither resolved nor closed, unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub open: u64,
    pub unassigned: u64,
    /// The next word is the desk's.
    pub on_us: u64,
    /// Response or resolution was missed.
    pub breached: u64,
    /// Resolved, and not closed yet.
    pub resolved: u64,
    pub by_queue: BTreeMap<QueueId, u64>,
    pub by_assignee: BTreeMap<PersonId, u64>,
}

impl Counts {
    pub(super) fn add(&mut self, it: &Summary) {
        self.change(it, |count| *count += 1);
    }

    pub(super) fn remove(&mut self, it: &Summary) {
        self.change(it, |count| *count = count.saturating_sub(1));
        self.by_queue.retain(|_, it| *it > 0);
        self.by_assignee.retain(|_, it| *it > 0);
    }

    fn change(&mut self, it: &Summary, by: impl Fn(&mut u64)) {
        if !it.category.is_open() {
            by(&mut self.resolved);
            return;
        }
        by(&mut self.open);
        if it.waits_on_us {
            by(&mut self.on_us);
        }
        if it.response_breached || it.resolution_breached {
            by(&mut self.breached);
        }
        match it.assignee {
            Some(person) => by(self.by_assignee.entry(person).or_default()),
            None => by(&mut self.unassigned),
        }
        if let Some(queue) = it.queue {
            by(self.by_queue.entry(queue).or_default());
        }
    }
}
