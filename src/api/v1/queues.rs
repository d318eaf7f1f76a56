//! Queues.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given, nullable, required},
    list::ListView,
    one,
    sending::VoiceView,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        mail::signature,
        permission::Permission,
        queues::{self, Queue, Team},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::RawJson,
        idempotency::{self, Key, Reply},
        page::Page,
        path::Path,
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
    /// In whose voice its mails are; null: the desk's.
    pub voice: Option<VoiceView>,
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
    Ok(QueueView {
        id: it.id.0,
        name: it.name.clone(),
        team: team.map(|it| NamedView { id: it.id.0, name: it.name }),
        voice: it.voice.as_ref().map(VoiceView::of),
    })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<QueueView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| queues::queues(tx)?.iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

/// A change of a queue: which team works it, and in whose voice its mails are.
#[derive(Default, Deserialize, ToSchema)]
pub struct QueuePatchInput {
    /// Id or name; null for none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub team: Option<Option<Named>>,
    /// Null: the desk's.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<VoiceView>)]
    pub voice: Option<Option<VoiceView>>,
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: QueuePatchInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = queues::queue_named(tx, &id)?.ok_or_else(|| Refusal::not_found("queue"))?;
        let shown = view(tx, &before)?;
        let unknown = || Refusal::field("team", "unknown", "There is no such team.");
        let after = match input.team {
            None => before,
            Some(None) => queues::give_queue(tx, actor, before.id, None)?,
            Some(Some(it)) => {
                let team = queues::team_named(tx, &it.text)?.ok_or_else(unknown)?;
                queues::give_queue(tx, actor, before.id, Some(team.id))?
            }
        };
        let after = match input.voice {
            None => after,
            Some(it) => signature::give_voice(tx, actor, after.id, it.map(VoiceView::meant).unwrap_or_default())?,
        };
        Ok((shown, view(tx, &after)?))
    })
    .await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| view(tx, &queues::queue_named(tx, &id)?.ok_or_else(|| Refusal::not_found("queue"))?))
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
