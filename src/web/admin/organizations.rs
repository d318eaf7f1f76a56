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
    tongue::{marked, phrase, t},
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
    let make = html! { (Button::link(t!("organizations-add-organization"), "/agent/admin/organizations/new").primary().icon(Icon::Plus)) };
    let about = t!("organizations-companies-people-belong-whoever");
    let columns = [t!("word-organization"), t!("organizations-mail-domains"), t!("organizations-members")]
        .map(|heading| Column { heading, numeric: heading == t!("organizations-members") });
    let row = |it: &OrganizationRow| {
        vec![
            html! { div.role-cell { a href=(it.href) { (it.name) } @if !it.parent.is_empty() { small { (marked!("organizations-of", parent = it.parent)) } } } },
            html! { (it.domains.join(", ")) },
            html! { (it.members) },
        ]
    };
    shell(
        &view.frame,
        ORGANIZATIONS,
        t!("organizations-organizations"),
        html! {
            (page_header(t!("organizations-organizations"), Some(about), view.may_make.then_some(make)))
            (search_box(ORGANIZATIONS.href, t!("organizations-name-organization"), &view.query, false))
            div id="list" {
                @if view.organizations.is_empty() { (empty_state(Icon::Box, t!("organizations-no-organization-here"), t!("organizations-add-one-look-part"), None)) }
                @else {
                    (table(t!("organizations-organizations"), &columns, &view.organizations.iter().map(row).collect::<Vec<_>>()))
                    (pagination(t!("organizations-pages-organizations"), &view.pages))
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
pub const SHARINGS: [Card; 3] = [
    ("nobody", phrase!("word-nobody"), phrase!("organizations-everybody-sees-their-own")),
    ("named", phrase!("organizations-some-members"), phrase!("organizations-those-named-below")),
    ("members", phrase!("organizations-all-members"), phrase!("organizations-each-sees-what-others")),
];

/// The pages at `/agent/admin/organizations/new` and `/agent/admin/organizations/{id}`; sends `name`, `parent`, `domain` (several times),
/// `verified` (the names of those that are), `sharing`, `viewers`, `viewers_answer`, `vip`, `metadata` and `csrf`.
pub fn form_page(view: &OrganizationFormView) -> Markup {
    let title = if view.title.is_empty() { t!("organizations-add-organization") } else { &view.title };
    let members = t!("organizations-member-count", count = view.members);
    let link = html! { (Button::link(&members, &view.members_href).icon(Icon::People)) };
    shell(
        &view.frame,
        ORGANIZATIONS,
        title,
        html! {
            div {
                (breadcrumb(&[(t!("organizations-organizations"), ORGANIZATIONS.href)], title))
                (page_header(title, None, (!view.title.is_empty()).then_some(link)))
                (last_change(&view.frame, view.changed.as_ref()))
            }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("organizations-only-one-without-members"), t!("organizations-delete-organization"), html! {}))
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
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                div.field {
                    label for="parent" { (t!("organizations-part")) span.optional { " " (t!("organizations-optional")) } }
                    input.control type="text" id="parent" name="parent" value=(view.parent) list="parent-list" autocomplete="off" aria-describedby=[view.parent_error.as_ref().map(|_| "parent-error")] aria-invalid=[view.parent_error.as_ref().map(|_| "true")];
                    (names("parent-list", &view.others))
                    @if let Some(error) = &view.parent_error { p.error id="parent-error" { (error) } }
                }
                (domains(view))
                (cards(Field { name: "sharing", label: t!("organizations-who-members-sees-all"), value: &view.sharing, required: true, ..Field::default() }, "hurt", &SHARINGS))
                (textarea(Field { name: "viewers", label: t!("organizations-members-who-see-them"), value: &view.viewers, error: view.viewers_error.as_deref(), hint: Some(t!("organizations-mail-addresses-one-line")), ..Field::default() }))
                (checkbox("vip", "VIP", Some(t!("organizations-tickets-marked-least-pressing")), view.vip))
                (checkbox("viewers_answer", t!("organizations-they-may-answer-too"), Some(t!("organizations-otherwise-they-only-read")), view.viewers_answer))
                (textarea(Field { name: "metadata", label: t!("organizations-metadata"), value: &view.metadata, error: view.metadata_error.as_deref(), hint: Some(t!("organizations-json-object-other-programs")), ..Field::default() }))
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("organizations-add-organization-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}

/// One line per domain, and one more for another.
fn domains(view: &OrganizationFormView) -> Markup {
    html! {
        fieldset.field {
            legend { (t!("organizations-mail-domains")) }
            p.hint { (t!("organizations-tick-domain-once-you")) }
            @for (i, it) in view.domains.iter().chain([&DomainField::default()]).enumerate() {
                div.domain {
                    input.control type="text" name="domain" value=(it.name) placeholder=("example.com") aria-label=(t!("organizations-mail-domain", i = i + 1)) autocomplete="off";
                    label.check { input type="checkbox" name="verified" value=(i) checked[it.verified]; span { (t!("organizations-theirs")) } }
                }
            }
            @if let Some(error) = &view.domains_error { p.error { (error) } }
        }
    }
}
