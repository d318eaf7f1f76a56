//! What leads to the door: making an account, a forgotten password, and choosing one behind a link from a mail. Whoever asks is told
//! the same whether or not the address is known.

use maud::{Markup, html};

use super::sign_in::refusal;
use crate::web::{
    components::{
        button::Button,
        field::{Field, input},
    },
    layout::{Frame, Room, portal},
    tongue::{marked, t},
};

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct AskView {
    pub frame: Frame,
    pub name: String,
    pub email: String,
    /// About the field of this name, or about none.
    pub error: Option<(String, String)>,
}

impl AskView {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.error.as_ref().filter(|it| it.0 == field).map(|it| it.1.as_str())
    }

    fn error_besides(&self, fields: &[&str]) -> Option<&str> {
        self.error.as_ref().filter(|it| !fields.contains(&it.0.as_str())).map(|it| it.1.as_str())
    }

    fn email(&self, autocomplete: &'static str) -> Markup {
        input(
            "email",
            Field {
                name: "email",
                label: t!("word-mail-address"),
                value: &self.email,
                error: self.error_of("email"),
                required: true,
                chars_max: Some(254),
                autocomplete: Some(autocomplete),
                ..Field::default()
            },
        )
    }
}

fn door(frame: &Frame, title: &str, lede: &str, content: Markup) -> Markup {
    portal(frame, Room::Door, title, html! { div.panel { div { h1 { (title) } p.lede { (lede) } } (content) } })
}

/// The page at `/register`; sends `name`, `email` and `csrf` to it.
pub fn register(view: &AskView) -> Markup {
    let form = html! {
        (refusal(view.error_besides(&["name", "email"])))
        form.form method="post" action="/register" {
            (view.frame.csrf())
            (input("text", Field {
                name: "name",
                label: t!("door-your-name"),
                value: &view.name,
                error: view.error_of("name"),
                required: true,
                chars_max: Some(200),
                autocomplete: Some("name"),
                ..Field::default()
            }))
            (view.email("email"))
            (Button::submit(t!("door-send-me-mail")).primary().large())
        }
        p.elsewhere { a href="/sign-in" { (t!("door-i-account")) } }
    };
    door(&view.frame, t!("door-make-account"), t!("door-you-get-mail-behind"), form)
}

/// The page at `/forgot`; sends `email` and `csrf` to it.
pub fn forgot(view: &AskView) -> Markup {
    let form = html! {
        (refusal(view.error_besides(&["email"])))
        form.form method="post" action="/forgot" {
            (view.frame.csrf())
            (view.email("username"))
            (Button::submit(t!("door-send-me-link")).primary().large())
        }
        p.elsewhere { a href="/sign-in" { (t!("door-back-signing")) } }
    };
    door(&view.frame, t!("door-forgot-your-password"), t!("door-you-get-mail-link"), form)
}

/// What is said after asking, whatever the address.
pub fn asked(frame: &Frame, email: &str) -> Markup {
    let said = html! {
        p { (marked!("door-if-all-should-mail", email = html! { strong { (email) } })) }
        p { (t!("door-nothing-after-few-minutes")) }
        p.elsewhere { a href="/sign-in" { (t!("door-back-signing")) } }
    };
    door(frame, t!("door-look-your-mail"), t!("door-may-take-minute"), said)
}

/// What a link is for, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choosing {
    Account,
    Invitation,
    NewPassword,
}

/// A password to be chosen.
#[derive(Debug, Clone)]
pub struct ChooseView {
    pub ask: AskView,
    pub what: Choosing,
    /// Where the form goes: the address of the page itself.
    pub action: String,
    /// Characters that a password has at least.
    pub chars_min: u32,
}

/// The page behind a link; sends `name` (unless a password is only changed), `password` and `csrf` to its own address.
pub fn choose(view: &ChooseView) -> Markup {
    let (title, lede, button) = match view.what {
        Choosing::Account => (t!("door-finish-your-account"), t!("door-choose-password-all-ready"), t!("door-make-my-account")),
        Choosing::Invitation => (t!("door-welcome"), t!("door-choose-password-all-ready"), t!("door-take-invitation")),
        Choosing::NewPassword => (t!("door-set-new-password"), t!("door-every-device-signed-signed"), t!("door-set-password")),
    };
    let ask = &view.ask;
    let form = html! {
        (refusal(ask.error_besides(&["name", "password"])))
        form.form method="post" action=(view.action) {
            (ask.frame.csrf())
            // For the browser's own store of passwords.
            input.sr type="email" name="username" value=(ask.email) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            @if view.what != Choosing::NewPassword {
                (input("text", Field {
                    name: "name",
                    label: t!("door-your-name"),
                    value: &ask.name,
                    error: ask.error_of("name"),
                    required: true,
                    chars_max: Some(200),
                    autocomplete: Some("name"),
                    ..Field::default()
                }))
            }
            (new_password("password", t!("word-password"), view.chars_min, ask.error_of("password")))
            (Button::submit(button).primary().large())
        }
    };
    door(&ask.frame, title, lede, form)
}

/// The field for a password that is chosen now.
pub fn new_password(name: &str, label: &str, chars_min: u32, error: Option<&str>) -> Markup {
    let hint = t!("door-least-characters-three-four", chars_min = chars_min);
    input(
        "password",
        Field { name, label, hint: Some(&hint), error, required: true, autocomplete: Some("new-password"), ..Field::default() },
    )
}

/// The page of a link that does not work.
pub fn over(frame: &Frame, detail: &str) -> Markup {
    let said = html! {
        p { (detail) }
        p { (t!("door-only-newest-link-kind")) }
        div.choices { (Button::link(t!("door-send-me-new-link"), "/forgot")) }
        p.elsewhere { a href="/sign-in" { (t!("door-back-signing")) } }
    };
    door(frame, t!("door-link-over"), t!("door-links-mails-work-once"), said)
}
