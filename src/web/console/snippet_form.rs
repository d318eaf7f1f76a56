//! A ready-made text that is made or changed.

use maud::{Markup, html};

use super::{
    shell::{RailView, shell},
    tools::{SharingView, TEXTS, sharing},
};
use crate::web::tongue::t;
use crate::web::{
    admin::shell::{problem, removal},
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, input, textarea},
        page_header::page_header,
    },
    layout::Frame,
};

#[derive(Debug, Clone, Default)]
pub struct SnippetFormView {
    pub frame: Frame,
    pub rail: RailView,
    pub action: String,
    /// The text's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub shortcut: String,
    pub language: String,
    pub category: String,
    pub body: String,
    pub placeholders: Vec<(String, String)>,
    pub sharing: SharingView,
    /// What is wrong, by the name of the field.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
}

/// The pages at `/agent/texts/new` and `/agent/texts/{snippet}`.
pub fn page(view: &SnippetFormView) -> Markup {
    let title = if view.title.is_empty() { TEXTS.add.text() } else { &view.title };
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            div.found {
                div { (breadcrumb(&[(TEXTS.name.text(), TEXTS.href)], title)) (page_header(title, None, None)) }
                (problem(view.error.as_deref()))
                (form(view))
                @if !view.title.is_empty() && view.may_change {
                    (removal(&view.frame, &format!("{}/delete", view.action), t!("tools-text-stays"), t!("tools-text-delete"), html! {}))
                }
            }
        },
    )
}

fn form(view: &SnippetFormView) -> Markup {
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let text =
        |name, label, value, hint| Field { name, label, value, hint, error: error(name), autocomplete: Some("off"), ..Field::default() };
    html! {
        form.form.wide id="snippet" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { required: true, chars_max: Some(100), ..text("name", t!("tools-name"), &view.name, None) }))
                (textarea(Field { required: true, ..text("body", t!("tools-text"), &view.body, Some(t!("tools-text-hint"))) }))
                details { summary { (t!("tools-names")) } dl.facts { @for (name, about) in &view.placeholders { dt { code { "{{" (name) "}}" } } dd { (about) } } } }
                div.two {
                    (input("text", Field { chars_max: Some(40), ..text("shortcut", t!("tools-shortcut"), &view.shortcut, Some(t!("tools-shortcut-hint"))) }))
                    (input("text", Field { chars_max: Some(60), ..text("category", t!("tools-category"), &view.category, None) }))
                    (input("text", Field { chars_max: Some(10), ..text("language", t!("tools-language"), &view.language, Some(t!("tools-language-hint"))) }))
                }
                (sharing(&view.sharing))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { TEXTS.add.text() } else { t!("tools-save") }).primary()) } }
            }
        }
    }
}
