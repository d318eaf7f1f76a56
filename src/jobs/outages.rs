//! Carries on with the parts of outages that have ended, some at a time. It is woken by commits, and each outage is by itself: one that
//! cannot be carried on keeps no other from it, and one part that cannot be finished is passed over.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::rounds::{LOOK_AGAIN, Rounds};
use crate::{
    appliance::{Desk, Work},
    desk::duplicates::outage,
    error::Result,
    id::OutageId,
    limits,
};

/// Runs until `stop` turns true.
pub async fn carry_on_outages(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::of(&desk, Work::Outages, stop);
    while rounds.begin() {
        let done = carry_on_all(&desk, &rounds).await;
        rounds.end(done).await;
    }
}

/// One after the other until nothing waits, or until nothing of what waits can be carried on.
async fn carry_on_all(desk: &Desk, rounds: &Rounds<'_>) -> Result<Duration> {
    while !rounds.is_over() {
        let waiting = desk.read(outage::waiting)?;
        let mut failed = Vec::new();
        for id in &waiting {
            if let Err(error) = carry_on(desk, *id).await {
                tracing::error!(outage = %id, %error, "an outage that has ended could not be carried on; it is tried again");
                failed.push(error);
            }
        }
        if failed.len() == waiting.len() {
            return failed.pop().map_or(Ok(LOOK_AGAIN), Err);
        }
    }
    Ok(Duration::ZERO)
}

/// The next parts of one outage: together, or one by one if that fails.
async fn carry_on(desk: &Desk, id: OutageId) -> Result<()> {
    match desk.write(None, move |tx| outage::carry_on(tx, id, limits::OUTAGE_AT_ONCE)).await {
        Ok(_) => return Ok(()),
        Err(error) if error.is_unavailable() => return Err(error),
        Err(error) => tracing::warn!(outage = %id, %error, "parts of an outage could not be finished together; it is tried one by one"),
    }
    for _ in 0..limits::OUTAGE_AT_ONCE {
        match desk.write(None, move |tx| outage::carry_on(tx, id, 1)).await {
            Ok(0) => break,
            Ok(_) => {}
            // It is no fault of this part.
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                let part = desk.write(None, move |tx| outage::pass_over(tx, id)).await?;
                let part = part.map(|it| it.to_string());
                metrics::counter!("lodge_outage_parts_failed_total").increment(1);
                tracing::error!(outage = %id, part, %error, "a part of an outage could not be finished; a person has to");
            }
        }
    }
    Ok(())
}
