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
        "Forward",
        html! {
            section.pane-list.forward aria-label="Forward" {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], "Forward")) (page_header("Ask a third party", Some("It goes out as a mail and stays here as an internal note. Answers come back to this ticket; the requester sees neither."), None)) }
                    @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                    form.form method="post" action={ (back) "/forward" } enctype="multipart/form-data" {
                        (view.frame.csrf())
                        (input("text", Field { name: "to", label: "To", value: &view.to, hint: Some("Addresses, with commas between them."), error: error("to"), required: true, ..Field::default() }))
                        (input("text", Field { name: "cc", label: "Cc", value: &view.cc, error: error("cc"), ..Field::default() }))
                        (input("text", Field { name: "subject", label: "Subject", value: &view.subject, hint: Some("The ticket's number is added."), error: error("subject"), required: true, ..Field::default() }))
                        (textarea(Field { name: "body", label: "Message", value: &view.body, hint: Some("Below your words stands what was said in public; take away what is nobody's business."), error: error("body"), required: true, ..Field::default() }))
                        @if !view.files.is_empty() { (ticks("attach", "Files of the ticket", None, &view.files)) }
                        div.send { (Button::submit("Send").primary()) (Button::link("Do not send", &back).quiet()) }
                    }
                }
            }
        },
    )
}
