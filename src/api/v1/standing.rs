//! What assignment knows of somebody who works tickets: skills, capacity, whether they are there, how much they have.

use axum::{http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    input::{Named, given, nullable},
    on_call::person,
    one,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Person},
        permission::Permission,
        routing::{self, Absence, StandingChange},
        settings::Settings,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, path::Path},
    time::Instant,
};

/// From when until when somebody is not there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsenceView {
    pub from: Instant,
    pub until: Instant,
    /// Who stands in for them.
    pub substitute: Option<NamedView>,
}

/// What assignment knows of somebody.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StandingView {
    pub skills: Vec<String>,
    /// How much work they can have; null: what the desk says.
    pub capacity: Option<u32>,
    /// They have said that they are not there.
    pub away: bool,
    /// Absent at this moment.
    pub absent: bool,
    /// Signed in, and seen lately.
    pub present: bool,
    /// Those that are not over.
    pub absences: Vec<AbsenceView>,
    /// Open tickets that they have.
    #[schema(minimum = 0)]
    pub open: u64,
    /// What these weigh together.
    #[schema(minimum = 0)]
    pub load: u64,
}

fn view(tx: &Tx, it: &Person) -> Result<StandingView> {
    let settings = Settings::of(tx)?;
    let load = routing::load_of(tx, &settings.routing, it.id)?;
    let absence = |it: &Absence| -> Result<AbsenceView> {
        let substitute = it.substitute.map(|id| person(tx, id)).transpose()?.flatten();
        Ok(AbsenceView { from: it.from, until: it.until, substitute })
    };
    let standing = &it.standing;
    Ok(StandingView {
        skills: standing.skills.clone(),
        capacity: standing.capacity,
        away: standing.away,
        absent: routing::is_absent(it, tx.now()),
        present: routing::present(tx, it.id)?,
        absences: standing.absences.iter().filter(|it| it.until > tx.now()).map(absence).collect::<Result<_>>()?,
        open: load.open,
        load: load.weight,
    })
}

/// An absence to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AbsenceInput {
    pub from: Instant,
    pub until: Instant,
    /// Id or mail address of somebody who works tickets.
    #[serde(default)]
    pub substitute: Option<Named>,
}

/// Changes; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StandingPatchInput {
    /// All of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    pub skills: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, required = false)]
    pub capacity: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub away: Option<bool>,
    /// All of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<AbsenceInput>, required = false, max_items = 50)]
    pub absences: Option<Vec<AbsenceInput>>,
}

/// The person, if it is the caller, or the caller may look people up.
fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<Person> {
    let me = actor.person().filter(|it| text == "me" || text == it.to_string());
    if me.is_none() {
        actor.need(Permission::PeopleRead)?;
    }
    let text = me.map_or_else(|| text.to_owned(), |it| it.to_string());
    identity::named(tx, "id", &text).map_err(|_| Refusal::not_found("person").into())
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, actor| view(tx, &known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: StandingPatchInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, actor, &id)?;
        let shown = view(tx, &before)?;
        let absence = |it: AbsenceInput| -> Result<Absence> {
            let substitute = it.substitute.map(|it| identity::named(tx, "substitute", &it.text).map(|it| it.id)).transpose()?;
            Ok(Absence { from: it.from, until: it.until, substitute })
        };
        let change = StandingChange {
            skills: input.skills,
            capacity: input.capacity,
            away: input.away,
            absences: input.absences.map(|it| it.into_iter().map(absence).collect::<Result<_>>()).transpose()?,
        };
        let after = routing::change_standing(tx, actor, before.id, change)?;
        Ok((shown, view(tx, &after)?))
    })
    .await
}
