//! The machine's own data: which desks there are (D1). `appliance.redb` holds nothing of any desk, and no desk knows of another.
//! Desks open when they are wanted and close when they rest; whoever asks for one never notices.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::{Notify, Semaphore, watch},
    task::JoinSet,
};

use super::{
    Certificate, Desk, DeskOptions, archive,
    entry::{self, DeskChange, DeskEntry, Leaving, Rests},
    instance::{self, Held},
    journal::{Covered, Tap, Tapped},
    lease,
    operator::By,
    place::{self, Attend, Closed, Place},
    snapshots, upgrade,
};
use crate::{
    error::{Code, Fault, Refusal, Result},
    id::DeskId,
    language::say,
    limits,
    store::{Store, Tx, engine::redb::RedbFile, writer::Options},
    time::Instant,
};

pub struct Appliance {
    pub data_dir: PathBuf,
    /// Held for as long as the process owns the data (D14).
    _lock: std::fs::File,
    store: Store,
    options: DeskOptions,
    places: RwLock<BTreeMap<DeskId, Arc<Place>>>,
    attend: OnceLock<Attend>,
    /// Desks that may be handed out now.
    pub(super) exports: Arc<Semaphore>,
    /// Told when more desks are open than should be.
    crowded: Notify,
    /// Whether it holds still (`instance.rs`).
    pub(super) hold: watch::Sender<bool>,
    /// Held by whoever works on the snapshots of this appliance.
    pub snapshotting: tokio::sync::Mutex<()>,
    /// What its own store has committed and nobody has sent.
    tap: Tap,
    pub covered: Covered,
    /// What is shown to whoever connects encrypted (`certificate.rs`).
    pub(super) certificate: RwLock<Option<Certificate>>,
    /// Told when the process is to begin anew.
    pub restart: Notify,
    /// Told when another appliance took over (`lease.rs`).
    pub over: Notify,
}

/// The least that the store of one of many desks keeps of its pages.
const CACHE_BYTES_MIN: usize = 1024 * 1024;

impl Appliance {
    /// Takes the data folder, or makes it, with one desk in it.
    pub fn open(data_dir: &Path, options: DeskOptions) -> Result<Appliance> {
        std::fs::create_dir_all(data_dir).map_err(|it| Fault::because(format!("making the data folder {}", data_dir.display()), it))?;
        let lock = own(data_dir)?;
        if data_dir.join(snapshots::MARK).exists() {
            let text = format!("{} was being restored into, and that broke off: run `lodge snapshot restore` again.", data_dir.display());
            return Err(Refusal::new(Code::Conflict, text).into());
        }
        if data_dir.join(snapshots::FOLLOWS).exists() {
            let text = format!("{} is a standby: `lodge promote` makes it take over, and an appliance of it.", data_dir.display());
            return Err(Refusal::new(Code::Conflict, text).into());
        }
        upgrade::prepare(data_dir)?;
        let tap = options.tap.fresh();
        let opener = RedbFile { path: data_dir.join("appliance.redb"), cache_bytes: CACHE_BYTES_MIN };
        let store = Store::open(Options { hooks: Box::new(Tapped(tap.clone())), ..Options::new(opener) })?;
        let is_followed = store.read()?.get::<lease::Held>(&())?.is_some_and(|it| it.followed);
        if entry::all(&store.read()?)?.is_empty() {
            store.write(|tx| entry::create(tx, By::CommandLine, "main", &[]))?;
        }
        let hold = watch::Sender::new(instance::of(&store)?.held_since.is_some());
        sweep(data_dir, &store)?;
        // What it does from here on has to be allowed.
        tap.gate().begin(is_followed, data_dir.join(lease::LOST).exists());
        archive::sweep(data_dir)?;
        let tx = store.read()?;
        let mut places = BTreeMap::new();
        for it in entry::all(&tx)? {
            // Whoever left no word was open when the machine went down.
            let wake = tx.get::<Rests>(&it.id)?.map_or(Some(Instant::EPOCH), |it| it.until);
            let folder = folder_of(data_dir, it.id);
            places.insert(it.id, Arc::new(Place::closed(it, folder, wake, options.tap.fresh())));
        }
        let places = RwLock::new(places);
        let exports = Arc::new(Semaphore::new(limits::EXPORTS_AT_ONCE));
        let data_dir = data_dir.to_owned();
        let options = DeskOptions { held: Held::by(&hold), ..options };
        Ok(Appliance {
            data_dir,
            _lock: lock,
            store,
            options,
            places,
            attend: OnceLock::new(),
            exports,
            crowded: Notify::new(),
            hold,
            snapshotting: tokio::sync::Mutex::new(()),
            tap,
            covered: Covered::default(),
            certificate: RwLock::default(),
            restart: Notify::new(),
            over: Notify::new(),
        })
    }

    /// Has the background work of each desk done while it is open. To be said once, before the first desk is asked for.
    pub fn attend(&self, attend: Attend) {
        if self.attend.set(attend).is_err() {
            tracing::debug!("the background work of desks was arranged already");
        }
    }

    /// Every desk, the oldest first.
    pub fn entries(&self) -> Result<Vec<DeskEntry>> {
        entry::all(&self.store.read()?)
    }

    /// What is known of one desk.
    pub fn entry(&self, id: DeskId) -> Result<DeskEntry> {
        self.store.read()?.get::<DeskEntry>(&id)?.ok_or_else(|| Refusal::not_found("desk").into())
    }

    /// The id of the desk of this name.
    pub fn id_of(&self, name: &str) -> Result<DeskId> {
        self.place(Some(name)).map(|it| it.id)
    }

    pub(super) fn places(&self) -> Vec<Arc<Place>> {
        let mut all: Vec<_> = self.places.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by_key(|it| (it.known().entry.created_at, it.id));
        all
    }

    fn opened(&self, place: &Place) -> Result<Arc<Desk>> {
        if place.known().entry.suspended_at.is_some() {
            return Err(place::suspended().into());
        }
        if let Some(desk) = place.if_free() {
            return Ok(desk);
        }
        off_the_workers(|| self.open_one(place))
    }

    fn open_one(&self, place: &Place) -> Result<Arc<Desk>> {
        if !place.is_open() {
            // Should the machine go down now, it is opened at the next start.
            let id = place.id;
            let noted = self.store.write(move |tx| tx.remove::<Rests>(&id));
            // One that may not write now can be read all the same.
            if let Err(error) = noted
                && self.gate().may_write().is_ok()
            {
                return Err(error);
            }
            if self.places().iter().filter(|it| it.seems_open()).count() >= limits::DESKS_OPEN_MAX {
                self.crowded.notify_one();
            }
        }
        place.desk(self.shared_options(), self.attend.get(), false)
    }

    /// A share of what there is for one of the desks.
    fn shared_options(&self) -> DeskOptions {
        let sharing = self.places.read().unwrap_or_else(PoisonError::into_inner).len().clamp(1, limits::DESKS_OPEN_MAX);
        let store_cache_bytes = (self.options.store_cache_bytes / sharing).max(CACHE_BYTES_MIN);
        DeskOptions { store_cache_bytes, ..self.options.clone() }
    }

    /// The desk of this name; the only one if no name is given.
    pub fn desk(&self, name: Option<&str>) -> Result<Arc<Desk>> {
        self.opened(&*self.place(name)?)
    }

    /// The desk of this id.
    pub fn desk_of_id(&self, id: DeskId) -> Result<Arc<Desk>> {
        self.opened(&*self.place_of_id(id)?)
    }

    /// The desk for its operators: one that is suspended, too, which then does none of its background work.
    pub fn held(&self, id: DeskId) -> Result<Arc<Desk>> {
        let place = self.place_of_id(id)?;
        match place.known().entry.suspended_at {
            Some(_) => place.desk(self.shared_options(), None, true),
            None => self.opened(&place),
        }
    }

    fn place_of_id(&self, id: DeskId) -> Result<Arc<Place>> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        places.get(&id).cloned().ok_or_else(|| Refusal::not_found("desk").into())
    }

    fn place(&self, name: Option<&str>) -> Result<Arc<Place>> {
        let all = self.places();
        let found = match (name, all.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => {
                let names: Vec<_> = all.iter().map(|it| it.known().entry.name.clone()).collect();
                return Err(Refusal::new(Code::Validation, say!("refused-say-which-desk-desk", join = names.join(", "))).into());
            }
            (Some(name), all) => all.iter().find(|it| it.known().entry.name == name),
        };
        found.cloned().ok_or_else(|| Refusal::not_found("desk").into())
    }

    /// The desk that answers on this host name, if one does. A single desk answers on any.
    pub fn desk_of_host(&self, host: &str) -> Result<Option<Arc<Desk>>> {
        self.place_of_host(host).map(|it| self.opened(&it)).transpose()
    }

    fn place_of_host(&self, host: &str) -> Option<Arc<Place>> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        if places.len() == 1 {
            return places.values().next().cloned();
        }
        let host = host.trim_end_matches('.');
        places.values().find(|it| it.known().entry.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))).cloned()
    }

    /// Counts a request to this host against the share of its desk; how long to wait if there is nothing left of it.
    pub fn turn(&self, host: &str) -> std::result::Result<(), Duration> {
        self.place_of_host(host).map_or(Ok(()), |it| it.turn())
    }

    /// Where a desk has its files.
    pub fn folder_of(&self, id: DeskId) -> Result<PathBuf> {
        self.place_of_id(id).map(|it| it.folder().clone())
    }

    /// The desks that are open now. Looking at them keeps none open.
    pub fn open_desks(&self) -> Vec<Arc<Desk>> {
        self.places().iter().filter_map(|it| it.if_open()).collect()
    }

    /// Since when the oldest batch waits to be sent to the place of the snapshots.
    pub fn journal_waits_since(&self) -> Option<Instant> {
        self.taps().iter().filter_map(|it| it.1.since()).min()
    }

    /// Where the batches of each store wait; none is the store above the desks.
    pub fn taps(&self) -> Vec<(Option<DeskId>, Tap)> {
        let desks = self.places().into_iter().map(|it| (Some(it.id), it.tap.clone()));
        std::iter::once((None, self.tap.clone())).chain(desks).collect()
    }

    /// The longest raw mail that a desk takes, in bytes.
    pub fn mail_bytes_max(&self) -> usize {
        self.options.mail_bytes_max
    }

    /// Ends when whatever was begun in the store above the desks is committed, or refused.
    pub fn settle(&self) {
        let _ = self.store.write(|_| Ok(()));
    }

    /// What every store of the appliance asks before it writes.
    pub fn gate(&self) -> &lease::Gate {
        self.tap.gate()
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    // --- what operators do ---

    pub fn create(&self, by: By, name: &str, hosts: &[String]) -> Result<DeskEntry> {
        let (name, hosts) = (name.to_owned(), hosts.to_vec());
        let (made, _) = self.store.write(move |tx| entry::create(tx, by, &name, &hosts))?;
        let place = Place::closed(made.clone(), folder_of(&self.data_dir, made.id), None, self.options.tap.fresh());
        self.places.write().unwrap_or_else(PoisonError::into_inner).insert(made.id, Arc::new(place));
        Ok(made)
    }

    /// Changes what the appliance knows of a desk. One that is suspended lets go of everybody.
    pub async fn change(&self, by: By, id: DeskId, change: DeskChange) -> Result<DeskEntry> {
        let place = self.place_of_id(id)?;
        let was_suspended = place.known().entry.suspended_at.is_some();
        let (changed, _) = self.store.write(move |tx| entry::change(tx, by, id, change))?;
        place.learn(changed.clone());
        match changed.suspended_at {
            Some(_) if !was_suspended => {
                // What it takes stays known while nobody opens it.
                self.count_one(&place, Duration::ZERO).await?;
                self.empty(&place).await?;
            }
            // Whoever held it meanwhile kept its background work out; from here on it is done again.
            None if was_suspended => drop(place.close(self.attend.get()).await?),
            _ => {}
        }
        Ok(changed)
    }

    /// Deletes a desk with everything in it. Its name is repeated, so that nobody does it by mistake.
    pub async fn delete(&self, by: By, id: DeskId, repeated_name: &str) -> Result<()> {
        let place = self.place_of_id(id)?;
        let repeated = repeated_name.to_owned();
        let (entry, _) = self.store.write(move |tx| entry::delete(tx, by, id, &repeated))?;
        // Whoever holds the place already opens nothing any more.
        place.learn(DeskEntry { suspended_at: Some(Instant::now()), ..entry });
        self.places.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if !self.empty(&place).await? {
            let detail = say!("refused-desk-deleted-but-something");
            return Err(Refusal::new(Code::Conflict, detail).into());
        }
        let folder = place.folder().clone();
        let removed = tokio::task::spawn_blocking(move || remove(&folder)).await;
        removed.map_err(|it| Fault::because("removing a desk", it))??;
        self.store.write(move |tx| tx.remove::<Leaving>(&id))?;
        Ok(())
    }

    /// Closes a desk that nobody may come to any more; false if somebody still holds it after a while.
    async fn empty(&self, place: &Place) -> Result<bool> {
        for _ in 0..EMPTY_TRIES {
            if let Some(desk) = place.if_open() {
                desk.live.close();
            }
            if place.close(None).await? != Closed::InUse {
                return Ok(true);
            }
            // Requests that have begun end by themselves.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(false)
    }

    // --- opening and closing by itself ---

    /// Opens the desks that have something to do, and closes those that rest or are too many. Gives when to look again.
    pub async fn tend(&self) -> Duration {
        let now = Instant::now();
        let is_due = |it: &&Arc<Place>| !it.is_open() && it.known().entry.suspended_at.is_none() && it.wakes().is_some_and(|it| it <= now);
        // After a crash all that were open are due: a few at a time, so that they never all are again.
        let mut failed = false;
        for place in self.places().iter().filter(is_due).take(OPENED_AT_ONCE) {
            if let Err(error) = self.opened(place) {
                tracing::error!(%error, desk = place.known().entry.name, "a desk with work to do could not be opened");
                failed = true;
            }
        }
        self.count_open().await;
        let all = self.places();
        let mut open: Vec<_> = all.iter().filter(|it| it.is_open()).collect();
        open.sort_by_key(|it| it.used());
        let too_many = open.len().saturating_sub(limits::DESKS_OPEN_MAX);
        for (i, place) in open.iter().enumerate() {
            let rested = now.since(place.used());
            let is_suspended = place.known().entry.suspended_at.is_some();
            let is_idle = rested >= self.options.idle && all.len() > 1 && !place.fetches_mail();
            if is_idle || ((i < too_many || is_suspended) && rested >= BREATH) {
                self.close(place).await;
            }
        }
        if all.iter().filter(|it| it.is_open()).count() > limits::DESKS_OPEN_MAX {
            return BREATH / 4;
        }
        let next = self.places().iter().filter(|it| !it.is_open()).filter_map(|it| it.wakes()).min();
        // What could not be opened would fail again at once.
        let soonest = if failed { BREATH } else { Duration::from_millis(100) };
        next.map_or(LOOK_AGAIN, |it| it.since(Instant::now())).clamp(soonest, LOOK_AGAIN)
    }

    /// Ends when more desks are open than should be, so that somebody tends to it at once.
    pub async fn crowded(&self) {
        self.crowded.notified().await;
    }

    async fn close(&self, place: &Place) {
        let id = place.id;
        let suspended = place.known().entry.suspended_at.is_some();
        if let Err(error) = self.count_one(place, Duration::ZERO).await {
            tracing::warn!(%error, desk = place.known().entry.name, "what a desk takes could not be counted");
        }
        let outcome = match place.close(self.attend.get().filter(|_| !suspended)).await {
            Ok(Closed::Now(until)) => self.store.write(move |tx| rests(tx, id, until)).map(drop),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, desk = place.known().entry.name, "a resting desk could not be closed");
        }
    }

    /// Tells the background work of all desks to end, and waits for it.
    pub async fn stop(&self) {
        let mut all: Vec<JoinSet<()>> = self.places().iter().filter_map(|it| it.stop()).collect();
        for attendants in &mut all {
            while attendants.join_next().await.is_some() {}
        }
    }
}

/// Looks at a desk that is to be empty, twenty a second.
const EMPTY_TRIES: usize = 200;
/// How long a desk is left open after its last use, however many are.
const BREATH: Duration = Duration::from_secs(1);
/// Desks that are opened by themselves before those that rest are looked at.
const OPENED_AT_ONCE: usize = 16;
/// With nothing to do, desks are still looked after this often.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(it) if it.kind() != std::io::ErrorKind::NotFound => Err(Fault::because(format!("removing {}", folder.display()), it).into()),
        _ => Ok(()),
    }
}

/// Removes the folders of desks that were deleted and could not be removed then. A folder that nobody deleted is never touched.
fn sweep(data_dir: &Path, store: &Store) -> Result<()> {
    for leaving in store.read()?.scan::<Leaving>(&())? {
        let id = leaving?.desk;
        remove(&folder_of(data_dir, id))?;
        store.write(move |tx| tx.remove::<Leaving>(&id))?;
    }
    Ok(())
}

/// Where a desk has its files, below the data folder.
pub(super) fn folder_of(data_dir: &Path, desk: DeskId) -> PathBuf {
    data_dir.join("desks").join(desk.0.simple().to_string())
}

/// Forgets the desks whose data did not come along.
pub(super) fn keep_only(tx: &mut Tx, desks: &[DeskId]) -> Result<()> {
    for it in entry::all(tx)?.into_iter().filter(|it| !desks.contains(&it.id)) {
        tx.remove::<DeskEntry>(&it.id)?;
    }
    Ok(())
}

fn rests(tx: &mut Tx, desk: DeskId, until: Option<Instant>) -> Result<()> {
    tx.put(&Rests { desk, until })
}

/// Takes the lock file. A kill releases it, so nothing is ever left behind to be removed by hand.
pub(super) fn own(data_dir: &Path) -> Result<std::fs::File> {
    let path = data_dir.join("lock");
    let file = std::fs::File::create(&path).map_err(|it| Fault::because(format!("opening {}", path.display()), it))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => {
            let detail = say!("refused-another-lodge-process-owns", display = data_dir.display());
            Err(Refusal::new(Code::Conflict, detail).into())
        }
    }
}
/// Runs what waits for the disk, and lets others have the worker meanwhile: a large desk that opens holds up nobody else's.
fn off_the_workers<T>(run: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|it| it.runtime_flavor()) {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(run),
        _ => run(),
    }
}
