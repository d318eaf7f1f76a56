//! Files on tickets: what hangs where, and how often a blob is used. The bytes are in `blobs/`, stored before the command that
//! refers to them; the desk sees hashes only.

pub mod blob;
pub mod file_rules;
pub mod link;
pub mod pictures;
pub mod preview;
pub mod uploads;

use minicbor::{Decode, Encode};

pub use self::{
    blob::{Blob, Scan},
    preview::Shown,
};

use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
        tickets::{Comment, Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{AttachmentId, BlobHash, CommentId, PersonId, TicketId},
    language::say,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// A file whose bytes are in the blob store already.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub hash: BlobHash,
    pub size: u64,
    pub sha256: [u8; 32],
    /// Safe for display; see `text::filename`.
    pub filename: String,
    pub content_type: String,
    /// Shown inside the text rather than beside it.
    pub inline: bool,
    pub content_id: Option<String>,
    /// It came in a mail, which is taken with whatever it brings; other files keep to the desk's rules.
    pub by_mail: bool,
    /// Of a picture: its width and height, as far as its first bytes tell.
    pub pixels: Option<(u32, u32)>,
}

/// A file on a ticket or on one of its comments.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Attachment {
    #[n(0)]
    pub id: AttachmentId,
    #[n(1)]
    pub ticket: TicketId,
    #[n(2)]
    pub comment: Option<CommentId>,
    #[n(3)]
    pub blob: BlobHash,
    #[n(4)]
    pub filename: String,
    #[n(5)]
    pub content_type: String,
    #[n(6)]
    pub size: u64,
    #[n(7)]
    pub inline: bool,
    #[n(8)]
    pub content_id: Option<String>,
    /// On an internal note.
    #[n(9)]
    pub is_private: bool,
    #[n(10)]
    pub added_by: Option<PersonId>,
    #[n(11)]
    pub created_at: Instant,
    /// What a scanner said of its bytes, as it was when this was read; the blob keeps it.
    #[cbor(skip)]
    pub scan: Option<Scan>,
    /// What can be shown of it, likewise.
    #[cbor(skip)]
    pub shown: Shown,
}

/// By the attachment's id alone.
pub const BY_ID: Index<Attachment, AttachmentId> = Index::new(0x82, "attachments_by_id");

impl Record for Attachment {
    type Key = (TicketId, AttachmentId);
    const TABLE: Table = Table::journalled(0x13, "attachments");

    fn key(&self) -> (TicketId, AttachmentId) {
        (self.ticket, self.id)
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_ID, &self.id);
    }
}

/// One file whose bytes the actor may have. What a virus scanner found something in nobody gets, and what it has not looked at yet waits.
pub fn openable(tx: &Tx, actor: &Actor, id: AttachmentId) -> Result<Attachment> {
    let it = attachment(tx, actor, id)?;
    need_openable(&it.filename, it.scan.as_ref())?;
    Ok(it)
}

/// Refuses the bytes of a file of which a scanner said this.
pub fn need_openable(filename: &str, scan: Option<&Scan>) -> Result<()> {
    match scan {
        Some(Scan::Infected(name)) => {
            Err(Refusal::new(Code::Forbidden, say!("refused-file-infected", file = filename, name = name.as_str())).into())
        }
        Some(Scan::Waiting) => Err(Refusal::new(Code::Conflict, say!("refused-file-waits", file = filename)).into()),
        Some(Scan::Clean | Scan::Unscannable(_)) | None => Ok(()),
    }
}

/// What is known of the bytes of a file: whether they wait for a scanner depends on whether there is one.
pub fn scan(tx: &Tx, blob: BlobHash) -> Result<Option<Scan>> {
    let said = tx.get::<Blob>(&blob)?.and_then(|it| it.scan);
    let waits = said == Some(Scan::Waiting);
    Ok(if waits && !blob::is_scanned_here(tx)? { None } else { said })
}

/// Hangs files on a ticket or comment. The caller has checked that the actor may.
pub fn attach(
    tx: &mut Tx,
    actor: &Actor,
    ticket: &Ticket,
    comment: Option<CommentId>,
    is_private: bool,
    files: Vec<StoredFile>,
) -> Result<Vec<Attachment>> {
    let mut added = Vec::with_capacity(files.len());
    let rules = file_rules::FileRules::of(tx)?;
    for file in files {
        if !file.by_mail && actor.person().is_some() {
            rules.check_stored(actor, &file)?;
        }
        blob::refer(tx, file.hash, file.size, file.sha256)?;
        let attachment = Attachment {
            id: tx.new_id(),
            ticket: ticket.id,
            comment,
            blob: file.hash,
            filename: file.filename,
            content_type: file.content_type,
            size: file.size,
            inline: file.inline,
            content_id: file.content_id,
            is_private,
            added_by: actor.person(),
            created_at: tx.now(),
            scan: scan(tx, file.hash)?,
            shown: preview::shown(tx, file.hash)?,
        };
        tx.put(&attachment)?;
        preview::want(tx, &attachment)?;
        let changes = Changes::new()
            .set("attachment", attachment.id.to_string())
            .set("filename", attachment.filename.as_str())
            .set("size", attachment.size)
            .set("isPrivate", attachment.is_private)
            .set("blob", attachment.blob.to_string());
        event::record(tx, actor, EventKind::AttachmentAdded, ticket.about(), changes)?;
        added.push(attachment);
    }
    Ok(added)
}

/// Refuses files to whoever may add none, before a byte of them is read.
pub fn need_add(actor: &Actor) -> Result<()> {
    access::need_lodge(actor)
}

/// Adds files to a ticket that is there already.
pub fn add(tx: &mut Tx, actor: &Actor, id: TicketId, files: Vec<StoredFile>) -> Result<Vec<Attachment>> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need_answer(actor, &ticket)?;
    if files.is_empty() {
        return Err(Refusal::field("files", "required", say!("refused-send-least-one-file")).into());
    }
    ticket.has_attachments = true;
    ticket.touch(tx.now());
    tx.put(&ticket)?;
    attach(tx, actor, &ticket, None, false, files)
}

/// Takes a file off its ticket, for those who work on it. Its bytes are kept for a while (see [`blob::release`]).
pub fn remove(tx: &mut Tx, actor: &Actor, id: AttachmentId) -> Result<Attachment> {
    let it = attachment(tx, actor, id)?;
    let mut ticket = access::ticket(tx, actor, it.ticket)?;
    if !access::works_on(actor, &ticket) {
        return Err(Refusal::forbidden(Permission::TicketsWrite.name()).into());
    }
    tx.remove::<Attachment>(&it.key())?;
    blob::release(tx, it.blob)?;
    ticket.has_attachments = tx.scan::<Attachment>(&ticket.id)?.next().transpose()?.is_some();
    ticket.touch(tx.now());
    tx.put(&ticket)?;
    let changes = Changes::new()
        .set("attachment", it.id.to_string())
        .set("filename", it.filename.as_str())
        .set("size", it.size)
        .set("isPrivate", it.is_private)
        .set("blob", it.blob.to_string());
    event::record(tx, actor, EventKind::AttachmentRemoved, ticket.about(), changes)?;
    Ok(it)
}

/// The files of a ticket, as far as the actor may see them.
pub fn of_ticket(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Attachment>> {
    let notes = access::reads_notes(actor, ticket);
    let mut found = Vec::new();
    for it in tx.scan::<Attachment>(&ticket.id)? {
        let it = it?;
        if notes || !is_hidden(tx, &it)? {
            found.push(with_what_is_known(tx, it)?);
        }
    }
    Ok(found)
}

/// Whether a file is for those who read notes alone: on an internal note, or on an answer that can still be taken back.
fn is_hidden(tx: &Tx, it: &Attachment) -> Result<bool> {
    let Some(comment) = it.comment.filter(|_| !it.is_private) else { return Ok(it.is_private) };
    Ok(tx.get::<Comment>(&(it.ticket, comment))?.is_some_and(|it| it.is_private || it.is_held(tx.now())))
}

/// One file, if the actor may see it.
pub fn attachment(tx: &Tx, actor: &Actor, id: AttachmentId) -> Result<Attachment> {
    let missing = || Refusal::not_found("attachment");
    let it = tx.find_one(&BY_ID, &id)?.ok_or_else(missing)?;
    let ticket = access::ticket(tx, actor, it.ticket).map_err(|_| missing())?;
    if is_hidden(tx, &it)? && !access::reads_notes(actor, &ticket) {
        return Err(missing().into());
    }
    with_what_is_known(tx, it)
}

/// The attachment with what is known of its bytes.
fn with_what_is_known(tx: &Tx, it: Attachment) -> Result<Attachment> {
    let (scan, shown) = (scan(tx, it.blob)?, preview::shown(tx, it.blob)?);
    // What nobody may open is not shown small either.
    let is_shown = !matches!(scan, Some(Scan::Infected(_) | Scan::Waiting));
    Ok(Attachment { scan, shown: if is_shown { shown } else { Shown::default() }, ..it })
}
