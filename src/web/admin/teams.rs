//! Teams: all of them, and one with its members and queues.

use maud::{Markup, html};

use super::shell::{LastChange, TEAMS, Tick, last_change, names, problem, removal, shell, ticks};
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

/// One team of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TeamRow {
    pub href: String,
    pub name: String,
    pub region: String,
    pub lead: String,
    pub queues: Vec<String>,
    pub members: usize,
}

#[derive(Debug, Clone, Default)]
pub struct TeamsView {
    pub frame: Frame,
    pub teams: Vec<TeamRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/teams`.
pub fn page(view: &TeamsView) -> Markup {
    let make = html! { (Button::link(t!("teams-add-team"), "/agent/admin/teams/new").primary().icon(Icon::Plus)) };
    let about = t!("teams-people-who-work-queues");
    let columns = [t!("word-team"), t!("teams-lead"), t!("word-queues"), t!("teams-members")]
        .map(|heading| Column { heading, numeric: heading == t!("teams-members") });
    let row = |it: &TeamRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } small { (it.region) } } },
            html! { (it.lead) },
            html! { (it.queues.join(", ")) },
            html! { (it.members) },
        ]
    };
    shell(
        &view.frame,
        TEAMS,
        t!("teams-teams"),
        html! {
            (page_header(t!("teams-teams"), Some(about), view.may_make.then_some(make)))
            @if view.teams.is_empty() { (empty_state(Icon::People, t!("teams-no-team-yet"), t!("teams-add-one-give-queues"), None)) }
            @else { (table(t!("teams-teams"), &columns, &view.teams.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct TeamFormView {
    pub frame: Frame,
    pub action: String,
    /// The team's present name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub region: String,
    /// Names of those that there are.
    pub regions: Vec<String>,
    /// The id of its calendar; empty for none of its own.
    pub calendar: String,
    pub calendars: Vec<Choice>,
    /// The id of the lead; empty for nobody.
    pub lead: String,
    /// Present members.
    pub leads: Vec<Choice>,
    pub members: Vec<Tick>,
    pub queues: Vec<Tick>,
    pub name_error: Option<String>,
    pub region_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/teams/new` and `/agent/admin/teams/{id}`; sends `name`, `region`, `lead`, `member` and `queue` (each several
/// times) and `csrf`.
pub fn form_page(view: &TeamFormView) -> Markup {
    let title = if view.title.is_empty() { t!("teams-add-team") } else { &view.title };
    shell(
        &view.frame,
        TEAMS,
        title,
        html! {
            div { (breadcrumb(&[(t!("teams-teams"), TEAMS.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("teams-members-stay-what-else"), t!("teams-delete-team"), html! {}))
            }
        },
    )
}

fn form(view: &TeamFormView) -> Markup {
    let leads: Vec<_> = std::iter::once(Choice::new("", t!("word-nobody"))).chain(view.leads.iter().cloned()).collect();
    let calendars: Vec<_> = std::iter::once(Choice::new("", t!("teams-region-desk"))).chain(view.calendars.iter().cloned()).collect();
    html! {
        form.form id="team" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                div.field {
                    label for="region" { (t!("teams-region")) span.optional { " " (t!("teams-optional")) } }
                    p.hint id="region-hint" { (t!("teams-where-works-name-new")) }
                    input.control type="text" id="region" name="region" value=(view.region) maxlength="100" list="region-list" autocomplete="off" aria-describedby="region-hint" aria-invalid=[view.region_error.as_ref().map(|_| "true")];
                    (names("region-list", &view.regions))
                    @if let Some(error) = &view.region_error { p.error { (error) } }
                }
                @if !view.calendars.is_empty() { (select(Field { name: "calendar", label: t!("word-calendar"), value: &view.calendar, hint: Some(t!("teams-when-works")), ..Field::default() }, &calendars)) }
                @if !view.leads.is_empty() { (select(Field { name: "lead", label: t!("teams-lead"), value: &view.lead, hint: Some(t!("teams-member-who-speaks")), ..Field::default() }, &leads)) }
                (ticks("queue", t!("word-queues"), Some(t!("teams-what-works-queue-one")), &view.queues))
                (ticks("member", t!("teams-members"), Some(t!("teams-people-who-work-tickets")), &view.members))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("teams-add-team-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}
