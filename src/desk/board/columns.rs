//! Open work in columns: by state, assignee or priority. One look at the tickets that meet a condition gives every column its total and
//! its first cards, however many columns there are.

use std::collections::BTreeMap;

use super::{Board, Page, list::key_of};
use crate::{
    desk::query::{Cond, sort::Sort, sort::SortKey},
    id::{PersonId, TicketId},
};

/// What columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Status,
    Assignee,
    Priority,
}

impl By {
    pub const ALL: [By; 3] = [By::Status, By::Assignee, By::Priority];

    pub fn name(self) -> &'static str {
        match self {
            By::Status => "status",
            By::Assignee => "assignee",
            By::Priority => "priority",
        }
    }

    pub fn named(text: &str) -> Option<By> {
        By::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// What is the same for the tickets of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnKey {
    /// The key of a state.
    State(String),
    Assignee(Option<PersonId>),
    Priority(u8),
}

impl Board {
    /// The tickets that meet a condition which the board `answers`, in columns of at most `limit` each; what has none is not there.
    pub fn columns(&self, cond: &Cond, sort: Sort, by: By, limit: usize) -> BTreeMap<ColumnKey, Page> {
        let mut found: BTreeMap<ColumnKey, Vec<SortKey>> = BTreeMap::new();
        for it in self.met(cond) {
            let key = match by {
                By::Status => ColumnKey::State(self.states.get(usize::from(it.state)).cloned().unwrap_or_default()),
                By::Assignee => ColumnKey::Assignee(it.assignee),
                By::Priority => ColumnKey::Priority(it.priority),
            };
            found.entry(key).or_default().push(key_of(it, sort));
        }
        let page = |mut keys: Vec<SortKey>| {
            let total = keys.len();
            keys.sort_unstable_by(|a, b| sort.compare(a, b));
            keys.truncate(limit);
            let next = keys.last().copied().filter(|_| total > limit);
            Page { ids: keys.iter().map(|it| TicketId(it.id)).collect(), keys, total, next }
        };
        found.into_iter().map(|(key, keys)| (key, page(keys))).collect()
    }
}
