//! Calendars in the settings: all of them, and one as a week to see and edit, with its holidays, its subscription and a question to it.

use maud::{Markup, html};

use super::shell::{CALENDARS, LastChange, last_change, names, problem, removal, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, checkbox, input, select, textarea},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            table::{Column, table},
            week_strip::{day_strip, week_strip},
        },
        layout::Frame,
    },
};

/// Open minutes of each day of a week, Monday first; what runs past midnight stands in the next day too.
pub type Week = Vec<Vec<(u32, u32)>>;

/// One calendar of the list.
#[derive(Debug, Clone, Default)]
pub struct CalendarRow {
    pub href: String,
    pub name: String,
    pub zone: String,
    pub week: Week,
    pub used_by: Vec<String>,
    pub holidays: usize,
    pub trouble: bool,
}

#[derive(Debug, Clone, Default)]
pub struct CalendarsView {
    pub frame: Frame,
    pub calendars: Vec<CalendarRow>,
    /// The id of the desk's; empty for round the clock.
    pub chosen: String,
    pub choices: Vec<Choice>,
    pub may_change: bool,
    pub error: Option<String>,
}

/// The page at `/agent/admin/calendars`; its form sends `calendar` to `.../calendars/default`.
pub fn page(view: &CalendarsView) -> Markup {
    let make = html! { (Button::link("Add a calendar", "/agent/admin/calendars/new").primary().icon(Icon::Plus)) };
    let about = "When people work. Clocks of tickets run in these hours only: by the calendar of the policy, else of the team, else of its region, else of the desk.";
    let columns = ["Calendar", "Week", "Holidays", "Used by"].map(|heading| Column { heading, numeric: heading == "Holidays" });
    let row = |it: &CalendarRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { (it.zone) } @if it.trouble { " " (badge(Tone::Warn, "Subscription cannot be read")) } } },
            week_strip(&it.week),
            html! { (it.holidays) },
            html! { (it.used_by.join(", ")) },
        ]
    };
    shell(
        &view.frame,
        CALENDARS,
        "Calendars",
        html! {
            (page_header("Calendars", Some(about), view.may_change.then_some(make)))
            (problem(view.error.as_deref()))
            @if view.calendars.is_empty() {
                (empty_state(Icon::Clock, "No calendar yet", "The desk works round the clock until it has one.", None))
            } @else {
                (table("Calendars", &columns, &view.calendars.iter().map(row).collect::<Vec<_>>()))
                form.form.panel method="post" action={ (CALENDARS.href) "/default" } {
                    (view.frame.csrf())
                    fieldset.plain disabled[!view.may_change] {
                        (select(Field { name: "calendar", label: "The desk goes by", value: &view.chosen, hint: Some("Where neither a policy nor a team or its region has a calendar."), required: true, ..Field::default() }, &view.choices))
                        @if view.may_change { div.send { (Button::submit("Save")) } }
                    }
                }
            }
        },
    )
}

/// One day of the week, as it is typed and as it is drawn.
#[derive(Debug, Clone, Default)]
pub struct DayRow {
    /// `mon`
    pub name: &'static str,
    pub label: &'static str,
    /// `09:00-12:00, 13:00-17:00`
    pub value: String,
    pub spans: Vec<(u32, u32)>,
    pub error: Option<String>,
}

/// Holidays of one source.
#[derive(Debug, Clone, Default)]
pub struct HolidaysOf {
    pub title: String,
    /// The code of the set, if it can be taken out.
    pub set: Option<String>,
    /// From today on: date and name.
    pub coming: Vec<(String, String)>,
    pub past: usize,
}

/// Where holidays are read from besides.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionView {
    pub url: String,
    pub error: Option<String>,
    pub read_at: Option<Instant>,
    pub trouble: Option<String>,
    pub left_out: u32,
    pub days: usize,
}

/// "When would this be due?"
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// `2026-05-04T09:00`, on the wall of the calendar's zone.
    pub start: String,
    pub hours: String,
    pub error: Option<String>,
    pub answer: Option<Answer>,
}

/// The answer, on the wall of the calendar's zone.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// None: it never opens for that long.
    pub due: Option<String>,
    /// The stretches that count, and what of each.
    pub periods: Vec<(String, String)>,
    pub more: bool,
    /// Holidays and changed dates on the way.
    pub special: Vec<String>,
}

/// What the pages of one calendar show, and show again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct CalendarView {
    pub frame: Frame,
    /// Empty for a new one.
    pub href: String,
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub zone: String,
    pub zones: Vec<String>,
    pub days: Vec<DayRow>,
    pub overrides: String,
    pub holidays: String,
    pub is_default: bool,
    pub name_error: Option<String>,
    pub zone_error: Option<String>,
    pub overrides_error: Option<String>,
    pub holidays_error: Option<String>,
    pub error: Option<String>,
    pub sets: Vec<HolidaysOf>,
    pub subscription: SubscriptionView,
    pub question: Question,
    pub used_by: Vec<String>,
    pub version: u32,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/calendars/new` and `/agent/admin/calendars/{calendar}`. The form sends `name`, `timeZone`, `mon` to `sun`,
/// `overrides`, `holidays` and `default`.
pub fn form_page(view: &CalendarView) -> Markup {
    let is_new = view.href.is_empty();
    let title = if is_new { "Add a calendar" } else { &view.title };
    let uses = if view.used_by.is_empty() { "Nothing goes by it.".to_owned() } else { format!("Used by {}.", view.used_by.join(", ")) };
    shell(
        &view.frame,
        CALENDARS,
        title,
        html! {
            div { (breadcrumb(&[("Calendars", CALENDARS.href)], title)) (page_header(title, (!is_new).then_some(uses.as_str()), None)) (last_change(&view.frame, view.changed.as_ref())) }
            (form(view))
            @if !is_new {
                (question(view))
                (holidays(view))
                (subscription(view))
                @if view.may_change {
                    (removal(&view.frame, &format!("{}/delete", view.href), "What was due by it stays explained. One that something goes by stays in use.", "Retire this calendar", html! {}))
                }
            }
        },
    )
}

fn form(view: &CalendarView) -> Markup {
    let action = if view.href.is_empty() { CALENDARS.href } else { &view.href };
    html! {
        form.form id="calendar" method="post" action=(action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                div.field {
                    label for="timeZone" { "Time zone" }
                    p.hint id="timeZone-hint" { "By its best-known city, such as Europe/Berlin." }
                    input.control type="text" id="timeZone" name="timeZone" value=(view.zone) required list="zones" autocomplete="off" aria-describedby="timeZone-hint" aria-invalid=[view.zone_error.as_ref().map(|_| "true")];
                    (names("zones", &view.zones))
                    @if let Some(error) = &view.zone_error { p.error { (error) } }
                }
                (week(&view.days))
                (textarea(Field { name: "overrides", label: "Dates with hours of their own", value: &view.overrides, error: view.overrides_error.as_deref(), hint: Some("One a line: the date, its hours or “closed”, and why. They count before holidays: 2026-12-24 09:00-12:00 Christmas Eve"), ..Field::default() }))
                (textarea(Field { name: "holidays", label: "Own holidays", value: &view.holidays, error: view.holidays_error.as_deref(), hint: Some("One a line: the date, and what it is called: 2026-07-10 Company day. Those of countries and subscriptions are chosen below."), ..Field::default() }))
                (checkbox("default", "The desk goes by this calendar", Some("Where neither a policy nor a team or its region has one."), view.is_default))
                @if view.may_change { div.send { (Button::submit(if view.href.is_empty() { "Add this calendar" } else { "Save" }).primary()) } }
            }
        }
    }
}

fn week(days: &[DayRow]) -> Markup {
    html! {
        fieldset.field.week-editor aria-describedby="week-hint" {
            legend { "Hours of the week" }
            p.hint id="week-hint" { "Shifts of each day: 09:00-12:00, 13:00-17:00. One that ends before it starts runs past midnight; 00:00-24:00 is the whole day. Empty is closed." }
            div.scale aria-hidden="true" { @for hour in ["0", "6", "12", "18", "24"] { span { (hour) } } }
            @for it in days {
                div.week-day {
                    label for=(it.name) { (it.label) }
                    input.control type="text" id=(it.name) name=(it.name) value=(it.value) placeholder="closed" autocomplete="off" aria-invalid=[it.error.as_ref().map(|_| "true")] aria-describedby=[it.error.as_ref().map(|_| format!("{}-error", it.name))];
                    (day_strip(&it.spans))
                    @if let Some(error) = &it.error { p.error id={ (it.name) "-error" } { (error) } }
                }
            }
        }
    }
}

fn question(view: &CalendarView) -> Markup {
    let it = &view.question;
    html! {
        section.panel id="due" {
            h2 { "When would this be due?" }
            form.form.asked method="get" action={ (view.href) "#due" } {
                (input("datetime-local", Field { name: "start", label: "Start", value: &it.start, required: true, ..Field::default() }))
                (input("text", Field { name: "hours", label: "Working hours", value: &it.hours, error: it.error.as_deref(), required: true, chars_max: Some(10), placeholder: Some("8 or 1:30"), autocomplete: Some("off"), ..Field::default() }))
                div.send { (Button::submit("Count")) }
            }
            @if let Some(answer) = &it.answer {
                @match &answer.due {
                    Some(due) => { p { "Due " strong { (due) } " (" (view.zone) ")." } }
                    None => { p { "Never: the calendar does not open for that long." } }
                }
                @if !answer.periods.is_empty() {
                    dl.answers { @for (when, what) in &answer.periods { dt { (when) } dd { (what) } } }
                    @if answer.more { p.hint { "And more of the same." } }
                }
                @if !answer.special.is_empty() { p.hint { "On the way: " (answer.special.join(", ")) "." } }
            }
        }
    }
}

fn holidays(view: &CalendarView) -> Markup {
    html! {
        section.panel {
            h2 { "Public holidays" }
            @if view.sets.is_empty() { p { "None yet." } }
            @for it in &view.sets {
                details.holiday-set {
                    summary { (it.title) " " span.hint { (it.coming.len()) " to come, " (it.past) " past" } }
                    dl.answers { @for (day, name) in &it.coming { dt { (day) } dd { (name) } } }
                    @if let Some(code) = it.set.as_ref().filter(|_| view.may_change) {
                        form method="post" action={ (view.href) "/holidays/drop" } { (view.frame.csrf()) input type="hidden" name="set" value=(code); (Button::submit("Take these out").quiet()) }
                    }
                }
            }
            @if view.may_change { div.send { (Button::link("Look up holidays of a country", &format!("{}/holidays", view.href))) } }
        }
    }
}

fn subscription(view: &CalendarView) -> Markup {
    let it = &view.subscription;
    html! {
        section.panel {
            h2 { "Subscription" }
            @if let Some(trouble) = &it.trouble {
                (banner(&Banner { tone: Tone::Warn, title: "It could not be read; the days read before stay.".to_owned(), text: trouble.clone() }))
            }
            @if let Some(at) = it.read_at {
                p { (it.days) " days, read " (moment(at, view.frame.now)) "." @if it.left_out > 0 { " " (it.left_out) " entries are no holidays and were left out." } }
            } @else if !it.url.is_empty() && it.trouble.is_none() { p { "It is read in a moment." } }
            form.form method="post" action={ (view.href) "/subscription" } {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (input("url", Field { name: "url", label: "Address of a calendar file (.ics)", value: &it.url, error: it.error.as_deref(), hint: Some("Its all-day events are holidays. It is read once a day. Leave it empty to end the subscription."), autocomplete: Some("off"), ..Field::default() }))
                    @if view.may_change {
                        div.send {
                            (Button::submit("Save"))
                            @if !it.url.is_empty() { (Button::submit("Read it now").form("fetch").quiet()) }
                        }
                    }
                }
            }
            form id="fetch" method="post" action={ (view.href) "/fetch" } { (view.frame.csrf()) }
        }
    }
}

/// The holidays of a place, before they are put into a calendar.
#[derive(Debug, Clone, Default)]
pub struct HolidaysView {
    pub frame: Frame,
    /// Of the calendar.
    pub href: String,
    pub calendar: String,
    pub countries: Vec<Choice>,
    pub country: String,
    pub regions: Vec<Choice>,
    pub region: String,
    pub years: Vec<Choice>,
    pub first: String,
    pub last: String,
    /// What would be put in; none before something was chosen.
    pub found: Option<Found>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// `DE-BY`
    pub code: String,
    pub title: String,
    /// Date, name, and whether the calendar has that date already.
    pub days: Vec<(String, String, bool)>,
}

/// The page at `/agent/admin/calendars/{calendar}/holidays`: `country`, `region`, `first` and `last` are asked for in its address; the
/// second form sends `set`, `first` and `last`.
pub fn holidays_page(view: &HolidaysView) -> Markup {
    let address = format!("{}/holidays", view.href);
    let title = "Holidays of a country";
    let columns = ["Date", "Holiday", "In the calendar"].map(|heading| Column { heading, numeric: false });
    let row = |(day, name, known): &(String, String, bool)| {
        vec![html! { (day) }, html! { (name) }, html! { @if *known { (badge(Tone::Plain, "yes")) } }]
    };
    shell(
        &view.frame,
        CALENDARS,
        title,
        html! {
            div { (breadcrumb(&[("Calendars", CALENDARS.href), (&view.calendar, &view.href)], title)) (page_header(title, Some("Look them up first; nothing changes until you put them in."), None)) }
            (problem(view.error.as_deref()))
            form.form.asked method="get" action=(address) {
                (select(Field { name: "country", label: "Country", value: &view.country, required: true, ..Field::default() }, &view.countries))
                @if !view.regions.is_empty() { (select(Field { name: "region", label: "Region", value: &view.region, ..Field::default() }, &view.regions)) }
                (select(Field { name: "first", label: "From", value: &view.first, required: true, ..Field::default() }, &view.years))
                (select(Field { name: "last", label: "To", value: &view.last, required: true, ..Field::default() }, &view.years))
                div.send { (Button::submit("Look up")) }
            }
            @if let Some(found) = &view.found {
                section.panel {
                    h2 { (found.title) }
                    (table(&found.title, &columns, &found.days.iter().map(row).collect::<Vec<_>>()))
                    form method="post" action=(address) {
                        (view.frame.csrf())
                        input type="hidden" name="set" value=(found.code);
                        input type="hidden" name="first" value=(view.first);
                        input type="hidden" name="last" value=(view.last);
                        div.send { (Button::submit("Put these into the calendar").primary()) }
                    }
                }
            }
        },
    )
}
