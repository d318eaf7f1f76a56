//! Whose tickets deserve a second look: people and organizations that an admin marks. A ticket keeps whether it was so when its
//! requester was set, so that lists and rules can ask.

use crate::{
    desk::identity::{Organization, Person},
    error::Result,
    id::{OrganizationId, PersonId},
    store::Tx,
};

/// Whether the requester or the organization is marked.
pub fn is_vip(tx: &Tx, requester: PersonId, organization: Option<OrganizationId>) -> Result<bool> {
    if tx.get::<Person>(&requester)?.is_some_and(|it| it.vip) {
        return Ok(true);
    }
    let Some(organization) = organization else { return Ok(false) };
    Ok(tx.get_shared::<Organization>(&organization)?.is_some_and(|it| it.vip))
}
