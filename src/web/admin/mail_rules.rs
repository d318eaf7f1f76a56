//! Whom to believe, how much is answered by itself, and who is blocked.

use maud::{Markup, html};

use super::shell::{MAIL_RULES, problem, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Field, checkbox, input, textarea},
            moment::moment,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// A number of the form: its name, label and hint, what stands in it, what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub value: String,
    pub error: Option<String>,
}

/// A breaker that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerRow {
    pub id: String,
    pub about: String,
    pub reason: String,
    pub opened_at: Instant,
    pub withheld: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedRow {
    pub pattern: String,
    pub reason: String,
    pub at: Instant,
}

#[derive(Debug, Clone, Default)]
pub struct MailRulesView {
    pub frame: Frame,
    pub may_change: bool,
    pub may_manage: bool,
    pub budgets: Vec<Budget>,
    /// One a line.
    pub trusted: String,
    pub trusted_error: Option<String>,
    pub forwarded: bool,
    pub breakers: Vec<BreakerRow>,
    pub blocked: Vec<BlockedRow>,
    pub pattern: String,
    pub pattern_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/mail-rules`.
pub fn page(view: &MailRulesView) -> Markup {
    let about = "Machines that answer machines, senders that are not who they say, and senders nobody wants to hear from.";
    shell(
        &view.frame,
        MAIL_RULES,
        MAIL_RULES.name,
        html! {
            (page_header(MAIL_RULES.name, Some(about), None))
            (problem(view.error.as_deref()))
            @if !view.breakers.is_empty() { (breakers(view)) }
            (form(view))
            (blocked(view))
        },
    )
}

fn form(view: &MailRulesView) -> Markup {
    let trusted = Field {
        name: "trustedServers",
        label: "Mail servers whose checks are believed",
        value: &view.trusted,
        hint: Some(
            "One name a line, as it stands first in the field Authentication-Results of mail that comes in, such as mx.example.com. Their word on SPF, DKIM and DMARC decides whether a sender is who From says. The server must take away such fields that come from outside.",
        ),
        error: view.trusted_error.as_deref(),
        ..Field::default()
    };
    html! {
        form.form method="post" action=(MAIL_RULES.href) {
            (view.frame.csrf())
            fieldset.plain disabled[!view.may_change] {
                h2 { "Senders" }
                (textarea(trusted))
                (checkbox("forwardedForSender", "A mail that somebody who works tickets forwards becomes its first sender's ticket", None, view.forwarded))
                h2 { "Automatic mail" }
                @for it in &view.budgets {
                    (input("number", Field { name: it.name, label: it.label, value: &it.value, hint: Some(it.hint).filter(|it| !it.is_empty()), error: it.error.as_deref(), ..Field::default() }))
                }
                @if view.may_change { div.send { (Button::submit("Save").primary()) } }
            }
        }
    }
}

fn breakers(view: &MailRulesView) -> Markup {
    let columns = ["About", "Why", "Since", "Withheld", "To do"].map(|heading| Column { heading, numeric: heading == "Withheld" });
    let row = |it: &BreakerRow| {
        vec![
            html! { @if it.about.is_empty() { "The whole desk" } @else { (it.about) } },
            html! { (it.reason) },
            moment(it.opened_at, view.frame.now),
            html! { (it.withheld) },
            html! { @if view.may_manage { form method="post" action={ (MAIL_RULES.href) "/close" } { (view.frame.csrf()) input type="hidden" name="breaker" value=(it.id); (Button::submit("Send again")) } } },
        ]
    };
    html! {
        section aria-label="Stopped" {
            h2 { "Automatic mail has stopped here" }
            p.hint { "It goes on by itself a day after it stopped. What people write is sent all the time." }
            (table("Breakers that are open", &columns, &view.breakers.iter().map(row).collect::<Vec<_>>()))
        }
    }
}

fn blocked(view: &MailRulesView) -> Markup {
    let columns = ["Sender", "Why", "Since", "To do"].map(|heading| Column { heading, numeric: false });
    let row = |it: &BlockedRow| {
        vec![
            html! { (it.pattern) },
            html! { (it.reason) },
            moment(it.at, view.frame.now),
            html! { @if view.may_manage { form method="post" action={ (MAIL_RULES.href) "/unblock" } { (view.frame.csrf()) input type="hidden" name="pattern" value=(it.pattern); (Button::submit("Let in again")) } } },
        ]
    };
    let pattern = Field {
        name: "pattern",
        label: "Address or domain",
        value: &view.pattern,
        hint: Some("name@example.com, or example.com for all of it. Such mail is kept in the log and nobody is told."),
        error: view.pattern_error.as_deref(),
        required: true,
        chars_max: Some(320),
        autocomplete: Some("off"),
        ..Field::default()
    };
    html! {
        section aria-label="Who is blocked" {
            h2 { "Blocked senders" }
            @if view.blocked.is_empty() { p { "Nobody is blocked." } }
            @else { (table("Blocked senders", &columns, &view.blocked.iter().map(row).collect::<Vec<_>>())) }
            @if view.may_manage {
                form.form method="post" action={ (MAIL_RULES.href) "/block" } {
                    (view.frame.csrf())
                    (input("text", pattern))
                    (input("text", Field { name: "reason", label: "Why", chars_max: Some(200), autocomplete: Some("off"), ..Field::default() }))
                    div.send { (Button::submit("Block")) }
                }
            }
        }
    }
}
