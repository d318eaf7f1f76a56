//! Copies a store, row by row, as one transaction sees it: writers go on meanwhile, and the copy is of one sequence number. A copy of
//! the live file itself would be corrupt.

use std::sync::Arc;

use super::{
    StoreError, Tx,
    engine::{Batch, Engine, Opener},
    log::Head,
};

/// Bytes of rows that one commit of the copy takes.
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// Writes everything that `tx` sees into an empty store; gives how many rows that are.
pub fn copy(tx: &Tx, into: &dyn Opener) -> Result<u64, StoreError> {
    let mut copy = Copy::into(into)?;
    for row in tx.all_rows()? {
        let (key, value) = row?;
        copy.row(key, value)?;
    }
    copy.finish()
}

/// An empty store that is filled with rows, in the order of their keys.
pub struct Copy {
    engine: Arc<dyn Engine>,
    batch: Batch,
    bytes: usize,
    rows: u64,
}

impl Copy {
    pub fn into(into: &dyn Opener) -> Result<Copy, StoreError> {
        Ok(Copy { engine: into.open()?, batch: Batch::new(), bytes: 0, rows: 0 })
    }

    pub fn row(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.rows += 1;
        self.bytes += key.len() + value.len();
        self.batch.insert(key, Some(value));
        if self.bytes >= BYTES_AT_ONCE {
            self.engine.apply(&std::mem::take(&mut self.batch))?;
            self.bytes = 0;
        }
        Ok(())
    }

    /// That was all: it is on the disk. Gives how many rows it has.
    pub fn finish(self) -> Result<u64, StoreError> {
        self.engine.apply(&self.batch)?;
        Ok(self.rows)
    }
}

/// A store to which batches are applied that were committed elsewhere.
pub struct Replay {
    engine: Arc<dyn Engine>,
}

impl Replay {
    pub fn onto(store: &dyn Opener) -> Result<Replay, StoreError> {
        Ok(Replay { engine: store.open()? })
    }

    pub fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        self.engine.apply(batch)
    }

    /// The end of the log, as it is now.
    pub fn head(&self) -> Result<Head, StoreError> {
        Head::of(&self.engine.snapshot()?)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{NewEvent, Store, engine::memory::MemoryEngine, log, log::EventActor, writer::Options};

    #[test]
    fn a_copy_is_the_same_store() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        for i in 0..10_u8 {
            let event = NewEvent {
                kind: "thing.added",
                actor: EventActor { kind: "system".into(), id: None },
                entity_kind: "thing",
                entity: uuid::Uuid::from_u128(u128::from(i)),
                parts: vec![(None, vec![i])],
            };
            store.write(move |tx| Ok(tx.record(event)?)).unwrap();
        }
        let into = MemoryEngine::default();
        let rows = super::copy(&store.read().unwrap(), &into).unwrap();
        let copied = Store::open(Options::new(into)).unwrap();
        assert_eq!(rows, 20);
        assert_eq!(log::verify(&copied.read().unwrap()).unwrap(), log::verify(&store.read().unwrap()).unwrap());
    }
}
