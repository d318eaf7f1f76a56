//! The log of mail: what came in and what became of it, what is held, and one mail with everything that is known of it.

use maud::{Markup, html};

use super::shell::{MAIL_LOG, problem, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Field, input},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            search_box::search_box,
            table::{Column, table},
            tabs::{Tab, tabs},
        },
        layout::Frame,
    },
};

/// One mail of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    pub href: String,
    pub at: Instant,
    pub from: String,
    pub subject: String,
    pub outcome: Shown,
    pub reason: String,
    /// Number and address of the ticket.
    pub ticket: Option<(String, String)>,
}

/// An outcome as people read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub word: &'static str,
    pub tone: Tone,
}

#[derive(Debug, Clone, Default)]
pub struct MailLogView {
    pub frame: Frame,
    pub tabs: Vec<Tab>,
    pub query: String,
    pub mails: Vec<MailRow>,
    /// The address of what follows.
    pub older: Option<String>,
    /// Sentences that an admin should read first.
    pub warnings: Vec<String>,
}

/// The page at `/agent/admin/mail`.
pub fn page(view: &MailLogView) -> Markup {
    let columns = ["When", "From", "Subject", "What became of it", "Ticket"].map(|heading| Column { heading, numeric: false });
    let row = |it: &MailRow| {
        vec![
            moment(it.at, view.frame.now),
            html! { (it.from) },
            html! { a href=(it.href) { (it.subject) } },
            html! { div.role-cell { span { (badge(it.outcome.tone, it.outcome.word)) } @if !it.reason.is_empty() { small { (it.reason) } } } },
            html! { @if let Some((number, href)) = &it.ticket { a.tabular href=(href) { (number) } } },
        ]
    };
    let admin = view.frame.viewer.as_ref().is_some_and(|it| it.admin);
    let out = html! { @if admin { (Button::link("Mails going out", "/agent/admin/sending/letters").icon(Icon::Mail)) } };
    shell(
        &view.frame,
        MAIL_LOG,
        MAIL_LOG.name,
        html! {
            (page_header(MAIL_LOG.name, Some("Every mail that ever reached this desk, and what became of it. Nothing is thrown away."), Some(out)))
            @for it in &view.warnings { (problem(Some(it))) }
            (tabs("Which mails", &view.tabs, None))
            (search_box(MAIL_LOG.href, "Sender, subject or reason", &view.query, false))
            @if view.mails.is_empty() {
                (empty_state(Icon::Mail, "No mail here", "What comes in stands here at once, whatever becomes of it.", None))
            } @else {
                (table("Mails", &columns, &view.mails.iter().map(row).collect::<Vec<_>>()))
            }
            @if let Some(href) = &view.older { p { (Button::link("Older mails", href).icon(Icon::Down)) } }
        },
    )
}

/// One question about a mail and its answer; `before` is what it was last time, where that differs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepRow {
    pub question: String,
    pub answer: String,
    pub before: Option<String>,
}

/// Everything that is known of a mail.
#[derive(Debug, Clone)]
pub struct MailView {
    pub frame: Frame,
    pub address: String,
    pub row: MailRow,
    /// Name and value.
    pub facts: Vec<(&'static str, String)>,
    /// How it was judged, last time.
    pub steps: Vec<StepRow>,
    /// What the present rules would make of it, where that is something else.
    pub now: Option<(Shown, Vec<StepRow>)>,
    pub text: String,
    pub headers: Vec<(String, String)>,
    pub files: Vec<String>,
    pub flaws: Vec<String>,
    pub held: bool,
    pub may_manage: bool,
    /// The ticket that its subject names.
    pub suggested: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/mail/{id}`.
pub fn mail_page(view: &MailView) -> Markup {
    let raw = html! { (Button::link("The raw mail", &format!("{}/raw", view.address)).icon(Icon::File)) };
    shell(
        &view.frame,
        MAIL_LOG,
        &view.row.subject,
        html! {
            div { (breadcrumb(&[(MAIL_LOG.name, MAIL_LOG.href)], &view.row.subject)) (page_header(&view.row.subject, None, Some(raw))) }
            (problem(view.error.as_deref()))
            section.panel aria-label="What became of it" {
                h2 { (badge(view.row.outcome.tone, view.row.outcome.word)) @if let Some((number, href)) = &view.row.ticket { " " a href=(href) { (number) } } }
                @if !view.row.reason.is_empty() { p { (view.row.reason) } }
                (facts(&view.facts))
            }
            @if view.held && view.may_manage { (decisions(view)) }
            section.panel aria-label="How it was judged" {
                h2 { "How it was judged" }
                (steps(&view.steps, "No questions were written down."))
            }
            @if let Some((outcome, changed)) = &view.now {
                section.panel aria-label="How it would be judged now" {
                    h2 { "How it would be judged now: " (badge(outcome.tone, outcome.word)) }
                    (steps(changed, "The questions have the same answers."))
                }
            }
            section.panel aria-label="The text" {
                h2 { "The text" }
                @for it in &view.flaws { p.hint { (it) } }
                pre.mail-text tabindex="0" { (view.text) }
                @if !view.files.is_empty() { p { "Files: " (view.files.join(", ")) } }
                details { summary { "Fields of the head" } dl.answers { @for (name, value) in &view.headers { dt { (name) } dd { (value) } } } }
            }
        },
    )
}

fn facts(all: &[(&'static str, String)]) -> Markup {
    html! { dl.answers { @for (name, value) in all { @if !value.is_empty() { dt { (name) } dd { (value) } } } } }
}

fn steps(all: &[StepRow], none: &str) -> Markup {
    html! {
        @if all.is_empty() { p { (none) } } @else {
            dl.answers { @for it in all {
                dt { (it.question) }
                dd { (it.answer) @if let Some(before) = &it.before { br; span.hint { "Before: " (before) } } }
            } }
        }
    }
}

/// What can be done with a held mail. Each is a form of its own, so that each works without a script.
fn decisions(view: &MailView) -> Markup {
    let onto = Field {
        name: "ticket",
        label: "Onto a ticket",
        value: view.suggested.as_deref().unwrap_or_default(),
        hint: Some("Its number, such as INC-000123. Empty: a ticket of its own."),
        chars_max: Some(40),
        autocomplete: Some("off"),
        ..Field::default()
    };
    let form = |what: &str, body: Markup| html! { form.form method="post" action=(format!("{}/{what}", view.address)) { (view.frame.csrf()) (body) } };
    html! {
        section.panel aria-label="It is held" {
            h2 { "It is held: what shall become of it?" }
            (form("release", html! { (input("text", onto)) div.send { (Button::submit("Let it in").primary()) } }))
            div.decisions {
                (form("retry", html! { (Button::submit("Judge it again").icon(Icon::History)) }))
                (form("discard", html! { (Button::submit("Put it away")) }))
                (form("block", html! { (Button::submit("Put it away and block its sender").danger()) }))
            }
        }
    }
}
