//! The tickets that somebody keeps open side by side in the console, in their order. It is how one has laid out one's own desk, so it
//! is operational; the server keeps it so that it is there again on another machine and after a restart.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Refusal, Result},
    id::{PersonId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// What one person has open.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OpenTabs {
    #[n(0)]
    pub person: PersonId,
    /// In the order of the tabs.
    #[n(1)]
    pub tickets: Vec<TicketId>,
}

impl Record for OpenTabs {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x86, "open_tabs");

    fn key(&self) -> PersonId {
        self.person
    }
}

fn me(actor: &Actor) -> Result<PersonId> {
    actor.need(Permission::TicketsRead)?;
    actor.person().ok_or_else(|| Refusal::forbidden(Permission::TicketsRead.name()).into())
}

fn kept(tx: &Tx, person: PersonId) -> Result<Vec<TicketId>> {
    Ok(tx.get::<OpenTabs>(&person)?.map(|it| it.tickets).unwrap_or_default())
}

/// The tickets that the actor has open, as far as they may still see them.
pub fn of(tx: &Tx, actor: &Actor) -> Result<Vec<Ticket>> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let mut open = Vec::new();
    for id in kept(tx, person)? {
        open.extend(tx.get::<Ticket>(&id)?.filter(|it| access::may_see(actor, it)));
    }
    Ok(open)
}

fn save(tx: &mut Tx, person: PersonId, tickets: Vec<TicketId>) -> Result<()> {
    if tickets.is_empty() {
        return if tx.has::<OpenTabs>(&person)? { tx.remove::<OpenTabs>(&person) } else { Ok(()) };
    }
    tx.put(&OpenTabs { person, tickets })
}

/// Opens a ticket at the end; nothing changes if it is open. The first one goes where there are too many.
pub fn open(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<()> {
    let me = me(actor)?;
    let id = access::ticket(tx, actor, ticket)?.id;
    let mut tickets = kept(tx, me)?;
    if tickets.contains(&id) {
        return Ok(());
    }
    if tickets.len() >= limits::OPEN_TABS_MAX {
        tickets.remove(0);
    }
    tickets.push(id);
    save(tx, me, tickets)
}

/// Closes a ticket. Gives the one to go to: its neighbour, if any is left.
pub fn close(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<Option<TicketId>> {
    let me = me(actor)?;
    let mut tickets = kept(tx, me)?;
    let Some(at) = tickets.iter().position(|it| *it == ticket) else { return Ok(None) };
    tickets.remove(at);
    let next = tickets.get(at).or(tickets.last()).copied();
    save(tx, me, tickets)?;
    Ok(next)
}

/// Lays them out anew: exactly these, in this order. What the actor may not see, and what comes twice, is left out.
pub fn set(tx: &mut Tx, actor: &Actor, wanted: Vec<TicketId>) -> Result<()> {
    let me = me(actor)?;
    if wanted.len() > limits::OPEN_TABS_MAX {
        let message = say!("refused-open-tabs", most = limits::OPEN_TABS_MAX);
        return Err(Refusal::field("tickets", "too_many", message).into());
    }
    let mut tickets = Vec::new();
    for id in wanted {
        if !tickets.contains(&id) && tx.get::<Ticket>(&id)?.is_some_and(|it| access::may_see(actor, &it)) {
            tickets.push(id);
        }
    }
    save(tx, me, tickets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    fn numbers(stage: &Stage) -> Vec<u64> {
        stage.read(|tx| Ok(of(tx, &stage.ada)?.into_iter().map(|it| it.number).collect()))
    }

    #[test]
    fn they_keep_their_order_are_bounded_and_close() {
        let stage = Stage::new();
        let tickets: Vec<TicketId> = (0..limits::OPEN_TABS_MAX + 1).map(|_| stage.ticket(None).id).collect();
        for id in tickets.iter().chain(&tickets[3..5]).copied() {
            let ada = stage.ada.clone();
            stage.write(move |tx| open(tx, &ada, id)).unwrap();
        }
        let expected: Vec<u64> = (2..=limits::OPEN_TABS_MAX as u64 + 1).collect();
        assert_eq!(numbers(&stage), expected, "the first made room, and nothing is open twice");
        for (closed, next) in
            [(tickets[3], Some(tickets[4])), (tickets[limits::OPEN_TABS_MAX], Some(tickets[limits::OPEN_TABS_MAX - 1])), (tickets[3], None)]
        {
            let ada = stage.ada.clone();
            assert_eq!(stage.write(move |tx| close(tx, &ada, closed)).unwrap(), next);
        }
        let (ada, two) = (stage.ada.clone(), vec![tickets[2], tickets[1], tickets[2]]);
        stage.write(move |tx| set(tx, &ada, two)).unwrap();
        assert_eq!(numbers(&stage), [3, 2]);
        let rosa = stage.rosa.clone();
        assert!(stage.write(move |tx| open(tx, &rosa, tickets[1])).is_err(), "requesters have no console");
    }
}
