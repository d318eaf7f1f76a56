//! Who acts: a person with permissions, or a named part of the system; and from where. Every command takes one.
//! An actor is made at the door (session, token, mail, job) and never inside the desk.

use std::sync::Arc;

use crate::{
    desk::{
        bounds::Bounds,
        permission::{Permission, Permissions},
    },
    error::{Refusal, Result},
    id::PersonId,
    store::log::EventActor,
};

/// From where an act comes (AUD-01). Personal, so it goes into the erasable part of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address, without a port.
    pub address: Option<String>,
    pub user_agent: Option<String>,
    /// `X-Request-Id`, taken or made at the door.
    pub request_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Person(PersonId),
    /// A part of the system by its name in the log: `mail`, `notifier`, `setup`, `demo` ...
    System(&'static str),
}

#[derive(Debug, Clone)]
pub struct Actor {
    pub who: Who,
    pub permissions: Permissions,
    /// Where the permissions over tickets end, and what else may be seen; none: they hold for every ticket.
    pub bounds: Option<Arc<Bounds>>,
    pub origin: Origin,
}

impl Actor {
    /// A part of the system. It may do everything; what it does is its own code.
    pub fn system(name: &'static str) -> Self {
        Actor { who: Who::System(name), permissions: Permissions::ALL, bounds: None, origin: Origin::default() }
    }

    pub fn person(&self) -> Option<PersonId> {
        match self.who {
            Who::Person(id) => Some(id),
            Who::System(_) => None,
        }
    }

    pub fn is(&self, person: PersonId) -> bool {
        self.who == Who::Person(person)
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }

    /// Refuses unless the actor has the permission. Deny by default: whoever forgets to call it is caught by the matrix test.
    pub fn need(&self, permission: Permission) -> Result<()> {
        if self.may(permission) { Ok(()) } else { Err(Refusal::forbidden(permission.name()).into()) }
    }

    /// What the actor may do without a limit: all but the permissions over tickets that hold for some tickets only.
    pub fn everywhere(&self) -> Permissions {
        match &self.bounds {
            None => self.permissions,
            Some(bounds) => {
                let narrowed = Permissions::ON_TICKETS.without(bounds.everywhere);
                self.permissions.without(narrowed)
            }
        }
    }

    pub fn for_log(&self) -> EventActor {
        match self.who {
            Who::Person(id) => EventActor { kind: "person".into(), id: Some(id.0) },
            Who::System(name) => EventActor { kind: name.into(), id: None },
        }
    }
}
