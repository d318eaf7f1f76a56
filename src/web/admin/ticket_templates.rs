//! Templates of tickets: all of them, and one.

use maud::{Markup, html};

use super::shell::{LastChange, TICKET_TEMPLATES, last_change, problem, removal, shell};
use crate::web::tongue::t;
use crate::{
    limits,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, checkbox, input, select, textarea},
            icon::Icon,
            own_field::{OwnField, own_fields},
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// One template of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateRow {
    pub href: String,
    pub name: String,
    pub about: String,
    /// "Incident".
    pub kind: String,
    pub in_portal: bool,
}

#[derive(Debug, Clone, Default)]
pub struct TemplatesView {
    pub frame: Frame,
    pub rows: Vec<TemplateRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/ticket-templates`.
pub fn page(view: &TemplatesView) -> Markup {
    let make = html! { (Button::link(t!("tools-template-add"), "/agent/admin/ticket-templates/new").primary().icon(Icon::Plus)) };
    let about = t!("tools-templates-about");
    let columns = [t!("tools-template"), t!("tools-kind"), t!("tools-purpose")].map(|heading| Column { heading, numeric: false });
    let row = |it: &TemplateRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } @if it.in_portal { (badge(Tone::Info, t!("tools-in-portal"))) } } },
            html! { (it.kind) },
            html! { (it.about) },
        ]
    };
    shell(
        &view.frame,
        TICKET_TEMPLATES,
        TICKET_TEMPLATES.name.text(),
        html! {
            (page_header(TICKET_TEMPLATES.name.text(), Some(about), view.may_make.then_some(make)))
            @if view.rows.is_empty() { (empty_state(Icon::File, t!("tools-templates-none"), t!("tools-templates-none-hint"), None)) }
            @else { (table(t!("tools-templates"), &columns, &view.rows.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

#[derive(Debug, Clone, Default)]
pub struct TemplateFormView {
    pub frame: Frame,
    pub action: String,
    /// The template's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub about: String,
    pub in_portal: bool,
    pub kind: String,
    pub kinds: Vec<Choice>,
    /// Of the ticket.
    pub ticket_title: String,
    pub description: String,
    pub category: String,
    pub categories: Vec<Choice>,
    pub priority: String,
    pub priorities: Vec<Choice>,
    pub queue: String,
    pub queues: Vec<Choice>,
    pub tags: String,
    pub own: Vec<OwnField>,
    pub checklist: String,
    pub checklists: Vec<Choice>,
    pub position: String,
    /// What is wrong, by the name of the field.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/ticket-templates/new` and `/agent/admin/ticket-templates/{template}`.
pub fn form_page(view: &TemplateFormView) -> Markup {
    let title = if view.title.is_empty() { t!("tools-template-add") } else { &view.title };
    shell(
        &view.frame,
        TICKET_TEMPLATES,
        title,
        html! {
            div { (breadcrumb(&[(TICKET_TEMPLATES.name.text(), TICKET_TEMPLATES.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("tools-template-stays"), t!("tools-template-delete"), html! {}))
            }
        },
    )
}

fn form(view: &TemplateFormView) -> Markup {
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let text =
        |name, label, value, hint| Field { name, label, value, hint, error: error(name), autocomplete: Some("off"), ..Field::default() };
    html! {
        form.form.wide id="template" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { required: true, chars_max: Some(100), ..text("name", t!("tools-template-name"), &view.name, None) }))
                (input("text", Field { chars_max: Some(limits::TITLE_CHARS_MAX), ..text("about", t!("tools-purpose"), &view.about, None) }))
                (checkbox("inPortal", t!("tools-portal-too"), None, view.in_portal))
                (input("number", text("position", t!("tools-place"), &view.position, Some(t!("tools-templates-place")))))
                h2 { (t!("tools-the-ticket")) }
                (select(Field { required: true, ..text("kind", t!("tools-kind"), &view.kind, None) }, &view.kinds))
                (input("text", Field { chars_max: Some(limits::TITLE_CHARS_MAX), ..text("title", t!("tools-title"), &view.ticket_title, None) }))
                (textarea(text("description", t!("tools-description"), &view.description, None)))
                (select(text("category", t!("tools-category"), &view.category, None), &view.categories))
                (select(text("priority", t!("tools-priority"), &view.priority, Some(t!("tools-priority-hint"))), &view.priorities))
                (select(text("queue", t!("tools-queue"), &view.queue, None), &view.queues))
                (input("text", text("tags", t!("tools-tags"), &view.tags, Some(t!("tools-commas")))))
                (own_fields(&view.own))
                (select(text("checklist", t!("tools-checklist"), &view.checklist, Some(t!("tools-checklist-hint"))), &view.checklists))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("tools-template-make") } else { t!("tools-save") }).primary()) } }
            }
        }
    }
}
