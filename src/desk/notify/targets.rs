//! Who is told that a target runs out, was missed, or that somebody asks for more attention: the levels that the policy names.

use std::collections::BTreeMap;

use super::{Telling, gathering::Pace};
use crate::{
    desk::{
        actor::Origin,
        calendars,
        event::{Changes, EventKind},
        identity::{self, Person},
        mail::occasion::Occasion,
        queues::{self, Team},
        routing::on_call,
        service_levels::{Level, Policies, Target, Window},
        tickets::{Ticket, access},
    },
    error::Result,
    id::{PersonId, TeamId},
    store::{Event, Tx},
    time::Instant,
};

/// People of one level who are told; a team that is larger has other ways to hear of it.
const TOLD_MAX: usize = 50;

/// P1.
const HIGHEST_PRIORITY: u8 = 1;

/// The share at which a target is missed; what a policy tells beyond it are its further levels.
const MISSED_SHARE: u64 = 100;

impl Telling<'_> {
    /// A share of a target was reached.
    pub(super) fn target(&mut self, tx: &mut Tx, event: &Event, kind: EventKind) -> Result<()> {
        let occasion = if kind == EventKind::TargetWarned { Occasion::TargetWarned } else { Occasion::TargetMissed };
        let changes = Changes::of(event);
        let said = |name: &str| changes.after(name).and_then(|it| it.as_str());
        let (Some(target), Some(policy)) = (said("target").and_then(Target::named), said("policy").and_then(|it| it.parse().ok())) else {
            return Ok(());
        };
        let share = changes.after("share").and_then(serde_json::Value::as_u64).unwrap_or_default();
        if self.ticket.merged.is_some() {
            return Ok(());
        }
        let policies = Policies::of(tx)?;
        let Some(policy) = policies.get(policy) else { return Ok(()) };
        let mut told: BTreeMap<PersonId, (Option<Instant>, Pace)> = BTreeMap::new();
        for step in policy.steps_for(target).filter(|it| u64::from(it.share) == share) {
            let held = self.window(tx, step.window)?;
            // Whoever is on call when they hear of it, which may be when the team's hours begin.
            for level in &step.tell {
                let is_urgent = self.ticket.priority == HIGHEST_PRIORITY || share > MISSED_SHARE || matches!(level, Level::OnCall(_));
                let pace = if is_urgent { Pace::Urgent } else { Pace::Usual };
                for person in people(tx, self.ticket, &[*level], held.unwrap_or(tx.now()))? {
                    let it = told.entry(person).or_insert((held, pace));
                    // Once each: at the earliest of the instants, and as urgently as any of the levels asks for.
                    *it = (it.0.min(held), it.1.max(pace));
                }
            }
        }
        for (person, (held, pace)) in told {
            self.person_in_a_storm(tx, occasion, person, pace, held, &event.seq.to_string())?;
        }
        Ok(())
    }

    /// Somebody asked for more attention: whoever has it and the team's lead hear of it.
    pub(super) fn escalated(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        for person in people(tx, self.ticket, &[Level::Assignee, Level::Lead], tx.now())? {
            if event.actor.id != Some(person.0) {
                self.person(tx, Occasion::Escalated, None, person, None, &event.seq.to_string())?;
            }
        }
        Ok(())
    }

    /// Until when people are left in peace.
    fn window(&self, tx: &Tx, window: Window) -> Result<Option<Instant>> {
        let now = tx.now();
        let calendar = match window {
            Window::Always => None,
            Window::WorkingHours => calendars::in_force(tx, None, self.ticket.queue)?.calendar,
        };
        let Some(calendar) = calendar else { return Ok(None) };
        Ok(calendars::timetable(tx, calendar)?.next_open(now).filter(|it| *it > now))
    }
}

/// The people of some levels at an instant, once each.
fn people(tx: &Tx, ticket: &Ticket, levels: &[Level], at: Instant) -> Result<Vec<PersonId>> {
    let team = queues::team_of(tx, ticket.queue)?;
    let mut all: Vec<PersonId> = Vec::new();
    for level in levels {
        for person in level_or_wider(tx, ticket, team, *level, at)? {
            if !all.contains(&person) && all.len() < TOLD_MAX {
                all.push(person);
            }
        }
    }
    Ok(all)
}

/// Whether somebody works tickets and may see this one: who they were when they were named does not count.
fn still_may_know(tx: &Tx, ticket: &Ticket, id: PersonId) -> Result<bool> {
    let Some(person) = tx.get::<Person>(&id)?.filter(|it| it.active && it.is_agent()) else { return Ok(false) };
    let actor = identity::actor_of(tx, &person, Origin::default())?;
    Ok(access::may_see(&actor, ticket))
}

/// Those of a level who may know of the ticket; where there is nobody, those of the next one that has somebody, so that somebody hears
/// of it. Of one person nobody else hears: whoever named them wanted them.
fn level_or_wider(tx: &Tx, ticket: &Ticket, team: Option<TeamId>, level: Level, at: Instant) -> Result<Vec<PersonId>> {
    let instead: &[Level] = match level {
        Level::OnCall(_) => &[Level::Queue, Level::Lead, Level::Manager],
        Level::Manager => &[Level::Lead, Level::Queue],
        Level::Lead | Level::Assignee => &[Level::Queue],
        Level::Queue | Level::Person(_) => &[],
    };
    for level in [level].iter().chain(instead) {
        let mut kept = Vec::new();
        for person in level_of(tx, ticket, team, *level, at)? {
            if kept.len() < TOLD_MAX && still_may_know(tx, ticket, person)? {
                kept.push(person);
            }
        }
        if !kept.is_empty() {
            return Ok(kept);
        }
    }
    Ok(Vec::new())
}

fn level_of(tx: &Tx, ticket: &Ticket, team: Option<TeamId>, level: Level, at: Instant) -> Result<Vec<PersonId>> {
    let record = || team.map(|it| tx.get_shared::<Team>(&it)).transpose().map(Option::flatten);
    let found = match level {
        Level::Person(id) => Some(id),
        Level::Assignee => ticket.assignee,
        Level::Lead => record()?.and_then(|it| it.lead),
        Level::Manager => record()?.and_then(|it| it.manager),
        Level::OnCall(rotation) => on_call::who(tx, rotation, at)?,
        Level::Queue => {
            let Some(team) = team else { return Ok(Vec::new()) };
            return Ok(queues::team_members(tx, team)?.into_iter().filter(Person::is_agent).map(|it| it.id).collect());
        }
    };
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests;
