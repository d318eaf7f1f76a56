//! What a person's roles come to at this moment: permissions, and where those over tickets end. Read at each request, so that a
//! change of a role, a team or an organization works at once.

use std::{collections::BTreeSet, sync::Arc};

use super::{Organization, Person, custom_role, organization::with_beneath, role};
use crate::{
    desk::{
        actor::{Actor, Origin, Who},
        bounds::{Bounds, Fellows, Part, Reach},
        permission::{Permission, Permissions},
        queues,
    },
    error::Result,
    store::Tx,
};

/// Permissions and reach of a role by its key; nothing if there is no such role any more.
fn of_role(tx: &Tx, key: &str) -> Result<(Permissions, Reach)> {
    if let Some(it) = role(key) {
        return Ok((it.permissions, Reach::All));
    }
    Ok(custom_role(tx, key)?.map_or((Permissions::NONE, Reach::All), |it| (it.permissions(), it.reach)))
}

/// What these roles allow together, wherever it ends.
pub fn of_roles(tx: &Tx, roles: &[String]) -> Result<Permissions> {
    roles.iter().try_fold(Permissions::NONE, |sum, key| Ok(sum.union(of_role(tx, key)?.0)))
}

/// All that the person's roles allow; nothing when inactive.
pub fn permissions_of(tx: &Tx, person: &Person) -> Result<Permissions> {
    if person.active { of_roles(tx, &person.all_roles()) } else { Ok(Permissions::NONE) }
}

/// Whether whoever holds these roles works tickets, rather than only lodging them.
pub fn works(tx: &Tx, roles: &[String]) -> Result<bool> {
    Ok(of_roles(tx, roles)?.has(Permission::TicketsRead))
}

/// The person as they act now.
pub fn actor_of(tx: &Tx, person: &Person, origin: Origin) -> Result<Actor> {
    let permissions = permissions_of(tx, person)?;
    Ok(Actor { who: Who::Person(person.id), permissions, bounds: bounds_of(tx, person)?.map(Arc::new), origin })
}

/// Where the person's permissions over tickets end; none if nowhere and they see nobody else's.
fn bounds_of(tx: &Tx, person: &Person) -> Result<Option<Bounds>> {
    let mut bounds = Bounds { fellows: fellows_of(tx, person)?, ..Bounds::default() };
    let mut is_narrowed = false;
    for key in &person.all_roles() {
        let (permissions, reach) = of_role(tx, key)?;
        if reach == Reach::All {
            bounds.everywhere = bounds.everywhere.union(permissions);
            continue;
        }
        is_narrowed = true;
        bounds.assigned = bounds.assigned.union(permissions);
        match reach {
            Reach::Queues => {
                let queues = queues::queues(tx)?.into_iter();
                let of = queues.filter(|it| it.team.is_some_and(|team| person.teams.contains(&team))).map(|it| it.id).collect();
                bounds.queues = Part { permissions: bounds.queues.permissions.union(permissions), of };
            }
            Reach::Organization => {
                let of = person.organization.map(|it| with_beneath(tx, it)).transpose()?.unwrap_or_default();
                bounds.organizations = Part { permissions: bounds.organizations.permissions.union(permissions), of };
            }
            Reach::Department => {
                let of = person.department.into_iter().collect::<BTreeSet<_>>();
                bounds.departments = Part { permissions: bounds.departments.permissions.union(permissions), of };
            }
            Reach::All | Reach::Assigned => {}
        }
    }
    Ok((is_narrowed || bounds.fellows.is_some()).then_some(bounds))
}

fn fellows_of(tx: &Tx, person: &Person) -> Result<Option<Fellows>> {
    let Some(id) = person.organization else { return Ok(None) };
    let Some(it) = tx.get_shared::<Organization>(&id)?.filter(|it| it.shares_with(person.id)) else { return Ok(None) };
    Ok(Some(Fellows { of: with_beneath(tx, id)?, may_answer: it.viewers_answer }))
}
