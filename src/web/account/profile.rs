//! Profile and security: what somebody says about themselves, their password, and their second factor.

use maud::{Markup, html};

use super::{Part, Parts, parts};
use crate::{
    desk::appearance::{Density, Theme},
    time::Instant,
    web::{
        components::{
            avatar::avatar_large,
            button::Button,
            field::{Choice, Field, input, picture, select},
            moment::moment,
            page_header::page_header,
            zone_field::zone_field,
        },
        layout::{Frame, Room, portal},
        portal::{door::new_password, sign_in::refusal},
        tongue::{self, marked, t},
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

const FIELDS: [&str; 6] = ["name", "locale", "timeZone", "current", "password", "picture"];

/// The page at `/account`.
pub fn page(view: &AccountView) -> Markup {
    let beside = view.error.as_ref().filter(|it| !FIELDS.contains(&it.0.as_str())).map(|it| it.1.as_str());
    portal(
        &view.frame,
        Room::Form,
        t!("word-profile-security"),
        html! {
            (page_header(t!("word-profile-security"), Some(&view.email), None))
            (parts(Part::Profile, view.parts))
            (refusal(beside))
            section.panel aria-labelledby="about-you" { h2 id="about-you" { (t!("account-about-you")) } (own_picture(view)) (profile(view)) }
            section.panel aria-labelledby="look-of-yours" { h2 id="look-of-yours" { (t!("account-look")) } (look(view)) }
            section.panel aria-labelledby="password-of-yours" { h2 id="password-of-yours" { (t!("word-password")) } (password(view)) }
            section.panel aria-labelledby="second-of-yours" { h2 id="second-of-yours" { (t!("account-second-factor")) } (second(view)) }
        },
    )
}

/// Sends the file `picture`, or `remove`, and `csrf` to `/account/picture`.
fn own_picture(view: &AccountView) -> Markup {
    let Some(viewer) = &view.frame.viewer else { return html! {} };
    html! {
        form.form.own-picture method="post" action="/account/picture" enctype="multipart/form-data" {
            (view.frame.csrf())
            (avatar_large(&viewer.face))
            (picture(Field { name: "picture", label: t!("account-picture"), hint: Some(t!("account-picture-hint")), error: view.error_of("picture"), ..Field::default() }, true))
            div.send {
                (Button::submit(t!("account-picture-use")))
                @if viewer.face.picture.is_some() { (Button::submit_as(t!("account-picture-remove"), "remove", "on").quiet()) }
            }
        }
    }
}

/// Sends `name`, `locale`, `timeZone` and `csrf` to `/account/profile`.
fn profile(view: &AccountView) -> Markup {
    html! {
        form.form method="post" action="/account/profile" {
            (view.frame.csrf())
            (input("text", Field {
                name: "name", label: t!("word-name"), value: &view.name, error: view.error_of("name"), required: true, chars_max: Some(200), autocomplete: Some("name"), ..Field::default()
            }))
            (select(Field { name: "locale", label: t!("account-language"), value: &view.locale, error: view.error_of("locale"), ..Field::default() }, &view.locales))
            (zone_field(Field {
                name: "timeZone",
                label: t!("word-time-zone"),
                value: &view.time_zone,
                hint: Some(t!("account-such-europe-berlin-empty")),
                error: view.error_of("timeZone"),
                ..Field::default()
            }))
            div.send { (Button::submit(t!("word-save")).primary()) }
        }
    }
}

/// Sends `theme`, `density` and `csrf` to `/account/appearance`.
fn look(view: &AccountView) -> Markup {
    let themes = Theme::ALL.map(|it| Choice::new(it.name(), tongue::word("theme-", it.name())));
    let densities = Density::ALL.map(|it| Choice::new(it.name(), tongue::word("density-", it.name())));
    html! {
        form.form method="post" action="/account/appearance" {
            (view.frame.csrf())
            div.pair {
                (select(Field { name: "theme", label: t!("account-theme"), value: view.frame.theme.name(), required: true, ..Field::default() }, &themes))
                (select(Field { name: "density", label: t!("account-density"), value: view.frame.density.name(), required: true, hint: Some(t!("account-density-hint")), ..Field::default() }, &densities))
            }
            div.send { (Button::submit(t!("word-save")).primary()) }
        }
    }
}

/// Sends `current`, `password` and `csrf` to `/account/password`.
fn password(view: &AccountView) -> Markup {
    if !view.has_password {
        return html! { p { (marked!("account-you-no-password-here", mail = html! { a href="/forgot" { (t!("account-set-one-mail")) } })) } };
    }
    html! {
        form.form method="post" action="/account/password" {
            (view.frame.csrf())
            input.sr type="email" name="username" value=(view.email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (input("password", Field {
                name: "current", label: t!("account-password-now"), error: view.error_of("current"), required: true, autocomplete: Some("current-password"), ..Field::default()
            }))
            (new_password("password", t!("account-new-password"), view.password_chars_min, view.error_of("password")))
            div.send { (Button::submit(t!("account-change-password")).primary()) p.hint { (t!("account-every-other-device-signed")) } }
        }
    }
}

fn second(view: &AccountView) -> Markup {
    let it = view.second;
    html! {
        @match it.since {
            Some(since) => {
                p { (marked!("account-set-up-signing-asks", when = moment(since, view.frame.now), left = left(it.codes_left))) }
            }
            None => {
                p { (t!("account-one-stolen-password-alone")) }
                @if it.required { p { strong { (t!("account-your-role-needs-one")) } } }
            }
        }
        div.send { (Button::link(if it.since.is_some() { t!("account-new-recovery-codes-remove") } else { t!("account-set-up") }, "/account/second-factor")) }
    }
}

fn left(codes: usize) -> String {
    match codes {
        0 => t!("account-no-recovery-code-left").to_owned(),
        count => t!("account-recovery-codes-left", count = count),
    }
}
