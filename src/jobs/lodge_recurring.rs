//! Waits for recurring tickets: it sleeps until the first is due and is woken by commits, so each is lodged within a second of its time,
//! and after the desk was off at once. Each is a command of its own: one that the desk refuses keeps no other from it.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{Desk, Work},
    desk::recurring,
    error::{Error, Result},
    id::RecurrenceId,
    limits,
};

/// With nothing due, it still looks this often, in case the clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// The writer's clock may be a little behind ours.
const NEARLY: Duration = Duration::from_millis(20);

/// Runs until `stop` turns true.
pub async fn lodge_recurring(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    while !*stop.borrow() {
        committed.borrow_and_update();
        let wait = match lodge_due(&desk).await {
            Ok(wait) => {
                desk.pulses.well(Work::Recurring, desk.now());
                wait
            }
            Err(error) => {
                tracing::error!(%error, "recurring tickets could not be lodged; it is tried again");
                desk.pulses.ill(Work::Recurring, desk.now(), &error.to_string());
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

/// Lodges what is due; gives how long there will be nothing more.
async fn lodge_due(desk: &Desk) -> Result<Duration> {
    loop {
        let now = desk.now();
        match desk.read(recurring::next_due)? {
            Some(next) if next <= now => {}
            Some(next) => return Ok(next.since(now).min(LOOK_AGAIN)),
            None => return Ok(LOOK_AGAIN),
        }
        let due = desk.read(|tx| recurring::due(tx, limits::RECURRING_AT_ONCE))?;
        if due.is_empty() {
            return Ok(NEARLY);
        }
        for id in due {
            lodge(desk, id).await?;
        }
    }
}

async fn lodge(desk: &Desk, id: RecurrenceId) -> Result<()> {
    match desk.write(None, move |tx| recurring::act(tx, id)).await {
        Ok(_) => Ok(()),
        // It is no fault of this one.
        Err(error) if error.is_unavailable() => Err(error),
        Err(error) => {
            tracing::warn!(recurring_ticket = %id, %error, "a recurring ticket could not be lodged; it is passed over");
            metrics::counter!("lodge_recurring_tickets_failed_total").increment(1);
            let why = match error {
                Error::Refused(it) => it.detail.to_string(),
                Error::Broken(_) => "It cannot be read or written.".to_owned(),
            };
            desk.write(None, move |tx| recurring::pass_over(tx, id, &why)).await
        }
    }
}
