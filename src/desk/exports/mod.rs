//! Files made of lists of tickets in the background (RPT-07): what somebody ordered, how far it is, and where its bytes are. Making the
//! file is `appliance`'s; who may have what in it is decided here, and again for every row.
//!
//! Invariants: an export holds only what whoever ordered it may see, with the rights they ordered it with; a finished one counts as one use
//! of its blob until it ends.

mod columns;

#[cfg(test)]
mod tests;

use std::time::Duration;

use minicbor::{Decode, Encode};

pub use columns::{Cell, CellSort, Column, Known, Rows, USUAL};

use crate::{
    desk::{
        actor::{Actor, Origin},
        attachments::blob,
        event::{self, About, Changes, EventKind},
        identity::{self, Person},
        jobs,
        permission::{Permission, Permissions},
        query::Sort,
        views,
    },
    error::{Code, Refusal, Result},
    id::{BlobHash, ExportId, PersonId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// The job that makes the file.
pub const EXPORT_TICKETS: &str = "export_tickets";

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Format {
    /// For spreadsheets (RFC 4180).
    #[n(0)]
    Csv,
    /// For analysis: typed columns, compressed.
    #[n(1)]
    Parquet,
}

impl Format {
    pub const ALL: [Format; 2] = [Format::Csv, Format::Parquet];

    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }

    pub fn named(text: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(text.trim()))
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum State {
    #[n(0)]
    Waiting,
    #[n(1)]
    Running,
    #[n(2)]
    Done {
        #[n(0)]
        hash: BlobHash,
        /// In bytes.
        #[n(1)]
        size: u64,
    },
    /// With the reason, in words.
    #[n(3)]
    Failed(#[n(0)] String),
}

impl State {
    pub fn name(&self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done { .. } => "done",
            State::Failed(_) => "failed",
        }
    }
}

/// One file that somebody ordered.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Export {
    #[n(0)]
    pub id: ExportId,
    #[n(1)]
    pub person: PersonId,
    /// What of their rights the order was given with: that of a token may be less.
    #[n(2)]
    rights: Vec<String>,
    /// In the query language; empty: every ticket.
    #[n(3)]
    pub query: String,
    /// As `Sort` is written.
    #[n(4)]
    sort: String,
    #[n(5)]
    pub format: Format,
    #[n(6)]
    pub columns: Vec<String>,
    /// The tag of the language of headings and values; none: those that programs know.
    #[n(7)]
    pub language: Option<String>,
    /// The zone in which times are written; none: as programs write them.
    #[n(8)]
    pub zone: Option<String>,
    #[n(9)]
    pub state: State,
    /// Tickets that are written.
    #[n(10)]
    pub rows: u64,
    /// Tickets that there are to write, as far as it is known.
    #[n(11)]
    pub total: Option<u64>,
    #[n(12)]
    pub ordered_at: Instant,
    /// When its making began.
    #[n(13)]
    pub began_at: Option<Instant>,
    #[n(14)]
    pub ended_at: Option<Instant>,
}

/// Exports of one person, the oldest first.
pub const OF_PERSON: Index<Export, (PersonId, Instant)> = Index::new(0xc2, "exports_of_person");
/// Exports by when they were ordered, to end them.
pub const BY_TIME: Index<Export, Instant> = Index::new(0xc3, "exports_by_time");

impl Record for Export {
    type Key = ExportId;
    /// How far it is changes every moment; that it was ordered is journalled by its event.
    const TABLE: Table = Table::operational(0x2b, "exports");

    fn key(&self) -> ExportId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&OF_PERSON, &(self.person, self.ordered_at));
        entries.add(&BY_TIME, &self.ordered_at);
    }
}

impl Export {
    fn about(&self) -> About {
        About { entity_kind: "export", entity: self.id.0, subject: None }
    }

    /// What a release does not know, nobody has.
    fn rights(&self) -> Permissions {
        let known = self.rights.iter().filter_map(|it| Permissions::named([it.as_str()]).ok());
        known.fold(Permissions::NONE, Permissions::union)
    }

    /// The order of its rows.
    pub fn sort(&self) -> Sort {
        Sort::parse(&self.sort).unwrap_or(Sort::NEWEST)
    }

    /// Whether it is still to be made.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Running)
    }

    /// When it ends, made or not.
    pub fn ends_at(&self) -> Instant {
        self.ordered_at.plus(lasting())
    }

    /// What its file is called.
    pub fn filename(&self) -> String {
        let day = self.ordered_at.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
        format!("tickets-{day}.{}", self.format.name())
    }

    /// How long what is left will take, in seconds, judged by what is done.
    pub fn seconds_left(&self, now: Instant) -> Option<u64> {
        let (total, began) = (self.total?, self.began_at?);
        if !self.is_open() || self.rows == 0 {
            return None;
        }
        let spent = now.since(began).as_secs_f64();
        Some((spent / self.rows as f64 * total.saturating_sub(self.rows) as f64).ceil() as u64)
    }
}

fn lasting() -> Duration {
    Duration::from_secs(limits::LIST_FILE_DAYS * 24 * 3600)
}

/// What somebody wants a file of.
#[derive(Debug, Clone)]
pub struct NewExport {
    pub query: String,
    pub sort: Sort,
    pub format: Format,
    pub columns: Vec<String>,
    pub language: Option<String>,
    pub zone: Option<String>,
}

/// Refuses files of lists to whoever does not work with tickets: requesters have their tickets before them.
pub fn need(actor: &Actor) -> Result<PersonId> {
    actor.need(Permission::TicketsRead)?;
    actor.person().ok_or_else(|| Refusal::new(Code::Forbidden, say!("refused-export-person")).into())
}

/// Orders a file. Refuses a query that does not parse, and more than [`limits::LIST_FILES_AT_ONCE`] that are not made yet.
pub fn order(tx: &mut Tx, actor: &Actor, new: NewExport) -> Result<Export> {
    let person = need(actor)?;
    views::meant(tx, actor, &new.query)?;
    let columns = Column::read(tx, new.columns.iter().map(String::as_str))?;
    let mine = of_person(tx, person)?;
    if mine.iter().filter(|it| it.is_open()).count() >= limits::LIST_FILES_AT_ONCE {
        return Err(Refusal::new(Code::Conflict, say!("refused-exports-at-once", most = limits::LIST_FILES_AT_ONCE)).into());
    }
    // Of those that are made, the oldest makes room.
    let made: Vec<&Export> = mine.iter().filter(|it| !it.is_open()).collect();
    for it in made.iter().skip(limits::LIST_FILES_KEPT.saturating_sub(1)) {
        drop_it(tx, it)?;
    }
    let export = Export {
        id: tx.new_id(),
        person,
        rights: actor.permissions.names(),
        query: new.query.trim().to_owned(),
        sort: new.sort.to_string(),
        format: new.format,
        columns: columns.iter().map(ToString::to_string).collect(),
        language: new.language,
        zone: new.zone,
        state: State::Waiting,
        rows: 0,
        total: None,
        ordered_at: tx.now(),
        began_at: None,
        ended_at: None,
    };
    tx.put(&export)?;
    let now = tx.now();
    jobs::enqueue(tx, EXPORT_TICKETS, &dedup(export.id), export.id.to_string(), now)?;
    let changes = Changes::new().set("query", export.query.as_str()).set("format", export.format.name());
    event::record(tx, actor, EventKind::ExportOrdered, export.about(), changes)?;
    Ok(export)
}

fn dedup(id: ExportId) -> String {
    format!("export:{id}")
}

/// The exports of one person, the newest first.
fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<Export>> {
    let mut found = Vec::new();
    for id in tx.find_keys(&OF_PERSON, &person)? {
        found.extend(tx.get::<Export>(&id?)?);
    }
    found.reverse();
    Ok(found)
}

/// One's own exports, the newest first.
pub fn mine(tx: &Tx, actor: &Actor) -> Result<Vec<Export>> {
    of_person(tx, need(actor)?)
}

/// One of one's own exports.
pub fn get(tx: &Tx, actor: &Actor, id: ExportId) -> Result<Export> {
    let person = need(actor)?;
    tx.get::<Export>(&id)?.filter(|it| it.person == person).ok_or_else(|| Refusal::not_found("export").into())
}

/// The bytes of a finished one, for whoever ordered it: their hash and size. A token that may do less than the one it was ordered with
/// does not get them.
pub fn file(tx: &Tx, actor: &Actor, id: ExportId) -> Result<(Export, BlobHash, u64)> {
    let export = get(tx, actor, id)?;
    let ordered_with = export.rights().intersection(Permissions::ON_TICKETS);
    if !ordered_with.without(actor.permissions).is_empty() {
        return Err(Refusal::forbidden(Permission::TicketsRead.name()).into());
    }
    match export.state {
        State::Done { hash, size } => Ok((export, hash, size)),
        State::Waiting | State::Running => Err(Refusal::new(Code::Conflict, say!("refused-export-not-made")).into()),
        State::Failed(_) => Err(Refusal::new(Code::Conflict, say!("refused-export-failed")).into()),
    }
}

/// Takes an export away: one that is not made yet is not made, and one that is made is dropped.
pub fn cancel(tx: &mut Tx, actor: &Actor, id: ExportId) -> Result<()> {
    let export = get(tx, actor, id)?;
    event::record(tx, actor, EventKind::ExportDropped, export.about(), Changes::new().set("state", export.state.name()))?;
    drop_it(tx, &export)
}

fn drop_it(tx: &mut Tx, export: &Export) -> Result<()> {
    jobs::forget(tx, &dedup(export.id))?;
    if let State::Done { hash, .. } = export.state {
        blob::release(tx, hash)?;
    }
    tx.remove::<Export>(&export.id)
}

/// Ends exports of long ago; gives how many.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().minus(lasting());
    let old: Vec<ExportId> = tx.find_between(&BY_TIME, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for id in &old {
        if let Some(export) = tx.get::<Export>(id)? {
            drop_it(tx, &export)?;
        }
    }
    Ok(old.len())
}

/// The export and who it is made for, with what they may do now; none if it is no longer wanted.
pub fn ordered(tx: &Tx, id: ExportId) -> Result<Option<(Export, Actor)>> {
    let Some(export) = tx.get::<Export>(&id)?.filter(Export::is_open) else { return Ok(None) };
    let Some(person) = tx.get::<Person>(&export.person)?.filter(|it| it.active) else { return Ok(None) };
    let mut actor = identity::actor_of(tx, &person, Origin::default())?;
    actor.permissions = actor.permissions.intersection(export.rights());
    Ok(Some((export, actor)))
}

/// Writes down how far it is; false if it is no longer wanted.
pub fn advance(tx: &mut Tx, id: ExportId, rows: u64, total: u64) -> Result<bool> {
    let Some(export) = tx.get::<Export>(&id)?.filter(Export::is_open) else { return Ok(false) };
    // An attempt that begins anew begins at the first row.
    let began_at = if rows == 0 { Some(tx.now()) } else { export.began_at };
    tx.put(&Export { state: State::Running, rows, total: Some(total), began_at, ..export })?;
    Ok(true)
}

/// It is made: these bytes are stored. False if nobody wants it any more.
pub fn finish(tx: &mut Tx, id: ExportId, rows: u64, hash: BlobHash, size: u64, sha256: [u8; 32]) -> Result<bool> {
    let Some(export) = tx.get::<Export>(&id)?.filter(Export::is_open) else { return Ok(false) };
    blob::refer(tx, hash, size, sha256)?;
    let changes = Changes::new().set("rows", rows).set("size", size);
    event::record(tx, &Actor::system("exports"), EventKind::ExportMade, export.about(), changes)?;
    tx.put(&Export { state: State::Done { hash, size }, rows, total: Some(rows), ended_at: Some(tx.now()), ..export })?;
    Ok(true)
}

/// It cannot be made.
pub fn fail(tx: &mut Tx, id: ExportId, why: &str) -> Result<()> {
    let Some(export) = tx.get::<Export>(&id)?.filter(Export::is_open) else { return Ok(()) };
    event::record(tx, &Actor::system("exports"), EventKind::ExportFailed, export.about(), Changes::new().set("error", why))?;
    tx.put(&Export { state: State::Failed(why.to_owned()), ended_at: Some(tx.now()), ..export })
}
