//! redb under the store. Two tables hold the keyspace: what grows at its end only has its own, since redb fills the last page of a
//! table before it begins another, while a page in the midst is left half full; all the rest shares one, because a commit's cost is
//! its dirty pages and every further table adds some. Quick repair is always on: without it, opening after a kill takes seconds per
//! gigabyte.

use std::{
    fs, io,
    iter::Peekable,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use redb::{Builder, CursorError, Database, Durability, ReadOnlyTable, ReadableDatabase, StorageBackend, Table, TableDefinition};

use super::{APPENDED, Batch, Engine, Opener, Rows, Snapshot, StoreError};

const KEYSPACE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("lodge");
/// Keys that begin with `APPENDED`.
const APPENDIX: TableDefinition<&[u8], &[u8]> = TableDefinition::new("lodge_appended");

/// A row as redb lends it.
type Row<'a> = (redb::AccessGuard<'a, &'static [u8]>, redb::AccessGuard<'a, &'static [u8]>);

pub struct RedbEngine {
    database: Database,
}

impl RedbEngine {
    /// Opens the file, or makes it. `cache_bytes` bounds the memory that redb keeps for pages.
    pub fn open(path: &Path, cache_bytes: usize) -> Result<Self, StoreError> {
        noticing(|| {
            let database = builder(cache_bytes).create(path).map_err(|it| failed("opening the database", it))?;
            RedbEngine { database }.prepared()
        })
    }

    /// Opens a database on any storage, such as one that fails on purpose.
    pub fn on(backend: impl StorageBackend, cache_bytes: usize) -> Result<Self, StoreError> {
        noticing(|| {
            let database = builder(cache_bytes).create_with_backend(backend).map_err(|it| failed("opening the database", it))?;
            RedbEngine { database }.prepared()
        })
    }

    /// Whether every page has the checksum that its parent names. Reads the whole file, which must be open nowhere else.
    pub fn is_intact(&mut self) -> Result<bool, StoreError> {
        match noticing(|| self.database.check_integrity().map_err(|it| failed("checking the database", it))) {
            Err(StoreError::Corrupt(_)) => Ok(false),
            it => it,
        }
    }

    /// A snapshot needs the table to exist.
    fn prepared(self) -> Result<Self, StoreError> {
        let (keyspace, appendix) = {
            let read = self.database.begin_read().map_err(|it| failed("reading the database", it))?;
            (read.open_table(KEYSPACE).is_ok(), read.open_table(APPENDIX).is_ok())
        };
        match (keyspace, appendix) {
            (true, true) => {}
            // Both are made in one commit, so this one was not made by us.
            (true, false) => {
                let message = "this desk was written by a build before the first release, whose log is laid out in another way; use that \
                               build, or make the desk anew";
                return Err(StoreError::Io(message.to_owned()));
            }
            (false, _) => self.apply(&Batch::new())?,
        }
        Ok(self)
    }
}

fn builder(cache_bytes: usize) -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder
}

/// redb stops at some damage by a panic. The writer must outlive that, and whoever starts the desk read what it is.
fn noticing<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(|it| (*it).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
        Err(StoreError::Corrupt(format!("the database file is damaged: {}", said.unwrap_or_default())))
    })
}

fn failed(doing: &str, cause: impl Into<redb::Error>) -> StoreError {
    let cause = cause.into();
    match &cause {
        redb::Error::Io(it) if it.kind() == io::ErrorKind::StorageFull => StoreError::Full(format!("{doing}: {it}")),
        redb::Error::Corrupted(it) => StoreError::Corrupt(format!("{doing}: {it}")),
        it => StoreError::Io(format!("{doing}: {it}")),
    }
}

impl Engine for RedbEngine {
    fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        let read = self.database.begin_read().map_err(|it| failed("beginning to read", it))?;
        let open = |table| read.open_table(table).map_err(|it| failed("beginning to read", it));
        Ok(Arc::new(RedbSnapshot { keyspace: open(KEYSPACE)?, appendix: open(APPENDIX)? }))
    }

    fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        noticing(|| self.commit(batch))
    }
}

impl RedbEngine {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut write = self.database.begin_write().map_err(|it| failed("beginning a commit", it))?;
        write.set_quick_repair(true);
        write.set_durability(Durability::Immediate).map_err(|it| StoreError::Io(it.to_string()))?;
        {
            let mut keyspace = write.open_table(KEYSPACE).map_err(|it| failed("writing", it))?;
            let mut appendix = write.open_table(APPENDIX).map_err(|it| failed("writing", it))?;
            let mut rows = batch.iter().peekable();
            while let Some((key, value)) = rows.next() {
                let table = if key.first() == Some(&APPENDED) { &mut appendix } else { &mut keyspace };
                let Some(value) = value else {
                    table.remove(key.as_slice()).map_err(|it| failed("writing", it))?;
                    continue;
                };
                if rows.peek().is_some_and(|it| is_run(key, it)) {
                    insert_run(table, key, value, &mut rows).map_err(|it| failed("writing", it))?;
                } else {
                    table.insert(key.as_slice(), value.as_slice()).map_err(|it| failed("writing", it))?;
                }
            }
        }
        write.commit().map_err(|it| failed("committing", it))
    }
}

/// Whether the next row of a batch may lie beside this one in the tree.
fn is_run(key: &[u8], next: &(&Vec<u8>, &Option<Vec<u8>>)) -> bool {
    next.1.is_some() && next.0.first() == key.first()
}

/// Inserts this row, and with it as many of those that follow as fall between the same two rows of the table: they are laid into
/// packed pages at once, where one insert after the other would split a page in the middle again and again.
fn insert_run<'a>(
    table: &mut Table<&[u8], &[u8]>,
    key: &[u8],
    value: &[u8],
    rows: &mut Peekable<impl Iterator<Item = (&'a Vec<u8>, &'a Option<Vec<u8>>)>>,
) -> Result<(), redb::Error> {
    let mut cursor = table.lower_bound_mut(Bound::Included(key))?;
    match cursor.insert_before(key, value) {
        Ok(()) => {}
        Err(CursorError::UnorderedKey) => {
            cursor.close()?;
            table.insert(key, value)?;
            return Ok(());
        }
        Err(it) => return Err(it.into()),
    }
    while let Some((next, Some(value))) = rows.peek()
        && next.first() == key.first()
    {
        match cursor.insert_before(next.as_slice(), value.as_slice()) {
            Ok(()) => drop(rows.next()),
            Err(CursorError::UnorderedKey) => break,
            Err(it) => return Err(it.into()),
        }
    }
    Ok(cursor.close()?)
}

struct RedbSnapshot {
    keyspace: ReadOnlyTable<&'static [u8], &'static [u8]>,
    appendix: ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl RedbSnapshot {
    fn table(&self, appended: bool) -> &ReadOnlyTable<&'static [u8], &'static [u8]> {
        if appended { &self.appendix } else { &self.keyspace }
    }
}

impl Snapshot for RedbSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let table = self.table(key.first() == Some(&APPENDED));
        let value = table.get(key).map_err(|it| failed("reading", it))?;
        Ok(value.map(|it| it.value().to_vec()))
    }

    fn range(&self, from: &[u8], to: &[u8], reverse: bool) -> Result<Rows<'_>, StoreError> {
        let own = |row: Result<Row<'_>, redb::StorageError>| {
            row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())).map_err(|it| failed("reading", it))
        };
        // The keyspace before the appendix, the appendix, and the keyspace after it.
        let (begin, end) = (&[APPENDED][..], &[APPENDED + 1][..]);
        let mut pieces = [(false, from, to.min(begin)), (true, from.max(begin), to.min(end)), (false, from.max(end), to)];
        if reverse {
            pieces.reverse();
        }
        let mut all: Option<Rows<'_>> = None;
        for (appended, from, to) in pieces.into_iter().filter(|(_, from, to)| from < to) {
            let rows = self.table(appended).range::<&[u8]>(from..to).map_err(|it| failed("reading", it))?;
            let rows: Rows<'_> = if reverse { Box::new(rows.rev().map(own)) } else { Box::new(rows.map(own)) };
            all = Some(match all {
                Some(before) => Box::new(before.chain(rows)),
                None => rows,
            });
        }
        Ok(all.unwrap_or_else(|| Box::new(std::iter::empty())))
    }
}

/// Opens the database file of a desk.
pub struct RedbFile {
    pub path: PathBuf,
    pub cache_bytes: usize,
}

impl RedbFile {
    /// Makes the file under another name and gives it its own once it is whole: a power cut while it is made must leave either a
    /// database or nothing, and the folder's entry must be as safe as what is committed into the file.
    fn make(&self) -> Result<(), StoreError> {
        let doing = |it: io::Error| failed(&format!("making {}", self.path.display()), it);
        let folder = self.path.parent().unwrap_or(Path::new("."));
        make_folder(folder).map_err(doing)?;
        let unfinished = self.path.with_extension("unfinished");
        match fs::remove_file(&unfinished) {
            Err(it) if it.kind() != io::ErrorKind::NotFound => return Err(doing(it)),
            _ => {}
        }
        drop(RedbEngine::open(&unfinished, self.cache_bytes)?);
        fs::rename(&unfinished, &self.path).and_then(|()| flush_folder(folder)).map_err(doing)
    }
}

/// Makes the folder and those above it, each entry flushed.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().unwrap_or(Path::new("/"));
    make_folder(above)?;
    match fs::create_dir(folder) {
        Err(it) if it.kind() != io::ErrorKind::AlreadyExists => Err(it),
        _ => flush_folder(above),
    }
}

fn flush_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::File::open(folder)?.sync_all()
}

impl Opener for RedbFile {
    fn open(&self) -> Result<Arc<dyn Engine>, StoreError> {
        if !self.path.exists() {
            self.make()?;
        }
        Ok(Arc::new(RedbEngine::open(&self.path, self.cache_bytes)?))
    }

    fn free_bytes(&self) -> Option<u64> {
        let found = rustix::fs::statvfs(self.path.parent()?).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

/// Opens a database on a storage that a closure makes; the faulty engine and its kin.
pub struct RedbOn<B, F: Fn() -> B> {
    make: Mutex<F>,
}

impl<B: StorageBackend, F: Fn() -> B + Send> RedbOn<B, F> {
    pub fn new(make: F) -> Self {
        RedbOn { make: Mutex::new(make) }
    }
}

impl<B: StorageBackend, F: Fn() -> B + Send> Opener for RedbOn<B, F> {
    fn open(&self) -> Result<Arc<dyn Engine>, StoreError> {
        let backend = (self.make.lock().unwrap_or_else(PoisonError::into_inner))();
        Ok(Arc::new(RedbEngine::on(backend, 4 * 1024 * 1024)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_not_finished_is_made_anew_and_one_that_is_no_database_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = RedbFile { path: folder.path().join("desks/one/desk.redb"), cache_bytes: 1024 * 1024 };
        make_folder(file.path.parent().unwrap()).unwrap();
        fs::write(file.path.with_extension("unfinished"), vec![0; 5_000]).unwrap();
        let engine = file.open().unwrap();
        engine.apply(&Batch::from([(b"key".to_vec(), Some(b"value".to_vec()))])).unwrap();
        drop(engine);
        assert!(!file.path.with_extension("unfinished").exists());
        assert_eq!(file.open().unwrap().snapshot().unwrap().get(b"key").unwrap(), Some(b"value".to_vec()));

        fs::write(&file.path, b"somebody's letters").unwrap();
        assert!(file.open().is_err());
        assert_eq!(fs::read(&file.path).unwrap(), b"somebody's letters");
    }

    #[test]
    fn a_desk_of_before_the_first_release_is_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.redb");
        let database = Database::create(&path).unwrap();
        let write = database.begin_write().unwrap();
        write.open_table(KEYSPACE).unwrap().insert(&b"key"[..], &b"value"[..]).unwrap();
        write.commit().unwrap();
        drop(database);
        let said = RedbFile { path, cache_bytes: 1024 * 1024 }.open().err().unwrap();
        assert!(said.to_string().contains("before the first release"), "{said}");
    }

    #[test]
    fn two_do_not_own_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = RedbFile { path: folder.path().join("desk.redb"), cache_bytes: 1024 * 1024 };
        let first = file.open().unwrap();
        assert!(file.open().is_err());
        drop(first);
        file.open().unwrap();
    }
}
