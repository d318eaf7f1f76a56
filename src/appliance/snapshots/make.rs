//! Takes a snapshot. Every store is read as one transaction sees it, so writers go on meanwhile and each part is of one sequence number.
//! What the last good snapshot holds already is named and not written again.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures_util::StreamExt;
use tokio::runtime::Handle;

use super::BESIDE;
use crate::{
    appliance::{Appliance, Desk},
    blobs::Blobs,
    desk::attachments::blob,
    error::{Error, Fault, Result},
    id::{BlobHash, DeskId},
    snapshot::{ChunkId, Damage, Found, Grown, Manifest, Part, Sending, SnapshotId, Vault, Verdict, sending},
    store::{Mark, Tx, codec},
    time::Instant,
};

/// A file lies in pieces of this size; the last may be shorter.
const PIECE_BYTES: u64 = 4 * 1024 * 1024;
/// Chunks that are read back at once.
const READ_AT_ONCE: usize = 16;
/// Damage that is named one by one.
const FINDINGS_MAX: usize = 20;

/// A snapshot that was taken.
#[derive(Debug, Clone)]
pub struct Made {
    pub id: SnapshotId,
    /// Chunks that had to be written, and their bytes as they lie there.
    pub chunks: usize,
    pub written: u64,
    /// All of it before packing, in bytes.
    pub bytes: u64,
    /// Files that were lost before.
    pub missing: usize,
}

/// What is known to lie in the vault.
#[derive(Default)]
struct Base {
    id: Option<SnapshotId>,
    chunks: HashSet<ChunkId>,
    /// The files of each desk, by their hash.
    files: BTreeMap<DeskId, BTreeMap<BlobHash, Found>>,
}

/// Takes a snapshot of all desks and of what stands above them, or of one desk alone. It stands, and its id is given, only when what was
/// written for it was read back and is what it should be.
pub async fn make(appliance: &Arc<Appliance>, vault: &Arc<Vault>, only: Option<DeskId>) -> Result<Made> {
    let at = Instant::now();
    let base = base(vault).await?;
    let entries = appliance.entries()?;
    let mut desks = Vec::new();
    for entry in entries.into_iter().filter(|it| only.is_none_or(|id| it.id == id)) {
        desks.push((entry.name, appliance.held(entry.id)?));
    }
    let (handle, inside, writer) = (Handle::current(), vault.clone(), appliance.clone());
    let worked = tokio::task::spawn_blocking(move || {
        let (parts, sent) = sending(&inside, &base.chunks, &handle, |into| {
            let mut parts = vec![above(&writer, into)?];
            for (name, desk) in &desks {
                parts.push(of_desk(name, desk, &inside, &base, into, &handle)?);
            }
            Ok(parts)
        })?;
        Ok::<_, Error>((parts, sent, base.id))
    });
    let (parts, sent, base) = worked.await.map_err(|it| Fault::because("taking a snapshot", it))??;
    let read_at = Instant::now();
    let random: [u8; 3] = rand::random();
    let id = SnapshotId::new(at, random);
    let instance = appliance.instance()?.id().to_owned();
    let build = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { id: id.clone(), at, build, instance, parts, base, written: sent.bytes, read_at };
    vault.put_manifest(&manifest).await?;
    let missing = manifest.parts.iter().map(|it| it.missing.len()).sum();
    let made = Made { id: id.clone(), chunks: sent.chunks.len(), written: sent.bytes, bytes: manifest.bytes(), missing };
    let verdict = read_back(vault, sent.chunks).await?;
    vault.put_verdict(&id, &verdict).await?;
    match verdict.findings.first() {
        None => {
            appliance.covered.now(manifest.parts.iter().filter_map(|it| Some((it.desk, it.mark()?.session))));
            Ok(made)
        }
        Some(first) => {
            let text = format!("the snapshot {id} is not good: {} findings, such as: {first}", verdict.findings.len());
            Err(Fault::new(text).into())
        }
    }
}

/// The newest good snapshot, as far as it can be read: what it leads to need not be written again. Whatever was found to be lost does.
async fn base(vault: &Arc<Vault>) -> Result<Base> {
    let mut lost = HashSet::new();
    let mut newest = None;
    for id in vault.snapshots().await?.into_iter().rev() {
        let verdict = vault.verdict(&id).await?;
        if newest.is_none() && verdict.is_good() {
            newest = Some(id);
        }
        lost.extend(verdict.lost);
    }
    let Some(id) = newest else { return Ok(Base::default()) };
    let mut base = match known(vault, &id).await {
        Ok(it) => it,
        Err(error) if Damage::is(&error) => {
            tracing::warn!(%error, snapshot = %id, "the last snapshot cannot be read: the next one holds everything anew");
            return Ok(Base::default());
        }
        Err(error) => return Err(error),
    };
    base.chunks.retain(|it| !lost.contains(it));
    Ok(base)
}

async fn known(vault: &Arc<Vault>, id: &SnapshotId) -> Result<Base> {
    let mut base = Base { id: Some(id.clone()), ..Base::default() };
    for part in vault.manifest(id).await?.parts {
        let chunks = &mut base.chunks;
        part.rows.chunks(vault, &mut |it| _ = chunks.insert(it)).await?;
        part.files.chunks(vault, &mut |it| _ = chunks.insert(it)).await?;
        let Some(desk) = part.desk else { continue };
        let files = base.files.entry(desk).or_default();
        part.files
            .read(vault, |key, value| {
                let found: Found = codec::decode("file of a snapshot", &value)?;
                chunks.extend(found.pieces.iter().copied());
                files.insert(hash_of(&key)?, found);
                Ok(())
            })
            .await?;
    }
    Ok(base)
}

/// The hash that a file of a snapshot is found by.
pub(super) fn hash_of(key: &[u8]) -> Result<BlobHash> {
    let bytes = key.try_into().map_err(|_| Fault::new("a file of a snapshot is not found by its hash"))?;
    Ok(BlobHash(bytes))
}

fn above(appliance: &Appliance, into: &mut Sending<'_>) -> Result<Part> {
    let (tx, mark) = appliance.store().reader().read_marked()?;
    let mut part = rows(&tx, mark, "appliance", into)?;
    part.files = Grown::default().finish(into)?;
    Ok(part)
}

fn of_desk(name: &str, desk: &Desk, vault: &Vault, base: &Base, into: &mut Sending<'_>, handle: &Handle) -> Result<Part> {
    // Also those that nobody refers to any more, as long as they are kept: an instant of the days before may be restored.
    let (mut part, mut kept) = desk.read_marked(|tx, mark| Ok((rows(tx, mark, name, into)?, blob::kept(tx)?)))?;
    kept.sort();
    let (mut files, known) = (Grown::default(), base.files.get(&desk.id));
    for hash in kept {
        // A blob never changes, so one that was taken along before is there in the same pieces, as long as none of them is lost.
        let before = known.and_then(|it| it.get(&hash)).filter(|it| it.pieces.iter().all(|it| base.chunks.contains(it)));
        let found = match before.map_or_else(|| handle.block_on(file(&desk.blobs, hash, into)), |it| Ok(it.clone())) {
            Ok(it) => it,
            // One file that is lost must not keep everything else from being safe; `lodge doctor` tells of it.
            Err(Error::Broken(error)) => {
                tracing::error!(%error, desk = name, "a file is in no snapshot any more");
                part.missing.push(hash.to_string());
                continue;
            }
            Err(error) => return Err(error),
        };
        part.file_bytes += found.size;
        files.row(into, &hash.0, &codec::encode(&found))?;
    }
    part.files = files.finish(into)?;
    part.desk = Some(desk.id);
    if vault.is_sealed() {
        for name in BESIDE {
            let path = desk.folder.join(name);
            let bytes = std::fs::read(&path).map_err(|it| Fault::because(format!("reading {}", path.display()), it))?;
            part.beside.insert(name.to_owned(), bytes);
        }
    }
    Ok(part)
}

fn rows(tx: &Tx, mark: Mark, name: &str, into: &mut Sending<'_>) -> Result<Part> {
    let mut tree = Grown::default();
    let mut counts = BTreeMap::new();
    for row in tx.all_rows()? {
        let (key, value) = row?;
        *counts.entry(key.first().copied().unwrap_or_default()).or_default() += 1;
        tree.row(into, &key, &value)?;
    }
    let (head, rows) = (tx.log_head(), tree.finish(into)?);
    // The files of a store without any are known when it is a part of a desk.
    Ok(Part {
        desk: None,
        name: name.to_owned(),
        seq: head.seq,
        log_hash: head.hash,
        rows,
        counts,
        files: rows,
        file_bytes: 0,
        beside: BTreeMap::new(),
        missing: Vec::new(),
        session: Some(mark.session.simple().to_string()),
        commits: mark.commits,
    })
}

/// Sends one file to the vault, for the journal.
pub async fn send_file(vault: &Arc<Vault>, desk: &Arc<Desk>, hash: BlobHash) -> Result<Found> {
    let (vault, desk, handle) = (vault.clone(), desk.clone(), Handle::current());
    let sent = tokio::task::spawn_blocking(move || {
        let none = HashSet::new();
        sending(&vault, &none, &handle, |into| handle.block_on(file(&desk.blobs, hash, into))).map(|it| it.0)
    });
    sent.await.map_err(|it| Fault::because("sending a file", it))?
}

/// Takes a file along, and proves on the way that it is what its hash says.
async fn file(blobs: &Blobs, hash: BlobHash, into: &mut Sending<'_>) -> Result<Found> {
    let size = blobs.size(hash).await?;
    let (mut hasher, mut pieces, mut at) = (blake3::Hasher::new(), Vec::new(), 0);
    while at < size {
        let end = (at + PIECE_BYTES).min(size);
        let bytes = blobs.range(hash, at, end).await?;
        hasher.update(&bytes);
        pieces.push(into.put(bytes.into())?);
        at = end;
    }
    if *hasher.finalize().as_bytes() != hash.0 {
        return Err(Fault::new(format!("the file {hash} was changed on disk")).into());
    }
    Ok(Found { size, pieces })
}

/// Reads what was written, and compares it with what it should say.
async fn read_back(vault: &Arc<Vault>, written: HashSet<ChunkId>) -> Result<Verdict> {
    let mut verdict = Verdict { read_back_at: Some(Instant::now()), ..Verdict::default() };
    let reading = futures_util::stream::iter(written).map(|id| {
        let vault = vault.clone();
        let reading = tokio::spawn(async move { vault.chunk(id).await.map(drop) });
        async move { (id, reading.await) }
    });
    let mut reading = Box::pin(reading.buffer_unordered(READ_AT_ONCE));
    while let Some((id, outcome)) = reading.next().await {
        match outcome.map_err(|it| Fault::because("reading a snapshot back", it))? {
            Ok(()) => {}
            Err(error) if Damage::is(&error) => {
                verdict.lost.push(id);
                if verdict.findings.len() < FINDINGS_MAX {
                    verdict.findings.push(error.to_string());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(verdict)
}
