//! An instant in words: relative to now, with the exact time on hover. The script brings it into the reader's zone and keeps it true.

use maud::{Markup, html};

use crate::time::Instant;

/// `12 min ago`, `in 3 h`, `yesterday`.
pub fn moment(at: Instant, now: Instant) -> Markup {
    html! { time datetime=(at) title=(exact(at)) data-relative { (relative(at, now)) } }
}

/// `12m`, `3h`, `2d`: for lists.
pub fn short(at: Instant, now: Instant) -> Markup {
    html! { time datetime=(at) title=(exact(at)) data-relative="short" { (span((now.as_secs() - at.as_secs()).abs())) } }
}

/// The exact time in UTC, for readers without a script.
pub fn exact(at: Instant) -> String {
    at.timestamp().strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// The day, in UTC: `3 March 2026`.
pub fn day(at: Instant) -> String {
    at.timestamp().strftime("%-d %B %Y").to_string()
}

/// A length of time by its largest unit: seconds in, `12m` out.
pub fn span(secs: i64) -> String {
    match secs {
        ..60 => "now".to_owned(),
        60..3600 => format!("{}m", secs / 60),
        3600..86_400 => format!("{}h", secs / 3600),
        86_400..2_592_000 => format!("{}d", secs / 86_400),
        2_592_000..31_536_000 => format!("{}mo", secs / 2_592_000),
        _ => format!("{}y", secs / 31_536_000),
    }
}

fn relative(at: Instant, now: Instant) -> String {
    let secs = now.as_secs() - at.as_secs();
    let (count, unit) = match secs.abs() {
        ..45 => return "just now".to_owned(),
        45..3570 => ((secs.abs() + 30) / 60, "minute"),
        3570..84_600 => ((secs.abs() + 1800) / 3600, "hour"),
        84_600..2_592_000 => ((secs.abs() + 43_200) / 86_400, "day"),
        2_592_000..31_536_000 => (secs.abs() / 2_592_000, "month"),
        _ => (secs.abs() / 31_536_000, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    match (secs > 0, count, unit) {
        (true, 1, "day") => "yesterday".to_owned(),
        (false, 1, "day") => "tomorrow".to_owned(),
        (true, ..) => format!("{count} {unit}{plural} ago"),
        (false, ..) => format!("in {count} {unit}{plural}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_person_says_it() {
        let now = Instant::from_millis(1_777_627_800_000);
        for (ago, expected) in [
            (10, "just now"),
            (60, "1 minute ago"),
            (3599, "1 hour ago"),
            (7200, "2 hours ago"),
            (86_400, "yesterday"),
            (-86_400, "tomorrow"),
            (-5400, "in 2 hours"),
            (400 * 86_400, "1 year ago"),
        ] {
            assert_eq!(relative(Instant::from_millis(now.as_millis() - ago * 1000), now), expected);
        }
        assert_eq!(exact(now), "1 May 2026, 09:30 UTC");
    }

    #[test]
    fn short_spans_use_one_unit() {
        for (secs, expected) in [(59, "now"), (60, "1m"), (86_399, "23h"), (86_400, "1d"), (40 * 86_400, "1mo")] {
            assert_eq!(span(secs), expected);
        }
    }
}
