//! What a time zone does around one year: its offset and each change of it, relative to the year's first instant in UTC. Not the
//! zone itself: two years that behave alike are equal here, so that what is made from one serves the other.
//!
//! A time of the wall that does not exist (clocks went forward over it) is read with the offset before the gap, so it lies as much
//! later as the clocks jumped; of a time that exists twice the first is meant.

use jiff::{Timestamp, tz::TimeZone};

use super::day::days_before;

/// How far before and after its year the wall of any zone is needed: two days for shifts that run over midnight and for offsets, one
/// more for zones that left out a day.
pub(super) const MARGIN_DAYS: i32 = 4;

const DAY_SECONDS: i64 = 86_400;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ZoneYear {
    /// Seconds that the wall is ahead of UTC until the first change.
    offset: i32,
    /// When (in seconds after the year's first instant) which offset begins; in order.
    changes: Vec<(i64, i32)>,
}

impl ZoneYear {
    /// `year` must lie between 1 and 9998.
    pub fn new(zone: &TimeZone, year: i32) -> ZoneYear {
        let first = i64::from(days_before(year)) * DAY_SECONDS;
        let margin = i64::from(MARGIN_DAYS) * DAY_SECONDS;
        let begin = Timestamp::from_second(first - margin).unwrap_or(Timestamp::MIN);
        let end = first + 366 * DAY_SECONDS + margin;
        let offset = zone.to_offset(begin).seconds();
        let mut now = offset;
        let mut changes = Vec::new();
        for change in zone.following(begin).take_while(|it| it.timestamp().as_second() < end) {
            let next = change.offset().seconds();
            if next != now {
                changes.push((change.timestamp().as_second() - first, next));
                now = next;
            }
        }
        ZoneYear { offset, changes }
    }

    /// When the wall shows a time, both in seconds after the year's first instant in UTC.
    pub fn instant(&self, wall: i64) -> i64 {
        let mut offset = self.offset;
        for (change, next) in &self.changes {
            let at = wall - i64::from(offset);
            let jumped_over = wall - i64::from(*next) < *change;
            if at < *change || jumped_over {
                return at;
            }
            offset = *next;
        }
        wall - i64::from(offset)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 12] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "Pacific/Apia",
        "America/St_Johns",
        "Europe/Dublin",
        "America/Sao_Paulo",
        "Asia/Gaza",
        "Antarctica/Troll",
    ];

    proptest! {
        #[test]
        fn reads_the_wall_as_jiff_does(zone in 0..ZONES.len(), year in 1880i16..2150, minute in -3000i64..530_000) {
            let zone = TimeZone::get(ZONES[zone]).unwrap();
            let wall = Date::constant(year, 1, 1).at(0, 0, 0, 0) + jiff::Span::new().minutes(minute);
            let expected = zone.to_timestamp(wall).unwrap().as_second();
            let first = i64::from(days_before(i32::from(year))) * DAY_SECONDS;
            prop_assert_eq!(ZoneYear::new(&zone, i32::from(year)).instant(minute * 60), expected - first, "{} {}", wall, ZONES[0]);
        }
    }

    #[test]
    fn jumps_over_what_does_not_exist_and_takes_the_first_of_two() {
        for (zone, wall, expected) in [
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"),
            ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00:00Z"),
            ("Europe/Amsterdam", "1937-07-01T00:00", "1937-06-30T23:00:00Z"),
        ] {
            let wall: jiff::civil::DateTime = wall.parse().unwrap();
            let start = Date::new(wall.year(), 1, 1).unwrap().at(0, 0, 0, 0);
            let seconds = wall.duration_since(start).as_secs();
            let zone = TimeZone::get(zone).unwrap();
            let first = i64::from(days_before(i32::from(wall.year()))) * DAY_SECONDS;
            let instant = Timestamp::from_second(first + ZoneYear::new(&zone, i32::from(wall.year())).instant(seconds)).unwrap();
            assert_eq!(instant, zone.to_timestamp(wall).unwrap(), "{wall}");
            if wall.year() > 1970 {
                assert_eq!(instant.to_string(), expected);
            }
        }
    }
}
