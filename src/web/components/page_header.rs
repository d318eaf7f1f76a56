//! The head of a page: its name, a line that explains it, and what can be done.

use maud::{Markup, html};

/// The head of a page.
pub fn page_header(title: &str, about: Option<&str>, actions: Option<Markup>) -> Markup {
    html! { header.page-header { div { h1 { (title) } @if let Some(about) = about { p { (about) } } } @if let Some(actions) = actions { (actions) } } }
}
