//! Teams: people who work queues together (TEN-06).

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    calendars::named_calendar,
    input::{Named, given, nullable},
    list::ListView,
    one,
    shown::{NamedView, PersonRefView},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Region},
        identity::{self, Person},
        permission::Permission,
        queues::{self, Team, TeamChange},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
};

/// A team.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TeamView {
    pub id: Uuid,
    pub name: String,
    /// Its name.
    pub region: Option<String>,
    /// When it works, if it does not go by its region or the desk.
    pub calendar: Option<NamedView>,
    /// The member who speaks for it.
    pub lead: Option<PersonRefView>,
    /// Whom its lead answers to: told when a target is long missed.
    pub manager: Option<PersonRefView>,
    pub members: Vec<PersonRefView>,
    /// The queues that it works.
    pub queues: Vec<NamedView>,
}

fn person(it: Person) -> PersonRefView {
    PersonRefView { id: it.id.0, name: it.name, email: it.email }
}

fn view(tx: &Tx, it: Team) -> Result<TeamView> {
    let manager = it.manager.map(|id| tx.get::<Person>(&id)).transpose()?.flatten().map(person);
    let lead = it.lead.map(|id| tx.get::<Person>(&id)).transpose()?.flatten().map(person);
    let queues = queues::queues(tx)?.into_iter().filter(|queue| queue.team == Some(it.id));
    Ok(TeamView {
        members: queues::team_members(tx, it.id)?.into_iter().map(person).collect(),
        id: it.id.0,
        name: it.name,
        region: it.region.map(|id| tx.get::<Region>(&id)).transpose()?.flatten().map(|it| it.name),
        calendar: named_calendar(tx, it.calendar)?,
        lead,
        manager,
        queues: queues.map(|it| NamedView { id: it.id.0, name: it.name }).collect(),
    })
}

/// A team to be, or changes to one: what is absent stays, null takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// A region by its id or name; a name that is new makes one.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub region: Option<Option<Named>>,
    /// A calendar by its id or name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub calendar: Option<Option<Named>>,
    /// One of its members.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub lead: Option<Option<Named>>,
    /// Whom its lead answers to.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub manager: Option<Option<Named>>,
    /// All of them, by id or mail address.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Named>)]
    pub members: Option<Vec<Named>>,
}

fn meant(tx: &Tx, input: TeamInput) -> Result<TeamChange> {
    let found = |field: &'static str, it: &Named| identity::named(tx, field, &it.text).map(|it| it.id);
    Ok(TeamChange {
        manager: input.manager.map(|it| it.map(|it| found("manager", &it)).transpose()).transpose()?,
        name: input.name,
        region: input.region.map(|it| it.map(|it| it.text)),
        calendar: input.calendar.map(|it| it.map(|it| calendars::usable(tx, "calendar", &it.text)).transpose()).transpose()?,
        lead: input.lead.map(|it| it.map(|it| found("lead", &it)).transpose()).transpose()?,
        members: input.members.map(|it| it.iter().map(|it| found("members", it)).collect::<Result<_>>()).transpose()?,
    })
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Team> {
    actor.need(Permission::SettingsRead)?;
    queues::team_named(tx, text)?.ok_or_else(|| Refusal::not_found("team").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<TeamView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| queues::teams(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<TeamInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let name = input.name.clone().ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?;
        let made = queues::create_team(tx, actor, &name)?;
        let change = meant(tx, input)?;
        let made = queues::change_team(tx, actor, made.id, change)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/teams/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    one::read(&caller, &headers, |tx, actor| view(tx, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TeamInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        let change = meant(tx, input)?;
        let after = queues::change_team(tx, actor, before.id, change)?;
        Ok((shown, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, before.clone())?;
        queues::delete_team(tx, actor, before.id)?;
        Ok(shown)
    })
    .await
}
