//! Waits for the next instant of any clock, and then has the desk act. It sleeps until then: nothing looks at clocks in between, however
//! many run. A commit may bring a nearer instant, so each is looked at once; that costs one row.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    apart::on_each,
    rounds::{Rounds, wait_for},
};
use crate::{
    appliance::{Desk, Work},
    desk::service_levels::{self, Acted},
    error::Result,
    id::TicketId,
    limits,
};

/// Runs until `stop` turns true.
pub async fn watch_clocks(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::of(&desk, Work::Clocks, stop);
    while rounds.begin() {
        let done = act_on_due(&desk, &mut rounds.failed).await;
        rounds.end(done).await;
    }
}

/// Acts on everything that is due; gives how long there will be nothing more.
async fn act_on_due(desk: &Desk, failed: &mut BTreeSet<TicketId>) -> Result<Duration> {
    loop {
        let now = desk.now();
        if let Some(wait) = wait_for(desk.read(|tx| service_levels::next_due_but(tx, failed))?, now) {
            return Ok(wait);
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
