//! Policies of service levels (API-30): which tickets are promised what, and what happens as a promise runs out.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Level as PriorityInput, Named, given, nullable},
    list::ListView,
    one,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Calendar},
        identity,
        permission::Permission,
        queues::{self, Queue, Team},
        routing::on_call,
        service_levels::{
            self, Level, ON_CALL, Operational, Policies, Policy, PolicyChange, Preview, Retiming, Step, StepAct, Target, TargetRow, Window,
        },
        settings::Settings,
        tickets::{number, priority_label},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::PolicyId,
    time::Instant,
};

/// What is promised at one priority, in minutes of working time; null promises nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetRowView {
    /// To the desk's first word.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub response_minutes: Option<u32>,
    /// To the end of the work.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub resolution_minutes: Option<u32>,
    /// From one public word of the desk to the next.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub update_minutes: Option<u32>,
}

/// A value for each priority.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "the names of priorities, as everywhere")]
pub struct TargetRowsView {
    pub P1: TargetRowView,
    pub P2: TargetRowView,
    pub P3: TargetRowView,
    pub P4: TargetRowView,
}

/// Minutes for each priority; null promises nothing.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(non_snake_case, reason = "the names of priorities, as everywhere")]
pub struct MinutesView {
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub P1: Option<u32>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub P2: Option<u32>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub P3: Option<u32>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 525_600)]
    pub P4: Option<u32>,
}

/// How long one team may have a ticket, in minutes of that team's working time.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationalView {
    /// Null: every team that has no row of its own.
    pub team: Option<NamedView>,
    pub minutes: MinutesView,
}

/// The same, to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationalInput {
    #[serde(default)]
    pub team: Option<Named>,
    pub minutes: MinutesView,
}

/// The targets.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetName {
    Response,
    Resolution,
    Update,
    Operational,
}

impl TargetName {
    pub fn of(it: Target) -> TargetName {
        match it {
            Target::Response => TargetName::Response,
            Target::Resolution => TargetName::Resolution,
            Target::Update => TargetName::Update,
            Target::Operational => TargetName::Operational,
        }
    }

    fn meant(self) -> Target {
        match self {
            TargetName::Response => Target::Response,
            TargetName::Resolution => Target::Resolution,
            TargetName::Update => Target::Update,
            TargetName::Operational => Target::Operational,
        }
    }
}

/// When people are told: at once, or within their team's working hours.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowName {
    #[default]
    Always,
    WorkingHours,
}

/// What is done with the ticket at a step; one of these.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepActView {
    /// At least this pressing.
    pub raise_to: Option<&'static str>,
    pub move_to: Option<NamedView>,
    /// A person's id, or `team_lead`.
    pub assign_to: Option<String>,
    pub tag: Option<String>,
}

/// The same, to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepActInput {
    #[serde(default)]
    pub raise_to: Option<PriorityInput>,
    /// A queue, by id or name.
    #[serde(default)]
    pub move_to: Option<Named>,
    /// An agent, by id or mail address, or `team_lead`.
    #[serde(default)]
    pub assign_to: Option<Named>,
    #[serde(default)]
    pub tag: Option<String>,
}

/// What happens when so much of a target is used.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EscalationStepView {
    /// Null: any target.
    pub target: Option<TargetName>,
    /// Of the target's working time, in percent: 100 is the breach.
    #[schema(minimum = 1, maximum = 1000)]
    pub share: u16,
    /// `assignee`, `queue`, `team_lead`, `manager`, `on_call:` and a rotation's id, or a person's id.
    pub tell: Vec<String>,
    pub window: WindowName,
    pub acts: Vec<StepActView>,
}

/// The same, to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StepInput {
    #[serde(default)]
    pub target: Option<TargetName>,
    #[schema(minimum = 1, maximum = 1000)]
    pub share: u16,
    /// `assignee`, `queue`, `team_lead`, `manager`, `on_call:` and a rotation by id or name, or a person by id or mail address.
    #[serde(default)]
    pub tell: Vec<String>,
    #[serde(default)]
    pub window: WindowName,
    #[serde(default)]
    pub acts: Vec<StepActInput>,
}

/// A policy.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyView {
    pub id: Uuid,
    pub name: String,
    /// Its place in the order, from 1: the first whose condition is true of a ticket wins.
    #[schema(minimum = 1)]
    pub position: usize,
    /// Which tickets it is for, in the query language; empty: every ticket.
    pub condition: String,
    /// Its own working time; null: that of the team, its region or the desk.
    pub calendar: Option<NamedView>,
    pub targets: TargetRowsView,
    pub operational: Vec<OperationalView>,
    pub steps: Vec<EscalationStepView>,
    pub active: bool,
    #[schema(minimum = 1)]
    pub version: u32,
}

/// A policy to be, or changes to one: what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, max_length = 2000)]
    pub condition: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub calendar: Option<Option<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = TargetRowsView)]
    pub targets: Option<TargetRowsView>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<OperationalInput>, max_items = 50)]
    pub operational: Option<Vec<OperationalInput>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<StepInput>, max_items = 20)]
    pub steps: Option<Vec<StepInput>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub active: Option<bool>,
}

/// Every policy, in the order wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderInput {
    #[schema(max_items = 100)]
    pub order: Vec<Uuid>,
}

/// A change to try on the tickets of the last days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyPreviewInput {
    /// The policy that would change; absent: a new one, at the end of the order.
    #[serde(default)]
    pub policy: Option<Uuid>,
    #[serde(default)]
    pub change: PolicyInput,
    #[serde(default = "week")]
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
}

fn week() -> u32 {
    7
}

/// A ticket that would be timed otherwise.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyPreviewRowView {
    pub ticket_id: Uuid,
    pub number: String,
    pub title: String,
    pub policy_before: Option<String>,
    pub policy_after: Option<String>,
    pub due_before: Option<Instant>,
    pub due_after: Option<Instant>,
    pub breach_before: bool,
    pub breach_after: bool,
}

/// What a change would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyPreviewView {
    /// Tickets of these days that the caller may see and that were looked at, newest first. The other counts are of these.
    pub looked_at: usize,
    /// There were tickets that the caller may not see; nothing here is of them.
    pub narrowed: bool,
    /// There were more than could be looked at.
    pub cut: bool,
    /// Of them, those that the policy would be for.
    pub won: usize,
    /// Of them, those that would be timed otherwise.
    pub changed: usize,
    pub breached_before: usize,
    pub breached_after: usize,
    /// The newest of those that would be timed otherwise.
    pub items: Vec<PolicyPreviewRowView>,
}

/// How far timing the open tickets anew has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetimingView {
    pub running: bool,
    /// What changed.
    pub because: Option<String>,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    pub looked_at: u64,
    pub changed: u64,
    /// Open tickets when it began; null while they are counted, and if nothing was ever timed anew.
    pub total: Option<u64>,
}

fn row(it: &TargetRow) -> TargetRowView {
    TargetRowView { response_minutes: it.response, resolution_minutes: it.resolution, update_minutes: it.update }
}

fn row_meant(it: TargetRowView) -> TargetRow {
    TargetRow { response: it.response_minutes, resolution: it.resolution_minutes, update: it.update_minutes }
}

fn view(tx: &Tx, all: &Policies, it: &Policy) -> Result<PolicyView> {
    let calendar = it.calendar.map(|id| tx.get_shared::<Calendar>(&id)).transpose()?.flatten();
    let [first, second, third, fourth] = &it.targets;
    Ok(PolicyView {
        id: it.id.0,
        name: it.name.clone(),
        position: all.list.iter().position(|other| other.id == it.id).map_or(1, |at| at + 1),
        condition: it.condition.text().to_owned(),
        calendar: calendar.map(|it| NamedView { id: it.id.0, name: it.name.clone() }),
        targets: TargetRowsView { P1: row(first), P2: row(second), P3: row(third), P4: row(fourth) },
        operational: it.operational.iter().map(|it| operational(tx, it)).collect::<Result<_>>()?,
        steps: it.steps.iter().map(|it| step(tx, it)).collect::<Result<_>>()?,
        active: it.active,
        version: it.version,
    })
}

fn operational(tx: &Tx, it: &Operational) -> Result<OperationalView> {
    let team = it.team.map(|id| tx.get_shared::<Team>(&id)).transpose()?.flatten();
    let [first, second, third, fourth] = it.minutes;
    Ok(OperationalView {
        team: team.map(|it| NamedView { id: it.id.0, name: it.name.clone() }),
        minutes: MinutesView { P1: first, P2: second, P3: third, P4: fourth },
    })
}

fn step(tx: &Tx, it: &Step) -> Result<EscalationStepView> {
    let act = |it: &StepAct| -> Result<StepActView> {
        let none = StepActView::default();
        Ok(match it {
            StepAct::Raise(to) => StepActView { raise_to: Some(priority_label(*to)), ..none },
            StepAct::Move(id) => {
                let queue = tx.get_shared::<Queue>(id)?;
                StepActView { move_to: Some(NamedView { id: id.0, name: queue.map_or_else(String::new, |it| it.name.clone()) }), ..none }
            }
            StepAct::Assign(id) => StepActView { assign_to: Some(id.to_string()), ..none },
            StepAct::AssignLead => StepActView { assign_to: Some(LEAD.to_owned()), ..none },
            StepAct::Tag(tag) => StepActView { tag: Some(tag.clone()), ..none },
        })
    };
    Ok(EscalationStepView {
        target: it.target.map(TargetName::of),
        share: it.share,
        tell: it.tell.iter().map(|it| it.text()).collect(),
        window: if it.window == Window::Always { WindowName::Always } else { WindowName::WorkingHours },
        acts: it.acts.iter().map(act).collect::<Result<_>>()?,
    })
}

const LEAD: &str = "team_lead";

fn meant(tx: &Tx, input: PolicyInput) -> Result<PolicyChange> {
    let rows = |it: TargetRowsView| [it.P1, it.P2, it.P3, it.P4].map(row_meant);
    let operational = input.operational.map(|it| it.into_iter().map(|it| operational_meant(tx, it)).collect::<Result<_>>()).transpose()?;
    Ok(PolicyChange {
        name: input.name,
        condition: input.condition,
        calendar: input.calendar.map(|it| it.map(|it| calendars::usable(tx, "calendar", &it.text)).transpose()).transpose()?,
        targets: input.targets.map(rows),
        operational,
        steps: input.steps.map(|it| it.into_iter().map(|it| step_meant(tx, it)).collect::<Result<_>>()).transpose()?,
        active: input.active,
    })
}

fn operational_meant(tx: &Tx, it: OperationalInput) -> Result<Operational> {
    let unknown = || Refusal::field("operational", "unknown", "There is no such team.");
    let team = match it.team {
        Some(it) => Some(queues::team_named(tx, &it.text)?.ok_or_else(unknown)?.id),
        None => None,
    };
    let MinutesView { P1, P2, P3, P4 } = it.minutes;
    Ok(Operational { team, minutes: [P1, P2, P3, P4] })
}

fn step_meant(tx: &Tx, it: StepInput) -> Result<Step> {
    let level = |text: &String| -> Result<Level> {
        if let Some(rotation) = text.strip_prefix(ON_CALL) {
            let unknown = || Refusal::field("steps", "unknown", "There is no such rotation.");
            return Ok(Level::OnCall(on_call::rotation_named(tx, rotation)?.ok_or_else(unknown)?.id));
        }
        match Level::parse(text) {
            Some(it) => Ok(it),
            None => Ok(Level::Person(identity::named(tx, "steps", text)?.id)),
        }
    };
    let mut acts = Vec::new();
    for act in it.acts {
        let StepActInput { raise_to, move_to, assign_to, tag } = act;
        acts.extend(raise_to.map(|it| StepAct::Raise(it.0)));
        if let Some(it) = move_to {
            let unknown = || Refusal::field("steps", "unknown", "There is no such queue.");
            acts.push(StepAct::Move(queues::queue_named(tx, &it.text)?.ok_or_else(unknown)?.id));
        }
        if let Some(it) = assign_to {
            acts.push(if it.text == LEAD { StepAct::AssignLead } else { StepAct::Assign(identity::named(tx, "steps", &it.text)?.id) });
        }
        acts.extend(tag.map(StepAct::Tag));
    }
    Ok(Step {
        target: it.target.map(TargetName::meant),
        share: it.share,
        tell: it.tell.iter().map(level).collect::<Result<_>>()?,
        window: if matches!(it.window, WindowName::Always) { Window::Always } else { Window::WorkingHours },
        acts,
    })
}

fn known(tx: &Tx, actor: &Actor, id: Uuid) -> Result<Policy> {
    actor.need(Permission::SettingsRead)?;
    Ok(Policies::of(tx)?.get(PolicyId(id)).cloned().ok_or_else(|| Refusal::not_found("policy"))?)
}

fn view_of(tx: &Tx, it: &Policy) -> Result<PolicyView> {
    view(tx, &*Policies::of(tx)?, it)
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<PolicyView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let all = Policies::of(tx)?;
        all.list.iter().map(|it| view(tx, &all, it)).collect::<Result<Vec<_>>>()
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<PolicyInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let change = meant(tx, input)?;
        let made = service_levels::add_policy(tx, actor, change)?;
        view_of(tx, &made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/slas/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view_of(tx, &known(tx, actor, id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<Uuid>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: PolicyInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view_of(tx, &known(tx, actor, id)?)?;
        let change = meant(tx, input)?;
        let after = service_levels::change_policy(tx, actor, PolicyId(id), change)?;
        Ok((before, view_of(tx, &after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let shown = view_of(tx, &known(tx, actor, id)?)?;
        service_levels::remove_policy(tx, actor, PolicyId(id))?;
        Ok(shown)
    })
    .await
}

pub async fn order(caller: Caller, json: RawJson) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: OrderInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let wanted: Vec<PolicyId> = input.order.into_iter().map(PolicyId).collect();
    caller.desk.write(actor.person(), move |tx| service_levels::order_policies(tx, &actor, &wanted)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn preview(caller: Caller, json: RawJson) -> Result<axum::Json<PolicyPreviewView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: PolicyPreviewInput = json.parse()?.into_value()?;
    // It reads thousands of tickets.
    let (desk, actor) = (caller.desk.clone(), caller.actor.clone());
    let run = move || {
        desk.read(|tx| {
            let change = meant(tx, input.change)?;
            let seen = service_levels::preview(tx, &actor, input.policy.map(PolicyId), change, input.days)?;
            Ok(preview_view(&*Settings::of(tx)?, seen))
        })
    };
    let seen = tokio::task::spawn_blocking(run).await.map_err(|it| crate::error::Fault::because("trying a policy", it))?;
    Ok(axum::Json(seen?))
}

fn preview_view(settings: &Settings, it: Preview) -> PolicyPreviewView {
    let row = |it: service_levels::PreviewRow| PolicyPreviewRowView {
        ticket_id: it.ticket.0,
        number: number::text(settings, it.kind, it.number),
        title: it.title,
        policy_before: it.policy_before,
        policy_after: it.policy_after,
        due_before: it.due_before,
        due_after: it.due_after,
        breach_before: it.breached_before,
        breach_after: it.breached_after,
    };
    PolicyPreviewView {
        looked_at: it.looked_at,
        narrowed: it.narrowed,
        cut: it.cut,
        won: it.won,
        changed: it.changed,
        breached_before: it.breached_before,
        breached_after: it.breached_after,
        items: it.rows.into_iter().map(row).collect(),
    }
}

pub async fn retiming(caller: Caller) -> Result<axum::Json<RetimingView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let progress = caller.desk.read(Retiming::of)?;
    Ok(axum::Json(RetimingView {
        running: progress.as_ref().is_some_and(|it| it.finished_at.is_none()),
        started_at: progress.as_ref().map(|it| it.started_at),
        finished_at: progress.as_ref().and_then(|it| it.finished_at),
        looked_at: progress.as_ref().map_or(0, |it| it.looked_at),
        changed: progress.as_ref().map_or(0, |it| it.changed),
        total: progress.as_ref().and_then(|it| it.total),
        because: progress.map(|it| it.because),
    }))
}
