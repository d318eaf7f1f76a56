//! Categories: all of them, and what follows for a ticket from being in one.

use maud::{Markup, html};

use super::shell::{CATEGORIES, LastChange, last_change, problem, shell};
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, input, select},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::t,
};

/// One category of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryRow {
    pub href: String,
    pub name: String,
    /// The category that it refines.
    pub above: String,
    pub priority: String,
    pub queue: String,
    pub skills: String,
}

#[derive(Debug, Clone, Default)]
pub struct CategoriesView {
    pub frame: Frame,
    pub categories: Vec<CategoryRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/categories`.
pub fn page(view: &CategoriesView) -> Markup {
    let make = html! { (Button::link(t!("categories-add-category"), "/agent/admin/categories/new").primary().icon(Icon::Plus)) };
    let about = t!("categories-what-tickets-about-category");
    let columns = [t!("word-category"), t!("word-priority"), t!("word-queue"), t!("categories-skills")]
        .map(|heading| Column { heading, numeric: false });
    let row = |it: &CategoryRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { (it.above) } } },
            html! { (it.priority) },
            html! { (it.queue) },
            html! { (it.skills) },
        ]
    };
    shell(
        &view.frame,
        CATEGORIES,
        t!("categories-categories"),
        html! {
            (page_header(t!("categories-categories"), Some(about), view.may_make.then_some(make)))
            @if view.categories.is_empty() { (empty_state(Icon::Tag, t!("categories-no-category-yet"), t!("categories-agents-add-one-naming"), None)) }
            @else { (table(t!("categories-categories"), &columns, &view.categories.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct CategoryFormView {
    pub frame: Frame,
    pub action: String,
    /// The category's present name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub parent: String,
    pub parents: Vec<Choice>,
    pub priority: String,
    pub queue: String,
    pub queues: Vec<Choice>,
    pub skills: String,
    pub name_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/categories/new` and `/agent/admin/categories/{id}`.
pub fn form_page(view: &CategoryFormView) -> Markup {
    let title = if view.title.is_empty() { t!("categories-add-category") } else { &view.title };
    let priorities: Vec<Choice> = std::iter::once(Choice::new("", t!("categories-impact-urgency-say")))
        .chain((1..=4).map(|it| Choice::new(it.to_string(), format!("P{it}"))))
        .collect();
    shell(
        &view.frame,
        CATEGORIES,
        title,
        html! {
            div { (breadcrumb(&[(t!("categories-categories"), CATEGORIES.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form method="post" action=(view.action) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    @if view.title.is_empty() { (select(Field { name: "parent", label: t!("categories-part"), value: &view.parent, ..Field::default() }, &view.parents)) }
                    (select(Field { name: "priority", label: t!("word-priority"), value: &view.priority, hint: Some(t!("categories-counts-before-impact-urgency")), ..Field::default() }, &priorities))
                    (select(Field { name: "queue", label: t!("word-queue"), value: &view.queue, hint: Some(t!("categories-where-no-routing-rule")), ..Field::default() }, &view.queues))
                    (input("text", Field { name: "skills", label: t!("categories-skills-tickets-need"), value: &view.skills, hint: Some(t!("categories-commas-between-them-queue")), autocomplete: Some("off"), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("categories-add-category-2") } else { t!("word-save") }).primary()) } }
                }
            }
        },
    )
}
