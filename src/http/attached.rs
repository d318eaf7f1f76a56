//! A file that was made for whoever asks, as something to keep instead of a page to read.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::text::filename::{self, Disposition};

/// What a sheet of comma-separated values says that it is.
pub const CSV: &str = "text/csv; charset=utf-8";

/// Answers with a file. It is of this moment: nobody keeps it for the next who asks.
pub fn attached(body: impl Into<Body>, content_type: &'static str, name: &str) -> Response {
    let mut response = body.into().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let disposition = HeaderValue::from_str(&filename::content_disposition(Disposition::Attachment, name));
    headers.insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
