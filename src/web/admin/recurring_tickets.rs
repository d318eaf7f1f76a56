//! Recurring tickets: all of them, and one with its next times.

use maud::{Markup, html};

use super::shell::{LastChange, RECURRING, Tick, last_change, problem, removal, shell, ticks};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, checkbox, input, select},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            table::{Column, table},
            zone_field::zone_field,
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// One of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecurringRow {
    pub href: String,
    pub name: String,
    /// "Each Monday at 09:00".
    pub when: String,
    pub paused: bool,
    pub troubled: bool,
    pub next: Option<Instant>,
}

#[derive(Debug, Clone, Default)]
pub struct RecurringView {
    pub frame: Frame,
    pub rows: Vec<RecurringRow>,
    pub may_make: bool,
    /// There is no template to lodge by.
    pub no_template: bool,
}

/// The page at `/agent/admin/recurring-tickets`.
pub fn page(view: &RecurringView) -> Markup {
    let make = html! { (Button::link(t!("recurring-add"), "/agent/admin/recurring-tickets/new").primary().icon(Icon::Plus)) };
    let columns =
        [t!("recurring-name-short"), t!("recurring-when"), t!("recurring-next")].map(|heading| Column { heading, numeric: false });
    let row = |it: &RecurringRow| {
        vec![
            html! { div.role-cell {
                a href=(it.href) { (it.name) }
                @if it.paused { (badge(Tone::Plain, t!("recurring-paused"))) }
                @if it.troubled { (badge(Tone::Danger, t!("recurring-failed"))) }
            } },
            html! { (it.when) },
            html! { @if let Some(at) = it.next { (moment(at, view.frame.now)) } @else { "–" } },
        ]
    };
    shell(
        &view.frame,
        RECURRING,
        RECURRING.name.text(),
        html! {
            (page_header(RECURRING.name.text(), Some(t!("recurring-about")), view.may_make.then_some(make)))
            @if view.no_template { p.hint { (t!("recurring-needs-template")) " " a href="/agent/admin/ticket-templates/new" { (t!("tools-template-add")) } } }
            @if view.rows.is_empty() { (empty_state(Icon::History, t!("recurring-none"), t!("recurring-none-hint"), None)) }
            @else { (table(RECURRING.name.text(), &columns, &view.rows.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// The form of one.
#[derive(Debug, Clone, Default)]
pub struct RecurringFormView {
    pub frame: Frame,
    pub action: String,
    /// Its present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub template: String,
    pub templates: Vec<Choice>,
    pub requester: String,
    pub rhythm: String,
    pub every: String,
    pub days: Vec<Tick>,
    pub date: String,
    pub place: String,
    pub day: String,
    pub at: String,
    pub zone: String,
    pub from: String,
    pub until: String,
    pub working_days_of: String,
    pub calendars: Vec<Choice>,
    pub paused: bool,
    /// The next times, in words.
    pub next: Vec<String>,
    /// Its last ticket: number, address, when it was due.
    pub last: Option<(String, String, Instant)>,
    /// Why the last one could not be lodged, and when it was due.
    pub trouble: Option<(String, Instant)>,
    /// What is wrong, by the name of the field.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/recurring-tickets/new` and `/agent/admin/recurring-tickets/{recurring}`.
pub fn form_page(view: &RecurringFormView) -> Markup {
    let title = if view.title.is_empty() { t!("recurring-add") } else { &view.title };
    shell(
        &view.frame,
        RECURRING,
        title,
        html! {
            div { (breadcrumb(&[(RECURRING.name.text(), RECURRING.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            @if let Some((why, due)) = &view.trouble {
                (problem(Some(t!("recurring-trouble", why = why.as_str()).as_str())))
                p.hint { (marked!("recurring-was-due", when = moment(*due, view.frame.now))) }
            }
            @if let Some((number, href, due)) = &view.last {
                p.hint { (marked!("recurring-last", ticket = html! { a href=(href) { (number) } }, when = moment(*due, view.frame.now))) }
            }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                form.form method="post" action={ (view.action) "/lodge" } {
                    (view.frame.csrf())
                    p.hint { (t!("recurring-lodge-hint")) }
                    div.send { (Button::submit(t!("recurring-lodge"))) }
                }
                (removal(&view.frame, &format!("{}/delete", view.action), t!("recurring-stays"), t!("recurring-delete"), html! {}))
            }
        },
    )
}

fn form(view: &RecurringFormView) -> Markup {
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let text =
        |name, label, value, hint| Field { name, label, value, hint, error: error(name), autocomplete: Some("off"), ..Field::default() };
    let must = |it| Field { required: true, ..it };
    let choices = |all: &[(&str, &'static str)]| all.iter().map(|it| Choice::new(it.0, it.1)).collect::<Vec<_>>();
    let rhythms = choices(&[
        ("daily", t!("recurring-daily")),
        ("weekly", t!("recurring-weekly")),
        ("date", t!("recurring-monthly-date")),
        ("day", t!("recurring-monthly-day")),
    ]);
    let places = choices(&[
        ("1", t!("recurring-first")),
        ("2", t!("recurring-second")),
        ("3", t!("recurring-third")),
        ("4", t!("recurring-fourth")),
        ("5", t!("recurring-place-last")),
    ]);
    let mut days: Vec<Choice> = view.days.iter().map(|it| Choice::new(it.value.as_str(), it.label.as_str())).collect();
    days.insert(0, Choice::new("weekday", t!("recurring-weekday")));
    html! {
        form.form.wide.recurring id="recurring" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { chars_max: Some(100), ..must(text("name", t!("recurring-name"), &view.name, None)) }))
                (select(must(text("template", t!("recurring-template"), &view.template, Some(t!("recurring-template-hint")))), &view.templates))
                (input("text", must(text("requester", t!("recurring-requester"), &view.requester, Some(t!("recurring-requester-hint"))))))
                h2 { (t!("recurring-when")) }
                (select(must(text("rhythm", t!("recurring-rhythm"), &view.rhythm, None)), &rhythms))
                (input("number", must(text("every", t!("recurring-every"), &view.every, Some(t!("recurring-every-hint"))))))
                div.when-weekly { (ticks("days", t!("recurring-days"), error("days"), &view.days)) }
                div.when-date { (input("number", text("date", t!("recurring-date"), &view.date, Some(t!("recurring-date-hint"))))) }
                div.when-day {
                    (select(text("place", t!("recurring-place"), &view.place, None), &places))
                    (select(text("day", t!("recurring-day"), &view.day, None), &days))
                }
                (input("time", must(text("at", t!("recurring-at"), &view.at, Some(t!("recurring-at-hint"))))))
                (zone_field(must(text("timeZone", t!("recurring-zone"), &view.zone, None))))
                (select(text("workingDaysOf", t!("recurring-working-days"), &view.working_days_of, Some(t!("recurring-working-days-hint"))), &view.calendars))
                (input("date", must(text("from", t!("recurring-from"), &view.from, Some(t!("recurring-from-hint"))))))
                (input("date", text("until", t!("recurring-until"), &view.until, None)))
                (checkbox("paused", t!("recurring-pause"), Some(t!("recurring-pause-hint")), view.paused))
                section.panel.next-times aria-live="polite" {
                    h2 { (t!("recurring-next-times")) }
                    @if view.next.is_empty() { p { (t!("recurring-never")) } }
                    @else { ol { @for it in &view.next { li { (it) } } } }
                }
                @if view.may_change {
                    div.send {
                        (Button::submit(if view.title.is_empty() { t!("recurring-make") } else { t!("tools-save") }).primary())
                        (Button::submit_as(t!("recurring-look"), "look", "dates"))
                    }
                }
            }
        }
    }
}
