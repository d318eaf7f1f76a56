//! One message of a ticket: how it came and why it is here, its bytes, and where else it could go.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Field, input},
            icon::Icon,
            moment::moment,
            page_header::page_header,
        },
        layout::Frame,
    },
};

/// A move that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRow {
    pub action: String,
    /// What was done, in a sentence.
    pub what: String,
    pub at: Instant,
}

#[derive(Debug, Clone, Default)]
pub struct MessageView {
    pub frame: Frame,
    pub rail: RailView,
    /// Number and address of the ticket.
    pub number: String,
    pub ticket: String,
    /// The address of the message; forms are sent below it.
    pub address: String,
    pub facts: Vec<(&'static str, String)>,
    /// Questions and answers.
    pub steps: Vec<(String, String)>,
    pub has_raw: bool,
    pub may_move: bool,
    /// It may become a ticket of its own.
    pub may_split: bool,
    /// It is the ticket's own text: moving it takes the ticket away.
    pub first: bool,
    pub to: String,
    pub moves: Vec<MoveRow>,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/messages/{message}`.
pub fn page(view: &MessageView) -> Markup {
    let title = format!("A message of {}", view.number);
    let raw_address = format!("{}/raw", view.address);
    let raw = html! { (Button::link("The raw mail", &raw_address).icon(Icon::File)) };
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            div.found {
                div { (breadcrumb(&[(&view.number, &view.ticket)], "A message")) (page_header(&title, None, view.has_raw.then_some(raw))) }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                section.panel aria-label="How it came" {
                    h2 { "How it came" }
                    dl.answers { @for (name, value) in &view.facts { @if !value.is_empty() { dt { (name) } dd { (value) } } } }
                }
                @if !view.steps.is_empty() {
                    section.panel aria-label="Why it is here" {
                        h2 { "Why it is here" }
                        dl.answers { @for (question, answer) in &view.steps { dt { (question) } dd { (answer) } } }
                    }
                }
                @if view.may_move { (elsewhere(view)) }
                @if !view.moves.is_empty() { (undo(view)) }
            }
        },
    )
}

fn elsewhere(view: &MessageView) -> Markup {
    let hint = if view.first {
        "The number of the ticket it belongs to. This ticket is deleted then, and comes back if you undo it."
    } else {
        "The number of the ticket it belongs to. Its files and answers to it go along."
    };
    let field = Field {
        name: "ticket",
        label: "Move it to",
        value: &view.to,
        hint: Some(hint),
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        section.panel aria-label="It belongs elsewhere" {
            h2 { "It belongs elsewhere" }
            form.form method="post" action={ (view.address) "/move" } { (view.frame.csrf()) (input("text", field)) div.send { (Button::submit("Move it").primary()) } }
            @if view.may_split {
                form.form method="post" action={ (view.address) "/split" } {
                    (view.frame.csrf())
                    p { "Or make a ticket of its own of it; its writer becomes the requester, and nobody is told." }
                    div.send { (Button::submit("Split it off")) }
                }
            }
        }
    }
}

fn undo(view: &MessageView) -> Markup {
    html! {
        section.panel aria-label="What was moved" {
            h2 { "What was moved" }
            ul.moves { @for it in &view.moves {
                li { form method="post" action=(it.action) { (view.frame.csrf()) (it.what) " " (moment(it.at, view.frame.now)) " " (Button::submit("Undo").quiet()) } }
            } }
        }
    }
}
