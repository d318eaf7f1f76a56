//! Working time around pauses: spans in which a clock does not run, whatever the calendar says. What pauses a clock is not decided here.
//!
//! Pauses may come in any order, overlap, or touch: what counts is the time that they cover. So cutting one in two changes nothing.

use super::{Pause, Timetable};
use crate::time::Instant;

impl Timetable {
    /// As `due`, with the pauses left out. At the beginning of a pause the answer is that beginning.
    pub fn due_with_pauses(&self, start: Instant, seconds: u64, pauses: &[Pause]) -> Option<Instant> {
        let mut rest = seconds.checked_mul(1000)?;
        let mut at = start;
        if rest == 0 {
            return Some(start);
        }
        for (from, to) in in_order(pauses) {
            if to <= at {
                continue;
            }
            let worked = self.elapsed_millis(at, from);
            if worked >= rest {
                break;
            }
            rest -= worked;
            at = to;
        }
        self.due_millis(at, i64::try_from(rest).ok()?)
    }

    /// As `elapsed`, with the pauses left out.
    pub fn elapsed_with_pauses(&self, from: Instant, to: Instant, pauses: &[Pause]) -> u64 {
        self.elapsed_millis_with_pauses(from, to, pauses) / 1000
    }

    pub fn elapsed_millis_with_pauses(&self, from: Instant, to: Instant, pauses: &[Pause]) -> u64 {
        let mut worked = 0;
        let mut at = from;
        for (begins, ends) in in_order(pauses) {
            if begins >= to {
                break;
            }
            if ends > at {
                worked += self.elapsed_millis(at, begins);
                at = ends;
            }
        }
        worked + self.elapsed_millis(at, to)
    }

    /// As `next_open`: the first instant of working time at or after `at` that no pause covers.
    pub fn next_open_with_pauses(&self, at: Instant, pauses: &[Pause]) -> Option<Instant> {
        let mut open = self.next_open(at)?;
        for (from, to) in in_order(pauses) {
            if from > open {
                break;
            }
            if to > open {
                open = self.next_open(to)?;
            }
        }
        Some(open)
    }
}

/// Sorted by their beginnings, without the empty ones.
fn in_order(pauses: &[Pause]) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = pauses.iter().copied().filter(|it| it.0 < it.1).collect();
    pauses.sort_unstable();
    pauses
}
