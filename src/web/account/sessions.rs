//! Where a person is signed in, and the way to end it.

use maud::{Markup, html};

use super::{Entry, Part, Parts, entries, parts};
use crate::{
    time::Instant,
    web::{
        components::{button::Button, moment::moment, page_header::page_header},
        layout::{Frame, Room, portal},
        tongue::{marked, t},
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
    pub parts: Parts,
}

/// The page at `/account/sessions`.
pub fn page(view: &SessionsView) -> Markup {
    let shown: Vec<_> = view.sessions.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        t!("account-where-you-signed"),
        html! {
            (page_header(t!("word-your-account"), None, None))
            (parts(Part::Sessions, view.parts))
            p.lede { (t!("account-if-something-here-not")) }
            (entries(&shown))
            @if view.sessions.len() > 1 {
                form method="post" action="/account/sessions/end-others" { (view.frame.csrf()) (Button::submit(t!("account-sign-out-everywhere-else"))) }
            }
        },
    )
}

fn entry<'a>(view: &SessionsView, it: &'a SignedIn) -> Entry<'a> {
    let now = view.frame.now;
    Entry {
        title: &it.device,
        mark: if it.current {
            Some(t!("account-one"))
        } else if it.program {
            Some("program")
        } else {
            None
        },
        meta: html! {
            @if let Some(address) = &it.address { (marked!("account-from", address = address)) " · " }
            (marked!("account-since", when = moment(it.started, now))) " · " (marked!("account-last-used", when = moment(it.last_used, now)))
        },
        action: html! {
            @if !it.current {
                form method="post" action={ "/account/sessions/" (it.id) "/end" } {
                    (view.frame.csrf())
                    (Button::submit(&t!("account-sign-out", device = it.device)).quiet())
                }
            }
        },
    }
}
