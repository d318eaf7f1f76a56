//! Fields of the desk's own: all of them, and one, with a preview of how it is asked.

use maud::{Markup, html};

use super::shell::{CUSTOM_FIELDS, LastChange, Tick, last_change, problem, removal, shell, ticks};
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
    let make = html! { (Button::link("Add a field", "/agent/admin/fields/new").primary().icon(Icon::Plus)) };
    let about = "What your desk wants to know about tickets besides what every ticket has.";
    let columns = ["Field", "Key", "What it is", "Who and when"].map(|heading| Column { heading, numeric: false });
    let row = |it: &FieldRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.label) } @if it.retired { (badge(Tone::Plain, "Retired")) } } },
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
            @if view.fields.is_empty() { (empty_state(Icon::Tag, "No field yet", "Tickets have title, category, priority and more by themselves. Add a field for what is yours: a cost centre, a device, a site.", None)) }
            @else { (table("Fields", &columns, &view.fields.iter().map(row).collect::<Vec<_>>())) }
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
    let title = if view.title.is_empty() { "Add a field" } else { &view.title };
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
            h2 id="as-asked" { "As it is asked" }
            @if let Some((.., words)) = &it.when { p.hint { "Only " (words) "." } }
            // A form of its own that leads nowhere, so that it can be tried.
            div.form { (own_fields(&[OwnField { name: "preview".into(), when: None, kinds: Vec::new(), categories: Vec::new(), queues: Vec::new(), ..it.clone() }])) }
        }
    }
}

fn retirement(view: &FieldFormView) -> Markup {
    html! {
        @if view.retired {
            form.form method="post" action={ (view.action) "/retire" } { (view.frame.csrf()) input type="hidden" name="retired" value="no"; div.send { (Button::submit("Bring it back into use")) } }
        } @else {
            form.form method="post" action={ (view.action) "/retire" } {
                (view.frame.csrf()) input type="hidden" name="retired" value="yes";
                p.hint { "A retired field is asked no more. What tickets hold of it stays, and is still shown and found." }
                div.send { (Button::submit("Retire this field")) }
            }
        }
        (removal(&view.frame, &format!("{}/delete", view.action), "Only a field that no ticket has ever used can be deleted.", "Delete this field", html! {}))
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
                (input("text", Field { required: true, chars_max: Some(limits::FIELD_LABEL_CHARS_MAX), ..text("label", "Label", &view.label, None) }))
                @if is_new {
                    (input("text", text("key", "Key", &view.key, Some("By which searches and programs know it: custom.KEY. Left empty, it is made of the label. It never changes."))))
                    (select(Field { required: true, ..text("type", "What it is", &view.kind, Some("This never changes either.")) }, &view.types))
                } @else {
                    input type="hidden" name="type" value=(view.kind);
                    p { "Key " code { "custom." (view.key) } ", " (view.types.iter().find(|it| it.value == view.kind).map_or("", |it| it.label.as_str())) "." }
                }
                (input("text", Field { chars_max: Some(limits::FIELD_HELP_CHARS_MAX), ..text("help", "Help", &view.help, Some("A sentence below the label.")) }))
                (textarea(text("options", "Choices", &view.options, Some("For lists: one a line. “berlin: Berlin office” keeps the value when you call it something else later."))))
                h2 { "Who and when" }
                (select(Field { required: true, ..text("audience", "Who has to do with it", &view.audience, None) }, &view.audiences))
                (select(Field { required: true, ..text("required", "Must it be filled in?", &view.need, None) }, &view.needs))
                (ticks("kinds", "Kinds of tickets", Some("None ticked: all."), &view.kinds))
                @if !view.categories.is_empty() { (ticks("categories", "Categories", Some("With what is below them. None ticked: all."), &view.categories)) }
                @if !view.queues.is_empty() { (ticks("queues", "Queues", Some("None ticked: all."), &view.queues)) }
                (select(text("whenKey", "Only if this field", &view.when_key, None), &view.when_keys))
                (input("text", Field { error: error("when"), ..text("whenValues", "is one of", &view.when_values, Some("With commas between them. Empty: if it is filled in at all.")) }))
                h2 { "What fits" }
                div.two {
                    (input("number", text("lengthMin", "Least length", &view.length_min, None)))
                    (input("number", text("lengthMax", "Greatest length", &view.length_max, None)))
                    (input("text", text("least", "Least number or date", &view.least, None)))
                    (input("text", text("most", "Greatest number or date", &view.most, None)))
                }
                (input("text", text("pattern", "Pattern", &view.pattern, Some("A regular expression that the whole text must fit, such as [A-Z]{2}-\\d{4}. Say in the help what is meant."))))
                (input("number", text("position", "Order", &view.position, Some("Fields with a lower number come first."))))
                @if view.may_change {
                    div.send {
                        (Button::submit(if is_new { "Add this field" } else { "Save" }).primary())
                        (Button::submit_as("Look at it first", "try", "yes").icon(Icon::Eye))
                    }
                }
            }
        }
    }
}
