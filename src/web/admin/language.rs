//! In which language and time zone people read who say none.

use maud::{Markup, html};

use super::shell::{LANGUAGE, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Choice, Field, select},
        page_header::page_header,
        zone_field::zone_field,
    },
    layout::Frame,
    tongue::t,
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct DeskLanguageView {
    pub frame: Frame,
    pub may_change: bool,
    /// A tag; empty leaves it to each browser.
    pub language: String,
    pub languages: Vec<Choice>,
    pub time_zone: String,
    pub zone_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/language`; sends `language`, `timeZone` and `csrf`.
pub fn page(view: &DeskLanguageView) -> Markup {
    let name = LANGUAGE.name.text();
    let language = Field {
        name: "language",
        label: t!("desk-language-language"),
        value: &view.language,
        hint: Some(t!("desk-language-language-hint")),
        ..Field::default()
    };
    let zone = Field {
        name: "timeZone",
        label: t!("word-time-zone"),
        value: &view.time_zone,
        hint: Some(t!("desk-language-zone-hint")),
        error: view.zone_error.as_deref(),
        required: true,
        autocomplete: Some("off"),
        ..Field::default()
    };
    shell(
        &view.frame,
        LANGUAGE,
        name,
        html! {
            (page_header(name, Some(t!("desk-language-about")), None))
            form.form id="language-form" method="post" action=(LANGUAGE.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (select(language, &view.languages))
                    (zone_field(zone))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
