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
    appliance::Desk,
    desk::{
        attachments::{self, Attachment, Scan, Shown, StoredFile, link, preview::Picture, uploads as kept},
        tickets::access,
    },
    error::{Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem,
        body::{self, RawJson},
        etag::{self, ETag},
        idempotency::{self, Key, Reply},
        multipart, origin,
        own_address::own_address,
        path::Path,
        problem,
    },
    id::AttachmentId,
    text::{
        filename::{self, Disposition},
        sniff,
    },
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// A larger one: of a document, its first page.
    #[serde(skip_serializing_if = "Option::is_none")]
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
async fn files(app: &App, caller: &Caller, request: Request) -> Result<Vec<StoredFile>, Problem> {
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
fn digest(files: &[StoredFile]) -> Vec<u8> {
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

/// The bytes that a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// From the first up to, and without, the second.
    Some(u64, u64),
    /// Nothing of it lies in the file.
    Beyond,
}

/// Reads a single range (RFC 9110 14.1.2). Several, or what cannot be read, mean the whole.
fn part(header: Option<&str>, size: u64) -> Part {
    let Some((from, to)) = header.and_then(|it| it.trim().strip_prefix("bytes=")).and_then(|it| it.split_once('-')) else {
        return Part::Whole;
    };
    match (from.trim().parse::<u64>(), to.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) if from > to => Part::Whole,
        (Ok(from), _) if from >= size && (to.trim().is_empty() || to.trim().parse::<u64>().is_ok()) => Part::Beyond,
        (Ok(from), Ok(to)) => Part::Some(from, size.min(to.saturating_add(1))),
        (Ok(from), Err(_)) if to.trim().is_empty() => Part::Some(from, size),
        (Err(_), Ok(0)) if from.trim().is_empty() => Part::Beyond,
        (Err(_), Ok(last)) if from.trim().is_empty() && size > 0 => Part::Some(size.saturating_sub(last), size),
        _ => Part::Whole,
    }
}

pub async fn download(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let id = attachment(&id)?;
    let file = caller.desk.read(|tx| attachments::openable(tx, &caller.actor, id))?;
    handed_out(&caller.desk, &file, &headers).await
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
    let mut response = handed_out(&desk, &file, &parts.headers).await?;
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

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// The bytes of a file, piece by piece, in a way that no browser runs them.
async fn handed_out(desk: &Desk, file: &Attachment, headers: &HeaderMap) -> Result<Response, Problem> {
    let tag = ETag(format!("\"{}\"", file.blob));
    if etag::is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.0)]).into_response());
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|it| it == tag.0);
    let (status, from, to) = match part(text(header::RANGE).filter(|_| same), file.size) {
        Part::Whole => (StatusCode::OK, 0, file.size),
        Part::Some(from, to) => (StatusCode::PARTIAL_CONTENT, from, to),
        Part::Beyond => {
            let mut response = problem::range_beyond(file.size);
            response.headers_mut().insert(header::ETAG, value(&tag.0));
            return Ok(response);
        }
    };
    let pieces = desk.blobs.stream(file.blob, (from, to), file.size).await?;
    let mut response = (status, Body::from_stream(pieces)).into_response();
    let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&file.content_type.as_str());
    let content_type = if sniff::is_active(&file.content_type) { "application/octet-stream" } else { &file.content_type };
    let disposition = if is_picture { Disposition::Inline } else { Disposition::Attachment };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    headers.insert(header::CONTENT_DISPOSITION, value(&filename::content_disposition(disposition, &file.filename)));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(&tag.0));
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(header::CONTENT_RANGE, value(&format!("bytes {from}-{}/{}", to - 1, file.size)));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("bytes=0-3", Part::Some(0, 4)),
            ("bytes=2-", Part::Some(2, 10)),
            ("bytes=-3", Part::Some(7, 10)),
            ("bytes=-30", Part::Some(0, 10)),
            ("bytes=8-99", Part::Some(8, 10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=x-y", Part::Whole),
        ] {
            assert_eq!(part(Some(text), 10), expected, "{text}");
        }
        assert_eq!(part(Some("bytes=-5"), 0), Part::Whole);
    }
}
