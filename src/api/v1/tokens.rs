//! One's own access tokens (IAM-21).

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::given, list::ListView};
use crate::{
    desk::{
        identity::{self, NewToken, Token},
        permission::Permission,
    },
    error::Refusal,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        page::Page,
        path::Path,
        query::Query,
    },
    id::TokenId,
    time::Instant,
};

/// A token without its text.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenView {
    pub id: Uuid,
    pub name: String,
    /// Names of permissions; all of yours if empty.
    pub scopes: Vec<String>,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
}

/// A new token with its text, which is shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewTokenView {
    pub id: Uuid,
    pub name: String,
    pub scopes: Vec<String>,
    pub created_at: Instant,
    pub expires_at: Option<Instant>,
    pub token: String,
}

/// A token to be.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewTokenInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub expires_at: Option<Instant>,
}

fn view(it: Token) -> TokenView {
    TokenView { id: it.id.0, name: it.name, scopes: it.scopes, created_at: it.created_at, expires_at: it.expires_at }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<TokenView>>, Problem> {
    caller.actor.need(Permission::TokensOwn)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| identity::tokens_of(tx, caller.person.id))?;
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(view).collect(), &page)?))
}

/// Not repeatable by an idempotency key: the answer holds a secret, and secrets are not kept.
pub async fn create(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::TokensOwn)?;
    let json = json.parse()?;
    let input: NewTokenInput = body::value(Value::Object(json.object))?;
    let name = input.name.ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?;
    let new = NewToken { name, scopes: input.scopes.unwrap_or_default(), expires_at: input.expires_at };
    let (actor, me) = (caller.actor.clone(), caller.person.id);
    let (made, token) = caller.desk.write(Some(me), move |tx| identity::create_token(tx, &actor, me, new)).await?;
    let TokenView { id, name, scopes, created_at, expires_at } = view(made);
    let reply = Reply::json(StatusCode::CREATED, &NewTokenView { id, name, scopes, created_at, expires_at, token })?;
    Ok(axum::response::IntoResponse::into_response(reply.with(axum::http::header::CACHE_CONTROL, "no-store")))
}

pub async fn delete(caller: Caller, Path(id): Path<TokenId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| identity::end_token(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
