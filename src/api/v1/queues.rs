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
        Tx, identity,
        mail::signature,
        permission::Permission,
        queues::{self, Queue, Team},
        routing::{self, Fallback, QueueRules, QueueRulesChange, Strategy, Takes},
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
    pub routing: QueueRoutingView,
    /// Open tickets in it.
    #[schema(minimum = 0)]
    pub open: u64,
    /// Those of them that wait for nobody else.
    #[schema(minimum = 0)]
    pub active: u64,
}

/// How a queue takes tickets in and gives them to people.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueRoutingView {
    /// `manual`, `round_robin`, `least_loaded` or `skill_based`.
    #[schema(value_type = String)]
    pub strategy: &'static str,
    /// Only those who are signed in get anything.
    pub only_present: bool,
    /// Who gets what nobody can take: `nobody`, `lead`, or the id of a person.
    pub fallback: String,
    /// When whoever works a ticket without an assignee becomes that: `never`, `on_open` or `on_reply`.
    #[schema(value_type = String)]
    pub takes: &'static str,
    /// Open tickets that it takes; null: as many as come.
    pub wip_limit: Option<u32>,
    /// Beyond the limit it refuses, and does not only warn.
    pub wip_refuses: bool,
    /// Tickets that wait for somebody else do not count.
    pub wip_active_only: bool,
    /// Where those go that are refused and cannot be told no; null: to the desk's default queue.
    pub overflow: Option<NamedView>,
}

/// Changes to how a queue takes tickets in and gives them to people; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueRoutingInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub strategy: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub only_present: Option<bool>,
    /// `nobody`, `lead`, or a person by id or mail address.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Named, required = false)]
    pub fallback: Option<Named>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub takes: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, required = false)]
    pub wip_limit: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub wip_refuses: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub wip_active_only: Option<bool>,
    /// Id or name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub overflow: Option<Option<Named>>,
}

fn routing_view(tx: &Tx, it: &QueueRules) -> Result<QueueRoutingView> {
    let overflow = it.overflow.map(|id| tx.get::<Queue>(&id)).transpose()?.flatten();
    Ok(QueueRoutingView {
        strategy: it.strategy.name(),
        only_present: it.only_present,
        fallback: match it.fallback {
            Fallback::Nobody => "nobody".into(),
            Fallback::Lead => "lead".into(),
            Fallback::Person(it) => it.to_string(),
        },
        takes: it.takes.name(),
        wip_limit: it.wip_limit,
        wip_refuses: it.wip_refuses,
        wip_active_only: it.wip_active_only,
        overflow: overflow.map(|it| NamedView { id: it.id.0, name: it.name }),
    })
}

fn routing_meant(tx: &Tx, it: QueueRoutingInput) -> Result<QueueRulesChange> {
    let unknown = |field: &'static str, message: &str| Refusal::field(field, "unknown", message);
    let strategy = it.strategy.map(|it| {
        let said = "There are `manual`, `round_robin`, `least_loaded` and `skill_based`.";
        Strategy::named(&it).ok_or_else(|| unknown("strategy", said))
    });
    let takes = it.takes.map(|it| Takes::named(&it).ok_or_else(|| unknown("takes", "There are `never`, `on_open` and `on_reply`.")));
    let fallback = match it.fallback {
        None => None,
        Some(it) => Some(match it.text.as_str() {
            "nobody" => Fallback::Nobody,
            "lead" => Fallback::Lead,
            text => Fallback::Person(identity::named(tx, "fallback", text)?.id),
        }),
    };
    let overflow = match it.overflow {
        None => None,
        Some(None) => Some(None),
        Some(Some(it)) => Some(Some(queues::queue_named(tx, &it.text)?.ok_or_else(|| unknown("overflow", "There is no such queue."))?.id)),
    };
    Ok(QueueRulesChange {
        strategy: strategy.transpose()?,
        only_present: it.only_present,
        fallback,
        takes: takes.transpose()?,
        wip_limit: it.wip_limit,
        wip_refuses: it.wip_refuses,
        wip_active_only: it.wip_active_only,
        overflow,
    })
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
    let load = routing::queue_load(tx, it.id)?;
    Ok(QueueView {
        id: it.id.0,
        name: it.name.clone(),
        team: team.map(|it| NamedView { id: it.id.0, name: it.name }),
        voice: it.voice.as_ref().map(VoiceView::of),
        routing: routing_view(tx, &it.rules)?,
        open: load.open,
        active: load.active,
    })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<QueueView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| queues::queues(tx)?.iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

/// A change of a queue: which team works it, in whose voice its mails are, how it gives its tickets to people.
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
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = QueueRoutingInput, required = false)]
    pub routing: Option<QueueRoutingInput>,
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
        let after = match input.routing {
            None => after,
            Some(it) => {
                let change = routing_meant(tx, it)?;
                routing::change_queue_rules(tx, actor, after.id, change)?
            }
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
