//! The course of a ticket's targets: the few facts that clocks are made of, in their order. They stand in the ticket, so that a clock
//! can be run anew at any time without reading the log.

use minicbor::{Decode, Encode};

use crate::{
    desk::tickets::Category,
    id::{CalendarId, PolicyId, TeamId},
    limits,
    time::Instant,
};

/// Facts that stay as they are when old ones are carried forward.
const FACTS_KEPT: usize = limits::SLA_FACTS_MAX / 2;

/// Whether clocks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Mode {
    #[n(0)]
    Running,
    /// It waits for somebody or something outside.
    #[n(1)]
    Paused,
    /// It is resolved, closed or gone.
    #[n(2)]
    Stopped,
}

impl Mode {
    /// What a state's category means for clocks (SLA-12): every pending state and Scheduled are of the category `waiting`.
    pub fn of(category: Category) -> Mode {
        match category {
            Category::New | Category::Active => Mode::Running,
            Category::Waiting => Mode::Paused,
            Category::Resolved | Category::Closed => Mode::Stopped,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Mode::Running => "running",
            Mode::Paused => "paused",
            Mode::Stopped => "stopped",
        }
    }
}

/// Under which terms clocks run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Setting {
    #[n(0)]
    pub policy: Option<PolicyId>,
    /// 1 to 4.
    #[n(1)]
    pub priority: u8,
    /// Working time of all targets but the operational; none: round the clock.
    #[n(2)]
    pub calendar: Option<CalendarId>,
    /// In whose hands it is.
    #[n(3)]
    pub team: Option<TeamId>,
    /// Working time of that team; none: round the clock.
    #[n(4)]
    pub team_calendar: Option<CalendarId>,
}

/// One thing that clocks depend on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum What {
    /// Clocks run, pause or stop, with the key of the state that says so.
    #[n(0)]
    Moves(#[n(0)] Mode, #[n(1)] String),
    /// Other terms from here on.
    #[n(1)]
    Under(#[n(0)] Setting),
    /// A public word of the desk.
    #[n(2)]
    Answered,
    /// Working time, in milliseconds, that older facts came to: of the ticket, and of the team that has it.
    #[n(3)]
    Carried(#[n(0)] u64, #[n(1)] u64),
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Fact {
    #[n(0)]
    pub at: Instant,
    #[n(1)]
    pub what: What,
}

/// The facts of one ticket, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Course(#[n(0)] Vec<Fact>);

impl Course {
    pub fn facts(&self) -> &[Fact] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mode and the terms after the last fact.
    pub fn present(&self) -> (Mode, Setting) {
        let mode = self.0.iter().rev().find_map(|it| if let What::Moves(mode, _) = &it.what { Some(*mode) } else { None });
        let setting = self.0.iter().rev().find_map(|it| if let What::Under(setting) = it.what { Some(setting) } else { None });
        (mode.unwrap_or(Mode::Running), setting.unwrap_or_default())
    }

    /// When the present stretch began: the last time that modes or terms changed.
    pub fn stretch_began(&self) -> Option<Instant> {
        self.0.iter().rfind(|it| matches!(it.what, What::Moves(..) | What::Under(_))).map(|it| it.at)
    }

    /// Adds a fact, unless it says what holds already. Facts come in their order: one from before the last happens with it.
    pub fn add(&mut self, at: Instant, what: What) -> bool {
        let (mode, setting) = self.present();
        let is_known = match &what {
            What::Moves(it, _) => *it == mode && self.0.iter().any(|it| matches!(it.what, What::Moves(..))),
            What::Under(it) => *it == setting && self.0.iter().any(|it| matches!(it.what, What::Under(_))),
            What::Answered | What::Carried(..) => false,
        };
        if is_known {
            return false;
        }
        let at = self.0.last().map_or(at, |last| last.at.max(at));
        self.0.push(Fact { at, what });
        true
    }

    /// Takes back that the desk answered at an instant.
    pub fn unsay(&mut self, said: Instant) {
        if let Some(at) = self.0.iter().rposition(|it| it.what == What::Answered && it.at == said) {
            self.0.remove(at);
        }
    }

    /// Whether old facts are to be carried forward.
    pub fn is_full(&self) -> bool {
        self.0.len() >= limits::SLA_FACTS_MAX
    }

    /// Where old facts end when they are carried forward.
    pub fn fold_at(&self) -> Instant {
        self.0.get(self.0.len().saturating_sub(FACTS_KEPT)).map_or(Instant::EPOCH, |it| it.at)
    }

    /// Replaces all facts before `until` by what they came to. The start, the terms, the first answer and the first end stay.
    pub fn carry(&mut self, until: Instant, worked: u64, of_team: u64) {
        let (old, new): (Vec<Fact>, Vec<Fact>) = std::mem::take(&mut self.0).into_iter().partition(|it| it.at < until);
        let stopped = old.iter().find(|it| matches!(it.what, What::Moves(Mode::Stopped, _))).cloned();
        let answered = old.iter().find(|it| it.what == What::Answered).cloned();
        let before = Course(old.clone());
        let (mode, setting) = before.present();
        let key = old.iter().rev().find_map(|it| if let What::Moves(_, key) = &it.what { Some(key.clone()) } else { None });
        let start = old.first().map_or(until, |it| it.at);
        let mut kept = vec![Fact { at: start, what: What::Moves(Mode::Paused, String::new()) }];
        kept.push(Fact { at: start, what: What::Under(setting) });
        let mut first = Vec::from_iter(answered.into_iter().chain(stopped));
        first.sort_by_key(|it| it.at);
        kept.extend(first);
        kept.push(Fact { at: until, what: What::Carried(worked, of_team) });
        kept.push(Fact { at: until, what: What::Moves(mode, key.unwrap_or_default()) });
        kept.extend(new);
        self.0 = kept;
    }
}
