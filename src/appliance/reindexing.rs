//! A search index that is built anew because somebody asked for it, who sees on their pages how it goes on.

use std::{sync::Arc, time::Duration};

use super::Desk;
use crate::id::PersonId;

/// How often they are told to look again.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// They are not told for ever: an index that takes longer than some hours, or cannot be built, is looked for by hand.
const TOLD_MAX: usize = 4 * 3600;

/// Orders a new index beside the present one. Must be called within the runtime.
pub fn reindex(desk: &Arc<Desk>, by: PersonId) {
    desk.index.reindex();
    // A desk that is closed meanwhile is not kept by who only looks.
    let desk = Arc::downgrade(desk);
    tokio::spawn(async move {
        for _ in 0..TOLD_MAX {
            tokio::time::sleep(TELL_EVERY).await;
            let Some(desk) = desk.upgrade() else { return };
            let is_over = desk.index.building().is_none();
            desk.live.tell_person(by, desk.reader().last_seq(), None);
            if is_over {
                return;
            }
        }
    });
}
