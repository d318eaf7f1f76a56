//! Filters of incoming mail: all of them, and one, with what it would have done with past mail.

use maud::{Markup, html};

use super::shell::{LastChange, MAIL_FILTERS, Tick, last_change, problem, removal, shell, ticks};
use crate::web::{
    components::{
        badge::{Tone, badge},
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, checkbox, input, options, select},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::{marked, t},
};

/// One filter of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterRow {
    pub href: String,
    pub name: String,
    pub position: u32,
    pub enabled: bool,
    /// What it asks and does, in words.
    pub when: String,
    pub then: String,
}

#[derive(Debug, Clone, Default)]
pub struct FiltersView {
    pub frame: Frame,
    pub filters: Vec<FilterRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/mail-filters`.
pub fn page(view: &FiltersView) -> Markup {
    let make = html! { (Button::link(t!("mail-filters-add-filter"), "/agent/admin/mail-filters/new").primary().icon(Icon::Plus)) };
    let about = t!("mail-filters-filters-look-every-mail");
    let columns = [t!("word-order"), t!("mail-filters-filter"), t!("mail-filters-when"), t!("mail-filters-then")]
        .map(|heading| Column { heading, numeric: heading == t!("word-order") });
    let row = |it: &FilterRow| {
        vec![
            html! { (it.position) },
            html! { div.role-cell { a href=(it.href) { (it.name) } @if !it.enabled { (badge(Tone::Plain, t!("word-off"))) } } },
            html! { (it.when) },
            html! { (it.then) },
        ]
    };
    shell(
        &view.frame,
        MAIL_FILTERS,
        MAIL_FILTERS.name.text(),
        html! {
            (page_header(MAIL_FILTERS.name.text(), Some(about), view.may_make.then_some(make)))
            @if view.filters.is_empty() { (empty_state(Icon::Tag, t!("mail-filters-no-filter-yet"), t!("mail-filters-mail-comes-without-any"), None)) }
            @else { (table(t!("mail-filters-filters"), &columns, &view.filters.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// A condition of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConditionRow {
    pub field: String,
    pub op: String,
    pub value: String,
}

/// A past mail that the filter fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRow {
    pub href: String,
    pub from: String,
    pub subject: String,
    /// What became of it, and what would now.
    pub was: &'static str,
    pub would: &'static str,
}

/// What a trial found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    pub looked: usize,
    pub fits: Vec<TriedRow>,
}

/// What the form shows, and shows again after a trial or a refusal.
#[derive(Debug, Clone, Default)]
pub struct FilterFormView {
    pub frame: Frame,
    pub action: String,
    /// The filter's present name; empty for a new one.
    pub title: String,
    /// As it was read, so that a save of somebody else is not lost.
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub position: String,
    pub enabled: bool,
    pub all: bool,
    pub last: bool,
    pub conditions: Vec<ConditionRow>,
    pub fields: Vec<Choice>,
    pub ops: Vec<Choice>,
    pub queue: String,
    pub queues: Vec<Choice>,
    pub category: String,
    pub categories: Vec<Choice>,
    pub priority: String,
    pub tags: String,
    pub does: Vec<Tick>,
    pub trial: Option<Trial>,
    pub name_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/mail-filters/new` and `/agent/admin/mail-filters/{id}`; sends `name`, `position`, `enabled`, `all`, `last`,
/// `field`, `op` and `value` (each once per condition), `queue`, `category`, `priority`, `tags`, `does` (several times), `version`,
/// `csrf`; and `try` when it is to be tried on past mail instead of saved.
pub fn form_page(view: &FilterFormView) -> Markup {
    let title = if view.title.is_empty() { t!("mail-filters-add-filter") } else { &view.title };
    shell(
        &view.frame,
        MAIL_FILTERS,
        title,
        html! {
            div { (breadcrumb(&[(MAIL_FILTERS.name.text(), MAIL_FILTERS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            @if let Some(it) = &view.trial { (trial(it)) }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("mail-filters-mail-touched-stays"), t!("mail-filters-delete-filter"), html! {}))
            }
        },
    )
}

fn trial(it: &Trial) -> Markup {
    let columns = [t!("mail-filters-from"), t!("word-subject"), t!("mail-filters-what-became"), t!("mail-filters-filter-2")]
        .map(|heading| Column { heading, numeric: false });
    let row = |it: &TriedRow| {
        vec![html! { (it.from) }, html! { a href=(it.href) { (it.subject) } }, html! { (it.was) }, html! { strong { (it.would) } }]
    };
    html! {
        section.panel aria-label=(t!("mail-filters-trial")) id="trial" {
            h2 { (marked!("mail-filters-fits-last-mails", count = it.fits.len(), looked = it.looked)) }
            p.hint { (t!("mail-filters-nothing-changed-saved-mails")) }
            @if !it.fits.is_empty() { (table(t!("mail-filters-mails-fits"), &columns, &it.fits.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

fn condition(at: usize, it: &ConditionRow, view: &FilterFormView) -> Markup {
    let number = at + 1;
    html! {
        div.condition role="group" aria-label=(t!("mail-filters-condition", number = number)) {
            select.control name="field" aria-label=(t!("mail-filters-what-condition-looks", number = number)) { (options(&view.fields, &it.field)) }
            select.control name="op" aria-label=(t!("mail-filters-how-condition-compares", number = number)) { (options(&view.ops, &it.op)) }
            input.control type="text" name="value" value=(it.value) aria-label=(t!("mail-filters-what-condition-compares", number = number)) maxlength="500" autocomplete="off";
        }
    }
}

fn form(view: &FilterFormView) -> Markup {
    let priorities =
        [("", t!("word-usual")), ("1", "P1"), ("2", "P2"), ("3", "P3"), ("4", "P4")].map(|(value, label)| Choice::new(value, label));
    html! {
        form.form.wide id="filter" method="post" action=(view.action) {
            (view.frame.csrf())
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (input("number", Field { name: "position", label: t!("word-order"), value: &view.position, hint: Some(t!("mail-filters-filters-lower-number-asked")), ..Field::default() }))
                (checkbox("enabled", t!("word-it-is-on"), None, view.enabled))
                h2 { (t!("mail-filters-when")) }
                (checkbox("all", t!("mail-filters-all-these-hold-otherwise"), None, view.all))
                div.conditions { @for (at, it) in view.conditions.iter().enumerate() { (condition(at, it, view)) } }
                p.hint { (t!("mail-filters-leave-line-empty-take")) }
                h2 { (t!("mail-filters-then")) }
                (select(Field { name: "queue", label: t!("mail-filters-queue-new-ticket"), value: &view.queue, ..Field::default() }, &view.queues))
                (select(Field { name: "category", label: t!("word-category"), value: &view.category, ..Field::default() }, &view.categories))
                (select(Field { name: "priority", label: t!("word-priority"), value: &view.priority, ..Field::default() }, &priorities))
                (input("text", Field { name: "tags", label: t!("word-tags"), value: &view.tags, hint: Some(t!("mail-filters-commas-between-them")), autocomplete: Some("off"), ..Field::default() }))
                (ticks("does", t!("mail-filters-and"), None, &view.does))
                (checkbox("last", t!("mail-filters-ask-no-later-filter"), None, view.last))
                @if view.may_change {
                    div.send {
                        (Button::submit(if view.title.is_empty() { t!("mail-filters-add-filter-2") } else { t!("word-save") }).primary())
                        (Button::submit_as(t!("mail-filters-try-past-mail"), "try", "yes").icon(Icon::Eye))
                    }
                }
            }
        }
    }
}
