//! Who needs which bytes at this moment. Bytes lie in the store before the command that refers to them, and for that while nothing in
//! the desk says that they are needed. Whoever stores bytes holds them for some hours, far longer than any request lasts; the collector
//! condemns what nobody holds, and whoever stores the same bytes meanwhile waits until they are gone and then writes them anew. A crash
//! forgets all holds, and with them every command that could have needed one.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::id::BlobHash;

/// Longer than a request may last (an hour at most), and than any command waits.
const HOLD: Duration = Duration::from_secs(6 * 3600);
/// So many holds more, and those that are over are forgotten.
const FORGET_EVERY: usize = 4096;

#[derive(Debug, Default)]
pub struct Holds {
    state: Mutex<State>,
    released: Notify,
}

#[derive(Debug, Default)]
struct State {
    held: BTreeMap<BlobHash, Instant>,
    condemned: BTreeSet<BlobHash>,
    forget_at: usize,
}

/// Bytes that are about to be removed. Nobody stores them until this is dropped.
#[derive(Debug)]
pub struct Condemned {
    pub hash: BlobHash,
    holds: Arc<Holds>,
}

impl Holds {
    /// Holds these bytes from now on; waits if they are just being removed.
    pub async fn hold(&self, hash: BlobHash) {
        loop {
            let released = self.released.notified();
            tokio::pin!(released);
            // Whoever lets go between the look and the wait is heard.
            released.as_mut().enable();
            if self.try_hold(hash) {
                return;
            }
            released.await;
        }
    }

    fn try_hold(&self, hash: BlobHash) -> bool {
        let now = Instant::now();
        let mut state = self.lock();
        if state.condemned.contains(&hash) {
            return false;
        }
        state.held.insert(hash, now);
        if state.held.len() >= state.forget_at {
            state.held.retain(|_, since| now.duration_since(*since) < HOLD);
            state.forget_at = state.held.len() + FORGET_EVERY;
        }
        true
    }

    /// Condemns these bytes, unless somebody holds them or they are condemned already.
    pub fn condemn(self: &Arc<Self>, hash: BlobHash) -> Option<Condemned> {
        let mut state = self.lock();
        let is_held = state.held.get(&hash).is_some_and(|since| since.elapsed() < HOLD);
        if is_held || !state.condemned.insert(hash) {
            return None;
        }
        Some(Condemned { hash, holds: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Condemned {
    fn drop(&mut self) {
        self.holds.lock().condemned.remove(&self.hash);
        self.holds.released.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_held_is_not_condemned_and_what_is_condemned_is_waited_for() {
        let (holds, hash, other) = (Arc::new(Holds::default()), BlobHash([1; 32]), BlobHash([2; 32]));
        holds.hold(hash).await;
        assert!(holds.condemn(hash).is_none());
        let condemned = holds.condemn(other).unwrap();
        assert!(holds.condemn(other).is_none(), "one collector at a time");
        let waiting = tokio::spawn({
            let holds = holds.clone();
            async move { holds.hold(other).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(condemned);
        waiting.await.unwrap();
        assert!(holds.condemn(other).is_none(), "it is held now");
    }
}
