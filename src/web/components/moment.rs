//! An instant in words: relative to now, with the exact time on hover, in the reader's language and zone. The script keeps it true.

use maud::{Markup, html};

use crate::{time::Instant, web::tongue};

/// `12 min ago`, `in 3 h`, `yesterday`.
pub fn moment(at: Instant, now: Instant) -> Markup {
    html! { time datetime=(at) title=(exact(at)) data-relative { (tongue::relative(at, now)) } }
}

/// `12m`, `3h`, `2d`: for lists.
pub fn short(at: Instant, now: Instant) -> Markup {
    html! { time datetime=(at) title=(exact(at)) data-relative="short" { (tongue::span((now.as_secs() - at.as_secs()).abs())) } }
}

pub use crate::web::tongue::{day, exact, span};
