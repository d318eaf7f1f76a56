//! A person's account as an admin sees it: how they sign in, where they are signed in, which tokens they have; and what can be done
//! about each.

use maud::{Markup, html};

use super::{person::Panel, shell::removal};
use crate::{
    time::Instant,
    web::{
        components::{
            avatar::{Face, avatar_large},
            button::Button,
            field::{Choice, Field, input, select},
            moment::moment,
        },
        layout::Frame,
        tongue::{marked, t},
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
    pub face: Face,
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
    let mut all = vec![panel(t!("person-account-signing"), signing_in(view))];
    if !view.identities.is_empty() || !view.providers.is_empty() {
        all.push(panel(t!("person-account-known-elsewhere"), identities(view)));
    }
    if view.face.picture.is_some() {
        all.push(panel(t!("person-account-picture"), picture(view)));
    }
    all.push(panel(t!("person-account-where-they-signed"), sessions(view)));
    if !view.tokens.is_empty() {
        all.push(panel(t!("word-access-tokens"), tokens(view)));
    }
    all
}

fn picture(view: &AccountView) -> Markup {
    html! {
        (avatar_large(&view.face))
        @if view.may_change {
            form.form method="post" action={ (view.at) "/picture/remove" } {
                (view.frame.csrf())
                div.send { (Button::submit(t!("person-account-picture-remove"))) }
            }
        }
    }
}

fn signing_in(view: &AccountView) -> Markup {
    let action = |what: &str| format!("{}/{what}", view.at);
    html! {
        ul.plain {
            li { @if let Some(at) = view.signed_in_at { (marked!("person-account-last-signed", when = moment(at, view.frame.now))) } @else { (t!("person-account-never-signed")) } }
            li { @if view.has_password { (t!("person-account-password-here")) } @else { (t!("person-account-no-password-here")) } }
            li { @if let Some(at) = view.second_since { (marked!("person-account-second-factor-set-up", when = moment(at, view.frame.now))) } @else { (t!("person-account-no-second-factor")) } }
        }
        @if view.may_change {
            @if !view.has_password {
                form.form method="post" action=(action("invite")) {
                    (view.frame.csrf())
                    p.hint { (t!("person-account-invitation-mail-link-behind")) }
                    div.send { (Button::submit(t!("person-account-send-invitation"))) }
                }
            }
            @if view.second_since.is_some() {
                (removal(&view.frame, &action("factors/remove"), t!("person-account-day-which-telephone-paper"), t!("person-account-remove-second-factor"), html! {}))
            }
        }
    }
}

fn identities(view: &AccountView) -> Markup {
    html! {
        @if view.identities.is_empty() { p { (marked!("person-account-nobody-else-vouches-yet", name = view.face.name)) } }
        ul.entries {
            @for it in &view.identities {
                li {
                    div {
                        strong { (it.provider) }
                        p.meta {
                            code { (it.subject) }
                            @if !it.roles.is_empty() { " · " (t!("person-account-gives", roles = it.roles.join(", "))) }
                            @if let Some(at) = it.seen { " · " (marked!("person-account-last-seen", when = moment(at, view.frame.now))) }
                        }
                    }
                    @if view.may_change {
                        form method="post" action={ (view.at) "/identities/end" } {
                            (view.frame.csrf())
                            input type="hidden" name="provider" value=(it.provider_id);
                            input type="hidden" name="subject" value=(it.subject);
                            (Button::submit(t!("person-account-unlink")))
                        }
                    }
                }
            }
        }
        @if view.may_change && !view.providers.is_empty() {
            details {
                summary { (t!("person-account-link-somebody-there")) }
                form.form method="post" action={ (view.at) "/identities" } {
                    (view.frame.csrf())
                    (select(Field { name: "provider", label: t!("person-account-sign-method"), required: true, ..Field::default() }, &view.providers))
                    (input("text", Field { name: "subject", label: t!("person-account-what-knows-them"), hint: Some(t!("person-account-what-never-changes-there")), required: true, autocomplete: Some("off"), ..Field::default() }))
                    div.send { (Button::submit(t!("person-account-link"))) }
                }
            }
        }
    }
}

fn sessions(view: &AccountView) -> Markup {
    html! {
        @if view.sessions.is_empty() { p { (t!("person-account-nowhere-present")) } }
        ul.entries { @for it in &view.sessions { li { div { strong { (it.name) } p.meta { (marked!("person-account-since", when = moment(it.since, view.frame.now))) } } } } }
        @if view.may_change && !view.sessions.is_empty() {
            form.form method="post" action={ (view.at) "/sessions/end" } {
                (view.frame.csrf())
                div.send { (Button::submit(t!("person-account-sign-them-out-everywhere"))) }
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
                        p.meta { (marked!("person-account-made", when = moment(it.since, view.frame.now))) @if let Some(until) = it.until { " · " (marked!("person-account-works-until", when = moment(until, view.frame.now))) } }
                    }
                    @if view.may_change {
                        form method="post" action={ (view.at) "/tokens/" (it.id) "/end" } { (view.frame.csrf()) (Button::submit(t!("person-account-end"))) }
                    }
                }
            }
        }
    }
}
