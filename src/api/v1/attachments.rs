//! Files on tickets: taken in as multipart, handed out in a way that no browser runs them.

use axum::{
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    desk::{
        attachments::{self, Attachment},
        tickets::access,
    },
    error::{Code, Refusal, Result},
    http::{
        App, Caller, Problem,
        etag::{self, ETag},
        idempotency::{self, Key, Reply},
        multipart,
        path::Path,
        problem,
    },
    id::AttachmentId,
    text::{
        filename::{self, Disposition},
        sniff,
    },
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
    pub items: Vec<AttachmentView>,
}

/// Files as a form.
#[derive(ToSchema)]
pub struct UploadInput {
    /// The file; may be repeated.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

impl AttachmentView {
    pub fn of(it: &Attachment) -> AttachmentView {
        AttachmentView {
            id: it.id.0,
            filename: it.filename.clone(),
            size: it.size,
            content_type: it.content_type.clone(),
            inline: it.inline,
        }
    }
}

pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    key: Key,
    request: Request,
) -> Result<Response, Problem> {
    // Before the body, which may be long.
    caller.desk.read(|tx| access::named(tx, &caller.actor, &id))?;
    attachments::need_add(&caller.actor)?;
    if !multipart::is_multipart(request.headers()) {
        let detail = "Send files as `multipart/form-data`; uploads that can be resumed are not taken yet.";
        return Err(Refusal::new(Code::UnsupportedMedia, detail).into());
    }
    let mut form = multipart::Form::of(request, &app).await?;
    let mut files = Vec::new();
    while let Some(part) = form.next().await? {
        if let multipart::Part::File(file) = part {
            files.extend(file.store(&caller.desk).await?);
        }
    }
    if files.is_empty() {
        return Err(Refusal::field("file", "required", "The form holds no file.").into());
    }
    let raw: Vec<u8> = files.iter().flat_map(|it| it.hash.0.into_iter().chain(it.filename.bytes())).collect();
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let added = attachments::add(tx, &actor, ticket.id, files)?;
        let items: Vec<AttachmentView> = added.iter().map(AttachmentView::of).collect();
        let first = items.first().cloned().ok_or_else(|| Refusal::field("file", "required", "The form holds no file."))?;
        let AttachmentView { id, filename, size, content_type, inline } = first;
        Reply::json(StatusCode::CREATED, &UploadView { id, filename, size, content_type, inline, items })
    })
    .await
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
    let id: AttachmentId = id.parse().map_err(|_| Refusal::not_found("attachment"))?;
    let file = caller.desk.read(|tx| attachments::attachment(tx, &caller.actor, id))?;
    let tag = ETag(format!("\"{}\"", file.blob));
    if etag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.0)]).into_response());
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|it| it == tag.0);
    let (status, bytes, range) = match part(text(header::RANGE).filter(|_| same), file.size) {
        Part::Whole => (StatusCode::OK, caller.desk.blobs.get(file.blob).await?, None),
        Part::Some(from, to) => {
            let range = format!("bytes {from}-{}/{}", to - 1, file.size);
            (StatusCode::PARTIAL_CONTENT, caller.desk.blobs.range(file.blob, from, to).await?, Some(range))
        }
        Part::Beyond => {
            let mut response = problem::range_beyond(file.size);
            response.headers_mut().insert(header::ETAG, value(&tag.0));
            return Ok(response);
        }
    };
    Ok(handed_out(&file, status, bytes, range, &tag))
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

fn handed_out(file: &Attachment, status: StatusCode, bytes: Bytes, range: Option<String>, tag: &ETag) -> Response {
    let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&file.content_type.as_str());
    let content_type = if sniff::is_active(&file.content_type) { "application/octet-stream" } else { &file.content_type };
    let disposition = if is_picture { Disposition::Inline } else { Disposition::Attachment };
    let mut response = (status, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(content_type));
    headers.insert(header::CONTENT_DISPOSITION, value(&filename::content_disposition(disposition, &file.filename)));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, value(&tag.0));
    if let Some(range) = range {
        headers.insert(header::CONTENT_RANGE, value(&range));
    }
    response
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
