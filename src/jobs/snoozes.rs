//! Waits for what comes at an instant of its own to one person: tickets that were put aside, reminders, and mails that gather what
//! happened. It sleeps until the first of them and is woken by commits, so each comes within a second, and after the desk was off at once.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    apart::on_each,
    rounds::{NEARLY, Rounds, wait_for},
};
use crate::{
    appliance::{Desk, Work},
    desk::{Tx, notices, reminders, snooze},
    error::Result,
    id::TicketId,
    limits,
    time::Instant,
};

/// Runs until `stop` turns true.
pub async fn wake_snoozed(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::of(&desk, Work::Later, stop);
    while rounds.begin() {
        let done = act_on_due(&desk, &mut rounds.failed).await;
        rounds.end(done).await;
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
        if let Some(wait) = wait_for(desk.read(|tx| next(tx, failed))?, now) {
            return Ok(wait);
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
