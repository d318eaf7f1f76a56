//! What the desk does by itself, as somebody looks at it: how each work stands, what waits for it, and what failed.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Desk,
    pulse::{Pulse, Work},
    sending,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        attachments::preview,
        closing,
        duplicates::outage,
        jobs::{self, Job, Overview, Queue},
        mail::{ledger, mailbox, watch},
        notices, recurring, reminders, service_levels, snooze,
    },
    error::Result,
    limits,
    time::Instant,
};

/// How a work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Fine,
    /// It had nothing to do since the desk was opened.
    Idle,
    /// The desk is not set up for it.
    Off,
    /// It cannot go on at present, and tries again by itself.
    Failing,
    /// Something failed for good and waits for a person.
    Stuck,
}

/// One work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub work: Work,
    pub state: State,
    pub pulse: Pulse,
    pub queue: Queue,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Background {
    /// What is told of pulses is told since then.
    pub since: Instant,
    pub all: Vec<Standing>,
    /// Jobs that failed: for good, or so that they are tried again.
    pub failed: Vec<Job>,
    /// There are more jobs than were looked at.
    pub is_part: bool,
    /// Events that the search does not know of yet.
    pub unsearched: u64,
}

/// What a reader of jobs sees. It may look through many jobs, beside the threads that answer requests.
pub async fn look(desk: &Arc<Desk>, actor: &Actor) -> Result<Background> {
    let (apart, actor) = (desk.clone(), actor.clone());
    desk.read_apart(move |tx| seen(&apart, &actor, tx)).await
}

fn seen(desk: &Desk, actor: &Actor, tx: &Tx) -> Result<Background> {
    let has_route = sending::has_route(desk);
    let Overview { mut queues, failed, is_part } = jobs::overview(tx, actor, limits::JOBS_LOOKED_AT_MAX)?;
    let mut all = Vec::with_capacity(Work::ALL.len());
    for work in Work::ALL {
        let queue = match work.job() {
            Some(kind) => queues.remove(kind).unwrap_or_default(),
            None => queue_of(tx, work)?,
        };
        let pulse = desk.pulses.of(work);
        let is_off = match work {
            Work::MailIn => !mailbox::any_enabled(tx)?,
            Work::MailOut => !has_route,
            Work::Previews => desk.previews.is_none(),
            _ => false,
        };
        let state = match () {
            () if queue.dead > 0 => State::Stuck,
            () if is_off => State::Off,
            () if pulse.is_ill() || queue.failing > 0 => State::Failing,
            () if pulse.done.is_none() => State::Idle,
            () => State::Fine,
        };
        all.push(Standing { work, state, pulse, queue });
    }
    Ok(Background { since: desk.pulses.begun(), all, failed, is_part, unsearched: desk.index_lag() })
}

/// What waits for a work that is no durable job.
fn queue_of(tx: &Tx, work: Work) -> Result<Queue> {
    let none = BTreeSet::new();
    let (waiting, next) = match work {
        Work::MailIn => (ledger::undecided_count(tx, limits::JOBS_LOOKED_AT_MAX)?, watch::next_poll(tx)?),
        Work::Clocks => (0, service_levels::next_due_but(tx, &none)?),
        Work::Closing => (0, closing::next_due(tx)?),
        Work::Recurring => (0, recurring::next_due(tx)?),
        Work::Later => {
            let all = [snooze::next_due_but(tx, &none)?, reminders::next_due(tx)?, notices::next_digest(tx)?];
            (0, all.into_iter().flatten().min())
        }
        Work::Outages => (outage::waiting(tx)?.len(), None),
        Work::Previews => (preview::waiting(tx, limits::JOBS_LOOKED_AT_MAX)?, None),
        _ => (0, None),
    };
    Ok(Queue { waiting, next, ..Queue::default() })
}
