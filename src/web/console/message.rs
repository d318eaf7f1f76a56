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
            field::{Field, checkbox, input, textarea},
            icon::Icon,
            moment::moment,
            page_header::page_header,
        },
        layout::Frame,
        tongue::t,
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
    /// Its text, where it may be edited.
    pub text: Option<String>,
    /// Words of it may be made unreadable.
    pub may_redact: bool,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/messages/{message}`.
pub fn page(view: &MessageView) -> Markup {
    let title = t!("message-message", number = view.number);
    let raw_address = format!("{}/raw", view.address);
    let raw = html! { (Button::link(t!("message-raw-mail"), &raw_address).icon(Icon::File)) };
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            div.found {
                div { (breadcrumb(&[(&view.number, &view.ticket)], t!("message-message-2"))) (page_header(&title, None, view.has_raw.then_some(raw))) }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                section.panel aria-label=(t!("message-how-came")) {
                    h2 { (t!("message-how-came")) }
                    dl.answers { @for (name, value) in &view.facts { @if !value.is_empty() { dt { (name) } dd { (value) } } } }
                }
                @if !view.steps.is_empty() {
                    section.panel aria-label=(t!("message-why-here")) {
                        h2 { (t!("message-why-here")) }
                        dl.answers { @for (question, answer) in &view.steps { dt { (question) } dd { (answer) } } }
                    }
                }
                @if let Some(text) = &view.text { (edit(view, text)) }
                @if view.may_redact { (redact(view)) }
                @if view.may_move { (elsewhere(view)) }
                @if !view.moves.is_empty() { (undo(view)) }
            }
        },
    )
}

fn elsewhere(view: &MessageView) -> Markup {
    let hint = if view.first { t!("message-number-ticket-belongs-ticket") } else { t!("message-number-ticket-belongs-files") };
    let field = Field {
        name: "ticket",
        label: t!("message-move"),
        value: &view.to,
        hint: Some(hint),
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        section.panel aria-label=(t!("message-belongs-elsewhere")) {
            h2 { (t!("message-belongs-elsewhere")) }
            form.form method="post" action={ (view.address) "/move" } { (view.frame.csrf()) (input("text", field)) div.send { (Button::submit(t!("message-move-2")).primary()) } }
            @if view.may_split {
                form.form method="post" action={ (view.address) "/split" } {
                    (view.frame.csrf())
                    p { (t!("message-make-ticket-own-writer")) }
                    div.send { (Button::submit(t!("message-split-off"))) }
                }
            }
        }
    }
}

fn edit(view: &MessageView, text: &str) -> Markup {
    let field = Field {
        name: "body",
        label: t!("amend-text"),
        value: text,
        hint: Some(t!("amend-edit-hint")),
        required: true,
        formatted: true,
        ..Field::default()
    };
    html! {
        section.panel aria-label=(t!("amend-edit")) {
            h2 { (t!("amend-edit")) }
            form.form method="post" action={ (view.address) "/edit" } { (view.frame.csrf()) (textarea(field)) div.send { (Button::submit(t!("amend-save")).primary()) } }
        }
    }
}

fn redact(view: &MessageView) -> Markup {
    let words = Field {
        name: "words",
        label: t!("amend-words"),
        hint: Some(t!("amend-words-hint")),
        autocomplete: Some("off"),
        ..Field::default()
    };
    let reason = Field {
        name: "reason",
        label: t!("amend-reason"),
        chars_max: Some(crate::limits::REASON_CHARS_MAX),
        autocomplete: Some("off"),
        ..Field::default()
    };
    html! {
        section.panel aria-label=(t!("amend-redact")) {
            h2 { (t!("amend-redact")) }
            p.hint { (t!("amend-redact-hint")) }
            form.form method="post" action={ (view.address) "/redact" } {
                (view.frame.csrf())
                (textarea(words))
                (checkbox("everywhere", t!("amend-everywhere"), None, false))
                (checkbox("whole", t!("amend-whole"), None, false))
                (input("text", reason))
                div.send { (Button::submit(t!("amend-redact-now"))) }
            }
        }
    }
}

fn undo(view: &MessageView) -> Markup {
    html! {
        section.panel aria-label=(t!("message-what-moved")) {
            h2 { (t!("message-what-moved")) }
            ul.moves { @for it in &view.moves {
                li { form method="post" action=(it.action) { (view.frame.csrf()) (it.what) " " (moment(it.at, view.frame.now)) " " (Button::submit(t!("word-undo")).quiet()) } }
            } }
        }
    }
}
