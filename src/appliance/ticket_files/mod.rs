//! Files of lists of tickets, without a limit of rows (RPT-07, RPT-16): sent while they are made, or made in the background and kept. What
//! is in a list is asked of the index once, as it stands then; each ticket is read when its row is written, and only if its reader may
//! see it at that moment. Memory is bounded by a handful of rows.

mod parquet;
mod sheet;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use self::{parquet::ParquetFile, sheet::Sheet};
use super::{
    Desk,
    lists::{self, Question},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        exports::{self, Cell, CellSort, Column, Export, Format, Rows},
        query::{Sort, SortKey},
        tickets::{Ticket, access},
    },
    error::{Code, Error, Fault, Refusal, Result},
    follow::search::{Among, Page, SearchRequest, Spelling, Walk},
    id::{ExportId, TicketId},
    language::{Language, say},
    limits,
};

/// Pieces of a file that wait for somebody who reads slowly.
const PIECES_AHEAD: usize = 2;
/// How long the index may take to catch up before a file is begun without it.
const CATCH_UP: Duration = Duration::from_secs(20);
/// How often it is written down how far a file is.
const TELL_EVERY: Duration = Duration::from_secs(1);

/// What a file is to be made of.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which tickets, in which order; the part of the list that it names does not count.
    pub list: Question,
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
        let (columns, language) = (wanted.columns.clone(), wanted.language);
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

/// Waits until the index knows everything; refuses while it is being filled anew, since a file would lack what it does not know yet.
async fn caught_up(desk: &Desk) -> Result<()> {
    let wanted = desk.read(|tx| Ok(tx.last_seq()))?;
    if desk.index.position().rebuilding.is_some() || !desk.index.reached(wanted, CATCH_UP).await {
        return Err(Refusal::new(Code::Unavailable, say!("refused-export-index")).into());
    }
    Ok(())
}

/// A list as comma-separated values, made while it is sent: in pieces, the first of which is there when this returns. A failure on the
/// way ends it with an error, so that nobody takes a part for the whole.
pub async fn stream(desk: &Arc<Desk>, actor: &Actor, wanted: Wanted) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
    exports::need(actor)?;
    caught_up(desk).await?;
    let (send, receive) = mpsc::channel(PIECES_AHEAD);
    let (desk, actor) = (desk.clone(), actor.clone());
    let begun = tokio::task::spawn_blocking(move || {
        let reading = Reading::begin(desk, actor, &wanted)?;
        let mut sheet = Sheet::new(wanted.zone);
        let first = sheet.begin(&reading.rows.headings(), &reading.rows.sorts())?;
        Ok::<_, Error>((reading, sheet, first))
    });
    let (mut reading, mut sheet, first) = begun.await.map_err(|it| Fault::because("beginning a file", it))??;
    tokio::task::spawn_blocking(move || {
        let mut piece = first;
        loop {
            if send.blocking_send(Ok(Some(std::mem::take(&mut piece).into()))).is_err() {
                // Nobody reads any more.
                return;
            }
            let next = reading.next().and_then(|it| it.map(|(_, rows)| sheet.rows(rows)).transpose());
            match next {
                Ok(Some(bytes)) => piece = bytes,
                Ok(None) => {
                    let _ = send.blocking_send(Ok(None));
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "a file of a list broke off");
                    let _ = send.blocking_send(Err(error));
                    return;
                }
            }
        }
    });
    Ok(pieces(receive))
}

/// Pieces as they come, up to the one that says that it is the last: should whoever makes them be gone without it, that is an error.
fn pieces(receive: mpsc::Receiver<Result<Option<Bytes>>>) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let next = |state: Option<mpsc::Receiver<Result<Option<Bytes>>>>| async move {
        let mut receive = state?;
        match receive.recv().await {
            Some(Ok(Some(bytes))) => Some((Ok(bytes), Some(receive))),
            Some(Ok(None)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Err(Fault::new("the making of a file ended before its last row").into()), None)),
        }
    };
    // Whatever packs an answer asks once more behind the end.
    stream::unfold(Some(receive), next).fuse()
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

/// Makes the file of an order and keeps it. `goes_on` is asked now and then, with how far it is: it may write down that the work is alive,
/// and says whether to go on.
pub async fn make<F>(desk: &Arc<Desk>, id: ExportId, mut goes_on: impl FnMut() -> F) -> Result<Made>
where
    F: Future<Output = Result<bool>>,
{
    let Some((export, actor)) = desk.read(|tx| exports::ordered(tx, id))? else { return Ok(Made::Dropped) };
    access::need_list(&actor)?;
    caught_up(desk).await?;
    let wanted = desk.read(|tx| wanted(tx, &export))?;
    let (apart, zone) = (desk.clone(), wanted.zone.clone());
    let begun = tokio::task::spawn_blocking(move || Reading::begin(apart, actor, &wanted));
    let mut reading = begun.await.map_err(|it| Fault::because("beginning a file", it))??;
    let mut writer: Box<dyn Writer> = match export.format {
        Format::Csv => Box::new(Sheet::new(zone)),
        Format::Parquet => Box::new(ParquetFile::default()),
    };
    let total = reading.walk.total() as u64;
    let (mut done, mut written) = (0, 0);
    let mut told = std::time::Instant::now();
    if !tell(desk, &export, done, total).await? {
        return Ok(Made::Dropped);
    }
    let mut incoming = desk.blobs.begin()?;
    incoming.add(writer.begin(&reading.rows.headings(), &reading.rows.sorts())?.into()).await?;
    loop {
        // A file takes minutes of a processor: it is made beside the threads that answer requests.
        let step = tokio::task::spawn_blocking(move || {
            let next = reading.next()?;
            let step = match next {
                Some((places, rows)) => Some((places, rows.len(), writer.rows(rows)?)),
                None => None,
            };
            Ok::<_, Error>((reading, writer, step))
        });
        let step = step.await.map_err(|it| Fault::because("making a file", it))??;
        (reading, writer) = (step.0, step.1);
        let Some((places, rows, bytes)) = step.2 else { break };
        (done, written) = (done + places as u64, written + rows as u64);
        if !bytes.is_empty() {
            incoming.add(bytes.into()).await?;
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
    incoming.add(writer.end()?.into()).await?;
    let stored = desk.blobs.finish(incoming).await?;
    let finished = desk.write(None, move |tx| exports::finish(tx, id, written, stored.hash, stored.size, stored.sha256)).await?;
    look_again(desk, &export);
    Ok(if finished { Made::Done } else { Made::Dropped })
}

fn wanted(tx: &Tx, export: &Export) -> Result<Wanted> {
    Ok(Wanted {
        list: whole(Some(export.query.clone()), export.sort()),
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
pub fn look_again(desk: &Desk, export: &Export) {
    let seq = desk.read(|tx| Ok(tx.last_seq())).unwrap_or_default();
    desk.live.tell_person(export.person, seq, None);
}

/// The order cannot be carried out, and never will be.
pub async fn give_up(desk: &Desk, id: ExportId, why: String) -> Result<()> {
    let export = desk.read(|tx| Ok(exports::ordered(tx, id)?.map(|it| it.0)))?;
    desk.write(None, move |tx| exports::fail(tx, id, &why)).await?;
    if let Some(it) = export {
        look_again(desk, &it);
    }
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
pub async fn count(desk: &Arc<Desk>, actor: &Actor, query: &str) -> Result<usize> {
    Ok(lists::list(desk, actor, whole(Some(query.to_owned()), Sort::NEWEST)).await?.total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_part_is_never_taken_for_the_whole() {
        let piece = |text: &'static str| Ok(Some(Bytes::from_static(text.as_bytes())));
        for (sent, ends_well) in [(vec![piece("a"), piece("b"), Ok(None)], true), (vec![piece("a"), piece("b")], false)] {
            let (send, receive) = mpsc::channel(4);
            for it in sent {
                send.send(it).await.unwrap();
            }
            drop(send);
            let mut pieces = std::pin::pin!(pieces(receive));
            assert_eq!(pieces.next().await.unwrap().unwrap(), "a");
            assert_eq!(pieces.next().await.unwrap().unwrap(), "b");
            assert_eq!(pieces.next().await.is_none_or(|it| it.is_ok()), ends_well);
            assert!(pieces.next().await.is_none(), "asked again, it has ended");
        }
    }
}
