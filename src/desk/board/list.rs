//! Lists of open work from the board: which conditions it can answer, and one page of the tickets that meet one.

use std::{cmp::Ordering, collections::BTreeSet};

use super::{Board, Summary};
use crate::{
    desk::query::{
        Breach, Category, Cond, Flag, Part, StatusTest, Test, TimeField,
        sort::{Sort, SortField, SortKey},
    },
    id::{QueueId, TicketId},
    time::Instant,
};

/// One page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub ids: Vec<TicketId>,
    /// The place of each row in the order.
    pub keys: Vec<SortKey>,
    /// Exact.
    pub total: usize,
    /// The place of the last row, if more follow.
    pub next: Option<SortKey>,
}

/// Whether the board alone can answer the condition: it must leave no closed ticket in, and ask for nothing that is not on the board.
pub fn answers(cond: &Cond, sort: Sort) -> bool {
    excludes_closed(cond) && knows(cond, sort)
}

/// Whether the board can answer for the tickets that it keeps; closed ones are then somebody else's to find.
pub fn knows(cond: &Cond, sort: Sort) -> bool {
    sort.field != SortField::Relevance && is_known(cond)
}

fn excludes_closed(cond: &Cond) -> bool {
    match cond {
        Cond::And(all) => all.iter().any(excludes_closed),
        Cond::Or(any) => !any.is_empty() && any.iter().all(excludes_closed),
        // A state by its name may be in any category.
        Cond::Test(Test::Status(any)) => {
            !any.is_empty() && any.iter().all(|it| matches!(it, StatusTest::Category(it) if *it != Category::Closed))
        }
        Cond::Test(_) | Cond::Not(_) | Cond::Text(_) => false,
    }
}

fn is_known(cond: &Cond) -> bool {
    match cond {
        Cond::And(list) | Cond::Or(list) => list.iter().all(is_known),
        Cond::Not(it) => is_known(it),
        Cond::Text(_) => false,
        Cond::Test(test) => match test {
            Test::Status(_)
            | Test::Kind(_)
            | Test::Priority(_)
            | Test::Impact(_)
            | Test::Urgency(_)
            | Test::Queue(_)
            | Test::Assignee(_)
            | Test::Requester(_)
            | Test::Organization(_)
            | Test::Department(_)
            | Test::Category(_)
            | Test::Channel(_)
            | Test::Watcher(_)
            | Test::Breach(_)
            | Test::Is(_) => true,
            Test::Time(field, _) => is_kept(*field),
            Test::Has(part) => matches!(part, Part::Attachment | Part::Link),
            Test::Number(it) => it.prefix.is_none(),
            Test::Team(_) | Test::Asset(_) | Test::Item(_) | Test::Author(_) | Test::Tag(_) | Test::Custom(_) => false,
        },
    }
}

impl Board {
    /// The tickets that meet a condition which the board `answers`: after `after` if given, else after the first `skip`.
    pub fn list(&self, cond: &Cond, sort: Sort, after: Option<SortKey>, skip: usize, limit: usize) -> Page {
        let mut found: Vec<SortKey> = Vec::new();
        let mut total = 0;
        for summary in self.met(cond) {
            total += 1;
            let key = key_of(summary, sort);
            if after.is_none_or(|it| sort.compare(&key, &it) == Ordering::Greater) {
                found.push(key);
            }
        }
        let wanted = skip.saturating_add(limit);
        let more = found.len() > wanted;
        if more && wanted > 0 {
            found.select_nth_unstable_by(wanted - 1, |a, b| sort.compare(a, b));
            found.truncate(wanted);
        }
        found.sort_unstable_by(|a, b| sort.compare(a, b));
        let page: Vec<SortKey> = found.into_iter().skip(skip).collect();
        Page { next: page.last().copied().filter(|_| more), ids: page.iter().map(|it| TicketId(it.id)).collect(), keys: page, total }
    }

    /// Whether any ticket meets a condition which the board `answers`.
    pub fn any(&self, cond: &Cond) -> bool {
        self.met(cond).next().is_some()
    }

    /// In which queues the tickets lie that meet a condition which the board `answers`.
    pub fn queues_of(&self, cond: &Cond) -> BTreeSet<QueueId> {
        self.met(cond).filter_map(|it| it.queue).collect()
    }

    /// The tickets that meet a condition, in the order of their ids: from a group if one tells, else by a look at all.
    pub(super) fn met<'a>(&'a self, cond: &'a Cond) -> Box<dyn Iterator<Item = &'a Summary> + 'a> {
        self.met_among(self.groups.candidates(cond), cond)
    }

    /// The tickets that meet a condition, among these, or among all.
    pub(super) fn met_among<'a>(&'a self, among: Option<Vec<TicketId>>, cond: &'a Cond) -> Box<dyn Iterator<Item = &'a Summary> + 'a> {
        match among {
            Some(ids) => Box::new(ids.into_iter().filter_map(|it| self.tickets.get(&it)).filter(|it| self.meets(it, cond))),
            None => Box::new(self.tickets.values().filter(|it| self.meets(it, cond))),
        }
    }

    pub(super) fn meets(&self, it: &Summary, cond: &Cond) -> bool {
        match cond {
            Cond::And(all) => all.iter().all(|cond| self.meets(it, cond)),
            Cond::Or(any) => any.iter().any(|cond| self.meets(it, cond)),
            Cond::Not(cond) => !self.meets(it, cond),
            Cond::Test(test) => self.passes(it, test),
            Cond::Text(_) => false,
        }
    }

    fn passes(&self, it: &Summary, test: &Test) -> bool {
        match test {
            Test::Status(any) => any.iter().any(|test| match test {
                StatusTest::Category(category) => *category == it.category,
                StatusTest::State(key) => self.states.get(usize::from(it.state)) == Some(key),
            }),
            Test::Kind(kinds) => kinds.contains(&it.kind),
            Test::Priority(levels) => levels.contains(&it.priority),
            Test::Impact(levels) => levels.contains(&it.impact),
            Test::Urgency(levels) => levels.contains(&it.urgency),
            Test::Queue(wanted) => wanted.fits(&[it.queue.map(|it| it.0)]),
            Test::Assignee(wanted) => wanted.fits(&[it.assignee.map(|it| it.0)]),
            Test::Requester(wanted) => wanted.fits(&[Some(it.requester.0)]),
            Test::Organization(wanted) => wanted.fits(&[it.organization.map(|it| it.0)]),
            Test::Department(wanted) => wanted.fits(&[it.department.map(|it| it.0)]),
            Test::Category(wanted) => wanted.fits(&[it.topic.map(|it| it.0), it.subtopic.map(|it| it.0)]),
            Test::Watcher(wanted) => wanted.fits(&it.watchers.iter().map(|it| Some(it.0)).collect::<Vec<_>>()),
            Test::Channel(any) => any.contains(&it.channel.name()),
            Test::Time(field, test) => test.fits(instant_of(it, *field)),
            Test::Has(Part::Attachment) => it.has_attachments,
            Test::Has(Part::Link) => it.has_links,
            Test::Breach(Breach::Any) => it.response_breached || it.resolution_breached,
            Test::Breach(Breach::None) => !it.response_breached && !it.resolution_breached,
            Test::Breach(Breach::Response) => it.response_breached,
            Test::Breach(Breach::Resolution) => it.resolution_breached,
            Test::Is(Flag::Paused) => it.is_paused,
            Test::Is(Flag::Vip) => it.vip,
            Test::Is(Flag::Snoozed) => it.snoozed,
            Test::Is(Flag::OnUs) => it.waits_on_us,
            Test::Is(Flag::OnThem) => it.category.is_open() && !it.waits_on_us,
            Test::Number(wanted) => (wanted.from..=wanted.to).contains(&it.number),
            // `answers` has refused these; they match nothing rather than everything.
            Test::Has(Part::Note) | Test::Team(_) | Test::Asset(_) | Test::Item(_) | Test::Author(_) | Test::Tag(_) | Test::Custom(_) => {
                false
            }
        }
    }
}

fn is_kept(field: TimeField) -> bool {
    !matches!(field, TimeField::Resolved | TimeField::Closed)
}

fn instant_of(it: &Summary, field: TimeField) -> Option<Instant> {
    match field {
        TimeField::Created => Some(it.created_at),
        TimeField::Updated => Some(it.updated_at),
        TimeField::UpdatedPublicly => Some(it.updated_publicly_at),
        TimeField::Due => it.due_at,
        TimeField::Scheduled => it.scheduled_at,
        TimeField::Response => it.response_due_at,
        TimeField::Resolved | TimeField::Closed => None,
    }
}

/// The place of a summary in an order; the same as the index gives it.
pub fn key_of(it: &Summary, sort: Sort) -> SortKey {
    let at = |it: Instant| Some(SortKey::from_signed(it.as_millis()));
    let value = match sort.field {
        SortField::Created => at(it.created_at),
        SortField::Updated => at(it.updated_at),
        SortField::UpdatedPublicly => at(it.updated_publicly_at),
        SortField::Priority => Some(u64::from(it.priority)),
        SortField::Due => it.due_at.and_then(at),
        SortField::Number => Some(it.number),
        SortField::Relevance => None,
    };
    SortKey { value, id: it.id.0 }
}
