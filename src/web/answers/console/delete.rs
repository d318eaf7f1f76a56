//! A ticket is deleted by whoever may: it cannot be undone here, so its number is asked for.

use axum::{http::StatusCode, response::Response};

use super::{place::Place, rail};
use crate::{
    desk::{
        permission::Permission,
        tickets::{self, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, page, see_and_say},
        },
        console::delete::{DeleteView, page as delete_page},
        tongue::{self, t},
    },
};

fn known(agent: &Agent, text: &str) -> Result<Ticket> {
    agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        access::need(agent.actor(), Permission::TicketsDelete, &ticket)?;
        Ok(ticket)
    })
}

fn draw(agent: &Agent, ticket: &Ticket, typed: &str, error: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        let place = Place::remembered(tx, agent.actor(), agent.last_list.as_deref())?;
        Ok(DeleteView {
            frame: agent.frame(),
            rail: rail::view(tx, agent, &place.href)?,
            number: number::text(&agent.settings, ticket.kind, ticket.number),
            title: ticket.title.clone(),
            version: ticket.version,
            typed: typed.to_owned(),
            error: error.clone(),
        })
    })?;
    Ok(page(status, delete_page(&view)))
}

pub async fn form(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    let ticket = known(&agent, &text)?;
    draw(&agent, &ticket, "", None, StatusCode::OK)
}

pub async fn delete(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let ticket = known(&agent, &text)?;
    let name = number::text(&agent.settings, ticket.kind, ticket.number);
    let typed = sent.text("number").trim();
    if !typed.eq_ignore_ascii_case(&name) {
        let error = t!("delete-type-number", number = name);
        return draw(&agent, &ticket, typed, Some(error), StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (actor, id, version) = (agent.actor().clone(), ticket.id, sent.get("version").and_then(|it| it.parse().ok()));
    match agent.desk.write(Some(agent.person()), move |tx| tickets::delete(tx, &actor, id, version)).await {
        Ok(()) => {
            let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
            Ok(see_and_say(&place.address(), &said::done(t!("delete-deleted", number = name))))
        }
        Err(Error::Refused(it)) if matches!(it.code, Code::Conflict | Code::Stale) => refused(&agent, &ticket, &it),
        Err(error) => Err(error.into()),
    }
}

fn refused(agent: &Agent, ticket: &Ticket, why: &Refusal) -> Result<Response, Problem> {
    // With the version that is there now, so that whoever has read why may go on.
    let ticket = known(agent, &ticket.id.to_string())?;
    draw(agent, &ticket, "", Some(tongue::sentence(&why.detail)), problem::status_of(why.code))
}
