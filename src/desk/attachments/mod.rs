//! Files on tickets: what hangs where, and how often a blob is used. The bytes are in `blobs/`, stored before the command that
//! refers to them; the desk sees hashes only.

pub mod pictures;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        tickets::{Comment, Ticket, access},
    },
    error::{Refusal, Result},
    id::{AttachmentId, BlobHash, CommentId, PersonId, TicketId},
    language::say,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// Bytes that are stored once, however often they are used.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Blob {
    #[n(0)]
    pub hash: BlobHash,
    #[n(1)]
    pub size: u64,
    /// SHA-256 of the same bytes (ATT-07).
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// Attachments and raw mails that refer to it; nobody needs it at zero.
    #[n(3)]
    pub references: u32,
    #[n(4)]
    pub created_at: Instant,
}

impl Record for Blob {
    type Key = BlobHash;
    /// Counted by what refers to it, which is journalled.
    const TABLE: Table = Table::operational(0x14, "blobs");

    fn key(&self) -> BlobHash {
        self.hash
    }
}

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

/// Counts one more use of stored bytes.
pub fn refer(tx: &mut Tx, hash: BlobHash, size: u64, sha256: [u8; 32]) -> Result<()> {
    let mut blob = match tx.get::<Blob>(&hash)? {
        Some(it) => it,
        None => Blob { hash, size, sha256, references: 0, created_at: tx.now() },
    };
    blob.references += 1;
    tx.put(&blob)
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
    for file in files {
        refer(tx, file.hash, file.size, file.sha256)?;
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
        };
        tx.put(&attachment)?;
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

/// The files of a ticket, as far as the actor may see them.
pub fn of_ticket(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Attachment>> {
    let notes = access::reads_notes(actor, ticket);
    let mut found = Vec::new();
    for it in tx.scan::<Attachment>(&ticket.id)? {
        let it = it?;
        if notes || !is_hidden(tx, &it)? {
            found.push(it);
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
    Ok(it)
}
