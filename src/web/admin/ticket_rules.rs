//! What happens to tickets by itself: when they end, whether people are asked how it was, what is taken for the same matter.

use maud::{Markup, html};

use super::shell::{TICKET_RULES, Tick, problem, shell, ticks};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Field, checkbox, input},
            moment::moment,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
        tongue::t,
    },
};

/// A number of the form.
#[derive(Debug, Clone, Default)]
pub struct Number {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub value: String,
    pub error: Option<String>,
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct TicketRulesView {
    pub frame: Frame,
    pub may_change: bool,
    pub closing: Vec<Number>,
    pub survey: bool,
    pub stars: bool,
    /// Queues about whose tickets nobody is asked.
    pub queues: Vec<Tick>,
    pub alike: bool,
    pub alike_numbers: Vec<Number>,
    pub join_later: bool,
    pub from_monitoring: bool,
    /// What would happen within a week under the numbers of the form.
    pub forecast: ForecastView,
    pub error: Option<String>,
}

/// A ticket that is about to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastLine {
    pub number: String,
    pub title: String,
    pub told_at: Option<Instant>,
    pub closed_at: Instant,
}

/// What would be closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForecastView {
    /// The numbers are not those that hold.
    pub is_trial: bool,
    pub rows: Vec<ForecastLine>,
    /// Requesters are told before.
    pub tells: bool,
    /// There are more than are shown.
    pub more: bool,
    /// Some may not be seen by the reader.
    pub narrowed: bool,
}

/// The page at `/agent/admin/ticket-rules`.
pub fn page(view: &TicketRulesView) -> Markup {
    let about = t!("ticket-rules-how-ticket-ends-how");
    shell(
        &view.frame,
        TICKET_RULES,
        TICKET_RULES.name.text(),
        html! {
            (page_header(TICKET_RULES.name.text(), Some(about), None))
            form.form id="ticket-rules" method="post" action=(TICKET_RULES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { (t!("ticket-rules-closing")) }
                    (numbers(&view.closing))
                    (forecast(view))
                    h2 { (t!("ticket-rules-how")) }
                    (checkbox("survey", t!("ticket-rules-ask-mail-says-ticket"), Some(t!("ticket-rules-good-not-word-if")), view.survey))
                    (checkbox("stars", t!("ticket-rules-ask-one-five-stars"), Some(t!("ticket-rules-four-five-count-good")), view.stars))
                    @if !view.queues.is_empty() { (ticks("silent", t!("ticket-rules-ask-nobody-about-tickets"), None, &view.queues)) }
                    h2 { (t!("ticket-rules-alike-tickets-outages")) }
                    (checkbox("alike", t!("ticket-rules-suggest-tickets-may-about"), Some(t!("ticket-rules-while-somebody-writes-when")), view.alike))
                    (numbers(&view.alike_numbers))
                    (checkbox("joinLater", t!("ticket-rules-put-later-tickets-surely"), Some(t!("ticket-rules-otherwise-they-proposed-whoever")), view.join_later))
                    (checkbox("fromMonitoring", t!("ticket-rules-ticket-monitoring-tagged-outage"), None, view.from_monitoring))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}

/// What the numbers mean for the tickets that there are.
fn forecast(view: &TicketRulesView) -> Markup {
    let (it, now) = (&view.forecast, view.frame.now);
    let told = it.tells.then_some(t!("forecast-told"));
    let headings = [Some(t!("word-ticket")), told, Some(t!("forecast-closed"))];
    let columns: Vec<Column> = headings.into_iter().flatten().map(|heading| Column { heading, numeric: false }).collect();
    let row = |line: &ForecastLine| {
        let told = || html! { @if let Some(at) = line.told_at { (moment(at, now)) } @else { (t!("forecast-was-told")) } };
        let ticket = html! { a href={ "/agent/tickets/" (line.number) } { (line.number) } " " (line.title) };
        [Some(ticket), it.tells.then(told), Some(moment(line.closed_at, now))].into_iter().flatten().collect()
    };
    let rows: Vec<Vec<Markup>> = it.rows.iter().map(row).collect();
    html! {
        section.panel id="forecast" aria-labelledby="forecast-title" {
            h3 id="forecast-title" { @if it.is_trial { (t!("forecast-trial")) } @else { (t!("forecast-title")) } }
            @if rows.is_empty() { p { (t!("forecast-none")) } } @else { (table(t!("word-tickets"), &columns, &rows)) }
            @if it.more { p.hint { (t!("forecast-more")) } }
            @if it.narrowed { p.hint { (t!("forecast-narrowed")) } }
            @if view.may_change { div { (Button::submit_as(t!("forecast-try"), "try", "yes")) } }
        }
    }
}

fn numbers(all: &[Number]) -> Markup {
    html! {
        @for it in all {
            (input("number", Field {
                name: it.name, label: it.label, value: &it.value, hint: Some(it.hint).filter(|it| !it.is_empty()), error: it.error.as_deref(), required: true, ..Field::default()
            }))
        }
    }
}
