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
        tongue::{phrase, t},
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
    let make = html! { (Button::link(t!("roles-make-role"), "/agent/admin/roles/new").primary().icon(Icon::Plus)) };
    let about = t!("roles-what-people-may-do");
    let columns =
        [t!("roles-role"), t!("roles-tickets"), t!("roles-held")].map(|heading| Column { heading, numeric: heading == t!("roles-held") });
    let row = |it: &RoleRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } @if it.built_in { " " (badge(Tone::Plain, t!("roles-built"))) } small { (it.description) } } },
            html! { (it.reach) },
            html! { @if let Some(n) = it.holders { (n) } @else { "" } },
        ]
    };
    shell(
        &view.frame,
        ROLES,
        t!("roles-roles"),
        html! {
            (page_header(t!("roles-roles"), Some(about), view.may_make.then_some(make)))
            (table(t!("roles-roles"), &columns, &view.roles.iter().map(row).collect::<Vec<_>>()))
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
pub const REACHES: [Card; 5] = [
    ("all", phrase!("roles-every-ticket"), phrase!("roles-whole-desk")),
    ("queues", phrase!("roles-their-teams-queues"), phrase!("roles-tickets-queues-their-teams")),
    ("organization", phrase!("roles-their-organization"), phrase!("roles-tickets-those-organizations-beneath")),
    ("department", phrase!("roles-their-department"), phrase!("roles-tickets-people-lodged")),
    ("assigned", phrase!("roles-assigned-them"), phrase!("roles-only-what-somebody-gave")),
];

/// The pages at `/agent/admin/roles/new` and `/agent/admin/roles/{key}`; sends `name`, `description`, `permission` (several times),
/// `reach` and `csrf`.
pub fn form_page(view: &RoleFormView) -> Markup {
    let title = if view.title.is_empty() { t!("roles-make-role") } else { &view.title };
    let copy = html! { (Button::link(t!("roles-copy"), &view.copy)) };
    let about = view.built_in.then_some(t!("roles-role-built-stays-copy"));
    shell(
        &view.frame,
        ROLES,
        title,
        html! {
            div {
                (breadcrumb(&[(t!("roles-roles"), ROLES.href)], title))
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
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (textarea(Field { name: "description", label: t!("roles-what"), value: &view.description, error: view.description_error.as_deref(), chars_max: Some(ROLE_DESCRIPTION_CHARS_MAX), ..Field::default() }))
                @for it in &view.groups { (ticks("permission", &it.title, None, &it.ticks)) }
                (cards(Field { name: "reach", label: t!("roles-which-tickets"), value: &view.reach, hint: Some(t!("roles-what-allows-tickets-notes")), required: true, ..Field::default() }, "reach", &REACHES))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("roles-make-role-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}

fn deletion(view: &RoleFormView) -> Markup {
    let action = format!("{}/delete", view.action);
    let about = match view.holders {
        0 => t!("roles-nobody-holds").to_owned(),
        count => t!("roles-people-hold-get-another", count = count),
    };
    let choose = html! {
        @if view.holders > 0 {
            (select(Field { name: "instead", label: t!("roles-they-become"), value: "requester", required: true, ..Field::default() }, &view.instead))
        }
    };
    removal(&view.frame, &action, &about, t!("roles-delete-role"), choose)
}
