//! Time accounting (BEY-13): what people have worked on tickets, by categories that say whether it is billed. It is the desk's own side:
//! nobody sees it who does not read notes.
//! Invariant: a ticket's `minutes_spent` is the sum of its entries.

use jiff::civil::Date;
use minicbor::{Decode, Encode};

use super::{
    actor::Actor,
    event::{self, About, Changes, EventKind},
    features::{self, Feature},
    permission::Permission,
    queues,
    tickets::{Ticket, access},
};
use crate::{
    error::{Code, Refusal, Result},
    id::{PersonId, TicketId, TimeCategoryId, TimeEntryId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// What sort of work time was spent on.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct TimeCategory {
    #[n(0)]
    pub id: TimeCategoryId,
    #[n(1)]
    pub name: String,
    /// Somebody pays for it.
    #[n(2)]
    pub billable: bool,
    /// It is offered no longer; what was booked on it stays.
    #[n(3)]
    pub retired: bool,
}

impl Record for TimeCategory {
    type Key = TimeCategoryId;
    const TABLE: Table = Table::journalled(0x24, "time_categories");

    fn key(&self) -> TimeCategoryId {
        self.id
    }
}

/// A piece of work on a ticket.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct TimeEntry {
    #[n(0)]
    pub id: TimeEntryId,
    #[n(1)]
    pub ticket: TicketId,
    /// Who worked.
    #[n(2)]
    pub person: PersonId,
    /// 1 to a day's.
    #[n(3)]
    pub minutes: u32,
    #[n(4)]
    pub category: Option<TimeCategoryId>,
    /// As its category said when it was booked.
    #[n(5)]
    pub billable: bool,
    #[n(6)]
    pub note: String,
    /// On which day it was done, as days since 1970-01-01.
    #[n(7)]
    pub day: i32,
    #[n(8)]
    pub created_at: Instant,
}

/// Entries by the day on which the work was done.
pub const BY_DAY: Index<TimeEntry, i64> = Index::new(0xe4, "time_by_day");

impl Record for TimeEntry {
    type Key = (TicketId, TimeEntryId);
    const TABLE: Table = Table::journalled(0x23, "time_entries");

    fn key(&self) -> (TicketId, TimeEntryId) {
        (self.ticket, self.id)
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_DAY, &i64::from(self.day));
    }
}

impl TimeEntry {
    /// The day of the work.
    pub fn date(&self) -> Date {
        date_of(self.day)
    }
}

/// The day as a number of days.
pub fn day_of(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The day of such a number.
pub fn date_of(day: i32) -> Date {
    EPOCH.saturating_add(jiff::Span::new().days(day.clamp(-1_000_000, 2_000_000)))
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Every category, in the order in which they were made.
pub fn categories(tx: &Tx) -> Result<Vec<TimeCategory>> {
    Ok(tx.scan::<TimeCategory>(&())?.collect::<Result<_, _>>()?)
}

/// The category of this id or name, whatever its case.
pub fn category_named(tx: &Tx, text: &str) -> Result<Option<TimeCategory>> {
    if let Ok(id) = text.parse::<TimeCategoryId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(categories(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

/// Changes to a category, or what a new one is like; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CategoryChange {
    pub name: Option<String>,
    pub billable: Option<bool>,
    pub retired: Option<bool>,
}

pub fn create_category(tx: &mut Tx, actor: &Actor, new: CategoryChange) -> Result<TimeCategory> {
    actor.need(Permission::SettingsWrite)?;
    if categories(tx)?.len() >= limits::TIME_CATEGORIES_MAX {
        let detail = say!("refused-time-categories", most = limits::TIME_CATEGORIES_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let name = new.name.unwrap_or_default();
    let name = queues::fresh_name(&name, category_named(tx, &name)?.is_some())?;
    let it = TimeCategory { id: tx.new_id(), name, billable: new.billable.unwrap_or(false), retired: new.retired.unwrap_or(false) };
    tx.put(&it)?;
    let changes = Changes::new().set("name", it.name.as_str()).set("billable", it.billable);
    event::record(tx, actor, EventKind::TimeCategoryCreated, about_category(&it), changes)?;
    Ok(it)
}

pub fn change_category(tx: &mut Tx, actor: &Actor, id: TimeCategoryId, change: CategoryChange) -> Result<TimeCategory> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<TimeCategory>(&id)?.ok_or_else(|| Refusal::not_found("category of time"))?;
    let mut after = before.clone();
    if let Some(it) = change.name {
        let taken = category_named(tx, &it)?.is_some_and(|it| it.id != id);
        after.name = queues::fresh_name(&it, taken)?;
    }
    after.billable = change.billable.unwrap_or(after.billable);
    after.retired = change.retired.unwrap_or(after.retired);
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), after.name.as_str()).field("billable", before.billable, after.billable).field(
        "retired",
        before.retired,
        after.retired,
    );
    if !changes.is_empty() {
        tx.put(&after)?;
        event::record(tx, actor, EventKind::TimeCategoryChanged, about_category(&after), changes)?;
    }
    Ok(after)
}

fn about_category(it: &TimeCategory) -> About {
    About { entity_kind: "time_category", entity: it.id.0, subject: None }
}

/// Work to be booked.
#[derive(Debug, Clone, Default)]
pub struct NewTimeEntry {
    pub minutes: u32,
    pub category: Option<TimeCategoryId>,
    pub note: String,
    /// Today, in the desk's zone, if none.
    pub day: Option<Date>,
    /// Whoever acts, if none.
    pub person: Option<PersonId>,
}

/// Books work on a ticket. Whoever works it may, for themselves; a lead or admin for others.
pub fn add(tx: &mut Tx, actor: &Actor, id: TicketId, new: NewTimeEntry) -> Result<(Ticket, TimeEntry)> {
    features::need(tx, Feature::TimeEntries)?;
    let ticket = bookable(tx, actor, id)?;
    let person = booked_for(actor, new.person)?;
    if tx.scan::<TimeEntry>(&id)?.count() >= limits::TIME_ENTRIES_MAX {
        let detail = say!("refused-time-entries", most = limits::TIME_ENTRIES_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let category = new.category.map(|it| usable(tx, it)).transpose()?;
    let entry = TimeEntry {
        id: tx.new_id(),
        ticket: id,
        person,
        minutes: checked_minutes(new.minutes)?,
        category: category.as_ref().map(|it| it.id),
        billable: category.is_some_and(|it| it.billable),
        note: checked_note(new.note)?,
        day: day_of(match new.day {
            Some(it) => it,
            None => today(tx)?,
        }),
        created_at: tx.now(),
    };
    tx.put(&entry)?;
    let ticket = counted(tx, ticket, i64::from(entry.minutes))?;
    let changes = told(&entry);
    record(tx, actor, &ticket, &entry, EventKind::TimeBooked, changes)?;
    Ok((ticket, entry))
}

/// Changes to an entry; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TimeEntryChange {
    pub minutes: Option<u32>,
    pub category: Option<Option<TimeCategoryId>>,
    pub note: Option<String>,
    pub day: Option<Date>,
}

/// Puts an entry right: its person may, and whoever changes settings.
pub fn change(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: TimeEntryId, change: TimeEntryChange) -> Result<TimeEntry> {
    let (ticket, before) = own_entry(tx, actor, ticket, id)?;
    let mut after = before.clone();
    if let Some(it) = change.minutes {
        after.minutes = checked_minutes(it)?;
    }
    if let Some(it) = change.category {
        let category = it.map(|it| usable(tx, it)).transpose()?;
        after.category = category.as_ref().map(|it| it.id);
        after.billable = category.is_some_and(|it| it.billable);
    }
    if let Some(it) = change.note {
        after.note = checked_note(it)?;
    }
    after.day = change.day.map_or(after.day, day_of);
    let mut changes = Changes::new().set("entry", id.to_string());
    changes
        .field("minutes", before.minutes, after.minutes)
        .field("timeCategory", text(before.category), text(after.category))
        .field("note", before.note.as_str(), after.note.as_str())
        .field("day", before.date().to_string(), after.date().to_string());
    if after == before {
        return Ok(after);
    }
    tx.put(&after)?;
    let ticket = counted(tx, ticket, i64::from(after.minutes) - i64::from(before.minutes))?;
    record(tx, actor, &ticket, &after, EventKind::TimeChanged, changes)?;
    Ok(after)
}

/// Takes an entry away: its person may, and whoever changes settings. The log keeps it.
pub fn remove(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: TimeEntryId) -> Result<TimeEntry> {
    let (ticket, entry) = own_entry(tx, actor, ticket, id)?;
    tx.remove::<TimeEntry>(&entry.key())?;
    let ticket = counted(tx, ticket, -i64::from(entry.minutes))?;
    record(tx, actor, &ticket, &entry, EventKind::TimeRemoved, told(&entry))?;
    Ok(entry)
}

/// The entries of a ticket, oldest first, for those who read its notes.
pub fn of_ticket(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<TimeEntry>> {
    access::need(actor, Permission::NotesRead, ticket)?;
    Ok(tx.scan::<TimeEntry>(&ticket.id)?.collect::<Result<_, _>>()?)
}

/// Hands over the entries of days, both included, of tickets whose notes the actor may read, the oldest first; gives whether there are
/// more than the limit.
pub fn between(
    tx: &Tx,
    actor: &Actor,
    from: Date,
    to: Date,
    limit: usize,
    mut each: impl FnMut(Ticket, TimeEntry) -> Result<()>,
) -> Result<bool> {
    actor.need(Permission::NotesRead)?;
    let mut count = 0;
    for key in tx.find_between(&BY_DAY, &i64::from(day_of(from)), &(i64::from(day_of(to)) + 1))? {
        let Some(entry) = tx.get::<TimeEntry>(&key?)? else { continue };
        let ticket = tx.get::<Ticket>(&entry.ticket)?.filter(|it| it.deleted_at.is_none() && access::reads_notes(actor, it));
        let Some(ticket) = ticket else { continue };
        if count == limit {
            return Ok(true);
        }
        count += 1;
        each(ticket, entry)?;
    }
    Ok(false)
}

/// Minutes by category, person or organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub minutes: u64,
    pub billable: u64,
}

impl Sum {
    pub fn add(&mut self, it: &TimeEntry) {
        self.minutes += u64::from(it.minutes);
        self.billable += if it.billable { u64::from(it.minutes) } else { 0 };
    }
}

/// `1h 30m`, `1:30`, `1.5h`, `90`, `90m`: how people write a length of time; minutes.
pub fn parse_minutes(text: &str) -> Result<u32> {
    let wrong = || Refusal::field("minutes", "invalid", say!("refused-how-long"));
    let text = text.trim().to_lowercase().replace(',', ".");
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes) = (hours.trim().parse::<u32>().map_err(|_| wrong())?, minutes.trim().parse::<u32>().map_err(|_| wrong())?);
        return if minutes < 60 { Ok(hours.saturating_mul(60).saturating_add(minutes)) } else { Err(wrong().into()) };
    }
    let mut total = 0.0_f64;
    let mut number = String::new();
    let mut had_unit = false;
    for letter in text.chars().chain(std::iter::once(' ')) {
        match letter {
            '0'..='9' | '.' => number.push(letter),
            'h' | 'm' if !number.is_empty() => {
                let it: f64 = number.parse().map_err(|_| wrong())?;
                total += if letter == 'h' { it * 60.0 } else { it };
                (had_unit, number) = (true, String::new());
            }
            ' ' => {}
            _ => return Err(wrong().into()),
        }
    }
    if !number.is_empty() {
        if had_unit {
            return Err(wrong().into());
        }
        total = number.parse::<f64>().map_err(|_| wrong())?;
    }
    if total.is_finite() && total > 0.0 { Ok(total.round().min(1e6) as u32) } else { Err(wrong().into()) }
}

/// The day in the desk's zone.
pub fn today(tx: &Tx) -> Result<Date> {
    let settings = super::settings::Settings::of(tx)?;
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Ok(zone.to_datetime(tx.now().timestamp()).date())
}

fn bookable(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    access::need(actor, Permission::NotesWrite, &ticket)?;
    Ok(ticket)
}

fn booked_for(actor: &Actor, person: Option<PersonId>) -> Result<PersonId> {
    let own = actor.person();
    match person.filter(|it| Some(*it) != own) {
        Some(other) => {
            actor.need(Permission::SettingsWrite)?;
            Ok(other)
        }
        None => own.ok_or_else(|| Refusal::field("person", "required", say!("refused-whose-work")).into()),
    }
}

fn own_entry(tx: &Tx, actor: &Actor, ticket: TicketId, id: TimeEntryId) -> Result<(Ticket, TimeEntry)> {
    let ticket = bookable(tx, actor, ticket)?;
    let entry = tx.get::<TimeEntry>(&(ticket.id, id))?.ok_or_else(|| Refusal::not_found("entry of time"))?;
    if !actor.is(entry.person) {
        actor.need(Permission::SettingsWrite)?;
    }
    Ok((ticket, entry))
}

fn usable(tx: &Tx, id: TimeCategoryId) -> Result<TimeCategory> {
    let found = tx.get::<TimeCategory>(&id)?.filter(|it| !it.retired);
    found.ok_or_else(|| Refusal::field("category", "unknown", say!("refused-no-time-category")).into())
}

fn checked_minutes(minutes: u32) -> Result<u32> {
    if (1..=limits::TIME_ENTRY_MINUTES_MAX).contains(&minutes) {
        return Ok(minutes);
    }
    let detail = say!("refused-entry-minutes", most = limits::TIME_ENTRY_MINUTES_MAX);
    Err(Refusal::field("minutes", "out_of_range", detail).into())
}

fn checked_note(note: String) -> Result<String> {
    let note = note.trim().to_owned();
    if note.chars().count() <= limits::TIME_NOTE_CHARS_MAX {
        return Ok(note);
    }
    Err(Refusal::field("note", "too_long", say!("refused-time-note", most = limits::TIME_NOTE_CHARS_MAX)).into())
}

fn counted(tx: &mut Tx, mut ticket: Ticket, by: i64) -> Result<Ticket> {
    ticket.minutes_spent = u32::try_from((i64::from(ticket.minutes_spent) + by).max(0)).unwrap_or(u32::MAX);
    ticket.touch_privately(tx.now());
    tx.put(&ticket)?;
    Ok(ticket)
}

fn told(it: &TimeEntry) -> Changes {
    Changes::new()
        .set("entry", it.id.to_string())
        .set("minutes", it.minutes)
        .set("timeCategory", text(it.category))
        .set("note", Some(it.note.as_str()).filter(|it| !it.is_empty()))
        .set("day", it.date().to_string())
}

fn text(category: Option<TimeCategoryId>) -> Option<String> {
    category.map(|it| it.to_string())
}

fn record(tx: &mut Tx, actor: &Actor, ticket: &Ticket, entry: &TimeEntry, kind: EventKind, changes: Changes) -> Result<()> {
    event::record(tx, actor, kind, About { subject: Some(entry.person.0), ..ticket.about() }, changes)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, expected) in
            [("90", 90), ("90m", 90), ("1h 30m", 90), ("1h30m", 90), ("1:30", 90), ("1.5h", 90), ("1,5 h", 90), ("0:05", 5), (" 25 m ", 25)]
        {
            assert_eq!(parse_minutes(text).unwrap(), expected, "{text}");
        }
        for text in ["", "0", "x", "1h 30", "1:75", "-5", "1..5h", "h", "nan"] {
            assert!(parse_minutes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_go_there_and_back() {
        for date in [jiff::civil::date(1970, 1, 1), jiff::civil::date(2026, 11, 22), jiff::civil::date(1969, 12, 31)] {
            assert_eq!(date_of(day_of(date)), date);
        }
    }

    #[test]
    fn a_tickets_time_is_the_sum_of_its_entries() {
        let world = Stage::new();
        let ticket = world.lodge("Printer").id;
        let ada = world.ada.clone();
        let book = |minutes| {
            let ada = ada.clone();
            world.write(move |tx| add(tx, &ada, ticket, NewTimeEntry { minutes, ..NewTimeEntry::default() }))
        };
        let first = book(25).unwrap().1;
        assert_eq!(book(60).unwrap().0.minutes_spent, 85);
        assert!(book(0).is_err() && book(limits::TIME_ENTRY_MINUTES_MAX + 1).is_err());
        let (actor, id) = (ada.clone(), first.id);
        world.write(move |tx| change(tx, &actor, ticket, id, TimeEntryChange { minutes: Some(5), ..TimeEntryChange::default() })).unwrap();
        let sum = || world.stored(ticket).minutes_spent;
        assert_eq!(sum(), 65);
        let stranger = world.otto.clone();
        let refused = world.write(move |tx| remove(tx, &stranger, ticket, id)).unwrap_err();
        assert!(matches!(refused.code(), Some(Code::NotFound | Code::Forbidden)));
        let actor = ada.clone();
        world.write(move |tx| remove(tx, &actor, ticket, id)).unwrap();
        assert_eq!(sum(), 60);
        let tx = world.store.read().unwrap();
        let day = date_of(first.day);
        let count = |day, limit| {
            let mut count = 0;
            let more = between(&tx, &ada, day, day, limit, |_, _| {
                count += 1;
                Ok(())
            });
            (count, more.unwrap())
        };
        assert_eq!((count(day, 10), count(day, 0)), ((1, false), (0, true)));
        assert_eq!(count(day.yesterday().unwrap(), 10), (0, false));
    }
}
