//! Uploads that go on where they broke off, as tus 1.0 has them (<https://tus.io/protocols/resumable-upload>), with its extensions creation,
//! creation-with-upload, termination, expiration and checksum. An upload's address carries a secret, so that what sends it need not be
//! signed in; its sender, as they may act now, is who acts.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use data_encoding::BASE64;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::{given, required};
use crate::{
    appliance::{
        Desk,
        files::{self, Checksum, Received},
    },
    desk::{
        actor::{Actor, Origin},
        attachments::uploads::{self, NewUpload, Upload},
        tickets::access,
    },
    error::{Code, Error, Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem, body,
        idempotency::{self, Key, Reply},
        origin,
        path::Path,
        query::Query,
    },
    id::{TicketId, UploadId},
    language::say,
    time::Instant,
};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,termination,expiration,checksum";
const ALGORITHMS: &str = "sha1,sha256";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// What was made of a finished upload; a header of our own.
const ATTACHMENT: HeaderName = HeaderName::from_static("lodge-attachment");
const PIECE: &str = "application/offset+octet-stream";

/// A file that is to come.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewUploadInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1)]
    pub filename: Option<String>,
    /// In bytes.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u64, required = true, minimum = 0)]
    pub size: Option<u64>,
    pub content_type: Option<String>,
}

/// An upload that has begun.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UploadAddressView {
    pub id: Uuid,
    /// Where its bytes go, by tus 1.0. Whoever has the address may send them.
    pub upload_url: String,
    /// When it ends if nothing more comes.
    pub expires_at: Instant,
}

fn address(upload: &Upload, secret: &str) -> String {
    format!("/v1/uploads/{}?key={secret}", upload.id)
}

/// Begins an upload as JSON asks for it, on a ticket or for later use.
pub async fn begin(app: &App, caller: &Caller, ticket: Option<TicketId>, key: Key, request: Request) -> Result<Response, Problem> {
    let json = body::RawJson::of(request, app).await.parse()?;
    let (input, raw): (NewUploadInput, _) = json.into_value_and_raw()?;
    let new = NewUpload {
        ticket,
        filename: required("filename", input.filename)?,
        content_type: input.content_type,
        size: required("size", input.size)?,
    };
    let (actor, most) = (caller.actor.clone(), app.options.upload_bytes_max);
    idempotency::once(caller, key, &raw, move |tx| {
        let (upload, secret) = uploads::begin(tx, &actor, new, most)?;
        let view = UploadAddressView { id: upload.id.0, upload_url: address(&upload, &secret), expires_at: upload.ends_at() };
        Ok(Reply::json(StatusCode::CREATED, &view)?.with(header::LOCATION, view.upload_url.clone()))
    })
    .await
}

/// Says what is spoken here.
pub async fn options(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static(ALGORITHMS));
    headers.insert("tus-max-size", HeaderValue::from(app.options.upload_bytes_max));
    spoken(response)
}

fn spoken(mut response: Response) -> Response {
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Refuses another version of the protocol (412, which names ours).
fn need_version(headers: &HeaderMap) -> Result<(), Box<Response>> {
    if headers.get(RESUMABLE).is_some_and(|it| it == VERSION) {
        return Ok(());
    }
    let mut response = Problem::from(Refusal::new(Code::Stale, say!("refused-tus-version", version = VERSION))).into_response();
    response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    Err(Box::new(spoken(response)))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64> {
    let text = headers.get(name).and_then(|it| it.to_str().ok());
    text.and_then(|it| it.trim().parse().ok())
        .ok_or_else(|| Refusal::new(Code::Malformed, say!("refused-tus-header", name = name.as_str())).into())
}

/// The pairs of `Upload-Metadata`.
fn metadata(headers: &HeaderMap) -> Result<Vec<(String, String)>> {
    let Some(text) = headers.get(METADATA) else { return Ok(Vec::new()) };
    let wrong = || Error::from(Refusal::new(Code::Malformed, say!("refused-tus-header", name = METADATA.as_str())));
    let pairs = text.to_str().map_err(|_| wrong())?.split(',').map(str::trim).filter(|it| !it.is_empty());
    pairs
        .map(|it| {
            let (name, value) = it.split_once(' ').unwrap_or((it, ""));
            let value = BASE64.decode(value.trim().as_bytes()).map_err(|_| wrong())?;
            Ok((name.to_owned(), String::from_utf8_lossy(&value).into_owned()))
        })
        .collect()
}

/// Begins an upload as tus asks for it; the metadata names `filename`, `filetype`, and `ticket` where it is to hang on one.
pub async fn create(State(app): State<App>, caller: Caller, request: Request) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    if let Err(response) = need_version(&headers) {
        return Ok(*response);
    }
    let size = number(&headers, &LENGTH)?;
    let pairs = metadata(&headers)?;
    let named = |names: &[&str]| pairs.iter().find(|it| names.contains(&it.0.as_str())).map(|it| it.1.clone()).filter(|it| !it.is_empty());
    let new = NewUpload {
        ticket: match named(&["ticket"]) {
            Some(it) => Some(caller.desk.read(|tx| access::named(tx, &caller.actor, &it))?.id),
            None => None,
        },
        filename: named(&["filename", "name"]).unwrap_or_default(),
        content_type: named(&["filetype", "type"]),
        size,
    };
    let (actor, most) = (caller.actor.clone(), app.options.upload_bytes_max);
    let (upload, secret) = caller.desk.write(caller.actor.person(), move |tx| uploads::begin(tx, &actor, new, most)).await?;
    let location = address(&upload, &secret);
    let mut response = StatusCode::CREATED.into_response();
    let is_piece = body::media_type(&headers).as_deref() == Some(PIECE);
    // An empty file is complete as it begins.
    if is_piece || size == 0 {
        let sent = if is_piece { request.into_body() } else { Body::empty() };
        response = take(&caller.desk, caller.actor.clone(), upload, &headers, sent).await?;
        if response.status() == StatusCode::NO_CONTENT {
            *response.status_mut() = StatusCode::CREATED;
        }
    } else {
        expires(&mut response, &upload);
    }
    if let Ok(it) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, it);
    }
    Ok(spoken(response))
}

fn expires(response: &mut Response, upload: &Upload) {
    let text = upload.ends_at().timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(it) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(EXPIRES, it);
    }
}

/// Who asks for an upload, and by what right.
pub struct Asked {
    desk: Arc<Desk>,
    caller: Option<Caller>,
    id: String,
    /// The secret of the address.
    key: Option<String>,
    headers: HeaderMap,
    origin: Origin,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let OnDesk(desk) = OnDesk::from_request_parts(parts, app).await?;
        let caller = <Caller as OptionalFromRequestParts<App>>::from_request_parts(parts, app).await?;
        let Path(id) = Path::<String>::from_request_parts(parts, app).await?;
        let key = Query::from_request_parts(parts, app).await?.get("key").map(str::to_owned);
        Ok(Asked { desk, caller, id, key, headers: parts.headers.clone(), origin: origin::of(app, parts) })
    }
}

impl Asked {
    fn open(&self) -> Result<(Upload, Actor)> {
        let id: UploadId = self.id.parse().map_err(|_| Refusal::not_found("upload"))?;
        let actor = self.caller.as_ref().map(|it| &it.actor);
        self.desk.read(|tx| uploads::open(tx, actor, id, self.key.as_deref(), self.origin.clone()))
    }
}

/// How much of an upload is there.
pub async fn head(asked: Asked) -> Result<Response, Problem> {
    if let Err(response) = need_version(&asked.headers) {
        return Ok(*response);
    }
    let (upload, _) = asked.open()?;
    if upload.came.is_none() && !asked.desk.blobs.can_resume(&upload.file(), upload.received)? {
        return Err(Refusal::not_found("upload").into());
    }
    let mut response = StatusCode::OK.into_response();
    said(&mut response, &upload);
    response.headers_mut().insert(LENGTH, HeaderValue::from(upload.size));
    Ok(spoken(response))
}

fn said(response: &mut Response, upload: &Upload) {
    response.headers_mut().insert(OFFSET, HeaderValue::from(upload.received));
    if let Some(it) = upload.attachment.and_then(|it| HeaderValue::from_str(&it.to_string()).ok()) {
        response.headers_mut().insert(ATTACHMENT, it);
    }
    expires(response, upload);
}

/// Takes the next piece.
pub async fn patch(asked: Asked, body: Body) -> Result<Response, Problem> {
    if let Err(response) = need_version(&asked.headers) {
        return Ok(*response);
    }
    let (upload, actor) = asked.open()?;
    if body::media_type(&asked.headers).as_deref() != Some(PIECE) {
        return Err(Refusal::new(Code::UnsupportedMedia, say!("refused-tus-piece", kind = PIECE)).into());
    }
    if number(&asked.headers, &OFFSET)? != upload.received {
        return Err(Refusal::new(Code::Conflict, say!("refused-tus-offset", received = upload.received)).into());
    }
    if upload.came.is_some() {
        let mut response = StatusCode::NO_CONTENT.into_response();
        said(&mut response, &upload);
        return Ok(spoken(response));
    }
    Ok(spoken(take(&asked.desk, actor, upload, &asked.headers, body).await?))
}

/// Gives an upload up.
pub async fn delete(asked: Asked) -> Result<Response, Problem> {
    if let Err(response) = need_version(&asked.headers) {
        return Ok(*response);
    }
    let (upload, actor) = asked.open()?;
    let (desk, id, file) = (&asked.desk, upload.id, upload.file());
    desk.write(actor.person(), move |tx| uploads::give_up(tx, id)).await?;
    desk.blobs.abandon(&file)?;
    Ok(spoken(StatusCode::NO_CONTENT.into_response()))
}

async fn take(desk: &Arc<Desk>, actor: Actor, mut upload: Upload, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let checksum = wanted(headers)?;
    let broke = |_| Error::from(Refusal::new(Code::Malformed, say!("refused-body-ended-before-complete")));
    let pieces = body.into_data_stream().map(move |it| it.map_err(broke));
    let mut response = StatusCode::NO_CONTENT.into_response();
    match files::receive(desk, actor, upload.clone(), pieces, checksum).await? {
        Received::Upto(received) => {
            upload.received = received;
            said(&mut response, &upload);
        }
        Received::All(upload) => said(&mut response, &upload),
        Received::Damaged => {
            let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok((status, [(header::CONTENT_TYPE, "text/plain")], "Checksum mismatch").into_response());
        }
    }
    Ok(response)
}

/// The hash of a piece, and what it should be.
struct Hashing<D: Digest> {
    hasher: D,
    wanted: Vec<u8>,
}

impl<D: Digest + Send + 'static> Checksum for Hashing<D> {
    fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    fn is_right(self: Box<Self>) -> bool {
        self.hasher.finalize().as_slice() == self.wanted
    }
}

fn wanted(headers: &HeaderMap) -> Result<Option<Box<dyn Checksum>>> {
    let Some(text) = headers.get(CHECKSUM) else { return Ok(None) };
    let wrong = || Error::from(Refusal::new(Code::Malformed, say!("refused-tus-header", name = CHECKSUM.as_str())));
    let (algorithm, value) = text.to_str().ok().and_then(|it| it.trim().split_once(' ')).ok_or_else(wrong)?;
    let wanted = BASE64.decode(value.trim().as_bytes()).map_err(|_| wrong())?;
    Ok(Some(match algorithm {
        "sha1" => Box::new(Hashing { hasher: sha1::Sha1::new(), wanted }),
        "sha256" => Box::new(Hashing { hasher: sha2::Sha256::new(), wanted }),
        _ => return Err(wrong()),
    }))
}
