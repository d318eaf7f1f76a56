//! `X-Request-Id`: taken from the caller if it is a plain word, made otherwise, returned, and logged (OBS-02).

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const BYTES_MAX: usize = 128;

/// The id of a request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Whether a caller's id may go into the log and back as it is.
fn is_plain(text: &str) -> bool {
    (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.:".contains(&it))
}

/// Middleware.
pub async fn give(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(HEADER).and_then(|it| it.to_str().ok()).filter(|it| is_plain(it));
    let id = given.map_or_else(|| uuid::Uuid::now_v7().simple().to_string(), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_are_taken() {
        for (text, taken) in [("abc-1.2:3_x", true), ("", false), ("a b", false), ("a\u{e4}", false), ("<x>", false)] {
            assert_eq!(is_plain(text), taken, "{text}");
        }
        assert!(is_plain(&"a".repeat(BYTES_MAX)) && !is_plain(&"a".repeat(BYTES_MAX + 1)));
    }
}
