//! Fields of the desk's own, for programs: their definitions. Values stand in `custom` of tickets.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{list::ListView, one};
use crate::{
    desk::{
        custom::{self, Audience, CustomField, FieldDraft, FieldOption, FieldType, Need, When},
        permission::Permission,
        tickets::Kind,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{CategoryId, CustomFieldId, QueueId},
    time::Instant,
};

/// What can be chosen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldOptionView {
    #[schema(min_length = 1, max_length = 100)]
    pub value: String,
    /// For people; the value if it is empty.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub label: String,
}

/// Another field, and its values for which this one is asked.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldWhenView {
    pub key: String,
    /// Empty: any value at all.
    pub values: Vec<String>,
}

/// A field of the desk's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomFieldView {
    pub id: Uuid,
    /// Its name in `custom` of tickets, and in queries as `custom.KEY`.
    pub key: String,
    pub label: String,
    pub help: String,
    /// `text`, `long_text`, `number`, `yes_no`, `date`, `date_time`, `one_of`, `several_of`, `person`, `organization`, `url`, `email`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub options: Vec<FieldOptionView>,
    /// `never`, `always` or `to_resolve`.
    pub required: &'static str,
    /// `agents`, `shown` (requesters see it) or `asked` (they fill it in when they lodge).
    pub audience: &'static str,
    /// Empty: all.
    pub kinds: Vec<&'static str>,
    pub categories: Vec<Uuid>,
    pub queues: Vec<Uuid>,
    pub when: Option<FieldWhenView>,
    #[schema(minimum = 0)]
    pub length_min: Option<u32>,
    #[schema(minimum = 0)]
    pub length_max: Option<u32>,
    pub least: Option<String>,
    pub most: Option<String>,
    pub pattern: Option<String>,
    #[schema(minimum = 0)]
    pub position: u32,
    /// Since when it is asked no more.
    pub retired_at: Option<Instant>,
}

/// A field as a whole. Its key and type are those of the first time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomFieldInput {
    #[schema(min_length = 1, max_length = 100)]
    pub label: String,
    #[serde(default)]
    #[schema(required = false, max_length = 40)]
    pub key: String,
    #[serde(default)]
    #[schema(required = false, max_length = 500)]
    pub help: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    #[schema(required = false)]
    pub options: Vec<FieldOptionView>,
    #[serde(default = "never")]
    #[schema(required = false)]
    pub required: String,
    #[serde(default = "agents")]
    #[schema(required = false)]
    pub audience: String,
    #[serde(default)]
    #[schema(required = false)]
    pub kinds: Vec<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub categories: Vec<Uuid>,
    #[serde(default)]
    #[schema(required = false)]
    pub queues: Vec<Uuid>,
    pub when: Option<FieldWhenView>,
    pub length_min: Option<u32>,
    pub length_max: Option<u32>,
    pub least: Option<String>,
    pub most: Option<String>,
    pub pattern: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub position: u32,
}

fn never() -> String {
    Need::Never.name().to_owned()
}

fn agents() -> String {
    Audience::Agents.name().to_owned()
}

/// Whether a field is in use.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct RetiredInput {
    pub retired: bool,
}

fn view(it: CustomField) -> CustomFieldView {
    CustomFieldView {
        id: it.id.0,
        key: it.key,
        label: it.label,
        help: it.help,
        kind: it.kind.name(),
        options: it.options.into_iter().map(|it| FieldOptionView { value: it.value, label: it.label }).collect(),
        required: it.need.name(),
        audience: it.audience.name(),
        kinds: it.kinds.into_iter().map(Kind::name).collect(),
        categories: it.categories.into_iter().map(|it| it.0).collect(),
        queues: it.queues.into_iter().map(|it| it.0).collect(),
        when: it.when.map(|it| FieldWhenView { key: it.key, values: it.values }),
        length_min: it.length_min,
        length_max: it.length_max,
        least: it.least,
        most: it.most,
        pattern: it.pattern,
        position: it.position,
        retired_at: it.retired_at,
    }
}

fn draft(it: CustomFieldInput) -> Result<FieldDraft> {
    let unknown = |field: &str, text: &str| Refusal::field(field, "unknown", format!("There is no `{text}` to choose for `{field}`."));
    let kinds = it.kinds.iter().map(|text| Kind::named(text).ok_or_else(|| unknown("kinds", text)));
    Ok(FieldDraft {
        kind: FieldType::named(&it.kind).ok_or_else(|| unknown("type", &it.kind))?,
        need: Need::named(&it.required).ok_or_else(|| unknown("required", &it.required))?,
        audience: Audience::named(&it.audience).ok_or_else(|| unknown("audience", &it.audience))?,
        kinds: kinds.collect::<Result<_, _>>()?,
        key: it.key,
        label: it.label,
        help: it.help,
        options: it.options.into_iter().map(|it| FieldOption { value: it.value, label: it.label }).collect(),
        categories: it.categories.into_iter().map(CategoryId).collect(),
        queues: it.queues.into_iter().map(QueueId).collect(),
        when: it.when.map(|it| When { key: it.key, values: it.values }),
        length_min: it.length_min,
        length_max: it.length_max,
        least: it.least,
        most: it.most,
        pattern: it.pattern,
        position: it.position,
    })
}

/// Those who work tickets see all definitions; others those of which they may know.
pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<CustomFieldView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let works = caller.actor.may(Permission::TicketsRead) || caller.actor.may(Permission::SettingsRead);
    let fields = caller.desk.read(custom::shared)?;
    let all = fields.fields.iter().filter(|it| works || it.is_public()).cloned().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<CustomFieldInput>()?;
    one::create(
        &caller,
        key,
        &raw,
        move |tx, actor| custom::create(tx, actor, draft(input)?).map(view),
        |it| format!("/v1/custom-fields/{}", it.id),
    )
    .await
}

pub async fn read(caller: Caller, Path(id): Path<CustomFieldId>, headers: HeaderMap) -> Result<Response, Problem> {
    let works = caller.actor.may(Permission::TicketsRead) || caller.actor.may(Permission::SettingsRead);
    one::read(&caller, &headers, |tx, _| {
        let it = custom::known(tx, id)?;
        if works || it.is_public() { Ok(view(it)) } else { Err(Refusal::not_found("custom field").into()) }
    })
}

pub async fn replace(caller: Caller, Path(id): Path<CustomFieldId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: CustomFieldInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(custom::known(tx, id)?);
        Ok((before, view(custom::change(tx, actor, id, None, draft(input)?)?)))
    })
    .await
}

/// Takes a field out of use, or brings it back.
pub async fn retire(caller: Caller, Path(id): Path<CustomFieldId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: RetiredInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(custom::known(tx, id)?);
        let after = if input.retired { custom::retire(tx, actor, id)? } else { custom::unretire(tx, actor, id)? };
        Ok((before, view(after)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<CustomFieldId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(custom::known(tx, id)?);
        custom::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}
