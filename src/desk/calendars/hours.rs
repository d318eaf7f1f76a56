//! The hours of a calendar as people write them: shifts of a week and of single dates, on the wall of the calendar's zone. Not
//! instants: `timetable` makes those. A shift belongs to the day on which it begins, also where it runs into the next one.

use std::{fmt, str::FromStr};

use jiff::civil::Weekday;
use minicbor::{Decode, Encode};

use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
};

/// Seconds of a whole day on the wall.
pub(super) const DAY: u32 = 86_400;

/// From one time of the day up to, and without, another. If the end is not after the start it is a time of the next day, so that
/// `00:00` to `00:00` is a whole day, as is `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Shift {
    /// Seconds after midnight, below a whole day.
    #[n(0)]
    from: u32,
    /// Seconds after midnight, up to a whole day.
    #[n(1)]
    to: u32,
}

impl Shift {
    /// Around the clock.
    pub const WHOLE_DAY: Shift = Shift { from: 0, to: DAY };

    /// Reads `09:00` and `17:30`; seconds may follow (`17:30:15`).
    pub fn parse(from: &str, to: &str) -> Result<Shift, String> {
        let it = Shift { from: seconds(from)?, to: seconds(to)? };
        if it.from == DAY {
            return Err("A shift cannot start at 24:00: write 00:00 on the next day.".to_owned());
        }
        Ok(it)
    }

    /// Seconds after midnight of the day on which it begins.
    pub fn starts(self) -> u32 {
        self.from
    }

    /// Seconds after the same midnight, so more than a day's if it runs into the next day.
    pub fn ends(self) -> u32 {
        if self.to <= self.from { self.to + DAY } else { self.to }
    }

    /// Whether it runs past midnight.
    pub fn is_overnight(self) -> bool {
        self.ends() > DAY
    }

    /// The two times as written: `09:00`, `24:00`, `17:30:15`.
    pub fn times(self) -> (String, String) {
        (clock(self.from), clock(self.to))
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", clock(self.from), clock(self.to))
    }
}

impl FromStr for Shift {
    type Err = String;

    /// Reads `09:00-17:00`, with a hyphen or an en dash, and spaces around it.
    fn from_str(text: &str) -> Result<Shift, String> {
        let (from, to) =
            text.split_once(['-', '–']).ok_or_else(|| format!("“{text}” is not a shift: write its start and end, like 09:00-17:00."))?;
        Shift::parse(from.trim(), to.trim())
    }
}

fn seconds(text: &str) -> Result<u32, String> {
    let wrong = || format!("“{text}” is not a time of the day: write it like 09:00, up to 24:00.");
    let mut parts = text.split(':');
    let mut part = |below: u32| -> Result<u32, String> {
        let it = parts.next().ok_or_else(wrong)?;
        let is_plain = it.len() == 2 && it.bytes().all(|it| it.is_ascii_digit());
        it.parse().ok().filter(|number| is_plain && *number < below).ok_or_else(wrong)
    };
    let (hours, minutes) = (part(25)?, part(60)?);
    let seconds = if text.len() > 5 { part(60)? } else { 0 };
    let sum = hours * 3600 + minutes * 60 + seconds;
    if parts.next().is_some() || sum > DAY {
        return Err(wrong());
    }
    Ok(sum)
}

fn clock(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 { format!("{hours:02}:{minutes:02}") } else { format!("{hours:02}:{minutes:02}:{rest:02}") }
}

/// Puts the shifts of one day into order, without repeats. `field` names the place for the caller: `hours.mon`.
pub fn shifts_of_day(field: &str, shifts: Vec<Shift>) -> Result<Vec<Shift>> {
    if shifts.len() > limits::SHIFTS_PER_DAY_MAX {
        let message = say!("refused-day-takes-most-shifts", shifts_per_day_max = limits::SHIFTS_PER_DAY_MAX);
        return Err(Refusal::field(field, "too_many", message).into());
    }
    let mut shifts = shifts;
    shifts.sort_unstable();
    shifts.dedup();
    Ok(shifts)
}

/// Reads the shifts of one day. The refusal names the shift that does not fit: `hours.mon[1]`.
pub fn parse_shifts<S: AsRef<str>>(field: &str, pairs: &[[S; 2]]) -> Result<Vec<Shift>> {
    let shift = |(at, [from, to]): (usize, &[S; 2])| {
        Shift::parse(from.as_ref(), to.as_ref()).map_err(|it| Refusal::field(format!("{field}[{at}]"), "invalid", it).into())
    };
    shifts_of_day(field, pairs.iter().enumerate().map(shift).collect::<Result<_>>()?)
}

/// The seven days in their order, with the names that the API uses.
pub const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "mon"),
    (Weekday::Tuesday, "tue"),
    (Weekday::Wednesday, "wed"),
    (Weekday::Thursday, "thu"),
    (Weekday::Friday, "fri"),
    (Weekday::Saturday, "sat"),
    (Weekday::Sunday, "sun"),
];

/// The shifts of each day of the week. No shift means closed. Shifts may overlap: their time counts once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct WeekHours(#[n(0)] [Vec<Shift>; 7]);

impl WeekHours {
    /// The same shifts from Monday to Friday, closed at the weekend.
    pub fn weekdays(shifts: &[Shift]) -> WeekHours {
        let mut it = WeekHours::default();
        it.0[..5].fill(shifts.to_vec());
        it
    }

    /// Around the clock.
    pub fn always() -> WeekHours {
        WeekHours([const { &[Shift::WHOLE_DAY] }; 7].map(|it| it.to_vec()))
    }

    pub fn of(&self, day: Weekday) -> &[Shift] {
        self.at(day.to_monday_zero_offset().unsigned_abs())
    }

    /// Sets the shifts of a day, which `shifts_of_day` has checked.
    pub fn set(&mut self, day: Weekday, shifts: Vec<Shift>) {
        if let Some(it) = self.0.get_mut(usize::from(day.to_monday_zero_offset().unsigned_abs())) {
            *it = shifts;
        }
    }

    /// By days after Monday.
    pub(super) fn at(&self, days_after_monday: u8) -> &[Shift] {
        self.0.get(usize::from(days_after_monday)).map_or(&[], Vec::as_slice)
    }

    /// Whether there is no shift at all.
    pub fn is_never(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// Whether its shifts leave no second of a week uncovered.
    pub fn is_always(&self) -> bool {
        let week = 7 * DAY;
        let mut spans: Vec<(u32, u32)> =
            (0..).zip(&self.0).flat_map(|(day, it)| it.iter().map(move |it| (day * DAY + it.starts(), day * DAY + it.ends()))).collect();
        // What runs past Sunday covers the Monday of the next week.
        let over: Vec<_> = spans.iter().filter(|it| it.1 > week).map(|it| (0, it.1 - week)).collect();
        spans.extend(over);
        spans.sort_unstable();
        spans.iter().fold(0, |covered, it| if it.0 <= covered { covered.max(it.1) } else { covered }) >= week
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_shifts() {
        for (text, starts, ends, shown) in [
            ("09:00-17:00", 32_400, 61_200, "09:00–17:00"),
            ("22:00 – 06:00", 79_200, 108_000, "22:00–06:00"),
            ("00:00-24:00", 0, DAY, "00:00–24:00"),
            ("00:00-00:00", 0, DAY, "00:00–00:00"),
            ("22:00-00:00", 79_200, DAY, "22:00–00:00"),
            ("09:00-09:00", 32_400, DAY + 32_400, "09:00–09:00"),
            ("09:00:30-09:00:31", 32_430, 32_431, "09:00:30–09:00:31"),
        ] {
            let it: Shift = text.parse().unwrap();
            assert_eq!((it.starts(), it.ends(), it.to_string().as_str()), (starts, ends, shown), "{text}");
            assert_eq!(it.is_overnight(), ends > DAY);
        }
    }

    #[test]
    fn refuses_what_is_no_shift() {
        for (text, why) in [
            ("9-17", "not a time"),
            ("09:00", "not a shift"),
            ("09:60-10:00", "not a time"),
            ("09:00-24:01", "not a time"),
            ("25:00-26:00", "not a time"),
            ("24:00-02:00", "cannot start"),
            ("09:00:00:00-10:00", "not a time"),
            ("+9:00-10:00", "not a time"),
            ("09:00-10:0é", "not a time"),
        ] {
            let refusal = text.parse::<Shift>().unwrap_err();
            assert!(refusal.contains(why), "{text}: {refusal}");
        }
        let refusal = parse_shifts("hours.mon", &[["09:00", "12:00"], ["13:00", "noon"]]).unwrap_err();
        let crate::error::Error::Refused(it) = refusal else { panic!("{refusal}") };
        assert_eq!(it.fields[0].field, "hours.mon[1]");
        let many = vec![["09:00", "10:00"]; limits::SHIFTS_PER_DAY_MAX + 1];
        assert!(parse_shifts("hours.mon", &many).is_err());
    }

    #[test]
    fn knows_a_week_without_a_gap_and_one_without_an_hour() {
        assert!(WeekHours::default().is_never() && !WeekHours::default().is_always());
        assert!(WeekHours::always().is_always() && !WeekHours::always().is_never());
        let nine_to_nine = [Shift::parse("09:00", "09:00").unwrap()];
        let mut it = WeekHours::weekdays(&nine_to_nine);
        assert!(!it.is_always());
        it.set(Weekday::Saturday, nine_to_nine.to_vec());
        it.set(Weekday::Sunday, nine_to_nine.to_vec());
        assert!(it.is_always(), "what runs past Sunday opens Monday");
        assert_eq!(minicbor::decode::<WeekHours>(&minicbor::to_vec(&it).unwrap()).unwrap(), it);
    }
}
