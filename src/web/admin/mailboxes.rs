//! Settings of mailboxes: the list with how each is, and one with its folders, its sign-in, its test and its form. What a field means
//! is decided elsewhere; here it has a name, a label and a shape.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{
    shell::{MAILBOXES, removal, shell},
    sign_in_methods::FoundView,
};
use crate::{
    desk::mail::watch::{FolderWatch, Standing},
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, checkbox, input, select, textarea},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Line,
    Number,
    Lines,
    Secret,
    Switch,
    OneOf(&'static [(&'static str, &'static str)]),
    Queue,
}

/// A field of the form.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub name: &'static str,
    label: &'static str,
    hint: &'static str,
    shape: Shape,
    required: bool,
}

const fn line(name: &'static str, label: &'static str, hint: &'static str) -> Spec {
    Spec { name, label, hint, shape: Shape::Line, required: false }
}

const fn must(it: Spec) -> Spec {
    Spec { required: true, ..it }
}

const fn shaped(shape: Shape, it: Spec) -> Spec {
    Spec { shape, ..it }
}

const PROTOCOLS: &[(&str, &str)] = &[("imap", "IMAP"), ("pop3", "POP3")];
const ENCRYPTIONS: &[(&str, &str)] =
    &[("tls", "TLS, from the start"), ("start_tls", "STARTTLS, required"), ("none", "None, only for a server on this machine")];
const AFTERS: &[(&str, &str)] =
    &[("leave", "Leave it as it is"), ("mark_seen", "Mark it as seen"), ("move", "Move it to a folder"), ("delete", "Delete it")];
const SIGN_INS: &[(&str, &str)] = &[
    ("password", "By password"),
    ("microsoft", "At Microsoft 365"),
    ("google", "At Google"),
    ("custom", "At another provider (OAuth 2.0)"),
];

const BASICS: &[Spec] = &[
    must(line("name", "Name", "How you call it here, such as Support.")),
    must(line("address", "Address", "Where people write to. Mail from it is our own.")),
    shaped(Shape::Lines, line("aliases", "Other addresses", "One a line, if mail to others lands here too.")),
    shaped(Shape::Switch, line("enabled", "It is on", "Mail is fetched from it.")),
];

const SERVER: &[Spec] = &[
    shaped(Shape::OneOf(PROTOCOLS), line("protocol", "Protocol", "IMAP where there is a choice.")),
    must(line("host", "Host", "The name that stands in the server's certificate, such as imap.example.com.")),
    shaped(Shape::OneOf(ENCRYPTIONS), line("encryption", "Encryption", "")),
    shaped(Shape::Number, line("port", "Port", "Empty for the usual one.")),
    shaped(Shape::Lines, line("ca", "Authority's certificate", "PEM, if the server's certificate is of your own authority.")),
];

const SIGN_IN: &[Spec] = &[
    line("username", "User name", "The address if empty."),
    shaped(Shape::OneOf(SIGN_INS), line("signIn", "Signing in", "")),
    shaped(Shape::Secret, line("secret", "Password, or the client's secret", "Leave it empty to keep the one that is there.")),
];

const OAUTH: &[Spec] = &[
    line("clientId", "Client id", "As the provider gave it when you registered Lodge there."),
    line("tenant", "Tenant", "Microsoft only: your organization's id or domain."),
    line("authorizationEndpoint", "Authorization endpoint", "Another provider only."),
    line("tokenEndpoint", "Token endpoint", "Another provider only."),
    line("scopes", "Scopes", "Another provider only, with spaces between them."),
];

const FETCHING: &[Spec] = &[
    shaped(Shape::Lines, line("folders", "Folders", "One a line; INBOX if empty. A test shows which there are.")),
    shaped(Shape::OneOf(AFTERS), line("after", "What becomes of a mail there", "After it was taken in, and never before.")),
    line("moveTo", "Folder that it is moved to", "It is made if it is not there."),
    shaped(Shape::Number, line("pollSeconds", "Seconds between two looks", "The server tells of new mail at once where it can (IDLE).")),
    shaped(Shape::Number, line("alarmMinutes", "Minutes without success before an alarm", "")),
];

const MEANING: &[Spec] = &[
    shaped(Shape::Queue, line("queue", "Queue", "Where its tickets go.")),
    shaped(
        Shape::Switch,
        line("quiet", "Take an old mailbox over quietly", "Tickets are made and nobody is told. Switch it off when all is in."),
    ),
    shaped(
        Shape::Switch,
        line("believeReplyTo", "Reply-To says who writes", "Only for the address of a gateway, such as a web form or a fax service."),
    ),
    line(
        "authenticationServer",
        "Server whose checks are believed",
        "The name at the beginning of Authentication-Results, such as mx.example.com.",
    ),
];

/// Every field of the form.
pub fn fields() -> impl Iterator<Item = &'static Spec> {
    [BASICS, SERVER, SIGN_IN, OAUTH, FETCHING, MEANING].into_iter().flatten()
}

/// One mailbox in the list.
#[derive(Debug, Clone)]
pub struct RowView {
    pub name: String,
    pub href: String,
    pub address: String,
    pub server: String,
    pub standing: Standing,
    pub last_success: Option<Instant>,
    pub taken_in: u64,
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct MailboxesView {
    pub frame: Frame,
    pub rows: Vec<RowView>,
}

fn standing(it: Standing) -> Markup {
    match it {
        Standing::Off => badge(Tone::Plain, "Off"),
        Standing::New => badge(Tone::Info, "Not fetched yet"),
        Standing::Well => badge(Tone::Ok, "Well"),
        Standing::Failing => badge(Tone::Warn, "Failing"),
        Standing::Alarm => badge(Tone::Danger, "Alarm"),
    }
}

fn columns(headings: &[(&'static str, bool)]) -> Vec<Column<'static>> {
    headings.iter().map(|(heading, numeric)| Column { heading, numeric: *numeric }).collect()
}

fn since(at: Option<Instant>, frame: &Frame) -> Markup {
    html! { @if let Some(at) = at { (moment(at, frame.now)) } @else { "never" } }
}

/// The page at `/agent/admin/mailboxes`.
pub fn mailboxes_page(view: &MailboxesView) -> Markup {
    let frame = &view.frame;
    let columns =
        columns(&[("Name", false), ("Address", false), ("Server", false), ("State", false), ("Last success", false), ("Taken in", true)]);
    let rows: Vec<Vec<Markup>> = view
        .rows
        .iter()
        .map(|it| {
            vec![
                html! { a href=(it.href) { (it.name) } },
                html! { (it.address) },
                html! { (it.server) },
                standing(it.standing),
                since(it.last_success, frame),
                html! { (it.taken_in) },
            ]
        })
        .collect();
    let add = html! { (Button::link("Add a mailbox", "/agent/admin/mailboxes/new").primary().icon(Icon::Plus)) };
    shell(
        frame,
        MAILBOXES,
        "Mailboxes",
        html! {
            (page_header("Mailboxes", Some("Where mail is fetched from, and how that goes."), Some(add)))
            @for it in &view.rows {
                @for warning in &it.warnings {
                    (banner(&Banner { tone: tone(it.standing), title: it.name.clone(), text: warning.clone() }))
                }
            }
            @if rows.is_empty() {
                (empty_state(Icon::Mail, "None yet", "Add a mailbox, test it, and switch it on: each mail in it becomes a ticket, or joins the one that it belongs to.", None))
            } @else { (table("Mailboxes", &columns, &rows)) }
        },
    )
}

fn tone(it: Standing) -> Tone {
    if it == Standing::Alarm { Tone::Danger } else { Tone::Warn }
}

/// One mailbox as it is, besides its form.
#[derive(Debug, Clone)]
pub struct PresentView {
    /// Where its page is.
    pub address: String,
    pub enabled: bool,
    pub standing: Standing,
    pub warnings: Vec<String>,
    pub notes: Vec<String>,
    pub folders: Vec<FolderWatch>,
    /// Whose sign-in it needs, if it needs one, and since when there is one.
    pub oauth: Option<OAuthView>,
}

#[derive(Debug, Clone)]
pub struct OAuthView {
    pub authority: &'static str,
    pub signed_in_at: Option<Instant>,
    pub access_ends_at: Option<Instant>,
    /// To be registered there.
    pub callback: String,
}

/// The form of one mailbox.
#[derive(Debug, Clone, Default)]
pub struct MailboxView {
    pub frame: Frame,
    pub present: Option<PresentView>,
    /// By the names of fields; a switch that is on has `on`.
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
    pub error: Option<String>,
    pub findings: Vec<FoundView>,
    /// What a test has found to choose from.
    pub found_folders: Vec<String>,
    pub queues: Vec<(String, String)>,
}

impl MailboxView {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

/// The page at `/agent/admin/mailboxes/new` and `/agent/admin/mailboxes/ID`.
pub fn mailbox_page(view: &MailboxView) -> Markup {
    let title = if view.present.is_some() { view.value("name").to_owned() } else { "Add a mailbox".to_owned() };
    let title = if title.is_empty() { "Mailbox".to_owned() } else { title };
    let frame = &view.frame;
    let address = view.present.as_ref().map_or("/agent/admin/mailboxes", |it| it.address.as_str());
    shell(
        frame,
        MAILBOXES,
        &title,
        html! {
            div { (breadcrumb(&[(MAILBOXES.name, MAILBOXES.href)], &title)) (page_header(&title, view.present.is_none().then_some("It is looked at when it is on; test it first."), view.present.as_ref().map(|it| standing(it.standing)))) }
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            @if let Some(present) = &view.present {
                @for it in &present.warnings { (banner(&Banner { tone: tone(present.standing), title: it.clone(), text: String::new() })) }
                @for it in &present.notes { (banner(&Banner { tone: Tone::Info, title: it.clone(), text: String::new() })) }
            }
            (findings(view))
            @if let Some(present) = &view.present { (present_part(frame, present)) }
            form.form method="post" action=(address) {
                (frame.csrf())
                @for it in BASICS { (field(view, it)) }
                h2 { "Where it is" }
                @for it in SERVER { (field(view, it)) }
                h2 { "Signing in" }
                @for it in SIGN_IN { (field(view, it)) }
                details open[view.value("signIn") != "password" && !view.value("signIn").is_empty()] {
                    summary { "For signing in at a provider" }
                    @for it in OAUTH { (field(view, it)) }
                }
                h2 { "What is fetched" }
                @for it in FETCHING { (field(view, it)) }
                h2 { "What it becomes" }
                @for it in MEANING { (field(view, it)) }
                div.send { (Button::submit(if view.present.is_some() { "Save" } else { "Add it" }).primary()) }
            }
            @if let Some(present) = &view.present {
                (removal(frame, &format!("{}/delete", present.address), "Nothing is fetched from it any more. Tickets and mails that came from it stay.", "Take it away", html! {}))
            }
        },
    )
}

fn findings(view: &MailboxView) -> Markup {
    html! {
        @if !view.findings.is_empty() {
            section.form id="findings" aria-labelledby="findings-head" {
                h2 id="findings-head" { "What the test found" }
                @for it in &view.findings {
                    (banner(&Banner { tone: if it.fine { Tone::Ok } else { Tone::Danger }, title: it.text.clone(), text: it.advice.clone() }))
                }
                @if !view.found_folders.is_empty() {
                    p { "Folders of the account: " @for (i, it) in view.found_folders.iter().enumerate() { @if i > 0 { ", " } code { (it) } } "." }
                }
            }
        }
    }
}

fn present_part(frame: &Frame, it: &PresentView) -> Markup {
    let columns = columns(&[("Folder", false), ("On the server", true), ("Taken in", true), ("Last success", false), ("Statement", false)]);
    let rows: Vec<Vec<Markup>> = it
        .folders
        .iter()
        .map(|it| {
            vec![
                html! { (it.folder) },
                html! { (it.on_server) },
                html! { (it.taken_in) },
                since(it.last_success, frame),
                html! { @if let Some(statement) = &it.statement { (statement.said()) ", " (moment(statement.at, frame.now)) } @else { "none yet" } },
            ]
        })
        .collect();
    html! {
        section.form aria-labelledby="fetching-head" {
            h2 id="fetching-head" { "How fetching goes" }
            (table("Folders", &columns, &rows))
            div.send {
                @if it.enabled {
                    form method="post" action={ (it.address) "/poll" } { (frame.csrf()) (Button::submit("Look for mail now")) }
                    form method="post" action={ (it.address) "/statement" } { (frame.csrf()) (Button::submit("Compare with the ledger")) }
                }
                form method="post" action={ (it.address) "/test" } { (frame.csrf()) (Button::submit("Test the connection")) }
            }
        }
        @if let Some(oauth) = &it.oauth { (sign_in(frame, &it.address, oauth)) }
    }
}

fn sign_in(frame: &Frame, address: &str, it: &OAuthView) -> Markup {
    let label =
        if it.signed_in_at.is_some() { format!("Sign in again at {}", it.authority) } else { format!("Sign in at {}", it.authority) };
    html! {
        section.form aria-labelledby="sign-in-head" {
            h2 id="sign-in-head" { "Sign-in at " (it.authority) }
            p {
                @match (it.signed_in_at, it.access_ends_at) {
                    (Some(at), Some(ends)) => { "Signed in " (moment(at, frame.now)) ". The access token ends " (moment(ends, frame.now)) " and is renewed by itself." }
                    _ => { "Nobody has signed in for this mailbox yet." }
                }
            }
            p { "Register this address there for coming back: " code { (it.callback) } }
            div.send { (Button::link(&label, &format!("{address}/sign-in")).icon(Icon::Key)) }
        }
    }
}

fn field(view: &MailboxView, it: &Spec) -> Markup {
    let about = Field {
        name: it.name,
        label: it.label,
        value: view.value(it.name),
        hint: Some(it.hint).filter(|it| !it.is_empty()),
        error: view.errors.get(it.name).map(String::as_str),
        required: it.required,
        ..Field::default()
    };
    match it.shape {
        Shape::Line => input("text", about),
        Shape::Number => input("number", about),
        Shape::Lines => textarea(about),
        Shape::Secret => input("password", Field { value: "", autocomplete: Some("new-password"), ..about }),
        Shape::Switch => checkbox(it.name, it.label, about.hint, view.value(it.name) == "on"),
        Shape::OneOf(choices) => {
            let choices: Vec<_> = choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
            select(about, &choices)
        }
        Shape::Queue => {
            let all = view.queues.iter().map(|(id, name)| Choice::new(id.as_str(), name.as_str()));
            let choices: Vec<_> = [Choice::new("", "The desk's default queue")].into_iter().chain(all).collect();
            select(about, &choices)
        }
    }
}
