//! A storm of mails to one person is gathered: of one occasion the first few go at once, each by itself, and what comes within the
//! minutes after them waits for their end and goes as one mail that lists the tickets. What is held until a team's hours begin is
//! gathered the same way, and goes when they do.
//!
//! What is urgent is counted apart, so that it never waits behind what is not, and waits a minute at most behind its own kind.
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
        notices::Happening,
    },
    error::Result,
    id::{LetterId, PersonId},
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// How much somebody's attention is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pace {
    Usual,
    /// The highest priority, whoever is on call, and what has gone on beyond its target.
    Urgent,
}

impl Pace {
    /// For how long mails are gathered, from the first of them on.
    fn gathers_for(self) -> Duration {
        let minutes = if self == Pace::Urgent { limits::URGENT_GATHERED_MINUTES } else { limits::GATHERED_MINUTES };
        Duration::from_secs(minutes * 60)
    }
}

/// What one person was told of one occasion lately, and what they are to be told when hours begin.
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
    // 3 to 5 were the one round that there used to be.
    #[cbor(n(6), default)]
    pub urgent: bool,
    /// Those that are not over, oldest first: one of what goes at once, one for each instant at which held ones go.
    #[cbor(n(7), default)]
    pub rounds: Vec<Round>,
}

/// Mails that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Round {
    /// When the first of them goes.
    #[n(0)]
    pub began: Instant,
    /// Mails that went by themselves.
    #[n(1)]
    pub alone: u32,
    /// The mail that gathers the others.
    #[n(2)]
    pub letter: Option<LetterId>,
}

impl Record for Burst {
    type Key = (PersonId, u8, u8);
    /// Forgotten, it costs a few mails that could have been one.
    const TABLE: Table = Table::operational(0x72, "mail_bursts");

    fn key(&self) -> (PersonId, u8, u8) {
        (self.person, self.occasion, u8::from(self.held) | u8::from(self.urgent) << 1)
    }
}

impl Burst {
    fn pace(&self) -> Pace {
        if self.urgent { Pace::Urgent } else { Pace::Usual }
    }

    /// The round of what goes at an instant; those that are over are forgotten, and the oldest where there are too many.
    fn round(&mut self, now: Instant, goes_at: Instant) -> &mut Round {
        let (held, lasts) = (self.held, self.pace().gathers_for());
        self.rounds.retain(|it| if held { it.began > now } else { it.began <= now && now < it.began.plus(lasts) });
        let place = match self.rounds.iter().position(|it| !held || it.began == goes_at) {
            Some(it) => it,
            None => {
                if self.rounds.len() >= limits::GATHERED_ROUNDS_MAX {
                    self.rounds.remove(0);
                }
                self.rounds.push(Round { began: goes_at, alone: 0, letter: None });
                self.rounds.len() - 1
            }
        };
        &mut self.rounds[place]
    }
}

impl Telling<'_> {
    /// A letter to one person of this ticket, by itself or gathered with others.
    pub(super) fn person_in_a_storm(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        to: PersonId,
        pace: Pace,
        held: Option<Instant>,
        nth: &str,
    ) -> Result<()> {
        let Some(person) = tx.get::<Person>(&to)? else { return Ok(()) };
        let Some(happening) = Happening::of_occasion(occasion) else { return Ok(()) };
        // The centre is told one by one: there, many lines are no storm.
        let Some(at) = self.informed(tx, &person, occasion, happening, None, held)? else { return Ok(()) };
        let Some(person) = self.reachable(tx, to)? else { return Ok(()) };
        let held = Some(at).filter(|it| *it > tx.now());
        let none_yet =
            Burst { person: to, occasion: occasion.code(), held: held.is_some(), urgent: pace == Pace::Urgent, rounds: Vec::new() };
        let mut burst = tx.get::<Burst>(&none_yet.key())?.unwrap_or(none_yet);
        let round = burst.round(tx.now(), held.unwrap_or(tx.now()));
        if round.alone < limits::TOLD_ALONE_MAX {
            round.alone += 1;
            tx.put(&burst)?;
            return self.mail_to(tx, occasion, None, &person, held, nth);
        }
        if let Some(letter) = round.letter
            && self.gather_into(tx, letter, &person)?
        {
            return Ok(());
        }
        let until = held.unwrap_or(round.began.plus(pace.gathers_for()));
        round.letter = Some(self.gathered(tx, occasion, &person, until, held.is_some(), nth)?);
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
    fn gathered(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        person: &Person,
        until: Instant,
        for_hours: bool,
        nth: &str,
    ) -> Result<LetterId> {
        let mut gathered = Gathered { for_hours, ..Gathered::default() };
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
