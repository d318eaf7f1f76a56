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
        tongue::{marked, t},
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
        Some(_) => badge(Tone::Warn, t!("desks-suspended")),
        None => badge(Tone::Ok, t!("desks-active")),
    }
}

/// The page at `/operator/desks`; `q` and `page` say which.
pub fn page(view: &DesksView) -> Markup {
    let make = html! { (Button::link(t!("desks-add-desk"), "/operator/desks/new").primary().icon(Icon::Plus)) };
    let about = t!("desks-each-own-people-tickets");
    let columns = [
        (t!("desks-desk"), false),
        (t!("word-state"), false),
        (t!("desks-plan"), false),
        (t!("word-people"), true),
        (t!("word-tickets"), true),
        (t!("desks-disk"), true),
        (t!("desks-last-change"), false),
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
        t!("desks-desks"),
        html! {
            (page_header(t!("desks-desks"), Some(about), Some(make)))
            (search_box(DESKS.href, t!("desks-name-host-name-plan"), &view.query, false))
            div id="list" {
                @if view.desks.is_empty() { (empty_state(Icon::Inbox, t!("desks-no-desk-here"), t!("desks-look-part-name-host"), None)) }
                @else {
                    (table(t!("desks-desks"), &columns, &view.desks.iter().map(row).collect::<Vec<_>>()))
                    (pagination(t!("desks-pages-desks"), &view.pages))
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
        true => t!("desks-they-get-invitation-mail"),
        false => t!("desks-they-may-do-everything"),
    };
    let text = |name, label, value, error: &Option<String>| input("text", Field { required: true, ..of(name, label, value, error) });
    shell(
        &view.frame,
        DESKS,
        t!("desks-add-desk"),
        html! {
            div { (breadcrumb(&[(t!("desks-desks"), DESKS.href)], t!("desks-add-desk"))) (page_header(t!("desks-add-desk"), None, None)) }
            form.form id="desk" method="post" action=(DESKS.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                (input("text", Field { required: true, chars_max: Some(255), hint: Some(t!("desks-such-acme-people-see")), ..of("title", t!("desks-what-people-call"), &view.title, &view.title_error) }))
                (name_field(&view.name, &view.name_error))
                (hosts_field(&view.hosts, &view.hosts_error, true, false))
                (plan_field(&view.plan, &view.plan_error))
                fieldset.field.plain {
                    legend { (t!("desks-first-owner")) }
                    p.hint { (how) }
                    (input("email", Field { required: true, ..of("email", t!("word-mail-address"), &view.email, &view.email_error) }))
                    (text("owner_name", t!("word-name"), &view.owner_name, &None))
                }
                div.send { (Button::submit(t!("desks-add-desk-2")).primary()) }
            }
        },
    )
}

fn of<'a>(name: &'a str, label: &'a str, value: &'a str, error: &'a Option<String>) -> Field<'a> {
    Field { name, label, value, error: error.as_deref(), autocomplete: Some("off"), ..Field::default() }
}

fn name_field(value: &str, error: &Option<String>) -> Markup {
    let hint = Some(t!("desks-short-z-0-9"));
    input("text", Field { required: true, chars_max: Some(40), hint, ..of("name", t!("word-name"), value, error) })
}

fn hosts_field(value: &str, error: &Option<String>, required: bool, is_own: bool) -> Markup {
    let hint = match is_own {
        true => t!("desks-one-line-you-signed"),
        false => t!("desks-one-line-such-help"),
    };
    textarea(Field { required, hint: Some(hint), ..of("hosts", t!("desks-host-names"), value, error) })
}

fn plan_field(value: &str, error: &Option<String>) -> Markup {
    let hint = Some(t!("desks-what-agreed-your-own"));
    input("text", Field { chars_max: Some(100), hint, ..of("plan", t!("desks-plan"), value, error) })
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
            div { (breadcrumb(&[(t!("desks-desks"), DESKS.href)], &entry.name)) (page_header(&entry.name, None, Some(state(entry)))) }
            @if let Some((email, link)) = &view.made { (made(email, link)) }
            (taken(view))
            (form(view))
            section.panel {
                h2 { (t!("word-take-away")) }
                p { (t!("desks-one-archive-tar-store")) }
                form method="post" action={ (address(entry)) "/export" } { (view.frame.csrf()) (Button::submit(t!("desks-export")).icon(Icon::File)) }
            }
            @if view.is_own { p.last-change { (t!("desks-you-signed-desk-so")) } }
            @else { (standing(view)) (deletion(view)) }
        },
    )
}

fn made(email: &str, link: &str) -> Markup {
    let title = t!("desks-desk-there-give-first").to_owned();
    let text = t!("desks-works-once-week", email = email);
    html! {
        (banner(&Banner { tone: Tone::Ok, title, text }))
        div.field { label for="link" { (t!("desks-way")) } input.control type="text" id="link" readonly value=(link); }
    }
}

/// What the desk takes.
fn taken(view: &DeskView) -> Markup {
    let now = view.frame.now;
    let Overview { entry, usage } = &view.desk;
    html! {
        dl.facts {
            div { dt { (t!("desks-made")) } dd { (moment(entry.created_at, now)) } }
            @if let Some(it) = entry.suspended_at { div { dt { (t!("desks-suspended")) } dd { (moment(it, now)) } } }
            @if let Some(it) = usage {
                div { dt { (t!("word-people")) } dd { (it.people) } }
                div { dt { (t!("word-tickets")) } dd { (marked!("desks-open", tickets = it.tickets, open_tickets = it.open_tickets)) } }
                div { dt { (t!("desks-disk")) } dd { (size(it.bytes)) } }
                @if let Some(at) = it.changed_at { div { dt { (t!("desks-last-change")) } dd { (moment(at, now)) } } }
                div { dt { (t!("desks-counted")) } dd { (moment(it.counted_at, now)) } }
            } @else { div { dt { (t!("desks-taken")) } dd { (t!("desks-not-counted-yet-nobody")) } } }
        }
    }
}

fn form(view: &DeskView) -> Markup {
    let hint = Some(t!("desks-requests-all-may-make"));
    html! {
        form.form id="desk" method="post" action=(address(&view.desk.entry)) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            (name_field(&view.name, &view.name_error))
            (hosts_field(&view.hosts, &view.hosts_error, false, view.is_own))
            (input("number", Field { hint, ..of("requests_per_minute", t!("desks-requests-per-minute"), &view.requests_per_minute, &view.requests_error) }))
            (plan_field(&view.plan, &view.plan_error))
            div.send { (Button::submit(t!("word-save")).primary()) }
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
                p { (t!("desks-nobody-gets-nothing-sent")) }
                div.send { (Button::submit(t!("desks-resume"))) }
            }
        };
    }
    let about = t!("desks-nobody-gets-nothing-sent-2");
    removal(&view.frame, &action, about, t!("desks-suspend"), html! { input type="hidden" name="suspended" value="yes"; })
}

fn deletion(view: &DeskView) -> Markup {
    let entry = &view.desk.entry;
    let about = t!("desks-people-tickets-files-log");
    let label = t!("desks-type-name-say-you", name = entry.name);
    let field = input("text", Field { name: "confirm", label: &label, required: true, autocomplete: Some("off"), ..Field::default() });
    removal(&view.frame, &format!("{}/delete", address(entry)), about, t!("desks-delete-desk"), field)
}
