//! A browser sends its cookie with requests that other sites make it send. So a request that changes something and comes by cookie
//! must come from our own pages: the browser says so itself (`Sec-Fetch-Site`, `Origin`), and forms carry a token made from the
//! session's secret, which no other site can read. Bearer tokens are never sent by themselves and are exempt.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderName, header, request::Parts},
};
use serde::de::DeserializeOwned;

use super::{App, Caller, Problem, Via, body, origin};
use crate::{
    error::{Code, Refusal, Result},
    language::say,
};

/// For scripts, which send the form's token here.
pub const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// The name of the form's hidden field.
pub const FIELD: &str = "csrf";

/// The token of a session's forms.
pub fn token(session_secret: &str) -> String {
    blake3::keyed_hash(&blake3::derive_key("lodge csrf token of a session", session_secret.as_bytes()), b"form").to_hex()[..32].to_owned()
}

fn refused() -> crate::error::Error {
    Refusal::new(Code::Forbidden, say!("refused-did-not-come-page")).into()
}

/// Refuses a request that the browser says, or lets us assume, another site has caused. Also for forms without a session: signing in.
pub fn same_origin(app: &App, parts: &Parts) -> Result<()> {
    let host = origin::host(parts).unwrap_or_default();
    if is_same_origin(&parts.headers, host, app.options.base_url.as_deref()) { Ok(()) } else { Err(refused()) }
}

fn is_same_origin(headers: &HeaderMap, host: &str, base_url: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|it| it.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        Some(origin) => base_url == Some(origin) || origin.split_once("://").is_some_and(|(_, it)| it.eq_ignore_ascii_case(host)),
        // Every browser of the last years sends one of the two with a POST; what sends neither is a program, and proves itself
        // with the token.
        None => headers.contains_key(HEADER),
    }
}

/// Refuses a form whose token is not the caller's. Bearers need none.
pub fn verify(caller: &Caller, headers: &HeaderMap, field: Option<&str>) -> Result<()> {
    let Via::Cookie { secret, .. } = &caller.via else { return Ok(()) };
    let given = field.or_else(|| headers.get(HEADER).and_then(|it| it.to_str().ok())).unwrap_or_default();
    // Compared as hashes, so that the time it takes tells nothing.
    if blake3::hash(given.as_bytes()) == blake3::hash(token(secret).as_bytes()) { Ok(()) } else { Err(refused()) }
}

/// A form of a signed-in caller, its token checked. Field names as sent; an unknown field is ignored.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = <Caller as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
        let fields = body::form_fields(Request::from_parts(parts.clone(), body)).await?;
        let token = fields.iter().find(|it| it.0 == FIELD).map(|it| it.1.as_str());
        verify(&caller, &parts.headers, token)?;
        Ok(Form(body::form_value(&fields)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_refused() {
        for (headers, fine) in [
            (vec![("sec-fetch-site", "same-origin")], true),
            (vec![("sec-fetch-site", "none")], true),
            (vec![("sec-fetch-site", "cross-site"), ("origin", "https://desk.example")], false),
            (vec![("sec-fetch-site", "same-site")], false),
            (vec![("origin", "https://desk.example")], true),
            (vec![("origin", "https://public.example")], true),
            (vec![("origin", "https://evil.example")], false),
            (vec![("origin", "null")], false),
            (vec![], false),
            (vec![("x-csrf-token", "x")], true),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in &headers {
                map.insert(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(is_same_origin(&map, "desk.example", Some("https://public.example")), fine, "{headers:?}");
        }
    }

    #[test]
    fn tokens_differ_by_session() {
        assert_eq!(token("a"), token("a"));
        assert_ne!(token("a"), token("b"));
    }
}
