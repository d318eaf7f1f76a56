//! What would be closed, and whose requesters would be told before, if nobody spoke: under the rules that hold or others. Nothing is written.

use std::time::Duration;

use super::{Closing, ClosingRules, SILENT, tells, waits};
use crate::{
    desk::{
        actor::Actor,
        permission::Permission,
        tickets::{Kind, Ticket, access},
    },
    error::Result,
    id::TicketId,
    limits,
    store::Tx,
    time::Instant,
};

/// One ticket to which something would happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForecastRow {
    pub ticket: TicketId,
    pub kind: Kind,
    pub number: u64,
    pub title: String,
    /// When its requester would be told; none if they were, or nobody is.
    pub told_at: Option<Instant>,
    /// When it would be closed.
    pub closed_at: Instant,
}

impl ForecastRow {
    /// What comes first.
    pub fn first(&self) -> Instant {
        self.told_at.unwrap_or(self.closed_at)
    }
}

/// What would happen within a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// What comes first, first.
    pub rows: Vec<ForecastRow>,
    /// There is more than could be looked at.
    pub cut: bool,
    /// Requesters are told before.
    pub tells: bool,
    /// Tickets that the actor may not see are among those that were looked at.
    pub narrowed: bool,
}

/// What would happen within `within` under these rules.
pub fn forecast(tx: &Tx, actor: &Actor, rules: ClosingRules, within: Duration) -> Result<Forecast> {
    actor.need(Permission::SettingsRead)?;
    let rules = rules.checked()?;
    let mut seen = Forecast::default();
    if rules.close_days == 0 {
        return Ok(seen);
    }
    let (now, tells) = (tx.now(), tells(tx, rules)?);
    seen.tells = tells;
    for told in [true, false] {
        let before = now.plus(within).minus(rules.silence(told, tells));
        for (looked_at, id) in tx.find_between(&SILENT, &(told, Instant::EPOCH), &(told, before))?.enumerate() {
            if looked_at == limits::FORECAST_TICKETS_MAX {
                seen.cut = true;
                break;
            }
            let id = id?;
            let (Some(it), Some(ticket)) = (tx.get::<Closing>(&id)?, tx.get::<Ticket>(&id)?.filter(waits)) else { continue };
            if !access::may_see(actor, &ticket) {
                seen.narrowed = true;
                continue;
            }
            seen.rows.push(row(&it, ticket, rules, tells, now));
        }
    }
    seen.rows.sort_by_key(|it| (it.first(), it.ticket));
    Ok(seen)
}

fn row(it: &Closing, ticket: Ticket, rules: ClosingRules, tells: bool, now: Instant) -> ForecastRow {
    let due = it.since.plus(rules.silence(it.told, tells)).max(now);
    // Whoever is told has the days between that and the end, however late it is.
    let (told_at, closed_at) = match tells && !it.told {
        true => (Some(due), due.plus(super::DAY * rules.remind_days)),
        false => (None, due),
    };
    ForecastRow { ticket: ticket.id, kind: ticket.kind, number: ticket.number, title: ticket.title, told_at, closed_at }
}
