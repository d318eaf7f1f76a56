//! Where a mail belongs (BEY-02). A number in a subject is no authority: a mail joins a ticket by a signed reply token, by a
//! reference to a message that we sent or received on it, or because its sender takes part already. The rule is recorded.

use minicbor::{Decode, Encode};

use super::{Automatic, ParsedMessage, outbox};
use crate::{
    desk::{
        identity::Person,
        settings::Settings,
        tickets::{self, Comment, Kind, Ticket, number},
    },
    error::Result,
    id::{CommentId, TicketId},
    store::{Record, Table, Tx},
};

/// A message that we sent or received, by its Message-ID, and the ticket it is on.
#[derive(Debug, Clone, Encode, Decode)]
pub struct SeenMessage {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 16],
    #[n(1)]
    pub ticket: TicketId,
    #[n(2)]
    pub comment: Option<CommentId>,
    /// We sent it.
    #[n(3)]
    pub sent: bool,
}

impl Record for SeenMessage {
    type Key = [u8; 16];
    const TABLE: Table = Table::operational(0x29, "messages_seen");

    fn key(&self) -> [u8; 16] {
        self.key
    }
}

/// Message-IDs have no useful length limit, so they are kept by hash.
fn key_of(message_id: &str) -> [u8; 16] {
    let hash = blake3::hash(message_id.trim().trim_start_matches('<').trim_end_matches('>').as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hash.as_bytes()[..16]);
    key
}

/// Remembers a message of a ticket. The first ticket of a Message-ID keeps it.
pub fn remember(tx: &mut Tx, message_id: &str, ticket: TicketId, comment: Option<CommentId>, sent: bool) -> Result<()> {
    let key = key_of(message_id);
    if tx.has::<SeenMessage>(&key)? {
        return Ok(());
    }
    tx.put(&SeenMessage { key, ticket, comment, sent })
}

/// A message belongs to another ticket from now on, and so do answers to it.
pub fn repoint(tx: &mut Tx, message_id: &str, ticket: TicketId, comment: Option<CommentId>) -> Result<()> {
    let Some(seen) = seen(tx, message_id)? else { return Ok(()) };
    tx.put(&SeenMessage { ticket, comment, ..seen })
}

pub fn seen(tx: &Tx, message_id: &str) -> Result<Option<SeenMessage>> {
    Ok(tx.get::<SeenMessage>(&key_of(message_id))?)
}

// --- reply tokens ---

/// Hex digits of the signature in a token: 80 bits, since guessing means mailing.
const SIGNATURE_DIGITS: usize = 20;

fn signature(settings: &Settings, kind: Kind, number: u64) -> String {
    let said = format!("reply token of {} {number}", kind.name());
    blake3::keyed_hash(&settings.key, said.as_bytes()).to_hex()[..SIGNATURE_DIGITS].to_owned()
}

/// The token that lets whoever has it answer on this ticket: short enough for the local part of an address (RFC 5321 4.5.3.1.1).
pub fn token(settings: &Settings, ticket: &Ticket) -> String {
    format!("{}{}-{}", ticket.kind.prefix().to_lowercase(), ticket.number, signature(settings, ticket.kind, ticket.number))
}

/// The ticket that a token was made for, if its signature holds.
fn of_token(settings: &Settings, text: &str) -> Option<(Kind, u64)> {
    let text = text.to_lowercase();
    let (name, signed) = text.rsplit_once('-')?;
    let digits = name.find(|it: char| it.is_ascii_digit())?;
    let kind = Kind::ALL.into_iter().find(|it| it.prefix().eq_ignore_ascii_case(&name[..digits]))?;
    let number = name[digits..].parse().ok()?;
    // The hashes are compared, so that the time taken says nothing about the digits.
    let holds = blake3::hash(signed.as_bytes()) == blake3::hash(signature(settings, kind, number).as_bytes());
    holds.then_some((kind, number))
}

/// The sender's address with the ticket's token: `desk+inc45-...@example.com`.
pub fn reply_address(settings: &Settings, ticket: &Ticket) -> Option<String> {
    let (local, domain) = settings.sender()?.rsplit_once('@')?;
    settings.plus_addresses.then(|| format!("{local}+{}@{domain}", token(settings, ticket)))
}

/// The Message-ID of something that we send. It is stable, so that the far side can drop repeats, and it carries the token.
pub fn message_id(settings: &Settings, ticket: &Ticket, unique: &str) -> String {
    let domain = settings.sender().and_then(|it| it.rsplit_once('@')).map_or("lodge.invalid", |it| it.1);
    format!("{unique}.{}@{domain}", token(settings, ticket))
}

// --- the decision ---

/// Why a mail belongs to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    ReplyToken,
    Reference,
    /// A report about a message that we sent.
    Report,
    Participant,
}

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Rule::ReplyToken => "reply_token",
            Rule::Reference => "reference",
            Rule::Report => "delivery_report",
            Rule::Participant => "participant",
        }
    }

    pub fn named(text: &str) -> Option<Rule> {
        [Rule::ReplyToken, Rule::Reference, Rule::Report, Rule::Participant].into_iter().find(|it| it.name() == text)
    }

    /// What it says, in a sentence for people.
    pub fn doc(self) -> &'static str {
        match self {
            Rule::ReplyToken => "it was sent to the ticket's own reply address.",
            Rule::Reference => "it answers a message of this ticket.",
            Rule::Report => "it reports on a message that we sent on this ticket.",
            Rule::Participant => "its subject names the ticket, and its sender takes part in it.",
        }
    }
}

/// Where a message belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On this ticket, for this reason; `merged` is the one that it was meant for, if that was merged into this one.
    On { ticket: TicketId, rule: Rule, merged: Option<TicketId> },
    /// On none; the subject may name a ticket without authority.
    Nowhere { suggested: Option<TicketId> },
}

/// Decides where a message belongs. `sender` is its From, if we know that person and nothing says that it is somebody else. What was meant for a
/// merged ticket belongs where its matter goes on (BEY-12).
pub fn place(tx: &Tx, settings: &Settings, message: &ParsedMessage, sender: Option<&Person>) -> Result<Place> {
    let mentions =
        message.to.iter().chain(&message.cc).map(|it| it.address.as_str()).chain(message.delivered_to.iter().map(String::as_str));
    for address in mentions {
        if let Some((_, token)) = address.split('@').next().and_then(|it| it.split_once('+'))
            && let Some(place) = signed(tx, settings, token)?
        {
            return Ok(place.by(Rule::ReplyToken));
        }
    }
    let is_report = matches!(message.automatic, Automatic::Bounce(_));
    if let Some(it) = outbox::returned(tx, message)?
        && let Some(place) = living(tx, it.letter.ticket)?
    {
        return Ok(place.by(if is_report { Rule::Report } else { Rule::ReplyToken }));
    }
    if let Automatic::Bounce(report) = &message.automatic
        && let Some(original) = &report.original_message_id
        && let Some(place) = referred(tx, settings, original)?
    {
        return Ok(place.by(Rule::Report));
    }
    // The newest reference is the message that was answered.
    for id in message.in_reply_to.iter().chain(message.references.iter().rev()) {
        if let Some(place) = referred(tx, settings, id)? {
            return Ok(place.by(Rule::Reference));
        }
    }
    let Some(named) = in_subject(tx, settings, &message.subject)? else { return Ok(Place::Nowhere { suggested: None }) };
    if let Some(sender) = sender
        && takes_part(tx, named.ticket, sender)?
    {
        return Ok(named.by(Rule::Participant));
    }
    Ok(Place::Nowhere { suggested: Some(named.ticket) })
}

/// A living ticket, and the one that was meant if that was merged into it.
#[derive(Debug, Clone, Copy)]
struct Meant {
    ticket: TicketId,
    merged: Option<TicketId>,
}

impl Meant {
    fn by(self, rule: Rule) -> Place {
        Place::On { ticket: self.ticket, rule, merged: self.merged }
    }
}

/// The living ticket of a signed token.
fn signed(tx: &Tx, settings: &Settings, token: &str) -> Result<Option<Meant>> {
    let Some((kind, number)) = of_token(settings, token) else { return Ok(None) };
    let found = tx.find_keys(&number::BY_NUMBER, &(kind as u8, number))?.next().transpose()?;
    living(tx, found)
}

/// The living ticket of a Message-ID: one that we know, or one of ours by its signature.
fn referred(tx: &Tx, settings: &Settings, message_id: &str) -> Result<Option<Meant>> {
    if let Some(seen) = seen(tx, message_id)? {
        return living(tx, Some(seen.ticket));
    }
    match message_id.split('@').next().and_then(|it| it.rsplit_once('.')) {
        Some((_, token)) => signed(tx, settings, token),
        None => Ok(None),
    }
}

fn living(tx: &Tx, id: Option<TicketId>) -> Result<Option<Meant>> {
    let Some(id) = id else { return Ok(None) };
    let survivor = tickets::merge::survivor(tx, id)?;
    Ok(survivor.map(|it| Meant { ticket: it.id, merged: (it.id != id).then_some(id) }))
}

/// The first ticket that a subject names: `[INC-000123]`, `INC-123`, `[#TKT-123]`.
fn in_subject(tx: &Tx, settings: &Settings, subject: &str) -> Result<Option<Meant>> {
    let words = subject.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|it| it.contains('-'));
    for word in words.take(50) {
        let candidates: Vec<(Kind, u64)> = match number::parse(settings, word) {
            Some(it) => vec![it],
            // Mail of older systems says TKT for everything (TKT-34).
            None => match word.split_once('-') {
                Some((prefix, digits)) if prefix.eq_ignore_ascii_case("TKT") => {
                    digits.parse().map(|number| vec![(Kind::Incident, number), (Kind::Request, number)]).unwrap_or_default()
                }
                _ => Vec::new(),
            },
        };
        for (kind, number) in candidates {
            let found = tx.find_keys(&number::BY_NUMBER, &(kind as u8, number))?.next().transpose()?;
            if let Some(meant) = living(tx, found)? {
                return Ok(Some(meant));
            }
        }
    }
    Ok(None)
}

/// Messages of a ticket in which a sender is looked for.
const SPOKEN_LOOKED_MAX: usize = 2000;

/// Whether the person is requester, assignee or watcher, or has written on the ticket before.
fn takes_part(tx: &Tx, id: TicketId, person: &Person) -> Result<bool> {
    let Some(ticket) = tx.get::<Ticket>(&id)? else { return Ok(false) };
    if ticket.participants().any(|it| it == person.id) || ticket.assignee == Some(person.id) {
        return Ok(true);
    }
    for comment in tx.scan_back::<Comment>(&id)?.take(SPOKEN_LOOKED_MAX) {
        if comment?.author == Some(person.id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The number of a ticket as it stands in subjects.
pub fn tag(settings: &Settings, ticket: &Ticket) -> String {
    format!("[{}]", tickets::number::text(settings, ticket.kind, ticket.number))
}
