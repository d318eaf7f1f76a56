//! The first page: one question, two doors, and what is on its way.

use maud::{Markup, html};

use super::{
    answers::{Answers, answers},
    tickets::{MyTicket, mine},
};
use crate::web::{
    components::{
        alike::{KnownRow, known},
        icon::{Icon, icon, ridge},
        search_box::ask_box,
    },
    layout::{Frame, Room, portal},
    tongue::{marked, t},
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
        t!("portal-how-can-we-help"),
        html! {
            (known(&view.known, view.frame.now))
            section.welcome {
                h1 { @if view.first_name.is_empty() { (t!("portal-how-can-we-help")) } @else { (marked!("portal-hello-how-can-we", first_name = view.first_name)) } }
                @if view.frame.viewer.is_some() {
                    (ask_box("/tickets", t!("portal-what-is-it-about"), "/answers"))
                    (answers(&Answers::default(), view.frame.now))
                } @else { p.lede { (t!("portal-tell-us-follow-here")) } }
                (ridge())
                div.doors {
                    (door("/incidents/new", "broken", Icon::Bolt, t!("portal-something-broken"), t!("portal-worked-before-now-doesnt")))
                    (door("/requests/new", "need", Icon::Box, t!("portal-i-need-something"), t!("portal-new-kit-access-change")))
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
            div.section-head { h2 id="mine" { (t!("portal-your-open-tickets")) } @if view.open_total > view.open.len() { a href="/tickets" { (marked!("portal-all", open_total = view.open_total)) } } @else { a href="/tickets" { (t!("portal-all-tickets")) } } }
            @if view.open.is_empty() { p.lede { (t!("portal-nothing-open-when-you")) } } @else { (mine(&view.open, view.frame.now)) }
        }
    }
}
