//! What a change of policies would do, on real tickets, before it is made (BEY-32). Nothing is written: the tickets of the last days are
//! timed under the policies as they would be, and under those that hold.

use std::{sync::Arc, time::Duration};

use super::{
    clock::{Clock, Terms, Thresholds, run},
    course::{Fact, Setting, What},
    follow::DeskTerms,
    policy::{Policies, Policy, PolicyChange, applied},
    target::Target,
};
use crate::{
    desk::{
        actor::Actor,
        calendars::{self, Timetable},
        permission::Permission,
        tickets::{Ticket, access},
    },
    error::{Refusal, Result},
    id::{CalendarId, PolicyId, TicketId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// One ticket that would be timed otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewRow {
    pub ticket: TicketId,
    pub kind: crate::desk::tickets::Kind,
    pub number: u64,
    pub title: String,
    pub policy_before: Option<String>,
    pub policy_after: Option<String>,
    pub due_before: Option<Instant>,
    pub due_after: Option<Instant>,
    pub breached_before: bool,
    pub breached_after: bool,
}

/// What a change would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preview {
    /// Tickets that were looked at: lodged in these days and seen by the actor, newest first. The other counts are of these.
    pub looked_at: usize,
    /// There were tickets that the actor may not see; nothing here is of them.
    pub narrowed: bool,
    /// There were more than could be looked at.
    pub cut: bool,
    /// Tickets that the changed policy would win.
    pub won: usize,
    pub changed: usize,
    pub breached_before: usize,
    pub breached_after: usize,
    /// Those that would change, newest first, and only the first of many.
    pub rows: Vec<PreviewRow>,
}

/// Policies as they would be.
struct WhatIf<'a> {
    real: &'a DeskTerms<'a>,
    policies: &'a Policies,
}

impl Terms for WhatIf<'_> {
    fn allowed(&self, setting: &Setting, target: Target) -> Option<u32> {
        self.policies.get(setting.policy?)?.allowed(target, setting.priority, setting.team)
    }

    fn thresholds(&self, policy: PolicyId, target: Target) -> Thresholds {
        self.policies.get(policy).map_or_else(|| vec![100], |it| it.thresholds(target))
    }

    fn hours(&self, calendar: Option<CalendarId>) -> Arc<Timetable> {
        self.real.hours(calendar)
    }
}

/// Tries a change of a policy, or a new one at the end of the order, on the tickets of the last days that the actor may see.
pub fn preview(tx: &Tx, actor: &Actor, id: Option<PolicyId>, change: PolicyChange, days: u32) -> Result<Preview> {
    actor.need(Permission::SettingsWrite)?;
    if !(1..=limits::TRIAL_DAYS_MAX).contains(&days) {
        return Err(Refusal::field("days", "invalid", say!("refused-policy-tried-last-1", trial_days_max = limits::TRIAL_DAYS_MAX)).into());
    }
    let present = Policies::of(tx)?;
    let mut wanted = Policies::clone(&present);
    let changed = match id {
        Some(id) => {
            let before = present.get(id).cloned().ok_or_else(|| Refusal::not_found("policy"))?;
            let after = applied(tx, actor, &present, before, change)?;
            for it in wanted.list.iter_mut().filter(|it| it.id == id) {
                *it = after.clone();
            }
            after
        }
        None => {
            let after = applied(tx, actor, &present, Policy::blank(PolicyId::NIL, tx.now()), change)?;
            wanted.list.push(after.clone());
            after
        }
    };
    let since = tx.now().minus(Duration::from_secs(u64::from(days) * 24 * 3600));
    let real = DeskTerms::new(tx)?;
    let what_if = WhatIf { real: &real, policies: &wanted };
    let (mut seen, mut walked) = (Preview::default(), 0);
    for ticket in tx.scan_back::<Ticket>(&())? {
        let ticket = ticket?;
        if ticket.created_at < since {
            // Ids are in the order of lodging here; an import brings older instants along.
            if ticket.came_before(since) {
                break;
            }
            continue;
        }
        if walked == limits::POLICY_TRIAL_TICKETS_MAX {
            seen.cut = true;
            break;
        }
        walked += 1;
        if access::may_see(actor, &ticket) {
            look(tx, &ticket, &real, &what_if, changed.id, &mut seen)?;
        } else {
            seen.narrowed |= ticket.deleted_at.is_none();
        }
    }
    Ok(seen)
}

fn look(tx: &Tx, ticket: &Ticket, real: &DeskTerms<'_>, what_if: &WhatIf<'_>, changed: PolicyId, seen: &mut Preview) -> Result<()> {
    seen.looked_at += 1;
    let winner = what_if.policies.winner(tx, ticket)?.map(|it| it.1);
    let mut mine = ticket.clone();
    super::follow(tx, &mut mine, tx.now())?;
    let Some(targets) = &mine.targets else {
        // No policy has held for it, so there is no course to go by: only that one would hold is known.
        seen.won += usize::from(winner.is_some_and(|it| it.id == changed));
        return Ok(());
    };
    let calendar = calendars::in_force(tx, winner.and_then(|it| it.calendar), ticket.queue)?.calendar;
    let under = |it: &Fact| match it.what {
        What::Under(setting) => Fact { at: it.at, what: What::Under(Setting { policy: winner.map(|it| it.id), calendar, ..setting }) },
        _ => it.clone(),
    };
    let facts: Vec<Fact> = targets.course.facts().iter().map(under).collect();
    let now = tx.now();
    let (before, after) = (run(targets.course.facts(), real, &[], now), run(&facts, what_if, &[], now));
    let due =
        |clocks: &[Clock]| clocks.iter().filter(|it| it.is_open() && it.target != Target::Operational).filter_map(|it| it.due_at).min();
    let missed = |clocks: &[Clock]| {
        let promised = clocks.iter().filter(|it| matches!(it.target, Target::Response | Target::Resolution));
        promised.into_iter().any(|it| it.breached_at(now).is_some())
    };
    let named = |policies: &Policies, id: Option<PolicyId>| id.and_then(|it| policies.get(it)).map(|it| it.name.clone());
    let row = PreviewRow {
        ticket: ticket.id,
        kind: ticket.kind,
        number: ticket.number,
        title: ticket.title.clone(),
        policy_before: named(real.policies(), targets.policy),
        policy_after: winner.map(|it| it.name.clone()),
        due_before: due(&before),
        due_after: due(&after),
        breached_before: missed(&before),
        breached_after: missed(&after),
    };
    seen.won += usize::from(winner.is_some_and(|it| it.id == changed));
    seen.breached_before += usize::from(row.breached_before);
    seen.breached_after += usize::from(row.breached_after);
    let differs = (&row.policy_before, row.due_before, row.breached_before) != (&row.policy_after, row.due_after, row.breached_after);
    if differs {
        seen.changed += 1;
        if seen.rows.len() < limits::TRIAL_SHOWN_MAX {
            seen.rows.push(row);
        }
    }
    Ok(())
}
