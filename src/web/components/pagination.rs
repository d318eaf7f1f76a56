//! From one page of a list to the next, by cursor: what is there, and the links before and after.

use maud::{Markup, html};

use super::{button::Button, icon::Icon};
use crate::{desk::query::Total, web::tongue::t};

/// Where in a list a page stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    /// The first row shown, counted from 1; 0 when nothing is.
    pub first: usize,
    /// The last row shown.
    pub last: usize,
    /// All rows, if the number is known.
    pub total: Option<Total>,
    /// The address of the page before.
    pub previous: Option<String>,
    /// The address of the page after.
    pub next: Option<String>,
}

/// "1–50 of 214" or "1–50 of at least 100,000", and two links that swap the list in place. `label` names it among the landmarks.
pub fn pagination(label: &str, pages: &Pages) -> Markup {
    html! {
        nav.pagination aria-label=(label) {
            span.tabular {
                @match pages.total {
                    Some(Total { count, is_bound: false }) => (t!("pagination-of", first = pages.first, last = pages.last, total = count)),
                    Some(Total { count, is_bound: true }) => (t!("pagination-of-more", first = pages.first, last = pages.last, total = count)),
                    None => { (pages.first) "–" (pages.last) }
                }
            }
            ul {
                @if let Some(href) = &pages.previous { li { (Button::link(t!("pagination-previous-page"), href).only_icon(Icon::Left).quiet().swap("list")) } }
                @if let Some(href) = &pages.next { li { (Button::link(t!("pagination-next-page"), href).only_icon(Icon::Right).quiet().swap("list")) } }
            }
        }
    }
}
