//! The disk fails once, at every operation in turn and in every way, and then the power is cut: whatever happened, the index is that
//! of some commit, contents and cursor together, no older than the last checkpoint, and writing goes on.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tantivy::directory::{FileHandle, OwnedBytes, error::OpenReadError};

use crate::desk::{
    query::{Cond, Sort},
    tickets::access::Scope,
};

use super::{tests::ticket, *};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The call fails and does nothing.
    Error,
    /// A write stops half way, then fails; any other call does all of its work, then fails.
    Short,
    /// The power fails: this and everything after it fails.
    Cut,
    /// The first flush from here on says yes and does nothing.
    LostFlush,
}

#[derive(Debug, Clone, Default)]
struct Content {
    seen: Vec<u8>,
    flushed: Vec<u8>,
}

/// What was done to the names since they were flushed.
#[derive(Debug, Clone)]
enum Naming {
    Create(PathBuf, usize),
    Rename(PathBuf, PathBuf),
    Delete(PathBuf),
}

impl Naming {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Naming::Create(name, content) => drop(names.insert(name.clone(), *content)),
            Naming::Rename(from, to) => {
                if let Some(content) = names.remove(from) {
                    names.insert(to.clone(), content);
                }
            }
            Naming::Delete(name) => drop(names.remove(name)),
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    contents: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    flushed_names: BTreeMap<PathBuf, usize>,
    pending: Vec<Naming>,
    /// Operations until the failure, and what it is.
    plan: Option<(usize, Failure)>,
    dark: bool,
}

/// A folder in memory that fails as planned. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct FaultyDisk(Arc<Mutex<Inner>>);

fn planned<T>() -> io::Result<T> {
    Err(io::Error::other("the disk failed"))
}

/// How an operation goes.
#[derive(PartialEq)]
enum Turn {
    Well,
    Short,
    /// A flush that is not one.
    Lie,
}

impl FaultyDisk {
    /// A disk that never fails.
    pub(super) fn sound() -> Self {
        Self::default()
    }

    fn failing(position: usize, failure: Failure) -> Self {
        let disk = Self::default();
        disk.inner().plan = Some((position, failure));
        disk
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn has_failed(&self) -> bool {
        self.inner().plan.is_none()
    }

    /// The power is cut and comes back: what was not flushed is there or not, whole, in part, or as zeroes.
    fn crash(&self, seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut inner = self.inner();
        let mut names = std::mem::take(&mut inner.flushed_names);
        for naming in std::mem::take(&mut inner.pending) {
            if rng.random() {
                naming.apply(&mut names);
            }
        }
        for content in &mut inner.contents {
            if content.seen != content.flushed {
                let mut kept = std::mem::take(&mut content.seen);
                kept.truncate(rng.random_range(0..=kept.len()));
                if rng.random() {
                    let from = rng.random_range(0..=kept.len());
                    kept[from..].fill(0);
                }
                // What was flushed once stays, as files only grow.
                if kept.len() < content.flushed.len() {
                    kept.clone_from(&content.flushed);
                } else {
                    kept[..content.flushed.len()].copy_from_slice(&content.flushed);
                }
                content.flushed.clone_from(&kept);
                content.seen = kept;
            }
        }
        inner.names = names.clone();
        inner.flushed_names = names;
        inner.plan = None;
        inner.dark = false;
    }
}

impl Inner {
    fn turn(&mut self, flushes: bool) -> io::Result<Turn> {
        if self.dark {
            return planned();
        }
        let Some((left, failure)) = &mut self.plan else { return Ok(Turn::Well) };
        if *left > 0 {
            *left -= 1;
            return Ok(Turn::Well);
        }
        let failure = *failure;
        if failure == Failure::LostFlush && !flushes {
            return Ok(Turn::Well);
        }
        self.plan = None;
        match failure {
            Failure::Error => planned(),
            Failure::Short => Ok(Turn::Short),
            Failure::LostFlush => Ok(Turn::Lie),
            Failure::Cut => {
                self.dark = true;
                planned()
            }
        }
    }

    fn name(&mut self, naming: Naming) -> io::Result<()> {
        let turn = self.turn(false)?;
        naming.apply(&mut self.names);
        self.pending.push(naming);
        if turn == Turn::Short { planned() } else { Ok(()) }
    }

    fn content(&mut self, name: &Path) -> io::Result<&mut Content> {
        let at = *self.names.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(&mut self.contents[at])
    }
}

impl Disk for FaultyDisk {
    fn names(&self) -> io::Result<Vec<PathBuf>> {
        Ok(self.inner().names.keys().cloned().collect())
    }

    fn exists(&self, name: &Path) -> io::Result<bool> {
        Ok(self.inner().names.contains_key(name))
    }

    fn read(&self, name: &Path) -> io::Result<Vec<u8>> {
        self.inner().content(name).map(|it| it.seen.clone())
    }

    fn open(&self, name: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let bytes = self.read(name).map_err(|_| OpenReadError::FileDoesNotExist(name.to_owned()))?;
        Ok(Arc::new(OwnedBytes::new(bytes)))
    }

    fn create(&self, name: &Path) -> io::Result<Box<dyn Write + Send + Sync>> {
        let mut inner = self.inner();
        let content = inner.contents.len();
        inner.contents.push(Content::default());
        inner.name(Naming::Create(name.to_owned(), content))?;
        Ok(Box::new(FaultyFile { disk: self.clone(), content }))
    }

    fn sync(&self, name: &Path) -> io::Result<()> {
        let mut inner = self.inner();
        let turn = inner.turn(true)?;
        let content = inner.content(name)?;
        match turn {
            Turn::Well => content.flushed.clone_from(&content.seen),
            Turn::Short => {
                content.flushed = content.seen[..content.seen.len() / 2].to_vec();
                return planned();
            }
            Turn::Lie => {}
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.inner().name(Naming::Rename(from.to_owned(), to.to_owned()))
    }

    fn delete(&self, name: &Path) -> io::Result<()> {
        let mut inner = self.inner();
        if !inner.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        inner.name(Naming::Delete(name.to_owned()))
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut inner = self.inner();
        let turn = inner.turn(true)?;
        if turn != Turn::Lie {
            inner.flushed_names = inner.names.clone();
            inner.pending.clear();
        }
        if turn == Turn::Short { planned() } else { Ok(()) }
    }
}

struct FaultyFile {
    disk: FaultyDisk,
    content: usize,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.disk.inner();
        let turn = inner.turn(false)?;
        let written = if turn == Turn::Short { bytes.len() / 2 } else { bytes.len() };
        inner.contents[self.content].seen.extend_from_slice(&bytes[..written]);
        if turn == Turn::Short { planned() } else { Ok(written) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A small spill, so that files go to the disk both ways.
const SPILL_BYTES: usize = 300;
const BATCHES: u64 = 4;

fn open(disk: &FaultyDisk) -> crate::error::Result<(SearchIndex, OpenOutcome)> {
    SearchIndex::open_on(Arc::new(disk.clone()), SPILL_BYTES, 0)
}

/// The numbers of all tickets that the index holds, and its cursor.
fn state(index: &SearchIndex) -> crate::error::Result<(u64, Vec<String>)> {
    let everything = Cond::always();
    let request = SearchRequest {
        cond: &everything,
        scope: Scope::All,
        notes: Scope::All,
        among: &Among::TICKETS,
        vocabulary: Vocabulary::english(),
        spelling: Spelling::Exact,
        sort: Sort::NEWEST,
        page: Page::Rows { offset: 0, limit: 100 },
    };
    let page = index.search(&request)?;
    let mut numbers: Vec<_> = page.hits.into_iter().map(|hit| hit.number).collect();
    numbers.sort();
    Ok((index.cursor(), numbers))
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
    if cursor == 0 {
        return Vec::new();
    }
    (cursor.saturating_sub(1).max(1)..=cursor).map(|number| format!("INC-{number:06}")).collect()
}

/// Takes all batches in, with a checkpoint after every other one, as a follower does that begins again after a failure. Gives the
/// cursor of the last checkpoint that was said to be safe.
fn work(disk: &FaultyDisk, at: &str) -> u64 {
    let mut safe = 0;
    let Ok((index, _)) = open(disk) else { return safe };
    for cursor in 1..=BATCHES {
        if index.apply(&batch(cursor), cursor).is_err() {
            let reached = index.cursor();
            assert!(reached == cursor || reached + 1 == cursor, "{at}: {reached} of {cursor}");
            for again in reached + 1..=cursor {
                if index.apply(&batch(again), again).is_err() {
                    return safe;
                }
            }
        }
        assert_eq!(state(&index).unwrap(), (cursor, expected(cursor)), "{at}");
        if cursor % 2 == 0 {
            match index.rest().or_else(|_| index.rest()) {
                Ok(()) => safe = cursor,
                Err(_) => return safe,
            }
        }
    }
    safe
}

#[test]
fn whichever_operation_fails_the_index_is_that_of_one_commit() {
    for failure in [Failure::Error, Failure::Short, Failure::Cut, Failure::LostFlush] {
        for position in 0.. {
            let at = format!("{failure:?} at {position}");
            let disk = FaultyDisk::failing(position, failure);
            let safe = work(&disk, &at);
            let failed = disk.has_failed();
            disk.crash(position as u64);
            match open(&disk) {
                Ok((index, OpenOutcome::Ready(cursor))) => {
                    // After a flush that was none nobody can promise more than to notice.
                    let lied = failure == Failure::LostFlush;
                    let noticed = lied && (state(&index).is_err() || index.damaged_files().is_ok_and(|it| !it.is_empty()));
                    assert!(noticed || state(&index).unwrap() == (cursor, expected(cursor)), "{at}: {:?}", state(&index));
                    assert!(lied || cursor >= safe, "{at}: {cursor}, and {safe} was safe");
                    for again in (cursor + 1..=BATCHES + 2).take_while(|_| !noticed) {
                        index.apply(&batch(again), again).unwrap();
                        assert_eq!(state(&index).unwrap(), (again, expected(again)), "{at}");
                    }
                }
                Ok((_, OpenOutcome::Empty(_))) | Err(_) => assert!(safe == 0 || failure == Failure::LostFlush, "{at}"),
            }
            if !failed {
                assert!(position > 60, "only {position} operations were seen");
                break;
            }
        }
    }
}

/// What a crash leaves beside the checkpoint is cleared away.
#[test]
fn nothing_is_left_lying_about() {
    for position in 0..80 {
        let disk = FaultyDisk::failing(position, Failure::Cut);
        work(&disk, "cut");
        disk.crash(position as u64);
        let Ok((index, _)) = open(&disk) else { continue };
        index.apply(&batch(BATCHES + 1), BATCHES + 1).unwrap();
        index.rest().unwrap();
        index.apply(&batch(BATCHES + 2), BATCHES + 2).unwrap();
        index.rest().unwrap();
        let listed: Vec<PathBuf> = serde_json::from_slice(&disk.read(Path::new(".managed.json")).unwrap()).unwrap();
        for name in disk.names().unwrap() {
            assert!(name == Path::new(".managed.json") || listed.contains(&name), "{position}: {}", name.display());
        }
    }
}
