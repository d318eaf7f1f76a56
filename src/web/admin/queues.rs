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
    tongue::t,
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
    let make = html! { (Button::link(t!("queues-add-queue"), "/agent/admin/queues/new").primary().icon(Icon::Plus)) };
    let about = t!("queues-where-tickets-wait-team");
    let columns = [t!("word-queue"), t!("word-team"), t!("queues-assigned"), t!("queues-open")]
        .map(|heading| Column { heading, numeric: heading == t!("queues-open") });
    let row =
        |it: &QueueRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.team) }, html! { (it.assigns) }, html! { (it.open) }];
    shell(
        &view.frame,
        QUEUES,
        t!("word-queues"),
        html! {
            (page_header(t!("word-queues"), Some(about), view.may_make.then_some(make)))
            (table(t!("word-queues"), &columns, &view.queues.iter().map(row).collect::<Vec<_>>()))
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
    let title = if view.title.is_empty() { t!("queues-add-queue") } else { &view.title };
    shell(
        &view.frame,
        QUEUES,
        title,
        html! {
            div { (breadcrumb(&[(t!("word-queues"), QUEUES.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (form(view))
        },
    )
}

fn form(view: &QueueFormView) -> Markup {
    let strategies = [
        ("manual", t!("queues-hand-people-take-them")),
        ("round_robin", t!("queues-turn-one-after-other")),
        ("least_loaded", t!("queues-whoever-least-open-work")),
        ("skill_based", t!("queues-whoever-knows-what-needed")),
    ]
    .map(|it| Choice::new(it.0, it.1));
    let takes = [("never", t!("queues-never")), ("on_open", t!("queues-when-they-open")), ("on_reply", t!("queues-when-they-answer"))]
        .map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="queue" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                @if view.title.is_empty() {
                    (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                }
                (select(Field { name: "team", label: t!("word-team"), value: &view.team, hint: Some(t!("queues-members-who-gets-tickets")), ..Field::default() }, &view.teams))
                h2 { (t!("queues-who-gets-tickets")) }
                (select(Field { name: "strategy", label: t!("queues-tickets-given"), value: &view.strategy, required: true, ..Field::default() }, &strategies))
                (checkbox("only_present", t!("queues-only-people-who-signed"), Some(t!("queues-whoever-away-absent-gets")), view.only_present))
                (select(Field { name: "fallback", label: t!("queues-when-nobody-can-take"), value: &view.fallback, required: true, ..Field::default() }, &view.fallbacks))
                (select(Field { name: "takes", label: t!("queues-ticket-nobody-goes-whoever"), value: &view.takes, required: true, ..Field::default() }, &takes))
                h2 { (t!("queues-how-many-takes")) }
                (input("number", Field { name: "wip_limit", label: t!("queues-open-tickets-most"), value: &view.wip_limit, error: view.wip_limit_error.as_deref(), hint: Some(t!("queues-empty-many-come")), ..Field::default() }))
                (checkbox("wip_active_only", t!("queues-tickets-wait-somebody-else"), None, view.wip_active_only))
                (checkbox("wip_refuses", t!("queues-refuse-more-than"), Some(t!("queues-otherwise-people-only-warned")), view.wip_refuses))
                (select(Field { name: "overflow", label: t!("queues-what-comes-mail-then"), value: &view.overflow, ..Field::default() }, &view.overflows))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("queues-add-queue-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}
