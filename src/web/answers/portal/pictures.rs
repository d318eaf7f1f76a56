//! A message in the portal with the pictures of other servers.

use axum::response::Response;

use crate::{
    http::{Problem, path::Path},
    web::answers::{
        form::Sent,
        pictures::{Side, shown},
        site::Reader,
    },
};

pub async fn show(reader: Reader, Path((ticket, message)): Path<(String, String)>, _: Sent) -> Result<Response, Problem> {
    Ok(shown(&reader, Side::Requesters, &ticket, &message)?)
}
