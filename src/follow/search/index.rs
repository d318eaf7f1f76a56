//! The index: opening, changing, searching. A change is committed with the log sequence it brings the index to, so contents and
//! cursor can never disagree, and what a crash leaves is that of an earlier commit. What cannot be read, or was written by another version, is emptied and said so; the caller
//! fills it again from zero. An index that is ahead of its store (a restored desk) is for the caller to notice and `clear`.

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Tick},
};

use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError, directory::error::OpenReadError,
    indexer::IndexWriterOptions, schema::Value,
};
use uuid::Uuid;

use crate::{
    desk::query::{SortField, Total},
    error::{Fault, Result},
    limits::{PAGE_ROWS_MAX, SEARCH_MEMORY_BYTES_MIN},
};

use super::{
    answer::Answer,
    directory::CheckpointedDirectory,
    disk::{Disk, Folder},
    document::{Change, Found},
    facts::key,
    newest::collect_newest,
    ordered,
    question::{Hit, Page, SearchPage, SearchRequest, Spelling, asked, known, question},
    schema::{ANALYZER, Fields, SCHEMA_VERSION},
    span::span,
    walk::Walk,
    words::analyzer,
    zones::Zones,
};

/// Where so many tickets hold the words as they are written, nobody is shown what was perhaps meant: it would come after all of them,
/// and looking for it costs several times as much.
pub(super) const FORGIVEN_BELOW: usize = 200;

/// What was found on opening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenOutcome {
    /// The index holds everything up to this sequence of the log.
    Ready(u64),
    /// The index holds nothing and is to be filled from zero; with the reason, if one was there that had to go.
    Empty(Option<String>),
}

/// An open index. Searches run side by side; changes wait for each other.
pub struct SearchIndex {
    index: Index,
    directory: CheckpointedDirectory,
    reader: IndexReader,
    fields: Fields,
    zones: Arc<Zones>,
    writing: Mutex<Writing>,
    memory_bytes: usize,
    cursor: AtomicU64,
}

struct Writing {
    /// Made when there is something to write, dropped by `rest`: it holds buffers and threads.
    writer: Option<IndexWriter>,
    checkpointed: Tick,
}

/// What travels with each commit.
#[derive(Serialize, Deserialize)]
struct Payload {
    version: u32,
    cursor: u64,
}

/// Blocks of stored numbers kept unpacked.
const STORE_BLOCKS_CACHED: usize = 4;
/// While there are changes, the disk is brought up to them this often: what is younger is read from the log again after a crash.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(5);
/// Bytes of new files in memory that do not wait for the next checkpoint.
const FRESH_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A file larger than this goes to the disk while it is written.
const SPILL_BYTES: usize = 1024 * 1024;

impl SearchIndex {
    /// Opens the index in a folder of its own, making it if need be. `memory_bytes` bounds the buffers of a commit.
    pub fn open(folder: &Path, memory_bytes: usize) -> Result<(SearchIndex, OpenOutcome)> {
        let doing = || format!("opening the search index in {}", folder.display());
        fs::create_dir_all(folder).map_err(|cause| Fault::because(doing(), cause))?;
        let attempt = || {
            let folder = Folder::open(folder).map_err(Unopened::Failed)?;
            SearchIndex::attempt(Arc::new(folder), SPILL_BYTES, memory_bytes)
        };
        let reason = match attempt() {
            Ok(opened) => return Ok(opened),
            Err(Unopened::Failed(cause)) => return Err(Fault::because(doing(), cause).into()),
            Err(Unopened::Unusable(reason)) => reason,
        };
        empty(folder).map_err(|cause| Fault::because(doing(), cause))?;
        match attempt() {
            Ok((index, _)) => Ok((index, OpenOutcome::Empty(Some(reason)))),
            Err(Unopened::Failed(cause)) => Err(Fault::because(doing(), cause).into()),
            Err(Unopened::Unusable(reason)) => Err(Fault::because(doing(), reason).into()),
        }
    }

    /// Opens the index on any disk, one in memory for example. Here an unusable one is an error, since it cannot be emptied. Files of more
    /// than `spill_bytes` go to the disk while they are written.
    pub fn open_on(disk: Arc<dyn Disk>, spill_bytes: usize, memory_bytes: usize) -> Result<(SearchIndex, OpenOutcome)> {
        SearchIndex::attempt(disk, spill_bytes, memory_bytes).map_err(|unopened| match unopened {
            Unopened::Failed(cause) => Fault::because("opening the search index", cause).into(),
            Unopened::Unusable(reason) => Fault::because("opening the search index", reason).into(),
        })
    }

    /// tantivy takes some damage for its own mistake and panics.
    fn attempt(disk: Arc<dyn Disk>, spill_bytes: usize, memory_bytes: usize) -> Result<(SearchIndex, OpenOutcome), Unopened> {
        catch_unwind(AssertUnwindSafe(|| SearchIndex::assembled(disk, spill_bytes, memory_bytes)))
            .unwrap_or_else(|_| Err(Unopened::Unusable("its files are damaged".to_owned())))
    }

    fn assembled(disk: Arc<dyn Disk>, spill_bytes: usize, memory_bytes: usize) -> Result<(SearchIndex, OpenOutcome), Unopened> {
        let fields = Fields::new();
        let directory = CheckpointedDirectory::open(disk, spill_bytes).map_err(TantivyError::from)?;
        let existed = Index::exists(&directory).map_err(TantivyError::from)?;
        let index = if existed {
            Index::open(directory.clone())?
        } else {
            Index::create(directory.clone(), fields.schema.clone(), IndexSettings::default())?
        };
        if index.schema() != fields.schema {
            return Err(Unopened::Unusable("it was written with other fields".to_owned()));
        }
        index.tokenizers().register(ANALYZER, analyzer());
        let outcome = stored_cursor(&index)?;
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(STORE_BLOCKS_CACHED).try_into()?;
        let memory_bytes = memory_bytes.max(SEARCH_MEMORY_BYTES_MIN);
        let cursor = AtomicU64::new(if let OpenOutcome::Ready(cursor) = outcome { cursor } else { 0 });
        let writing = Mutex::new(Writing { writer: None, checkpointed: Tick::now() });
        Ok((SearchIndex { index, directory, reader, fields, zones: Arc::default(), writing, memory_bytes, cursor }, outcome))
    }

    /// The sequence of the log up to which searches see; zero before the first commit.
    pub fn cursor(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Brings the index to `cursor` with these changes, all or none; searches see them when this returns. They are on the disk at the
    /// next checkpoint: after a crash the cursor is that of the last one.
    /// After an error the index stands at some earlier commit, and the same changes may be given again.
    pub fn apply(&self, changes: &[Change], cursor: u64) -> Result<()> {
        self.write(cursor, |writer| {
            for change in changes {
                match change {
                    Change::Remove(id) => writer.delete_term(self.fields.key_of(*id)),
                    Change::Put(it) => self.put(writer, it.id, self.fields.document(it))?,
                    Change::PutArticle(it) => self.put(writer, it.id, self.fields.article(it))?,
                    Change::PutPerson(it) => self.put(writer, it.id, self.fields.person(it))?,
                };
            }
            Ok(())
        })
    }

    fn put(&self, writer: &IndexWriter, id: Uuid, document: TantivyDocument) -> Result<u64, TantivyError> {
        writer.delete_term(self.fields.key_of(id));
        writer.add_document(document)
    }

    /// Forgets everything: the index is as new, its cursor zero.
    pub fn clear(&self) -> Result<()> {
        self.write(0, |writer| writer.delete_all_documents().map(|_| ()))
    }

    fn write(&self, cursor: u64, change: impl FnOnce(&IndexWriter) -> Result<(), TantivyError>) -> Result<()> {
        let mut writing = self.lock();
        let outcome = self.commit(&mut writing.writer, cursor, change);
        if outcome.is_err() {
            // A writer that failed takes nothing more, and what it took is void: the next one starts from the last commit.
            writing.writer = None;
        }
        // A commit may have reached the disk and still be reported as failed; what is searched follows the disk either way.
        let reloaded = self.reader.reload();
        if reloaded.is_ok()
            && let Ok(OpenOutcome::Ready(cursor)) = stored_cursor(&self.index)
        {
            self.cursor.store(cursor, Ordering::Release);
        }
        let zoned = self.zones.follow(&self.reader.searcher());
        outcome.and(reloaded).and(zoned).map_err(|cause| Fault::because("writing the search index", cause))?;
        if writing.checkpointed.elapsed() >= CHECKPOINT_EVERY || self.directory.memory_bytes() > FRESH_BYTES_MAX {
            self.checkpoint(&mut writing)?;
        }
        Ok(())
    }

    fn commit(
        &self,
        place: &mut Option<IndexWriter>,
        cursor: u64,
        change: impl FnOnce(&IndexWriter) -> Result<(), TantivyError>,
    ) -> Result<(), TantivyError> {
        let writer = match place {
            Some(writer) => writer,
            None => {
                let options = IndexWriterOptions::builder()
                    .num_worker_threads(1)
                    .num_merge_threads(1)
                    .memory_budget_per_thread(self.memory_bytes)
                    .build();
                place.insert(self.index.writer_with_options(options)?)
            }
        };
        change(writer)?;
        let mut commit = writer.prepare_commit()?;
        let payload = serde_json::to_string(&Payload { version: SCHEMA_VERSION, cursor }).map_err(io::Error::other)?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    /// Makes ready what the first searches would have to make. Where it fails, they do it, or fail in turn.
    pub fn warm(&self) -> Result<()> {
        self.zones.follow(&self.reader.searcher()).map_err(|cause| Fault::because("making the search index ready", cause).into())
    }

    /// Lets go of buffers and threads until there is something to write again, with everything safe on the disk. Call it when the desk
    /// is idle.
    pub fn rest(&self) -> Result<()> {
        let mut writing = self.lock();
        let merged = writing.writer.take().map_or(Ok(()), IndexWriter::wait_merging_threads);
        self.checkpoint(&mut writing)?;
        merged.map_err(|cause| Fault::because("resting the search index", cause).into())
    }

    fn checkpoint(&self, writing: &mut Writing) -> Result<()> {
        self.directory.checkpoint().map_err(|cause| Fault::because("bringing the search index to the disk", cause))?;
        writing.checkpointed = Tick::now();
        Ok(())
    }

    /// A writer's panic leaves nothing half done: what is not committed is void.
    fn lock(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page of what fits and may be seen, with how many these are.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchPage> {
        self.answer(request).map_err(|cause| Fault::because("searching the index", cause).into())
    }

    fn answer(&self, request: &SearchRequest<'_>) -> Result<SearchPage, TantivyError> {
        let searcher = self.reader.searcher();
        let (after, offset, limit) = match request.page {
            Page::Rows { offset, limit } => (None, offset.min(PAGE_ROWS_MAX), limit),
            Page::After { key, limit } => (Some(key), 0, limit),
        };
        let rows = offset + limit.min(PAGE_ROWS_MAX);
        let span = span(request.cond, request.sort.field);
        let answer = Answer { sort: request.sort, after, rows, span };
        let ask = |spelling| {
            let request = SearchRequest { spelling, ..request.clone() };
            if request.sort.field == SortField::Relevance {
                let asked = asked(&self.fields, &searcher, &self.zones, &request)?;
                let ((rows, count), is_bound) = collect_newest(&searcher, &asked, &answer, &self.zones)?;
                return Ok((rows, Total { count, is_bound }));
            }
            let query = question(&self.fields, &searcher, &self.zones, &request)?;
            let known = known(&self.fields, &searcher, &self.zones, &request);
            ordered::page(&searcher, &*query, &answer, known.as_ref(), &self.zones)
        };
        let (mut rows, mut total) = ask(request.spelling.min(Spelling::AsWritten))?;
        if request.spelling == Spelling::Forgiving && total.count < FORGIVEN_BELOW {
            (rows, total) = ask(Spelling::Forgiving)?;
        }
        let mut hits = Vec::new();
        for row in rows.into_iter().skip(offset) {
            let document: TantivyDocument = searcher.doc(row.address)?;
            let number = document.get_first(self.fields.number).and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default();
            let (found, number) = match number.as_str() {
                key::ARTICLE => (Found::Article, String::new()),
                key::PERSON => (Found::Person, String::new()),
                _ => (Found::Ticket, number),
            };
            hits.push(Hit { id: row.key.id, found, number, score: row.score, key: row.key });
        }
        Ok(SearchPage { hits, total })
    }

    /// All tickets that fit and may be seen, as the index is now, whatever changes meanwhile. The request's page is not looked at.
    pub fn walk(&self, request: &SearchRequest<'_>) -> Result<Walk> {
        let begun = Walk::begin(&self.fields, self.reader.searcher(), self.zones.clone(), request);
        begun.map_err(|cause| Fault::because("searching the index", cause).into())
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(super) fn zones(&self) -> &Arc<Zones> {
        &self.zones
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Reads every file and compares it with its checksum. Slow: it is for `lodge doctor`. The damaged files, if any.
    pub fn damaged_files(&self) -> Result<Vec<String>> {
        let files = self.index.validate_checksum().map_err(|cause| Fault::because("checking the search index", cause))?;
        let mut names: Vec<String> = files.iter().map(|it| it.display().to_string()).collect();
        names.sort();
        Ok(names)
    }
}

impl Drop for SearchIndex {
    /// What could not be written is read from the log again.
    fn drop(&mut self) {
        let mut writing = self.lock();
        // Ends its merges, which would be begun again.
        writing.writer = None;
        if let Err(error) = self.checkpoint(&mut writing) {
            tracing::warn!(%error, "the search index was closed without its last changes");
        }
    }
}

/// Why an index could not be opened.
enum Unopened {
    /// The disk or the system failed; what is there may be sound.
    Failed(TantivyError),
    /// What is there is damaged or of another version.
    Unusable(String),
}

impl From<TantivyError> for Unopened {
    fn from(cause: TantivyError) -> Self {
        let sound = |cause: &io::Error| {
            !matches!(
                cause.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other
            )
        };
        match &cause {
            TantivyError::IoError(io_error) if sound(io_error) => Unopened::Failed(cause),
            TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) if sound(io_error) => Unopened::Failed(cause),
            TantivyError::LockFailure(..) | TantivyError::OpenDirectoryError(_) => Unopened::Failed(cause),
            _ => Unopened::Unusable(cause.to_string()),
        }
    }
}

fn stored_cursor(index: &Index) -> Result<OpenOutcome, Unopened> {
    let metas = index.load_metas()?;
    let Some(payload) = metas.payload else {
        // Made, and never committed to.
        return if metas.segments.is_empty() {
            Ok(OpenOutcome::Empty(None))
        } else {
            Err(Unopened::Unusable("it has no cursor".to_owned()))
        };
    };
    match serde_json::from_str(&payload) {
        Ok(Payload { version: SCHEMA_VERSION, cursor }) => Ok(OpenOutcome::Ready(cursor)),
        Ok(Payload { version, .. }) => Err(Unopened::Unusable(format!("it is of version {version}, not {SCHEMA_VERSION}"))),
        Err(_) => Err(Unopened::Unusable("its cursor cannot be read".to_owned())),
    }
}

/// Removes the files of a folder; an index has no folders inside.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
