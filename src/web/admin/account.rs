//! A person's account as an admin sees it: how they sign in, where they are signed in, which tokens they have; and what can be done
//! about each.

use maud::{Markup, html};

use super::{person::Panel, shell::removal};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Choice, Field, input, select},
            moment::moment,
        },
        layout::Frame,
    },
};

/// By what a provider knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityRow {
    pub provider: String,
    pub provider_id: String,
    pub subject: String,
    /// Names of roles that it gives.
    pub roles: Vec<String>,
    pub seen: Option<Instant>,
}

/// A session or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofRow {
    pub id: String,
    pub name: String,
    pub since: Instant,
    pub until: Option<Instant>,
}

#[derive(Debug, Clone, Default)]
pub struct AccountView {
    pub frame: Frame,
    /// The address of the person's page.
    pub at: String,
    pub name: String,
    pub may_change: bool,
    pub has_password: bool,
    pub signed_in_at: Option<Instant>,
    pub second_since: Option<Instant>,
    pub identities: Vec<IdentityRow>,
    /// Ways to sign in by which they may be known.
    pub providers: Vec<Choice>,
    pub sessions: Vec<ProofRow>,
    pub tokens: Vec<ProofRow>,
}

/// What stands on the person's page below the form.
pub fn panels(view: &AccountView) -> Vec<Panel> {
    let panel = |title: &str, body| Panel { title: title.to_owned(), body };
    let mut all = vec![panel("Signing in", signing_in(view))];
    if !view.identities.is_empty() || !view.providers.is_empty() {
        all.push(panel("Known elsewhere as", identities(view)));
    }
    all.push(panel("Where they are signed in", sessions(view)));
    if !view.tokens.is_empty() {
        all.push(panel("Access tokens", tokens(view)));
    }
    all
}

fn signing_in(view: &AccountView) -> Markup {
    let action = |what: &str| format!("{}/{what}", view.at);
    html! {
        ul.plain {
            li { @if let Some(at) = view.signed_in_at { "Last signed in " (moment(at, view.frame.now)) "." } @else { "Never signed in." } }
            li { @if view.has_password { "Has a password here." } @else { "Has no password here." } }
            li { @if let Some(at) = view.second_since { "Has a second factor, set up " (moment(at, view.frame.now)) "." } @else { "Has no second factor." } }
        }
        @if view.may_change {
            @if !view.has_password {
                form.form method="post" action=(action("invite")) {
                    (view.frame.csrf())
                    p.hint { "The invitation is a mail with a link, behind which they set a password." }
                    div.send { (Button::submit("Send an invitation")) }
                }
            }
            @if view.second_since.is_some() {
                (removal(&view.frame, &action("factors/remove"), "For the day on which telephone and paper are gone. They are signed out everywhere, and told by mail.", "Remove the second factor", html! {}))
            }
        }
    }
}

fn identities(view: &AccountView) -> Markup {
    html! {
        @if view.identities.is_empty() { p { "Nobody else vouches for " (view.name) " yet." } }
        ul.entries {
            @for it in &view.identities {
                li {
                    div {
                        strong { (it.provider) }
                        p.meta {
                            code { (it.subject) }
                            @if !it.roles.is_empty() { " · gives " (it.roles.join(", ")) }
                            @if let Some(at) = it.seen { " · last seen " (moment(at, view.frame.now)) }
                        }
                    }
                    @if view.may_change {
                        form method="post" action={ (view.at) "/identities/end" } {
                            (view.frame.csrf())
                            input type="hidden" name="provider" value=(it.provider_id);
                            input type="hidden" name="subject" value=(it.subject);
                            (Button::submit("Unlink"))
                        }
                    }
                }
            }
        }
        @if view.may_change && !view.providers.is_empty() {
            details {
                summary { "Link with somebody there" }
                form.form method="post" action={ (view.at) "/identities" } {
                    (view.frame.csrf())
                    (select(Field { name: "provider", label: "Sign-in method", required: true, ..Field::default() }, &view.providers))
                    (input("text", Field { name: "subject", label: "What it knows them by", hint: Some("What never changes there: `sub`, entryUUID, objectGUID, or the value of the proxy's header."), required: true, autocomplete: Some("off"), ..Field::default() }))
                    div.send { (Button::submit("Link")) }
                }
            }
        }
    }
}

fn sessions(view: &AccountView) -> Markup {
    html! {
        @if view.sessions.is_empty() { p { "Nowhere at present." } }
        ul.entries { @for it in &view.sessions { li { div { strong { (it.name) } p.meta { "since " (moment(it.since, view.frame.now)) } } } } }
        @if view.may_change && !view.sessions.is_empty() {
            form.form method="post" action={ (view.at) "/sessions/end" } {
                (view.frame.csrf())
                div.send { (Button::submit("Sign them out everywhere")) }
            }
        }
    }
}

fn tokens(view: &AccountView) -> Markup {
    html! {
        ul.entries {
            @for it in &view.tokens {
                li {
                    div {
                        strong { (it.name) }
                        p.meta { "made " (moment(it.since, view.frame.now)) @if let Some(until) = it.until { " · works until " (moment(until, view.frame.now)) } }
                    }
                    @if view.may_change {
                        form method="post" action={ (view.at) "/tokens/" (it.id) "/end" } { (view.frame.csrf()) (Button::submit("End")) }
                    }
                }
            }
        }
    }
}
