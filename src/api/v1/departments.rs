//! Departments: parts of an organization or of the desk's own house (TEN-04).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, nullable},
    list::ListView,
    one,
    people::organization as named_organization,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Department, DepartmentChange, Organization},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    time::Instant,
};

/// A department.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DepartmentView {
    pub id: Uuid,
    pub name: String,
    pub organization: Option<NamedView>,
    pub created_at: Instant,
}

fn view(tx: &Tx, it: Department) -> Result<DepartmentView> {
    let organization = it.organization.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    Ok(DepartmentView {
        id: it.id.0,
        name: it.name,
        organization: organization.map(|it| NamedView { id: it.id.0, name: it.name }),
        created_at: it.created_at,
    })
}

/// A department to be, or changes to one: what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepartmentInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub organization: Option<Option<Named>>,
}

fn meant(tx: &Tx, input: DepartmentInput) -> Result<DepartmentChange> {
    let organization = input.organization.map(|it| it.map(|it| named_organization(tx, "organization", &it)).transpose()).transpose()?;
    Ok(DepartmentChange { name: input.name, organization })
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Department> {
    actor.need(Permission::PeopleRead)?;
    identity::department_named(tx, text)?.ok_or_else(|| Refusal::not_found("department").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<DepartmentView>>, Problem> {
    caller.actor.need(Permission::PeopleRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| identity::departments(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<DepartmentInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let DepartmentChange { name, organization } = meant(tx, input)?;
        let name = name.ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?;
        let made = identity::create_department(tx, actor, &name, organization.flatten())?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/departments/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let input: DepartmentInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let change = meant(tx, input)?;
        let after = identity::change_department(tx, actor, before.id, change)?;
        Ok((view(tx, before)?, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        identity::delete_department(tx, actor, before.id)?;
        view(tx, before)
    })
    .await
}
