//! The desks of this server, for its operators: the list, a new one, one with what it takes and what can be done with it.

use maud::{Markup, html};

use super::shell::{DESKS, problem, removal, shell};
use crate::{
    appliance::{DeskEntry, Overview, Usage},
    web::{
        components::{
            attachment::size,
            badge::{Tone, badge},
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Field, input, textarea},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            pagination::{Pages, pagination},
            search_box::search_box,
            table::{Column, table},
        },
        layout::Frame,
    },
};

#[derive(Debug, Clone, Default)]
pub struct DesksView {
    pub frame: Frame,
    pub desks: Vec<Overview>,
    pub pages: Pages,
    pub query: String,
}

/// Where the page of a desk is.
pub fn address(entry: &DeskEntry) -> String {
    format!("{}/{}", DESKS.href, entry.id)
}

fn state(entry: &DeskEntry) -> Markup {
    match entry.suspended_at {
        Some(_) => badge(Tone::Warn, "Suspended"),
        None => badge(Tone::Ok, "Active"),
    }
}

/// The page at `/operator/desks`; `q` and `page` say which.
pub fn page(view: &DesksView) -> Markup {
    let make = html! { (Button::link("Add a desk", "/operator/desks/new").primary().icon(Icon::Plus)) };
    let about = "Each has its own people, tickets, settings and files; nothing of one is seen from another.";
    let columns = [
        ("Desk", false),
        ("State", false),
        ("Plan", false),
        ("People", true),
        ("Tickets", true),
        ("On disk", true),
        ("Last change", false),
    ]
    .map(|(heading, numeric)| Column { heading, numeric });
    let now = view.frame.now;
    let row = |Overview { entry, usage }: &Overview| {
        let of = |show: fn(&Usage) -> Markup| usage.as_ref().map_or_else(|| html! { "–" }, show);
        vec![
            html! { div.role-cell { a href=(address(entry)) { (entry.name) } @if !entry.hosts.is_empty() { small { (entry.hosts.join(", ")) } } } },
            state(entry),
            html! { (entry.plan.as_deref().unwrap_or("–")) },
            of(|it| html! { (it.people) }),
            of(|it| html! { (it.tickets) }),
            of(|it| html! { (size(it.bytes)) }),
            html! { @match usage.as_ref().and_then(|it| it.changed_at) { Some(at) => (moment(at, now)), None => "–" } },
        ]
    };
    shell(
        &view.frame,
        DESKS,
        "Desks",
        html! {
            (page_header("Desks", Some(about), Some(make)))
            (search_box(DESKS.href, "Name, host name or plan", &view.query, false))
            div id="list" {
                @if view.desks.is_empty() { (empty_state(Icon::Inbox, "No desk here", "Look for a part of its name, a host name or a plan.", None)) }
                @else {
                    (table("Desks", &columns, &view.desks.iter().map(row).collect::<Vec<_>>()))
                    (pagination("Pages of desks", &view.pages))
                }
            }
        },
    )
}

/// What the form of a desk to be shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct NewDeskView {
    pub frame: Frame,
    pub title: String,
    pub name: String,
    pub hosts: String,
    pub plan: String,
    pub owner_name: String,
    pub email: String,
    /// Whether the owner is invited by mail; else a link is shown.
    pub sends_mail: bool,
    pub title_error: Option<String>,
    pub name_error: Option<String>,
    pub hosts_error: Option<String>,
    pub plan_error: Option<String>,
    pub email_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/operator/desks/new`; sends `title`, `name`, `hosts`, `plan`, `owner_name`, `email` and `csrf`.
pub fn new_page(view: &NewDeskView) -> Markup {
    let how = match view.sends_mail {
        true => "They get an invitation by mail, and may do everything on the desk.",
        false => "They may do everything on the desk. No mail goes out from this server, so you get a link for them, which is shown once.",
    };
    let text = |name, label, value, error: &Option<String>| input("text", Field { required: true, ..of(name, label, value, error) });
    shell(
        &view.frame,
        DESKS,
        "Add a desk",
        html! {
            div { (breadcrumb(&[("Desks", DESKS.href)], "Add a desk")) (page_header("Add a desk", None, None)) }
            form.form id="desk" method="post" action=(DESKS.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                (input("text", Field { required: true, chars_max: Some(255), hint: Some("Such as Acme IT; its people see it everywhere."), ..of("title", "What its people call it", &view.title, &view.title_error) }))
                (name_field(&view.name, &view.name_error))
                (hosts_field(&view.hosts, &view.hosts_error, true, false))
                (plan_field(&view.plan, &view.plan_error))
                fieldset.field.plain {
                    legend { "First owner" }
                    p.hint { (how) }
                    (input("email", Field { required: true, ..of("email", "Mail address", &view.email, &view.email_error) }))
                    (text("owner_name", "Name", &view.owner_name, &None))
                }
                div.send { (Button::submit("Add this desk").primary()) }
            }
        },
    )
}

fn of<'a>(name: &'a str, label: &'a str, value: &'a str, error: &'a Option<String>) -> Field<'a> {
    Field { name, label, value, error: error.as_deref(), autocomplete: Some("off"), ..Field::default() }
}

fn name_field(value: &str, error: &Option<String>) -> Markup {
    let hint = Some("Short, of a to z, 0 to 9 and hyphens: for commands and lists.");
    input("text", Field { required: true, chars_max: Some(40), hint, ..of("name", "Name", value, error) })
}

fn hosts_field(value: &str, error: &Option<String>, required: bool, is_own: bool) -> Markup {
    let hint = match is_own {
        true => "One a line. You are signed in here, so host names can be added and not taken away.",
        false => "One a line, such as help.example.com. They say which desk is meant, so none belongs to two.",
    };
    textarea(Field { required, hint: Some(hint), ..of("hosts", "Host names", value, error) })
}

fn plan_field(value: &str, error: &Option<String>) -> Markup {
    let hint = Some("What was agreed, in your own words. Nothing depends on it.");
    input("text", Field { chars_max: Some(100), hint, ..of("plan", "Plan", value, error) })
}

/// What the page of one desk shows, and shows again after a refusal.
#[derive(Debug, Clone)]
pub struct DeskView {
    pub frame: Frame,
    pub desk: Overview,
    /// The reader is signed in there.
    pub is_own: bool,
    pub name: String,
    pub hosts: String,
    pub requests_per_minute: String,
    pub plan: String,
    pub name_error: Option<String>,
    pub hosts_error: Option<String>,
    pub requests_error: Option<String>,
    pub plan_error: Option<String>,
    pub error: Option<String>,
    /// The first owner's address and their way in, shown this once.
    pub made: Option<(String, String)>,
}

impl DeskView {
    /// As the desk is.
    pub fn of(frame: Frame, desk: Overview, is_own: bool) -> DeskView {
        let entry = &desk.entry;
        DeskView {
            frame,
            is_own,
            name: entry.name.clone(),
            hosts: entry.hosts.join("\n"),
            requests_per_minute: entry.requests_per_minute.map(|it| it.to_string()).unwrap_or_default(),
            plan: entry.plan.clone().unwrap_or_default(),
            name_error: None,
            hosts_error: None,
            requests_error: None,
            plan_error: None,
            error: None,
            made: None,
            desk,
        }
    }
}

/// The page at `/operator/desks/{id}`; sends `name`, `hosts`, `requests_per_minute`, `plan` and `csrf`, and has a form each for
/// `state`, `export` and `delete` beneath it.
pub fn desk_page(view: &DeskView) -> Markup {
    let entry = &view.desk.entry;
    shell(
        &view.frame,
        DESKS,
        &entry.name,
        html! {
            div { (breadcrumb(&[("Desks", DESKS.href)], &entry.name)) (page_header(&entry.name, None, Some(state(entry)))) }
            @if let Some((email, link)) = &view.made { (made(email, link)) }
            (taken(view))
            (form(view))
            section.panel {
                h2 { "Take it away" }
                p { "One archive (tar) with its store and files as of one moment. Passwords and tokens are in it by their hashes only; the search index is left out, and so is the key of sealed secrets." }
                form method="post" action={ (address(entry)) "/export" } { (view.frame.csrf()) (Button::submit("Export").icon(Icon::File)) }
            }
            @if view.is_own { p.last-change { "You are signed in at this desk, so it is not suspended or deleted from here." } }
            @else { (standing(view)) (deletion(view)) }
        },
    )
}

fn made(email: &str, link: &str) -> Markup {
    let title = "The desk is there. Give its first owner this link now: it is not shown again.".to_owned();
    let text = format!("It is for {email}, works once, and for a week.");
    html! {
        (banner(&Banner { tone: Tone::Ok, title, text }))
        div.field { label for="link" { "The way in" } input.control type="text" id="link" readonly value=(link); }
    }
}

/// What the desk takes.
fn taken(view: &DeskView) -> Markup {
    let now = view.frame.now;
    let Overview { entry, usage } = &view.desk;
    html! {
        dl.facts {
            div { dt { "Made" } dd { (moment(entry.created_at, now)) } }
            @if let Some(it) = entry.suspended_at { div { dt { "Suspended" } dd { (moment(it, now)) } } }
            @if let Some(it) = usage {
                div { dt { "People" } dd { (it.people) } }
                div { dt { "Tickets" } dd { (it.tickets) " (" (it.open_tickets) " open)" } }
                div { dt { "On disk" } dd { (size(it.bytes)) } }
                @if let Some(at) = it.changed_at { div { dt { "Last change" } dd { (moment(at, now)) } } }
                div { dt { "Counted" } dd { (moment(it.counted_at, now)) } }
            } @else { div { dt { "Taken" } dd { "not counted yet: nobody was there" } } }
        }
    }
}

fn form(view: &DeskView) -> Markup {
    let hint = Some("Requests that all of it may make in a minute; empty for as many as the machine takes.");
    html! {
        form.form id="desk" method="post" action=(address(&view.desk.entry)) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            (name_field(&view.name, &view.name_error))
            (hosts_field(&view.hosts, &view.hosts_error, false, view.is_own))
            (input("number", Field { hint, ..of("requests_per_minute", "Requests per minute", &view.requests_per_minute, &view.requests_error) }))
            (plan_field(&view.plan, &view.plan_error))
            div.send { (Button::submit("Save").primary()) }
        }
    }
}

fn standing(view: &DeskView) -> Markup {
    let action = format!("{}/state", address(&view.desk.entry));
    if view.desk.entry.suspended_at.is_some() {
        return html! {
            form.form method="post" action=(action) {
                (view.frame.csrf())
                input type="hidden" name="suspended" value="no";
                p { "Nobody gets in, nothing is sent and no mail is taken in. Nothing was lost: after resuming, what waited goes on." }
                div.send { (Button::submit("Resume")) }
            }
        };
    }
    let about =
        "Nobody gets in, nothing is sent and no mail is taken in until you resume it; whoever is there now is let go. Nothing is lost.";
    removal(&view.frame, &action, about, "Suspend", html! { input type="hidden" name="suspended" value="yes"; })
}

fn deletion(view: &DeskView) -> Markup {
    let entry = &view.desk.entry;
    let about = "Its people, tickets, files and log are gone for good. Export it first if anybody may want them.";
    let label = format!("Type its name, {}, to say that you mean it", entry.name);
    let field = input("text", Field { name: "confirm", label: &label, required: true, autocomplete: Some("off"), ..Field::default() });
    removal(&view.frame, &format!("{}/delete", address(entry)), about, "Delete this desk", field)
}
