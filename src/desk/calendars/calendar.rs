//! The calendars of a desk as records, and the commands that make, change and retire them. A calendar is never deleted: what was due by
//! it stays explained. One that something goes by cannot be retired.
//!
//! Invariant: `version` grows with every change that can move an instant, and with no other.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde_json::{Value, json};

use super::{Day, Plan, Region, Timetable, WEEKDAYS, feed::Feed, regions};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues, recurring, routing, service_levels,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::CalendarId,
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Calendar {
    #[n(0)]
    pub id: CalendarId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub plan: Plan,
    /// Where holidays are read from besides.
    #[n(3)]
    pub feed: Option<Feed>,
    /// One at first.
    #[n(4)]
    pub version: u32,
    #[n(5)]
    pub created_at: Instant,
    #[n(6)]
    pub retired_at: Option<Instant>,
}

const TABLE: Table = Table::journalled(0x60, "calendars");

impl Record for Calendar {
    type Key = CalendarId;
    const TABLE: Table = TABLE;

    fn key(&self) -> CalendarId {
        self.id
    }
}

impl Calendar {
    fn about(&self) -> About {
        About { entity_kind: "calendar", entity: self.id.0, subject: None }
    }

    pub fn timetable(&self) -> Timetable {
        static NO_DAYS: BTreeMap<Day, String> = BTreeMap::new();
        self.plan.timetable(self.feed.as_ref().map_or(&NO_DAYS, |it| &it.days))
    }

    /// What the log keeps of it; days are counted there, not listed.
    fn said(&self) -> Value {
        let hours: BTreeMap<&str, Vec<String>> =
            WEEKDAYS.iter().map(|(day, name)| (*name, self.plan.week.of(*day).iter().map(ToString::to_string).collect())).collect();
        json!(hours)
    }
}

/// A calendar with its timetable, made at most once while the record stays the same.
struct Ready {
    calendar: Calendar,
    timetable: OnceLock<Arc<Timetable>>,
}

impl Record for Ready {
    type Key = CalendarId;
    const TABLE: Table = TABLE;

    fn key(&self) -> CalendarId {
        self.calendar.id
    }
}

impl<C> Encode<C> for Ready {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, context: &mut C) -> Result<(), encode::Error<W::Error>> {
        self.calendar.encode(e, context)
    }
}

impl<'b, C> Decode<'b, C> for Ready {
    fn decode(d: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        Calendar::decode(d, context).map(|calendar| Ready { calendar, timetable: OnceLock::new() })
    }
}

fn ready(tx: &Tx, id: CalendarId) -> Result<Arc<Ready>> {
    tx.get_shared::<Ready>(&id)?.ok_or_else(|| Refusal::not_found("calendar").into())
}

/// The timetable of a calendar, retired or not. Shared: it is made once for each version.
pub fn timetable(tx: &Tx, id: CalendarId) -> Result<Arc<Timetable>> {
    let it = ready(tx, id)?;
    Ok(it.timetable.get_or_init(|| Arc::new(it.calendar.timetable())).clone())
}

/// The version of a calendar.
pub fn version(tx: &Tx, id: CalendarId) -> Result<u32> {
    Ok(ready(tx, id)?.calendar.version)
}

/// Every calendar that is not retired, in the order in which they were made.
pub fn calendars(tx: &Tx) -> Result<Vec<Calendar>> {
    let all = tx.scan::<Calendar>(&())?.collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|it| it.retired_at.is_none()).collect())
}

/// The calendar of this id, or the one in use of this name, whatever its case.
pub fn calendar_named(tx: &Tx, text: &str) -> Result<Option<Calendar>> {
    if let Ok(id) = text.parse::<CalendarId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(calendars(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

/// The calendar in use that a field names, for what is to go by it from now on.
pub fn usable(tx: &Tx, field: &str, text: &str) -> Result<CalendarId> {
    let found = calendar_named(tx, text)?.filter(|it| it.retired_at.is_none());
    let shown: String = text.chars().take(80).collect();
    found.map(|it| it.id).ok_or_else(|| Refusal::field(field, "unknown", say!("refused-there-no-calendar-use", shown = shown)).into())
}

/// Refuses a calendar that is not there or not in use.
pub fn check_usable(tx: &Tx, id: Option<CalendarId>) -> Result<()> {
    match id {
        Some(id) if tx.get::<Calendar>(&id)?.is_none_or(|it| it.retired_at.is_some()) => {
            Err(Refusal::field("calendar", "unknown", say!("refused-there-no-such-calendar-2")).into())
        }
        _ => Ok(()),
    }
}

fn fresh_name(tx: &Tx, name: &str, but: Option<CalendarId>) -> Result<String> {
    let taken = calendar_named(tx, name)?.is_some_and(|it| Some(it.id) != but);
    queues::fresh_name(name, taken)
}

/// Adds a calendar.
pub fn create_calendar(tx: &mut Tx, actor: &Actor, name: &str, plan: Plan) -> Result<Calendar> {
    actor.need(Permission::SettingsWrite)?;
    plan.check("")?;
    if calendars(tx)?.len() >= limits::CALENDARS_MAX {
        let detail = say!("refused-desk-most-calendars-retire", calendars_max = limits::CALENDARS_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let name = fresh_name(tx, name, None)?;
    let it = Calendar { id: tx.new_id(), name, plan, feed: None, version: 1, created_at: tx.now(), retired_at: None };
    tx.put(&it)?;
    let changes = Changes::new().set("name", it.name.as_str()).set("timeZone", it.plan.zone.as_str()).set("hours", it.said());
    event::record(tx, actor, EventKind::CalendarCreated, it.about(), changes)?;
    Ok(it)
}

/// Changes to a calendar; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CalendarChange {
    pub name: Option<String>,
    pub plan: Option<Plan>,
    /// The address of a subscription; none ends it, and its days go with it.
    pub feed: Option<Option<String>>,
}

/// Changes a calendar that is not retired.
pub fn change_calendar(tx: &mut Tx, actor: &Actor, id: CalendarId, change: CalendarChange) -> Result<Calendar> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<Calendar>(&id)?.ok_or_else(|| Refusal::not_found("calendar"))?;
    if before.retired_at.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-calendar-retired-stays", name = before.name)).into());
    }
    let mut after = before.clone();
    let CalendarChange { name, plan, feed } = change;
    if let Some(it) = name {
        after.name = fresh_name(tx, &it, Some(id))?;
    }
    if let Some(it) = plan {
        it.check("")?;
        after.plan = it;
    }
    if let Some(it) = feed {
        let url = it.as_deref().map(Feed::address).transpose()?;
        if url.as_deref() != after.feed.as_ref().map(|it| it.url.as_str()) {
            after.feed = url.map(|url| Feed { url, days: BTreeMap::new() });
        }
    }
    put(tx, actor, &before, after)
}

/// Puts a changed calendar, with the version and the event that the change needs.
pub(super) fn put(tx: &mut Tx, actor: &Actor, before: &Calendar, mut after: Calendar) -> Result<Calendar> {
    let days = |it: &Calendar| it.feed.as_ref().map_or(0, |it| it.days.len());
    let feed_days = |it: &Calendar| it.feed.as_ref().map(|it| it.days.clone()).unwrap_or_default();
    if before.plan != after.plan || feed_days(before) != feed_days(&after) {
        after.version = before.version.saturating_add(1);
    }
    let url = |it: &Calendar| it.feed.as_ref().map(|it| it.url.clone());
    let mut changes = Changes::new();
    changes
        .field("name", before.name.as_str(), after.name.as_str())
        .field("timeZone", before.plan.zone.as_str(), after.plan.zone.as_str())
        .field("hours", before.said(), after.said())
        .field("overrides", before.plan.overrides.len(), after.plan.overrides.len())
        .field("holidays", before.plan.holidays.len(), after.plan.holidays.len())
        .field("subscription", url(before), url(&after))
        .field("subscribedDays", days(before), days(&after))
        .field("version", before.version, after.version);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::CalendarChanged, after.about(), changes)?;
    if after.version != before.version {
        service_levels::retime_all(tx, &format!("the calendar {} changed", after.name))?;
        recurring::follow_calendar(tx, after.id)?;
    }
    Ok(after)
}

/// What goes by a calendar, in words: `the team Network`.
pub fn users(tx: &Tx, id: CalendarId) -> Result<Vec<String>> {
    let mut users = Vec::new();
    if Settings::of(tx)?.calendar == Some(id) {
        users.push("the desk".to_owned());
    }
    users.extend(regions(tx)?.into_iter().filter(|it: &Region| it.calendar == Some(id)).map(|it| format!("the region {}", it.name)));
    users.extend(queues::teams(tx)?.into_iter().filter(|it| it.calendar == Some(id)).map(|it| format!("the team {}", it.name)));
    let policies = service_levels::Policies::of(tx)?;
    users.extend(policies.list.iter().filter(|it| it.calendar == Some(id)).map(|it| format!("the policy {}", it.name)));
    users.extend(recurring::users(tx, |it| it.working_days_of == Some(id))?.into_iter().map(|it| format!("the recurring ticket {it}")));
    let rules = routing::rules(tx)?;
    users.extend(rules.iter().filter(|it| it.when.calendar() == Some(id)).map(|it| format!("the routing rule {}", it.name)));
    Ok(users)
}

/// Takes a calendar out of use. What was due by it stays explained.
pub fn retire_calendar(tx: &mut Tx, actor: &Actor, id: CalendarId) -> Result<Calendar> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<Calendar>(&id)?.ok_or_else(|| Refusal::not_found("calendar"))?;
    if before.retired_at.is_some() {
        return Ok(before);
    }
    let users = users(tx, id)?;
    if let Some(user) = users.first() {
        let more = if users.len() > 1 { format!(" and {} more", users.len() - 1) } else { String::new() };
        let detail = say!("refused-goes-calendar-choose-another", user = user, more = more, name = before.name);
        let detail: String = detail.chars().take(1).flat_map(char::to_uppercase).chain(detail.chars().skip(1)).collect();
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let after = Calendar { retired_at: Some(tx.now()), ..before };
    tx.put(&after)?;
    event::record(tx, actor, EventKind::CalendarRetired, after.about(), Changes::new().set("name", after.name.as_str()))?;
    Ok(after)
}
