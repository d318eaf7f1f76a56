//! Timing open tickets anew after policies, calendars or teams changed: in the background, some at a time, with progress. A change that
//! comes meanwhile begins it again; timing a ticket twice changes nothing.

use minicbor::{Decode, Encode};

use super::follow::silently;
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        jobs,
        tickets::{Ticket, UNCLOSED},
    },
    error::Result,
    id::TicketId,
    store::{Record, Table, Tx},
    time::Instant,
};

/// The kind of the job that does it.
pub const RETIME: &str = "retime_tickets";

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Retiming {
    /// What changed, in words.
    #[n(0)]
    pub because: String,
    #[n(1)]
    pub started_at: Instant,
    #[n(2)]
    pub finished_at: Option<Instant>,
    /// The last ticket that was looked at.
    #[n(3)]
    pub upto: Option<TicketId>,
    #[n(4)]
    pub looked_at: u64,
    /// Tickets whose clocks say something else than before.
    #[n(5)]
    pub changed: u64,
    /// Open tickets when it began; none until they are counted.
    #[n(6)]
    pub total: Option<u64>,
}

impl Record for Retiming {
    type Key = ();
    /// Follows from policies, calendars and tickets.
    const TABLE: Table = Table::operational(0x71, "retiming");

    fn key(&self) {}
}

impl Retiming {
    pub fn of(tx: &Tx) -> Result<Option<Retiming>> {
        Ok(tx.get::<Retiming>(&())?)
    }
}

/// Begins, or begins again, to time every open ticket anew. How many there are is counted by whoever does it: a change of settings
/// waits for no count.
pub fn begin(tx: &mut Tx, because: &str) -> Result<()> {
    let now = tx.now();
    let because = because.to_owned();
    tx.put(&Retiming { because, started_at: now, finished_at: None, upto: None, looked_at: 0, changed: 0, total: None })?;
    // A job that is about to end does not see what begins now, so that each beginning has its own.
    let dedup = tx.last_seq().to_string();
    jobs::enqueue(tx, RETIME, &dedup, "{}".into(), now)?;
    Ok(())
}

/// How many tickets there are to look at, if that is not known yet. It reads them all, so it belongs on a thread of its own.
pub fn count(tx: &Tx) -> Result<Option<u64>> {
    match Retiming::of(tx)? {
        Some(it) if it.finished_at.is_none() && it.total.is_none() => {}
        _ => return Ok(None),
    }
    let mut total = 0;
    for id in tx.find_keys(&UNCLOSED, &())? {
        id?;
        total += 1;
    }
    Ok(Some(total))
}

/// Keeps what was counted, unless it is over. A command.
pub fn counted(tx: &mut Tx, total: u64) -> Result<()> {
    match Retiming::of(tx)?.filter(|it| it.finished_at.is_none()) {
        Some(it) => tx.put(&Retiming { total: Some(total), ..it }),
        None => Ok(()),
    }
}

/// Times the next tickets anew, at most `limit`. Gives whether there is more to do. A command.
pub fn go_on(tx: &mut Tx, limit: usize) -> Result<bool> {
    let Some(mut progress) = Retiming::of(tx)?.filter(|it| it.finished_at.is_none()) else { return Ok(false) };
    let ids: Vec<TicketId> = tx.find_keys_after(&UNCLOSED, &(), progress.upto.as_ref())?.take(limit).collect::<Result<_, _>>()?;
    let system = Actor::system("sla");
    for id in &ids {
        progress.looked_at += 1;
        // What is resolved was promised something else; if it is opened again, it is timed by that.
        let Some(before) = tx.get::<Ticket>(id)?.filter(|it| it.category.is_open()) else { continue };
        let mut after = before.clone();
        silently(tx, &mut after)?;
        if after.targets == before.targets {
            continue;
        }
        progress.changed += 1;
        after.touch_by_clock();
        tx.put(&after)?;
        let due = |it: &Ticket| it.targets.as_ref().and_then(|it| it.next_due()).map(|it| it.to_string());
        let policy = |it: &Ticket| it.targets.as_ref().and_then(|it| it.policy).map(|it| it.to_string());
        let mut changes = Changes::new();
        changes.field("policy", policy(&before), policy(&after)).field("due", due(&before), due(&after));
        let changes = changes.set("because", progress.because.as_str());
        event::record(tx, &system, EventKind::TargetsRetimed, after.about(), changes)?;
    }
    progress.upto = ids.last().copied().or(progress.upto);
    let more = ids.len() == limit;
    if !more {
        progress.finished_at = Some(tx.now());
    }
    tx.put(&progress)?;
    Ok(more)
}
