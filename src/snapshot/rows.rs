//! Rows in a chunk, and where one chunk of them ends. Keys lie in order and share beginnings, so each says how much of the one before it
//! repeats. A chunk ends where the content says so, by the row's key and length: a change somewhere moves the ends near it and no others,
//! so that all other chunks are those of the last snapshot.

use crate::store::engine::Pair;

/// No chunk ends before it is this long; on average they are `LEAST + SPAN`, and never are they longer than `MOST` by more than a row.
const LEAST: usize = 16 * 1024;
const SPAN: u64 = 48 * 1024;
const MOST: usize = 256 * 1024;

/// A chunk of rows that is being filled.
#[derive(Default)]
pub struct Filling {
    bytes: Vec<u8>,
    last: Vec<u8>,
    rows: u64,
}

impl Filling {
    /// Adds a row; true if the chunk ends here.
    pub fn add(&mut self, key: &[u8], value: &[u8]) -> bool {
        let shared = key.iter().zip(&self.last).take_while(|(a, b)| a == b).count();
        put_number(&mut self.bytes, shared);
        put_number(&mut self.bytes, key.len() - shared);
        self.bytes.extend_from_slice(&key[shared..]);
        put_number(&mut self.bytes, value.len());
        self.bytes.extend_from_slice(value);
        self.last.clear();
        self.last.extend_from_slice(key);
        self.rows += 1;
        self.bytes.len() >= MOST || (self.bytes.len() >= LEAST && ends(key, key.len() + value.len()))
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The chunk, and how many rows it holds; what comes next begins anew.
    pub fn take(&mut self) -> (Vec<u8>, u64) {
        self.last.clear();
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.rows))
    }
}

/// Whether a chunk may end behind a row: the longer the row, the likelier, so that chunks of long and of short rows are alike.
fn ends(key: &[u8], length: usize) -> bool {
    // FNV-1a, then mixed: quick, and the same for ever.
    let hash = key.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash ^ (hash >> 29)) < (length as u64).min(SPAN) * (u64::MAX / SPAN)
}

/// The rows of a chunk, in order; none where the chunk is no chunk of rows.
pub fn read(mut bytes: &[u8]) -> Option<Vec<Pair>> {
    let mut rows: Vec<Pair> = Vec::new();
    while !bytes.is_empty() {
        let shared = number(&mut bytes)?;
        let last = rows.last().map_or(&[][..], |it| it.0.as_slice());
        let mut key = last.get(..shared)?.to_vec();
        let length = number(&mut bytes)?;
        key.extend_from_slice(taken(&mut bytes, length)?);
        let length = number(&mut bytes)?;
        let value = taken(&mut bytes, length)?.to_vec();
        rows.push((key, value));
    }
    Some(rows)
}

fn taken<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// LEB128.
fn put_number(into: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(rows in prop::collection::btree_map(prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(any::<u8>(), 0..300), 0..50)) {
            let mut filling = Filling::default();
            for (key, value) in &rows {
                filling.add(key, value);
            }
            let (bytes, count) = filling.take();
            prop_assert_eq!(count, rows.len() as u64);
            prop_assert_eq!(read(&bytes).unwrap(), rows.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_stop_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
