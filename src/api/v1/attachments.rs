//! Files on tickets: taken in as multipart, handed out in a way that no browser runs them.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{one, uploads};
use crate::{
    desk::{
        attachments::{self, Attachment, Scan, Shown, StoredFile, link, preview::Picture, uploads as kept},
        tickets::access,
    },
    error::{Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem,
        body::{self, RawJson},
        bytes::{self, Bytes, value},
        etag::{self, ETag},
        idempotency::{self, Key, Reply},
        multipart, origin,
        own_address::own_address,
        path::Path,
    },
    id::AttachmentId,
    time::Instant,
};

/// A file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttachmentView {
    pub id: Uuid,
    pub filename: String,
    /// In bytes.
    #[schema(minimum = 0)]
    pub size: u64,
    pub content_type: String,
    /// Shown inside the text.
    pub inline: bool,
    /// What a virus scanner said: `clean`, `infected`, `unscannable`, `pending`, or `unscanned` where there is none.
    pub scan: String,
    /// A small picture of it, if there is one.
    pub thumbnail_url: Option<String>,
    /// A larger one: of a document, its first page.
    pub preview_url: Option<String>,
}

/// What an upload added: the first file, and all of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UploadView {
    pub id: Uuid,
    pub filename: String,
    #[schema(minimum = 0)]
    pub size: u64,
    pub content_type: String,
    pub inline: bool,
    pub scan: String,
    pub items: Vec<AttachmentView>,
}

/// A file that has come and belongs to nothing yet: name its id in the `uploads` of a ticket or comment.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeptFileView {
    pub id: Uuid,
    pub filename: String,
    /// In bytes.
    #[schema(minimum = 0)]
    pub size: u64,
    pub content_type: String,
    /// When it is gone if nothing is made of it.
    pub expires_at: Instant,
}

/// An address that gives a file without a sign-in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileLinkView {
    pub url: String,
    pub expires_at: Instant,
}

/// How long an address for a file is to last.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct FileLinkInput {
    /// 15 if absent; a week at most.
    #[schema(minimum = 1, maximum = 10080)]
    pub minutes: Option<u32>,
}

/// Files as a form.
#[derive(ToSchema)]
pub struct UploadInput {
    /// The file; may be repeated.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

/// What a browser keeps of a picture of a file: it never changes.
const KEPT_A_DAY: &str = "private, max-age=86400";

impl AttachmentView {
    pub fn of(it: &Attachment) -> AttachmentView {
        AttachmentView {
            id: it.id.0,
            filename: it.filename.clone(),
            size: it.size,
            content_type: it.content_type.clone(),
            inline: it.inline,
            scan: it.scan.as_ref().map_or("unscanned", Scan::name).to_owned(),
            thumbnail_url: it.shown.thumbnail.map(|_| format!("/v1/attachments/{}/thumbnail", it.id)),
            preview_url: it.shown.thumbnail.map(|_| format!("/v1/attachments/{}/preview", it.id)),
        }
    }
}

/// The files of a form, stored.
pub async fn files(app: &App, caller: &Caller, request: Request) -> Result<Vec<StoredFile>, Problem> {
    let mut form = multipart::Form::of(request, app, multipart::file_bytes_max(app, caller)?).await?;
    let mut files = Vec::new();
    while let Some(part) = form.next().await? {
        if let multipart::Part::File(file) = part {
            files.extend(file.store(&caller.desk).await?);
        }
    }
    if files.is_empty() { Err(no_file().into()) } else { Ok(files) }
}

fn no_file() -> Refusal {
    Refusal::field("file", "required", "The form holds no file.")
}

/// What makes two sendings the same.
pub fn digest(files: &[StoredFile]) -> Vec<u8> {
    files.iter().flat_map(|it| it.hash.0.into_iter().chain(it.filename.bytes())).collect()
}

/// Files for a ticket: as a form, or as JSON that asks for an address to which a file can be sent in pieces.
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    key: Key,
    request: Request,
) -> Result<Response, Problem> {
    // Before the body, which may be long.
    let ticket = caller.desk.read(|tx| access::named(tx, &caller.actor, &id))?;
    attachments::need_add(&caller.actor)?;
    if !multipart::is_multipart(request.headers()) {
        return uploads::begin(&app, &caller, Some(ticket.id), key, request).await;
    }
    let files = files(&app, &caller, request).await?;
    let (actor, raw) = (caller.actor.clone(), digest(&files));
    idempotency::once(&caller, key, &raw, move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let added = attachments::add(tx, &actor, ticket.id, files)?;
        let items: Vec<AttachmentView> = added.iter().map(AttachmentView::of).collect();
        let AttachmentView { id, filename, size, content_type, inline, scan, .. } = items.first().cloned().ok_or_else(no_file)?;
        Reply::json(StatusCode::CREATED, &UploadView { id, filename, size, content_type, inline, scan, items })
    })
    .await
}

/// A file that something is to be made of later: as a form, or as JSON that asks for an address.
pub async fn keep(State(app): State<App>, caller: Caller, key: Key, request: Request) -> Result<Response, Problem> {
    attachments::need_add(&caller.actor)?;
    if !multipart::is_multipart(request.headers()) {
        return uploads::begin(&app, &caller, None, key, request).await;
    }
    let mut files = files(&app, &caller, request).await?;
    if files.len() > 1 {
        return Err(Refusal::field("file", "too_many", "Send one file at a time here.").into());
    }
    let (actor, raw) = (caller.actor.clone(), digest(&files));
    let file = files.pop().ok_or_else(no_file)?;
    idempotency::once(&caller, key, &raw, move |tx| {
        let content_type = file.content_type.clone();
        let it = kept::keep(tx, &actor, file)?;
        let expires_at = it.ends_at();
        Reply::json(StatusCode::CREATED, &KeptFileView { id: it.id.0, filename: it.filename, size: it.size, content_type, expires_at })
    })
    .await
}

pub async fn remove(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let id = attachment(&id)?;
    one::delete(&caller, &headers, move |tx, actor| Ok(AttachmentView::of(&attachments::remove(tx, actor, id)?))).await
}

/// Makes an address that gives the file without a sign-in, for a while.
pub async fn link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    parts: Parts,
    json: RawJson,
) -> Result<Response, Problem> {
    let id = attachment(&id)?;
    caller.desk.read(|tx| attachments::openable(tx, &caller.actor, id).map(drop))?;
    let input: FileLinkInput = body::value(Value::Object(json.parse()?.object))?;
    let (token, expires_at) = caller.desk.read(|tx| link::make(tx, &caller.actor, id, input.minutes))?;
    let url = format!("{}/v1/files/{token}", own_address(&app, &parts));
    Ok((StatusCode::CREATED, axum::Json(FileLinkView { url, expires_at })).into_response())
}

fn attachment(id: &str) -> Result<AttachmentId> {
    id.parse().map_err(|_| Refusal::not_found("attachment").into())
}

pub async fn download(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let id = attachment(&id)?;
    let file = caller.desk.read(|tx| attachments::openable(tx, &caller.actor, id))?;
    bytes::hand_out(&caller.desk, bytes_of(&file), &headers).await
}

/// The same by an address that carries its own proof.
pub async fn download_linked(
    State(app): State<App>,
    OnDesk(desk): OnDesk,
    Path(token): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let origin = origin::of(&app, &parts);
    let file = desk.read(|tx| link::read(tx, &token, origin))?;
    let mut response = bytes::hand_out(&desk, bytes_of(&file), &parts.headers).await?;
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// A small picture of a file.
pub async fn thumbnail(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    pictured(&caller, &id, &headers, |it| it.thumbnail).await
}

/// A larger picture of a file.
pub async fn preview(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    pictured(&caller, &id, &headers, Shown::largest).await
}

/// A picture that was made of a file, for whoever may have the file itself.
async fn pictured(caller: &Caller, id: &str, headers: &HeaderMap, which: fn(&Shown) -> Option<Picture>) -> Result<Response, Problem> {
    let id = attachment(id)?;
    let file = caller.desk.read(|tx| attachments::openable(tx, &caller.actor, id))?;
    let picture = which(&file.shown).ok_or_else(|| Refusal::not_found("preview"))?;
    let tag = ETag(format!("\"{}\"", picture.blob));
    let mut response = if etag::is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let pieces = caller.desk.blobs.stream(picture.blob, (0, picture.size), picture.size).await?;
        Body::from_stream(pieces).into_response()
    };
    let is_whole = response.status() == StatusCode::OK;
    let headers = response.headers_mut();
    if is_whole {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.format.content_type()));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(picture.size));
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT_A_DAY));
    // Whoever signs in next in the same browser asks anew.
    headers.insert(header::VARY, HeaderValue::from_static("cookie, authorization"));
    headers.insert(header::ETAG, value(&tag.0));
    Ok(response)
}

/// What is handed out of a file.
fn bytes_of(file: &Attachment) -> Bytes<'_> {
    Bytes { hash: file.blob, size: file.size, filename: &file.filename, content_type: &file.content_type }
}
