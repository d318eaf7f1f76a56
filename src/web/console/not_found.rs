//! Nothing is here, said inside the console so that the rail stays at hand.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    components::{button::Button, empty_state::empty_state, icon::Icon},
    layout::Frame,
};

/// The page for a ticket or place that does not exist or is not the reader's to see.
pub fn page(frame: &Frame, rail: &RailView) -> Markup {
    let action = html! { (Button::link("To my work", "/agent")) };
    shell(
        frame,
        rail,
        "Nothing here",
        html! { div.nothing { h1.sr { "Nothing here" } (empty_state(Icon::Search, "There is nothing here", "The number may be mistyped, or the ticket is not yours to see.", Some(action))) } },
    )
}
