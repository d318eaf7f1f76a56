//! Policies: which tickets are promised what, and what happens as a promise runs out (SLA-01 to SLA-04, SLA-23). All of them stand in one
//! record, in their order: the first whose condition is true of a ticket wins, and no other has a say.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::{retiming, target::Target};
use crate::{
    desk::{
        actor::Actor,
        calendars,
        event::{self, About, Changes, EventKind},
        identity::Person,
        permission::Permission,
        queues::{self, Queue, Team},
        routing::on_call::Rotation,
        rules::Condition,
        tickets::Ticket,
    },
    error::{Refusal, Result},
    id::{CalendarId, PersonId, PolicyId, QueueId, RotationId, TeamId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// A target is a minute at least and a year of working time at most, in minutes.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=525_600;
/// Shares of a target, in percent.
const SHARES: std::ops::RangeInclusive<u16> = 1..=1_000;

/// What is promised at one priority, in minutes of working time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct TargetRow {
    #[n(0)]
    pub response: Option<u32>,
    #[n(1)]
    pub resolution: Option<u32>,
    /// From one public word of the desk to the next.
    #[n(2)]
    pub update: Option<u32>,
}

/// How long a team may have a ticket, in minutes of that team's working time, by priority (BEY-19).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Operational {
    /// None: every team that has no row of its own.
    #[n(0)]
    pub team: Option<TeamId>,
    /// P1 to P4.
    #[n(1)]
    pub minutes: [Option<u32>; 4],
}

/// Who is told at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Level {
    /// Whoever has it; everybody of the queue's team while nobody does.
    #[n(0)]
    Assignee,
    /// Everybody of the queue's team.
    #[n(1)]
    Queue,
    /// The team's lead.
    #[n(2)]
    Lead,
    /// The team's manager.
    #[n(3)]
    Manager,
    #[n(4)]
    Person(#[n(0)] PersonId),
    /// Whoever is on call by a rotation when it is told.
    #[n(5)]
    OnCall(#[n(0)] RotationId),
}

/// What a rotation's level begins with on the wire; its id comes behind.
pub const ON_CALL: &str = "on_call:";

impl Level {
    /// Reads what `text` gives.
    pub fn parse(text: &str) -> Option<Level> {
        Some(match text {
            "assignee" => Level::Assignee,
            "queue" => Level::Queue,
            "team_lead" => Level::Lead,
            "manager" => Level::Manager,
            _ => match text.strip_prefix(ON_CALL) {
                Some(id) => Level::OnCall(id.parse().ok()?),
                None => Level::Person(text.parse().ok()?),
            },
        })
    }

    /// On the wire; a person by id.
    pub fn text(self) -> String {
        match self {
            Level::Assignee => "assignee".into(),
            Level::Queue => "queue".into(),
            Level::Lead => "team_lead".into(),
            Level::Manager => "manager".into(),
            Level::Person(id) => id.to_string(),
            Level::OnCall(id) => format!("{ON_CALL}{id}"),
        }
    }
}

/// When people may be told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Window {
    /// At once, whatever the hour.
    #[default]
    #[n(0)]
    Always,
    /// Within the team's working time; what falls outside waits until it opens.
    #[n(1)]
    WorkingHours,
}

/// What is done with the ticket at a step.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StepAct {
    /// At least this pressing: 1 to 4.
    #[n(0)]
    Raise(#[n(0)] u8),
    #[n(1)]
    Move(#[n(0)] QueueId),
    #[n(2)]
    Assign(#[n(0)] PersonId),
    /// To the lead of the queue's team.
    #[n(3)]
    AssignLead,
    #[n(4)]
    Tag(#[n(0)] String),
}

/// What happens when so much of a target is used.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Step {
    /// None: any target.
    #[n(0)]
    pub target: Option<Target>,
    /// Of the target's working time, in percent: 75 warns, 100 is the breach, beyond it goes up.
    #[n(1)]
    pub share: u16,
    #[n(2)]
    pub tell: Vec<Level>,
    #[n(3)]
    pub window: Window,
    #[n(4)]
    pub acts: Vec<StepAct>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Policy {
    #[n(0)]
    pub id: PolicyId,
    #[n(1)]
    pub name: String,
    /// Which tickets it is for.
    #[n(2)]
    pub condition: Condition,
    /// Its own working time; otherwise that of team, region or desk holds (SLA-23).
    #[n(3)]
    pub calendar: Option<CalendarId>,
    /// P1 to P4.
    #[n(4)]
    pub targets: [TargetRow; 4],
    #[n(5)]
    pub operational: Vec<Operational>,
    #[n(6)]
    pub steps: Vec<Step>,
    /// Whether it is in force.
    #[n(7)]
    pub active: bool,
    /// Grows by one with each change.
    #[n(8)]
    pub version: u32,
    #[n(9)]
    pub created_at: Instant,
}

impl Policy {
    /// A new one, before anything is said of it.
    pub(super) fn blank(id: PolicyId, now: Instant) -> Policy {
        Policy {
            id,
            name: String::new(),
            condition: Condition::default(),
            calendar: None,
            targets: [TargetRow::default(); 4],
            operational: Vec::new(),
            steps: super::defaults::steps(),
            active: true,
            version: 1,
            created_at: now,
        }
    }

    pub fn about(&self) -> About {
        About { entity_kind: "sla_policy", entity: self.id.0, subject: None }
    }

    /// The working time that it allows, in seconds.
    pub fn allowed(&self, target: Target, priority: u8, team: Option<TeamId>) -> Option<u32> {
        let at = usize::from(priority.clamp(1, 4) - 1);
        let minutes = match target {
            Target::Response => self.targets[at].response,
            Target::Resolution => self.targets[at].resolution,
            Target::Update => self.targets[at].update,
            Target::Operational => {
                let team = team?;
                let own = self.operational.iter().find(|it| it.team == Some(team));
                own.or_else(|| self.operational.iter().find(|it| it.team.is_none()))?.minutes[at]
            }
        };
        minutes.map(|it| it.saturating_mul(60))
    }

    /// The shares at which something happens to a target, in their order; the breach always is one.
    pub fn thresholds(&self, target: Target) -> Vec<u16> {
        let mut shares: Vec<u16> = self.steps_for(target).map(|it| it.share).chain([100]).collect();
        shares.sort_unstable();
        shares.dedup();
        shares
    }

    pub fn steps_for(&self, target: Target) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |it| it.target.is_none_or(|it| it == target))
    }
}

/// All policies of the desk, in their order.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Policies {
    #[n(0)]
    pub list: Vec<Policy>,
}

impl Record for Policies {
    type Key = ();
    const TABLE: Table = Table::journalled(0x70, "sla_policies");

    fn key(&self) {}
}

impl Policies {
    /// The desk's policies; until an admin changes them, the ones that every desk begins with.
    pub fn of(tx: &Tx) -> Result<Arc<Policies>> {
        Ok(tx.get_shared::<Policies>(&())?.unwrap_or_else(super::defaults::policies))
    }

    pub fn get(&self, id: PolicyId) -> Option<&Policy> {
        self.list.iter().find(|it| it.id == id)
    }

    /// The one policy that holds for a ticket, with its place in the order from 1: the first whose condition is true of it.
    pub fn winner(&self, tx: &Tx, ticket: &Ticket) -> Result<Option<(usize, &Policy)>> {
        for (at, policy) in self.list.iter().enumerate().filter(|it| it.1.active) {
            if policy.condition.holds(tx, ticket)? {
                return Ok(Some((at + 1, policy)));
            }
        }
        Ok(None)
    }
}

/// Changes to a policy; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    pub name: Option<String>,
    /// In the query language.
    pub condition: Option<String>,
    pub calendar: Option<Option<CalendarId>>,
    pub targets: Option<[TargetRow; 4]>,
    pub operational: Option<Vec<Operational>>,
    pub steps: Option<Vec<Step>>,
    pub active: Option<bool>,
}

/// Adds a policy at the end of the order. Open tickets are timed anew in the background, as after every change of policies.
pub fn add_policy(tx: &mut Tx, actor: &Actor, new: PolicyChange) -> Result<Policy> {
    actor.need(Permission::SettingsWrite)?;
    let mut all = Policies::clone(&*Policies::of(tx)?);
    if all.list.len() >= limits::SLA_POLICIES_MAX {
        return Err(
            Refusal::field("name", "too_many", say!("refused-desk-most-policies", sla_policies_max = limits::SLA_POLICIES_MAX)).into()
        );
    }
    if new.name.is_none() {
        return Err(Refusal::field("name", "required", say!("refused-policy-needs-name")).into());
    }
    let blank = Policy::blank(tx.new_id(), tx.now());
    let policy = applied(tx, actor, &all, blank.clone(), new)?;
    all.list.push(policy.clone());
    tx.put(&all)?;
    event::record(tx, actor, EventKind::SlaPolicyCreated, policy.about(), changes(&blank, &policy))?;
    retiming::begin(tx, &format!("the policy {} was added", policy.name))?;
    Ok(policy)
}

pub fn change_policy(tx: &mut Tx, actor: &Actor, id: PolicyId, change: PolicyChange) -> Result<Policy> {
    actor.need(Permission::SettingsWrite)?;
    let mut all = Policies::clone(&*Policies::of(tx)?);
    let before = all.get(id).cloned().ok_or_else(|| Refusal::not_found("policy"))?;
    let mut after = applied(tx, actor, &all, before.clone(), change)?;
    if after == before {
        return Ok(after);
    }
    after.version = before.version + 1;
    for it in all.list.iter_mut().filter(|it| it.id == id) {
        *it = after.clone();
    }
    tx.put(&all)?;
    event::record(tx, actor, EventKind::SlaPolicyChanged, after.about(), changes(&before, &after))?;
    retiming::begin(tx, &format!("the policy {} changed", after.name))?;
    Ok(after)
}

/// Takes a policy away. Open tickets that had it get another, or none.
pub fn remove_policy(tx: &mut Tx, actor: &Actor, id: PolicyId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let mut all = Policies::clone(&*Policies::of(tx)?);
    let gone = all.get(id).cloned().ok_or_else(|| Refusal::not_found("policy"))?;
    all.list.retain(|it| it.id != id);
    tx.put(&all)?;
    event::record(tx, actor, EventKind::SlaPolicyDeleted, gone.about(), Changes::new().set("name", gone.name.as_str()))?;
    retiming::begin(tx, &format!("the policy {} was taken away", gone.name))
}

/// Puts the policies into another order; every one is named once.
pub fn order_policies(tx: &mut Tx, actor: &Actor, order: &[PolicyId]) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = Policies::of(tx)?;
    let mut list = Vec::with_capacity(order.len());
    for id in order {
        match before.get(*id) {
            Some(it) if !list.contains(it) => list.push(it.clone()),
            _ => return Err(Refusal::field("order", "invalid", say!("refused-name-every-policy-once")).into()),
        }
    }
    if list.len() != before.list.len() {
        return Err(Refusal::field("order", "invalid", say!("refused-name-every-policy-once")).into());
    }
    let names = |list: &[Policy]| list.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let mut changes = Changes::new();
    changes.field("order", names(&before.list), names(&list));
    if changes.is_empty() {
        return Ok(());
    }
    tx.put(&Policies { list })?;
    let about = About { entity_kind: "sla_policy", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SlaPolicyChanged, about, changes)?;
    retiming::begin(tx, "the order of policies changed")
}

/// The policy as a change would make it, checked. Nothing is written: previews come this way, too.
pub(super) fn applied(tx: &Tx, actor: &Actor, all: &Policies, mut policy: Policy, change: PolicyChange) -> Result<Policy> {
    let PolicyChange { name, condition, calendar, targets, operational, steps, active } = change;
    if let Some(it) = name {
        let taken = all.list.iter().any(|other| other.id != policy.id && other.name.to_lowercase() == it.trim().to_lowercase());
        policy.name = queues::fresh_name(&it, taken)?;
    }
    if let Some(it) = condition
        && (it.trim() != policy.condition.text() || it.trim().is_empty())
    {
        let condition = Condition::new(tx, actor, "condition", &it)?;
        if condition.asks_for_targets(tx.now())? {
            let message = say!("refused-policy-decides-which-targets");
            return Err(Refusal::field("condition", "invalid", message).into());
        }
        if condition.moves()? || condition.asks_for_the_thread(tx.now())? {
            let message = say!("refused-policy-holds-until-ticket");
            return Err(Refusal::field("condition", "invalid", message).into());
        }
        policy.condition = condition;
    }
    if let Some(it) = calendar {
        calendars::check_usable(tx, it)?;
        policy.calendar = it;
    }
    if let Some(it) = targets {
        for minutes in it.iter().flat_map(|it| [it.response, it.resolution, it.update]).flatten() {
            check_minutes("targets", minutes)?;
        }
        policy.targets = it;
    }
    if let Some(it) = operational {
        policy.operational = checked_operational(tx, it)?;
    }
    if let Some(it) = steps {
        policy.steps = checked_steps(tx, it)?;
    }
    policy.active = active.unwrap_or(policy.active);
    Ok(policy)
}

fn check_minutes(field: &'static str, minutes: u32) -> Result<()> {
    if MINUTES.contains(&minutes) {
        return Ok(());
    }
    let message = say!("refused-target-minutes-working-time", start = MINUTES.start(), end = MINUTES.end());
    Err(Refusal::field(field, "invalid", message).into())
}

fn checked_operational(tx: &Tx, rows: Vec<Operational>) -> Result<Vec<Operational>> {
    if rows.len() > limits::SLA_OPERATIONAL_ROWS_MAX {
        return Err(Refusal::field(
            "operational",
            "too_many",
            say!("refused-most-rows", sla_operational_rows_max = limits::SLA_OPERATIONAL_ROWS_MAX),
        )
        .into());
    }
    for (at, row) in rows.iter().enumerate() {
        if let Some(team) = row.team
            && !tx.has::<Team>(&team)?
        {
            return Err(Refusal::field("operational", "unknown", say!("refused-there-no-such-team")).into());
        }
        if rows[..at].iter().any(|it| it.team == row.team) {
            return Err(Refusal::field("operational", "invalid", say!("refused-team-one-row")).into());
        }
        for minutes in row.minutes.iter().flatten() {
            check_minutes("operational", *minutes)?;
        }
    }
    Ok(rows)
}

fn checked_steps(tx: &Tx, mut steps: Vec<Step>) -> Result<Vec<Step>> {
    if steps.len() > limits::SLA_STEPS_MAX {
        return Err(Refusal::field("steps", "too_many", say!("refused-policy-most-steps", sla_steps_max = limits::SLA_STEPS_MAX)).into());
    }
    let unknown = |what: &str| Err(Refusal::field("steps", "unknown", say!("refused-there-no-such", what = what)).into());
    for step in &mut steps {
        if !SHARES.contains(&step.share) {
            let message = say!("refused-step-comes-percent-target", start = SHARES.start(), end = SHARES.end());
            return Err(Refusal::field("steps", "invalid", message).into());
        }
        step.tell.sort_unstable();
        step.tell.dedup();
        for level in &step.tell {
            match level {
                Level::Person(id) if !tx.get::<Person>(id)?.is_some_and(|it| it.is_agent()) => return unknown("agent"),
                Level::OnCall(id) if !tx.has::<Rotation>(id)? => return unknown("rotation"),
                _ => {}
            }
        }
        for act in &mut step.acts {
            match act {
                StepAct::Raise(it) if !(1..=4).contains(it) => {
                    return Err(Refusal::field("steps", "invalid", say!("refused-priority-1-highest-4")).into());
                }
                StepAct::Move(id) if !tx.has::<Queue>(id)? => return unknown("queue"),
                StepAct::Assign(id) if !tx.get::<Person>(id)?.is_some_and(|it| it.is_agent()) => return unknown("agent"),
                StepAct::Tag(tag) => {
                    *tag = tag.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
                    if tag.is_empty() || tag.chars().count() > limits::TAG_CHARS_MAX {
                        return Err(Refusal::field("steps", "invalid", say!("refused-tag-one-word-not")).into());
                    }
                }
                _ => {}
            }
        }
    }
    steps.sort_by_key(|it| (it.share, it.target));
    Ok(steps)
}

/// The first policy that tells whoever is on call by this rotation.
pub fn policy_that_tells(tx: &Tx, rotation: RotationId) -> Result<Option<Policy>> {
    let tells = |it: &&Policy| it.steps.iter().any(|it| it.tell.contains(&Level::OnCall(rotation)));
    Ok(Policies::of(tx)?.list.iter().find(tells).cloned())
}

/// What differs, for the log.
fn changes(before: &Policy, after: &Policy) -> Changes {
    let rows = |it: &Policy| {
        let row = |it: &TargetRow| serde_json::json!({ "response": it.response, "resolution": it.resolution, "update": it.update });
        serde_json::Value::Array(it.targets.iter().map(row).collect())
    };
    let operational = |it: &Policy| {
        let row = |it: &Operational| serde_json::json!({ "team": it.team.map(|it| it.to_string()), "minutes": it.minutes });
        serde_json::Value::Array(it.operational.iter().map(row).collect())
    };
    let steps = |it: &Policy| {
        let row = |it: &Step| {
            let tell: Vec<String> = it.tell.iter().map(|it| it.text()).collect();
            serde_json::json!({ "target": it.target.map(Target::name), "share": it.share, "tell": tell, "acts": it.acts.len(),
                "window": if it.window == Window::Always { "always" } else { "working_hours" } })
        };
        serde_json::Value::Array(it.steps.iter().map(row).collect())
    };
    let mut changes = Changes::new();
    changes
        .field("name", before.name.as_str(), after.name.as_str())
        .field("condition", before.condition.text(), after.condition.text())
        .field("calendar", before.calendar.map(|it| it.to_string()), after.calendar.map(|it| it.to_string()))
        .field("targets", rows(before), rows(after))
        .field("operational", operational(before), operational(after))
        .field("steps", steps(before), steps(after))
        .field("active", before.active, after.active);
    changes
}
