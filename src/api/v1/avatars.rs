//! People's own pictures (IAM-13): under an address that changes with them, so that whoever has one keeps it for ever.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::one;
use crate::{
    desk::identity::{self, Person},
    error::{Code, Refusal},
    http::{
        App, Caller, Problem, avatar,
        etag::{self, ETag},
        multipart,
        path::Path,
    },
    id::PersonId,
    limits,
};

/// It never changes: another picture has another address.
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// Where the picture of a person is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AvatarView {
    /// Another picture has another address.
    pub avatar_url: Option<String>,
}

impl AvatarView {
    fn of(it: &Person) -> AvatarView {
        AvatarView { avatar_url: avatar::address(it) }
    }
}

/// A picture as a form.
#[derive(ToSchema)]
pub struct AvatarInput {
    /// PNG, JPEG, WebP or GIF.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    pub file: Vec<u8>,
}

fn person(id: &str) -> Result<PersonId, Refusal> {
    id.parse().map_err(|_| Refusal::not_found("person"))
}

pub async fn show(caller: Caller, Path((id, digest)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Problem> {
    let id = person(&id)?;
    let it = caller.desk.read(|tx| identity::avatar(tx, &caller.actor, id, &digest))?;
    let tag = ETag(format!("\"{digest}\""));
    if etag::is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.0.as_str()), (header::CACHE_CONTROL, FOR_EVER)]).into_response());
    }
    let content_type = HeaderValue::from_str(&it.content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = it.bytes.to_vec().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag.0).unwrap_or(HeaderValue::from_static("")));
    Ok(response)
}

pub async fn replace(State(app): State<App>, caller: Caller, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    let id = person(&id)?;
    // Before the body, which may be long.
    identity::need_change_avatar(&caller.actor, id)?;
    if !multipart::is_multipart(request.headers()) {
        return Err(Refusal::new(Code::UnsupportedMedia, "Send the picture as the file of a form (`multipart/form-data`).").into());
    }
    let headers = request.headers().clone();
    let mut form = multipart::Form::of(request, &app, limits::AVATAR_BYTES_MAX as u64).await?;
    let mut bytes = None;
    while let Some(part) = form.next().await? {
        if let multipart::Part::File(file) = part {
            // One byte more than may be is enough to see that it is too large.
            bytes = file.beginning(limits::AVATAR_BYTES_MAX + 1).await?;
        }
    }
    let bytes = bytes.ok_or_else(|| Refusal::field("file", "required", "The form holds no file."))?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
        let after = identity::change_avatar(tx, actor, id, Some(bytes.to_vec()))?;
        Ok((AvatarView::of(&before), AvatarView::of(&after)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let id = person(&id)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = tx.get::<Person>(&id)?.ok_or_else(|| Refusal::not_found("person"))?;
        identity::change_avatar(tx, actor, id, None)?;
        Ok(AvatarView::of(&before))
    })
    .await
}
