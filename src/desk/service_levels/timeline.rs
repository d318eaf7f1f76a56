//! A ticket's clocks explained: every stretch in which they ran, waited or stood, in which calendar and past which holidays, with the
//! working time that each came to (BEY-18). It adds up: the stretches of a target sum to what its clock says.

use super::{
    clock::{Clock, ClockState, Terms},
    course::{Mode, Setting, What},
    follow::DeskTerms,
    target::Target,
};
use crate::{
    desk::{
        calendars::{self, Calendar},
        queues::Team,
        tickets::Ticket,
    },
    error::Result,
    store::Tx,
    time::Instant,
};

/// Special days that one stretch names; a longer one says that there are more.
const DAYS_NAMED_MAX: usize = 12;

/// What one line tells.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryKind {
    /// Clocks ran; with the holidays and other special days that lay in it.
    Ran { calendar: Option<String>, days: Vec<String>, more_days: usize },
    /// Clocks waited, by the state of this key.
    Waited { state: String },
    /// It was resolved, closed or gone.
    Stood { state: String },
    /// Other terms from here on.
    Terms { policy: Option<String>, priority: u8, calendar: Option<String>, calendar_from: String, team: Option<String> },
    /// The desk's word.
    Answered,
    /// What is older was added up.
    Carried,
    /// So much of a target was used.
    Reached { target: Target, share: u16 },
    /// A target is due, if nothing else happens.
    Due { target: Target },
}

/// One line of the story.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: Instant,
    /// The end of a stretch; none while it goes on, and for what happens at an instant.
    pub until: Option<Instant>,
    pub kind: EntryKind,
    /// Working time of the stretch, or of what was added up, in seconds; all of them sum to `total`.
    pub worked: u64,
    /// Working time of all stretches up to its end, in seconds.
    pub total: u64,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    /// The policy that won.
    pub policy: Option<String>,
    /// Why: its place in the order, and its condition.
    pub because: String,
    pub clocks: Vec<Clock>,
    pub entries: Vec<Entry>,
}

/// The story of a ticket's clocks up to now.
pub fn timeline(tx: &Tx, ticket: &Ticket) -> Result<Timeline> {
    let Some(targets) = &ticket.targets else { return Ok(Timeline::default()) };
    let terms = DeskTerms::new(tx)?;
    let policies = terms.policies();
    let place = targets.policy.and_then(|id| policies.list.iter().position(|it| it.id == id));
    let because = match place.and_then(|it| policies.list.get(it)) {
        Some(it) if it.condition.text().is_empty() => {
            format!("number {} in the order, which is for every ticket", place.map_or(0, |it| it + 1))
        }
        Some(it) => format!("number {} in the order, and the first that is for it: {}", place.map_or(0, |it| it + 1), it.condition.text()),
        None => "no policy is for it".to_owned(),
    };
    let mut story =
        Story { tx, terms: &terms, entries: Vec::new(), total: 0, mode: Mode::Running, state: String::new(), setting: Setting::default() };
    let facts = targets.course.facts();
    for (at, fact) in facts.iter().enumerate() {
        story.take(fact.at, &fact.what, ticket)?;
        let next = facts.get(at + 1).map(|it| it.at);
        if next != Some(fact.at) {
            story.stretch(fact.at, next)?;
        }
    }
    let mut entries = story.entries;
    for clock in &targets.clocks {
        if let Some(at) = clock.breached_at(tx.now()) {
            entries.push(Entry { at, until: None, kind: EntryKind::Reached { target: clock.target, share: 100 }, worked: 0, total: 0 });
        } else if let Some(at) = clock.due_at.filter(|_| clock.is_open()) {
            entries.push(Entry { at, until: None, kind: EntryKind::Due { target: clock.target }, worked: 0, total: 0 });
        }
    }
    entries.sort_by_key(|it| it.at);
    let policy = place.and_then(|it| policies.list.get(it)).map(|it| it.name.clone());
    Ok(Timeline { policy, because, clocks: targets.clocks.clone(), entries })
}

/// Working time of a clock that is used by now, in seconds.
pub fn used(tx: &Tx, ticket: &Ticket, clock: &Clock) -> Result<u64> {
    let Some(targets) = ticket.targets.as_ref().filter(|_| clock.state == ClockState::Running) else { return Ok(clock.worked / 1000) };
    let (_, setting) = targets.course.present();
    let calendar = if clock.target == Target::Operational { setting.team_calendar } else { setting.calendar };
    let since = targets.course.stretch_began().unwrap_or(clock.started_at).max(clock.started_at);
    let hours = DeskTerms::new(tx)?.hours(calendar);
    Ok((clock.worked + hours.elapsed_millis(since, tx.now())) / 1000)
}

struct Story<'a> {
    tx: &'a Tx,
    terms: &'a DeskTerms<'a>,
    entries: Vec<Entry>,
    /// Milliseconds.
    total: u64,
    mode: Mode,
    state: String,
    setting: Setting,
}

impl Story<'_> {
    /// Something happened.
    fn take(&mut self, at: Instant, what: &What, ticket: &Ticket) -> Result<()> {
        let kind = match what {
            What::Moves(mode, state) => {
                (self.mode, self.state) = (*mode, state.clone());
                return Ok(());
            }
            What::Under(setting) => {
                self.setting = *setting;
                let own = setting.policy.and_then(|it| self.terms.policies().get(it)).and_then(|it| it.calendar);
                let team = setting.team.map(|it| self.tx.get_shared::<Team>(&it)).transpose()?.flatten();
                EntryKind::Terms {
                    policy: setting.policy.and_then(|it| self.terms.policies().get(it)).map(|it| it.name.clone()),
                    priority: setting.priority,
                    calendar: self.calendar()?,
                    calendar_from: calendars::in_force(self.tx, own, ticket.queue)?.from.to_string(),
                    team: team.map(|it| it.name.clone()),
                }
            }
            What::Answered => EntryKind::Answered,
            What::Carried(worked, _) => {
                self.total = *worked;
                EntryKind::Carried
            }
        };
        let total = self.total / 1000;
        let worked = if kind == EntryKind::Carried { total } else { 0 };
        self.entries.push(Entry { at, until: None, kind, worked, total });
        Ok(())
    }

    fn calendar(&self) -> Result<Option<String>> {
        let Some(id) = self.setting.calendar else { return Ok(None) };
        Ok(self.tx.get_shared::<Calendar>(&id)?.map(|it| it.name.clone()))
    }

    /// Time passed until the next fact, or until now.
    fn stretch(&mut self, from: Instant, until: Option<Instant>) -> Result<()> {
        let end = until.unwrap_or(self.tx.now()).max(from);
        let (kind, worked) = match self.mode {
            Mode::Running => {
                let hours = self.terms.hours(self.setting.calendar);
                let mut days = hours.special_days(from, end).map(|it| format!("{} {}", it.day, it.label)).collect::<Vec<_>>();
                let more_days = days.len().saturating_sub(DAYS_NAMED_MAX);
                days.truncate(DAYS_NAMED_MAX);
                (EntryKind::Ran { calendar: self.calendar()?, days, more_days }, hours.elapsed_millis(from, end))
            }
            Mode::Paused => (EntryKind::Waited { state: self.state.clone() }, 0),
            Mode::Stopped => (EntryKind::Stood { state: self.state.clone() }, 0),
        };
        // Rounded so that the lines sum to the total to the second.
        let before = self.total / 1000;
        self.total += worked;
        let total = self.total / 1000;
        self.entries.push(Entry { at: from, until, kind, worked: total - before, total });
        Ok(())
    }
}
