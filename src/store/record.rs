//! Records and their indexes, declared once (D5). `tx.put` keeps the indexes right; nothing else writes them.

use std::marker::PhantomData;

use minicbor::{Decode, Encode};

use super::Key;

/// A part of the keyspace. `tag` is its first byte on disk and never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    pub tag: u8,
    pub name: &'static str,
    /// Changes need an event in the same transaction (D6). Operational tables (cursors, jobs, sessions) need none.
    pub journalled: bool,
}

impl Table {
    pub const fn journalled(tag: u8, name: &'static str) -> Self {
        Table { tag, name, journalled: true }
    }

    pub const fn operational(tag: u8, name: &'static str) -> Self {
        Table { tag, name, journalled: false }
    }

    /// The key of a row, as the engine sees it.
    pub(super) fn row(&self, key: &impl Key) -> Vec<u8> {
        let mut bytes = vec![self.tag];
        key.write(&mut bytes);
        bytes
    }
}

/// A thing that is stored under a key.
pub trait Record: Encode<()> + for<'b> Decode<'b, ()> {
    type Key: Key;
    const TABLE: Table;

    fn key(&self) -> Self::Key;

    /// Adds the index entries of this state of the record.
    fn indexes(&self, _entries: &mut Entries) {}
}

/// A way to find records of type `R` by `K`.
#[derive(Debug)]
pub struct Index<R, K> {
    pub tag: u8,
    pub name: &'static str,
    of: PhantomData<fn() -> (R, K)>,
}

/// An index by what it is on disk, whatever its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexTable {
    pub tag: u8,
    pub name: &'static str,
    /// The table that it leads into, or whose records it counts.
    pub table: Table,
    /// It counts records and leads to none.
    pub counts: bool,
}

/// How many records of type `R` there are by `K`: kept by `tx.put` and `tx.remove` in the same batch as the records, and read at a cost
/// that does not grow with them.
#[derive(Debug)]
pub struct Tally<R, K> {
    pub tag: u8,
    pub name: &'static str,
    of: PhantomData<fn() -> (R, K)>,
}

impl<R: Record, K: Key> Tally<R, K> {
    pub const fn new(tag: u8, name: &'static str) -> Self {
        Tally { tag, name, of: PhantomData }
    }

    pub const fn table(&self) -> IndexTable {
        IndexTable { tag: self.tag, name: self.name, table: R::TABLE, counts: true }
    }

    /// All rows whose key begins like this one.
    pub(super) fn prefix(&self, part: &impl Key) -> Vec<u8> {
        let mut bytes = vec![self.tag];
        part.write(&mut bytes);
        bytes
    }
}

impl<R: Record, K: Key> Index<R, K> {
    pub const fn new(tag: u8, name: &'static str) -> Self {
        Index { tag, name, of: PhantomData }
    }

    pub const fn table(&self) -> IndexTable {
        IndexTable { tag: self.tag, name: self.name, table: R::TABLE, counts: false }
    }

    /// All entries whose key begins like this one.
    pub(super) fn prefix(&self, part: &impl Key) -> Vec<u8> {
        let mut bytes = vec![self.tag];
        part.write(&mut bytes);
        bytes
    }
}

/// The index entries of one record: entry key, and the record's key as value.
#[derive(Default)]
pub struct Entries {
    primary: Vec<u8>,
    pub(super) rows: Vec<(Vec<u8>, Vec<u8>)>,
    /// Keys of the tallies that count the record.
    pub(super) counted: Vec<Vec<u8>>,
}

impl Entries {
    pub(super) fn of<R: Record>(record: &R) -> Entries {
        let mut entries = Entries { primary: record.key().to_bytes(), rows: Vec::new(), counted: Vec::new() };
        record.indexes(&mut entries);
        entries
    }

    /// An entry under `key`. Several records may share a key: the record's own key makes it unique.
    pub fn add<R: Record, K: Key>(&mut self, index: &Index<R, K>, key: &K) {
        let mut bytes = vec![index.tag];
        key.write(&mut bytes);
        bytes.extend_from_slice(&self.primary);
        self.rows.push((bytes, self.primary.clone()));
    }

    /// Counts the record under `key`, once.
    pub fn count<R: Record, K: Key>(&mut self, tally: &Tally<R, K>, key: &K) {
        let key = tally.prefix(key);
        if !self.counted.contains(&key) {
            self.counted.push(key);
        }
    }
}
