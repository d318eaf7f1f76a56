//! Merging a ticket into another, and undoing it.

use axum::{http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    input::Named,
    tickets::{known, shown, tag_of, view_of},
};
use crate::{
    desk::{
        permission::Permission,
        tickets::{self, access},
    },
    error::{Code, Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        path::Path,
    },
};

/// Where a ticket's matter goes on.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MergeInput {
    /// The other ticket, by id or number. Whoever takes part in this one follows that one from then on.
    pub into: Named,
}

pub async fn put(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let input: MergeInput = body::value(Value::Object(json.parse()?.object))?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let from = access::named(tx, &actor, &id)?;
        let unknown = || Refusal::field("into", "unknown", "There is no such ticket, or it is not yours to see.");
        let into = access::named(tx, &actor, &input.into.text).map_err(|it| match it.code() {
            Some(Code::NotFound) => unknown().into(),
            _ => it,
        })?;
        let ticket = tickets::merge(tx, &actor, from.id, into.id)?;
        Ok((tag_of(&actor, &ticket), view_of(tx, &actor, &ticket)?))
    });
    let (tag, view) = done.await?;
    Ok(shown(StatusCode::OK, &tag, &view)?)
}

pub async fn delete(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    known(&caller, &id)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        tickets::unmerge(tx, &actor, ticket.id).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
