//! Teams.

use axum::{http::StatusCode, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    input::{given, required},
    list::ListView,
    shown::NamedView,
};
use crate::{
    desk::{
        permission::Permission,
        queues::{self, Team},
    },
    http::{
        Caller, Problem,
        body::RawJson,
        idempotency::{self, Key, Reply},
        page::Page,
        query::Query,
    },
};

/// A team to be.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewTeamInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 100)]
    pub name: Option<String>,
}

fn view(it: Team) -> NamedView {
    NamedView { id: it.id.0, name: it.name }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<NamedView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(queues::teams)?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<NewTeamInput>()?;
    let name = required("name", input.name)?;
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| Reply::json(StatusCode::CREATED, &view(queues::create_team(tx, &actor, &name)?))).await
}
