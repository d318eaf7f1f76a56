//! Where snapshots lie and what they are made of: a vault of chunks, each stored once under the hash of what it says, packed and sealed;
//! trees of chunks, which hold rows in the order of their keys; and manifests, which name the trees of one snapshot. It knows neither
//! desks nor engines: whoever makes a snapshot brings rows, and whoever restores one gets them (`appliance/snapshots`).
//!
//! Invariants: a manifest is written after everything that it leads to; nothing that a manifest leads to is removed while the manifest
//! stands, nor for a day after (`sweep.rs`); what was changed anywhere is noticed when it is read, and named.

mod chunk;
mod head;
mod journal;
mod keys;
mod lease;
mod manifest;
pub mod retention;
mod rows;
mod sending;
mod sweep;
mod tree;
mod vault;

pub use chunk::ChunkId;
pub use journal::{Entry, Segment, Sent as SentFile};
pub use lease::{Follower, Lease};
pub use manifest::{Found, Manifest, Part, SnapshotId, Verdict};
pub use sending::{Sending, Sent, sending};
pub use sweep::Swept;
pub use tree::{Grown, Tree};
pub use vault::{Damage, Vault};

#[cfg(test)]
mod tests;
