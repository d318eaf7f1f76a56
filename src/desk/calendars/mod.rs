//! Calendars: when a desk works. The arithmetic of working time stands in `timetable`, the hours that people write in `hours`. What a
//! target is and when a clock runs is not decided here.
//!
//! Invariant: the same calendar gives the same instants on every machine, because the rules of time zones come with the release.

mod day;
mod hours;
mod pauses;
mod timetable;
mod year;
mod zone_year;

pub use day::Day;
pub use hours::{Shift, WEEKDAYS, WeekHours, parse_shifts, shifts_of_day};
pub use timetable::{Hours, Pause, SpecialDay, Timetable, named_zone};

use year::Year;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
