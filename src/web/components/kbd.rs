//! Keys as caps.

use maud::{Markup, html};

use crate::web::keys;

/// The caps of a shortcut as the table writes it, such as `g i` or `mod+k`. Hidden from screen readers: the control says `aria-keyshortcuts`.
pub fn keys(keys: &str) -> Markup {
    html! { @for cap in keys::caps(keys) { kbd aria-hidden="true" { (cap) } } }
}
