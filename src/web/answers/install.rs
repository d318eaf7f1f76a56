//! What makes the desk an app that can be put on a telephone or a desktop: its manifest, the worker that shows an offline page and wakes
//! for what the push service brings, and the pictures that both name. The worker stands at the root, because it serves the whole site.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::html;
use serde_json::json;

use super::site::{Site, page};
use crate::{
    error::Refusal,
    http::Problem,
    web::{
        assets,
        components::{empty_state::empty_page, icon::Icon},
        layout::{Room, portal},
        tongue::{self, t},
    },
};

/// Browsers ask for the worker again after a day at most; we have them ask each time.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

pub async fn at_root(request: Request) -> Result<Response, Problem> {
    let asset = assets::at_root(request.uri().path()).ok_or_else(|| Refusal::not_found("file"))?;
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)), (header::CACHE_CONTROL, NO_CACHE)];
    Ok((headers, asset.bytes.into_owned()).into_response())
}

/// The manifest (W3C Web Application Manifest), with the desk's own name.
pub async fn manifest(site: Site) -> Response {
    let name = if site.settings.name.is_empty() { "Lodge" } else { &site.settings.name };
    let short: String = name.chars().take(30).collect();
    let icon = |size: u32| json!({ "src": format!("/icon-{size}.png"), "sizes": format!("{size}x{size}"), "type": "image/png", "purpose": "any maskable" });
    let manifest = json!({
        "id": "/",
        "name": name,
        "short_name": short,
        "lang": tongue::language().tag(),
        "dir": tongue::language().direction(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f6f2",
        "theme_color": "#17604a",
        "icons": [icon(192), icon(512)],
        "shortcuts": [
            { "name": t!("live-app-broken"), "url": "/incidents/new" },
            { "name": t!("live-app-mine"), "url": "/tickets" },
            { "name": t!("live-notifications"), "url": "/notifications" },
        ],
    });
    let content_type = HeaderValue::from_static("application/manifest+json");
    let headers: [(HeaderName, HeaderValue); 2] = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, NO_CACHE)];
    (headers, manifest.to_string()).into_response()
}

/// What is shown while the desk cannot be reached. The worker keeps it, so it is the same for everybody and names nobody.
pub async fn offline(site: Site) -> Response {
    let frame =
        crate::web::layout::Frame { viewer: None, toasts: Vec::new(), banner: None, notice: None, csrf: String::new(), ..site.frame() };
    let main = html! { (empty_page(Icon::Alert, t!("live-offline"), t!("live-offline-hint"))) };
    page(StatusCode::OK, portal(&frame, Room::Door, t!("live-offline"), main))
}
