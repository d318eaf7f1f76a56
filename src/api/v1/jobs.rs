//! Background work that failed for good, and another round for it.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::ListView;
use crate::{
    desk::jobs::{self, Job},
    http::{Caller, Problem, page::Page, path::Path, query::Query},
    id::JobId,
    time::Instant,
};

/// A dead job.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobView {
    pub id: Uuid,
    /// What it does.
    pub kind: String,
    #[schema(minimum = 0)]
    pub attempts: u32,
    pub last_error: Option<String>,
    pub created_at: Instant,
}

fn view(it: Job) -> JobView {
    JobView { id: it.id.0, kind: it.kind, attempts: it.attempts, last_error: it.last_error, created_at: it.created_at }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<JobView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let dead = caller.desk.read(|tx| jobs::dead(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(dead.into_iter().map(view).collect(), &page)?))
}

pub async fn retry(caller: Caller, Path(id): Path<JobId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| jobs::retry(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
