//! A person of the desk: whoever lodges, works or administers. The mail address is the person's name for the outside and unique.

use minicbor::{Decode, Encode};

use super::{
    BY_DEPARTMENT, Department, HOLDERS, MEMBERS, Organization, Sharing, any_role, elevation, organization_of_domain, rights, role,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::{Permission, Permissions},
        queues::{TEAM_MEMBERS, Team},
        routing::{self, Standing},
    },
    error::{Code, Refusal, Result},
    id::{DepartmentId, OrganizationId, PersonId, TeamId},
    language::say,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// An address is at most this long (RFC 5321 4.5.3.1.3).
const EMAIL_BYTES_MAX: usize = 254;
const NAME_CHARS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Person {
    #[n(0)]
    pub id: PersonId,
    /// Lower case.
    #[n(1)]
    pub email: String,
    #[n(2)]
    pub name: String,
    /// A PHC string; none if the person signs in elsewhere or only writes mail.
    #[n(3)]
    pub password: Option<String>,
    /// Keys of roles.
    #[n(4)]
    pub roles: Vec<String>,
    #[n(5)]
    pub organization: Option<OrganizationId>,
    #[n(7)]
    pub teams: Vec<TeamId>,
    #[n(8)]
    pub active: bool,
    #[n(9)]
    pub locale: Option<String>,
    #[n(10)]
    pub time_zone: Option<String>,
    #[n(11)]
    pub created_at: Instant,
    #[n(12)]
    pub updated_at: Instant,
    #[n(13)]
    pub phone: Option<String>,
    /// Keys of roles that directories give, apart from those given by hand.
    #[cbor(n(18), default)]
    pub directory_roles: Vec<String>,
    /// Whether their roles let them work tickets; kept so that an index can tell without reading roles.
    #[n(20)]
    #[cbor(default)]
    pub works: bool,
    /// Somebody whose tickets deserve a second look.
    #[n(21)]
    #[cbor(default)]
    pub vip: bool,
    #[n(22)]
    pub department: Option<DepartmentId>,
    /// What assignment knows of them.
    #[n(23)]
    #[cbor(default)]
    pub standing: Standing,
    /// The digest of their own picture, which lies beside them.
    #[n(24)]
    pub avatar: Option<String>,
}

pub const BY_EMAIL: Index<Person, String> = Index::new(0x90, "people_by_email");
/// Everybody who works tickets: few among many, and asked for on every page on which a ticket can be assigned.
pub const AGENTS: Index<Person, ()> = Index::new(0x93, "agents");

impl Record for Person {
    type Key = PersonId;
    const TABLE: Table = Table::journalled(0x18, "people");

    fn key(&self) -> PersonId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_EMAIL, &self.email);
        for word in super::caller::words(self) {
            entries.add(&super::BY_WORD, &word);
        }
        if self.is_agent() {
            entries.add(&AGENTS, &());
        }
        for key in self.all_roles().iter().filter(|it| role(it).is_none()) {
            entries.add(&HOLDERS, key);
        }
        for team in &self.teams {
            entries.add(&TEAM_MEMBERS, team);
        }
        if let Some(organization) = &self.organization {
            entries.add(&MEMBERS, organization);
        }
        if let Some(department) = &self.department {
            entries.add(&BY_DEPARTMENT, department);
        }
    }
}

impl Person {
    /// Keys of the roles given by hand and of those that directories give.
    pub fn all_roles(&self) -> Vec<String> {
        let mut all = self.roles.clone();
        all.extend(self.directory_roles.iter().filter(|it| !self.roles.contains(it)).cloned());
        all
    }

    /// Whether the person works tickets, rather than only lodging them.
    pub fn is_agent(&self) -> bool {
        self.active
            && (self.works || self.all_roles().iter().filter_map(|it| role(it)).any(|it| it.permissions.has(Permission::TicketsRead)))
    }

    pub(super) fn about(&self) -> About {
        About { entity_kind: "person", entity: self.id.0, subject: Some(self.id.0) }
    }
}

/// When somebody was last here: not worth an event.
#[derive(Debug, Clone, Encode, Decode)]
pub struct LastSeen {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub signed_in_at: Option<Instant>,
    /// Sign-ins that failed since the last that did not.
    #[n(2)]
    pub failures: u32,
    #[n(3)]
    pub failed_at: Option<Instant>,
}

impl Record for LastSeen {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x19, "last_seen");

    fn key(&self) -> PersonId {
        self.person
    }
}

#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    pub email: String,
    /// The part before the @ if empty.
    pub name: String,
    /// Keys or aliases of roles; a requester if empty.
    pub roles: Vec<String>,
    /// A PHC string, made at the door.
    pub password: Option<String>,
    /// The one that the address's domain is verified for, if none.
    pub organization: Option<OrganizationId>,
    pub department: Option<DepartmentId>,
    pub phone: Option<String>,
}

/// The address as it is kept and compared: trimmed and in lower case. Refuses what cannot be an address.
pub fn normal_email(text: &str) -> Result<String> {
    let email = text.trim().to_lowercase();
    let fine = email.len() <= EMAIL_BYTES_MAX
        && email.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !email.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
    if fine { Ok(email) } else { Err(Refusal::field("email", "invalid", say!("refused-not-mail-address-2", clip = clip(text))).into()) }
}

fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

pub fn person_by_email(tx: &Tx, email: &str) -> Result<Option<Person>> {
    Ok(tx.find_one(&BY_EMAIL, &email.trim().to_lowercase())?)
}

/// Everybody who works tickets and is active.
pub fn agents(tx: &Tx) -> Result<Vec<Person>> {
    Ok(tx.find(&AGENTS, &())?)
}

/// A person by id or mail address, as callers name people.
pub fn named(tx: &Tx, field: &str, text: &str) -> Result<Person> {
    let found = match text.parse::<PersonId>() {
        Ok(id) => tx.get::<Person>(&id)?,
        Err(_) => person_by_email(tx, text)?,
    };
    found.ok_or_else(|| Refusal::field(field, "unknown", say!("refused-there-no-person-name", clip = clip(text))).into())
}

/// People that one look-up reads.
const LOOKED_AT_MAX: usize = 20_000;

/// Which people are looked for; everybody if nothing is said.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// A part of the name or address.
    pub text: String,
    /// The key of a role.
    pub role: Option<String>,
    pub organization: Option<OrganizationId>,
    pub team: Option<TeamId>,
    pub active: Option<bool>,
}

impl PeopleFilter {
    /// Whether somebody is meant; the text is in lower case.
    pub fn lets_through(&self, it: &Person, text: &str) -> bool {
        (text.is_empty() || it.email.contains(text) || it.name.to_lowercase().contains(text))
            && self.role.as_ref().is_none_or(|role| it.all_roles().contains(role))
            && self.organization.is_none_or(|id| it.organization == Some(id))
            && self.team.is_none_or(|id| it.teams.contains(&id))
            && self.active.is_none_or(|active| it.active == active)
    }
}

/// The people that a filter lets through, in the order in which they were added. Members of a team or an organization are found
/// without a look at anybody else.
pub fn people(tx: &Tx, actor: &Actor, filter: &PeopleFilter) -> Result<Vec<Person>> {
    actor.need(Permission::PeopleRead)?;
    let text = filter.text.trim().to_lowercase();
    let among = match (filter.team, filter.organization) {
        (Some(team), _) => Some(tx.find(&TEAM_MEMBERS, &team)?),
        (None, Some(organization)) => Some(tx.find(&MEMBERS, &organization)?),
        (None, None) => None,
    };
    if let Some(among) = among {
        return Ok(among.into_iter().filter(|it| filter.lets_through(it, &text)).collect());
    }
    let mut found = Vec::new();
    for person in tx.scan::<Person>(&())?.take(LOOKED_AT_MAX) {
        let person = person?;
        if filter.lets_through(&person, &text) {
            found.push(person);
        }
    }
    Ok(found)
}

pub fn create_person(tx: &mut Tx, actor: &Actor, new: NewPerson) -> Result<Person> {
    actor.need(Permission::PeopleWrite)?;
    let NewPerson { email, name, roles, password, organization, department, phone } = new;
    let email = normal_email(&email)?;
    if person_by_email(tx, &email)?.is_some() {
        return Err(Refusal::new(Code::Conflict, say!("refused-there-person-address-already", email = email)).into());
    }
    let roles = role_keys(tx, &roles)?;
    elevation::need_roles(tx, actor, &[], &roles)?;
    let domain = email.rsplit_once('@').map_or("", |it| it.1);
    // By hand; where the address's domain belongs was decided by whoever verified it.
    let is_placed = organization.is_some() || department.is_some();
    let organization = match organization {
        Some(it) => Some(it),
        None => organization_of_domain(tx, domain)?.map(|it| it.id),
    };
    let now = tx.now();
    let person = Person {
        id: tx.new_id(),
        name: display_name(&name, &email)?,
        email,
        password,
        works: rights::works(tx, &roles)?,
        roles,
        organization,
        department,
        teams: Vec::new(),
        active: true,
        locale: None,
        time_zone: None,
        created_at: now,
        updated_at: now,
        phone,
        directory_roles: Vec::new(),
        vip: false,
        standing: Standing::default(),
        avatar: None,
    };
    check_places(tx, &person)?;
    if is_placed {
        elevation::need_unbounded(actor)?;
        need_place(tx, actor, person.organization)?;
    }
    tx.put(&person)?;
    let changes = Changes::new().set("email", person.email.as_str()).set("name", person.name.as_str()).set("roles", person.roles.clone());
    event::record(tx, actor, EventKind::PersonCreated, person.about(), changes)?;
    Ok(person)
}

/// Refuses to make somebody a member where members see each other's tickets, unless the actor sees them too.
fn need_place(tx: &Tx, actor: &Actor, organization: Option<OrganizationId>) -> Result<()> {
    let Some(id) = organization else { return Ok(()) };
    let shares = tx.get::<Organization>(&id)?.is_some_and(|it| it.sharing != Sharing::Nobody);
    if shares { elevation::need_reading(actor) } else { Ok(()) }
}

/// The person of this address; a new requester if there is none. For mail, and for agents who lodge for a caller.
pub fn find_or_create(tx: &mut Tx, actor: &Actor, email: &str, name: &str) -> Result<Person> {
    let email = normal_email(email)?;
    if let Some(found) = person_by_email(tx, &email)? {
        return Ok(found);
    }
    // Whoever may lodge for somebody may name them: this adds a requester and nothing else.
    let on_behalf = Actor { permissions: actor.permissions.union(Permissions::of(&[Permission::PeopleWrite])), ..actor.clone() };
    let name = name.chars().take(NAME_CHARS_MAX).collect();
    create_person(tx, &on_behalf, NewPerson { email, name, ..NewPerson::default() })
}

fn display_name(name: &str, email: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::field("name", "too_long", say!("refused-name-most-characters", NAME_CHARS_MAX = NAME_CHARS_MAX)).into());
    }
    Ok(if name.is_empty() { email.split('@').next().unwrap_or(email).to_owned() } else { name })
}

/// The keys of these roles, each once; a requester if there is none.
fn role_keys(tx: &Tx, names: &[String]) -> Result<Vec<String>> {
    let mut keys: Vec<String> = Vec::new();
    for name in names {
        let Some(it) = any_role(tx, name)? else {
            let known: Vec<_> = super::all_roles(tx)?.into_iter().map(|it| it.key).collect();
            return Err(Refusal::field(
                "roles",
                "unknown",
                say!("refused-there-no-role-there", clip = clip(name), join = known.join(", ")),
            )
            .into());
        };
        if !keys.contains(&it.key) {
            keys.push(it.key);
        }
    }
    if keys.is_empty() {
        keys.push("requester".into());
    }
    Ok(keys)
}

/// Refuses teams, organizations and departments that are not there.
fn check_places(tx: &Tx, it: &Person) -> Result<()> {
    let unknown =
        |field: &'static str, what: &str| Err(Refusal::field(field, "unknown", say!("refused-there-no-such", what = what)).into());
    for team in &it.teams {
        if !tx.has::<Team>(team)? {
            return unknown("teams", "team");
        }
    }
    if let Some(id) = it.organization
        && !tx.has::<Organization>(&id)?
    {
        return unknown("organization", "organization");
    }
    match it.department {
        Some(id) if !tx.has::<Department>(&id)? => unknown("department", "department"),
        _ => Ok(()),
    }
}

/// Changes to a person; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PersonChange {
    pub email: Option<String>,
    pub name: Option<String>,
    pub roles: Option<Vec<String>>,
    pub organization: Option<Option<OrganizationId>>,
    pub department: Option<Option<DepartmentId>>,
    pub teams: Option<Vec<TeamId>>,
    pub active: Option<bool>,
    pub locale: Option<Option<String>>,
    pub time_zone: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub directory_roles: Option<Vec<String>>,
    pub vip: Option<bool>,
}

pub fn change_person(tx: &mut Tx, actor: &Actor, id: PersonId, change: PersonChange) -> Result<Person> {
    actor.need(Permission::PeopleWrite)?;
    let before = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
    elevation::need_rank(tx, actor, &before)?;
    let mut after = before.clone();
    let PersonChange { email, name, roles, organization, department, teams, active, locale, time_zone, phone, directory_roles, vip } =
        change;
    if email.is_some() || roles.is_some() || active.is_some() {
        elevation::need_whole(tx, actor, &before)?;
    }
    if let Some(it) = email {
        after.email = normal_email(&it)?;
        if person_by_email(tx, &after.email)?.is_some_and(|it| it.id != id) {
            return Err(Refusal::new(Code::Conflict, say!("refused-another-person-address", email = after.email)).into());
        }
    }
    if let Some(it) = name {
        after.name = display_name(&it, &after.email)?;
    }
    if let Some(it) = roles {
        after.roles = role_keys(tx, &it)?;
        elevation::need_roles(tx, actor, &before.roles, &after.roles)?;
    }
    after.organization = organization.unwrap_or(after.organization);
    after.department = department.unwrap_or(after.department);
    after.teams = teams.unwrap_or(after.teams);
    after.active = active.unwrap_or(after.active);
    after.locale = locale.unwrap_or(after.locale);
    after.time_zone = time_zone.unwrap_or(after.time_zone);
    after.phone = phone.unwrap_or(after.phone);
    after.directory_roles = directory_roles.unwrap_or(after.directory_roles);
    after.vip = vip.unwrap_or(after.vip);
    after.works = rights::works(tx, &after.all_roles())?;
    if after.teams != before.teams || after.organization != before.organization || after.department != before.department {
        elevation::need_unbounded(actor)?;
        check_places(tx, &after)?;
        if after.organization != before.organization {
            need_place(tx, actor, after.organization)?;
        }
    }
    elevation::keep_an_admin(tx, &before, &after)?;
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    after.updated_at = tx.now();
    tx.put(&after)?;
    event::record(tx, actor, EventKind::PersonChanged, after.about(), changes)?;
    if !after.active {
        super::session::end_all(tx, id)?;
    }
    Ok(after)
}

/// Sets or removes the password (a PHC string). Every session of the person ends.
pub fn set_password(tx: &mut Tx, actor: &Actor, id: PersonId, password: Option<String>) -> Result<()> {
    if !actor.is(id) {
        actor.need(Permission::PeopleWrite)?;
    }
    let mut person = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
    elevation::need_rank(tx, actor, &person)?;
    person.password = password;
    person.updated_at = tx.now();
    tx.put(&person)?;
    event::record(tx, actor, EventKind::PersonChanged, person.about(), Changes::new().set("password", "changed"))?;
    super::link::drop_all(tx, &person.email)?;
    super::session::end_all(tx, id)
}

fn diff(before: &Person, after: &Person) -> Changes {
    // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
    let Person {
        id: _,
        email,
        name,
        password: _,
        roles,
        organization,
        department,
        teams,
        active,
        locale,
        time_zone,
        created_at: _,
        updated_at: _,
        phone,
        directory_roles,
        works: _,
        vip,
        standing,
        // Changed and logged where it lies.
        avatar: _,
    } = before;
    let ids = |it: &[TeamId]| it.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut changes = Changes::new();
    changes
        .field("email", email.as_str(), after.email.as_str())
        .field("name", name.as_str(), after.name.as_str())
        .field("roles", roles.clone(), after.roles.clone())
        .field("organization", organization.map(|it| it.to_string()), after.organization.map(|it| it.to_string()))
        .field("department", department.map(|it| it.to_string()), after.department.map(|it| it.to_string()))
        .field("teams", ids(teams), ids(&after.teams))
        .field("active", *active, after.active)
        .field("locale", locale.clone(), after.locale.clone())
        .field("timeZone", time_zone.clone(), after.time_zone.clone())
        .field("phone", phone.clone(), after.phone.clone())
        .field("directoryRoles", directory_roles.clone(), after.directory_roles.clone())
        .field("vip", *vip, after.vip);
    routing::log_standing(standing, &after.standing, &mut changes);
    changes
}
