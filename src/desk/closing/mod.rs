//! How a ticket ends: a resolved one whose requester stays silent is closed after some days, with a word before; an answer opens a
//! closed one again within a window, and goes on as a ticket of its own after it. When something falls due follows from since when it
//! is silent and from the rules of the moment, so changed rules hold at once for every ticket. Whole days of 24 hours are meant.
//!
//! It is not how somebody is reminded to answer a question (`mail/reminder`). Invariant: what waits for its end stands in an index by
//! the instant since which nobody spoke; nobody looks through tickets.

mod forecast;

pub use forecast::{Forecast, ForecastRow, forecast};

use std::{collections::BTreeSet, time::Duration};

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        mail::{occasion::Occasion, rules::MailRules, sending::SendingRules},
        notify,
        settings::Settings,
        tickets::{self, Category, Channel, NewTicket, Relation, Ticket, access, lifecycle::Lifecycle},
    },
    error::{Code, Refusal, Result},
    id::TicketId,
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// When resolved tickets are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ClosingRules {
    /// Days of silence after which a resolved ticket is closed; 0: never by itself (TKT-24).
    #[n(0)]
    pub close_days: u32,
    /// Days before that on which its requester is told; 0: they are not.
    #[n(1)]
    pub remind_days: u32,
}

impl Default for ClosingRules {
    fn default() -> Self {
        ClosingRules { close_days: 3, remind_days: 1 }
    }
}

impl ClosingRules {
    /// Refuses days that cannot be meant.
    pub fn checked(self) -> Result<Self> {
        if self.close_days > limits::CLOSE_DAYS_MAX {
            let message = say!("refused-most-days-0-leaves", close_days_max = limits::CLOSE_DAYS_MAX);
            return Err(Refusal::field("closeDays", "too_large", message).into());
        }
        if self.remind_days > limits::CLOSE_DAYS_MAX {
            return Err(
                Refusal::field("remindDays", "too_large", say!("refused-most-days", close_days_max = limits::CLOSE_DAYS_MAX)).into()
            );
        }
        if self.remind_days > 0 && self.remind_days >= self.close_days && self.close_days > 0 {
            return Err(Refusal::field("remindDays", "invalid", say!("refused-word-before-must-come")).into());
        }
        Ok(self)
    }

    pub(in crate::desk) fn for_log(self) -> serde_json::Value {
        let ClosingRules { close_days, remind_days } = self;
        serde_json::json!({ "closeDays": close_days, "remindDays": remind_days })
    }

    /// Silence until the first thing happens, for a ticket whose requester was told already or not.
    fn silence(self, told: bool, tells: bool) -> Duration {
        let days = if told || !tells { self.close_days } else { self.close_days.saturating_sub(self.remind_days) };
        DAY * days
    }
}

/// A resolved ticket that waits for its end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Closing {
    #[n(0)]
    pub ticket: TicketId,
    /// When it was resolved, or the desk's last word after that.
    #[n(1)]
    pub since: Instant,
    /// Its requester was told that it is about to be closed.
    #[n(2)]
    pub told: bool,
}

/// By whether its requester was told, and since when it is silent.
const SILENT: Index<Closing, (bool, Instant)> = Index::new(0xd8, "closing_silent_since");
/// The index, for the table of all of them.
pub const INDEX: crate::store::record::IndexTable = SILENT.table();

impl Record for Closing {
    type Key = TicketId;
    /// Follows from the ticket's events.
    const TABLE: Table = Table::operational(0x6a, "closing");

    fn key(&self) -> TicketId {
        self.ticket
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&SILENT, &(self.told, self.since));
    }
}

fn waits(ticket: &Ticket) -> bool {
    ticket.category == Category::Resolved && ticket.deleted_at.is_none() && ticket.merged.is_none()
}

/// The ticket was resolved, opened again, or spoken on: its silence begins anew, or is none any more.
pub(in crate::desk) fn follow(tx: &mut Tx, ticket: &Ticket) -> Result<()> {
    if waits(ticket) {
        let since = tx.now();
        return tx.put(&Closing { ticket: ticket.id, since, told: false });
    }
    tx.remove::<Closing>(&ticket.id)
}

/// Whether anybody is told before a ticket is closed.
fn tells(tx: &Tx, rules: ClosingRules) -> Result<bool> {
    Ok(rules.remind_days > 0 && SendingRules::of(tx)?.is_on(Occasion::ClosingSoon))
}

/// The instant at which the next ticket falls due, for whoever waits for it; none if none will by itself.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    next_due_but(tx, &BTreeSet::new())
}

/// The same, of any ticket but these.
pub fn next_due_but(tx: &Tx, but: &BTreeSet<TicketId>) -> Result<Option<Instant>> {
    let rules = Settings::of(tx)?.closing;
    if rules.close_days == 0 {
        return Ok(None);
    }
    let tells = tells(tx, rules)?;
    let mut next: Option<Instant> = None;
    for told in [false, true] {
        let mut waiting = tx.find_keys(&SILENT, &told)?.filter(|it| it.as_ref().map_or(true, |it| !but.contains(it)));
        let Some(id) = waiting.next().transpose()? else { continue };
        let Some(it) = tx.get::<Closing>(&id)? else { continue };
        let due = it.since.plus(rules.silence(told, tells));
        next = Some(next.map_or(due, |next| next.min(due)));
    }
    Ok(next)
}

/// When this ticket is closed if nobody speaks; none if it does not wait for that.
pub fn closes_at(tx: &Tx, ticket: TicketId) -> Result<Option<Instant>> {
    let rules = Settings::of(tx)?.closing;
    let waiting = tx.get::<Closing>(&ticket)?.filter(|_| rules.close_days > 0);
    Ok(waiting.map(|it| it.since.plus(rules.silence(true, true))))
}

/// The tickets that are due to be closed or told of, at most `limit` of them, without those in `but`; those that are closed come first.
pub fn due(tx: &Tx, limit: usize, but: &BTreeSet<TicketId>) -> Result<Vec<TicketId>> {
    let rules = Settings::of(tx)?.closing;
    let mut found = Vec::new();
    if rules.close_days == 0 {
        return Ok(found);
    }
    let tells = tells(tx, rules)?;
    for told in [true, false] {
        // The end of the range is not in it, and what falls due now is due.
        let before = tx.now().minus(rules.silence(told, tells)).plus(Duration::from_millis(1));
        let silent = tx.find_between(&SILENT, &(told, Instant::EPOCH), &(told, before))?;
        for id in silent.filter(|it| it.as_ref().map_or(true, |it| !but.contains(it))).take(limit - found.len()) {
            found.push(id?);
        }
    }
    Ok(found)
}

/// Closes what is due, and tells those whose tickets are about to be; at most `limit` tickets. Gives how many were looked at. A command,
/// run at the instant that `next_due` gives.
pub fn act(tx: &mut Tx, limit: usize) -> Result<usize> {
    let due = due(tx, limit, &BTreeSet::new())?;
    act_on(tx, &due)
}

/// The same for these tickets, as far as they are due. Gives how many were. A command.
pub fn act_on(tx: &mut Tx, tickets: &[TicketId]) -> Result<usize> {
    let rules = Settings::of(tx)?.closing;
    let tells = tells(tx, rules)?;
    let mut count = 0;
    for id in tickets {
        // Somebody may have spoken, or the rules may have changed, since it was found.
        let is_due = |it: &Closing| rules.close_days > 0 && it.since.plus(rules.silence(it.told, tells)) <= tx.now();
        let Some(it) = tx.get::<Closing>(id)?.filter(is_due) else { continue };
        count += 1;
        // Whoever could not be told in time, such as while the desk was off, is told now: nothing is closed without the word before.
        if it.told || !tells { close(tx, *id)? } else { tell(tx, it)? }
    }
    Ok(count)
}

fn close(tx: &mut Tx, id: TicketId) -> Result<()> {
    tx.remove::<Closing>(&id)?;
    let Some(ticket) = tx.get::<Ticket>(&id)?.filter(waits) else { return Ok(()) };
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    // A lifecycle that knows no end leaves its tickets where they are.
    if let Some(closed) = lifecycle.first_of(Category::Closed) {
        tickets::transition(tx, &Actor::system("closing"), &ticket, &closed.key)?;
    }
    Ok(())
}

fn tell(tx: &mut Tx, it: Closing) -> Result<()> {
    let Some(ticket) = tx.get::<Ticket>(&it.ticket)?.filter(waits) else { return tx.remove::<Closing>(&it.ticket) };
    let rules = Settings::of(tx)?.closing;
    // However late they are told, they have the days between that and the end.
    let since = it.since.max(tx.now().minus(rules.silence(false, true)));
    tx.put(&Closing { told: true, since, ..it })?;
    if ticket.channel != Channel::Import {
        notify::closing_soon(tx, &ticket)?;
    }
    Ok(())
}

// --- answers to what is closed ---

/// Whether it was closed so long ago that an answer does not open it again.
pub fn is_over(ticket: &Ticket, reopen_days: Option<u32>, now: Instant) -> bool {
    match (ticket.closed_at, reopen_days) {
        (Some(closed), Some(days)) => now.since(closed) > DAY * days,
        _ => false,
    }
}

/// Whether the actor's answer would have to go on as another ticket. Those who work it may always open it.
pub fn must_go_on_anew(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<bool> {
    Ok(!access::works_on(actor, ticket) && is_over(ticket, MailRules::of(tx)?.reopen_days, tx.now()))
}

/// Refuses an answer that would open what was closed too long ago.
pub(in crate::desk) fn need_not_over(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<()> {
    if must_go_on_anew(tx, actor, ticket)? {
        let days = MailRules::of(tx)?.reopen_days.unwrap_or_default();
        let detail = say!("refused-closed-more-than-days", days = days);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    Ok(())
}

/// Lodges a ticket that goes on from another, and ties the two.
pub fn follow_up(tx: &mut Tx, actor: &Actor, of: &str, new: NewTicket) -> Result<Ticket> {
    let old = access::named(tx, actor, of).map_err(|it| match it.code() {
        Some(Code::NotFound) => Refusal::field("followUpOf", "unknown", say!("refused-there-no-such-ticket")).into(),
        _ => it,
    })?;
    let ticket = tickets::create(tx, actor, new)?;
    // A ticket with too many links goes without one more.
    if old.links.len() >= limits::LINKS_MAX {
        return Ok(ticket);
    }
    tickets::link(tx, &Actor::system("closing"), ticket.id, Relation::RelatesTo, old.id)
}

/// Under this name it is noted that a desk of an earlier release was looked through.
const BEGUN: &str = "closing";

/// The next tickets, after one, of a desk that was made before tickets were closed by themselves; none once all were looked through.
pub fn unbegun(tx: &Tx, after: Option<TicketId>, limit: usize) -> Result<Vec<TicketId>> {
    if tx.cursor(BEGUN)? > 0 {
        return Ok(Vec::new());
    }
    Ok(tx.find_keys_after(&tickets::UNCLOSED, &(), after.as_ref())?.take(limit).collect::<Result<_, _>>()?)
}

/// The silence of those of these tickets that are resolved begins now. A command; doing it again changes nothing.
pub fn begin(tx: &mut Tx, tickets: &[TicketId]) -> Result<()> {
    for id in tickets {
        if let Some(ticket) = tx.get::<Ticket>(id)?.filter(waits)
            && !tx.has::<Closing>(id)?
        {
            follow(tx, &ticket)?;
        }
    }
    Ok(())
}

/// Notes that all tickets were looked through. A command.
pub fn begun(tx: &mut Tx) -> Result<()> {
    if tx.cursor(BEGUN)? == 0 {
        tx.set_cursor(BEGUN, 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
