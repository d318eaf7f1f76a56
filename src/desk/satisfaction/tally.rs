//! Votes counted by day, agent and queue. The count changes in the command that takes the vote: votes are rare, a row is small, and so
//! a report reads a few rows per day, is exact at once, and never looks at a ticket, however many there are.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use minicbor::{Decode, Encode};

use super::Satisfaction;
use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        permission::{Permission, Permissions},
        queues::Queue,
        settings::Settings,
    },
    error::{Refusal, Result},
    id::{PersonId, QueueId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// How many said what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Votes {
    #[n(0)]
    pub good: u32,
    #[n(1)]
    pub bad: u32,
    /// Of these, votes in stars, and their sum.
    #[n(2)]
    pub starred: u32,
    #[n(3)]
    pub stars: u32,
}

impl Votes {
    pub fn count(self) -> u32 {
        self.good + self.bad
    }

    /// The share of good ones, in percent (RPT-15); none without a vote.
    pub fn percent(self) -> Option<f64> {
        (self.count() > 0).then(|| f64::from(self.good) * 100.0 / f64::from(self.count()))
    }

    /// The mean of those in stars.
    pub fn mean_stars(self) -> Option<f64> {
        (self.starred > 0).then(|| f64::from(self.stars) / f64::from(self.starred))
    }

    fn add(&mut self, other: Votes) {
        self.good += other.good;
        self.bad += other.bad;
        self.starred += other.starred;
        self.stars += other.stars;
    }
}

/// The votes of one day about one agent's work in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SatisfactionDay {
    /// In the desk's zone, from 1970-01-01.
    #[n(0)]
    pub day: u32,
    /// All zeroes: nobody's.
    #[n(1)]
    pub agent: PersonId,
    #[n(2)]
    pub queue: QueueId,
    #[n(3)]
    pub votes: Votes,
}

impl Record for SatisfactionDay {
    type Key = (u32, PersonId, QueueId);
    /// Follows from what the tickets keep.
    const TABLE: Table = Table::operational(0x6c, "satisfaction_days");

    fn key(&self) -> Self::Key {
        (self.day, self.agent, self.queue)
    }
}

const FIRST_DAY: Date = Date::constant(1970, 1, 1);

/// The day of an instant in a zone.
pub(super) fn day_of(at: Instant, zone: &str) -> u32 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    day_number(at.timestamp().to_zoned(zone).date())
}

fn day_number(date: Date) -> u32 {
    FIRST_DAY.until(date).map_or(0, |it| u32::try_from(it.get_days()).unwrap_or(0))
}

fn date_of(day: u32) -> Date {
    FIRST_DAY.saturating_add(i64::from(day).days())
}

/// Adds a vote to its row, or takes it away.
pub(super) fn count(tx: &mut Tx, it: &Satisfaction, more: bool) -> Result<()> {
    let key = (it.day, it.agent.unwrap_or(PersonId::NIL), it.queue.unwrap_or(QueueId::NIL));
    let present = tx.get::<SatisfactionDay>(&key)?.map(|it| it.votes).unwrap_or_default();
    let step = |count: u32, by: u32| if more { count.saturating_add(by) } else { count.saturating_sub(by) };
    let votes = Votes {
        good: step(present.good, u32::from(it.good)),
        bad: step(present.bad, u32::from(!it.good)),
        starred: step(present.starred, u32::from(it.stars.is_some())),
        stars: step(present.stars, it.stars.map_or(0, u32::from)),
    };
    match votes.count() {
        0 => tx.remove::<SatisfactionDay>(&key),
        _ => tx.put(&SatisfactionDay { day: key.0, agent: key.1, queue: key.2, votes }),
    }
}

/// By what a report tells votes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Agent,
    Queue,
    Day,
    Week,
}

impl By {
    pub const ALL: [By; 4] = [By::Agent, By::Queue, By::Day, By::Week];

    pub fn name(self) -> &'static str {
        match self {
            By::Agent => "agent",
            By::Queue => "queue",
            By::Day => "day",
            By::Week => "week",
        }
    }

    pub fn named(text: &str) -> Option<By> {
        By::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The id of an agent or a queue, a date, or a week such as `2026-W05`; empty for what is nobody's.
    pub key: String,
    /// As people know it.
    pub name: String,
    pub votes: Votes,
}

/// The votes of some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub from: Date,
    /// The last day that counts.
    pub to: Date,
    pub by: By,
    pub total: Votes,
    pub rows: Vec<Row>,
}

/// Days of a report that says none: the last thirty.
const DAYS: i64 = 30;

/// What was said from one day to another, both included; without them, in the last thirty days. Whoever sees some queues only is told of those
/// and of their own work.
pub fn report(tx: &Tx, actor: &Actor, from: Option<Date>, to: Option<Date>, by: By) -> Result<Report> {
    actor.need(Permission::TicketsRead)?;
    let today = date_of(day_of(tx.now(), &Settings::of(tx)?.time_zone));
    let to = to.unwrap_or(today);
    let from = from.unwrap_or_else(|| to.saturating_sub((DAYS - 1).days()));
    if from > to {
        return Err(Refusal::field("from", "invalid", say!("refused-first-day-comes-before")).into());
    }
    let (first, last) = (day_number(from), day_number(to));
    if last - first >= limits::REPORT_DAYS_MAX {
        return Err(Refusal::field("from", "too_long", say!("refused-report-days-most", report_days_max = limits::REPORT_DAYS_MAX)).into());
    }
    let mut total = Votes::default();
    let mut found: BTreeMap<String, Votes> = BTreeMap::new();
    for row in tx.scan_from::<SatisfactionDay>(&(first, PersonId::NIL, QueueId::NIL))? {
        let row = row?;
        if row.day > last {
            break;
        }
        if may_see(actor, &row) {
            total.add(row.votes);
            found.entry(key_of(&row, by)).or_default().add(row.votes);
        }
    }
    let mut rows = Vec::new();
    for (key, votes) in found {
        rows.push(Row { name: name_of(tx, by, &key)?, key, votes });
    }
    if matches!(by, By::Agent | By::Queue) {
        rows.sort_by(|a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then_with(|| a.key.cmp(&b.key)));
    }
    Ok(Report { from, to, by, total, rows })
}

fn may_see(actor: &Actor, row: &SatisfactionDay) -> bool {
    let Some(bounds) = &actor.bounds else { return true };
    let reads = |it: Permissions| it.has(Permission::TicketsRead);
    reads(bounds.everywhere) || (reads(bounds.queues.permissions) && bounds.queues.of.contains(&row.queue)) || actor.is(row.agent)
}

fn key_of(row: &SatisfactionDay, by: By) -> String {
    let known = |nil: bool, id: String| if nil { String::new() } else { id };
    match by {
        By::Agent => known(row.agent == PersonId::NIL, row.agent.to_string()),
        By::Queue => known(row.queue == QueueId::NIL, row.queue.to_string()),
        By::Day => date_of(row.day).to_string(),
        By::Week => {
            let week = date_of(row.day).iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }
    }
}

fn name_of(tx: &Tx, by: By, key: &str) -> Result<String> {
    Ok(match by {
        By::Day | By::Week => key.to_owned(),
        By::Agent => match key.parse::<PersonId>() {
            Ok(id) => tx.get::<Person>(&id)?.map_or_else(|| key.to_owned(), |it| it.name),
            Err(_) => "Nobody in particular".to_owned(),
        },
        By::Queue => match key.parse::<QueueId>() {
            Ok(id) => tx.get::<Queue>(&id)?.map_or_else(|| key.to_owned(), |it| it.name),
            Err(_) => "No queue".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_of_the_desk() {
        let late = Instant::from_millis(1_767_222_000_000); // 2025-12-31T23:00:00Z
        for (zone, expected) in
            [("UTC", "2025-12-31"), ("Europe/Berlin", "2026-01-01"), ("America/New_York", "2025-12-31"), ("Nowhere", "2025-12-31")]
        {
            assert_eq!(date_of(day_of(late, zone)).to_string(), expected, "{zone}");
        }
        assert_eq!(day_of(Instant::EPOCH, "UTC"), 0);
    }

    #[test]
    fn percent_and_stars() {
        for (votes, percent, stars) in [
            (Votes::default(), None, None),
            (Votes { good: 3, bad: 1, ..Votes::default() }, Some(75.0), None),
            (Votes { good: 1, bad: 0, starred: 1, stars: 4 }, Some(100.0), Some(4.0)),
            (Votes { good: 1, bad: 1, starred: 2, stars: 7 }, Some(50.0), Some(3.5)),
        ] {
            assert_eq!((votes.percent(), votes.mean_stars()), (percent, stars), "{votes:?}");
        }
    }
}
