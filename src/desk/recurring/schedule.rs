//! On which days something comes again, and at which instant. A pure function of the schedule and of the days that are worked.
//!
//! A day has one occurrence at most, at a time of the wall in a zone. A time that the wall leaves out, when clocks are set forward, is
//! taken as long after midnight as it says, so 02:30 comes at 03:30; of a time that the wall shows twice the first counts.
//! Invariant: `next` is strictly later than what it is asked after, and is the same whenever it is asked.

use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use minicbor::{Decode, Encode};

use crate::{
    desk::calendars::{Day, Timetable, named_zone},
    error::{Refusal, Result},
    language::say,
    limits,
    time::Instant,
};

/// How far a day that is not worked is moved at most; where nobody works for longer, it stays where it is.
const MOVED_DAYS_MAX: i32 = 31;
/// Days in which a rhythm must come again: the rarest is a month of every 99.
const SEARCHED_MAX: usize = 400;

/// Which of a month's days it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum MonthDay {
    /// 1 to 31; the last day of a month that is shorter.
    #[n(0)]
    Date(#[n(0)] u8),
    /// The first to fourth (1 to 4) or the last (5) of this day of the week, 0 for Monday.
    #[n(1)]
    Weekday(#[n(0)] u8, #[n(1)] u8),
    /// The first (1 to 4) or the last (5) day from Monday to Friday.
    #[n(2)]
    Workday(#[n(0)] u8),
}

/// The last of several.
pub const LAST: u8 = 5;

/// In which rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Rhythm {
    #[n(0)]
    Daily,
    /// On these days of the week, 0 for Monday, in order.
    #[n(1)]
    Weekly(#[n(0)] Vec<u8>),
    #[n(2)]
    Monthly(#[n(0)] MonthDay),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Schedule {
    #[n(0)]
    pub rhythm: Rhythm,
    /// Every so many days, weeks or months.
    #[n(1)]
    pub every: u32,
    /// Minutes after midnight, by the wall.
    #[n(2)]
    pub at: u16,
    /// IANA name.
    #[n(3)]
    pub zone: String,
    /// Nothing comes before; weeks and months are counted from the one that it lies in.
    #[n(4)]
    pub from: Day,
    /// The last day on which it may come.
    #[n(5)]
    pub until: Option<Day>,
}

/// One time at which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    pub day: Day,
    pub at: Instant,
}

impl Schedule {
    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<()> {
        let wrong = |field: &str, message| Err(Refusal::field(field, "invalid", message).into());
        if !(1..=limits::RECURRENCE_EVERY_MAX).contains(&self.every) {
            return wrong("every", say!("recurring-wrong-every", most = limits::RECURRENCE_EVERY_MAX));
        }
        if self.at >= 24 * 60 {
            return wrong("at", say!("recurring-wrong-time"));
        }
        if named_zone(&self.zone).is_none() {
            return wrong("timeZone", say!("recurring-wrong-zone"));
        }
        if self.until.is_some_and(|it| it < self.from) {
            return wrong("until", say!("recurring-ends-before"));
        }
        match &self.rhythm {
            Rhythm::Daily => Ok(()),
            Rhythm::Weekly(days) if days.is_empty() || days.iter().any(|it| *it > 6) || !days.is_sorted_by(|a, b| a < b) => {
                wrong("days", say!("recurring-wrong-days"))
            }
            Rhythm::Weekly(_) => Ok(()),
            Rhythm::Monthly(MonthDay::Date(1..=31)) => Ok(()),
            Rhythm::Monthly(MonthDay::Date(_)) => wrong("date", say!("recurring-wrong-date")),
            Rhythm::Monthly(MonthDay::Weekday(1..=LAST, 0..=6) | MonthDay::Workday(1..=LAST)) => Ok(()),
            Rhythm::Monthly(_) => wrong("place", say!("recurring-wrong-place")),
        }
    }

    /// The first occurrence after an instant. With a timetable, a day that it does not work is moved to the next that it does.
    pub fn next(&self, after: Instant, works: Option<&Timetable>) -> Option<Occurrence> {
        let zone = named_zone(&self.zone)?;
        let today = zone.to_datetime(after.timestamp()).date();
        // What was moved lies before the day that it is moved to; and a wall may be a day off where a zone leaves one out.
        let early = today.checked_sub((MOVED_DAYS_MAX + 2).days()).unwrap_or(Date::MIN);
        let mut day = early.max(self.from.date());
        for _ in 0..SEARCHED_MAX {
            let planned = self.planned_from(day)?;
            if self.until.is_some_and(|it| planned > it.date()) {
                return None;
            }
            let moved = works.map_or(planned, |it| first_worked(it, planned));
            if self.until.is_some_and(|it| moved > it.date()) {
                return None;
            }
            let at = instant(&zone, moved, self.at)?;
            if at > after {
                return Some(Occurrence { day: Day::new(moved)?, at });
            }
            day = planned.tomorrow().ok()?;
        }
        None
    }

    /// So many of them.
    pub fn coming(&self, after: Instant, works: Option<&Timetable>, count: usize) -> Vec<Occurrence> {
        let mut last = after;
        let next = || {
            let it = self.next(last, works)?;
            last = it.at;
            Some(it)
        };
        std::iter::from_fn(next).take(count).collect()
    }

    /// The first day of the rhythm at or after a day, before anything is moved.
    fn planned_from(&self, day: Date) -> Option<Date> {
        let (first, every) = (self.from.date(), i64::from(self.every.max(1)));
        let day = day.max(first);
        match &self.rhythm {
            Rhythm::Daily => {
                let since = days_between(first, day);
                day.checked_add(((every - since % every) % every).days()).ok()
            }
            Rhythm::Weekly(days) => {
                let (base, this) = (monday_of(first)?, monday_of(day)?);
                let weeks = days_between(base, this) / 7;
                let this_counts = weeks % every == 0;
                let in_week = |monday: Date, from: Date| {
                    days.iter().filter_map(|it| monday.checked_add(i64::from(*it).days()).ok()).find(|it| *it >= from)
                };
                if let Some(it) = this_counts.then(|| in_week(this, day)).flatten() {
                    return Some(it);
                }
                let next = this.checked_add(((every - weeks % every) * 7).days()).ok()?;
                in_week(next, next)
            }
            Rhythm::Monthly(which) => {
                let months = i64::from(day.year() - first.year()) * 12 + i64::from(day.month() - first.month());
                let to_come = (every - months % every) % every;
                let this = day.first_of_month().checked_add(to_come.months()).ok()?;
                match which.within(this) {
                    Some(it) if it >= day => Some(it),
                    _ => which.within(this.checked_add(every.months()).ok()?),
                }
            }
        }
    }
}

impl MonthDay {
    /// That day of the month which begins with this day.
    fn within(self, first: Date) -> Option<Date> {
        let last = first.last_of_month();
        match self {
            MonthDay::Date(it) => Date::new(first.year(), first.month(), i8::try_from(it).ok()?.min(last.day())).ok(),
            MonthDay::Weekday(LAST, day) => first.nth_weekday_of_month(-1, weekday(day)?).ok(),
            MonthDay::Weekday(place, day) => first.nth_weekday_of_month(i8::try_from(place).ok()?, weekday(day)?).ok(),
            MonthDay::Workday(place) => {
                let worked = |it: &Date| !matches!(it.weekday(), Weekday::Saturday | Weekday::Sunday);
                if place == LAST {
                    return std::iter::successors(Some(last), |it| it.yesterday().ok()).find(worked);
                }
                first.series(1.day()).filter(worked).nth(usize::from(place).checked_sub(1)?)
            }
        }
    }
}

fn weekday(days_after_monday: u8) -> Option<Weekday> {
    Weekday::from_monday_zero_offset(i8::try_from(days_after_monday).ok()?).ok()
}

fn monday_of(day: Date) -> Option<Date> {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()
}

fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

fn first_worked(works: &Timetable, day: Date) -> Date {
    let mut it = day;
    for _ in 0..=MOVED_DAYS_MAX {
        if Day::new(it).is_some_and(|it| works.works_on(it)) {
            return it;
        }
        let Ok(next) = it.tomorrow() else { break };
        it = next;
    }
    day
}

fn instant(zone: &TimeZone, day: Date, minutes: u16) -> Option<Instant> {
    let time = Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()?;
    let at = zone.to_ambiguous_zoned(day.to_datetime(time)).compatible().ok()?;
    Some(at.timestamp().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::calendars::{Hours, SpecialDay, WeekHours};

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn schedule(rhythm: Rhythm, every: u32, at: u16, from: &str) -> Schedule {
        Schedule { rhythm, every, at, zone: "Europe/Berlin".into(), from: day(from), until: None }
    }

    fn days(it: &Schedule, after: &str, works: Option<&Timetable>, count: usize) -> String {
        let all = it.coming(after.parse().unwrap(), works, count);
        all.iter().map(|it| it.day.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
    }

    /// Monday to Friday, and closed on a Monday.
    fn office() -> Timetable {
        let closed = SpecialDay { day: day("2026-04-06"), label: "Easter Monday".into(), is_holiday: true, shifts: Vec::new() };
        let week = WeekHours::weekdays(&["09:00-17:00".parse().unwrap()]);
        Timetable::new(named_zone("Europe/Berlin").unwrap(), Hours::new(week, [closed]))
    }

    #[test]
    fn the_days_of_each_rhythm() {
        use MonthDay::{Date, Weekday, Workday};
        for (rhythm, every, expected) in [
            (Rhythm::Daily, 1, "01-01 01-02 01-03 01-04"),
            (Rhythm::Daily, 10, "01-01 01-11 01-21 01-31"),
            (Rhythm::Weekly(vec![0]), 1, "01-05 01-12 01-19 01-26"),
            (Rhythm::Weekly(vec![3, 4]), 2, "01-01 01-02 01-15 01-16"),
            (Rhythm::Weekly(vec![0, 6]), 2, "01-04 01-12 01-18 01-26"),
            (Rhythm::Monthly(Date(1)), 1, "01-01 02-01 03-01 04-01"),
            (Rhythm::Monthly(Date(31)), 1, "01-31 02-28 03-31 04-30"),
            (Rhythm::Monthly(Date(15)), 3, "01-15 04-15 07-15 10-15"),
            (Rhythm::Monthly(Weekday(1, 0)), 1, "01-05 02-02 03-02 04-06"),
            (Rhythm::Monthly(Weekday(LAST, 4)), 1, "01-30 02-27 03-27 04-24"),
            (Rhythm::Monthly(Weekday(4, 6)), 1, "01-25 02-22 03-22 04-26"),
            (Rhythm::Monthly(Workday(1)), 1, "01-01 02-02 03-02 04-01"),
            (Rhythm::Monthly(Workday(LAST)), 1, "01-30 02-27 03-31 04-30"),
        ] {
            let it = schedule(rhythm.clone(), every, 9 * 60, "2026-01-01");
            it.check().unwrap();
            assert_eq!(days(&it, "2025-06-01T00:00:00Z", None, 4), expected, "{rhythm:?} {every}");
        }
    }

    #[test]
    fn what_falls_on_a_day_off_comes_on_the_next_worked_day_and_once() {
        for (rhythm, after, expected) in [
            (Rhythm::Daily, "2026-04-02T12:00:00Z", "04-03 04-07 04-08"),
            (Rhythm::Monthly(MonthDay::Date(5)), "2026-03-31T12:00:00Z", "04-07 05-05 06-05"),
            (Rhythm::Weekly(vec![0]), "2026-04-05T12:00:00Z", "04-07 04-13 04-20"),
            // Asked on the day to which it was moved.
            (Rhythm::Weekly(vec![5]), "2026-04-06T12:00:00Z", "04-07 04-13 04-20"),
        ] {
            let it = schedule(rhythm.clone(), 1, 9 * 60, "2026-01-01");
            assert_eq!(days(&it, after, Some(&office()), 3), expected, "{rhythm:?}");
        }
        let never = Timetable::new(TimeZone::UTC, Hours::new(WeekHours::default(), []));
        let it = schedule(Rhythm::Daily, 1, 0, "2026-01-01");
        assert_eq!(days(&it, "2026-04-02T12:00:00Z", Some(&never), 2), "04-03 04-04", "where nobody ever works nothing is moved");
    }

    #[test]
    fn times_that_the_wall_leaves_out_or_shows_twice() {
        let at = |day: &str, minutes| {
            let it = schedule(Rhythm::Daily, 1, minutes, day);
            it.next("2026-01-01T00:00:00Z".parse().unwrap(), None).unwrap().at.to_string()
        };
        assert_eq!(at("2026-03-29", 2 * 60 + 30), "2026-03-29T01:30:00.000Z", "02:30 is 03:30 on that day");
        assert_eq!(at("2026-10-25", 2 * 60 + 30), "2026-10-25T00:30:00.000Z", "the first 02:30");
        assert_eq!(at("2026-10-26", 2 * 60 + 30), "2026-10-26T01:30:00.000Z");
    }

    #[test]
    fn it_ends_on_its_last_day() {
        let it = Schedule { until: Some(day("2026-01-02")), ..schedule(Rhythm::Daily, 1, 0, "2026-01-01") };
        assert_eq!(days(&it, "2025-01-01T00:00:00Z", None, 9), "01-01 01-02");
        // What would be moved past the end does not come.
        let it = Schedule { until: Some(day("2026-01-04")), ..schedule(Rhythm::Daily, 3, 0, "2026-01-01") };
        assert_eq!(days(&it, "2025-01-01T00:00:00Z", Some(&office()), 9), "01-01");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let good = schedule(Rhythm::Daily, 1, 0, "2026-01-01");
        for (wrong, field) in [
            (Schedule { every: 0, ..good.clone() }, "every"),
            (Schedule { every: limits::RECURRENCE_EVERY_MAX + 1, ..good.clone() }, "every"),
            (Schedule { at: 1440, ..good.clone() }, "at"),
            (Schedule { zone: "Mars/Base".into(), ..good.clone() }, "timeZone"),
            (Schedule { until: Some(day("2025-12-31")), ..good.clone() }, "until"),
            (Schedule { rhythm: Rhythm::Weekly(vec![]), ..good.clone() }, "days"),
            (Schedule { rhythm: Rhythm::Weekly(vec![7]), ..good.clone() }, "days"),
            (Schedule { rhythm: Rhythm::Weekly(vec![2, 2]), ..good.clone() }, "days"),
            (Schedule { rhythm: Rhythm::Monthly(MonthDay::Date(0)), ..good.clone() }, "date"),
            (Schedule { rhythm: Rhythm::Monthly(MonthDay::Weekday(6, 0)), ..good.clone() }, "place"),
        ] {
            let crate::error::Error::Refused(it) = wrong.check().unwrap_err() else { panic!("{field} broke") };
            assert_eq!(it.fields[0].field, field);
        }
    }

    fn any_schedule() -> impl Strategy<Value = Schedule> {
        let month_day = prop_oneof![
            (1u8..=31).prop_map(MonthDay::Date),
            (1u8..=5, 0u8..7).prop_map(|it| MonthDay::Weekday(it.0, it.1)),
            (1u8..=5).prop_map(MonthDay::Workday),
        ];
        let rhythm = prop_oneof![
            Just(Rhythm::Daily),
            prop::collection::btree_set(0u8..7, 1..5).prop_map(|it| Rhythm::Weekly(it.into_iter().collect())),
            month_day.prop_map(Rhythm::Monthly),
        ];
        // Samoa left a day out, Lord Howe sets its clocks by half an hour, and Beirut at midnight.
        let zone = prop::sample::select(vec!["Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Beirut", "UTC"]);
        let from = (2010i16..2030, 1i8..=12, 1i8..=28).prop_map(|it| Day::new(Date::constant(it.0, it.1, it.2)).unwrap());
        let until = prop::option::of(0i64..2_000);
        (rhythm, prop_oneof![3 => 1u32..4, 1 => 4u32..=99], 0u16..1440, zone, from, until).prop_map(|it| {
            let until = it.5.and_then(|days| Day::new(it.4.date().checked_add(days.days()).unwrap()));
            Schedule { rhythm: it.0, every: it.1, at: it.2, zone: it.3.into(), from: it.4, until }
        })
    }

    proptest! {
        #[test]
        fn next_is_strictly_later_and_no_occurrence_comes_twice_or_is_left_out(
            it in any_schedule(), after in 1_262_304_000i64..1_893_456_000, moved in any::<bool>(), cut in 1usize..12,
        ) {
            it.check().unwrap();
            let office = office();
            let works = moved.then_some(&office);
            let after = Instant::from_millis(after * 1000);
            let all = it.coming(after, works, 12);
            prop_assert!(all.first().is_none_or(|it| it.at > after));
            prop_assert!(all.is_sorted_by(|a, b| a.at < b.at && a.day < b.day), "{all:?}");
            if let Some(until) = it.until {
                prop_assert!(all.iter().all(|it| it.day <= until));
            }
            prop_assert!(all.iter().all(|found| found.day >= it.from));
            if moved {
                prop_assert!(all.iter().all(|it| office.works_on(it.day)), "{all:?}");
            }
            // Asked anew at any instant in between, it goes on with the same row.
            if let Some(pair) = all.windows(2).nth(cut % all.len().max(1)) {
                let between = Instant::from_millis((pair[0].at.as_millis() + pair[1].at.as_millis()) / 2);
                for place in [pair[0].at, between, Instant::from_millis(pair[1].at.as_millis() - 1)] {
                    prop_assert_eq!(it.next(place, works), Some(pair[1]));
                }
            }
        }
    }
}
