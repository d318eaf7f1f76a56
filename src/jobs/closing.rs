//! Waits for what happens to tickets at an instant of their own: resolved ones that are closed, or whose requesters are told before;
//! and carries on with the parts of outages that have ended. It sleeps until the first due instant and is woken by commits.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::Desk,
    desk::{closing, duplicates::outage},
    error::Result,
    limits,
};

/// With nothing due, it still looks this often, in case the clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Runs until `stop` turns true.
pub async fn close_tickets(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    if let Err(error) = desk.write(None, closing::begin).await {
        tracing::error!(%error, "resolved tickets could not be looked through; it is tried again at the next start");
    }
    while !*stop.borrow() {
        committed.borrow_and_update();
        let wait = match act(&desk).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "tickets that are due could not be closed; it is tried again");
                Duration::from_secs(1)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = committed.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

/// Does what is due; gives how long there will be nothing more.
async fn act(desk: &Desk) -> Result<Duration> {
    if desk.read(outage::is_waiting)? {
        desk.write(None, |tx| outage::carry_on(tx, limits::OUTAGE_AT_ONCE)).await?;
        return Ok(Duration::ZERO);
    }
    let Some(due) = desk.read(closing::next_due)? else { return Ok(LOOK_AGAIN) };
    let now = desk.now();
    if due > now {
        return Ok(due.since(now).min(LOOK_AGAIN));
    }
    let count = desk.write(None, |tx| closing::act(tx, limits::CLOSING_AT_ONCE)).await?;
    // The writer's clock may be a little behind ours.
    Ok(if count == 0 { Duration::from_millis(20) } else { Duration::ZERO })
}
