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
        tongue::{marked, t},
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
    let columns = [t!("mail-log-when"), t!("mail-log-from"), t!("word-subject"), t!("mail-log-what-became"), t!("word-ticket")]
        .map(|heading| Column { heading, numeric: false });
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
    let out = html! { @if admin { (Button::link(t!("mail-log-mails-going-out"), "/agent/admin/sending/letters").icon(Icon::Mail)) } };
    shell(
        &view.frame,
        MAIL_LOG,
        MAIL_LOG.name.text(),
        html! {
            (page_header(MAIL_LOG.name.text(), Some(t!("mail-log-every-mail-ever-reached")), Some(out)))
            @for it in &view.warnings { (problem(Some(it))) }
            (tabs(t!("mail-log-which-mails"), &view.tabs, None))
            (search_box(MAIL_LOG.href, t!("mail-log-sender-subject-reason"), &view.query, false))
            @if view.mails.is_empty() {
                (empty_state(Icon::Mail, t!("mail-log-no-mail-here"), t!("mail-log-what-comes-stands-here"), None))
            } @else {
                (table(t!("mail-log-mails"), &columns, &view.mails.iter().map(row).collect::<Vec<_>>()))
            }
            @if let Some(href) = &view.older { p { (Button::link(t!("mail-log-older-mails"), href).icon(Icon::Down)) } }
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
    let raw = html! { (Button::link(t!("mail-log-raw-mail"), &format!("{}/raw", view.address)).icon(Icon::File)) };
    shell(
        &view.frame,
        MAIL_LOG,
        &view.row.subject,
        html! {
            div { (breadcrumb(&[(MAIL_LOG.name.text(), MAIL_LOG.href)], &view.row.subject)) (page_header(&view.row.subject, None, Some(raw))) }
            (problem(view.error.as_deref()))
            section.panel aria-label=(t!("mail-log-what-became")) {
                h2 { (badge(view.row.outcome.tone, view.row.outcome.word)) @if let Some((number, href)) = &view.row.ticket { " " a href=(href) { (number) } } }
                @if !view.row.reason.is_empty() { p { (view.row.reason) } }
                (facts(&view.facts))
            }
            @if view.held && view.may_manage { (decisions(view)) }
            section.panel aria-label=(t!("mail-log-how-judged")) {
                h2 { (t!("mail-log-how-judged")) }
                (steps(&view.steps, t!("mail-log-no-questions-were-written")))
            }
            @if let Some((outcome, changed)) = &view.now {
                section.panel aria-label=(t!("mail-log-how-would-judged-now")) {
                    h2 { (marked!("mail-log-how-would-judged-now-2", badge = badge(outcome.tone, outcome.word))) }
                    (steps(changed, t!("mail-log-questions-same-answers")))
                }
            }
            section.panel aria-label=(t!("mail-log-text")) {
                h2 { (t!("mail-log-text")) }
                @for it in &view.flaws { p.hint { (it) } }
                pre.mail-text tabindex="0" { (view.text) }
                @if !view.files.is_empty() { p { (marked!("mail-log-files", join = view.files.join(", "))) } }
                details { summary { (t!("mail-log-fields-head")) } dl.answers { @for (name, value) in &view.headers { dt { (name) } dd { (value) } } } }
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
                dd { (it.answer) @if let Some(before) = &it.before { br; span.hint { (marked!("mail-log-before", before = before)) } } }
            } }
        }
    }
}

/// What can be done with a held mail. Each is a form of its own, so that each works without a script.
fn decisions(view: &MailView) -> Markup {
    let onto = Field {
        name: "ticket",
        label: t!("mail-log-onto-ticket"),
        value: view.suggested.as_deref().unwrap_or_default(),
        hint: Some(t!("mail-log-number-such-inc-000123")),
        chars_max: Some(40),
        autocomplete: Some("off"),
        ..Field::default()
    };
    let form = |what: &str, body: Markup| html! { form.form method="post" action=(format!("{}/{what}", view.address)) { (view.frame.csrf()) (body) } };
    html! {
        section.panel aria-label=(t!("mail-log-held")) {
            h2 { (t!("mail-log-held-what-shall-become")) }
            (form("release", html! { (input("text", onto)) div.send { (Button::submit(t!("mail-log-let")).primary()) } }))
            div.decisions {
                (form("retry", html! { (Button::submit(t!("mail-log-judge-again")).icon(Icon::History)) }))
                (form("discard", html! { (Button::submit(t!("mail-log-put-away"))) }))
                (form("block", html! { (Button::submit(t!("mail-log-put-away-block-sender")).danger()) }))
            }
        }
    }
}
