//! Looks every few seconds whether this appliance may still write (D23). Apart from whatever sends files to the place: a look has to come in
//! time, and what is sent may take long.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{Appliance, lease::Look},
    blobs::Objects,
    config::Snapshots,
    error::{Fault, Result},
    limits,
    snapshot::Vault,
};

const EVERY: Duration = Duration::from_secs(limits::JOURNAL_SECS);
/// A look that takes longer is given up, and the next one is begun.
const WITHIN: Duration = Duration::from_secs(8);

/// Looks until `stop` turns true, or until another appliance took over.
pub async fn hold_lease(appliance: Arc<Appliance>, settings: Snapshots, mut stop: watch::Receiver<bool>) {
    let mut vault = None;
    let mut beat = tokio::time::interval(EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            _ = stop.wait_for(|it| *it) => return,
        }
        if appliance.is_held() {
            continue;
        }
        let looked = match tokio::time::timeout(WITHIN, look(&appliance, &settings, &mut vault)).await {
            Ok(it) => it,
            Err(_) => Err(Fault::new(format!("the place of the snapshots did not answer within {} s", WITHIN.as_secs())).into()),
        };
        match looked {
            Ok(Look::Ours) => {}
            Ok(Look::Lost { epoch, holder }) => {
                tracing::error!(epoch, holder, "another appliance took over: nothing is written here any more");
                if let Err(error) = appliance.lose_lease(epoch, &holder) {
                    tracing::error!(%error, "that another appliance took over could not be written down");
                }
                return;
            }
            Err(error) => {
                tracing::error!(%error, "it could not be seen whether another appliance took over; it is tried again");
                metrics::counter!("lodge_journal_failures_total").increment(1);
            }
        }
    }
}

async fn look(appliance: &Appliance, settings: &Snapshots, vault: &mut Option<Vault>) -> Result<Look> {
    let vault = match vault {
        Some(it) => it,
        None => {
            let objects = Objects::at(&settings.place, "snapshots.to")?;
            vault.insert(Vault::open_or_make(objects, &settings.key).await?)
        }
    };
    appliance.look_at_lease(vault).await
}
