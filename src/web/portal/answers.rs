//! What answers the one question of the first page while somebody types: tickets about it, and the two doors with the words taken along,
//! so that nobody types them twice.

use maud::{Markup, html};

use super::tickets::{MyTicket, mine};
use crate::{
    time::Instant,
    web::{
        components::icon::{Icon, icon},
        tongue::t,
    },
};

/// What is found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// What was typed; nothing yet, if empty.
    pub words: String,
    /// At most four.
    pub tickets: Vec<MyTicket>,
}

/// The element `answers`; empty until somebody types.
pub fn answers(it: &Answers, now: Instant) -> Markup {
    let with_words =
        |address: &str| format!("{address}?{}", form_urlencoded::Serializer::new(String::new()).append_pair("title", &it.words).finish());
    html! {
        div.found-answers id="answers" aria-live="polite" {
            @if !it.words.is_empty() {
                div.panel {
                    @if it.tickets.is_empty() { p { (t!("portal-no-ticket-about-it")) } } @else { h2 { (t!("portal-tickets-about-it")) } (mine(&it.tickets, now)) }
                    p.onward {
                        a.button href=(with_words("/incidents/new")) { (icon(Icon::Bolt)) span.words { (t!("portal-report-as-broken")) } }
                        a.button href=(with_words("/requests/new")) { (icon(Icon::Box)) span.words { (t!("portal-ask-for-it")) } }
                    }
                }
            }
        }
    }
}
