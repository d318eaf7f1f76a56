//! Ready-made texts, and one as it goes into an answer.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::Named,
    list::ListView,
    one,
    sharing::{SharedWith, meant, teams_of},
};
use crate::{
    desk::{
        permission::Permission,
        snippets::{self, Snippet, SnippetDraft},
        tickets::access,
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::SnippetId,
};

/// A ready-made text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnippetView {
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = SharedWith)]
    pub sharing: &'static str,
    /// With which teams, if it is shared with teams.
    pub teams: Vec<Uuid>,
    /// Who made it.
    pub owner: Option<Uuid>,
    /// What is typed after `::`; may be empty.
    pub shortcut: String,
    pub language: String,
    pub category: String,
    /// Markdown, with `{{placeholders}}`.
    pub body: String,
}

/// A text as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnippetInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(value_type = SharedWith, required = false)]
    pub sharing: String,
    /// With which teams, if it is shared with teams.
    #[serde(default)]
    #[schema(required = false)]
    pub teams: Vec<Uuid>,
    #[serde(default)]
    #[schema(required = false, max_length = 40)]
    pub shortcut: String,
    #[serde(default)]
    #[schema(required = false, max_length = 10)]
    pub language: String,
    #[serde(default)]
    #[schema(required = false, max_length = 60)]
    pub category: String,
    #[schema(min_length = 1)]
    pub body: String,
}

/// For which ticket a text is filled in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SnippetFillInput {
    pub ticket: Named,
}

/// A text as it goes into an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnippetFilledView {
    pub text: String,
}

fn view(it: Snippet) -> SnippetView {
    SnippetView {
        id: it.id.0,
        sharing: it.sharing.name(),
        teams: teams_of(&it.sharing),
        owner: it.owner.map(|it| it.0),
        name: it.name,
        shortcut: it.shortcut,
        language: it.language,
        category: it.category,
        body: it.body,
    }
}

fn draft(it: SnippetInput) -> Result<SnippetDraft> {
    let (name, shortcut, language, category, body) = (it.name, it.shortcut, it.language, it.category, it.body);
    Ok(SnippetDraft { sharing: meant(&it.sharing, it.teams)?, name, shortcut, language, category, body })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<SnippetView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &["q"])?;
    let typed = query.get("q").unwrap_or_default().to_owned();
    let all = caller.desk.read(|tx| snippets::usable(tx, &caller.actor, &typed))?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<SnippetInput>()?;
    one::create(
        &caller,
        key,
        &raw,
        move |tx, actor| snippets::create(tx, actor, draft(input)?).map(view),
        |it| format!("/v1/snippets/{}", it.id),
    )
    .await
}

pub async fn read(caller: Caller, Path(id): Path<SnippetId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    one::read(&caller, &headers, |tx, actor| snippets::known(tx, actor, id).map(view))
}

pub async fn replace(caller: Caller, Path(id): Path<SnippetId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    let input: SnippetInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(snippets::known(tx, actor, id)?);
        Ok((before, view(snippets::change(tx, actor, id, None, draft(input)?)?)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<SnippetId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(snippets::known(tx, actor, id)?);
        snippets::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}

/// The text as it goes into an answer on a ticket.
pub async fn fill(caller: Caller, Path(id): Path<SnippetId>, json: RawJson) -> Result<axum::Json<SnippetFilledView>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: SnippetFillInput = json.parse()?.into_value()?;
    let text = caller.desk.read(|tx| {
        let it = snippets::known(tx, &caller.actor, id)?;
        let ticket = access::named(tx, &caller.actor, &input.ticket.text)?;
        snippets::filled(tx, &caller.actor, &it, &ticket)
    })?;
    Ok(axum::Json(SnippetFilledView { text }))
}
