//! Recurring tickets (BEY-13): a template that is lodged on a schedule, for somebody. What is due is lodged once. After the desk was off,
//! one ticket is lodged for all the times that went by, and not one for each: nobody needs fifty backups checked at once.
//!
//! A ticket is lodged by the desk's rules, as if somebody had filled the template in; what they refuse is not lodged, and said where the
//! schedule is shown. A time that is paused, or lies before the desk knew of the schedule, is not made up for.

mod schedule;

use minicbor::{Decode, Encode};
use serde_json::{Value, json};

pub use schedule::{LAST, MonthDay, Occurrence, Rhythm, Schedule};

use crate::{
    desk::{
        actor::Actor,
        calendars::{self, Timetable},
        event::{self, About, Changes, EventKind},
        features::{self, Feature},
        identity::{self, Person},
        permission::Permission,
        queues, sharing,
        ticket_templates::{self, TicketTemplate},
        tickets::{self, Channel, NewTicket, Ticket},
    },
    error::{Code, Refusal, Result},
    id::{CalendarId, PersonId, RecurrenceId, TicketId, TicketTemplateId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Recurrence {
    #[n(0)]
    pub id: RecurrenceId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub template: TicketTemplateId,
    /// For whom it is lodged.
    #[n(3)]
    pub requester: PersonId,
    #[n(4)]
    pub schedule: Schedule,
    /// A day that this calendar does not work is moved to the next that it does.
    #[n(5)]
    pub working_days_of: Option<CalendarId>,
    #[n(6)]
    pub paused: bool,
    /// When the next one is lodged; none when it is paused or over.
    #[n(7)]
    pub next: Option<Instant>,
    /// The last that was lodged by the schedule.
    #[n(8)]
    pub last: Option<Lodged>,
    /// Why the last one could not be lodged.
    #[n(9)]
    pub trouble: Option<Trouble>,
    /// Grows by one with each change.
    #[n(10)]
    pub version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Lodged {
    /// When it was due.
    #[n(0)]
    pub due: Instant,
    #[n(1)]
    pub ticket: TicketId,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Trouble {
    #[n(0)]
    pub due: Instant,
    #[n(1)]
    pub why: String,
}

/// Those that are to be lodged, by the instant.
pub const DUE: Index<Recurrence, Instant> = Index::new(0xe8, "recurring_tickets_due");

impl Record for Recurrence {
    type Key = RecurrenceId;
    const TABLE: Table = Table::journalled(0x27, "recurring_tickets");

    fn key(&self) -> RecurrenceId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if let Some(at) = &self.next {
            entries.add(&DUE, at);
        }
    }
}

/// One as it is made or changed: as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct RecurrenceDraft {
    pub name: String,
    pub template: Option<TicketTemplateId>,
    /// Id or mail address.
    pub requester: String,
    pub schedule: Schedule,
    /// Id or name of a calendar; empty for every day.
    pub working_days_of: String,
    pub paused: bool,
}

impl Recurrence {
    fn about(&self) -> About {
        About { entity_kind: "recurring_ticket", entity: self.id.0, subject: Some(self.requester.0) }
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        let Schedule { rhythm, every, at, zone, from, until } = &self.schedule;
        let rhythm = match rhythm {
            Rhythm::Daily => json!("daily"),
            Rhythm::Weekly(days) => json!({ "weekly": days }),
            Rhythm::Monthly(MonthDay::Date(date)) => json!({ "monthly": date }),
            Rhythm::Monthly(MonthDay::Weekday(place, day)) => json!({ "monthly": { "place": place, "day": day } }),
            Rhythm::Monthly(MonthDay::Workday(place)) => json!({ "monthly": { "place": place } }),
        };
        vec![
            ("name", self.name.as_str().into()),
            ("template", self.template.to_string().into()),
            ("requester", self.requester.to_string().into()),
            ("rhythm", rhythm),
            ("every", (*every).into()),
            ("at", format!("{:02}:{:02}", at / 60, at % 60).into()),
            ("timeZone", zone.as_str().into()),
            ("from", from.to_string().into()),
            ("until", until.map(|it| it.to_string()).into()),
            ("workingDaysOf", self.working_days_of.map(|it| it.to_string()).into()),
            ("paused", self.paused.into()),
        ]
    }

    /// The first time after now at which it may be lodged: on a day on which none was.
    fn next_after(&self, tx: &Tx, now: Instant) -> Result<Option<Instant>> {
        if self.paused {
            return Ok(None);
        }
        let works = timetable(tx, self.working_days_of)?;
        let works = works.as_deref();
        let done = self.last.as_ref().map_or(now, |it| it.due.max(now));
        let Some(first) = self.schedule.next(done, works) else { return Ok(None) };
        // A change of the time of day gives no second ticket on the day of the first.
        let zone = calendars::named_zone(&self.schedule.zone);
        let day = |at: Instant| zone.as_ref().map(|it| it.to_datetime(at.timestamp()).date());
        let is_again = self.last.as_ref().is_some_and(|it| day(it.due) == day(first.at));
        Ok(if is_again { self.schedule.next(first.at, works).map(|it| it.at) } else { Some(first.at) })
    }
}

fn timetable(tx: &Tx, id: Option<CalendarId>) -> Result<Option<std::sync::Arc<Timetable>>> {
    id.map(|it| calendars::timetable(tx, it)).transpose()
}

/// The next occurrences of a schedule from now on, for whoever looks before saving.
pub fn occurrences(tx: &Tx, schedule: &Schedule, working_days_of: &str) -> Result<Vec<Occurrence>> {
    schedule.check()?;
    let works = timetable(tx, calendar_of(tx, working_days_of)?)?;
    Ok(schedule.coming(tx.now(), works.as_deref(), limits::OCCURRENCES_SHOWN))
}

/// The date that the wall of a zone shows now.
pub fn today(tx: &Tx, zone: &str) -> Result<calendars::Day> {
    let wrong = || Refusal::field("timeZone", "invalid", say!("recurring-wrong-zone"));
    let zone = calendars::named_zone(zone).ok_or_else(wrong)?;
    Ok(calendars::Day::new(zone.to_datetime(tx.now().timestamp()).date()).ok_or_else(wrong)?)
}

/// Reads a time of day such as `09:00`, as minutes.
pub fn minute_of(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// When it is lodged next, some times ahead; nothing while it is paused.
pub fn coming(tx: &Tx, it: &Recurrence) -> Result<Vec<Occurrence>> {
    let Some(next) = it.next else { return Ok(Vec::new()) };
    let works = timetable(tx, it.working_days_of)?;
    let before = Instant::from_millis(next.as_millis() - 1);
    Ok(it.schedule.coming(before, works.as_deref(), limits::OCCURRENCES_SHOWN))
}

fn calendar_of(tx: &Tx, text: &str) -> Result<Option<CalendarId>> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { calendars::usable(tx, "workingDaysOf", text).map(Some) }
}

impl RecurrenceDraft {
    fn checked(self, tx: &Tx, actor: &Actor, of: Recurrence) -> Result<Recurrence> {
        let unknown = || Refusal::field("template", "unknown", say!("recurring-no-template"));
        let template = self.template.ok_or_else(unknown)?;
        let template = ticket_templates::known(tx, actor, template).map_err(|_| unknown())?;
        if template.title.is_empty() {
            return Err(Refusal::field("template", "invalid", say!("recurring-template-no-title", name = template.name)).into());
        }
        let requester = identity::named(tx, "requester", self.requester.trim())?;
        if !requester.active {
            return Err(Refusal::field("requester", "invalid", say!("recurring-requester-gone", name = requester.name)).into());
        }
        self.schedule.check()?;
        Ok(Recurrence {
            name: sharing::name("name", &self.name)?,
            template: template.id,
            requester: requester.id,
            schedule: self.schedule,
            working_days_of: calendar_of(tx, &self.working_days_of)?,
            paused: self.paused,
            ..of
        })
    }
}

/// All of them, by name.
pub fn all(tx: &Tx, actor: &Actor) -> Result<Vec<Recurrence>> {
    actor.need(Permission::SettingsRead)?;
    let mut all: Vec<Recurrence> = tx.scan::<Recurrence>(&())?.collect::<Result<_, _>>()?;
    all.sort_by_cached_key(|it| (it.name.to_lowercase(), it.id));
    Ok(all)
}

pub fn known(tx: &Tx, actor: &Actor, id: RecurrenceId) -> Result<Recurrence> {
    actor.need(Permission::SettingsRead)?;
    tx.get::<Recurrence>(&id)?.ok_or_else(|| Refusal::not_found("recurring ticket").into())
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: RecurrenceDraft) -> Result<Recurrence> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<Recurrence>()? >= limits::RECURRENCES_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("recurring-too-many", most = limits::RECURRENCES_MAX)).into());
    }
    let blank = Recurrence {
        id: tx.new_id(),
        name: String::new(),
        template: TicketTemplateId::NIL,
        requester: PersonId::NIL,
        schedule: draft.schedule.clone(),
        working_days_of: None,
        paused: false,
        next: None,
        last: None,
        trouble: None,
        version: 1,
    };
    let mut it = draft.checked(tx, actor, blank)?;
    it.next = it.next_after(tx, tx.now())?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::RecurrenceCreated, it.about(), event::between(&[], &it.facts()))?;
    Ok(it)
}

/// Changes one as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: RecurrenceId, version: Option<u64>, draft: RecurrenceDraft) -> Result<Recurrence> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("recurring-changed-meanwhile")).into());
    }
    let mut after = draft.checked(tx, actor, before.clone())?;
    let changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    let when = |it: &Recurrence| (it.schedule.clone(), it.working_days_of, it.paused);
    if when(&before) != when(&after) {
        after.next = after.next_after(tx, tx.now())?;
    }
    after.trouble = None;
    after.version += 1;
    tx.put(&after)?;
    event::record(tx, actor, EventKind::RecurrenceChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes one away; its tickets stay.
pub fn delete(tx: &mut Tx, actor: &Actor, id: RecurrenceId) -> Result<Recurrence> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, actor, id)?;
    tx.remove::<Recurrence>(&id)?;
    event::record(tx, actor, EventKind::RecurrenceDeleted, before.about(), event::between(&before.facts()[..1], &[]))?;
    Ok(before)
}

/// Lodges one besides the schedule, which goes on as it is.
pub fn lodge_now(tx: &mut Tx, actor: &Actor, id: RecurrenceId) -> Result<Ticket> {
    actor.need(Permission::SettingsWrite)?;
    actor.need(Permission::TicketsWrite)?;
    let it = known(tx, actor, id)?;
    let new = ticket(tx, &it)?;
    tickets::create(tx, actor, new)
}

/// The ticket of a recurrence, as the template fills it in.
fn ticket(tx: &Tx, it: &Recurrence) -> Result<NewTicket> {
    let template = tx.get::<TicketTemplate>(&it.template)?.ok_or_else(|| Refusal::not_found("ticket template"))?;
    let requester = tx.get::<Person>(&it.requester)?.ok_or_else(|| Refusal::not_found("person"))?;
    if !requester.active {
        return Err(Refusal::new(Code::Conflict, say!("recurring-requester-gone", name = requester.name)).into());
    }
    let place = template.category.map(|id| queues::place_in_tree(tx, id)).transpose()?.flatten();
    let (category, subcategory) = (place.map(|it| it.0.to_string()), place.and_then(|it| it.1).map(|it| it.to_string()));
    Ok(NewTicket {
        description: template.description.clone(),
        requester: Some(it.requester.to_string()),
        category,
        subcategory,
        priority: template.priority,
        queue: template.queue.map(|it| it.to_string()),
        tags: template.tags.clone(),
        custom: template.custom.clone(),
        template: Some(template.id),
        recurrence: Some(it.id),
        ..NewTicket::new(template.kind, template.title.clone(), Channel::Api)
    })
}

/// When the next one is due; never, on a desk that does without.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    if !features::is_on(tx, Feature::RecurringTickets)? {
        return Ok(None);
    }
    let Some(id) = tx.find_keys(&DUE, &())?.next().transpose()? else { return Ok(None) };
    Ok(tx.get::<Recurrence>(&id)?.and_then(|it| it.next))
}

/// Those that are to be lodged now, at most `limit`.
pub fn due(tx: &Tx, limit: usize) -> Result<Vec<RecurrenceId>> {
    if !features::is_on(tx, Feature::RecurringTickets)? {
        return Ok(Vec::new());
    }
    let until = Instant::from_millis(tx.now().as_millis() + 1);
    Ok(tx.find_between(&DUE, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?)
}

/// Lodges one, if it is due, and moves its schedule past now. A command; what the desk's rules refuse is for `pass_over`.
pub fn act(tx: &mut Tx, id: RecurrenceId) -> Result<Option<Ticket>> {
    let now = tx.now();
    let Some(mut it) = tx.get::<Recurrence>(&id)? else { return Ok(None) };
    let Some(due) = it.next.filter(|it| *it <= now) else { return Ok(None) };
    let new = ticket(tx, &it)?;
    let made = tickets::create(tx, &Actor::system("schedule"), new)?;
    it.last = Some(Lodged { due, ticket: made.id });
    it.trouble = None;
    it.next = it.next_after(tx, now)?;
    tx.put(&it)?;
    Ok(Some(made))
}

/// Notes that what is due could not be lodged, and goes on to the next time. A command.
pub fn pass_over(tx: &mut Tx, id: RecurrenceId, why: &str) -> Result<()> {
    let now = tx.now();
    let Some(mut it) = tx.get::<Recurrence>(&id)? else { return Ok(()) };
    let Some(due) = it.next.filter(|it| *it <= now) else { return Ok(()) };
    it.trouble = Some(Trouble { due, why: why.chars().take(limits::REASON_CHARS_MAX).collect() });
    it.next = it.next_after(tx, now)?;
    tx.put(&it)?;
    let changes = Changes::new().set("name", it.name.as_str()).set("due", due.to_string()).set("why", why);
    event::record(tx, &Actor::system("schedule"), EventKind::RecurrenceFailed, it.about(), changes)?;
    Ok(())
}

/// What goes by a calendar or a template, by name.
pub(in crate::desk) fn users(tx: &Tx, uses: impl Fn(&Recurrence) -> bool) -> Result<Vec<String>> {
    let all = tx.scan::<Recurrence>(&())?.collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(uses).map(|it| it.name).collect())
}

/// A calendar has other days: what is moved by it is moved anew. What is due already stays due.
pub(in crate::desk) fn follow_calendar(tx: &mut Tx, id: CalendarId) -> Result<()> {
    let all = tx.scan::<Recurrence>(&())?.collect::<Result<Vec<_>, _>>()?;
    let now = tx.now();
    for mut it in all.into_iter().filter(|it| it.working_days_of == Some(id) && it.next.is_some_and(|it| it > now)) {
        let next = it.next_after(tx, now)?;
        if next != it.next {
            it.next = next;
            tx.put(&it)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
