//! A requester's own tickets, and those of their organization.

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
            search_box::search_within,
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
    /// Who asked for it, if that is somebody else.
    pub by: String,
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
    /// The name of the organization whose tickets the reader may see.
    pub organization: Option<String>,
    /// They are shown, rather than the reader's own.
    pub of_organization: bool,
}

/// The page at `/tickets`; `?show=done` for the solved ones, `?q=` to search, `?of=organization` for those of one's organization.
pub fn page(view: &TicketsView) -> Markup {
    portal(
        &view.frame,
        Room::Tickets,
        t!("word-my-tickets"),
        html! {
            (page_header(t!("word-my-tickets"), None, Some(Button::link(t!("word-new-ticket"), "/").icon(Icon::Plus).primary().into_markup())))
            @if let Some(name) = &view.organization { (whose(view, name)) }
            (search(view))
            @if view.query.is_empty() { (tabs(t!("portal-which-tickets"), &states(view), None)) }
            div id="list" data-live="me" {
                @if view.tickets.is_empty() { (nothing(view)) } @else { (mine(&view.tickets, view.frame.now)) }
                @if view.pages.previous.is_some() || view.pages.next.is_some() { (pagination(t!("word-pages"), &view.pages)) }
            }
        },
    )
}

/// One's own, or everybody's of the organization.
fn whose(view: &TicketsView, organization: &str) -> Markup {
    html! {
        nav.whose aria-label=(t!("portal-whose-tickets")) {
            a href="/tickets" aria-current=[(!view.of_organization).then_some("page")] { (t!("portal-mine")) }
            a href="/tickets?of=organization" aria-current=[view.of_organization.then_some("page")] { bdi { (organization) } }
        }
    }
}

fn search(view: &TicketsView) -> Markup {
    let of = view.of_organization.then_some(("of", "organization"));
    let label = if view.of_organization { t!("portal-search-their-tickets") } else { t!("portal-search-your-tickets") };
    search_within("/tickets", label, &view.query, of)
}

fn states(view: &TicketsView) -> [Tab; 2] {
    let (open, done) = match view.of_organization {
        true => ("/tickets?of=organization", "/tickets?of=organization&show=done"),
        false => ("/tickets", "/tickets?show=done"),
    };
    [Tab::new(t!("portal-open"), open, None, !view.done), Tab::new(t!("portal-solved-2"), done, None, view.done)]
}

fn nothing(view: &TicketsView) -> Markup {
    let (title, text) = match (view.query.is_empty(), view.done) {
        (true, _) if view.of_organization => (t!("portal-nothing-here"), t!("portal-nothing-of-organization")),
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
                        span.meta { (it.number) @if !it.by.is_empty() { " · " bdi { (it.by) } } " · " (moment(it.changed, now)) }
                        span.state { (status_pill(it.category, it.category.plain())) @if it.unread { small { (t!("portal-new-answer")) } } }
                    }
                }
            }
        }
    }
}
