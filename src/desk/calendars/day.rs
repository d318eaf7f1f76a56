//! A date of the wall, without a time and without a zone: what holidays and overrides are keyed by. Not an instant: which instants a
//! day covers is for its calendar's zone to say.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, Weekday};
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};

/// A date between the years 1 and 9998, so that it has neighbours that instants can show too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    pub fn new(date: Date) -> Option<Day> {
        (1..=9998).contains(&date.year()).then_some(Day(date))
    }

    pub fn date(self) -> Date {
        self.0
    }

    /// Days since 1970-01-01.
    pub(super) fn number(self) -> i32 {
        days_before(i32::from(self.0.year())) + i32::from(self.0.day_of_year()) - 1
    }

    fn from_number(number: i32) -> Option<Day> {
        let since = jiff::Span::new().try_days(number).ok()?;
        Date::constant(1970, 1, 1).checked_add(since).ok().and_then(Day::new)
    }

    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }
}

/// Days from 1970-01-01 to the first of January of a year.
pub(super) fn days_before(year: i32) -> i32 {
    let past = year - 1;
    past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400) - 719_162
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Day, String> {
        let plain =
            text.len() == 10 && text.bytes().enumerate().all(|(at, it)| if at == 4 || at == 7 { it == b'-' } else { it.is_ascii_digit() });
        let day = if plain { text.parse().ok().and_then(Day::new) } else { None };
        day.ok_or_else(|| format!("“{text}” is not a date like 2026-12-24."))
    }
}

impl<C> Encode<C> for Day {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.i32(self.number())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Day {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let number = d.i32()?;
        Day::from_number(number).ok_or_else(|| decode::Error::message(format!("{number} is not the number of a day")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dates_and_nothing_else() {
        for text in ["0001-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2026-12-24", "9998-12-31"] {
            let day: Day = text.parse().unwrap();
            assert_eq!(day.to_string(), text);
            let days = day.date().since((jiff::Unit::Day, Date::constant(1970, 1, 1))).unwrap().get_days();
            assert_eq!(day.number(), days, "{text}");
            let stored = minicbor::to_vec(day).unwrap();
            assert_eq!(minicbor::decode::<Day>(&stored).unwrap(), day);
        }
        for text in ["", "20261224", "2026-12-24T00:00", "2025-02-29", "0000-01-01", "9999-01-01", "+002026-01", "24.12.2026"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_that_is_no_day_is_an_error() {
        for number in [i32::MIN / 2, -800_000, 3_000_000] {
            assert!(minicbor::decode::<Day>(&minicbor::to_vec(number).unwrap()).is_err(), "{number}");
        }
    }
}
