//! Every route of the pages, grouped by who asks.

use axum::Router;

use crate::http::App;

/// The pages of the portal, the console and what they need.
pub fn routes() -> Router<App> {
    Router::new()
}
