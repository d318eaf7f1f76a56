//! Queues: all of them, and how one takes tickets in and gives them to people.

use maud::{Markup, html};

use super::shell::{LastChange, QUEUES, last_change, problem, shell};
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        field::{Choice, Field, checkbox, input, select},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
};

/// One queue of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueRow {
    pub href: String,
    pub name: String,
    pub team: String,
    /// How it assigns, in words.
    pub assigns: String,
    /// `12`, or `12 of 20`.
    pub open: String,
}

#[derive(Debug, Clone, Default)]
pub struct QueuesView {
    pub frame: Frame,
    pub queues: Vec<QueueRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/queues`.
pub fn page(view: &QueuesView) -> Markup {
    let make = html! { (Button::link("Add a queue", "/agent/admin/queues/new").primary().icon(Icon::Plus)) };
    let about = "Where tickets wait for a team. Each says who gets its tickets, and how many it takes.";
    let columns = ["Queue", "Team", "Assigned", "Open"].map(|heading| Column { heading, numeric: heading == "Open" });
    let row =
        |it: &QueueRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.team) }, html! { (it.assigns) }, html! { (it.open) }];
    shell(
        &view.frame,
        QUEUES,
        "Queues",
        html! {
            (page_header("Queues", Some(about), view.may_make.then_some(make)))
            (table("Queues", &columns, &view.queues.iter().map(row).collect::<Vec<_>>()))
        },
    )
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct QueueFormView {
    pub frame: Frame,
    pub action: String,
    /// The queue's name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub team: String,
    pub teams: Vec<Choice>,
    pub strategy: String,
    pub only_present: bool,
    pub fallback: String,
    pub fallbacks: Vec<Choice>,
    pub takes: String,
    pub wip_limit: String,
    pub wip_refuses: bool,
    pub wip_active_only: bool,
    pub overflow: String,
    pub overflows: Vec<Choice>,
    pub name_error: Option<String>,
    pub wip_limit_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/queues/new` and `/agent/admin/queues/{queue}`.
pub fn form_page(view: &QueueFormView) -> Markup {
    let title = if view.title.is_empty() { "Add a queue" } else { &view.title };
    shell(
        &view.frame,
        QUEUES,
        title,
        html! {
            div { (breadcrumb(&[("Queues", QUEUES.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (form(view))
        },
    )
}

fn form(view: &QueueFormView) -> Markup {
    let strategies = [
        ("manual", "By hand: people take them"),
        ("round_robin", "In turn, one after the other"),
        ("least_loaded", "To whoever has the least open work"),
        ("skill_based", "To whoever knows what is needed, and has the least open work"),
    ]
    .map(|it| Choice::new(it.0, it.1));
    let takes = [("never", "Never"), ("on_open", "When they open it"), ("on_reply", "When they answer")].map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="queue" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                @if view.title.is_empty() {
                    (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                }
                (select(Field { name: "team", label: "Team", value: &view.team, hint: Some("Its members are who gets the tickets."), ..Field::default() }, &view.teams))
                h2 { "Who gets its tickets" }
                (select(Field { name: "strategy", label: "Tickets are given", value: &view.strategy, required: true, ..Field::default() }, &strategies))
                (checkbox("only_present", "Only to people who are signed in", Some("Whoever is away or absent gets nothing in any case."), view.only_present))
                (select(Field { name: "fallback", label: "When nobody can take one", value: &view.fallback, required: true, ..Field::default() }, &view.fallbacks))
                (select(Field { name: "takes", label: "A ticket that nobody has goes to whoever works on it", value: &view.takes, required: true, ..Field::default() }, &takes))
                h2 { "How many it takes" }
                (input("number", Field { name: "wip_limit", label: "Open tickets at most", value: &view.wip_limit, error: view.wip_limit_error.as_deref(), hint: Some("Empty: as many as come."), ..Field::default() }))
                (checkbox("wip_active_only", "Tickets that wait for somebody else do not count", None, view.wip_active_only))
                (checkbox("wip_refuses", "Refuse more than that", Some("Otherwise people are only warned. What comes by mail or by a rule is never refused: it goes elsewhere."), view.wip_refuses))
                (select(Field { name: "overflow", label: "What comes by mail then goes to", value: &view.overflow, ..Field::default() }, &view.overflows))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { "Add this queue" } else { "Save" }).primary()) } }
            }
        }
    }
}
