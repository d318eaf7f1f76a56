//! A word to everybody on the page that stays until it is no longer true: an outage, a conflict, a refusal.

use maud::{Markup, html};

use super::{
    badge::Tone,
    icon::{Icon, icon},
};

/// What the banner says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    pub tone: Tone,
    /// What happened.
    pub title: String,
    /// What to do; may be empty.
    pub text: String,
}

/// The banner; one that reports a failure is read out at once.
pub fn banner(it: &Banner) -> Markup {
    let alarming = matches!(it.tone, Tone::Danger | Tone::Warn);
    let role = if alarming { "alert" } else { "status" };
    html! {
        div.banner data-tone=(it.tone.as_str()) role=(role) {
            (icon(if alarming { Icon::Alert } else { Icon::Info }))
            div { strong { (it.title) } @if !it.text.is_empty() { p { (it.text) } } }
        }
    }
}
