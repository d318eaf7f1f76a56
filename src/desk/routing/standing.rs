//! What assignment knows of somebody who works tickets: what they know, how much they can have, whether they are there. People say
//! themselves when they are away; an admin says all of it.
//!
//! When an absence begins nothing moves: open tickets stay where they are, their substitute is told what they would be told, and what a
//! strategy would give them goes to the substitute.

use std::time::Duration;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        identity::{self, Person, SESSIONS_OF, Session},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::PersonId,
    language::{Sentence, say},
    limits,
    store::Tx,
    time::Instant,
};

/// From when until when somebody is not there, and who stands in for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Absence {
    #[n(0)]
    pub from: Instant,
    /// Not included.
    #[n(1)]
    pub until: Instant,
    #[n(2)]
    pub substitute: Option<PersonId>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Standing {
    /// Lower case, like tags.
    #[n(0)]
    #[cbor(default)]
    pub skills: Vec<String>,
    /// How much work they can have; none: what the desk says.
    #[n(1)]
    pub capacity: Option<u32>,
    /// They have said that they are not there, until they say otherwise.
    #[n(2)]
    #[cbor(default)]
    pub away: bool,
    /// In the order of their beginnings, none beside another.
    #[n(3)]
    #[cbor(default)]
    pub absences: Vec<Absence>,
}

/// Whether somebody is absent at an instant.
pub fn is_absent(person: &Person, at: Instant) -> bool {
    absence(person, at).is_some()
}

fn absence(person: &Person, at: Instant) -> Option<&Absence> {
    person.standing.absences.iter().find(|it| it.from <= at && at < it.until)
}

/// Who stands in for somebody at an instant, if they are absent and have said who: one step, never a chain.
pub fn stands_in(person: &Person, at: Instant) -> Option<PersonId> {
    absence(person, at)?.substitute
}

/// Seen within this time, somebody who is signed in counts as present. Use is written down once an hour at most.
const PRESENT: Duration = Duration::from_secs(2 * 3600);

/// Whether somebody is signed in and was seen lately.
pub fn present(tx: &Tx, person: PersonId) -> Result<bool> {
    let now = tx.now();
    let sessions = tx.find::<Session, _>(&SESSIONS_OF, &person)?;
    Ok(sessions.iter().any(|it| it.expires_at > now && it.seen_at.plus(PRESENT) > now))
}

/// Changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct StandingChange {
    pub skills: Option<Vec<String>>,
    pub capacity: Option<Option<u32>>,
    pub away: Option<bool>,
    pub absences: Option<Vec<Absence>>,
}

/// Changes what assignment knows of somebody. Whoever works tickets says for themselves whether they are there; what they know and how
/// much they can have, and all of somebody else, needs `people:write`.
pub fn change_standing(tx: &mut Tx, actor: &Actor, id: PersonId, change: StandingChange) -> Result<Person> {
    let StandingChange { skills, capacity, away, absences } = change;
    if !actor.is(id) || skills.is_some() || capacity.is_some() {
        actor.need(Permission::PeopleWrite)?;
    } else {
        actor.need(Permission::TicketsRead)?;
    }
    let before = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
    if !actor.is(id) {
        identity::need_rank(tx, actor, &before)?;
    }
    if !before.is_agent() {
        return Err(Refusal::field("person", "invalid", say!("refused-does-not-work-tickets", name = before.name)).into());
    }
    let mut after = before.clone();
    if let Some(it) = skills {
        after.standing.skills = check_skills(it)?;
    }
    if let Some(it) = capacity {
        check_capacity(it)?;
        after.standing.capacity = it;
    }
    after.standing.away = away.unwrap_or(after.standing.away);
    if let Some(it) = absences {
        after.standing.absences = check_absences(tx, id, it)?;
    }
    let mut changes = Changes::new();
    log(&before.standing, &after.standing, &mut changes);
    if changes.is_empty() {
        return Ok(after);
    }
    after.updated_at = tx.now();
    tx.put(&after)?;
    let about = event::About { entity_kind: "person", entity: id.0, subject: Some(id.0) };
    event::record(tx, actor, EventKind::PersonStanding, about, changes)?;
    Ok(after)
}

/// What differs, for the event.
pub fn log(before: &Standing, after: &Standing, changes: &mut Changes) {
    let Standing { skills, capacity, away, absences } = before;
    let shown = |list: &[Absence]| -> serde_json::Value {
        let one = |it: &Absence| {
            serde_json::json!({
                "from": it.from.to_string(), "until": it.until.to_string(), "substitute": it.substitute.map(|it| it.to_string()),
            })
        };
        list.iter().map(one).collect()
    };
    changes
        .field("skills", skills.clone(), after.skills.clone())
        .field("capacity", *capacity, after.capacity)
        .field("away", *away, after.away)
        .field("absences", shown(absences), shown(&after.absences));
}

/// Skills in lower case, once each.
pub fn check_skills(list: Vec<String>) -> Result<Vec<String>> {
    let mut skills: Vec<String> = Vec::new();
    for it in list {
        let it = it.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
        if it.chars().count() > limits::TAG_CHARS_MAX {
            return Err(
                Refusal::field("skills", "too_long", say!("refused-skill-most-characters", tag_chars_max = limits::TAG_CHARS_MAX)).into()
            );
        }
        if !it.is_empty() && !skills.contains(&it) {
            skills.push(it);
        }
    }
    if skills.len() > limits::SKILLS_MAX {
        return Err(Refusal::field("skills", "too_many", say!("refused-most-skills", skills_max = limits::SKILLS_MAX)).into());
    }
    Ok(skills)
}

/// Refuses a capacity that cannot be meant.
pub fn check_capacity(capacity: Option<u32>) -> Result<()> {
    match capacity {
        Some(it) if it == 0 || it > limits::CAPACITY_MAX => {
            Err(Refusal::field("capacity", "invalid", say!("refused-capacity-1-none", capacity_max = limits::CAPACITY_MAX)).into())
        }
        _ => Ok(()),
    }
}

fn check_absences(tx: &Tx, person: PersonId, mut list: Vec<Absence>) -> Result<Vec<Absence>> {
    let refused = |code: &'static str, message: Sentence| Err(Refusal::field("absences", code, message).into());
    list.sort_by_key(|it| (it.from, it.until));
    // What is over is in the log.
    list.retain(|it| it.until > tx.now());
    if list.len() > limits::ABSENCES_MAX {
        return refused("too_many", say!("absence-most", most = limits::ABSENCES_MAX));
    }
    for it in &list {
        if it.until <= it.from {
            return refused("invalid", say!("absence-ends"));
        }
        let Some(substitute) = it.substitute else { continue };
        if substitute == person {
            return refused("invalid", say!("absence-self"));
        }
        if !tx.get::<Person>(&substitute)?.is_some_and(|it| it.is_agent()) {
            return refused("unknown", say!("absence-substitute"));
        }
    }
    if list.windows(2).any(|it| it[1].from < it[0].until) {
        return refused("invalid", say!("absence-overlap"));
    }
    Ok(list)
}
