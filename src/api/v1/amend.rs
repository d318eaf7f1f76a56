//! What was written is put right: a message is edited, or words are made unreadable.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    comments::{CommentView, views},
    input::{given, required},
    tickets::known,
};
use crate::{
    desk::tickets::{self, Redaction, access},
    error::Refusal,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        path::Path,
    },
    id::CommentId,
};

/// Another text for a message.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommentEditInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1048576, pattern = r"\S")]
    pub body: Option<String>,
}

/// What nobody may read any more.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedactionInput {
    /// Passages as they stand in the text.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    pub words: Option<Vec<String>>,
    /// All of the text instead.
    pub whole: Option<bool>,
    /// The same words in every text of the ticket, and in its title.
    pub everywhere: Option<bool>,
    /// Why, for the log.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// What became of a redaction.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RedactionView {
    /// In how many places something was made unreadable.
    #[schema(minimum = 1)]
    pub places: usize,
}

pub async fn edit(
    caller: Caller,
    Path((id, comment)): Path<(String, CommentId)>,
    json: RawJson,
) -> Result<axum::Json<CommentView>, Problem> {
    known(&caller, &id)?;
    let input: CommentEditInput = body::value(Value::Object(json.parse()?.object))?;
    let (actor, text) = (caller.actor.clone(), required("body", input.body)?);
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let (ticket, comment) = tickets::edit_comment(tx, &actor, ticket.id, comment, &text)?;
        views(tx, &actor, &ticket, &[comment])
    });
    let view = done.await?.pop().ok_or_else(|| Refusal::not_found("comment"))?;
    Ok(axum::Json(view))
}

async fn redact(caller: Caller, id: String, comment: Option<CommentId>, json: RawJson) -> Result<axum::Json<RedactionView>, Problem> {
    known(&caller, &id)?;
    let input: RedactionInput = body::value(Value::Object(json.parse()?.object))?;
    let how = Redaction {
        words: input.words.unwrap_or_default(),
        whole: input.whole.unwrap_or(false),
        everywhere: input.everywhere.unwrap_or(false),
        reason: input.reason.unwrap_or_default(),
    };
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        Ok(tickets::redact(tx, &actor, ticket.id, comment, how)?.1)
    });
    Ok(axum::Json(RedactionView { places: done.await? }))
}

pub async fn redact_comment(
    caller: Caller,
    Path((id, comment)): Path<(String, CommentId)>,
    json: RawJson,
) -> Result<axum::Json<RedactionView>, Problem> {
    redact(caller, id, Some(comment), json).await
}

pub async fn redact_ticket(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<axum::Json<RedactionView>, Problem> {
    redact(caller, id, None, json).await
}
