//! The days that an iCalendar file (RFC 5545) says are off: its all-day events, over several days and repeated by the year as holidays
//! are. Appointments, and rules that no holiday has, are counted and left out. Total and bounded.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use jiff::{
    Span,
    civil::{Date, Weekday},
};

use super::Day;
use crate::{
    limits,
    text::icalendar::{Property, properties, unescape},
};

/// What a file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DaysOff {
    /// With what they are called.
    pub days: BTreeMap<Day, String>,
    /// Events that are no holidays or cannot be understood.
    pub left_out: u32,
}

/// An event takes at most so many days.
const EVENT_DAYS_MAX: i64 = 366;

/// Different values of one list in a rule; a holiday has a few.
const RULE_LIST_MAX: usize = 64;

/// Lines of one file that are read.
const LINES_MAX: usize = 500_000;

/// The days of these years. The error says in a sentence why the file cannot be used.
pub(super) fn days_off(text: &str, years: RangeInclusive<i16>) -> Result<DaysOff, &'static str> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().get(..15).is_some_and(|it| it.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err("What is at this address is no iCalendar file.");
    }
    let events = events(properties(text, LINES_MAX));
    if events.len() > limits::FEED_EVENTS_MAX {
        return Err("The file has more events than a calendar of holidays has.");
    }
    // One of a series that was moved stands for itself, in place of the one that the series would give.
    let moved: BTreeSet<(&str, Date)> =
        events.iter().filter_map(|it| Some((it.value("UID")?, date(it.value("RECURRENCE-ID")?)?))).collect();
    let mut found = DaysOff::default();
    for event in &events {
        if event.value("STATUS").is_some_and(|it| it.eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        let Some(starts) = event.starts(&years) else {
            found.left_out += 1;
            continue;
        };
        let Some(length) = event.days() else {
            found.left_out += 1;
            continue;
        };
        let label: String = unescape(event.value("SUMMARY").unwrap_or_default()).chars().take(limits::DAY_LABEL_CHARS_MAX).collect();
        let uid = event.value("UID").unwrap_or_default();
        let single = event.value("RECURRENCE-ID").is_some();
        let touches = |it: &Date| (years.start() - 1..=*years.end()).contains(&it.year());
        for start in starts.into_iter().filter(|it| touches(it) && (single || !moved.contains(&(uid, *it)))) {
            for ahead in 0..length {
                let day = start.checked_add(Span::new().days(ahead)).ok().filter(|it| years.contains(&it.year())).and_then(Day::new);
                if let Some(day) = day {
                    found.days.entry(day).or_insert_with(|| label.clone());
                }
            }
        }
        if found.days.len() > limits::CALENDAR_HOLIDAYS_MAX {
            return Err("The file names more days than a calendar of holidays has.");
        }
    }
    Ok(found)
}

#[derive(Default)]
struct Event(Vec<Property>);

/// The events, without what lies inside them.
fn events(lines: Vec<Property>) -> Vec<Event> {
    let mut found: Vec<Event> = Vec::new();
    let mut open: Option<Event> = None;
    let mut inner = 0_usize;
    for line in lines {
        let is_event = line.value.eq_ignore_ascii_case("VEVENT");
        match line.name.as_str() {
            "BEGIN" if open.is_none() => open = is_event.then(Event::default),
            "BEGIN" => inner += 1,
            "END" if is_event => {
                found.extend(open.take());
                inner = 0;
            }
            "END" => inner = inner.saturating_sub(1),
            _ => {
                if let Some(event) = open.as_mut().filter(|_| inner == 0) {
                    event.0.push(line);
                }
            }
        }
    }
    found
}

impl Event {
    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|it| it.name == name).map(|it| it.value.trim())
    }

    fn dates(&self, name: &str) -> impl Iterator<Item = Date> {
        self.0.iter().filter(move |it| it.name == name).flat_map(|it| it.value.split(',')).filter_map(date)
    }

    /// How many days each time takes; none if it ends before it begins or takes too many.
    fn days(&self) -> Option<i64> {
        let start = date(self.value("DTSTART")?)?;
        let days = if let Some(end) = self.value("DTEND") {
            i64::from(date(end)?.since((jiff::Unit::Day, start)).ok()?.get_days())
        } else if let Some(duration) = self.value("DURATION") {
            let number = |unit: char| duration.strip_prefix('P')?.strip_suffix(unit)?.parse::<i64>().ok();
            number('D').or(number('W').map(|it| it.saturating_mul(7)))?
        } else {
            1
        };
        // Some programs write the same date twice for one day.
        (0..=EVENT_DAYS_MAX).contains(&days).then_some(days.max(1))
    }

    /// The dates on which it begins that can touch these years. None if it is no all-day event, or its rule is not one of holidays.
    fn starts(&self, years: &RangeInclusive<i16>) -> Option<BTreeSet<Date>> {
        let start = date(self.value("DTSTART")?)?;
        let mut starts = BTreeSet::from([start]);
        if let Some(rule) = self.value("RRULE") {
            starts.extend(Rule::read(rule)?.dates(start, years)?);
        }
        starts.extend(self.dates("RDATE"));
        for it in self.dates("EXDATE") {
            starts.remove(&it);
        }
        Some(starts)
    }
}

/// `20261225`; a value with a time of the day is no date.
fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// A rule that repeats by the year.
#[derive(Default)]
struct Rule {
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    months: Vec<i8>,
    month_days: Vec<i8>,
    /// Which of the weekdays of the month or year (from the end if below zero), or each of them for zero.
    weekdays: Vec<(i8, Weekday)>,
    positions: Vec<i16>,
}

impl Rule {
    fn read(text: &str) -> Option<Rule> {
        let mut rule = Rule { interval: 1, ..Rule::default() };
        for part in text.split(';').filter(|it| !it.is_empty()) {
            let (name, value) = part.split_once('=')?;
            match name.trim().to_ascii_uppercase().as_str() {
                "FREQ" if value.eq_ignore_ascii_case("YEARLY") => {}
                "INTERVAL" => rule.interval = value.parse().ok().filter(|it| *it > 0)?,
                "COUNT" => rule.count = Some(value.parse().ok()?),
                "UNTIL" => rule.until = Some(date(value.get(..8)?)?),
                "BYMONTH" => rule.months = numbers(value, 1, 12)?,
                "BYMONTHDAY" => rule.month_days = numbers(value, -31, 31)?,
                "BYDAY" => rule.weekdays = distinct(value.split(',').map(weekday))?,
                "BYSETPOS" => rule.positions = numbers(value, -366, 366)?,
                "WKST" => {}
                _ => return None,
            }
        }
        Some(rule)
    }

    /// The dates from `start` on that can touch these years; the start itself is one anyway. None if it began before any calendar of ours.
    fn dates(&self, start: Date, years: &RangeInclusive<i16>) -> Option<Vec<Date>> {
        if start.year() < 1800 {
            return None;
        }
        let step = usize::try_from(self.interval).ok()?;
        let mut left = self.count.unwrap_or(usize::MAX);
        let mut found = Vec::new();
        // What is not counted need not be followed from its beginning, only in its step.
        let skipped = match self.count {
            None => (years.start() - 1 - start.year()).max(0) / self.interval * self.interval,
            Some(_) => 0,
        };
        for year in (start.year() + skipped..=*years.end()).step_by(step) {
            for it in self.of_year(year, start).into_iter().filter(|it| *it >= start) {
                if left == 0 || self.until.is_some_and(|until| it > until) {
                    return Some(found);
                }
                left -= 1;
                if it.year() >= years.start() - 1 {
                    found.push(it);
                }
            }
        }
        Some(found)
    }

    /// Its dates of one year, in order.
    fn of_year(&self, year: i16, start: Date) -> BTreeSet<Date> {
        let month = |month: i8| Date::new(year, month, 1).ok().map(|it| (it, it.last_of_month()));
        let periods: Vec<(Date, Date)> = match (self.months.is_empty(), self.weekdays.is_empty()) {
            (false, _) => self.months.iter().filter_map(|it| month(*it)).collect(),
            (true, true) => month(start.month()).into_iter().collect(),
            (true, false) => month(1).zip(month(12)).map(|(first, last)| (first.0, last.1)).into_iter().collect(),
        };
        let all: BTreeSet<Date> = periods.into_iter().flat_map(|(first, last)| self.of_period(first, last, start)).collect();
        if self.positions.is_empty() {
            return all;
        }
        let list: Vec<Date> = all.into_iter().collect();
        self.positions.iter().filter_map(|it| nth(&list, i32::from(*it))).collect()
    }

    fn of_period(&self, first: Date, last: Date, start: Date) -> Vec<Date> {
        let on_day = |it: &Date| self.month_days.iter().any(|day| *day == it.day() || *day == it.day() - it.days_in_month() - 1);
        let days = || first.series(Span::new().days(1)).take_while(|it| *it <= last);
        if self.weekdays.is_empty() {
            let same = |it: &Date| if self.month_days.is_empty() { it.day() == start.day() } else { on_day(it) };
            return days().filter(same).collect();
        }
        let mut found = Vec::new();
        let mut of_week: [Vec<Date>; 7] = Default::default();
        for it in days() {
            of_week[usize::from(it.weekday().to_monday_zero_offset().unsigned_abs()) % 7].push(it);
        }
        for (which, weekday) in &self.weekdays {
            let all = &of_week[usize::from(weekday.to_monday_zero_offset().unsigned_abs()) % 7];
            if *which == 0 { found.extend(all) } else { found.extend(nth(all, i32::from(*which))) }
        }
        found.into_iter().filter(|it| self.month_days.is_empty() || on_day(it)).collect()
    }
}

/// The first for 1, the last for -1.
fn nth(all: &[Date], which: i32) -> Option<Date> {
    let at = usize::try_from(which.unsigned_abs()).ok()?.checked_sub(1)?;
    if which > 0 { all.get(at).copied() } else { all.iter().rev().nth(at).copied() }
}

fn numbers<T: std::str::FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<Vec<T>> {
    distinct(text.split(',').map(|it| it.trim().parse().ok().filter(|it| *it >= least && *it <= most)))
}

/// Each of them once; none if one cannot be read, or if there are more than any holiday needs.
fn distinct<T: PartialEq>(values: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut found = Vec::new();
    for value in values {
        let value = value?;
        if !found.contains(&value) {
            found.push(value);
        }
        if found.len() > RULE_LIST_MAX {
            return None;
        }
    }
    Some(found)
}

/// `MO`, `2MO`, `-1FR`.
fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let text = text.trim();
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let number = if number.is_empty() { 0 } else { number.parse().ok().filter(|it| *it != 0)? };
    Some((number, day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(events: &[&str]) -> String {
        let events: String = events.iter().map(|it| format!("BEGIN:VEVENT\r\nUID:one\r\n{it}\r\nEND:VEVENT\r\n")).collect();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
    }

    fn days(event: &str) -> String {
        let found = days_off(&file(&[event]), 2025..=2028).unwrap();
        let days: Vec<String> = found.days.keys().map(ToString::to_string).collect();
        if found.left_out > 0 { format!("{} left out", found.left_out) } else { days.join(" ") }
    }

    #[test]
    fn finds_the_days_that_events_take() {
        for (event, expected) in [
            ("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas", "2026-12-25"),
            ("DTSTART:20261225\r\nDTEND:20261225", "2026-12-25"),
            ("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227", "2026-12-24 2026-12-25 2026-12-26"),
            ("DTSTART;VALUE=DATE:20261231\r\nDURATION:P2D", "2026-12-31 2027-01-01"),
            ("DTSTART;VALUE=DATE:20001225\r\nRRULE:FREQ=YEARLY", "2025-12-25 2026-12-25 2027-12-25 2028-12-25"),
            ("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;COUNT=2", "2026-12-25 2027-12-25"),
            ("DTSTART;VALUE=DATE:20241225\r\nRRULE:FREQ=YEARLY;UNTIL=20261225T000000Z", "2025-12-25 2026-12-25"),
            ("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY", "2028-02-29"),
            ("DTSTART;VALUE=DATE:20251127\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2025-11-27 2026-11-26 2027-11-25 2028-11-23"),
            (
                "DTSTART;VALUE=DATE:20250526\r\nRRULE:FREQ=YEARLY;BYDAY=MO;BYMONTH=5;BYSETPOS=-1",
                "2025-05-26 2026-05-25 2027-05-31 2028-05-29",
            ),
            ("DTSTART;VALUE=DATE:20251231\r\nRRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1;INTERVAL=2", "2025-12-31 2027-12-31"),
            ("DTSTART;VALUE=DATE:20241231\r\nDTEND;VALUE=DATE:20250102\r\nRRULE:FREQ=YEARLY;COUNT=1", "2025-01-01"),
            ("DTSTART;VALUE=DATE:20251225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20261225,20271225", "2025-12-25 2028-12-25"),
            ("DTSTART;VALUE=DATE:20251225\r\nRDATE;VALUE=DATE:20260704", "2025-12-25 2026-07-04"),
            ("DTSTART;VALUE=DATE:20251225\r\nSTATUS:CANCELLED", ""),
            ("DTSTART;VALUE=DATE:20251225\r\nBEGIN:VALARM\r\nDTSTART:20260101\r\nEND:VALARM", "2025-12-25"),
            ("DTSTART:20261225T090000Z\r\nSUMMARY:Stand-up", "1 left out"),
            ("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=WEEKLY", "1 left out"),
            ("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYWEEKNO=20", "1 left out"),
            ("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20290101", "1 left out"),
            ("DTSTART;VALUE=DATE:20261399", "1 left out"),
            ("SUMMARY:nothing", "1 left out"),
            // The step is kept, however long ago it began.
            ("DTSTART;VALUE=DATE:19991001\r\nRRULE:FREQ=YEARLY;INTERVAL=3", "2026-10-01"),
            ("DTSTART;VALUE=DATE:19000101\r\nRRULE:FREQ=YEARLY;INTERVAL=32767", ""),
            ("DTSTART;VALUE=DATE:20000101\r\nRRULE:FREQ=YEARLY;COUNT=27", "2025-01-01 2026-01-01"),
            ("DTSTART;VALUE=DATE:19991001\r\nRRULE:FREQ=YEARLY;UNTIL=20261001", "2025-10-01 2026-10-01"),
        ] {
            assert_eq!(days(event), expected, "{event}");
        }
    }

    #[test]
    fn one_of_a_series_that_was_moved_counts_where_it_went() {
        let series = "DTSTART;VALUE=DATE:20250501\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:May Day";
        let moved = "BEGIN:VEVENT\r\nUID:one\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\nDTSTART;VALUE=DATE:20260504\r\nEND:VEVENT\r\n";
        let text = file(&[series]).replace("END:VCALENDAR", &format!("{moved}END:VCALENDAR"));
        let found = days_off(&text, 2026..=2027).unwrap();
        assert_eq!(found.days.keys().map(ToString::to_string).collect::<Vec<_>>(), ["2026-05-04", "2027-05-01"]);
        assert_eq!(days_off(&file(&[series]), 2026..=2026).unwrap().days.values().next().unwrap(), "May Day");
    }

    #[test]
    fn lists_of_a_rule_are_as_long_as_holidays_need() {
        let rule = |days: String| days_off(&file(&[&format!("DTSTART:20250101\r\nRRULE:FREQ=YEARLY;BYDAY={days}")]), 2025..=2025).unwrap();
        let weeks = |count: i8| (1..=count).map(|it| format!("{it}MO")).collect::<Vec<_>>().join(",");
        assert_eq!((rule(weeks(5)).days.len(), rule(weeks(5)).left_out), (6, 0));
        assert_eq!((rule(["MO"; 500].join(",")).days.len(), rule(["MO"; 500].join(",")).left_out), (53, 0), "one and the same");
        assert_eq!(rule(weeks(65)).left_out, 1);
    }

    #[test]
    fn refuses_what_is_no_calendar_of_holidays() {
        assert!(days_off("<!doctype html>", 2025..=2026).is_err());
        let many = vec!["DTSTART;VALUE=DATE:20250101\r\nDTEND;VALUE=DATE:20251231"; limits::FEED_EVENTS_MAX + 1];
        assert!(days_off(&file(&many), 2025..=2026).is_err());
    }

    proptest! {
        #[test]
        fn takes_any_text(text in "[A-Z:;=,0-9\\n-]{0,400}", rule in "[A-Z0-9=;,-]{0,40}") {
            let _ = days_off(&format!("BEGIN:VCALENDAR\n{text}"), 2025..=2030);
            let _ = days_off(&file(&[&format!("DTSTART:20250101\nRRULE:FREQ=YEARLY;{rule}")]), 2025..=2030);
        }
    }
}
