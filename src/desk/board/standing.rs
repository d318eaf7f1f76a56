//! Counts that stand: on a large board, what was counted once is not looked for again. Each change of a ticket brings them up to date, so
//! they are exact at every commit; and a page with a dozen counters costs the same however much work is open.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Board, Summary};
use crate::desk::query::{Cond, Test};

/// Below this a look at all tickets costs next to nothing. One in tests, so that counts stand there.
const LARGE_FROM: usize = if cfg!(test) { 1 } else { 5_000 };
/// Counts that stand at once; of more, the one goes that was not asked for longest. Each costs every change of a ticket some nanoseconds.
const KEPT_MAX: usize = if cfg!(test) { 6 } else { 256 };

#[derive(Debug, Default)]
pub(super) struct Standing(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    counts: Vec<Count>,
    /// Grows with each question.
    now: u64,
}

#[derive(Debug)]
struct Count {
    cond: Cond,
    count: usize,
    asked: u64,
}

impl Standing {
    fn known(&self, cond: &Cond) -> Option<usize> {
        self.kept().known(cond)
    }

    fn keep(&self, cond: &Cond, count: usize) {
        self.kept().keep(cond, count);
    }

    /// A count is changed in one step, so a panic leaves nothing half done.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn known(&mut self, cond: &Cond) -> Option<usize> {
        self.now += 1;
        let it = self.counts.iter_mut().find(|it| it.cond == *cond)?;
        it.asked = self.now;
        Some(it.count)
    }

    fn keep(&mut self, cond: &Cond, count: usize) {
        if self.known(cond).is_some() {
            return;
        }
        if self.counts.len() >= KEPT_MAX
            && let Some(oldest) = (0..self.counts.len()).min_by_key(|at| self.counts[*at].asked)
        {
            self.counts.swap_remove(oldest);
        }
        self.counts.push(Count { cond: cond.clone(), count, asked: self.now });
    }
}

impl Board {
    /// How many tickets meet a condition which the board `answers`.
    pub fn count(&self, cond: &Cond) -> usize {
        // What asks for instants asks for others the next time.
        if self.tickets.len() < LARGE_FROM || names_times(cond) {
            return self.met(cond).count();
        }
        if let Some(known) = self.standing.known(cond) {
            return known;
        }
        let among = self.groups.candidates(cond);
        // The work of one person is counted quickly; what stands is for what would need a look at much.
        let is_quick = among.as_ref().is_some_and(|it| it.len() < LARGE_FROM);
        // Others count meanwhile. Nobody changes the board while it is read, so this is as true as what stands.
        let count = self.met_among(among, cond).count();
        if !is_quick {
            self.standing.keep(cond, count);
        }
        count
    }

    /// A ticket comes to the board, or goes.
    pub(super) fn recount(&mut self, summary: &Summary, comes: bool) {
        let mut kept = std::mem::take(self.standing.0.get_mut().unwrap_or_else(PoisonError::into_inner));
        for it in &mut kept.counts {
            if self.meets(summary, &it.cond) {
                it.count = if comes { it.count + 1 } else { it.count.saturating_sub(1) };
            }
        }
        *self.standing.0.get_mut().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

fn names_times(cond: &Cond) -> bool {
    match cond {
        Cond::And(conds) | Cond::Or(conds) => conds.iter().any(names_times),
        Cond::Not(cond) => names_times(cond),
        Cond::Test(test) => matches!(test, Test::Time(..)),
        Cond::Text(_) => false,
    }
}
