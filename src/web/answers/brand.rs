//! The desk's own colour and logo over HTTP, under addresses that change with them, so that a browser keeps them for ever.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::site::Site;
use crate::{
    desk::brand::{self, Brand},
    error::Refusal,
    http::{Problem, path::Path},
    web::assets,
};

/// Where the style sheet of this look is; none for Lodge's own.
pub fn style(it: &Brand) -> Option<String> {
    let css = it.css();
    (!css.is_empty()).then(|| format!("/brand/{}.css", digest(css.as_bytes())))
}

/// Where its logo is.
pub fn logo(it: &Brand) -> Option<String> {
    it.logo.as_ref().map(|logo| format!("/brand/{}.logo", logo.digest()))
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..16].to_owned()
}

/// `GET /brand/{name}`: what is there now, whatever version was asked for; an old address lives as long as the page that names it.
pub async fn show(site: Site, Path(name): Path<String>) -> Result<Response, Problem> {
    let it = site.desk.read(brand::brand)?;
    let none = || Refusal::not_found("file");
    let (content_type, bytes) = match name.rsplit_once('.') {
        Some((_, "css")) => ("text/css; charset=utf-8".to_owned(), it.css().into_bytes()),
        Some((_, "logo")) => {
            let logo = it.logo.as_ref().ok_or_else(none)?;
            (logo.content_type.clone(), logo.bytes.to_vec())
        }
        _ => return Err(none().into()),
    };
    let is_current = [style(&it), logo(&it)].into_iter().flatten().any(|address| address == format!("/brand/{name}"));
    let cache = if is_current { assets::CACHE_CONTROL } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_str(&content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, bytes).into_response())
}
