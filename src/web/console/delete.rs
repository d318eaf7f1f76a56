//! Before a ticket is deleted: what goes, and its number typed by whoever means it.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, input},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

#[derive(Debug, Clone, Default)]
pub struct DeleteView {
    pub frame: Frame,
    pub rail: RailView,
    pub number: String,
    pub title: String,
    pub version: u64,
    /// What was typed, if it was something else.
    pub typed: String,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/delete`; sends `number` and `version` to the same address.
pub fn page(view: &DeleteView) -> Markup {
    let back = format!("/agent/tickets/{}", view.number);
    let title = t!("delete-title", number = view.number.as_str());
    let hint = t!("delete-type-number", number = view.number.as_str());
    let field = Field {
        name: "number",
        label: t!("delete-number"),
        value: &view.typed,
        hint: Some(&hint),
        error: view.error.as_deref(),
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        ..Field::default()
    };
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], t!("delete-delete"))) (page_header(&title, Some(&view.title), None)) }
                    form.form method="post" action={ (back) "/delete" } {
                        (view.frame.csrf())
                        input type="hidden" name="version" value=(view.version);
                        p { (t!("delete-follows")) }
                        (input("text", field))
                        div.send { (Button::submit(t!("delete-delete")).danger()) (Button::link(t!("delete-leave"), &back).quiet()) }
                    }
                }
            }
        },
    )
}
