//! A standby: a folder that follows the appliance whose snapshots lie at a place, a few seconds behind, and takes over from it when an
//! operator says so. It reads the place and nothing else, so it may be anywhere. What it has of each store is a snapshot's state and every
//! batch of the journal since; where the journal does not lead on, as after a start of the other, the store is made anew of the next
//! snapshot, beside the one that is there, and takes its place when it is whole.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::restore;
use crate::{
    appliance::node,
    config::ObjectPlace,
    error::{Code, Fault, Refusal, Result},
    id::DeskId,
    limits,
    snapshot::{Follower, Lease, Manifest, Part, SnapshotId, Vault},
    store::Mark,
    time::Instant,
};

/// Holds how far a standby has come, and says that its folder is one.
pub const FOLLOWS: &str = "standby.json";
/// A snapshot that is ahead of the journal is waited for so long: what was committed before it may still be on its way.
const JOURNAL_LATE: Duration = Duration::from_secs(60);
/// Who follows says so this often.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// Tries to read the end of the journal when taking over.
const LAST_TRIES: u32 = 5;

/// How far it has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    id: String,
    /// The newest snapshot that was looked at.
    snapshot: Option<String>,
    stores: Vec<Followed>,
    upto: Option<i64>,
    /// What it will be, from when it begins to take over: one that broke off in between goes on where it was.
    #[serde(default)]
    becomes: Option<Uuid>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Followed {
    /// None: the store above the desks.
    desk: Option<DeskId>,
    session: Uuid,
    commits: u64,
}

/// What one look brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    pub batches: u64,
    /// Stores that were made anew of a snapshot.
    pub anew: usize,
    /// When the last commit that it has was made.
    pub upto: Option<Instant>,
}

/// How taking over went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenOver {
    pub epoch: u64,
    /// The other one saw it, and everything that it had is here.
    pub seen: bool,
    pub upto: Option<Instant>,
}

pub struct Standby {
    vault: Arc<Vault>,
    into: PathBuf,
    blobs: ObjectPlace,
    name: String,
    state: State,
    told: Option<Moment>,
    _lock: fs::File,
}

impl Standby {
    /// Takes a folder that is empty, does not exist, or is a standby already.
    pub fn open(vault: Arc<Vault>, into: &Path, blobs: &ObjectPlace, name: &str) -> Result<Standby> {
        let doing = |it: std::io::Error| Fault::because(format!("preparing {}", into.display()), it);
        fs::create_dir_all(into).map_err(doing)?;
        let file = into.join(FOLLOWS);
        let state = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|it| Fault::because(format!("reading {}", file.display()), it))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if fs::read_dir(into)
                    .map_err(doing)?
                    .any(|it| it.is_ok_and(|it| it.file_name() != "lock" && it.file_name() != "standby.new"))
                {
                    let text = format!("{} is not empty: name a folder that is, or that does not exist.", into.display());
                    return Err(Refusal::new(Code::Conflict, text).into());
                }
                State { id: Uuid::new_v4().simple().to_string(), snapshot: None, stores: Vec::new(), upto: None, becomes: None }
            }
            Err(error) => return Err(doing(error).into()),
        };
        let lock = node::own(into)?;
        let standby = Standby { vault, into: into.to_owned(), blobs: blobs.clone(), name: name.to_owned(), state, told: None, _lock: lock };
        standby.keep()?;
        Ok(standby)
    }

    /// Writes down how far it has come: all of it, or what stood there before.
    fn keep(&self) -> Result<()> {
        let doing = |it: std::io::Error| Fault::because(format!("writing {}", self.into.join(FOLLOWS).display()), it);
        let bytes = serde_json::to_vec_pretty(&self.state).map_err(|it| Fault::because("writing how far the standby is", it))?;
        let aside = self.into.join("standby.new");
        fs::write(&aside, bytes).map_err(doing)?;
        fs::File::open(&aside).and_then(|it| it.sync_all()).map_err(doing)?;
        fs::rename(&aside, self.into.join(FOLLOWS)).map_err(doing)?;
        fs::File::open(&self.into).and_then(|it| it.sync_all()).map_err(|it| doing(it).into())
    }

    /// Takes in what is new at the place, and says there now and then that it follows.
    pub async fn round(&mut self) -> Result<Brought> {
        let brought = self.take_in(false).await?;
        if !self.state.stores.is_empty() && self.told.is_none_or(|it| it.elapsed() >= TELL_EVERY) {
            self.tell().await?;
        }
        Ok(brought)
    }

    /// `is_last`: nothing is on its way any more.
    async fn take_in(&mut self, is_last: bool) -> Result<Brought> {
        let mut brought = Brought::default();
        for i in 0..self.state.stores.len() {
            self.go_on(i, &mut brought).await?;
        }
        if let Some(manifest) = self.newer().await? {
            self.take_snapshot(&manifest, is_last, &mut brought).await?;
        }
        brought.upto = self.state.upto.map(Instant::from_millis);
        if brought.batches > 0 || brought.anew > 0 {
            self.keep()?;
        }
        Ok(brought)
    }

    /// Applies what the journal holds of a store since.
    async fn go_on(&mut self, i: usize, brought: &mut Brought) -> Result<()> {
        let Followed { desk, session, commits } = self.state.stores[i].clone();
        let from = Mark { session, commits };
        let reached = restore::replay(&self.vault, desk, from, None, &self.path(desk)).await?;
        if let Some(id) = desk {
            restore::files(&self.vault, reached.files, id, &self.blobs, &self.folder(desk).join("blobs")).await?;
        }
        // Only now: if a file did not come, the same batches are looked at again.
        self.state.stores[i].commits = reached.mark.commits;
        self.state.upto = self.state.upto.max(reached.upto.map(Instant::as_millis));
        brought.batches += reached.batches;
        Ok(())
    }

    /// A good snapshot that is newer than the last one that was looked at.
    async fn newer(&self) -> Result<Option<Manifest>> {
        let newest = match self.vault.newest_before(None).await {
            Ok(it) => it,
            Err(error) if error.code() == Some(Code::NotFound) && !self.state.stores.is_empty() => return Ok(None),
            Err(error) => return Err(error),
        };
        let seen: Option<SnapshotId> = self.state.snapshot.as_ref().and_then(|it| it.parse().ok());
        if seen.is_some_and(|it| newest <= it) {
            return Ok(None);
        }
        Ok(Some(self.vault.manifest(&newest).await?))
    }

    /// Takes from a snapshot what the journal did not lead to.
    ///
    /// A desk that it does not have stays as it is: the snapshot may be of some desks only. Which ones there are says the store above them.
    async fn take_snapshot(&mut self, manifest: &Manifest, is_last: bool, brought: &mut Brought) -> Result<()> {
        let mut all_there = true;
        for part in &manifest.parts {
            let Some(mark) = part.mark() else { continue };
            let place = self.state.stores.iter().position(|it| it.desk == part.desk);
            let is_behind = match place.map(|it| &self.state.stores[it]) {
                Some(it) if it.session == mark.session => {
                    let is_late = it.commits < mark.commits;
                    // Its journal may still come.
                    let waits = is_late && !is_last && Instant::now().since(manifest.at) < JOURNAL_LATE;
                    all_there &= !waits;
                    is_late && !waits
                }
                _ => true,
            };
            if is_behind {
                self.anew(part).await?;
                self.state.stores.retain(|it| it.desk != part.desk);
                self.state.stores.push(Followed { desk: part.desk, session: mark.session, commits: mark.commits });
                self.state.upto = self.state.upto.max(Some(manifest.read_at.as_millis()));
                brought.anew += 1;
                self.keep()?;
                let last = self.state.stores.len() - 1;
                self.go_on(last, brought).await?;
            }
        }
        if all_there {
            self.state.snapshot = Some(manifest.id.to_string());
        }
        self.keep()
    }

    /// Makes a store of a snapshot, beside the one that is there, and puts it in its place.
    async fn anew(&self, part: &Part) -> Result<()> {
        let (folder, path) = (self.folder(part.desk), self.path(part.desk));
        let doing = |it: std::io::Error| Fault::because(format!("preparing {}", folder.display()), it);
        fs::create_dir_all(&folder).map_err(doing)?;
        let aside = path.with_extension("next");
        if aside.exists() {
            fs::remove_file(&aside).map_err(doing)?;
        }
        restore::rows(&self.vault, part, aside.clone()).await?;
        if let Some(desk) = part.desk {
            restore::beside(part, &folder)?;
            let found = restore::files_of(&self.vault, part).await?;
            restore::files(&self.vault, found, desk, &self.blobs, &folder.join("blobs")).await?;
        }
        fs::rename(&aside, &path).map_err(doing)?;
        Ok(fs::File::open(&folder).and_then(|it| it.sync_all()).map_err(doing)?)
    }

    fn folder(&self, desk: Option<DeskId>) -> PathBuf {
        desk.map_or_else(|| self.into.clone(), |it| node::folder_of(&self.into, it))
    }

    fn path(&self, desk: Option<DeskId>) -> PathBuf {
        self.folder(desk).join(if desk.is_some() { "desk.redb" } else { "appliance.redb" })
    }

    /// Says at the place that it follows, so that the other one counts on it.
    async fn tell(&mut self) -> Result<()> {
        let now = Instant::now();
        let upto = self.state.upto.map(Instant::from_millis);
        self.vault.put_follower(&Follower { id: self.state.id.clone(), name: self.name.clone(), at: now, upto }).await?;
        self.told = Some(Moment::now());
        Ok(())
    }

    /// Follows no more: the other one need not count on it.
    pub async fn leave(self) -> Result<()> {
        self.vault.remove_follower(&self.state.id).await
    }

    /// Takes over: from the moment that this returns, the folder is an appliance, and no other one of this place writes. `off` says that
    /// the other one is off for sure, so that nothing is waited for.
    ///
    /// # Errors
    /// Refused if the other one may not know that it is followed, since nothing would stop it; and if another one takes over at once.
    pub async fn take_over(mut self, off: bool) -> Result<TakenOver> {
        // As far as possible before anything stops.
        let before = self.take_in(false).await;
        if self.state.stores.is_empty() {
            before?;
            return Err(Refusal::new(Code::Conflict, "The standby has not taken in a whole snapshot yet. Let `lodge standby` run.").into());
        }
        let instance = *self.state.becomes.get_or_insert_with(Uuid::now_v7);
        self.keep()?;
        let epoch = self.numbered(instance.simple().to_string(), off).await?;
        let seen = !off && self.other_ends(epoch).await?;
        let mut tries = 0;
        while let Err(error) = self.take_in(true).await {
            tries += 1;
            if tries >= LAST_TRIES {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // A place that lets two make the same object has told both that it is theirs; the later one is right.
        let ours = self.vault.last_lease().await?;
        if ours.is_none_or(|it| it.epoch != epoch || it.holder != instance.simple().to_string()) {
            return Err(Refusal::new(Code::Conflict, "Another appliance took over meanwhile.").into());
        }
        let upto = self.state.upto.map(Instant::from_millis);
        let (above, desks) = (self.path(None), self.state.stores.iter().filter_map(|it| it.desk).collect());
        let taken = restore::Taken { instance, epoch, snapshot: self.state.snapshot.clone().unwrap_or_default() };
        let begun = tokio::task::spawn_blocking(move || restore::take_over(above, taken, desks)).await;
        begun.map_err(|it| Fault::because("taking over", it))??;
        restore::finish(&self.into, FOLLOWS)?;
        // It is no standby any more; if that cannot be said, it is given up after a day.
        if let Err(error) = self.vault.remove_follower(&self.state.id).await {
            tracing::warn!(%error, "the place of the snapshots still lists this standby");
        }
        Ok(TakenOver { epoch, seen, upto })
    }

    /// Takes the next fencing number; the one that was taken before, if taking over broke off.
    async fn numbered(&self, holder: String, off: bool) -> Result<u64> {
        let last = self.vault.last_lease().await?;
        if let Some(it) = &last
            && it.holder == holder
        {
            return Ok(it.epoch);
        }
        if !off {
            self.is_counted_on(last.as_ref()).await?;
        }
        let epoch = last.as_ref().map_or(1, |it| it.epoch + 1);
        if !self.vault.take_lease(&Lease { epoch, holder, since: Instant::now() }).await? {
            return Err(Refusal::new(Code::Conflict, "Another appliance took over at the same moment.").into());
        }
        // It may have been taken back just before.
        if !off {
            self.is_counted_on(last.as_ref()).await?;
        }
        Ok(epoch)
    }

    /// Whether the other one stops by itself when it cannot look. It says so at the place before anybody relies on it, and takes it back
    /// before it no longer holds (`appliance/lease`).
    async fn is_counted_on(&self, last: Option<&Lease>) -> Result<()> {
        if let Some(it) = last
            && self.vault.knows_followed(it.epoch).await?
        {
            return Ok(());
        }
        let text = "The other appliance may not know that it is followed, so nothing would stop it from writing. See that it is off, and that \
                    it stays off; then: lodge promote --other-is-off";
        Err(Refusal::new(Code::Conflict, text).into())
    }

    /// Waits until the other one has seen that it is over, or must have stopped by itself. True if it saw it.
    async fn other_ends(&self, epoch: u64) -> Result<bool> {
        let began = Moment::now();
        // A little longer than it waits: its clock may run a little slower than ours.
        let longest = Duration::from_secs(limits::LEASE_SECS + limits::LEASE_SECS / 5);
        while began.elapsed() < longest {
            match self.vault.has_ended(epoch).await {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "the place of the snapshots cannot be looked at; it goes on"),
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(false)
    }
}
