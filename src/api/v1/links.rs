//! Links between tickets.

use axum::{http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    input::given,
    tickets::{known, view_of},
};
use crate::{
    api::aliases,
    desk::{
        permission::Permission,
        tickets::{self, Relation, access},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::{self, Key, Reply},
        path::Path,
    },
};

/// A link to be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkInput {
    /// How this ticket relates to the other.
    #[serde(rename = "type", default, deserialize_with = "given")]
    #[schema(value_type = RelationName, required = true)]
    pub kind: Option<String>,
    /// Id or number of the other ticket.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub ticket_id: Option<String>,
}

/// How tickets relate.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum RelationName {
    RelatesTo,
    Duplicate,
    DuplicatedBy,
    BlockedBy,
    Blocks,
    CausedBy,
    Causes,
    /// It is a part of the other's work. A ticket has one parent at most.
    ChildOf,
    ParentOf,
}

fn relation(text: &str) -> Result<Relation> {
    let known = || Relation::ALL.map(Relation::name).join(", ");
    Relation::named(text)
        .ok_or_else(|| Refusal::field("type", "unknown", format!("There is no such relation; there are {}.", known())).into())
}

pub async fn create(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let json = json.parse()?;
    let raw = json.raw.clone();
    let mut object = json.object;
    // Here `type` is the relation, not the kind of a ticket.
    let kind = object.remove("type");
    let mut object = aliases::canonical(object);
    object.extend(kind.map(|it| ("type".to_owned(), it)));
    let input: LinkInput = body::value(Value::Object(object))?;
    let kind = input.kind.ok_or_else(|| Refusal::field("type", "required", "`type` is required."))?;
    let other = input.ticket_id.ok_or_else(|| Refusal::field("ticketId", "required", "`ticketId` is required."))?;
    let relation = relation(&kind)?;
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let from = access::named(tx, &actor, &id)?;
        let to = access::named(tx, &actor, &other)
            .map_err(|_| Refusal::field("ticketId", "unknown", "There is no such ticket, or it is not yours to see."))?;
        let ticket = tickets::link(tx, &actor, from.id, relation, to.id)?;
        Reply::json(StatusCode::CREATED, &view_of(tx, &actor, &ticket)?)
    })
    .await
}

pub async fn delete(caller: Caller, Path((id, kind, other)): Path<(String, String, String)>) -> Result<StatusCode, Problem> {
    let relation = Relation::named(&kind).ok_or_else(|| Refusal::not_found("link"))?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let from = access::named(tx, &actor, &id)?;
        let to = access::named(tx, &actor, &other)?;
        tickets::unlink(tx, &actor, from.id, relation, to.id).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
