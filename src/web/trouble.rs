//! The pages for when something went wrong, in plain words: what happened, what to do. They need nothing but the frame.

use maud::{Markup, html};

use super::{
    components::{button::Button, icon::ridge},
    layout::{Frame, Room, portal},
};
use crate::web::tongue::{marked, t};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// HTTP 403.
    Forbidden,
    /// HTTP 404.
    NotFound,
    /// HTTP 404, and an admin could change it.
    Away,
    /// Any other HTTP 4xx: what was sent could not be taken.
    Refused,
    /// HTTP 500.
    Broken,
    /// HTTP 503.
    Unavailable,
}

impl Trouble {
    pub const ALL: [Trouble; 6] =
        [Trouble::Forbidden, Trouble::NotFound, Trouble::Away, Trouble::Refused, Trouble::Broken, Trouble::Unavailable];

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Trouble::Forbidden => (t!("trouble-page-not-open-you"), t!("trouble-you-signed-but-belongs")),
            Trouble::NotFound => (t!("trouble-there-nothing-here"), t!("trouble-address-may-mistyped-what")),
            Trouble::Away => (t!("trouble-switched-off"), t!("trouble-switched-off-hint")),
            Trouble::Refused => (t!("trouble-could-not-taken"), t!("trouble-go-back-look-what")),
            Trouble::Broken => (t!("trouble-something-broke-our-side"), t!("trouble-not-your-fault-been")),
            Trouble::Unavailable => (t!("trouble-we-back-moment"), t!("trouble-desk-cannot-take-changes")),
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
                div.ways { (Button::link(t!("trouble-start"), "/").primary()) @if trouble == Trouble::Forbidden { (Button::link(t!("trouble-sign-somebody-else"), "/sign-in")) } }
                @if let Some(reference) = reference { p { small { (marked!("trouble-if-you-write-us", reference = html! { code { (reference) } })) } } }
            }
        },
    )
}
