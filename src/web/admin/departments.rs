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
    tongue::t,
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
    let make = html! { (Button::link(t!("departments-add-department"), "/agent/admin/departments/new").primary().icon(Icon::Plus)) };
    let about = t!("departments-parts-organization-your-own");
    let columns = [t!("departments-department"), t!("word-organization"), t!("word-people")]
        .map(|heading| Column { heading, numeric: heading == t!("word-people") });
    let row = |it: &DepartmentRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.organization) }, html! { (it.members) }];
    shell(
        &view.frame,
        DEPARTMENTS,
        t!("departments-departments"),
        html! {
            (page_header(t!("departments-departments"), Some(about), view.may_make.then_some(make)))
            @if view.departments.is_empty() { (empty_state(Icon::Stack, t!("departments-no-department-yet"), t!("departments-add-one-then-say"), None)) }
            @else { (table(t!("departments-departments"), &columns, &view.departments.iter().map(row).collect::<Vec<_>>())) }
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
    let title = if view.title.is_empty() { t!("departments-add-department") } else { &view.title };
    shell(
        &view.frame,
        DEPARTMENTS,
        title,
        html! {
            div { (breadcrumb(&[(t!("departments-departments"), DEPARTMENTS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form id="department" method="post" action=(view.action) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    div.field {
                        label for="organization" { (t!("word-organization")) span.optional { " " (t!("departments-optional")) } }
                        p.hint id="organization-hint" { (t!("departments-leave-empty-department-your")) }
                        input.control type="text" id="organization" name="organization" value=(view.organization) list="organization-list" autocomplete="off" aria-describedby="organization-hint" aria-invalid=[view.organization_error.as_ref().map(|_| "true")];
                        (names("organization-list", &view.organizations))
                        @if let Some(error) = &view.organization_error { p.error { (error) } }
                    }
                    @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("departments-add-department-2") } else { t!("word-save") }).primary()) } }
                }
            }
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("departments-only-one-nobody-goes"), t!("departments-delete-department"), html! {}))
            }
        },
    )
}
