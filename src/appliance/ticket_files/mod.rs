//! Files of lists of tickets, without a limit of rows (RPT-07, RPT-16): sent while they are made, or made in the background and kept. What
//! is in a list is asked of the index once, as it stands then; each ticket is read when its row is written, and only if its reader may
//! see it at that moment. Memory is bounded by a handful of rows.

mod parquet;
mod patience;
mod sheet;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

use self::{parquet::ParquetFile, patience::patient, sheet::Sheet};
use super::{
    Desk,
    lists::{self, Question},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        exports::{self, Cell, CellSort, Column, Export, Format, Rows},
        query::{Sort, SortKey, Total},
        tickets::{Ticket, access},
    },
    error::{Code, Error, Fault, Refusal, Result},
    follow::search::{Among, Page, SearchRequest, Spelling, Walk},
    id::{ExportId, TicketId},
    language::{Language, say},
    limits,
};

/// Files that are being sent while they are made.
static SENDING: Semaphore = Semaphore::const_new(limits::LIST_FILES_SENT_AT_ONCE);
/// How long the index may take to catch up before a file is begun without it.
const CATCH_UP: Duration = Duration::from_secs(20);
/// How long a piece waits for its reader.
const PATIENCE: Duration = Duration::from_secs(limits::LIST_FILE_PATIENCE_SECS);
/// How often it is written down how far a file is.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What a file is to be made of.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which tickets, in which order; the part of the list that it names does not count.
    pub list: Question,
    pub format: Format,
    pub columns: Vec<Column>,
    /// None: the names and values that programs know.
    pub language: Option<Language>,
    /// None: times as programs write them.
    pub zone: Option<TimeZone>,
}

/// What writes rows in some format. Each step gives bytes that are ready to go.
trait Writer: Send {
    fn begin(&mut self, headings: &[String], sorts: &[CellSort]) -> Result<Vec<u8>>;
    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>>;
    fn end(&mut self) -> Result<Vec<u8>>;
}

/// The rows of a list, one handful after another.
struct Reading {
    desk: Arc<Desk>,
    actor: Actor,
    rows: Rows,
    walk: Walk,
    keys: std::vec::IntoIter<SortKey>,
}

impl Reading {
    /// Begins with what the index holds now. Takes its time; not for async callers.
    fn begin(desk: Arc<Desk>, actor: Actor, wanted: &Wanted) -> Result<Reading> {
        let mut list = wanted.list.clone();
        let (cond, vocabulary) = lists::prepared(&desk, &actor, &mut list)?;
        let walk = desk.index.walk(&SearchRequest {
            cond: &cond,
            scope: access::scope(&actor),
            notes: access::notes_scope(&actor),
            among: &Among::TICKETS,
            vocabulary: &vocabulary,
            spelling: Spelling::Exact,
            sort: list.sort,
            page: Page::Rows { offset: 0, limit: 0 },
        })?;
        // What programs read has the words that programs know.
        let language = wanted.language.filter(|_| wanted.format == Format::Csv);
        let columns = wanted.columns.clone();
        let rows = desk.read(|tx| Rows::of(tx, columns, language))?;
        Ok(Reading { desk, actor, rows, walk, keys: Vec::new().into_iter() })
    }

    /// The next rows, and how many places of the list they are of; none at the end.
    fn next(&mut self) -> Result<Option<(usize, Vec<Vec<Cell>>)>> {
        if self.keys.len() == 0 {
            self.keys = self.walk.next(limits::LIST_FILE_PLACES_AT_ONCE)?.into_iter();
        }
        let keys: Vec<SortKey> = self.keys.by_ref().take(limits::LIST_FILE_ROWS_AT_ONCE).collect();
        if keys.is_empty() {
            return Ok(None);
        }
        let rows = self.desk.read(|tx: &Tx| {
            let mut tickets = Vec::with_capacity(keys.len());
            for key in &keys {
                tickets.extend(tx.get::<Ticket>(&TicketId(key.id))?.filter(|it| access::may_see(&self.actor, it)));
            }
            self.rows.rows(tx, &self.actor, &tickets)
        })?;
        Ok(Some((keys.len(), rows)))
    }
}

/// A file on its way: what is read, and what it is written as.
struct Making {
    reading: Reading,
    writer: Box<dyn Writer>,
    is_over: bool,
}

/// A piece of a file.
struct Step {
    /// How many places of the list it is of, and how many rows: what its reader may not see any more has a place and no row.
    places: usize,
    rows: usize,
    bytes: Vec<u8>,
}

impl Making {
    /// Begins with what the index holds now; gives the first bytes as well.
    async fn begin(desk: &Arc<Desk>, actor: Actor, wanted: Wanted) -> Result<(Making, Vec<u8>)> {
        caught_up(desk).await?;
        let desk = desk.clone();
        let begun = tokio::task::spawn_blocking(move || {
            let reading = Reading::begin(desk, actor, &wanted)?;
            let mut writer: Box<dyn Writer> = match wanted.format {
                Format::Csv => Box::new(Sheet::new(wanted.zone)),
                Format::Parquet => Box::new(ParquetFile::default()),
            };
            let first = writer.begin(&reading.rows.headings(), &reading.rows.sorts())?;
            Ok::<_, Error>((Making { reading, writer, is_over: false }, first))
        });
        begun.await.map_err(|it| Fault::because("beginning a file", it))?
    }

    /// The next piece, beside the threads that answer requests; none at the end.
    async fn step(mut self) -> Result<(Making, Option<Step>)> {
        let step = tokio::task::spawn_blocking(move || {
            let step = match self.reading.next()? {
                Some((places, rows)) => Some(Step { places, rows: rows.len(), bytes: self.writer.rows(rows)? }),
                None if self.is_over => None,
                None => {
                    self.is_over = true;
                    Some(Step { places: 0, rows: 0, bytes: self.writer.end()? })
                }
            };
            Ok::<_, Error>((self, step))
        });
        step.await.map_err(|it| Fault::because("making a file", it))?
    }
}

/// Waits until the index knows everything; refuses while it is being filled anew, since a file would lack what it does not know yet.
async fn caught_up(desk: &Desk) -> Result<()> {
    let wanted = desk.read(|tx| Ok(tx.last_seq()))?;
    if desk.index.position().rebuilding.is_some() || !desk.index.reached(wanted, CATCH_UP).await {
        return Err(Refusal::new(Code::Unavailable, say!("refused-export-index")).into());
    }
    Ok(())
}

/// A file that is made while it is sent: a piece when somebody takes it, so that a slow reader keeps no thread waiting. The first is there
/// when this returns. A failure on the way ends it with an error, so that nobody takes a part for the whole. Only so many are sent at once
/// ([`limits::LIST_FILES_SENT_AT_ONCE`]), and a reader that takes nothing for [`limits::LIST_FILE_PATIENCE_SECS`] loses its turn.
pub async fn stream(desk: &Arc<Desk>, actor: &Actor, wanted: Wanted) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
    exports::need(actor)?;
    let busy = |_| Refusal::new(Code::Unavailable, say!("refused-exports-sent", most = limits::LIST_FILES_SENT_AT_ONCE));
    let turn = SENDING.try_acquire().map_err(busy)?;
    let (making, first) = Making::begin(desk, actor.clone(), wanted).await?;
    let rest = stream::try_unfold((making, turn), |(making, turn)| async move {
        let (making, step) = making.step().await.inspect_err(|error| tracing::error!(%error, "a file of a list broke off"))?;
        Ok(step.map(|it| (Bytes::from(it.bytes), (making, turn))))
    });
    let pieces = stream::iter([Ok::<_, Error>(Bytes::from(first))]).chain(rest);
    // Some formats write many rows at once, and nothing before. Whatever packs an answer asks once more behind the end.
    let pieces = pieces.try_filter(|it| std::future::ready(!it.is_empty()));
    // A reader is waited for with each piece, so none is so large that a slow line needs long for it.
    let pieces = pieces.map_ok(|it| stream::iter(cut(it)).map(Ok)).try_flatten();
    Ok(patient(pieces, || tokio::time::sleep(PATIENCE)).fuse())
}

/// The most that is handed to a reader at once.
const PIECE_BYTES: usize = 64 * 1024;

fn cut(mut bytes: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::with_capacity(bytes.len().div_ceil(PIECE_BYTES));
    while !bytes.is_empty() {
        pieces.push(bytes.split_to(bytes.len().min(PIECE_BYTES)));
    }
    pieces
}

/// How the making of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Done,
    /// Nobody wants it any more.
    Dropped,
    /// The desk stops; it is begun anew at the next start.
    Stopped,
}

/// Makes the file of an order and keeps it. `goes_on` is asked now and then: it may write down that the work is alive, and says whether to
/// go on.
pub async fn make<F>(desk: &Arc<Desk>, id: ExportId, mut goes_on: impl FnMut() -> F) -> Result<Made>
where
    F: Future<Output = Result<bool>>,
{
    let Some((export, actor)) = desk.read(|tx| exports::ordered(tx, id))? else { return Ok(Made::Dropped) };
    exports::need(&actor)?;
    let wanted = desk.read(|tx| wanted(tx, &export))?;
    let (mut making, first) = Making::begin(desk, actor, wanted).await?;
    let total = making.reading.walk.total() as u64;
    let (mut done, mut written) = (0, 0);
    let mut told = std::time::Instant::now();
    if !tell(desk, &export, done, total).await? {
        return Ok(Made::Dropped);
    }
    let mut incoming = desk.blobs.begin()?;
    incoming.add(first.into()).await?;
    loop {
        let (next, step) = making.step().await?;
        making = next;
        let Some(step) = step else { break };
        (done, written) = (done + step.places as u64, written + step.rows as u64);
        if !step.bytes.is_empty() {
            incoming.add(step.bytes.into()).await?;
        }
        if told.elapsed() >= TELL_EVERY {
            told = std::time::Instant::now();
            if !goes_on().await? {
                return Ok(Made::Stopped);
            }
            if !tell(desk, &export, done, total).await? {
                return Ok(Made::Dropped);
            }
        }
    }
    let stored = desk.blobs.finish(incoming).await?;
    let finished = desk.write(None, move |tx| exports::finish(tx, id, written, stored.hash, stored.size, stored.sha256)).await?;
    look_again(desk, &export);
    Ok(if finished { Made::Done } else { Made::Dropped })
}

fn wanted(tx: &Tx, export: &Export) -> Result<Wanted> {
    Ok(Wanted {
        list: whole(Some(export.query.clone()), export.sort()),
        format: export.format,
        columns: Column::read(tx, export.columns.iter().map(String::as_str))?,
        language: export.language.as_deref().and_then(Language::of_tag),
        zone: export.zone.as_deref().and_then(|it| TimeZone::get(it).ok()),
    })
}

/// Writes down how far it is, and shows it to whoever ordered it.
async fn tell(desk: &Desk, export: &Export, done: u64, total: u64) -> Result<bool> {
    let id = export.id;
    let wanted = desk.write(None, move |tx| exports::advance(tx, id, done, total)).await?;
    look_again(desk, export);
    Ok(wanted)
}

/// Lets the pages of whoever ordered it show how it stands.
fn look_again(desk: &Desk, export: &Export) {
    let seq = desk.read(|tx| Ok(tx.last_seq())).unwrap_or_default();
    desk.live.tell_person(export.person, seq, None);
}

/// The order cannot be carried out, and never will be.
pub async fn give_up(desk: &Desk, id: ExportId, error: &Error) -> Result<()> {
    tracing::error!(export = %id, %error, "a file of a list could not be made");
    let Some((export, _)) = desk.read(|tx| exports::ordered(tx, id))? else { return Ok(()) };
    let language = export.language.as_deref().and_then(Language::of_tag).unwrap_or_default();
    let why = match error {
        Error::Refused(it) => it.detail.read(language),
        // What broke is for the log, and for whoever runs the server.
        Error::Broken(_) => say!("export-failed").read(language),
    };
    desk.write(None, move |tx| exports::fail(tx, id, &why)).await?;
    look_again(desk, &export);
    Ok(())
}

/// A handful of tickets, which the actor may see, as comma-separated values.
pub fn sheet(tx: &Tx, actor: &Actor, tickets: &[Ticket], columns: Vec<Column>, language: Language, zone: TimeZone) -> Result<Vec<u8>> {
    let rows = Rows::of(tx, columns, Some(language))?;
    let mut sheet = Sheet::new(Some(zone));
    let mut bytes = sheet.begin(&rows.headings(), &rows.sorts())?;
    bytes.extend(sheet.rows(rows.rows(tx, actor, tickets)?)?);
    Ok(bytes)
}

/// All of a list.
pub fn whole(text: Option<String>, sort: Sort) -> Question {
    Question { text, filters: Vec::new(), sort, cursor: None, skip: 0, limit: 1, spelling: Spelling::Exact }
}

/// How many tickets a list holds at present, as far as the index knows.
pub async fn count(desk: &Arc<Desk>, actor: &Actor, query: &str) -> Result<Total> {
    Ok(lists::list(desk, actor, whole(Some(query.to_owned()), Sort::NEWEST)).await?.total)
}
