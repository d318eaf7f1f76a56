//! What the clocks of a course say: a pure function of the facts, the policies and the calendars (BEY-18).
//!
//! Working time is counted over the stretches in which clocks run, each in the calendar that held then; the target is the one that
//! holds in the end, so a change of priority neither forgives nor forgets the time that was used. A clock is breached when the working
//! time has reached its target while it was open.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::{
    course::{Fact, Mode, Setting, What},
    target::Target,
};
use crate::{
    desk::calendars::Timetable,
    id::{CalendarId, PolicyId},
    time::Instant,
};

/// Shares of a target, in percent, at which something happens; sorted, and 100 among them.
pub type Thresholds = Vec<u16>;

/// What clocks need to know besides their course.
pub trait Terms {
    /// The working time that a target allows under a setting, in seconds; none: nothing is promised.
    fn allowed(&self, setting: &Setting, target: Target) -> Option<u32>;
    /// At which shares of it something happens.
    fn thresholds(&self, policy: PolicyId, target: Target) -> Thresholds;
    /// Working time; none: round the clock.
    fn hours(&self, calendar: Option<CalendarId>) -> Arc<Timetable>;
}

/// Where a clock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ClockState {
    #[n(0)]
    Running,
    #[n(1)]
    Paused,
    /// Kept, in time or late.
    #[n(2)]
    Done,
}

impl ClockState {
    pub fn name(self) -> &'static str {
        match self {
            ClockState::Running => "running",
            ClockState::Paused => "paused",
            ClockState::Done => "done",
        }
    }
}

/// One promise and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Clock {
    #[n(0)]
    pub target: Target,
    /// When it began: the ticket's start, the last answer, the team's taking over.
    #[n(1)]
    pub started_at: Instant,
    /// Working time that is allowed, in seconds.
    #[n(2)]
    pub allowed: u32,
    /// Working time that was used until it was done, or until the present stretch began, in milliseconds.
    #[n(3)]
    pub worked: u64,
    #[n(4)]
    pub state: ClockState,
    /// When the target is reached if nothing else happens; none while it is paused with time left, and if its calendar never opens.
    #[n(5)]
    pub due_at: Option<Instant>,
    /// When it was missed, by what is known now; in the future if it is running.
    #[n(6)]
    pub done_at: Option<Instant>,
    /// The highest share that was acted on.
    #[n(7)]
    pub reached: u16,
    /// The next share at which something happens, and when, if nothing else does.
    #[n(8)]
    pub next: Option<(u16, Instant)>,
    /// When the present target came to hold, if that is after its start.
    #[n(9)]
    pub changed_at: Option<Instant>,
}

impl Clock {
    /// When it was missed, if it has been by `now`.
    pub fn breached_at(&self, now: Instant) -> Option<Instant> {
        let due = self.due_at?;
        let missed = self.done_at.map_or(due <= now, |done| due <= done);
        missed.then(|| self.changed_at.map_or(due, |it| it.max(due)))
    }

    /// Whether it was missed and somebody has acted on it, or it was kept too late.
    pub fn is_breached(&self) -> bool {
        self.reached >= 100 || self.done_at.zip(self.due_at).is_some_and(|(done, due)| due <= done)
    }

    pub fn is_open(&self) -> bool {
        self.state != ClockState::Done
    }

    /// Working time that is left, in seconds, when the present stretch began; negative once it is over.
    pub fn left(&self) -> i64 {
        i64::from(self.allowed) - i64::try_from(self.worked / 1000).unwrap_or(i64::MAX)
    }
}

/// A stretch of time under one mode and one setting.
struct Stretch {
    from: Instant,
    /// None: it goes on.
    until: Option<Instant>,
    mode: Mode,
    setting: Setting,
}

/// The course as stretches, and what happened at instants.
struct Reading {
    stretches: Vec<Stretch>,
    answers: Vec<Instant>,
    /// When what is older was carried forward, and what it came to: of the ticket, of the team.
    carried: Option<(Instant, u64, u64)>,
    /// When it last went on after it was stopped, and when the team last changed. Taken from facts and not from stretches: who resolves
    /// and reopens within one instant leaves no stretch, but the clock of before was gone in between, with all that was acted on.
    reopened: Option<Instant>,
    taken: Option<Instant>,
}

impl Reading {
    fn of(facts: &[Fact]) -> Reading {
        let (mut mode, mut setting) = (Mode::Running, Setting::default());
        let mut reading = Reading { stretches: Vec::new(), answers: Vec::new(), carried: None, reopened: None, taken: None };
        for fact in facts {
            match &fact.what {
                What::Moves(it, _) => {
                    if mode == Mode::Stopped && *it != Mode::Stopped {
                        reading.reopened = Some(fact.at);
                    }
                    mode = *it;
                }
                What::Under(it) => {
                    if it.team != setting.team {
                        reading.taken = Some(fact.at);
                    }
                    setting = *it;
                }
                What::Answered => {
                    reading.answers.push(fact.at);
                    continue;
                }
                What::Carried(worked, of_team) => {
                    reading.carried = Some((fact.at, *worked, *of_team));
                    continue;
                }
            }
            if let Some(last) = reading.stretches.last_mut() {
                if last.from == fact.at {
                    (last.mode, last.setting) = (mode, setting);
                    continue;
                }
                last.until = Some(fact.at);
            }
            reading.stretches.push(Stretch { from: fact.at, until: None, mode, setting });
        }
        reading
    }

    fn start(&self) -> Option<Instant> {
        self.stretches.first().map(|it| it.from)
    }

    fn present(&self) -> Option<&Stretch> {
        self.stretches.last()
    }

    /// Where an unbroken row of last stretches begins that all are so.
    fn since(&self, is_so: impl Fn(&Stretch) -> bool) -> Option<Instant> {
        let so = self.stretches.iter().rev().take_while(|it| is_so(it));
        so.last().map(|it| it.from)
    }

    /// The instant from which it was stopped for the first time.
    fn first_stop(&self) -> Option<Instant> {
        self.stretches.iter().find(|it| it.mode == Mode::Stopped).map(|it| it.from)
    }
}

/// Which calendar of a setting a target goes by.
fn calendar_of(setting: &Setting, target: Target) -> Option<CalendarId> {
    if target == Target::Operational { setting.team_calendar } else { setting.calendar }
}

/// Every clock that a course has, run anew. `known` are the clocks as they were, for what was acted on already; `now` decides which of
/// that still stands.
pub fn run(facts: &[Fact], terms: &dyn Terms, known: &[Clock], now: Instant) -> Vec<Clock> {
    let reading = Reading::of(facts);
    let (Some(start), Some(present)) = (reading.start(), reading.present()) else { return Vec::new() };
    let stopped = present.mode == Mode::Stopped;
    let stopped_since = reading.since(|it| it.mode == Mode::Stopped);
    let first_word = reading.answers.first().copied();
    let responded = match (first_word, reading.first_stop()) {
        (Some(word), Some(stop)) => Some(word.min(stop)),
        (word, stop) => word.or(stop),
    };
    let mut clocks = Vec::new();
    let mut add = |target: Target, from: Instant, done: Option<Instant>| {
        let measuring = Measuring { reading: &reading, terms, target, from, done };
        let over = known.iter().find(|it| done.is_some() && it.target == target && it.started_at == from && it.done_at == done);
        clocks.extend(over.map_or_else(|| measuring.clock(known, now), |it| Some(measuring.gone_on(it))));
    };
    add(Target::Response, start, responded);
    add(Target::Resolution, start, stopped_since);
    if !stopped {
        // Until the desk has spoken, its first word is what is promised.
        let begins = reading.answers.last().copied().max(reading.reopened.filter(|_| responded.is_some()));
        let without_response = terms.allowed(&present.setting, Target::Response).is_none();
        if let Some(begins) = begins.or(without_response.then_some(start)) {
            add(Target::Update, begins, None);
        }
    }
    let team = present.setting.team;
    // A team that gets what is over already has nothing to do in time.
    let in_work = |taken: &Instant| stopped_since.is_none_or(|it| it >= *taken);
    if let Some(taken) = reading.taken.filter(|_| team.is_some()).filter(in_work) {
        add(Target::Operational, taken, stopped_since);
    }
    clocks
}

/// One clock while it is worked out.
struct Measuring<'a> {
    reading: &'a Reading,
    terms: &'a dyn Terms,
    target: Target,
    from: Instant,
    done: Option<Instant>,
}

/// A stretch in which the clock ran, with what it had used before.
struct Run {
    from: Instant,
    until: Option<Instant>,
    before: u64,
    hours: Arc<Timetable>,
}

impl Measuring<'_> {
    fn clock(&self, known: &[Clock], now: Instant) -> Option<Clock> {
        let end = self.done;
        let under = self.under()?;
        let allowed = self.terms.allowed(under, self.target)?;
        let (runs, worked) = self.runs();
        let due_at = instant_of(&runs, goal(allowed, 100));
        let state = match (end, self.reading.present()?.mode) {
            (Some(_), _) => ClockState::Done,
            (None, Mode::Running) => ClockState::Running,
            (None, _) => ClockState::Paused,
        };
        let thresholds = self.thresholds(under);
        let before = known.iter().find(|it| it.target == self.target && it.started_at == self.from);
        let passed = |share: u16| instant_of(&runs, goal(allowed, share)).filter(|it| *it <= end.unwrap_or(now));
        // What was acted on, and still lies behind.
        let reached = before.map_or(0, |it| it.reached);
        let stands = thresholds.iter().rev().find(|it| **it <= reached && passed(**it).is_some());
        let reached = stands.copied().unwrap_or(0);
        let next = thresholds.iter().find(|it| **it > reached).and_then(|it| Some((*it, instant_of(&runs, goal(allowed, *it))?)));
        Some(Clock {
            target: self.target,
            started_at: self.from,
            allowed,
            worked,
            state,
            due_at,
            done_at: end,
            reached,
            next: next.filter(|it| end.is_none_or(|end| it.1 <= end)),
            changed_at: self.changed_at(allowed),
        })
    }

    /// A clock that is over is not judged again by what is promised later; but what it came to before its end happens, one share after
    /// the other, however late somebody gets to it.
    fn gone_on(&self, over: &Clock) -> Clock {
        let Some((last, since)) = over.next.filter(|next| next.0 <= over.reached) else { return over.clone() };
        let thresholds = self.under().map(|it| self.thresholds(it)).unwrap_or_default();
        let came = |share: &u16| over.worked >= goal(over.allowed, *share);
        let next = thresholds.into_iter().find(|it| *it > last).filter(came).map(|share| {
            let end = over.done_at.unwrap_or(since);
            let latest = if share <= 100 { over.due_at.unwrap_or(end).min(end) } else { end };
            let found = (share != 100).then(|| instant_of(&self.runs().0, goal(over.allowed, share))).flatten();
            // Its calendar may be another by now: what is known from then bounds what is found.
            (share, found.unwrap_or(latest).min(latest).max(since))
        });
        Clock { next, ..over.clone() }
    }

    /// The terms that held in the end.
    fn under(&self) -> Option<&Setting> {
        let stretches = &self.reading.stretches;
        let last = stretches.iter().rfind(|it| self.done.is_none_or(|end| it.from < end) || it.from == self.from);
        last.map(|it| &it.setting)
    }

    fn thresholds(&self, under: &Setting) -> Thresholds {
        under.policy.map_or_else(|| vec![100], |it| self.terms.thresholds(it, self.target))
    }

    /// The stretches in which it ran, and the working time that they came to up to the last fact.
    fn runs(&self) -> (Vec<Run>, u64) {
        let mut runs = Vec::new();
        let mut worked = 0;
        if let Some((_, of_ticket, of_team)) = self.reading.carried.filter(|it| it.0 > self.from) {
            worked = if self.target == Target::Operational { of_team } else { of_ticket };
        }
        for stretch in self.reading.stretches.iter().filter(|it| it.mode == Mode::Running) {
            let from = stretch.from.max(self.from);
            let until = stretch.until;
            if until.is_some_and(|it| it <= from) || self.done.is_some_and(|it| it <= from) {
                continue;
            }
            let hours = self.terms.hours(calendar_of(&stretch.setting, self.target));
            let end = match (until, self.done) {
                (Some(until), Some(done)) => Some(until.min(done)),
                (until, done) => until.or(done),
            };
            let used = end.map_or(0, |it| hours.elapsed_millis(from, it));
            // A clock that is done says when it would have been due: its last stretch goes on.
            let cut = self.done.is_some_and(|done| end == Some(done));
            runs.push(Run { from, until: end.filter(|_| !cut), before: worked, hours });
            worked += used;
        }
        (runs, worked)
    }

    /// When the target came to be what it is, if that was after the clock began.
    fn changed_at(&self, allowed: u32) -> Option<Instant> {
        let within = self.reading.stretches.iter().filter(|it| self.done.is_none_or(|done| it.from < done));
        let mut since = None;
        for stretch in within.rev() {
            if self.terms.allowed(&stretch.setting, self.target) != Some(allowed) {
                return since;
            }
            if stretch.from <= self.from {
                return None;
            }
            since = Some(stretch.from);
        }
        None
    }
}

/// Working time, in milliseconds, that a share of a target comes to.
fn goal(allowed: u32, share: u16) -> u64 {
    u64::from(allowed) * 10 * u64::from(share)
}

/// The instant at which so much working time, in milliseconds, had been used.
fn instant_of(runs: &[Run], goal: u64) -> Option<Instant> {
    for run in runs {
        let left = goal.saturating_sub(run.before);
        match run.until {
            None => return run.hours.due_millis(run.from, i64::try_from(left).ok()?),
            Some(until) if run.hours.elapsed_millis(run.from, until) >= left => {
                return run.hours.due_millis(run.from, i64::try_from(left).ok()?);
            }
            Some(_) => {}
        }
    }
    None
}
