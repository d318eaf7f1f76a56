//! Stopping mails with a link that stood in one: what will end, and that it has.

use maud::{Markup, html};

use crate::web::{
    components::button::Button,
    layout::{Frame, Room, portal},
    tongue::t,
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
    let (title, lede) = match (view.done, view.reminders) {
        (true, true) => (t!("stop-stopped"), t!("stop-no-more-reminders", number = view.number)),
        (true, false) => (t!("stop-stopped"), t!("stop-no-more-copies", number = view.number)),
        (false, true) => (t!("stop-stop-these-mails"), t!("stop-would-end-reminders", number = view.number)),
        (false, false) => (t!("stop-stop-these-mails"), t!("stop-would-end-copies", number = view.number)),
    };
    portal(
        &view.frame,
        Room::Door,
        title,
        html! {
            div.panel {
                div { h1 { (title) } p.lede { (lede) } }
                @if !view.done { form method="post" { (Button::submit(t!("stop-stop-them")).primary().large()) } }
            }
        },
    )
}
