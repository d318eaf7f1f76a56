//! What was worked over some days (BEY-13): by person, category, organization or ticket, with how much of it somebody pays for. It counts
//! what its reader may see: work on tickets whose notes they read.

use std::collections::{BTreeMap, btree_map::Entry};

use jiff::civil::Date;

use super::{
    actor::Actor,
    identity::{Organization, Person},
    settings::Settings,
    tickets::{Ticket, number},
    time_entries::{self, Sum, TimeCategory, TimeEntry},
};
use crate::{
    error::{Refusal, Result},
    id::{OrganizationId, PersonId, TimeCategoryId},
    language::say,
    limits,
    store::Tx,
};

/// What the lines of a report are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Person,
    Category,
    Organization,
    Ticket,
}

impl By {
    pub const ALL: [By; 4] = [By::Person, By::Category, By::Organization, By::Ticket];

    pub fn name(self) -> &'static str {
        match self {
            By::Person => "person",
            By::Category => "category",
            By::Organization => "organization",
            By::Ticket => "ticket",
        }
    }

    pub fn named(text: &str) -> Option<By> {
        By::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// This month's first day, if none.
    pub from: Option<Date>,
    /// The last day that counts; today, if none.
    pub to: Option<Date>,
    /// Only what is paid for, or only what is not.
    pub billable: Option<bool>,
}

/// One piece of work, with the names in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    pub entry: TimeEntry,
    /// `INC-000123`.
    pub number: String,
    pub title: String,
    pub person: String,
    /// Empty for none.
    pub category: String,
    pub organization: String,
}

/// One line; `key` is an id or a ticket's number, empty for what is nobody's.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub key: String,
    pub name: String,
    pub sum: Sum,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub from: Date,
    pub to: Date,
    pub total: Sum,
    pub rows: Vec<Row>,
    /// There is more than one report counts: choose fewer days.
    pub cut: bool,
}

/// The work of the days, one by one, the oldest first; and whether there is more.
pub fn worked(tx: &Tx, actor: &Actor, asked: Asked) -> Result<(Date, Date, Vec<Worked>, bool)> {
    let settings = Settings::of(tx)?;
    let to = match asked.to {
        Some(it) => it,
        None => time_entries::today(tx)?,
    };
    let from = asked.from.unwrap_or_else(|| to.first_of_month());
    if from > to {
        return Err(Refusal::field("from", "invalid", say!("refused-first-day-comes-before")).into());
    }
    if i64::from((to - from).get_days()) >= i64::from(limits::REPORT_DAYS_MAX) {
        return Err(Refusal::field("from", "too_long", say!("refused-report-days-most", report_days_max = limits::REPORT_DAYS_MAX)).into());
    }
    let mut names = Names::default();
    let mut all = Vec::new();
    let cut = time_entries::between(tx, actor, from, to, limits::TIME_REPORT_ENTRIES_MAX, |ticket, entry| {
        if asked.billable.is_none_or(|it| it == entry.billable) {
            all.push(names.of(tx, &settings, ticket, entry)?);
        }
        Ok(())
    })?;
    Ok((from, to, all, cut))
}

/// Names that are read once each.
#[derive(Default)]
struct Names {
    people: BTreeMap<PersonId, String>,
    categories: BTreeMap<TimeCategoryId, String>,
    organizations: BTreeMap<OrganizationId, String>,
}

impl Names {
    fn of(&mut self, tx: &Tx, settings: &Settings, ticket: Ticket, entry: TimeEntry) -> Result<Worked> {
        if let Entry::Vacant(it) = self.people.entry(entry.person) {
            it.insert(tx.get::<Person>(&entry.person)?.map(|it| it.name).unwrap_or_default());
        }
        if let Some(id) = entry.category.filter(|it| !self.categories.contains_key(it)) {
            self.categories.insert(id, tx.get::<TimeCategory>(&id)?.map(|it| it.name).unwrap_or_default());
        }
        if let Some(id) = ticket.organization.filter(|it| !self.organizations.contains_key(it)) {
            self.organizations.insert(id, tx.get::<Organization>(&id)?.map(|it| it.name).unwrap_or_default());
        }
        Ok(Worked {
            number: number::text(settings, ticket.kind, ticket.number),
            title: ticket.title,
            person: self.people.get(&entry.person).cloned().unwrap_or_default(),
            category: entry.category.and_then(|it| self.categories.get(&it)).cloned().unwrap_or_default(),
            organization: ticket.organization.and_then(|it| self.organizations.get(&it)).cloned().unwrap_or_default(),
            entry,
        })
    }
}

/// The sums, the largest first.
pub fn report(tx: &Tx, actor: &Actor, asked: Asked, by: By) -> Result<Report> {
    let (from, to, all, cut) = worked(tx, actor, asked)?;
    let mut total = Sum::default();
    let mut found: BTreeMap<String, Row> = BTreeMap::new();
    for it in all {
        total.add(&it.entry);
        let (key, name) = match by {
            By::Person => (it.entry.person.to_string(), it.person),
            By::Category => (it.entry.category.map(|it| it.to_string()).unwrap_or_default(), it.category),
            By::Organization => (it.organization.clone(), it.organization),
            By::Ticket => (it.number.clone(), format!("{} {}", it.number, it.title)),
        };
        found.entry(key.clone()).or_insert_with(|| Row { key, name, sum: Sum::default() }).sum.add(&it.entry);
    }
    let mut rows: Vec<Row> = found.into_values().collect();
    rows.sort_by(|a, b| b.sum.minutes.cmp(&a.sum.minutes).then_with(|| a.name.cmp(&b.name)));
    Ok(Report { from, to, total, rows, cut })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        stage::Stage,
        time_entries::{CategoryChange, NewTimeEntry, add, create_category},
    };

    #[test]
    fn work_is_summed_by_what_is_asked() {
        let stage = Stage::new();
        let (one, two) = (stage.lodge("Printer").id, stage.lodge("VPN").id);
        let (ada, bob, max) = (stage.ada.clone(), stage.bob.clone(), stage.max.clone());
        let today = stage.read(time_entries::today);
        stage
            .write(move |tx| {
                let paid = CategoryChange { name: Some("On site".into()), billable: Some(true), retired: None };
                let paid = create_category(tx, &max, paid)?.id;
                let book = |minutes, category, day| NewTimeEntry { minutes, category, day, ..NewTimeEntry::default() };
                add(tx, &ada, one, book(30, Some(paid), None))?;
                add(tx, &ada, two, book(15, None, None))?;
                add(tx, &bob, one, book(60, None, Some(today.yesterday().unwrap())))?;
                add(tx, &bob, one, book(400, None, Some(today.saturating_sub(jiff::Span::new().days(90)))))?;
                Ok(())
            })
            .unwrap();
        let range = Asked { from: Some(today.yesterday().unwrap()), to: Some(today), billable: None };
        let lines = |asked, by| {
            let it = stage.read(|tx| report(tx, &stage.ada, asked, by));
            (it.total.minutes, it.total.billable, it.rows.iter().map(|it| it.sum.minutes).collect::<Vec<_>>())
        };
        assert_eq!(lines(range, By::Person), (105, 30, vec![60, 45]));
        assert_eq!(lines(range, By::Category), (105, 30, vec![75, 30]));
        assert_eq!(lines(range, By::Organization), (105, 30, vec![105]));
        assert_eq!(lines(range, By::Ticket), (105, 30, vec![90, 15]));
        assert_eq!(lines(Asked { billable: Some(true), ..range }, By::Person), (30, 30, vec![30]));
        assert_eq!(lines(Asked { billable: Some(false), ..range }, By::Person), (75, 0, vec![60, 15]));
        let tx = stage.store.read().unwrap();
        assert!(report(&tx, &stage.rosa, range, By::Person).is_err(), "a requester reads no notes");
        let upside_down = Asked { from: range.to, to: range.from, billable: None };
        assert!(report(&tx, &stage.ada, upside_down, By::Person).is_err());
    }
}
