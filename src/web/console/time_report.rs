//! What was worked over some days, in sums and plain bars: by person, category, organization or ticket.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    components::{
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, input, select},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::{Phrase, marked, phrase, t},
};

/// One line: lengths as people read them, and its share of the longest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeRow {
    pub name: String,
    /// Where it leads; empty for nowhere.
    pub href: String,
    pub length: String,
    pub billable: String,
    /// Of all, in percent.
    pub percent: u8,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TimeReportView {
    pub frame: Frame,
    pub rail: RailView,
    /// Dates, as the form sends them.
    pub from: String,
    pub to: String,
    /// `person`, `category`, `organization` or `ticket`.
    pub by: String,
    /// `yes`, `no`, or empty for both.
    pub billable: String,
    pub total: String,
    pub total_billable: String,
    pub rows: Vec<TimeRow>,
    /// The same as a file.
    pub csv: String,
    /// There is more than a report counts.
    pub cut: bool,
    pub error: Option<String>,
}

const BY: [(&str, Phrase); 4] = [
    ("person", phrase!("time-by-person")),
    ("category", phrase!("time-category")),
    ("organization", phrase!("time-by-organization")),
    ("ticket", phrase!("word-ticket")),
];

const BILLABLE: [(&str, Phrase); 3] = [("", phrase!("time-all")), ("yes", phrase!("time-only-billable")), ("no", phrase!("time-only-not"))];

/// The page at `/agent/reports/time`; its form asks with `from`, `to`, `by` and `billable`.
pub fn page(view: &TimeReportView) -> Markup {
    let file = html! { @if !view.csv.is_empty() { (Button::link(t!("time-csv"), &view.csv).icon(Icon::File)) } };
    shell(
        &view.frame,
        &view.rail,
        t!("time-report"),
        html! {
            section.pane-list.forward aria-label=(t!("time-report")) {
                div.found {
                    (page_header(t!("time-report"), Some(t!("time-report-about")), Some(file)))
                    (form(view))
                    @if view.rows.is_empty() {
                        @if view.error.is_none() { (empty_state(Icon::Clock, t!("time-report-none"), t!("time-report-none-hint"), None)) }
                    } @else {
                        p.total { (marked!("time-report-total", length = html! { strong { (view.total) } }, billable = html! { strong { (view.total_billable) } })) }
                        @if view.cut { p.hint { (t!("time-report-cut")) } }
                        (rows(view))
                    }
                }
            }
        },
    )
}

fn form(view: &TimeReportView) -> Markup {
    let choices = |all: &[(&str, Phrase)]| all.iter().map(|(value, label)| Choice::new(*value, *label)).collect::<Vec<_>>();
    html! {
        form.asks method="get" action="/agent/reports/time" {
            (input("date", Field { name: "from", label: t!("satisfaction-from"), value: &view.from, error: view.error.as_deref(), required: true, ..Field::default() }))
            (input("date", Field { name: "to", label: t!("satisfaction-to"), value: &view.to, required: true, ..Field::default() }))
            (select(Field { name: "by", label: t!("satisfaction-by"), value: &view.by, required: true, ..Field::default() }, &choices(&BY)))
            div.field { label for="billable" { (t!("time-which")) } select.control id="billable" name="billable" { (crate::web::components::field::options(&choices(&BILLABLE), &view.billable)) } }
            (Button::submit(t!("satisfaction-show")))
        }
    }
}

fn rows(view: &TimeReportView) -> Markup {
    let heading = BY.iter().find(|it| it.0 == view.by).map_or("", |it| it.1.text());
    let number = |heading| Column { heading, numeric: true };
    let columns = [
        Column { heading, numeric: false },
        number(t!("time-worked")),
        number(t!("time-billable")),
        Column { heading: t!("time-share"), numeric: false },
    ];
    let row = |it: &TimeRow| {
        vec![
            html! { @if it.href.is_empty() { (it.name) } @else { a href=(it.href) { (it.name) } } },
            html! { (it.length) },
            html! { (it.billable) },
            html! { span.share { meter min="0" max="100" value=(it.percent) aria-label=(t!("time-share-of", name = it.name.as_str())) {} span { (crate::web::tongue::percent(it.percent)) } } },
        ]
    };
    table(&t!("time-report-by", by = heading), &columns, &view.rows.iter().map(row).collect::<Vec<_>>())
}
