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
    tongue::{marked, t},
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
        Stage::SetUp { .. } => t!("account-signing-asks-code-your"),
        _ if view.required => t!("account-your-role-needs-one-2"),
        _ => t!("account-code-your-telephone-besides"),
    };
    portal(
        &view.frame,
        Room::Form,
        t!("account-second-factor"),
        html! {
            (page_header(t!("account-second-factor"), Some(about), None))
            @match &view.stage {
                Stage::None => (begin(view)),
                Stage::Begun(seed) => (confirm(view, seed)),
                Stage::SetUp { codes_left } => (set_up(view, *codes_left)),
            }
            @if !view.required || matches!(view.stage, Stage::SetUp { .. }) { p { a href="/account" { (t!("word-profile-security")) } } }
        },
    )
}

fn begin(view: &SecondFactorView) -> Markup {
    html! {
        section.panel {
            (refusal(view.error.as_deref()))
            p { (t!("account-you-need-app-shows")) }
            form.form method="post" action="/account/second-factor/begin" {
                (view.frame.csrf())
                div.send { (Button::submit(t!("account-set-up")).primary()) }
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
                li { (t!("account-scan-app")) (qr_code(&seed.uri, t!("account-code-your-app-scans"))) p.hint { (t!("account-type-key-there")) } p { code.seed { (seed.typed) } } }
                li {
                    (t!("account-type-six-digits-app"))
                    form.form method="post" action="/account/second-factor" {
                        (view.frame.csrf())
                        (code_field("code", t!("account-code-app")))
                        div.send { (Button::submit(t!("account-finish")).primary()) }
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
            p { (marked!("account-recovery-codes-left-each", codes_left = codes_left)) }
            form.form method="post" action="/account/second-factor/codes" {
                (view.frame.csrf())
                (code_field("code", t!("account-code-now")))
                div.send {
                    (Button::submit(t!("account-make-new-recovery-codes")).primary())
                    button.button type="submit" formaction="/account/second-factor/remove" { (t!("account-remove-second-factor")) }
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
        t!("account-recovery-codes"),
        html! {
            (page_header(t!("account-recovery-codes"), Some(t!("account-print-them-write-them")), None))
            section.panel {
                ul.recovery-codes { @for it in codes { li { code { (it) } } } }
                p { (t!("account-each-works-once-instead")) }
                div.send { (Button::link(t!("account-i-them"), "/account").primary()) }
            }
        },
    )
}
