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
    let about = "Those who work tickets, as queues see them that assign by themselves.";
    let columns = ["Person", "Skills", "Open work", "There"].map(|heading| Column { heading, numeric: heading == "Open work" });
    let row = |it: &AgentRow| {
        vec![
            html! { a href=(it.href) { (it.name) } },
            html! { (it.skills) },
            html! { (it.load) },
            html! {
                @match (&it.gone, it.present) {
                    (Some(it), _) => (badge(Tone::Warn, it)),
                    (None, true) => "Signed in",
                    (None, false) => "",
                }
            },
        ]
    };
    shell(
        &view.frame,
        AGENTS,
        "Skills and absences",
        html! {
            (page_header("Skills and absences", Some(about), None))
            @if view.agents.is_empty() { (empty_state(Icon::People, "Nobody works tickets yet", "Give somebody a role that does.", None)) }
            @else { (table("People who work tickets", &columns, &view.agents.iter().map(row).collect::<Vec<_>>())) }
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
            div { (breadcrumb(&[("Skills and absences", AGENTS.href)], &view.name)) (page_header(&view.name, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form method="post" action=(view.action) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (input("text", Field { name: "skills", label: "Skills", value: &view.skills, hint: Some("With commas between them: vpn, linux, french. A queue that goes by skills looks for those that a category or a tag asks for."), autocomplete: Some("off"), ..Field::default() }))
                    (input("number", Field { name: "capacity", label: "How much open work they can have", value: &view.capacity, hint: Some(&view.usual), ..Field::default() }))
                    (availability(view.away, &view.absences, &view.people))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
}
