//! Nothing is here, said inside the console so that the rail stays at hand.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    components::{button::Button, empty_state::empty_state, icon::Icon},
    layout::Frame,
    tongue::t,
};

/// The page for a ticket or place that does not exist or is not the reader's to see.
pub fn page(frame: &Frame, rail: &RailView) -> Markup {
    let action = html! { (Button::link(t!("console-my-work"), "/agent")) };
    shell(
        frame,
        rail,
        t!("console-nothing-here"),
        html! { div.nothing { h1.sr { (t!("console-nothing-here")) } (empty_state(Icon::Search, t!("console-there-nothing-here"), t!("console-number-may-mistyped-ticket"), Some(action))) } },
    )
}
