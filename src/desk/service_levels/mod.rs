//! Service levels: what is promised for a ticket, how much working time of that is used, and what happens when it runs out.
//!
//! A ticket keeps the *course* of its targets, a short list of facts (lodged, waits, answered, under these terms from here on). What a
//! clock says is a function of that course, the policy and the calendars, and of nothing else (BEY-18): asked again it says the same.
//! What it says is kept beside the course, so that lists and the due index need no arithmetic.

mod act;
mod clock;
mod course;
mod defaults;
mod escalation;
mod follow;
mod policy;
mod presets;
mod preview;
mod retiming;
mod target;
mod targets;
mod timeline;

pub use act::{Acted, act, act_on, due, next_due, next_due_but};
pub use clock::{Clock, ClockState, Terms, Thresholds, run};
pub use course::{Course, Fact, Mode, Setting, What};
pub use escalation::{acknowledge, escalate, may_acknowledge, may_escalate};
pub use follow::{answer, follow, withdraw};
pub use policy::{
    Level, ON_CALL, Operational, Policies, Policy, PolicyChange, Step, StepAct, TargetRow, Window, add_policy, change_policy,
    order_policies, policy_that_tells, remove_policy,
};
pub use presets::{Promise, promise, promised};
pub use preview::{Preview, PreviewRow, preview};
pub use retiming::{RETIME, Retiming, begin as retime_all, count as count_to_retime, counted as counted_to_retime, go_on as retime_some};
pub use target::Target;
pub use targets::{Acknowledged, DUE, Escalated, Targets};
pub use timeline::{Entry, EntryKind, Timeline, timeline, used};

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
