//! What stands where nothing is: why, and what to do next.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// A drawing, a sentence, a second one, and perhaps a button.
pub fn empty_state(which: Icon, title: &str, text: &str, action: Option<Markup>) -> Markup {
    html! { div.empty { (icon(which)) h2 { (title) } p { (text) } @if let Some(action) = action { (action) } } }
}

/// A page that has nothing else to say: the same, with the page's heading.
pub fn empty_page(which: Icon, title: &str, text: &str) -> Markup {
    html! { div.empty { (icon(which)) h1 { (title) } p { (text) } } }
}
