//! One's own feeds of due work.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::ListView;
use crate::{
    desk::{
        calendar_feeds::{self, CalendarFeed, Shows},
        permission::Permission,
    },
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        page::Page,
        path::Path,
        query::Query,
    },
    id::{CalendarFeedId, ViewId},
    time::Instant,
};

/// A feed without its address.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarFeedView {
    pub id: Uuid,
    pub name: String,
    pub mine: bool,
    pub teams: bool,
    pub reminders: bool,
    pub view: Option<Uuid>,
    pub created_at: Instant,
}

/// A new feed with its address, which is shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCalendarFeedView {
    pub id: Uuid,
    pub name: String,
    pub mine: bool,
    pub teams: bool,
    pub reminders: bool,
    pub view: Option<Uuid>,
    pub created_at: Instant,
    /// On the desk's own address, without signing in.
    pub path: String,
}

/// A feed to be: at least one thing that it shows.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeedInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// When your work is due.
    #[serde(default)]
    #[schema(required = false)]
    pub mine: bool,
    /// When your teams' work is due.
    #[serde(default)]
    #[schema(required = false)]
    pub teams: bool,
    /// Your reminders.
    #[serde(default)]
    #[schema(required = false)]
    pub reminders: bool,
    /// A saved view, whose tickets' due times it shows.
    pub view: Option<Uuid>,
}

fn view(it: CalendarFeed) -> CalendarFeedView {
    let CalendarFeed { id, name, shows: Shows { mine, teams, reminders, view }, created_at, .. } = it;
    CalendarFeedView { id: id.0, name, mine, teams, reminders, view: view.map(|it| it.0), created_at }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<CalendarFeedView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| calendar_feeds::mine(tx, &caller.actor))?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: CalendarFeedInput = body::value(Value::Object(json.parse()?.object))?;
    let shows = Shows { mine: input.mine, teams: input.teams, reminders: input.reminders, view: input.view.map(ViewId) };
    let (actor, name) = (caller.actor.clone(), input.name);
    let (made, secret) = caller.desk.write(Some(caller.person.id), move |tx| calendar_feeds::make(tx, &actor, &name, shows)).await?;
    let CalendarFeedView { id, name, mine, teams, reminders, view, created_at } = view(made);
    let path = format!("/feeds/{secret}.ics");
    let made = NewCalendarFeedView { id, name, mine, teams, reminders, view, created_at, path };
    Ok(Reply::json(StatusCode::CREATED, &made)?.with(header::CACHE_CONTROL, "no-store").into_response())
}

pub async fn revoke(caller: Caller, Path(id): Path<CalendarFeedId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| calendar_feeds::revoke(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
