//! A requester's own tickets.

use maud::{Markup, html};

use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            empty_state::empty_state,
            icon::Icon,
            moment::moment,
            page_header::page_header,
            pagination::{Pages, pagination},
            search_box::search_box,
            status_pill::{Category, status_pill},
            tabs::{Tab, tabs},
        },
        layout::{Frame, Room, portal},
        tongue::t,
    },
};

/// A ticket as its requester sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyTicket {
    /// `INC-000123`.
    pub number: String,
    pub title: String,
    pub category: Category,
    /// When something last happened that the requester may see.
    pub changed: Instant,
    /// We wrote something that the requester has not read.
    pub unread: bool,
}

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub struct TicketsView {
    pub frame: Frame,
    pub tickets: Vec<MyTicket>,
    /// Solved and closed ones are shown instead of open ones.
    pub done: bool,
    /// The search, if there is one.
    pub query: String,
    pub pages: Pages,
}

/// The page at `/tickets`; `?show=done` for the solved ones, `?q=` to search.
pub fn page(view: &TicketsView) -> Markup {
    portal(
        &view.frame,
        Room::Tickets,
        t!("word-my-tickets"),
        html! {
            (page_header(t!("word-my-tickets"), None, Some(Button::link(t!("word-new-ticket"), "/").icon(Icon::Plus).primary().into_markup())))
            (search_box("/tickets", t!("portal-search-your-tickets"), &view.query, false))
            @if view.query.is_empty() { (tabs(t!("portal-which-tickets"), &[Tab::new(t!("portal-open"), "/tickets", None, !view.done), Tab::new(t!("portal-solved-2"), "/tickets?show=done", None, view.done)], None)) }
            div id="list" data-live="me" {
                @if view.tickets.is_empty() { (nothing(view)) } @else { (mine(&view.tickets, view.frame.now)) }
                @if view.pages.previous.is_some() || view.pages.next.is_some() { (pagination(t!("word-pages"), &view.pages)) }
            }
        },
    )
}

fn nothing(view: &TicketsView) -> Markup {
    let (title, text) = match (view.query.is_empty(), view.done) {
        (false, _) => (t!("portal-nothing-found"), t!("portal-try-fewer-words-tickets")),
        (true, true) => (t!("portal-nothing-solved-yet"), t!("portal-tickets-come-here-when")),
        (true, false) => (t!("portal-nothing-open"), t!("portal-when-you-write-us")),
    };
    empty_state(Icon::Inbox, title, text, None)
}

/// Tickets as cards in a list.
pub fn mine(tickets: &[MyTicket], now: Instant) -> Markup {
    html! {
        ul.mine {
            @for it in tickets {
                li {
                    a href={ "/tickets/" (it.number) } {
                        span.title { (it.title) }
                        span.meta { (it.number) " · " (moment(it.changed, now)) }
                        span.state { (status_pill(it.category, it.category.plain())) @if it.unread { small { (t!("portal-new-answer")) } } }
                    }
                }
            }
        }
    }
}
