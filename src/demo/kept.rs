//! What the people of the demo have left lying on their desks: drafts, open tickets, one that is put aside, a reminder, and what they were
//! told and have not read. It comes after the history, since it is about the present.

use std::time::Duration;

use super::Cast;
use crate::{
    desk::{
        actor::{Actor, Origin},
        drafts::{
            self, Field, Place,
            shared::{self, Written},
        },
        identity::{self, Person},
        notices::{self, Happening},
        open_tabs, reminders, snooze,
        tickets::{self, Comment, Ticket},
    },
    error::Result,
    id::PersonId,
    store::Tx,
};

/// Open tickets that are looked through; what is left lying is about the first that fit.
const LOOKED_AT_MAX: usize = 2_000;
const HOUR: Duration = Duration::from_secs(3600);

/// Leaves it there. On a desk with hardly any tickets there is nothing to leave.
pub(super) fn leave(tx: &mut Tx, cast: &Cast) -> Result<()> {
    let keys = tx.find_keys(&tickets::UNCLOSED, &())?.take(LOOKED_AT_MAX).collect::<Result<Vec<_>, _>>()?;
    let mut open = Vec::new();
    for id in keys {
        open.extend(tx.get::<Ticket>(&id)?.filter(|it| it.category.is_open() && it.parent.is_none()));
    }
    for (nth, agent) in cast.agents.iter().enumerate() {
        let mine: Vec<&Ticket> = open.iter().filter(|it| it.assignee == Some(*agent)).collect();
        if mine.len() < 2 {
            continue;
        }
        let colleague = cast.agents[(nth + 1) % cast.agents.len()];
        work_of(tx, *agent, colleague, &mine)?;
    }
    for requester in cast.requesters.iter().take(3) {
        for ticket in open.iter().filter(|it| it.requester == *requester && !it.requester_waits).take(2) {
            told(tx, *requester, Happening::Answered, ticket, ticket.assignee)?;
        }
    }
    Ok(())
}

fn actor(tx: &Tx, person: PersonId) -> Result<Option<Actor>> {
    match tx.get::<Person>(&person)? {
        Some(it) => Ok(Some(identity::actor_of(tx, &it, Origin::default())?)),
        None => Ok(None),
    }
}

/// One agent's desk: what they have open, have begun, have put aside, want to remember and were told.
fn work_of(tx: &mut Tx, agent: PersonId, colleague: PersonId, mine: &[&Ticket]) -> Result<()> {
    let (Some(me), Some(other)) = (actor(tx, agent)?, actor(tx, colleague)?) else { return Ok(()) };
    let (first, second, last) = (mine[0], mine[1], mine[mine.len() - 1]);
    for ticket in [first, second] {
        open_tabs::open(tx, &me, ticket.id)?;
    }
    let body = "Thank you for your patience. I have asked the supplier for the missing part and expect an answer by ";
    let field = |name: &str, value: &str| Field { name: name.into(), value: value.into() };
    drafts::keep(tx, &me, Place::Ticket(second.id), vec![field("body", body), field("mode", "reply")], None)?;
    let written = Written {
        body: "We have found the cause: the update of last night. It is taken back; please restart once.".into(),
        ..Written::default()
    };
    shared::share(tx, &other, first.id, written)?;
    let (now, note) = (tx.now(), "Ask whether the part has come");
    reminders::remind(tx, &me, second.id, now.plus(HOUR * 3), note)?;
    if let Some(third) = mine.get(2) {
        snooze::snooze(tx, &me, third.id, Some(now.plus(HOUR * 20)))?;
    }
    for (happening, ticket, by) in [
        (Happening::Assigned, last, None),
        (Happening::Replied, second, Some(second.requester)),
        (Happening::DraftShared, first, Some(colleague)),
        (Happening::Mentioned, last, Some(colleague)),
    ] {
        told(tx, agent, happening, ticket, by)?;
    }
    Ok(())
}

/// What somebody was told a while ago and has not read.
fn told(tx: &mut Tx, person: PersonId, happening: Happening, ticket: &Ticket, by: Option<PersonId>) -> Result<()> {
    let Some(person) = tx.get::<Person>(&person)? else { return Ok(()) };
    let comment = tx.scan_back::<Comment>(&ticket.id)?.next().transpose()?.filter(|it| !it.is_private && happening != Happening::Assigned);
    let telling = notices::Telling { comment: comment.map(|it| it.id), by, ..notices::Telling::default() };
    notices::tell(tx, &person, happening, ticket, telling).map(drop)
}
