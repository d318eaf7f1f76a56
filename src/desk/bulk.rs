//! What is done to one of many picked tickets besides changing its fields: it goes on in another, it is tied to another, it is answered.
//! Each gives what undoing it needs. That every ticket is a command of its own, so that one that refuses keeps no other, is the door's.

use crate::{
    desk::{
        actor::Actor,
        idempotency::Call,
        placeholders,
        tickets::{self, Channel, NewComment, Relation, Ticket, access},
        undo::Done,
    },
    error::Result,
    id::TicketId,
    store::Tx,
};

/// Its matter goes on in another ticket.
pub fn merge(tx: &mut Tx, actor: &Actor, named: &str, into: TicketId) -> Result<Done> {
    let before = access::named(tx, actor, named)?;
    let after = tickets::merge(tx, actor, before.id, into)?;
    Ok(Done { before, after, comments: Vec::new() })
}

/// It is tied to another ticket.
pub fn link(tx: &mut Tx, actor: &Actor, named: &str, relation: Relation, to: TicketId) -> Result<Done> {
    let before = access::named(tx, actor, named)?;
    let after = tickets::link(tx, actor, before.id, relation, to)?;
    Ok(Done { before, after, comments: Vec::new() })
}

/// A reply or a note, its placeholders filled from this ticket. A note is read as soon as it is written, so nothing of it goes back. None
/// if the same form wrote it here before: whoever presses twice says it once.
pub fn comment(tx: &mut Tx, actor: &Actor, named: &str, text: &str, is_note: bool, call: Option<Call>) -> Result<Option<Done>> {
    if let Some(call) = &call
        && call.earlier(tx)?.is_some()
    {
        return Ok(None);
    }
    let before = access::named(tx, actor, named)?;
    let body = placeholders::filled(text, &placeholders::values(tx, actor, &before)?)?;
    let (after, comment) = tickets::add_comment(tx, actor, before.id, NewComment::new(body, is_note, Channel::Portal))?;
    if let Some(call) = call {
        call.keep(tx, 303, Vec::new())?;
    }
    Ok(Some(match is_note {
        true => Done { before: after.clone(), after, comments: Vec::new() },
        false => Done { before, after, comments: vec![comment.id] },
    }))
}

/// Of these, the one that was lodged first: the one in which the others usually go on.
pub fn oldest(tickets: &[Ticket]) -> Option<&Ticket> {
    tickets.iter().min_by_key(|it| (it.created_at, it.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{stage::Stage, undo},
        error::Code,
    };

    #[test]
    fn many_go_on_in_one_and_come_back_as_one() {
        let world = Stage::new();
        let [first, second, third] = ["A", "B", "C"].map(|title| {
            world.pass(60);
            world.lodge(title)
        });
        assert_eq!(oldest(&[third.clone(), first.clone(), second.clone()]).map(|it| it.id), Some(first.id));
        let mut done = Vec::new();
        for it in [&second, &third] {
            let (ada, id, into) = (world.ada.clone(), it.id.to_string(), first.id);
            done.push(world.write(move |tx| merge(tx, &ada, &id, into)).unwrap());
        }
        let ada = world.ada.clone();
        let id = world.write(move |tx| undo::keep(tx, &ada, "the merge of 2 tickets", &done)).unwrap().unwrap();
        let ada = world.ada.clone();
        let undone = world.write(move |tx| undo::undo(tx, &ada, id)).unwrap();
        assert_eq!((undone.tickets.len(), undone.left), (2, Vec::new()));
        for it in [&second, &third] {
            let now = world.stored(it.id);
            assert_eq!((now.merged, &now.state, now.category), (None, &it.state, it.category));
        }
    }

    #[test]
    fn links_go_and_come_back_as_one() {
        let world = Stage::new();
        let (one, other) = (world.lodge("A"), world.lodge("B"));
        let (ada, named, to) = (world.ada.clone(), one.id.to_string(), other.id);
        let done = world.write(move |tx| link(tx, &ada, &named, Relation::BlockedBy, to)).unwrap();
        let linked = done.after.clone();
        let ada = world.ada.clone();
        let id = world.write(move |tx| undo::keep(tx, &ada, "the links of 1 tickets", &[done])).unwrap().unwrap();
        let ada = world.ada.clone();
        world.write(move |tx| undo::undo(tx, &ada, id)).unwrap();
        assert!(world.stored(one.id).links.is_empty() && world.stored(other.id).links.is_empty());
        // What was untied is tied again.
        let (ada, before) = (world.ada.clone(), world.stored(one.id));
        let id = world.write(move |tx| undo::keep(tx, &ada, "the links", &[Done { before: linked, after: before, comments: vec![] }]));
        let (ada, id) = (world.ada.clone(), id.unwrap().unwrap());
        world.write(move |tx| undo::undo(tx, &ada, id)).unwrap();
        assert_eq!(world.stored(other.id).links.len(), 1);
    }

    #[test]
    fn a_text_is_filled_for_each_and_written_once() {
        let world = Stage::new();
        let ticket = world.lodge("Printer");
        let call = || Call::new(None, "/agent/tickets/bulk/comment", "once", b"").unwrap();
        let write = |actor: &Actor, text: &'static str, call: Option<Call>| {
            let (actor, id) = (actor.clone(), ticket.id.to_string());
            world.write(move |tx| comment(tx, &actor, &id, text, true, call))
        };
        let done = write(&world.ada, "About {{ticket.title}}.", Some(call())).unwrap().unwrap();
        let body = world.read(|tx| tickets::comments(tx, &world.ada, &done.after))[0].body.clone();
        assert_eq!(body, "About Printer.");
        let ada = world.ada.clone();
        assert_eq!(world.write(move |tx| undo::keep(tx, &ada, "the notes on 1 tickets", &[done])).unwrap(), None);
        assert!(write(&world.ada, "About {{ticket.title}}.", Some(call())).unwrap().is_none());
        for (actor, text, expected) in [(&world.ada, " ", Code::Validation), (&world.rosa, "A note?", Code::Forbidden)] {
            assert_eq!(write(actor, text, None).unwrap_err().code(), Some(expected));
        }
    }
}
