//! A macro that is made or changed: what it does, one action after the other, and on which tickets it is offered.

use maud::{Markup, html};

use super::{
    shell::{RailView, shell},
    tools::{MACROS, SharingView, sharing},
};
use crate::web::tongue::t;
use crate::web::{
    admin::shell::{problem, removal},
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        field::{Choice, Field, input, options},
        page_header::page_header,
    },
    layout::Frame,
};

/// One action of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionRow {
    /// Empty for a line that nobody has filled in.
    pub kind: String,
    pub value: String,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct MacroFormView {
    pub frame: Frame,
    pub rail: RailView,
    pub action: String,
    /// The macro's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub name_error: Option<String>,
    pub about: String,
    pub when: String,
    pub when_error: Option<String>,
    pub actions: Vec<ActionRow>,
    pub kinds: Vec<Choice>,
    /// What each kind wants for a value: its name and a word.
    pub hints: Vec<(String, String)>,
    /// Names that stand for something, and for what.
    pub placeholders: Vec<(String, String)>,
    pub position: String,
    pub sharing: SharingView,
    pub error: Option<String>,
}

/// The pages at `/agent/macros/new` and `/agent/macros/{macro}`; sends `name`, `about`, `when`, `kind` and `value` (each once per action),
/// `sharing`, `team`, `position`, `version` and `csrf`.
pub fn page(view: &MacroFormView) -> Markup {
    let title = if view.title.is_empty() { MACROS.add.text() } else { &view.title };
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            div.found {
                div { (breadcrumb(&[(MACROS.name.text(), MACROS.href)], title)) (page_header(title, None, None)) }
                (problem(view.error.as_deref()))
                (form(view))
                @if !view.title.is_empty() && view.may_change {
                    (removal(&view.frame, &format!("{}/delete", view.action), t!("tools-macro-stays"), t!("tools-macro-delete"), html! {}))
                }
            }
        },
    )
}

fn form(view: &MacroFormView) -> Markup {
    html! {
        form.form.wide id="macro" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("tools-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "about", label: t!("tools-purpose"), value: &view.about, chars_max: Some(255), autocomplete: Some("off"), ..Field::default() }))
                h2 { (t!("tools-does")) }
                div.conditions { @for (at, it) in view.actions.iter().enumerate() { (action(view, at, it)) } }
                p.hint { (t!("tools-does-hint")) }
                details {
                    summary { (t!("tools-values")) }
                    dl.facts { @for (name, about) in &view.hints { dt { (name) } dd { (about) } } }
                    dl.facts { @for (name, about) in &view.placeholders { dt { code { "{{" (name) "}}" } } dd { (about) } } }
                }
                (input("text", Field { name: "when", label: t!("tools-offered"), value: &view.when, error: view.when_error.as_deref(), hint: Some(t!("tools-offered-hint")), autocomplete: Some("off"), ..Field::default() }))
                (sharing(&view.sharing))
                (input("number", Field { name: "position", label: t!("tools-place"), value: &view.position, hint: Some(t!("tools-macros-place")), ..Field::default() }))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { MACROS.add.text() } else { t!("tools-save") }).primary()) } }
            }
        }
    }
}

fn action(view: &MacroFormView, at: usize, it: &ActionRow) -> Markup {
    let number = at + 1;
    let error = format!("action-{number}-error");
    html! {
        div.macro-action role="group" aria-label=(t!("tools-action-number", number = number.to_string())) {
            select.control name="kind" aria-label=(t!("tools-action-kind", number = number.to_string())) { option value="" selected[it.kind.is_empty()] { "—" } (options(&view.kinds, &it.kind)) }
            textarea.control name="value" rows="1" aria-label=(t!("tools-action-value", number = number.to_string())) aria-invalid=[it.error.as_ref().map(|_| "true")] aria-describedby=[it.error.as_ref().map(|_| error.as_str())] { (it.value) }
            @if let Some(text) = &it.error { p.error id=(error) { (text) } }
        }
    }
}
