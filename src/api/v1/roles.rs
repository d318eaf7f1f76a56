//! Roles: the built-in ones, which stay as they are, and those of the desk's own (RBAC-10, ADM-04).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{input::given, list::ListView, one};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        bounds::Reach,
        identity::{self, AnyRole, NewRole, RoleChange},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
};

/// Which tickets a role's permissions hold for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReachName {
    All,
    Queues,
    Organization,
    Department,
    Assigned,
}

impl From<Reach> for ReachName {
    fn from(it: Reach) -> Self {
        match it {
            Reach::All => ReachName::All,
            Reach::Queues => ReachName::Queues,
            Reach::Organization => ReachName::Organization,
            Reach::Department => ReachName::Department,
            Reach::Assigned => ReachName::Assigned,
        }
    }
}

impl From<ReachName> for Reach {
    fn from(it: ReachName) -> Self {
        match it {
            ReachName::All => Reach::All,
            ReachName::Queues => Reach::Queues,
            ReachName::Organization => Reach::Organization,
            ReachName::Department => Reach::Department,
            ReachName::Assigned => Reach::Assigned,
        }
    }
}

/// A role.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleView {
    pub key: String,
    pub name: String,
    pub description: String,
    pub permissions: Vec<String>,
    pub reach: ReachName,
    /// It stays as it is; copy it to change the copy.
    pub built_in: bool,
}

fn view(it: AnyRole) -> RoleView {
    let AnyRole { key, name, description, permissions, reach, built_in } = it;
    RoleView { key, name, description, permissions: permissions.names(), reach: reach.into(), built_in }
}

/// A role to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, max_length = 500)]
    pub description: Option<String>,
    /// Names of permissions, such as `tickets:read`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>)]
    pub permissions: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ReachName)]
    pub reach: Option<ReachName>,
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<AnyRole> {
    actor.need(Permission::PeopleRead)?;
    identity::any_role(tx, text)?.ok_or_else(|| Refusal::not_found("role").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<RoleView>>, Problem> {
    caller.actor.need(Permission::PeopleRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(identity::all_roles)?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(view)))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::RolesWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<RoleInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let new = NewRole {
            name: input.name.ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?,
            description: input.description.unwrap_or_default(),
            permissions: input.permissions.unwrap_or_default(),
            reach: input.reach.map(Reach::from).unwrap_or_default(),
        };
        Ok(view(AnyRole::from(&identity::create_role(tx, actor, new)?)))
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/roles/{}", it.key)).await
}

pub async fn read(caller: Caller, Path(key): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| known(tx, actor, &key).map(view))
}

pub async fn patch(caller: Caller, Path(key): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::RolesWrite)?;
    let input: RoleInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &key)?;
        let RoleInput { name, description, permissions, reach } = input;
        let change = RoleChange { name, description, permissions, reach: reach.map(Reach::from) };
        let after = identity::change_role(tx, actor, &before.key, change)?;
        Ok((view(before), view(AnyRole::from(&after))))
    })
    .await
}

/// With `instead`, the role that its holders get.
pub async fn delete(caller: Caller, Path(key): Path<String>, headers: HeaderMap, query: Query) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::RolesWrite)?;
    query.only(["instead"].into_iter())?;
    let instead = query.get("instead").map(str::to_owned);
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &key)?;
        identity::delete_role(tx, actor, &before.key, instead.as_deref())?;
        Ok(view(before))
    })
    .await
}
