//! Snapshots of the appliance: everything that its desks and it itself know, at one sequence number of each, in a place of their own. What
//! lies there and how is `snapshot/`; here is what goes in and what comes out. `make.rs` takes one while everything goes on, `prove.rs`
//! looks whether one is good, `restore.rs` makes an appliance of one, and
//! `follow.rs` a standby that takes over.

use crate::{
    error::Result,
    snapshot::{SnapshotId, Vault, retention},
    time::Instant,
};

mod follow;
mod make;
mod prove;
mod restore;
mod watch;

pub use follow::{Brought, FOLLOWS, Standby, TakenOver};
pub use make::{Made, make, send_file};
pub use prove::{Proof, prove, tried};
pub use restore::{MARK, Restored, Upto, restore};
pub use watch::{Standing, Watch};

/// The snapshots of a place, and which of them need not stay any more (`retention`).
pub async fn superfluous(vault: &Vault, now: Instant) -> Result<(Vec<SnapshotId>, Vec<SnapshotId>)> {
    let mut found = Vec::new();
    for id in vault.snapshots().await? {
        let good = vault.verdict(&id).await?.is_good();
        found.push((id, good));
    }
    let superfluous = retention::superfluous(&found, now);
    Ok((found.into_iter().map(|it| it.0).collect(), superfluous))
}

/// What lies beside a desk's store and belongs to it; it is taken along only where the place is sealed, since whoever has it reads secrets.
const BESIDE: [&str; 1] = ["seal.key"];

/// Pages that a store keeps in memory while it is written, in bytes.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

#[cfg(test)]
mod tests;
