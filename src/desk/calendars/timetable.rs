//! A calendar made ready for questions: how much working time lies between two instants, when so much of it has passed, when it is
//! open. Not the hours as written (`hours`), and not the rules about clocks.
//!
//! Invariant: `elapsed` counts every open millisecond once, so it adds up over any division of a span, and `due` is its inverse: the
//! first instant at which that much has passed. A due instant that falls on a closing time is that closing time.
//!
//! Years are laid out when they are first asked for and stay; a question is then two or three binary searches, whatever the distance.
//! A plain year shares its layout with all years that are like it, so a century costs a few layouts.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{
    Day, Shift, WeekHours, Year,
    day::days_before,
    zone_year::{MARGIN_DAYS, ZoneYear},
};
use crate::{limits, time::Instant};

/// The years that instants can show.
const FIRST_YEAR: i32 = 1;
const LAST_YEAR: i32 = 9998;

const DAY_MILLIS: i64 = 86_400_000;

/// A span in which a clock does not run: from an instant up to, and without, another.
pub type Pause = (Instant, Instant);

/// The time zone of this name, by the rules that came with the release, not by those of the machine.
pub fn named_zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// A date whose hours are not those of its day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    pub day: Day,
    /// What it is called: `Christmas Eve`.
    pub label: String,
    /// Whether it is a holiday; else its hours were overridden.
    pub is_holiday: bool,
    /// In order; none means closed.
    pub shifts: Vec<Shift>,
}

/// The hours of a timetable: a week, and the dates that differ from it.
#[derive(Debug)]
pub struct Hours {
    week: WeekHours,
    is_never: bool,
    is_always: bool,
    /// By the number of the day.
    special: BTreeMap<i32, SpecialDay>,
}

impl Hours {
    /// Of two special days on one date an override counts before a holiday, else the later in the list.
    pub fn new(week: WeekHours, special: impl IntoIterator<Item = SpecialDay>) -> Hours {
        let mut days: BTreeMap<i32, SpecialDay> = BTreeMap::new();
        for it in special {
            let number = it.day.number();
            if !(it.is_holiday && days.get(&number).is_some_and(|other| !other.is_holiday)) {
                days.insert(number, it);
            }
        }
        Hours { is_never: week.is_never(), is_always: week.is_always(), week, special: days }
    }

    /// The shifts that begin on a day, given as days since 1970.
    pub(super) fn of(&self, day: i32) -> &[Shift] {
        // 1970 began on a Thursday.
        let weekday = u8::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
        self.special.get(&day).map_or_else(|| self.week.at(weekday), |it| it.shifts.as_slice())
    }

    fn is_special(&self, year: i32) -> bool {
        self.special.range(days_before(year) - MARGIN_DAYS..days_before(year + 1) + MARGIN_DAYS).next().is_some()
    }
}

/// What decides the layout of a plain year: its days, the day of the week it begins with, and what the clocks do.
type Likeness = (i32, i32, ZoneYear);

/// The years laid out so far, without a gap between them.
#[derive(Debug, Default)]
struct Years {
    /// The year that `list` begins with.
    first: i32,
    /// Each with the open seconds before it, counted from the first year that was asked for: negative for years before that.
    list: VecDeque<(i64, Arc<Year>)>,
    plain: BTreeMap<Likeness, Arc<Year>>,
}

impl Years {
    fn get(&self, year: i32) -> Option<&(i64, Arc<Year>)> {
        usize::try_from(year - self.first).ok().and_then(|it| self.list.get(it))
    }

    /// The year after the last.
    fn next(&self) -> i32 {
        self.first + i32::try_from(self.list.len()).unwrap_or(LAST_YEAR)
    }

    /// Open seconds up to the end of the last year.
    fn total(&self) -> i64 {
        self.list.back().map_or(0, |(before, year)| before + i64::from(year.total))
    }

    /// Open milliseconds before an instant, counted from the same beginning for all.
    fn worked(&self, at: Instant) -> Option<i64> {
        let number = year_of(at);
        let (before, year) = self.get(number)?;
        Some(before * 1000 + year.worked(at.as_millis() - first_instant(number)))
    }

    /// The first instant with so many open milliseconds before it, if it lies in these years.
    fn reached(&self, worked: i64) -> Option<Instant> {
        let at = self.list.partition_point(|(before, year)| (before + i64::from(year.total)) * 1000 < worked);
        let (before, year) = self.list.get(at)?;
        let number = self.first + i32::try_from(at).ok()?;
        Some(Instant::from_millis(first_instant(number) + year.reached(worked - before * 1000)))
    }

    fn append(&mut self, table: &Timetable, year: i32) {
        if self.list.is_empty() {
            self.first = year;
        }
        let (before, layout) = (self.total(), self.layout(table, year));
        self.list.push_back((before, layout));
    }

    fn prepend(&mut self, table: &Timetable) {
        self.first -= 1;
        let layout = self.layout(table, self.first);
        let after = self.list.front().map_or(0, |it| it.0);
        self.list.push_front((after - i64::from(layout.total), layout));
    }

    fn layout(&mut self, table: &Timetable, year: i32) -> Arc<Year> {
        let zone = ZoneYear::new(&table.zone, year);
        if table.hours.is_special(year) {
            return Arc::new(Year::new(&table.hours, &zone, year));
        }
        let length = days_before(year + 1) - days_before(year);
        let likeness = (length, days_before(year).rem_euclid(7), zone);
        if let Some(it) = self.plain.get(&likeness) {
            return Arc::clone(it);
        }
        let made = Arc::new(Year::new(&table.hours, &likeness.2, year));
        self.plain.insert(likeness, Arc::clone(&made));
        made
    }
}

/// A compiled calendar. Made once for each version of a calendar and shared.
#[derive(Debug)]
pub struct Timetable {
    zone: TimeZone,
    hours: Hours,
    years: RwLock<Years>,
}

impl Timetable {
    pub fn new(zone: TimeZone, hours: Hours) -> Timetable {
        Timetable { zone, hours, years: RwLock::default() }
    }

    /// Around the clock, every day.
    pub fn always() -> Timetable {
        Timetable::new(TimeZone::UTC, Hours::new(WeekHours::always(), []))
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first instant at which so many seconds of working time have passed since `start`; `start` itself for none. `None` if it does
    /// not open that long before the year 9999.
    pub fn due(&self, start: Instant, seconds: u64) -> Option<Instant> {
        self.due_millis(start, i64::try_from(seconds).ok()?.checked_mul(1000)?)
    }

    /// As `due`, to the millisecond.
    pub fn due_millis(&self, start: Instant, millis: i64) -> Option<Instant> {
        if millis <= 0 {
            return Some(start);
        }
        let year = year_of(start);
        let goal = self.with_years(year, year, |it| it.worked(start))?.checked_add(millis)?;
        let found = self.read().reached(goal);
        found.or_else(|| {
            let mut years = self.years.write().unwrap_or_else(PoisonError::into_inner);
            while years.total() * 1000 < goal {
                let next = years.next();
                if next > LAST_YEAR || self.is_over(next) {
                    return None;
                }
                years.append(self, next);
            }
            years.reached(goal)
        })
    }

    /// Working seconds from one instant up to another; none if the second is not later. A begun second counts when it is over.
    pub fn elapsed(&self, from: Instant, to: Instant) -> u64 {
        self.elapsed_millis(from, to) / 1000
    }

    pub fn elapsed_millis(&self, from: Instant, to: Instant) -> u64 {
        if to <= from {
            return 0;
        }
        let worked = self.with_years(year_of(from), year_of(to), |years| Some(years.worked(to)? - years.worked(from)?));
        worked.and_then(|it| u64::try_from(it).ok()).unwrap_or(0)
    }

    pub fn is_open(&self, at: Instant) -> bool {
        self.stretches(at).next().is_some_and(|(from, _)| from <= at)
    }

    /// The first instant of working time at or after `at`. `None` if it never opens again.
    pub fn next_open(&self, at: Instant) -> Option<Instant> {
        self.stretches(at).next().map(|(from, _)| from.max(at))
    }

    /// When the stretch of working time ends that runs at `at` or, if it is closed then, the next one. `None` if it never closes, or never
    /// opens again.
    pub fn next_close(&self, at: Instant) -> Option<Instant> {
        let mut stretches = self.stretches(at);
        let mut end = stretches.next()?.1;
        for (from, to) in stretches {
            if from > end {
                return Some(end);
            }
            if self.hours.is_always && self.is_settled(year_of(from)) {
                return None;
            }
            end = to;
        }
        Some(end)
    }

    /// The stretches of working time in a span, cut to it; the first thousand of them.
    pub fn periods(&self, from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
        let mut periods: Vec<(Instant, Instant)> = Vec::new();
        for (begins, ends) in self.stretches(from).take_while(|it| it.0 < to) {
            let (begins, ends) = (begins.max(from), ends.min(to));
            let is_full = periods.len() == limits::CALENDAR_PERIODS_MAX;
            match periods.last_mut() {
                // Stretches are laid out by years, so one that runs over New Year comes in two parts.
                Some(last) if last.1 == begins => last.1 = ends,
                _ if is_full => break,
                _ => periods.push((begins, ends)),
            }
        }
        periods
    }

    /// The holidays and overridden dates that a span touches, in order.
    pub fn special_days(&self, from: Instant, to: Instant) -> impl Iterator<Item = &SpecialDay> {
        let [first, last] = [from, to].map(|it| self.day_of(it).map_or(0, Day::number));
        self.hours.special.range(first..=last.max(first)).map(|it| it.1)
    }

    /// Whether any shift begins on a date.
    pub fn works_on(&self, day: Day) -> bool {
        !self.hours.of(day.number()).is_empty()
    }

    /// The date that the wall of its zone shows.
    pub fn day_of(&self, at: Instant) -> Option<Day> {
        Day::new(self.zone.to_datetime(at.timestamp()).date())
    }

    /// Stretches of working time that end after an instant, in order, cut where a year of UTC ends.
    fn stretches(&self, at: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        let mut number = year_of(at);
        let mut year = self.year(number);
        let mut next = year.as_ref().map_or(0, |it| it.past(at.as_millis() - first_instant(number)));
        std::iter::from_fn(move || {
            loop {
                if let Some(it) = year.as_ref()?.get(next) {
                    next += 1;
                    let instant = |seconds: u32| Instant::from_millis(first_instant(number) + i64::from(seconds) * 1000);
                    return Some((instant(it.from), instant(it.to)));
                }
                number += 1;
                (year, next) = (if self.is_over(number) { None } else { self.year(number) }, 0);
            }
        })
    }

    /// Whether neither this year nor any later one differs from the week.
    fn is_settled(&self, year: i32) -> bool {
        self.hours.special.last_key_value().is_none_or(|(last, _)| last + MARGIN_DAYS < days_before(year))
    }

    /// Whether it does not open in this year or later.
    fn is_over(&self, year: i32) -> bool {
        year > LAST_YEAR || (self.hours.is_never && self.is_settled(year))
    }

    fn year(&self, number: i32) -> Option<Arc<Year>> {
        self.with_years(number, number, |it| it.get(number).map(|it| Arc::clone(&it.1)))
    }

    fn read(&self) -> RwLockReadGuard<'_, Years> {
        // A panic cannot leave the years half made: each is laid out before it is put into the list.
        self.years.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers from the years that a question needs, which are laid out before.
    fn with_years<T>(&self, from: i32, to: i32, answer: impl Fn(&Years) -> Option<T>) -> Option<T> {
        let years = self.read();
        if years.get(from).is_some() && years.get(to).is_some() {
            return answer(&years);
        }
        drop(years);
        let mut years = self.years.write().unwrap_or_else(PoisonError::into_inner);
        if years.list.is_empty() {
            years.append(self, from);
        }
        while years.next() <= to {
            let next = years.next();
            years.append(self, next);
        }
        while years.first > from {
            years.prepend(self);
        }
        answer(&years)
    }
}

/// The year of an instant in UTC.
fn year_of(at: Instant) -> i32 {
    let day = i32::try_from(at.as_millis().div_euclid(DAY_MILLIS)).unwrap_or(i32::MAX);
    let guess = 1970 + i32::try_from((i64::from(day) * 400).div_euclid(146_097)).unwrap_or(LAST_YEAR);
    let year = if days_before(guess) > day {
        guess - 1
    } else if days_before(guess + 1) <= day {
        guess + 1
    } else {
        guess
    };
    year.clamp(FIRST_YEAR, LAST_YEAR)
}

fn first_instant(year: i32) -> i64 {
    i64::from(days_before(year)) * DAY_MILLIS
}
