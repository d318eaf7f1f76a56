//! Who is on call: rotations of people who hand over at a time of day, with overrides for a span. Who it is at an instant follows from
//! the rotation and the instant alone; `ring` works it out, this file keeps the records.
//!
//! Not a calendar of working hours: somebody is on call at every instant after a rotation's start, unless nobody takes part in it.

mod ring;

use jiff::tz::TimeZone;
use minicbor::{Decode, Encode};

pub use ring::{Span, number_of, spans, who_of};

use super::strategy::at_work;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::Person,
        permission::Permission,
        service_levels,
    },
    error::{Code, Refusal, Result},
    id::{PersonId, RotationId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// When those of a layer hand over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Handover {
    #[n(0)]
    Daily,
    /// On the weekday of the layer's first day.
    #[n(1)]
    Weekly,
}

impl Handover {
    pub fn name(self) -> &'static str {
        match self {
            Handover::Daily => "daily",
            Handover::Weekly => "weekly",
        }
    }

    pub fn named(text: &str) -> Option<Handover> {
        [Handover::Daily, Handover::Weekly].into_iter().find(|it| it.name() == text)
    }

    pub(super) fn days(self) -> i64 {
        match self {
            Handover::Daily => 1,
            Handover::Weekly => 7,
        }
    }
}

/// A ring of people, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Layer {
    /// In their order; the first begins.
    #[n(0)]
    pub people: Vec<PersonId>,
    #[n(1)]
    pub handover: Handover,
    /// The time of day of the handover, in minutes after midnight, in the rotation's zone.
    #[n(2)]
    pub minute: u16,
    /// The day on which the first person begins, as days since 1970-01-01.
    #[n(3)]
    pub first_day: i32,
}

/// Somebody who is on call instead, for a span.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Override {
    #[n(0)]
    pub from: Instant,
    /// Not included.
    #[n(1)]
    pub until: Instant,
    #[n(2)]
    pub person: PersonId,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Rotation {
    #[n(0)]
    pub id: RotationId,
    #[n(1)]
    pub name: String,
    /// IANA name.
    #[n(2)]
    pub zone: String,
    /// The first is asked first; the next when nobody of it is there.
    #[n(3)]
    pub layers: Vec<Layer>,
    /// The later one wins where two meet.
    #[n(4)]
    pub overrides: Vec<Override>,
    #[n(5)]
    pub created_at: Instant,
    /// Grows by one with each change.
    #[n(6)]
    pub version: u64,
}

impl Record for Rotation {
    type Key = RotationId;
    const TABLE: Table = Table::journalled(0x66, "rotations");

    fn key(&self) -> RotationId {
        self.id
    }
}

impl Rotation {
    fn about(&self) -> About {
        About { entity_kind: "rotation", entity: self.id.0, subject: None }
    }
}

/// Who is on call then, and works tickets: the first of those whom the rotation names who is not absent, or who stands in for them.
pub fn who(tx: &Tx, rotation: RotationId, at: Instant) -> Result<Option<PersonId>> {
    let Some(rotation) = tx.get_shared::<Rotation>(&rotation)? else { return Ok(None) };
    for id in who_of(&rotation, at)? {
        let Some(person) = tx.get::<Person>(&id)? else { continue };
        if let Some(it) = at_work(tx, &person, at)? {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

/// A time of day such as `09:00`, in minutes after midnight.
pub fn minute_of(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour < 24 && minute < 60).then(|| hour * 60 + minute)
}

/// The day of this number, as `2026-05-04`.
pub fn day_text(number: i32) -> String {
    ring::day(number).map(|it| it.to_string()).unwrap_or_default()
}

/// Every rotation, in the order in which they were made.
pub fn rotations(tx: &Tx) -> Result<Vec<Rotation>> {
    Ok(tx.scan::<Rotation>(&())?.collect::<Result<_, _>>()?)
}

/// The rotation of this id or name, whatever its case.
pub fn rotation_named(tx: &Tx, text: &str) -> Result<Option<Rotation>> {
    if let Ok(id) = text.parse::<RotationId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(rotations(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

/// A rotation as it is made or changed; overrides have calls of their own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RotationDraft {
    pub name: String,
    pub zone: String,
    pub layers: Vec<Layer>,
}

pub fn create_rotation(tx: &mut Tx, actor: &Actor, draft: RotationDraft) -> Result<Rotation> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<Rotation>()? >= limits::ROTATIONS_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-desk-most-rotations", rotations_max = limits::ROTATIONS_MAX)).into());
    }
    let draft = checked(tx, None, draft)?;
    let rotation = Rotation {
        id: tx.new_id(),
        name: draft.name,
        zone: draft.zone,
        layers: draft.layers,
        overrides: Vec::new(),
        created_at: tx.now(),
        version: 1,
    };
    tx.put(&rotation)?;
    event::record(tx, actor, EventKind::RotationCreated, rotation.about(), told(None, &rotation))?;
    Ok(rotation)
}

/// Changes a rotation as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change_rotation(tx: &mut Tx, actor: &Actor, id: RotationId, version: Option<u64>, draft: RotationDraft) -> Result<Rotation> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-somebody-changed-rotation-meanwhile")).into());
    }
    let draft = checked(tx, Some(id), draft)?;
    save(tx, actor, &before, Rotation { name: draft.name, zone: draft.zone, layers: draft.layers, ..before.clone() })
}

pub fn delete_rotation(tx: &mut Tx, actor: &Actor, id: RotationId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    if let Some(rule) = super::rules(tx)?.into_iter().find(|it| it.then.assignee == Some(super::Assign::OnCall(id))) {
        let detail = say!("refused-routing-rule-asks-who", name = rule.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if let Some(policy) = service_levels::policy_that_tells(tx, id)? {
        let detail = say!("refused-policy-tells-whoever-call", name = policy.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    tx.remove::<Rotation>(&id)?;
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), serde_json::Value::Null);
    event::record(tx, actor, EventKind::RotationDeleted, before.about(), changes)?;
    Ok(())
}

/// Puts somebody on call for a span. An admin may, whoever takes part in the rotation may for themselves: a swap is two of these.
pub fn add_override(tx: &mut Tx, actor: &Actor, id: RotationId, it: Override) -> Result<Rotation> {
    let before = known(tx, id)?;
    need_swap(actor, &before, it.person)?;
    let refused =
        |field: &'static str, code: &'static str, message: crate::language::Sentence| Err(Refusal::field(field, code, message).into());
    if it.until <= it.from {
        return refused("until", "invalid", say!("refused-ends-after-begins"));
    }
    if it.until.since(it.from).as_secs() > limits::OVERRIDE_DAYS_MAX * 86_400 {
        return refused("until", "too_long", say!("refused-override-days", max = limits::OVERRIDE_DAYS_MAX));
    }
    if !tx.get::<Person>(&it.person)?.is_some_and(|it| it.is_agent()) {
        return refused("person", "unknown", say!("refused-on-call-works"));
    }
    let mut after = before.clone();
    // What is long over is in the log.
    let now = tx.now();
    after.overrides.retain(|it| now.since(it.until).as_secs() < limits::OVERRIDE_DAYS_MAX * 86_400);
    if after.overrides.len() >= limits::OVERRIDES_MAX {
        return refused("from", "too_many", say!("refused-most-overrides", max = limits::OVERRIDES_MAX));
    }
    after.overrides.push(it);
    save(tx, actor, &before, after)
}

/// Takes an override away, by its place in the list; `from` says that it is the one that was seen.
pub fn remove_override(tx: &mut Tx, actor: &Actor, id: RotationId, place: usize, from: Option<Instant>) -> Result<Rotation> {
    let before = known(tx, id)?;
    let it = before.overrides.get(place).filter(|it| from.is_none_or(|from| it.from == from));
    let it = it.ok_or_else(|| Refusal::not_found("override"))?;
    need_swap(actor, &before, it.person)?;
    let mut after = before.clone();
    after.overrides.remove(place);
    save(tx, actor, &before, after)
}

fn need_swap(actor: &Actor, rotation: &Rotation, person: PersonId) -> Result<()> {
    let takes_part = actor.person().is_some_and(|me| rotation.layers.iter().any(|it| it.people.contains(&me)));
    if takes_part && actor.is(person) && actor.may(Permission::TicketsRead) { Ok(()) } else { actor.need(Permission::SettingsWrite) }
}

fn known(tx: &Tx, id: RotationId) -> Result<Rotation> {
    tx.get::<Rotation>(&id)?.ok_or_else(|| Refusal::not_found("rotation").into())
}

fn save(tx: &mut Tx, actor: &Actor, before: &Rotation, after: Rotation) -> Result<Rotation> {
    if after == *before {
        return Ok(after);
    }
    let after = Rotation { version: before.version + 1, ..after };
    tx.put(&after)?;
    event::record(tx, actor, EventKind::RotationChanged, after.about(), told(Some(before), &after))?;
    Ok(after)
}

fn checked(tx: &Tx, id: Option<RotationId>, draft: RotationDraft) -> Result<RotationDraft> {
    let refused =
        |field: &'static str, code: &'static str, message: crate::language::Sentence| Err(Refusal::field(field, code, message).into());
    let name = draft.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 {
        return refused("name", "invalid", say!("refused-name-100"));
    }
    if rotation_named(tx, &name)?.is_some_and(|it| Some(it.id) != id) {
        return refused("name", "taken", say!("refused-there-one-named-already", name = name));
    }
    if TimeZone::get(&draft.zone).is_err() {
        return refused("zone", "unknown", say!("refused-not-iana-time-zone", it = draft.zone));
    }
    if draft.layers.is_empty() || draft.layers.len() > limits::ROTATION_LAYERS_MAX {
        return refused("layers", "invalid", say!("refused-rotation-layers", max = limits::ROTATION_LAYERS_MAX));
    }
    for layer in &draft.layers {
        if layer.people.is_empty() || layer.people.len() > limits::ROTATION_PEOPLE_MAX {
            return refused("people", "invalid", say!("refused-layer-people", max = limits::ROTATION_PEOPLE_MAX));
        }
        if layer.minute >= 24 * 60 {
            return refused("at", "invalid", say!("refused-handover"));
        }
        if ring::day(layer.first_day).is_none() {
            return refused("starts", "invalid", say!("refused-begins-day"));
        }
        for person in &layer.people {
            if !tx.get::<Person>(person)?.is_some_and(|it| it.is_agent()) {
                return refused("people", "unknown", say!("refused-on-call-people"));
            }
        }
    }
    Ok(RotationDraft { name, ..draft })
}

fn told(before: Option<&Rotation>, after: &Rotation) -> Changes {
    let layers = |it: &Rotation| -> serde_json::Value {
        let one = |it: &Layer| {
            serde_json::json!({
                "people": it.people.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "handover": it.handover.name(),
                "minute": it.minute,
                "firstDay": it.first_day,
            })
        };
        it.layers.iter().map(one).collect()
    };
    let overrides = |it: &Rotation| -> serde_json::Value {
        let one = |it: &Override| serde_json::json!({ "from": it.from.to_string(), "until": it.until.to_string(), "person": it.person.to_string() });
        it.overrides.iter().map(one).collect()
    };
    let mut changes = Changes::new();
    changes
        .field("name", before.map(|it| it.name.clone()), after.name.as_str())
        .field("zone", before.map(|it| it.zone.clone()), after.zone.as_str())
        .field("layers", before.map(layers), layers(after))
        .field("overrides", before.map(overrides), overrides(after));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read_and_nothing_else() {
        for (text, expected) in [
            ("09:00", Some(540)),
            (" 0:05 ", Some(5)),
            ("23:59", Some(1439)),
            ("24:00", None),
            ("12:60", None),
            ("9999:00", None),
            ("65535:65535", None),
            ("9", None),
            ("-1:00", None),
        ] {
            assert_eq!(minute_of(text), expected, "{text}");
        }
    }
}
