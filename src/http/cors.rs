//! Which pages of other sites may call the API from a browser (SEC-11): those that the operator lists, with a token of their own.
//! Invariant: a cookie never works from there; without a list nothing is said to anybody.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::CorsLayer;

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// The layer of the API's addresses, if there is anybody to let in. What is no origin is left out.
pub fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|it| it.trim_end_matches('/').parse().ok()).collect();
    if origins.is_empty() {
        return None;
    }
    let own = |it: &'static str| HeaderName::from_static(it);
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            own("idempotency-key"),
            own("last-event-id"),
            own("x-request-id"),
        ])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER, header::LINK, own("x-request-id")])
        .max_age(REMEMBERED);
    Some(layer)
}
