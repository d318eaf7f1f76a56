//! Compares tickets with those of the last hours as they arrive, by whatever way, and keeps what was found. Woken by commits.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    appliance::{Desk, Work},
    desk::duplicates::{self, Arrived},
    error::{Code, Error, Result},
    follow::alike::{self, Look},
};

/// Runs until `stop` turns true.
pub async fn find_alike(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let mut committed = desk.committed();
    let mut looked = 0;
    while !*stop.borrow() {
        committed.borrow_and_update();
        match take_in(&desk, &mut looked).await {
            Ok(()) => desk.pulses.well(Work::Alike, desk.now()),
            Err(error) => {
                tracing::error!(%error, "tickets could not be compared with those before them; it is tried again with the next");
                desk.pulses.ill(Work::Alike, desk.now(), &error.to_string());
            }
        }
        tokio::select! {
            _ = committed.changed() => {}
            _ = stop.changed() => {}
        }
    }
}

async fn take_in(desk: &Desk, looked: &mut u64) -> Result<()> {
    loop {
        let (upto, arrived) = match desk.read(|tx| alike::look(tx, *looked))? {
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
                (upto, arrived)
            }
        };
        if !arrived.is_empty() || desk.read(|tx| alike::is_far_behind(tx, upto))? {
            keep(desk, upto, arrived).await?;
        }
        *looked = upto;
    }
}

/// Keeps all at once; if anything is refused, each by itself, so that it costs no other ticket what was found for it.
async fn keep(desk: &Desk, upto: u64, arrived: Vec<Arrived>) -> Result<()> {
    let all = arrived.clone();
    match desk.write(None, move |tx| alike::keep(tx, upto, all)).await {
        Err(Error::Refused(why)) if why.code != Code::Unavailable => {}
        kept => return kept,
    }
    for it in arrived {
        let ticket = it.ticket;
        let without = Arrived { outage: None, ..it.clone() };
        match desk.write(None, move |tx| duplicates::keep(tx, it)).await {
            // What the rules refuse once, they refuse again.
            Err(Error::Refused(why)) if why.code != Code::Unavailable => {
                tracing::warn!(%ticket, %why, "what a ticket means for outages could not be kept");
                desk.write(None, move |tx| duplicates::keep(tx, without)).await?;
            }
            kept => kept?,
        }
    }
    desk.write(None, move |tx| alike::keep(tx, upto, Vec::new())).await
}
