//! A calendar as it is written: its zone, the hours of its week, the dates that differ and the holidays. Nothing here is about a desk:
//! the same form is kept in records and sent with a question.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::{Day, Hours, Shift, SpecialDay, Timetable, WeekHours, named_zone};
use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
};

/// The hours of one date in place of those of its weekday. It counts before a holiday.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Override {
    /// Why; may be empty.
    #[n(0)]
    pub label: String,
    /// None means closed.
    #[n(1)]
    pub shifts: Vec<Shift>,
}

/// Where a holiday comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub enum HolidaySource {
    /// Somebody wrote it.
    #[default]
    #[n(0)]
    Own,
    /// A built-in set, by its code: `DE-BY`.
    #[n(1)]
    Set(#[n(0)] String),
    /// The calendar's subscription.
    #[n(2)]
    Feed,
}

/// A date without hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Holiday {
    /// What it is called; may be empty.
    #[n(0)]
    pub label: String,
    #[n(1)]
    pub source: HolidaySource,
}

/// What decides a calendar's time.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Plan {
    /// IANA name.
    #[n(0)]
    pub zone: String,
    #[n(1)]
    pub week: WeekHours,
    #[n(2)]
    pub overrides: BTreeMap<Day, Override>,
    #[n(3)]
    pub holidays: BTreeMap<Day, Holiday>,
}

impl Plan {
    /// A week in a zone, without any date of its own.
    pub fn new(zone: &str, week: WeekHours) -> Plan {
        Plan { zone: zone.to_owned(), week, overrides: BTreeMap::new(), holidays: BTreeMap::new() }
    }

    /// Refuses what is too much, and a zone that nobody knows. `place` is what the caller calls it: `calendar.`, or nothing.
    pub fn check(&self, place: &str) -> Result<()> {
        if named_zone(&self.zone).is_none() {
            let message = say!("refused-not-iana-time-zone-3", string = self.zone.chars().take(80).collect::<String>());
            return Err(Refusal::field(format!("{place}timeZone"), "unknown", message).into());
        }
        for (field, count, max) in [
            ("overrides", self.overrides.len(), limits::CALENDAR_OVERRIDES_MAX),
            ("holidays", self.holidays.len(), limits::CALENDAR_HOLIDAYS_MAX),
        ] {
            if count > max {
                return Err(
                    Refusal::field(format!("{place}{field}"), "too_many", say!("refused-calendar-most", max = max, field = field)).into()
                );
            }
        }
        let labels =
            self.overrides.values().map(|it| ("overrides", &it.label)).chain(self.holidays.values().map(|it| ("holidays", &it.label)));
        for (field, label) in labels {
            if label.chars().count() > limits::DAY_LABEL_CHARS_MAX {
                let message = say!("refused-what-day-called-most", day_label_chars_max = limits::DAY_LABEL_CHARS_MAX);
                return Err(Refusal::field(format!("{place}{field}"), "too_long", message).into());
            }
        }
        Ok(())
    }

    /// The plan made ready, with the days of a subscription. A zone that is not known any more is read as UTC.
    pub fn timetable(&self, feed: &BTreeMap<Day, String>) -> Timetable {
        let zone = named_zone(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let holiday = |day: Day, label: &str| SpecialDay { day, label: label.to_owned(), is_holiday: true, shifts: Vec::new() };
        let of_feed = feed.iter().map(|(day, label)| holiday(*day, label));
        let holidays = self.holidays.iter().map(|(day, it)| holiday(*day, &it.label));
        let overrides = self.overrides.iter().map(|(day, it)| SpecialDay {
            day: *day,
            label: it.label.clone(),
            is_holiday: false,
            shifts: it.shifts.clone(),
        });
        Timetable::new(zone, Hours::new(self.week.clone(), of_feed.chain(holidays).chain(overrides)))
    }
}
