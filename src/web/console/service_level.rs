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
        tongue::{marked, t},
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
            h2 id="service-level" { (t!("service-level-service-level")) }
            @if it.policy.is_empty() { small { (t!("service-level-nothing-promised-ticket")) } }
            @else { p { small title=(it.because) { (it.policy) } } }
            @if !it.clocks.is_empty() { ul.clock-list { @for clock in &it.clocks { li { (line(frame, clock)) } } } }
            @if let Some((who, at, reason)) = &it.escalated {
                p.escalated { (badge(Tone::Danger, t!("service-level-escalated"))) " " (marked!("service-level-by", who = who, when = moment(*at, frame.now))) @if !reason.is_empty() { ": " q { (reason) } } }
            }
            @if let Some((who, at)) = &it.acknowledged { p { small { (marked!("service-level-hand-since", who = who, when = moment(*at, frame.now))) } } }
            @if it.may_acknowledge {
                form method="post" action={ "/agent/tickets/" (number) "/acknowledge" } data-swap="ticket" { (frame.csrf()) (Button::submit(t!("service-level-i-hand")).icon(Icon::Check)) }
            }
            @if it.may_escalate {
                details.fold {
                    summary { (t!("service-level-escalate")) }
                    form.form method="post" action={ "/agent/tickets/" (number) "/escalate" } data-swap="ticket" {
                        (frame.csrf())
                        input.control type="text" name="reason" maxlength="2000" placeholder=(t!("service-level-why-needs-more")) aria-label=(t!("service-level-why-needs-more-attention")) autocomplete="off";
                        div.send { (Button::submit(t!("service-level-tell-team-lead"))) }
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
            Clock::None => small { @if it.breached { (t!("service-level-missed-2")) } @else { (t!("service-level-no-due-time")) } },
            clock => (countdown(clock, &it.name, frame.now)),
        }
        small.clock-used { (marked!("service-level-of", used = used(it.used), used2 = used(it.allowed))) @if it.breached && it.clock == Clock::Met { " · " (t!("service-level-late")) } }
    }
}

/// Working time in hours and minutes: a day of it would be eight hours to one reader and twenty-four to another.
fn used(secs: u64) -> String {
    match (secs / 3600, secs / 60 % 60) {
        (0, 0) if secs > 0 => t!("lasting-moment").to_owned(),
        (0, minutes) => t!("lasting-minutes", minutes = minutes),
        (hours, 0) => t!("lasting-whole-hours", hours = hours),
        (hours, minutes) => t!("lasting-hours", hours = hours, minutes = format!("{minutes:02}")),
    }
}

fn story(frame: &Frame, all: &[StoryLine]) -> Markup {
    html! {
        details.fold {
            summary { (t!("service-level-how-worked-out")) }
            ol.clock-story {
                @for it in all {
                    li { time datetime=(it.at) title=(exact(it.at)) { (moment(it.at, frame.now)) } span { (it.text) } @if let Some(worked) = it.worked { small { "+" (used(worked)) } } }
                }
            }
        }
    }
}
