//! Keeps a ticket's targets with what the ticket is. Called by every command that puts one, before it does.

use std::sync::Arc;

use super::{
    clock::{Terms, Thresholds, run},
    course::{Mode, Setting, What},
    policy::Policies,
    target::Target,
    targets::Targets,
};
use crate::{
    desk::{
        calendars::{self, Timetable},
        event::{Changes, EventKind},
        queues,
        tickets::{Ticket, lifecycle::Lifecycle},
    },
    error::Result,
    id::{CalendarId, PolicyId},
    limits,
    store::Tx,
    time::Instant,
};

/// Shares of all targets together at which a policy may do something: its steps for each target, and the breach.
const SHARES_MAX: usize = Target::ALL.len() * (limits::SLA_STEPS_MAX + 1);
/// Events of a ticket that are read for the course that it had before it had targets.
const EVENTS_READ_MAX: usize = 500;

/// The terms as they are in the store.
pub(super) struct DeskTerms<'a> {
    tx: &'a Tx,
    policies: Arc<Policies>,
}

impl<'a> DeskTerms<'a> {
    pub(super) fn new(tx: &'a Tx) -> Result<Self> {
        Ok(DeskTerms { tx, policies: Policies::of(tx)? })
    }

    pub(super) fn policies(&self) -> &Policies {
        &self.policies
    }
}

impl Terms for DeskTerms<'_> {
    fn allowed(&self, setting: &Setting, target: Target) -> Option<u32> {
        self.policies.get(setting.policy?)?.allowed(target, setting.priority, setting.team)
    }

    fn thresholds(&self, policy: PolicyId, target: Target) -> Thresholds {
        self.policies.get(policy).map_or_else(|| vec![100], |it| it.thresholds(target))
    }

    fn hours(&self, calendar: Option<CalendarId>) -> Arc<Timetable> {
        // A calendar is retired, never removed; one that cannot be read is treated as none, and the read that fails says so.
        let found = calendar.map(|it| calendars::timetable(self.tx, it));
        match found {
            Some(Ok(it)) => it,
            Some(Err(error)) => {
                tracing::error!(%error, "a calendar could not be read; its clocks run round the clock");
                calendars::round_the_clock()
            }
            None => calendars::round_the_clock(),
        }
    }
}

/// What follows from the ticket as it is now, and from when.
pub fn follow(tx: &Tx, ticket: &mut Ticket, at: Instant) -> Result<()> {
    let terms = DeskTerms::new(tx)?;
    let winner = terms.policies.winner(tx, ticket)?.map(|it| (it.1.id, it.1.version));
    if ticket.targets.is_none() && winner.is_none() {
        return Ok(());
    }
    let mut targets = ticket.targets.take().unwrap_or_default();
    let setting = setting(tx, ticket, &terms, winner.map(|it| it.0))?;
    // It is older than its targets: lodged before there were any, or brought in from elsewhere.
    let is_taken_up = targets.course.is_empty() && ticket.created_at < tx.now();
    if targets.course.is_empty() {
        begin(tx, &mut targets, ticket, setting)?;
    }
    targets.course.add(at, What::Under(setting));
    let mode = if ticket.deleted_at.is_some() { Mode::Stopped } else { Mode::of(ticket.category) };
    let was = targets.course.present().0;
    targets.course.add(at, What::Moves(mode, ticket.state.clone()));
    // What was taken note of, or asked for, is over with the work.
    if was != mode && mode == Mode::Stopped {
        (targets.acknowledged, targets.escalated) = (None, None);
    }
    (targets.policy, targets.policy_version) = winner.map_or((None, 0), |it| (Some(it.0), it.1));
    rerun(&mut targets, &terms, tx.now());
    if is_taken_up {
        let_pass(&mut targets, &terms, tx.now(), u16::MAX);
    }
    ticket.targets = Some(targets);
    Ok(())
}

/// Lets shares below `under` pass whose instant has gone by: nobody could have acted on them then, and nobody is told of them now.
fn let_pass(targets: &mut Targets, terms: &dyn Terms, now: Instant, under: u16) {
    // Each share that is let pass shows the next; a policy has some dozens at most.
    for _ in 0..SHARES_MAX {
        let passed = |next: (u16, Instant)| next.0 < under && next.1 <= now;
        let found = targets.clocks.iter_mut().find_map(|it| it.next.filter(|next| passed(*next)).map(|next| (it, next.0)));
        let Some((clock, share)) = found else { return };
        clock.reached = share;
        rerun(targets, terms, now);
    }
}

/// The desk has spoken to the requester.
pub fn answer(tx: &Tx, ticket: &mut Ticket, at: Instant) -> Result<()> {
    if let Some(targets) = &mut ticket.targets {
        targets.course.add(at, What::Answered);
    }
    follow(tx, ticket, at)
}

/// A word of the desk was taken back before it was sent.
pub fn withdraw(tx: &Tx, ticket: &mut Ticket, said: Instant) -> Result<()> {
    if let Some(targets) = &mut ticket.targets {
        targets.course.unsay(said);
    }
    follow(tx, ticket, tx.now())
}

/// Follows as after a change of policies or calendars: warnings whose instant has passed meanwhile are let pass, since nothing has
/// happened to the ticket; a breach is a breach.
pub fn silently(tx: &Tx, ticket: &mut Ticket) -> Result<()> {
    let now = tx.now();
    follow(tx, ticket, now)?;
    let terms = DeskTerms::new(tx)?;
    let Some(targets) = &mut ticket.targets else { return Ok(()) };
    let_pass(targets, &terms, now, 100);
    Ok(())
}

/// Runs the clocks again over the course, carrying old facts forward once there are too many.
pub(super) fn rerun(targets: &mut Targets, terms: &dyn Terms, now: Instant) {
    if targets.course.is_full() {
        let until = targets.course.fold_at();
        let older: Vec<_> = targets.course.facts().iter().filter(|it| it.at < until).cloned().collect();
        // What happened all in one moment cannot be carried forward from it.
        if !older.is_empty() {
            let worked = run(&older.into_iter().chain(stop(until)).collect::<Vec<_>>(), terms, &[], until);
            let of = |target| worked.iter().find(|it| it.target == target).map_or(0, |it| it.worked);
            targets.course.carry(until, of(Target::Resolution), of(Target::Operational));
        }
    }
    targets.clocks = run(targets.course.facts(), terms, &targets.clocks, now);
}

/// A last fact, so that what went before is measured up to it.
fn stop(at: Instant) -> Option<super::course::Fact> {
    Some(super::course::Fact { at, what: What::Moves(Mode::Paused, String::new()) })
}

/// The course of a ticket that had none: under the terms that hold now, and as the log tells of its states.
fn begin(tx: &Tx, targets: &mut Targets, ticket: &Ticket, setting: Setting) -> Result<()> {
    targets.course.add(ticket.created_at, What::Moves(Mode::Running, String::new()));
    targets.course.add(ticket.created_at, What::Under(setting));
    if ticket.created_at >= tx.now() {
        return Ok(());
    }
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    let mut facts: Vec<(Instant, What)> = ticket.responded_at.map(|at| (at, What::Answered)).into_iter().collect();
    for event in tx.history(ticket.id.0, None, EVENTS_READ_MAX)? {
        if event.kind != EventKind::TicketStatus.name() {
            continue;
        }
        let changes = Changes::of(&event);
        let state = changes.after("status").and_then(|it| it.as_str()).and_then(|it| lifecycle.state(it));
        facts.extend(state.map(|it| (event.at, What::Moves(Mode::of(it.category), it.key.clone()))));
    }
    facts.sort_by_key(|it| it.0);
    for (at, what) in facts {
        targets.course.add(at, what);
    }
    Ok(())
}

/// The terms under which its clocks run from now on.
fn setting(tx: &Tx, ticket: &Ticket, terms: &DeskTerms<'_>, policy: Option<PolicyId>) -> Result<Setting> {
    let own = policy.and_then(|it| terms.policies.get(it)).and_then(|it| it.calendar);
    let team = queues::team_of(tx, ticket.queue)?;
    Ok(Setting {
        policy,
        priority: ticket.priority,
        calendar: calendars::in_force(tx, own, ticket.queue)?.calendar,
        team,
        team_calendar: calendars::in_force(tx, None, ticket.queue)?.calendar,
    })
}
