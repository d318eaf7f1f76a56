//! Refusals and faults as `application/problem+json` (RFC 9457, API-04). The only place that turns a code into a status. What broke
//! is logged here once, under an id that the caller is told; its cause is never shown.

use axum::{
    body::Body,
    extract::{OriginalUri, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::{Code, Error, Fault, FieldError, Refusal},
    language::{Sentence, say},
};

/// Why a call did not get what it asked for.
#[derive(Debug)]
pub struct Problem {
    pub error: Error,
    /// What `Retry-After` says, in seconds, where it is known exactly.
    pub retry_after: Option<u64>,
}

impl<E: Into<Error>> From<E> for Problem {
    fn from(it: E) -> Self {
        Problem { error: it.into(), retry_after: None }
    }
}

/// A problem on the wire (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
#[serde(deny_unknown_fields)]
pub struct ProblemView {
    /// An address that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference")]
    pub kind: String,
    /// The same for every problem of this kind.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// The address that was called.
    #[schema(format = "uri-reference")]
    pub instance: String,
    /// A stable word, such as `LODGE_VALIDATION`.
    pub code: String,
    /// The fields that do not fit.
    pub errors: Vec<FieldProblem>,
}

/// One field that does not fit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldProblem {
    /// As the caller named it.
    pub field: String,
    /// A short stable word.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// The problem of an answer, for whoever renders it in another way, such as pages.
#[derive(Debug, Clone)]
pub struct Told(pub ProblemView, pub Sentence);

/// The status of a code. Exhaustive, so that a new code does not compile until somebody decides.
pub fn status_of(code: Code) -> StatusCode {
    match code {
        Code::Malformed => StatusCode::BAD_REQUEST,
        Code::Validation | Code::IdempotencyMismatch => StatusCode::UNPROCESSABLE_ENTITY,
        Code::Unauthenticated | Code::OtpRequired => StatusCode::UNAUTHORIZED,
        Code::Forbidden | Code::EnrolmentRequired => StatusCode::FORBIDDEN,
        Code::NotFound | Code::FeatureOff => StatusCode::NOT_FOUND,
        Code::Conflict => StatusCode::CONFLICT,
        Code::Stale => StatusCode::PRECONDITION_FAILED,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What `Retry-After` says where nobody knows better, in seconds.
fn retry_after(code: Code) -> Option<u64> {
    match code {
        Code::RateLimited => Some(60),
        Code::Unavailable => Some(2),
        _ => None,
    }
}

impl ProblemView {
    fn of_refusal(it: Refusal) -> ProblemView {
        let Refusal { code, detail, fields } = it;
        ProblemView {
            kind: format!("urn:lodge:problem:{}", code.as_str().trim_start_matches("LODGE_").to_lowercase().replace('_', "-")),
            title: code.title().to_owned(),
            status: status_of(code).as_u16(),
            detail: detail.into(),
            instance: String::new(),
            code: code.as_str().to_owned(),
            errors: fields.into_iter().map(FieldProblem::from).collect(),
        }
    }

    fn of_fault(it: &Fault) -> (ProblemView, Sentence) {
        let id = uuid::Uuid::now_v7().simple().to_string();
        tracing::error!(fault = %id, cause = %it, "something broke");
        metrics::counter!("lodge_faults_total").increment(1);
        let said = say!("refused-fault", reference = id);
        let view = ProblemView {
            kind: "urn:lodge:problem:fault".to_owned(),
            title: "Something broke on our side".to_owned(),
            status: StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
            detail: said.to_string(),
            instance: String::new(),
            code: "LODGE_FAULT".to_owned(),
            errors: Vec::new(),
        };
        (view, said)
    }

    fn into_response(self, said: Sentence) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A struct of texts and numbers always has a JSON form.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lodge\""));
        }
        response.extensions_mut().insert(Told(self, said));
        response
    }
}

impl From<FieldError> for FieldProblem {
    fn from(it: FieldError) -> Self {
        FieldProblem { field: it.field, code: it.code.to_owned(), message: it.message.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self.error {
            Error::Refused(it) => {
                let wait = self.retry_after.or(retry_after(it.code));
                let said = it.detail.clone();
                let mut response = ProblemView::of_refusal(it).into_response(said);
                if let Some(seconds) = wait {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
            Error::Broken(it) => {
                let (view, said) = ProblemView::of_fault(&it);
                view.into_response(said)
            }
        }
    }
}

/// There is nothing at this address.
pub fn no_such_address() -> Problem {
    Refusal::new(Code::NotFound, say!("refused-there-nothing-address-v1")).into()
}

/// A problem of HTTP itself, which has no code in the desk.
fn plain(status: StatusCode, word: &str, title: &str, detail: String) -> Response {
    let view = ProblemView {
        kind: format!("urn:lodge:problem:{}", word.to_lowercase().replace('_', "-")),
        title: title.to_owned(),
        status: status.as_u16(),
        detail,
        instance: String::new(),
        code: format!("LODGE_{word}"),
        errors: Vec::new(),
    };
    let said = Sentence::from(view.detail.as_str());
    view.into_response(said)
}

/// The address is there, the method is not.
pub async fn method_not_allowed() -> Response {
    let detail = "The address exists, but not with this method; `Allow` lists those that it takes.".to_owned();
    plain(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "This method is not taken here", detail)
}

/// Nothing of the range that was asked for lies in the file (RFC 9110 15.5.17).
pub fn range_beyond(size: u64) -> Response {
    let detail = say!("refused-file-bytes-ask-range", size = size);
    let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE", "The range lies beyond the file", detail.into());
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// Middleware: tells each problem which address it was about.
pub async fn complete(OriginalUri(uri): OriginalUri, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(Told(view, said)) = response.extensions().get::<Told>().cloned() else { return response };
    let view = ProblemView { instance: uri.path().to_owned(), ..view };
    let (mut parts, _) = response.into_parts();
    let body = serde_json::to_vec(&view).unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(Told(view, said));
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_status_that_says_whose_turn_it_is() {
        for code in Code::ALL {
            let response = Problem::from(Refusal::new(code, "why")).into_response();
            assert!(response.status().is_client_error() || code == Code::Unavailable);
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
            let waits = matches!(code, Code::RateLimited | Code::Unavailable);
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), waits, "{code:?}");
            assert_eq!(
                response.headers().contains_key(header::WWW_AUTHENTICATE),
                matches!(code, Code::Unauthenticated | Code::OtpRequired)
            );
        }
    }

    #[test]
    fn a_cause_is_never_shown() {
        let response = Problem::from(Fault::because("reading", "the secret path /srv/x")).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let Told(view, _) = response.extensions().get::<Told>().unwrap();
        assert!(!view.detail.contains("/srv") && view.code == "LODGE_FAULT");
    }
}
