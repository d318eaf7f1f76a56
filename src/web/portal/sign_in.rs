//! The door: a name and a password, or the organisation's own sign-in.

use maud::{Markup, html};

use crate::web::{
    components::{
        badge::Tone,
        banner::{Banner, banner},
        button::Button,
        field::{Field, input},
    },
    layout::{Frame, Room, portal},
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
    /// A second factor is asked for.
    pub wants_code: bool,
}

/// The page at `/sign-in`; sends `email`, `password`, `code`, `next` and `csrf` to `/sign-in`.
pub fn page(view: &SignInView) -> Markup {
    portal(
        &view.frame,
        Room::Door,
        "Sign in",
        html! {
            div.panel {
                div { h1 { "Sign in" } p.lede { "to " (view.frame.desk) } }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                form.form method="post" action="/sign-in" {
                    (view.frame.csrf())
                    input type="hidden" name="next" value=(view.next);
                    (input("email", Field { name: "email", label: "Mail address", value: &view.email, required: true, autocomplete: Some("username"), ..Field::default() }))
                    (input("password", Field { name: "password", label: "Password", required: true, autocomplete: Some("current-password"), ..Field::default() }))
                    @if view.wants_code {
                        (input("text", Field { name: "code", label: "Code from your app", required: true, autocomplete: Some("one-time-code"), ..Field::default() }))
                    }
                    (Button::submit("Sign in").primary().large())
                }
                @if !view.providers.is_empty() {
                    div.or { "or" }
                    div.choices { @for it in &view.providers { (Button::link(&format!("Continue with {}", it.name), &it.href)) } }
                }
            }
        },
    )
}
