//! Those who work tickets, as assignment sees them: what they know, how much they have and can have, whether they are there.

use maud::{Markup, html};

use super::shell::{AGENTS, LastChange, last_change, problem, shell};
use crate::web::{
    components::{
        availability::{AbsenceFields, availability},
        badge::{Tone, badge},
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, input},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::t,
};

/// One of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentRow {
    pub href: String,
    pub name: String,
    pub skills: String,
    /// `4`, or `4 of 10`.
    pub load: String,
    /// Absent or away, and until when.
    pub gone: Option<String>,
    pub present: bool,
}

#[derive(Debug, Clone, Default)]
pub struct AgentsView {
    pub frame: Frame,
    pub agents: Vec<AgentRow>,
}

/// The page at `/agent/admin/agents`.
pub fn page(view: &AgentsView) -> Markup {
    let about = t!("agents-those-who-work-tickets");
    let columns = [t!("agents-person"), t!("agents-skills"), t!("agents-open-work"), t!("agents-there")]
        .map(|heading| Column { heading, numeric: heading == t!("agents-open-work") });
    let row = |it: &AgentRow| {
        vec![
            html! { a href=(it.href) { (it.name) } },
            html! { (it.skills) },
            html! { (it.load) },
            html! {
                @match (&it.gone, it.present) {
                    (Some(it), _) => (badge(Tone::Warn, it)),
                    (None, true) => (t!("agents-signed")),
                    (None, false) => "",
                }
            },
        ]
    };
    shell(
        &view.frame,
        AGENTS,
        t!("agents-skills-absences"),
        html! {
            (page_header(t!("agents-skills-absences"), Some(about), None))
            @if view.agents.is_empty() { (empty_state(Icon::People, t!("agents-nobody-works-tickets-yet"), t!("agents-give-somebody-role-does"), None)) }
            @else { (table(t!("agents-people-who-work-tickets"), &columns, &view.agents.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

#[derive(Debug, Clone, Default)]
pub struct AgentFormView {
    pub frame: Frame,
    pub action: String,
    pub name: String,
    pub may_change: bool,
    pub skills: String,
    pub capacity: String,
    /// What the desk says where this says nothing.
    pub usual: String,
    pub away: bool,
    pub absences: Vec<AbsenceFields>,
    pub people: Vec<Choice>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The page at `/agent/admin/agents/{id}`.
pub fn form_page(view: &AgentFormView) -> Markup {
    shell(
        &view.frame,
        AGENTS,
        &view.name,
        html! {
            div { (breadcrumb(&[(t!("agents-skills-absences"), AGENTS.href)], &view.name)) (page_header(&view.name, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form method="post" action=(view.action) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "skills", label: t!("agents-skills"), value: &view.skills, hint: Some(t!("agents-commas-between-them-vpn")), autocomplete: Some("off"), ..Field::default() }))
                    (input("number", Field { name: "capacity", label: t!("agents-how-much-open-work"), value: &view.capacity, hint: Some(&view.usual), ..Field::default() }))
                    (availability(view.away, &view.absences, &view.people))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
