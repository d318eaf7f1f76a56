//! Bytes of attachments and raw mails, each stored once under its BLAKE3 hash, through `object_store`. Only this room knows that
//! crate. Bytes are flushed before anything refers to them (D12); what nobody refers to is collected later.

use std::{path::Path, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path as ObjectPath};
use sha2::{Digest, Sha256};

use crate::{
    error::{Code, Error, Fault, Refusal, Result},
    id::BlobHash,
};

#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
}

/// Bytes that are safely stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub hash: BlobHash,
    pub size: u64,
    pub sha256: [u8; 32],
}

impl Blobs {
    /// Blobs in a folder, which is made if it is missing.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|it| Fault::because(format!("making the folder {}", folder.display()), it))?;
        let local = LocalFileSystem::new_with_prefix(folder).map_err(|it| Fault::because("opening the blob folder", it))?;
        Ok(Blobs { objects: Arc::new(local.with_fsync(true)) })
    }

    /// Blobs in any object store, such as one that fails on purpose.
    pub fn on(objects: Arc<dyn ObjectStore>) -> Self {
        Blobs { objects }
    }

    /// Stores the bytes and returns once they would survive a power cut. They are written even if they seem to be there: whoever
    /// put them may have failed to flush them, or not have come to it yet, and what rotted is made whole again.
    pub async fn put(&self, bytes: Bytes) -> Result<Stored> {
        let (hash, sha256) = (BlobHash::of(&bytes), Sha256::digest(&bytes).into());
        let stored = Stored { hash, size: bytes.len() as u64, sha256 };
        self.objects.put(&place(hash), PutPayload::from_bytes(bytes)).await.map_err(|it| unavailable(&it))?;
        Ok(stored)
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
        let bytes = self.objects.get_range(&place(hash), from..to).await.map_err(|it| missing(hash, it))?;
        if bytes.len() as u64 != to.saturating_sub(from) {
            return Err(Fault::new(format!("the blob {hash} is shorter than it was")).into());
        }
        Ok(bytes)
    }

    /// Whether the bytes are there, as many as there should be.
    pub async fn is_whole(&self, hash: BlobHash, size: u64) -> bool {
        self.objects.head(&place(hash)).await.is_ok_and(|it| it.size == size)
    }

    /// Whether the bytes are there.
    pub async fn has(&self, hash: BlobHash) -> bool {
        self.objects.head(&place(hash)).await.is_ok()
    }
}

/// `ab/cd/abcd...`: few entries per folder.
fn place(hash: BlobHash) -> ObjectPath {
    let name = hash.to_string();
    ObjectPath::from(format!("{}/{}/{name}", &name[..2], &name[2..4]))
}

fn unavailable(cause: &object_store::Error) -> Error {
    tracing::error!(error = %cause, "a blob could not be stored; nothing refers to it");
    Refusal::new(Code::Unavailable, "The file could not be stored (the disk failed or is full), so nothing was saved. Try again shortly.")
        .into()
}

/// A blob that is not there is our fault; a store that does not answer may answer later.
fn missing(hash: BlobHash, cause: object_store::Error) -> Error {
    if matches!(cause, object_store::Error::NotFound { .. }) {
        return Fault::because(format!("reading the blob {hash}"), cause).into();
    }
    tracing::error!(error = %cause, %hash, "a blob could not be read");
    Refusal::new(Code::Unavailable, "The file cannot be read at present (the disk or the object store failed). Try again shortly.").into()
}

#[cfg(test)]
mod tests;
