//! The store: typed records in one ordered keyspace, one writer, one log. It knows bytes, keys and batches;
//! it knows no ticket and no permission, and nothing in it is async.
//!
//! Invariant: what a caller was told is saved is on the disk, and a state that nobody committed is never seen.

pub mod check;
pub mod codec;
pub mod copy;
pub mod engine;
mod error;
pub mod key;
pub mod log;
mod memo;
pub mod migrate;
mod overlay;
pub mod record;
pub mod tx;
pub mod writer;

pub use error::StoreError;
pub use key::Key;
pub use log::{Event, NewEvent};
pub use record::{Index, Record, Table, Tally};
pub use tx::Tx;
pub use writer::{Applied, Hooks, Mark, NoHooks, Store};

#[cfg(test)]
mod tests;
