//! What is promised for a ticket, beside its conversation: each clock as it stands, who has taken note, and the whole story below.

use maud::{Markup, html};

use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            button::Button,
            countdown::{Clock, countdown},
            icon::Icon,
            moment::{exact, moment},
        },
        layout::Frame,
    },
};

/// One clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockLine {
    pub name: String,
    pub clock: Clock,
    /// Working time, in seconds.
    pub used: u64,
    pub allowed: u64,
    /// It was missed.
    pub breached: bool,
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    pub at: Instant,
    pub text: String,
    /// Working time that it came to, in seconds; none for what happens at an instant.
    pub worked: Option<u64>,
}

/// What the section shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceLevelView {
    /// Empty if nothing is promised.
    pub policy: String,
    /// Why this policy.
    pub because: String,
    pub clocks: Vec<ClockLine>,
    pub story: Vec<StoryLine>,
    /// Who asked for attention, and why.
    pub escalated: Option<(String, Instant, String)>,
    /// Who has it in hand.
    pub acknowledged: Option<(String, Instant)>,
    pub may_acknowledge: bool,
    pub may_escalate: bool,
}

/// The section; forms send `reason` and `csrf` to `/agent/tickets/{number}/escalate`, and `csrf` to `.../acknowledge`.
pub fn section(frame: &Frame, number: &str, it: &ServiceLevelView) -> Markup {
    html! {
        section.service-level aria-labelledby="service-level" {
            h2 id="service-level" { "Service level" }
            @if it.policy.is_empty() { small { "Nothing is promised for this ticket." } }
            @else { p { small title=(it.because) { (it.policy) } } }
            @if !it.clocks.is_empty() { ul.clock-list { @for clock in &it.clocks { li { (line(frame, clock)) } } } }
            @if let Some((who, at, reason)) = &it.escalated {
                p.escalated { (badge(Tone::Danger, "Escalated")) " by " (who) " " (moment(*at, frame.now)) @if !reason.is_empty() { ": " q { (reason) } } }
            }
            @if let Some((who, at)) = &it.acknowledged { p { small { (who) " has it in hand, since " (moment(*at, frame.now)) "." } } }
            @if it.may_acknowledge {
                form method="post" action={ "/agent/tickets/" (number) "/acknowledge" } data-swap="ticket" { (frame.csrf()) (Button::submit("I have it in hand").icon(Icon::Check)) }
            }
            @if it.may_escalate {
                details.fold {
                    summary { "Escalate" }
                    form.form method="post" action={ "/agent/tickets/" (number) "/escalate" } data-swap="ticket" {
                        (frame.csrf())
                        input.control type="text" name="reason" maxlength="2000" placeholder="Why it needs more" aria-label="Why it needs more attention" autocomplete="off";
                        div.send { (Button::submit("Tell the team lead")) }
                    }
                }
            }
            @if !it.story.is_empty() { (story(frame, &it.story)) }
        }
    }
}

fn line(frame: &Frame, it: &ClockLine) -> Markup {
    html! {
        span.clock-name { (it.name) }
        @match it.clock {
            Clock::None => small { @if it.breached { "missed" } @else { "no due time" } },
            clock => (countdown(clock, &it.name, frame.now)),
        }
        small.clock-used { (used(it.used)) " of " (used(it.allowed)) @if it.breached && it.clock == Clock::Met { " · late" } }
    }
}

/// Working time in hours and minutes: a day of it would be eight hours to one reader and twenty-four to another.
fn used(secs: u64) -> String {
    match (secs / 3600, secs / 60 % 60) {
        (0, 0) if secs > 0 => "<1m".to_owned(),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes:02}m"),
    }
}

fn story(frame: &Frame, all: &[StoryLine]) -> Markup {
    html! {
        details.fold {
            summary { "How this was worked out" }
            ol.clock-story {
                @for it in all {
                    li { time datetime=(it.at) title=(exact(it.at)) { (moment(it.at, frame.now)) } span { (it.text) } @if let Some(worked) = it.worked { small { "+" (used(worked)) } } }
                }
            }
        }
    }
}
