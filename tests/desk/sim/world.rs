//! One desk with its disk, clock and writer, all driven by hand. Beside the disk runs a tape: every batch that was handed to the
//! engine. So after any crash the whole keyspace is known byte by byte: all acknowledged batches, and of the last one, if nobody
//! was told how it went, all or nothing.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use lodge::{
    desk::{board::Board, duplicates::Window},
    error::{Error, Result},
    store::{
        Event, Hooks, StoreError, Tx,
        engine::{Batch, Engine, Opener, Snapshot, faulty::FaultyDisk, memory::MemoryEngine, redb::RedbOn},
        writer::{self, Options, Reader, Writer},
    },
    time::Instant,
};
use rand::{SeedableRng, rngs::StdRng};

#[derive(Default)]
struct Tape {
    /// Everything that was acknowledged.
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The batch that was handed over last.
    last: Option<Batch>,
}

impl Tape {
    fn with_last(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut rows = self.rows.clone();
        apply(&mut rows, self.last.as_ref());
        rows
    }
}

fn apply(rows: &mut BTreeMap<Vec<u8>, Vec<u8>>, batch: Option<&Batch>) {
    for (key, value) in batch.into_iter().flatten() {
        match value {
            Some(value) => drop(rows.insert(key.clone(), value.clone())),
            None => drop(rows.remove(key)),
        }
    }
}

struct Taped {
    engine: Arc<dyn Engine>,
    tape: Arc<Mutex<Tape>>,
}

impl Engine for Taped {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.engine.snapshot()
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        self.tape.lock().unwrap().last = Some(batch.clone());
        self.engine.apply(batch)
    }
}

struct TapedOpener {
    opener: Box<dyn Opener>,
    tape: Arc<Mutex<Tape>>,
}

impl Opener for TapedOpener {
    fn open(&self) -> Result<Arc<dyn Engine>, StoreError> {
        Ok(Arc::new(Taped { engine: self.opener.open()?, tape: self.tape.clone() }))
    }
}

/// Keeps the board and the window of recent tickets as the appliance does.
struct Watching(Arc<Mutex<Board>>, Arc<Mutex<Window>>);

impl Hooks for Watching {
    fn committed(&mut self, tx: &Tx, events: &[Event]) {
        self.0.lock().unwrap().follow(tx, events).unwrap();
        self.1.lock().unwrap().follow(tx, events).unwrap();
    }

    fn opened(&mut self, tx: &Tx) -> Result<()> {
        *self.0.lock().unwrap() = Board::of(tx)?;
        *self.1.lock().unwrap() = Window::of(tx)?;
        Ok(())
    }
}

/// A command.
pub type Run<T> = Box<dyn FnOnce(&mut Tx) -> Result<T> + Send>;

/// What the desk lies on.
pub enum Ground {
    Memory(MemoryEngine),
    Disk(FaultyDisk),
}

pub struct World {
    pub ground: Ground,
    clock: Arc<AtomicI64>,
    board: Arc<Mutex<Board>>,
    recent: Arc<Mutex<Window>>,
    tape: Arc<Mutex<Tape>>,
    open: Option<(Writer, Reader)>,
    opened: u64,
    seed: u64,
}

/// How a batch went that was not acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    There,
    NotThere,
}

impl World {
    pub fn new(ground: Ground, seed: u64) -> World {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
        let mut world =
            World { ground, clock, board: Arc::default(), recent: Arc::default(), tape: Arc::default(), open: None, opened: 0, seed };
        world.open().unwrap();
        world
    }

    fn open(&mut self) -> Result<(), StoreError> {
        let opener: Box<dyn Opener> = match &self.ground {
            Ground::Memory(engine) => Box::new(engine.clone()),
            Ground::Disk(disk) => {
                let disk = disk.clone();
                Box::new(RedbOn::new(move || disk.attach()))
            }
        };
        self.opened += 1;
        let ticking = self.clock.clone();
        self.open = Some(writer::open(Options {
            opener: Box::new(TapedOpener { opener, tape: self.tape.clone() }),
            hooks: Box::new(Watching(self.board.clone(), self.recent.clone())),
            clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))),
            rng: Some(StdRng::seed_from_u64(self.seed ^ (self.opened << 32))),
            mark: None,
        })?);
        Ok(())
    }

    pub fn disk(&self) -> Option<&FaultyDisk> {
        match &self.ground {
            Ground::Disk(disk) => Some(disk),
            Ground::Memory(_) => None,
        }
    }

    pub fn advance(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    pub fn read(&self) -> Tx {
        self.open.as_ref().unwrap().1.read().unwrap()
    }

    pub fn recent(&self) -> MutexGuard<'_, Window> {
        self.recent.lock().unwrap()
    }

    /// The same, for a command that looks into it.
    pub fn shared_recent(&self) -> Arc<Mutex<Window>> {
        self.recent.clone()
    }

    pub fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap()
    }

    /// Runs the commands as one batch; gives what each caller is told.
    pub fn batch<T: Send + 'static>(&mut self, commands: Vec<Run<T>>) -> Vec<Result<T>> {
        let told: Arc<Mutex<BTreeMap<usize, Result<T>>>> = Arc::default();
        let count = commands.len();
        let queued = commands.into_iter().enumerate().map(|(i, run)| {
            let told = told.clone();
            writer::command(run, move |it| drop(told.lock().unwrap().insert(i, it.map(|it| it.0))))
        });
        self.open.as_mut().unwrap().0.run(queued.collect());
        let told = std::mem::take(&mut *told.lock().unwrap());
        assert_eq!(told.len(), count, "everybody is answered");
        told.into_values().collect()
    }

    /// The last batch was acknowledged.
    pub fn acknowledged(&mut self) {
        let mut tape = self.tape.lock().unwrap();
        let last = tape.last.take();
        apply(&mut tape.rows, last.as_ref());
    }

    /// Cuts the power, or kills the process, and opens the desk again.
    pub fn restart(&mut self, crash: Option<u64>) {
        if let Some(disk) = self.disk() {
            match crash {
                Some(seed) => disk.crash(seed),
                None => disk.kill(),
            }
            disk.heal();
        }
        self.open = None;
        self.open()
            .unwrap_or_else(|it| panic!("the desk cannot be opened after a {}: {it}", if crash.is_some() { "crash" } else { "kill" }));
    }

    /// The cause of a failure is gone: the writer must find its way by itself.
    pub fn go_on(&mut self) {
        if let Some(disk) = self.disk() {
            disk.heal();
        }
        let told: Vec<Result<(), Error>> = self.batch(vec![Box::new(|_| Ok(()))]);
        assert!(told[0].is_ok(), "the writer does not go on after the cause is gone: {told:?}");
    }

    /// Compares the whole keyspace with the tape, and settles what became of a batch that was not acknowledged.
    pub fn settle(&mut self) -> Fate {
        let found: BTreeMap<Vec<u8>, Vec<u8>> = self.read().all_rows().unwrap().map(|it| it.unwrap()).collect();
        let mut tape = self.tape.lock().unwrap();
        if found == tape.rows {
            tape.last = None;
            return Fate::NotThere;
        }
        assert!(tape.last.is_some() && found == tape.with_last(), "something acknowledged is lost, or a batch is there in part");
        tape.rows = found;
        tape.last = None;
        Fate::There
    }
}
