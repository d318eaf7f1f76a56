//! Keeps the search index beside the log. One thread per desk: it wakes when something was committed or somebody waits for the
//! index, turns the changed tickets into documents, and commits them with the sequence number that it has reached.
//!
//! Articles and people are documents beside the tickets (`others`).
//! An answer that can still be taken back is indexed as an internal note, and its ticket once more when that ends.
//!
//! A missing, damaged or overtaking index is filled anew from the records while the desk serves; what it answers meanwhile is
//! marked stale.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant as Tick},
};

use tokio::sync::watch;

use super::{
    Signal,
    others::{self, Others},
    search::{Change, OpenOutcome, SearchIndex, SearchPage, SearchRequest, TicketDocument, Vocabulary, Walk},
};
use crate::{
    desk::{
        attachments::{Attachment, preview},
        custom,
        event::EventKind,
        queues::Queue,
        search_words::{self, SearchWords},
        settings::Settings,
        tickets::{Comment, Ticket, custom_values, keywords, number},
    },
    error::{Fault, Result},
    id::TicketId,
    limits,
    store::{Tx, writer::Reader},
    time::Instant,
};

/// Events that one commit of the index takes at most.
const EVENTS_AT_ONCE: usize = 2_000;
/// Documents that one commit of a rebuild takes; few in tests, so that they come to the next handful.
const TICKETS_AT_ONCE: usize = if cfg!(test) { 3 } else { 2_000 };
/// While nobody waits, the index is committed this often at most: a commit costs much, and more documents in one cost little more.
const BEAT: Duration = Duration::from_millis(250);
/// After this long without a change the index lets go of its buffers.
const REST_AFTER: Duration = Duration::from_secs(30);
/// Text of one ticket or article that is searchable, in bytes; what exceeds it is the oldest of a very long thread, or of its files.
pub(super) const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How far the index has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    pub seq: u64,
    /// It is being filled anew: documents done so far.
    pub rebuilding: Option<u64>,
}

/// A desk's index with the thread that keeps it current.
pub struct Indexer {
    shared: Arc<Shared>,
    position: watch::Receiver<Position>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    folder: PathBuf,
    memory_bytes: usize,
    reader: Reader,
    index: RwLock<Arc<SearchIndex>>,
    position: watch::Sender<Position>,
    signal: Arc<Signal>,
    /// The highest sequence number that somebody waits for.
    wanted: AtomicU64,
    /// An order to build a new index beside the present one.
    reindex: Mutex<bool>,
    /// How many ordered builds have ended.
    builds: AtomicU64,
    /// Documents that the index beside the present one has so far, while one is built.
    building: Mutex<Option<u64>>,
    held: Mutex<Held>,
    released: Released,
    vocabulary: Mutex<Option<Spoken>>,
}

/// The vocabulary of the last question, and what it was made from.
struct Spoken {
    version: u64,
    languages: Vec<String>,
    vocabulary: Arc<Vocabulary>,
}

/// Who is told of tickets whose answers can no longer be taken back.
pub type Released = Box<dyn Fn(&Tx, &[TicketId]) + Send + Sync>;

/// Tickets with an answer that can still be taken back, and when that ends first.
type Held = BTreeMap<TicketId, Instant>;

impl Indexer {
    /// Opens the index in `folder` and starts to follow the log. Whoever commits sets the signal; `released` is told when holds end.
    pub fn open(folder: &Path, memory_bytes: usize, reader: Reader, signal: Arc<Signal>, released: Released) -> Result<Indexer> {
        let (index, outcome) = SearchIndex::open(folder, memory_bytes)?;
        let begin = match outcome {
            OpenOutcome::Ready(seq) if seq <= reader.last_seq() => Some(seq),
            OpenOutcome::Ready(seq) => {
                tracing::warn!(
                    index = seq,
                    log = reader.last_seq(),
                    "the index knows more than the log (a restored desk?): it is filled anew"
                );
                index.clear()?;
                None
            }
            OpenOutcome::Empty(reason) => {
                if let Some(reason) = reason {
                    tracing::warn!(%reason, "the search index could not be used and is filled anew");
                }
                None
            }
        };
        let first = Position { seq: begin.unwrap_or(0), rebuilding: (begin.is_none() && reader.last_seq() > 0).then_some(0) };
        let (sender, position) = watch::channel(first);
        let held = if begin.is_some() { lately_held(&reader.read()?, first.seq)? } else { Held::new() };
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            memory_bytes,
            reader,
            index: RwLock::new(Arc::new(index)),
            position: sender,
            signal,
            wanted: AtomicU64::new(0),
            reindex: Mutex::new(false),
            builds: AtomicU64::new(0),
            building: Mutex::new(None),
            held: Mutex::new(held),
            released,
            vocabulary: Mutex::new(None),
        });
        let thread = std::thread::Builder::new()
            .name("indexer".into())
            .spawn({
                let shared = shared.clone();
                move || shared.run()
            })
            .map_err(|it| Fault::because("starting the indexer", it))?;
        Ok(Indexer { shared, position, thread: Mutex::new(Some(thread)) })
    }

    pub fn position(&self) -> Position {
        *self.position.borrow()
    }

    /// Waits until the index has reached `seq`; false if it does not in time, or is being filled anew.
    pub async fn reached(&self, seq: u64, at_most: Duration) -> bool {
        let at = self.position();
        if at.rebuilding.is_some() {
            return false;
        }
        if at.seq >= seq {
            return true;
        }
        self.filled(seq, at_most).await
    }

    /// Waits until the index has reached `seq`, also while it is filled; false if it does not in time.
    pub async fn filled(&self, seq: u64, at_most: Duration) -> bool {
        self.shared.wanted.fetch_max(seq, Ordering::AcqRel);
        self.shared.signal.set();
        let mut position = self.position.clone();
        let there = position.wait_for(|it| it.seq >= seq && it.rebuilding.is_none());
        matches!(tokio::time::timeout(at_most, there).await, Ok(Ok(_)))
    }

    /// Searches the index as it is.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchPage> {
        self.shared.present().search(request)
    }

    /// All that a search finds, one handful after another.
    pub fn walk(&self, request: &SearchRequest<'_>) -> Result<Walk> {
        self.shared.present().walk(request)
    }

    /// What the desk's words mean, as it says now.
    pub fn vocabulary(&self, tx: &Tx) -> Result<Arc<Vocabulary>> {
        let (words, languages) = (SearchWords::of(tx)?, search_words::languages(tx)?);
        let mut kept = self.shared.vocabulary.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = kept.as_ref().filter(|it| it.version == words.version && it.languages == languages) {
            return Ok(it.vocabulary.clone());
        }
        let vocabulary = Arc::new(Vocabulary::new(languages.iter().map(String::as_str), words.pairs()));
        *kept = Some(Spoken { version: words.version, languages, vocabulary: vocabulary.clone() });
        Ok(vocabulary)
    }

    /// Documents that an index has which is ordered or built beside the present one; none while there is none.
    pub fn building(&self) -> Option<u64> {
        let is_ordered = *self.shared.reindex.lock().unwrap_or_else(PoisonError::into_inner);
        let building = *self.shared.building.lock().unwrap_or_else(PoisonError::into_inner);
        building.or(is_ordered.then_some(0))
    }

    /// What is in the index, and what a word leads to in it.
    pub fn inspect<T>(&self, look: impl FnOnce(&SearchIndex) -> Result<T>) -> Result<T> {
        look(&self.shared.present())
    }

    /// Orders a new index beside the present one, which serves until the new one is complete.
    pub fn reindex(&self) {
        *self.shared.reindex.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.signal.set();
    }

    /// How many ordered builds have ended, well or not, since the start.
    pub fn builds(&self) -> u64 {
        self.shared.builds.load(Ordering::Acquire)
    }

    /// Files of the index whose checksum does not hold. Slow.
    pub fn damaged_files(&self) -> Result<Vec<String>> {
        self.shared.present().damaged_files()
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.shared.signal.close();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn present(&self) -> Arc<SearchIndex> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn run(&self) {
        warm(&self.present());
        let mut failures = 0_u32;
        let mut last_commit = Tick::now();
        loop {
            let outcome = self.step(&mut last_commit);
            let wait = match outcome {
                Ok(true) => Duration::ZERO,
                Ok(false) => {
                    failures = 0;
                    self.until_release().unwrap_or(REST_AFTER)
                }
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, failures, "the search index could not be brought up to date; it is tried again");
                    metrics::counter!("lodge_index_failures_total").increment(1);
                    Duration::from_millis(100 << failures.min(8))
                }
            };
            if wait.is_zero() {
                if self.signal.is_closed() {
                    return;
                }
                continue;
            }
            let began = Tick::now();
            if !self.signal.wait(wait) {
                return;
            }
            if failures == 0 && began.elapsed() >= REST_AFTER && self.position.borrow().seq >= self.reader.last_seq() {
                // A failure to rest costs memory only, and the next change tells.
                let _ = self.present().rest();
            }
        }
    }

    /// Whether a new index was ordered, which is then no longer so, but under way.
    fn take_order(&self) -> bool {
        let mut ordered = self.reindex.lock().unwrap_or_else(PoisonError::into_inner);
        if *ordered {
            self.tell_building(Some(0));
        }
        std::mem::take(&mut *ordered)
    }

    /// Does what there is to do; true if there is more.
    fn step(&self, last_commit: &mut Tick) -> Result<bool> {
        if self.position.borrow().rebuilding.is_some() {
            let seq = self.fill(&self.present(), false)?;
            self.position.send_replace(Position { seq, rebuilding: None });
            return Ok(true);
        }
        if self.take_order() {
            let built = self.build_beside();
            self.tell_building(None);
            self.builds.fetch_add(1, Ordering::AcqRel);
            return built.map(|()| true);
        }
        let at = self.position.borrow().seq;
        if self.release(at)? {
            return Ok(true);
        }
        let last = self.reader.last_seq();
        if at >= last {
            return Ok(false);
        }
        let nobody_waits = self.wanted.load(Ordering::Acquire) <= at;
        let until_beat = BEAT.saturating_sub(last_commit.elapsed());
        if nobody_waits && !until_beat.is_zero() && last - at < EVENTS_AT_ONCE as u64 {
            return Ok(self.signal.wait(until_beat));
        }
        let seq = follow(&self.present(), &self.reader.read()?, at, &mut self.held())?;
        *last_commit = Tick::now();
        self.position.send_replace(Position { seq, rebuilding: None });
        Ok(true)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long until an answer can no longer be taken back.
    fn until_release(&self) -> Option<Duration> {
        let first = self.held().values().min().copied()?;
        let now = self.reader.read().ok()?.now();
        Some(if first > now { first.since(now) } else { Duration::ZERO }.clamp(Duration::from_millis(20), REST_AFTER))
    }

    /// Takes tickets in again whose answers can no longer be taken back; true if there were any.
    fn release(&self, at: u64) -> Result<bool> {
        let mut held = self.held();
        if held.is_empty() {
            return Ok(false);
        }
        let tx = self.reader.read()?;
        let due: Vec<TicketId> = held.iter().filter(|it| *it.1 <= tx.now()).map(|it| *it.0).collect();
        if due.is_empty() {
            return Ok(false);
        }
        let changes = changes_of(&tx, due.iter().copied(), &mut held)?;
        self.present().apply(&changes, at)?;
        drop(held);
        (self.released)(&tx, &due);
        Ok(true)
    }

    /// Fills an empty index from the records, then follows the log to its end.
    fn fill(&self, index: &SearchIndex, beside: bool) -> Result<u64> {
        let (upto, words) = {
            let tx = self.reader.read()?;
            (tx.last_seq(), Words::of(&tx)?)
        };
        let mut done = 0;
        let mut after = None;
        loop {
            // A snapshot keeps the room of all that is written while it is held, and this takes minutes on a large desk. What happens
            // between two of them is in the log behind `upto`.
            let tx = self.reader.read()?;
            let (changes, last) = next_tickets(&tx, &words, after, &mut self.held())?;
            if last.is_none() {
                break;
            }
            after = last;
            done += changes.len() as u64;
            index.apply(&changes, 0)?;
            self.go_on(beside, done)?;
        }
        let mut changes = Vec::new();
        for change in others::all(&self.reader.read()?)? {
            changes.push(change?);
            if changes.len() >= TICKETS_AT_ONCE {
                done += changes.len() as u64;
                index.apply(&changes, 0)?;
                changes.clear();
                self.go_on(beside, done)?;
            }
        }
        index.apply(&changes, upto)?;
        tracing::info!(documents = done + changes.len() as u64, "the search index was filled anew");
        let mut seq = upto;
        while seq < self.reader.last_seq() {
            seq = follow(index, &self.reader.read()?, seq, &mut self.held())?;
        }
        Ok(seq)
    }

    /// Says how many documents are done; an error if the desk stops.
    fn go_on(&self, beside: bool, done: u64) -> Result<()> {
        if self.signal.is_closed() {
            return Err(Fault::new("stopping while the index is filled; it begins anew at the next start").into());
        }
        if beside {
            self.tell_building(Some(done));
        } else {
            self.position.send_if_modified(|it| it.rebuilding.replace(done).is_none());
        }
        Ok(())
    }

    fn tell_building(&self, done: Option<u64>) {
        *self.building.lock().unwrap_or_else(PoisonError::into_inner) = done;
    }

    fn build_beside(&self) -> Result<()> {
        self.tell_building(Some(0));
        let beside = self.folder.with_extension("next");
        let old = self.folder.with_extension("old");
        let doing = |it: std::io::Error| Fault::because("building an index beside the present one", it);
        for folder in [&beside, &old] {
            if folder.exists() {
                std::fs::remove_dir_all(folder).map_err(doing)?;
            }
        }
        let (index, _) = SearchIndex::open(&beside, self.memory_bytes)?;
        self.fill(&index, true)?;
        index.rest()?;
        drop(index);
        // Whoever searches now holds the old index, whose files stay readable until they are closed.
        self.present().rest()?;
        std::fs::rename(&self.folder, &old).map_err(doing)?;
        std::fs::rename(&beside, &self.folder).map_err(doing)?;
        let (index, outcome) = SearchIndex::open(&self.folder, self.memory_bytes)?;
        let OpenOutcome::Ready(seq) = outcome else { return Err(Fault::new("the new index came out empty").into()) };
        warm(&index);
        *self.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
        self.position.send_replace(Position { seq, rebuilding: None });
        std::fs::remove_dir_all(&old).map_err(doing)?;
        Ok(())
    }
}

/// What is not ready is made by the first searches, so this may fail.
fn warm(index: &SearchIndex) {
    // What is damaged makes tantivy panic, and must not end the thread that follows the log.
    let warmed = catch_unwind(AssertUnwindSafe(|| index.warm())).unwrap_or_else(|_| Err(Fault::new("the index is damaged").into()));
    if let Err(error) = warmed {
        tracing::warn!(%error, "the search index could not be made ready; its first searches take longer");
    }
}

/// The next tickets behind `after` as they are now, and which of them is the last; none at the end.
fn next_tickets(tx: &Tx, words: &Words, after: Option<TicketId>, held: &mut Held) -> Result<(Vec<Change>, Option<TicketId>)> {
    let mut changes = Vec::with_capacity(TICKETS_AT_ONCE);
    let mut last = None;
    let tickets = tx.scan_from::<Ticket>(&after.unwrap_or(TicketId::NIL))?;
    for ticket in tickets.filter(|it| !it.as_ref().is_ok_and(|it| Some(it.id) == after)).take(TICKETS_AT_ONCE) {
        let ticket = ticket?;
        last = Some(ticket.id);
        if ticket.deleted_at.is_none() {
            changes.push(Change::Put(Box::new(document(tx, words, &ticket, held)?)));
        }
    }
    Ok((changes, last))
}

/// Takes the next events into the index; gives the sequence number that it has reached.
fn follow(index: &SearchIndex, tx: &Tx, after: u64, held: &mut Held) -> Result<u64> {
    let events = tx.events_after(after, EVENTS_AT_ONCE)?;
    let Some(last) = events.last().map(|it| it.seq) else { return Ok(after) };
    let changed: BTreeSet<TicketId> = events.iter().filter(|it| it.entity_kind == "ticket").map(|it| TicketId(it.entity)).collect();
    let mut changes = changes_of(tx, changed.into_iter(), held)?;
    changes.extend(Others::of(tx, &events)?.changes(tx)?);
    index.apply(&changes, last)?;
    Ok(last)
}

fn changes_of(tx: &Tx, tickets: impl Iterator<Item = TicketId>, held: &mut Held) -> Result<Vec<Change>> {
    let words = Words::of(tx)?;
    let mut changes = Vec::new();
    for id in tickets {
        held.remove(&id);
        changes.push(match tx.get::<Ticket>(&id)? {
            Some(ticket) if ticket.deleted_at.is_none() => Change::Put(Box::new(document(tx, &words, &ticket, held)?)),
            _ => Change::Remove(id.0),
        });
    }
    Ok(changes)
}

/// Tickets on which somebody wrote shortly before this event: what was held when the index was last open may have been released since.
fn lately_held(tx: &Tx, upto: u64) -> Result<Held> {
    let mut held = Held::new();
    let (mut to, mut newest) = (upto, None);
    while to > 0 {
        let from = to.saturating_sub(EVENTS_AT_ONCE as u64);
        let events: Vec<_> = tx.events_after(from, EVENTS_AT_ONCE)?.into_iter().filter(|it| it.seq <= to).collect();
        let (Some(first), Some(last)) = (events.first(), events.last()) else { break };
        let since = newest.get_or_insert(last.at).minus(Duration::from_secs(u64::from(limits::SEND_HOLD_SECS_MAX)));
        let is_over = first.at < since;
        let written = events.iter().filter(|it| it.kind == EventKind::CommentAdded.name() && it.at >= since);
        held.extend(written.map(|it| (TicketId(it.entity), Instant::EPOCH)));
        if is_over {
            break;
        }
        to = from;
    }
    Ok(held)
}

/// What every document needs to know of the desk.
struct Words {
    settings: Arc<Settings>,
    queues: Vec<Queue>,
}

impl Words {
    fn of(tx: &Tx) -> Result<Words> {
        let settings = match tx.get_shared::<Settings>(&())? {
            Some(it) => it,
            None => Arc::new(Settings::new("", [0; 32])),
        };
        Ok(Words { settings, queues: crate::desk::queues::queues(tx)? })
    }
}

/// A ticket as the index sees it: its own words, and everybody by id, so that a rename touches nothing (BEY-20).
fn document(tx: &Tx, words: &Words, ticket: &Ticket, held: &mut Held) -> Result<TicketDocument> {
    let mut unsettled = BTreeSet::new();
    let mut document = plain_document(words, ticket);
    let mut room = TEXT_BYTES_MAX.saturating_sub(ticket.description.len());
    document.public_text.push(ticket.description.clone());
    document.public_authors.extend(ticket.created_by.map(|it| it.0));
    for comment in tx.scan_back::<Comment>(&ticket.id)? {
        let comment = comment?;
        if comment.body.len() > room {
            break;
        }
        room -= comment.body.len();
        let author = comment.author.map(|it| it.0);
        if let Some(until) = comment.held_until.filter(|it| *it > tx.now() && !comment.is_private) {
            unsettled.insert(comment.id);
            let first = held.entry(ticket.id).or_insert(until);
            *first = until.min(*first);
        }
        if comment.is_private || unsettled.contains(&comment.id) {
            document.private_text.push(comment.own_words_first());
            document.private_authors.extend(author);
        } else {
            document.public_text.push(comment.own_words_first());
            document.public_authors.extend(author);
        }
    }
    if ticket.has_attachments {
        for file in tx.scan::<Attachment>(&ticket.id)? {
            let file = file?;
            let is_held = file.comment.is_some_and(|it| unsettled.contains(&it));
            let texts = if file.is_private || is_held { &mut document.private_text } else { &mut document.public_text };
            texts.push(file.filename);
            if let Some(mut text) = preview::text(tx, file.blob)?.filter(|_| room > 0) {
                text.truncate(text.floor_char_boundary(room));
                room -= text.len();
                texts.push(text);
            }
        }
    }
    document.has_note = !document.private_text.is_empty();
    let (public, private) = custom::searched(tx, ticket)?;
    document.public_text.extend(keywords(ticket).into_iter().chain(public));
    document.private_text.extend(private);
    Ok(document)
}

fn plain_document(words: &Words, ticket: &Ticket) -> TicketDocument {
    let targets = ticket.targets.as_deref();
    let (response_breached, resolution_breached) = targets.map_or((false, false), |it| it.breached());
    let team = ticket.queue.and_then(|queue| words.queues.iter().find(|it| it.id == queue)?.team);
    TicketDocument {
        id: ticket.id.0,
        number: number::text(&words.settings, ticket.kind, ticket.number),
        kind: ticket.kind,
        title: ticket.title.clone(),
        public_text: Vec::new(),
        private_text: Vec::new(),
        tags: ticket.tags.clone(),
        status: ticket.state.clone(),
        category_of_status: ticket.category,
        priority: ticket.priority,
        impact: Some(ticket.impact),
        urgency: Some(ticket.urgency),
        queue: ticket.queue.map(|it| it.0),
        team: team.map(|it| it.0),
        assignee: ticket.assignee.map(|it| it.0),
        requester: Some(ticket.requester.0),
        organization: ticket.organization.map(|it| it.0),
        department: ticket.department.map(|it| it.0),
        categories: [ticket.topic, ticket.subtopic].into_iter().flatten().map(|it| it.0).collect(),
        item: None,
        assets: Vec::new(),
        watchers: ticket.watchers.iter().map(|it| it.0).collect(),
        participants: ticket.participants().map(|it| it.0).collect(),
        public_authors: Vec::new(),
        private_authors: Vec::new(),
        channel: ticket.channel.name().to_owned(),
        created: ticket.created_at,
        updated: ticket.updated_at,
        updated_public: ticket.updated_for(false),
        resolved: ticket.resolved_at,
        closed: ticket.closed_at,
        scheduled: ticket.scheduled_at,
        due: ticket.next_due(),
        response_due: targets.and_then(|it| it.response_due()),
        response_breached,
        resolution_breached,
        paused: targets.is_some_and(|it| it.is_paused()),
        on_us: ticket.waits_on_us(),
        has_attachment: ticket.has_attachments,
        has_link: !ticket.links.is_empty(),
        has_note: false,
        vip: ticket.vip,
        snoozed: ticket.snoozed.is_some(),
        custom: custom_values(ticket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{stage::Stage, tickets};

    #[test]
    fn tickets_are_read_in_handfuls_each_once_and_as_they_are_by_then() {
        let stage = Stage::new();
        let lodged: Vec<TicketId> = (0..7)
            .map(|_| {
                stage.pass(1);
                stage.lodge("Printer").id
            })
            .collect();
        let gone = lodged[4];
        let max = stage.max.clone();
        stage.write(move |tx| tickets::delete(tx, &max, gone, None)).unwrap();
        let words = Words::of(&stage.store.read().unwrap()).unwrap();
        let (mut seen, mut after, mut late) = (Vec::new(), None, None);
        loop {
            let tx = stage.store.read().unwrap();
            let (changes, last) = next_tickets(&tx, &words, after, &mut Held::new()).unwrap();
            if last.is_none() {
                break;
            }
            assert!(changes.len() <= TICKETS_AT_ONCE);
            seen.extend(changes.iter().map(|it| match it {
                Change::Put(it) => TicketId(it.id),
                _ => panic!("it is there"),
            }));
            after = last;
            late.get_or_insert_with(|| {
                stage.pass(1);
                stage.lodge("Lodged meanwhile").id
            });
        }
        let expected: Vec<TicketId> = lodged.into_iter().filter(|it| *it != gone).chain(late).collect();
        assert_eq!(seen, expected);
    }
}
