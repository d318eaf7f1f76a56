//! Compares tickets with those of the last hours as they arrive, by whatever way, and keeps what was found. Woken by commits.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    appliance::Desk,
    desk::duplicates,
    error::Result,
    follow::alike::{self, Look},
};

/// Runs until `stop` turns true.
pub async fn find_alike(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    let mut looked = 0;
    while !*stop.borrow() {
        committed.borrow_and_update();
        if let Err(error) = take_in(&desk, &mut looked).await {
            tracing::error!(%error, "tickets could not be compared with those before them; it is tried again with the next");
        }
        tokio::select! {
            _ = committed.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

async fn take_in(desk: &Desk, looked: &mut u64) -> Result<()> {
    loop {
        let arrived = match desk.read(|tx| alike::look(tx, *looked))? {
            Look::Nothing { upto } => {
                *looked = upto;
                return Ok(());
            }
            Look::Arrived { upto, tickets } => {
                let mut arrived = Vec::new();
                for ticket in tickets {
                    // One at a time: while a ticket is compared, the writer waits for the window.
                    arrived.extend(desk.read(|tx| duplicates::consider(tx, &desk.recent(), ticket))?);
                }
                *looked = upto;
                arrived
            }
        };
        let upto = *looked;
        if !arrived.is_empty() || desk.read(|tx| alike::is_far_behind(tx, upto))? {
            desk.write(None, move |tx| alike::keep(tx, upto, arrived)).await?;
        }
    }
}
