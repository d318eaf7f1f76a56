//! Multipart forms (RFC 7578), part by part as they come in, for the API and the pages alike. A form of any size holds one part in
//! memory; parts, the bytes of a part and the bytes of the whole are bounded. Nothing is read before somebody asks for the first
//! part, and no file before somebody asks for it, so that permission and token can be checked first.

use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{HeaderMap, StatusCode},
};
use http_body_util::Limited;

use super::{App, body::media_type};
use crate::{
    appliance::Desk,
    desk::attachments::StoredFile,
    error::{Code, Error, Refusal, Result},
    language::say,
    limits,
    text::{filename, sniff},
};

/// Fields of one form besides files.
const FIELDS_MAX: usize = 300;

/// A form that is being read.
pub struct Form {
    multipart: Multipart,
    texts: usize,
    files: usize,
    most: Most,
}

/// What a form may have at most, in bytes.
#[derive(Debug, Clone, Copy)]
struct Most {
    text: u64,
    file: u64,
    whole: usize,
}

/// One part of a form.
pub enum Part<'a> {
    Text { name: String, text: String },
    File(File<'a>),
}

/// A file whose bytes are still to come.
pub struct File<'a> {
    field: Box<Field<'a>>,
    most: Most,
}

/// Whether a request with these headers brings a multipart form.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    media_type(headers).as_deref() == Some("multipart/form-data")
}

impl Form {
    /// The form of a request. Its route must lift the usual limit of bodies: the form has its own.
    pub async fn of(request: Request, app: &App) -> Result<Form> {
        let most = Most {
            text: app.options.json_body_bytes_max as u64,
            file: app.options.upload_bytes_max,
            whole: app.options.upload_request_bytes_max,
        };
        let request = request.map(|it| Body::new(Limited::new(it, most.whole)));
        let multipart = Multipart::from_request(request, app).await.map_err(|it| unreadable(&it.body_text()))?;
        Ok(Form { multipart, texts: 0, files: 0, most })
    }

    /// The next part; none at the end.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>> {
        let most = self.most;
        let Some(field) = self.multipart.next_field().await.map_err(|it| most.broken(&it))? else { return Ok(None) };
        if field.file_name().is_some() {
            self.files += 1;
            if self.files > limits::UPLOAD_FILES_MAX {
                return Err(Refusal::new(
                    Code::TooLarge,
                    say!("refused-most-files-taken-once", upload_files_max = limits::UPLOAD_FILES_MAX),
                )
                .into());
            }
            return Ok(Some(Part::File(File { field: Box::new(field), most })));
        }
        self.texts += 1;
        if self.texts > FIELDS_MAX {
            return Err(Refusal::new(Code::TooLarge, say!("refused-form-fields-most", FIELDS_MAX = FIELDS_MAX)).into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = most.all_of(field, most.text, "A field").await?;
        Ok(Some(Part::Text { name, text: String::from_utf8_lossy(&bytes).into_owned() }))
    }
}

impl File<'_> {
    /// Reads the file, which is stored nowhere, and gives so many bytes of it at most; none if nothing was chosen.
    pub async fn beginning(mut self, most: usize) -> Result<Option<Bytes>> {
        let is_named = !self.field.file_name().unwrap_or_default().is_empty();
        let mut bytes = Vec::new();
        while let Some(chunk) = self.field.chunk().await.map_err(|it| self.most.broken(&it))? {
            let room = most.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..room.min(chunk.len())]);
        }
        Ok((is_named || !bytes.is_empty()).then(|| bytes.into()))
    }

    /// Reads the file and stores it; none if it is the empty part that a browser sends for a chooser in which nothing was chosen.
    pub async fn store(self, desk: &Desk) -> Result<Option<StoredFile>> {
        let given = self.field.file_name().unwrap_or_default().to_owned();
        let filename = filename::safe(&given);
        let declared = self.field.content_type().map(str::to_owned);
        let bytes = self.most.all_of(*self.field, self.most.file, &format!("`{filename}`")).await?;
        if given.is_empty() && bytes.is_empty() {
            return Ok(None);
        }
        let content_type = sniff::content_type(&bytes, declared.as_deref());
        let stored = desk.blobs.put(bytes).await?;
        let (hash, size, sha256) = (stored.hash, stored.size, stored.sha256);
        Ok(Some(StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None }))
    }
}

impl Most {
    async fn all_of(self, mut field: Field<'_>, limit: u64, what: &str) -> Result<Bytes> {
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|it| self.broken(&it))? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(Refusal::new(Code::TooLarge, say!("refused-larger-than", what = what, amount = amount(limit))).into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    }

    fn broken(self, it: &MultipartError) -> Error {
        if it.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Refusal::new(Code::TooLarge, say!("refused-all-files-together-may", amount = amount(self.whole as u64))).into();
        }
        unreadable(&it.body_text())
    }
}

fn unreadable(why: &str) -> Error {
    Refusal::new(Code::Malformed, say!("refused-form-cannot-read", why = why)).into()
}

/// Bytes as people say them: limits are whole kilobytes.
fn amount(bytes: u64) -> String {
    const MB: u64 = 1024 * 1024;
    if bytes.is_multiple_of(MB) { format!("{} MB", bytes / MB) } else { format!("{} KB", bytes.div_ceil(1024)) }
}
