//! Waits for recurring tickets: it sleeps until the first is due and is woken by commits, so each is lodged within a second of its time,
//! and after the desk was off at once. Each is a command of its own: one that the desk refuses keeps no other from it.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::rounds::{NEARLY, Rounds, wait_for};
use crate::{
    appliance::{Desk, Work},
    desk::recurring,
    error::{Error, Result},
    id::RecurrenceId,
    limits,
};

/// Runs until `stop` turns true.
pub async fn lodge_recurring(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::of(&desk, Work::Recurring, stop);
    while rounds.begin() {
        let done = lodge_due(&desk).await;
        rounds.end(done).await;
    }
}

/// Lodges what is due; gives how long there will be nothing more.
async fn lodge_due(desk: &Desk) -> Result<Duration> {
    loop {
        if let Some(wait) = wait_for(desk.read(recurring::next_due)?, desk.now()) {
            return Ok(wait);
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
