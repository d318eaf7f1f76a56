//! Questions about working time, asked of a calendar of the desk or of one that comes with the question: when would this be due, how much
//! time is between, is it open.

use std::sync::Arc;

use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::CalendarInput;
use crate::{
    desk::{
        Tx,
        calendars::{self, Pause, Plan, Timetable, WeekHours},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson},
    limits,
    time::Instant,
};

/// A question about working time: `start` with a target or with `until`, or `at` alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewInput {
    /// A calendar by its id or name, or its hours. Absent: the desk's.
    #[serde(default)]
    pub calendar: Option<CalendarInput>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub start: Option<Instant>,
    /// Working minutes; parts of one make whole seconds.
    pub target_minutes: Option<f64>,
    /// Working seconds.
    pub target_seconds: Option<u64>,
    /// How much working time lies before this.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Instant>,
    /// Whether it is open then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// Spans that do not count, in any order.
    #[serde(default)]
    pub pauses: Option<Vec<PauseInput>>,
}

/// A span that does not count, up to and without its end.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PauseInput {
    #[schema(value_type = String, format = DateTime)]
    pub from: Instant,
    #[schema(value_type = String, format = DateTime)]
    pub to: Instant,
}

/// The answer to what was asked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PreviewView {
    Due(DueView),
    Elapsed(ElapsedView),
    Open(OpenView),
}

/// When so much working time has passed. At the end of working hours it is that end.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DueView {
    /// Null if the calendar never opens for that long.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    pub working_seconds_until_due: Option<u64>,
}

/// How much working time lies between.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ElapsedView {
    pub working_seconds: u64,
}

/// Whether it is open, and when it is next: the instant itself if it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenView {
    pub open: bool,
    /// Null if it never opens again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_open: Option<Instant>,
}

pub async fn preview(caller: Caller, json: RawJson) -> Result<Json<PreviewView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let mut input: PreviewInput = json.parse()?.into_value()?;
    let calendar = input.calendar.take();
    let timetable = caller.desk.read(|tx| timetable(tx, calendar))?;
    Ok(Json(answer(&timetable, &input)?))
}

fn timetable(tx: &Tx, calendar: Option<CalendarInput>) -> Result<Arc<Timetable>> {
    match calendar {
        None => calendars::in_force(tx, None, None)?.timetable(tx),
        Some(CalendarInput::Kept(it)) => {
            let unknown = || Refusal::field("calendar", "unknown", "There is no such calendar.");
            calendars::timetable(tx, calendars::calendar_named(tx, &it)?.ok_or_else(unknown)?.id)
        }
        Some(CalendarInput::Inline(it)) => {
            for (field, given) in [("calendar.timeZone", it.time_zone.is_some()), ("calendar.hours", it.hours.is_some())] {
                if !given {
                    return Err(Refusal::field(field, "required", format!("`{field}` is required.")).into());
                }
            }
            let plan = it.applied(Plan::new("UTC", WeekHours::default()), "calendar.")?;
            Ok(Arc::new(plan.timetable(&std::collections::BTreeMap::new())))
        }
    }
}

fn answer(timetable: &Timetable, input: &PreviewInput) -> Result<PreviewView> {
    let pauses = pauses(input.pauses.as_deref().unwrap_or_default())?;
    let target = target(input)?;
    let refused = |field: &str, message: &str| Err(Refusal::field(field, "invalid", message).into());
    if let Some(at) = input.at {
        if input.start.is_some() || input.until.is_some() || target.is_some() {
            return refused("at", "`at` asks whether it is open then; it stands alone.");
        }
        let next_open = timetable.next_open_with_pauses(at, &pauses);
        return Ok(PreviewView::Open(OpenView { open: next_open == Some(at), next_open }));
    }
    let Some(start) = input.start else {
        return Err(Refusal::field("start", "required", "`start` is required, or `at` alone.").into());
    };
    match (target, input.until) {
        (Some(_), Some(_)) => refused("until", "Give either a target or `until`."),
        (None, None) => Err(Refusal::field("targetSeconds", "required", "Give `targetMinutes`, `targetSeconds` or `until`.").into()),
        (None, Some(until)) => {
            Ok(PreviewView::Elapsed(ElapsedView { working_seconds: timetable.elapsed_with_pauses(start, until, &pauses) }))
        }
        (Some(seconds), None) => {
            let due_at = timetable.due_with_pauses(start, seconds, &pauses);
            Ok(PreviewView::Due(DueView {
                due_at,
                working_seconds_until_due: due_at.map(|it| timetable.elapsed_with_pauses(start, it, &pauses)),
            }))
        }
    }
}

fn pauses(all: &[PauseInput]) -> Result<Vec<Pause>> {
    if all.len() > limits::PREVIEW_PAUSES_MAX {
        let message = format!("A question takes at most {} pauses.", limits::PREVIEW_PAUSES_MAX);
        return Err(Refusal::field("pauses", "too_many", message).into());
    }
    for (at, it) in all.iter().enumerate() {
        if it.to < it.from {
            return Err(Refusal::field(format!("pauses[{at}].to"), "invalid", "A pause ends after it begins.").into());
        }
    }
    Ok(all.iter().map(|it| (it.from, it.to)).collect())
}

/// Working seconds that are asked for.
fn target(input: &PreviewInput) -> Result<Option<u64>> {
    /// A target of more than a thousand years is a mistake.
    const SECONDS_MAX: f64 = 1000.0 * 366.0 * 86_400.0;
    let Some(minutes) = input.target_minutes else { return Ok(input.target_seconds) };
    let refused = |message: &str| Err(Refusal::field("targetMinutes", "invalid", message).into());
    let seconds = (minutes * 60.0).round();
    if !(0.0..=SECONDS_MAX).contains(&seconds) {
        return refused("A target is not below zero, and not beyond any calendar.");
    }
    if (minutes * 60.0 - seconds).abs() > 1e-6 {
        return refused("A target is made of whole seconds.");
    }
    // In range and whole, as was just asked.
    let seconds = seconds as u64;
    if input.target_seconds.is_some_and(|it| it != seconds) {
        return refused("`targetMinutes` and `targetSeconds` say different things; give one of them.");
    }
    Ok(Some(seconds))
}
