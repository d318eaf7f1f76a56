//! Merging a ticket into another: the question, its answer, and the way back.

use axum::{http::StatusCode, response::Response};

use super::{place::Place, rail};
use crate::{
    desk::{
        Tx,
        permission::Permission,
        tickets::{self, Cast, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    language::say,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, page, see, see_and_say},
            words::face,
        },
        console::merge::{MergeView, TargetView, page as merge_page},
        tongue::{self, t},
    },
};

fn name(agent: &Agent, ticket: &Ticket) -> String {
    number::text(&agent.settings, ticket.kind, ticket.number)
}

fn named(tx: &Tx, agent: &Agent, text: &str) -> Result<Ticket> {
    access::named(tx, agent.actor(), text.trim()).map_err(|it| match it.code() {
        Some(Code::NotFound) => Refusal::field("into", "unknown", say!("merge-there-no-such-ticket")).into(),
        _ => it,
    })
}

fn target(tx: &Tx, agent: &Agent, ticket: &Ticket, text: &str) -> Result<TargetView> {
    let other = named(tx, agent, text)?;
    access::need(agent.actor(), Permission::TicketsWrite, &other)?;
    tickets::merge::check(tx, agent.actor(), ticket, &other)?;
    let brought = tickets::merge::newcomers(ticket, &other);
    let mut cast = Cast::of(tx, [&other])?;
    cast.meet(tx, brought.iter().copied())?;
    Ok(TargetView {
        number: name(agent, &other),
        requester: face(&cast, other.requester).name,
        title: other.title,
        brought: brought.iter().map(|it| face(&cast, *it)).collect(),
    })
}

/// The page, with what would happen if the other ticket is known.
fn draw(agent: &Agent, text: &str, into: &str, status: StatusCode, error: Option<String>) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let (status, view) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        access::need(agent.actor(), Permission::TicketsWrite, &ticket)?;
        let asked = (!into.trim().is_empty() && error.is_none()).then(|| target(tx, agent, &ticket, into));
        let (status, target, error) = match asked {
            None => (status, None, error.clone()),
            Some(Ok(it)) => (status, Some(it), None),
            Some(Err(Error::Refused(it))) => (problem::status_of(it.code), None, Some(sentence(&it))),
            Some(Err(it)) => return Err(it),
        };
        let rail = rail::view(tx, agent, &place.href)?;
        let (number, title, into) = (name(agent, &ticket), ticket.title, into.trim().to_owned());
        Ok((status, MergeView { frame: agent.frame(), rail, number, title, into, target, error }))
    })?;
    Ok(page(status, merge_page(&view)))
}

/// What a refusal says about the one field of the form.
fn sentence(refusal: &Refusal) -> String {
    refusal.fields.first().map_or_else(|| tongue::sentence(&refusal.detail), |it| tongue::sentence(&it.message))
}

pub async fn form(agent: Agent, Path(text): Path<String>, query: Query) -> Result<Response, Problem> {
    // A page that is open beside asks again when somebody has merged it: there is nothing to ask for any more, and that is no error.
    let ticket = agent.desk.read(|tx| access::named(tx, agent.actor(), &text))?;
    if ticket.merged.is_some() && access::need(agent.actor(), Permission::TicketsWrite, &ticket).is_ok() {
        return Ok(see(&format!("/agent/tickets/{}", name(&agent, &ticket))));
    }
    draw(&agent, &text, query.get("into").unwrap_or_default(), StatusCode::OK, None)
}

pub async fn merge(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let into = sent.text("into").to_owned();
    let (ticket, other) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), &text)?;
        Ok((ticket, access::named(tx, agent.actor(), into.trim())))
    })?;
    let other = match other {
        Ok(it) => it,
        Err(_) => return draw(&agent, &text, &into, StatusCode::OK, None),
    };
    let (actor, ids) = (agent.actor().clone(), (ticket.id, other.id));
    match agent.desk.write(Some(agent.person()), move |tx| tickets::merge(tx, &actor, ids.0, ids.1)).await {
        Ok(_) => {
            let said = said::done(t!("merge-goes-here", name = name(&agent, &ticket)));
            Ok(see_and_say(&format!("/agent/tickets/{}", name(&agent, &other)), &said))
        }
        Err(Error::Refused(it)) => draw(&agent, &text, &into, problem::status_of(it.code), Some(sentence(&it))),
        Err(it) => Err(it.into()),
    }
}

pub async fn undo(agent: Agent, Path(text): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        tickets::unmerge(tx, &actor, ticket.id)
    });
    let ticket = done.await?;
    Ok(see_and_say(&format!("/agent/tickets/{}", name(&agent, &ticket)), &said::done(t!("merge-ticket-own-again"))))
}
