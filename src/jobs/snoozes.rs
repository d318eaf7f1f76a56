//! Waits for what comes at an instant of its own to one person: tickets that were put aside, reminders, and mails that gather what
//! happened. It sleeps until the first of them and is woken by commits, so each comes within a second, and after the desk was off at once.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::apart::on_each;
use crate::{
    appliance::{Desk, Work},
    desk::{Tx, notices, reminders, snooze},
    error::Result,
    id::TicketId,
    limits,
    time::Instant,
};

/// With nothing due, it still looks this often, in case the clock was set; and then tries again what failed.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// The writer's clock may be a little behind ours.
const NEARLY: Duration = Duration::from_millis(20);

/// Runs until `stop` turns true.
pub async fn wake_snoozed(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    let mut failed = BTreeSet::new();
    let mut forget_failed = tokio::time::interval(LOOK_AGAIN);
    while !*stop.borrow() {
        committed.borrow_and_update();
        let wait = match act_on_due(&desk, &mut failed).await {
            Ok(wait) => {
                desk.pulses.well(Work::Later, desk.now());
                wait
            }
            Err(error) => {
                tracing::error!(%error, "what was to come back could not; it is tried again");
                desk.pulses.ill(Work::Later, desk.now(), &error.to_string());
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

fn next(tx: &Tx, failed: &BTreeSet<TicketId>) -> Result<Option<Instant>> {
    let all = [snooze::next_due_but(tx, failed)?, reminders::next_due(tx)?, notices::next_digest(tx)?];
    Ok(all.into_iter().flatten().min())
}

/// Does what is due; gives how long there will be nothing more.
async fn act_on_due(desk: &Desk, failed: &mut BTreeSet<TicketId>) -> Result<Duration> {
    loop {
        let now = desk.now();
        match desk.read(|tx| next(tx, failed))? {
            Some(next) if next <= now => {}
            Some(next) => return Ok(next.since(now).min(LOOK_AGAIN)),
            None => return Ok(LOOK_AGAIN),
        }
        let due = desk.read(|tx| snooze::due(tx, limits::SNOOZED_AT_ONCE, failed))?;
        let done = on_each(desk, Work::Later, "bring it back", due, snooze::act_on).await?;
        metrics::counter!("lodge_snoozes_failed_total").increment(done.failed.len() as u64);
        let mut count = done.gave.iter().sum::<usize>() + done.failed.len();
        failed.extend(done.failed);
        count += desk.write(None, |tx| reminders::act(tx, limits::SNOOZED_AT_ONCE)).await?;
        count += desk.write(None, |tx| notices::send_digests(tx, limits::SNOOZED_AT_ONCE)).await?;
        let made = desk.read(|tx| notices::made_since(tx, now.minus(NEARLY * 5), limits::SNOOZED_AT_ONCE))?;
        let seq = desk.reader().last_seq();
        made.iter().for_each(|it| desk.live.tell_person(it.person, seq, Some(it.id)));
        if count == 0 {
            return Ok(NEARLY);
        }
    }
}
