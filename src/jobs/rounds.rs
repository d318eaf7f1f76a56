//! The waiting of a work that has something to do at instants: it sleeps until the first of them, is woken by commits, which may bring a
//! nearer one, and tells on the page of background work how it goes. What it does in a round is its own.

use std::{collections::BTreeSet, time::Duration};

use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval_at},
};

use crate::{
    appliance::{Desk, Work},
    error::Result,
    id::TicketId,
    time::Instant,
};

/// With nothing due, a work still looks this often, in case the machine's clock was set; and then tries again what failed.
pub const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// The writer's clock may be a little behind ours: what is due and yet cannot be done is so a moment later.
pub const NEARLY: Duration = Duration::from_millis(20);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// One round after the other, until the desk stops.
pub struct Rounds<'a> {
    desk: &'a Desk,
    work: Work,
    committed: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    /// Tickets that failed lately. A round leaves them out, so that they keep nothing else from its turn.
    pub failed: BTreeSet<TicketId>,
    forget: Interval,
}

impl Rounds<'_> {
    pub fn of(desk: &Desk, work: Work, stop: watch::Receiver<bool>) -> Rounds<'_> {
        let mut forget = interval_at(tokio::time::Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
        forget.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Rounds { desk, work, committed: desk.committed(), stop, failed: BTreeSet::new(), forget }
    }

    /// Whether the desk is to stop: a round that is long asks on the way.
    pub fn is_over(&self) -> bool {
        *self.stop.borrow()
    }

    /// Begins a round, but not after the end. Whatever is committed from here on leads to another one.
    pub fn begin(&mut self) -> bool {
        self.committed.mark_unchanged();
        !self.is_over()
    }

    /// Ends a round: tells how it went, and waits as long as it said that there is nothing to do.
    pub async fn end(&mut self, outcome: Result<Duration>) {
        let Rounds { desk, work, committed, stop, failed, forget } = self;
        let wait = match outcome {
            Ok(wait) => {
                // While something is left out, not all is well.
                if failed.is_empty() {
                    desk.pulses.well(*work, desk.now());
                }
                wait
            }
            Err(error) => {
                tracing::error!(work = work.name(), %error, "a background work failed; it is tried again");
                desk.pulses.ill(*work, desk.now(), &error.to_string());
                // Commits would only make it fail more often.
                tokio::select! {
                    () = tokio::time::sleep(TRY_AGAIN) => {}
                    _ = stop.changed() => {}
                }
                return;
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = committed.changed() => {}
            _ = forget.tick() => failed.clear(),
            _ = stop.changed() => {}
        }
    }
}

/// How long there is nothing to do before the first instant; none if it has come.
pub fn wait_for(next: Option<Instant>, now: Instant) -> Option<Duration> {
    match next {
        Some(next) if next <= now => None,
        Some(next) => Some(next.since(now).min(LOOK_AGAIN)),
        None => Some(LOOK_AGAIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_until_the_first_instant_and_never_longer_than_a_look() {
        let now = Instant::from_millis(1_000_000);
        for (next, expected) in [
            (None, Some(LOOK_AGAIN)),
            (Some(now), None),
            (Some(now.minus(NEARLY)), None),
            (Some(now.plus(NEARLY)), Some(NEARLY)),
            (Some(now.plus(LOOK_AGAIN * 9)), Some(LOOK_AGAIN)),
        ] {
            assert_eq!(wait_for(next, now), expected);
        }
    }
}
