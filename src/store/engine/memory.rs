//! An engine in memory, for tests of the rules: as ordered and as atomic as the real one, and gone when it is dropped.
//! A snapshot is a shared, immutable map; a batch copies it only while somebody still reads the old one.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Batch, Engine, Opener, Rows, Snapshot, StoreError};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

/// Clones share the same data, so that it survives being "opened" again.
#[derive(Clone, Default)]
pub struct MemoryEngine {
    map: Arc<RwLock<Arc<Map>>>,
}

impl Engine for MemoryEngine {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        Ok(Arc::new(MemorySnapshot(self.map.read().unwrap_or_else(PoisonError::into_inner).clone())))
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut shared = self.map.write().unwrap_or_else(PoisonError::into_inner);
        let map = Arc::make_mut(&mut shared);
        for (key, value) in batch {
            match value {
                Some(value) => drop(map.insert(key.clone(), value.clone())),
                None => drop(map.remove(key)),
            }
        }
        Ok(())
    }
}

impl Opener for MemoryEngine {
    fn open(&self) -> Result<Arc<dyn Engine>, StoreError> {
        Ok(Arc::new(self.clone()))
    }
}

struct MemorySnapshot(Arc<Map>);

impl Snapshot for MemorySnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, from: &[u8], to: &[u8], reverse: bool) -> Result<Rows<'_>, StoreError> {
        if from >= to {
            return Ok(Box::new(std::iter::empty()));
        }
        let rows = self.0.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        let own = |(key, value): (&Vec<u8>, &Vec<u8>)| Ok((key.clone(), value.clone()));
        Ok(if reverse { Box::new(rows.rev().map(own)) } else { Box::new(rows.map(own)) })
    }
}
