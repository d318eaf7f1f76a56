//! The second factor: setting it up with a picture and a first code, the recovery codes on paper, and parting with it.

use maud::{Markup, html};

use crate::web::{
    components::{
        button::Button,
        field::{Field, input},
        page_header::page_header,
        qr_code::qr_code,
    },
    layout::{Frame, Room, portal},
    portal::sign_in::refusal,
};

/// What an app needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedView {
    /// For the picture.
    pub uri: String,
    /// For typing.
    pub typed: String,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Stage {
    /// There is none.
    #[default]
    None,
    /// The app has the seed, or is about to.
    Begun(SeedView),
    SetUp {
        codes_left: usize,
    },
}

#[derive(Debug, Clone, Default)]
pub struct SecondFactorView {
    pub frame: Frame,
    pub stage: Stage,
    /// A role of this person needs one, so that nothing else works before.
    pub required: bool,
    pub error: Option<String>,
}

/// The page at `/account/second-factor`.
pub fn page(view: &SecondFactorView) -> Markup {
    let about = match view.stage {
        Stage::SetUp { .. } => "Signing in asks for a code from your app.",
        _ if view.required => "Your role needs one. Set it up, and everything else works again.",
        _ => "A code from your telephone besides the password.",
    };
    portal(
        &view.frame,
        Room::Form,
        "Second factor",
        html! {
            (page_header("Second factor", Some(about), None))
            @match &view.stage {
                Stage::None => (begin(view)),
                Stage::Begun(seed) => (confirm(view, seed)),
                Stage::SetUp { codes_left } => (set_up(view, *codes_left)),
            }
            @if !view.required || matches!(view.stage, Stage::SetUp { .. }) { p { a href="/account" { "Profile and security" } } }
        },
    )
}

fn begin(view: &SecondFactorView) -> Markup {
    html! {
        section.panel {
            (refusal(view.error.as_deref()))
            p { "You need an app that shows codes, such as Aegis, 2FAS, Google Authenticator, or your password store." }
            form.form method="post" action="/account/second-factor/begin" {
                (view.frame.csrf())
                div.send { (Button::submit("Set it up").primary()) }
            }
        }
    }
}

/// Sends `code` and `csrf` to `/account/second-factor`.
fn confirm(view: &SecondFactorView, seed: &SeedView) -> Markup {
    html! {
        section.panel {
            (refusal(view.error.as_deref()))
            ol.enrolment {
                li { "Scan this with the app." (qr_code(&seed.uri, "A code that your app scans")) p.hint { "Or type this key there:" } p { code.seed { (seed.typed) } } }
                li {
                    "Type the six digits that the app shows."
                    form.form method="post" action="/account/second-factor" {
                        (view.frame.csrf())
                        (code_field("code", "Code from the app"))
                        div.send { (Button::submit("Finish").primary()) }
                    }
                }
            }
        }
    }
}

fn code_field(name: &str, label: &str) -> Markup {
    input("text", Field { name, label, required: true, chars_max: Some(40), autocomplete: Some("one-time-code"), ..Field::default() })
}

/// Sends `code` and `csrf` to `/account/second-factor/codes` or `/account/second-factor/remove`.
fn set_up(view: &SecondFactorView, codes_left: usize) -> Markup {
    html! {
        section.panel {
            (refusal(view.error.as_deref()))
            p { (codes_left) " recovery codes are left. Each opens the door once, on the day on which the telephone is gone." }
            form.form method="post" action="/account/second-factor/codes" {
                (view.frame.csrf())
                (code_field("code", "A code now"))
                div.send {
                    (Button::submit("Make new recovery codes").primary())
                    button.button type="submit" formaction="/account/second-factor/remove" { "Remove the second factor" }
                }
            }
        }
    }
}

/// The recovery codes, shown this once.
pub fn codes_page(frame: &Frame, codes: &[String]) -> Markup {
    portal(
        frame,
        Room::Form,
        "Recovery codes",
        html! {
            (page_header("Recovery codes", Some("Print them, or write them down, and keep them where the telephone is not."), None))
            section.panel {
                ul.recovery-codes { @for it in codes { li { code { (it) } } } }
                p { "Each works once instead of a code from the app. They are not shown again; earlier ones work no more." }
                div.send { (Button::link("I have them", "/account").primary()) }
            }
        },
    )
}
