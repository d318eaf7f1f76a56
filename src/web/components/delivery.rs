//! How a message went out: to whom, what became of its mails, and the way back while they are held.

use maud::{Markup, html};

use super::{
    badge::{Tone, badge},
    button::Button,
    icon::{Icon, icon},
    moment::moment,
};
use crate::{
    time::Instant,
    web::tongue::{marked, t},
};

/// A mail of a message that somebody should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailState {
    pub to: String,
    pub state: &'static str,
    pub tone: Tone,
    /// What the server said.
    pub answer: String,
    /// Where a form is sent to try it again.
    pub retry: Option<String>,
}

/// What is told below a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// "To a@example.org, Cc b@example.org", where that was chosen.
    pub addressed: String,
    /// Where a form is sent to take it back, and until when.
    pub undo: Option<(String, Instant)>,
    pub withdrawn: bool,
    pub mails: Vec<MailState>,
}

/// The lines below a message; nothing if there is nothing to tell.
pub fn delivery(it: &Delivery, csrf: &Markup, now: Instant) -> Markup {
    html! {
        @if it != &Delivery::default() {
            div.delivery {
                @if !it.addressed.is_empty() { p { (icon(Icon::Mail)) span { (it.addressed) } } }
                @if it.withdrawn { p { (icon(Icon::Info)) span { (t!("delivery-taken-back-before-sent")) } } }
                @if let Some((action, until)) = &it.undo {
                    form method="post" action=(action) data-swap="ticket list" {
                        (csrf)
                        span { (marked!("delivery-leaves", when = moment(*until, now))) }
                        (Button::submit(t!("word-undo")).icon(Icon::Left))
                    }
                }
                @for mail in &it.mails {
                    form method="post" action=[mail.retry.as_deref()] data-swap="ticket" {
                        (csrf)
                        span { (badge(mail.tone, mail.state)) " " (mail.to) @if !mail.answer.is_empty() { ": " (mail.answer) } }
                        @if mail.retry.is_some() { (Button::submit(t!("delivery-try-again")).quiet()) }
                    }
                }
            }
        }
    }
}
