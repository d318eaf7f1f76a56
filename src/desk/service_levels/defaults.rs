//! The policies that every desk begins with: one for incidents and one for requests (SLA-22, TKT-41), in hours of working time. They are
//! what most service desks promise: a critical matter gets its first word within a quarter of an hour and ends within half a working
//! day; what can wait has a week. A day is eight hours.

use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::policy::{Level, Policies, Policy, Step, TargetRow, Window};
use crate::{desk::rules::Condition, id::PolicyId, time::Instant};

/// Response, resolution and update in minutes, P1 to P4.
pub(super) type Rows = [(u32, u32, Option<u32>); 4];

const HOUR: u32 = 60;
const DAY: u32 = 8 * HOUR;

pub(super) const INCIDENTS: Rows =
    [(15, 4 * HOUR, Some(HOUR)), (HOUR, DAY, Some(4 * HOUR)), (4 * HOUR, 3 * DAY, None), (DAY, 5 * DAY, None)];
pub(super) const REQUESTS: Rows = [(HOUR, DAY, Some(4 * HOUR)), (2 * HOUR, 2 * DAY, None), (DAY, 5 * DAY, None), (2 * DAY, 10 * DAY, None)];

/// Ids of the built-in policies: the same on every desk.
pub(super) const INCIDENTS_ID: PolicyId = PolicyId(Uuid::from_u128(0x5a1_0000_0000_7000_8000_0000_0000_0001));
pub(super) const REQUESTS_ID: PolicyId = PolicyId(Uuid::from_u128(0x5a1_0000_0000_7000_8000_0000_0000_0002));

/// Three quarters through, whoever has it is warned; at the breach the lead is told, and at half as much again the manager.
pub(super) fn steps() -> Vec<Step> {
    let step = |share, tell: &[Level]| Step { target: None, share, tell: tell.to_vec(), window: Window::Always, acts: Vec::new() };
    vec![step(75, &[Level::Assignee]), step(100, &[Level::Assignee, Level::Lead]), step(150, &[Level::Manager])]
}

/// The built-in policies, in their order.
pub(super) fn policies() -> Arc<Policies> {
    static BUILT_IN: OnceLock<Arc<Policies>> = OnceLock::new();
    let policy = |id, name: &str, condition: &'static str, rows: Rows| Policy {
        id,
        name: name.to_owned(),
        condition: Condition::plain(condition),
        calendar: None,
        targets: rows.map(|(response, resolution, update)| TargetRow { response: Some(response), resolution: Some(resolution), update }),
        operational: Vec::new(),
        steps: steps(),
        active: true,
        version: 1,
        created_at: Instant::EPOCH,
    };
    let build = || {
        let list =
            vec![policy(INCIDENTS_ID, "Incidents", "kind:incident", INCIDENTS), policy(REQUESTS_ID, "Requests", "kind:request", REQUESTS)];
        Arc::new(Policies { list })
    };
    BUILT_IN.get_or_init(build).clone()
}
