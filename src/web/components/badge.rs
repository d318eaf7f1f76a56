//! A word on a coloured ground, and a tag that may be taken off.

use crate::web::tongue::t;
use maud::{Markup, html};

/// What a colour means; `Plain` means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Accent,
    Ok,
    Warn,
    Danger,
    Info,
    Note,
}

impl Tone {
    /// The word in `data-tone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Accent => "accent",
            Tone::Ok => "ok",
            Tone::Warn => "warn",
            Tone::Danger => "danger",
            Tone::Info => "info",
            Tone::Note => "note",
        }
    }
}

/// A word on a coloured ground.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span.badge data-tone=(tone.as_str()) { (text) } }
}

/// A tag, as a link to the tickets that carry it.
pub fn tag(name: &str, href: &str) -> Markup {
    html! { a.tag href=(href) { (name) } }
}

/// A tag that its button takes off; the button sends `remove` with the tag's name.
pub fn removable_tag(name: &str) -> Markup {
    html! {
        span.tag { (name) button type="submit" name="remove" value=(name) aria-label=(t!("badge-remove-tag", name = name)) { (super::icon::icon(super::icon::Icon::Cross)) } }
    }
}
