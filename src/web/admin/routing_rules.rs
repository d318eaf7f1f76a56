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
    let make = html! { (Button::link("Add a rule", "/agent/admin/routing/new").primary().icon(Icon::Plus)) };
    let about = "Asked of every new ticket, from the top. The first that fits is the last, unless it says to go on. What somebody said when they lodged a ticket stays.";
    let columns = ["Rule", "When", "Then", "Order"].map(|heading| Column { heading, numeric: false });
    let row = |it: &RuleRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { @if !it.enabled { (badge(Tone::Plain, "Off")) } @if it.goes_on { " then the next rules too" } } } },
            html! { (it.when) },
            html! { (it.then) },
            html! {
                @if view.may_make {
                    form.inline method="post" action={ (it.href) "/move" } {
                        (view.frame.csrf())
                        (Button::submit_as(&format!("Move {} up", it.name), "by", "up").only_icon(Icon::Up).quiet())
                        (Button::submit_as(&format!("Move {} down", it.name), "by", "down").only_icon(Icon::Down).quiet())
                    }
                }
            },
        ]
    };
    shell(
        &view.frame,
        ROUTING,
        "Routing rules",
        html! {
            (page_header("Routing rules", Some(about), view.may_make.then_some(make)))
            @if view.rules.is_empty() { (empty_state(Icon::Right, "No rule yet", "Tickets go to the queue of their category, or to the desk's default queue.", None)) }
            @else { (table("Routing rules", &columns, &view.rules.iter().map(row).collect::<Vec<_>>())) }
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
    let title = if view.title.is_empty() { "Add a routing rule" } else { &view.title };
    shell(
        &view.frame,
        ROUTING,
        title,
        html! {
            div { (breadcrumb(&[("Routing rules", ROUTING.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            @if let Some(it) = &view.trial { (trial(it)) }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), "Tickets that it routed stay where they are, and go on naming it.", "Delete this rule", html! {}))
            }
        },
    )
}

fn trial(it: &TrialView) -> Markup {
    let columns = ["Ticket", "What would be otherwise"].map(|heading| Column { heading, numeric: false });
    let row = |it: &CaughtRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.number) } small { (it.title) } } },
            html! { @if it.changes.is_empty() { "Nothing" } @else { ul.plain-list { @for it in &it.changes { li { (it) } } } } },
        ]
    };
    html! {
        section.panel id="trial" aria-labelledby="trial-title" {
            h2 id="trial-title" { "What it would have done" }
            p {
                "Of the " (it.looked) " tickets of the last " (it.days) " days it would have caught " strong { (it.caught) } ". Nothing was changed."
                @if it.cut { " There were more tickets than were looked at; these are the newest." }
                @if it.caught > it.rows.len() { " The newest " (it.rows.len()) " are shown." }
            }
            @if !it.rows.is_empty() { (table("Tickets that it would have caught", &columns, &it.rows.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

fn form(view: &RuleFormView) -> Markup {
    let mut priorities = vec![Choice::new("", "As usual")];
    priorities.extend((1..=4).map(|it| Choice::new(it.to_string(), format!("P{it}"))));
    priorities.extend((1..=3).map(|it| Choice::new(format!("least-{it}"), format!("At least P{it}"))));
    let times =
        [("always", "At any time"), ("inside", "In working hours"), ("outside", "Outside working hours")].map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="rule" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            input type="hidden" name="version" value=(view.version);
            input type="hidden" name="position" value=(view.position);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (checkbox("enabled", "It is on", None, view.enabled))
                h2 { "When" }
                (input("text", Field { name: "condition", label: "A new ticket meets this", value: &view.condition, error: view.condition_error.as_deref(), hint: Some("As in a search: kind:incident channel:email is:vip organization:acme “vpn error”. Empty: every ticket."), chars_max: Some(2000), placeholder: Some("channel:email vpn OR wifi"), autocomplete: Some("off"), ..Field::default() }))
                (select(Field { name: "when", label: "It was lodged", value: &view.when, required: true, ..Field::default() }, &times))
                (select(Field { name: "calendar", label: "Working hours of", value: &view.calendar, ..Field::default() }, &view.calendars))
                h2 { "Then" }
                (select(Field { name: "queue", label: "Queue", value: &view.queue, ..Field::default() }, &view.queues))
                (select(Field { name: "assignee", label: "Assignee", value: &view.assignee, hint: Some("Whoever stands in for them if they are absent."), ..Field::default() }, &view.assignees))
                (select(Field { name: "priority", label: "Priority", value: &view.priority, ..Field::default() }, &priorities))
                (select(Field { name: "category", label: "Category", value: &view.category, ..Field::default() }, &view.categories))
                (input("text", Field { name: "tags", label: "Tags", value: &view.tags, hint: Some("With commas between them."), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "watchers", label: "Who follows it", value: &view.watchers, hint: Some("Mail addresses of people who work tickets, with commas between them."), autocomplete: Some("off"), ..Field::default() }))
                (checkbox("goes_on", "Ask the rules after it as well", None, view.goes_on))
                @if view.may_change {
                    h2 { "Try it first" }
                    (input("number", Field { name: "days", label: "On the tickets of the last days", value: &view.days, hint: Some("Which it would have caught as they were lodged, and what would be otherwise. Nothing is changed."), ..Field::default() }))
                    div.send {
                        (Button::submit(if view.title.is_empty() { "Add this rule" } else { "Save" }).primary())
                        (Button::submit_as("Try it", "try", "yes").icon(Icon::Eye))
                    }
                }
            }
        }
    }
}
