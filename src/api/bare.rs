//! REST addresses without a prefix (API-66): `/tickets` and `/webhooks` are pages to a browser and the API to a program. A program is
//! whoever sends a bearer token or asks for JSON; everybody else gets the pages.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, Uri, header},
};
use tower::ServiceExt;

/// Addresses that the API has without a prefix too.
const BARE: &[&str] = &["/tickets", "/webhooks", "/csat"];

/// Wraps all routes, so that bare addresses are turned into the API's before they are looked up.
pub fn with_bare_paths(routes: Router) -> Router {
    Router::new().fallback_service(routes.map_request(rewrite))
}

fn rewrite(mut request: Request) -> Request {
    let path = request.uri().path();
    let is_bare = BARE.iter().any(|it| path.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if is_bare && is_program(request.headers()) {
        let rest = request.uri().path_and_query().map_or(path, |it| it.as_str());
        if let Ok(uri) = format!("/v1{rest}").parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    request
}

fn is_program(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let accept = text(header::ACCEPT);
    text(header::AUTHORIZATION).starts_with("bearer ") || (accept.contains("application/json") && !accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_the_api_and_browsers_the_pages() {
        for (path, name, value, expected) in [
            ("/tickets?page=2", "authorization", "Bearer x", "/v1/tickets?page=2"),
            ("/tickets/INC-1", "accept", "application/json", "/v1/tickets/INC-1"),
            ("/tickets/INC-1", "accept", "text/html,application/json;q=0.9", "/tickets/INC-1"),
            ("/ticketsy", "authorization", "Bearer x", "/ticketsy"),
            ("/webhooks/email-inbound", "authorization", "bearer x", "/v1/webhooks/email-inbound"),
            ("/csat/x", "accept", "application/json", "/v1/csat/x"),
            ("/csat/x?score=good", "accept", "text/html", "/csat/x?score=good"),
            ("/agent", "authorization", "Bearer x", "/agent"),
        ] {
            let request = Request::builder().uri(path).header(name, value).body(axum::body::Body::empty()).unwrap();
            assert_eq!(rewrite(request).uri().to_string(), expected);
        }
    }
}
