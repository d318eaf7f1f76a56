//! Queues.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, required},
    list::ListView,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        permission::Permission,
        queues::{self, Queue, Team},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::RawJson,
        idempotency::{self, Key, Reply},
        page::Page,
        query::Query,
    },
};

/// A queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueView {
    pub id: Uuid,
    pub name: String,
    pub team: Option<NamedView>,
}

/// A queue to be.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewQueueInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Id or name of the team that works it.
    pub team: Option<Named>,
}

fn view(tx: &Tx, it: &Queue) -> Result<QueueView> {
    let team = it.team.map(|id| tx.get::<Team>(&id)).transpose()?.flatten();
    Ok(QueueView { id: it.id.0, name: it.name.clone(), team: team.map(|it| NamedView { id: it.id.0, name: it.name }) })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<QueueView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| queues::queues(tx)?.iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<NewQueueInput>()?;
    let name = required("name", input.name)?;
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let unknown = || Refusal::field("team", "unknown", "There is no such team.");
        let team = match &input.team {
            Some(it) => Some(queues::team_named(tx, &it.text)?.ok_or_else(unknown)?.id),
            None => None,
        };
        let queue = queues::create_queue(tx, &actor, &name, team)?;
        Reply::json(StatusCode::CREATED, &view(tx, &queue)?)
    })
    .await
}
