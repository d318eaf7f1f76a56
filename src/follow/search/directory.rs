//! Where tantivy keeps its files: in memory first, on the disk at a checkpoint.
//!
//! tantivy makes some ten files per commit, registers each in a list that it rewrites, and flushes all of it. A desk commits its index
//! several times a second, since whoever writes wants to find what they wrote, and merges most of those files away within
//! seconds. So a commit here costs no disk at all, and a checkpoint every few seconds writes what is still there. After a crash the
//! index is that of the last checkpoint, and its cursor says from where the follower goes on.
//!
//! Invariants: what a checkpoint has written stays on the disk, untouched, until the next one is complete; what is held in memory is
//! bounded, as large files go to the disk at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};

use super::disk::Disk;

/// Names the commit: which segments there are, and the payload.
const META: &str = "meta.json";
/// Names every file of the index, so that what a crash left is known.
const MANAGED: &str = ".managed.json";
/// The files that are replaced as a whole, in the order in which a checkpoint writes them: no file is needed that is not listed.
const REPLACED: [&str; 2] = [MANAGED, META];

/// Clones share the same files.
#[derive(Clone)]
pub struct CheckpointedDirectory {
    disk: Arc<dyn Disk>,
    /// A file that grows beyond this goes to the disk at once.
    spill_bytes: usize,
    state: Arc<Mutex<State>>,
    locks: Arc<Locks>,
}

/// What differs from the disk as the last checkpoint left it.
#[derive(Default)]
struct State {
    /// The present contents of those of `REPLACED` that exist.
    replaced: BTreeMap<PathBuf, Vec<u8>>,
    changed: bool,
    /// Files made since the checkpoint.
    fresh: BTreeMap<PathBuf, Fresh>,
    /// Files that the checkpoint has and nobody needs any more.
    doomed: BTreeSet<PathBuf>,
}

enum Fresh {
    /// Being written.
    Open,
    Memory(OwnedBytes),
    /// On the disk, and not safe there.
    Written,
    Safe,
}

#[derive(Default)]
struct Locks {
    held: Mutex<BTreeSet<PathBuf>>,
    released: Condvar,
}

impl CheckpointedDirectory {
    /// Opens what the last checkpoint left, and clears away what a crash left beside it.
    pub fn open(disk: Arc<dyn Disk>, spill_bytes: usize) -> io::Result<CheckpointedDirectory> {
        let mut state = State::default();
        for name in REPLACED {
            if disk.exists(Path::new(name))? {
                state.replaced.insert(name.into(), disk.read(Path::new(name))?);
            }
        }
        // A list that cannot be read is for tantivy to refuse; without a commit there is nothing to keep.
        let is_new = !state.replaced.contains_key(Path::new(META));
        if let Some(listed) = state.listed().or_else(|| is_new.then(BTreeSet::new)) {
            for name in disk.names()? {
                if !listed.contains(&name) && !REPLACED.iter().any(|it| Path::new(it) == name) {
                    disk.delete(&name)?;
                }
            }
        }
        Ok(CheckpointedDirectory { disk, spill_bytes, state: Arc::new(Mutex::new(state)), locks: Arc::default() })
    }

    /// Bytes of files that are held in memory.
    pub fn memory_bytes(&self) -> usize {
        let held = |it: &Fresh| if let Fresh::Memory(bytes) = it { bytes.len() } else { 0 };
        self.lock().fresh.values().map(held).sum()
    }

    /// Brings the disk to the present state, safe from a power cut. After an error it may be asked for again.
    pub fn checkpoint(&self) -> io::Result<()> {
        let mut state = self.lock();
        let state = &mut *state;
        if !state.changed {
            return Ok(());
        }
        for (name, fresh) in &mut state.fresh {
            if let Fresh::Memory(bytes) = fresh {
                self.write(name, bytes)?;
            }
            if matches!(fresh, Fresh::Memory(_) | Fresh::Written) {
                self.disk.sync(name)?;
                *fresh = Fresh::Safe;
            }
        }
        self.disk.sync_names()?;
        for name in REPLACED {
            let Some(bytes) = state.replaced.get(Path::new(name)) else { continue };
            let listed = (name == MANAGED).then(|| state.listed()).flatten();
            let bytes = match listed {
                // What is doomed is on the disk until this checkpoint is complete.
                Some(listed) => serde_json::to_vec(&listed.union(&state.doomed).collect::<Vec<_>>())?,
                None => bytes.clone(),
            };
            let next = PathBuf::from(format!(".{}.next", name.trim_start_matches('.')));
            self.write(&next, &bytes)?;
            self.disk.sync(&next)?;
            self.disk.rename(&next, Path::new(name))?;
            self.disk.sync_names()?;
        }
        while let Some(name) = state.doomed.first() {
            self.delete_file(name)?;
            state.doomed.pop_first();
        }
        state.fresh.retain(|_, it| matches!(it, Fresh::Open));
        state.changed = false;
        Ok(())
    }

    fn write(&self, name: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.disk.create(name)?;
        file.write_all(bytes)?;
        file.flush()
    }

    fn delete_file(&self, name: &Path) -> io::Result<()> {
        match self.disk.delete(name) {
            Err(it) if it.kind() != io::ErrorKind::NotFound => Err(it),
            _ => Ok(()),
        }
    }

    fn is_replaced(path: &Path) -> bool {
        REPLACED.iter().any(|it| Path::new(it) == path)
    }

    /// Whether the file is there, for somebody who reads now.
    fn has(&self, state: &State, path: &Path) -> io::Result<bool> {
        if Self::is_replaced(path) {
            return Ok(state.replaced.contains_key(path));
        }
        Ok(state.fresh.contains_key(path) || !state.doomed.contains(path) && self.disk.exists(path)?)
    }

    /// The state is changed in one step each time, so a panic leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The files that the present list names.
    fn listed(&self) -> Option<BTreeSet<PathBuf>> {
        serde_json::from_slice(self.replaced.get(Path::new(MANAGED))?).ok()
    }
}

impl fmt::Debug for CheckpointedDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CheckpointedDirectory({:?})", self.disk)
    }
}

fn unread(path: &Path) -> impl Fn(io::Error) -> OpenReadError + '_ {
    |it| OpenReadError::wrap_io_error(it, path.to_owned())
}

impl Directory for CheckpointedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let state = self.lock();
        match state.fresh.get(path) {
            Some(Fresh::Memory(bytes)) => Ok(Arc::new(bytes.clone())),
            Some(Fresh::Written | Fresh::Safe) => self.disk.open(path),
            Some(Fresh::Open) => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
            None if state.doomed.contains(path) => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
            None => self.disk.open(path),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let failed = |it: io::Error| DeleteError::IoError { io_error: Arc::new(it), filepath: path.to_owned() };
        let mut state = self.lock();
        match state.fresh.remove(path) {
            Some(Fresh::Memory(_)) => Ok(()),
            // No checkpoint names it. A written part of a file that was never finished is gone, too.
            Some(_) => self.delete_file(path).map_err(failed),
            None if self.has(&state, path).map_err(failed)? => {
                state.doomed.insert(path.to_owned());
                Ok(())
            }
            None => Err(DeleteError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.has(&self.lock(), path).map_err(unread(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let mut state = self.lock();
        // A doomed file is still needed by the checkpoint, so its name is not free either.
        let taken =
            state.doomed.contains(path) || self.has(&state, path).map_err(|it| OpenWriteError::wrap_io_error(it, path.to_owned()))?;
        if taken {
            return Err(OpenWriteError::FileAlreadyExists(path.to_owned()));
        }
        state.fresh.insert(path.to_owned(), Fresh::Open);
        Ok(BufWriter::new(Box::new(Draft { directory: self.clone(), path: path.to_owned(), memory: Vec::new(), spilled: None })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let found = self.lock().replaced.get(path).cloned();
        found.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if !Self::is_replaced(path) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, format!("{} is not a file that is replaced", path.display())));
        }
        let mut state = self.lock();
        state.replaced.insert(path.to_owned(), data.to_vec());
        state.changed = true;
        Ok(())
    }

    /// Safety comes with the checkpoint.
    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    /// Locks are held within this process: a desk's folder belongs to the process that holds its store.
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let mut held = self.locks.held.lock().unwrap_or_else(PoisonError::into_inner);
        while held.contains(&lock.filepath) {
            if !lock.is_blocking {
                return Err(LockError::LockBusy);
            }
            held = self.locks.released.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        held.insert(lock.filepath.clone());
        Ok(DirectoryLock::from(Box::new(Held { locks: self.locks.clone(), path: lock.filepath.clone() })))
    }

    /// Readers are told to reload by whoever commits.
    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

struct Held {
    locks: Arc<Locks>,
    path: PathBuf,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.locks.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.path);
        self.locks.released.notify_all();
    }
}

/// A file that is being written.
struct Draft {
    directory: CheckpointedDirectory,
    path: PathBuf,
    memory: Vec<u8>,
    spilled: Option<Box<dyn Write + Send + Sync>>,
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.spilled {
            return file.write(bytes);
        }
        if self.memory.len() + bytes.len() > self.directory.spill_bytes {
            let mut file = self.directory.disk.create(&self.path)?;
            file.write_all(&self.memory)?;
            self.memory = Vec::new();
            return self.spilled.insert(file).write(bytes);
        }
        self.memory.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.spilled.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl TerminatingWrite for Draft {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.flush()?;
        let fresh =
            if self.spilled.take().is_some() { Fresh::Written } else { Fresh::Memory(OwnedBytes::new(std::mem::take(&mut self.memory))) };
        self.directory.lock().fresh.insert(self.path.clone(), fresh);
        Ok(())
    }
}
