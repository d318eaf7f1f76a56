//! Everything periodic, in one list. Each entry is safe to miss and safe to repeat.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{Desk, intake},
    desk::{idempotency, identity},
    error::Result,
};

/// Rows that one sweep removes; the next sweep goes on.
const SWEEP_MAX: usize = 10_000;

/// Runs the list until `stop` turns true: at once, then every few minutes.
pub async fn recur(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut beat = tokio::time::interval(Duration::from_secs(300));
    while !*stop.borrow() {
        tokio::select! {
            _ = beat.tick() => {}
            _ = stop.changed() => return,
        }
        for (what, outcome) in [
            ("mails that were not decided", intake::take_up(&desk).await),
            ("old idempotency keys", sweep(&desk, idempotency::sweep).await),
            ("links that are too old", sweep(&desk, identity::link::sweep).await),
            ("ended sessions", sweep(&desk, identity::sweep_sessions).await),
        ] {
            match outcome {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "tidied up: {what}"),
                Err(error) => tracing::error!(%error, "could not tidy up {what}; it is tried again"),
            }
        }
    }
}

async fn sweep(desk: &Desk, run: fn(&mut crate::store::Tx, usize) -> Result<usize>) -> Result<usize> {
    desk.write(None, move |tx| run(tx, SWEEP_MAX)).await
}
