//! Organizations: the companies that requesters belong to (TEN-05), their mail domains, and who of them sees their tickets (BEY-17).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Free, Named, given, nullable},
    list::ListView,
    one,
    people::organization as named_organization,
    shown::{NamedView, PersonRefView},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, MailDomain, Organization, OrganizationChange, Person, Sharing},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    time::Instant,
};

/// A mail domain of an organization.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailDomainView {
    pub name: String,
    /// It is the organization's: whoever is new and writes from it joins.
    pub verified: bool,
}

/// Which members see all tickets of their organization.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharingName {
    Nobody,
    Named,
    Members,
}

impl From<Sharing> for SharingName {
    fn from(it: Sharing) -> Self {
        match it {
            Sharing::Nobody => SharingName::Nobody,
            Sharing::Named => SharingName::Named,
            Sharing::Members => SharingName::Members,
        }
    }
}

impl From<SharingName> for Sharing {
    fn from(it: SharingName) -> Self {
        match it {
            SharingName::Nobody => Sharing::Nobody,
            SharingName::Named => Sharing::Named,
            SharingName::Members => Sharing::Members,
        }
    }
}

/// An organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationView {
    pub id: Uuid,
    pub name: String,
    pub parent: Option<NamedView>,
    pub domains: Vec<MailDomainView>,
    #[schema(value_type = Free)]
    pub metadata: Map<String, Value>,
    pub sharing: SharingName,
    /// Whom `named` names.
    pub viewers: Vec<PersonRefView>,
    /// Whether those who see the tickets may answer on them.
    pub viewers_answer: bool,
    /// Its tickets deserve a second look, and are at least as pressing as the desk says.
    pub vip: bool,
    #[schema(minimum = 0)]
    pub member_count: usize,
    pub created_at: Instant,
}

fn view(tx: &Tx, it: Organization) -> Result<OrganizationView> {
    let parent = it.parent.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    let mut viewers = Vec::new();
    for id in &it.viewers {
        viewers.extend(tx.get::<Person>(id)?.map(|it| PersonRefView { id: it.id.0, name: it.name, email: it.email }));
    }
    Ok(OrganizationView {
        member_count: identity::count_members(tx, it.id)?,
        id: it.id.0,
        name: it.name,
        parent: parent.map(|it| NamedView { id: it.id.0, name: it.name }),
        domains: it.domains.into_iter().map(|it| MailDomainView { name: it.name, verified: it.verified }).collect(),
        metadata: it.metadata.and_then(|it| serde_json::from_str(&it).ok()).unwrap_or_default(),
        sharing: it.sharing.into(),
        viewers,
        viewers_answer: it.viewers_answer,
        vip: it.vip,
        created_at: it.created_at,
    })
}

/// An organization to be, or changes to one: what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub parent: Option<Option<Named>>,
    /// All of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<MailDomainView>)]
    pub domains: Option<Vec<MailDomainView>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Free>)]
    pub metadata: Option<Option<Free>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = SharingName)]
    pub sharing: Option<SharingName>,
    /// Ids or mail addresses of members.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Named>)]
    pub viewers: Option<Vec<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub viewers_answer: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub vip: Option<bool>,
}

fn meant(tx: &Tx, input: OrganizationInput) -> Result<OrganizationChange> {
    let domain = |it: MailDomainView| MailDomain { name: it.name, verified: it.verified };
    let viewers = |list: Vec<Named>| list.iter().map(|it| identity::named(tx, "viewers", &it.text).map(|it| it.id)).collect::<Result<_>>();
    Ok(OrganizationChange {
        name: input.name,
        parent: input.parent.map(|it| it.map(|it| named_organization(tx, "parent", &it)).transpose()).transpose()?,
        domains: input.domains.map(|it| it.into_iter().map(domain).collect()),
        metadata: input.metadata.map(|it| it.map(|it| it.to_text()).transpose()).transpose()?,
        sharing: input.sharing.map(Sharing::from),
        viewers: input.viewers.map(viewers).transpose()?,
        viewers_answer: input.viewers_answer,
        vip: input.vip,
    })
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Organization> {
    actor.need(Permission::PeopleRead)?;
    let named = Named { text: text.to_owned(), name: None };
    let id = named_organization(tx, "id", &named).map_err(|_| Refusal::not_found("organization"))?;
    tx.get(&id)?.ok_or_else(|| Refusal::not_found("organization").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<OrganizationView>>, Problem> {
    caller.actor.need(Permission::PeopleRead)?;
    let page = Page::of(&query, &["q"])?;
    let wanted = query.get("q").unwrap_or_default().to_lowercase();
    let list = caller.desk.read(|tx| {
        let mut all = identity::organizations(tx)?;
        all.retain(|it| it.name.to_lowercase().contains(&wanted));
        let ListView { items, page, page_size, total, next_cursor } = ListView::of_whole(all, &page)?;
        let items = items.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>()?;
        Ok(ListView { items, page, page_size, total, next_cursor })
    })?;
    Ok(axum::Json(list))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<OrganizationInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let name = input.name.clone().ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?;
        let made = identity::create_organization(tx, actor, &name)?;
        let change = meant(tx, input)?;
        let made = identity::change_organization(tx, actor, made.id, change)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/organizations/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let input: OrganizationInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        let change = meant(tx, input)?;
        let after = identity::change_organization(tx, actor, before.id, change)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        identity::delete_organization(tx, actor, before.id)?;
        Ok(shown)
    })
    .await
}
