//! Roles: all of them, and one with its permissions in sentences.

use maud::{Markup, html};

use super::shell::{LastChange, ROLES, Tick, last_change, problem, removal, shell, ticks};
use crate::{
    limits::ROLE_DESCRIPTION_CHARS_MAX,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Card, Choice, Field, cards, input, select, textarea},
            icon::Icon,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// One role of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleRow {
    pub href: String,
    pub name: String,
    pub description: String,
    pub reach: &'static str,
    pub built_in: bool,
    /// People who hold it; not counted for built-in ones.
    pub holders: Option<usize>,
}

#[derive(Debug, Clone, Default)]
pub struct RolesView {
    pub frame: Frame,
    pub roles: Vec<RoleRow>,
    /// The reader may make roles.
    pub may_make: bool,
}

/// The page at `/agent/admin/roles`.
pub fn page(view: &RolesView) -> Markup {
    let make = html! { (Button::link("Make a role", "/agent/admin/roles/new").primary().icon(Icon::Plus)) };
    let about = "What people may do. Six are built in and stay as they are; make your own from the same permissions, or copy one.";
    let columns = ["Role", "Tickets it is for", "Held by"].map(|heading| Column { heading, numeric: heading == "Held by" });
    let row = |it: &RoleRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } @if it.built_in { " " (badge(Tone::Plain, "built in")) } small { (it.description) } } },
            html! { (it.reach) },
            html! { @if let Some(n) = it.holders { (n) } @else { "" } },
        ]
    };
    shell(
        &view.frame,
        ROLES,
        "Roles",
        html! {
            (page_header("Roles", Some(about), view.may_make.then_some(make)))
            (table("Roles", &columns, &view.roles.iter().map(row).collect::<Vec<_>>()))
        },
    )
}

/// Permissions that are about the same thing.
#[derive(Debug, Clone, Default)]
pub struct PermissionGroup {
    pub title: String,
    pub ticks: Vec<Tick>,
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct RoleFormView {
    pub frame: Frame,
    pub action: String,
    /// The role's present name; empty for a new one.
    pub title: String,
    pub built_in: bool,
    /// The reader may change it.
    pub may_change: bool,
    pub name: String,
    pub description: String,
    /// One of the values of `REACHES`.
    pub reach: String,
    pub groups: Vec<PermissionGroup>,
    pub holders: usize,
    /// Roles that its holders may get instead.
    pub instead: Vec<Choice>,
    pub copy: String,
    pub name_error: Option<String>,
    pub description_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// Where permissions over tickets end.
pub const REACHES: [Card<'static>; 5] = [
    ("all", "Every ticket", "Of the whole desk."),
    ("queues", "Their teams' queues", "Tickets in queues that their teams work."),
    ("organization", "Their organization", "Its tickets, and those of organizations beneath it."),
    ("department", "Their department", "Tickets that its people lodged."),
    ("assigned", "Assigned to them", "Only what somebody gave them."),
];

/// The pages at `/agent/admin/roles/new` and `/agent/admin/roles/{key}`; sends `name`, `description`, `permission` (several times),
/// `reach` and `csrf`.
pub fn form_page(view: &RoleFormView) -> Markup {
    let title = if view.title.is_empty() { "Make a role" } else { &view.title };
    let copy = html! { (Button::link("Copy it", &view.copy)) };
    let about = view.built_in.then_some("This role is built in and stays as it is. Copy it to change the copy.");
    shell(
        &view.frame,
        ROLES,
        title,
        html! {
            div {
                (breadcrumb(&[("Roles", ROLES.href)], title))
                (page_header(title, about, (!view.copy.is_empty()).then_some(copy)))
                (last_change(&view.frame, view.changed.as_ref()))
            }
            (form(view))
            @if !view.title.is_empty() && view.may_change { (deletion(view)) }
        },
    )
}

fn form(view: &RoleFormView) -> Markup {
    html! {
        form.form id="role" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (textarea(Field { name: "description", label: "What is it for?", value: &view.description, error: view.description_error.as_deref(), chars_max: Some(ROLE_DESCRIPTION_CHARS_MAX), ..Field::default() }))
                @for it in &view.groups { (ticks("permission", &it.title, None, &it.ticks)) }
                (cards(Field { name: "reach", label: "For which tickets?", value: &view.reach, hint: Some("What it allows with tickets and notes ends there. All but the first include what is assigned to them."), required: true, ..Field::default() }, "reach", &REACHES))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { "Make this role" } else { "Save" }).primary()) } }
            }
        }
    }
}

fn deletion(view: &RoleFormView) -> Markup {
    let action = format!("{}/delete", view.action);
    let about = match view.holders {
        0 => "Nobody holds it.".to_owned(),
        1 => "One person holds it and gets another role instead.".to_owned(),
        n => format!("{n} people hold it and get another role instead."),
    };
    let choose = html! {
        @if view.holders > 0 {
            (select(Field { name: "instead", label: "They become", value: "requester", required: true, ..Field::default() }, &view.instead))
        }
    };
    removal(&view.frame, &action, &about, "Delete this role", choose)
}
