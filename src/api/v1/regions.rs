//! Regions: where teams work (TEN-06).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    calendars::named_calendar,
    input::{Named, given, nullable, required},
    list::ListView,
    one,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Region, RegionChange},
        permission::Permission,
        queues,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::CalendarId,
};

/// A region.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionView {
    pub id: Uuid,
    pub name: String,
    /// When its teams work that have no calendar of their own.
    pub calendar: Option<NamedView>,
    pub teams: Vec<NamedView>,
}

fn view(tx: &Tx, it: Region) -> Result<RegionView> {
    let teams = queues::teams(tx)?.into_iter().filter(|team| team.region == Some(it.id));
    Ok(RegionView {
        id: it.id.0,
        name: it.name,
        calendar: named_calendar(tx, it.calendar)?,
        teams: teams.map(|it| NamedView { id: it.id.0, name: it.name }).collect(),
    })
}

/// A region to be, or changes to one: what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RegionInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A calendar by its id or name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub calendar: Option<Option<Named>>,
}

fn calendar(tx: &Tx, it: Option<Option<Named>>) -> Result<Option<Option<CalendarId>>> {
    it.map(|it| it.map(|it| calendars::usable(tx, "calendar", &it.text)).transpose()).transpose()
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Region> {
    actor.need(Permission::SettingsRead)?;
    calendars::region_named(tx, text)?.ok_or_else(|| Refusal::not_found("region").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<RegionView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| calendars::regions(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<RegionInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let name = required("name", input.name)?;
        let calendar = calendar(tx, input.calendar)?.flatten();
        let made = calendars::create_region(tx, actor, &name, calendar)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/regions/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RegionInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        let change = RegionChange { name: input.name, calendar: calendar(tx, input.calendar)? };
        let after = calendars::change_region(tx, actor, before.id, change)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        calendars::delete_region(tx, actor, before.id)?;
        Ok(shown)
    })
    .await
}
