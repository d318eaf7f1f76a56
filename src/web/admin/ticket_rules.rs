//! What happens to tickets by itself: when they end, whether people are asked how it was, what is taken for the same matter.

use maud::{Markup, html};

use super::shell::{TICKET_RULES, Tick, problem, shell, ticks};
use crate::web::{
    components::{
        button::Button,
        field::{Field, checkbox, input},
        page_header::page_header,
    },
    layout::Frame,
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
    pub error: Option<String>,
}

/// The page at `/agent/admin/ticket-rules`.
pub fn page(view: &TicketRulesView) -> Markup {
    let about = "How a ticket ends, how people say how it was, and what the desk makes of tickets that are alike.";
    shell(
        &view.frame,
        TICKET_RULES,
        TICKET_RULES.name,
        html! {
            (page_header(TICKET_RULES.name, Some(about), None))
            form.form id="ticket-rules" method="post" action=(TICKET_RULES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { "Closing" }
                    (numbers(&view.closing))
                    h2 { "How it was" }
                    (checkbox("survey", "Ask in the mail that says that a ticket is solved", Some("Good or not, with a word if they like. The link is good for 30 days."), view.survey))
                    (checkbox("stars", "Ask for one to five stars instead", Some("Four and five count as good."), view.stars))
                    @if !view.queues.is_empty() { (ticks("silent", "Ask nobody about tickets in", None, &view.queues)) }
                    h2 { "Alike tickets and outages" }
                    (checkbox("alike", "Suggest tickets that may be about the same", Some("While somebody writes, and when a ticket arrives. People see only what they may see anyhow."), view.alike))
                    (numbers(&view.alike_numbers))
                    (checkbox("joinLater", "Put later tickets that are surely alike into a declared outage", Some("Otherwise they are proposed. Whoever asked is told once."), view.join_later))
                    (checkbox("fromMonitoring", "A ticket of monitoring that is tagged outage declares one", None, view.from_monitoring))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
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
