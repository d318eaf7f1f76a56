//! Who is told what, by mail. Decided once per event by the notifier, in the transaction that moves its cursor, so that a crash
//! neither loses a message nor sends it twice.

pub mod account;

use serde::{Deserialize, Serialize};

use crate::{
    desk::{
        actor::Actor,
        event::{Changes, EventKind},
        identity::Person,
        jobs,
        mail::{
            compose::{self, Occasion, Outgoing},
            thread,
        },
        settings::Settings,
        tickets::{Channel, Comment, Ticket},
    },
    error::{Fault, Result},
    id::{CommentId, PersonId, TicketId},
    store::{Event, Tx},
};

/// The kind of job that sends one mail to one person.
pub const SEND_MAIL: &str = "send_mail";

/// The payload of a `send_mail` job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendMail {
    pub ticket: TicketId,
    /// None for an acknowledgement.
    pub comment: Option<CommentId>,
    pub to: PersonId,
}

/// Whether anybody may be told of an event, going by the event alone: most events concern nobody, and cost no write.
pub fn concerns(event: &Event) -> bool {
    let changes = Changes::of(event);
    let said = |name: &str| changes.after(name).and_then(|it| it.as_str()).and_then(Channel::named);
    let is = |name: &str| changes.after(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    match EventKind::named(&event.kind) {
        _ if is("quiet") => false,
        Some(EventKind::TicketCreated) => said("channel").is_some_and(is_acknowledged),
        Some(EventKind::CommentAdded) => !is("isPrivate") && !is("automatic") && said("via").is_some_and(|it| it != Channel::Import),
        _ => false,
    }
}

/// Whether a ticket that came this way is acknowledged: where the person sees no answer otherwise.
fn is_acknowledged(channel: Channel) -> bool {
    matches!(channel, Channel::Email | Channel::Portal)
}

/// Enqueues what follows from an event. Gives how many mails that are.
pub fn tell(tx: &mut Tx, event: &Event) -> Result<usize> {
    let settings = Settings::of(tx)?;
    if settings.sender().is_none() {
        return Ok(0);
    }
    match EventKind::named(&event.kind) {
        Some(EventKind::TicketCreated) => {
            let Some(ticket) = tx.get::<Ticket>(&TicketId(event.entity))? else { return Ok(0) };
            if !settings.acknowledge || !is_acknowledged(ticket.channel) {
                return Ok(0);
            }
            enqueue(tx, &settings, &ticket, None, vec![ticket.requester])
        }
        Some(EventKind::CommentAdded) => {
            let Some(ticket) = tx.get::<Ticket>(&TicketId(event.entity))? else { return Ok(0) };
            let named = Changes::of(event).after("comment").and_then(|it| it.as_str()?.parse::<CommentId>().ok());
            let Some(comment) = named else { return Ok(0) };
            let Some(comment) = tx.get::<Comment>(&(ticket.id, comment))? else { return Ok(0) };
            if comment.is_private || comment.automatic || comment.via == Channel::Import {
                return Ok(0);
            }
            let mut to: Vec<PersonId> = ticket.participants().filter(|it| Some(*it) != comment.author).collect();
            to.dedup();
            enqueue(tx, &settings, &ticket, Some(comment.id), to)
        }
        _ => Ok(0),
    }
}

fn enqueue(tx: &mut Tx, settings: &Settings, ticket: &Ticket, comment: Option<CommentId>, to: Vec<PersonId>) -> Result<usize> {
    let mut told = 0;
    for person in to {
        let Some(person) = tx.get::<Person>(&person)? else { continue };
        // Nobody is written to at an address that cannot exist, or that is our own.
        if !person.active || person.email.ends_with(".invalid") || settings.is_own_address(&person.email) {
            continue;
        }
        let what = SendMail { ticket: ticket.id, comment, to: person.id };
        let payload = serde_json::to_string(&what).map_err(|it| Fault::because("writing a job", it))?;
        let now = tx.now();
        jobs::enqueue(tx, SEND_MAIL, &unique(&what), payload, now)?;
        thread::remember(tx, &thread::message_id(settings, ticket, &unique(&what)), ticket.id, comment, true)?;
        told += 1;
    }
    Ok(told)
}

/// The same for every attempt at the same mail, and for no other.
fn unique(what: &SendMail) -> String {
    let about = what.comment.map_or(what.ticket.0, |it| it.0);
    let hash = blake3::hash([about.as_bytes().as_slice(), what.to.0.as_bytes()].concat().as_slice());
    hash.to_hex()[..24].to_owned()
}

/// Writes the mail of a job; none if there is nothing to say any more (deleted, or the person left).
pub fn mail_of(tx: &Tx, what: &SendMail) -> Result<Option<Outgoing>> {
    let Some(ticket) = tx.get::<Ticket>(&what.ticket)?.filter(|it| it.deleted_at.is_none()) else { return Ok(None) };
    let Some(person) = tx.get::<Person>(&what.to)?.filter(|it| it.active) else { return Ok(None) };
    match what.comment {
        None => compose::compose(tx, &ticket, &person, Occasion::Acknowledgement, &unique(what)),
        Some(id) => match tx.get::<Comment>(&(ticket.id, id))? {
            Some(comment) => compose::compose(tx, &ticket, &person, Occasion::Answer(&comment), &unique(what)),
            None => Ok(None),
        },
    }
}

/// The notifier as an actor.
pub fn actor() -> Actor {
    Actor::system("notifier")
}
