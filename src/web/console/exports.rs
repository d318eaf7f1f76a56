//! Files of lists: what one is to be made of, and those that were ordered, with how far they are.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::{
    desk::query::Total,
    limits,
    time::Instant,
    web::{
        admin::shell::{Tick, ticks},
        components::{
            button::Button,
            empty_state::empty_state,
            field::{Field, cards, input},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            status_pill::Category,
        },
        layout::Frame,
        tongue::{self, Phrase, phrase, t},
    },
};

/// The address of the page.
pub const EXPORTS: &str = "/agent/exports";

const FILES: [(&str, Phrase, Phrase); 2] = [
    ("csv", phrase!("export-format-csv"), phrase!("export-format-csv-hint")),
    ("parquet", phrase!("export-format-parquet"), phrase!("export-format-parquet-hint")),
];

/// How an order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Waiting,
    /// Rows that are written, of how many, and how long the rest will take, in seconds.
    Running {
        rows: u64,
        total: u64,
        left: Option<u64>,
    },
    /// Rows, and bytes.
    Done {
        rows: u64,
        size: u64,
    },
    Failed(String),
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    pub id: String,
    pub filename: String,
    /// Empty: every ticket.
    pub query: String,
    pub standing: Standing,
    pub ordered: Instant,
    pub ends: Instant,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ExportsView {
    pub frame: Frame,
    pub rail: RailView,
    pub query: String,
    pub query_error: Option<String>,
    pub sort: String,
    /// How many tickets the query finds; none if it does not parse.
    pub count: Option<Total>,
    pub columns: Vec<Tick>,
    pub columns_error: Option<String>,
    pub format: String,
    pub rows: Vec<ExportRow>,
}

/// The page at `/agent/exports`.
pub fn page(view: &ExportsView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        t!("export-title"),
        html! {
            section.pane-list.forward aria-label=(t!("export-title")) {
                div.found {
                    (page_header(t!("export-title"), None, None))
                    (form(view))
                    (orders(view))
                }
            }
        },
    )
}

fn form(view: &ExportsView) -> Markup {
    let counted = |count: usize| {
        let name = if view.query.is_empty() { t!("export-of-all") } else { view.query.as_str() };
        t!("export-of", count = count, name = name)
    };
    html! {
        form.form method="post" action=(EXPORTS) {
            (view.frame.csrf())
            input type="hidden" name="sort" value=(view.sort);
            (input("text", Field { name: "q", label: t!("export-what-query"), value: &view.query, hint: Some(t!("export-what-query-hint")), error: view.query_error.as_deref(), chars_max: Some(4096), autocomplete: Some("off"), ..Field::default() }))
            @if let Some(it) = view.count { p { strong { (if it.is_bound { t!("export-at-least", count = it.count) } else { counted(it.count) }) } } }
            (cards(Field { name: "format", label: t!("export-what-format"), value: &view.format, required: true, ..Field::default() }, "", &FILES))
            details.fold {
                summary { (t!("export-what-columns")) }
                (ticks("column", t!("export-what-columns"), None, &view.columns))
            }
            @if let Some(it) = &view.columns_error { p.error role="alert" { (it) } }
            div.decisions {
                (Button::submit(t!("export-order")).primary())
                (Button::submit_as(t!("export-now"), "how", "now").icon(Icon::File))
            }
            p.hint { (t!("export-order-hint", days = limits::LIST_FILE_DAYS)) }
        }
    }
}

/// Those that were ordered; `id="exports"`, live on one's own topic.
fn orders(view: &ExportsView) -> Markup {
    let goes_on = view.rows.iter().any(|it| matches!(it.standing, Standing::Waiting | Standing::Running { .. }));
    html! {
        section id="exports" aria-labelledby="exports-mine" data-live="me" data-live-src=(EXPORTS) data-live-goes-on[goes_on] {
            h2 id="exports-mine" { (t!("export-mine")) }
            @if view.rows.is_empty() { (empty_state(Icon::File, t!("export-none"), t!("export-none-hint"), None)) }
            @else { ul.export-list { @for it in &view.rows { (order(&view.frame, it)) } } }
        }
    }
}

fn order(frame: &Frame, it: &ExportRow) -> Markup {
    let gone = if matches!(it.standing, Standing::Waiting | Standing::Running { .. }) { t!("export-stop") } else { t!("export-drop") };
    html! {
        li {
            div {
                strong { (it.filename) }
                p.hint { @if it.query.is_empty() { (t!("export-of-all")) } @else { code { (it.query) } } " · " (moment(it.ordered, frame.now)) }
                (standing(it))
            }
            div.decisions {
                @if matches!(it.standing, Standing::Done { .. }) { (Button::link(t!("export-download"), &format!("/v1/exports/{}/file", it.id)).icon(Icon::File)) }
                form method="post" action={ (EXPORTS) "/" (it.id) "/drop" } { (frame.csrf()) (Button::submit(gone).quiet()) }
            }
        }
    }
}

fn standing(it: &ExportRow) -> Markup {
    let count = |it: u64| tongue::number(i64::try_from(it).unwrap_or(i64::MAX));
    let pill = |category: Category, name: &str| crate::web::components::status_pill::status(category, name);
    html! {
        p role="status" {
            @match &it.standing {
                Standing::Waiting => (pill(Category::New, t!("export-state-waiting"))),
                Standing::Running { rows, total, left } => {
                    (pill(Category::Active, t!("export-state-running")))
                    " " progress max=(total.max(&1)) value=(rows) aria-label=(t!("export-state-running")) {}
                    " " span.count { (t!("export-progress", done = count(*rows), total = count(*total))) }
                    @if let Some(left) = left { ", " (t!("export-left", time = tongue::lasting(i64::try_from(*left).unwrap_or(i64::MAX)))) }
                }
                Standing::Done { rows, size } => {
                    (pill(Category::Resolved, t!("export-state-done")))
                    " " (t!("export-rows", count = *rows, size = tongue::bytes(*size))) ", " (t!("export-until", day = tongue::day(it.ends)))
                }
                Standing::Failed(why) => { (pill(Category::Waiting, t!("export-state-failed"))) " " (why) }
            }
        }
    }
}
