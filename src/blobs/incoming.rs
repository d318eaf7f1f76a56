//! Bytes that are on their way in. They go to a file in the desk's folder as they come, are hashed on the way, and become a blob when the
//! last has come. So a file of any size takes little memory, an upload that broke off goes on where it stopped, and a crash at any
//! point leaves at most a file that nobody refers to.
//!
//! Invariant: one writer at a time has a file, and has it until the last piece that it handed to the disk is written.

use std::{
    collections::BTreeSet,
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::task::JoinHandle;

use super::Stored;
use crate::{
    error::{Code, Error, Fault, Refusal, Result},
    id::BlobHash,
    language::say,
};

/// Bytes that are gathered before they are written, and as many are being written meanwhile.
const GATHERED: usize = 1024 * 1024;

/// A file that grows. Dropped before its end, it stays as it is on the disk.
pub struct Incoming {
    name: String,
    path: PathBuf,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    /// The bytes that were handed in, written or not.
    size: u64,
    /// None while a piece is being written, or after a failure.
    disk: Option<Disk>,
    writing: Option<JoinHandle<std::io::Result<Disk>>>,
    /// What is left is removed with this.
    is_kept: bool,
}

/// What lies on the disk, and its hashes as far as they are known.
struct Disk {
    file: File,
    hashes: Option<Hashes>,
    _turn: Option<Turn>,
}

/// The names of files that somebody is writing.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeSet<String>>);

/// The right to write a file; it ends with this.
struct Turn {
    name: String,
    turns: Arc<Turns>,
}

impl Turns {
    fn take(self: &Arc<Self>, name: &str) -> Option<Turn> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        is_free.then(|| Turn { name: name.to_owned(), turns: self.clone() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

#[derive(Default)]
struct Hashes {
    blake3: blake3::Hasher,
    sha256: Sha256,
}

impl Hashes {
    fn add(&mut self, piece: &[u8]) {
        self.blake3.update(piece);
        self.sha256.update(piece);
    }

    fn stored(self, size: u64) -> Stored {
        Stored { hash: BlobHash(*self.blake3.finalize().as_bytes()), size, sha256: self.sha256.finalize().into() }
    }
}

impl Incoming {
    /// A new file, which goes when this does, unless it becomes a blob.
    pub(super) fn begin(folder: &Path, name: String) -> Result<Incoming> {
        let path = folder.join(&name);
        let file = OpenOptions::new().write(true).read(true).create(true).truncate(true).open(&path).map_err(|it| failed(&it))?;
        let disk = Disk { file, hashes: Some(Hashes::default()), _turn: None };
        Ok(Incoming::of(name, path, disk, 0, false))
    }

    /// The file of an upload that can go on, from `at`; what lies behind was never said to have come and is cut off. It stays when
    /// this goes. 409 if somebody else is writing it, 404 if it is not there any more.
    pub(super) fn resume(folder: &Path, name: String, at: u64, turns: &Arc<Turns>) -> Result<Incoming> {
        let turn = turns.take(&name).ok_or_else(|| Refusal::new(Code::Conflict, say!("refused-upload-busy")))?;
        let path = folder.join(&name);
        let open = || -> std::io::Result<(File, bool)> {
            let mut file = OpenOptions::new().write(true).read(true).create(at == 0).truncate(false).open(&path)?;
            let is_whole = file.metadata()?.len() >= at;
            file.set_len(at)?;
            file.seek(SeekFrom::Start(at))?;
            Ok((file, is_whole))
        };
        let (file, is_whole) = match open() {
            Err(it) if it.kind() == std::io::ErrorKind::NotFound => return Err(gone()),
            it => it.map_err(|it| failed(&it))?,
        };
        if !is_whole {
            return Err(gone());
        }
        // What comes in one go is hashed as it comes; the rest when all of it is there.
        let disk = Disk { file, hashes: (at == 0).then(Hashes::default), _turn: Some(turn) };
        Ok(Incoming::of(name, path, disk, at, true))
    }

    fn of(name: String, path: PathBuf, disk: Disk, size: u64, is_kept: bool) -> Incoming {
        Incoming { name, path, gathered: Vec::new(), gathered_bytes: 0, size, disk: Some(disk), writing: None, is_kept }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were handed in so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes some more bytes.
    pub async fn add(&mut self, bytes: Bytes) -> Result<()> {
        self.size += bytes.len() as u64;
        self.gathered_bytes += bytes.len();
        self.gathered.push(bytes);
        if self.gathered_bytes >= GATHERED { self.write().await } else { Ok(()) }
    }

    /// Has what is gathered written, once what was before it is.
    async fn write(&mut self) -> Result<()> {
        self.written().await?;
        let Some(mut disk) = self.disk.take() else { return Err(failed(&std::io::Error::other("it failed before"))) };
        let pieces = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            for piece in pieces {
                if let Some(hashes) = &mut disk.hashes {
                    hashes.add(&piece);
                }
                disk.file.write_all(&piece)?;
            }
            Ok(disk)
        }));
        Ok(())
    }

    /// Waits for the piece that is being written.
    async fn written(&mut self) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            let disk = writing.await.map_err(|it| Fault::because("writing a file", it))?;
            self.disk = Some(disk.map_err(|it| failed(&it))?);
        }
        Ok(())
    }

    /// Everything that was handed in is on the disk, and would survive a power cut.
    pub async fn flush(&mut self) -> Result<()> {
        self.write().await?;
        self.written().await?;
        let Some(disk) = self.disk.take() else { return Err(failed(&std::io::Error::other("it failed before"))) };
        let flushed = tokio::task::spawn_blocking(move || disk.file.sync_data().map(|()| disk)).await;
        self.disk = Some(flushed.map_err(|it| Fault::because("flushing a file", it))?.map_err(|it| failed(&it))?);
        Ok(())
    }

    /// All has come: what it is, and where it lies, flushed.
    pub(super) async fn finish(&mut self) -> Result<(Stored, PathBuf)> {
        self.flush().await?;
        let Some(mut disk) = self.disk.take() else { return Err(failed(&std::io::Error::other("it failed before"))) };
        let size = self.size;
        let hashed = tokio::task::spawn_blocking(move || match disk.hashes.take() {
            Some(hashes) => Ok(hashes.stored(size)),
            None => hashed(&mut disk.file)
                .and_then(|it| if it.size == size { Ok(it) } else { Err(std::io::Error::other("the file is not as long as what came")) }),
        });
        let stored = hashed.await.map_err(|it| Fault::because("hashing a file", it))?.map_err(|it| failed(&it))?;
        self.is_kept = true;
        Ok((stored, self.path.clone()))
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed now is at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The hashes of a whole file.
fn hashed(file: &mut File) -> std::io::Result<Stored> {
    let (mut hashes, mut size, mut piece) = (Hashes::default(), 0, vec![0; GATHERED]);
    file.seek(SeekFrom::Start(0))?;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(hashes.stored(size));
        }
        size += read as u64;
        hashes.add(&piece[..read]);
    }
}

fn gone() -> Error {
    Refusal::new(Code::NotFound, say!("refused-upload-gone")).into()
}

fn failed(cause: &std::io::Error) -> Error {
    tracing::error!(error = %cause, "a file on its way in could not be written; nothing refers to it");
    Refusal::new(Code::Unavailable, say!("refused-file-not-stored")).into()
}
