//! Saved views of tickets: their definitions, what stands in them, and what stands in one's rail.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    list::ListView,
    one,
    sharing::{SharedWith, meant, teams_of},
    tickets::{TicketListView, list_of},
};
use crate::{
    appliance::lists::{self, Question},
    desk::{
        Tx,
        permission::Permission,
        query::Sort,
        views::{self, Grouping, SavedView, ViewDraft},
    },
    error::{Refusal, Result},
    follow::search::Spelling,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::ViewId,
};

/// A saved view.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavedViewView {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = SharedWith)]
    pub sharing: &'static str,
    /// With which teams, if it is shared with teams.
    pub teams: Vec<Uuid>,
    /// Who made it.
    pub owner: Option<Uuid>,
    /// In the query language.
    pub query: String,
    /// `priority:asc`, `updatedAt:desc` ...
    pub sort: String,
    pub columns: Vec<String>,
    /// `status`, `priority`, `assignee`, `queue`, `kind`, `category` or `organization`.
    pub group_by: Option<&'static str>,
    #[schema(minimum = 0)]
    pub position: u32,
}

/// A view as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedViewInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(value_type = SharedWith, required = false)]
    pub sharing: String,
    /// With which teams, if it is shared with teams.
    #[serde(default)]
    #[schema(required = false)]
    pub teams: Vec<Uuid>,
    pub query: String,
    #[serde(default)]
    #[schema(required = false)]
    pub sort: String,
    #[serde(default)]
    #[schema(required = false)]
    pub columns: Vec<String>,
    pub group_by: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub position: u32,
}

/// A condition that is tried.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ViewTrialInput {
    pub query: String,
}

/// How many tickets a condition finds.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewTrialView {
    #[schema(minimum = 0)]
    pub total: usize,
    /// There may be more than `total`, which is as far as they were counted.
    #[serde(rename = "totalIsBound")]
    pub total_is_bound: bool,
}

/// What stands in one's rail, in this order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PinnedInput {
    pub views: Vec<Uuid>,
}

fn view(it: SavedView) -> SavedViewView {
    SavedViewView {
        id: it.id.0,
        sharing: it.sharing.name(),
        teams: teams_of(&it.sharing),
        owner: it.owner.map(|it| it.0),
        name: it.name,
        query: it.query,
        sort: it.sort,
        columns: it.columns,
        group_by: it.group.map(Grouping::name),
        position: it.position,
    }
}

fn draft(it: SavedViewInput) -> Result<ViewDraft> {
    let unknown =
        || Refusal::field("groupBy", "unknown", "Rows are gathered by status, priority, assignee, queue, kind, category or organization.");
    let group = it.group_by.as_deref().map(|it| Grouping::named(it).ok_or_else(unknown)).transpose()?;
    let (name, query, sort, columns, position) = (it.name, it.query, it.sort, it.columns, it.position);
    Ok(ViewDraft { name, query, sort, columns, position, group, sharing: meant(&it.sharing, it.teams)? })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<SavedViewView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| views::usable(tx, &caller.actor))?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<SavedViewInput>()?;
    one::create(&caller, key, &raw, move |tx, actor| views::create(tx, actor, draft(input)?).map(view), |it| format!("/v1/views/{}", it.id))
        .await
}

pub async fn read(caller: Caller, Path(id): Path<ViewId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, actor| views::known(tx, actor, id).map(view))
}

pub async fn replace(caller: Caller, Path(id): Path<ViewId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: SavedViewInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(views::known(tx, actor, id)?);
        Ok((before, view(views::change(tx, actor, id, None, draft(input)?)?)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<ViewId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(views::known(tx, actor, id)?);
        views::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}

/// The tickets of a view, in its order.
pub async fn tickets(caller: Caller, Path(id): Path<ViewId>, query: Query) -> Result<axum::Json<TicketListView>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let it = caller.desk.read(|tx| views::known(tx, &caller.actor, id))?;
    let sort = page.sort.unwrap_or_else(|| it.order());
    list_of(&caller, &page, question(it.query, sort, page.cursor.clone(), page.skip(), page.size)).await
}

fn question(text: String, sort: Sort, cursor: Option<String>, skip: usize, limit: usize) -> Question {
    Question { text: Some(text), filters: Vec::new(), sort, cursor, skip, limit, spelling: Spelling::Exact }
}

/// How many tickets a condition finds; nothing is kept.
pub async fn try_out(caller: Caller, json: RawJson) -> Result<axum::Json<ViewTrialView>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: ViewTrialInput = json.parse()?.into_value()?;
    caller.desk.read(|tx| views::meant(tx, &caller.actor, &input.query))?;
    let found = lists::list(&caller.desk, &caller.actor, question(input.query, Sort::NEWEST, None, 0, 1)).await?;
    Ok(axum::Json(ViewTrialView { total: found.total.count, total_is_bound: found.total.is_bound }))
}

pub async fn pinned(caller: Caller, query: Query) -> Result<axum::Json<ListView<SavedViewView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| views::in_rail(tx, &caller.actor))?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn pin(caller: Caller, json: RawJson) -> Result<axum::Json<ListView<SavedViewView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: PinnedInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let ids = input.views.into_iter().map(ViewId).collect();
    let done = caller.desk.write(actor.person(), move |tx: &mut Tx| views::pin(tx, &actor, ids)).await?;
    Ok(axum::Json(ListView::of_whole(done.into_iter().map(view).collect(), &Page::of(&Query::default(), &[])?)?))
}
