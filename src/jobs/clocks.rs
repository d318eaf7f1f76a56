//! Waits for the next instant of any clock, and then has the desk act. It sleeps until then: nothing looks at clocks in between, however
//! many run. A commit may bring a nearer instant, so each is looked at once; that costs one row.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::apart::on_each;
use crate::{
    appliance::{Desk, Work},
    desk::service_levels::{self, Acted},
    error::Result,
    id::TicketId,
    limits,
};

/// With nothing due, it still looks this often, in case the machine's clock was set; and then tries again what failed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_millis(500);

/// Runs until `stop` turns true.
pub async fn watch_clocks(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    let mut failed = BTreeSet::new();
    let mut forget_failed = tokio::time::interval(LOOK_AGAIN);
    while !*stop.borrow() {
        committed.mark_unchanged();
        let wait = match act_on_due(&desk, &mut failed).await {
            Ok(wait) => {
                desk.pulses.well(Work::Clocks, desk.now());
                wait
            }
            Err(error) => {
                tracing::error!(%error, "targets that are due could not be acted on; it is tried again");
                desk.pulses.ill(Work::Clocks, desk.now(), &error.to_string());
                TRY_AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = committed.changed() => {}
            _ = forget_failed.tick() => failed.clear(),
            _ = stop.changed() => {}
        }
    }
}

/// Acts on everything that is due; gives how long there will be nothing more.
async fn act_on_due(desk: &Desk, failed: &mut BTreeSet<TicketId>) -> Result<Duration> {
    loop {
        let now = desk.now();
        match desk.read(|tx| service_levels::next_due_but(tx, failed))? {
            Some(next) if next <= now => {}
            Some(next) => return Ok(next.since(now).min(LOOK_AGAIN)),
            None => return Ok(LOOK_AGAIN),
        }
        let due = desk.read(|tx| service_levels::due(tx, limits::TARGETS_AT_ONCE, failed))?;
        let done = on_each(desk, Work::Clocks, "act on its targets", due, service_levels::act_on).await?;
        done.gave.into_iter().for_each(tell);
        metrics::counter!("lodge_targets_failed_total").increment(done.failed.len() as u64);
        failed.extend(done.failed);
    }
}

fn tell(acted: Acted) {
    metrics::counter!("lodge_targets_acted_total").increment(acted.steps as u64);
    metrics::counter!("lodge_targets_breached_total").increment(acted.breaches as u64);
    metrics::histogram!("lodge_target_lateness_seconds").record(acted.late_millis as f64 / 1000.0);
    if acted.breaches > 0 {
        tracing::info!(tickets = acted.tickets, breaches = acted.breaches, late_ms = acted.late_millis, "targets were missed");
    }
}
