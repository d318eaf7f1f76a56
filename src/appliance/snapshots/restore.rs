//! Makes an appliance of a snapshot, in a folder of its own. Everything is proven as it is read, so what was changed in the place of the
//! snapshots never becomes a desk. The new appliance is another than the one that the snapshot is of, and holds still
//! (`appliance/instance`).

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::task::JoinSet;
use uuid::Uuid;

use super::{CACHE_BYTES, make::hash_of};
use crate::{
    appliance::{instance, lease, node},
    blobs::Blobs,
    config::ObjectPlace,
    error::{Code, Error, Fault, Refusal, Result},
    id::{BlobHash, DeskId},
    snapshot::{Damage, Found, Manifest, Part, SnapshotId, Vault},
    store::{
        Mark, Store, codec,
        copy::{Copy, Replay},
        engine::redb::RedbFile,
        writer::Options,
    },
    time::Instant,
};

/// Says that a folder is being restored into: it is no appliance yet.
pub const MARK: &str = "restoring";
/// Files that are fetched at once.
const FILES_AT_ONCE: usize = 8;

/// An appliance that was restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    pub desks: usize,
    pub rows: u64,
    pub files: u64,
    /// Before packing.
    pub bytes: u64,
    /// Batches of the journal that were applied to the snapshot, and when the last was committed.
    pub batches: u64,
    pub upto: Option<Instant>,
}

/// How far an appliance is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upto {
    /// To what the snapshot holds.
    Snapshot,
    /// To an instant: what was committed later is left out.
    Instant(Instant),
    /// As far as the journal goes.
    End,
}

impl Upto {
    /// To which instant the journal is applied; none within: to its end. None where it is not applied at all.
    #[expect(clippy::option_option, reason = "whether, and if so how far")]
    fn until(self) -> Option<Option<Instant>> {
        match self {
            Upto::Snapshot => None,
            Upto::Instant(it) => Some(Some(it)),
            Upto::End => Some(None),
        }
    }
}

/// How far a store came by the journal.
pub(super) struct Reached {
    pub mark: Mark,
    pub batches: u64,
    /// When the last batch was committed.
    pub upto: Option<Instant>,
    /// Files that came with it.
    pub files: Vec<(BlobHash, Found)>,
}

/// What an appliance is that takes over from another.
pub(super) struct Taken {
    pub instance: Uuid,
    pub epoch: u64,
    pub snapshot: String,
}

/// Makes an appliance of this snapshot in `into`, which is empty or does not exist. One that broke off is begun anew. `blobs` says where
/// the files of the desks lie.
pub async fn restore(vault: &Arc<Vault>, id: &SnapshotId, upto: Upto, into: &Path, blobs: &ObjectPlace) -> Result<Restored> {
    let manifest = vault.manifest(id).await?;
    prepare(into)?;
    let mut restored = Restored::default();
    for part in &manifest.parts {
        let folder = part.desk.map_or_else(|| into.to_owned(), |it| node::folder_of(into, it));
        let name = if part.desk.is_some() { "desk.redb" } else { "appliance.redb" };
        restored.rows += rows(vault, part, folder.join(name)).await?;
        let mut wanted = files_of(vault, part).await?;
        if let (Some(from), Some(until)) = (part.mark(), upto.until()) {
            let reached = replay(vault, part.desk, from, until, &folder.join(name)).await?;
            restored.batches += reached.batches;
            restored.upto = restored.upto.max(reached.upto);
            wanted.extend(reached.files);
        }
        if let Some(desk) = part.desk {
            restored.desks += 1;
            beside(part, &folder)?;
            restored.files += files(vault, wanted, desk, blobs, &folder.join("blobs")).await?;
        }
    }
    restored.bytes = manifest.bytes();
    let above = into.join("appliance.redb");
    tokio::task::spawn_blocking(move || begin_anew(above, &manifest)).await.map_err(|it| Fault::because("restoring", it))??;
    finish(into, MARK)?;
    Ok(restored)
}

/// Refuses a folder with something in it, unless that is a restore that broke off, which is removed.
fn prepare(into: &Path) -> Result<()> {
    let doing = |it: std::io::Error| Fault::because(format!("preparing {}", into.display()), it);
    fs::create_dir_all(into).map_err(doing)?;
    let mark = into.join(MARK);
    if mark.exists() {
        for entry in fs::read_dir(into).map_err(doing)? {
            let path = entry.map_err(doing)?.path();
            match path == mark {
                true => {}
                false if path.is_dir() => fs::remove_dir_all(&path).map_err(doing)?,
                false => fs::remove_file(&path).map_err(doing)?,
            }
        }
    } else if fs::read_dir(into).map_err(doing)?.next().is_some() {
        let text = format!("{} is not empty: name a folder that is, or that does not exist.", into.display());
        return Err(Refusal::new(Code::Conflict, text).into());
    }
    let file = fs::File::create(&mark).map_err(doing)?;
    file.sync_all().and_then(|()| fs::File::open(into)?.sync_all()).map_err(|it| doing(it).into())
}

/// Everything is there and safe: from here on it is an appliance, and the mark that says otherwise goes.
pub(super) fn finish(into: &Path, mark: &str) -> Result<()> {
    let doing = |it: std::io::Error| Fault::because(format!("finishing {}", into.display()), it);
    let folder = fs::File::open(into).map_err(doing)?;
    rustix::fs::syncfs(&folder).map_err(|it| doing(it.into()))?;
    fs::remove_file(into.join(mark)).map_err(doing)?;
    folder.sync_all().map_err(|it| doing(it).into())
}

/// Writes the rows of a part into an empty store at this path. They are counted as they come.
pub(super) async fn rows(vault: &Arc<Vault>, part: &Part, path: PathBuf) -> Result<u64> {
    let file = RedbFile { path, cache_bytes: CACHE_BYTES };
    let mut copy = Copy::into(&file)?;
    let mut counts = BTreeMap::new();
    part.rows
        .read(vault, |key, value| {
            *counts.entry(key.first().copied().unwrap_or_default()).or_default() += 1;
            Ok(copy.row(key, value)?)
        })
        .await?;
    if counts != part.counts {
        return Err(Damage::of(part.rows.root, "does not lead to as many rows of each kind as were counted"));
    }
    Ok(copy.finish()?)
}

/// Applies what the journal holds of a store to what the store has, up to an instant, or to its end. A batch may be there already, as
/// after a crash: what is applied again makes no difference once all that followed is.
pub(super) async fn replay(vault: &Arc<Vault>, desk: Option<DeskId>, from: Mark, until: Option<Instant>, path: &Path) -> Result<Reached> {
    let mut store: Option<(Replay, u64)> = None;
    let mut reached = Reached { mark: from, batches: 0, upto: None, files: Vec::new() };
    vault
        .replay(desk, from, |segment| {
            // Opened only where something came: whoever follows many desks asks often.
            if store.is_none() {
                let opened = Replay::onto(&RedbFile { path: path.to_owned(), cache_bytes: CACHE_BYTES })?;
                let known = opened.head()?.seq;
                store = Some((opened, known));
            }
            let Some((store, known)) = &store else { return Ok(false) };
            reached.files.extend(segment.files.into_iter().map(|it| (BlobHash(it.hash), it.found)));
            for entry in segment.entries {
                if until.is_some_and(|it| entry.at > it) {
                    return Ok(false);
                }
                let (at, head, commits) = (entry.at, entry.head(), entry.commits);
                store.apply(&entry.into_batch())?;
                if head.seq >= *known && store.head()? != head {
                    return Err(Fault::new("the journal leads to another log than was committed").into());
                }
                reached.batches += 1;
                reached.upto = reached.upto.max(Some(at));
                reached.mark.commits = commits;
            }
            Ok(true)
        })
        .await?;
    Ok(reached)
}

pub(super) fn beside(part: &Part, folder: &Path) -> Result<()> {
    for (name, bytes) in &part.beside {
        let path = folder.join(name);
        let write = || {
            let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|it| Fault::because(format!("writing {}", path.display()), it))?;
    }
    Ok(())
}

/// The files that a snapshot has of a part.
pub(super) async fn files_of(vault: &Arc<Vault>, part: &Part) -> Result<Vec<(BlobHash, Found)>> {
    let mut found = Vec::new();
    part.files
        .read(vault, |key, value| {
            let it: Found = codec::decode("file of a snapshot", &value)?;
            found.push((hash_of(&key)?, it));
            Ok(())
        })
        .await?;
    Ok(found)
}

/// Fetches files of a desk. Gives how many they are.
pub(super) async fn files(
    vault: &Arc<Vault>,
    wanted: Vec<(BlobHash, Found)>,
    desk: DeskId,
    place: &ObjectPlace,
    folder: &Path,
) -> Result<u64> {
    let count = wanted.len() as u64;
    if wanted.is_empty() {
        return Ok(0);
    }
    let blobs = Blobs::at(place, desk, folder)?;
    let mut running: JoinSet<Result<()>> = JoinSet::new();
    for (hash, it) in wanted {
        if running.len() >= FILES_AT_ONCE
            && let Some(ended) = running.join_next().await
        {
            ended.map_err(|it| Fault::because("restoring files", it))??;
        }
        let (vault, blobs) = (vault.clone(), blobs.clone());
        running.spawn(async move { file(&vault, &blobs, hash, &it).await });
    }
    while let Some(ended) = running.join_next().await {
        ended.map_err(|it| Fault::because("restoring files", it))??;
    }
    Ok(count)
}

async fn file(vault: &Vault, blobs: &Blobs, hash: BlobHash, found: &Found) -> Result<()> {
    // In a store elsewhere it may have survived.
    if blobs.is_whole(hash, found.size).await? {
        return Ok(());
    }
    let mut incoming = blobs.begin()?;
    for piece in &found.pieces {
        incoming.add(vault.chunk(*piece).await?.into()).await?;
    }
    let stored = blobs.finish(incoming).await?;
    if stored.hash != hash || stored.size != found.size {
        return Err(Error::Broken(Fault::new(format!("the file {hash} is not what its pieces make"))));
    }
    Ok(())
}

/// Makes another appliance of the store above the desks: one with its own id, that holds still and knows only the desks that were
/// restored.
fn begin_anew(path: PathBuf, manifest: &Manifest) -> Result<()> {
    let store = Store::open(Options::new(RedbFile { path, cache_bytes: CACHE_BYTES }))?;
    let origin = instance::Origin { instance: manifest.instance.clone(), snapshot: manifest.id.to_string(), taken_at: manifest.at };
    let desks: Vec<DeskId> = manifest.parts.iter().filter_map(|it| it.desk).collect();
    store.write(move |tx| {
        instance::begin(tx, Some(origin))?;
        lease::forget(tx)?;
        node::keep_only(tx, &desks)
    })?;
    Ok(())
}

/// The same for one that takes over: it does not hold still, since the one before writes no more.
pub(super) fn take_over(path: PathBuf, taken: Taken, desks: Vec<DeskId>) -> Result<()> {
    let store = Store::open(Options::new(RedbFile { path, cache_bytes: CACHE_BYTES }))?;
    store.write(move |tx| {
        instance::take_over(tx, taken.instance, taken.snapshot)?;
        lease::put(tx, taken.epoch)?;
        node::keep_only(tx, &desks)
    })?;
    Ok(())
}
