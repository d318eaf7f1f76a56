//! People: looked up by those who work tickets, made and changed by those who may (API-47 to API-49). `/users` is another name.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, nullable},
    list::ListView,
    one,
    shown::NamedView,
};
use crate::{
    appliance::people,
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Department, NewPerson, Organization, PeopleFilter, Person, PersonChange},
        permission::Permission,
        queues::{self, Team},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem, avatar,
        body::{self, RawJson},
        idempotency::Key,
        page::Page,
        path::Path,
        query::Query,
    },
    id::{DepartmentId, OrganizationId, TeamId},
    time::Instant,
};

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    /// Keys of roles.
    pub roles: Vec<String>,
    pub organization: Option<NamedView>,
    pub department: Option<NamedView>,
    pub teams: Vec<NamedView>,
    pub vip: bool,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    /// Where their picture is; another one has another address.
    pub avatar_url: Option<String>,
    pub active: bool,
    pub created_at: Instant,
    pub updated_at: Instant,
}

pub fn view(tx: &Tx, it: Person) -> Result<PersonView> {
    let organization = it.organization.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    let department = it.department.map(|id| tx.get::<Department>(&id)).transpose()?.flatten();
    let mut teams = Vec::new();
    for id in &it.teams {
        teams.extend(tx.get::<Team>(id)?.map(|it| NamedView { id: it.id.0, name: it.name }));
    }
    Ok(PersonView {
        avatar_url: avatar::address(&it),
        id: it.id.0,
        name: it.name,
        email: it.email,
        roles: it.roles,
        organization: organization.map(|it| NamedView { id: it.id.0, name: it.name }),
        department: department.map(|it| NamedView { id: it.id.0, name: it.name }),
        teams,
        vip: it.vip,
        phone: it.phone,
        locale: it.locale,
        time_zone: it.time_zone,
        active: it.active,
        created_at: it.created_at,
        updated_at: it.updated_at,
    })
}

/// A person to be, or all of one.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewPersonInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 254)]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String)]
    pub name: Option<String>,
    /// Keys of roles; a requester if absent.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>)]
    pub roles: Option<Vec<String>>,
    pub organization: Option<Named>,
    pub department: Option<Named>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Named>)]
    pub teams: Option<Vec<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub vip: Option<bool>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
}

/// Changes to a person; what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, max_length = 254)]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>)]
    pub roles: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub organization: Option<Option<Named>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub department: Option<Option<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Named>)]
    pub teams: Option<Vec<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub vip: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub locale: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
    /// Whether they may sign in and act.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub active: Option<bool>,
}

impl NewPersonInput {
    /// As a change to all of somebody: what is absent is taken away, but the address, the name and the roles, which everybody has.
    fn replacing(self) -> PersonPatchInput {
        PersonPatchInput {
            email: self.email,
            name: self.name,
            roles: self.roles,
            organization: Some(self.organization),
            department: Some(self.department),
            teams: Some(self.teams.unwrap_or_default()),
            vip: Some(self.vip.unwrap_or_default()),
            phone: Some(self.phone),
            locale: Some(self.locale),
            time_zone: Some(self.time_zone),
            active: None,
        }
    }
}

pub(super) fn organization(tx: &Tx, field: &'static str, it: &Named) -> Result<OrganizationId> {
    let found = match it.text.parse::<OrganizationId>() {
        Ok(id) => tx.get::<Organization>(&id)?,
        Err(_) => identity::organization_named(tx, &it.text)?,
    };
    found.map(|it| it.id).ok_or_else(|| Refusal::field(field, "unknown", "There is no such organization.").into())
}

fn department(tx: &Tx, it: &Named) -> Result<DepartmentId> {
    let found = identity::department_named(tx, &it.text)?;
    found.map(|it| it.id).ok_or_else(|| Refusal::field("department", "unknown", "There is no such department.").into())
}

fn teams(tx: &Tx, list: &[Named]) -> Result<Vec<TeamId>> {
    let one = |it: &Named| -> Result<TeamId> {
        let found = queues::team_named(tx, &it.text)?;
        found.map(|it| it.id).ok_or_else(|| Refusal::field("teams", "unknown", "There is no such team.").into())
    };
    list.iter().map(one).collect()
}

fn meant(tx: &Tx, input: PersonPatchInput) -> Result<PersonChange> {
    Ok(PersonChange {
        email: input.email,
        name: input.name,
        roles: input.roles,
        organization: input.organization.map(|it| it.map(|it| organization(tx, "organization", &it)).transpose()).transpose()?,
        department: input.department.map(|it| it.map(|it| department(tx, &it)).transpose()).transpose()?,
        teams: input.teams.map(|it| teams(tx, &it)).transpose()?,
        active: input.active,
        locale: input.locale,
        time_zone: input.time_zone,
        phone: input.phone,
        vip: input.vip,
        directory_roles: None,
    })
}

/// A person by id or mail address, for those who may look people up.
fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Person> {
    actor.need(Permission::PeopleRead)?;
    identity::named(tx, "id", text).map_err(|_| Refusal::not_found("person").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<PersonView>>, Problem> {
    let page = Page::of(&query, &["q", "role", "organization", "team", "active"])?;
    caller.actor.need(Permission::PeopleRead)?;
    if query.get("q").is_some() {
        caller.desk.index_hears_of_others().await;
    }
    let list = caller.desk.read(|tx| {
        let named = |name: &str| query.get(name).map(|it| Named { text: it.to_owned(), name: None });
        let filter = PeopleFilter {
            text: query.get("q").unwrap_or_default().to_owned(),
            role: query.get("role").map(str::to_owned),
            organization: named("organization").map(|it| organization(tx, "organization", &it)).transpose()?,
            team: named("team").map(|it| teams(tx, &[it])).transpose()?.and_then(|it| it.first().copied()),
            active: match query.get("active") {
                None => None,
                Some("true") => Some(true),
                Some("false") => Some(false),
                Some(_) => return Err(Refusal::field("active", "invalid", "`active` is true or false.").into()),
            },
        };
        let skip = ListView::<PersonView>::begin(&page)?;
        let (items, total) = people::list(&caller.desk, tx, &caller.actor, &filter, skip, page.size)?;
        let items = items.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>()?;
        Ok(ListView::of_part(items, skip, total, &page))
    })?;
    Ok(axum::Json(list))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let json = json.parse()?;
    let raw = json.raw;
    let input: NewPersonInput = body::value(Value::Object(json.object))?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let email = input.email.clone().ok_or_else(|| Refusal::field("email", "required", "`email` is required."))?;
        let new = NewPerson {
            email,
            name: input.name.clone().unwrap_or_default(),
            roles: input.roles.clone().unwrap_or_default(),
            organization: input.organization.as_ref().map(|it| organization(tx, "organization", it)).transpose()?,
            department: input.department.as_ref().map(|it| department(tx, it)).transpose()?,
            phone: input.phone.clone(),
            password: None,
        };
        let person = identity::create_person(tx, actor, new)?;
        let rest = PersonChange {
            teams: input.teams.as_deref().map(|it| teams(tx, it)).transpose()?,
            vip: input.vip,
            locale: input.locale.map(Some),
            time_zone: input.time_zone.map(Some),
            ..PersonChange::default()
        };
        let person = identity::change_person(tx, actor, person.id, rest)?;
        view(tx, person)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/people/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

async fn change(caller: Caller, id: String, headers: HeaderMap, input: PersonPatchInput) -> Result<Response, Problem> {
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let change = meant(tx, input)?;
        let after = identity::change_person(tx, actor, before.id, change)?;
        Ok((view(tx, before)?, view(tx, after)?))
    })
    .await
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let input = json.parse()?.into_value()?;
    change(caller, id, headers, input).await
}

pub async fn replace(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let input: NewPersonInput = json.parse()?.into_value()?;
    change(caller, id, headers, input.replacing()).await
}

/// People are never gone, since tickets name them: they are deactivated.
pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        identity::change_person(tx, actor, before.id, PersonChange { active: Some(false), ..PersonChange::default() })?;
        view(tx, before)
    })
    .await
}
