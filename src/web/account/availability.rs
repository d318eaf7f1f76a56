//! Whether one is there, for those who work tickets.

use maud::{Markup, html};

use super::{Part, Parts, parts};
use crate::web::{
    components::{
        availability::{AbsenceFields, availability},
        button::Button,
        field::Choice,
        page_header::page_header,
    },
    layout::{Frame, Room, portal},
    portal::sign_in::refusal,
    tongue::{marked, t},
};

#[derive(Debug, Clone, Default)]
pub struct AvailabilityView {
    pub frame: Frame,
    pub parts: Parts,
    pub away: bool,
    pub absences: Vec<AbsenceFields>,
    pub people: Vec<Choice>,
    /// Open tickets that they have.
    pub open: u64,
    pub skills: Vec<String>,
    pub error: Option<String>,
}

/// The page at `/account/availability`.
pub fn page(view: &AvailabilityView) -> Markup {
    portal(
        &view.frame,
        Room::Form,
        t!("account-availability"),
        html! {
            (page_header(t!("account-availability"), Some(t!("account-whether-queues-assign-themselves")), None))
            (parts(Part::Availability, view.parts))
            (refusal(view.error.as_deref()))
            section.panel aria-labelledby="there" {
                h2 id="there" { (t!("account-you-there")) }
                p {
                    (marked!("account-you-open-tickets", open = view.open))
                    @if !view.skills.is_empty() { " " (marked!("account-you-know", join = view.skills.join(", "))) }
                }
                form.form method="post" action="/account/availability" {
                    (view.frame.csrf())
                    (availability(view.away, &view.absences, &view.people))
                    div.send { (Button::submit(t!("word-save")).primary()) }
                }
            }
        },
    )
}
