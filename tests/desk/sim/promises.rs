//! What the clocks of a desk must say, worked out the slow way: the facts of a ticket's course are walked through one by one, and time is
//! only ever added up, never looked for. An instant is right if that much working time has passed by then and not a millisecond before.

use std::collections::{BTreeMap, BTreeSet};

use lodge::{
    desk::{
        calendars,
        service_levels::{
            self, Clock, ClockState, DUE, EntryKind, Fact, Mode, Policies, Policy, Retiming, Setting, Target, Targets, What, timeline, used,
        },
        tickets::Ticket,
    },
    error::Result,
    id::TicketId,
    store::Tx,
    time::Instant,
};

/// A share of a target that the desk acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub ticket: TicketId,
    pub target: Target,
    /// Which run of the clock it is of.
    pub started_at: Instant,
    pub share: u16,
    /// Its own instant, and when it was acted on.
    pub at: Instant,
    pub acted_at: Instant,
    /// When the terms of the ticket, or what the desk promises at all, last changed.
    pub terms_since: Instant,
}

/// Every share that was acted on, with the last time that it was.
#[derive(Default)]
pub struct Shares {
    last: BTreeMap<(TicketId, Target, Instant, u16), Share>,
    pub count: u64,
    /// Tickets that nothing was promised for at first: what went by until then is nobody's fault.
    taken_up: BTreeSet<TicketId>,
}

impl Shares {
    pub fn learn(&mut self, share: Share) {
        self.count += 1;
        let key = (share.ticket, share.target, share.started_at, share.share);
        if let Some(before) = self.last.get(&key) {
            // A share comes again only if other terms have put it ahead of now meanwhile.
            assert!(share.terms_since >= before.acted_at, "acted on twice: {before:?} {share:?}");
        }
        self.last.insert(key, share);
    }

    /// Hears of a ticket as it is now.
    pub fn hear(&mut self, ticket: &Ticket) {
        if ticket.targets.as_ref().is_none_or(|it| it.course.is_empty()) {
            self.taken_up.insert(ticket.id);
        }
    }

    /// What is missed and has nothing left to be acted on was acted on.
    pub fn check(&self, ticket: &Ticket) {
        let Some(targets) = ticket.targets.as_ref().filter(|_| !self.taken_up.contains(&ticket.id)) else { return };
        for clock in targets.clocks.iter().filter(|it| it.is_breached() && it.next.is_none_or(|next| next.0 > 100)) {
            let known = self.last.contains_key(&(ticket.id, clock.target, clock.started_at, 100));
            assert!(known, "missed, and nobody acted on it: {clock:?} of {:?}", targets.course);
        }
    }
}

/// Whether every open ticket stands under the policies and calendars as they are now.
fn is_settled(tx: &Tx) -> Result<bool> {
    Ok(Retiming::of(tx)?.is_none_or(|it| it.finished_at.is_some()))
}

/// Everything that must hold of every clock now; what does not, in words.
pub fn complaints(tx: &Tx) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let settled = is_settled(tx)?;
    let mut wanted = BTreeSet::new();
    for ticket in tx.scan::<Ticket>(&())? {
        let ticket = ticket?;
        // Somebody may ask for more attention to a ticket that nothing is promised for.
        let Some(targets) = ticket.targets.as_ref().filter(|it| !it.course.is_empty()) else { continue };
        let next = targets.clocks.iter().filter_map(|it| it.next).map(|it| it.1).min();
        wanted.extend(next.map(|at| (at, ticket.id)));
        let walk = Walk { tx, facts: targets.course.facts() };
        let mut say = |what: String| found.push(format!("{}: {what}; {:?} {:?}", ticket.id, targets.course, targets.clocks));
        for clock in &targets.clocks {
            let open = clock.is_open();
            let known = if settled && open { walk.of_open(clock)? } else { walk.of_any(clock) };
            known.into_iter().for_each(|it| say(format!("{} {it}", clock.target.name())));
            let mine = walk.worked(clock.target, clock.started_at, tx.now())? / 1000;
            if settled && open && used(tx, &ticket, clock)? != mine {
                say(format!("{} tells {} used and not {mine}", clock.target.name(), used(tx, &ticket, clock)?));
            }
        }
        if settled && ticket.deleted_at.is_none() && ticket.category.is_open() {
            story(tx, &ticket, targets)?.into_iter().for_each(&mut say);
            let mut again = ticket.clone();
            service_levels::follow(tx, &mut again, tx.now())?;
            if again.targets != ticket.targets {
                say(format!("is something else when it is asked again: {:?}", again.targets));
            }
        }
    }
    let indexed: Vec<TicketId> = tx.find_keys(&DUE, &())?.collect::<Result<_, _>>()?;
    let wanted: Vec<TicketId> = wanted.into_iter().map(|it| it.1).collect();
    if indexed != wanted {
        found.push(format!("the index of what is due holds {indexed:?} and not {wanted:?}"));
    }
    Ok(found)
}

/// The printed story adds up to what the resolution's clock says.
fn story(tx: &Tx, ticket: &Ticket, targets: &Targets) -> Result<Option<String>> {
    let told = timeline(tx, ticket)?;
    let Some(clock) = targets.clock(Target::Resolution) else { return Ok(None) };
    let sum: u64 = told.entries.iter().filter(|it| matches!(it.kind, EntryKind::Ran { .. } | EntryKind::Carried)).map(|it| it.worked).sum();
    let wanted = used(tx, ticket, clock)?;
    let total = told.entries.iter().map(|it| it.total).max().unwrap_or_default();
    let fits = sum == wanted && total == wanted && told.clocks == targets.clocks;
    Ok((!fits).then(|| format!("its story comes to {sum} and {total}, its clock to {wanted}")))
}

/// The working time of a target, in milliseconds, under a setting.
fn promised(policy: Option<&Policy>, setting: &Setting, target: Target) -> Option<u64> {
    let (policy, at) = (policy?, usize::from(setting.priority) - 1);
    let minutes = match target {
        Target::Response => policy.targets[at].response,
        Target::Resolution => policy.targets[at].resolution,
        Target::Update => policy.targets[at].update,
        Target::Operational => {
            let row = |of| policy.operational.iter().find(|it| it.team == of);
            row(Some(setting.team?)).or_else(|| row(None))?.minutes[at]
        }
    };
    minutes.map(|it| u64::from(it) * 60_000)
}

/// The shares of a target at which its policy has something done.
fn shares(policy: Option<&Policy>, target: Target) -> BTreeSet<u16> {
    let steps = policy.iter().flat_map(|it| &it.steps).filter(|it| it.target.is_none() || it.target == Some(target));
    steps.map(|it| it.share).chain([100]).collect()
}

/// A walk through a course.
pub struct Walk<'a> {
    pub tx: &'a Tx,
    pub facts: &'a [Fact],
}

impl Walk<'_> {
    /// Working milliseconds of a target from one instant to another.
    pub fn worked(&self, target: Target, from: Instant, until: Instant) -> Result<u64> {
        let (mut mode, mut setting, mut sum) = (Mode::Running, Setting::default(), 0);
        for (at, fact) in self.facts.iter().enumerate() {
            match &fact.what {
                What::Moves(it, _) => mode = *it,
                What::Under(it) => setting = *it,
                What::Carried(of_ticket, of_team) if fact.at > from => {
                    sum = if target == Target::Operational { *of_team } else { *of_ticket };
                }
                What::Answered | What::Carried(..) => {}
            }
            let begin = fact.at.max(from);
            let end = self.facts.get(at + 1).map_or(until, |next| next.at.min(until));
            if mode == Mode::Running && begin < end {
                let calendar = if target == Target::Operational { setting.team_calendar } else { setting.calendar };
                let hours = calendar.map_or_else(|| Ok(calendars::round_the_clock()), |it| calendars::timetable(self.tx, it))?;
                sum += hours.elapsed_millis(begin, end);
            }
        }
        Ok(sum)
    }

    /// Whether an instant is the first at which so much of a target had been used.
    pub fn is_first(&self, target: Target, from: Instant, goal: u64, at: Instant) -> Result<bool> {
        let before = Instant::from_millis(at.as_millis() - 1);
        Ok(self.worked(target, from, at)? >= goal && (at <= from || self.worked(target, from, before)? < goal))
    }

    /// Whether clocks ran when an instant came, up to and with it.
    pub fn ran(&self, at: Instant) -> bool {
        let mut modes: Vec<(Instant, Mode)> = Vec::new();
        for fact in self.facts {
            if let What::Moves(mode, _) = fact.what {
                modes.push((fact.at, mode));
            }
        }
        let carried = self.facts.iter().any(|it| matches!(it.what, What::Carried(..)) && it.at >= at);
        let runs = |i: usize| modes[i].1 == Mode::Running && modes[i].0 <= at && modes.get(i + 1).is_none_or(|next| at <= next.0);
        carried || (0..modes.len()).any(runs)
    }

    /// When the present run of a target's clock began.
    pub fn started(&self, target: Target) -> Instant {
        let begin = self.facts.first().map_or(Instant::EPOCH, |it| it.at);
        let (mut of_update, mut of_team, mut stopped, mut team) = (begin, begin, false, None);
        for fact in self.facts {
            match &fact.what {
                What::Moves(mode, _) => {
                    if stopped && *mode != Mode::Stopped {
                        of_update = fact.at;
                    }
                    stopped = *mode == Mode::Stopped;
                }
                What::Under(it) => {
                    if it.team != team {
                        of_team = fact.at;
                    }
                    team = it.team;
                }
                What::Answered => of_update = fact.at,
                What::Carried(..) => {}
            }
        }
        match target {
            Target::Response | Target::Resolution => begin,
            Target::Update => of_update,
            Target::Operational => of_team,
        }
    }

    fn present(&self) -> (Mode, Setting, Instant) {
        let (mut mode, mut setting, mut since) = (Mode::Running, Setting::default(), Instant::EPOCH);
        for fact in self.facts {
            match &fact.what {
                What::Moves(it, _) => (mode, since) = (*it, fact.at),
                What::Under(it) => setting = *it,
                What::Answered | What::Carried(..) => {}
            }
        }
        (mode, setting, since)
    }

    /// What holds of any clock, whatever is promised now.
    fn of_any(&self, clock: &Clock) -> Vec<String> {
        let (mode, _, since) = self.present();
        let mut wrong = Vec::new();
        let state = match mode {
            _ if clock.done_at.is_some() => ClockState::Done,
            Mode::Running => ClockState::Running,
            Mode::Paused | Mode::Stopped => ClockState::Paused,
        };
        if clock.state != state {
            wrong.push(format!("is {:?} and not {state:?}", clock.state));
        }
        // What waits is not due, unless it was due before it waited; what is done had its share before it was.
        if state == ClockState::Paused && [clock.due_at, clock.next.map(|it| it.1)].into_iter().flatten().any(|it| it > since) {
            wrong.push("waits and is due".into());
        }
        if clock.done_at.zip(clock.next).is_some_and(|(done, next)| next.1 > done) {
            wrong.push("is done and wants something done".into());
        }
        if clock.is_open() && clock.started_at != self.started(clock.target) {
            wrong.push(format!("began at {}", self.started(clock.target)));
        }
        if clock.next.is_some_and(|it| it.0 <= clock.reached) {
            wrong.push("goes back".into());
        }
        wrong
    }

    /// What holds of a clock that is open, under the terms of now.
    fn of_open(&self, clock: &Clock) -> Result<Vec<String>> {
        let mut wrong = self.of_any(clock);
        let (mode, setting, _) = self.present();
        let policies = Policies::of(self.tx)?;
        let policy = setting.policy.and_then(|it| policies.get(it));
        let Some(allowed) = promised(policy, &setting, clock.target) else { return Ok(vec!["is not promised".into()]) };
        if u64::from(clock.allowed) * 1000 != allowed {
            wrong.push(format!("allows {} and not {allowed}", clock.allowed));
        }
        let next = shares(policy, clock.target).into_iter().find(|it| *it > clock.reached);
        for (share, at) in [(Some(100), clock.due_at), (next, clock.next.map(|it| it.1))] {
            let Some(share) = share else { continue };
            let goal = allowed / 100 * u64::from(share);
            match at {
                Some(at) if !self.is_first(clock.target, clock.started_at, goal, at)? => {
                    wrong.push(format!("does not come to {share} % at {at}"))
                }
                None if mode == Mode::Running && self.worked(clock.target, clock.started_at, Instant::from_millis(1 << 43))? >= goal => {
                    wrong.push(format!("comes to {share} % some day"));
                }
                _ => {}
            }
        }
        if clock.next.is_some_and(|it| Some(it.0) != next) {
            wrong.push(format!("goes on to another share than {next:?}"));
        }
        Ok(wrong)
    }
}
