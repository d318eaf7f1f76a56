//! Calendars: when the desk works, its holidays, and the subscription that more of them come from.

use std::collections::BTreeMap;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, nullable, required},
    list::ListView,
    one,
    plan::{HolidayView, OverrideView, PlanInput, pairs},
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Calendar, CalendarChange, Holiday, HolidaySource, Plan, WEEKDAYS, WeekHours},
        permission::Permission,
        settings::{self, Settings, SettingsChange},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::CalendarId,
    time::Instant,
};

/// A calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarView {
    pub id: Uuid,
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    /// By day, `mon` to `sun`: pairs of start and end.
    #[schema(value_type = BTreeMap<String, Vec<Vec<String>>>)]
    pub hours: BTreeMap<&'static str, Vec<(String, String)>>,
    /// In order, those of the subscription among them.
    pub holidays: Vec<HolidayView>,
    /// By date.
    pub overrides: BTreeMap<String, OverrideView>,
    pub subscription: Option<SubscriptionView>,
    /// Grows with each change that can move an instant.
    pub version: u32,
    /// Whether the desk goes by it where neither a policy nor a team or its region says otherwise.
    pub is_default: bool,
    /// What goes by it, in words.
    pub used_by: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retired_at: Option<Instant>,
}

/// Where holidays are read from, and how that went last.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionView {
    pub url: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tried_at: Option<Instant>,
    /// When it was last read well.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Instant>,
    /// Why the last try came to nothing; the days read before stay.
    pub trouble: Option<String>,
    /// Entries that are no holidays, or that could not be understood.
    pub left_out: u32,
}

fn view(tx: &Tx, it: Calendar) -> Result<CalendarView> {
    let state = calendars::feed_state(tx, &it)?;
    let mut holidays: BTreeMap<_, Holiday> = BTreeMap::new();
    for (day, label) in it.feed.iter().flat_map(|it| &it.days) {
        holidays.insert(*day, Holiday { label: label.clone(), source: HolidaySource::Feed });
    }
    holidays.extend(it.plan.holidays.iter().map(|(day, it)| (*day, it.clone())));
    let subscription = it.feed.as_ref().map(|feed| SubscriptionView {
        url: feed.url.clone(),
        tried_at: state.as_ref().map(|it| it.tried_at),
        read_at: state.as_ref().and_then(|it| it.read_at),
        trouble: state.as_ref().and_then(|it| it.trouble.clone()),
        left_out: state.as_ref().map_or(0, |it| it.left_out),
    });
    Ok(CalendarView {
        id: it.id.0,
        hours: WEEKDAYS.iter().map(|(day, name)| (*name, pairs(it.plan.week.of(*day)))).collect(),
        holidays: holidays.iter().map(|(day, it)| HolidayView::of(*day, it)).collect(),
        overrides: it
            .plan
            .overrides
            .iter()
            .map(|(day, it)| (day.to_string(), OverrideView { hours: pairs(&it.shifts), label: it.label.clone() }))
            .collect(),
        subscription,
        version: it.version,
        is_default: Settings::of(tx)?.calendar == Some(it.id),
        used_by: calendars::users(tx, it.id)?,
        created_at: it.created_at,
        retired_at: it.retired_at,
        name: it.name,
        time_zone: it.plan.zone,
    })
}

/// A calendar by its name.
pub(super) fn named_calendar(tx: &Tx, id: Option<CalendarId>) -> Result<Option<NamedView>> {
    let found = id.map(|it| tx.get::<Calendar>(&it)).transpose()?.flatten();
    Ok(found.map(|it| NamedView { id: it.id.0, name: it.name }))
}

/// A calendar to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(flatten)]
    pub plan: PlanInput,
    /// Where holidays are read from besides: the address of an iCalendar file; null ends it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<SubscriptionInput>)]
    pub subscription: Option<Option<SubscriptionInput>>,
    /// Whether the desk goes by it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub is_default: Option<bool>,
}

/// Where holidays are read from.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SubscriptionInput {
    /// `https://` or `http://`.
    pub url: String,
}

/// Changes a calendar, and whether the desk goes by it.
fn change(tx: &mut Tx, actor: &Actor, before: Calendar, input: CalendarBody) -> Result<Calendar> {
    let id = before.id;
    let plan = input.plan.applied(before.plan, "")?;
    let feed = input.subscription.map(|it| it.map(|it| it.url));
    let is_new = feed.as_ref().is_some_and(Option::is_some);
    let after = calendars::change_calendar(tx, actor, id, CalendarChange { name: input.name, plan: Some(plan), feed })?;
    if is_new {
        calendars::enqueue_feed(tx, actor, id)?;
    }
    let was_default = Settings::of(tx)?.calendar == Some(id);
    if let Some(shall) = input.is_default.filter(|it| *it != was_default) {
        settings::change(tx, actor, SettingsChange { calendar: Some(shall.then_some(id)), ..SettingsChange::default() })?;
    }
    Ok(after)
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Calendar> {
    actor.need(Permission::SettingsRead)?;
    calendars::calendar_named(tx, text)?.ok_or_else(|| Refusal::not_found("calendar").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<CalendarView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| calendars::calendars(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (mut input, raw) = json.parse()?.into_value_and_raw::<CalendarBody>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let name = required("name", input.name.take())?;
        let zone = Settings::of(tx)?.time_zone.clone();
        let plan = std::mem::take(&mut input.plan).applied(Plan::new(&zone, WeekHours::default()), "")?;
        let made = calendars::create_calendar(tx, actor, &name, plan)?;
        let made = change(tx, actor, made, input)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/calendars/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: CalendarBody = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        let after = change(tx, actor, before, input)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

/// Takes a calendar out of use.
pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        calendars::retire_calendar(tx, actor, before.id)?;
        Ok(shown)
    })
    .await
}

/// A built-in set of holidays, for some years.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HolidaySetInput {
    /// `DE`, or `DE-BY` for a region.
    pub set: String,
    #[schema(min_items = 1)]
    pub years: Vec<i16>,
}

pub async fn add_holidays(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: HolidaySetInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        let after = calendars::add_holidays(tx, actor, before.id, &input.set, &input.years)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

/// Reads the subscription soon, in the background.
pub async fn fetch(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let it = known(tx, &actor, &id)?;
        calendars::enqueue_feed(tx, &actor, it.id)
    };
    caller.desk.write(caller.actor.person(), run).await?;
    Ok(StatusCode::NO_CONTENT)
}
