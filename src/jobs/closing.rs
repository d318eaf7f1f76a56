//! Waits for what happens to resolved tickets at an instant of their own: they are closed, or their requesters are told before. It sleeps
//! until the first due instant and is woken by commits.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    apart::on_each,
    rounds::{LOOK_AGAIN, NEARLY, Rounds, wait_for},
};
use crate::{
    appliance::{Desk, Work},
    desk::closing,
    error::Result,
    limits,
};

/// After a failure to look through what was there before.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Runs until `stop` turns true.
pub async fn close_tickets(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    tokio::join!(begin_all(&desk, stop.clone()), close_due(&desk, stop));
}

/// Until no ticket is left whose silence has not begun. One that fails keeps none from being closed.
async fn begin_all(desk: &Desk, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match begin(desk, &stop).await {
            Ok(true) => return,
            Ok(false) => LOOK_AGAIN,
            Err(error) => {
                tracing::error!(%error, "resolved tickets could not be looked through; it is tried again");
                TRY_AGAIN
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn close_due(desk: &Desk, stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::of(desk, Work::Closing, stop);
    while rounds.begin() {
        let done = act_on_due(desk, &mut rounds).await;
        rounds.end(done).await;
    }
}

/// Looks through the tickets of a desk that was made before any were closed by themselves, some at a time, so that others write between.
/// Gives whether none failed and none is left.
async fn begin(desk: &Desk, stop: &watch::Receiver<bool>) -> Result<bool> {
    let (mut after, mut failed) = (None, 0);
    while !*stop.borrow() {
        let ids = desk.read(|tx| closing::unbegun(tx, after, limits::CLOSING_AT_ONCE))?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        failed += on_each(desk, Work::Closing, "let its silence begin", ids, closing::begin).await?.failed.len();
    }
    // What was cut short begins again at the next start.
    if failed > 0 || *stop.borrow() {
        return Ok(false);
    }
    if after.is_some() {
        desk.write(None, closing::begun).await?;
    }
    Ok(true)
}

/// Does what is due; gives how long there will be nothing more.
async fn act_on_due(desk: &Desk, rounds: &mut Rounds<'_>) -> Result<Duration> {
    while !rounds.is_over() {
        let failed = &rounds.failed;
        if let Some(wait) = wait_for(desk.read(|tx| closing::next_due_but(tx, failed))?, desk.now()) {
            return Ok(wait);
        }
        let due = desk.read(|tx| closing::due(tx, limits::CLOSING_AT_ONCE, failed))?;
        let done = on_each(desk, Work::Closing, "close it, or tell of it", due, closing::act_on).await?;
        metrics::counter!("lodge_closing_failed_total").increment(done.failed.len() as u64);
        let nothing = done.failed.is_empty() && done.gave.iter().sum::<usize>() == 0;
        rounds.failed.extend(done.failed);
        if nothing {
            return Ok(NEARLY);
        }
    }
    Ok(Duration::ZERO)
}
