//! The tags of a ticket: one is added, or one taken off.

use axum::response::Response;

use super::property::{back_and_say, carry_out, refused};
use crate::{
    desk::tickets::{self, TicketChange},
    http::{Problem, path::Path},
    web::{
        answers::{form::Sent, site::Agent},
        tongue::t,
    },
};

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let done = carry_out(&agent, &text, "the field tags", move |tx, actor, ticket| {
        let mut tags = ticket.tags.clone();
        tags.retain(|it| Some(it.as_str()) != sent.get("remove"));
        tags.extend(sent.text("add").split(',').map(str::to_owned));
        tickets::change(tx, actor, ticket.id, TicketChange { tags: Some(tags), ..TicketChange::default() })
    });
    match done.await {
        Ok((ticket, undo)) => Ok(back_and_say(&agent, &ticket, t!("tags-changed"), undo)),
        Err(error) => refused(&agent, &text, t!("tags-tags-were-not-changed").to_owned(), error).await,
    }
}
