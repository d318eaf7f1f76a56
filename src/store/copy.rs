//! Copies a store, row by row, as one transaction sees it: writers go on meanwhile, and the copy is of one sequence number. A copy of
//! the live file itself would be corrupt.

use std::path::Path;

use super::{
    StoreError, Tx,
    engine::{Batch, Opener, redb::RedbFile},
};

/// Bytes of rows that one commit of the copy takes.
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Writes everything that `tx` sees into a new file at `path`; gives how many rows that are.
pub fn copy(tx: &Tx, path: &Path) -> Result<u64, StoreError> {
    let engine = RedbFile { path: path.to_owned(), cache_bytes: CACHE_BYTES }.open()?;
    let (mut rows, mut bytes, mut batch) = (0, 0, Batch::new());
    for row in tx.all_rows()? {
        let (key, value) = row?;
        rows += 1;
        bytes += key.len() + value.len();
        batch.insert(key, Some(value));
        if bytes >= BYTES_AT_ONCE {
            engine.apply(&std::mem::take(&mut batch))?;
            bytes = 0;
        }
    }
    engine.apply(&batch)?;
    Ok(rows)
}
