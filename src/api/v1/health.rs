//! Whether it runs, whether it serves, and what it measures (OBS-08). Open to whoever reaches the port; no personal data.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    http::{App, Problem, problem::no_such_address},
    ops::{fill::Doors, health, metrics::observe},
};

/// The process runs.
#[derive(Serialize)]
struct HealthView {
    status: &'static str,
    version: &'static str,
}

pub async fn alive() -> impl IntoResponse {
    axum::Json(HealthView { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Ready as soon as it serves; what an operator should know stands in the body and never makes it unready.
pub async fn ready(State(app): State<App>) -> impl IntoResponse {
    axum::Json(health::readiness(&app.appliance, doors(&app)))
}

fn doors(app: &App) -> Doors {
    let requests_max = app.options.in_flight_max;
    let requests = requests_max.saturating_sub(app.in_flight.available_permits());
    Doors { requests, requests_max, live_connections_max: app.options.live_connections_max }
}

pub async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let Some(handle) = &app.metrics else { return Err(no_such_address()) };
    observe(&app.appliance, doors(&app));
    handle.run_upkeep();
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}
