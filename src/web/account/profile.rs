//! Profile and security: what somebody says about themselves, their password, and their second factor.

use maud::{Markup, html};

use super::{Part, Parts, parts};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Choice, Field, input, select},
            moment::moment,
            page_header::page_header,
        },
        layout::{Frame, Room, portal},
        portal::{door::new_password, sign_in::refusal},
    },
};

/// How the second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecondFactor {
    pub since: Option<Instant>,
    pub codes_left: usize,
    /// A role of this person needs one.
    pub required: bool,
}

#[derive(Debug, Clone, Default)]
pub struct AccountView {
    pub frame: Frame,
    pub email: String,
    pub name: String,
    pub locale: String,
    pub time_zone: String,
    pub locales: Vec<Choice>,
    /// Whether there is a password here; who has none signs in elsewhere, or by a link from “Forgot your password?”.
    pub has_password: bool,
    pub password_chars_min: u32,
    pub second: SecondFactor,
    pub parts: Parts,
    /// About the field of this name, or about none.
    pub error: Option<(String, String)>,
}

impl AccountView {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.error.as_ref().filter(|it| it.0 == field).map(|it| it.1.as_str())
    }
}

const FIELDS: [&str; 5] = ["name", "locale", "timeZone", "current", "password"];

/// The page at `/account`.
pub fn page(view: &AccountView) -> Markup {
    let beside = view.error.as_ref().filter(|it| !FIELDS.contains(&it.0.as_str())).map(|it| it.1.as_str());
    portal(
        &view.frame,
        Room::Form,
        "Profile and security",
        html! {
            (page_header("Profile and security", Some(&view.email), None))
            (parts(Part::Profile, view.parts))
            (refusal(beside))
            section.panel aria-labelledby="about-you" { h2 id="about-you" { "About you" } (profile(view)) }
            section.panel aria-labelledby="password-of-yours" { h2 id="password-of-yours" { "Password" } (password(view)) }
            section.panel aria-labelledby="second-of-yours" { h2 id="second-of-yours" { "Second factor" } (second(view)) }
        },
    )
}

/// Sends `name`, `locale`, `timeZone` and `csrf` to `/account/profile`.
fn profile(view: &AccountView) -> Markup {
    html! {
        form.form method="post" action="/account/profile" {
            (view.frame.csrf())
            (input("text", Field {
                name: "name", label: "Name", value: &view.name, error: view.error_of("name"), required: true, chars_max: Some(200), autocomplete: Some("name"), ..Field::default()
            }))
            (select(Field { name: "locale", label: "Language", value: &view.locale, error: view.error_of("locale"), ..Field::default() }, &view.locales))
            (input("text", Field {
                name: "timeZone",
                label: "Time zone",
                value: &view.time_zone,
                hint: Some("Such as Europe/Berlin. Empty: the desk's."),
                error: view.error_of("timeZone"),
                chars_max: Some(60),
                ..Field::default()
            }))
            div.send { (Button::submit("Save").primary()) }
        }
    }
}

/// Sends `current`, `password` and `csrf` to `/account/password`.
fn password(view: &AccountView) -> Markup {
    if !view.has_password {
        return html! { p { "You have no password here. " a href="/forgot" { "Set one by mail" } " if you want one." } };
    }
    html! {
        form.form method="post" action="/account/password" {
            (view.frame.csrf())
            input.sr type="email" name="username" value=(view.email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (input("password", Field {
                name: "current", label: "The password now", error: view.error_of("current"), required: true, autocomplete: Some("current-password"), ..Field::default()
            }))
            (new_password("password", "New password", view.password_chars_min, view.error_of("password")))
            div.send { (Button::submit("Change the password").primary()) p.hint { "Every other device is signed out." } }
        }
    }
}

fn second(view: &AccountView) -> Markup {
    let it = view.second;
    html! {
        @match it.since {
            Some(since) => {
                p { "Set up " (moment(since, view.frame.now)) ". Signing in asks for a code from your app. " (left(it.codes_left)) }
            }
            None => {
                p { "With one, a stolen password alone opens nothing: signing in also asks for a code from an app on your telephone." }
                @if it.required { p { strong { "Your role needs one." } } }
            }
        }
        div.send { (Button::link(if it.since.is_some() { "New recovery codes, or remove it" } else { "Set it up" }, "/account/second-factor")) }
    }
}

fn left(codes: usize) -> String {
    match codes {
        0 => "No recovery code is left: make new ones.".to_owned(),
        1 => "One recovery code is left: make new ones soon.".to_owned(),
        n => format!("{n} recovery codes are left."),
    }
}
