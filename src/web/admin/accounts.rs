//! What the desk asks of accounts that it keeps itself: who may make one, how long a password is, whose role needs a second factor.

use maud::{Markup, html};

use super::shell::{ACCOUNTS, Tick, problem, shell, ticks};
use crate::web::{
    components::{
        button::Button,
        field::{Field, checkbox, input, textarea},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct AccountRulesView {
    pub frame: Frame,
    pub may_change: bool,
    pub registration: bool,
    /// One domain a line.
    pub domains: String,
    pub chars_min: String,
    pub tell_new_device: bool,
    /// Roles whose people need a second factor.
    pub roles: Vec<Tick>,
    pub domains_error: Option<String>,
    pub chars_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/accounts`; sends `registration`, `domains`, `chars`, `tell`, `role` and `csrf`.
pub fn page(view: &AccountRulesView) -> Markup {
    let about = t!("accounts-people-who-sign-password");
    let domains = Field {
        name: "domains",
        label: t!("accounts-mail-domains-may-register"),
        value: &view.domains,
        hint: Some(t!("accounts-one-line-empty-any")),
        error: view.domains_error.as_deref(),
        ..Field::default()
    };
    let chars = Field {
        name: "chars",
        label: t!("accounts-characters-new-password-least"),
        value: &view.chars_min,
        hint: Some(t!("accounts-8-64-common-passwords")),
        error: view.chars_error.as_deref(),
        required: true,
        chars_max: Some(2),
        ..Field::default()
    };
    shell(
        &view.frame,
        ACCOUNTS,
        ACCOUNTS.name.text(),
        html! {
            (page_header(ACCOUNTS.name.text(), Some(about), None))
            form.form id="accounts" method="post" action=(ACCOUNTS.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (checkbox("registration", t!("accounts-anybody-may-make-account"), Some(t!("accounts-can-used-only-behind")), view.registration))
                    (textarea(domains))
                    (input("text", chars))
                    (checkbox("tell", t!("accounts-tell-people-mail-sign"), None, view.tell_new_device))
                    (ticks("role", t!("accounts-roles-need-second-factor"), Some(t!("accounts-whoever-holds-one-sets")), &view.roles))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
