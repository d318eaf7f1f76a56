//! Where a person is signed in, and the way to end it.

use maud::{Markup, html};

use super::{Entry, Part, entries, parts};
use crate::{
    time::Instant,
    web::{
        components::{button::Button, moment::moment, page_header::page_header},
        layout::{Frame, Room, portal},
    },
};

/// A browser or program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub id: String,
    /// `Firefox on Linux`.
    pub device: String,
    pub address: Option<String>,
    pub program: bool,
    /// The one that shows this page.
    pub current: bool,
    pub started: Instant,
    pub last_used: Instant,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SessionsView {
    pub frame: Frame,
    pub sessions: Vec<SignedIn>,
    /// The person may have access tokens.
    pub has_tokens: bool,
}

/// The page at `/account/sessions`.
pub fn page(view: &SessionsView) -> Markup {
    let shown: Vec<_> = view.sessions.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        "Where you are signed in",
        html! {
            (page_header("Your account", None, None))
            (parts(Part::Sessions, view.has_tokens))
            p.lede { "If something here is not you, sign out there and change your password." }
            (entries(&shown))
            @if view.sessions.len() > 1 {
                form method="post" action="/account/sessions/end-others" { (view.frame.csrf()) (Button::submit("Sign out everywhere else")) }
            }
        },
    )
}

fn entry<'a>(view: &SessionsView, it: &'a SignedIn) -> Entry<'a> {
    let now = view.frame.now;
    Entry {
        title: &it.device,
        mark: if it.current {
            Some("this one")
        } else if it.program {
            Some("program")
        } else {
            None
        },
        meta: html! {
            @if let Some(address) = &it.address { "from " (address) " · " }
            "since " (moment(it.started, now)) " · last used " (moment(it.last_used, now))
        },
        action: html! {
            @if !it.current {
                form method="post" action={ "/account/sessions/" (it.id) "/end" } {
                    (view.frame.csrf())
                    (Button::submit(&format!("Sign out {}", it.device)).quiet())
                }
            }
        },
    }
}
