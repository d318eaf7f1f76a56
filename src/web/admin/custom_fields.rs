//! Fields of the desk's own: all of them, and one, with a preview of how it is asked.

use maud::{Markup, html};

use super::shell::{CUSTOM_FIELDS, LastChange, Tick, last_change, problem, removal, shell, ticks};
use crate::web::tongue::{marked, t};
use crate::{
    limits,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, input, select, textarea},
            icon::Icon,
            own_field::{OwnField, own_fields},
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// One field of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldRow {
    pub href: String,
    pub label: String,
    pub key: String,
    /// "One of a list".
    pub kind: String,
    /// Who sees and fills it, and when it must be filled in.
    pub asked: String,
    pub retired: bool,
}

#[derive(Debug, Clone, Default)]
pub struct FieldsView {
    pub frame: Frame,
    pub fields: Vec<FieldRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/fields`.
pub fn page(view: &FieldsView) -> Markup {
    let make = html! { (Button::link(t!("fields-add"), "/agent/admin/fields/new").primary().icon(Icon::Plus)) };
    let about = t!("fields-about");
    let columns =
        [t!("fields-field"), t!("fields-key"), t!("fields-type"), t!("fields-who")].map(|heading| Column { heading, numeric: false });
    let row = |it: &FieldRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.label) } @if it.retired { (badge(Tone::Plain, t!("fields-retired"))) } } },
            html! { code { "custom." (it.key) } },
            html! { (it.kind) },
            html! { (it.asked) },
        ]
    };
    shell(
        &view.frame,
        CUSTOM_FIELDS,
        CUSTOM_FIELDS.name.text(),
        html! {
            (page_header(CUSTOM_FIELDS.name.text(), Some(about), view.may_make.then_some(make)))
            @if view.fields.is_empty() { (empty_state(Icon::Tag, t!("fields-none"), t!("fields-none-hint"), None)) }
            @else { (table(CUSTOM_FIELDS.name.text(), &columns, &view.fields.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// What the form shows, and shows again after a preview or a refusal.
#[derive(Debug, Clone, Default)]
pub struct FieldFormView {
    pub frame: Frame,
    pub action: String,
    /// The field's present label; empty for a new one.
    pub title: String,
    pub version: String,
    pub retired: bool,
    pub may_change: bool,
    pub label: String,
    pub key: String,
    pub help: String,
    pub kind: String,
    pub types: Vec<Choice>,
    /// One a line, `value: Label`.
    pub options: String,
    pub need: String,
    pub needs: Vec<Choice>,
    pub audience: String,
    pub audiences: Vec<Choice>,
    pub kinds: Vec<Tick>,
    pub categories: Vec<Tick>,
    pub queues: Vec<Tick>,
    pub when_key: String,
    pub when_keys: Vec<Choice>,
    pub when_values: String,
    pub length_min: String,
    pub length_max: String,
    pub least: String,
    pub most: String,
    pub pattern: String,
    pub position: String,
    /// How it is asked.
    pub preview: Option<OwnField>,
    /// What is wrong, by the name of the field of the form.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/fields/new` and `/agent/admin/fields/{field}`; sends what it shows, `version`, `csrf`, and `try` when it is
/// only to be looked at.
pub fn form_page(view: &FieldFormView) -> Markup {
    let title = if view.title.is_empty() { t!("fields-add") } else { &view.title };
    shell(
        &view.frame,
        CUSTOM_FIELDS,
        title,
        html! {
            div { (breadcrumb(&[(CUSTOM_FIELDS.name.text(), CUSTOM_FIELDS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            @if let Some(it) = &view.preview { (preview(it)) }
            (form(view))
            @if !view.title.is_empty() && view.may_change { (retirement(view)) }
        },
    )
}

fn preview(it: &OwnField) -> Markup {
    html! {
        section.panel aria-labelledby="as-asked" {
            h2 id="as-asked" { (t!("fields-as-asked")) }
            @if let Some((.., words)) = &it.when { p.hint { (t!("tools-only-if", words = words)) } }
            // A form of its own that leads nowhere, so that it can be tried.
            div.form { (own_fields(&[OwnField { name: "preview".into(), when: None, kinds: Vec::new(), categories: Vec::new(), queues: Vec::new(), ..it.clone() }])) }
        }
    }
}

fn retirement(view: &FieldFormView) -> Markup {
    html! {
        @if view.retired {
            form.form method="post" action={ (view.action) "/retire" } { (view.frame.csrf()) input type="hidden" name="retired" value="no"; div.send { (Button::submit(t!("fields-back"))) } }
        } @else {
            form.form method="post" action={ (view.action) "/retire" } {
                (view.frame.csrf()) input type="hidden" name="retired" value="yes";
                p.hint { (t!("fields-retire-hint")) }
                div.send { (Button::submit(t!("fields-retire"))) }
            }
        }
        (removal(&view.frame, &format!("{}/delete", view.action), t!("fields-delete-hint"), t!("fields-delete"), html! {}))
    }
}

fn form(view: &FieldFormView) -> Markup {
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let text =
        |name, label, value, hint| Field { name, label, value, hint, error: error(name), autocomplete: Some("off"), ..Field::default() };
    let is_new = view.title.is_empty();
    html! {
        form.form.wide id="own-field" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { required: true, chars_max: Some(limits::FIELD_LABEL_CHARS_MAX), ..text("label", t!("fields-label"), &view.label, None) }))
                @if is_new {
                    (input("text", text("key", t!("fields-key"), &view.key, Some(t!("fields-key-hint")))))
                    (select(Field { required: true, ..text("type", t!("fields-type"), &view.kind, Some(t!("fields-type-hint"))) }, &view.types))
                } @else {
                    input type="hidden" name="type" value=(view.kind);
                    p { (marked!("fields-key-is", key = html! { code { "custom." (view.key) } }, kind = view.types.iter().find(|it| it.value == view.kind).map_or("", |it| it.label.as_str()))) }
                }
                (input("text", Field { chars_max: Some(limits::FIELD_HELP_CHARS_MAX), ..text("help", t!("fields-help"), &view.help, Some(t!("fields-help-hint"))) }))
                (textarea(text("options", t!("fields-choices"), &view.options, Some(t!("fields-choices-hint")))))
                h2 { (t!("fields-who")) }
                (select(Field { required: true, ..text("audience", t!("fields-audience"), &view.audience, None) }, &view.audiences))
                (select(Field { required: true, ..text("required", t!("fields-required"), &view.need, None) }, &view.needs))
                (ticks("kinds", t!("fields-kinds"), Some(t!("fields-none-ticked")), &view.kinds))
                @if !view.categories.is_empty() { (ticks("categories", t!("fields-categories"), Some(t!("fields-categories-hint")), &view.categories)) }
                @if !view.queues.is_empty() { (ticks("queues", t!("fields-queues"), Some(t!("fields-none-ticked")), &view.queues)) }
                (select(text("whenKey", t!("fields-when"), &view.when_key, None), &view.when_keys))
                (input("text", Field { error: error("when"), ..text("whenValues", t!("fields-when-values"), &view.when_values, Some(t!("fields-when-hint"))) }))
                h2 { (t!("fields-fits")) }
                div.two {
                    (input("number", text("lengthMin", t!("fields-length-min"), &view.length_min, None)))
                    (input("number", text("lengthMax", t!("fields-length-max"), &view.length_max, None)))
                    (input("text", text("least", t!("fields-least"), &view.least, None)))
                    (input("text", text("most", t!("fields-most"), &view.most, None)))
                }
                (input("text", text("pattern", t!("fields-pattern"), &view.pattern, Some(t!("fields-pattern-hint")))))
                (input("number", text("position", t!("fields-order"), &view.position, Some(t!("fields-order-hint")))))
                @if view.may_change {
                    div.send {
                        (Button::submit(if is_new { t!("fields-make") } else { t!("tools-save") }).primary())
                        (Button::submit_as(t!("fields-look"), "try", "yes").icon(Icon::Eye))
                    }
                }
            }
        }
    }
}
