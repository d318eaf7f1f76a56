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
        (page_header(SENDING.name, Some("How mail leaves, in whose name, and what became of it."), None))
        (tabs("Parts of sending", &[
            Tab::new("Rules", SENDING.href, None, part == Part::Rules),
            Tab::new("Letters", "/agent/admin/sending/letters", count(letters), part == Part::Letters),
            Tab::new("Suppressed addresses", "/agent/admin/sending/addresses", count(addresses), part == Part::Addresses),
            Tab::new("Signing and DNS", "/agent/admin/sending/signing", None, part == Part::Signing),
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
        SENDING.name,
        html! {
            (head(Part::Rules, Some(view.letters), Some(view.addresses)))
            (problem(view.error.as_deref()))
            @if !view.findings.is_empty() { section.form id="findings" aria-label="What the test found" { (findings(&view.findings)) } }
            (rules(view))
            (server(view))
            section.form aria-labelledby="queues" {
                h2 id="queues" { "Queues" }
                p { "A queue may have a sender and a signature of its own. What it leaves open is the desk's." }
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
                h2 { "In the desk's name" }
                (voice(&view.voice, &view.errors, &view.usual_address))
                h2 { "When and what" }
                (number("holdSeconds", "Seconds in which an answer can be taken back", &view.hold_secs, "Its mails wait so long. 0: they leave at once."))
                (number("reminderDays", "Days until a reminder", &view.reminder_days, "When a ticket waits for its requester. 0: never."))
                (number("remindersMax", "Reminders at most", &view.reminders_max, "Then nothing more is sent."))
                (number("keepDays", "Days for which letters are kept", &view.keep_days, "Then answers show to whom and when they were sent, and nothing else is left."))
                (select(Field { name: "language", label: "Language", value: &view.language, hint: Some("For people whose own is not known."), required: true, ..Field::default() }, &view.languages))
                (ticks("on", "Mails that are sent by themselves", Some("Answers of agents are always sent."), &view.occasions))
                (checkbox("quotes", "Below an answer stands the message that it answers", None, view.quotes))
                (checkbox("nullReturnPath", "Acknowledgements have an empty return path", Some("Then nothing comes back from them at all, and an address that is wrong is noticed later."), view.null_return_path))
                @if view.may_change { div.send { (Button::submit("Save").primary()) } }
            }
        }
    }
}

fn voice(it: &VoiceForm, errors: &Errors, usual: &str) -> Markup {
    html! {
        (input("email", Field { name: "address", label: "Sender's address", value: &it.address, hint: Some("Mail that comes to it must reach this desk, or answers are lost."), error: error(errors, "address"), placeholder: Some(usual), ..Field::default() }))
        (input("text", Field { name: "name", label: "Sender's name", value: &it.name, error: error(errors, "name"), ..Field::default() }))
        (input("email", Field { name: "replyTo", label: "Answers go to", value: &it.reply_to, hint: Some("Another address of this desk, if not the sender's."), error: error(errors, "replyTo"), ..Field::default() }))
        (textarea(Field { name: "signature", label: "Signature", value: &it.signature, hint: Some("Markdown. {{ agent.name }}, {{ agent.first_name }}, {{ queue.name }}, {{ desk.name }} and {{ desk.url }} are filled in."), error: error(errors, "signature"), ..Field::default() }))
    }
}

const ENCRYPTIONS: [(&str, &str); 3] =
    [("start_tls", "StartTLS (587)"), ("tls", "TLS from the start (465)"), ("none", "None: mails can be read on the way (25)")];

fn server(view: &SendingView) -> Markup {
    let it = &view.server;
    let line = |name, label, value, hint| {
        input("text", Field { name, label, value, hint: Some(hint), error: error(&view.errors, name), ..Field::default() })
    };
    let password = if it.has_password { "Leave it empty to keep the one that is there." } else { "Many providers want an app password." };
    let sign_ins: Vec<_> = std::iter::once(Choice::new("", "User and password")).chain(view.sign_ins.iter().cloned()).collect();
    let choices: Vec<_> = ENCRYPTIONS.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    html! {
        section.form aria-labelledby="server" {
            h2 id="server" { "Server" }
            p { "Without a server of its own the desk sends by the machine's: " (view.machine) "." }
            form.form method="post" action="/agent/admin/sending/server" {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (line("host", "Host", &it.host, "Such as smtp.example.com. Empty: the machine's server."))
                    (line("port", "Port", &it.port, "Empty for the usual one."))
                    (select(Field { name: "encryption", label: "Encryption", value: &it.encryption, required: true, ..Field::default() }, &choices))
                    @if !view.sign_ins.is_empty() || error(&view.errors, "mailbox").is_some() {
                        (select(Field { name: "mailbox", label: "Sign in with", value: &it.mailbox, hint: Some("A mailbox's own sign-in needs no password; its provider must let it send, too."), error: error(&view.errors, "mailbox"), required: true, ..Field::default() }, &sign_ins))
                    }
                    (line("username", "User", &it.username, "If the server asks for one. Empty with a mailbox: its own user."))
                    (input("password", Field { name: "password", label: "Password", hint: Some(password), error: error(&view.errors, "password"), autocomplete: Some("new-password"), ..Field::default() }))
                    (textarea(Field { name: "ca", label: "Authority's certificate", value: &it.ca, hint: Some("PEM, if the server's certificate is of your own authority."), error: error(&view.errors, "ca"), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit("Save the server").primary()) } }
                }
            }
            @if view.may_change {
                form method="post" action="/agent/admin/sending/test" {
                    (view.frame.csrf())
                    div.send { (Button::submit_as("Test the connection", "what", "server")) (Button::submit_as("Send a test mail to me", "what", "mail")) }
                }
            }
        }
    }
}

fn queues(all: &[QueueVoice]) -> Markup {
    let columns = [
        Column { heading: "Queue", numeric: false },
        Column { heading: "Sender", numeric: false },
        Column { heading: "Voice", numeric: false },
    ];
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|it| {
            vec![html! { a href=(it.href) { (it.name) } }, html! { (it.sender) }, html! { @if it.own { "its own" } @else { "the desk's" } }]
        })
        .collect();
    table("Queues and their senders", &columns, &rows)
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
    let title = format!("Mails of {}", view.name);
    shell(
        &view.frame,
        SENDING,
        &title,
        html! {
            div { (breadcrumb(&[(SENDING.name, SENDING.href)], &title)) (page_header(&title, Some("What is left empty is the desk's."), None)) }
            (problem(view.error.as_deref()))
            form.form method="post" action=(view.href) {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (voice(&view.voice, &view.errors, &view.usual_address))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
}
