//! Waits until somebody who looked at a ticket, or wrote on it, has said nothing for a while, and has whoever else looks at it told. With
//! nobody anywhere it sleeps.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::appliance::Desk;

/// With nobody anywhere, it still looks this often.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Never more often than this, whatever pages say.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);

/// Runs until `stop` turns true.
pub async fn watch_presence(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    let woken = desk.presence.woken();
    while !*stop.borrow() {
        let now = desk.now();
        let changed = desk.presence.expire(now);
        if let Err(error) = desk.tell_presence(&changed) {
            tracing::warn!(%error, "viewers could not be told who looks at a ticket");
        }
        let wait = desk.presence.next_end(now).map_or(LOOK_AGAIN, |it| it.since(now).clamp(AT_MOST_EVERY, LOOK_AGAIN));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = woken.notified() => {}
            _ = stop.changed() => {}
        }
    }
}
