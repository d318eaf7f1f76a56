//! Calendars in the settings: all of them, and one as a week to see and edit, with its holidays, its subscription and a question to it.

use maud::{Markup, html};

use super::shell::{CALENDARS, LastChange, last_change, problem, removal, shell};
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
            zone_field::zone_field,
        },
        layout::Frame,
        tongue::{marked, t},
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
    let make = html! { (Button::link(t!("calendars-add-calendar"), "/agent/admin/calendars/new").primary().icon(Icon::Plus)) };
    let about = t!("calendars-when-people-work-clocks");
    let columns = [t!("word-calendar"), t!("calendars-week"), t!("calendars-holidays"), t!("calendars-used")]
        .map(|heading| Column { heading, numeric: heading == t!("calendars-holidays") });
    let row = |it: &CalendarRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { (it.zone) } @if it.trouble { " " (badge(Tone::Warn, t!("calendars-subscription-cannot-read"))) } } },
            week_strip(&it.week),
            html! { (it.holidays) },
            html! { (it.used_by.join(", ")) },
        ]
    };
    shell(
        &view.frame,
        CALENDARS,
        t!("calendars-calendars"),
        html! {
            (page_header(t!("calendars-calendars"), Some(about), view.may_change.then_some(make)))
            (problem(view.error.as_deref()))
            @if view.calendars.is_empty() {
                (empty_state(Icon::Clock, t!("calendars-no-calendar-yet"), t!("calendars-desk-works-round-clock"), None))
            } @else {
                (table(t!("calendars-calendars"), &columns, &view.calendars.iter().map(row).collect::<Vec<_>>()))
                form.form.panel method="post" action={ (CALENDARS.href) "/default" } {
                    (view.frame.csrf())
                    fieldset.plain disabled[!view.may_change] {
                        (select(Field { name: "calendar", label: t!("calendars-desk-goes"), value: &view.chosen, hint: Some(t!("calendars-where-neither-policy-nor")), required: true, ..Field::default() }, &view.choices))
                        @if view.may_change { div.send { (Button::submit(t!("word-save"))) } }
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
    let title = if is_new { t!("calendars-add-calendar") } else { &view.title };
    let uses = if view.used_by.is_empty() {
        t!("calendars-nothing-goes").to_owned()
    } else {
        t!("calendars-used-2", join = view.used_by.join(", "))
    };
    shell(
        &view.frame,
        CALENDARS,
        title,
        html! {
            div { (breadcrumb(&[(t!("calendars-calendars"), CALENDARS.href)], title)) (page_header(title, (!is_new).then_some(uses.as_str()), None)) (last_change(&view.frame, view.changed.as_ref())) }
            (form(view))
            @if !is_new {
                (question(view))
                (holidays(view))
                (subscription(view))
                @if view.may_change {
                    (removal(&view.frame, &format!("{}/delete", view.href), t!("calendars-what-due-stays-explained"), t!("calendars-retire-calendar"), html! {}))
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
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (zone_field(Field { name: "timeZone", label: t!("word-time-zone"), value: &view.zone, hint: Some(t!("calendars-best-known-city-such")), error: view.zone_error.as_deref(), required: true, autocomplete: Some("off"), ..Field::default() }))
                (week(&view.days))
                (textarea(Field { name: "overrides", label: t!("calendars-dates-hours-their-own"), value: &view.overrides, error: view.overrides_error.as_deref(), hint: Some(t!("calendars-one-line-date-hours")), ..Field::default() }))
                (textarea(Field { name: "holidays", label: t!("calendars-own-holidays"), value: &view.holidays, error: view.holidays_error.as_deref(), hint: Some(t!("calendars-one-line-date-what")), ..Field::default() }))
                (checkbox("default", t!("calendars-desk-goes-calendar"), Some(t!("calendars-where-neither-policy-nor-2")), view.is_default))
                @if view.may_change { div.send { (Button::submit(if view.href.is_empty() { t!("calendars-add-calendar-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}

fn week(days: &[DayRow]) -> Markup {
    html! {
        fieldset.field.week-editor aria-describedby="week-hint" {
            legend { (t!("calendars-hours-week")) }
            p.hint id="week-hint" { (t!("calendars-shifts-each-day-09")) }
            div.scale aria-hidden="true" { @for hour in ["0", "6", "12", "18", "24"] { span { (hour) } } }
            @for it in days {
                div.week-day {
                    label for=(it.name) { (it.label) }
                    input.control type="text" id=(it.name) name=(it.name) value=(it.value) placeholder=(t!("calendars-closed")) autocomplete="off" aria-invalid=[it.error.as_ref().map(|_| "true")] aria-describedby=[it.error.as_ref().map(|_| format!("{}-error", it.name))];
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
            h2 { (t!("calendars-when-would-due")) }
            form.form.asked method="get" action={ (view.href) "#due" } {
                (input("datetime-local", Field { name: "start", label: t!("calendars-start"), value: &it.start, required: true, ..Field::default() }))
                (input("text", Field { name: "hours", label: t!("calendars-working-hours"), value: &it.hours, error: it.error.as_deref(), required: true, chars_max: Some(10), placeholder: Some(t!("calendars-8-1-30")), autocomplete: Some("off"), ..Field::default() }))
                div.send { (Button::submit(t!("calendars-count"))) }
            }
            @if let Some(answer) = &it.answer {
                @match &answer.due {
                    Some(due) => { p { (marked!("calendars-due", due = html! { strong { (due) } }, zone = view.zone)) } }
                    None => { p { (t!("calendars-never-calendar-does-not")) } }
                }
                @if !answer.periods.is_empty() {
                    dl.answers { @for (when, what) in &answer.periods { dt { (when) } dd { (what) } } }
                    @if answer.more { p.hint { (t!("calendars-more-same")) } }
                }
                @if !answer.special.is_empty() { p.hint { (marked!("calendars-way", join = answer.special.join(", "))) } }
            }
        }
    }
}

fn holidays(view: &CalendarView) -> Markup {
    html! {
        section.panel {
            h2 { (t!("calendars-public-holidays")) }
            @if view.sets.is_empty() { p { (t!("calendars-none-yet")) } }
            @for it in &view.sets {
                details.holiday-set {
                    summary { (it.title) " " span.hint { (marked!("calendars-come-past", count = it.coming.len(), past = it.past)) } }
                    dl.answers { @for (day, name) in &it.coming { dt { (day) } dd { (name) } } }
                    @if let Some(code) = it.set.as_ref().filter(|_| view.may_change) {
                        form method="post" action={ (view.href) "/holidays/drop" } { (view.frame.csrf()) input type="hidden" name="set" value=(code); (Button::submit(t!("calendars-take-these-out")).quiet()) }
                    }
                }
            }
            @if view.may_change { div.send { (Button::link(t!("calendars-look-up-holidays-country"), &format!("{}/holidays", view.href))) } }
        }
    }
}

fn subscription(view: &CalendarView) -> Markup {
    let it = &view.subscription;
    html! {
        section.panel {
            h2 { (t!("calendars-subscription")) }
            @if let Some(trouble) = &it.trouble {
                (banner(&Banner { tone: Tone::Warn, title: t!("calendars-could-not-read-days").to_owned(), text: trouble.clone() }))
            }
            @if let Some(at) = it.read_at {
                p { (marked!("calendars-days-read", days = it.days, when = moment(at, view.frame.now))) @if it.left_out > 0 { " " (marked!("calendars-entries-no-holidays-were", left_out = it.left_out)) } }
            } @else if !it.url.is_empty() && it.trouble.is_none() { p { (t!("calendars-read-moment")) } }
            form.form method="post" action={ (view.href) "/subscription" } {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (input("url", Field { name: "url", label: t!("calendars-address-calendar-file-ics"), value: &it.url, error: it.error.as_deref(), hint: Some(t!("calendars-all-day-events-holidays")), autocomplete: Some("off"), ..Field::default() }))
                    @if view.may_change {
                        div.send {
                            (Button::submit(t!("word-save")))
                            @if !it.url.is_empty() { (Button::submit(t!("calendars-read-now")).form("fetch").quiet()) }
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
    let title = t!("calendars-holidays-country");
    let columns =
        [t!("calendars-date"), t!("calendars-holiday"), t!("calendars-calendar")].map(|heading| Column { heading, numeric: false });
    let row = |(day, name, known): &(String, String, bool)| {
        vec![html! { (day) }, html! { (name) }, html! { @if *known { (badge(Tone::Plain, t!("told-yes"))) } }]
    };
    shell(
        &view.frame,
        CALENDARS,
        title,
        html! {
            div { (breadcrumb(&[(t!("calendars-calendars"), CALENDARS.href), (&view.calendar, &view.href)], title)) (page_header(title, Some(t!("calendars-look-them-up-first")), None)) }
            (problem(view.error.as_deref()))
            form.form.asked method="get" action=(address) {
                (select(Field { name: "country", label: t!("calendars-country"), value: &view.country, required: true, ..Field::default() }, &view.countries))
                @if !view.regions.is_empty() { (select(Field { name: "region", label: t!("calendars-region"), value: &view.region, ..Field::default() }, &view.regions)) }
                (select(Field { name: "first", label: t!("calendars-from"), value: &view.first, required: true, ..Field::default() }, &view.years))
                (select(Field { name: "last", label: t!("calendars-to"), value: &view.last, required: true, ..Field::default() }, &view.years))
                div.send { (Button::submit(t!("calendars-look-up"))) }
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
                        div.send { (Button::submit(t!("calendars-put-these-into-calendar")).primary()) }
                    }
                }
            }
        },
    )
}
