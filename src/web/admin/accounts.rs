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
    let about = "For people who sign in with a password of this desk. Those who come by a sign-in method follow the rules of that.";
    let domains = Field {
        name: "domains",
        label: "Mail domains that may register",
        value: &view.domains,
        hint: Some("One a line. Empty: any address."),
        error: view.domains_error.as_deref(),
        ..Field::default()
    };
    let chars = Field {
        name: "chars",
        label: "Characters of a new password, at least",
        value: &view.chars_min,
        hint: Some("8 to 64. Common passwords are refused at any length; nothing is asked about digits or signs."),
        error: view.chars_error.as_deref(),
        required: true,
        chars_max: Some(2),
        ..Field::default()
    };
    shell(
        &view.frame,
        ACCOUNTS,
        ACCOUNTS.name,
        html! {
            (page_header(ACCOUNTS.name, Some(about), None))
            form.form id="accounts" method="post" action=(ACCOUNTS.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (checkbox("registration", "Anybody may make an account", Some("It can be used only behind a link in a mail to its address."), view.registration))
                    (textarea(domains))
                    (input("text", chars))
                    (checkbox("tell", "Tell people by mail of a sign-in from a new device", None, view.tell_new_device))
                    (ticks("role", "Roles that need a second factor", Some("Whoever holds one sets it up at the next sign-in, before anything else."), &view.roles))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
}
