//! What somebody is writing and has not sent: kept per person and place as it was typed, so that it survives a closed tab, another
//! device and a restart. It is nobody else's business, so it is operational and leaves no event; what is shared with others is in
//! `shared`.
//!
//! Invariant: no copy is overwritten by one that did not know of it (`version`), and what was sent is gone.

pub mod shared;

use std::time::Duration;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        knowledge::{self, Readership},
        open_tabs,
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{ArticleId, PersonId, TicketId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// Forms that are no ticket's, by the names that pages know them by.
pub const FORMS: [&str; 4] = ["new-ticket", "incident", "request", "article"];

/// Before the id of an article, in the name of its place.
pub const ARTICLE: &str = "article-";

/// Fields in which somebody writes at length.
const TEXTS: [&str; 2] = ["body", "description"];
/// The field that says whether it is a reply or a note.
const MODE: &str = "mode";

/// Where somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Place {
    /// The answer, or note, on a ticket.
    #[n(0)]
    Ticket(#[n(0)] TicketId),
    /// One of [`FORMS`].
    #[n(1)]
    Form(#[n(0)] u8),
    /// An article of the knowledge base that is changed.
    #[n(2)]
    Article(#[n(0)] ArticleId),
}

impl Place {
    /// The form of this name.
    pub fn form(name: &str) -> Option<Place> {
        FORMS.iter().position(|it| *it == name).map(|it| Place::Form(it as u8))
    }

    /// A form by its name, or a ticket by id or number, if the actor may see it.
    pub fn named(tx: &Tx, actor: &Actor, text: &str) -> Result<Place> {
        match Place::form(text) {
            Some(it) => Ok(it),
            None if text.starts_with(ARTICLE) => {
                let id = text[ARTICLE.len()..].parse().map_err(|_| Refusal::not_found("article"))?;
                Ok(Place::Article(knowledge::read(tx, &Readership::of(tx, Some(actor))?, id)?.0.id))
            }
            None => Ok(Place::Ticket(access::named(tx, actor, text)?.id)),
        }
    }

    fn key(self) -> (u8, [u8; 16]) {
        match self {
            Place::Ticket(id) => (0, *id.0.as_bytes()),
            Place::Form(form) => (1, [form; 16]),
            Place::Article(id) => (2, *id.0.as_bytes()),
        }
    }
}

/// One thing that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Draft {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub place: Place,
    /// Names of fields and what stands in them.
    #[n(2)]
    pub fields: Vec<Field>,
    #[n(3)]
    pub updated_at: Instant,
    /// Grows with each change, and goes on growing where one was sent and another begun.
    #[n(4)]
    pub version: u64,
}

/// A field as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Field {
    #[n(0)]
    pub name: String,
    #[n(1)]
    pub value: String,
}

/// Drafts by when they last changed, for the sweep.
pub const BY_TIME: Index<Draft, Instant> = Index::new(0xdd, "drafts_by_time");

impl Record for Draft {
    type Key = (PersonId, (u8, [u8; 16]));
    const TABLE: Table = Table::operational(0x84, "drafts");

    fn key(&self) -> (PersonId, (u8, [u8; 16])) {
        (self.person, self.place.key())
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_TIME, &self.updated_at);
    }
}

impl Draft {
    /// What stands in a field; empty if nothing does.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|it| it.name == name).map_or("", |it| it.value.as_str())
    }
}

/// The draft of this person at this place.
pub fn of(tx: &Tx, person: PersonId, place: Place) -> Result<Option<Draft>> {
    Ok(tx.get::<Draft>(&(person, place.key()))?)
}

/// All drafts of a person.
pub fn all(tx: &Tx, person: PersonId) -> Result<Vec<Draft>> {
    Ok(tx.scan::<Draft>(&person)?.collect::<Result<_, _>>()?)
}

/// Whether the person has begun to write on this ticket.
pub fn is_on(tx: &Tx, person: PersonId, ticket: TicketId) -> Result<bool> {
    Ok(tx.has::<Draft>(&(person, Place::Ticket(ticket).key()))?)
}

fn checked(fields: Vec<Field>) -> Result<Vec<Field>> {
    let bytes: usize = fields.iter().map(|it| it.name.len() + it.value.len()).sum();
    if bytes > limits::DRAFT_BYTES_MAX {
        let detail = format!("A draft has {} KiB at most; what is longer stays in this browser.", limits::DRAFT_BYTES_MAX / 1024);
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    if fields.len() > limits::DRAFT_FIELDS_MAX {
        let message = say!("refused-draft-fields", most = limits::DRAFT_FIELDS_MAX);
        return Err(Refusal::field("fields", "too_many", message).into());
    }
    Ok(fields)
}

/// Keeps what was typed. `base` is the version that the writer knows of, 0 for none; another one that stands there is not overwritten.
/// Empty fields are no draft: what was there goes.
pub fn keep(tx: &mut Tx, actor: &Actor, place: Place, fields: Vec<Field>, base: Option<u64>) -> Result<Option<Draft>> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden("portal:use"))?;
    if let Place::Ticket(id) = place {
        access::ticket(tx, actor, id)?;
    }
    let fields = checked(fields)?;
    let before = of(tx, person, place)?;
    let known = before.as_ref().map_or(0, |it| it.version);
    // What somebody has sent elsewhere is not brought back by a tab that still holds it.
    if base.is_some_and(|it| it != known) {
        let detail = say!("refused-draft-other-copy");
        return Err(Refusal::new(Code::Stale, detail).into());
    }
    if fields.iter().all(|it| it.value.trim().is_empty()) {
        drop_at(tx, person, place)?;
        return Ok(None);
    }
    if let Some(before) = before.as_ref().filter(|it| it.fields == fields) {
        return Ok(Some(before.clone()));
    }
    // The instant is part of the version, so that a draft that was sent and begun anew never has a number of the one before.
    let version = (known + 1).max(u64::try_from(tx.now().as_millis()).unwrap_or(0));
    let draft = Draft { person, place, fields, updated_at: tx.now(), version };
    if before.is_none() {
        make_room(tx, person)?;
        // What an agent has begun stays at hand.
        if let (Place::Ticket(id), true) = (place, actor.may(Permission::TicketsRead)) {
            open_tabs::open(tx, actor, id)?;
        }
    }
    tx.put(&draft)?;
    Ok(Some(draft))
}

/// What became of a draft where nobody could be asked which of two copies counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Alone,
    /// Another copy was kept meanwhile, and both are in it now.
    Both,
    /// The one that it was written from was sent or put away meanwhile, and this one is kept by itself.
    Anew,
}

/// Keeps what was typed where nobody can be asked which of two copies counts: both do. What the other one says stands first.
pub fn keep_both(tx: &mut Tx, actor: &Actor, place: Place, mine: Vec<Field>, base: Option<u64>) -> Result<Kept> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden("portal:use"))?;
    let there = of(tx, person, place)?;
    let known = there.as_ref().map_or(0, |it| it.version);
    let (fields, kept) = match there {
        Some(theirs) if base.is_some_and(|it| it != known) => (both(theirs.fields, mine), Kept::Both),
        None if base.is_some_and(|it| it != known) => (mine, Kept::Anew),
        _ => (mine, Kept::Alone),
    };
    keep(tx, actor, place, fields, None)?;
    Ok(kept)
}

fn both(theirs: Vec<Field>, mine: Vec<Field>) -> Vec<Field> {
    // Half a note must never become half a reply.
    let is_note = theirs.iter().chain(&mine).any(|it| it.name == MODE && it.value == "note");
    let mut fields = theirs;
    for it in mine {
        match fields.iter_mut().find(|other| other.name == it.name) {
            None => fields.push(it),
            Some(_) if it.value.trim().is_empty() => {}
            Some(there) if TEXTS.contains(&it.name.as_str()) => there.value = one_text(&there.value, &it.value),
            Some(there) => there.value = it.value,
        }
    }
    if is_note {
        fields.retain(|it| it.name != MODE);
        fields.push(Field { name: MODE.to_owned(), value: "note".to_owned() });
    }
    fields
}

/// Both texts, or the one that holds the other.
fn one_text(theirs: &str, mine: &str) -> String {
    match () {
        () if mine.contains(theirs.trim()) => mine.to_owned(),
        () if theirs.contains(mine.trim()) => theirs.to_owned(),
        () => format!("{}\n\n---\n\n{mine}", theirs.trim_end()),
    }
}

/// The oldest go where somebody has too many.
fn make_room(tx: &mut Tx, person: PersonId) -> Result<()> {
    let mut drafts = all(tx, person)?;
    drafts.sort_by_key(|it| it.updated_at);
    let over = (drafts.len() + 1).saturating_sub(limits::DRAFTS_MAX);
    for it in &drafts[..over.min(drafts.len())] {
        tx.remove::<Draft>(&it.key())?;
    }
    Ok(())
}

/// The draft of this person is gone: it was sent, or nobody wants it any more.
pub fn discard(tx: &mut Tx, actor: &Actor, place: Place) -> Result<()> {
    match actor.person() {
        Some(person) => drop_at(tx, person, place),
        None => Ok(()),
    }
}

pub(in crate::desk) fn drop_at(tx: &mut Tx, person: PersonId, place: Place) -> Result<()> {
    let key = (person, place.key());
    if tx.has::<Draft>(&key)? { tx.remove::<Draft>(&key) } else { Ok(()) }
}

/// The tickets on which somebody has begun to write, of those that they may still see.
pub fn tickets(tx: &Tx, actor: &Actor) -> Result<Vec<TicketId>> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for draft in all(tx, person)? {
        if let Place::Ticket(id) = draft.place
            && tx.get::<Ticket>(&id)?.is_some_and(|it| access::may_see(actor, &it))
        {
            found.push(id);
        }
    }
    Ok(found)
}

/// Drops drafts that nobody has touched for long, at most `limit`; gives how many.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().minus(Duration::from_secs(limits::DRAFT_DAYS * 24 * 3600));
    let old: Vec<_> = tx.find_between(&BY_TIME, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for key in &old {
        tx.remove::<Draft>(key)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests;
