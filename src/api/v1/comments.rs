//! The thread of a ticket.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attachments::AttachmentView,
    input::{given, required},
    letters::LetterView,
    list::ListView,
    shown::{NamedView, body_html},
    tickets::known,
};
use crate::{
    api::aliases,
    desk::{
        Tx,
        actor::Actor,
        attachments::{self, Attachment, uploads},
        mail::{
            outbox,
            recipients::{self, Addressed},
        },
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
    id::{AttachmentId, CommentId, UploadId},
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
    /// Until when it can be taken back; null for whoever does not work the ticket, and afterwards.
    pub held_until: Option<Instant>,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
    /// The address of a third party that wrote it.
    pub third_party: Option<String>,
    /// When its text was last put right.
    pub edited_at: Option<Instant>,
    /// When words of it were last made unreadable.
    pub redacted_at: Option<Instant>,
    /// It went to a third party.
    pub is_forward: bool,
    /// Whom its writer chose; empty: the requester, and whoever follows.
    pub to: Vec<String>,
    pub cc: Vec<String>,
    /// For those who work the ticket.
    pub bcc: Vec<String>,
    /// The mails that it went out by, for those who read notes.
    pub letters: Vec<LetterView>,
    /// Who wrote it besides whoever sent it, for those who read notes.
    pub drafted_by: Vec<NamedView>,
    /// Colleagues whom it names, for those who read notes.
    pub mentions: Vec<NamedView>,
}

/// A comment to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewCommentInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1048576, pattern = r"\S")]
    pub body: Option<String>,
    pub is_private: Option<bool>,
    /// Whom it goes to; absent: the requester. Whoever follows the ticket is told besides.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub to: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub cc: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub bcc: Option<Vec<String>>,
    /// Files of the ticket that go along.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Uuid>, required = false)]
    pub attachments: Option<Vec<Uuid>>,
    /// Files that one has sent before (`POST /v1/attachments`, or an upload) and that come with it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Uuid>, required = false, max_items = 20)]
    pub uploads: Option<Vec<Uuid>>,
}

/// A mail to a third party, such as a supplier. It stays on the ticket as a note that the requester does not see, and so do the answers.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForwardInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = true, min_items = 1)]
    pub to: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub cc: Option<Vec<String>>,
    /// The title of the ticket if absent.
    pub subject: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1048576, pattern = r"\S")]
    pub body: Option<String>,
    /// What stands below it: `none` (the default), `description`, or `thread`, which is all that is public.
    pub quote: Option<String>,
    /// Files of the ticket that go along.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Uuid>, required = false)]
    pub attachments: Option<Vec<Uuid>>,
}

/// Comments as they are shown to the actor.
pub fn views(tx: &Tx, actor: &Actor, ticket: &Ticket, comments: &[Comment]) -> Result<Vec<CommentView>> {
    let files = if ticket.has_attachments { attachments::of_ticket(tx, actor, ticket)? } else { Vec::new() };
    let mut cast = Cast::default();
    cast.meet(tx, comments.iter().filter_map(|it| it.author))?;
    cast.meet(tx, comments.iter().flat_map(|it| it.drafted_by.iter().chain(&it.mentions)).copied())?;
    let notes = access::reads_notes(actor, ticket);
    let letters = if notes { outbox::of_ticket(tx, ticket.id)? } else { Vec::new() };
    let now = tx.now();
    let shown = comments.iter().map(|it| {
        let mut shown = view(&cast, &files, it);
        shown.held_until = it.held_until.filter(|until| notes && *until > now && it.withdrawn_at.is_none());
        shown.letters = letters.iter().filter(|letter| letter.comment == Some(it.id)).map(LetterView::of).collect();
        if !notes {
            shown.bcc.clear();
            shown.drafted_by.clear();
            shown.mentions.clear();
        }
        shown
    });
    Ok(shown.collect())
}

fn view(cast: &Cast, files: &[Attachment], it: &Comment) -> CommentView {
    let addressed = it.addressed.clone().unwrap_or_default();
    let own: Vec<Attachment> = files.iter().filter(|file| file.comment == Some(it.id)).cloned().collect();
    CommentView {
        id: it.id.0,
        author: it.author.map(|id| NamedView::person(cast, id)),
        body: it.body.clone(),
        body_html: body_html(&it.body, it.format, it.html.as_deref(), files, Some(it.id)),
        is_private: it.is_private,
        via: it.via.name(),
        attachments: own.iter().map(AttachmentView::of).collect(),
        created_at: it.created_at,
        held_until: None,
        withdrawn_at: it.withdrawn_at,
        third_party: it.third_party.clone(),
        edited_at: it.edited_at,
        redacted_at: it.redacted_at,
        is_forward: addressed.forward,
        to: addressed.to,
        cc: addressed.cc,
        bcc: addressed.bcc,
        letters: Vec::new(),
        drafted_by: it.drafted_by.iter().map(|it| NamedView::person(cast, *it)).collect(),
        mentions: it.mentions.iter().map(|it| NamedView::person(cast, *it)).collect(),
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
    let files = input.attachments.unwrap_or_default().into_iter().map(AttachmentId).collect();
    let addressed = Addressed {
        to: input.to.unwrap_or_default(),
        cc: input.cc.unwrap_or_default(),
        bcc: input.bcc.unwrap_or_default(),
        files,
        ..Addressed::default()
    };
    let addressed = Some(addressed).filter(|it| !it.is_plain());
    let sent: Vec<UploadId> = input.uploads.unwrap_or_default().into_iter().map(UploadId).collect();
    let new = NewComment { addressed, ..NewComment::new(text, input.is_private.unwrap_or(false), Channel::Api) };
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let new = NewComment { files: uploads::claim(tx, &actor, &sent)?, ..new };
        let (ticket, comment) = tickets::add_comment(tx, &actor, ticket.id, new)?;
        let mut views = views(tx, &actor, &ticket, &[comment])?;
        Reply::json(StatusCode::CREATED, &views.pop())
    })
    .await
}

/// Takes an answer back whose mails are still held.
pub async fn withdraw(caller: Caller, Path((id, comment)): Path<(String, CommentId)>) -> Result<axum::Json<CommentView>, Problem> {
    known(&caller, &id)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let (ticket, comment) = tickets::withdraw_comment(tx, &actor, ticket.id, comment)?;
        views(tx, &actor, &ticket, &[comment])
    });
    let view = done.await?.pop().ok_or_else(|| Refusal::not_found("comment"))?;
    Ok(axum::Json(view))
}

/// Asks a third party.
pub async fn forward(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    access::need_comment(&caller.actor)?;
    let json = json.parse()?;
    let raw = json.raw;
    let input: ForwardInput = body::value(Value::Object(json.object))?;
    let text = required("body", input.body)?;
    let quote = input.quote.unwrap_or_else(|| "none".to_owned());
    let addressed = Addressed {
        to: required("to", input.to)?,
        cc: input.cc.unwrap_or_default(),
        forward: true,
        subject: input.subject,
        files: input.attachments.unwrap_or_default().into_iter().map(AttachmentId).collect(),
        ..Addressed::default()
    };
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let below = recipients::quoted(tx, &ticket, &quote)?;
        let new = NewComment { addressed: Some(addressed), ..NewComment::new(format!("{text}{below}"), true, Channel::Api) };
        let (ticket, comment) = tickets::add_comment(tx, &actor, ticket.id, new)?;
        let mut views = views(tx, &actor, &ticket, &[comment])?;
        Reply::json(StatusCode::CREATED, &views.pop())
    })
    .await
}
