//! Whose a ticket is, changed: the form says what follows, since it decides who reads the ticket.

use axum::{http::StatusCode, response::Response};

use super::{
    callers::{self, Meant},
    place::Place,
    property::{back_and_say, carry_out},
    rail,
};
use crate::{
    desk::{
        permission::Permission,
        tickets::{self, Cast, NewRequester, access, number},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    web::{
        answers::{
            form::Sent,
            site::{Agent, page},
            words::face,
        },
        components::caller::CallerView,
        console::requester::{RequesterFormView, page as requester_page},
        tongue::{self, t},
    },
};

fn draw(agent: &Agent, text: &str, caller: CallerView, keeps: bool, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let asks = caller.error.is_some() || !caller.found.is_empty();
    let view = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        access::need(agent.actor(), Permission::TicketsWrite, &ticket)?;
        let cast = Cast::of(tx, [&ticket])?;
        Ok(RequesterFormView {
            frame: agent.frame(),
            rail: rail::view(tx, agent, &place.href)?,
            number: number::text(&agent.settings, ticket.kind, ticket.number),
            title: ticket.title.clone(),
            present: face(&cast, ticket.requester).name,
            caller: CallerView { must: true, ..caller.clone() },
            keeps,
            error: refusal.filter(|it| it.fields.is_empty()).map(|it| tongue::sentence(&it.detail)),
        })
    })?;
    let status = match refusal {
        Some(it) => problem::status_of(it.code),
        None if asks => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Ok(page(status, requester_page(&view)))
}

pub async fn form(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    draw(&agent, &text, callers::of_draft(&agent, None), true, None)
}

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let keeps = sent.has("keeps");
    let to = match callers::meant(&agent, &sent)? {
        Meant::Somebody(it) => NewRequester { named: it.requester, name: it.name, phone: it.phone },
        Meant::Ask(view) => return draw(&agent, &text, view, keeps, None),
    };
    let run = carry_out(&agent, &text, "the field requester", move |tx, actor, it| tickets::hand_over(tx, actor, it.id, to, keeps));
    match run.await {
        Ok((ticket, undo)) => {
            let name = agent.desk.read(|tx| Ok(face(&Cast::of(tx, [&ticket])?, ticket.requester).name))?;
            Ok(back_and_say(&agent, &ticket, &t!("requester-now", name = name), undo))
        }
        Err(Error::Refused(it)) if !it.fields.is_empty() || it.code == crate::error::Code::Conflict => {
            draw(&agent, &text, callers::again(&agent, &sent, &it), keeps, Some(&it))
        }
        Err(error) => Err(error.into()),
    }
}
