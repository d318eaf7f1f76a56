//! What the store costs, each against a baseline measured in the same run, since the disk differs from machine to machine and
//! from minute to minute:
//! - raw redb, one commit per batch with as many bytes as the desk writes, against lodging tickets through the whole store,
//!   with 1, 16 and 64 callers waiting at any time; printed as a ratio
//! - opening a desk after a kill
//! - a page of 25 from a board of 100,000 open tickets
//!
//! `cargo bench --bench store`. It writes to the folder of temporary files: point `TMPDIR` at the disk that is meant.

use std::{
    hint::black_box,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::sync_channel,
    },
    time::{Duration, Instant as Tick},
};

use criterion::{Criterion, criterion_group, criterion_main};
use lodge::{
    desk::{
        actor::Actor,
        board::Board,
        query::{Category, Cond, StatusTest, Test, sort::Sort},
        settings,
        tickets::{self, Channel, Kind, NewTicket},
    },
    error::Result,
    store::{
        Event, Hooks, Store, Tx,
        engine::{Batch, Engine, Opener, redb::RedbFile},
        writer::Options,
    },
};

const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// Tickets that one measurement lodges.
const TICKETS: usize = 512;

fn file(folder: &Path, name: &str) -> RedbFile {
    RedbFile { path: folder.join(name), cache_bytes: CACHE_BYTES }
}

/// Keeps the board, as a desk does.
struct Watching(Arc<Mutex<Board>>);

impl Hooks for Watching {
    fn committed(&mut self, tx: &Tx, events: &[Event]) {
        self.0.lock().unwrap().follow(tx, events).unwrap();
    }

    fn opened(&mut self, tx: &Tx) -> Result<()> {
        *self.0.lock().unwrap() = Board::of(tx)?;
        Ok(())
    }
}

fn desk(opener: impl Opener + 'static) -> Store {
    let store = Store::open(Options { hooks: Box::new(Watching(Arc::default())), ..Options::new(opener) }).unwrap();
    let found = store.read().unwrap().get::<settings::Settings>(&()).unwrap().is_some();
    if !found {
        store.write(|tx| settings::found(tx, &Actor::system("setup"), "Bench")).unwrap();
    }
    store
}

fn new_ticket(i: usize) -> NewTicket {
    NewTicket {
        description: "It hums since the move, and louder when it rains. ".repeat(6),
        requester: Some(format!("caller{}@far.example", i % 200)),
        ..NewTicket::new(Kind::Incident, format!("The printer on floor {} hums", i % 40), Channel::Phone)
    }
}

fn lodge(tx: &mut Tx, i: usize) -> Result<tickets::Ticket> {
    tickets::create(tx, &Actor::system("bench"), new_ticket(i))
}

/// Lodges tickets so that `waiting` callers wait at any time; gives how long all of them took.
fn lodge_all(store: &Store, waiting: usize) -> Duration {
    let began = Tick::now();
    let (tell, told) = sync_channel(waiting);
    for i in 0..TICKETS {
        if i >= waiting {
            told.recv().unwrap();
        }
        let tell = tell.clone();
        store.submit(
            move |tx| lodge(tx, i),
            move |it| {
                it.unwrap();
                // The last answers find nobody listening.
                let _ = tell.send(());
            },
        );
    }
    for _ in 0..waiting.min(TICKETS) {
        told.recv().unwrap();
    }
    began.elapsed()
}

/// An engine that only counts what it is given.
struct Counting {
    engine: Arc<dyn Engine>,
    rows: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Engine for Counting {
    fn snapshot(&self) -> Result<Arc<dyn lodge::store::engine::Snapshot>, lodge::store::StoreError> {
        self.engine.snapshot()
    }

    fn apply(&self, batch: &Batch) -> Result<(), lodge::store::StoreError> {
        self.rows.fetch_add(batch.len(), Ordering::Relaxed);
        self.bytes.fetch_add(batch.iter().map(|it| it.0.len() + it.1.as_ref().map_or(0, Vec::len)).sum(), Ordering::Relaxed);
        self.engine.apply(batch)
    }
}

struct CountingOpener {
    file: RedbFile,
    rows: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Opener for CountingOpener {
    fn open(&self) -> Result<Arc<dyn Engine>, lodge::store::StoreError> {
        Ok(Arc::new(Counting { engine: self.file.open()?, rows: self.rows.clone(), bytes: self.bytes.clone() }))
    }
}

/// Rows and bytes that one ticket costs.
fn weight() -> (usize, usize) {
    let folder = tempfile::tempdir().unwrap();
    let (rows, bytes) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let store = desk(CountingOpener { file: file(folder.path(), "weight.redb"), rows: rows.clone(), bytes: bytes.clone() });
    lodge_all(&store, 1);
    let before = (rows.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed));
    lodge_all(&store, 1);
    let of_one = |now: &AtomicUsize, before: usize| (now.load(Ordering::Relaxed) - before) / TICKETS;
    (of_one(&rows, before.0), of_one(&bytes, before.1))
}

/// The same bytes, appended in one row per ticket, `at_once` tickets per commit: the least that any store must do.
fn raw(folder: &Path, bytes: usize, at_once: usize) -> Duration {
    let engine = file(folder, "raw.redb").open().unwrap();
    let began = Tick::now();
    for first in (0..TICKETS).step_by(at_once) {
        let rows = (first..first + at_once).map(|i| ((i as u64).to_be_bytes().to_vec(), Some(vec![7; bytes])));
        engine.apply(&rows.collect()).unwrap();
    }
    began.elapsed()
}

fn against_raw(_: &mut Criterion) {
    let (rows, bytes) = weight();
    println!("a ticket writes {rows} rows and {bytes} bytes");
    for waiting in [1, 16, 64] {
        // Taken in turns, so that a disk that slows down slows both.
        let mut ratios: Vec<f64> = Vec::new();
        let mut rate = 0.0_f64;
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let store = desk(file(folder.path(), "desk.redb"));
            let raw = raw(folder.path(), bytes, waiting);
            let lodged = lodge_all(&store, waiting);
            ratios.push(lodged.as_secs_f64() / raw.as_secs_f64());
            rate = rate.max(TICKETS as f64 / lodged.as_secs_f64());
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{waiting:3} waiting: {:.2} times raw redb (least {:.2}, most {:.2}), {rate:.0} tickets/s at best",
            ratios[2], ratios[0], ratios[4]
        );
    }
}

fn open_after_kill(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store = desk(file(folder.path(), "desk.redb"));
    for _ in 0..8 {
        lodge_all(&store, 64);
    }
    // A copy of the file while it is open is what a kill leaves: nothing closes it.
    let killed = folder.path().join("killed.redb");
    std::fs::copy(folder.path().join("desk.redb"), &killed).unwrap();
    drop(store);
    let mut group = c.benchmark_group("open");
    group.sample_size(10);
    group.bench_function("after a kill, 4,096 tickets", |b| {
        b.iter_batched(
            || std::fs::copy(&killed, folder.path().join("again.redb")).unwrap(),
            |_| desk(file(folder.path(), "again.redb")),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn page_of_board(c: &mut Criterion) {
    let engine = lodge::store::engine::memory::MemoryEngine::default();
    let store = desk(engine);
    for part in 0..100 {
        store
            .write(move |tx| {
                for i in 0..1_000 {
                    lodge(tx, part * 1_000 + i)?;
                }
                Ok(())
            })
            .unwrap();
    }
    let board = Board::of(&store.read().unwrap()).unwrap();
    assert_eq!(board.len(), 100_000);
    let open = Cond::Test(Test::Status(Category::OPEN.map(StatusTest::Category).into_iter().collect()));
    let mut group = c.benchmark_group("board");
    for text in ["updatedAt:desc", "priority:asc"] {
        let sort = Sort::parse(text).unwrap();
        group.bench_function(format!("25 of 100,000 by {text}"), |b| b.iter(|| black_box(board.list(&open, sort, None, 0, 25))));
    }
    group.finish();
}

criterion_group!(benches, against_raw, open_after_kill, page_of_board);
criterion_main!(benches);
