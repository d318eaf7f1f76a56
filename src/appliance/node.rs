//! The machine's own data: which desks there are (D1). `appliance.redb` holds nothing of any desk, and no desk knows of another.
//! Desks open when they are wanted and close when they rest; whoever asks for one never notices.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    Desk, DeskOptions,
    entry::{self, DeskChange, DeskEntry, Rests},
    place::{Attend, Closed, IDLE, Place},
};
use crate::{
    error::{Code, Fault, Refusal, Result},
    id::DeskId,
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
}

/// The least that the store of one of many desks keeps of its pages.
const CACHE_BYTES_MIN: usize = 1024 * 1024;

impl Appliance {
    /// Takes the data folder, or makes it, with one desk in it.
    pub fn open(data_dir: &Path, options: DeskOptions) -> Result<Appliance> {
        std::fs::create_dir_all(data_dir).map_err(|it| Fault::because(format!("making the data folder {}", data_dir.display()), it))?;
        let lock = own(data_dir)?;
        let store = Store::open(Options::new(RedbFile { path: data_dir.join("appliance.redb"), cache_bytes: CACHE_BYTES_MIN }))?;
        if entry::all(&store.read()?)?.is_empty() {
            store.write(|tx| entry::create(tx, "main", &[]))?;
        }
        let tx = store.read()?;
        let mut places = BTreeMap::new();
        for it in entry::all(&tx)? {
            // Whoever left no word was open when the machine went down.
            let wake = tx.get::<Rests>(&it.id)?.map_or(Some(Instant::EPOCH), |it| it.until);
            let folder = data_dir.join("desks").join(it.id.0.simple().to_string());
            places.insert(it.id, Arc::new(Place::closed(it, folder, wake)));
        }
        let places = RwLock::new(places);
        Ok(Appliance { data_dir: data_dir.to_owned(), _lock: lock, store, options, places, attend: OnceLock::new() })
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

    fn all(&self) -> Vec<Arc<Place>> {
        let mut all: Vec<_> = self.places.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by_key(|it| (it.entry.created_at, it.entry.id));
        all
    }

    fn opened(&self, place: &Place) -> Result<Arc<Desk>> {
        if place.entry.suspended_at.is_some() {
            return Err(Refusal::new(Code::Unavailable, "This desk is suspended. Ask whoever runs it.").into());
        }
        if !place.is_open() {
            // Should the machine go down now, it is opened at the next start.
            let id = place.entry.id;
            self.store.write(move |tx| tx.remove::<Rests>(&id))?;
        }
        let sharing = self.places.read().unwrap_or_else(PoisonError::into_inner).len().clamp(1, limits::DESKS_OPEN_MAX);
        let store_cache_bytes = (self.options.store_cache_bytes / sharing).max(CACHE_BYTES_MIN);
        place.desk(DeskOptions { store_cache_bytes, ..self.options }, self.attend.get())
    }

    /// The desk of this name; the only one if no name is given.
    pub fn desk(&self, name: Option<&str>) -> Result<Arc<Desk>> {
        self.opened(&*self.place(name)?)
    }

    fn place(&self, name: Option<&str>) -> Result<Arc<Place>> {
        let all = self.all();
        let found = match (name, all.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => {
                let names: Vec<_> = all.iter().map(|it| it.entry.name.as_str()).collect();
                return Err(Refusal::new(Code::Validation, format!("Say which desk with --desk: {}.", names.join(", "))).into());
            }
            (Some(name), all) => all.iter().find(|it| it.entry.name == name),
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
        places.values().find(|it| it.entry.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))).cloned()
    }

    /// Counts a request to this host against the share of its desk; how long to wait if there is nothing left of it.
    pub fn turn(&self, host: &str) -> std::result::Result<(), Duration> {
        self.place_of_host(host).map_or(Ok(()), |it| it.turn())
    }

    /// The desks that are open now. Looking at them keeps none open.
    pub fn open_desks(&self) -> Vec<Arc<Desk>> {
        self.all().iter().filter_map(|it| it.if_open()).collect()
    }

    /// The longest raw mail that a desk takes, in bytes.
    pub fn mail_bytes_max(&self) -> usize {
        self.options.mail_bytes_max
    }

    // --- what operators do ---

    pub fn create(&self, name: &str, hosts: &[String]) -> Result<DeskEntry> {
        let (name, hosts) = (name.to_owned(), hosts.to_vec());
        let (made, _) = self.store.write(move |tx| entry::create(tx, &name, &hosts))?;
        let folder = self.data_dir.join("desks").join(made.id.0.simple().to_string());
        let place = Place::closed(made.clone(), folder, None);
        self.places.write().unwrap_or_else(PoisonError::into_inner).insert(made.id, Arc::new(place));
        Ok(made)
    }

    /// Changes what the appliance knows of a desk. It is closed for a moment, so that whatever it was told before is forgotten.
    pub async fn change(&self, name: &str, change: DeskChange) -> Result<DeskEntry> {
        let place = self.place(Some(name))?;
        let id = place.entry.id;
        let (changed, _) = self.store.write(move |tx| entry::change(tx, id, change))?;
        let fresh = Arc::new(Place::closed(changed.clone(), place.folder().clone(), Some(Instant::now())));
        self.leave(&place, Some(fresh)).await?;
        Ok(changed)
    }

    /// Deletes a desk with everything in it. Its name is repeated, so that nobody does it by mistake.
    pub async fn delete(&self, name: &str, repeated_name: &str) -> Result<()> {
        let place = self.place(Some(name))?;
        let (id, repeated) = (place.entry.id, repeated_name.to_owned());
        self.store.write(move |tx| entry::delete(tx, id, &repeated))?;
        self.leave(&place, None).await?;
        let folder = place.folder().clone();
        let removed = tokio::task::spawn_blocking(move || match std::fs::remove_dir_all(&folder) {
            Err(it) if it.kind() != std::io::ErrorKind::NotFound => Err(it),
            _ => Ok(()),
        });
        let doing = || format!("removing {}", place.folder().display());
        removed.await.map_err(|it| Fault::because(doing(), it))?.map_err(|it| Fault::because(doing(), it).into())
    }

    /// Takes a place away, and puts another where it was once nobody holds the desk any more.
    async fn leave(&self, place: &Place, next: Option<Arc<Place>>) -> Result<()> {
        let id = place.entry.id;
        self.places.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let mut tries = 0;
        while place.is_open() && place.close(None).await? == Closed::InUse {
            // Requests in flight and live viewers still hold it: viewers are told to go, requests end by themselves.
            if let Some(desk) = place.if_open() {
                desk.live.close();
            }
            tries += 1;
            if tries > limits::HANDLER_SECS_MAX * 10 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if place.is_open() {
            return Err(Refusal::new(Code::Conflict, "Something still works on this desk. Try again shortly.").into());
        }
        if let Some(next) = next {
            self.places.write().unwrap_or_else(PoisonError::into_inner).insert(id, next);
        }
        Ok(())
    }

    // --- opening and closing by itself ---

    /// Opens the desks that have something to do, and closes those that rest or are too many. Gives when to look again.
    pub async fn tend(&self) -> Duration {
        let now = Instant::now();
        for place in self.all().iter().filter(|it| !it.is_open() && it.entry.suspended_at.is_none()) {
            if place.wakes().is_some_and(|it| it <= now)
                && let Err(error) = self.opened(place)
            {
                tracing::error!(%error, desk = place.entry.name, "a desk with work to do could not be opened");
            }
        }
        let mut open: Vec<_> = self.all().into_iter().filter(|it| it.is_open()).collect();
        open.sort_by_key(|it| it.used());
        let too_many = open.len().saturating_sub(limits::DESKS_OPEN_MAX);
        for (i, place) in open.iter().enumerate() {
            let rested = now.since(place.used());
            if (rested >= IDLE && open.len() > 1) || (i < too_many && rested >= BREATH) {
                self.close(place).await;
            }
        }
        let next = self.all().iter().filter(|it| !it.is_open()).filter_map(|it| it.wakes()).min();
        next.map_or(LOOK_AGAIN, |it| it.since(Instant::now())).clamp(Duration::from_millis(100), LOOK_AGAIN)
    }

    async fn close(&self, place: &Place) {
        let id = place.entry.id;
        let outcome = match place.close(self.attend.get()).await {
            Ok(Closed::Now(until)) => self.store.write(move |tx| rests(tx, id, until)).map(drop),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, desk = place.entry.name, "a resting desk could not be closed");
        }
    }

    /// Tells the background work of all desks to end, and waits for it.
    pub async fn stop(&self) {
        let mut all: Vec<JoinSet<()>> = self.all().iter().filter_map(|it| it.stop()).collect();
        for attendants in &mut all {
            while attendants.join_next().await.is_some() {}
        }
    }
}

/// How long a desk is left open after its last use, however many are.
const BREATH: Duration = Duration::from_secs(5);
/// With nothing to do, desks are still looked after this often.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

fn rests(tx: &mut Tx, desk: DeskId, until: Option<Instant>) -> Result<()> {
    tx.put(&Rests { desk, until })
}

/// Takes the lock file. A kill releases it, so nothing is ever left behind to be removed by hand.
fn own(data_dir: &Path) -> Result<std::fs::File> {
    let path = data_dir.join("lock");
    let file = std::fs::File::create(&path).map_err(|it| Fault::because(format!("opening {}", path.display()), it))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => {
            let detail = format!("Another lodge process owns {}. Stop it, or talk to it through its socket.", data_dir.display());
            Err(Refusal::new(Code::Conflict, detail).into())
        }
    }
}
