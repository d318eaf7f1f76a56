//! Comments: the thread of a ticket, public for everybody who takes part, private for those who work it.

use minicbor::{Decode, Encode};

use super::{BodyFormat, Category, Channel, Ticket, access, change::transition, create::body, merge::need_own_thread};
use crate::{
    desk::{
        actor::Actor,
        attachments::{self, Attachment, StoredFile, pictures},
        closing, drafts,
        event::{self, About, Changes, EventKind},
        identity::Person,
        mail::{outbox, recipients::Addressed, sending::SendingRules},
        mentions,
        permission::Permission,
        routing, service_levels,
        settings::Settings,
        snooze,
    },
    error::{Code, Refusal, Result},
    id::{CommentId, MailId, PersonId, TicketId},
    language::say,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Comment {
    #[n(0)]
    pub id: CommentId,
    #[n(1)]
    pub ticket: TicketId,
    /// None for what the system itself says.
    #[n(2)]
    pub author: Option<PersonId>,
    #[n(3)]
    pub body: String,
    #[n(4)]
    pub format: BodyFormat,
    /// Safe HTML, if it came as HTML by mail.
    #[n(5)]
    pub html: Option<String>,
    /// An internal note.
    #[n(6)]
    pub is_private: bool,
    #[n(7)]
    pub via: Channel,
    /// The mail that it came by.
    #[n(8)]
    pub mail: Option<MailId>,
    /// Why the mail belongs here (BEY-02).
    #[n(9)]
    pub rule: Option<String>,
    #[n(10)]
    pub created_at: Instant,
    /// An automatic mail: shown, and nobody is told or waits because of it.
    #[n(11)]
    #[cbor(default)]
    pub automatic: bool,
    /// What of a mail's text is quoted, compared with what it answers; none for what is no mail.
    #[n(12)]
    #[cbor(default)]
    pub folds: Vec<FoldMark>,
    /// What a reader must know to judge the mail, in sentences.
    #[n(13)]
    #[cbor(default)]
    pub notes: Vec<String>,
    /// Whom its writer chose to send it to.
    #[n(20)]
    #[cbor(default)]
    pub addressed: Option<Addressed>,
    /// Until when it can be taken back; its letters wait until then.
    #[n(21)]
    #[cbor(default)]
    pub held_until: Option<Instant>,
    /// When it was taken back: it is an internal note since then.
    #[n(22)]
    #[cbor(default)]
    pub withdrawn_at: Option<Instant>,
    /// The address of a third party that wrote it by mail.
    #[n(23)]
    #[cbor(default)]
    pub third_party: Option<String>,
    /// When its text was last put right.
    #[n(44)]
    #[cbor(default)]
    pub edited_at: Option<Instant>,
    /// When words of it were last made unreadable.
    #[n(45)]
    #[cbor(default)]
    pub redacted_at: Option<Instant>,
    /// Who wrote it besides whoever sent it.
    #[n(34)]
    #[cbor(default)]
    pub drafted_by: Vec<PersonId>,
    /// Colleagues whom it names.
    #[n(35)]
    #[cbor(default)]
    pub mentions: Vec<PersonId>,
}

/// A stretch of a text, from where the one before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct FoldMark {
    /// In bytes of the text.
    #[n(0)]
    pub end: u32,
    /// Shown closed at first.
    #[n(1)]
    pub folded: bool,
    /// A signature, and no quote.
    #[n(2)]
    pub signature: bool,
    /// Quoted, whether closed or open.
    #[n(3)]
    pub quoted: bool,
}

impl Comment {
    /// One that says nothing yet.
    pub(super) fn blank(id: CommentId, ticket: TicketId, author: Option<PersonId>, is_private: bool, via: Channel, at: Instant) -> Comment {
        Comment {
            id,
            ticket,
            author,
            body: String::new(),
            format: BodyFormat::Markdown,
            html: None,
            is_private,
            via,
            mail: None,
            rule: None,
            created_at: at,
            automatic: false,
            folds: Vec::new(),
            notes: Vec::new(),
            addressed: None,
            held_until: None,
            withdrawn_at: None,
            third_party: None,
            edited_at: None,
            redacted_at: None,
            drafted_by: Vec::new(),
            mentions: Vec::new(),
        }
    }

    /// Whether it can still be taken back: until then it is nobody's but its writer's side.
    pub fn is_held(&self, now: Instant) -> bool {
        self.held_until.is_some_and(|it| it > now)
    }

    /// What its author wrote, before what is only quoted: for search and previews.
    pub fn own_words_first(&self) -> String {
        let (mut own, mut quoted) = (String::with_capacity(self.body.len()), String::new());
        let mut at = 0;
        for mark in &self.folds {
            let text = self.body.get(at..mark.end as usize).unwrap_or_default();
            at += text.len();
            if mark.folded || mark.quoted { &mut quoted } else { &mut own }.push_str(text);
        }
        own.push_str(self.body.get(at..).unwrap_or_default());
        own.push_str(&quoted);
        own
    }
}

impl Record for Comment {
    type Key = (TicketId, CommentId);
    const TABLE: Table = Table::journalled(0x11, "comments");

    fn key(&self) -> (TicketId, CommentId) {
        (self.ticket, self.id)
    }
}

#[derive(Debug, Clone)]
pub struct NewComment {
    pub body: String,
    pub format: BodyFormat,
    pub html: Option<String>,
    pub is_private: bool,
    pub via: Channel,
    pub mail: Option<MailId>,
    pub rule: Option<String>,
    pub automatic: bool,
    /// Nobody is told of it.
    pub quiet: bool,
    pub folds: Vec<FoldMark>,
    pub notes: Vec<String>,
    pub files: Vec<StoredFile>,
    /// Who wrote it, where the actor is not the author (mail).
    pub author: Option<PersonId>,
    /// An import's or a demo's own time.
    pub created_at: Option<Instant>,
    /// Whom it goes to, where that was chosen.
    pub addressed: Option<Addressed>,
    pub third_party: Option<String>,
    /// Who wrote it besides the actor.
    pub drafted_by: Vec<PersonId>,
}

impl NewComment {
    pub fn new(body: impl Into<String>, is_private: bool, via: Channel) -> Self {
        NewComment {
            body: body.into(),
            format: BodyFormat::Markdown,
            html: None,
            is_private,
            via,
            mail: None,
            rule: None,
            automatic: false,
            quiet: false,
            folds: Vec::new(),
            notes: Vec::new(),
            files: Vec::new(),
            author: None,
            created_at: None,
            addressed: None,
            third_party: None,
            drafted_by: Vec::new(),
        }
    }
}

/// Adds a comment. The requester's word reopens a ticket that is resolved or closed, and ends waiting for it; an answer of the
/// desk is the first response.
pub fn add_comment(tx: &mut Tx, actor: &Actor, id: TicketId, new: NewComment) -> Result<(Ticket, Comment)> {
    let mut ticket = access::ticket(tx, actor, id)?;
    if new.is_private {
        access::need(actor, Permission::NotesWrite, &ticket)?;
    } else {
        access::need_answer(actor, &ticket)?;
    }
    need_own_thread(tx, actor, &ticket)?;
    closing::need_not_over(tx, actor, &ticket)?;
    let text = body("body", new.body)?;
    if text.trim().is_empty() && new.files.is_empty() && new.mail.is_none() {
        return Err(Refusal::field("body", "required", say!("refused-write-something-attach-file")).into());
    }
    let author = new.author.or(actor.person());
    let addressed = addressed(tx, actor, &ticket, new.addressed)?;
    if addressed.as_ref().is_some_and(|it| it.forward) != new.is_private && addressed.is_some() {
        return Err(Refusal::field("to", "invalid", say!("refused-internal-note-goes-nobody")).into());
    }
    let at = new.created_at.unwrap_or_else(|| tx.now());
    let mut comment = Comment {
        body: text,
        format: new.format,
        html: new.html,
        mail: new.mail,
        rule: new.rule,
        third_party: new.third_party,
        drafted_by: new.drafted_by,
        addressed,
        automatic: new.automatic,
        folds: new.folds,
        notes: new.notes,
        ..Comment::blank(tx.new_id(), id, author, new.is_private, new.via, at)
    };
    comment.held_until = held_until(tx, actor, &ticket, &comment)?;
    comment.mentions = mentions::named(tx, actor, &ticket, &comment)?;
    let has_files = !new.files.is_empty();
    let mut files = new.files;
    if comment.format == BodyFormat::Markdown {
        pictures::note_shown(&comment.body, &mut files);
    }
    attachments::attach(tx, actor, &ticket, Some(comment.id), comment.is_private, files)?;
    tx.put(&comment)?;
    let takes_part = speaks_for_requester(tx, &ticket, author)?;
    let followers = mentions::follow(&mut ticket, &comment.mentions);
    // Somebody of the requester's organization speaks for their side, not for the desk's.
    let is_fellow = author.is_some() && author == actor.person() && !access::works_on(actor, &ticket);
    let by_participant = (takes_part || is_fellow) && ticket.assignee != author;
    ticket.comment_count = ticket.comment_count.saturating_add(1);
    ticket.has_attachments |= has_files;
    // That there is a note at all is for those who read notes.
    if comment.is_private {
        ticket.touch_privately(tx.now())
    } else {
        ticket.touch(tx.now())
    }
    if !comment.is_private && !comment.automatic {
        ticket.requester_waits = by_participant;
        if !by_participant && author.is_some() {
            ticket.responded_at = ticket.responded_at.or(Some(comment.created_at));
            service_levels::answer(tx, &mut ticket, comment.created_at)?;
        }
    }
    tx.put(&ticket)?;
    let digest = blake3::hash(comment.body.as_bytes()).to_hex().to_string();
    let changes = Changes::new()
        .set("comment", comment.id.to_string())
        .set("isPrivate", comment.is_private)
        .set("via", comment.via.name())
        .set("automatic", comment.automatic)
        .set("quiet", new.quiet.then_some(true))
        .set("forward", comment.addressed.as_ref().filter(|it| it.forward).map(|_| true))
        .set("draftedBy", Some(ids(&comment.drafted_by)).filter(|it| !it.is_empty()))
        .set("mentions", Some(ids(&comment.mentions)).filter(|it| !it.is_empty()))
        .set("bodyDigest", digest);
    let about = About { subject: author.map(|it| it.0), ..ticket.about() };
    event::record(tx, actor, EventKind::CommentAdded, about, changes)?;
    for it in followers {
        let about = About { subject: Some(it.0), ..ticket.about() };
        event::record(tx, actor, EventKind::TicketWatched, about, Changes::new().set("person", it.to_string()))?;
    }
    if let Some(me) = actor.person().filter(|_| comment.via == Channel::Portal) {
        drafts::drop_at(tx, me, drafts::Place::Ticket(id))?;
    }
    if by_participant && !comment.is_private && !comment.automatic {
        ticket = snooze::answered(tx, ticket)?;
        ticket = answered(tx, actor, ticket)?;
    } else if ticket.category == Category::Resolved && !comment.is_private && !comment.automatic {
        closing::follow(tx, &ticket)?;
    }
    if !by_participant && !comment.is_private && author == actor.person() {
        ticket = routing::replied(tx, actor, &ticket)?.unwrap_or(ticket);
    }
    Ok((ticket, comment))
}

fn ids(people: &[PersonId]) -> Vec<String> {
    people.iter().map(ToString::to_string).collect()
}

/// Whether somebody takes part on the requester's side. A colleague who follows a ticket speaks for the desk all the same.
fn speaks_for_requester(tx: &Tx, ticket: &Ticket, author: Option<PersonId>) -> Result<bool> {
    let Some(author) = author else { return Ok(false) };
    if author == ticket.requester || !ticket.watchers.contains(&author) {
        return Ok(author == ticket.requester);
    }
    Ok(!tx.get::<Person>(&author)?.is_some_and(|it| it.is_agent()))
}

/// Whom a comment goes to, checked; only who works the ticket may choose.
fn addressed(tx: &Tx, actor: &Actor, ticket: &Ticket, new: Option<Addressed>) -> Result<Option<Addressed>> {
    let Some(new) = new.filter(|it| !it.is_plain()) else { return Ok(None) };
    access::need(actor, Permission::TicketsWrite, ticket)?;
    let settings = Settings::of(tx)?;
    Ok(Some(new.checked(tx, &settings, ticket)?))
}

/// Until when what an agent has written can be taken back: what goes out by mail, and was written here and now.
fn held_until(tx: &Tx, actor: &Actor, ticket: &Ticket, comment: &Comment) -> Result<Option<Instant>> {
    let goes_out = !comment.is_private || comment.addressed.as_ref().is_some_and(|it| it.forward);
    let is_written_here =
        matches!(comment.via, Channel::Portal | Channel::Api) && actor.person().is_some() && comment.created_at == tx.now();
    let hold = u64::from(SendingRules::of(tx)?.hold_secs);
    let by_agent = access::works_on(actor, ticket) && actor.person() != Some(ticket.requester);
    Ok((goes_out && is_written_here && by_agent && hold > 0).then(|| tx.now().plus(std::time::Duration::from_secs(hold))))
}

/// Takes an answer back while its mails are held: they are never sent, and it stays as an internal note. Its writer may, and whoever
/// works the ticket.
pub fn withdraw_comment(tx: &mut Tx, actor: &Actor, id: TicketId, comment: CommentId) -> Result<(Ticket, Comment)> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &ticket)?;
    let mut it = tx.get::<Comment>(&(id, comment))?.ok_or_else(|| Refusal::not_found("comment"))?;
    let now = tx.now();
    if it.withdrawn_at.is_some() {
        return Ok((ticket, it));
    }
    if it.held_until.is_none_or(|until| until <= now) {
        return Err(Refusal::new(Code::Conflict, say!("refused-message-way-already-cannot")).into());
    }
    outbox::withdraw_all(tx, actor, id, comment)?;
    it.withdrawn_at = Some(now);
    let was_public = !it.is_private;
    it.is_private = true;
    tx.put(&it)?;
    let files: Vec<Attachment> = tx.scan::<Attachment>(&id)?.collect::<Result<_, _>>()?;
    for file in files.into_iter().filter(|file| file.comment == Some(comment)) {
        tx.put(&Attachment { is_private: true, ..file })?;
    }
    if was_public {
        if ticket.responded_at == Some(it.created_at) {
            ticket.responded_at = None;
        }
        service_levels::withdraw(tx, &mut ticket, it.created_at)?;
        ticket.requester_waits = requester_waits(tx, &ticket)?;
    }
    ticket.touch(now);
    tx.put(&ticket)?;
    let changes = Changes::new().set("comment", it.id.to_string()).set("isPrivate", true);
    let about = About { subject: it.author.map(|it| it.0), ..ticket.about() };
    event::record(tx, actor, EventKind::CommentWithdrawn, about, changes)?;
    Ok((ticket, it))
}

/// Whether the last public word is the requester's side's.
pub(in crate::desk) fn requester_waits(tx: &Tx, ticket: &Ticket) -> Result<bool> {
    for comment in tx.scan_back::<Comment>(&ticket.id)? {
        let comment = comment?;
        if !comment.is_private && !comment.automatic {
            let by_them = speaks_for_requester(tx, ticket, comment.author)?;
            return Ok(by_them && ticket.assignee != comment.author);
        }
    }
    Ok(ticket.category.is_open() && ticket.created_by.is_none_or(|it| it == ticket.requester))
}

/// The requester's side has spoken: what waited for them, or was over, is work again.
fn answered(tx: &mut Tx, actor: &Actor, ticket: Ticket) -> Result<Ticket> {
    let waits_for_them = matches!(ticket.state.as_str(), "awaiting_info" | "awaiting_callback" | "waiting");
    if !waits_for_them && !matches!(ticket.category, Category::Resolved | Category::Closed) {
        return Ok(ticket);
    }
    let to = if ticket.assignee.is_some() { "in_progress" } else { "open" };
    transition(tx, actor, &ticket, to)
}

/// The thread, oldest first, as far as the actor may read it.
pub fn comments(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Comment>> {
    let notes = access::reads_notes(actor, ticket);
    let mut found = Vec::with_capacity(ticket.comment_count as usize);
    for comment in tx.scan::<Comment>(&ticket.id)? {
        let comment = comment?;
        if notes || !(comment.is_private || comment.is_held(tx.now())) {
            found.push(comment);
        }
    }
    Ok(found)
}
