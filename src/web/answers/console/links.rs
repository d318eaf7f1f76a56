//! Ties between tickets: one is made, or one taken away.

use axum::response::Response;

use super::property::{back_and_say, carry_out, refused};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        tickets::{self, Relation, Ticket, access},
    },
    error::{Code, Refusal, Result},
    http::{Problem, path::Path},
    language::say,
    web::{
        answers::{form::Sent, site::Agent},
        tongue::t,
    },
};

/// How, and with which other ticket.
fn named(tx: &Tx, actor: &Actor, sent: &Sent) -> Result<(Relation, Ticket)> {
    let relation =
        Relation::named(sent.text("kind")).ok_or_else(|| Refusal::field("kind", "unknown", say!("links-tickets-not-tied-way")))?;
    let number = sent.text("number").trim();
    let unknown = || Refusal::field("number", "unknown", say!("links-there-no-ticket-write", number = number));
    let other = access::named(tx, actor, number).map_err(|it| match it.code() {
        Some(Code::NotFound) => unknown().into(),
        _ => it,
    })?;
    Ok((relation, other))
}

pub async fn add(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let done = carry_out(&agent, &text, "the links", move |tx, actor, ticket| {
        let (relation, other) = named(tx, actor, &sent)?;
        tickets::link(tx, actor, ticket.id, relation, other.id)
    });
    match done.await {
        Ok((ticket, undo)) => Ok(back_and_say(&agent, &ticket, t!("links-linked"), undo)),
        Err(error) => refused(&agent, &text, t!("links-tickets-were-not-linked").to_owned(), error).await,
    }
}

pub async fn remove(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let done = carry_out(&agent, &text, "the links", move |tx, actor, ticket| {
        let (relation, other) = named(tx, actor, &sent)?;
        match tickets::unlink(tx, actor, ticket.id, relation, other.id) {
            // Somebody was quicker.
            Err(it) if it.code() == Some(Code::NotFound) => Ok(ticket.clone()),
            done => done,
        }
    });
    match done.await {
        Ok((ticket, undo)) => Ok(back_and_say(&agent, &ticket, t!("links-unlinked"), undo)),
        Err(error) => refused(&agent, &text, t!("links-not-unlinked").to_owned(), error).await,
    }
}
