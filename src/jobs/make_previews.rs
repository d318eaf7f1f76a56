//! Has pictures made of files, and their text read: one after the other, the oldest first, beside everything else. What waits is a record, so
//! a crash loses none.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::rounds::{LOOK_AGAIN, Rounds};
use crate::{
    appliance::{Desk, Work, previewing},
    error::Result,
};

/// After a failure of ours.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Runs until `stop` turns true; ends at once where none are to be made.
pub async fn make_previews(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let Some(maker) = desk.previews.clone() else { return };
    let mut rounds = Rounds::of(&desk, Work::Previews, stop.clone());
    while rounds.begin() {
        let outcome: Result<Duration> = async {
            let mut stopping = stop.clone();
            while !rounds.is_over() && previewing::make_next(&desk, &maker, &mut stopping).await? {}
            Ok(LOOK_AGAIN)
        }
        .await;
        let failed = outcome.is_err();
        rounds.end(outcome).await;
        if failed {
            // What keeps a process from starting keeps the next one from it as well.
            tokio::select! {
                () = tokio::time::sleep(TRY_AGAIN) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
