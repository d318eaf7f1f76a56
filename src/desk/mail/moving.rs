//! Putting a message where it belongs (BEY-02): moving it to another ticket, splitting it off into a ticket of its own, moving the
//! first message of a ticket that should never have been one. Each is one command, and each can be undone by one.
//!
//! Invariant: a message, its files, its entry in the ledger and what is known of its Message-ID always name the same ticket.

use minicbor::{Decode, Encode};

use super::{ledger::MailEntry, outbox, thread};
use crate::{
    desk::{
        actor::Actor,
        attachments::Attachment,
        event::{self, Changes, EventKind},
        identity::Person,
        permission::Permission,
        settings::Settings,
        tickets::{
            self, Channel, Comment, NewTicket, Ticket, access,
            merge::{need_none_merged, need_own_thread},
            number,
        },
    },
    error::{Code, Refusal, Result},
    id::{AttachmentId, CommentId, MoveId, PersonId, TicketId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// What was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Way {
    /// A message, to another ticket.
    #[n(0)]
    Message,
    /// A message, into a ticket that was made for it.
    #[n(1)]
    Split,
    /// The first message of a ticket, which was deleted then.
    #[n(2)]
    Whole,
}

/// A move, with what undoing it needs.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Moved {
    #[n(0)]
    pub id: MoveId,
    #[n(1)]
    pub way: Way,
    #[n(2)]
    pub from: TicketId,
    #[n(3)]
    pub to: TicketId,
    /// The message: where it came from, or where it went.
    #[n(4)]
    pub comment: CommentId,
    /// The message as it was before it became a ticket.
    #[n(5)]
    pub before: Option<Comment>,
    /// The files that went with it.
    #[n(6)]
    pub files: Vec<AttachmentId>,
    #[n(7)]
    pub by: Option<PersonId>,
    #[n(8)]
    pub at: Instant,
    #[n(9)]
    pub undone_at: Option<Instant>,
}

/// The moves from and to a ticket.
pub const OF_TICKET: Index<Moved, TicketId> = Index::new(0xc1, "moves_of_ticket");

impl Record for Moved {
    type Key = MoveId;
    const TABLE: Table = Table::journalled(0x5e, "moved_messages");

    fn key(&self) -> MoveId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&OF_TICKET, &self.from);
        entries.add(&OF_TICKET, &self.to);
    }
}

/// Moves of this ticket that can be undone, newest first.
pub fn undoable(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Moved>> {
    if !access::works_on(actor, ticket) {
        return Ok(Vec::new());
    }
    let mut found: Vec<Moved> = tx.find(&OF_TICKET, &ticket.id)?.into_iter().filter(|it| it.undone_at.is_none()).collect();
    found.reverse();
    Ok(found)
}

fn worked(tx: &Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    Ok(ticket)
}

fn message(tx: &Tx, actor: &Actor, ticket: &Ticket, id: CommentId) -> Result<Comment> {
    let comment = tx.get::<Comment>(&(ticket.id, id))?;
    let visible = comment.filter(|it| !it.is_private || access::reads_notes(actor, ticket));
    visible.ok_or_else(|| Refusal::not_found("comment").into())
}

/// What the desk answered went out in the ticket's name, or is about to: it stays. What others wrote, and notes, may go elsewhere.
fn need_movable(tx: &Tx, ticket: &Ticket, comment: &Comment) -> Result<()> {
    let by_them = came_by_mail(comment) || comment.author.is_some_and(|it| ticket.participants().any(|p| p == it));
    if !comment.is_private && !by_them {
        return Err(Refusal::new(Code::Conflict, say!("refused-answer-desk-which-sent")).into());
    }
    need_gone_out(tx, ticket, comment)
}

/// A letter says what stands in its message, under its ticket: it must have left before the message does.
fn need_gone_out(tx: &Tx, ticket: &Ticket, comment: &Comment) -> Result<()> {
    if outbox::of_ticket(tx, ticket.id)?.iter().any(|it| it.comment == Some(comment.id) && it.state.waits()) {
        let said = say!("refused-mails-pass-message-not");
        return Err(Refusal::new(Code::Conflict, said).into());
    }
    Ok(())
}

/// Moves a message to another ticket.
pub fn move_message(tx: &mut Tx, actor: &Actor, from: TicketId, id: CommentId, to: TicketId) -> Result<Moved> {
    if from == to {
        return Err(Refusal::new(Code::Validation, say!("refused-message-ticket-already")).into());
    }
    let (source, target) = (worked(tx, actor, from)?, worked(tx, actor, to)?);
    need_own_thread(tx, actor, &target)?;
    let comment = message(tx, actor, &source, id)?;
    need_movable(tx, &source, &comment)?;
    let files = carry(tx, &comment, to)?;
    settle(tx, source, comment.is_private)?;
    settle(tx, target, comment.is_private)?;
    keep(tx, actor, Way::Message, from, to, id, None, files)
}

/// Makes a ticket of its own of a message. Its author becomes the requester; nobody is told.
pub fn split(tx: &mut Tx, actor: &Actor, from: TicketId, id: CommentId) -> Result<(Ticket, Moved)> {
    let source = worked(tx, actor, from)?;
    let comment = message(tx, actor, &source, id)?;
    if comment.is_private {
        return Err(Refusal::new(Code::Conflict, say!("refused-internal-note-no-requester")).into());
    }
    need_movable(tx, &source, &comment)?;
    let author = comment.author.map(|it| tx.get::<Person>(&it)).transpose()?.flatten();
    let requester = author.filter(|it| !it.is_agent()).map_or(source.requester, |it| it.id);
    let entry = comment.mail.map(|it| tx.get::<MailEntry>(&it)).transpose()?.flatten();
    let title = entry.and_then(|it| it.subject).unwrap_or_else(|| first_line(&comment.body, &source.title));
    let new = NewTicket {
        description: comment.body.clone(),
        description_format: comment.format,
        description_html: comment.html.clone(),
        requester: Some(requester.to_string()),
        queue: source.queue.map(|it| it.to_string()),
        mail: comment.mail,
        mail_notes: comment.notes.clone(),
        quiet: true,
        ..NewTicket::new(source.kind, title, comment.via)
    };
    let ticket = tickets::create(tx, actor, new)?;
    let files = hang(tx, from, Some(id), ticket.id, None)?;
    tx.remove::<Comment>(&(from, id))?;
    repoint(tx, &comment, ticket.id, None)?;
    settle(tx, source, false)?;
    settle(tx, ticket.clone(), false)?;
    tickets::link(tx, actor, ticket.id, tickets::Relation::RelatesTo, from)?;
    let moved = keep(tx, actor, Way::Split, from, ticket.id, id, Some(comment), files)?;
    Ok((tx.get::<Ticket>(&ticket.id)?.unwrap_or(ticket), moved))
}

/// Moves the first message of a ticket to another one, and deletes the ticket, which holds nothing else.
pub fn move_whole(tx: &mut Tx, actor: &Actor, from: TicketId, to: TicketId) -> Result<Moved> {
    if from == to {
        return Err(Refusal::new(Code::Validation, say!("refused-message-ticket-already")).into());
    }
    let (source, target) = (worked(tx, actor, from)?, worked(tx, actor, to)?);
    need_own_thread(tx, actor, &source)?;
    need_own_thread(tx, actor, &target)?;
    need_none_merged(tx, actor, &source)?;
    for comment in tx.scan::<Comment>(&from)? {
        let comment = comment?;
        // What intake itself noted on it may go with it.
        if comment.author.is_some() || comment.mail.is_some() || comment.third_party.is_some() || !comment.is_private {
            let said = say!("refused-ticket-further-messages-move");
            return Err(Refusal::new(Code::Conflict, said).into());
        }
    }
    let comment = Comment {
        id: tx.new_id(),
        ticket: to,
        author: Some(source.requester),
        body: source.description.clone(),
        html: source.description_html.clone(),
        format: source.description_format,
        is_private: false,
        via: source.channel,
        mail: source.mail,
        rule: Some("moved".into()),
        created_at: source.created_at,
        automatic: false,
        folds: Vec::new(),
        notes: source.mail_notes.clone(),
        addressed: None,
        held_until: None,
        withdrawn_at: None,
        edited_at: None,
        redacted_at: source.redacted_at,
        third_party: None,
        drafted_by: Vec::new(),
        mentions: Vec::new(),
    };
    tx.put(&comment)?;
    let files = hang(tx, from, None, to, Some(comment.id))?;
    repoint(tx, &comment, to, Some(comment.id))?;
    settle(tx, target, false)?;
    let mut gone = Ticket { deleted_at: Some(tx.now()), ..source.clone() };
    gone.touch(tx.now());
    tx.put(&gone)?;
    event::record(tx, actor, EventKind::TicketDeleted, gone.about(), gone.changes_since(&source))?;
    keep(tx, actor, Way::Whole, from, to, comment.id, None, files)
}

/// Undoes a move. What happened since stays where it is.
pub fn undo(tx: &mut Tx, actor: &Actor, id: MoveId) -> Result<Moved> {
    let mut moved = tx.get::<Moved>(&id)?.ok_or_else(|| Refusal::not_found("move"))?;
    if moved.undone_at.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-undone-already")).into());
    }
    match moved.way {
        Way::Message => {
            let (source, target) = (worked(tx, actor, moved.from)?, worked(tx, actor, moved.to)?);
            let comment = message(tx, actor, &target, moved.comment)?;
            need_gone_out(tx, &target, &comment)?;
            carry(tx, &comment, moved.from)?;
            settle(tx, source, comment.is_private)?;
            settle(tx, target, comment.is_private)?;
        }
        Way::Split => unsplit(tx, actor, &moved)?,
        Way::Whole => restore(tx, actor, &moved)?,
    }
    moved.undone_at = Some(tx.now());
    tx.put(&moved)?;
    tell(tx, actor, &moved, true)?;
    Ok(moved)
}

fn unsplit(tx: &mut Tx, actor: &Actor, moved: &Moved) -> Result<()> {
    let (source, made) = (worked(tx, actor, moved.from)?, worked(tx, actor, moved.to)?);
    need_own_thread(tx, actor, &made)?;
    need_none_merged(tx, actor, &made)?;
    if tx.scan::<Comment>(&made.id)?.next().is_some() {
        let said = say!("refused-new-ticket-been-worked");
        return Err(Refusal::new(Code::Conflict, said).into());
    }
    let Some(comment) = moved.before.clone() else { return Err(Refusal::not_found("comment").into()) };
    tx.put(&comment)?;
    hang(tx, made.id, None, source.id, Some(comment.id))?;
    repoint(tx, &comment, source.id, Some(comment.id))?;
    settle(tx, source, false)?;
    let mut gone = Ticket { deleted_at: Some(tx.now()), ..made.clone() };
    gone.touch(tx.now());
    tx.put(&gone)?;
    event::record(tx, actor, EventKind::TicketDeleted, gone.about(), gone.changes_since(&made))?;
    Ok(())
}

fn restore(tx: &mut Tx, actor: &Actor, moved: &Moved) -> Result<()> {
    let target = worked(tx, actor, moved.to)?;
    let gone = tx.get::<Ticket>(&moved.from)?.ok_or_else(|| Refusal::not_found("ticket"))?;
    access::need(actor, Permission::TicketsWrite, &gone)?;
    let comment = message(tx, actor, &target, moved.comment)?;
    tx.remove::<Comment>(&(moved.to, moved.comment))?;
    hang(tx, moved.to, Some(moved.comment), moved.from, None)?;
    repoint(tx, &comment, moved.from, None)?;
    settle(tx, target, false)?;
    let mut back = Ticket { deleted_at: None, ..gone.clone() };
    back.touch(tx.now());
    tx.put(&back)?;
    event::record(tx, actor, EventKind::TicketChanged, back.about(), back.changes_since(&gone))?;
    Ok(())
}

/// Brings a message to another ticket under its own id, with its files.
fn carry(tx: &mut Tx, comment: &Comment, to: TicketId) -> Result<Vec<AttachmentId>> {
    tx.remove::<Comment>(&(comment.ticket, comment.id))?;
    tx.put(&Comment { ticket: to, ..comment.clone() })?;
    repoint(tx, comment, to, Some(comment.id))?;
    hang(tx, comment.ticket, Some(comment.id), to, Some(comment.id))
}

/// Hangs the files of one message on another.
fn hang(tx: &mut Tx, from: TicketId, of: Option<CommentId>, to: TicketId, onto: Option<CommentId>) -> Result<Vec<AttachmentId>> {
    let mut files = Vec::new();
    for file in tx.scan::<Attachment>(&from)? {
        let file = file?;
        if file.comment == of {
            files.push(file);
        }
    }
    for file in &files {
        tx.remove::<Attachment>(&(from, file.id))?;
        tx.put(&Attachment { ticket: to, comment: onto, ..file.clone() })?;
    }
    Ok(files.into_iter().map(|it| it.id).collect())
}

/// The mail of a message, and answers to it, belong where the message is.
fn repoint(tx: &mut Tx, comment: &Comment, ticket: TicketId, onto: Option<CommentId>) -> Result<()> {
    let Some(mut entry) = comment.mail.map(|it| tx.get::<MailEntry>(&it)).transpose()?.flatten() else { return Ok(()) };
    (entry.ticket, entry.comment) = (Some(ticket), onto);
    tx.put(&entry)?;
    match &entry.message_id {
        Some(it) => thread::repoint(tx, it, ticket, onto),
        None => Ok(()),
    }
}

/// Brings what a ticket says of its thread up to date. That a note moved is for those who read notes.
fn settle(tx: &mut Tx, ticket: Ticket, privately: bool) -> Result<()> {
    // It may have been written meanwhile by what happened before.
    let mut ticket = tx.get::<Ticket>(&ticket.id)?.unwrap_or(ticket);
    let mut count = 0;
    for comment in tx.scan::<Comment>(&ticket.id)? {
        comment?;
        count += 1;
    }
    ticket.comment_count = count;
    ticket.requester_waits = tickets::requester_waits(tx, &ticket)?;
    ticket.has_attachments = tx.scan::<Attachment>(&ticket.id)?.next().is_some();
    if privately {
        ticket.touch_privately(tx.now());
    } else {
        ticket.touch(tx.now());
    }
    tx.put(&ticket)
}

#[expect(clippy::too_many_arguments, reason = "one record, written in one place")]
fn keep(
    tx: &mut Tx,
    actor: &Actor,
    way: Way,
    from: TicketId,
    to: TicketId,
    comment: CommentId,
    before: Option<Comment>,
    files: Vec<AttachmentId>,
) -> Result<Moved> {
    let moved = Moved { id: tx.new_id(), way, from, to, comment, before, files, by: actor.person(), at: tx.now(), undone_at: None };
    tx.put(&moved)?;
    tell(tx, actor, &moved, false)?;
    Ok(moved)
}

/// Both tickets tell of it.
fn tell(tx: &mut Tx, actor: &Actor, moved: &Moved, undone: bool) -> Result<()> {
    let settings = Settings::of(tx)?;
    let (from, to) = if undone { (moved.to, moved.from) } else { (moved.from, moved.to) };
    let name =
        |id: TicketId| -> Result<Option<String>> { Ok(tx.get::<Ticket>(&id)?.map(|it| number::text(&settings, it.kind, it.number))) };
    let (from_name, to_name) = (name(from)?, name(to)?);
    for id in [from, to] {
        let Some(ticket) = tx.get::<Ticket>(&id)? else { continue };
        let mut changes = Changes::new().set("comment", moved.comment.to_string()).set("move", moved.id.to_string());
        changes.field("ticket", from_name.clone(), to_name.clone());
        event::record(tx, actor, EventKind::CommentMoved, ticket.about(), changes)?;
    }
    Ok(())
}

/// A title for a message that has none.
fn first_line(text: &str, otherwise: &str) -> String {
    let line = text.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or(otherwise);
    line.chars().take(limits::TITLE_CHARS_MAX.min(80)).collect()
}

/// Whether a message came by mail: only such a one can be on the wrong ticket without anybody's doing.
pub fn came_by_mail(comment: &Comment) -> bool {
    comment.via == Channel::Email && comment.mail.is_some()
}
