//! A view that is made or changed: its condition as rows and groups, or as text; its order, columns and groups. The rows are a form like any
//! other: every button sends it, and the answer is the form with one row more or less.

use maud::{Markup, html};

use super::{
    shell::{RailView, shell},
    tools::{SharingView, VIEWS, sharing},
};
use crate::web::tongue::{Phrase, phrase, t};
use crate::{
    desk::query::Total,
    limits,
    web::{
        admin::shell::{Tick, problem, removal, ticks},
        components::{
            breadcrumb::breadcrumb,
            button::Button,
            field::{Choice, Field, input, options, select, textarea},
            icon::{Icon, icon},
            page_header::page_header,
        },
        layout::Frame,
    },
};

/// A part of the condition, as the form draws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartView {
    /// `all`, `any` or `none` of its parts. `at` is its place among all groups.
    Group { at: usize, mode: String, parts: Vec<PartView> },
    /// `at` is its place among all rows.
    Row { at: usize, field: String, op: String, value: String },
}

#[derive(Debug, Clone, Default)]
pub struct ViewFormView {
    pub frame: Frame,
    pub rail: RailView,
    pub action: String,
    /// The view's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub name_error: Option<String>,
    /// The condition as text.
    pub query: String,
    /// What is wrong with it, with its place.
    pub query_error: Option<String>,
    /// The condition as rows; none if its text cannot be read.
    pub root: Option<PartView>,
    pub fields: Vec<Choice>,
    /// What a condition on a field is usually about.
    pub values: Vec<(&'static str, Vec<String>)>,
    pub sort: String,
    pub sorts: Vec<Choice>,
    pub group: String,
    pub groups: Vec<Choice>,
    pub columns: Vec<Tick>,
    pub position: String,
    pub sharing: SharingView,
    /// How many tickets it finds now.
    pub count: Option<Total>,
    pub error: Option<String>,
}

const MODES: [(&str, Phrase); 3] =
    [("all", phrase!("tools-mode-all")), ("any", phrase!("tools-mode-any")), ("none", phrase!("tools-mode-none"))];
const OPS: [(&str, Phrase); 6] = [
    (":", phrase!("tools-op-is")),
    ("!=", phrase!("tools-op-not")),
    ("<", phrase!("tools-op-less")),
    ("<=", phrase!("tools-op-most")),
    (">", phrase!("tools-op-more")),
    (">=", phrase!("tools-op-least")),
];

/// The pages at `/agent/saved-views/new` and `/agent/saved-views/{view}`. Sends what it shows; the parts of the condition as `part`, in the
/// order of the page: `(`, a mode, `row`, a field, an operator, a value, `)`; and `do` for what a button wants.
pub fn page(view: &ViewFormView) -> Markup {
    let title = if view.title.is_empty() { VIEWS.add.text() } else { &view.title };
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            div.found id="view-form" {
                div { (breadcrumb(&[(VIEWS.name.text(), VIEWS.href)], title)) (page_header(title, None, None)) }
                (problem(view.error.as_deref()))
                (form(view))
                @if !view.title.is_empty() && view.may_change {
                    (removal(&view.frame, &format!("{}/delete", view.action), t!("tools-view-stays"), t!("tools-view-delete"), html! {}))
                }
            }
        },
    )
}

fn form(view: &ViewFormView) -> Markup {
    html! {
        form.form.wide id="view" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            // The first button of a form is the one that Enter presses.
            button.sr type="submit" name="do" value="save" tabindex="-1" aria-hidden="true" { (t!("tools-save")) }
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("tools-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (condition(view))
                div.two {
                    (select(Field { name: "sort", label: t!("tools-order"), value: &view.sort, required: true, ..Field::default() }, &view.sorts))
                    (select(Field { name: "group", label: t!("tools-gathered"), value: &view.group, ..Field::default() }, &view.groups))
                }
                (ticks("column", t!("tools-columns"), None, &view.columns))
                (sharing(&view.sharing))
                (input("number", Field { name: "position", label: t!("tools-place"), value: &view.position, hint: Some(t!("tools-views-place")), ..Field::default() }))
                @if view.may_change {
                    div.send { (Button::submit_as(if view.title.is_empty() { VIEWS.add.text() } else { t!("tools-save") }, "do", "save").primary()) (Button::submit_as(t!("tools-count"), "do", "count").icon(Icon::Eye)) }
                }
            }
        }
    }
}

fn condition(view: &ViewFormView) -> Markup {
    html! {
        section.builder id="condition" aria-labelledby="condition-title" {
            h2 id="condition-title" { (t!("tools-which")) }
            p.found-count role="status" { @if let Some(it) = view.count { strong { (if it.is_bound { t!("tools-found-at-least", count = it.count) } else { t!("tools-found", count = it.count) }) } } }
            @if let Some(root) = &view.root { (part(view, root, true)) }
            @for (field, values) in &view.values { datalist id={ "values-" (field) } { @for it in values { option value=(it) {} } } }
            details open[view.root.is_none() || view.query_error.is_some()] {
                summary { (t!("tools-as-text")) }
                (textarea(Field { name: "query", label: t!("tools-as-text-label"), value: &view.query, error: view.query_error.as_deref(), hint: Some(t!("tools-as-text-hint")), ..Field::default() }))
                // What the text was, so that the server knows whether it was changed.
                input type="hidden" name="was" value=(view.query);
                (Button::submit_as(t!("tools-as-rows"), "do", "read"))
            }
        }
    }
}

fn part(view: &ViewFormView, it: &PartView, is_root: bool) -> Markup {
    match it {
        PartView::Group { at, mode, parts } => html! {
            fieldset.group {
                legend.sr { (t!("tools-group-number", number = (at + 1).to_string())) }
                input type="hidden" name="part" value="(";
                div.group-head {
                    select.control name="part" aria-label=(t!("tools-group-mode", number = (at + 1).to_string())) { (options(&MODES.map(|(value, label)| Choice::new(value, label.text())), mode)) }
                    button.button type="submit" name="do" value={ "row:" (at) } { (icon(Icon::Plus)) (t!("tools-condition")) }
                    button.button type="submit" name="do" value={ "group:" (at) } { (icon(Icon::Plus)) (t!("tools-group")) }
                    @if !is_root { button.button type="submit" data-look="quiet" data-only="icon" name="do" value={ "drop-group:" (at) } aria-label=(t!("tools-group-drop-number", number = (at + 1).to_string())) title=(t!("tools-group-drop")) { (icon(Icon::Cross)) } }
                }
                @for it in parts { (part(view, it, false)) }
                input type="hidden" name="part" value=")";
            }
        },
        PartView::Row { at, field, op, value } => html! {
            div.builder-row role="group" aria-label=(t!("tools-condition-number", number = (at + 1).to_string())) {
                input type="hidden" name="part" value="row";
                select.control name="part" aria-label=(t!("tools-condition-field", number = (at + 1).to_string())) { (options(&view.fields, field)) @if !view.fields.iter().any(|it| it.value == *field) { option value=(field) selected { (field) } } }
                select.control name="part" aria-label=(t!("tools-condition-op", number = (at + 1).to_string())) { (options(&OPS.map(|(value, label)| Choice::new(value, label.text())), op)) }
                input.control type="text" name="part" value=(value) aria-label=(t!("tools-condition-value", number = (at + 1).to_string())) maxlength=(limits::CONDITION_BYTES_MAX) autocomplete="off" list=[view.values.iter().any(|it| it.0 == field).then(|| format!("values-{field}"))];
                button.button type="submit" data-look="quiet" data-only="icon" name="do" value={ "drop-row:" (at) } aria-label=(t!("tools-condition-drop-number", number = (at + 1).to_string())) title=(t!("tools-condition-drop")) { (icon(Icon::Cross)) }
            }
        },
    }
}
