//! What the desk tells everybody, at the head of a page. Its text was made safe before.

use maud::{Markup, PreEscaped, html};

use super::{
    badge::Tone,
    icon::{Icon, icon},
};

/// One announcement as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announced {
    pub title: String,
    /// Safe HTML; may be empty.
    pub text_html: String,
    pub urgent: bool,
}

/// All that stand, the newest first.
pub fn announced(all: &[Announced]) -> Markup {
    html! {
        @for it in all {
            div.banner data-tone=(if it.urgent { Tone::Warn } else { Tone::Info }.as_str()) role="status" {
                (icon(if it.urgent { Icon::Alert } else { Icon::Info }))
                div { strong { (it.title) } @if !it.text_html.is_empty() { div.prose { (PreEscaped(&it.text_html)) } } }
            }
        }
    }
}
