//! A word to oneself about a ticket, at an instant that one chooses. It is nobody else's, so it is operational; it comes as a notice,
//! also after the desk was off, and only if its writer may still see the ticket then.

use std::time::Duration;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        notices::{self, Happening},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Refusal, Result},
    id::{PersonId, ReminderId, TicketId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// What one wants to be reminded of.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Reminder {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub id: ReminderId,
    #[n(2)]
    pub ticket: TicketId,
    #[n(3)]
    pub at: Instant,
    /// May be empty.
    #[n(4)]
    pub note: String,
    #[n(5)]
    pub created_at: Instant,
}

/// By the instant at which they come.
pub const AT: Index<Reminder, Instant> = Index::new(0xdf, "reminders_at");

impl Record for Reminder {
    type Key = (PersonId, ReminderId);
    const TABLE: Table = Table::operational(0x87, "reminders");

    fn key(&self) -> (PersonId, ReminderId) {
        (self.person, self.id)
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&AT, &self.at);
    }
}

fn me(actor: &Actor) -> Result<PersonId> {
    actor.need(Permission::TicketsRead)?;
    actor.person().ok_or_else(|| Refusal::forbidden(Permission::TicketsRead.name()).into())
}

/// One's own that are still to come, the next first.
pub fn mine(tx: &Tx, actor: &Actor) -> Result<Vec<Reminder>> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let mut all: Vec<Reminder> = tx.scan::<Reminder>(&person)?.collect::<Result<_, _>>()?;
    all.sort_by_key(|it| it.at);
    Ok(all)
}

/// One's own on a ticket.
pub fn on(tx: &Tx, actor: &Actor, ticket: TicketId) -> Result<Vec<Reminder>> {
    Ok(mine(tx, actor)?.into_iter().filter(|it| it.ticket == ticket).collect())
}

/// Reminds oneself of a ticket.
pub fn remind(tx: &mut Tx, actor: &Actor, ticket: TicketId, at: Instant, note: &str) -> Result<Reminder> {
    let person = me(actor)?;
    let ticket = access::ticket(tx, actor, ticket)?;
    access::need(actor, Permission::TicketsRead, &ticket)?;
    let (now, note) = (tx.now(), note.trim());
    if at <= now {
        return Err(Refusal::field("at", "invalid", say!("refused-still-to-come")).into());
    }
    if at > now.plus(Duration::from_secs(limits::SNOOZE_DAYS_MAX * 24 * 3600)) {
        return Err(Refusal::field("at", "too_large", say!("refused-days-ahead", most = limits::SNOOZE_DAYS_MAX)).into());
    }
    if note.chars().count() > limits::REMINDER_CHARS_MAX {
        return Err(Refusal::field("note", "too_long", say!("refused-most-characters", most = limits::REMINDER_CHARS_MAX)).into());
    }
    if mine(tx, actor)?.len() >= limits::OWN_REMINDERS_MAX {
        return Err(Refusal::field("at", "too_many", say!("refused-reminders", most = limits::OWN_REMINDERS_MAX)).into());
    }
    let reminder = Reminder { person, id: tx.new_id(), ticket: ticket.id, at, note: note.to_owned(), created_at: now };
    tx.put(&reminder)?;
    Ok(reminder)
}

/// Takes one of one's own away.
pub fn forget(tx: &mut Tx, actor: &Actor, id: ReminderId) -> Result<Reminder> {
    let person = me(actor)?;
    let reminder = tx.get::<Reminder>(&(person, id))?.ok_or_else(|| Refusal::not_found("reminder"))?;
    tx.remove::<Reminder>(&(person, id))?;
    Ok(reminder)
}

/// When the next one comes.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    let Some(key) = tx.find_keys(&AT, &())?.next().transpose()? else { return Ok(None) };
    Ok(tx.get::<Reminder>(&key)?.map(|it| it.at))
}

/// Tells of what is due, at most `limit`; gives how many. A command.
pub fn act(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().plus(Duration::from_millis(1));
    let due: Vec<_> = tx.find_between(&AT, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for key in &due {
        let Some(it) = tx.get::<Reminder>(key)? else { continue };
        tx.remove::<Reminder>(key)?;
        if let Some(ticket) = tx.get::<Ticket>(&it.ticket)?.filter(|it| it.deleted_at.is_none()) {
            notices::tell_one(tx, it.person, Happening::Reminder, &ticket, Some(it.note))?;
        }
    }
    Ok(due.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::{Stage, id_of};

    #[test]
    fn it_comes_once_at_its_instant_with_its_words() {
        let stage = Stage::new();
        let ticket = stage.ticket(None).id;
        let (ada, at) = (stage.ada.clone(), stage.now().plus(Duration::from_secs(60)));
        stage.write(move |tx| remind(tx, &ada, ticket, at, " ring the supplier ")).unwrap();
        assert_eq!(stage.write(|tx| act(tx, 10)).unwrap(), 0);
        // Long after, as if the desk had been off.
        stage.pass(86_400);
        assert_eq!(stage.write(|tx| act(tx, 10)).unwrap(), 1);
        assert_eq!(stage.write(|tx| act(tx, 10)).unwrap(), 0);
        let told = stage.read(|tx| notices::list(tx, &stage.ada, &notices::Filter::default(), None, 10));
        assert_eq!(told[0].words.as_deref(), Some("ring the supplier"));
        assert!(stage.read(|tx| mine(tx, &stage.ada)).is_empty());
    }

    #[test]
    fn they_are_ones_own() {
        let stage = Stage::new();
        let ticket = stage.ticket(None).id;
        let (ada, bob, rosa, at) = (stage.ada.clone(), stage.bob.clone(), stage.rosa.clone(), stage.now().plus(Duration::from_secs(60)));
        let it = stage.write(move |tx| remind(tx, &ada, ticket, at, "")).unwrap();
        assert!(stage.write(move |tx| forget(tx, &bob, it.id)).is_err());
        assert!(stage.write(move |tx| remind(tx, &rosa, ticket, at, "")).is_err());
        assert_eq!(stage.read(|tx| on(tx, &stage.ada, ticket)).len(), 1);
        assert_eq!(stage.read(next_due), Some(at));
        assert_eq!(id_of(&stage.ada), it.person);
    }
}
