//! Departments: all of them, and one by itself.

use maud::{Markup, html};

use super::shell::{DEPARTMENTS, LastChange, last_change, names, problem, removal, shell};
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Field, input},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
};

/// One department of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DepartmentRow {
    pub href: String,
    pub name: String,
    pub organization: String,
    pub members: usize,
}

#[derive(Debug, Clone, Default)]
pub struct DepartmentsView {
    pub frame: Frame,
    pub departments: Vec<DepartmentRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/departments`.
pub fn page(view: &DepartmentsView) -> Markup {
    let make = html! { (Button::link("Add a department", "/agent/admin/departments/new").primary().icon(Icon::Plus)) };
    let about = "Parts of an organization, or of your own house. A role can be for the tickets of one's department.";
    let columns = ["Department", "Organization", "People"].map(|heading| Column { heading, numeric: heading == "People" });
    let row = |it: &DepartmentRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.organization) }, html! { (it.members) }];
    shell(
        &view.frame,
        DEPARTMENTS,
        "Departments",
        html! {
            (page_header("Departments", Some(about), view.may_make.then_some(make)))
            @if view.departments.is_empty() { (empty_state(Icon::Stack, "No department yet", "Add one, then say on people's pages who is of it.", None)) }
            @else { (table("Departments", &columns, &view.departments.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct DepartmentFormView {
    pub frame: Frame,
    pub action: String,
    /// The department's present name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub organization: String,
    pub organizations: Vec<String>,
    pub name_error: Option<String>,
    pub organization_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/departments/new` and `/agent/admin/departments/{id}`; sends `name`, `organization` and `csrf`.
pub fn form_page(view: &DepartmentFormView) -> Markup {
    let title = if view.title.is_empty() { "Add a department" } else { &view.title };
    shell(
        &view.frame,
        DEPARTMENTS,
        title,
        html! {
            div { (breadcrumb(&[("Departments", DEPARTMENTS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form id="department" method="post" action=(view.action) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    div.field {
                        label for="organization" { "Organization" span.optional { " (optional)" } }
                        p.hint id="organization-hint" { "Leave it empty for a department of your own house." }
                        input.control type="text" id="organization" name="organization" value=(view.organization) list="organization-list" autocomplete="off" aria-describedby="organization-hint" aria-invalid=[view.organization_error.as_ref().map(|_| "true")];
                        (names("organization-list", &view.organizations))
                        @if let Some(error) = &view.organization_error { p.error { (error) } }
                    }
                    @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { "Add this department" } else { "Save" }).primary()) } }
                }
            }
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), "Only one that nobody is of goes away.", "Delete this department", html! {}))
            }
        },
    )
}
