//! A letter as it is kept: its states, its recipients, and by what it is found.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        event::{About, Changes},
        mail::occasion::Occasion,
    },
    id::{CommentId, LetterId, PersonId, TicketId},
    limits,
    store::{
        Index, Record, Table,
        record::{Entries, IndexTable},
    },
    time::Instant,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum LetterState {
    /// It can still be taken back.
    #[n(0)]
    Held,
    #[n(1)]
    Queued,
    /// An attempt has begun; after a crash, one whose end is not known.
    #[n(2)]
    Sending,
    /// An attempt did not succeed; there will be another.
    #[n(3)]
    Deferred,
    /// A server has taken it for everybody who was to get it.
    #[n(4)]
    Sent,
    #[n(5)]
    Failed,
    /// It was taken, and came back.
    #[n(6)]
    Bounced,
    /// Nothing is sent to its addresses.
    #[n(7)]
    Suppressed,
    #[n(8)]
    Withdrawn,
}

impl LetterState {
    pub const ALL: [LetterState; 9] = [
        LetterState::Held,
        LetterState::Queued,
        LetterState::Sending,
        LetterState::Deferred,
        LetterState::Sent,
        LetterState::Failed,
        LetterState::Bounced,
        LetterState::Suppressed,
        LetterState::Withdrawn,
    ];

    pub fn name(self) -> &'static str {
        match self {
            LetterState::Held => "held",
            LetterState::Queued => "queued",
            LetterState::Sending => "sending",
            LetterState::Deferred => "deferred",
            LetterState::Sent => "sent",
            LetterState::Failed => "failed",
            LetterState::Bounced => "bounced",
            LetterState::Suppressed => "suppressed",
            LetterState::Withdrawn => "withdrawn",
        }
    }

    pub fn named(text: &str) -> Option<LetterState> {
        LetterState::ALL.into_iter().find(|it| it.name() == text)
    }

    /// Whether it still waits to be sent.
    pub fn waits(self) -> bool {
        self <= LetterState::Deferred
    }

    /// Whether somebody should look at it.
    pub fn is_trouble(self) -> bool {
        matches!(self, LetterState::Failed | LetterState::Bounced | LetterState::Suppressed)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Line {
    #[n(0)]
    To,
    #[n(1)]
    Cc,
    /// In the envelope and nowhere else.
    #[n(2)]
    Bcc,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum RecipientState {
    #[n(0)]
    #[default]
    Waiting,
    #[n(1)]
    Accepted,
    #[n(2)]
    Refused,
    #[n(3)]
    Bounced,
    #[n(4)]
    Suppressed,
}

impl RecipientState {
    pub fn name(self) -> &'static str {
        match self {
            RecipientState::Waiting => "waiting",
            RecipientState::Accepted => "accepted",
            RecipientState::Refused => "refused",
            RecipientState::Bounced => "bounced",
            RecipientState::Suppressed => "suppressed",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Recipient {
    #[n(0)]
    pub line: Line,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub address: String,
    #[n(3)]
    pub state: RecipientState,
    /// What the server said of this address.
    #[n(4)]
    pub answer: Option<String>,
    /// Makes the return address of this copy.
    #[n(5)]
    pub token: Option<String>,
}

impl Recipient {
    pub fn new(line: Line, name: impl Into<String>, address: impl Into<String>) -> Self {
        Recipient { line, name: name.into(), address: address.into(), state: RecipientState::Waiting, answer: None, token: None }
    }
}

/// Why a letter waits for another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Trouble {
    /// The server cannot be used at all; every letter shares it.
    #[n(0)]
    Server,
    /// The server spoke, and put this letter or one of its addresses off.
    #[n(1)]
    Recipient,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Letter {
    #[n(0)]
    pub id: LetterId,
    /// None for a test, for what is about an account, and for what is about many tickets.
    #[n(1)]
    pub ticket: Option<TicketId>,
    #[n(2)]
    pub comment: Option<CommentId>,
    #[n(3)]
    pub occasion: Occasion,
    #[n(4)]
    pub recipients: Vec<Recipient>,
    #[n(5)]
    pub subject: String,
    /// Without angle brackets; the same for every attempt.
    #[n(6)]
    pub message_id: String,
    #[n(7)]
    pub state: LetterState,
    #[n(8)]
    pub held_until: Option<Instant>,
    /// Attempts that have begun.
    #[n(9)]
    pub attempts: u32,
    /// What the server said last.
    #[n(10)]
    pub answer: Option<String>,
    #[n(11)]
    pub created_at: Instant,
    #[n(12)]
    pub first_tried_at: Option<Instant>,
    /// When it goes on, if it waits.
    #[n(13)]
    pub due_at: Instant,
    /// When a server took it for the last of its recipients.
    #[n(14)]
    pub sent_at: Option<Instant>,
    /// The number of the event that it follows from: its place among the letters of its ticket.
    #[n(15)]
    pub order: u64,
    /// In whose language it is, and whom it greets.
    #[n(16)]
    pub person: Option<PersonId>,
    #[n(17)]
    pub trouble: Option<Trouble>,
    /// A watcher's copy or a reminder: whoever gets it may stop it.
    #[n(18)]
    pub may_be_stopped: bool,
    /// The language of a test.
    #[n(19)]
    pub language: Option<String>,
    /// The occasion whose text a test tries.
    #[n(20)]
    pub sample: Option<Occasion>,
    /// What a mail about an account is about, as JSON of `notify::account`; never the link in it, and empty once it was sent.
    #[n(21)]
    pub account: Option<String>,
    /// When what it brings is over: it is not sent any more.
    #[n(22)]
    pub expires_at: Option<Instant>,
    /// Two of the same key do not wait at once.
    #[n(23)]
    pub only_one: Option<String>,
    /// Long over: what is left of it is what its message shows.
    #[cbor(n(24), default)]
    pub is_cut_down: bool,
    /// What a letter of no ticket tells of many.
    #[n(25)]
    pub gathered: Option<Gathered>,
}

/// Many tickets of which one letter tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Gathered {
    /// The first of them, once each.
    #[n(0)]
    pub tickets: Vec<TicketId>,
    /// How often something was to be told.
    #[n(1)]
    pub count: u64,
    /// There are more tickets than those.
    #[cbor(n(2), default)]
    pub is_cut: bool,
    /// It waits until a team's hours begin, other than for the end of a few minutes.
    #[cbor(n(3), default)]
    pub for_hours: bool,
}

impl Gathered {
    /// Adds what is to be told of a ticket.
    pub fn add(&mut self, ticket: TicketId) {
        self.count += 1;
        if self.tickets.contains(&ticket) {
            return;
        }
        if self.tickets.len() < limits::GATHERED_LISTED_MAX {
            self.tickets.push(ticket);
        } else {
            self.is_cut = true;
        }
    }
}

/// By ticket; those that still wait first, in their order.
pub(super) const BY_TICKET: Index<Letter, (TicketId, bool, u64)> = Index::new(0xbc, "letters_by_ticket");
pub(super) const BY_MESSAGE: Index<Letter, [u8; 16]> = Index::new(0xbd, "letters_by_message");
/// By the tokens of its copies.
pub(super) const BY_RETURN: Index<Letter, String> = Index::new(0xcf, "letters_by_return");
/// All that were not simply sent, by their state, until they are cut down.
pub(super) const BY_STATE: Index<Letter, (u8, Instant)> = Index::new(0xbe, "letters_by_state");

impl Record for Letter {
    type Key = LetterId;
    const TABLE: Table = Table::operational(0x50, "letters");

    fn key(&self) -> LetterId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if let Some(ticket) = self.ticket {
            entries.add(&BY_TICKET, &(ticket, !self.state.waits(), self.order));
        }
        entries.add(&BY_MESSAGE, &hash_of(&self.message_id));
        for token in self.recipients.iter().filter_map(|it| it.token.as_ref()) {
            entries.add(&BY_RETURN, token);
        }
        if let Some(key) = self.only_one.as_ref().filter(|_| self.state.waits()) {
            entries.add(&BY_MESSAGE, &hash_of_key(key));
        }
        if self.state != LetterState::Sent && !self.is_cut_down {
            entries.add(&BY_STATE, &(self.state as u8, self.created_at));
        }
    }
}

/// The indexes, for the table of all of them.
pub const INDEXES: [IndexTable; 4] = [BY_TICKET.table(), BY_MESSAGE.table(), BY_STATE.table(), BY_RETURN.table()];

pub(super) fn hash_of(message_id: &str) -> [u8; 16] {
    let hash = blake3::hash(message_id.trim().trim_start_matches('<').trim_end_matches('>').as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hash.as_bytes()[..16]);
    key
}

/// In the same index, where no Message-ID can be.
pub(super) fn hash_of_key(key: &str) -> [u8; 16] {
    let hash = blake3::derive_key("lodge letter of which only one waits", key.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hash[..16]);
    key
}

impl Letter {
    pub(super) fn about(&self) -> About {
        let entity = self.ticket.map_or(self.id.0, |it| it.0);
        let entity_kind = if self.ticket.is_some() { "ticket" } else { "letter" };
        // An address of nobody we know has the letter's own key.
        let stranger = self.account.as_ref().map(|_| self.id.0);
        About { entity_kind, entity, subject: self.person.map(|it| it.0).or(stranger) }
    }

    pub(super) fn changes(&self) -> Changes {
        let to: Vec<String> = self.recipients.iter().filter(|it| it.line != Line::Bcc).map(|it| it.address.clone()).collect();
        Changes::new()
            .set("letter", self.id.to_string())
            .set("occasion", self.occasion.name())
            .set("comment", self.comment.map(|it| it.to_string()))
            .set("to", to)
            .set("answer", self.answer.clone())
            // What happens to a mail is for those who work the ticket.
            .set("isPrivate", true)
    }

    /// The addresses that it is still to go to.
    pub fn open(&self) -> impl Iterator<Item = &Recipient> {
        self.recipients.iter().filter(|it| it.state == RecipientState::Waiting)
    }

    pub(super) fn job(&self) -> String {
        job_of(self.id)
    }
}

fn job_of(id: LetterId) -> String {
    format!("letter-{id}")
}

/// The payload of a `send_mail` job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SendMail {
    pub letter: LetterId,
}
