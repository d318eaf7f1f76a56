//! Why a ticket is as it is: which decision stands for which property, in a sentence each. Closed at first.

use maud::{Markup, html};

use super::moment::moment;
use crate::{time::Instant, web::tongue::t};

/// One decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhyLine {
    /// The property, such as "Queue".
    pub what: String,
    pub why: String,
    pub at: Instant,
}

/// Nothing if nothing is known.
pub fn why(lines: &[WhyLine], now: Instant) -> Markup {
    html! {
        @if !lines.is_empty() {
            details.why {
                summary { (t!("why-why")) }
                dl { @for it in lines { dt { (it.what) } dd { (it.why) " " small { (moment(it.at, now)) } } } }
            }
        }
    }
}
