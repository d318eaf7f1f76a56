//! The store, tried from outside its files: against a model, under failing disks, and with bytes changed behind its back.
//! The records here are made up; the store knows no real ones.

mod batch;
mod chain;
mod consistency;
mod faults;
mod migration;
mod model;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use minicbor::{Decode, Encode};
use rand::{SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::{
    Index, NewEvent, Record, StoreError, Table, Tx,
    check::{self, Shape},
    engine::{Opener, faulty::FaultyDisk, memory::MemoryEngine, redb::RedbOn},
    log::EventActor,
    record::{Entries, IndexTable},
    writer::{self, NoHooks, Options, Reader, Writer},
};
use crate::{error::Result, time::Instant};

/// A journalled record with a unique and a partial index.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Thing {
    #[n(0)]
    id: u16,
    #[n(1)]
    name: String,
    /// Only things in a group are in the second index.
    #[n(2)]
    group: Option<u8>,
    #[n(3)]
    number: u64,
}

const BY_NAME: Index<Thing, String> = Index::new(0x80, "things_by_name");
const BY_GROUP: Index<Thing, (u8, u64)> = Index::new(0x81, "things_by_group");

impl Record for Thing {
    type Key = u16;
    const TABLE: Table = Table::journalled(0x10, "things");

    fn key(&self) -> u16 {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_NAME, &self.name);
        if let Some(group) = self.group {
            entries.add(&BY_GROUP, &(group, self.number));
        }
    }
}

/// The last number given.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Counter {
    #[n(0)]
    last: u64,
}

impl Record for Counter {
    type Key = ();
    const TABLE: Table = Table::operational(0x11, "counter");

    fn key(&self) {}
}

const SHAPES: &[Shape] = &[Shape::of::<Thing>(), Shape::of::<Counter>()];
const INDEXES: &[IndexTable] = &[BY_NAME.table(), BY_GROUP.table()];

fn happened(kind: &'static str, said: &str) -> NewEvent {
    NewEvent {
        kind,
        actor: EventActor { kind: "person".into(), id: Some(Uuid::from_u128(7)) },
        entity_kind: "thing",
        entity: Uuid::from_u128(1),
        parts: vec![(Some(Uuid::from_u128(7)), b"{}".to_vec()), (Some(Uuid::from_u128(8)), said.as_bytes().to_vec())],
    }
}

fn next_number(tx: &mut Tx) -> Result<u64> {
    let last = tx.get::<Counter>(&())?.map_or(0, |it| it.last) + 1;
    tx.put(&Counter { last })?;
    Ok(last)
}

/// Puts a thing with the next number and records it.
fn add(tx: &mut Tx, id: u16, name: &str, group: Option<u8>) -> Result<Thing> {
    let thing = Thing { id, name: name.to_owned(), group, number: next_number(tx)? };
    tx.put(&thing)?;
    tx.record(happened("thing.added", name))?;
    Ok(thing)
}

/// A command, and what its caller is told: the value and the sequence number after it.
type Run<T> = Box<dyn FnOnce(&mut Tx) -> Result<T> + Send>;
type Answer<T> = Result<(T, u64)>;

/// A writer that is driven step by step, with a clock that is set by hand.
struct Rig {
    writer: Writer,
    reader: Reader,
    clock: Arc<AtomicI64>,
}

impl Rig {
    fn open(opener: impl Opener + 'static) -> Result<Rig, StoreError> {
        Rig::open_at(opener, Arc::new(AtomicI64::new(1_000)))
    }

    fn open_at(opener: impl Opener + 'static, clock: Arc<AtomicI64>) -> Result<Rig, StoreError> {
        let ticking = clock.clone();
        let (writer, reader) = writer::open(Options {
            opener: Box::new(opener),
            hooks: Box::new(NoHooks),
            clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))),
            rng: Some(StdRng::seed_from_u64(1)),
            mark: None,
        })?;
        Ok(Rig { writer, reader, clock })
    }

    fn in_memory() -> Rig {
        Rig::open(MemoryEngine::default()).unwrap()
    }

    /// Runs the commands as one batch; gives what each caller is told.
    fn batch<T: Send + 'static>(&mut self, commands: Vec<Run<T>>) -> Vec<Answer<T>> {
        let told: Arc<Mutex<BTreeMap<usize, Answer<T>>>> = Arc::default();
        let count = commands.len();
        let queued = commands.into_iter().enumerate().map(|(i, run)| {
            let told = told.clone();
            writer::command(run, move |it| assert!(told.lock().unwrap().insert(i, it).is_none(), "answered twice"))
        });
        self.writer.run(queued.collect());
        let told = std::mem::take(&mut *told.lock().unwrap());
        assert_eq!(told.len(), count, "everybody is answered");
        told.into_values().collect()
    }

    fn one<T: Send + 'static>(&mut self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Answer<T> {
        self.batch(vec![Box::new(run)]).remove(0)
    }

    fn things(&self) -> BTreeMap<u16, Thing> {
        self.reader.read().unwrap().scan::<Thing>(&()).unwrap().map(|it| it.map(|it| (it.id, it)).unwrap()).collect()
    }

    fn assert_consistent(&self) {
        let report = check::consistency(&self.reader.read().unwrap(), SHAPES, INDEXES).unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
    }
}

fn on(disk: &FaultyDisk) -> impl Opener + use<> {
    let disk = disk.clone();
    RedbOn::new(move || disk.attach())
}
