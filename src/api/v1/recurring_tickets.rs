//! Recurring tickets: templates that are lodged on a schedule.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{list::ListView, one};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{Day, WEEKDAYS},
        permission::Permission,
        recurring::{self, LAST, MonthDay, Occurrence, Recurrence, RecurrenceDraft, Rhythm, Schedule},
        settings::Settings,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{RecurrenceId, TicketTemplateId},
    language::say,
    time::Instant,
};

/// In which rhythm a ticket comes again.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RhythmName {
    Daily,
    Weekly,
    Monthly,
}

/// A day of the week.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum RecurringDay {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
    /// Any day from Monday to Friday, in a month.
    Weekday,
}

/// When it comes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringSchedule {
    #[schema(value_type = RhythmName)]
    pub rhythm: String,
    /// Every so many days, weeks or months.
    #[serde(default = "once")]
    #[schema(required = false, minimum = 1, maximum = 99, default = 1)]
    pub every: u32,
    /// Weekly: on which days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<RecurringDay>, required = false)]
    pub days: Vec<String>,
    /// Monthly: on which date; the last day of a month that is shorter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 31)]
    pub date: Option<u8>,
    /// Monthly, without a date: the first to fourth (1 to 4) or the last (5) `day` of the month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 5)]
    pub place: Option<u8>,
    /// Monthly, with `place`: of which day of the week, or `weekday` for Monday to Friday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RecurringDay>)]
    pub day: Option<String>,
    /// Time of the wall, such as `09:00`. One that the clocks leave out comes an hour later, of one that they show twice the first counts.
    pub at: String,
    /// IANA name; the desk's if absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// The first day, such as `2026-05-04`; weeks and months are counted from it. Today if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<String>,
    /// The last day.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<String>,
}

fn once() -> u32 {
    1
}

/// A recurring ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecurringTicketView {
    pub id: Uuid,
    pub name: String,
    pub template: Uuid,
    /// For whom it is lodged.
    pub requester: Uuid,
    pub schedule: RecurringSchedule,
    /// A day that this calendar does not work is moved to the next that it does.
    pub working_days_of: Option<Uuid>,
    pub paused: bool,
    /// The next times, at most five; none while it is paused.
    pub next: Vec<Instant>,
    /// When the last was due, and its ticket.
    pub last_due_at: Option<Instant>,
    pub last_ticket: Option<Uuid>,
    /// Why the last one could not be lodged.
    pub trouble: Option<String>,
}

/// A recurring ticket as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringTicketInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub template: Uuid,
    /// Id or mail address.
    pub requester: String,
    pub schedule: RecurringSchedule,
    /// Id or name of a calendar.
    pub working_days_of: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub paused: bool,
}

/// A schedule to be looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringPreviewInput {
    pub schedule: RecurringSchedule,
    /// Id or name of a calendar.
    pub working_days_of: Option<String>,
}

/// The next times of a schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecurringPreviewView {
    pub next: Vec<Instant>,
}

/// The ticket that was lodged.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecurringLodgedView {
    pub ticket: Uuid,
}

fn day_name(day: u8) -> Option<String> {
    WEEKDAYS.get(usize::from(day)).map(|it| it.1.to_owned())
}

fn day_named(field: &str, text: &str) -> Result<u8> {
    let place = WEEKDAYS.iter().position(|it| it.1 == text.trim().to_lowercase());
    place.and_then(|it| u8::try_from(it).ok()).ok_or_else(|| Refusal::field(field, "unknown", say!("recurring-wrong-day")).into())
}

fn shown(it: &Schedule) -> RecurringSchedule {
    let Schedule { rhythm, every, at, zone, from, until } = it;
    let mut out = RecurringSchedule {
        rhythm: String::new(),
        every: *every,
        days: Vec::new(),
        date: None,
        place: None,
        day: None,
        at: format!("{:02}:{:02}", at / 60, at % 60),
        time_zone: Some(zone.clone()),
        from: Some(from.to_string()),
        until: until.map(|it| it.to_string()),
    };
    match rhythm {
        Rhythm::Daily => out.rhythm = "daily".into(),
        Rhythm::Weekly(days) => {
            out.rhythm = "weekly".into();
            out.days = days.iter().filter_map(|it| day_name(*it)).collect();
        }
        Rhythm::Monthly(which) => {
            out.rhythm = "monthly".into();
            match which {
                MonthDay::Date(date) => out.date = Some(*date),
                MonthDay::Weekday(place, day) => (out.place, out.day) = (Some(*place), day_name(*day)),
                MonthDay::Workday(place) => (out.place, out.day) = (Some(*place), Some("weekday".into())),
            }
        }
    }
    out
}

/// Reads a schedule; what cannot be meant, the desk refuses.
fn meant(tx: &Tx, it: RecurringSchedule) -> Result<Schedule> {
    let wrong = |field: &str, message| Refusal::field(field, "invalid", message);
    let day = |field: &str, text: &str| text.parse::<Day>().map_err(|_| wrong(field, say!("recurring-wrong-date-of-day")));
    let zone = match it.time_zone {
        Some(it) => it,
        None => Settings::of(tx)?.time_zone.clone(),
    };
    let rhythm = match (it.rhythm.as_str(), it.date, it.place) {
        ("daily", ..) => Rhythm::Daily,
        ("weekly", ..) => {
            let mut days = it.days.iter().map(|it| day_named("days", it)).collect::<Result<Vec<_>>>()?;
            days.sort_unstable();
            days.dedup();
            Rhythm::Weekly(days)
        }
        ("monthly", Some(date), _) => Rhythm::Monthly(MonthDay::Date(date)),
        ("monthly", None, place) => {
            let place = place.unwrap_or(LAST);
            match it.day.as_deref() {
                Some("weekday") | None => Rhythm::Monthly(MonthDay::Workday(place)),
                Some(day) => Rhythm::Monthly(MonthDay::Weekday(place, day_named("day", day)?)),
            }
        }
        _ => return Err(wrong("rhythm", say!("recurring-wrong-rhythm")).into()),
    };
    let from = match it.from {
        Some(it) => day("from", &it)?,
        None => recurring::today(tx, &zone)?,
    };
    Ok(Schedule {
        rhythm,
        every: it.every,
        at: recurring::minute_of(&it.at).ok_or_else(|| wrong("at", say!("recurring-wrong-time")))?,
        zone,
        from,
        until: it.until.as_deref().map(|it| day("until", it)).transpose()?,
    })
}

fn draft(tx: &Tx, it: RecurringTicketInput) -> Result<RecurrenceDraft> {
    Ok(RecurrenceDraft {
        name: it.name,
        template: Some(TicketTemplateId(it.template)),
        requester: it.requester,
        schedule: meant(tx, it.schedule)?,
        working_days_of: it.working_days_of.unwrap_or_default(),
        paused: it.paused,
    })
}

fn instants(all: Vec<Occurrence>) -> Vec<Instant> {
    all.into_iter().map(|it| it.at).collect()
}

fn view(tx: &Tx, it: Recurrence) -> Result<RecurringTicketView> {
    Ok(RecurringTicketView {
        next: instants(recurring::coming(tx, &it)?),
        schedule: shown(&it.schedule),
        id: it.id.0,
        name: it.name,
        template: it.template.0,
        requester: it.requester.0,
        working_days_of: it.working_days_of.map(|it| it.0),
        paused: it.paused,
        last_due_at: it.last.as_ref().map(|it| it.due),
        last_ticket: it.last.map(|it| it.ticket.0),
        trouble: it.trouble.map(|it| it.why),
    })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<RecurringTicketView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| recurring::all(tx, &caller.actor)?.into_iter().map(|it| view(tx, it)).collect::<Result<_>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<RecurringTicketInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let draft = draft(tx, input)?;
        let it = recurring::create(tx, actor, draft)?;
        view(tx, it)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/recurring-tickets/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<RecurrenceId>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, recurring::known(tx, actor, id)?))
}

pub async fn replace(caller: Caller, Path(id): Path<RecurrenceId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RecurringTicketInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(tx, recurring::known(tx, actor, id)?)?;
        let draft = draft(tx, input)?;
        let after = recurring::change(tx, actor, id, None, draft)?;
        Ok((before, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<RecurrenceId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(tx, recurring::known(tx, actor, id)?)?;
        recurring::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}

/// Lodges one now, besides the schedule.
pub async fn lodge(caller: Caller, Path(id): Path<RecurrenceId>) -> Result<axum::Json<RecurringLodgedView>, Problem> {
    let actor = caller.actor.clone();
    let ticket = caller.desk.write(actor.person(), move |tx| recurring::lodge_now(tx, &actor, id)).await?;
    Ok(axum::Json(RecurringLodgedView { ticket: ticket.id.0 }))
}

/// The next times of a schedule that is not kept yet.
pub async fn preview(caller: Caller, json: RawJson) -> Result<axum::Json<RecurringPreviewView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let input: RecurringPreviewInput = json.parse()?.into_value()?;
    let found = caller.desk.read(|tx| {
        let schedule = meant(tx, input.schedule)?;
        recurring::occurrences(tx, &schedule, input.working_days_of.as_deref().unwrap_or_default())
    })?;
    Ok(axum::Json(RecurringPreviewView { next: instants(found) }))
}
