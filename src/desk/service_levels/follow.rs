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
        queues::Queue,
        tickets::Ticket,
    },
    error::Result,
    id::{CalendarId, PolicyId},
    store::Tx,
    time::Instant,
};

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
    if targets.course.is_empty() {
        begin(&mut targets, ticket);
    }
    let setting = setting(tx, ticket, &terms, winner.map(|it| it.0))?;
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
    ticket.targets = Some(targets);
    Ok(())
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
    for _ in 0..Target::ALL.len() * 20 {
        let mut passed =
            targets.clocks.iter_mut().filter_map(|it| it.next.filter(|next| next.0 < 100 && next.1 <= now).map(|next| (it, next.0)));
        let Some((clock, share)) = passed.next() else { break };
        clock.reached = share;
        rerun(targets, &terms, now);
    }
    Ok(())
}

/// Runs the clocks again over the course, carrying old facts forward once there are too many.
pub(super) fn rerun(targets: &mut Targets, terms: &dyn Terms, now: Instant) {
    if targets.course.is_full() {
        let until = targets.course.fold_at();
        let older: Vec<_> = targets.course.facts().iter().filter(|it| it.at < until).cloned().chain(stop(until)).collect();
        let worked = run(&older, terms, &[], until);
        let of = |target| worked.iter().find(|it| it.target == target).map_or(0, |it| it.worked);
        targets.course.carry(until, of(Target::Resolution), of(Target::Operational));
    }
    targets.clocks = run(targets.course.facts(), terms, &targets.clocks, now);
}

/// A last fact, so that what went before is measured up to it.
fn stop(at: Instant) -> Option<super::course::Fact> {
    Some(super::course::Fact { at, what: What::Moves(Mode::Paused, String::new()) })
}

/// The course of a ticket that had none: from what its record remembers, where it is older than its targets.
fn begin(targets: &mut Targets, ticket: &Ticket) {
    targets.course.add(ticket.created_at, What::Moves(Mode::Running, String::new()));
    if let Some(at) = ticket.responded_at {
        targets.course.add(at, What::Answered);
    }
    if let Some(at) = ticket.resolved_at.or(ticket.closed_at) {
        targets.course.add(at, What::Moves(Mode::Stopped, ticket.state.clone()));
    }
}

/// The terms under which its clocks run from now on.
fn setting(tx: &Tx, ticket: &Ticket, terms: &DeskTerms<'_>, policy: Option<PolicyId>) -> Result<Setting> {
    let own = policy.and_then(|it| terms.policies.get(it)).and_then(|it| it.calendar);
    let team = match ticket.queue {
        Some(queue) => tx.get_shared::<Queue>(&queue)?.and_then(|it| it.team),
        None => None,
    };
    Ok(Setting {
        policy,
        priority: ticket.priority,
        calendar: calendars::in_force(tx, own, ticket.queue)?.calendar,
        team,
        team_calendar: calendars::in_force(tx, None, ticket.queue)?.calendar,
    })
}
