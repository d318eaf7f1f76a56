//! Who of a queue's people gets a ticket. Each strategy looks at the same people in the same order: the members of the queue's team, or
//! who stands in for them, who are there, have room, and know what is needed. The order is a ring that goes on behind whoever had the
//! last turn, so that the choice is fair, and the same for the same records.

use minicbor::{Decode, Encode};

use super::{
    decision::{Lack, Reason},
    load::{Load, load_of},
    queue_rules::Fallback,
    settings::RoutingRules,
    standing::{is_absent, present, stands_in},
};
use crate::{
    desk::{
        identity::Person,
        queues::{self, Category, Queue, Team},
        settings::Settings,
        tickets::Ticket,
    },
    error::Result,
    id::{PersonId, QueueId},
    store::{Record, Table, Tx},
    time::Instant,
};

/// How a queue gives its tickets to people (RTE-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Strategy {
    /// People take them.
    #[default]
    #[n(0)]
    Manual,
    /// One after the other.
    #[n(1)]
    RoundRobin,
    /// Whoever has the least open work.
    #[n(2)]
    LeastLoaded,
    /// Whoever has the least open work of those who know what is needed.
    #[n(3)]
    SkillBased,
}

impl Strategy {
    pub const ALL: [Strategy; 4] = [Strategy::Manual, Strategy::RoundRobin, Strategy::LeastLoaded, Strategy::SkillBased];

    pub fn name(self) -> &'static str {
        match self {
            Strategy::Manual => "manual",
            Strategy::RoundRobin => "round_robin",
            Strategy::LeastLoaded => "least_loaded",
            Strategy::SkillBased => "skill_based",
        }
    }

    pub fn named(text: &str) -> Option<Strategy> {
        let text = text.trim().to_lowercase().replace(['-', ' '], "_");
        Strategy::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// Whose turn was last in a queue. Whoever reads the log sees the same from the assignments.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Turn {
    #[n(0)]
    pub queue: QueueId,
    /// The member whose place it was, not who stood in.
    #[n(1)]
    pub last: PersonId,
}

impl Record for Turn {
    type Key = QueueId;
    const TABLE: Table = Table::operational(0x67, "turns");

    fn key(&self) -> QueueId {
        self.queue
    }
}

/// Somebody who may get the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Whose place in the ring it is.
    pub seat: PersonId,
    pub person: PersonId,
    pub skills: Vec<String>,
    pub load: Load,
    /// How much they can have; none: without end.
    pub capacity: Option<u64>,
}

/// The choice among candidates, who stand in the order of the ring. `weight` is what the ticket adds to a load. Pure.
pub fn choose<'a>(strategy: Strategy, ring: &'a [Candidate], weight: u64, needed: &[String]) -> Result<&'a Candidate, Lack> {
    if ring.is_empty() {
        return Err(Lack::Presence);
    }
    let knows = |it: &&Candidate| strategy != Strategy::SkillBased || needed.iter().all(|skill| it.skills.contains(skill));
    let able: Vec<&Candidate> = ring.iter().filter(knows).collect();
    if able.is_empty() {
        return Err(Lack::Skills(needed.to_vec()));
    }
    let mut free = able.into_iter().filter(|it| it.capacity.is_none_or(|most| it.load.weight + weight <= most));
    match strategy {
        Strategy::Manual | Strategy::RoundRobin => free.next(),
        // The first of those who have the least: the ring breaks ties.
        Strategy::LeastLoaded | Strategy::SkillBased => free.min_by_key(|it| it.load.weight),
    }
    .ok_or(Lack::Capacity)
}

/// Who shall have it, and why; `who` is none if nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub who: Option<PersonId>,
    /// The member whose turn it was.
    pub seat: Option<PersonId>,
    pub why: Reason,
}

/// Who of the queue shall have the ticket. Writes nothing; whoever follows the choice calls `took_turn`.
pub fn pick(tx: &Tx, queue: &Queue, strategy: Strategy, ticket: &Ticket) -> Result<Choice> {
    let settings = Settings::of(tx)?;
    let members = match queue.team {
        Some(team) => queues::team_members(tx, team)?,
        None => Vec::new(),
    };
    let ring = ring(tx, &settings.routing, queue, &members)?;
    let needed = if strategy == Strategy::SkillBased { needed(tx, ticket, &ring)? } else { Vec::new() };
    let lack = match choose(strategy, &ring, settings.routing.weight(ticket.priority), &needed) {
        Ok(it) => {
            let instead_of = (it.seat != it.person).then_some(it.seat);
            let why = Reason::Strategy { strategy, load: it.load.weight, instead_of };
            return Ok(Choice { who: Some(it.person), seat: Some(it.seat), why });
        }
        Err(_) if members.is_empty() => Lack::Members,
        Err(it) => it,
    };
    Ok(match last_resort(tx, queue)? {
        Some(it) => Choice { who: Some(it), seat: None, why: Reason::Fallback(queue.id) },
        None => Choice { who: None, seat: None, why: Reason::Nobody { queue: queue.id, why: lack } },
    })
}

/// The members of a queue who are there, or who stands in for them, beginning behind the last turn.
fn ring(tx: &Tx, rules: &RoutingRules, queue: &Queue, members: &[Person]) -> Result<Vec<Candidate>> {
    let now = tx.now();
    let mut seats: Vec<&Person> = members.iter().filter(|it| it.is_agent()).collect();
    seats.sort_by_key(|it| it.id);
    if let Some(last) = tx.get::<Turn>(&queue.id)?.map(|it| it.last) {
        let split = seats.partition_point(|it| it.id <= last);
        seats.rotate_left(split);
    }
    let mut ring = Vec::with_capacity(seats.len());
    for seat in seats {
        let person = match (is_absent(seat, now), stands_in(seat, now)) {
            (false, _) => seat.clone(),
            (true, None) => continue,
            (true, Some(id)) => match tx.get::<Person>(&id)?.filter(|it| it.is_agent() && !is_absent(it, now)) {
                Some(it) => it,
                None => continue,
            },
        };
        if person.standing.away || (queue.rules.only_present && !present(tx, person.id)?) {
            continue;
        }
        ring.push(Candidate {
            seat: seat.id,
            person: person.id,
            load: load_of(tx, rules, person.id)?,
            capacity: person.standing.capacity.or(rules.capacity).map(u64::from),
            skills: person.standing.skills,
        });
    }
    Ok(ring)
}

/// What one must know for a ticket: what its categories ask for, and those of its tags that anybody here has as a skill.
fn needed(tx: &Tx, ticket: &Ticket, ring: &[Candidate]) -> Result<Vec<String>> {
    let mut needed: Vec<String> = Vec::new();
    for id in [ticket.topic, ticket.subtopic].into_iter().flatten() {
        needed.extend(tx.get::<Category>(&id)?.map(|it| it.skills).unwrap_or_default());
    }
    needed.extend(ticket.tags.iter().filter(|tag| ring.iter().any(|it| it.skills.contains(tag))).cloned());
    needed.sort();
    needed.dedup();
    Ok(needed)
}

/// The queue's default person or its team's lead, or who stands in for them. They get it even when they have more than they can.
fn last_resort(tx: &Tx, queue: &Queue) -> Result<Option<PersonId>> {
    let id = match queue.rules.fallback {
        Fallback::Nobody => None,
        Fallback::Person(it) => Some(it),
        Fallback::Lead => queue.team.map(|it| tx.get::<Team>(&it)).transpose()?.flatten().and_then(|it| it.lead),
    };
    let Some(person) = id.map(|it| tx.get::<Person>(&it)).transpose()?.flatten() else { return Ok(None) };
    at_work(tx, &person, tx.now())
}

/// Somebody at an instant, or who stands in for them then; nobody if neither is there or works tickets. Whoever has said that they are
/// away is not there, whatever the instant: they have not said until when.
pub fn at_work(tx: &Tx, person: &Person, at: Instant) -> Result<Option<PersonId>> {
    let works = |it: &Person| it.is_agent() && !it.standing.away && !is_absent(it, at);
    if !is_absent(person, at) {
        return Ok(works(person).then_some(person.id));
    }
    let Some(id) = stands_in(person, at) else { return Ok(None) };
    Ok(tx.get::<Person>(&id)?.filter(works).map(|it| it.id))
}

/// Notes whose turn it was.
pub fn took_turn(tx: &mut Tx, queue: QueueId, seat: PersonId) -> Result<()> {
    tx.put(&Turn { queue, last: seat })
}
