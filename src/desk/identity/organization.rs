//! Organizations: the companies that requesters belong to, inside one desk (TEN-05). Not the isolated tenants; those are desks.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::OrganizationId,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Organization {
    #[n(0)]
    pub id: OrganizationId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub parent: Option<OrganizationId>,
    #[n(3)]
    pub created_at: Instant,
}

impl Record for Organization {
    type Key = OrganizationId;
    const TABLE: Table = Table::journalled(0x1a, "organizations");

    fn key(&self) -> OrganizationId {
        self.id
    }
}

pub fn create_organization(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Organization> {
    actor.need(Permission::PeopleWrite)?;
    let name = name.trim();
    if name.is_empty() {
        return Err(Refusal::field("name", "required", "An organization needs a name.").into());
    }
    if organization_named(tx, name)?.is_some() {
        return Err(Refusal::field("name", "taken", format!("There is an organization `{name}` already.")).into());
    }
    let it = Organization { id: tx.new_id(), name: name.to_owned(), parent: None, created_at: tx.now() };
    tx.put(&it)?;
    let about = About { entity_kind: "organization", entity: it.id.0, subject: None };
    event::record(tx, actor, EventKind::OrganizationCreated, about, Changes::new().set("name", name))?;
    Ok(it)
}

/// The organization of this name, whatever its case.
pub fn organization_named(tx: &Tx, name: &str) -> Result<Option<Organization>> {
    let wanted = name.to_lowercase();
    for it in tx.scan::<Organization>(&())? {
        let it = it?;
        if it.name.to_lowercase() == wanted {
            return Ok(Some(it));
        }
    }
    Ok(None)
}
