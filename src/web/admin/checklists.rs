//! Checklists that tickets can be given: all of them, and one.

use maud::{Markup, html};

use super::shell::{CHECKLISTS, LastChange, last_change, problem, removal, shell};
use crate::web::tongue::t;
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Field, input, textarea},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
};

/// One checklist of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChecklistRow {
    pub href: String,
    pub name: String,
    pub steps: usize,
    /// Its first steps.
    pub about: String,
}

#[derive(Debug, Clone, Default)]
pub struct ChecklistsView {
    pub frame: Frame,
    pub rows: Vec<ChecklistRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/checklists`.
pub fn page(view: &ChecklistsView) -> Markup {
    let make = html! { (Button::link(t!("tools-checklist-add"), "/agent/admin/checklists/new").primary().icon(Icon::Plus)) };
    let about = t!("tools-checklists-about");
    let columns = [t!("tools-checklist"), t!("tools-steps"), t!("tools-begins")]
        .map(|heading| Column { heading, numeric: heading == t!("tools-steps") });
    let row = |it: &ChecklistRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.steps) }, html! { (it.about) }];
    shell(
        &view.frame,
        CHECKLISTS,
        CHECKLISTS.name.text(),
        html! {
            (page_header(CHECKLISTS.name.text(), Some(about), view.may_make.then_some(make)))
            @if view.rows.is_empty() { (empty_state(Icon::Check, t!("tools-checklists-none"), t!("tools-checklists-none-hint"), None)) }
            @else { (table(CHECKLISTS.name.text(), &columns, &view.rows.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

#[derive(Debug, Clone, Default)]
pub struct ChecklistFormView {
    pub frame: Frame,
    pub action: String,
    /// The checklist's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    /// One a line; `!` before what must be done.
    pub steps: String,
    /// What is wrong, by the name of the field.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/checklists/new` and `/agent/admin/checklists/{checklist}`.
pub fn form_page(view: &ChecklistFormView) -> Markup {
    let title = if view.title.is_empty() { t!("tools-checklist-add") } else { &view.title };
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    shell(
        &view.frame,
        CHECKLISTS,
        title,
        html! {
            div { (breadcrumb(&[(CHECKLISTS.name.text(), CHECKLISTS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            form.form.wide id="checklist-form" method="post" action=(view.action) {
                (view.frame.csrf())
                input type="hidden" name="version" value=(view.version);
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "name", label: t!("tools-name"), value: &view.name, error: error("name"), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    (textarea(Field { name: "steps", label: t!("tools-steps"), value: &view.steps, error: error("steps").or(error("text")), required: true, hint: Some(t!("tools-steps-hint")), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("tools-checklist-make") } else { t!("tools-save") }).primary()) } }
                }
            }
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("tools-checklist-stays"), t!("tools-checklist-delete"), html! {}))
            }
        },
    )
}
