//! What was found, across tickets, articles and people, with the words that matched; and links that narrow it down.

use maud::{Markup, PreEscaped, html};

use super::shell::{RailView, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            empty_state::empty_state,
            icon::Icon,
            moment::moment,
            page_header::page_header,
            pagination::{Pages, pagination},
            search_box::search_box,
            status_pill::{Category, status},
        },
        layout::Frame,
        tongue::t,
    },
};

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// A ticket's number, or what else it is, such as "Person".
    pub kind: String,
    pub title: String,
    pub href: String,
    /// Escaped text with `<mark>` around what matched; may be empty.
    pub excerpt_html: String,
    /// Where it stands and the state's name, if it is a ticket.
    pub status: Option<(Category, String)>,
    pub changed: Instant,
}

/// One way to narrow down what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrower {
    pub name: String,
    pub count: usize,
    pub href: String,
    pub current: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SearchView {
    pub frame: Frame,
    pub rail: RailView,
    pub query: String,
    pub hits: Vec<Hit>,
    /// What there is to narrow down by, each with its values.
    pub facets: Vec<(&'static str, Vec<Narrower>)>,
    /// Of very much the newest alone are counted by these.
    pub counts_newest: bool,
    pub pages: Pages,
    /// The query could not be read: where and why.
    pub error: Option<String>,
    /// The index has not caught up with the newest changes.
    pub stale: bool,
}

/// The page at `/agent/search?q=`.
pub fn page(view: &SearchView) -> Markup {
    let title = if view.query.is_empty() { t!("word-search").to_owned() } else { format!("“{}”", view.query) };
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            div.found id="list" {
                (page_header(t!("word-search"), Some(t!("search-about")), None))
                div data-complete { (search_box("/agent/search", t!("search-search-everything"), &view.query, true)) }
                @if let Some(error) = &view.error { p.field { span.error role="alert" { (error) } } }
                @if view.stale { small { (t!("search-last-few-changes-still")) } }
                (facets(view))
                (hits(view))
            }
        },
    )
}

fn facets(view: &SearchView) -> Markup {
    html! {
        @if !view.facets.is_empty() {
            nav.facets aria-label=(t!("search-narrow")) {
                @for (name, values) in &view.facets {
                    div {
                        b { (name) }
                        ul {
                            @for it in values {
                                li { a href=(it.href) aria-current=[it.current.then_some("true")] { (it.name) } " " small { (it.count) } }
                            }
                        }
                    }
                }
                @if view.counts_newest { small { (t!("search-counts-newest")) } }
            }
        }
    }
}

fn hits(view: &SearchView) -> Markup {
    html! {
        @if view.hits.is_empty() && !view.query.is_empty() && view.error.is_none() { (empty_state(Icon::Search, t!("search-nothing-found"), t!("search-try-fewer-words-leave"), None)) }
        @if !view.hits.is_empty() {
            ol data-list {
                @for hit in &view.hits {
                    li.hit {
                        a href=(hit.href) data-row { (hit.title) }
                        @if !hit.excerpt_html.is_empty() { p { (PreEscaped(&hit.excerpt_html)) } }
                        div.meta { span { (hit.kind) } @if let Some((category, name)) = &hit.status { (status(*category, name)) } (moment(hit.changed, view.frame.now)) }
                    }
                }
            }
            (pagination(t!("word-pages"), &view.pages))
        }
    }
}
