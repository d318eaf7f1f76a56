//! The clocks of one ticket: what they say, their whole story, and what people say to them.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    slas::TargetName,
    tickets::{known, shown, tag_of, view_of},
};
use crate::{
    desk::{
        service_levels::{self, Clock, Entry, EntryKind, Target},
        tickets::{access, priority_label},
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, path::Path},
    time::Instant,
};

/// One clock.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockView {
    pub target: TargetName,
    /// `running`, `paused` or `done`.
    pub state: &'static str,
    pub started_at: Instant,
    /// Working time that is allowed, in seconds.
    pub allowed_seconds: u32,
    /// Working time that is used by now, in seconds.
    pub used_seconds: u64,
    /// Null while it is paused with time left.
    pub due_at: Option<Instant>,
    pub done_at: Option<Instant>,
    pub breached_at: Option<Instant>,
}

/// One line of the story: what happened at an instant, or in a stretch of time.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClockEntryView {
    pub at: Option<Instant>,
    /// The end of a stretch; null while it goes on.
    pub until: Option<Instant>,
    /// `ran`, `waited`, `stood`, `terms`, `answered`, `carried`, `reached` or `due`.
    pub kind: &'static str,
    /// Of `waited` and `stood`: the state.
    pub status: Option<String>,
    /// Of `terms`.
    pub policy: Option<String>,
    pub priority: Option<&'static str>,
    /// Of `terms` and `ran`: null is round the clock.
    pub calendar: Option<String>,
    /// Whose calendar that is.
    pub calendar_from: Option<String>,
    pub team: Option<String>,
    /// Of `ran`: holidays and other special days in it.
    pub days: Vec<String>,
    /// Of `reached` and `due`.
    pub target: Option<TargetName>,
    /// Of `reached`, in percent.
    pub share: Option<u16>,
    /// Working time of the stretch, in seconds.
    pub worked_seconds: u64,
    /// Working time up to its end, in seconds.
    pub total_seconds: u64,
}

/// Who took note, or asked for attention.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttentionView {
    pub at: Instant,
    pub by: uuid::Uuid,
    pub reason: Option<String>,
}

/// What the clocks of a ticket say, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketSlaView {
    pub policy: Option<String>,
    /// Why this policy: its place in the order, and its condition. For those who work tickets.
    pub because: Option<String>,
    pub clocks: Vec<ClockView>,
    /// Oldest first. For those who work tickets.
    pub timeline: Vec<ClockEntryView>,
    pub escalated: Option<AttentionView>,
    pub acknowledged: Option<AttentionView>,
}

fn clock(it: &Clock, used: u64, now: Instant) -> ClockView {
    ClockView {
        target: TargetName::of(it.target),
        state: it.state.name(),
        started_at: it.started_at,
        allowed_seconds: it.allowed,
        used_seconds: used,
        due_at: it.due_at,
        done_at: it.done_at,
        breached_at: it.breached_at(now),
    }
}

fn entry(it: Entry) -> ClockEntryView {
    let mut view = ClockEntryView {
        at: Some(it.at),
        until: it.until,
        worked_seconds: it.worked,
        total_seconds: it.total,
        ..ClockEntryView::default()
    };
    match it.kind {
        EntryKind::Ran { calendar, days, more_days } => {
            (view.kind, view.calendar, view.days) = ("ran", calendar, days);
            view.days.extend((more_days > 0).then(|| format!("and {more_days} more")));
        }
        EntryKind::Waited { state } => (view.kind, view.status) = ("waited", Some(state)),
        EntryKind::Stood { state } => (view.kind, view.status) = ("stood", Some(state)),
        EntryKind::Terms { policy, priority, calendar, calendar_from, team } => {
            view.kind = "terms";
            (view.policy, view.priority, view.team) = (policy, Some(priority_label(priority)), team);
            (view.calendar, view.calendar_from) = (calendar, Some(calendar_from));
        }
        EntryKind::Answered => view.kind = "answered",
        EntryKind::Carried => view.kind = "carried",
        EntryKind::Reached { target, share } => {
            (view.kind, view.target, view.share) = ("reached", Some(TargetName::of(target)), Some(share));
        }
        EntryKind::Due { target } => (view.kind, view.target) = ("due", Some(TargetName::of(target))),
    }
    view
}

pub async fn read(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<TicketSlaView>, Problem> {
    let view = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        let works = access::works_on(&caller.actor, &ticket);
        let story = service_levels::timeline(tx, &ticket)?;
        let targets = ticket.targets.as_deref();
        let shown = story.clocks.iter().filter(|it| works || it.target != Target::Operational);
        let mut clocks = Vec::new();
        for it in shown {
            clocks.push(clock(it, service_levels::used(tx, &ticket, it)?, tx.now()));
        }
        // What agents say among themselves is not for requesters.
        let escalated = targets.and_then(|it| it.escalated.as_ref()).filter(|it| works || caller.actor.is(it.by));
        let acknowledged = targets.and_then(|it| it.acknowledged).filter(|_| works);
        Ok(TicketSlaView {
            policy: story.policy.filter(|_| works),
            because: Some(story.because).filter(|_| works),
            clocks,
            timeline: if works { story.entries.into_iter().map(entry).collect() } else { Vec::new() },
            escalated: escalated.map(|it| AttentionView { at: it.at, by: it.by.0, reason: Some(it.reason.clone()) }),
            acknowledged: acknowledged.map(|it| AttentionView { at: it.at, by: it.by.0, reason: None }),
        })
    })?;
    Ok(axum::Json(view))
}

/// Why it needs more attention.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EscalateInput {
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub reason: String,
}

pub async fn escalate(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    let input: EscalateInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let ticket = service_levels::escalate(tx, &actor, ticket.id, &input.reason)?;
        Ok((tag_of(&actor, &ticket), view_of(tx, &actor, &ticket)?))
    });
    let (tag, view) = done.await?;
    Ok(shown(StatusCode::OK, &tag, &view)?)
}

pub async fn acknowledge(caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    known(&caller, &id)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let ticket = service_levels::acknowledge(tx, &actor, ticket.id)?;
        Ok((tag_of(&actor, &ticket), view_of(tx, &actor, &ticket)?))
    });
    let (tag, view) = done.await?;
    Ok(shown(StatusCode::OK, &tag, &view)?)
}
