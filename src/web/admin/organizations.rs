//! Organizations: the companies that requesters belong to, one with its mail domains and who of it sees what.

use maud::{Markup, html};

use super::shell::{LastChange, ORGANIZATIONS, last_change, names, problem, removal, shell};
use crate::web::{
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Card, Field, cards, checkbox, input, textarea},
        icon::Icon,
        page_header::page_header,
        pagination::{Pages, pagination},
        search_box::search_box,
        table::{Column, table},
    },
    layout::Frame,
};

/// One organization of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationRow {
    pub href: String,
    pub name: String,
    pub parent: String,
    pub domains: Vec<String>,
    pub members: usize,
}

#[derive(Debug, Clone, Default)]
pub struct OrganizationsView {
    pub frame: Frame,
    pub organizations: Vec<OrganizationRow>,
    pub pages: Pages,
    pub query: String,
    pub may_make: bool,
}

/// The page at `/agent/admin/organizations`; `q` and `page` say which.
pub fn page(view: &OrganizationsView) -> Markup {
    let make = html! { (Button::link("Add an organization", "/agent/admin/organizations/new").primary().icon(Icon::Plus)) };
    let about = "The companies that people belong to. Whoever writes from a mail domain of one joins it by themselves.";
    let columns = ["Organization", "Mail domains", "Members"].map(|heading| Column { heading, numeric: heading == "Members" });
    let row = |it: &OrganizationRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } @if !it.parent.is_empty() { small { "of " (it.parent) } } } },
            html! { (it.domains.join(", ")) },
            html! { (it.members) },
        ]
    };
    shell(
        &view.frame,
        ORGANIZATIONS,
        "Organizations",
        html! {
            (page_header("Organizations", Some(about), view.may_make.then_some(make)))
            (search_box(ORGANIZATIONS.href, "Name of an organization", &view.query, false))
            div id="list" {
                @if view.organizations.is_empty() { (empty_state(Icon::Box, "No organization here", "Add one, or look for a part of its name.", None)) }
                @else {
                    (table("Organizations", &columns, &view.organizations.iter().map(row).collect::<Vec<_>>()))
                    (pagination("Pages of organizations", &view.pages))
                }
            }
        },
    )
}

/// A mail domain as the form shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainField {
    pub name: String,
    pub verified: bool,
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct OrganizationFormView {
    pub frame: Frame,
    pub action: String,
    /// The organization's present name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub parent: String,
    /// Names of others.
    pub others: Vec<String>,
    pub domains: Vec<DomainField>,
    /// One of the values of `SHARINGS`.
    pub sharing: String,
    /// Mail addresses, one a line.
    pub viewers: String,
    pub viewers_answer: bool,
    pub vip: bool,
    /// JSON.
    pub metadata: String,
    pub members: usize,
    pub members_href: String,
    pub name_error: Option<String>,
    pub parent_error: Option<String>,
    pub domains_error: Option<String>,
    pub viewers_error: Option<String>,
    pub metadata_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// Which members see all of the organization's tickets.
pub const SHARINGS: [Card<'static>; 3] = [
    ("nobody", "Nobody", "Everybody sees their own."),
    ("named", "Some members", "Those named below."),
    ("members", "All members", "Each sees what the others lodged."),
];

/// The pages at `/agent/admin/organizations/new` and `/agent/admin/organizations/{id}`; sends `name`, `parent`, `domain` (several times),
/// `verified` (the names of those that are), `sharing`, `viewers`, `viewers_answer`, `vip`, `metadata` and `csrf`.
pub fn form_page(view: &OrganizationFormView) -> Markup {
    let title = if view.title.is_empty() { "Add an organization" } else { &view.title };
    let members = if view.members == 1 { "1 member".to_owned() } else { format!("{} members", view.members) };
    let link = html! { (Button::link(&members, &view.members_href).icon(Icon::People)) };
    shell(
        &view.frame,
        ORGANIZATIONS,
        title,
        html! {
            div {
                (breadcrumb(&[("Organizations", ORGANIZATIONS.href)], title))
                (page_header(title, None, (!view.title.is_empty()).then_some(link)))
                (last_change(&view.frame, view.changed.as_ref()))
            }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), "Only one without members, departments and organizations beneath it goes away.", "Delete this organization", html! {}))
            }
        },
    )
}

fn form(view: &OrganizationFormView) -> Markup {
    html! {
        form.form id="organization" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: "Name", value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                div.field {
                    label for="parent" { "Part of" span.optional { " (optional)" } }
                    input.control type="text" id="parent" name="parent" value=(view.parent) list="parent-list" autocomplete="off" aria-describedby=[view.parent_error.as_ref().map(|_| "parent-error")] aria-invalid=[view.parent_error.as_ref().map(|_| "true")];
                    (names("parent-list", &view.others))
                    @if let Some(error) = &view.parent_error { p.error id="parent-error" { (error) } }
                }
                (domains(view))
                (cards(Field { name: "sharing", label: "Who of its members sees all its tickets?", value: &view.sharing, required: true, ..Field::default() }, "hurt", &SHARINGS))
                (textarea(Field { name: "viewers", label: "Members who see them", value: &view.viewers, error: view.viewers_error.as_deref(), hint: Some("Mail addresses, one a line; used where some members see them."), ..Field::default() }))
                (checkbox("vip", "VIP", Some("Its tickets are marked, and at least as pressing as the desk says."), view.vip))
                (checkbox("viewers_answer", "They may answer, too", Some("Otherwise they only read. Internal notes are never shown to them."), view.viewers_answer))
                (textarea(Field { name: "metadata", label: "Metadata", value: &view.metadata, error: view.metadata_error.as_deref(), hint: Some("A JSON object for other programs."), ..Field::default() }))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { "Add this organization" } else { "Save" }).primary()) } }
            }
        }
    }
}

/// One line per domain, and one more for another.
fn domains(view: &OrganizationFormView) -> Markup {
    html! {
        fieldset.field {
            legend { "Mail domains" }
            p.hint { "Tick a domain once you know that it is theirs: whoever is new and writes from it joins. An empty line is left out." }
            @for (i, it) in view.domains.iter().chain([&DomainField::default()]).enumerate() {
                div.domain {
                    input.control type="text" name="domain" value=(it.name) placeholder="example.com" aria-label={ "Mail domain " (i + 1) } autocomplete="off";
                    label.check { input type="checkbox" name="verified" value=(i) checked[it.verified]; span { "It is theirs" } }
                }
            }
            @if let Some(error) = &view.domains_error { p.error { (error) } }
        }
    }
}
