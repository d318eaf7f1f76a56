//! Templates of tickets: what a form that lodges one is filled in with.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Free, Level, kind},
    list::ListView,
    one,
    tickets::{KindName, PriorityName},
};
use crate::{
    desk::{
        permission::Permission,
        ticket_templates::{self, TemplateDraft, TicketTemplate},
        tickets::{Kind, priority_label},
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{ChecklistId, TicketTemplateId},
};

/// A template of tickets.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketTemplateView {
    pub id: Uuid,
    pub name: String,
    pub about: String,
    /// Requesters may lodge by it.
    pub in_portal: bool,
    #[schema(value_type = KindName)]
    pub kind: &'static str,
    pub title: String,
    pub description: String,
    pub category: Option<Uuid>,
    #[schema(value_type = Option<PriorityName>)]
    pub priority: Option<&'static str>,
    pub queue: Option<Uuid>,
    pub tags: Vec<String>,
    pub custom: Map<String, Value>,
    pub checklist: Option<Uuid>,
    #[schema(minimum = 0)]
    pub position: u32,
}

/// A template as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketTemplateInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(required = false, max_length = 255)]
    pub about: String,
    #[serde(default)]
    #[schema(required = false)]
    pub in_portal: bool,
    #[schema(value_type = Option<KindName>)]
    pub kind: Option<String>,
    #[serde(default)]
    #[schema(required = false, max_length = 255)]
    pub title: String,
    #[serde(default)]
    #[schema(required = false)]
    pub description: String,
    /// Id or name.
    pub category: Option<String>,
    pub priority: Option<Level>,
    /// Id or name.
    pub queue: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub tags: Vec<String>,
    pub custom: Option<Free>,
    pub checklist: Option<Uuid>,
    #[serde(default)]
    #[schema(required = false)]
    pub position: u32,
}

fn view(it: TicketTemplate) -> TicketTemplateView {
    TicketTemplateView {
        custom: it.values(),
        id: it.id.0,
        name: it.name,
        about: it.about,
        in_portal: it.in_portal,
        kind: it.kind.name(),
        title: it.title,
        description: it.description,
        category: it.category.map(|it| it.0),
        priority: it.priority.map(priority_label),
        queue: it.queue.map(|it| it.0),
        tags: it.tags,
        checklist: it.checklist.map(|it| it.0),
        position: it.position,
    }
}

fn draft(it: TicketTemplateInput) -> Result<TemplateDraft> {
    Ok(TemplateDraft {
        kind: it.kind.as_deref().map_or(Ok(Kind::Incident), kind)?,
        name: it.name,
        about: it.about,
        in_portal: it.in_portal,
        title: it.title,
        description: it.description,
        category: it.category,
        priority: it.priority.map(|it| it.0),
        queue: it.queue,
        tags: it.tags,
        custom: it.custom.map(|it| it.0).unwrap_or_default(),
        checklist: it.checklist.map(ChecklistId),
        position: it.position,
    })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<TicketTemplateView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| ticket_templates::offered(tx, &caller.actor))?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<TicketTemplateInput>()?;
    let make = move |tx: &mut crate::desk::Tx, actor: &_| ticket_templates::create(tx, actor, draft(input)?).map(view);
    one::create(&caller, key, &raw, make, |it| format!("/v1/ticket-templates/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<TicketTemplateId>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| ticket_templates::known(tx, actor, id).map(view))
}

pub async fn replace(caller: Caller, Path(id): Path<TicketTemplateId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TicketTemplateInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(ticket_templates::known(tx, actor, id)?);
        Ok((before, view(ticket_templates::change(tx, actor, id, None, draft(input)?)?)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<TicketTemplateId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(ticket_templates::known(tx, actor, id)?);
        ticket_templates::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}
