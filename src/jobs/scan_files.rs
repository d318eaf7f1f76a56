//! Has files looked at by a virus scanner, where there is one: each once, the oldest first. While the scanner is away they wait, and nobody
//! opens them.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::rounds::{LOOK_AGAIN, Rounds};
use crate::{
    appliance::{
        Desk, Work,
        scanning::{self, Unread},
    },
    error::Result,
};

/// Runs until `stop` turns true; ends at once where there is no scanner.
pub async fn scan_files(desk: Arc<Desk>, stop: watch::Receiver<bool>) {
    let Some(scanner) = desk.scanner.clone() else { return };
    let mut rounds = Rounds::of(&desk, Work::Scanning, stop);
    let mut unread = Unread::default();
    while rounds.begin() {
        let outcome: Result<Duration> = async {
            while !rounds.is_over() && scanning::scan_some(&desk, &scanner, &mut unread).await? {}
            Ok(LOOK_AGAIN)
        }
        .await;
        rounds.end(outcome).await;
    }
}
