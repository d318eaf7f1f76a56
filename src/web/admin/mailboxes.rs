//! Settings of mailboxes: the list with how each is, and one with its folders, its sign-in, its test and its form. What a field means
//! is decided elsewhere; here it has a name, a label and a shape.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{
    shell::{MAILBOXES, removal, shell},
    sign_in_methods::FoundView,
};
use crate::{
    desk::mail::statement::Statement,
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
        tongue::{Phrase, marked, phrase, t},
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
    OneOf(&'static [(&'static str, Phrase)]),
    Queue,
}

/// A field of the form.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub name: &'static str,
    label: Phrase,
    hint: Phrase,
    shape: Shape,
    required: bool,
}

const fn line(name: &'static str, label: Phrase, hint: Phrase) -> Spec {
    Spec { name, label, hint, shape: Shape::Line, required: false }
}

const fn must(it: Spec) -> Spec {
    Spec { required: true, ..it }
}

const fn shaped(shape: Shape, it: Spec) -> Spec {
    Spec { shape, ..it }
}

const PROTOCOLS: &[(&str, Phrase)] = &[("imap", phrase!("mailboxes-imap")), ("pop3", phrase!("mailboxes-pop3"))];
const ENCRYPTIONS: &[(&str, Phrase)] = &[
    ("tls", phrase!("mailboxes-tls-start")),
    ("start_tls", phrase!("mailboxes-starttls-required")),
    ("none", phrase!("mailboxes-none-only-server-machine")),
];
const AFTERS: &[(&str, Phrase)] = &[
    ("leave", phrase!("mailboxes-leave")),
    ("mark_seen", phrase!("mailboxes-mark-seen")),
    ("move", phrase!("mailboxes-move-folder")),
    ("delete", phrase!("mailboxes-delete")),
];
const SIGN_INS: &[(&str, Phrase)] = &[
    ("password", phrase!("mailboxes-password")),
    ("microsoft", phrase!("mailboxes-microsoft-365")),
    ("google", phrase!("mailboxes-google")),
    ("custom", phrase!("mailboxes-another-provider-oauth-2")),
];

const BASICS: &[Spec] = &[
    must(line("name", phrase!("word-name"), phrase!("mailboxes-how-you-call-here"))),
    must(line("address", phrase!("mailboxes-address"), phrase!("mailboxes-where-people-write-mail"))),
    shaped(Shape::Lines, line("aliases", phrase!("mailboxes-other-addresses"), phrase!("mailboxes-one-line-if-mail"))),
    shaped(Shape::Switch, line("enabled", phrase!("word-it-is-on"), phrase!("mailboxes-mail-fetched"))),
];

const SERVER: &[Spec] = &[
    shaped(Shape::OneOf(PROTOCOLS), line("protocol", phrase!("mailboxes-protocol"), phrase!("mailboxes-imap-where-there-choice"))),
    must(line("host", phrase!("mailboxes-host"), phrase!("mailboxes-name-stands-servers-certificate"))),
    shaped(Shape::OneOf(ENCRYPTIONS), line("encryption", phrase!("mailboxes-encryption"), Phrase::NONE)),
    shaped(Shape::Number, line("port", phrase!("mailboxes-port"), phrase!("mailboxes-empty-usual-one"))),
    shaped(Shape::Lines, line("ca", phrase!("mailboxes-authoritys-certificate"), phrase!("mailboxes-pem-if-servers-certificate"))),
];

const SIGN_IN: &[Spec] = &[
    line("username", phrase!("mailboxes-user-name"), phrase!("mailboxes-address-if-empty")),
    shaped(Shape::OneOf(SIGN_INS), line("signIn", phrase!("mailboxes-signing"), Phrase::NONE)),
    shaped(Shape::Secret, line("secret", phrase!("mailboxes-password-clients-secret"), phrase!("mailboxes-leave-empty-keep-one"))),
];

const OAUTH: &[Spec] = &[
    line("clientId", phrase!("mailboxes-client-id"), phrase!("mailboxes-provider-gave-when-you")),
    line("tenant", phrase!("mailboxes-tenant"), phrase!("mailboxes-microsoft-only-your-organizations")),
    line("authorizationEndpoint", phrase!("mailboxes-authorization-endpoint"), phrase!("mailboxes-another-provider-only")),
    line("tokenEndpoint", phrase!("mailboxes-token-endpoint"), phrase!("mailboxes-another-provider-only")),
    line("scopes", phrase!("mailboxes-scopes"), phrase!("mailboxes-another-provider-only-spaces")),
];

const FETCHING: &[Spec] = &[
    shaped(Shape::Lines, line("folders", phrase!("mailboxes-folders"), phrase!("mailboxes-one-line-inbox-if"))),
    shaped(
        Shape::OneOf(AFTERS),
        line("after", phrase!("mailboxes-what-becomes-mail-there"), phrase!("mailboxes-after-taken-never-before")),
    ),
    line("moveTo", phrase!("mailboxes-folder-moved"), phrase!("mailboxes-made-if-not-there")),
    shaped(Shape::Number, line("pollSeconds", phrase!("mailboxes-seconds-between-two-looks"), phrase!("mailboxes-server-tells-new-mail"))),
    shaped(Shape::Number, line("alarmMinutes", phrase!("mailboxes-minutes-without-success-before"), Phrase::NONE)),
];

const MEANING: &[Spec] = &[
    shaped(Shape::Queue, line("queue", phrase!("word-queue"), phrase!("mailboxes-where-tickets-go"))),
    shaped(Shape::Switch, line("quiet", phrase!("mailboxes-take-old-mailbox-over"), phrase!("mailboxes-tickets-made-nobody-told"))),
    shaped(
        Shape::Switch,
        line("believeReplyTo", phrase!("mailboxes-reply-says-who-writes"), phrase!("mailboxes-only-address-gateway-such")),
    ),
    line(
        "authenticationServer",
        phrase!("mailboxes-server-whose-checks-believed"),
        phrase!("mailboxes-name-beginning-authentication-result"),
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
        Standing::Off => badge(Tone::Plain, t!("word-off")),
        Standing::New => badge(Tone::Info, t!("mailboxes-not-fetched-yet")),
        Standing::Well => badge(Tone::Ok, t!("mailboxes-well")),
        Standing::Failing => badge(Tone::Warn, t!("mailboxes-failing")),
        Standing::Alarm => badge(Tone::Danger, t!("mailboxes-alarm")),
    }
}

fn columns(headings: &[(&'static str, bool)]) -> Vec<Column<'static>> {
    headings.iter().map(|(heading, numeric)| Column { heading, numeric: *numeric }).collect()
}

fn since(at: Option<Instant>, frame: &Frame) -> Markup {
    html! { @if let Some(at) = at { (moment(at, frame.now)) } @else { (t!("mailboxes-never")) } }
}

/// The page at `/agent/admin/mailboxes`.
pub fn mailboxes_page(view: &MailboxesView) -> Markup {
    let frame = &view.frame;
    let columns = columns(&[
        (t!("word-name"), false),
        (t!("mailboxes-address"), false),
        (t!("mailboxes-server"), false),
        (t!("word-state"), false),
        (t!("mailboxes-last-success"), false),
        (t!("mailboxes-taken"), true),
    ]);
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
    let add = html! { (Button::link(t!("mailboxes-add-mailbox"), "/agent/admin/mailboxes/new").primary().icon(Icon::Plus)) };
    shell(
        frame,
        MAILBOXES,
        t!("mailboxes-mailboxes"),
        html! {
            (page_header(t!("mailboxes-mailboxes"), Some(t!("mailboxes-where-mail-fetched-how")), Some(add)))
            @for it in &view.rows {
                @for warning in &it.warnings {
                    (banner(&Banner { tone: tone(it.standing), title: it.name.clone(), text: warning.clone() }))
                }
            }
            @if rows.is_empty() {
                (empty_state(Icon::Mail, t!("mailboxes-none-yet"), t!("mailboxes-add-mailbox-test-switch"), None))
            } @else { (table(t!("mailboxes-mailboxes"), &columns, &rows)) }
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
    let title = if view.present.is_some() { view.value("name").to_owned() } else { t!("mailboxes-add-mailbox").to_owned() };
    let title = if title.is_empty() { t!("mailboxes-mailbox").to_owned() } else { title };
    let frame = &view.frame;
    let address = view.present.as_ref().map_or("/agent/admin/mailboxes", |it| it.address.as_str());
    shell(
        frame,
        MAILBOXES,
        &title,
        html! {
            div { (breadcrumb(&[(MAILBOXES.name.text(), MAILBOXES.href)], &title)) (page_header(&title, view.present.is_none().then_some(t!("mailboxes-looked-when-test-first")), view.present.as_ref().map(|it| standing(it.standing)))) }
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
                h2 { (t!("mailboxes-where")) }
                @for it in SERVER { (field(view, it)) }
                h2 { (t!("mailboxes-signing")) }
                @for it in SIGN_IN { (field(view, it)) }
                details open[view.value("signIn") != "password" && !view.value("signIn").is_empty()] {
                    summary { (t!("mailboxes-signing-provider")) }
                    @for it in OAUTH { (field(view, it)) }
                }
                h2 { (t!("mailboxes-what-fetched")) }
                @for it in FETCHING { (field(view, it)) }
                h2 { (t!("mailboxes-what-becomes")) }
                @for it in MEANING { (field(view, it)) }
                div.send { (Button::submit(if view.present.is_some() { t!("word-save") } else { t!("mailboxes-add") }).primary()) }
            }
            @if let Some(present) = &view.present {
                (removal(frame, &format!("{}/delete", present.address), t!("mailboxes-nothing-fetched-any-more"), t!("word-take-away"), html! {}))
            }
        },
    )
}

fn findings(view: &MailboxView) -> Markup {
    html! {
        @if !view.findings.is_empty() {
            section.form id="findings" aria-labelledby="findings-head" {
                h2 id="findings-head" { (t!("word-what-test-found")) }
                @for it in &view.findings {
                    (banner(&Banner { tone: if it.fine { Tone::Ok } else { Tone::Danger }, title: it.text.clone(), text: it.advice.clone() }))
                }
                @if !view.found_folders.is_empty() {
                    p { (marked!("mailboxes-found-folders", folders = html! { @for (i, it) in view.found_folders.iter().enumerate() { @if i > 0 { ", " } code { (it) } } })) }
                }
            }
        }
    }
}

fn present_part(frame: &Frame, it: &PresentView) -> Markup {
    let columns = columns(&[
        (t!("mailboxes-folder"), false),
        (t!("mailboxes-server-2"), true),
        (t!("mailboxes-taken"), true),
        (t!("mailboxes-last-success"), false),
        (t!("mailboxes-statement"), false),
    ]);
    let rows: Vec<Vec<Markup>> = it
        .folders
        .iter()
        .map(|it| {
            vec![
                html! { (it.folder) },
                html! { (it.on_server) },
                html! { (it.taken_in) },
                since(it.last_success, frame),
                html! { @if let Some(statement) = &it.statement { (statement_words(statement)) ", " (moment(statement.at, frame.now)) } @else { (t!("mailboxes-none-yet-2")) } },
            ]
        })
        .collect();
    html! {
        section.form aria-labelledby="fetching-head" {
            h2 id="fetching-head" { (t!("mailboxes-how-fetching-goes")) }
            (table(t!("mailboxes-folders"), &columns, &rows))
            div.send {
                @if it.enabled {
                    form method="post" action={ (it.address) "/poll" } { (frame.csrf()) (Button::submit(t!("mailboxes-look-mail-now"))) }
                    form method="post" action={ (it.address) "/statement" } { (frame.csrf()) (Button::submit(t!("mailboxes-compare-ledger"))) }
                }
                form method="post" action={ (it.address) "/test" } { (frame.csrf()) (Button::submit(t!("word-test-connection"))) }
            }
        }
        @if let Some(oauth) = &it.oauth { (sign_in(frame, &it.address, oauth)) }
    }
}

fn sign_in(frame: &Frame, address: &str, it: &OAuthView) -> Markup {
    let label = if it.signed_in_at.is_some() {
        t!("mailboxes-sign-again", authority = it.authority)
    } else {
        t!("mailboxes-sign", authority = it.authority)
    };
    html! {
        section.form aria-labelledby="sign-in-head" {
            h2 id="sign-in-head" { (marked!("mailboxes-sign-2", authority = it.authority)) }
            p {
                @match (it.signed_in_at, it.access_ends_at) {
                    (Some(at), Some(ends)) => { (marked!("mailboxes-signed-access-token-ends", when = moment(at, frame.now), when2 = moment(ends, frame.now))) }
                    _ => { (t!("mailboxes-nobody-signed-mailbox-yet")) }
                }
            }
            p { (marked!("mailboxes-register-address-there-coming", callback = html! { code { (it.callback) } })) }
            div.send { (Button::link(&label, &format!("{address}/sign-in")).icon(Icon::Key)) }
        }
    }
}

/// A statement as people read it.
fn statement_words(it: &Statement) -> String {
    let later = it.lacking - it.lost.min(it.lacking);
    let mut said = t!("mailboxes-statement-counts", server = it.on_server, ledger = it.in_ledger, lost = it.lost);
    if later > 0 {
        said = format!("{said}; {}", t!("mailboxes-statement-later", count = later));
    }
    if it.gone > 0 {
        said = format!("{said}; {}", t!("mailboxes-statement-gone", count = it.gone));
    }
    said
}

fn field(view: &MailboxView, it: &Spec) -> Markup {
    let about = Field {
        name: it.name,
        label: it.label.text(),
        value: view.value(it.name),
        hint: Some(it.hint.text()).filter(|it| !it.is_empty()),
        error: view.errors.get(it.name).map(String::as_str),
        required: it.required,
        ..Field::default()
    };
    match it.shape {
        Shape::Line => input("text", about),
        Shape::Number => input("number", about),
        Shape::Lines => textarea(about),
        Shape::Secret => input("password", Field { value: "", autocomplete: Some("new-password"), ..about }),
        Shape::Switch => checkbox(it.name, it.label.text(), about.hint, view.value(it.name) == "on"),
        Shape::OneOf(choices) => {
            let choices: Vec<_> = choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
            select(about, &choices)
        }
        Shape::Queue => {
            let all = view.queues.iter().map(|(id, name)| Choice::new(id.as_str(), name.as_str()));
            let choices: Vec<_> = [Choice::new("", t!("mailboxes-desks-default-queue"))].into_iter().chain(all).collect();
            select(about, &choices)
        }
    }
}
