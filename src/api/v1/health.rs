//! Whether it runs, whether it serves, and what it measures (OBS-08). Open to whoever reaches the port; no personal data.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::http::{App, Problem, problem::no_such_address};

/// The process runs.
#[derive(Serialize)]
struct HealthView {
    status: &'static str,
    version: &'static str,
}

/// It serves; what an operator should know stands in `warnings` and never makes it unready.
#[derive(Serialize)]
struct ReadyView {
    status: &'static str,
    warnings: Vec<String>,
    desks: Vec<DeskView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeskView {
    name: String,
    /// Events that the search index has not seen yet.
    index_lag: u64,
    /// Tickets done, while the index is filled anew.
    index_rebuilding: Option<u64>,
    writer_queue: usize,
    live_connections: usize,
}

pub async fn alive() -> impl IntoResponse {
    axum::Json(HealthView { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

pub async fn ready(State(app): State<App>) -> impl IntoResponse {
    let (mut warnings, mut desks) = (Vec::new(), Vec::new());
    for desk in app.appliance.desks() {
        let rebuilding = desk.index.position().rebuilding;
        if let Some(trouble) = desk.reader().trouble() {
            warnings.push(format!("{}: {trouble}; reading works, nothing can be saved", desk.name));
        }
        if let Some(done) = rebuilding {
            warnings.push(format!("{}: the search index is being filled anew, {done} tickets so far", desk.name));
        }
        desks.push(DeskView {
            name: desk.name.clone(),
            index_lag: desk.index_lag(),
            index_rebuilding: rebuilding,
            writer_queue: desk.reader().waiting(),
            live_connections: desk.live.viewers(),
        });
    }
    axum::Json(ReadyView { status: "ready", warnings, desks })
}

pub async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let Some(handle) = &app.metrics else { return Err(no_such_address()) };
    for desk in app.appliance.desks() {
        let label = [("desk", desk.name.clone())];
        metrics::gauge!("lodge_index_lag_events", &label).set(desk.index_lag() as f64);
        metrics::gauge!("lodge_writer_queue_commands", &label).set(desk.reader().waiting() as f64);
        metrics::gauge!("lodge_live_connections", &label).set(desk.live.viewers() as f64);
    }
    handle.run_upkeep();
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}
