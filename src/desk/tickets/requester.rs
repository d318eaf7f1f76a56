//! A ticket turns out to be somebody else's: whose it is decides who reads it and who is written to.

use super::{Ticket, TicketChange, access, change, watch};
use crate::{
    desk::{
        actor::Actor,
        identity::{self, NewCaller},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::TicketId,
    language::say,
    store::Tx,
};

/// Whose it is to be: somebody who is known, by id or address, or somebody who is taken down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRequester {
    pub named: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// Gives the ticket another requester. Whoever it was reads it no longer, unless `keeps` lets them follow it.
pub fn hand_over(tx: &mut Tx, actor: &Actor, id: TicketId, to: NewRequester, keeps: bool) -> Result<Ticket> {
    let before = access::ticket(tx, actor, id)?;
    access::need(actor, Permission::TicketsWrite, &before)?;
    let caller = NewCaller { name: to.name.unwrap_or_default(), email: String::new(), phone: to.phone.unwrap_or_default() };
    let person = match to.named {
        Some(it) if it.contains('@') => identity::take_down(tx, actor, &NewCaller { email: it, ..caller })?,
        Some(it) => identity::named(tx, "requester", &it)?,
        None if caller.is_empty() => return Err(Refusal::field("requester", "required", say!("refused-say-whom-id-mail")).into()),
        None => identity::take_down(tx, actor, &caller)?,
    };
    // First, since whoever hands it to somebody elsewhere may see it no longer.
    if keeps && before.requester != person.id {
        watch(tx, actor, id, before.requester)?;
    }
    change(tx, actor, id, TicketChange { requester: Some(person.id.to_string()), ..TicketChange::default() })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        desk::{
            bounds::{Bounds, Part},
            stage::{Stage, id_of},
            undo,
        },
        error::Code,
    };

    #[test]
    fn a_ticket_gets_another_requester_and_back() {
        let world = Stage::new();
        let ticket = world.lodge("VPN");
        let otto = NewRequester { named: Some("otto@example.com".into()), ..NewRequester::default() };
        for (keeps, old_sees) in [(false, false), (true, true)] {
            let (ada, to, id) = (world.ada.clone(), otto.clone(), ticket.id);
            let after = world.write(move |tx| hand_over(tx, &ada, id, to, keeps)).unwrap();
            assert_eq!(after.requester, id_of(&world.otto));
            assert_eq!((access::may_see(&world.otto, &after), access::may_see(&world.rosa, &after)), (true, old_sees));
            let (ada, done) = (world.ada.clone(), undo::Done { before: ticket.clone(), after, comments: Vec::new() });
            let kept = world.write(move |tx| undo::keep(tx, &ada, "the field requester", &[done])).unwrap().unwrap();
            let ada = world.ada.clone();
            assert!(world.write(move |tx| undo::undo(tx, &ada, kept)).unwrap().left.is_empty());
            assert_eq!(world.stored(id).requester, id_of(&world.rosa));
        }
    }

    #[test]
    fn whoever_works_one_organization_may_give_it_away() {
        let world = Stage::new();
        let rosa = id_of(&world.rosa);
        let mut ada = world.ada.clone();
        let harbour = world.write(move |tx| {
            let admin = Actor::system("test");
            let harbour = identity::create_organization(tx, &admin, "Harbour")?.id;
            let change = identity::PersonChange { organization: Some(Some(harbour)), ..identity::PersonChange::default() };
            identity::change_person(tx, &admin, rosa, change)?;
            Ok(harbour)
        });
        let of = Part { permissions: ada.permissions, of: [harbour.unwrap()].into() };
        ada.bounds = Some(Arc::new(Bounds { organizations: of, ..Bounds::default() }));
        let ticket = world.lodge("VPN");
        let (by, id) = (ada.clone(), ticket.id);
        let otto = NewRequester { named: Some("otto@example.com".into()), ..NewRequester::default() };
        let after = world.write(move |tx| hand_over(tx, &by, id, otto, true)).unwrap();
        assert_eq!((after.requester, after.watchers.contains(&rosa)), (id_of(&world.otto), true));
        assert!(!access::may_see(&ada, &after));
    }

    #[test]
    fn it_must_be_said_whose_and_by_whom() {
        let world = Stage::new();
        let ticket = world.lodge("VPN");
        let otto = NewRequester { named: Some(id_of(&world.otto).to_string()), ..NewRequester::default() };
        for (actor, to, expected) in [
            (&world.ada, NewRequester::default(), Code::Validation),
            (&world.rosa, otto.clone(), Code::Forbidden),
            (&world.otto, otto, Code::NotFound),
        ] {
            let (actor, id) = (actor.clone(), ticket.id);
            assert_eq!(world.write(move |tx| hand_over(tx, &actor, id, to, false)).unwrap_err().code(), Some(expected));
        }
        let (ada, id) = (world.ada.clone(), ticket.id);
        let new = NewRequester { name: Some("Mina Park".into()), ..NewRequester::default() };
        let after = world.write(move |tx| hand_over(tx, &ada, id, new, false)).unwrap();
        assert!(![id_of(&world.rosa), id_of(&world.otto)].contains(&after.requester));
    }
}
