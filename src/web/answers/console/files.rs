//! Takes a file off a ticket.

use axum::response::Response;

use super::property::{address_of, refused};
use crate::{
    desk::{attachments, tickets::access},
    error::Refusal,
    http::{Problem, path::Path},
    id::AttachmentId,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
        },
        tongue::t,
    },
};

pub async fn remove(agent: Agent, Path((text, id)): Path<(String, String)>, _sent: Sent) -> Result<Response, Problem> {
    let id: AttachmentId = id.parse().map_err(|_| Refusal::not_found("attachment"))?;
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        // A file of another ticket is none of this one.
        if attachments::attachment(tx, &actor, id)?.ticket != ticket.id {
            return Err(Refusal::not_found("attachment").into());
        }
        attachments::remove(tx, &actor, id)?;
        access::ticket(tx, &actor, ticket.id)
    });
    match done.await {
        Ok(ticket) => Ok(see_and_say(&address_of(&agent, &ticket), &said::done(t!("files-removed")))),
        Err(error) => refused(&agent, &text, t!("files-not-removed").to_owned(), error).await,
    }
}
