//! A storm of mails to one person is gathered: of one occasion the first few go at once, each by itself, and what comes within the
//! minutes after them waits for their end and goes as one mail that lists the tickets. What is held until a team's hours begin is
//! gathered the same way, and goes when they do.
//!
//! Not a limit: nothing is left out, the mail says how many targets there were, and where all of the tickets are.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::{Telling, message_id, unique};
use crate::{
    desk::{
        identity::Person,
        mail::{
            gathered,
            occasion::Occasion,
            outbox::{self, Gathered, Line, NewLetter, Recipient},
        },
    },
    error::Result,
    id::{LetterId, PersonId},
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// For how long mails are gathered, from the first of them on.
const WHILE: Duration = Duration::from_secs(limits::GATHERED_MINUTES * 60);

/// What one person was told of one occasion within the last minutes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Burst {
    #[n(0)]
    pub person: PersonId,
    /// The occasion's number.
    #[n(1)]
    pub occasion: u8,
    /// These are held until a team's hours begin, so that they are none of those that go at once.
    #[n(2)]
    pub held: bool,
    /// When the first of them goes.
    #[n(3)]
    pub began: Instant,
    /// Mails that went by themselves.
    #[n(4)]
    pub alone: u32,
    /// The mail that gathers the others.
    #[n(5)]
    pub letter: Option<LetterId>,
}

impl Record for Burst {
    type Key = (PersonId, u8, bool);
    /// Forgotten, it costs a few mails that could have been one.
    const TABLE: Table = Table::operational(0x72, "mail_bursts");

    fn key(&self) -> (PersonId, u8, bool) {
        (self.person, self.occasion, self.held)
    }
}

impl Telling<'_> {
    /// A letter to one person of this ticket, by itself or gathered with others.
    pub(super) fn person_in_a_storm(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        to: PersonId,
        held: Option<Instant>,
        nth: &str,
    ) -> Result<()> {
        let Some(person) = self.reachable(tx, to)? else { return Ok(()) };
        let goes_at = held.unwrap_or(tx.now());
        let key = (to, occasion.code(), held.is_some());
        let goes_on = |it: &Burst| it.began <= goes_at && goes_at < it.began.plus(WHILE);
        let fresh = Burst { person: to, occasion: key.1, held: key.2, began: goes_at, alone: 0, letter: None };
        let mut burst = tx.get::<Burst>(&key)?.filter(goes_on).unwrap_or(fresh);
        if burst.alone < limits::TOLD_ALONE_MAX {
            burst.alone += 1;
            tx.put(&burst)?;
            return self.person(tx, occasion, None, to, held, nth);
        }
        if let Some(letter) = burst.letter
            && self.gather_into(tx, letter, &person)?
        {
            return Ok(());
        }
        let until = held.unwrap_or(burst.began.plus(WHILE));
        burst.letter = Some(self.gathered(tx, occasion, &person, until, nth)?);
        tx.put(&burst)
    }

    /// Adds the ticket to a letter that has not left; gives whether that could be done.
    fn gather_into(&self, tx: &mut Tx, letter: LetterId, person: &Person) -> Result<bool> {
        let Some(mut letter) = outbox::still_held(tx, letter)? else { return Ok(false) };
        let mut gathered = letter.gathered.take().unwrap_or_default();
        gathered.add(self.ticket.id);
        letter.subject = gathered::subject(self.rules, letter.occasion, person, gathered.count);
        letter.gathered = Some(gathered);
        tx.put(&letter)?;
        Ok(true)
    }

    /// A letter that others are gathered in, with this ticket as its first.
    fn gathered(&mut self, tx: &mut Tx, occasion: Occasion, person: &Person, until: Instant, nth: &str) -> Result<LetterId> {
        let mut gathered = Gathered::default();
        gathered.add(self.ticket.id);
        let unique = unique(&[occasion.name(), "gathered", &person.id.to_string(), nth]);
        let letter = NewLetter {
            ticket: None,
            comment: None,
            occasion,
            recipients: vec![Recipient::new(Line::To, person.name.as_str(), person.email.as_str())],
            subject: gathered::subject(self.rules, occasion, person, gathered.count),
            message_id: message_id(self.settings, &unique, "gathered"),
            held_until: Some(until),
            order: self.order,
            person: Some(person.id),
            may_be_stopped: false,
            language: None,
            sample: None,
            account: None,
            gathered: Some(gathered),
        };
        self.told += 1;
        Ok(outbox::enqueue(tx, letter)?.id)
    }
}
