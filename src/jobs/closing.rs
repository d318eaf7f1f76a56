//! Waits for what happens to resolved tickets at an instant of their own: they are closed, or their requesters are told before. It sleeps
//! until the first due instant and is woken by commits.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::apart::on_each;
use crate::{
    appliance::{Desk, Work},
    desk::closing,
    error::Result,
    id::TicketId,
    limits,
};

/// With nothing due, it still looks this often, in case the clock was set; and then tries again the tickets that failed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
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

async fn close_due(desk: &Desk, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    let mut failed = BTreeSet::new();
    let mut forget_failed = tokio::time::interval(LOOK_AGAIN);
    while !*stop.borrow() {
        committed.borrow_and_update();
        let wait = match act_on_due(desk, &mut failed, &stop).await {
            Ok(wait) => {
                desk.pulses.well(Work::Closing, desk.now());
                wait
            }
            Err(error) => {
                tracing::error!(%error, "tickets that are due could not be closed; it is tried again");
                desk.pulses.ill(Work::Closing, desk.now(), &error.to_string());
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
async fn act_on_due(desk: &Desk, failed: &mut BTreeSet<TicketId>, stop: &watch::Receiver<bool>) -> Result<Duration> {
    while !*stop.borrow() {
        let now = desk.now();
        match desk.read(|tx| closing::next_due_but(tx, failed))? {
            Some(next) if next <= now => {}
            Some(next) => return Ok(next.since(now).min(LOOK_AGAIN)),
            None => return Ok(LOOK_AGAIN),
        }
        let due = desk.read(|tx| closing::due(tx, limits::CLOSING_AT_ONCE, failed))?;
        let done = on_each(desk, Work::Closing, "close it, or tell of it", due, closing::act_on).await?;
        metrics::counter!("lodge_closing_failed_total").increment(done.failed.len() as u64);
        let nothing = done.failed.is_empty() && done.gave.iter().sum::<usize>() == 0;
        failed.extend(done.failed);
        if nothing {
            // The writer's clock may be a little behind ours.
            return Ok(Duration::from_millis(20));
        }
    }
    Ok(Duration::ZERO)
}
