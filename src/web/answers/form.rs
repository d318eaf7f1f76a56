//! Forms as the pages send them, with or without files. The token is checked before the first file is stored, and files are stored
//! one after the other, so that a form of any size holds one file in memory at most.

use axum::{
    body::Bytes,
    extract::{
        FromRequest, FromRequestParts, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};

use crate::{
    desk::attachments::StoredFile,
    error::{Code, Refusal, Result},
    http::{App, Caller, Problem, body, csrf},
    limits,
    text::{filename, sniff},
};

/// Fields of one form besides files.
const FIELDS_MAX: usize = 300;

/// A form of somebody who is signed in, its token checked, its files stored.
#[derive(Debug, Default)]
pub struct Sent {
    fields: Vec<(String, String)>,
    pub files: Vec<StoredFile>,
}

impl Sent {
    /// The first value of this name, as it was typed; empty if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }

    /// The first value of this name without space around it, if anything is left.
    pub fn get(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|it| !it.is_empty())
    }

    /// Whether the form has the field at all: an empty value may be a choice.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|it| it.0 == name)
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |it| it.0 == name).map(|it| it.1.as_str())
    }

    /// What makes two sendings the same: every field and file.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (name, value) in &self.fields {
            hasher.update(&(name.len() as u64).to_be_bytes()).update(name.as_bytes());
            hasher.update(&(value.len() as u64).to_be_bytes()).update(value.as_bytes());
        }
        for file in &self.files {
            hasher.update(&file.hash.0).update(file.filename.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, content) = request.into_parts();
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let has_files = body::media_type(&parts.headers).as_deref() == Some("multipart/form-data");
        let headers = parts.headers.clone();
        let request = Request::from_parts(parts, content);
        if !has_files {
            let fields = body::form_fields(request).await?;
            let token = fields.iter().find(|it| it.0 == csrf::FIELD).map(|it| it.1.as_str());
            csrf::verify(&caller, &headers, token)?;
            return Ok(Sent { fields, files: Vec::new() });
        }
        let mut form = Multipart::from_request(request, app).await.map_err(|it| unreadable(it.body_text()))?;
        let mut sent = Sent::default();
        let mut is_ours = false;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            match field.file_name().map(filename::safe) {
                None => sent.take_text(field).await?,
                Some(name) => {
                    if !is_ours {
                        csrf::verify(&caller, &headers, sent.get(csrf::FIELD))?;
                        is_ours = true;
                    }
                    sent.take_file(&caller, field, name).await?;
                }
            }
        }
        csrf::verify(&caller, &headers, sent.get(csrf::FIELD))?;
        Ok(sent)
    }
}

impl Sent {
    async fn take_text(&mut self, field: Field<'_>) -> Result<(), Problem> {
        if self.fields.len() >= FIELDS_MAX {
            return Err(Refusal::new(Code::TooLarge, format!("A form has {FIELDS_MAX} fields at most.")).into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        let bytes = whole(field, limits::JSON_BODY_BYTES_MAX as u64).await?;
        // A browser's form ends its lines with both; texts are kept with one.
        self.fields.push((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n")));
        Ok(())
    }

    async fn take_file(&mut self, caller: &Caller, field: Field<'_>, name: String) -> Result<(), Problem> {
        let bytes = whole(field, limits::UPLOAD_BYTES_MAX).await?;
        if bytes.is_empty() {
            // The browser sends an empty part for a chooser in which nothing was chosen.
            return Ok(());
        }
        if self.files.len() >= limits::UPLOAD_FILES_MAX {
            let detail = format!("At most {} files are taken at once.", limits::UPLOAD_FILES_MAX);
            return Err(Refusal::new(Code::TooLarge, detail).into());
        }
        let content_type = sniff::sniff(&bytes).content_type().to_owned();
        let stored = caller.desk.blobs.put(bytes).await?;
        self.files.push(StoredFile {
            hash: stored.hash,
            size: stored.size,
            sha256: stored.sha256,
            filename: name,
            content_type,
            inline: false,
            content_id: None,
        });
        Ok(())
    }
}

async fn whole(mut field: Field<'_>, limit: u64) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            let name = field.file_name().map_or_else(|| "A field".to_owned(), |it| format!("`{}`", filename::safe(it)));
            return Err(Refusal::new(Code::TooLarge, format!("{name} is larger than {} MB.", limit / 1024 / 1024)).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.into())
}

fn unreadable(why: String) -> Problem {
    Refusal::new(Code::Malformed, format!("The form cannot be read: {why}.")).into()
}

fn broken(it: MultipartError) -> Problem {
    if it.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Refusal::new(
            Code::TooLarge,
            format!("All files together may have {} MB at most.", limits::UPLOAD_REQUEST_BYTES_MAX / 1024 / 1024),
        )
        .into();
    }
    unreadable(it.body_text())
}
