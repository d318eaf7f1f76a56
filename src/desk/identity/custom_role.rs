//! Roles of a desk's own, built from permissions beside the six that every desk has (RBAC-10). A person holds roles by their keys.
//!
//! Invariants: a key never changes and is never one of a built-in role; nobody makes, changes or deletes a role that holds
//! permissions they lack; no person holds a role that is gone.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::{Person, PersonChange, ROLES, elevation, rights, role};
use crate::{
    desk::{
        actor::Actor,
        bounds::Reach,
        event::{self, About, Changes, EventKind},
        permission::{Permission, Permissions},
        providers,
    },
    error::{Code, Refusal, Result},
    id::RoleId,
    language::say,
    limits,
    store::{Index, Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct CustomRole {
    #[n(0)]
    pub key: String,
    #[n(1)]
    pub id: RoleId,
    #[n(2)]
    pub name: String,
    #[n(3)]
    pub description: String,
    /// Names of permissions; one that a later release dropped allows nothing.
    #[n(4)]
    pub permissions: Vec<String>,
    #[n(5)]
    pub reach: Reach,
    #[n(6)]
    pub created_at: Instant,
}

/// Who holds a role of the desk's own. Holders of built-in roles are not listed: nearly everybody is a requester.
pub const HOLDERS: Index<Person, String> = Index::new(0xa9, "holders_of_custom_roles");

impl Record for CustomRole {
    type Key = String;
    const TABLE: Table = Table::journalled(0x38, "roles");

    fn key(&self) -> String {
        self.key.clone()
    }
}

impl CustomRole {
    pub fn permissions(&self) -> Permissions {
        let known = self.permissions.iter().filter_map(|it| Permissions::named([it.as_str()]).ok());
        known.fold(Permissions::NONE, Permissions::union)
    }

    fn about(&self) -> About {
        About { entity_kind: "role", entity: self.id.0, subject: None }
    }
}

/// A role as it is given and shown, built in or not.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyRole {
    pub key: String,
    pub name: String,
    pub description: String,
    pub permissions: Permissions,
    pub reach: Reach,
    pub built_in: bool,
}

impl From<&CustomRole> for AnyRole {
    fn from(it: &CustomRole) -> Self {
        let (key, name, description) = (it.key.clone(), it.name.clone(), it.description.clone());
        AnyRole { key, name, description, permissions: it.permissions(), reach: it.reach, built_in: false }
    }
}

impl From<&super::Role> for AnyRole {
    fn from(it: &super::Role) -> Self {
        let (key, name, description) = (it.key.to_owned(), it.label.to_owned(), it.description.to_owned());
        AnyRole { key, name, description, permissions: it.permissions, reach: Reach::All, built_in: true }
    }
}

/// A role of the desk's own, decoded once however many requests read it.
pub fn custom_role(tx: &Tx, key: &str) -> Result<Option<Arc<CustomRole>>> {
    Ok(tx.get_shared::<CustomRole>(&key.to_owned())?)
}

/// Every role: the built-in ones from the least to the most powerful, then the desk's own by name.
pub fn all_roles(tx: &Tx) -> Result<Vec<AnyRole>> {
    let mut own = tx.scan::<CustomRole>(&())?.collect::<Result<Vec<_>, _>>()?;
    own.sort_by_key(|it| it.name.to_lowercase());
    Ok(ROLES.iter().map(AnyRole::from).chain(own.iter().map(AnyRole::from)).collect())
}

/// The role of this key, alias or name, whatever its case.
pub fn any_role(tx: &Tx, text: &str) -> Result<Option<AnyRole>> {
    let wanted = text.trim().to_lowercase();
    if let Some(it) = role(&wanted) {
        return Ok(Some(it.into()));
    }
    if let Some(it) = custom_role(tx, &wanted)? {
        return Ok(Some(it.as_ref().into()));
    }
    Ok(all_roles(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

#[derive(Debug, Clone, Default)]
pub struct NewRole {
    pub name: String,
    pub description: String,
    /// Names of permissions.
    pub permissions: Vec<String>,
    pub reach: Reach,
}

pub fn create_role(tx: &mut Tx, actor: &Actor, new: NewRole) -> Result<CustomRole> {
    actor.need(Permission::RolesWrite)?;
    let name = free_name(tx, &new.name, None)?;
    let key = key_of(&name);
    if key.is_empty() || role(&key).is_some() || tx.has::<CustomRole>(&key)? {
        return Err(Refusal::field("name", "taken", say!("refused-there-role-key-already", key = key)).into());
    }
    if tx.scan::<CustomRole>(&())?.count() >= limits::ROLES_MAX {
        return Err(Refusal::field("name", "too_many", say!("refused-desk-most-roles-own", roles_max = limits::ROLES_MAX)).into());
    }
    let permissions = known(&new.permissions)?;
    let role = CustomRole {
        key,
        id: tx.new_id(),
        name,
        description: description(&new.description)?,
        permissions: permissions.names(),
        reach: new.reach,
        created_at: tx.now(),
    };
    elevation::need_all_of(actor, &AnyRole::from(&role))?;
    tx.put(&role)?;
    let changes = Changes::new()
        .set("key", role.key.as_str())
        .set("name", role.name.as_str())
        .set("description", role.description.as_str())
        .set("permissions", role.permissions.clone())
        .set("reach", role.reach.name());
    event::record(tx, actor, EventKind::RoleCreated, role.about(), changes)?;
    Ok(role)
}

/// Changes to a role; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub permissions: Option<Vec<String>>,
    pub reach: Option<Reach>,
}

/// Changes a role. What it allows changes for everybody who holds it with their next request.
pub fn change_role(tx: &mut Tx, actor: &Actor, key: &str, change: RoleChange) -> Result<CustomRole> {
    let before = changeable(tx, actor, key)?;
    let mut after = before.clone();
    let RoleChange { name, description: about, permissions, reach } = change;
    if let Some(it) = name {
        after.name = free_name(tx, &it, Some(key))?;
    }
    if let Some(it) = about {
        after.description = description(&it)?;
    }
    if let Some(it) = permissions {
        after.permissions = known(&it)?.names();
    }
    after.reach = reach.unwrap_or(after.reach);
    elevation::need_all_of(actor, &AnyRole::from(&after))?;
    let mut changes = Changes::new();
    changes
        .field("name", before.name.as_str(), after.name.as_str())
        .field("description", before.description.as_str(), after.description.as_str())
        .field("permissions", before.permissions.clone(), after.permissions.clone())
        .field("reach", before.reach.name(), after.reach.name());
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::RoleChanged, after.about(), changes)?;
    for mut person in holders(tx, key)? {
        person.works = rights::works(tx, &person.all_roles())?;
        tx.put(&person)?;
    }
    Ok(after)
}

/// Deletes a role. Its holders get `instead`; without it a role that somebody holds stays.
pub fn delete_role(tx: &mut Tx, actor: &Actor, key: &str, instead: Option<&str>) -> Result<()> {
    let it = changeable(tx, actor, key)?;
    if let Some(way) = providers::gives_role(tx, key)? {
        let detail = say!("refused-sign-method-gives-role", way = way, name = it.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let held_by = holders(tx, key)?;
    if instead.is_none() && !held_by.is_empty() {
        let detail = say!("refused-people-hold-role-say", count = held_by.len(), name = it.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    for person in held_by {
        let without = |all: &[String]| all.iter().filter(|it| *it != key).cloned().collect::<Vec<_>>();
        let mut roles = without(&person.roles);
        roles.extend(instead.map(str::to_owned));
        let directory_roles = without(&person.directory_roles);
        let change = PersonChange { roles: Some(roles), directory_roles: Some(directory_roles), ..PersonChange::default() };
        super::change_person(tx, actor, person.id, change)?;
    }
    if !holders(tx, key)?.is_empty() {
        return Err(Refusal::field("instead", "invalid", say!("refused-role-cannot-stand-itself")).into());
    }
    tx.remove::<CustomRole>(&it.key)?;
    event::record(tx, actor, EventKind::RoleDeleted, it.about(), Changes::new().set("name", it.name.as_str()))?;
    Ok(())
}

/// Everybody who holds a role of the desk's own.
pub fn holders(tx: &Tx, key: &str) -> Result<Vec<Person>> {
    Ok(tx.find(&HOLDERS, &key.to_owned())?)
}

fn changeable(tx: &Tx, actor: &Actor, key: &str) -> Result<CustomRole> {
    actor.need(Permission::RolesWrite)?;
    if role(key).is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-built-role-stays-copy")).into());
    }
    let it = tx.get::<CustomRole>(&key.to_owned())?.ok_or_else(|| Refusal::not_found("role"))?;
    elevation::need_all_of(actor, &AnyRole::from(&it))?;
    Ok(it)
}

fn known(names: &[String]) -> Result<Permissions> {
    Permissions::named(names.iter().map(String::as_str)).map_err(|unknown| {
        let known: Vec<_> = Permission::ALL.iter().map(|it| it.name()).collect();
        let unknown: String = unknown.chars().take(80).collect();
        Refusal::field("permissions", "unknown", say!("refused-there-no-permission-there", unknown = unknown, join = known.join(", ")))
            .into()
    })
}

fn free_name(tx: &Tx, name: &str, own: Option<&str>) -> Result<String> {
    let name = super::plain_name(name)?;
    match any_role(tx, &name)? {
        Some(it) if Some(it.key.as_str()) != own => {
            Err(Refusal::field("name", "taken", say!("refused-there-role-already", name = it.name)).into())
        }
        _ => Ok(name),
    }
}

fn description(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > limits::ROLE_DESCRIPTION_CHARS_MAX {
        let message = say!("refused-description-most-characters", role_description_chars_max = limits::ROLE_DESCRIPTION_CHARS_MAX);
        return Err(Refusal::field("description", "too_long", message).into());
    }
    Ok(text.to_owned())
}

/// `Field engineers (EMEA)` -> `field_engineers_emea`.
fn key_of(name: &str) -> String {
    let mut key = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            key.push(c);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.trim_end_matches('_').to_owned()
}
