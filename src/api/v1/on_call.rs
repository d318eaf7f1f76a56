//! Who is on call: rotations, their overrides, and who it is when.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Named, given},
    list::ListView,
    one,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Person},
        permission::Permission,
        routing::on_call::{self, Handover, Layer, Override, Rotation, RotationDraft},
        settings::Settings,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{PersonId, RotationId},
    time::Instant,
};

/// What is shown of the time to come.
const SHOWN: std::time::Duration = std::time::Duration::from_secs(14 * 86_400);

/// A ring of people, one after the other.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerView {
    pub people: Vec<NamedView>,
    /// `daily` or `weekly`.
    #[schema(value_type = String)]
    pub handover: &'static str,
    /// The time of day of the handover, in the rotation's zone.
    pub at: String,
    /// The day on which the first of them begins.
    pub starts: String,
}

/// Somebody who is on call instead.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapView {
    pub from: Instant,
    pub until: Instant,
    pub person: Option<NamedView>,
}

/// A stretch of time and who is on call in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpanView {
    pub from: Instant,
    pub until: Instant,
    /// Nobody before the rotation begins.
    pub person: Option<NamedView>,
    pub is_override: bool,
}

/// A rotation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RotationView {
    pub id: Uuid,
    pub name: String,
    pub time_zone: String,
    pub layers: Vec<LayerView>,
    /// In the order in which they were made; the later one wins where two meet.
    pub overrides: Vec<SwapView>,
    #[schema(minimum = 1)]
    pub version: u64,
}

/// Who is on call, now and in the days to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnCallView {
    pub at: Instant,
    /// Who gets what is for whoever is on call: absences and substitutes are looked at.
    pub person: Option<NamedView>,
    /// As the rotation says, absences aside.
    pub spans: Vec<SpanView>,
}

pub(super) fn person(tx: &Tx, id: PersonId) -> Result<Option<NamedView>> {
    Ok(tx.get::<Person>(&id)?.map(|it| NamedView { id: it.id.0, name: it.name }))
}

fn view(tx: &Tx, it: Rotation) -> Result<RotationView> {
    let layer = |it: &Layer| -> Result<LayerView> {
        let people = it.people.iter().map(|it| person(tx, *it)).collect::<Result<Vec<_>>>()?;
        Ok(LayerView {
            people: people.into_iter().flatten().collect(),
            handover: it.handover.name(),
            at: format!("{:02}:{:02}", it.minute / 60, it.minute % 60),
            starts: on_call::day_text(it.first_day),
        })
    };
    let swap = |it: &Override| Ok(SwapView { from: it.from, until: it.until, person: person(tx, it.person)? });
    Ok(RotationView {
        id: it.id.0,
        layers: it.layers.iter().map(layer).collect::<Result<_>>()?,
        overrides: it.overrides.iter().map(swap).collect::<Result<_>>()?,
        name: it.name,
        time_zone: it.zone,
        version: it.version,
    })
}

/// A ring to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LayerInput {
    /// Ids or mail addresses, in their order.
    #[schema(min_items = 1, max_items = 50)]
    pub people: Vec<Named>,
    /// `daily` or `weekly`.
    pub handover: String,
    /// `09:00`.
    pub at: String,
    /// `2026-05-04`; for weekly handovers its weekday is theirs.
    pub starts: String,
}

/// A rotation to be, or changes to one: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RotationInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// IANA name; the desk's if nothing is said.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub time_zone: Option<String>,
    /// As a whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<LayerInput>)]
    pub layers: Option<Vec<LayerInput>>,
}

fn layer(tx: &Tx, it: LayerInput) -> Result<Layer> {
    let refused = |field: &'static str, message: &str| Refusal::field(field, "invalid", message);
    let handover = Handover::named(&it.handover).ok_or_else(|| refused("handover", "People hand over `daily` or `weekly`."))?;
    let minute = on_call::minute_of(&it.at).ok_or_else(|| refused("at", "The handover is at a time of day such as 09:00."))?;
    let starts: Date = it.starts.trim().parse().map_err(|_| refused("starts", "It begins on a day such as 2026-05-04."))?;
    let people = it.people.iter().map(|it| identity::named(tx, "people", &it.text).map(|it| it.id)).collect::<Result<_>>()?;
    Ok(Layer { people, handover, minute, first_day: on_call::number_of(starts) })
}

fn meant(tx: &Tx, input: RotationInput, was: RotationDraft) -> Result<RotationDraft> {
    let RotationInput { name, time_zone, layers } = input;
    let layers = layers.map(|it| it.into_iter().map(|it| layer(tx, it)).collect::<Result<Vec<_>>>()).transpose()?;
    Ok(RotationDraft { name: name.unwrap_or(was.name), zone: time_zone.unwrap_or(was.zone), layers: layers.unwrap_or(was.layers) })
}

fn known(tx: &Tx, text: &str) -> Result<Rotation> {
    on_call::rotation_named(tx, text)?.ok_or_else(|| Refusal::not_found("rotation").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<RotationView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| on_call::rotations(tx)?.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<RotationInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let was = RotationDraft { zone: Settings::of(tx)?.time_zone.clone(), ..RotationDraft::default() };
        let draft = meant(tx, input, was)?;
        let made = on_call::create_rotation(tx, actor, draft)?;
        view(tx, made)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/on-call/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, _| view(tx, known(tx, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RotationInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = known(tx, &id)?;
        let was = RotationDraft { name: before.name.clone(), zone: before.zone.clone(), layers: before.layers.clone() };
        let draft = meant(tx, input, was)?;
        let after = on_call::change_rotation(tx, actor, before.id, None, draft)?;
        Ok((view(tx, before)?, view(tx, after)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = known(tx, &id)?;
        on_call::delete_rotation(tx, actor, before.id)?;
        view(tx, before)
    })
    .await
}

/// Somebody who is to be on call instead.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SwapInput {
    pub from: Instant,
    pub until: Instant,
    /// Id or mail address.
    pub person: Named,
}

pub async fn add_override(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<SwapInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let rotation: RotationId = known(tx, &id)?.id;
        let person = identity::named(tx, "person", &input.person.text)?.id;
        let after = on_call::add_override(tx, actor, rotation, Override { from: input.from, until: input.until, person })?;
        view(tx, after)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/on-call/{}", it.id)).await
}

pub async fn remove_override(caller: Caller, Path((id, place)): Path<(String, usize)>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let rotation = known(tx, &id)?.id;
        on_call::remove_override(tx, &actor, rotation, place, None)
    };
    caller.desk.write(caller.actor.person(), run).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is on call now, and in the two weeks to come.
pub async fn now(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<OnCallView>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let shown = caller.desk.read(|tx| {
        let (rotation, at) = (known(tx, &id)?, tx.now());
        let spans = on_call::spans(&rotation, at, at.plus(SHOWN))?;
        let span = |it: on_call::Span| -> Result<SpanView> {
            let who = it.person.map(|id| person(tx, id)).transpose()?.flatten();
            Ok(SpanView { from: it.from, until: it.until, person: who, is_override: it.is_override })
        };
        let who = on_call::who(tx, rotation.id, at)?.map(|id| person(tx, id)).transpose()?.flatten();
        Ok(OnCallView { at, person: who, spans: spans.into_iter().map(span).collect::<Result<_>>()? })
    })?;
    Ok(axum::Json(shown))
}
