//! Copies a store, row by row, as one transaction sees it: writers go on meanwhile, and the copy is of one sequence number. A copy of
//! the live file itself would be corrupt.

use super::{
    StoreError, Tx,
    engine::{Batch, Opener},
};

/// Bytes of rows that one commit of the copy takes.
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;

/// Writes everything that `tx` sees into an empty store; gives how many rows that are.
pub fn copy(tx: &Tx, into: &dyn Opener) -> Result<u64, StoreError> {
    let engine = into.open()?;
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
