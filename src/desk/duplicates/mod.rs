//! Near duplicates: tickets of the last hours that are about the same (RTE-08), found while somebody types and when a ticket arrives,
//! and what many of them within minutes mean (INC-10, `outage`). People merge or link what is suggested; nothing is merged by itself.
//!
//! Invariant: nobody is shown a ticket by likeness that they could not open otherwise.

pub mod outage;
pub mod score;
pub mod text;
pub mod window;

pub use outage::{CHILDREN, LIVE, OF_PARENT, Outage, Told};
pub use score::{Probe, SURE, THRESHOLD};
pub use text::strong_words;
pub use window::{Near, Window};

use std::{collections::BTreeSet, time::Duration};

use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use crate::{
    desk::{
        actor::Actor,
        identity::Person,
        tickets::{Category, Channel, Kind, Ticket, access},
    },
    error::{Refusal, Result},
    id::{OutageId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// What is taken for the same matter, and for an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct AlikeRules {
    /// Alike tickets are suggested.
    #[n(0)]
    pub on: bool,
    /// For how long a ticket is compared with later ones.
    #[n(1)]
    pub hours: u32,
    /// So many alike incidents of different people ...
    #[n(2)]
    pub outage_count: u32,
    /// ... within so many minutes are proposed as one outage.
    #[n(3)]
    pub outage_minutes: u32,
    /// The priority that the parent of an outage is raised to, 1 to 4.
    #[n(4)]
    pub outage_priority: u8,
    /// A later ticket that is surely alike becomes a part of a declared outage by itself; otherwise it is proposed.
    #[n(5)]
    pub join_later: bool,
    /// A ticket of monitoring that is tagged `outage` declares one.
    #[n(6)]
    pub from_monitoring: bool,
}

impl Default for AlikeRules {
    fn default() -> Self {
        AlikeRules {
            on: true,
            hours: 24,
            outage_count: 5,
            outage_minutes: 15,
            outage_priority: 1,
            join_later: false,
            from_monitoring: true,
        }
    }
}

impl AlikeRules {
    /// Refuses what cannot be meant.
    pub fn checked(self) -> Result<Self> {
        for (field, value, min, max) in [
            ("hours", self.hours, 1, limits::ALIKE_HOURS_MAX),
            ("outageCount", self.outage_count, 2, 100),
            ("outageMinutes", self.outage_minutes, 1, 24 * 60),
            ("outagePriority", u32::from(self.outage_priority), 1, 4),
        ] {
            if !(min..=max).contains(&value) {
                return Err(Refusal::field(field, "invalid", say!("refused-number", min = min, max = max)).into());
            }
        }
        Ok(self)
    }

    pub(in crate::desk) fn for_log(self) -> Value {
        let AlikeRules { on, hours, outage_count, outage_minutes, outage_priority, join_later, from_monitoring } = self;
        json!({
            "on": on, "hours": hours, "outageCount": outage_count, "outageMinutes": outage_minutes,
            "outagePriority": outage_priority, "joinLater": join_later, "fromMonitoring": from_monitoring,
        })
    }
}

/// A ticket that was found alike when another arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Suggested {
    #[n(0)]
    pub ticket: TicketId,
    /// In thousandths.
    #[n(1)]
    pub score: u16,
}

/// What was found alike when a ticket arrived: a few, the best first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Suggestions {
    #[n(0)]
    pub ticket: TicketId,
    #[n(1)]
    pub at: Instant,
    #[n(2)]
    pub found: Vec<Suggested>,
}

impl Record for Suggestions {
    type Key = TicketId;
    /// Follows from the tickets of that moment.
    const TABLE: Table = Table::operational(0x6b, "alike_suggestions");

    fn key(&self) -> TicketId {
        self.ticket
    }
}

/// Why a ticket is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Words that both have.
    pub words: Vec<String>,
    pub same_department: bool,
    pub same_organization: bool,
    /// How long before the other it was lodged, or after; minutes.
    pub minutes: u64,
}

/// A ticket that may be about the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    pub ticket: Ticket,
    /// 0 to 1.
    pub score: f32,
    pub why: Why,
}

/// Words of a reason that are shown.
const WORDS_SHOWN: usize = 6;

/// What somebody types before it is a ticket.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub kind: Option<Kind>,
    pub title: String,
    pub description: String,
}

/// Tickets alike to what is being typed, as far as the actor may see them. `person` is for whom it will be.
pub fn for_typed(tx: &Tx, window: &Window, actor: &Actor, person: Option<&Person>, typed: &Typed) -> Result<Vec<Suggestion>> {
    let probe = Probe {
        kind: typed.kind.unwrap_or(Kind::Incident),
        features: text::features(&typed.title, &typed.description),
        organization: person.and_then(|it| it.organization),
        department: person.and_then(|it| it.department),
        except: None,
    };
    suggestions(tx, window, actor, &probe, (&typed.title, &typed.description), tx.now(), &[])
}

/// Tickets alike to this one, as far as the actor may see them: of the last hours, and what was found when it arrived. What is tied to
/// it already is not among them.
pub fn for_ticket(tx: &Tx, window: &Window, actor: &Actor, ticket: &Ticket) -> Result<Vec<Suggestion>> {
    if !rules(tx)?.on || ticket.merged.is_some() {
        return Ok(Vec::new());
    }
    let kept = tx.get::<Suggestions>(&ticket.id)?.map(|it| it.found).unwrap_or_default();
    let probe = Probe::of_ticket(ticket);
    let mut found = suggestions(tx, window, actor, &probe, (&ticket.title, &ticket.description), ticket.created_at, &kept)?;
    let tied: BTreeSet<TicketId> = ticket.links.iter().map(|it| it.ticket).collect();
    found.retain(|it| !tied.contains(&it.ticket.id) && (ticket.parent.is_none() || it.ticket.parent != ticket.parent));
    Ok(found)
}

fn rules(tx: &Tx) -> Result<AlikeRules> {
    Ok(crate::desk::settings::Settings::of(tx)?.alike)
}

fn suggestions(
    tx: &Tx,
    window: &Window,
    actor: &Actor,
    probe: &Probe,
    said: (&str, &str),
    at: Instant,
    kept: &[Suggested],
) -> Result<Vec<Suggestion>> {
    if !rules(tx)?.on {
        return Ok(Vec::new());
    }
    let near = window.near(probe, THRESHOLD, tx.now(), limits::ALIKE_LOOKED_MAX);
    let known: BTreeSet<TicketId> = near.iter().map(|it| it.ticket).collect();
    let old = kept.iter().filter(|it| !known.contains(&it.ticket)).map(|it| (it.ticket, f32::from(it.score) / 1000.0));
    let mut found = Vec::new();
    for (id, score) in near.iter().map(|it| (it.ticket, it.score)).chain(old) {
        if found.len() == limits::ALIKE_SHOWN_MAX {
            break;
        }
        let Some(ticket) = tx.get::<Ticket>(&id)?.filter(|it| access::may_see(actor, it) && it.merged.is_none()) else { continue };
        let same_department = probe.department.is_some() && probe.department == ticket.department;
        let why = Why {
            words: text::shared_words(said, (&ticket.title, &ticket.description), WORDS_SHOWN),
            same_department,
            same_organization: !same_department && probe.organization.is_some() && probe.organization == ticket.organization,
            minutes: apart(at, ticket.created_at).as_secs() / 60,
        };
        found.push(Suggestion { ticket, score, why });
    }
    Ok(found)
}

fn apart(a: Instant, b: Instant) -> Duration {
    if a > b { a.since(b) } else { b.since(a) }
}

// --- on arrival ---

/// What follows from a ticket that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    pub ticket: TicketId,
    pub found: Vec<Suggested>,
    pub outage: Option<Step>,
}

/// What it means for outages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It and these are many within minutes.
    Propose(Vec<TicketId>),
    /// It is like those of this one; surely so, or perhaps.
    Belongs { outage: OutageId, sure: bool },
    /// Monitoring says that it is one.
    Declare,
}

/// Compares a ticket that has arrived with those of the last hours. Reads only; nothing if there is nothing to keep.
pub fn consider(tx: &Tx, window: &Window, id: TicketId) -> Result<Option<Arrived>> {
    let rules = rules(tx)?;
    let lives = |it: &Ticket| it.deleted_at.is_none() && it.merged.is_none() && it.channel != Channel::Import;
    // What is not in the window is of long ago: history that was written after the fact.
    if !rules.on || window.entry(id).is_none() {
        return Ok(None);
    }
    let Some(ticket) = tx.get::<Ticket>(&id)?.filter(lives) else { return Ok(None) };
    let near = window.near(&Probe::of_ticket(&ticket), THRESHOLD, tx.now(), limits::ALIKE_LOOKED_MAX);
    // Later ones will find this one themselves.
    let earlier = near.iter().filter(|it| it.created_at <= ticket.created_at);
    let found: Vec<Suggested> =
        earlier.take(limits::ALIKE_SHOWN_MAX).map(|it| Suggested { ticket: it.ticket, score: (it.score * 1000.0) as u16 }).collect();
    let outage = match ticket.kind {
        Kind::Incident if ticket.parent.is_none() => step(tx, rules, &ticket, &near)?,
        _ => None,
    };
    Ok((!found.is_empty() || outage.is_some()).then_some(Arrived { ticket: id, found, outage }))
}

fn step(tx: &Tx, rules: AlikeRules, ticket: &Ticket, near: &[Near]) -> Result<Option<Step>> {
    let live = outage::live(tx)?;
    let is_marked = ticket.channel == Channel::Monitoring && ticket.tags.iter().any(|it| it == "outage");
    if is_marked && rules.from_monitoring && live.len() < limits::OUTAGES_LIVE_MAX {
        return Ok(Some(Step::Declare));
    }
    for it in near {
        let Some(other) = tx.get::<Ticket>(&it.ticket)? else { continue };
        let is_of = |outage: &&Outage| {
            let parent = other.parent.unwrap_or(other.id);
            outage.parent == Some(parent) || outage.proposed.contains(&other.id)
        };
        if let Some(outage) = live.iter().find(is_of) {
            return Ok(Some(Step::Belongs { outage: outage.id, sure: it.score >= SURE }));
        }
    }
    let since = ticket.created_at.minus(Duration::from_secs(u64::from(rules.outage_minutes) * 60));
    let mut people = BTreeSet::from([ticket.requester]);
    let mut watched = 0;
    let mut alike = Vec::new();
    for it in near.iter().filter(|it| it.created_at >= since && it.created_at <= ticket.created_at) {
        let Some(other) = tx.get::<Ticket>(&it.ticket)? else { continue };
        if other.kind != Kind::Incident || other.parent.is_some() || !is_going_on(&other) {
            continue;
        }
        // One person who writes ten times is no outage; machines have one name for many things.
        match other.channel {
            Channel::Monitoring => watched += 1,
            _ => drop(people.insert(other.requester)),
        }
        alike.push(other.id);
    }
    let enough = people.len() + watched >= rules.outage_count as usize;
    if !enough || live.len() >= limits::OUTAGES_LIVE_MAX {
        return Ok(None);
    }
    alike.push(ticket.id);
    alike.sort();
    Ok(Some(Step::Propose(alike)))
}

fn is_going_on(ticket: &Ticket) -> bool {
    matches!(ticket.category, Category::New | Category::Active | Category::Waiting)
}

/// Keeps what was found. A command; doing it again changes nothing.
pub fn keep(tx: &mut Tx, arrived: Arrived) -> Result<()> {
    let Arrived { ticket, found, outage } = arrived;
    if !found.is_empty() {
        let at = tx.now();
        tx.put(&Suggestions { ticket, at, found })?;
    }
    match outage {
        None => Ok(()),
        Some(Step::Propose(alike)) => outage::propose(tx, alike),
        Some(Step::Belongs { outage, sure }) => outage::arrive(tx, outage, ticket, sure),
        Some(Step::Declare) => outage::declare_by_monitoring(tx, ticket),
    }
}

#[cfg(test)]
mod tests;
