//! A transaction: a snapshot, and over it what this command and the commands before it in the same batch have changed.
//! It hands out time, ids and randomness too, so that a command is a pure function of the transaction (D2).
//!
//! A command that changes a journalled table records an event in the same transaction, or it fails (D6).

use std::sync::Arc;

use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::{
    Event, Index, Key, NewEvent, Record, StoreError, codec,
    engine::{Batch, Rows, Snapshot},
    key::after_prefix,
    log::{self, Head},
    memo::Memo,
    overlay::{Merged, layer},
    record::{Entries, Table, Tally},
};
use crate::{
    error::{Code, Error, Fault, Refusal, Result},
    limits,
    time::Instant,
};

/// The names of followers' cursors, and how far each has read.
const CURSORS: Table = Table::operational(0x03, "cursors");

/// What a scan or a look-up finds, one by one.
pub type Found<'a, T> = Box<dyn Iterator<Item = Result<T, StoreError>> + 'a>;

pub struct Tx {
    snapshot: Arc<dyn Snapshot>,
    memo: Arc<Memo>,
    /// Kept changes of the commands before this one in the batch.
    batch: Batch,
    /// Changes of this command.
    own: Batch,
    head: Head,
    own_head: Head,
    events: Vec<Event>,
    own_events: Vec<Event>,
    now: Instant,
    rng: StdRng,
    /// A journalled table that this command has changed.
    journalled: Option<&'static str>,
    bytes: usize,
}

impl Tx {
    /// A transaction over this snapshot. Readers never change it; the writer does.
    pub(super) fn over(snapshot: Arc<dyn Snapshot>, memo: Arc<Memo>, head: Head, now: Instant, rng: StdRng) -> Self {
        Tx {
            snapshot,
            memo,
            batch: Batch::new(),
            own: Batch::new(),
            head,
            own_head: head,
            events: Vec::new(),
            own_events: Vec::new(),
            now,
            rng,
            journalled: None,
            bytes: 0,
        }
    }

    pub(super) fn reading(snapshot: Arc<dyn Snapshot>, memo: Arc<Memo>, head: Head, now: Instant) -> Self {
        Tx::over(snapshot, memo, head, now, StdRng::seed_from_u64(0))
    }

    // --- what the desk is told ---

    /// The instant at which this command happens. It never goes back from one command to the next.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A fresh id, UUID v7 of `now`.
    pub fn new_id<T: From<Uuid>>(&mut self) -> T {
        self.new_id_of(self.now)
    }

    /// A fresh id, UUID v7 of an instant, for what has its place among others by when it was.
    pub fn new_id_of<T: From<Uuid>>(&mut self, at: Instant) -> T {
        let millis = u64::try_from(at.as_millis()).unwrap_or(0);
        let random: [u8; 10] = self.rng.random();
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The command happens at this instant, if it is later than what it was told: for histories that are written after the fact.
    pub fn advance_to(&mut self, at: Instant) {
        self.now = self.now.max(at);
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill(&mut bytes[..]);
        bytes
    }

    /// The sequence number of the last event that this transaction sees.
    pub fn last_seq(&self) -> u64 {
        self.own_head.seq
    }

    /// The end of the log's chain that this transaction sees.
    pub fn log_head(&self) -> Head {
        self.own_head
    }

    // --- records ---

    pub fn get<R: Record>(&self, key: &R::Key) -> Result<Option<R>, StoreError> {
        match self.get_bytes(&R::TABLE.row(key))? {
            Some(bytes) => codec::decode(R::TABLE.name, &bytes).map(Some),
            None => Ok(None),
        }
    }

    /// The same record, decoded at most once while it stays as it is: for what nearly every command reads and hardly any changes.
    pub fn get_shared<R: Record + Send + Sync + 'static>(&self, key: &R::Key) -> Result<Option<Arc<R>>, StoreError> {
        let row = R::TABLE.row(key);
        let Some(bytes) = self.get_bytes(&row)? else { return Ok(None) };
        self.memo.of(&row, bytes, |it| codec::decode(R::TABLE.name, it)).map(Some)
    }

    pub fn has<R: Record>(&self, key: &R::Key) -> Result<bool, StoreError> {
        Ok(self.get_bytes(&R::TABLE.row(key))?.is_some())
    }

    /// Puts the record and brings its index entries up to date.
    pub fn put<R: Record>(&mut self, record: &R) -> Result<()> {
        let row = R::TABLE.row(&record.key());
        let value = codec::encode(record);
        let old = self.get_bytes(&row)?;
        if old.as_deref() == Some(&value) {
            return Ok(());
        }
        self.touch(R::TABLE, value.len())?;
        let entries = Entries::of(record);
        let mut counted = Vec::new();
        if let Some(old) = old {
            let old: R = codec::decode(R::TABLE.name, &old)?;
            let before = Entries::of(&old);
            for (key, _) in before.rows {
                if !entries.rows.iter().any(|(it, _)| *it == key) {
                    self.own.insert(key, None);
                }
            }
            counted = before.counted;
        }
        self.recount(&counted, &entries.counted)?;
        for (key, primary) in entries.rows {
            if self.get_bytes(&key)?.as_deref() != Some(&primary) {
                self.own.insert(key, Some(primary));
            }
        }
        self.own.insert(row, Some(value));
        Ok(())
    }

    /// Removes the record and its index entries; nothing happens if it is not there.
    pub fn remove<R: Record>(&mut self, key: &R::Key) -> Result<()> {
        let row = R::TABLE.row(key);
        let Some(old) = self.get_bytes(&row)? else { return Ok(()) };
        self.touch(R::TABLE, 0)?;
        let old: R = codec::decode(R::TABLE.name, &old)?;
        let before = Entries::of(&old);
        for (key, _) in before.rows {
            self.own.insert(key, None);
        }
        self.recount(&before.counted, &[])?;
        self.own.insert(row, None);
        Ok(())
    }

    /// Brings tallies from what counted a record to what counts it now. A row that counts nothing is not there.
    fn recount(&mut self, before: &[Vec<u8>], after: &[Vec<u8>]) -> Result<(), StoreError> {
        let gone = before.iter().filter(|it| !after.contains(it)).map(|it| (it, false));
        let new = after.iter().filter(|it| !before.contains(it)).map(|it| (it, true));
        for (key, up) in gone.chain(new) {
            let count = self.get_bytes(key)?.and_then(|it| u64::read(&mut it.as_slice())).unwrap_or(0);
            let count = if up { count + 1 } else { count.saturating_sub(1) };
            self.own.insert(key.clone(), (count > 0).then(|| count.to_bytes()));
        }
        Ok(())
    }

    /// Counts a stored record that was written before its tallies were declared: for the migration that follows such a declaration, once.
    pub fn count_anew<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        let entries = Entries::of(record);
        self.recount(&[], &entries.counted)
    }

    /// Puts the index entries of a stored record that was written before they were declared: for the migration that follows such a
    /// declaration, once.
    pub fn index_anew<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        for (key, primary) in Entries::of(record).rows {
            if self.get_bytes(&key)?.as_deref() != Some(&primary) {
                self.own.insert(key, Some(primary));
            }
        }
        Ok(())
    }

    /// What a tally counts under the keys that begin with `part`, in their order.
    pub fn tallied<R: Record, K: Key>(&self, tally: &Tally<R, K>, part: &impl Key) -> Result<Vec<(K, u64)>, StoreError> {
        let prefix = tally.prefix(part);
        let mut found = Vec::new();
        for row in self.rows(&prefix, &after_prefix(&prefix), false)? {
            let (key, value) = row?;
            let read = K::read(&mut &key[1..]).zip(u64::read(&mut value.as_slice()));
            found.push(read.ok_or_else(|| StoreError::Corrupt(format!("tally {}: not a count", tally.name)))?);
        }
        Ok(found)
    }

    /// Records whose key begins with `part` (`()` for all), in key order.
    pub fn scan<R: Record>(&self, part: &impl Key) -> Result<Found<'_, R>, StoreError> {
        self.scan_in(part, false)
    }

    /// The same, from the last to the first.
    pub fn scan_back<R: Record>(&self, part: &impl Key) -> Result<Found<'_, R>, StoreError> {
        self.scan_in(part, true)
    }

    /// Records from `from` on, in key order, to the end of the table.
    pub fn scan_from<R: Record>(&self, from: &R::Key) -> Result<Found<'_, R>, StoreError> {
        let rows = self.rows(&R::TABLE.row(from), &after_prefix(&[R::TABLE.tag]), false)?;
        Ok(Box::new(rows.map(|row| row.and_then(|(_, value)| codec::decode(R::TABLE.name, &value)))))
    }

    /// Records before `before`, or all, from the last to the first.
    pub fn scan_back_from<R: Record>(&self, before: Option<&R::Key>) -> Result<Found<'_, R>, StoreError> {
        let prefix = R::TABLE.row(&());
        let end = before.map_or_else(|| after_prefix(&prefix), |it| R::TABLE.row(it));
        let rows = self.rows(&prefix, &end, true)?;
        Ok(Box::new(rows.map(|row| row.and_then(|(_, value)| codec::decode(R::TABLE.name, &value)))))
    }

    /// How many records there are; none of them is read.
    pub fn count<R: Record>(&self) -> Result<u64, StoreError> {
        let prefix = R::TABLE.row(&());
        self.rows(&prefix, &after_prefix(&prefix), false)?.try_fold(0, |count, row| row.map(|_| count + 1))
    }

    fn scan_in<R: Record>(&self, part: &impl Key, reverse: bool) -> Result<Found<'_, R>, StoreError> {
        let prefix = R::TABLE.row(part);
        let rows = self.rows(&prefix, &after_prefix(&prefix), reverse)?;
        Ok(Box::new(rows.map(|row| row.and_then(|(_, value)| codec::decode(R::TABLE.name, &value)))))
    }

    /// Keys of the records under an index, where the index key begins with `part`, in index order.
    pub fn find_keys<R: Record, K: Key>(&self, index: &Index<R, K>, part: &impl Key) -> Result<Found<'_, R::Key>, StoreError> {
        let prefix = index.prefix(part);
        let to = after_prefix(&prefix);
        self.index_keys(index, &prefix, &to)
    }

    /// Keys of the records under an index, from the index key `from` up to and without `to`.
    pub fn find_between<R: Record, K: Key>(&self, index: &Index<R, K>, from: &K, to: &K) -> Result<Found<'_, R::Key>, StoreError> {
        self.index_keys(index, &index.prefix(from), &index.prefix(to))
    }

    /// Keys of the records under an index key, from the one after `after` on.
    pub fn find_keys_after<R: Record, K: Key>(
        &self,
        index: &Index<R, K>,
        key: &K,
        after: Option<&R::Key>,
    ) -> Result<Found<'_, R::Key>, StoreError> {
        let prefix = index.prefix(key);
        let to = after_prefix(&prefix);
        let from = match after {
            Some(it) => after_prefix(&[prefix.as_slice(), &it.to_bytes()].concat()),
            None => prefix,
        };
        self.index_keys(index, &from, &to)
    }

    fn index_keys<R: Record, K: Key>(&self, index: &Index<R, K>, from: &[u8], to: &[u8]) -> Result<Found<'_, R::Key>, StoreError> {
        let name = index.name;
        let rows = self.rows(from, to, false)?;
        Ok(Box::new(rows.map(move |row| {
            let (_, primary) = row?;
            R::Key::read(&mut primary.as_slice()).ok_or_else(|| StoreError::Corrupt(format!("index {name}: not a key")))
        })))
    }

    /// Records under an index key that begins with `part`.
    pub fn find<R: Record, K: Key>(&self, index: &Index<R, K>, part: &impl Key) -> Result<Vec<R>, StoreError> {
        let mut found = Vec::new();
        for key in self.find_keys(index, part)? {
            found.extend(self.get::<R>(&key?)?);
        }
        Ok(found)
    }

    /// The first record under an index key that begins with `part`.
    pub fn find_one<R: Record, K: Key>(&self, index: &Index<R, K>, part: &impl Key) -> Result<Option<R>, StoreError> {
        let Some(key) = self.find_keys(index, part)?.next() else { return Ok(None) };
        self.get(&key?)
    }

    // --- the log ---

    /// Records an event and gives its sequence number.
    pub fn record(&mut self, event: NewEvent) -> Result<u64, StoreError> {
        let seq = self.own_head.seq + 1;
        let mut salts = Vec::with_capacity(event.parts.len());
        for _ in &event.parts {
            salts.push(self.random());
        }
        let stored = log::chain(self.own_head, seq, self.now, &event, &salts);
        for (key, value) in stored.rows {
            self.bytes += value.len();
            self.own.insert(key, Some(value));
        }
        self.own_head = stored.head;
        self.own_events.push(event.into_event(seq, self.now));
        Ok(seq)
    }

    /// The events after `seq`, in order, at most `limit`.
    pub fn events_after(&self, seq: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        log::events_after(self, seq, limit)
    }

    /// The events about one thing, newest first, before `before` if given, at most `limit`.
    pub fn history(&self, entity: Uuid, before: Option<u64>, limit: usize) -> Result<Vec<Event>, StoreError> {
        log::history(self, entity, before, limit)
    }

    /// Drops the payloads of these events that belong to `subject`; the chain keeps verifying.
    pub fn erase(&mut self, seq: u64, subject: Uuid) -> Result<usize, StoreError> {
        let Some(((key, value), dropped)) = log::without(self, seq, subject)? else { return Ok(0) };
        self.own.insert(key, Some(value));
        Ok(dropped)
    }

    /// How far the follower of this name has read.
    pub fn cursor(&self, name: &str) -> Result<u64, StoreError> {
        let bytes = self.get_bytes(&CURSORS.row(&name.to_owned()))?;
        Ok(bytes.and_then(|it| u64::read(&mut it.as_slice())).unwrap_or(0))
    }

    pub fn set_cursor(&mut self, name: &str, seq: u64) {
        self.own.insert(CURSORS.row(&name.to_owned()), Some(seq.to_bytes()));
    }

    // --- bytes ---

    pub(super) fn get_bytes(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(it) = self.own.get(key).or_else(|| self.batch.get(key)) {
            return Ok(it.clone());
        }
        self.snapshot.get(key)
    }

    pub(super) fn rows(&self, from: &[u8], to: &[u8], reverse: bool) -> Result<Rows<'_>, StoreError> {
        let beneath = self.snapshot.range(from, to, reverse)?;
        if self.own.is_empty() && self.batch.is_empty() {
            return Ok(beneath);
        }
        let layers = [layer(&self.own, from, to, reverse), layer(&self.batch, from, to, reverse)];
        Ok(Box::new(Merged { layers, beneath: beneath.peekable(), reverse }))
    }

    /// Every row of the keyspace, for checks that must see all of it.
    pub fn all_rows(&self) -> Result<Rows<'_>, StoreError> {
        self.rows(&[], &[0xff], false)
    }

    fn touch(&mut self, table: Table, bytes: usize) -> Result<()> {
        if table.journalled {
            self.journalled.get_or_insert(table.name);
        }
        self.bytes += bytes;
        if self.bytes > limits::COMMAND_BYTES_MAX {
            let detail = format!("One command may write {} MB at most.", limits::COMMAND_BYTES_MAX / 1024 / 1024);
            return Err(Refusal::new(Code::TooLarge, detail).into());
        }
        Ok(())
    }

    // --- the writer's side ---

    /// Begins the next command of the batch.
    pub(super) fn begin(&mut self, now: Instant) {
        self.discard();
        self.now = self.now.max(now);
    }

    /// Whether what this command did may be kept.
    pub(super) fn check(&self) -> Result<()> {
        match self.journalled {
            Some(table) if self.own_events.is_empty() => {
                let doing = format!("a command changed the journalled table `{table}` and recorded no event");
                Err(Error::Broken(Fault::new(doing)))
            }
            _ => Ok(()),
        }
    }

    /// Merges this command into the batch.
    pub(super) fn keep(&mut self) {
        // Not `append`, which builds the whole map anew for each command.
        self.batch.extend(std::mem::take(&mut self.own));
        self.events.append(&mut self.own_events);
        self.head = self.own_head;
        self.journalled = None;
        self.bytes = 0;
    }

    /// Drops this command without a trace.
    pub(super) fn discard(&mut self) {
        self.own.clear();
        self.own_events.clear();
        self.own_head = self.head;
        self.journalled = None;
        self.bytes = 0;
    }

    pub(super) fn into_parts(self) -> (Batch, Vec<Event>, Head, StdRng) {
        (self.batch, self.events, self.head, self.rng)
    }
}
