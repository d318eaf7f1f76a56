//! The one writer of a store (D3). It drains the queue, runs each command against the last state and the overlay of the batch,
//! commits the batch once, and only then answers. When a commit fails, everybody in the batch is told, memory is dropped, the
//! engine is opened anew, and the store goes on as soon as the cause is gone.
//!
//! The thread wakes when a command arrives, and for nothing else.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use rand::{SeedableRng, rngs::StdRng};

use super::{
    Event, StoreError, Tx,
    engine::{Batch, Engine, Opener, Snapshot},
    log::{self, Head},
    memo::Memo,
};
use crate::{
    error::{Fault, Result},
    limits,
    time::Instant,
};

/// Told by the writer what has been committed, before the callers are. Runs on the writer's thread, so it is quick.
pub trait Hooks: Send {
    /// `tx` reads the state after the commit.
    fn committed(&mut self, tx: &Tx, events: &[Event]);
    /// The store was opened, at the start or after a failure: whatever is kept in memory is built anew.
    fn opened(&mut self, tx: &Tx) -> Result<()>;
    /// A batch is on the disk. Told for every batch, also one without events, and before `committed`.
    fn applied(&mut self, _: Applied) {}
    /// Asked before a batch is begun.
    ///
    /// # Errors
    /// `Fenced` where nothing is to be written now.
    fn may_write(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Which state of a store something is of: of two states of one session the one with more commits is later, and between those of
/// two sessions nobody knows what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Drawn each time the engine is opened.
    pub session: uuid::Uuid,
    /// Batches since.
    pub commits: u64,
}

/// A batch that was committed: whoever applies those of a session one after the other to the state before has the state after.
#[derive(Debug, Clone)]
pub struct Applied {
    pub mark: Mark,
    pub at: Instant,
    /// The end of the log after it.
    pub head: Head,
    pub batch: Batch,
}

/// For stores that nobody watches.
pub struct NoHooks;

impl Hooks for NoHooks {
    fn committed(&mut self, _: &Tx, _: &[Event]) {}
    fn opened(&mut self, _: &Tx) -> Result<()> {
        Ok(())
    }
}

/// A queued command, with whoever waits for it.
pub trait Command: Send {
    /// Runs it; true if what it did is to be kept.
    fn run(&mut self, tx: &mut Tx) -> bool;
    /// Tells the waiting caller, after the commit.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A command made of a closure; `answer` gets its value and the sequence number after it.
struct Closure<T, F, A> {
    run: Option<F>,
    value: Option<Result<(T, u64)>>,
    answer: A,
}

impl<T, F, A> Command for Closure<T, F, A>
where
    T: Send,
    F: FnOnce(&mut Tx) -> Result<T> + Send,
    A: FnOnce(Result<(T, u64)>) + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        let Some(run) = self.run.take() else { return false };
        let outcome = catch_unwind(AssertUnwindSafe(|| run(tx))).unwrap_or_else(|panic| Err(Fault::new(told(panic)).into()));
        let outcome = outcome.and_then(|value| tx.check().map(|()| (value, tx.last_seq())));
        let keep = outcome.is_ok();
        self.value = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let value = match outcome {
            Ok(()) => self.value.unwrap_or_else(|| Err(Fault::new("the command was answered before it ran").into())),
            Err(it) => Err(it.into()),
        };
        (self.answer)(value);
    }
}

/// What a panic said.
fn told(panic: Box<dyn Any + Send>) -> String {
    let said = panic.downcast_ref::<&str>().map(|it| (*it).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a command panicked: {}", said.unwrap_or_default())
}

/// The last committed state.
#[derive(Clone)]
struct State {
    snapshot: Arc<dyn Snapshot>,
    head: Head,
    mark: Mark,
}

/// What readers share with the writer.
struct Shared {
    snapshot: RwLock<Option<State>>,
    trouble: RwLock<Option<StoreError>>,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    last_seq: AtomicU64,
    waiting: AtomicUsize,
    memo: Arc<Memo>,
}

/// The writer itself, without its thread: tests and the simulation drive it step by step.
pub struct Writer {
    opener: Box<dyn Opener>,
    engine: Option<Arc<dyn Engine>>,
    hooks: Box<dyn Hooks>,
    shared: Arc<Shared>,
    rng: Option<StdRng>,
    now: Instant,
    /// Which state the store has when it is opened first.
    mark: Option<Mark>,
}

impl Writer {
    fn open(&mut self) -> Result<(), StoreError> {
        let engine = self.opener.open()?;
        let snapshot = engine.snapshot()?;
        let head = Head::of(&snapshot)?;
        self.now = self.now.max(log::last_at(&snapshot)?);
        let tx = Tx::reading(snapshot.clone(), self.shared.memo.clone(), head, (self.shared.clock)());
        self.hooks.opened(&tx).map_err(|it| StoreError::Corrupt(it.to_string()))?;
        // Never kept, so a run that is repeated may have others. After a failure nobody knows whether the last batch is there.
        let mark = self.mark.take().unwrap_or_else(|| Mark { session: uuid::Uuid::new_v4(), commits: 0 });
        self.publish(State { snapshot, head, mark });
        self.engine = Some(engine);
        self.note(None);
        Ok(())
    }

    /// Tells readers why writes are not taken, or that they are.
    fn note(&self, trouble: Option<StoreError>) {
        *self.shared.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn publish(&self, state: State) {
        let seq = state.head.seq;
        *self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(state);
        self.shared.last_seq.store(seq, Ordering::Release);
    }

    /// Drops what is in memory and opens the engine anew. Readers that still hold the old state get an error, never a mixture.
    fn reopen(&mut self, cause: &StoreError) {
        tracing::error!(error = %cause, "a commit failed: nothing of the batch was acknowledged, the store is opened anew");
        metrics::counter!("lodge_store_commit_failures_total").increment(1);
        self.note(Some(cause.clone()));
        *self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.engine = None;
        if let Err(it) = self.open() {
            tracing::error!(error = %it, "the store cannot be opened at present; the next command tries again");
        }
    }

    fn room(&self) -> Result<(), StoreError> {
        match self.opener.free_bytes() {
            Some(free) if free < limits::DISK_FREE_BYTES_MIN => {
                Err(StoreError::Full(format!("{free} bytes are left, {} are kept in reserve", limits::DISK_FREE_BYTES_MIN)))
            }
            _ => Ok(()),
        }
    }

    /// Runs the commands as one batch, commits it, and answers each.
    pub fn run(&mut self, mut commands: Vec<Box<dyn Command>>) {
        let outcome = self.commit(&mut commands);
        match &outcome {
            // Nothing was tried: the engine is sound.
            Err(it @ StoreError::Fenced(_)) => self.note(Some(it.clone())),
            // The reserve is used up before anything was tried: the engine is sound.
            Err(it) if self.engine.is_none() || matches!(it, StoreError::Full(_) if self.room().is_err()) => self.note(Some(it.clone())),
            Err(it) => self.reopen(it),
            Ok(()) => self.note(None),
        }
        self.shared.waiting.fetch_sub(commands.len(), Ordering::Relaxed);
        for command in commands {
            command.answer(outcome.clone());
        }
    }

    fn commit(&mut self, commands: &mut [Box<dyn Command>]) -> Result<(), StoreError> {
        if self.engine.is_none() {
            self.open()?;
        }
        self.room()?;
        self.hooks.may_write()?;
        let Some(engine) = self.engine.clone() else { return Err(StoreError::Closed("the store is not open")) };
        let State { snapshot, head, mark } = match &*self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner) {
            Some(it) => it.clone(),
            None => return Err(StoreError::Closed("the store is not open")),
        };
        let rng = self.rng.take().unwrap_or_else(StdRng::from_os_rng);
        self.now = self.now.max((self.shared.clock)());
        let mut tx = Tx::over(snapshot, self.shared.memo.clone(), head, self.now, rng);
        for command in commands.iter_mut() {
            self.now = self.now.max((self.shared.clock)());
            tx.begin(self.now);
            if command.run(&mut tx) { tx.keep() } else { tx.discard() }
        }
        let (batch, events, head, rng) = tx.into_parts();
        self.rng = Some(rng);
        if batch.is_empty() {
            return Ok(());
        }
        engine.apply(&batch)?;
        let snapshot = engine.snapshot()?;
        let after = Tx::reading(snapshot.clone(), self.shared.memo.clone(), head, self.now);
        let mark = Mark { commits: mark.commits + 1, ..mark };
        // Readers see the commit before anybody is woken by it: whoever wakes and looks must find what woke them.
        self.publish(State { snapshot, head, mark });
        self.hooks.applied(Applied { mark, at: self.now, head, batch });
        self.hooks.committed(&after, &events);
        metrics::histogram!("lodge_store_batch_commands").record(commands.len() as f64);
        // A disk may have kept it waiting for so long that another one may write by now: then nobody is told that it was saved.
        self.hooks.may_write()
    }
}

/// How a store is opened.
pub struct Options {
    pub opener: Box<dyn Opener>,
    pub hooks: Box<dyn Hooks>,
    pub clock: Box<dyn Fn() -> Instant + Send + Sync>,
    /// A seed for ids, salts and tokens where a run is to be repeated; the system's randomness otherwise.
    pub rng: Option<StdRng>,
    /// Which state the store has, if this process closed it and knows; a new session begins otherwise.
    pub mark: Option<Mark>,
}

impl Options {
    /// The wall clock, the system's randomness, and nobody watching.
    pub fn new(opener: impl Opener + 'static) -> Self {
        Options { opener: Box::new(opener), hooks: Box::new(NoHooks), clock: Box::new(Instant::now), rng: None, mark: None }
    }
}

/// Reads from the last committed state, at any time, from any thread.
#[derive(Clone)]
pub struct Reader(Arc<Shared>);

impl Reader {
    /// The last committed state.
    pub fn read(&self) -> Result<Tx, StoreError> {
        self.read_marked().map(|it| it.0)
    }

    /// The same, with which state it is.
    pub fn read_marked(&self) -> Result<(Tx, Mark), StoreError> {
        match &*self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner) {
            Some(State { snapshot, head, mark }) => {
                Ok((Tx::reading(snapshot.clone(), self.0.memo.clone(), *head, (self.0.clock)()), *mark))
            }
            None => Err(StoreError::Closed("the store is being opened anew after a disk failure")),
        }
    }

    /// The sequence number of the last committed event.
    pub fn last_seq(&self) -> u64 {
        self.0.last_seq.load(Ordering::Acquire)
    }

    /// Why the store does not take writes at present.
    pub fn trouble(&self) -> Option<StoreError> {
        self.0.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Commands that wait for the writer.
    pub fn waiting(&self) -> usize {
        self.0.waiting.load(Ordering::Relaxed)
    }
}

/// Opens the store and hands out its two sides; the caller runs the writer.
pub fn open(options: Options) -> Result<(Writer, Reader), StoreError> {
    let shared = Arc::new(Shared {
        snapshot: RwLock::new(None),
        trouble: RwLock::new(None),
        clock: options.clock,
        last_seq: AtomicU64::new(0),
        waiting: AtomicUsize::new(0),
        memo: Arc::default(),
    });
    let mut writer = Writer {
        opener: options.opener,
        engine: None,
        hooks: options.hooks,
        shared: shared.clone(),
        rng: options.rng,
        now: Instant::EPOCH,
        mark: options.mark,
    };
    writer.open()?;
    Ok((writer, Reader(shared)))
}

/// A command as the writer takes it.
pub fn command<T: Send + 'static>(
    run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    answer: impl FnOnce(Result<(T, u64)>) + Send + 'static,
) -> Box<dyn Command> {
    Box::new(Closure { run: Some(run), value: None, answer })
}

/// A store with its writer thread.
pub struct Store {
    reader: Reader,
    queue: Option<SyncSender<Box<dyn Command>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    pub fn open(options: Options) -> Result<Store, StoreError> {
        let (writer, reader) = open(options)?;
        let (queue, commands) = sync_channel(limits::WRITER_QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || drain(writer, &commands))
            .map_err(|it| StoreError::Io(format!("starting the writer thread: {it}")))?;
        Ok(Store { reader, queue: Some(queue), thread: Mutex::new(Some(thread)) })
    }

    pub fn read(&self) -> Result<Tx, StoreError> {
        self.reader.read()
    }

    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Queues a command; `answer` is called on the writer's thread after the commit, or at once if the queue is full.
    pub fn submit<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
        answer: impl FnOnce(Result<(T, u64)>) + Send + 'static,
    ) {
        let command = command(run, answer);
        let Some(queue) = &self.queue else { return command.answer(Err(StoreError::Closed("the store is closed"))) };
        self.reader.0.waiting.fetch_add(1, Ordering::Relaxed);
        if let Err(it) = queue.try_send(command) {
            self.reader.0.waiting.fetch_sub(1, Ordering::Relaxed);
            let (command, why) = match it {
                TrySendError::Full(it) => (it, "too many commands wait for the disk; try again shortly"),
                TrySendError::Disconnected(it) => (it, "the store is closed"),
            };
            command.answer(Err(StoreError::Closed(why)));
        }
    }

    /// Runs a command and waits for it. Not for async callers.
    pub fn write<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<(T, u64)> {
        let (tell, told) = sync_channel(1);
        self.submit(run, move |it| {
            // The caller waits below, so nobody can have stopped listening.
            let _ = tell.send(it);
        });
        told.recv().unwrap_or_else(|_| Err(StoreError::Closed("the store is closed").into()))
    }
}

impl Drop for Store {
    /// Answers what is queued, then stops.
    fn drop(&mut self) {
        self.queue = None;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn drain(mut writer: Writer, commands: &Receiver<Box<dyn Command>>) {
    while let Ok(first) = commands.recv() {
        let mut batch = vec![first];
        while batch.len() < limits::WRITER_BATCH_MAX {
            let Ok(next) = commands.try_recv() else { break };
            batch.push(next);
        }
        writer.run(batch);
    }
}
