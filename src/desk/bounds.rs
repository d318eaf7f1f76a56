//! Where an actor's permissions over tickets end (RBAC-04): a role reaches every ticket, or only those of the holder's queues,
//! organization, department, or desk tray. Worked out once, when the actor is made; never stored.
//!
//! Invariant: bounds only ever take away from what the permissions say, but for `fellows`, which lets requesters see tickets of
//! their organization where it allows that (BEY-17).

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{
    permission::{Permission, Permissions},
    tickets::Ticket,
};
use crate::id::{DepartmentId, OrganizationId, PersonId, QueueId};

/// Which tickets a role's permissions hold for. Each but the first includes what is assigned to the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Reach {
    #[default]
    #[n(0)]
    All,
    #[n(1)]
    Queues,
    #[n(2)]
    Organization,
    #[n(3)]
    Department,
    #[n(4)]
    Assigned,
}

impl Reach {
    pub const ALL: [Reach; 5] = [Reach::All, Reach::Queues, Reach::Organization, Reach::Department, Reach::Assigned];

    pub fn name(self) -> &'static str {
        match self {
            Reach::All => "all",
            Reach::Queues => "queues",
            Reach::Organization => "organization",
            Reach::Department => "department",
            Reach::Assigned => "assigned",
        }
    }

    pub fn named(text: &str) -> Option<Reach> {
        Reach::ALL.into_iter().find(|it| it.name() == text)
    }

    /// What it means, for the settings page.
    pub fn doc(self) -> &'static str {
        match self {
            Reach::All => "Every ticket of the desk.",
            Reach::Queues => "Tickets in queues that their teams work, and those assigned to them.",
            Reach::Organization => "Tickets of their organization and of those beneath it, and those assigned to them.",
            Reach::Department => "Tickets of their department, and those assigned to them.",
            Reach::Assigned => "Tickets that are assigned to them.",
        }
    }
}

/// Permissions that hold for the tickets of these things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    pub permissions: Permissions,
    pub of: BTreeSet<T>,
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Part { permissions: Permissions::NONE, of: BTreeSet::new() }
    }
}

impl<T: Ord> Part<T> {
    fn covers(&self, permission: Permission, it: Option<T>) -> bool {
        self.permissions.has(permission) && it.is_some_and(|it| self.of.contains(&it))
    }
}

/// Organizations whose tickets a requester sees besides their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fellows {
    pub of: BTreeSet<OrganizationId>,
    /// Whether they may answer, too.
    pub may_answer: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// What holds for every ticket.
    pub everywhere: Permissions,
    /// What holds for tickets that are assigned to the actor.
    pub assigned: Permissions,
    pub queues: Part<QueueId>,
    pub organizations: Part<OrganizationId>,
    pub departments: Part<DepartmentId>,
    pub fellows: Option<Fellows>,
}

impl Bounds {
    /// Whether the permission, which `me` holds, holds for this ticket.
    pub fn cover(&self, permission: Permission, me: Option<PersonId>, ticket: &Ticket) -> bool {
        self.everywhere.has(permission)
            || (self.assigned.has(permission) && ticket.assignee.is_some() && ticket.assignee == me)
            || self.queues.covers(permission, ticket.queue)
            || self.organizations.covers(permission, ticket.organization)
            || self.departments.covers(permission, ticket.department)
    }

    /// Whether a requester sees the ticket because it is of their organization.
    pub fn is_fellow(&self, ticket: &Ticket) -> Option<&Fellows> {
        self.fellows.as_ref().filter(|it| ticket.organization.is_some_and(|id| it.of.contains(&id)))
    }
}
