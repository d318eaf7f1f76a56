//! Stopping mails with a link that stood in one: what will end, and that it has.

use maud::{Markup, html};

use crate::web::{
    components::button::Button,
    layout::{Frame, Room, portal},
};

#[derive(Debug, Clone, Default)]
pub struct StopView {
    pub frame: Frame,
    pub number: String,
    /// Reminders, rather than copies for whoever follows.
    pub reminders: bool,
    pub done: bool,
}

/// The page at `/stop/TOKEN`; its form needs no more than the address.
pub fn page(view: &StopView) -> Markup {
    let what = if view.reminders { "reminders about" } else { "copies of what is said on" };
    let (title, lede) = match view.done {
        true => ("Stopped", format!("You get no more {what} {}.", view.number)),
        false => ("Stop these mails", format!("You would get no more {what} {}. Answers to you still reach you.", view.number)),
    };
    portal(
        &view.frame,
        Room::Door,
        title,
        html! {
            div.panel {
                div { h1 { (title) } p.lede { (lede) } }
                @if !view.done { form method="post" { (Button::submit("Stop them").primary().large()) } }
            }
        },
    )
}
