//! The tickets that the reader keeps open side by side: shown above the ticket, kept and closed.

use axum::response::Response;

use super::property::back_to;
use crate::{
    desk::{
        Tx, drafts, open_tabs,
        tickets::{Ticket, access, number},
    },
    error::Result,
    http::{Problem, path::Path},
    id::TicketId,
    web::{
        answers::{
            form::Sent,
            site::{Agent, see},
        },
        console::open_tabs::OpenTab,
    },
};

/// What is open, with the ticket that is shown marked.
pub fn tabs(tx: &Tx, agent: &Agent, shown: TicketId) -> Result<Vec<OpenTab>> {
    let tab = |it: Ticket| {
        let draft = drafts::is_on(tx, agent.person(), it.id)?;
        Ok(OpenTab { number: number::shown(tx, &it), draft, current: it.id == shown, title: it.title })
    };
    open_tabs::of(tx, agent.actor())?.into_iter().map(tab).collect()
}

/// Keeps the ticket open, or closes it and goes on to its neighbour.
pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, close) = (agent.actor().clone(), sent.text("do") == "close");
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        if close {
            let next = open_tabs::close(tx, &actor, ticket.id)?;
            let next = next.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten().filter(|it| access::may_see(&actor, it));
            return Ok((ticket, next));
        }
        open_tabs::open(tx, &actor, ticket.id)?;
        Ok((ticket, None))
    });
    let (ticket, next) = done.await?;
    Ok(match next {
        Some(next) => see(&format!("/agent/tickets/{}", number::text(&agent.settings, next.kind, next.number))),
        None => back_to(&agent, &ticket),
    })
}
