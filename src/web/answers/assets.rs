//! The embedded assets over HTTP. Their address changes with their bytes, so a browser keeps them for ever.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::{
    error::Refusal,
    http::{Problem, path::Path},
    web::assets,
};

pub async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = assets::find(&name).ok_or_else(|| Refusal::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(assets::CACHE_CONTROL)),
    ];
    Ok((headers, asset.bytes.as_ref()).into_response())
}
