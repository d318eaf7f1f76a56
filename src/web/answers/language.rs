//! Choosing the language of the pages, for whoever has none in their profile: a link that leaves a cookie and leads back.

use axum::{
    extract::Query,
    http::{HeaderValue, header},
    response::Response,
};
use serde::Deserialize;

use super::site::{LANGUAGE_COOKIE, own_path, see};
use crate::language::Language;

/// A year.
const KEPT_SECS: u32 = 31_536_000;

#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    to: String,
    #[serde(default)]
    next: String,
}

/// `/language?to=de&next=/tickets`. It changes nothing but the look of pages in this browser, so that a link may do it.
pub async fn choose(Query(choice): Query<Choice>) -> Response {
    let mut response = see(own_path(&choice.next));
    let chosen =
        Language::of_tag(&choice.to).map(|it| format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age={KEPT_SECS}; SameSite=Lax", it.tag()));
    if let Some(cookie) = chosen.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
