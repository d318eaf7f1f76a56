//! Multipart forms (RFC 7578), part by part as they come in, for the API and the pages alike. A form of any size holds little of it
//! in memory, since large files go to the disk as they come; parts, the bytes of a part and the bytes of the whole are bounded. Nothing is read before somebody asks for the first
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

use super::{App, Caller, body::media_type};
use crate::{
    appliance::{Desk, files::Arriving},
    desk::attachments::{StoredFile, file_rules::FileRules},
    error::{Code, Error, Refusal, Result},
    language::say,
    limits,
    text::{amount::amount, filename},
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
    /// The form of a request. Its route must lift the usual limit of bodies: the form has its own, and its files may have `file` bytes at
    /// most (see [`file_bytes_max`]).
    pub async fn of(request: Request, app: &App, file: u64) -> Result<Form> {
        let whole = app.options.upload_request_bytes_max;
        let most = Most { text: app.options.json_body_bytes_max as u64, file, whole };
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

    /// Reads the file and stores it as it comes; none if it is the empty part that a browser sends for a chooser in which nothing was
    /// chosen.
    pub async fn store(mut self, desk: &Desk) -> Result<Option<StoredFile>> {
        let given = self.field.file_name().unwrap_or_default().to_owned();
        let filename = filename::safe(&given);
        let declared = self.field.content_type().map(str::to_owned);
        let what = format!("`{filename}`");
        let mut arriving = Arriving::default();
        while let Some(chunk) = self.field.chunk().await.map_err(|it| self.most.broken(&it))? {
            if arriving.size() + chunk.len() as u64 > self.most.file {
                return Err(self.most.too_large(&what, self.most.file));
            }
            arriving.add(desk, chunk).await?;
        }
        if given.is_empty() && arriving.size() == 0 {
            return Ok(None);
        }
        Ok(Some(arriving.stored(desk, filename, declared.as_deref()).await?))
    }
}

/// How large a file of a form may be, in bytes: what the desk lets this person send, what the operator lets anybody, and what a form is
/// for.
pub fn file_bytes_max(app: &App, caller: &Caller) -> Result<u64> {
    Ok(upload_bytes_max(app, caller)?.min(limits::FORM_FILE_BYTES_MAX))
}

/// The same for a file that comes in pieces.
pub fn upload_bytes_max(app: &App, caller: &Caller) -> Result<u64> {
    let theirs = caller.desk.read(FileRules::of)?.bytes_max(&caller.actor);
    Ok(theirs.min(app.options.upload_bytes_max))
}

impl Most {
    async fn all_of(self, mut field: Field<'_>, limit: u64, what: &str) -> Result<Bytes> {
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|it| self.broken(&it))? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(self.too_large(what, limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.into())
    }

    fn too_large(self, what: &str, limit: u64) -> Error {
        let detail = match limit {
            limits::FORM_FILE_BYTES_MAX => say!("refused-larger-than-form", what = what, amount = amount(limit)),
            _ => say!("refused-larger-than", what = what, amount = amount(limit)),
        };
        Refusal::new(Code::TooLarge, detail).into()
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
