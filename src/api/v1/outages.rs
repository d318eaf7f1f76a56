//! Outages: what the desk proposes, what was declared and to whom it is said, and how it ended.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, nullable, required},
    list::ListView,
    mail::TicketRefView,
    one,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        duplicates::outage::{self, Declaration, Outage},
        permission::Permission,
        settings::Settings,
        tickets::{Ticket, access, number},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Key,
        page::Page,
        path::Path,
        query::Query,
    },
    id::{OrganizationId, OutageId, TicketId},
    limits,
    time::Instant,
};

/// Outages of the past that a list goes back to.
const LISTED_MAX: usize = 200;

/// An outage.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutageView {
    pub id: Uuid,
    #[schema(value_type = OutageStateName)]
    pub state: &'static str,
    pub parent: Option<TicketRefView>,
    /// What people are told.
    pub message: String,
    /// Organizations whose people are told on the portal; null: everybody.
    pub organizations: Option<Vec<Uuid>>,
    /// Its parts that you may see; at most 200.
    pub parts: Vec<TicketRefView>,
    /// How many parts it has.
    #[schema(minimum = 0)]
    pub part_count: usize,
    /// Tickets that may be parts of it.
    pub proposed: Vec<TicketRefView>,
    pub began_at: Instant,
    pub declared_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    /// Its parts are still being resolved or told that it is over.
    pub ending: bool,
}

/// How an outage stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OutageStateName {
    Proposed,
    Declared,
    Ended,
    Dismissed,
}

/// An outage to be declared.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewOutageInput {
    /// The incident that all are parts of, by id or number.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Named, required = true)]
    pub parent: Option<Named>,
    /// The proposal that it comes from.
    pub proposal: Option<Uuid>,
    /// Tickets that become parts of it, by id or number.
    #[schema(max_items = 200)]
    pub tickets: Option<Vec<String>>,
    /// What people are told.
    #[schema(max_length = 500)]
    pub message: Option<String>,
    /// Organizations whose people are told; absent: everybody.
    pub organizations: Option<Vec<Uuid>>,
}

/// What changes of an outage.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutagePatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 500)]
    pub message: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<Uuid>>, required = false)]
    pub organizations: Option<Option<Vec<Uuid>>>,
}

/// Tickets that become parts of an outage.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartsInput {
    /// By id or number.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = true, max_items = 200)]
    pub tickets: Option<Vec<String>>,
}

/// How an outage ends.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutageEndInput {
    /// Resolve the parent and all parts; otherwise the people are told that it is over. Nothing of it is done to a proposal.
    pub resolve: Option<bool>,
    /// What people are told at its end.
    #[schema(max_length = 500)]
    pub message: Option<String>,
}

fn view(tx: &Tx, actor: &Actor, it: Outage) -> Result<OutageView> {
    let settings = Settings::of(tx)?;
    let name = |it: Ticket| TicketRefView { id: it.id.0, number: number::text(&settings, it.kind, it.number) };
    let parent = it.parent.map(|id| tx.get::<Ticket>(&id)).transpose()?.flatten().filter(|it| access::may_see(actor, it));
    let parts = it.parent.map(|id| outage::parts(tx, actor, id, limits::OUTAGE_AT_ONCE)).transpose()?.unwrap_or_default();
    let proposed = match it.ended_at {
        None => outage::proposed(tx, actor, &it)?,
        Some(_) => Vec::new(),
    };
    Ok(OutageView {
        id: it.id.0,
        state: it.state.name(),
        parent: parent.map(name),
        message: it.message,
        organizations: it.audience.map(|it| it.into_iter().map(|it| it.0).collect()),
        parts: parts.into_iter().map(name).collect(),
        part_count: it.parent.map(|id| outage::count_parts(tx, id)).transpose()?.unwrap_or(0),
        proposed: proposed.into_iter().map(name).collect(),
        began_at: it.began_at,
        declared_at: it.declared_at,
        ended_at: it.ended_at,
        ending: it.ending.is_some(),
    })
}

fn all_named(tx: &Tx, actor: &Actor, texts: Vec<String>) -> Result<Vec<TicketId>> {
    if texts.len() > limits::OUTAGE_AT_ONCE {
        return Err(Refusal::field("tickets", "too_many", format!("At most {} tickets at once.", limits::OUTAGE_AT_ONCE)).into());
    }
    texts.iter().map(|it| Ok(access::named(tx, actor, it)?.id)).collect()
}

fn organizations(it: Vec<Uuid>) -> Vec<OrganizationId> {
    it.into_iter().map(OrganizationId).collect()
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<OutageView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let all = outage::newest(tx, &caller.actor, LISTED_MAX)?;
        all.into_iter().map(|it| view(tx, &caller.actor, it)).collect::<Result<Vec<_>>>()
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<NewOutageInput>()?;
    let parent = required("parent", input.parent)?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let parent = access::named(tx, actor, &parent.text)?.id;
        let new = Declaration {
            parent,
            proposal: input.proposal.map(OutageId),
            parts: all_named(tx, actor, input.tickets.unwrap_or_default())?,
            message: input.message.unwrap_or_default(),
            audience: input.organizations.map(organizations),
        };
        let made = outage::declare(tx, actor, new)?;
        view(tx, actor, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/outages/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<OutageId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, actor| outage::outage(tx, actor, id).and_then(|it| view(tx, actor, it)))
}

pub async fn patch(caller: Caller, Path(id): Path<OutageId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: OutagePatchInput = body::value(Value::Object(json.parse()?.object))?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = outage::outage(tx, actor, id)?;
        let before = view(tx, actor, before)?;
        let after = outage::change(tx, actor, id, input.message, input.organizations.map(|it| it.map(organizations)))?;
        Ok((before, view(tx, actor, after)?))
    })
    .await
}

pub async fn join(caller: Caller, Path(id): Path<OutageId>, json: RawJson) -> Result<axum::Json<OutageView>, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: PartsInput = body::value(Value::Object(json.parse()?.object))?;
    let texts = required("tickets", input.tickets)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        outage::outage(tx, &actor, id)?;
        let parts = all_named(tx, &actor, texts)?;
        let it = outage::join(tx, &actor, id, &parts)?;
        view(tx, &actor, it)
    });
    Ok(axum::Json(done.await?))
}

pub async fn leave(caller: Caller, Path((id, ticket)): Path<(OutageId, String)>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &ticket)?;
        outage::leave(tx, &actor, id, ticket.id).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn end(caller: Caller, Path(id): Path<OutageId>, json: RawJson) -> Result<axum::Json<OutageView>, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: OutageEndInput = body::value(Value::Object(json.parse()?.object))?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let it = outage::end(tx, &actor, id, input.resolve.unwrap_or(false), input.message)?;
        view(tx, &actor, it)
    });
    Ok(axum::Json(done.await?))
}
