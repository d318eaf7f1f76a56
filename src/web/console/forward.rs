//! Asking a third party: a mail to a supplier or another desk, which stays on the ticket as a note.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    admin::shell::{Tick, ticks},
    components::{
        badge::Tone,
        banner::{Banner, banner},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, input, textarea},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

#[derive(Debug, Clone, Default)]
pub struct ForwardView {
    pub frame: Frame,
    pub rail: RailView,
    pub number: String,
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub body: String,
    /// The files of the ticket.
    pub files: Vec<Tick>,
    /// What is wrong, by field.
    pub errors: std::collections::BTreeMap<String, String>,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/forward`.
pub fn page(view: &ForwardView) -> Markup {
    let back = format!("/agent/tickets/{}", view.number);
    let error = |name: &str| view.errors.get(name).map(String::as_str);
    shell(
        &view.frame,
        &view.rail,
        t!("forward-forward"),
        html! {
            section.pane-list.forward aria-label=(t!("forward-forward")) {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], t!("forward-forward"))) (page_header(t!("forward-ask-third-party"), Some(t!("forward-goes-out-mail-stays")), None)) }
                    @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                    form.form method="post" action={ (back) "/forward" } enctype="multipart/form-data" {
                        (view.frame.csrf())
                        (input("text", Field { name: "to", label: t!("forward-to"), value: &view.to, hint: Some(t!("forward-addresses-commas-between-them")), error: error("to"), required: true, ..Field::default() }))
                        (input("text", Field { name: "cc", label: t!("word-cc"), value: &view.cc, error: error("cc"), ..Field::default() }))
                        (input("text", Field { name: "subject", label: t!("word-subject"), value: &view.subject, hint: Some(t!("forward-tickets-number-added")), error: error("subject"), required: true, ..Field::default() }))
                        (textarea(Field { name: "body", label: t!("forward-message"), value: &view.body, hint: Some(t!("forward-below-your-words-stands")), error: error("body"), required: true, formatted: true, ..Field::default() }))
                        @if !view.files.is_empty() { (ticks("attach", t!("forward-files-ticket"), None, &view.files)) }
                        div.send { (Button::submit(t!("word-send")).primary()) (Button::link(t!("forward-do-not-send"), &back).quiet()) }
                    }
                }
            }
        },
    )
}
