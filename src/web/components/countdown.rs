//! How long is left of a promise. The server draws it true for the instant of the page; the script keeps it true.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    moment::exact,
};
use crate::{time::Instant, web::tongue::t};

/// A service-level clock as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// It runs: when it started, and when it is due.
    Running { since: Instant, due: Instant },
    /// It stands still while somebody else has the ball; so much working time is left, in seconds.
    Paused { left_secs: i64 },
    /// The promise was kept.
    Met,
    /// There is no promise.
    None,
}

/// Less than this part of its time left means "near".
const NEAR_PERCENT: i64 = 25;

/// `◔ 1h 12m`; `label` names the promise for screen readers and on hover, such as "Resolve".
pub fn countdown(clock: Clock, label: &str, now: Instant) -> Markup {
    match clock {
        Clock::Running { since, due } => running(since, due, label, now),
        Clock::Paused { left_secs } => html! {
            span.countdown data-state="paused" title=(t!("countdown-clock-stands-still-left", label = label, lasting = lasting(left_secs))) { (icon(Icon::Pause)) (lasting(left_secs)) }
        },
        Clock::Met => {
            html! { span.countdown data-state="met" title=(t!("countdown-time", label = label)) { (icon(Icon::Check)) (t!("countdown-time-2")) } }
        }
        Clock::None => html! {},
    }
}

fn running(since: Instant, due: Instant, label: &str, now: Instant) -> Markup {
    let left = due.as_secs() - now.as_secs();
    let whole = (due.as_secs() - since.as_secs()).max(1);
    let percent = (left * 100 / whole).clamp(0, 100);
    let state = match left {
        ..=0 => "breached",
        _ if percent < NEAR_PERCENT => "near",
        _ => "running",
    };
    html! {
        span.countdown data-state=(state) title=(t!("countdown-by", label = label, exact = exact(due))) {
            svg.ring viewBox="0 0 20 20" aria-hidden="true" {
                circle cx="10" cy="10" r="8" {}
                circle cx="10" cy="10" r="8" pathLength="100" stroke-dasharray={ (percent) " 100" } {}
            }
            span.sr { (label) ": " }
            time datetime=(due) data-countdown=(since) { @if left <= 0 { (t!("countdown-over", lasting = lasting(-left))) } @else { (lasting(left)) } }
        }
    }
}

pub use crate::web::tongue::lasting;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_follows_what_is_left() {
        let at = |secs: i64| Instant::from_millis(1_777_627_800_000 + secs * 1000);
        for (now, state, words) in
            [(0, "running", "1h 40m"), (4600, "near", "23m"), (6000, "breached", "&lt;1m over"), (9700, "breached", "1h 01m over")]
        {
            let html = countdown(Clock::Running { since: at(0), due: at(6000) }, "Resolve", at(now)).into_string();
            assert!(html.contains(&format!("data-state=\"{state}\"")) && html.contains(words), "{now}: {html}");
        }
        assert_eq!(countdown(Clock::None, "Resolve", at(0)).into_string(), "");
    }
}
