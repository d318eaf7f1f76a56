//! `Idempotency-Key` on calls that create something (API-02): the first answer is kept in the transaction of what it answers, and a
//! repeat gets it again with `Idempotent-Replay: true`.

use axum::{
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{App, Caller, Problem};
use crate::{
    desk::{
        Tx,
        idempotency::{Answer, Call},
    },
    error::{Code, Fault, Refusal, Result},
    language::say,
};

pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAY: HeaderName = HeaderName::from_static("idempotent-replay");

/// The key of a call, if it has one, and the route that it is for.
#[derive(Debug, Clone)]
pub struct Key {
    route: String,
    key: Option<String>,
}

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let route = route(&parts.method, parts.uri.path());
        let key = match parts.headers.get(HEADER).map(HeaderValue::to_str) {
            None => None,
            Some(Ok(it)) => Some(it.to_owned()),
            Some(Err(_)) => return Err(Refusal::new(Code::Malformed, say!("refused-idempotency-key-made-visible")).into()),
        };
        Ok(Key { route, key })
    }
}

/// Aliases of a path are one route.
fn route(method: &Method, path: &str) -> String {
    let path = path.strip_prefix("/api").or_else(|| path.strip_prefix("/v1")).unwrap_or(path);
    format!("{method} {}", path.replace("/messages", "/comments"))
}

/// An answer in JSON.
pub struct Reply {
    pub status: StatusCode,
    pub body: Vec<u8>,
    /// A repeat has the `ETag` and the `Location` again, and does without others.
    pub headers: Vec<(HeaderName, String)>,
}

impl Reply {
    pub fn json(status: StatusCode, body: &impl Serialize) -> Result<Reply> {
        let body = serde_json::to_vec(body).map_err(|it| Fault::because("writing an answer", it))?;
        Ok(Reply { status, body, headers: Vec::new() })
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response();
        for (name, value) in self.headers {
            // Values are made by us of ids and words; one that is no header value is left out.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

enum Done {
    Now(Reply),
    Before(Answer),
}

/// Runs a creating command once per key. `raw` is what makes two requests the same besides route and key.
pub async fn once(
    caller: &Caller,
    key: Key,
    raw: &[u8],
    run: impl FnOnce(&mut Tx) -> Result<Reply> + Send + 'static,
) -> Result<Response, Problem> {
    let person = caller.actor.person();
    let call = key.key.map(|it| Call::new(person, &key.route, &it, raw)).transpose()?;
    let done = caller.desk.write(person, move |tx| {
        let Some(call) = call else { return run(tx).map(Done::Now) };
        if let Some(answer) = call.earlier(tx)? {
            return Ok(Done::Before(answer));
        }
        let reply = run(tx)?;
        let header = |name| reply.headers.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        call.keep_with(tx, reply.status.as_u16(), reply.body.clone(), header(header::ETAG), header(header::LOCATION))?;
        Ok(Done::Now(reply))
    });
    match done.await? {
        Done::Now(reply) => Ok(reply.into_response()),
        Done::Before(Answer { status, body, etag, location, .. }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let kept = [(header::ETAG, etag), (header::LOCATION, location), (REPLAY, Some("true".to_owned()))];
            let headers = kept.into_iter().filter_map(|(name, it)| Some((name, it?))).collect();
            Ok(Reply { status, body, headers }.into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_one_route() {
        let one = route(&Method::POST, "/v1/tickets/INC-1/comments");
        assert_eq!(route(&Method::POST, "/api/tickets/INC-1/messages"), one);
        assert_eq!(route(&Method::POST, "/tickets/INC-1/comments"), one);
        assert_ne!(route(&Method::PUT, "/v1/tickets/INC-1/comments"), one);
    }
}
