//! Bytes that the desk keeps, handed out piece by piece: the whole, a part (RFC 9110 14), or nothing where the caller has them already.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    Problem,
    etag::{self, ETag},
    problem,
};
use crate::{
    appliance::Desk,
    id::BlobHash,
    text::{
        filename::{self, Disposition},
        sniff,
    },
};

/// Bytes that somebody may have.
pub struct Bytes<'a> {
    pub hash: BlobHash,
    pub size: u64,
    /// Safe for display.
    pub filename: &'a str,
    pub content_type: &'a str,
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

/// A header's value, of text that may not be one.
pub fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Answers with the bytes, or the part of them that is asked for, in a way that no browser runs them.
pub async fn hand_out(desk: &Desk, file: Bytes<'_>, headers: &HeaderMap) -> Result<Response, Problem> {
    let tag = ETag(format!("\"{}\"", file.hash));
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
    let pieces = desk.blobs.stream(file.hash, (from, to), file.size).await?;
    let mut response = (status, Body::from_stream(pieces)).into_response();
    let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&file.content_type);
    let content_type = if sniff::is_active(file.content_type) { "application/octet-stream" } else { file.content_type };
    let disposition = if is_picture { Disposition::Inline } else { Disposition::Attachment };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    headers.insert(header::CONTENT_DISPOSITION, value(&filename::content_disposition(disposition, file.filename)));
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
