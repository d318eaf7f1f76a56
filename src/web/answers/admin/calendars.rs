//! Calendars in the settings: the list, a new one, one with its holidays and subscription, and the question when something would be due.

use std::collections::BTreeMap;

use axum::{http::StatusCode, response::Response};
use jiff::civil::DateTime;

use super::{
    Admin,
    calendar_form::{at, drawn, holidays_text, overrides_text, plan, rows},
    last_change, whole,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Calendar, CalendarChange, HolidaySource, Plan, Timetable, WeekHours},
        permission::Permission,
        settings::{self, Settings, SettingsChange},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::CalendarId,
    language,
    time::Instant,
    web::{
        admin::{
            calendars::{
                Answer, CalendarRow, CalendarView, CalendarsView, HolidaysOf, Question, SubscriptionView, form_page, page as calendars_page,
            },
            shell::CALENDARS,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

/// Stretches that an answer lists.
const PERIODS_SHOWN: usize = 8;

pub fn address(id: CalendarId) -> String {
    format!("{}/{id}", CALENDARS.href)
}

/// What is offered where a calendar is chosen; `none` says what the empty choice means.
pub fn choices(tx: &Tx, none: &str) -> Result<Vec<Choice>> {
    let all = calendars::calendars(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name));
    Ok(std::iter::once(Choice::new("", none)).chain(all).collect())
}

pub fn known(tx: &Tx, text: &str) -> Result<Calendar> {
    let found = text.parse().ok().map(|id: CalendarId| tx.get::<Calendar>(&id)).transpose()?.flatten();
    found.filter(|it| it.retired_at.is_none()).ok_or_else(|| Refusal::not_found("calendar").into())
}

fn listed(tx: &Tx, admin: &Admin) -> Result<CalendarsView> {
    let row = |it: Calendar| -> Result<CalendarRow> {
        Ok(CalendarRow {
            href: address(it.id),
            week: drawn(&it.plan.week),
            used_by: calendars::users(tx, it.id)?,
            holidays: it.plan.holidays.len() + it.feed.as_ref().map_or(0, |it| it.days.len()),
            trouble: calendars::feed_state(tx, &it)?.is_some_and(|it| it.trouble.is_some()),
            name: it.name,
            zone: it.plan.zone,
        })
    };
    Ok(CalendarsView {
        frame: admin.frame(),
        calendars: calendars::calendars(tx)?.into_iter().map(row).collect::<Result<_>>()?,
        chosen: Settings::of(tx)?.calendar.map(|it| it.to_string()).unwrap_or_default(),
        choices: choices(tx, t!("calendars-no-calendar-round-clock"))?,
        may_change: admin.actor().may(Permission::SettingsWrite),
        error: None,
    })
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, calendars_page(&admin.desk.read(|tx| listed(tx, &admin))?)))
}

/// Which calendar the desk goes by.
pub async fn choose(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, text) = (admin.actor().clone(), sent.text("calendar").to_owned());
    let run = move |tx: &mut Tx| {
        let calendar = Some(text.trim()).filter(|it| !it.is_empty()).map(|it| calendars::usable(tx, "calendar", it)).transpose()?;
        settings::change(tx, &actor, SettingsChange { calendar: Some(calendar), ..SettingsChange::default() })
    };
    admin.desk.write(admin.actor().person(), run).await?;
    Ok(see_and_say(CALENDARS.href, &said::done(t!("calendars-desk-goes-now"))))
}

/// The pages of this calendar, or of a new one.
fn filled(tx: &Tx, admin: &Admin, it: Option<&Calendar>) -> Result<CalendarView> {
    let settings = Settings::of(tx)?;
    let fresh = || {
        let nine_to_five = ["09:00-17:00"].into_iter().filter_map(|it| it.parse().ok()).collect::<Vec<_>>();
        Plan::new(&settings.time_zone, WeekHours::weekdays(&nine_to_five))
    };
    let plan = it.map_or_else(fresh, |it| it.plan.clone());
    let view = CalendarView {
        frame: admin.frame(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        days: rows(&plan.week),
        overrides: overrides_text(&plan),
        holidays: holidays_text(&plan),
        zone: plan.zone,
        ..CalendarView::default()
    };
    let Some(it) = it else { return Ok(view) };
    let state = calendars::feed_state(tx, it)?;
    Ok(CalendarView {
        href: address(it.id),
        title: it.name.clone(),
        name: it.name.clone(),
        is_default: settings.calendar == Some(it.id),
        sets: sets(tx, it),
        subscription: SubscriptionView {
            url: it.feed.as_ref().map(|it| it.url.clone()).unwrap_or_default(),
            error: None,
            read_at: state.as_ref().and_then(|it| it.read_at),
            trouble: state.as_ref().and_then(|it| it.trouble.clone()),
            left_out: state.as_ref().map_or(0, |it| it.left_out),
            days: it.feed.as_ref().map_or(0, |it| it.days.len()),
        },
        question: Question { start: wall(&it.timetable(), tx.now()), hours: "8".to_owned(), ..Question::default() },
        used_by: calendars::users(tx, it.id)?,
        version: it.version,
        changed: last_change(tx, it.id.0)?,
        ..view
    })
}

/// Holidays by where they are from, those that somebody wrote aside.
fn sets(tx: &Tx, it: &Calendar) -> Vec<HolidaysOf> {
    let today = it.timetable().day_of(tx.now());
    let mut by: BTreeMap<(String, Option<String>), HolidaysOf> = BTreeMap::new();
    let of_feed = it.feed.iter().flat_map(|it| &it.days).map(|(day, label)| (*day, label, HolidaySource::Feed));
    for (day, label, source) in it.plan.holidays.iter().map(|(day, it)| (*day, &it.label, it.source.clone())).chain(of_feed) {
        let (title, set) = match source {
            HolidaySource::Own => continue,
            HolidaySource::Feed => (t!("calendars-subscription-2").to_owned(), None),
            HolidaySource::Set(code) => (place_title(&code), Some(code)),
        };
        let of = by.entry((title.clone(), set.clone())).or_insert_with(|| HolidaysOf { title, set, ..HolidaysOf::default() });
        if today.is_some_and(|today| day < today) {
            of.past += 1;
        } else {
            of.coming.push((tongue::date_full(day.date()), label.clone()));
        }
    }
    by.into_values().collect()
}

/// `Germany, Bayern`
pub fn place_title(code: &str) -> String {
    let name = |code: &str| calendars::holiday_place(code).map_or_else(|| code.to_owned(), |it| it.name.to_owned());
    match code.split_once('-') {
        Some((country, _)) => format!("{}, {}", name(country), name(code)),
        None => name(code),
    }
}

/// What the wall of a calendar's zone shows, as a field of a form takes it.
fn wall(timetable: &Timetable, at: Instant) -> String {
    timetable.zone().to_datetime(at.timestamp()).strftime("%Y-%m-%dT%H:%M").to_string()
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<String>, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let it = known(tx, &id)?;
        let mut view = filled(tx, &admin, Some(&it))?;
        if let (Some(start), Some(hours)) = (query.get("start"), query.get("hours")) {
            view.question = Question { start: start.to_owned(), hours: hours.to_owned(), ..Question::default() };
            match answer(&it.timetable(), start, hours) {
                Ok(answer) => view.question.answer = Some(answer),
                Err(why) => view.question.error = Some(why),
            }
        }
        Ok(view)
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// `8`, `1.5` and `1:30` are working hours.
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
        return (minutes < 60 && hours <= 100_000).then_some(hours * 3600 + minutes * 60);
    }
    let hours: f64 = text.replace(',', ".").parse().ok()?;
    // In range, as was just asked.
    (0.0..=100_000.0).contains(&hours).then(|| (hours * 3600.0).round() as u64)
}

fn answer(timetable: &Timetable, start: &str, hours: &str) -> Result<Answer, String> {
    let start = start.parse::<DateTime>().ok().and_then(|it| timetable.zone().to_timestamp(it).ok()).map(Instant::from);
    let start = start.ok_or(t!("calendars-start-date-time"))?;
    let seconds = seconds(hours).ok_or(t!("calendars-write-hours-8-1"))?;
    let Some(due) = timetable.due(start, seconds) else { return Ok(Answer::default()) };
    let local = |at: Instant| timetable.zone().to_datetime(at.timestamp());
    let clock = |at: Instant| language::clock(at, timetable.zone());
    let periods = timetable.periods(start, due);
    let row = |(from, to): &(Instant, Instant)| {
        let worked = to.since(*from).as_secs();
        let times = format!("{}–{}", clock(*from), clock(*to));
        (
            tongue::date_full(local(*from).date()),
            t!("calendars-worked", times = times, hours = format!("{}:{:02}", worked / 3600, worked / 60 % 60)),
        )
    };
    Ok(Answer {
        due: Some(t!("date-day-time", day = tongue::date_full(local(due).date()), time = local(due).strftime("%H:%M:%S").to_string())),
        more: periods.len() > PERIODS_SHOWN,
        periods: periods.iter().take(PERIODS_SHOWN).map(row).collect(),
        special: timetable
            .special_days(start, due)
            .take(PERIODS_SHOWN)
            .map(|it| format!("{} {}", it.day, it.label).trim_end().to_owned())
            .collect(),
    })
}

/// Makes or changes a calendar as the form asks.
fn save(tx: &mut Tx, actor: &Actor, before: Option<CalendarId>, sent: &Sent) -> Result<Calendar> {
    let present = before.map(|it| known(tx, &it.to_string())).transpose()?;
    let none = Plan::new("UTC", WeekHours::default());
    let plan = plan(sent, present.as_ref().map_or(&none, |it| &it.plan))?;
    let it = match present {
        None => calendars::create_calendar(tx, actor, sent.text("name"), plan)?,
        Some(it) => {
            let name = Some(sent.text("name").to_owned());
            calendars::change_calendar(tx, actor, it.id, CalendarChange { name, plan: Some(plan), feed: None })?
        }
    };
    let (is, shall) = (Settings::of(tx)?.calendar == Some(it.id), sent.has("default"));
    if is != shall {
        settings::change(tx, actor, SettingsChange { calendar: Some(shall.then_some(it.id)), ..SettingsChange::default() })?;
    }
    Ok(it)
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    stored(&admin, None, sent).await
}

pub async fn change(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let it = admin.desk.read(|tx| known(tx, &id))?;
    stored(&admin, Some(it), sent).await
}

async fn stored(admin: &Admin, before: Option<Calendar>, sent: Sent) -> Result<Response, Problem> {
    let (actor, sent) = (admin.actor().clone(), std::sync::Arc::new(sent));
    let (id, form) = (before.as_ref().map(|it| it.id), sent.clone());
    match admin.desk.write(actor.person(), move |tx| save(tx, &actor, id, &form)).await {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("calendars-calendar-saved", name = it.name)))),
        Err(error @ Error::Refused(_)) => again(admin, before.as_ref(), &sent, error),
        Err(error) => Err(error.into()),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, before: Option<&Calendar>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let mut view = admin.desk.read(|tx| filled(tx, admin, before))?;
    let mut shown = vec!["name", "timeZone", "overrides", "holidays"];
    for day in &mut view.days {
        sent.text(day.name).clone_into(&mut day.value);
        day.error = at(&error, day.name);
        shown.push(day.name);
    }
    let (name_error, zone_error) = (at(&error, "name"), at(&error, "timeZone"));
    let (overrides_error, holidays_error) = (at(&error, "overrides"), at(&error, "holidays"));
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = CalendarView {
        name: sent.text("name").to_owned(),
        zone: sent.text("timeZone").to_owned(),
        overrides: sent.text("overrides").to_owned(),
        holidays: sent.text("holidays").to_owned(),
        is_default: sent.has("default"),
        name_error,
        zone_error,
        overrides_error,
        holidays_error,
        error: whole(&refusal, &shown),
        ..view
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

/// Subscribes, to another address, or ends it.
pub async fn subscribe(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let it = admin.desk.read(|tx| known(tx, &id))?;
    let (actor, url, id) = (admin.actor().clone(), sent.get("url").map(str::to_owned), it.id);
    let run = move |tx: &mut Tx| {
        let is_on = url.is_some();
        calendars::change_calendar(tx, &actor, id, CalendarChange { feed: Some(url), ..CalendarChange::default() })?;
        if is_on { calendars::enqueue_feed(tx, &actor, id).map(|_| true) } else { Ok(false) }
    };
    match admin.desk.write(admin.actor().person(), run).await {
        Ok(true) => Ok(see_and_say(&address(id), &said::done(t!("calendars-subscription-saved-read-moment")))),
        Ok(false) => Ok(see_and_say(&address(id), &said::done(t!("calendars-subscription-ended-days-taken")))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&it)))?;
            sent.text("url").clone_into(&mut view.subscription.url);
            view.subscription.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn fetch(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    admin.desk.write(actor.person(), move |tx| calendars::enqueue_feed(tx, &actor, it.id)).await?;
    Ok(see_and_say(&address(it.id), &said::done(t!("calendars-subscription-read-moment"))))
}

pub async fn retire(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, it) = (admin.actor().clone(), admin.desk.read(|tx| known(tx, &id))?);
    let id = it.id;
    match admin.desk.write(actor.person(), move |tx| calendars::retire_calendar(tx, &actor, id)).await {
        Ok(it) => Ok(see_and_say(CALENDARS.href, &said::done(t!("calendars-calendar-retired", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&it)))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
