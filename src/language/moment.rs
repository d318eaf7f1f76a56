//! Instants in words. Names of months and days, and the order of a date's parts, are phrases; the zone is the reader's.

use jiff::{civil::Date, tz::TimeZone};

use super::{Language, Value, filled, find, plain};
use crate::time::Instant;

const MONTHS: [&str; 12] =
    ["month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9", "month-10", "month-11", "month-12"];
const MONTHS_SHORT: [&str; 12] = [
    "month-short-1",
    "month-short-2",
    "month-short-3",
    "month-short-4",
    "month-short-5",
    "month-short-6",
    "month-short-7",
    "month-short-8",
    "month-short-9",
    "month-short-10",
    "month-short-11",
    "month-short-12",
];
const DAYS: [&str; 7] = ["day-1", "day-2", "day-3", "day-4", "day-5", "day-6", "day-7"];
const DAYS_SHORT: [&str; 7] = ["day-short-1", "day-short-2", "day-short-3", "day-short-4", "day-short-5", "day-short-6", "day-short-7"];

fn named(language: Language, names: &[&'static str], one_based: i8) -> &'static str {
    let at = usize::try_from(one_based - 1).unwrap_or_default();
    names.get(at).map_or("", |id| plain(language, id))
}

/// `Monday`, from 1 for Monday to 7.
pub fn weekday(language: Language, day: i8) -> &'static str {
    named(language, &DAYS, day)
}

/// `Mon`, from 1 for Monday to 7.
pub fn weekday_short(language: Language, day: i8) -> &'static str {
    named(language, &DAYS_SHORT, day)
}

/// `3 March 2026`.
pub fn day(language: Language, date: Date) -> String {
    let month = named(language, &MONTHS, date.month());
    filled(language, "date-day", &[("day", date.day().into()), ("month", month.into()), ("year", date.year().to_string().into())])
}

/// `Tue 3 Mar`.
pub fn day_short(language: Language, date: Date) -> String {
    let weekday = weekday_short(language, date.weekday().to_monday_one_offset());
    let month = named(language, &MONTHS_SHORT, date.month());
    filled(language, "date-day-short", &[("weekday", weekday.into()), ("day", date.day().into()), ("month", month.into())])
}

/// `Tue 3 March 2026`.
pub fn day_full(language: Language, date: Date) -> String {
    let weekday = weekday_short(language, date.weekday().to_monday_one_offset());
    filled(language, "date-day-full", &[("weekday", weekday.into()), ("day", day(language, date).into())])
}

/// `14:05`, in this zone.
pub fn clock(at: Instant, zone: &TimeZone) -> String {
    zone.to_datetime(at.timestamp()).strftime("%H:%M").to_string()
}

/// `3 March 2026, 14:05 CET`, in this zone.
pub fn exact(language: Language, at: Instant, zone: &TimeZone) -> String {
    let here = at.timestamp().to_zoned(zone.clone());
    let shown = here.strftime("%Z").to_string();
    let shown = find(language, &format!("zone-{shown}")).unwrap_or(&shown);
    let parts: [(&'static str, Value); 3] =
        [("day", day(language, here.date()).into()), ("time", clock(at, zone).into()), ("zone", shown.into())];
    filled(language, "date-exact", &parts)
}

/// A length of time by its largest unit, for lists: seconds in, `12m` out.
pub fn span(language: Language, secs: i64) -> String {
    let (id, count) = match secs {
        ..60 => return plain(language, "span-now").to_owned(),
        60..3600 => ("span-minutes", secs / 60),
        3600..86_400 => ("span-hours", secs / 3600),
        86_400..2_592_000 => ("span-days", secs / 86_400),
        2_592_000..31_536_000 => ("span-months", secs / 2_592_000),
        _ => ("span-years", secs / 31_536_000),
    };
    filled(language, id, &[("count", count.into())])
}

/// How long something lasts: `2d 4h`, `1h 12m`, `8m`, `<1m`.
pub fn lasting(language: Language, secs: i64) -> String {
    let two = |minutes: i64| format!("{minutes:02}");
    match (secs / 86_400, secs / 3600 % 24, secs / 60 % 60) {
        (0, 0, 0) => plain(language, "lasting-moment").to_owned(),
        (0, 0, minutes) => filled(language, "lasting-minutes", &[("minutes", minutes.into())]),
        (0, hours, minutes) => filled(language, "lasting-hours", &[("hours", hours.into()), ("minutes", two(minutes).into())]),
        (days, hours, _) => filled(language, "lasting-days", &[("days", days.into()), ("hours", hours.into())]),
    }
}

/// `12 minutes ago`, `in 3 hours`, `yesterday`.
pub fn relative(language: Language, at: Instant, now: Instant) -> String {
    let secs = now.as_secs() - at.as_secs();
    let (count, ago, ahead) = match secs.abs() {
        ..45 => return plain(language, "moment-now").to_owned(),
        45..3570 => ((secs.abs() + 30) / 60, "moment-minutes-ago", "moment-minutes-ahead"),
        3570..84_600 => ((secs.abs() + 1800) / 3600, "moment-hours-ago", "moment-hours-ahead"),
        84_600..129_600 => return plain(language, if secs > 0 { "moment-yesterday" } else { "moment-tomorrow" }).to_owned(),
        129_600..2_592_000 => ((secs.abs() + 43_200) / 86_400, "moment-days-ago", "moment-days-ahead"),
        2_592_000..31_536_000 => (secs.abs() / 2_592_000, "moment-months-ago", "moment-months-ahead"),
        _ => (secs.abs() / 31_536_000, "moment-years-ago", "moment-years-ahead"),
    };
    filled(language, if secs > 0 { ago } else { ahead }, &[("count", count.into())])
}
