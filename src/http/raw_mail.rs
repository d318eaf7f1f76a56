//! A raw mail on its way out: bytes that a stranger wrote, which no browser may take for anything else.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

use crate::id::MailId;

/// A raw mail as a file to keep: never shown in place, whatever a browser thinks that it is.
pub fn handed_out(id: MailId, bytes: Bytes) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("message/rfc822"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{id}.eml\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
