//! The disk fails once, at every position in turn: whatever the position, the index afterwards is that of some commit, cursor and
//! contents together, and writing goes on.

use std::{
    io::{self, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, RamDirectory, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};

use crate::desk::query::{Cond, Sort};

use super::{tests::ticket, *};

/// A directory in memory that fails when its countdown reaches zero.
#[derive(Clone, Debug)]
struct Failing {
    inner: RamDirectory,
    left: Arc<AtomicI64>,
}

impl Failing {
    fn step(&self) -> io::Result<()> {
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 { Err(io::Error::other("the disk failed")) } else { Ok(()) }
    }
}

impl Directory for Failing {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.step().map_err(|io_error| DeleteError::IoError { io_error: Arc::new(io_error), filepath: path.to_owned() })?;
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.step().map_err(|io_error| OpenWriteError::IoError { io_error: Arc::new(io_error), filepath: path.to_owned() })?;
        let inner = self.inner.open_write(path)?;
        Ok(io::BufWriter::new(Box::new(FailingWriter { inner: Some(inner), directory: self.clone() })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.step()?;
        self.inner.atomic_write(path, data)?;
        // Written, and yet reported as failed: the flush after it.
        self.step()
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.step()?;
        self.inner.sync_directory()
    }

    /// Locks are the system's, not the disk's.
    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

struct FailingWriter {
    inner: Option<WritePtr>,
    directory: Failing,
}

impl FailingWriter {
    fn inner(&mut self) -> io::Result<&mut WritePtr> {
        self.inner.as_mut().ok_or_else(|| io::Error::other("written after its end"))
    }
}

impl Write for FailingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.directory.step()?;
        self.inner()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.directory.step()?;
        self.inner()?.flush()
    }
}

impl TerminatingWrite for FailingWriter {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.directory.step()?;
        self.inner.take().map_or(Ok(()), TerminatingWrite::terminate)
    }
}

/// The numbers of all tickets that the index holds, and its cursor.
fn state(index: &SearchIndex) -> (u64, Vec<String>) {
    let everything = Cond::always();
    let request = SearchRequest {
        cond: &everything,
        scope: Scope::All,
        private_text: PrivateText::Readable,
        spelling: Spelling::Exact,
        sort: Sort::NEWEST,
        page: Page::Rows { offset: 0, limit: 100 },
    };
    let page = index.search(&request).unwrap();
    let mut titles: Vec<_> = page.hits.into_iter().map(|hit| hit.number).collect();
    titles.sort();
    (index.cursor(), titles)
}

/// The batch that brings the index to this cursor: a new ticket each time, and the one before last goes.
fn batch(cursor: u64) -> Vec<Change> {
    let number = u128::from(cursor);
    let mut changes = vec![Change::Put(Box::new(ticket(number, "Ticket")))];
    if number > 2 {
        changes.push(Change::Remove(ticket(number - 2, "").id));
    }
    changes
}

/// What the index holds at this cursor.
fn expected(cursor: u64) -> Vec<String> {
    (cursor.saturating_sub(1).max(1)..=cursor).map(|number| format!("INC-{number:06}")).collect()
}

#[test]
fn whichever_write_fails_contents_and_cursor_are_those_of_one_commit() {
    const BATCHES: u64 = 3;
    let mut position = 0;
    loop {
        let ram = RamDirectory::create();
        let directory = Failing { inner: ram.clone(), left: Arc::new(AtomicI64::new(position)) };
        let mut acknowledged = 0;
        if let Ok((index, _)) = SearchIndex::open_in(Box::new(directory.clone()), 0) {
            for cursor in 1..=BATCHES {
                // A failed batch is given again, as the follower does, from where the index says it stands.
                if index.apply(&batch(cursor), cursor).is_err() {
                    let reached = index.cursor();
                    assert!(reached == cursor || reached + 1 == cursor, "failing at {position}: {reached} of {cursor}");
                    for again in reached + 1..=cursor {
                        index.apply(&batch(again), again).unwrap();
                    }
                }
                acknowledged = cursor;
                let (cursor, numbers) = state(&index);
                assert!(cursor >= acknowledged && numbers == expected(cursor), "failing at {position}: {cursor}, {numbers:?}");
            }
            index.rest().unwrap();
        }
        // After a restart it is the same, or nothing if it could not even be made.
        match SearchIndex::open_in(Box::new(ram), 0) {
            Ok((index, OpenOutcome::Ready(cursor))) => {
                assert_eq!((cursor, state(&index)), (acknowledged, (acknowledged, expected(acknowledged))), "failing at {position}");
            }
            Ok((_, OpenOutcome::Empty(_))) | Err(_) => assert_eq!(acknowledged, 0, "failing at {position}"),
        }
        if directory.left.load(Ordering::SeqCst) >= 0 {
            assert!(position > 100, "only {position} writes were seen");
            return;
        }
        position += 1;
    }
}
