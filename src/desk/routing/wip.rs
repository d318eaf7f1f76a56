//! Limits of open work. A queue that is full warns, or refuses: a person is told no, and what nobody can be told of (mail, the portal,
//! monitoring) goes to where the queue says, else to the desk's default queue, else it stays without one. Nothing is lost.

use super::{
    decision::{Question, Reason},
    load::queue_load,
};
use crate::{
    desk::{actor::Actor, queues::Queue, settings::Settings, tickets::Ticket},
    error::{Refusal, Result},
    id::QueueId,
    language::say,
    store::Tx,
    time::Instant,
};

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fullness {
    pub counted: u64,
    pub limit: u32,
}

/// How full a queue is that has a limit, if one more ticket would be beyond it.
pub fn full(tx: &Tx, queue: &Queue) -> Result<Option<Fullness>> {
    let Some(limit) = queue.rules.wip_limit else { return Ok(None) };
    let load = queue_load(tx, queue.id)?;
    let counted = if queue.rules.wip_active_only { load.active } else { load.open };
    Ok((counted >= u64::from(limit)).then_some(Fullness { counted, limit }))
}

/// Refuses a person who puts a ticket into a queue that is full and says no.
pub fn need_room(tx: &Tx, actor: &Actor, queue: QueueId) -> Result<()> {
    if actor.person().is_none() {
        return Ok(());
    }
    let Some(queue) = tx.get::<Queue>(&queue)? else { return Ok(()) };
    match full(tx, &queue)? {
        Some(it) if queue.rules.wip_refuses => {
            let detail = say!("refused-queue-full-tickets-takes", name = queue.name, counted = it.counted, limit = it.limit);
            Err(Refusal::field("queue", "full", detail).into())
        }
        _ => Ok(()),
    }
}

/// Puts a new ticket where there is room, when its queue is full and says no.
pub fn find_room(tx: &Tx, ticket: &mut Ticket, now: Instant) -> Result<()> {
    let Some(queue) = ticket.queue.map(|it| tx.get::<Queue>(&it)).transpose()?.flatten() else { return Ok(()) };
    let Some(fullness) = full(tx, &queue)?.filter(|_| queue.rules.wip_refuses) else { return Ok(()) };
    let mut elsewhere = None;
    for id in [queue.rules.overflow, Settings::of(tx)?.default_queue].into_iter().flatten().filter(|it| *it != queue.id) {
        let Some(other) = tx.get::<Queue>(&id)? else { continue };
        if !other.rules.wip_refuses || full(tx, &other)?.is_none() {
            elsewhere = Some(id);
            break;
        }
    }
    ticket.queue = elsewhere;
    let why = Reason::Full { queue: queue.id, open: fullness.counted, limit: fullness.limit };
    ticket.routed.note(Question::Queue, why, now);
    Ok(())
}
