//! What follows the log: parts that read events in order and keep a cursor (D7). Derivers (the index) can be deleted and are made
//! anew; doers (the notifier) never rewind, so that nothing is sent twice. A follower decides nothing: it issues commands.
//!
//! Each wakes by a signal after a commit, and for nothing else.

pub mod alike;
pub mod catch_up;
pub mod indexer;
pub mod live;
pub mod notifier;
mod others;
pub mod presence;
pub mod search;

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Wakes one waiting thread. A signal that comes while nobody waits is kept.
#[derive(Default)]
pub struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default, Clone, Copy)]
struct State {
    set: bool,
    closed: bool,
}

impl Signal {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self) {
        self.lock().set = true;
        self.changed.notify_all();
    }

    /// Nobody will signal any more.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Waits for a signal or until the time is over; false once closed.
    pub fn wait(&self, at_most: Duration) -> bool {
        let (mut state, _) =
            self.changed.wait_timeout_while(self.lock(), at_most, |it| !it.set && !it.closed).unwrap_or_else(PoisonError::into_inner);
        state.set = false;
        !state.closed
    }
}
