//! The pages for when something went wrong, in plain words: what happened, what to do. They need nothing but the frame.

use maud::{Markup, html};

use super::{
    components::{button::Button, icon::ridge},
    layout::{Frame, Room, portal},
};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// HTTP 403.
    Forbidden,
    /// HTTP 404.
    NotFound,
    /// Any other HTTP 4xx: what was sent could not be taken.
    Refused,
    /// HTTP 500.
    Broken,
    /// HTTP 503.
    Unavailable,
}

impl Trouble {
    pub const ALL: [Trouble; 5] = [Trouble::Forbidden, Trouble::NotFound, Trouble::Refused, Trouble::Broken, Trouble::Unavailable];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Trouble::Forbidden => (
                "This page is not open to you",
                "You are signed in, but this belongs to somebody else. If you need it for your work, ask the person who sent you here, or write us a ticket.",
            ),
            Trouble::NotFound => (
                "There is nothing here",
                "The address may be mistyped, or what was here has been moved or deleted. Nothing of yours is lost.",
            ),
            Trouble::Refused => {
                ("That could not be taken", "Go back, look at what you sent, and try again. Your browser keeps what you typed.")
            }
            Trouble::Broken => (
                "Something broke on our side",
                "It is not your fault, and it has been noted. What you typed is kept in your browser; try again in a moment.",
            ),
            Trouble::Unavailable => (
                "We are back in a moment",
                "The desk cannot take changes just now. Reading may still work. Your browser keeps what you typed; try again in a minute.",
            ),
        }
    }
}

/// The page. `detail` is a sentence on what exactly happened; `reference` is what a person can quote so that we find the cause, such as a request's id.
pub fn page(frame: &Frame, trouble: Trouble, detail: Option<&str>, reference: Option<&str>) -> Markup {
    let (title, text) = trouble.words();
    portal(
        frame,
        Room::Wide,
        title,
        html! {
            div.trouble {
                (ridge())
                div { h1 { (title) } p.lede { (text) } @if let Some(detail) = detail { p { (detail) } } }
                div.ways { (Button::link("To the start", "/").primary()) @if trouble == Trouble::Forbidden { (Button::link("Sign in as somebody else", "/sign-in")) } }
                @if let Some(reference) = reference { p { small { "If you write to us, mention " code { (reference) } "." } } }
            }
        },
    )
}
