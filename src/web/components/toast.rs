//! A short word that something was done, with a way back. It is read out when it comes and never holds what a person must not miss.

use maud::{Markup, html};

use super::{
    badge::Tone,
    button::Button,
    icon::{Icon, icon},
};
use crate::web::tongue::t;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub tone: Tone,
    pub text: String,
    /// Where a form is sent to take it back, if it can be.
    pub undo: Option<String>,
}

/// The corner where toasts stand; on every page, so that the script can add to it.
pub fn toasts(toasts: &[Toast], csrf: &Markup) -> Markup {
    html! { div.toasts id="toasts" role="status" aria-live="polite" { @for it in toasts { (toast(it, csrf)) } } }
}

/// One toast.
pub fn toast(it: &Toast, csrf: &Markup) -> Markup {
    let which = match it.tone {
        Tone::Danger | Tone::Warn => Icon::Alert,
        Tone::Info => Icon::Info,
        _ => Icon::Check,
    };
    html! {
        div.toast data-tone=(it.tone.as_str()) {
            (icon(which)) span { (it.text) }
            @if let Some(undo) = &it.undo { form method="post" action=(undo) { (csrf) (Button::submit(t!("word-undo"))) } }
        }
    }
}
