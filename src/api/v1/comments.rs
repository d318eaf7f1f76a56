//! The thread of a ticket.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attachments::AttachmentView,
    input::given,
    list::ListView,
    shown::{NamedView, body_html},
    tickets::known,
};
use crate::{
    api::aliases,
    desk::{
        Tx,
        actor::Actor,
        attachments::{self, Attachment},
        tickets::{self, Cast, Channel, Comment, NewComment, Ticket, access},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::{self, Key, Reply},
        page::Page,
        path::Path,
        query::Query,
    },
    time::Instant,
};

/// A comment or, if private, an internal note.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommentView {
    pub id: Uuid,
    /// Null for what the desk itself says.
    pub author: Option<NamedView>,
    /// As it was written.
    pub body: String,
    /// Safe HTML.
    pub body_html: String,
    pub is_private: bool,
    #[schema(value_type = super::tickets::ChannelName)]
    pub via: &'static str,
    pub attachments: Vec<AttachmentView>,
    pub created_at: Instant,
}

/// A comment to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCommentInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1048576, pattern = r"\S")]
    pub body: Option<String>,
    pub is_private: Option<bool>,
}

/// Comments as they are shown to the actor.
pub fn views(tx: &Tx, actor: &Actor, ticket: &Ticket, comments: &[Comment]) -> Result<Vec<CommentView>> {
    let files = if ticket.has_attachments { attachments::of_ticket(tx, actor, ticket)? } else { Vec::new() };
    let mut cast = Cast::default();
    cast.meet(tx, comments.iter().filter_map(|it| it.author))?;
    Ok(comments.iter().map(|it| view(&cast, &files, it)).collect())
}

fn view(cast: &Cast, files: &[Attachment], it: &Comment) -> CommentView {
    let own: Vec<Attachment> = files.iter().filter(|file| file.comment == Some(it.id)).cloned().collect();
    CommentView {
        id: it.id.0,
        author: it.author.map(|id| NamedView::person(cast, id)),
        body: it.body.clone(),
        body_html: body_html(&it.body, it.format, it.html.as_deref(), &own),
        is_private: it.is_private,
        via: it.via.name(),
        attachments: own.iter().map(AttachmentView::of).collect(),
        created_at: it.created_at,
    }
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<CommentView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let list = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        let all = tickets::comments(tx, &caller.actor, &ticket)?;
        let ListView { items, page, page_size, total, next_cursor } = ListView::of_whole(all, &page)?;
        Ok(ListView { items: views(tx, &caller.actor, &ticket, &items)?, page, page_size, total, next_cursor })
    })?;
    Ok(axum::Json(list))
}

pub async fn create(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    access::need_comment(&caller.actor)?;
    let json = json.parse()?;
    let raw = json.raw;
    let input: NewCommentInput = body::value(Value::Object(aliases::canonical(json.object)))?;
    let text = input.body.ok_or_else(|| Refusal::field("body", "required", "`body` is required."))?;
    let new = NewComment::new(text, input.is_private.unwrap_or(false), Channel::Api);
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let (ticket, comment) = tickets::add_comment(tx, &actor, ticket.id, new)?;
        let mut views = views(tx, &actor, &ticket, &[comment])?;
        Reply::json(StatusCode::CREATED, &views.pop())
    })
    .await
}
