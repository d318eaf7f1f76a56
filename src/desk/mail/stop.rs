//! Links with which somebody stops mails that they need not have (RFC 8058): copies for followers, and reminders. Signed, so that a
//! link works for its own person and ticket and without a sign-in; it gives nothing else away.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use super::{occasion::Occasion, outbox::Letter, reminder};
use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        settings::Settings,
        tickets::{self, Ticket, number},
    },
    error::{Refusal, Result},
    id::{PersonId, TicketId},
    store::Tx,
};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Copies for somebody who follows a ticket.
    Copies,
    /// Reminders that we wait for an answer.
    Reminders,
}

/// A link, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub what: What,
    pub ticket: TicketId,
    pub person: PersonId,
}

const TAG_BYTES: usize = 16;

fn tag(settings: &Settings, body: &[u8]) -> [u8; TAG_BYTES] {
    let key = blake3::derive_key("lodge stop link 1", &settings.key);
    let mut tag = [0; TAG_BYTES];
    tag.copy_from_slice(&blake3::keyed_hash(&key, body).as_bytes()[..TAG_BYTES]);
    tag
}

impl Stop {
    /// What whoever gets this letter may stop.
    pub fn of(letter: &Letter) -> Option<Stop> {
        let (ticket, person) = (letter.ticket.filter(|_| letter.may_be_stopped)?, letter.person?);
        let what = if letter.occasion == Occasion::Reminder { What::Reminders } else { What::Copies };
        Some(Stop { what, ticket, person })
    }

    /// The text that stands in the address.
    pub fn token(&self, settings: &Settings) -> String {
        let what = if self.what == What::Copies { b'c' } else { b'r' };
        let body = [&[what][..], self.ticket.0.as_bytes(), self.person.0.as_bytes()].concat();
        BASE64URL_NOPAD.encode(&[body.as_slice(), &tag(settings, &body)].concat())
    }

    /// Reads a token; nothing if it is not one of ours.
    pub fn read(settings: &Settings, text: &str) -> Option<Stop> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, signed) = bytes.split_at_checked(33)?;
        if signed.len() != TAG_BYTES || blake3::hash(signed) != blake3::hash(&tag(settings, body)) {
            return None;
        }
        let what = match body[0] {
            b'c' => What::Copies,
            b'r' => What::Reminders,
            _ => return None,
        };
        let id = |it: &[u8]| Uuid::from_slice(it).ok();
        Some(Stop { what, ticket: TicketId(id(&body[1..17])?), person: PersonId(id(&body[17..33])?) })
    }

    /// The address that a mail names.
    pub fn address(&self, settings: &Settings) -> Option<String> {
        Some(format!("{}/stop/{}", settings.base_url.as_deref()?, self.token(settings)))
    }

    /// The number of the ticket, for the page; its title is nobody's business who only has a link.
    pub fn number(&self, tx: &Tx) -> Result<String> {
        let ticket = tx.get::<Ticket>(&self.ticket)?.ok_or_else(|| Refusal::not_found("ticket"))?;
        Ok(number::text(&*Settings::of(tx)?, ticket.kind, ticket.number))
    }

    /// Stops it. Twice is once.
    pub fn take_effect(&self, tx: &mut Tx) -> Result<()> {
        let Some(ticket) = tx.get::<Ticket>(&self.ticket)? else { return Ok(()) };
        match self.what {
            What::Reminders => reminder::stop(tx, ticket.id),
            What::Copies if ticket.deleted_at.is_none() && tx.has::<Person>(&self.person)? => {
                tickets::unwatch(tx, &Actor::system("mail"), ticket.id, self.person)?;
                Ok(())
            }
            What::Copies => Ok(()),
        }
    }
}
