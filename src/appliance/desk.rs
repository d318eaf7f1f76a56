//! One open desk: its store, board, index, blobs and live viewers, and the two ways in: `read` and `write`.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{Seal, directories::Known, instance::Held, journal::Tap, mailboxes::Doors, pulse::Pulses, sending::Outbound};

use crate::{
    blobs::Blobs,
    config::ObjectPlace,
    desk::{attachments::blob, board::Board, duplicates::Window, migrations, tickets::number},
    error::{Fault, Result},
    follow::{
        Signal,
        indexer::{Indexer, Position},
        live::Hub,
        presence::Presence,
    },
    id::{DeskId, PersonId, TicketId},
    limits,
    previews::Maker,
    scan::Scanner,
    store::{
        Applied, Event, Hooks, Mark, Store, StoreError, Tx,
        engine::redb::RedbFile,
        migrate,
        writer::{Options, Reader},
    },
    time::Instant,
};

/// How much memory a desk may use for what it caches, and what it takes in.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// Where its blobs lie.
    pub blobs: ObjectPlace,
    /// Who looks at files before anybody opens them.
    pub scanner: Option<Scanner>,
    /// Where files are taken apart; none: no previews are made.
    pub previews: Option<Maker>,
    pub store_cache_bytes: usize,
    pub index_memory_bytes: usize,
    /// One raw mail that is taken in.
    pub mail_bytes_max: usize,
    /// How long it stays open that nobody asks for it.
    pub idle: Duration,
    /// Who answers questions to the DNS, if not whom the machine asks.
    pub dns_server: Option<SocketAddr>,
    /// Push services within the house may be asked.
    pub private_push: bool,
    /// Whether the appliance holds still.
    pub held: Held,
    /// Where committed batches wait for whoever sends them (`journal.rs`).
    pub tap: Tap,
}

impl Default for DeskOptions {
    fn default() -> Self {
        DeskOptions {
            blobs: ObjectPlace::default(),
            scanner: None,
            previews: None,
            store_cache_bytes: 64 * 1024 * 1024,
            index_memory_bytes: 32 * 1024 * 1024,
            mail_bytes_max: limits::MAIL_BYTES_MAX,
            idle: Duration::from_secs(limits::DESK_IDLE_SECS),
            dns_server: None,
            private_push: false,
            held: Held::never(),
            tap: Tap::default(),
        }
    }
}

pub struct Desk {
    pub id: DeskId,
    pub name: String,
    pub folder: PathBuf,
    pub blobs: Blobs,
    pub scanner: Option<Scanner>,
    pub previews: Option<Maker>,
    pub index: Indexer,
    pub live: Hub,
    /// Who looks at what.
    pub presence: Presence,
    /// One raw mail that is taken in, in bytes.
    pub mail_bytes_max: usize,
    /// For secrets that must be read back.
    pub seal: Seal,
    /// What identity providers have published.
    pub known: Known,
    /// What mail leaves by.
    pub outbound: Outbound,
    /// Who is at which mailbox.
    pub mailboxes: Doors,
    /// Push services within the house may be asked.
    pub private_push: bool,
    /// How what runs by itself goes.
    pub pulses: Pulses,
    /// Whether the appliance holds still: then nothing is sent, fetched or removed.
    pub held: Held,
    store: Store,
    board: Arc<RwLock<Board>>,
    recent: Arc<RwLock<Window>>,
    committed: watch::Receiver<u64>,
    wake_jobs: Arc<tokio::sync::Notify>,
    changed: Arc<Changed>,
    /// The last event of each person who wrote lately, so that their own next list waits for it and nobody else's does.
    wrote: Mutex<BTreeMap<PersonId, u64>>,
}

/// Keeps the board and the window of recent tickets current, and wakes followers.
struct Watching {
    tap: Tap,
    board: Arc<RwLock<Board>>,
    recent: Arc<RwLock<Window>>,
    live: Hub,
    indexer: Arc<Signal>,
    committed: watch::Sender<u64>,
    wake_jobs: Arc<tokio::sync::Notify>,
    changed: Arc<Changed>,
}

/// The last events about articles and about people: an index that has not come so far does not know what they are now.
#[derive(Default)]
struct Changed {
    articles: AtomicU64,
    people: AtomicU64,
}

impl Changed {
    fn follow(&self, events: &[Event]) {
        for event in events {
            match event.entity_kind.as_str() {
                "article" => self.articles.fetch_max(event.seq, Ordering::AcqRel),
                "person" | "organization" | "department" => self.people.fetch_max(event.seq, Ordering::AcqRel),
                _ => continue,
            };
        }
    }
}

impl Hooks for Watching {
    fn committed(&mut self, tx: &Tx, events: &[Event]) {
        let mut board = self.board.write().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = board.follow(tx, events) {
            tracing::error!(%error, "the board could not follow a commit and is read anew");
            if let Ok(fresh) = Board::of(tx) {
                *board = fresh;
            }
        }
        drop(board);
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = recent.follow(tx, events) {
            tracing::error!(%error, "recent tickets could not follow a commit and are read anew");
            if let Ok(fresh) = Window::of(tx) {
                *recent = fresh;
            }
        }
        drop(recent);
        if let Err(error) = self.live.tell(tx, events, |it| number::shown(tx, it)) {
            tracing::error!(%error, "viewers could not be told of a commit");
        }
        self.changed.follow(events);
        self.committed.send_replace(tx.last_seq());
        self.indexer.set();
        self.wake_jobs.notify_one();
    }

    fn applied(&mut self, applied: Applied) {
        self.tap.note(applied);
    }

    fn may_write(&self) -> Result<(), StoreError> {
        self.tap.gate().may_write()
    }

    fn opened(&mut self, tx: &Tx) -> Result<()> {
        self.tap.stands_at(None);
        *self.board.write().unwrap_or_else(PoisonError::into_inner) = Board::of(tx)?;
        *self.recent.write().unwrap_or_else(PoisonError::into_inner) = Window::of(tx)?;
        // What happened before is not looked through: the index has to come to its end once.
        self.changed.articles.fetch_max(tx.last_seq(), Ordering::AcqRel);
        self.changed.people.fetch_max(tx.last_seq(), Ordering::AcqRel);
        self.committed.send_replace(tx.last_seq());
        Ok(())
    }
}

/// People whose last write is remembered at once; beyond it the oldest writes are forgotten, which only means a longer wait.
const WRITERS_REMEMBERED: usize = 10_000;

impl Desk {
    /// Opens the desk in `folder`, or makes an empty one there.
    pub fn open(id: DeskId, name: &str, folder: &Path, options: DeskOptions) -> Result<Desk> {
        let board = Arc::new(RwLock::new(Board::default()));
        let recent = Arc::new(RwLock::new(Window::default()));
        let (sender, committed) = watch::channel(0);
        let wake_jobs = Arc::new(tokio::sync::Notify::new());
        let live = Hub::default();
        let changed = Arc::new(Changed::default());
        let indexer = Arc::new(Signal::default());
        let tap = options.tap;
        let hooks = Watching {
            tap: tap.clone(),
            board: board.clone(),
            recent: recent.clone(),
            live: live.clone(),
            indexer: indexer.clone(),
            committed: sender,
            wake_jobs: wake_jobs.clone(),
            changed: changed.clone(),
        };
        let opener = RedbFile { path: folder.join("desk.redb"), cache_bytes: options.store_cache_bytes };
        let store = Store::open(Options { hooks: Box::new(hooks), mark: tap.last(), ..Options::new(opener) })?;
        tap.stands_at(Some(store.reader().read_marked()?.1));
        migrate::bring_up(&store, migrations::LIST)?;
        let scanned = options.scanner.is_some();
        if store.read().map_err(crate::error::Error::from).and_then(|tx| blob::is_scanned_here(&tx))? != scanned {
            store.write(move |tx| blob::set_scanning(tx, scanned))?;
        }
        let viewers = live.clone();
        let released = move |tx: &Tx, tickets: &[TicketId]| {
            if let Err(error) = viewers.tell_released(tx, tickets, |it| number::shown(tx, it)) {
                tracing::error!(%error, "viewers could not be told of answers whose hold is over");
            }
        };
        let index = Indexer::open(&folder.join("index"), options.index_memory_bytes, store.reader().clone(), indexer, Box::new(released))?;
        Ok(Desk {
            id,
            name: name.to_owned(),
            folder: folder.to_owned(),
            scanner: options.scanner,
            previews: options.previews,
            blobs: Blobs::at(&options.blobs, id, &folder.join("blobs"))?,
            index,
            live,
            presence: Presence::default(),
            mail_bytes_max: options.mail_bytes_max,
            seal: Seal::in_folder(folder)?,
            known: Known::default(),
            mailboxes: Doors::default(),
            outbound: Outbound::asking(options.dns_server),
            private_push: options.private_push,
            pulses: Pulses::since(Instant::now()),
            held: options.held,
            store,
            board,
            recent,
            committed,
            wake_jobs,
            changed,
            wrote: Mutex::default(),
        })
    }

    /// Reads the last committed state. Quick by nature; what scans much belongs on a blocking thread.
    pub fn read<T>(&self, run: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        run(&self.store.read()?)
    }

    /// Reads the last committed state, with which one it is.
    pub fn read_marked<T>(&self, run: impl FnOnce(&Tx, Mark) -> Result<T>) -> Result<T> {
        let (tx, mark) = self.store.reader().read_marked()?;
        run(&tx, mark)
    }

    /// Reads what takes long, beside the threads that answer requests.
    pub async fn read_apart<T: Send + 'static>(self: &Arc<Self>, run: impl FnOnce(&Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let desk = self.clone();
        tokio::task::spawn_blocking(move || desk.read(run)).await.map_err(|it| Fault::because("reading", it))?
    }

    /// Runs a command on what is committed and keeps nothing of it: to show what it would do.
    pub fn rehearse<T>(&self, run: impl FnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        run(&mut self.store.read()?)
    }

    /// Runs a command and waits until it is on the disk. Remembers that `person` wrote, if one did.
    pub async fn write<T: Send + 'static>(
        &self,
        person: Option<PersonId>,
        run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        self.store.submit(run, move |it| {
            // A caller that went away does not want to know.
            let _ = tell.send(it);
        });
        let (value, seq) = told.await.map_err(|_| Fault::new("the writer stopped before it answered"))??;
        if let Some(person) = person {
            self.remember(person, seq);
        }
        Ok(value)
    }

    /// The same for callers that are not async.
    pub fn write_blocking<T: Send + 'static>(&self, run: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        Ok(self.store.write(run)?.0)
    }

    /// The open tickets. Whoever holds this does not ask for it again: a commit that waits between the two would stop both.
    pub fn board(&self) -> RwLockReadGuard<'_, Board> {
        self.board.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tickets of the last hours, to find those that are alike.
    pub fn recent(&self) -> RwLockReadGuard<'_, Window> {
        self.recent.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For what needs the records and the bytes at once, such as the collector.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub fn reader(&self) -> &Reader {
        self.store.reader()
    }

    /// The sequence number of the last commit, as it grows.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    /// Told after each commit, for the runner of jobs.
    pub fn jobs_woken(&self) -> Arc<tokio::sync::Notify> {
        self.wake_jobs.clone()
    }

    /// Waits until the index holds what this person wrote last, for two seconds at most; false if it does not by then (D9).
    pub async fn index_has_own_writes(&self, person: Option<PersonId>) -> bool {
        let wanted = person.and_then(|it| self.lock_wrote().get(&it).copied()).unwrap_or(0);
        let has = self.index.reached(wanted, Duration::from_millis(limits::INDEX_WAIT_MILLIS_MAX)).await;
        if !has {
            metrics::counter!("lodge_index_waits_given_up_total").increment(1);
        }
        if has && let Some(person) = person {
            let mut wrote = self.lock_wrote();
            if wrote.get(&person) == Some(&wanted) {
                wrote.remove(&person);
            }
        }
        has
    }

    fn index_knows(&self, seq: &AtomicU64) -> bool {
        let Position { seq: at, rebuilding } = self.index.position();
        rebuilding.is_none() && at >= seq.load(Ordering::Acquire)
    }

    /// Whether the index has heard of the last change of any article.
    pub fn index_knows_articles(&self) -> bool {
        self.index_knows(&self.changed.articles)
    }

    /// Waits a little until the index has heard of the last change of any article or anybody, so that whoever looks for them right behind
    /// a change finds them as well as later. Without it they are found all the same, by the records.
    pub async fn index_hears_of_others(&self) {
        let seq = self.changed.articles.load(Ordering::Acquire).max(self.changed.people.load(Ordering::Acquire));
        self.index.reached(seq, Duration::from_millis(limits::INDEX_WAIT_MILLIS_MAX)).await;
    }

    /// Whether the index has heard of the last change of anybody.
    pub fn index_knows_people(&self) -> bool {
        self.index_knows(&self.changed.people)
    }

    /// How far the index is behind the log, in events.
    pub fn index_lag(&self) -> u64 {
        let Position { seq, .. } = self.index.position();
        self.reader().last_seq().saturating_sub(seq)
    }

    fn remember(&self, person: PersonId, seq: u64) {
        let mut wrote = self.lock_wrote();
        if wrote.len() >= WRITERS_REMEMBERED {
            let indexed = self.index.position().seq;
            wrote.retain(|_, it| *it > indexed);
        }
        wrote.insert(person, seq);
    }

    fn lock_wrote(&self) -> MutexGuard<'_, BTreeMap<PersonId, u64>> {
        self.wrote.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever looks at these tickets that others came, went, or write.
    pub fn tell_presence(&self, tickets: &[TicketId]) -> Result<()> {
        let tx = self.store.read()?;
        tickets.iter().try_for_each(|it| self.live.tell_presence(&tx, *it, |it| number::shown(&tx, it)))
    }

    /// The wall clock, for what the shell shows.
    pub fn now(&self) -> Instant {
        Instant::now()
    }
}
