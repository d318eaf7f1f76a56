//! Forms as the pages send them, with or without files. The token is checked before the first file is stored, and files are stored
//! one after the other, so that a form of any size holds one file in memory at most.

use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;

use crate::{
    desk::attachments::StoredFile,
    error::Result,
    http::{
        App, Caller, Problem, body, csrf,
        multipart::{self, Part},
    },
    id::UploadId,
    limits,
};

/// More of a picture is not even read.
const PICTURE_BYTES_MAX: usize =
    if limits::AVATAR_BYTES_MAX > limits::LOGO_BYTES_MAX { limits::AVATAR_BYTES_MAX } else { limits::LOGO_BYTES_MAX };

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

    /// Every field with its value, in the order of the form.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|it| (it.0.as_str(), it.1.as_str()))
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |it| it.0 == name).map(|it| it.1.as_str())
    }

    /// A form with these fields, as if it had been sent.
    #[cfg(test)]
    pub fn of_fields<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Sent { fields: fields.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect(), files: Vec::new() }
    }

    /// Files that were sent before the form, in pieces. What is no id is nobody's upload.
    pub fn uploads(&self) -> Vec<UploadId> {
        self.all("uploads").map(|it| it.parse().unwrap_or(UploadId::NIL)).collect()
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

/// A form whose file is a picture that pages show: it is stored nowhere but where the desk puts it.
#[derive(Debug, Default)]
pub struct SentPicture {
    pub sent: Sent,
    /// As much of it as shows whether it is too large; none if nothing was chosen.
    pub picture: Option<Bytes>,
}

impl FromRequest<App> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        Ok(read(request, app, Files::Stored).await?.sent)
    }
}

impl FromRequest<App> for SentPicture {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        read(request, app, Files::Pictures).await
    }
}

/// What becomes of the files of a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Files {
    Stored,
    Pictures,
}

async fn read(request: Request, app: &App, files: Files) -> Result<SentPicture, Problem> {
    let (mut parts, content) = request.into_parts();
    let caller = <Caller as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
    let has_files = multipart::is_multipart(&parts.headers);
    let headers = parts.headers.clone();
    let request = Request::from_parts(parts, content);
    if !has_files {
        let fields = body::form_fields(request).await?;
        let token = fields.iter().find(|it| it.0 == csrf::FIELD).map(|it| it.1.as_str());
        csrf::verify(&caller, &headers, token)?;
        return Ok(SentPicture { sent: Sent { fields, files: Vec::new() }, picture: None });
    }
    let mut form = multipart::Form::of(request, app, multipart::file_bytes_max(app, &caller)?).await?;
    let SentPicture { mut sent, mut picture } = SentPicture::default();
    let mut is_ours = false;
    while let Some(part) = form.next().await? {
        match part {
            // A browser's form ends its lines with both; texts are kept with one.
            Part::Text { name, text } => sent.fields.push((name, text.replace("\r\n", "\n"))),
            Part::File(file) => {
                if !is_ours {
                    csrf::verify(&caller, &headers, sent.get(csrf::FIELD))?;
                    is_ours = true;
                }
                match files {
                    Files::Stored => sent.files.extend(file.store(&caller.desk).await?),
                    Files::Pictures => picture = file.beginning(PICTURE_BYTES_MAX + 1).await?.or(picture),
                }
            }
        }
    }
    csrf::verify(&caller, &headers, sent.get(csrf::FIELD))?;
    Ok(SentPicture { sent, picture })
}
