//! Decoded records that are read by nearly every command and hardly ever change, such as settings and lifecycles. A record is known
//! by its stored bytes, so a memo can never be out of date: other bytes are another record, whatever snapshot they come from.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::StoreError;

/// Records kept; a desk has a few dozen worth keeping, and what is too much begins anew.
const RECORDS_MAX: usize = 256;

type Remembered = (Vec<u8>, Arc<dyn Any + Send + Sync>);

/// What was decoded, by its row.
#[derive(Default)]
pub struct Memo(Mutex<HashMap<Vec<u8>, Remembered>>);

impl Memo {
    /// The record that these bytes are, decoded at most once while they stay as they are.
    pub fn of<R: Send + Sync + 'static>(
        &self,
        row: &[u8],
        bytes: Vec<u8>,
        decode: impl FnOnce(&[u8]) -> Result<R, StoreError>,
    ) -> Result<Arc<R>, StoreError> {
        if let Some((known, record)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(row)
            && *known == bytes
            && let Ok(record) = record.clone().downcast()
        {
            return Ok(record);
        }
        let record = Arc::new(decode(&bytes)?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= RECORDS_MAX {
            all.clear();
        }
        all.insert(row.to_owned(), (bytes, record.clone()));
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_decoded_once_and_others_anew() {
        let memo = Memo::default();
        let read = |bytes: &[u8]| memo.of(b"row", bytes.to_vec(), |it| Ok(it.len())).unwrap();
        let first = read(b"one");
        assert!(Arc::ptr_eq(&first, &read(b"one")));
        assert_eq!((*read(b"four"), *read(b"one")), (4, 3));
        assert!(memo.of(b"other", b"x".to_vec(), |_| Err::<u8, _>(StoreError::Closed("no"))).is_err());
    }

    #[test]
    fn it_stays_small() {
        let memo = Memo::default();
        for i in 0..10 * RECORDS_MAX {
            memo.of(&i.to_be_bytes(), Vec::new(), |_| Ok(i)).unwrap();
        }
        assert!(memo.0.lock().unwrap().len() <= RECORDS_MAX);
    }
}
