//! Following a ticket, and no longer.

use axum::response::Response;

use super::property::back_to;
use crate::{
    desk::tickets::{self, access},
    http::{Problem, path::Path},
    web::answers::{form::Sent, site::Agent},
};

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, me, follows) = (agent.actor().clone(), agent.person(), sent.text("watching") == "on");
    let done = agent.desk.write(Some(me), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        if follows { tickets::watch(tx, &actor, ticket.id, me) } else { tickets::unwatch(tx, &actor, ticket.id, me) }
    });
    Ok(back_to(&agent, &done.await?))
}
