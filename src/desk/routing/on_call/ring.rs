//! The arithmetic of rotations: pure, exact across changes of the clocks, and independent of how far an instant is from the start.
//!
//! A handover is at a local time of a local day. Where the clocks skip that time it is at the first instant behind the gap's length;
//! where it comes twice, at the first of the two (jiff's `compatible`). So every local day has one handover, and a turn on such a day is
//! an hour shorter or longer.

use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};

use super::{Layer, Override, Rotation};
use crate::{
    error::{Fault, Result},
    id::PersonId,
    limits,
    time::Instant,
};

/// The day of this number, counted from 1970-01-01.
pub(super) fn day(number: i32) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(i64::from(number)).ok()?).ok()
}

/// The number of a day.
pub fn number_of(day: Date) -> i32 {
    let span = day.since((jiff::Unit::Day, date(1970, 1, 1)));
    span.map_or(0, |it| it.get_days())
}

fn zone_of(rotation: &Rotation) -> Result<TimeZone> {
    TimeZone::get(&rotation.zone).map_err(|it| Fault::because("reading the zone of a rotation", it).into())
}

/// The instant of the handover on a day.
fn handover(zone: &TimeZone, minute: u16, on: Date) -> Option<Instant> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    let zoned = zone.to_ambiguous_zoned(on.at(hour, minute, 0, 0)).compatible().ok()?;
    Some(Instant::from(zoned.timestamp()))
}

/// How many handovers lie between the start and the instant: 0 in the first turn; none before it.
fn turn(layer: &Layer, zone: &TimeZone, at: Instant) -> Option<i64> {
    let local = at.timestamp().to_zoned(zone.clone()).date();
    let mut days = i64::from(number_of(local)) - i64::from(layer.first_day);
    // Before the time of day it is still the turn of the day before.
    if handover(zone, layer.minute, local)? > at {
        days -= 1;
    }
    (days >= 0).then(|| days / layer.handover.days())
}

/// The instant of the nth handover.
fn nth(layer: &Layer, zone: &TimeZone, n: i64) -> Option<Instant> {
    let days = i64::from(layer.first_day).checked_add(n.checked_mul(layer.handover.days())?)?;
    handover(zone, layer.minute, day(i32::try_from(days).ok()?)?)
}

fn person_of(layer: &Layer, zone: &TimeZone, at: Instant) -> Option<PersonId> {
    let turn = turn(layer, zone, at)?;
    let count = i64::try_from(layer.people.len()).ok().filter(|it| *it > 0)?;
    layer.people.get(usize::try_from(turn % count).ok()?).copied()
}

/// The override that holds: the one that was made last.
fn override_at(rotation: &Rotation, at: Instant) -> Option<&Override> {
    rotation.overrides.iter().rev().find(|it| it.from <= at && at < it.until)
}

/// Those whom the rotation names for an instant, whom to ask first first: an override, then a layer after the other.
pub fn who_of(rotation: &Rotation, at: Instant) -> Result<Vec<PersonId>> {
    let zone = zone_of(rotation)?;
    let mut found: Vec<PersonId> = override_at(rotation, at).map(|it| it.person).into_iter().collect();
    for person in rotation.layers.iter().filter_map(|it| person_of(it, &zone, at)) {
        if !found.contains(&person) {
            found.push(person);
        }
    }
    Ok(found)
}

/// A stretch of time in which the same one is asked first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: Instant,
    pub until: Instant,
    /// Nobody before the rotation begins.
    pub person: Option<PersonId>,
    pub is_override: bool,
}

/// Who is asked first from an instant up to another, without gaps, at most `SPANS_MAX` of them.
pub fn spans(rotation: &Rotation, from: Instant, until: Instant) -> Result<Vec<Span>> {
    let zone = zone_of(rotation)?;
    let mut spans: Vec<Span> = Vec::new();
    let mut at = from;
    while at < until && spans.len() < limits::ON_CALL_SPANS_MAX {
        let next = next_change(rotation, &zone, at).unwrap_or(until).min(until);
        let over = override_at(rotation, at);
        let layers = || rotation.layers.iter().find_map(|it| person_of(it, &zone, at));
        let span = Span { from: at, until: next, person: over.map(|it| it.person).or_else(layers), is_override: over.is_some() };
        match spans.last_mut() {
            Some(last) if last.person == span.person && last.is_override == span.is_override => last.until = span.until,
            _ => spans.push(span),
        }
        at = next;
    }
    Ok(spans)
}

/// The first instant after `at` at which anything may change.
fn next_change(rotation: &Rotation, zone: &TimeZone, at: Instant) -> Option<Instant> {
    let edges = rotation.overrides.iter().flat_map(|it| [it.from, it.until]);
    let turns = rotation.layers.iter().filter_map(|it| {
        let mut n = turn(it, zone, at).map_or(0, |it| it + 1);
        // A day that a zone left out has the handover of the day after.
        while let Some(instant) = nth(it, zone, n) {
            if instant > at {
                return Some(instant);
            }
            n += 1;
        }
        None
    });
    edges.chain(turns).filter(|it| *it > at).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::{super::Handover, *};
    use crate::id::RotationId;

    fn person(n: usize) -> PersonId {
        PersonId(Uuid::from_u128(n as u128 + 1))
    }

    fn rotation(zone: &str, people: usize, handover: Handover, minute: u16, first_day: i32) -> Rotation {
        Rotation {
            id: RotationId::NIL,
            name: "On call".into(),
            zone: zone.into(),
            layers: vec![Layer { people: (0..people).map(person).collect(), handover, minute, first_day }],
            overrides: Vec::new(),
            created_at: Instant::EPOCH,
            version: 1,
        }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn handovers_are_at_local_times() {
        let monday = number_of(date(2026, 3, 23));
        let weekly = rotation("Europe/Berlin", 3, Handover::Weekly, 9 * 60, monday);
        let daily = rotation("Europe/Berlin", 2, Handover::Daily, 2 * 60 + 30, number_of(date(2026, 3, 28)));
        for (of, text, expected) in [
            // Before it begins.
            (&weekly, "2026-03-23T07:59:59Z", None),
            (&weekly, "2026-03-23T08:00:00Z", Some(0)),
            // The clocks go forward on the 29th: nine is at seven in UTC from then on.
            (&weekly, "2026-03-30T06:59:59Z", Some(0)),
            (&weekly, "2026-03-30T07:00:00Z", Some(1)),
            (&weekly, "2026-04-06T07:00:00Z", Some(2)),
            (&weekly, "2026-04-13T07:00:00Z", Some(0)),
            // Half past two is skipped on the 29th: it is half past three.
            (&daily, "2026-03-29T01:29:59Z", Some(0)),
            (&daily, "2026-03-29T01:30:00Z", Some(1)),
            (&daily, "2026-03-30T00:30:00Z", Some(0)),
            // It comes twice in October: the first of the two.
            (&daily, "2026-10-25T00:29:59Z", Some(0)),
            (&daily, "2026-10-25T00:30:00Z", Some(1)),
            (&daily, "2026-10-25T01:30:00Z", Some(1)),
        ] {
            assert_eq!(who_of(of, at(text)).unwrap().first().copied(), expected.map(person), "{text}");
        }
    }

    #[test]
    fn an_override_holds_for_its_span_and_the_later_one_wins() {
        let mut it = rotation("UTC", 2, Handover::Daily, 0, 0);
        it.overrides = vec![
            Override { from: at("2026-05-01T10:00:00Z"), until: at("2026-05-01T20:00:00Z"), person: person(7) },
            Override { from: at("2026-05-01T12:00:00Z"), until: at("2026-05-01T13:00:00Z"), person: person(8) },
        ];
        let found = spans(&it, at("2026-05-01T09:00:00Z"), at("2026-05-02T01:00:00Z")).unwrap();
        let usual = who_of(&it, at("2026-05-01T09:00:00Z")).unwrap()[0];
        let next = who_of(&it, at("2026-05-02T00:00:00Z")).unwrap()[0];
        let people: Vec<_> = found.iter().filter_map(|it| it.person).collect();
        assert_eq!(people, [usual, person(7), person(8), person(7), usual, next]);
        assert_eq!(found.iter().filter(|it| it.is_override).count(), 3);
    }

    #[test]
    fn the_next_layer_is_asked_after_the_first() {
        let mut it = rotation("UTC", 2, Handover::Daily, 0, 0);
        it.layers.push(Layer { people: vec![person(5)], ..it.layers[0].clone() });
        assert_eq!(who_of(&it, at("1970-01-02T00:00:00Z")).unwrap(), [person(1), person(5)]);
    }

    /// The obvious way: every handover from the start on, one by one.
    fn slow(rotation: &Rotation, at: Instant) -> Option<PersonId> {
        let (layer, zone) = (&rotation.layers[0], TimeZone::get(&rotation.zone).unwrap());
        let (mut on, mut turns) = (day(layer.first_day).unwrap(), 0_usize);
        loop {
            let local = on.at((layer.minute / 60) as i8, (layer.minute % 60) as i8, 0, 0);
            let instant = Instant::from(zone.to_ambiguous_zoned(local).compatible().unwrap().timestamp());
            if instant > at {
                return turns.checked_sub(1).map(|it| layer.people[it % layer.people.len()]);
            }
            turns += 1;
            for _ in 0..layer.handover.days() {
                on = on.tomorrow().unwrap();
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Like the obvious way, in zones with every sort of oddity; spans say the same and leave no gap.
        #[test]
        fn it_is_whom_counting_handovers_gives(
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"]),
            people in 1..5_usize,
            weekly in any::<bool>(),
            minute in 0..1440_u16,
            first in 14_950..15_050_i32,
            offsets in prop::collection::vec(0..900 * 86_400_i64, 1..8),
        ) {
            let handover = if weekly { Handover::Weekly } else { Handover::Daily };
            let it = rotation(zone, people, handover, minute, first);
            for offset in &offsets {
                let at = Instant::from_millis((14_940 * 86_400 + offset) * 1000);
                prop_assert_eq!(who_of(&it, at).unwrap().first().copied(), slow(&it, at), "{} {}", zone, at);
            }
            let from = Instant::from_millis((14_940 * 86_400 + offsets[0]) * 1000);
            let until = Instant::from_millis(from.as_millis() + 40 * 86_400_000);
            let found = spans(&it, from, until).unwrap();
            prop_assert_eq!(found.first().map(|it| it.from), Some(from));
            prop_assert_eq!(found.last().map(|it| it.until), Some(until));
            prop_assert!(found.windows(2).all(|it| it[0].until == it[1].from));
            for span in found {
                for at in [span.from, Instant::from_millis(span.until.as_millis() - 1)] {
                    prop_assert_eq!(span.person, slow(&it, at));
                }
            }
        }
    }
}
