//! The engine under the store: an ordered map of bytes with snapshots and atomic, durable batches (D4). Nothing else.
//! An engine knows no table, no record and no event.

pub mod faulty;
pub mod memory;
pub mod redb;

use std::{collections::BTreeMap, sync::Arc};

use super::StoreError;

/// Changes that become visible and durable together: a value to put, or `None` to remove.
pub type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Keys with this first byte are put in ascending order and hardly ever changed: an engine may lay them out for that.
pub const APPENDED: u8 = 0x01;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Rows in key order, or in reverse.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<Pair, StoreError>> + 'a>;

pub trait Engine: Send + Sync {
    /// The state after the last applied batch. It does not change while it is held.
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError>;

    /// Applies all of the batch or none of it. When it returns `Ok`, the batch survives a power cut.
    /// After an `Err` nobody knows whether it is there: the engine must be opened anew.
    fn apply(&self, batch: &Batch) -> Result<(), StoreError>;
}

pub trait Snapshot: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Rows with `from <= key < to`; backwards from the last if `reverse`.
    fn range(&self, from: &[u8], to: &[u8], reverse: bool) -> Result<Rows<'_>, StoreError>;
}

/// Opens an engine, at the start and again after it failed.
pub trait Opener: Send {
    fn open(&self) -> Result<Arc<dyn Engine>, StoreError>;

    /// Bytes left on the disk, if the engine has one; a writer refuses work before the disk is quite full.
    fn free_bytes(&self) -> Option<u64> {
        None
    }
}
