//! Batches that were committed and wait to be sent to the place of the snapshots. A store tells its tap of every batch; whoever ships them
//! takes them from there (`jobs/ship_journal`). Bounded: where nobody takes them in time, what waits is forgotten, and only a snapshot
//! makes the journal whole again. A desk that rests is closed and opened again by the same process, which alone owns its files: its journal
//! goes on over that.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use uuid::Uuid;

use super::lease::Gate;
use crate::{
    error::Result,
    id::DeskId,
    limits,
    store::{Applied, Event, Hooks, Mark, StoreError, Tx},
    time::Instant,
};

/// What one store has committed and nobody has sent; and whether it may commit, which all stores of an appliance may or none.
#[derive(Debug, Clone, Default)]
pub struct Tap {
    waiting: Option<Arc<Mutex<Waiting>>>,
    gate: Gate,
}

#[derive(Debug, Default)]
struct Waiting {
    batches: VecDeque<Applied>,
    bytes: usize,
    /// Since when the oldest waits of those that were taken and are on their way.
    taken: Option<Instant>,
    /// The state of the store, as far as it is known for sure.
    last: Option<Mark>,
}

impl Tap {
    /// One that keeps what it is told; the default forgets it.
    pub fn open() -> Tap {
        Tap { waiting: Some(Arc::default()), gate: Gate::default() }
    }

    /// One for another store of the same appliance, that keeps what it is told if this one does.
    pub(super) fn fresh(&self) -> Tap {
        Tap { waiting: self.waiting.as_ref().map(|_| Arc::default()), gate: self.gate.clone() }
    }

    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    fn lock(&self) -> Option<MutexGuard<'_, Waiting>> {
        Some(self.waiting.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn note(&self, applied: Applied) {
        let Some(mut waiting) = self.lock() else { return };
        waiting.last = Some(applied.mark);
        waiting.bytes += size(&applied);
        waiting.batches.push_back(applied);
        if waiting.bytes > limits::JOURNAL_WAITING_BYTES_MAX {
            (waiting.batches, waiting.bytes) = (VecDeque::new(), 0);
            metrics::counter!("lodge_journal_lost_total").increment(1);
        }
    }

    /// Takes what waits, the oldest first. It still counts as waiting until it is said to have arrived.
    pub fn take(&self) -> Vec<Applied> {
        let Some(mut waiting) = self.lock() else { return Vec::new() };
        waiting.bytes = 0;
        waiting.taken = waiting.batches.front().map(|it| it.at);
        std::mem::take(&mut waiting.batches).into()
    }

    /// The state in which the store was left, for whoever opens it again.
    pub fn last(&self) -> Option<Mark> {
        self.lock()?.last
    }

    /// The store is in this state; none: it was opened anew after a failure, and nobody knows.
    pub fn stands_at(&self, mark: Option<Mark>) {
        if let Some(mut waiting) = self.lock() {
            waiting.last = mark;
        }
    }

    /// Everything that was taken is safe.
    pub fn arrived(&self) {
        if let Some(mut waiting) = self.lock() {
            waiting.taken = None;
        }
    }

    /// What could not be sent waits again, before what came since.
    pub fn give_back(&self, batches: Vec<Applied>) {
        let Some(mut waiting) = self.lock() else { return };
        waiting.taken = None;
        waiting.bytes += batches.iter().map(size).sum::<usize>();
        for it in batches.into_iter().rev() {
            waiting.batches.push_front(it);
        }
    }

    /// Since when the oldest waits.
    pub fn since(&self) -> Option<Instant> {
        let waiting = self.lock()?;
        waiting.taken.or_else(|| waiting.batches.front().map(|it| it.at))
    }
}

fn size(applied: &Applied) -> usize {
    applied.batch.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum()
}

/// For stores that nobody watches otherwise.
pub struct Tapped(pub Tap);

impl Hooks for Tapped {
    fn committed(&mut self, _: &Tx, _: &[Event]) {}

    fn opened(&mut self, _: &Tx) -> Result<()> {
        Ok(())
    }

    fn applied(&mut self, applied: Applied) {
        self.0.note(applied);
    }

    fn may_write(&self) -> Result<(), StoreError> {
        self.0.gate().may_write()
    }
}

/// Which sessions of stores a snapshot holds a state of, so that the journal of each goes on from there; by desk, and none for the store
/// above them.
#[derive(Debug, Default)]
pub struct Covered {
    sessions: Mutex<BTreeMap<Option<DeskId>, Uuid>>,
    wanted: AtomicBool,
}

impl Covered {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Option<DeskId>, Uuid>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A snapshot holds a state of these sessions.
    pub fn now(&self, sessions: impl IntoIterator<Item = (Option<DeskId>, Uuid)>) {
        self.lock().extend(sessions);
        self.wanted.store(false, Ordering::Release);
    }

    /// Whether the journal of a session leads anywhere.
    pub fn has(&self, desk: Option<DeskId>, session: Uuid) -> bool {
        self.lock().get(&desk) == Some(&session)
    }

    /// The journal of a store is torn, or its session is new: only a snapshot makes it lead on.
    pub fn want(&self, desk: Option<DeskId>) {
        self.lock().remove(&desk);
        self.wanted.store(true, Ordering::Release);
    }

    pub fn is_snapshot_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }
}
