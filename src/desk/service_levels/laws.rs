//! The laws of clocks, tried on made-up courses over years, and against a slow, obvious model that counts minutes.

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    clock::{Clock, ClockState, Terms, Thresholds, run},
    course::{Course, Fact, Mode, Setting, What},
    target::Target,
};
use crate::{
    desk::calendars::{Day, Hours, SpecialDay, Timetable, WeekHours, parse_shifts},
    id::{CalendarId, PolicyId, TeamId},
    time::Instant,
};

const MINUTE: i64 = 60_000;
const POLICY: PolicyId = PolicyId(Uuid::from_u128(1));
/// 2026-03-20, a Friday before a weekend and, in Berlin, before the clocks change.
const BEGIN: i64 = 29_567_520;

/// Minutes allowed by target and priority; a priority without a row promises nothing.
struct Made {
    hours: Vec<Arc<Timetable>>,
}

fn week(shifts: &[[&str; 2]]) -> WeekHours {
    WeekHours::weekdays(&parse_shifts("hours", shifts).unwrap())
}

impl Made {
    fn new() -> Made {
        let zone = |it: &str| TimeZone::get(it).unwrap();
        let holiday =
            |day: &str| SpecialDay { day: day.parse::<Day>().unwrap(), label: "Holiday".into(), is_holiday: true, shifts: Vec::new() };
        let office = Hours::new(
            week(&[["09:00", "12:30"], ["13:15", "17:00"]]),
            [holiday("2026-04-03"), holiday("2026-04-06"), holiday("2026-12-25")],
        );
        let night = Hours::new(week(&[["22:00", "06:00"]]), []);
        let hours =
            vec![Timetable::new(zone("Europe/Berlin"), office), Timetable::new(zone("America/New_York"), night), Timetable::always()];
        Made { hours: hours.into_iter().map(Arc::new).collect() }
    }
}

impl Terms for Made {
    fn allowed(&self, setting: &Setting, target: Target) -> Option<u32> {
        setting.policy?;
        let minutes = match (target, setting.priority) {
            (Target::Response, 1) => 15,
            (Target::Response, 2) => 240,
            (Target::Response, _) => 1_000,
            (Target::Resolution, 1) => 240,
            (Target::Resolution, 2) => 1_440,
            (Target::Resolution, 3) => 9_600,
            (Target::Update, 1 | 2) => 60,
            (Target::Operational, _) if setting.team == Some(team(1)) => 300,
            _ => return None,
        };
        Some(minutes * 60)
    }

    fn thresholds(&self, _: PolicyId, _: Target) -> Thresholds {
        vec![50, 100, 150]
    }

    fn hours(&self, calendar: Option<CalendarId>) -> Arc<Timetable> {
        let at = calendar.map_or(2, |it| it.0.as_u128() as usize);
        self.hours[at].clone()
    }
}

fn team(it: u128) -> TeamId {
    TeamId(Uuid::from_u128(it))
}

fn calendar(it: u128) -> Option<CalendarId> {
    (it < 2).then(|| CalendarId(Uuid::from_u128(it)))
}

/// Something that happens some minutes after what was before.
#[derive(Debug, Clone)]
enum Happens {
    Moves(Mode),
    Under { priority: u8, calendar: u128, team: u128 },
    Answers,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => prop_oneof![3 => Just(Mode::Running), 3 => Just(Mode::Paused), 1 => Just(Mode::Stopped)].prop_map(Happens::Moves),
        3 => (1u8..=4, 0u128..3, 0u128..3).prop_map(|(priority, calendar, team)| Happens::Under { priority, calendar, team }),
        2 => Just(Happens::Answers),
    ]
}

fn course() -> impl Strategy<Value = Vec<(i64, Happens)>> {
    let gap = prop_oneof![5 => 0i64..600, 3 => 600i64..6_000, 1 => 6_000i64..60_000];
    prop::collection::vec((gap, happens()), 0..10)
}

fn at(minute: i64) -> Instant {
    Instant::from_millis((BEGIN + minute) * MINUTE)
}

fn setting(priority: u8, calendar_at: u128, team_at: u128) -> Setting {
    Setting {
        policy: Some(POLICY),
        priority,
        calendar: calendar(calendar_at),
        team: (team_at > 0).then(|| team(team_at)),
        team_calendar: calendar(calendar_at),
    }
}

/// The facts, with the minute of each.
fn facts(happened: &[(i64, Happens)]) -> Vec<Fact> {
    let mut course = Course::default();
    course.add(at(0), What::Moves(Mode::Running, "new".into()));
    course.add(at(0), What::Under(setting(2, 0, 0)));
    let mut minute = 0;
    for (gap, it) in happened {
        minute += gap;
        let what = match it {
            Happens::Moves(mode) => What::Moves(*mode, "state".into()),
            Happens::Under { priority, calendar, team } => What::Under(setting(*priority, *calendar, *team)),
            Happens::Answers => What::Answered,
        };
        course.add(at(minute), what);
    }
    course.facts().to_vec()
}

fn clock(facts: &[Fact], terms: &Made, target: Target) -> Option<Clock> {
    run(facts, terms, &[], at(0)).into_iter().find(|it| it.target == target)
}

/// Minutes that the model counts past the last fact.
const BEYOND: i64 = 45_000;

/// Counts the working minutes of the whole ticket, minute by minute, with nothing but `is_open`. Gives how many had passed at each
/// minute after the start, as if clocks went on from the last fact as they stood.
fn counted(facts: &[Fact], terms: &Made, until_done: Option<Instant>) -> Vec<(Instant, u64)> {
    let last = facts.last().unwrap().at.as_millis() / MINUTE - BEGIN;
    let (mut mode, mut under, mut next, mut worked) = (Mode::Running, Setting::default(), 0, 0);
    let mut minutes = Vec::new();
    for minute in 0..=last + BEYOND {
        let now = at(minute);
        while let Some(fact) = facts.get(next).filter(|it| it.at <= now) {
            // A clock that is done says when it would have been due: nothing that came after counts.
            if until_done.is_none_or(|done| fact.at < done) {
                match &fact.what {
                    What::Moves(it, _) => mode = *it,
                    What::Under(it) => under = *it,
                    What::Answered | What::Carried(..) => {}
                }
            }
            next += 1;
        }
        minutes.push((now, worked));
        worked += u64::from(mode == Mode::Running && terms.hours(under.calendar).is_open(now));
    }
    minutes
}

fn first_reached(minutes: &[(Instant, u64)], goal: u64) -> Option<Instant> {
    minutes.iter().find(|it| it.1 >= goal).map(|it| it.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn clocks_say_what_counting_minutes_says(happened in course()) {
        let terms = Made::new();
        let facts = facts(&happened);
        let stops = facts.iter().filter(|it| matches!(it.what, What::Moves(Mode::Stopped, _))).map(|it| it.at);
        let answers = facts.iter().filter(|it| it.what == What::Answered).map(|it| it.at);
        let responded = stops.chain(answers).min();
        for (target, done) in [(Target::Response, responded), (Target::Resolution, None)] {
            let Some(clock) = clock(&facts, &terms, target) else { continue };
            let done = if target == Target::Resolution { clock.done_at } else { done };
            prop_assert_eq!(clock.done_at, done);
            let minutes = counted(&facts, &terms, done);
            let mut stretches = facts.iter().filter(|it| it.what != What::Answered);
            let last = done.or_else(|| stretches.next_back().map(|it| it.at)).unwrap();
            let worked = minutes.iter().rev().find(|it| it.0 <= last).map_or(0, |it| it.1);
            prop_assert_eq!(clock.worked / 60_000, worked, "{:?}", target);
            let goal = u64::from(clock.allowed / 60);
            let due = first_reached(&minutes, goal);
            // The model looks ahead for a month; what lies further, and what waits, it does not know.
            if let Some(due) = due {
                prop_assert_eq!(clock.due_at, Some(due), "{:?} of {:?}", target, facts);
            } else if let Some(later) = clock.due_at {
                prop_assert!(later > last);
            }
            if clock.state == ClockState::Paused && worked < goal {
                prop_assert_eq!(clock.due_at, None);
            }
        }
    }

    #[test]
    fn splitting_a_pause_never_moves_a_due_instant(happened in course(), cut in 1i64..500, place in 0usize..10) {
        let terms = Made::new();
        let whole = facts(&happened);
        let pause = whole.iter().enumerate().filter(|it| matches!(it.1.what, What::Moves(Mode::Paused, _))).nth(place % 3);
        if let Some((found, pause)) = pause.filter(|it| whole.get(it.0 + 1).is_some_and(|next| next.at > it.1.at)) {
            let end = whole[found + 1].at.as_millis();
            let middle = Instant::from_millis((pause.at.as_millis() + cut * MINUTE).min(end));
            let mut split = whole.clone();
            for what in [What::Moves(Mode::Paused, "again".into()), What::Moves(Mode::Running, "on".into())] {
                split.insert(found + 1, Fact { at: middle, what });
            }
            for target in Target::ALL {
                let (one, two) = (clock(&whole, &terms, target), clock(&split, &terms, target));
                prop_assert_eq!(one.map(|it| (it.due_at, it.worked, it.state)), two.map(|it| (it.due_at, it.worked, it.state)));
            }
        }
    }

    #[test]
    fn running_again_changes_nothing(happened in course(), later in 0i64..100_000) {
        let terms = Made::new();
        let facts = facts(&happened);
        let now = at(later);
        let mut once = run(&facts, &terms, &[], now);
        prop_assert_eq!(&run(&facts, &terms, &once, now), &once);
        // What was acted on stays so, and the next step lies beyond it.
        for it in &mut once {
            if let Some((share, when)) = it.next.filter(|next| next.1 <= now) {
                it.reached = share;
                prop_assert!(when >= it.started_at);
            }
        }
        let again = run(&facts, &terms, &once, now);
        for (before, after) in once.iter().zip(&again) {
            prop_assert_eq!(before.reached, after.reached);
            prop_assert!(after.next.is_none_or(|it| it.0 > before.reached));
        }
        prop_assert_eq!(&run(&facts, &terms, &again, now), &again);
    }

    #[test]
    fn what_came_before_the_end_is_gone_through_share_by_share(happened in course()) {
        let terms = Made::new();
        let (facts, now) = (facts(&happened), at(1_000_000));
        let mut clocks = run(&facts, &terms, &[], now);
        let shares = [50u16, 100, 150];
        for _ in shares {
            for it in clocks.iter_mut().filter(|it| it.done_at.is_some()) {
                it.reached = it.next.map_or(it.reached, |next| next.0);
            }
            clocks = run(&facts, &terms, &clocks, now);
        }
        for it in clocks.iter().filter(|it| it.done_at.is_some()) {
            let last = shares.into_iter().rfind(|share| it.worked >= u64::from(it.allowed) * 10 * u64::from(*share));
            prop_assert_eq!((it.reached, it.next), (last.unwrap_or(0), None));
        }
    }

    #[test]
    fn a_longer_pause_is_never_due_sooner(happened in course(), longer in 1i64..5_000) {
        let terms = Made::new();
        let last = happened.len().saturating_sub(1);
        let mut stretched = happened.clone();
        let is_pause = last > 0 && matches!(happened[last - 1].1, Happens::Moves(Mode::Paused)) && matches!(happened[last].1, Happens::Moves(Mode::Running));
        if is_pause {
            stretched[last].0 += longer;
            let due = |it: &[(i64, Happens)]| clock(&facts(it), &terms, Target::Resolution).and_then(|it| it.due_at);
            if let (Some(short), Some(long)) = (due(&happened), due(&stretched)) {
                prop_assert!(short <= long);
            }
        }
    }

    #[test]
    fn old_facts_carried_forward_change_no_clock(happened in course(), cut in 0i64..2_000) {
        let terms = Made::new();
        let whole = facts(&happened);
        let until = at(cut);
        // Terms and answers that are carried lose when they came, which matters to targets that changed or began since; modes do not.
        let only_modes = whole.iter().skip(2).all(|it| matches!(it.what, What::Moves(Mode::Running | Mode::Paused, _)));
        if only_modes && until < whole.last().unwrap().at && cut > 0 {
            let older: Vec<Fact> = whole.iter().filter(|it| it.at < until).cloned().chain([Fact { at: until, what: What::Moves(Mode::Paused, String::new()) }]).collect();
            let worked = clock(&older, &terms, Target::Resolution).unwrap().worked;
            let mut course = Course::default();
            for it in &whole {
                course.add(it.at, it.what.clone());
            }
            course.carry(until, worked, 0);
            let (one, two) = (clock(&whole, &terms, Target::Resolution), clock(course.facts(), &terms, Target::Resolution));
            let one = one.filter(|it| it.breached_at(until).is_none());
            if let (Some(one), Some(two)) = (one, two) {
                prop_assert_eq!((one.due_at, one.worked, one.state), (two.due_at, two.worked, two.state));
            }
        }
    }
}
