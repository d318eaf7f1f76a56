//! Satisfaction: how people found the work, in numbers and plain bars, by agent, queue, day or week.

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
    tongue::{self, Phrase, marked, phrase, t},
};

/// Votes of one line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VotesRow {
    pub name: String,
    pub good: u32,
    pub bad: u32,
    /// In percent, without decimals.
    pub percent: Option<u8>,
    /// The mean of stars, such as `4.2`.
    pub stars: Option<String>,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SatisfactionView {
    pub frame: Frame,
    pub rail: RailView,
    /// Dates, as the form sends them.
    pub from: String,
    pub to: String,
    /// `agent`, `queue`, `day` or `week`.
    pub by: String,
    pub total: VotesRow,
    pub rows: Vec<VotesRow>,
    pub error: Option<String>,
}

const BY: [(&str, Phrase); 4] = [
    ("agent", phrase!("satisfaction-agent")),
    ("queue", phrase!("word-queue")),
    ("day", phrase!("satisfaction-day")),
    ("week", phrase!("satisfaction-week")),
];

/// The page at `/agent/satisfaction`; its form asks with `from`, `to` and `by`.
pub fn page(view: &SatisfactionView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        t!("satisfaction-satisfaction"),
        html! {
            section.pane-list.forward aria-label=(t!("satisfaction-satisfaction")) {
                div.found {
                    (page_header(t!("satisfaction-satisfaction"), Some(t!("satisfaction-what-people-said-work")), None))
                    (form(view))
                    @if view.total.good + view.total.bad == 0 {
                        (empty_state(Icon::Check, t!("satisfaction-nobody-said-anything-yet"), t!("satisfaction-people-asked-mail-says"), None))
                    } @else {
                        p.total { (marked!("satisfaction-found-good", percent = html! { strong { (percent(&view.total)) } }, bad = view.total.good + view.total.bad)) @if let Some(it) = &view.total.stars { " " (marked!("satisfaction-stars-average", it = it)) } }
                        (rows(view))
                    }
                }
            }
        },
    )
}

fn form(view: &SatisfactionView) -> Markup {
    let by: Vec<Choice> = BY.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    let date = |name, label, value| input("date", Field { name, label, value, required: true, ..Field::default() });
    html! {
        form.asks method="get" action="/agent/satisfaction" {
            (date("from", t!("satisfaction-from"), &view.from))
            (input("date", Field { name: "to", label: t!("satisfaction-to"), value: &view.to, error: view.error.as_deref(), required: true, ..Field::default() }))
            (select(Field { name: "by", label: t!("satisfaction-by"), value: &view.by, required: true, ..Field::default() }, &by))
            (Button::submit(t!("satisfaction-show")))
        }
    }
}

fn percent(it: &VotesRow) -> String {
    it.percent.map_or_else(|| "–".to_owned(), tongue::percent)
}

fn rows(view: &SatisfactionView) -> Markup {
    let heading = BY.iter().find(|it| it.0 == view.by).map_or("", |it| it.1.text());
    let number = |heading| Column { heading, numeric: true };
    let mut columns = vec![Column { heading, numeric: false }, number(t!("satisfaction-good")), number(t!("satisfaction-not-good"))];
    let starred = view.total.stars.is_some();
    columns.extend(starred.then(|| number(t!("satisfaction-stars"))));
    columns.push(Column { heading: t!("satisfaction-share-good"), numeric: false });
    let row = |it: &VotesRow| {
        let mut cells = vec![html! { (it.name) }, html! { (it.good) }, html! { (it.bad) }];
        cells.extend(starred.then(|| html! { (it.stars.as_deref().unwrap_or("–")) }));
        cells.push(html! { span.share { meter min="0" max="100" value=(it.percent.unwrap_or(0)) aria-label=(t!("satisfaction-share-good-2", percent = percent(it))) {} span { (percent(it)) } } });
        cells
    };
    table(&t!("satisfaction-satisfaction-2", by = heading), &columns, &view.rows.iter().map(row).collect::<Vec<_>>())
}
