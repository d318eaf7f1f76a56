//! Carries on with the parts of outages that have ended, some at a time. It is woken by commits, and each outage is by itself: one that
//! cannot be carried on keeps no other from it, and one part that cannot be finished is passed over.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{Desk, Work},
    desk::duplicates::outage,
    error::Result,
    id::OutageId,
    limits,
};

/// With nothing to do, it still looks this often.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// After a failure.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Runs until `stop` turns true.
pub async fn carry_on_outages(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    while !*stop.borrow() {
        committed.borrow_and_update();
        let wait = match carry_on_all(&desk, &stop).await {
            Ok(true) => {
                desk.pulses.well(Work::Outages, desk.now());
                LOOK_AGAIN
            }
            Ok(false) => TRY_AGAIN,
            Err(error) => {
                tracing::error!(%error, "outages that have ended could not be found; it is tried again");
                desk.pulses.ill(Work::Outages, desk.now(), &error.to_string());
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

/// One round after the other until nothing waits. Gives whether that is so; what has failed waits still.
async fn carry_on_all(desk: &Desk, stop: &watch::Receiver<bool>) -> Result<bool> {
    while !*stop.borrow() {
        let waiting = desk.read(outage::waiting)?;
        if waiting.is_empty() {
            return Ok(true);
        }
        let mut failed = 0;
        for id in &waiting {
            if let Err(error) = carry_on(desk, *id).await {
                tracing::error!(outage = %id, %error, "an outage that has ended could not be carried on; it is tried again");
                desk.pulses.ill(Work::Outages, desk.now(), &error.to_string());
                failed += 1;
            }
        }
        if failed == waiting.len() {
            return Ok(false);
        }
    }
    Ok(true)
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
