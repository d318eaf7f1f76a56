//! One line and one measurement per request (OBS-02): method, route, status, time, request id, desk and the caller's id. Routes, not
//! paths: a path may hold what is personal. No names, addresses or texts.

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

use super::request_id::RequestId;
use crate::id::PersonId;

/// Where authentication leaves who called, for the line that is written at the end.
#[derive(Debug, Clone, Default)]
pub struct WhoCalled(Arc<OnceLock<(String, PersonId)>>);

impl WhoCalled {
    pub fn is(&self, desk: &str, person: PersonId) {
        // The first answer stands; it cannot change within a request.
        let _ = self.0.set((desk.to_owned(), person));
    }
}

/// Middleware.
pub async fn log(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let who = WhoCalled::default();
    request.extensions_mut().insert(who.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |it| it.as_str().to_owned());
    let id = request.extensions().get::<RequestId>().map(|it| it.0.clone()).unwrap_or_default();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    let (desk, person) = who.0.get().map_or((None, None), |it| (Some(it.0.as_str()), Some(it.1)));
    tracing::info!(
        target: "lodge::http",
        %method,
        route,
        status,
        latency_ms = took.as_secs_f64() * 1000.0,
        request_id = id,
        tenant = desk,
        user = person.map(tracing::field::display),
        "request"
    );
    let labels = [("method", method.to_string()), ("route", route), ("status", status.to_string())];
    metrics::counter!("lodge_http_requests_total", &labels).increment(1);
    metrics::histogram!("lodge_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    response
}
