//! Dates and instants of a query, made exact. A date is a whole day of the asker's time zone, so `created:2026-05-01` is that day and
//! `created>2026-05-01` begins after it. `-7d` is an instant; compared with `:` it is the span between it and now.

use jiff::{Timestamp, ToSpan, Zoned, civil, tz::TimeZone};

use crate::{error::Refusal, language::say, time::Instant};

use super::{
    cond::{TimeRange, TimeTest},
    parse::refusal,
    syntax::{Op, Value, Values},
};

/// A stretch of time that a value names: from its first instant up to, and without, its end.
#[derive(Clone, Copy)]
struct Period {
    from: Instant,
    end: Instant,
    /// It was told from now on: `-7d`.
    relative: bool,
}

impl Period {
    fn point(at: Instant) -> Period {
        Period { from: at, end: Instant::from_millis(at.as_millis() + 1), relative: false }
    }
}

/// The test that a comparison with an instant makes. `None` and `any` are the caller's.
pub(super) fn time_test(op: Op, values: &Values, now: Instant, zone: &TimeZone) -> Result<TimeTest, Refusal> {
    let (from, before) = match values {
        Values::One(value) => {
            let it = period(value, now, zone)?;
            match op {
                Op::Is | Op::Equal | Op::NotEqual if it.relative => (Some(it.from.min(now)), Some(it.end.max(Period::point(now).end))),
                Op::Is | Op::Equal | Op::NotEqual => (Some(it.from), Some(it.end)),
                Op::Less => (None, Some(it.from)),
                Op::LessOrEqual => (None, Some(it.end)),
                Op::Greater => (Some(it.end), None),
                Op::GreaterOrEqual => (Some(it.from), None),
            }
        }
        Values::Range(from, to) => {
            let from = from.as_ref().map(|value| period(value, now, zone)).transpose()?;
            let to = to.as_ref().map(|value| period(value, now, zone)).transpose()?;
            (from.map(|it| it.from), to.map(|it| it.end))
        }
        Values::List(values) => {
            let at = values.first().map_or(0, |value| value.at.from);
            return Err(refusal(at, say!("query-instants-one")));
        }
    };
    Ok(TimeTest::Within(TimeRange { from, before }))
}

fn period(value: &Value, now: Instant, zone: &TimeZone) -> Result<Period, Refusal> {
    let text = value.text.to_lowercase();
    let today = now.timestamp().to_zoned(zone.clone());
    let found = match text.as_str() {
        "now" => Some(Period::point(now)),
        "today" => days(today.date(), 1, zone),
        "yesterday" => today.date().checked_sub(1.day()).ok().and_then(|date| days(date, 1, zone)),
        "tomorrow" => today.date().checked_add(1.day()).ok().and_then(|date| days(date, 1, zone)),
        text if text.starts_with(['-', '+']) => relative(text, &today),
        _ => written(&value.text, zone),
    };
    found.ok_or_else(|| refusal(value.at.from, say!("query-no-date", text = value.text)))
}

/// `-7d`: days, weeks and years go by the calendar, so that a day across a change of clocks is still a day.
fn relative(text: &str, now: &Zoned) -> Option<Period> {
    let (sign, rest) = if let Some(rest) = text.strip_prefix('-') { (-1, rest) } else { (1, text.strip_prefix('+')?) };
    let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let (amount, unit) = rest.split_at(digits);
    let amount = sign * amount.parse::<i64>().ok().filter(|it| *it <= 1_000_000)?;
    let span = match unit {
        "s" => amount.seconds(),
        "m" => amount.minutes(),
        "h" => amount.hours(),
        "d" => amount.days(),
        "w" => jiff::Span::new().try_weeks(amount).ok()?,
        "y" => jiff::Span::new().try_years(amount).ok()?,
        _ => return None,
    };
    let at = Instant::from(now.checked_add(span).ok()?.timestamp());
    Some(Period { relative: true, ..Period::point(at) })
}

/// A date, a month, or an instant; without an offset it is in the asker's zone.
fn written(text: &str, zone: &TimeZone) -> Option<Period> {
    if let Ok(it) = text.parse::<Timestamp>() {
        return Some(Period::point(Instant::from(it)));
    }
    if let Ok(it) = text.parse::<civil::DateTime>()
        && text.contains(['T', 't', ' '])
    {
        // What is written to the minute means the minute.
        let length = if text.matches(':').count() == 1 { 1.minute() } else { 1.second() };
        return between(it, it.checked_add(length).ok()?, zone);
    }
    if text.len() == 7 && text.as_bytes()[4] == b'-' {
        let month = format!("{text}-01").parse::<civil::Date>().ok()?;
        return days(month, i64::from(month.days_in_month()), zone);
    }
    days(text.parse::<civil::Date>().ok()?, 1, zone)
}

fn days(first: civil::Date, count: i64, zone: &TimeZone) -> Option<Period> {
    between(first.at(0, 0, 0, 0), first.checked_add(count.days()).ok()?.at(0, 0, 0, 0), zone)
}

fn between(from: civil::DateTime, end: civil::DateTime, zone: &TimeZone) -> Option<Period> {
    let instant = |it: civil::DateTime| it.to_zoned(zone.clone()).ok().map(|it| Instant::from(it.timestamp()));
    Some(Period { from: instant(from)?, end: instant(end)?, relative: false })
}
