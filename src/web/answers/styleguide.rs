//! The style guide: shows sample data only, so anybody may look.

use axum::response::{IntoResponse, Response};

use super::site::Site;
use crate::web::styleguide;

pub async fn show(site: Site) -> Response {
    styleguide::page(&site.frame()).into_response()
}
