//! The first page: one question, two doors, and what is on its way.

use maud::{Markup, html};

use super::tickets::{MyTicket, mine};
use crate::web::{
    components::{
        alike::{KnownRow, known},
        icon::{Icon, icon, ridge},
        search_box::search_box,
    },
    layout::{Frame, Room, portal},
};

/// What the first page shows.
#[derive(Debug, Clone, Default)]
pub struct HomeView {
    pub frame: Frame,
    /// The reader's first name; empty when nobody is signed in.
    pub first_name: String,
    /// The reader's open tickets, the newest change first; at most five.
    pub open: Vec<MyTicket>,
    /// How many are open altogether.
    pub open_total: usize,
    /// What is known to be broken.
    pub known: Vec<KnownRow>,
}

/// The page at `/`.
pub fn page(view: &HomeView) -> Markup {
    portal(
        &view.frame,
        Room::Home,
        "How can we help?",
        html! {
            (known(&view.known, view.frame.now))
            section.welcome {
                h1 { @if view.first_name.is_empty() { "How can we help?" } @else { "Hello " (view.first_name) ", how can we help?" } }
                @if view.frame.viewer.is_some() { (search_box("/tickets", "Search your tickets", "", false)) } @else { p.lede { "Tell us, and follow here what happens." } }
                (ridge())
                div.doors {
                    (door("/incidents/new", "broken", Icon::Bolt, "Something is broken", "It worked before, and now it doesn't."))
                    (door("/requests/new", "need", Icon::Box, "I need something", "New kit, access, or a change."))
                }
            }
            @if view.frame.viewer.is_some() { (open_tickets(view)) }
        },
    )
}

fn door(href: &str, name: &str, which: Icon, title: &str, about: &str) -> Markup {
    html! { a.door href=(href) data-door=(name) { span.knob { (icon(which)) } span { strong { (title) } span { (about) } } (icon(Icon::Right)) } }
}

fn open_tickets(view: &HomeView) -> Markup {
    html! {
        section id="open" aria-labelledby="mine" data-live="me" {
            div.section-head { h2 id="mine" { "Your open tickets" } @if view.open_total > view.open.len() { a href="/tickets" { "All " (view.open_total) } } @else { a href="/tickets" { "All tickets" } } }
            @if view.open.is_empty() { p.lede { "Nothing is open. When you need us, the two doors above are the quickest way." } } @else { (mine(&view.open, view.frame.now)) }
        }
    }
}
