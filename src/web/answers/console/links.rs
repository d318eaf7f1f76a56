//! Ties between tickets.

use axum::response::Response;

use super::property::{back_to, refused};
use crate::{
    desk::tickets::{self, Relation, access},
    error::{Code, Refusal, Result},
    http::{Problem, path::Path},
    language::say,
    web::{
        answers::{form::Sent, site::Agent},
        tongue::t,
    },
};

pub async fn add(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        let kind = sent.text("kind");
        let relation = Relation::named(kind).ok_or_else(|| Refusal::field("kind", "unknown", say!("links-tickets-not-tied-way")))?;
        let number = sent.text("number").trim().to_owned();
        let unknown = || Refusal::field("number", "unknown", say!("links-there-no-ticket-write", number = number));
        let other = access::named(tx, &actor, &number).map_err(|it| match it.code() {
            Some(Code::NotFound) => unknown().into(),
            _ => it,
        })?;
        tickets::link(tx, &actor, ticket.id, relation, other.id)
    });
    match done.await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(error) => refused(&agent, &text, t!("links-tickets-were-not-linked").to_owned(), error).await,
    }
}
