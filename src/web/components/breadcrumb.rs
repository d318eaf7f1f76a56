//! The way back up: each step but the last is a link.

use crate::web::tongue::t;
use maud::{Markup, html};

/// The steps from the top (name, address) to the page itself.
pub fn breadcrumb(steps: &[(&str, &str)], here: &str) -> Markup {
    html! {
        nav.breadcrumb aria-label=(t!("breadcrumb-you-here")) { ol { @for (name, href) in steps { li { a href=(href) { (name) } } } li aria-current="page" { (here) } } }
    }
}
