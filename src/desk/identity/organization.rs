//! Organizations: the companies that requesters belong to, inside one desk (TEN-05). Not the isolated tenants; those are desks.
//!
//! Invariants: parents make no circle; a verified mail domain belongs to one organization.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::Person;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::{OrganizationId, PersonId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
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
    #[n(4)]
    #[cbor(default)]
    pub domains: Vec<MailDomain>,
    /// JSON object that admins and other programs keep here.
    #[n(5)]
    pub metadata: Option<String>,
    #[n(6)]
    #[cbor(default)]
    pub sharing: Sharing,
    /// Whom `Sharing::Named` names.
    #[n(7)]
    #[cbor(default)]
    pub viewers: Vec<PersonId>,
    /// Whether those who see the organization's tickets may answer on them.
    #[n(8)]
    #[cbor(default)]
    pub viewers_answer: bool,
    /// Its tickets deserve a second look.
    #[n(9)]
    #[cbor(default)]
    pub vip: bool,
}

/// The part of a mail address behind the @.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MailDomain {
    /// Lower case.
    #[n(0)]
    pub name: String,
    /// An admin says that it is the organization's; whoever is new and writes from it joins.
    #[n(1)]
    pub verified: bool,
}

/// Which of its members see all tickets of an organization (BEY-17).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Sharing {
    #[default]
    #[n(0)]
    Nobody,
    #[n(1)]
    Named,
    #[n(2)]
    Members,
}

impl Sharing {
    pub const ALL: [Sharing; 3] = [Sharing::Nobody, Sharing::Named, Sharing::Members];

    pub fn name(self) -> &'static str {
        match self {
            Sharing::Nobody => "nobody",
            Sharing::Named => "named",
            Sharing::Members => "members",
        }
    }

    pub fn named(text: &str) -> Option<Sharing> {
        Sharing::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// Organizations by their parent.
pub const CHILDREN: Index<Organization, OrganizationId> = Index::new(0xa8, "organizations_by_parent");
/// Organizations by their verified mail domains.
pub const BY_DOMAIN: Index<Organization, String> = Index::new(0xab, "organizations_by_domain");
/// The members of an organization.
pub const MEMBERS: Index<Person, OrganizationId> = Index::new(0xac, "people_by_organization");

impl Record for Organization {
    type Key = OrganizationId;
    const TABLE: Table = Table::journalled(0x1a, "organizations");

    fn key(&self) -> OrganizationId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        if let Some(parent) = &self.parent {
            entries.add(&CHILDREN, parent);
        }
        for it in self.domains.iter().filter(|it| it.verified) {
            entries.add(&BY_DOMAIN, &it.name);
        }
    }
}

impl Organization {
    fn about(&self) -> About {
        About { entity_kind: "organization", entity: self.id.0, subject: None }
    }

    /// Whether this member sees all of its tickets.
    pub fn shares_with(&self, person: PersonId) -> bool {
        match self.sharing {
            Sharing::Nobody => false,
            Sharing::Named => self.viewers.contains(&person),
            Sharing::Members => true,
        }
    }
}

pub fn create_organization(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Organization> {
    actor.need(Permission::PeopleWrite)?;
    let it = Organization {
        id: tx.new_id(),
        name: free_name(tx, name, None)?,
        parent: None,
        created_at: tx.now(),
        domains: Vec::new(),
        metadata: None,
        sharing: Sharing::Nobody,
        viewers: Vec::new(),
        vip: false,
        viewers_answer: false,
    };
    tx.put(&it)?;
    event::record(tx, actor, EventKind::OrganizationCreated, it.about(), Changes::new().set("name", it.name.as_str()))?;
    Ok(it)
}

fn free_name(tx: &Tx, name: &str, own: Option<OrganizationId>) -> Result<String> {
    let name = super::plain_name(name)?;
    match organization_named(tx, &name)? {
        Some(it) if Some(it.id) != own => {
            Err(Refusal::field("name", "taken", say!("refused-there-organization-already", name = name)).into())
        }
        _ => Ok(name),
    }
}

/// Changes to an organization; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    pub name: Option<String>,
    pub parent: Option<Option<OrganizationId>>,
    /// All of them.
    pub domains: Option<Vec<MailDomain>>,
    /// A JSON object.
    pub metadata: Option<Option<String>>,
    pub sharing: Option<Sharing>,
    pub viewers: Option<Vec<PersonId>>,
    pub viewers_answer: Option<bool>,
    pub vip: Option<bool>,
}

pub fn change_organization(tx: &mut Tx, actor: &Actor, id: OrganizationId, change: OrganizationChange) -> Result<Organization> {
    actor.need(Permission::PeopleWrite)?;
    let before = tx.get::<Organization>(&id)?.ok_or_else(|| Refusal::not_found("organization"))?;
    let mut after = before.clone();
    let OrganizationChange { name, parent, domains, metadata, sharing, viewers, viewers_answer, vip } = change;
    if let Some(it) = name {
        after.name = free_name(tx, &it, Some(id))?;
    }
    if let Some(it) = parent {
        check_parent(tx, id, it)?;
        after.parent = it;
    }
    if let Some(it) = domains {
        after.domains = own_domains(tx, id, it)?;
    }
    if let Some(it) = metadata {
        after.metadata = json_object(it)?;
    }
    if let Some(it) = viewers {
        after.viewers = members_only(tx, id, it)?;
    }
    after.sharing = sharing.unwrap_or(after.sharing);
    after.viewers_answer = viewers_answer.unwrap_or(after.viewers_answer);
    after.vip = vip.unwrap_or(after.vip);
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    // Who widens what a narrowed role of their own reaches would give themselves what they lack.
    if changes.has("parent") {
        super::elevation::need_unbounded(actor)?;
    }
    if after.sharing != Sharing::Nobody && ["parent", "domains", "sharing", "viewers", "viewersAnswer"].iter().any(|it| changes.has(it)) {
        super::elevation::need_reading(actor)?;
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::OrganizationChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes an organization away that has no members, no departments and nothing beneath it.
pub fn delete_organization(tx: &mut Tx, actor: &Actor, id: OrganizationId) -> Result<()> {
    actor.need(Permission::PeopleWrite)?;
    let it = tx.get::<Organization>(&id)?.ok_or_else(|| Refusal::not_found("organization"))?;
    let has_departments = super::departments(tx)?.iter().any(|it| it.organization == Some(id));
    if has_departments || tx.find_keys(&MEMBERS, &id)?.next().is_some() || tx.find_keys(&CHILDREN, &id)?.next().is_some() {
        let detail = say!("refused-members-departments-organizations-be", name = it.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    tx.remove::<Organization>(&id)?;
    event::record(tx, actor, EventKind::OrganizationDeleted, it.about(), Changes::new().set("name", it.name))?;
    Ok(())
}

fn check_parent(tx: &Tx, id: OrganizationId, parent: Option<OrganizationId>) -> Result<()> {
    let mut above = parent;
    for _ in 0..limits::ORGANIZATION_DEPTH_MAX {
        let Some(it) = above else { return Ok(()) };
        if it == id {
            return Err(Refusal::field("parent", "circle", say!("refused-organization-cannot-stand-above")).into());
        }
        let found = tx.get::<Organization>(&it)?;
        above = found.ok_or_else(|| Refusal::field("parent", "unknown", say!("refused-there-no-such-organization")))?.parent;
    }
    let message = say!("refused-organizations-stand-most-levels", organization_depth_max = limits::ORGANIZATION_DEPTH_MAX);
    Err(Refusal::field("parent", "too_deep", message).into())
}

fn own_domains(tx: &Tx, id: OrganizationId, list: Vec<MailDomain>) -> Result<Vec<MailDomain>> {
    let mut domains: Vec<MailDomain> = Vec::new();
    for it in list {
        let name = it.name.trim().trim_start_matches('@').trim_end_matches('.').to_lowercase();
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
        if name.is_empty() || name.len() > 253 || !name.contains('.') || !name.chars().all(fits) {
            let message = say!("refused-no-mail-domain-such", string = name.chars().take(80).collect::<String>());
            return Err(Refusal::field("domains", "invalid", message).into());
        }
        if let Some(other) = organization_of_domain(tx, &name)?.filter(|it| it.id != id)
            && it.verified
        {
            return Err(Refusal::field("domains", "taken", say!("refused-belongs-already", name = name, name2 = other.name)).into());
        }
        if !domains.iter().any(|it| it.name == name) {
            domains.push(MailDomain { name, verified: it.verified });
        }
    }
    if domains.len() > limits::ORGANIZATION_DOMAINS_MAX {
        let message = say!("refused-organization-most-mail-domains", organization_domains_max = limits::ORGANIZATION_DOMAINS_MAX);
        return Err(Refusal::field("domains", "too_many", message).into());
    }
    Ok(domains)
}

fn members_only(tx: &Tx, id: OrganizationId, people: Vec<PersonId>) -> Result<Vec<PersonId>> {
    for it in &people {
        let person = tx.get::<Person>(it)?.ok_or_else(|| Refusal::field("viewers", "unknown", say!("refused-there-no-such-person")))?;
        if person.organization != Some(id) {
            let message = say!("refused-no-member-organization", name = person.name);
            return Err(Refusal::field("viewers", "invalid", message).into());
        }
    }
    Ok(people.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

fn json_object(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text.filter(|it| !it.trim().is_empty()) else { return Ok(None) };
    if text.len() > limits::CUSTOM_JSON_BYTES_MAX {
        let message = say!("refused-metadata-may-kb-json", custom_json_bytes_max = limits::CUSTOM_JSON_BYTES_MAX / 1024);
        return Err(Refusal::field("metadata", "too_long", message).into());
    }
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) {
        Ok(map) if map.is_empty() => Ok(None),
        Ok(_) => Ok(Some(text)),
        Err(_) => Err(Refusal::field("metadata", "invalid", say!("refused-metadata-json-object")).into()),
    }
}

/// The organization of this name, whatever its case.
pub fn organization_named(tx: &Tx, name: &str) -> Result<Option<Organization>> {
    let wanted = name.trim().to_lowercase();
    for it in tx.scan::<Organization>(&())? {
        let it = it?;
        if it.name.to_lowercase() == wanted {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

/// Every organization, in the order in which they were made.
pub fn organizations(tx: &Tx) -> Result<Vec<Organization>> {
    Ok(tx.scan::<Organization>(&())?.collect::<Result<_, _>>()?)
}

/// The organization that a mail domain is verified for.
pub fn organization_of_domain(tx: &Tx, domain: &str) -> Result<Option<Organization>> {
    Ok(tx.find_one(&BY_DOMAIN, &domain.to_lowercase())?)
}

/// The organization and all beneath it, as many as the limit allows.
pub fn with_beneath(tx: &Tx, id: OrganizationId) -> Result<BTreeSet<OrganizationId>> {
    let mut found = BTreeSet::from([id]);
    let mut to_look_at = vec![id];
    while let Some(it) = to_look_at.pop() {
        for child in tx.find_keys(&CHILDREN, &it)? {
            let child = child?;
            if found.len() < limits::ORGANIZATIONS_REACHED_MAX && found.insert(child) {
                to_look_at.push(child);
            }
        }
    }
    Ok(found)
}

/// How many members an organization itself has.
pub fn count_members(tx: &Tx, id: OrganizationId) -> Result<usize> {
    Ok(tx.find_keys(&MEMBERS, &id)?.count())
}

/// The members of an organization itself.
pub fn members(tx: &Tx, id: OrganizationId) -> Result<Vec<Person>> {
    Ok(tx.find(&MEMBERS, &id)?)
}

fn diff(before: &Organization, after: &Organization) -> Changes {
    // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
    let Organization { id: _, name, parent, created_at: _, domains, metadata, sharing, viewers, viewers_answer, vip } = before;
    let listed = |it: &[MailDomain]| -> Vec<String> {
        it.iter().map(|it| format!("{}{}", it.name, if it.verified { " (verified)" } else { "" })).collect()
    };
    let ids = |it: &[PersonId]| it.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut changes = Changes::new();
    changes
        .field("name", name.as_str(), after.name.as_str())
        .field("parent", parent.map(|it| it.to_string()), after.parent.map(|it| it.to_string()))
        .field("domains", listed(domains), listed(&after.domains))
        .field("metadata", metadata.clone(), after.metadata.clone())
        .field("sharing", sharing.name(), after.sharing.name())
        .field("viewers", ids(viewers), ids(&after.viewers))
        .field("viewersAnswer", *viewers_answer, after.viewers_answer)
        .field("vip", *vip, after.vip);
    changes
}
