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
        tongue::t,
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
    let about = t!("mail-rules-machines-answer-machines-senders");
    shell(
        &view.frame,
        MAIL_RULES,
        MAIL_RULES.name.text(),
        html! {
            (page_header(MAIL_RULES.name.text(), Some(about), None))
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
        label: t!("mail-rules-mail-servers-whose-checks"),
        value: &view.trusted,
        hint: Some(t!("mail-rules-one-name-line-stands")),
        error: view.trusted_error.as_deref(),
        ..Field::default()
    };
    html! {
        form.form method="post" action=(MAIL_RULES.href) {
            (view.frame.csrf())
            fieldset.plain disabled[!view.may_change] {
                h2 { (t!("mail-rules-senders")) }
                (textarea(trusted))
                (checkbox("forwardedForSender", t!("mail-rules-mail-somebody-who-works"), None, view.forwarded))
                h2 { (t!("mail-rules-automatic-mail")) }
                @for it in &view.budgets {
                    (input("number", Field { name: it.name, label: it.label, value: &it.value, hint: Some(it.hint).filter(|it| !it.is_empty()), error: it.error.as_deref(), ..Field::default() }))
                }
                @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
            }
        }
    }
}

fn breakers(view: &MailRulesView) -> Markup {
    let columns = [t!("mail-rules-about"), t!("mail-rules-why"), t!("mail-rules-since"), t!("mail-rules-withheld"), t!("mail-rules-do")]
        .map(|heading| Column { heading, numeric: heading == t!("mail-rules-withheld") });
    let row = |it: &BreakerRow| {
        vec![
            html! { @if it.about.is_empty() { (t!("mail-rules-whole-desk")) } @else { (it.about) } },
            html! { (it.reason) },
            moment(it.opened_at, view.frame.now),
            html! { (it.withheld) },
            html! { @if view.may_manage { form method="post" action={ (MAIL_RULES.href) "/close" } { (view.frame.csrf()) input type="hidden" name="breaker" value=(it.id); (Button::submit(t!("mail-rules-send-again"))) } } },
        ]
    };
    html! {
        section aria-label=(t!("mail-rules-stopped")) {
            h2 { (t!("mail-rules-automatic-mail-stopped-here")) }
            p.hint { (t!("mail-rules-goes-itself-day-after")) }
            (table(t!("mail-rules-breakers-open"), &columns, &view.breakers.iter().map(row).collect::<Vec<_>>()))
        }
    }
}

fn blocked(view: &MailRulesView) -> Markup {
    let columns = [t!("word-sender"), t!("mail-rules-why"), t!("mail-rules-since"), t!("mail-rules-do")]
        .map(|heading| Column { heading, numeric: false });
    let row = |it: &BlockedRow| {
        vec![
            html! { (it.pattern) },
            html! { (it.reason) },
            moment(it.at, view.frame.now),
            html! { @if view.may_manage { form method="post" action={ (MAIL_RULES.href) "/unblock" } { (view.frame.csrf()) input type="hidden" name="pattern" value=(it.pattern); (Button::submit(t!("mail-rules-let-again"))) } } },
        ]
    };
    let pattern = Field {
        name: "pattern",
        label: t!("mail-rules-address-domain"),
        value: &view.pattern,
        hint: Some(t!("mail-rules-name-example-com-example")),
        error: view.pattern_error.as_deref(),
        required: true,
        chars_max: Some(320),
        autocomplete: Some("off"),
        ..Field::default()
    };
    html! {
        section aria-label=(t!("mail-rules-who-blocked")) {
            h2 { (t!("mail-rules-blocked-senders")) }
            @if view.blocked.is_empty() { p { (t!("mail-rules-nobody-blocked")) } }
            @else { (table(t!("mail-rules-blocked-senders"), &columns, &view.blocked.iter().map(row).collect::<Vec<_>>())) }
            @if view.may_manage {
                form.form method="post" action={ (MAIL_RULES.href) "/block" } {
                    (view.frame.csrf())
                    (input("text", pattern))
                    (input("text", Field { name: "reason", label: t!("mail-rules-why"), chars_max: Some(200), autocomplete: Some("off"), ..Field::default() }))
                    div.send { (Button::submit(t!("mail-rules-block"))) }
                }
            }
        }
    }
}
