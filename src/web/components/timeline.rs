//! What happened, in words, oldest first: for requesters, and for the history of a ticket.

use maud::{Markup, html};

use super::moment::moment;
use crate::time::Instant;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Step {
    /// A sentence, such as "Ada is looking into it".
    pub title: Markup,
    /// What was said, or nothing.
    pub body: Option<Markup>,
    pub at: Instant,
    /// The reader did it.
    pub mine: bool,
    /// It is where things stand now.
    pub now: bool,
}

/// The steps along a line.
pub fn timeline(steps: &[Step], now: Instant) -> Markup {
    html! {
        ol.timeline {
            @for step in steps {
                li data-mine[step.mine] data-now[step.now] {
                    span.knot aria-hidden="true" {}
                    div { div { (step.title) " " span.when { "· " (moment(step.at, now)) } } @if let Some(body) = &step.body { (body) } }
                }
            }
        }
    }
}
