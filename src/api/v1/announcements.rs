//! What the desk tells everybody.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, nullable},
    list::ListView,
    one,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        announcements::{self, Announcement, AnnouncementChange, Audience},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::AnnouncementId,
    text::markdown,
    time::Instant,
};

/// Who reads an announcement.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum AudienceName {
    Portal,
    Agents,
    Everybody,
}

/// What everybody is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnouncementView {
    pub id: Uuid,
    pub title: String,
    /// Markdown.
    pub text: String,
    /// Safe HTML.
    pub text_html: String,
    #[schema(value_type = AudienceName)]
    pub audience: &'static str,
    pub urgent: bool,
    pub from: Instant,
    /// Null stands until somebody ends it.
    pub until: Option<Instant>,
}

fn view(it: Announcement) -> AnnouncementView {
    let Announcement { id, title, text, audience, urgent, from, until } = it;
    let text_html = markdown::to_html(&text).html;
    AnnouncementView { id: id.0, title, text, text_html, audience: audience.name(), urgent, from, until }
}

/// An announcement to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnnouncementInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 4000)]
    pub text: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = AudienceName, required = false)]
    pub audience: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub urgent: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Instant, required = false)]
    pub from: Option<Instant>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Instant>)]
    pub until: Option<Option<Instant>>,
}

fn change(it: AnnouncementInput) -> Result<AnnouncementChange> {
    let unknown = || Refusal::field("audience", "unknown", "Readers are portal, agents or everybody.");
    let audience = it.audience.map(|it| Audience::named(&it).ok_or_else(unknown)).transpose()?;
    Ok(AnnouncementChange { title: it.title, text: it.text, audience, urgent: it.urgent, from: it.from, until: it.until })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<AnnouncementView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| Ok(announcements::all(tx, &caller.actor)?.into_iter().map(view).collect()))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<AnnouncementInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| Ok(view(announcements::announce(tx, actor, change(input)?)?));
    one::create(&caller, key, &raw, make, |it| format!("/v1/announcements/{}", it.id)).await
}

pub async fn patch(caller: Caller, Path(id): Path<AnnouncementId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: AnnouncementInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = tx.get::<Announcement>(&id)?.ok_or_else(|| Refusal::not_found("announcement"))?;
        let after = announcements::change(tx, actor, id, change(input)?)?;
        Ok((view(before), view(after)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<AnnouncementId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| Ok(view(announcements::delete(tx, actor, id)?))).await
}
