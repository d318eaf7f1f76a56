//! A ticket's targets as they stand in its record: the course, and what its clocks say.

use minicbor::{Decode, Encode};

use super::{
    clock::{Clock, ClockState},
    course::Course,
    target::Target,
};
use crate::{
    desk::tickets::Ticket,
    id::{PersonId, PolicyId},
    store::Index,
    time::Instant,
};

/// Tickets by the instant at which something happens to one of their clocks. Nothing looks at a clock before.
pub const DUE: Index<Ticket, Instant> = Index::new(0xdc, "targets_due");

/// Somebody has taken note that a target is in danger or missed: nobody further up is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Acknowledged {
    #[n(0)]
    pub at: Instant,
    #[n(1)]
    pub by: PersonId,
}

/// Somebody has asked for more attention.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Escalated {
    #[n(0)]
    pub at: Instant,
    #[n(1)]
    pub by: PersonId,
    #[n(2)]
    pub reason: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Targets {
    #[n(0)]
    pub course: Course,
    /// By target.
    #[n(1)]
    pub clocks: Vec<Clock>,
    /// The policy that won, and its version when the clocks were last run.
    #[n(2)]
    pub policy: Option<PolicyId>,
    #[n(3)]
    pub policy_version: u32,
    #[n(4)]
    pub acknowledged: Option<Acknowledged>,
    #[n(5)]
    pub escalated: Option<Escalated>,
}

impl Targets {
    pub fn clock(&self, target: Target) -> Option<&Clock> {
        self.clocks.iter().find(|it| it.target == target)
    }

    /// Clocks that are promises to the requester, and neither kept nor missed for good.
    fn open(&self) -> impl Iterator<Item = &Clock> {
        self.clocks.iter().filter(|it| it.is_open() && it.target != Target::Operational)
    }

    /// When something happens next, if nothing else does.
    pub fn next_at(&self) -> Option<Instant> {
        self.clocks.iter().filter_map(|it| it.next).map(|it| it.1).min()
    }

    /// When the next promise to the requester falls due; paused clocks have none.
    pub fn next_due(&self) -> Option<Instant> {
        self.open().filter_map(|it| it.due_at).min()
    }

    pub fn response_due(&self) -> Option<Instant> {
        self.clock(Target::Response)?.due_at
    }

    pub fn resolution_due(&self) -> Option<Instant> {
        self.clock(Target::Resolution)?.due_at
    }

    /// Whether clocks wait.
    pub fn is_paused(&self) -> bool {
        self.open().any(|it| it.state == ClockState::Paused)
    }

    /// Whether response and resolution were missed.
    pub fn breached(&self) -> (bool, bool) {
        let missed = |target| self.clock(target).is_some_and(Clock::is_breached);
        (missed(Target::Response), missed(Target::Resolution))
    }

    /// Whether any promise to the requester that is still open was missed, or the response or resolution at all.
    pub fn is_breached(&self) -> bool {
        let (response, resolution) = self.breached();
        response || resolution || self.open().any(Clock::is_breached)
    }

    /// Whether a promise is in danger or missed.
    pub fn is_at_risk(&self) -> bool {
        self.open().any(|it| it.reached > 0)
    }
}
