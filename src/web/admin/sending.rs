//! How the desk sends, in the settings: the rules, the server, and the voices of queues.

use maud::{Markup, html};

use super::shell::{SENDING, Tick, problem, shell, ticks};
use crate::web::{
    components::{
        badge::Tone,
        banner::{Banner, banner},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Choice, Field, checkbox, input, select, textarea},
        page_header::page_header,
        table::{Column, table},
        tabs::{Tab, tabs},
    },
    layout::Frame,
    tongue::{Phrase, marked, phrase, t},
};

/// The parts of the section, each with its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Rules,
    Letters,
    Addresses,
    Signing,
}

/// The head that all parts share. Counts are of what somebody should look at.
pub fn head(part: Part, letters: Option<usize>, addresses: Option<usize>) -> Markup {
    let count = |it: Option<usize>| it.filter(|it| *it > 0);
    html! {
        (page_header(SENDING.name.text(), Some(t!("sending-how-mail-leaves-whose")), None))
        (tabs(t!("sending-parts-sending"), &[
            Tab::new(t!("sending-rules"), SENDING.href, None, part == Part::Rules),
            Tab::new(t!("sending-letters"), "/agent/admin/sending/letters", count(letters), part == Part::Letters),
            Tab::new(t!("word-suppressed-addresses"), "/agent/admin/sending/addresses", count(addresses), part == Part::Addresses),
            Tab::new(t!("sending-signing-dns"), "/agent/admin/sending/signing", None, part == Part::Signing),
        ], None))
    }
}

/// One thing that was found, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingView {
    pub fine: bool,
    pub text: String,
    pub advice: String,
}

/// What a test found, one below the other.
pub fn findings(all: &[FindingView]) -> Markup {
    html! { @for it in all { (banner(&Banner { tone: if it.fine { Tone::Ok } else { Tone::Warn }, title: it.text.clone(), text: it.advice.clone() })) } }
}

/// In whose voice mails are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VoiceForm {
    pub address: String,
    pub name: String,
    pub reply_to: String,
    pub signature: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueVoice {
    pub name: String,
    pub href: String,
    /// How its sender looks, with what comes from the desk.
    pub sender: String,
    pub own: bool,
}

/// The desk's own server, as the form has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerForm {
    pub host: String,
    pub port: String,
    pub encryption: String,
    pub username: String,
    pub has_password: bool,
    /// The mailbox whose sign-in is used; empty for user and password.
    pub mailbox: String,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: String,
}

/// What is wrong, by field.
pub type Errors = std::collections::BTreeMap<String, String>;

#[derive(Debug, Clone, Default)]
pub struct SendingView {
    pub frame: Frame,
    pub may_change: bool,
    pub hold_secs: String,
    pub language: String,
    pub languages: Vec<Choice>,
    pub reminder_days: String,
    pub reminders_max: String,
    pub keep_days: String,
    pub occasions: Vec<Tick>,
    pub null_return_path: bool,
    pub quotes: bool,
    pub voice: VoiceForm,
    /// What an empty address means.
    pub usual_address: String,
    pub server: ServerForm,
    /// Mailboxes that somebody signs in for, whose sign-in can be used for sending.
    pub sign_ins: Vec<Choice>,
    /// The machine's own way out, in words.
    pub machine: String,
    pub queues: Vec<QueueVoice>,
    pub findings: Vec<FindingView>,
    pub letters: usize,
    pub addresses: usize,
    pub errors: Errors,
    pub error: Option<String>,
}

fn error<'a>(errors: &'a Errors, name: &str) -> Option<&'a str> {
    errors.get(name).map(String::as_str)
}

/// The page at `/agent/admin/sending`.
pub fn page(view: &SendingView) -> Markup {
    shell(
        &view.frame,
        SENDING,
        SENDING.name.text(),
        html! {
            (head(Part::Rules, Some(view.letters), Some(view.addresses)))
            (problem(view.error.as_deref()))
            @if !view.findings.is_empty() { section.form id="findings" aria-label=(t!("word-what-test-found")) { (findings(&view.findings)) } }
            (rules(view))
            (server(view))
            section.form aria-labelledby="queues" {
                h2 id="queues" { (t!("word-queues")) }
                p { (t!("sending-queue-may-sender-signature")) }
                (queues(&view.queues))
            }
        },
    )
}

fn rules(view: &SendingView) -> Markup {
    let number = |name, label, value, hint| {
        input(
            "number",
            Field { name, label, value, hint: Some(hint), error: error(&view.errors, name), required: true, ..Field::default() },
        )
    };
    html! {
        form.form method="post" action=(SENDING.href) {
            (view.frame.csrf())
            fieldset.plain disabled[!view.may_change] {
                h2 { (t!("sending-desks-name")) }
                (voice(&view.voice, &view.errors, &view.usual_address))
                h2 { (t!("sending-when-what")) }
                (number("holdSeconds", t!("sending-seconds-which-answer-can"), &view.hold_secs, t!("sending-mails-wait-so-long")))
                (number("reminderDays", t!("sending-days-until-reminder"), &view.reminder_days, t!("sending-when-ticket-waits-requester")))
                (number("remindersMax", t!("sending-reminders-most"), &view.reminders_max, t!("sending-then-nothing-more-sent")))
                (number("keepDays", t!("sending-days-which-letters-kept"), &view.keep_days, t!("sending-then-answers-show-whom")))
                (select(Field { name: "language", label: t!("sending-language"), value: &view.language, hint: Some(t!("sending-people-whose-own-not")), required: true, ..Field::default() }, &view.languages))
                (ticks("on", t!("sending-mails-sent-themselves"), Some(t!("sending-answers-agents-always-sent")), &view.occasions))
                (checkbox("quotes", t!("sending-below-answer-stands-message"), None, view.quotes))
                (checkbox("nullReturnPath", t!("sending-acknowledgements-empty-return-path"), Some(t!("sending-then-nothing-comes-back")), view.null_return_path))
                @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
            }
        }
    }
}

fn voice(it: &VoiceForm, errors: &Errors, usual: &str) -> Markup {
    html! {
        (input("email", Field { name: "address", label: t!("sending-senders-address"), value: &it.address, hint: Some(t!("sending-mail-comes-must-reach")), error: error(errors, "address"), placeholder: Some(usual), ..Field::default() }))
        (input("text", Field { name: "name", label: t!("sending-senders-name"), value: &it.name, error: error(errors, "name"), ..Field::default() }))
        (input("email", Field { name: "replyTo", label: t!("sending-answers-go"), value: &it.reply_to, hint: Some(t!("sending-another-address-desk-if")), error: error(errors, "replyTo"), ..Field::default() }))
        (textarea(Field { name: "signature", label: t!("sending-signature"), value: &it.signature, hint: Some(t!("sending-markdown-agent-name-agent")), error: error(errors, "signature"), ..Field::default() }))
    }
}

const ENCRYPTIONS: [(&str, Phrase); 3] = [
    ("start_tls", phrase!("sending-starttls-587")),
    ("tls", phrase!("sending-tls-start-465")),
    ("none", phrase!("sending-none-mails-can-read")),
];

fn server(view: &SendingView) -> Markup {
    let it = &view.server;
    let line = |name, label, value, hint| {
        input("text", Field { name, label, value, hint: Some(hint), error: error(&view.errors, name), ..Field::default() })
    };
    let password = if it.has_password { t!("sending-leave-empty-keep-one") } else { t!("sending-many-providers-want-app") };
    let sign_ins: Vec<_> = std::iter::once(Choice::new("", t!("sending-user-password"))).chain(view.sign_ins.iter().cloned()).collect();
    let choices: Vec<_> = ENCRYPTIONS.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    html! {
        section.form aria-labelledby="server" {
            h2 id="server" { (t!("sending-server")) }
            p { (marked!("sending-without-server-own-desk", machine = view.machine)) }
            form.form method="post" action="/agent/admin/sending/server" {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (line("host", t!("sending-host"), &it.host, t!("sending-such-smtp-example-com")))
                    (line("port", t!("sending-port"), &it.port, t!("sending-empty-usual-one")))
                    (select(Field { name: "encryption", label: t!("sending-encryption"), value: &it.encryption, required: true, ..Field::default() }, &choices))
                    @if !view.sign_ins.is_empty() || error(&view.errors, "mailbox").is_some() {
                        (select(Field { name: "mailbox", label: t!("sending-sign"), value: &it.mailbox, hint: Some(t!("sending-mailboxs-own-sign-needs")), error: error(&view.errors, "mailbox"), required: true, ..Field::default() }, &sign_ins))
                    }
                    (line("username", t!("sending-user"), &it.username, t!("sending-if-server-asks-one")))
                    (input("password", Field { name: "password", label: t!("word-password"), hint: Some(password), error: error(&view.errors, "password"), autocomplete: Some("new-password"), ..Field::default() }))
                    (textarea(Field { name: "ca", label: t!("sending-authoritys-certificate"), value: &it.ca, hint: Some(t!("sending-pem-if-servers-certificate")), error: error(&view.errors, "ca"), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit(t!("sending-save-server")).primary()) } }
                }
            }
            @if view.may_change {
                form method="post" action="/agent/admin/sending/test" {
                    (view.frame.csrf())
                    div.send { (Button::submit_as(t!("word-test-connection"), "what", "server")) (Button::submit_as(t!("sending-send-test-mail-me"), "what", "mail")) }
                }
            }
        }
    }
}

fn queues(all: &[QueueVoice]) -> Markup {
    let columns = [
        Column { heading: t!("word-queue"), numeric: false },
        Column { heading: t!("word-sender"), numeric: false },
        Column { heading: t!("sending-voice"), numeric: false },
    ];
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|it| {
            vec![
                html! { a href=(it.href) { (it.name) } },
                html! { (it.sender) },
                html! { @if it.own { (t!("sending-own")) } @else { (t!("sending-desks")) } },
            ]
        })
        .collect();
    table(t!("sending-queues-their-senders"), &columns, &rows)
}

/// The form of one queue's voice.
#[derive(Debug, Clone, Default)]
pub struct QueueView {
    pub frame: Frame,
    pub may_change: bool,
    pub name: String,
    pub href: String,
    pub voice: VoiceForm,
    pub usual_address: String,
    pub errors: Errors,
    pub error: Option<String>,
}

/// The page at `/agent/admin/sending/queues/ID`.
pub fn queue_page(view: &QueueView) -> Markup {
    let title = t!("sending-mails", name = view.name);
    shell(
        &view.frame,
        SENDING,
        &title,
        html! {
            div { (breadcrumb(&[(SENDING.name.text(), SENDING.href)], &title)) (page_header(&title, Some(t!("sending-what-left-empty-desks")), None)) }
            (problem(view.error.as_deref()))
            form.form method="post" action=(view.href) {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (voice(&view.voice, &view.errors, &view.usual_address))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
