//! Putting a ticket aside, and reminding oneself of it: a section at the side of the ticket.

use maud::{Markup, html};

use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Choice, options},
            icon::{Icon, icon},
            moment::moment,
        },
        keys::Aim,
        layout::Frame,
        tongue::{marked, t},
    },
};

/// What is to happen later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaterView {
    /// Who put it aside, and until when; none: until the requester speaks.
    pub aside: Option<(String, Option<Instant>)>,
    /// The reader may put it aside.
    pub may_put_aside: bool,
    /// When it could come back: the value and its name.
    pub moments: Vec<Choice>,
    /// The reader's own: id, when, and what about.
    pub reminders: Vec<(String, Instant, String)>,
    /// They hear nothing of this ticket.
    pub muted: bool,
}

/// The section.
pub fn section(frame: &Frame, number: &str, it: &LaterView) -> Markup {
    let base = format!("/agent/tickets/{number}");
    html! {
        section.later aria-labelledby="later" {
            h2 id="later" { (t!("live-later")) }
            @if let Some((who, until)) = &it.aside {
                form.aside-now method="post" action={ (base) "/snooze" } data-swap="ticket list" {
                    (frame.csrf())
                    input type="hidden" name="do" value="wake";
                    p {
                        @match until {
                            Some(at) => (marked!("live-aside-until", who = who.as_str(), at = moment(*at, frame.now))),
                            None => (t!("live-aside-answer", who = who.as_str())),
                        }
                    }
                    (Button::submit(t!("live-wake")).aim(Aim::Snooze))
                }
            } @else if it.may_put_aside {
                form.inline-form method="post" action={ (base) "/snooze" } data-swap="ticket list" {
                    (frame.csrf())
                    select.control name="until" aria-label=(t!("live-put-aside-until")) data-aim=(Aim::Snooze.as_str()) aria-keyshortcuts=[Aim::Snooze.aria()] {
                        option value="answer" { (t!("live-until-answer")) }
                        (options(&it.moments, ""))
                    }
                    (Button::submit(t!("live-put-aside")).icon(Icon::Moon))
                }
            }
            details.fold open[!it.reminders.is_empty()] {
                summary data-aim=(Aim::Remind.as_str()) aria-keyshortcuts=[Aim::Remind.aria()] { (t!("live-remind-me")) }
                @if !it.reminders.is_empty() {
                    ul.small-list { @for (id, at, note) in &it.reminders { li {
                        (icon(Icon::Clock)) span { (moment(*at, frame.now)) @if !note.is_empty() { " · " (note) } }
                        form method="post" action={ (base) "/reminders/" (id) "/forget" } data-swap="ticket" { (frame.csrf()) (Button::submit(t!("live-forget")).only_icon(Icon::Cross).quiet()) }
                    } } }
                }
                form.form method="post" action={ (base) "/reminders" } data-swap="ticket" {
                    (frame.csrf())
                    div.inline-form {
                        select.control name="at" aria-label=(t!("live-remind-when")) { (options(&it.moments, "")) }
                        input.control type="text" name="note" maxlength="500" placeholder=(t!("live-remind-what")) aria-label=(t!("live-remind-what")) autocomplete="off";
                    }
                    (Button::submit(t!("live-remind")))
                }
            }
            form.mute method="post" action={ (base) "/mute" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="mute" value=(if it.muted { "off" } else { "on" });
                (Button::submit(if it.muted { t!("live-unmute") } else { t!("live-mute") }).icon(Icon::Bell).quiet())
            }
        }
    }
}
