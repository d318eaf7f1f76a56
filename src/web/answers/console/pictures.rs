//! A message in the console with the pictures of other servers.

use axum::response::Response;

use crate::{
    http::{Problem, path::Path},
    web::answers::{
        form::Sent,
        pictures::{Side, shown},
        site::Agent,
    },
};

pub async fn show(agent: Agent, Path((ticket, message)): Path<(String, String)>, _: Sent) -> Result<Response, Problem> {
    Ok(shown(&agent, Side::Agents, &ticket, &message)?)
}
