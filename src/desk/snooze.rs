//! Putting a ticket aside: until an instant, or until its requester speaks, it leaves its assignee's work and makes no noise. It comes
//! back by itself, with a word to whoever put it aside; an answer of the requester brings it back at once.
//!
//! It is not a state: the lifecycle and the promised times know nothing of it. Due instants stand in an index over tickets; nobody looks
//! through them.

use std::{collections::BTreeSet, time::Duration};

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        notices::{self, Happening},
        tickets::{Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{PersonId, TicketId},
    language::say,
    limits,
    store::{Index, Tx},
    time::Instant,
};

/// That a ticket is put aside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Snoozed {
    #[n(0)]
    pub by: PersonId,
    #[n(1)]
    pub since: Instant,
    /// When it comes back; none: when its requester speaks.
    #[n(2)]
    pub until: Option<Instant>,
}

/// Tickets that come back at an instant.
pub const UNTIL: Index<Ticket, Instant> = Index::new(0xde, "snoozed_until");

/// Puts a ticket aside, or changes until when.
pub fn snooze(tx: &mut Tx, actor: &Actor, id: TicketId, until: Option<Instant>) -> Result<Ticket> {
    let mut ticket = access::ticket(tx, actor, id)?;
    access::need(actor, crate::desk::permission::Permission::TicketsWrite, &ticket)?;
    let by = actor.person().ok_or_else(|| Refusal::forbidden("tickets:write"))?;
    if !ticket.category.is_open() {
        return Err(Refusal::new(Code::Conflict, say!("refused-aside-open-only")).into());
    }
    let now = tx.now();
    if until.is_some_and(|it| it <= now) {
        return Err(Refusal::field("until", "invalid", say!("refused-still-to-come")).into());
    }
    if until.is_some_and(|it| it > now.plus(Duration::from_secs(limits::SNOOZE_DAYS_MAX * 24 * 3600))) {
        return Err(Refusal::field("until", "too_large", say!("refused-days-ahead", most = limits::SNOOZE_DAYS_MAX)).into());
    }
    let before = ticket.snoozed.as_ref().map(|it| said(it.until));
    ticket.snoozed = Some(Snoozed { by, since: now, until });
    ticket.touch_privately(now);
    tx.put(&ticket)?;
    let mut changes = Changes::new().set("isPrivate", true);
    changes.field("until", before, said(until));
    event::record(tx, actor, EventKind::TicketSnoozed, ticket.about(), changes)?;
    Ok(ticket)
}

/// Until when, for the log: an instant, or `answer`.
fn said(until: Option<Instant>) -> String {
    until.map_or_else(|| "answer".to_owned(), |it| it.to_string())
}

/// Takes a ticket up again before its time. Nothing changes if it is not put aside.
pub fn wake(tx: &mut Tx, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::ticket(tx, actor, id)?;
    access::need(actor, crate::desk::permission::Permission::TicketsWrite, &ticket)?;
    up(tx, actor, ticket, "person")
}

fn up(tx: &mut Tx, actor: &Actor, mut ticket: Ticket, why: &'static str) -> Result<Ticket> {
    let Some(snoozed) = ticket.snoozed.take() else { return Ok(ticket) };
    ticket.touch_privately(tx.now());
    tx.put(&ticket)?;
    let changes = Changes::new().set("isPrivate", true).set("why", why).set("by", snoozed.by.to_string());
    event::record(tx, actor, EventKind::TicketWoken, ticket.about(), changes)?;
    Ok(ticket)
}

/// The requester's side has spoken.
pub(in crate::desk) fn answered(tx: &mut Tx, ticket: Ticket) -> Result<Ticket> {
    up(tx, &Actor::system("snooze"), ticket, "answer")
}

/// What is done, or somebody else's now, is not put aside any more. Called before the changed ticket is stored.
pub(in crate::desk) fn after_change(before: &Ticket, after: &mut Ticket) {
    if !after.category.is_open() || after.assignee != before.assignee || after.merged.is_some() {
        after.snoozed = None;
    }
}

/// When the next ticket comes back.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    next_due_but(tx, &BTreeSet::new())
}

/// The same, of any ticket but these.
pub fn next_due_but(tx: &Tx, but: &BTreeSet<TicketId>) -> Result<Option<Instant>> {
    for id in tx.find_keys(&UNTIL, &())? {
        let id = id?;
        if !but.contains(&id) {
            return Ok(tx.get::<Ticket>(&id)?.and_then(|it| it.snoozed?.until));
        }
    }
    Ok(None)
}

/// The tickets that are to come back, at most `limit`, without those in `but`.
pub fn due(tx: &Tx, limit: usize, but: &BTreeSet<TicketId>) -> Result<Vec<TicketId>> {
    let until = tx.now().plus(Duration::from_millis(1));
    let found = tx.find_between(&UNTIL, &Instant::EPOCH, &until)?.filter(|it| it.as_ref().map_or(true, |it| !but.contains(it)));
    Ok(found.take(limit).collect::<Result<_, _>>()?)
}

/// Brings back those of these tickets that are due, with a word to whoever put them aside. Gives how many. A command.
pub fn act_on(tx: &mut Tx, tickets: &[TicketId]) -> Result<usize> {
    let mut count = 0;
    for id in tickets {
        let is_due = |it: &Ticket| it.snoozed.as_ref().and_then(|it| it.until).is_some_and(|it| it <= tx.now());
        let Some(ticket) = tx.get::<Ticket>(id)?.filter(is_due) else { continue };
        let by = ticket.snoozed.as_ref().map(|it| it.by);
        let ticket = up(tx, &Actor::system("snooze"), ticket, "time")?;
        if let Some(by) = by.filter(|_| ticket.deleted_at.is_none()) {
            notices::tell_one(tx, by, Happening::BackAgain, &ticket, None)?;
        }
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        notices,
        stage::{Stage, id_of},
        tickets::{self, Channel, NewComment, TicketChange},
    };

    fn put_aside(stage: &Stage, ticket: TicketId, secs: Option<u64>) -> Result<Ticket> {
        let (ada, until) = (stage.ada.clone(), secs.map(|it| stage.now().plus(Duration::from_secs(it))));
        stage.write(move |tx| snooze(tx, &ada, ticket, until))
    }

    fn is_aside(stage: &Stage, id: TicketId) -> bool {
        stage.read(|tx| Ok(tx.get::<Ticket>(&id)?.unwrap().snoozed.is_some()))
    }

    #[test]
    fn it_comes_back_at_its_instant_and_says_so_once() {
        let stage = Stage::new();
        let id = stage.ticket(Some(&stage.ada)).id;
        put_aside(&stage, id, Some(3600)).unwrap();
        let due = |stage: &Stage| stage.read(|tx| due(tx, 10, &BTreeSet::new()));
        assert_eq!(stage.read(|tx| next_due_but(tx, &BTreeSet::new())), Some(stage.now().plus(Duration::from_secs(3600))));
        for (secs, ready) in [(3599, false), (1, true)] {
            stage.pass(secs);
            assert_eq!(due(&stage).contains(&id), ready, "after {secs} more seconds");
        }
        let before = stage.read(|tx| notices::unread(tx, id_of(&stage.ada)));
        assert_eq!(stage.write(move |tx| act_on(tx, &[id, id])).unwrap(), 1);
        assert!(!is_aside(&stage, id));
        assert_eq!(stage.read(|tx| notices::unread(tx, id_of(&stage.ada))), before + 1);
    }

    #[test]
    fn what_ends_it() {
        for (what, ends) in [
            ("the requester answers", true),
            ("a note", false),
            ("an agent answers", false),
            ("resolved", true),
            ("assigned to another", true),
        ] {
            let stage = Stage::new();
            let id = stage.ticket(Some(&stage.ada)).id;
            put_aside(&stage, id, None).unwrap();
            let (rosa, bob, named) = (stage.rosa.clone(), stage.bob.clone(), id_of(&stage.bob).to_string());
            let done = stage.write(move |tx| match what {
                "the requester answers" => {
                    tickets::add_comment(tx, &rosa, id, NewComment::new("Still", false, Channel::Portal)).map(|it| it.0)
                }
                "a note" => tickets::add_comment(tx, &bob, id, NewComment::new("Hm", true, Channel::Portal)).map(|it| it.0),
                "an agent answers" => tickets::add_comment(tx, &bob, id, NewComment::new("Wait", false, Channel::Portal)).map(|it| it.0),
                "resolved" => tickets::transition(tx, &bob, &tx.get::<Ticket>(&id)?.unwrap(), "resolved"),
                _ => tickets::change(tx, &bob, id, TicketChange { assignee: Some(Some(named)), ..TicketChange::default() }),
            });
            done.unwrap_or_else(|it| panic!("{what}: {it}"));
            assert_eq!(is_aside(&stage, id), !ends, "{what}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let stage = Stage::new();
        let id = stage.ticket(None).id;
        assert!(put_aside(&stage, id, Some(0)).is_err());
        assert!(put_aside(&stage, id, Some(limits::SNOOZE_DAYS_MAX * 86_400 + 1)).is_err());
        let rosa = stage.rosa.clone();
        assert!(stage.write(move |tx| snooze(tx, &rosa, id, None)).is_err(), "it is not a requester's to put aside");
    }
}
