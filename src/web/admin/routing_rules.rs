//! Routing rules: all of them in their order, and one with its condition, what follows, and what it would have done.

use maud::{Markup, html};

use super::shell::{LastChange, ROUTING, last_change, problem, removal, shell};
use crate::web::{
    components::{
        badge::{Tone, badge},
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, checkbox, input, select},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::{marked, t},
};

/// One rule of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleRow {
    pub href: String,
    pub name: String,
    pub when: String,
    pub then: String,
    pub enabled: bool,
    pub goes_on: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RulesView {
    pub frame: Frame,
    pub rules: Vec<RuleRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/routing`.
pub fn page(view: &RulesView) -> Markup {
    let make = html! { (Button::link(t!("routing-rules-add-rule"), "/agent/admin/routing/new").primary().icon(Icon::Plus)) };
    let about = t!("routing-rules-asked-every-new-ticket");
    let columns = [t!("word-rule"), t!("routing-rules-when"), t!("routing-rules-then"), t!("word-order")]
        .map(|heading| Column { heading, numeric: false });
    let row = |it: &RuleRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { @if !it.enabled { (badge(Tone::Plain, t!("word-off"))) } @if it.goes_on { " " (t!("routing-rules-then-next-rules-too")) } } } },
            html! { (it.when) },
            html! { (it.then) },
            html! {
                @if view.may_make {
                    form.inline method="post" action={ (it.href) "/move" } {
                        (view.frame.csrf())
                        (Button::submit_as(&t!("routing-rules-move-up", name = it.name), "by", "up").only_icon(Icon::Up).quiet())
                        (Button::submit_as(&t!("routing-rules-move-down", name = it.name), "by", "down").only_icon(Icon::Down).quiet())
                    }
                }
            },
        ]
    };
    shell(
        &view.frame,
        ROUTING,
        t!("routing-rules-routing-rules"),
        html! {
            (page_header(t!("routing-rules-routing-rules"), Some(about), view.may_make.then_some(make)))
            @if view.rules.is_empty() { (empty_state(Icon::Right, t!("routing-rules-no-rule-yet"), t!("routing-rules-tickets-go-queue-their"), None)) }
            @else { (table(t!("routing-rules-routing-rules"), &columns, &view.rules.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// A ticket that the rule would have caught.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaughtRow {
    pub href: String,
    pub number: String,
    pub title: String,
    /// What would be otherwise, as "queue: Service desk → Network".
    pub changes: Vec<String>,
}

/// What a trial found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrialView {
    pub days: u32,
    pub looked: usize,
    pub cut: bool,
    pub caught: usize,
    pub rows: Vec<CaughtRow>,
}

/// What the form shows, and shows again after a refusal or a trial.
#[derive(Debug, Clone, Default)]
pub struct RuleFormView {
    pub frame: Frame,
    pub action: String,
    /// The rule's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub position: String,
    pub enabled: bool,
    pub condition: String,
    pub when: String,
    pub calendar: String,
    pub calendars: Vec<Choice>,
    pub queue: String,
    pub queues: Vec<Choice>,
    pub assignee: String,
    /// People, and rotations as `on_call:ID`.
    pub assignees: Vec<Choice>,
    pub priority: String,
    pub category: String,
    pub categories: Vec<Choice>,
    pub tags: String,
    /// Mail addresses.
    pub watchers: String,
    pub goes_on: bool,
    pub days: String,
    pub trial: Option<TrialView>,
    pub name_error: Option<String>,
    pub condition_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/routing/new` and `/agent/admin/routing/{id}`.
pub fn form_page(view: &RuleFormView) -> Markup {
    let title = if view.title.is_empty() { t!("routing-rules-add-routing-rule") } else { &view.title };
    shell(
        &view.frame,
        ROUTING,
        title,
        html! {
            div { (breadcrumb(&[(t!("routing-rules-routing-rules"), ROUTING.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            @if let Some(it) = &view.trial { (trial(it)) }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("routing-rules-tickets-routed-stay-where"), t!("routing-rules-delete-rule"), html! {}))
            }
        },
    )
}

fn trial(it: &TrialView) -> Markup {
    let columns = [t!("word-ticket"), t!("routing-rules-what-would-otherwise")].map(|heading| Column { heading, numeric: false });
    let row = |it: &CaughtRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.number) } small { (it.title) } } },
            html! { @if it.changes.is_empty() { (t!("routing-rules-nothing")) } @else { ul.plain-list { @for it in &it.changes { li { (it) } } } } },
        ]
    };
    html! {
        section.panel id="trial" aria-labelledby="trial-title" {
            h2 id="trial-title" { (t!("routing-rules-what-would-done")) }
            p {
                (marked!("routing-rules-tickets-last-days-would", looked = it.looked, days = it.days, caught = html! { strong { (it.caught) } }))
                @if it.cut { " " (t!("routing-rules-there-were-more-tickets")) }
                @if it.caught > it.rows.len() { " " (marked!("routing-rules-newest-shown", count = it.rows.len())) }
            }
            @if !it.rows.is_empty() { (table(t!("routing-rules-tickets-would-caught"), &columns, &it.rows.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

fn form(view: &RuleFormView) -> Markup {
    let mut priorities = vec![Choice::new("", t!("word-usual"))];
    priorities.extend((1..=4).map(|it| Choice::new(it.to_string(), format!("P{it}"))));
    priorities.extend((1..=3).map(|it| Choice::new(format!("least-{it}"), t!("routing-rules-least-p", it = it))));
    let times = [
        ("always", t!("routing-rules-any-time")),
        ("inside", t!("routing-rules-working-hours")),
        ("outside", t!("routing-rules-outside-working-hours")),
    ]
    .map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="rule" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            input type="hidden" name="version" value=(view.version);
            input type="hidden" name="position" value=(view.position);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (checkbox("enabled", t!("word-it-is-on"), None, view.enabled))
                h2 { (t!("routing-rules-when")) }
                (input("text", Field { name: "condition", label: t!("routing-rules-new-ticket-meets"), value: &view.condition, error: view.condition_error.as_deref(), hint: Some(t!("routing-rules-search-kind-incident-channel")), chars_max: Some(2000), placeholder: Some("channel:email vpn OR wifi"), autocomplete: Some("off"), ..Field::default() }))
                (select(Field { name: "when", label: t!("routing-rules-lodged"), value: &view.when, required: true, ..Field::default() }, &times))
                (select(Field { name: "calendar", label: t!("routing-rules-working-hours-2"), value: &view.calendar, ..Field::default() }, &view.calendars))
                h2 { (t!("routing-rules-then")) }
                (select(Field { name: "queue", label: t!("word-queue"), value: &view.queue, ..Field::default() }, &view.queues))
                (select(Field { name: "assignee", label: t!("word-assignee"), value: &view.assignee, hint: Some(t!("routing-rules-whoever-stands-them-if")), ..Field::default() }, &view.assignees))
                (select(Field { name: "priority", label: t!("word-priority"), value: &view.priority, ..Field::default() }, &priorities))
                (select(Field { name: "category", label: t!("word-category"), value: &view.category, ..Field::default() }, &view.categories))
                (input("text", Field { name: "tags", label: t!("word-tags"), value: &view.tags, hint: Some(t!("routing-rules-commas-between-them")), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "watchers", label: t!("routing-rules-who-follows"), value: &view.watchers, hint: Some(t!("routing-rules-mail-addresses-people-who")), autocomplete: Some("off"), ..Field::default() }))
                (checkbox("goes_on", t!("routing-rules-ask-rules-after-well"), None, view.goes_on))
                @if view.may_change {
                    h2 { (t!("routing-rules-try-first")) }
                    (input("number", Field { name: "days", label: t!("routing-rules-tickets-last-days"), value: &view.days, hint: Some(t!("routing-rules-which-would-caught-they")), ..Field::default() }))
                    div.send {
                        (Button::submit(if view.title.is_empty() { t!("routing-rules-add-rule-2") } else { t!("word-save") }).primary())
                        (Button::submit_as(t!("routing-rules-try"), "try", "yes").icon(Icon::Eye))
                    }
                }
            }
        }
    }
}
