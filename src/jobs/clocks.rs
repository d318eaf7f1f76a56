//! Waits for the next instant of any clock, and then has the desk act. It sleeps until then: nothing looks at clocks in between, however
//! many run. A commit may bring a nearer instant, so each is looked at once; that costs one row.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{appliance::Desk, desk::service_levels, error::Result, limits};

/// With nothing due, it still looks this often, in case the machine's clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// Runs until `stop` turns true.
pub async fn watch_clocks(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    while !*stop.borrow() {
        committed.mark_unchanged();
        let wait = match act_on_due(&desk).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "targets that are due could not be acted on; it is tried again");
                TRY_AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = committed.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

/// Acts on everything that is due; gives how long there will be nothing more.
async fn act_on_due(desk: &Desk) -> Result<Duration> {
    loop {
        let now = desk.now();
        match desk.read(service_levels::next_due)? {
            Some(next) if next <= now => {}
            Some(next) => return Ok(next.since(now).min(LOOK_AGAIN)),
            None => return Ok(LOOK_AGAIN),
        }
        let acted = desk.write(None, |tx| service_levels::act(tx, limits::TARGETS_AT_ONCE)).await?;
        metrics::counter!("lodge_targets_acted_total").increment(acted.steps as u64);
        metrics::counter!("lodge_targets_breached_total").increment(acted.breaches as u64);
        metrics::histogram!("lodge_target_lateness_seconds").record(acted.late_millis as f64 / 1000.0);
        if acted.breaches > 0 {
            tracing::info!(tickets = acted.tickets, breaches = acted.breaches, late_ms = acted.late_millis, "targets were missed");
        }
        if acted.tickets == 0 {
            // Somebody else has written meanwhile; what is left is not due.
            return Ok(TRY_AGAIN);
        }
    }
}
