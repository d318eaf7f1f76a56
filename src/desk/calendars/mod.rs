//! Calendars: when a desk works. The arithmetic of working time stands in `timetable`, the hours that people write in `hours`. What a
//! target is and when a clock runs is not decided here.
//!
//! Invariant: the same calendar gives the same instants on every machine, because the rules of time zones come with the release.

pub mod calendar;
mod day;
pub mod feed;
mod holidays;
mod hours;
mod ics;
mod in_force;
mod pauses;
mod plan;
pub mod region;
pub mod region_texts;
mod sets;
mod timetable;
mod year;
mod zone_year;

pub use calendar::{
    Calendar, CalendarChange, calendar_named, calendars, change_calendar, check_usable, create_calendar, retire_calendar, timetable,
    usable, users, version,
};
pub use day::Day;
pub use feed::{FETCH_HOLIDAYS, Feed, FeedState, Fetched, enqueue_due_feeds, enqueue_feed, feed_state, take_in};
pub use holidays::{Place, countries, holiday_place, holiday_years, public_holidays, regions_of};
pub use hours::{Shift, WEEKDAYS, WeekHours, parse_shifts, shifts_of_day};
pub use in_force::{InForce, Origin, in_force, round_the_clock};
pub use plan::{Holiday, HolidaySource, Override, Plan};
pub use region::{Region, RegionChange, change_region, create_region, delete_region, find_or_create_region, region_named, regions};
pub use sets::{add_holidays, drop_holidays};
pub use timetable::{Hours, Pause, SpecialDay, Timetable, named_zone};

use year::Year;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
