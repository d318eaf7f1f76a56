//! The intake ledger: every mail that ever reached the desk, with its raw bytes and what became of it (BEY-01). A mail is written
//! down before it is parsed, so that no failure after that can lose it.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        attachments,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Refusal, Result},
    id::{BlobHash, CommentId, MailId, MailboxId, PersonId, TicketId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// Where a mail lay on a server: what makes it the same mail for certain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ServerPlace {
    #[n(0)]
    pub mailbox: MailboxId,
    /// In the words of people; `INBOX` where the protocol has no folders.
    #[n(1)]
    pub folder: String,
    /// Which of the accounts that the mailbox was: another host or user counts its mails anew.
    #[n(2)]
    pub account: u32,
    #[n(3)]
    pub uid: ServerUid,
}

/// What a server knows a mail by.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ServerUid {
    /// As long as the folder keeps its UIDVALIDITY (RFC 3501 2.3.1.1).
    #[n(0)]
    Imap {
        #[n(0)]
        validity: u32,
        #[n(1)]
        uid: u32,
    },
    /// A word of the server's own (RFC 1939 7, UIDL), for ever.
    #[n(1)]
    Pop(#[n(0)] String),
}

/// The key of `BY_UID`: mailbox and folder, then account, UIDVALIDITY (0 for POP3) and UID. Any beginning of it is a set of mails.
pub type PlaceKey = ((MailboxId, String), (u32, u32, String));

impl ServerPlace {
    pub fn key(&self) -> PlaceKey {
        let (validity, uid) = match &self.uid {
            ServerUid::Imap { validity, uid } => (*validity, uid.to_string()),
            ServerUid::Pop(it) => (0, it.clone()),
        };
        ((self.mailbox, self.folder.clone()), (self.account, validity, uid))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Outcome {
    /// Written down, and not yet decided.
    #[n(0)]
    Received,
    #[n(1)]
    Created,
    #[n(2)]
    Appended,
    #[n(3)]
    Duplicate,
    #[n(4)]
    Ignored,
    #[n(5)]
    Quarantined,
}

impl Outcome {
    pub const ALL: [Outcome; 6] =
        [Outcome::Received, Outcome::Created, Outcome::Appended, Outcome::Duplicate, Outcome::Ignored, Outcome::Quarantined];

    pub fn named(text: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|it| it.name() == text)
    }

    pub fn name(self) -> &'static str {
        match self {
            Outcome::Received => "received",
            Outcome::Created => "created",
            Outcome::Appended => "appended",
            Outcome::Duplicate => "duplicate",
            Outcome::Ignored => "ignored",
            Outcome::Quarantined => "quarantined",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MailEntry {
    #[n(0)]
    pub id: MailId,
    /// How it came: `hook`, `file`, or a mailbox.
    #[n(1)]
    pub via: String,
    #[n(2)]
    pub place: Option<ServerPlace>,
    /// The raw message.
    #[n(3)]
    pub raw: BlobHash,
    #[n(4)]
    pub size: u64,
    #[n(5)]
    pub received_at: Instant,
    /// Of the body and the sender's own headers; set when it was understood.
    #[n(6)]
    pub digest: Option<BlobHash>,
    #[n(7)]
    pub message_id: Option<String>,
    #[n(8)]
    pub from: Option<String>,
    #[n(9)]
    pub subject: Option<String>,
    #[n(10)]
    pub outcome: Outcome,
    #[n(11)]
    pub ticket: Option<TicketId>,
    #[n(12)]
    pub comment: Option<CommentId>,
    /// The rule that decided, by name.
    #[n(13)]
    pub rule: String,
    /// Why, in a sentence.
    #[n(14)]
    pub reason: Option<String>,
    #[n(15)]
    pub automatic: bool,
    /// The ticket that the subject names without authority, for an agent to decide.
    #[n(16)]
    pub suggested: Option<TicketId>,
    /// The mailbox that it came by.
    #[n(17)]
    #[cbor(default)]
    pub mailbox: Option<MailboxId>,
    /// Nobody is told of it: an old mailbox was imported.
    #[n(18)]
    #[cbor(default)]
    pub quiet: bool,
    /// To whom it was written, as its own fields say; at most `MAIL_RECIPIENTS_KEPT_MAX`.
    #[n(19)]
    #[cbor(default)]
    pub to: Vec<String>,
    #[n(20)]
    #[cbor(default)]
    pub cc: Vec<String>,
    /// Why its sender is not believed, in a sentence; none if nothing speaks against them.
    #[n(21)]
    #[cbor(default)]
    pub doubt: Option<String>,
    /// A person decided about it after it was held.
    #[n(22)]
    #[cbor(default)]
    pub handled: Option<Handled>,
}

/// What a person did with a mail that was held.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Handled {
    #[n(0)]
    pub by: Option<PersonId>,
    #[n(1)]
    pub at: Instant,
    #[n(2)]
    pub how: HeldEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum HeldEnd {
    /// Let in, as a ticket or onto one.
    #[n(0)]
    Released,
    /// Put away for good; it stays in the ledger.
    #[n(1)]
    Discarded,
}

/// How a mail came to us: what intake knows of it besides its bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arrival {
    /// `hook`, `file`, or the name of a mailbox.
    pub via: String,
    pub place: Option<ServerPlace>,
    pub mailbox: Option<MailboxId>,
    /// Nobody is told of it (BEY-09).
    pub quiet: bool,
}

impl Arrival {
    /// Neither from a mailbox nor in silence.
    pub fn by(via: &str) -> Arrival {
        Arrival { via: via.to_owned(), ..Arrival::default() }
    }
}

pub const BY_DIGEST: Index<MailEntry, BlobHash> = Index::new(0x98, "mail_by_digest");
pub const BY_UID: Index<MailEntry, PlaceKey> = Index::new(0x99, "mail_by_uid");
/// Mails that were written down and not decided, because something failed in between.
pub const UNDECIDED: Index<MailEntry, ()> = Index::new(0x9b, "mail_undecided");
/// Mails that are held and wait for somebody.
pub const HELD: Index<MailEntry, ()> = Index::new(0xc0, "mail_held");

impl Record for MailEntry {
    type Key = MailId;
    const TABLE: Table = Table::journalled(0x28, "mail");

    fn key(&self) -> MailId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if let Some(digest) = &self.digest
            && self.outcome != Outcome::Duplicate
        {
            entries.add(&BY_DIGEST, digest);
        }
        if let Some(it) = &self.place {
            entries.add(&BY_UID, &it.key());
        }
        if self.outcome == Outcome::Received {
            entries.add(&UNDECIDED, &());
        }
        if self.is_held() {
            entries.add(&HELD, &());
        }
    }
}

impl MailEntry {
    /// Whether it waits for somebody to release or discard it.
    pub fn is_held(&self) -> bool {
        self.outcome == Outcome::Quarantined && self.handled.is_none()
    }

    pub fn about(&self) -> About {
        About { entity_kind: "mail", entity: self.id.0, subject: None }
    }
}

/// A raw mail whose bytes are in the blob store.
#[derive(Debug, Clone)]
pub struct RawMail {
    pub arrival: Arrival,
    pub raw: BlobHash,
    pub size: u64,
    pub sha256: [u8; 32],
}

/// What writing a mail down found.
#[derive(Debug, Clone)]
pub enum Received {
    /// It is new and waits to be understood.
    New(MailEntry),
    /// The same mailbox, UIDVALIDITY and UID was here before.
    Before(MailEntry),
}

/// Writes a mail down before anything looks into it.
pub fn receive(tx: &mut Tx, actor: &Actor, mail: RawMail) -> Result<Received> {
    actor.need(Permission::MailIngest)?;
    let Arrival { via, place, mailbox, quiet } = mail.arrival;
    if let Some(it) = &place
        && let Some(before) = tx.find_one(&BY_UID, &it.key())?
    {
        return Ok(Received::Before(before));
    }
    attachments::blob::refer(tx, mail.raw, mail.size, mail.sha256)?;
    let entry = MailEntry {
        id: tx.new_id(),
        via,
        place,
        raw: mail.raw,
        size: mail.size,
        received_at: tx.now(),
        digest: None,
        message_id: None,
        from: None,
        subject: None,
        outcome: Outcome::Received,
        ticket: None,
        comment: None,
        rule: String::new(),
        reason: None,
        automatic: false,
        suggested: None,
        mailbox,
        quiet,
        to: Vec::new(),
        cc: Vec::new(),
        doubt: None,
        handled: None,
    };
    tx.put(&entry)?;
    let changes = Changes::new().set("via", entry.via.as_str()).set("size", entry.size).set("raw", entry.raw.to_string());
    event::record(tx, actor, EventKind::MailReceived, entry.about(), changes)?;
    Ok(Received::New(entry))
}

/// The head of a mail that is too large to be taken in: written down and set aside, so that people see that it is there. The mail itself
/// stays on its server.
pub fn set_aside(tx: &mut Tx, actor: &Actor, head: RawMail, size: u64, from: Option<String>, subject: &str) -> Result<MailEntry> {
    let mut entry = match receive(tx, actor, head)? {
        Received::New(it) => it,
        Received::Before(it) => return Ok(it),
    };
    entry.from = from;
    entry.subject = Some(subject.chars().take(limits::TITLE_CHARS_MAX).collect());
    entry.outcome = Outcome::Quarantined;
    entry.rule = TOO_LARGE.into();
    let size = size.div_ceil(1024 * 1024);
    entry.reason = Some(say!("judge-too-large", size = size.to_string()).into());
    tx.put(&entry)?;
    let changes = Changes::new().set("outcome", entry.outcome.name()).set("rule", TOO_LARGE).set("reason", entry.reason.clone());
    event::record(tx, actor, EventKind::MailReceived, entry.about(), changes)?;
    Ok(entry)
}

/// The rule that sets a mail aside for its size.
pub const TOO_LARGE: &str = "too_large";

/// Mails that were written down and never decided, oldest first.
pub fn undecided(tx: &Tx, limit: usize) -> Result<Vec<MailEntry>> {
    let mut found = Vec::new();
    for id in tx.find_keys(&UNDECIDED, &())?.take(limit) {
        found.extend(tx.get::<MailEntry>(&id?)?);
    }
    Ok(found)
}

/// How many mails are undecided; at most `limit` are counted.
pub fn undecided_count(tx: &Tx, limit: usize) -> Result<usize> {
    Ok(tx.find_keys(&UNDECIDED, &())?.take(limit).count())
}

/// Mails that are held and wait for somebody, oldest first.
pub fn held(tx: &Tx, actor: &Actor, limit: usize) -> Result<Vec<MailEntry>> {
    actor.need(Permission::MailRead)?;
    let mut found = Vec::new();
    for id in tx.find_keys(&HELD, &())?.take(limit) {
        found.extend(tx.get::<MailEntry>(&id?)?);
    }
    Ok(found)
}

/// How many mails are held; at most `limit` are counted.
pub fn held_count(tx: &Tx, limit: usize) -> Result<usize> {
    Ok(tx.find_keys(&HELD, &())?.take(limit).count())
}

/// What a page of the log shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogQuery {
    pub outcome: Option<Outcome>,
    /// A part of sender, subject or Message-ID, in any case.
    pub words: String,
    /// Older than this one.
    pub before: Option<MailId>,
}

/// A page of the log, newest first, and where the next one begins. A search looks at `MAIL_LOG_LOOKED_MAX` mails at most, and goes
/// on from there with the next page.
pub fn page(tx: &Tx, actor: &Actor, query: &LogQuery, size: usize) -> Result<(Vec<MailEntry>, Option<MailId>)> {
    actor.need(Permission::MailRead)?;
    let words = query.words.trim().to_lowercase();
    let mut found = Vec::new();
    let mut last = None;
    for (looked, entry) in tx.scan_back_from::<MailEntry>(query.before.as_ref())?.enumerate() {
        let entry = entry?;
        if found.len() == size || looked == limits::MAIL_LOG_LOOKED_MAX {
            return Ok((found, last));
        }
        last = Some(entry.id);
        let has = |it: &Option<String>| it.as_ref().is_some_and(|it| it.to_lowercase().contains(&words));
        if !sees(tx, actor, &entry)? {
            continue;
        }
        let fits = words.is_empty() || has(&entry.from) || has(&entry.subject) || has(&entry.message_id) || has(&entry.reason);
        if fits && query.outcome.is_none_or(|it| it == entry.outcome) {
            found.push(entry);
        }
    }
    Ok((found, None))
}

/// Says that somebody looks at the raw bytes of a mail, and gives its entry.
pub fn look(tx: &mut Tx, actor: &Actor, id: MailId) -> Result<MailEntry> {
    let entry = entry(tx, actor, id)?;
    event::record(tx, actor, EventKind::MailRead, entry.about(), Changes::new().set("raw", entry.raw.to_string()))?;
    Ok(entry)
}

/// Whether a reader of the log sees this entry: whoever is bounded to some tickets sees only mail of theirs, and mail of none.
fn sees(tx: &Tx, actor: &Actor, entry: &MailEntry) -> Result<bool> {
    match entry.ticket.filter(|_| actor.bounds.is_some()) {
        Some(id) => Ok(tx.get::<Ticket>(&id)?.is_none_or(|it| access::reads_notes(actor, &it))),
        None => Ok(true),
    }
}

/// One entry: for those who see the log of mail, and for those who work the ticket that it is on.
pub fn entry(tx: &Tx, actor: &Actor, id: MailId) -> Result<MailEntry> {
    let missing = || Refusal::not_found("mail");
    let entry = tx.get::<MailEntry>(&id)?;
    if actor.may(Permission::MailRead) {
        let entry = entry.ok_or_else(missing)?;
        return if sees(tx, actor, &entry)? { Ok(entry) } else { Err(missing().into()) };
    }
    actor.need(Permission::TicketsRead)?;
    let entry = entry.ok_or_else(missing)?;
    // A copy is on no ticket of its own, and the first one may have been moved since.
    let ticket = entry.ticket.filter(|_| entry.outcome != Outcome::Duplicate).map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
    match ticket {
        Some(it) if access::may_see(actor, &it) && access::reads_notes(actor, &it) => Ok(entry),
        _ => Err(missing().into()),
    }
}
