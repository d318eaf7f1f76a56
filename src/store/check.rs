//! Proves that a store is what its records say: every row belongs to a known table, decodes, and stands under its own key; the
//! index entries are exactly those that the records give; the log's chain, payloads and look-ups agree. It mends nothing.
//!
//! One pass over the keyspace and a look-up per entry, in constant memory, so that `lodge doctor` can run it on a large desk.

use std::collections::BTreeMap;

use super::{
    Key, Record, StoreError, Table, Tx, codec,
    log::{self, Verified},
    record::{Entries, IndexTable},
};

/// Findings that are kept; a store with more is broken anyway.
const FINDINGS_MAX: usize = 50;
/// Tags below this are the store's own.
const OWN_TAGS: u8 = 0x10;

/// What a check knows of a type of record.
#[derive(Clone, Copy)]
pub struct Shape {
    pub table: Table,
    /// Key and index entries as the stored value gives them.
    derive: fn(&[u8]) -> Result<Derived, StoreError>,
}

struct Derived {
    key: Vec<u8>,
    entries: Vec<(Vec<u8>, Vec<u8>)>,
    counted: Vec<Vec<u8>>,
}

impl Shape {
    pub const fn of<R: Record>() -> Shape {
        Shape { table: R::TABLE, derive: derive::<R> }
    }
}

fn derive<R: Record>(value: &[u8]) -> Result<Derived, StoreError> {
    let record: R = codec::decode(R::TABLE.name, value)?;
    let entries = Entries::of(&record);
    Ok(Derived { key: record.key().to_bytes(), entries: entries.rows, counted: entries.counted })
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub rows: u64,
    pub log: Option<Verified>,
    /// Sentences; empty if all is well.
    pub findings: Vec<String>,
}

/// Checks everything that this transaction sees. An error means that the disk cannot be read.
pub fn consistency(tx: &Tx, shapes: &[Shape], indexes: &[IndexTable]) -> Result<Report, StoreError> {
    let mut report = Report { rows: 0, log: None, findings: Vec::new() };
    let mut tallies = Tallies::default();
    for row in tx.all_rows()? {
        let (key, value) = row?;
        report.rows += 1;
        if report.findings.len() >= FINDINGS_MAX {
            break;
        }
        let [tag, rest @ ..] = key.as_slice() else {
            report.findings.push("a row has no key".into());
            continue;
        };
        if let Some(shape) = shapes.iter().find(|it| it.table.tag == *tag) {
            record_row(tx, shape, rest, &value, &mut tallies, &mut report.findings)?;
        } else if indexes.iter().any(|it| it.tag == *tag && it.counts) {
            tallies.kept.insert(key, u64::read(&mut value.as_slice()).unwrap_or(0));
        } else if let Some(index) = indexes.iter().find(|it| it.tag == *tag) {
            index_row(tx, shapes, index, &key, &value, &mut report.findings)?;
        } else if *tag >= OWN_TAGS {
            report.findings.push(format!("no table or index has the tag {tag:#04x}"));
        }
    }
    // What was not seen to its end cannot be counted.
    if report.findings.len() < FINDINGS_MAX && tallies.kept != tallies.counted {
        report.findings.push("a tally does not count what its records say".into());
    }
    match log::verify(tx) {
        Ok(it) => report.log = Some(it),
        Err(StoreError::Corrupt(it)) => report.findings.push(it),
        Err(it) => return Err(it),
    }
    log::check_lookups(tx, &mut report.findings)?;
    Ok(report)
}

/// Counts as they are kept, and as the records give them: one per person, queue and the like, never one per record.
#[derive(Default)]
struct Tallies {
    kept: BTreeMap<Vec<u8>, u64>,
    counted: BTreeMap<Vec<u8>, u64>,
}

fn record_row(
    tx: &Tx,
    shape: &Shape,
    key: &[u8],
    value: &[u8],
    tallies: &mut Tallies,
    findings: &mut Vec<String>,
) -> Result<(), StoreError> {
    let name = shape.table.name;
    let derived = match (shape.derive)(value) {
        Ok(it) => it,
        Err(it) => {
            findings.push(it.to_string());
            return Ok(());
        }
    };
    if derived.key != key {
        findings.push(format!("a record of `{name}` stands under another's key"));
    }
    for it in derived.counted {
        *tallies.counted.entry(it).or_default() += 1;
    }
    for (entry, primary) in derived.entries {
        if tx.get_bytes(&entry)?.as_ref() != Some(&primary) {
            findings.push(format!("a record of `{name}` is missing from the index {:#04x}", entry[0]));
        }
    }
    Ok(())
}

fn index_row(
    tx: &Tx,
    shapes: &[Shape],
    index: &IndexTable,
    key: &[u8],
    primary: &[u8],
    findings: &mut Vec<String>,
) -> Result<(), StoreError> {
    let name = index.name;
    let Some(shape) = shapes.iter().find(|it| it.table.tag == index.table.tag) else {
        findings.push(format!("the index `{name}` is of the unknown table `{}`", index.table.name));
        return Ok(());
    };
    let row = [&[index.table.tag], primary].concat();
    let Some(value) = tx.get_bytes(&row)? else {
        findings.push(format!("the index `{name}` names a record of `{}` that is not there", index.table.name));
        return Ok(());
    };
    // A record that does not decode is found where it lies.
    if let Ok(derived) = (shape.derive)(&value)
        && !derived.entries.iter().any(|it| it.0 == key)
    {
        findings.push(format!("the index `{name}` has an entry that its record of `{}` does not give", index.table.name));
    }
    Ok(())
}
