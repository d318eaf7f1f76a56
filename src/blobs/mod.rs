//! Bytes of attachments and raw mails, each stored once under its BLAKE3 hash, through `object_store`. Only this room knows that
//! crate. Bytes are flushed before anything refers to them (D12); what nobody refers to is collected later (`appliance/garbage`).

mod holds;
mod incoming;
mod objects;
mod outgoing;
mod place;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, local::LocalFileSystem, path::Path as ObjectPath};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub use self::{
    holds::Condemned,
    incoming::Incoming,
    objects::{Listed, Objects},
};
use self::{holds::Holds, incoming::Turns};
use crate::{
    error::{Code, Error, Fault, Refusal, Result},
    id::BlobHash,
    language::say,
    time::Instant,
};

/// Where files lie that are on their way in. In a folder of blobs, so that they become one without being copied.
const INCOMING: &str = "incoming";
/// A part of a large file that is sent to a store elsewhere; stores take no smaller ones.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts that are on their way at once.
const PARTS_AT_ONCE: usize = 4;

#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    /// A folder for what is on its way in.
    incoming: PathBuf,
    /// The objects are files, and those on their way in lie among them.
    is_local: bool,
    holds: Arc<Holds>,
    turns: Arc<Turns>,
}

/// Bytes that are safely stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub hash: BlobHash,
    pub size: u64,
    pub sha256: [u8; 32],
}

/// One blob that lies in the store, whether or not anybody needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub hash: BlobHash,
    pub size: u64,
    /// When it was written, by the store's clock.
    pub written_at: Instant,
}

impl Blobs {
    /// Blobs in a folder, which is made if it is missing.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let incoming = made(folder.join(INCOMING))?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(|it| Fault::because("opening the blob folder", it))?;
        Ok(Blobs { objects: Arc::new(local.with_fsync(true)), incoming, is_local: true, holds: Arc::default(), turns: Arc::default() })
    }

    /// Blobs in any object store; `folder` is for files that are on their way to it.
    pub fn on(objects: Arc<dyn ObjectStore>, folder: &Path) -> Result<Self> {
        Ok(Blobs { objects, incoming: made(folder.join(INCOMING))?, is_local: false, holds: Arc::default(), turns: Arc::default() })
    }

    /// Stores the bytes and returns once they would survive a power cut. They are written even if they seem to be there: whoever
    /// put them may have failed to flush them, or not have come to it yet, and what rotted is made whole again. The collector leaves
    /// them alone for some hours; by then something refers to them, or nobody wants them any more.
    pub async fn put(&self, bytes: Bytes) -> Result<Stored> {
        let (hash, sha256) = (BlobHash::of(&bytes), Sha256::digest(&bytes).into());
        let stored = Stored { hash, size: bytes.len() as u64, sha256 };
        self.holds.hold(hash).await;
        self.objects.put(&place(hash), PutPayload::from_bytes(bytes)).await.map_err(|it| unavailable(&it))?;
        Ok(stored)
    }

    /// A new file that comes piece by piece.
    pub fn begin(&self) -> Result<Incoming> {
        Incoming::begin(&self.incoming, format!("{}.part", uuid::Uuid::new_v4().simple()))
    }

    /// A file that comes piece by piece in several requests, and over restarts: it goes on at `at`, up to which it was flushed. The name
    /// is the caller's, of letters and digits.
    pub fn resume(&self, name: &str, at: u64) -> Result<Incoming> {
        Incoming::resume(&self.incoming, safe_name(name)?, at, &self.turns)
    }

    /// Whether such a file is there, at least as long.
    pub fn can_resume(&self, name: &str, at: u64) -> Result<bool> {
        let length = std::fs::metadata(self.incoming.join(safe_name(name)?)).map_or(0, |it| it.len());
        Ok(length >= at)
    }

    /// Forgets such a file; that there is none is fine.
    pub fn abandon(&self, name: &str) -> Result<()> {
        match std::fs::remove_file(self.incoming.join(safe_name(name)?)) {
            Err(it) if it.kind() != std::io::ErrorKind::NotFound => Err(Fault::because("removing an upload", it).into()),
            _ => Ok(()),
        }
    }

    /// All of the file has come: it becomes a blob, flushed, and held like one that was put.
    pub async fn finish(&self, mut incoming: Incoming) -> Result<Stored> {
        let (stored, file) = incoming.finish().await?;
        self.holds.hold(stored.hash).await;
        if self.is_local {
            let from = ObjectPath::from(format!("{INCOMING}/{}", incoming.name()));
            self.objects.rename(&from, &place(stored.hash)).await.map_err(|it| unavailable(&it))?;
            return Ok(stored);
        }
        self.send(&file, stored).await?;
        // Left behind, it goes at the next start.
        let _ = tokio::fs::remove_file(&file).await;
        Ok(stored)
    }

    /// Sends a file to a store elsewhere, a few parts at once.
    async fn send(&self, file: &Path, stored: Stored) -> Result<()> {
        let place = place(stored.hash);
        let read = |it: std::io::Error| Fault::because("reading a file that came in", it);
        if stored.size <= PART_BYTES as u64 {
            let bytes = tokio::fs::read(file).await.map_err(read)?;
            self.objects.put(&place, bytes.into()).await.map_err(|it| unavailable(&it))?;
            return Ok(());
        }
        let upload = self.objects.put_multipart(&place).await.map_err(|it| unavailable(&it))?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        let mut file = tokio::fs::File::open(file).await.map_err(read)?;
        let mut piece = vec![0; PART_BYTES];
        let sent = async {
            loop {
                let count = file.read(&mut piece).await.map_err(read)?;
                if count == 0 {
                    return Ok(());
                }
                writer.wait_for_capacity(PARTS_AT_ONCE).await.map_err(|it| unavailable(&it))?;
                writer.write(&piece[..count]);
            }
        };
        let outcome: Result<()> = sent.await;
        if let Err(error) = outcome {
            // What was sent is given up; a store that does not hear it forgets it by its own rules.
            let _ = writer.abort().await;
            return Err(error);
        }
        writer.finish().await.map_err(|it| unavailable(&it))?;
        Ok(())
    }

    /// The bytes, checked against their hash.
    pub async fn get(&self, hash: BlobHash) -> Result<Bytes> {
        let found = self.objects.get(&place(hash)).await.map_err(|it| missing(hash, it))?;
        let bytes = found.bytes().await.map_err(|it| missing(hash, it))?;
        if BlobHash::of(&bytes) != hash {
            return Err(Fault::new(format!("the blob {hash} was changed on disk")).into());
        }
        Ok(bytes)
    }

    /// The bytes from `from` up to and without `to`, for range requests. They cannot be checked against the hash, but all are there.
    pub async fn range(&self, hash: BlobHash, from: u64, to: u64) -> Result<Bytes> {
        // A store takes no range of nothing.
        if from >= to {
            return Ok(Bytes::new());
        }
        let bytes = match self.objects.get_range(&place(hash), from..to).await {
            Ok(it) => it,
            Err(it) => return Err(self.unread(hash, to, it).await),
        };
        if bytes.len() as u64 != to.saturating_sub(from) {
            return Err(Fault::new(format!("the blob {hash} is shorter than it was")).into());
        }
        Ok(bytes)
    }

    /// Why a range could not be read: one that a store does not have is of a blob that was cut off, and no asking later helps.
    async fn unread(&self, hash: BlobHash, to: u64, cause: object_store::Error) -> Error {
        match self.objects.head(&place(hash)).await {
            Ok(it) if it.size < to => Fault::because(format!("the blob {hash} is shorter than it was"), cause).into(),
            _ => missing(hash, cause),
        }
    }

    /// Copies the bytes into a file, checked and flushed.
    pub async fn copy_to(&self, hash: BlobHash, file: &Path) -> Result<()> {
        let size = self.objects.head(&place(hash)).await.map_err(|it| missing(hash, it))?.size;
        let failed = |it: std::io::Error| Fault::because(format!("writing {}", file.display()), it);
        let mut into = tokio::fs::File::create(file).await.map_err(failed)?;
        let mut pieces = Box::pin(self.stream(hash, (0, size), size).await?);
        while let Some(piece) = pieces.next().await {
            into.write_all(&piece?).await.map_err(failed)?;
        }
        into.sync_data().await.map_err(failed)?;
        Ok(())
    }

    /// The place of a blob within a folder of blobs: `ab/cd/abcd...`.
    pub fn name_of(hash: BlobHash) -> String {
        place(hash).to_string()
    }

    /// How many bytes there are.
    pub async fn size(&self, hash: BlobHash) -> Result<u64> {
        Ok(self.objects.head(&place(hash)).await.map_err(|it| missing(hash, it))?.size)
    }

    /// Whether the bytes are there, as many as there should be. A store that does not answer, or refuses, tells nothing of that.
    pub async fn is_whole(&self, hash: BlobHash, size: u64) -> Result<bool> {
        match self.objects.head(&place(hash)).await {
            Ok(it) => Ok(it.size == size),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(it) => Err(Fault::because(format!("looking for the blob {hash}"), it).into()),
        }
    }

    /// Whether the bytes are there.
    pub async fn has(&self, hash: BlobHash) -> bool {
        self.objects.head(&place(hash)).await.is_ok()
    }

    /// Marks bytes that are to be removed; none if somebody has just stored them. Between this and [`Blobs::remove`] the caller makes
    /// sure that nothing refers to them.
    pub fn condemn(&self, hash: BlobHash) -> Option<Condemned> {
        self.holds.condemn(hash)
    }

    /// Removes condemned bytes; that they are gone already is fine.
    pub async fn remove(&self, condemned: Condemned) -> Result<()> {
        match self.objects.delete(&place(condemned.hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(it) => Err(Fault::because(format!("removing the blob {}", condemned.hash), it).into()),
        }
    }

    /// Calls `each` for every blob that lies in the store. What has another name is not ours and is left alone.
    pub async fn look_through(&self, mut each: impl FnMut(Found)) -> Result<()> {
        let mut listed = self.objects.list(None);
        while let Some(it) = listed.next().await {
            let it = it.map_err(|it| Fault::because("listing the blobs", it))?;
            let Some(hash) = hash_of(&it.location) else { continue };
            each(Found { hash, size: it.size, written_at: Instant::from_millis(it.last_modified.timestamp_millis()) });
        }
        Ok(())
    }

    /// Removes files on their way in that nobody goes on with: those that `is_wanted` does not know, and that have not grown for
    /// `unused`. At a start that is none, since nobody writes yet. Gives how many.
    pub async fn clear_incoming(&self, unused: Duration, is_wanted: impl Fn(&str) -> bool + Send + 'static) -> Result<usize> {
        let folder = self.incoming.clone();
        let cleared = tokio::task::spawn_blocking(move || -> std::io::Result<usize> {
            let mut removed = 0;
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let lasts = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
                if lasts >= unused && !is_wanted(&entry.file_name().to_string_lossy()) {
                    std::fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
            Ok(removed)
        });
        let cleared = cleared.await.map_err(|it| Fault::because("clearing uploads", it))?;
        Ok(cleared.map_err(|it| Fault::because("clearing uploads", it))?)
    }
}

fn made(folder: PathBuf) -> Result<PathBuf> {
    std::fs::create_dir_all(&folder).map_err(|it| Fault::because(format!("making the folder {}", folder.display()), it))?;
    Ok(folder)
}

/// A name that stays in its folder.
fn safe_name(name: &str) -> Result<String> {
    if name.is_empty() || !name.chars().all(|it| it.is_ascii_alphanumeric()) {
        return Err(Fault::new("an upload is named with letters and digits").into());
    }
    Ok(name.to_owned())
}

/// The blob at a place in the store.
fn hash_of(at: &ObjectPath) -> Option<BlobHash> {
    let name = at.filename().filter(|it| it.len() == 64)?;
    let bytes = data_encoding::HEXLOWER.decode(name.as_bytes()).ok()?;
    let hash = BlobHash(bytes.try_into().ok()?);
    (*at == place(hash)).then_some(hash)
}

/// `ab/cd/abcd...`: few entries per folder.
fn place(hash: BlobHash) -> ObjectPath {
    let name = hash.to_string();
    ObjectPath::from(format!("{}/{}/{name}", &name[..2], &name[2..4]))
}

fn unavailable(cause: &object_store::Error) -> Error {
    tracing::error!(error = %cause, "a blob could not be stored; nothing refers to it");
    Refusal::new(Code::Unavailable, say!("refused-file-not-stored")).into()
}

/// A blob that is not there is our fault; a store that does not answer may answer later.
fn missing(hash: BlobHash, cause: object_store::Error) -> Error {
    if matches!(cause, object_store::Error::NotFound { .. }) {
        return Fault::because(format!("reading the blob {hash}"), cause).into();
    }
    tracing::error!(error = %cause, %hash, "a blob could not be read");
    Refusal::new(Code::Unavailable, say!("refused-file-not-read")).into()
}

#[cfg(test)]
mod tests;
