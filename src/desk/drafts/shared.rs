//! An answer that several agents write together: it stands on the ticket for whoever may answer there, anybody of them takes it up,
//! changes it and sends it. Each change names the version that its writer saw, so nobody overwrites what they have not read.
//!
//! It is journalled, unlike what one writes alone: who wrote and who sent stands in the ticket's history.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        drafts::{self, Place},
        event::{self, Changes, EventKind},
        mail::recipients::Addressed,
        permission::Permission,
        tickets::{self, Channel, Comment, NewComment, Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{DraftId, PersonId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// An answer in the making.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SharedDraft {
    #[n(0)]
    pub ticket: TicketId,
    #[n(1)]
    pub id: DraftId,
    #[n(2)]
    pub body: String,
    #[n(3)]
    pub to: Vec<String>,
    #[n(4)]
    pub cc: Vec<String>,
    #[n(5)]
    pub bcc: Vec<String>,
    /// Everybody who wrote on it, in the order in which they did.
    #[n(6)]
    pub writers: Vec<PersonId>,
    #[n(7)]
    pub created_at: Instant,
    #[n(8)]
    pub updated_at: Instant,
    /// From 1; grows with each change.
    #[n(9)]
    pub version: u64,
}

impl Record for SharedDraft {
    type Key = (TicketId, DraftId);
    const TABLE: Table = Table::journalled(0x85, "shared_drafts");

    fn key(&self) -> (TicketId, DraftId) {
        (self.ticket, self.id)
    }
}

impl SharedDraft {
    /// Whoever wrote on it last.
    pub fn last_writer(&self) -> Option<PersonId> {
        self.writers.last().copied()
    }

    fn wrote(&mut self, person: PersonId) {
        self.writers.retain(|it| *it != person);
        self.writers.push(person);
        // Whoever began it stays named, whoever came between them and now makes room.
        if self.writers.len() > limits::DRAFT_WRITERS_MAX {
            self.writers.remove(1);
        }
    }
}

/// What is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub body: String,
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
}

impl Written {
    fn checked(self) -> Result<Written> {
        if self.body.trim().is_empty() {
            return Err(Refusal::field("body", "required", say!("refused-write-first")).into());
        }
        if self.body.len() > limits::DRAFT_BYTES_MAX {
            let message = say!("refused-draft-size", most = limits::DRAFT_BYTES_MAX / 1024);
            return Err(Refusal::field("body", "too_long", message).into());
        }
        if self.to.len() + self.cc.len() + self.bcc.len() > limits::DRAFT_ADDRESSES_MAX {
            let message = say!("refused-draft-addresses", most = limits::DRAFT_ADDRESSES_MAX);
            return Err(Refusal::field("to", "too_many", message).into());
        }
        Ok(self)
    }
}

/// Refuses drafts of others to whoever may not answer on the ticket as an agent.
fn need(actor: &Actor, ticket: &Ticket) -> Result<PersonId> {
    access::need(actor, Permission::TicketsWrite, ticket)?;
    access::need(actor, Permission::NotesRead, ticket)?;
    actor.person().ok_or_else(|| Refusal::forbidden(Permission::TicketsWrite.name()).into())
}

/// The drafts that agents share on a ticket, oldest first; none for whoever does not answer there.
pub fn of_ticket(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<SharedDraft>> {
    if need(actor, ticket).is_err() {
        return Ok(Vec::new());
    }
    Ok(tx.scan::<SharedDraft>(&ticket.id)?.collect::<Result<_, _>>()?)
}

fn present(tx: &Tx, ticket: TicketId, id: DraftId, version: Option<u64>) -> Result<SharedDraft> {
    let draft = tx.get::<SharedDraft>(&(ticket, id))?.ok_or_else(|| Refusal::not_found("draft"))?;
    if version.is_some_and(|it| it != draft.version) {
        let detail = say!("refused-changed-draft");
        return Err(Refusal::new(Code::Stale, detail).into());
    }
    Ok(draft)
}

fn note(tx: &mut Tx, actor: &Actor, kind: EventKind, ticket: &Ticket, draft: &SharedDraft) -> Result<()> {
    let digest = blake3::hash(draft.body.as_bytes()).to_hex().to_string();
    let changes = Changes::new().set("draft", draft.id.to_string()).set("isPrivate", true).set("bodyDigest", digest);
    event::record(tx, actor, kind, ticket.about(), changes)?;
    Ok(())
}

/// Shows what one has written to the others on the ticket. One's own draft becomes the shared one.
pub fn share(tx: &mut Tx, actor: &Actor, ticket: TicketId, written: Written) -> Result<SharedDraft> {
    let ticket = access::ticket(tx, actor, ticket)?;
    let me = need(actor, &ticket)?;
    let Written { body, to, cc, bcc } = written.checked()?;
    if of_ticket(tx, actor, &ticket)?.len() >= limits::SHARED_DRAFTS_MAX {
        let message = say!("refused-drafts-wait", count = limits::SHARED_DRAFTS_MAX);
        return Err(Refusal::field("body", "too_many", message).into());
    }
    let now = tx.now();
    let draft = SharedDraft {
        ticket: ticket.id,
        id: tx.new_id(),
        body,
        to,
        cc,
        bcc,
        writers: vec![me],
        created_at: now,
        updated_at: now,
        version: 1,
    };
    tx.put(&draft)?;
    note(tx, actor, EventKind::DraftShared, &ticket, &draft)?;
    drafts::drop_at(tx, me, Place::Ticket(ticket.id))?;
    Ok(draft)
}

/// Writes on a shared draft. `version` is the one that was read.
pub fn change(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: DraftId, version: Option<u64>, written: Written) -> Result<SharedDraft> {
    let ticket = access::ticket(tx, actor, ticket)?;
    let me = need(actor, &ticket)?;
    let before = present(tx, ticket.id, id, version)?;
    let Written { body, to, cc, bcc } = written.checked()?;
    let mut draft = SharedDraft { body, to, cc, bcc, ..before.clone() };
    if draft == before {
        return Ok(draft);
    }
    draft.version += 1;
    draft.updated_at = tx.now();
    draft.wrote(me);
    tx.put(&draft)?;
    note(tx, actor, EventKind::DraftChanged, &ticket, &draft)?;
    Ok(draft)
}

/// Takes a shared draft away.
pub fn discard(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: DraftId, version: Option<u64>) -> Result<SharedDraft> {
    let ticket = access::ticket(tx, actor, ticket)?;
    need(actor, &ticket)?;
    let draft = present(tx, ticket.id, id, version)?;
    tx.remove::<SharedDraft>(&(ticket.id, id))?;
    note(tx, actor, EventKind::DraftDiscarded, &ticket, &draft)?;
    Ok(draft)
}

/// Sends a shared draft as the actor's answer; the message names who wrote it besides.
pub fn send(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: DraftId, version: Option<u64>, via: Channel) -> Result<(Ticket, Comment)> {
    let ticket = access::ticket(tx, actor, ticket)?;
    let me = need(actor, &ticket)?;
    let SharedDraft { body, to, cc, bcc, writers, .. } = present(tx, ticket.id, id, version)?;
    tx.remove::<SharedDraft>(&(ticket.id, id))?;
    let addressed = Some(Addressed { to, cc, bcc, ..Addressed::default() }).filter(|it| !it.is_plain());
    let drafted_by = writers.into_iter().filter(|it| *it != me).collect();
    tickets::add_comment(tx, actor, ticket.id, NewComment { addressed, drafted_by, ..NewComment::new(body, false, via) })
}
