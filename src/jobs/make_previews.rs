//! Has pictures made of files, and their text read: one after the other, the oldest first, beside everything else. What waits is a record, so
//! a crash loses none.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::rounds::{LOOK_AGAIN, Rounds};
use crate::{
    appliance::{Desk, Work, previewing},
    error::Result,
};

/// Runs until `stop` turns true; ends at once where none are to be made.
pub async fn make_previews(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let Some(maker) = desk.previews.clone() else { return };
    let mut rounds = Rounds::of(&desk, Work::Previews, stop.clone());
    while rounds.begin() {
        let outcome: Result<Duration> = async {
            let mut stopping = stop.clone();
            while !rounds.is_over() {
                let more = tokio::select! {
                    it = previewing::make_next(&desk, &maker) => it?,
                    // What was begun is begun again at the next start.
                    _ = stopping.wait_for(|it| *it) => false,
                };
                if !more {
                    break;
                }
            }
            Ok(LOOK_AGAIN)
        }
        .await;
        rounds.end(outcome).await;
    }
}
