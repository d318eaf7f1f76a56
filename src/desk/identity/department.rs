//! Departments: parts of an organization, or of the desk's own house (TEN-04). A person is of one at most.

use minicbor::{Decode, Encode};

use super::Person;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::{DepartmentId, OrganizationId},
    language::say,
    store::{Index, Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Department {
    #[n(0)]
    pub id: DepartmentId,
    /// Unique in its organization.
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub organization: Option<OrganizationId>,
    #[n(3)]
    pub created_at: Instant,
}

impl Record for Department {
    type Key = DepartmentId;
    const TABLE: Table = Table::journalled(0x39, "departments");

    fn key(&self) -> DepartmentId {
        self.id
    }
}

/// The people of a department.
pub const BY_DEPARTMENT: Index<Person, DepartmentId> = Index::new(0xaa, "people_by_department");

impl Department {
    fn about(&self) -> About {
        About { entity_kind: "department", entity: self.id.0, subject: None }
    }
}

/// Every department, in the order in which they were made.
pub fn departments(tx: &Tx) -> Result<Vec<Department>> {
    Ok(tx.scan::<Department>(&())?.collect::<Result<_, _>>()?)
}

/// The department of this id or name, whatever its case; the first of several that share a name.
pub fn department_named(tx: &Tx, text: &str) -> Result<Option<Department>> {
    if let Ok(id) = text.parse::<DepartmentId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(departments(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

fn check(tx: &Tx, it: &Department) -> Result<()> {
    if let Some(id) = it.organization
        && !tx.has::<super::Organization>(&id)?
    {
        return Err(Refusal::field("organization", "unknown", say!("refused-there-no-such-organization")).into());
    }
    let wanted = it.name.to_lowercase();
    let twin = |other: &Department| other.id != it.id && other.organization == it.organization && other.name.to_lowercase() == wanted;
    if departments(tx)?.iter().any(twin) {
        return Err(Refusal::field("name", "taken", say!("refused-there-department-already", name = it.name)).into());
    }
    Ok(())
}

pub fn create_department(tx: &mut Tx, actor: &Actor, name: &str, organization: Option<OrganizationId>) -> Result<Department> {
    actor.need(Permission::PeopleWrite)?;
    let it = Department { id: tx.new_id(), name: super::plain_name(name)?, organization, created_at: tx.now() };
    check(tx, &it)?;
    tx.put(&it)?;
    let changes = Changes::new().set("name", it.name.as_str()).set("organization", organization.map(|it| it.to_string()));
    event::record(tx, actor, EventKind::DepartmentCreated, it.about(), changes)?;
    Ok(it)
}

/// Changes to a department; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct DepartmentChange {
    pub name: Option<String>,
    pub organization: Option<Option<OrganizationId>>,
}

pub fn change_department(tx: &mut Tx, actor: &Actor, id: DepartmentId, change: DepartmentChange) -> Result<Department> {
    actor.need(Permission::PeopleWrite)?;
    let before = tx.get::<Department>(&id)?.ok_or_else(|| Refusal::not_found("department"))?;
    let mut after = before.clone();
    if let Some(it) = change.name {
        after.name = super::plain_name(&it)?;
    }
    after.organization = change.organization.unwrap_or(after.organization);
    check(tx, &after)?;
    let text = |it: Option<OrganizationId>| it.map(|it| it.to_string());
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), after.name.as_str()).field(
        "organization",
        text(before.organization),
        text(after.organization),
    );
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::DepartmentChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes a department away that nobody is of. Tickets keep the id, which then means nothing.
pub fn delete_department(tx: &mut Tx, actor: &Actor, id: DepartmentId) -> Result<()> {
    actor.need(Permission::PeopleWrite)?;
    let it = tx.get::<Department>(&id)?.ok_or_else(|| Refusal::not_found("department"))?;
    if tx.find_keys(&BY_DEPARTMENT, &id)?.next().is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-people-department-move-them", name = it.name)).into());
    }
    tx.remove::<Department>(&id)?;
    event::record(tx, actor, EventKind::DepartmentDeleted, it.about(), Changes::new().set("name", it.name))?;
    Ok(())
}
