//! Categories of time: what sorts of work are booked, and which of them somebody pays for.

use maud::{Markup, html};

use super::shell::{TIME_CATEGORIES, problem, shell};
use crate::web::{
    components::{
        badge::{Tone, badge},
        button::Button,
        empty_state::empty_state,
        field::{Field, checkbox, input},
        icon::Icon,
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// One category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeCategoryRow {
    pub href: String,
    /// Sets the controls of one row apart.
    pub id: String,
    pub name: String,
    pub billable: bool,
    pub retired: bool,
}

#[derive(Debug, Clone, Default)]
pub struct TimeCategoriesView {
    pub frame: Frame,
    pub rows: Vec<TimeCategoryRow>,
    pub may_change: bool,
    /// What was typed of a new one.
    pub name: String,
    pub billable: bool,
    pub name_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/time-categories`; its forms send `name`, `billable` and `retired`.
pub fn page(view: &TimeCategoriesView) -> Markup {
    shell(
        &view.frame,
        TIME_CATEGORIES,
        TIME_CATEGORIES.name.text(),
        html! {
            (page_header(TIME_CATEGORIES.name.text(), Some(t!("time-categories-about")), None))
            (problem(view.error.as_deref()))
            @if view.rows.is_empty() { (empty_state(Icon::Clock, t!("time-categories-none"), t!("time-categories-none-hint"), None)) }
            @for it in &view.rows { (row(view, it)) }
            @if view.may_change {
                form.form.panel method="post" action=(TIME_CATEGORIES.href) {
                    (view.frame.csrf())
                    h2 { (t!("time-categories-new")) }
                    (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    (checkbox("billable", t!("time-billable"), Some(t!("time-billable-hint")), view.billable))
                    div.send { (Button::submit(t!("time-categories-add")).primary()) }
                }
            }
        },
    )
}

fn row(view: &TimeCategoriesView, it: &TimeCategoryRow) -> Markup {
    let name = format!("name-{}", it.id);
    html! {
        section.panel {
            h2 { (it.name) @if it.billable { " " (badge(Tone::Ok, t!("time-billable"))) } @if it.retired { " " (badge(Tone::Plain, t!("time-retired"))) } }
            @if view.may_change {
                details.fold {
                    summary { (t!("tools-change")) }
                    form.form method="post" action=(it.href) {
                        (view.frame.csrf())
                        div.field { label for=(name) { (t!("word-name")) } input.control type="text" id=(name) name="name" value=(it.name) required maxlength="100" autocomplete="off"; }
                        (checkbox("billable", t!("time-billable"), Some(t!("time-billable-hint")), it.billable))
                        (checkbox("retired", t!("time-retired"), Some(t!("time-retired-hint")), it.retired))
                        div.send { (Button::submit(t!("word-save"))) }
                    }
                }
            }
        }
    }
}
