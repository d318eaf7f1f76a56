//! One desk of the appliance, open or closed. It opens when somebody wants it and closes when nobody has for a while, so that hundreds
//! of desks share one memory (D1). While it is open, attendants do its background work.
//!
//! Invariant: a desk's files are open at most once: opening, closing and asking wait for each other.

use std::{
    num::NonZeroU32,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use tokio::{sync::watch, task::JoinSet};

use super::{Desk, DeskEntry, DeskOptions, journal::Tap};
use crate::{
    desk::{closing, jobs, mail, notices, reminders, service_levels, snooze},
    error::{self, Code, Refusal},
    follow::notifier::{self, Look},
    id::DeskId,
    language::say,
    store::Tx,
    time::Instant,
};

/// Begins the background work of a desk that was opened; it ends when the receiver turns true.
pub type Attend = Arc<dyn Fn(Arc<Desk>, watch::Receiver<bool>) -> JoinSet<()> + Send + Sync>;

struct Open {
    desk: Arc<Desk>,
    stop: watch::Sender<bool>,
    attendants: JoinSet<()>,
}

pub struct Place {
    pub id: DeskId,
    known: RwLock<Arc<Known>>,
    folder: PathBuf,
    open: Mutex<Option<Open>>,
    /// Milliseconds since 1970.
    used: AtomicI64,
    /// When it next has something to do while it is closed.
    wake: AtomicI64,
    /// What it has committed and nobody has sent to the place of the snapshots; it outlasts that the desk closes.
    pub tap: Tap,
}

/// What is known of a desk without opening it.
pub struct Known {
    pub entry: DeskEntry,
    /// The share of requests that it may have.
    turns: Option<DefaultDirectRateLimiter>,
}

impl From<DeskEntry> for Known {
    fn from(entry: DeskEntry) -> Self {
        let turns = entry.requests_per_minute.and_then(NonZeroU32::new).map(|it| RateLimiter::direct(Quota::per_minute(it)));
        Known { entry, turns }
    }
}

const NEVER: i64 = i64::MAX;

/// What is said of a desk that lets nobody in.
pub fn suspended() -> Refusal {
    Refusal::new(Code::Unavailable, say!("refused-desk-suspended-ask-whoever"))
}

impl Place {
    /// A desk that is closed; `wake` is when it is to be opened by itself, if ever.
    pub fn closed(entry: DeskEntry, folder: PathBuf, wake: Option<Instant>, tap: Tap) -> Place {
        let wake = wake.map_or(NEVER, Instant::as_millis);
        let id = entry.id;
        let known = RwLock::new(Arc::new(Known::from(entry)));
        Place { id, known, folder, open: Mutex::new(None), used: AtomicI64::new(0), wake: AtomicI64::new(wake), tap }
    }

    pub fn known(&self) -> Arc<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on the desk is known by this entry.
    pub fn learn(&self, entry: DeskEntry) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Known::from(entry));
    }

    /// Counts a request of this desk; how long to wait if it has had its share.
    pub fn turn(&self) -> Result<(), Duration> {
        let known = self.known();
        let Some(turns) = &known.turns else { return Ok(()) };
        turns.check().map_err(|it| it.wait_time_from(DefaultClock::default().now()))
    }

    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The desk, opened if need be.
    pub fn desk(&self, options: DeskOptions, attend: Option<&Attend>, even_suspended: bool) -> error::Result<Arc<Desk>> {
        self.used.store(Instant::now().as_millis(), Ordering::Relaxed);
        let mut place = self.lock();
        if let Some(open) = &*place {
            return Ok(open.desk.clone());
        }
        // Looked at under the lock: it may have been suspended or deleted since somebody came for it.
        if !even_suspended && self.known().entry.suspended_at.is_some() {
            return Err(suspended().into());
        }
        let options = DeskOptions { tap: self.tap.clone(), ..options };
        let desk = Arc::new(Desk::open(self.id, &self.known().entry.name, &self.folder, options)?);
        *place = Some(Open::attended(desk.clone(), attend));
        Ok(desk)
    }

    /// The desk, if it is open. Looking is not using.
    pub fn if_open(&self) -> Option<Arc<Desk>> {
        self.lock().as_ref().map(|it| it.desk.clone())
    }

    /// The same without waiting for whoever opens or closes it just now; and it counts as asked for.
    pub fn if_free(&self) -> Option<Arc<Desk>> {
        let open = self.open.try_lock().ok()?.as_ref().map(|it| it.desk.clone())?;
        self.used.store(Instant::now().as_millis(), Ordering::Relaxed);
        Some(open)
    }

    pub fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// The same without waiting for whoever opens or closes it just now.
    pub fn seems_open(&self) -> bool {
        self.open.try_lock().map_or(true, |it| it.is_some())
    }

    /// Whether mail is fetched for it, which is work that goes on while nobody comes.
    pub fn fetches_mail(&self) -> bool {
        self.if_open().is_some_and(|it| it.read(mail::mailbox::any_enabled).unwrap_or(false))
    }

    /// When it was last asked for.
    pub fn used(&self) -> Instant {
        Instant::from_millis(self.used.load(Ordering::Relaxed))
    }

    /// When it is to be opened by itself.
    pub fn wakes(&self) -> Option<Instant> {
        Some(self.wake.load(Ordering::Relaxed)).filter(|it| *it != NEVER).map(Instant::from_millis)
    }

    /// Closes the desk if it is open and nobody holds it. Its background work ends first, while the desk still serves.
    pub async fn close(&self, attend: Option<&Attend>) -> error::Result<Closed> {
        let asked = self.used();
        let Some(mut attendants) = self.stop() else { return Ok(Closed::Already) };
        while attendants.join_next().await.is_some() {}
        let mut place = self.lock();
        let Some(Open { desk, .. }) = place.take() else { return Ok(Closed::Already) };
        let due = desk.read(next_work)?;
        let wanted = self.used() > asked || desk.live.viewers() > 0;
        match if wanted { Err(desk) } else { Arc::try_unwrap(desk) } {
            Ok(alone) => {
                drop(alone);
                self.wake.store(due.map_or(NEVER, Instant::as_millis), Ordering::Relaxed);
                Ok(Closed::Now(due))
            }
            // Somebody wants it, or still works on it.
            Err(desk) => {
                *place = Some(Open::attended(desk, attend));
                Ok(Closed::InUse)
            }
        }
    }

    /// Tells the background work to end, and gives what is to be waited for.
    pub fn stop(&self) -> Option<JoinSet<()>> {
        self.lock().as_mut().map(|it| {
            it.stop.send_replace(true);
            std::mem::take(&mut it.attendants)
        })
    }
}

/// When there is something to do next, whether or not anybody comes.
fn next_work(tx: &Tx) -> error::Result<Option<Instant>> {
    match notifier::look(tx, 0)? {
        Look::Something => Ok(Some(tx.now())),
        Look::Nothing { .. } => {
            let dues = [
                jobs::next_due(tx)?,
                mail::watch::next_poll(tx)?,
                service_levels::next_due(tx)?,
                closing::next_due(tx)?,
                snooze::next_due(tx)?,
                reminders::next_due(tx)?,
                notices::next_digest(tx)?,
            ];
            Ok(dues.into_iter().flatten().min())
        }
    }
}

/// What became of closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// With the instant of its next work.
    Now(Option<Instant>),
    InUse,
    Already,
}

impl Open {
    fn attended(desk: Arc<Desk>, attend: Option<&Attend>) -> Open {
        let (stop, stopping) = watch::channel(false);
        let attendants = attend.map_or_else(JoinSet::new, |it| it(desk.clone(), stopping));
        Open { desk, stop, attendants }
    }
}
