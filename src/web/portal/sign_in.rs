//! The door: a name and a password, or the organisation's own sign-in; and behind it, for whoever has a second factor, one code more.

use maud::{Markup, html};

use crate::web::{
    components::{
        badge::Tone,
        banner::{Banner, banner},
        button::Button,
        field::{Field, input},
    },
    layout::{Frame, Room, portal},
    tongue::{marked, t},
};

/// Another way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// "Microsoft", "Acme single sign-on".
    pub name: String,
    pub href: String,
}

/// What the door shows.
#[derive(Debug, Clone, Default)]
pub struct SignInView {
    pub frame: Frame,
    /// What was typed before a refusal.
    pub email: String,
    /// Why the last try failed, without saying which of the two was wrong.
    pub error: Option<String>,
    /// Where to go afterwards: a path on this desk, checked by the handler.
    pub next: String,
    pub providers: Vec<Provider>,
    /// Whether there is a form for mail address and password.
    pub local: bool,
    /// Whether anybody may register here.
    pub registration: bool,
}

/// The page at `/sign-in`; sends `email`, `password`, `next` and `csrf` to `/sign-in`.
pub fn page(view: &SignInView) -> Markup {
    portal(
        &view.frame,
        Room::Door,
        t!("door-sign"),
        html! {
            div.panel {
                div { h1 { (t!("door-sign")) } p.lede { (marked!("door-to", desk = view.frame.desk)) } }
                (refusal(view.error.as_deref()))
                @if view.local { form.form method="post" action="/sign-in" {
                    (view.frame.csrf())
                    input type="hidden" name="next" value=(view.next);
                    (input("email", Field { name: "email", label: t!("word-mail-address"), value: &view.email, required: true, autocomplete: Some("username"), ..Field::default() }))
                    (input("password", Field { name: "password", label: t!("word-password"), required: true, autocomplete: Some("current-password"), ..Field::default() }))
                    (Button::submit(t!("door-sign")).primary().large())
                }
                p.elsewhere {
                    a href="/forgot" { (t!("door-forgot-your-password")) }
                    @if view.registration { a href="/register" { (t!("door-make-account")) } }
                } }
                @if !view.providers.is_empty() {
                    @if view.local { div.or { (t!("door-or")) } }
                    div.choices { @for it in &view.providers { (Button::link(&t!("door-continue", name = it.name), &it.href)) } }
                }
            }
        },
    )
}

/// Why the last try failed, above its form.
pub fn refusal(error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { (banner(&Banner { tone: Tone::Danger, title: error.to_owned(), text: String::new() })) } }
}

/// The second step.
#[derive(Debug, Clone, Default)]
pub struct CodeView {
    pub frame: Frame,
    pub error: Option<String>,
    pub next: String,
}

/// The page at `/sign-in/code`; sends `code`, `next` and `csrf` to it.
pub fn code_page(view: &CodeView) -> Markup {
    portal(
        &view.frame,
        Room::Door,
        t!("door-your-code"),
        html! {
            div.panel {
                div { h1 { (t!("door-your-code")) } p.lede { (t!("door-open-app-your-telephone")) } }
                (refusal(view.error.as_deref()))
                form.form method="post" action="/sign-in/code" {
                    (view.frame.csrf())
                    input type="hidden" name="next" value=(view.next);
                    (input("text", Field {
                        name: "code",
                        label: t!("door-six-digits-recovery-code"),
                        required: true,
                        chars_max: Some(40),
                        autocomplete: Some("one-time-code"),
                        ..Field::default()
                    }))
                    (Button::submit(t!("door-go")).primary().large())
                }
                p.elsewhere { a href="/sign-in" { (t!("door-begin-again")) } }
            }
        },
    )
}

/// The form of a directory.
#[derive(Debug, Clone, Default)]
pub struct DirectoryView {
    pub frame: Frame,
    /// The directory's name.
    pub name: String,
    /// Where the form is sent.
    pub action: String,
    /// What was typed before a refusal.
    pub login: String,
    pub error: Option<String>,
    /// Where to go afterwards: a path on this desk, checked by the handler.
    pub next: String,
}

/// The page at `/sign-in/ldap/ID`; sends `login`, `password`, `next` and `csrf` to the same address.
pub fn directory_page(view: &DirectoryView) -> Markup {
    portal(
        &view.frame,
        Room::Door,
        t!("door-sign"),
        html! {
            div.panel {
                div { h1 { (t!("door-sign")) } p.lede { (marked!("door-to-with", desk = view.frame.desk, name = view.name)) } }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                form.form method="post" action=(view.action) {
                    (view.frame.csrf())
                    input type="hidden" name="next" value=(view.next);
                    (input("text", Field { name: "login", label: t!("door-user-name"), value: &view.login, required: true, autocomplete: Some("username"), ..Field::default() }))
                    (input("password", Field { name: "password", label: t!("word-password"), required: true, autocomplete: Some("current-password"), ..Field::default() }))
                    (Button::submit(t!("door-sign")).primary().large())
                }
                p { a href="/sign-in" { (t!("door-other-ways-sign")) } }
            }
        },
    )
}

/// Signed out here; the browser goes on to the provider's own page for it.
pub fn signed_out_page(frame: &Frame, address: &str) -> Markup {
    portal(
        frame,
        Room::Door,
        t!("door-signed-out"),
        html! {
            div.panel {
                div { h1 { (t!("door-signed-out")) } p.lede { (t!("door-you-signed-out-here")) } }
                (Button::link(t!("door-sign-out-there-too"), address))
            }
        },
    )
}
