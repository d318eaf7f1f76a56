//! The open times of one year in UTC, laid out so that a question about an instant is one binary search. Relative to the year's first
//! instant, because years that begin on the same day of the week under the same changes of the clocks are alike and share one.

use super::{
    Hours,
    day::days_before,
    hours::DAY,
    zone_year::{MARGIN_DAYS, ZoneYear},
};

/// One stretch of open time, in seconds after the year's first instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub from: u32,
    /// Without this second.
    pub to: u32,
    /// Open seconds of the year before it.
    before: u32,
}

/// Stretches in order, none touching the next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Year {
    opens: Box<[Open]>,
    /// Open seconds of the whole year.
    pub total: u32,
}

impl Year {
    pub fn new(hours: &Hours, zone: &ZoneYear, year: i32) -> Year {
        let first = days_before(year);
        let length = i64::from(days_before(year + 1) - first) * i64::from(DAY);
        let mut spans: Vec<(u32, u32)> = Vec::new();
        for day in first - MARGIN_DAYS..days_before(year + 1) + MARGIN_DAYS - 1 {
            let midnight = i64::from(day - first) * i64::from(DAY);
            // A date that the zone left out has no hours: they would fall on the next date.
            if zone.instant(midnight) >= zone.instant(midnight + i64::from(DAY)) {
                continue;
            }
            for shift in hours.of(day) {
                let [from, to] = [shift.starts(), shift.ends()].map(|it| zone.instant(midnight + i64::from(it)).clamp(0, length));
                // A shift that lies wholly in a gap of the clocks ends before it starts.
                if let (Ok(from), Ok(to), true) = (u32::try_from(from), u32::try_from(to), from < to) {
                    spans.push((from, to));
                }
            }
        }
        spans.sort_unstable();
        let mut merged: Vec<Open> = Vec::with_capacity(spans.len());
        let mut total = 0;
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.to => {
                    total += to.saturating_sub(last.to);
                    last.to = last.to.max(to);
                }
                _ => {
                    merged.push(Open { from, to, before: total });
                    total += to - from;
                }
            }
        }
        Year { opens: merged.into_boxed_slice(), total }
    }

    /// Open milliseconds before an instant of the year, given in milliseconds after its first.
    pub fn worked(&self, at: i64) -> i64 {
        let past = self.opens.partition_point(|it| i64::from(it.from) * 1000 < at);
        let Some(last) = past.checked_sub(1).and_then(|it| self.opens.get(it)) else { return 0 };
        i64::from(last.before) * 1000 + (at.min(i64::from(last.to) * 1000) - i64::from(last.from) * 1000)
    }

    /// The first instant, in milliseconds after the year's first, before which that many milliseconds were open. They must be more than
    /// none and at most the year's total.
    pub fn reached(&self, worked: i64) -> i64 {
        let begun = self.opens.partition_point(|it| i64::from(it.before) * 1000 < worked);
        let Some(last) = begun.checked_sub(1).and_then(|it| self.opens.get(it)) else { return 0 };
        (i64::from(last.from) - i64::from(last.before)) * 1000 + worked
    }

    /// How many stretches have ended at an instant, given in milliseconds after the year's first.
    pub fn past(&self, at: i64) -> usize {
        self.opens.partition_point(|it| i64::from(it.to) * 1000 <= at)
    }

    pub fn get(&self, at: usize) -> Option<&Open> {
        self.opens.get(at)
    }
}
