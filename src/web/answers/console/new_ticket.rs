//! A ticket that an agent takes down for somebody.

use axum::{http::StatusCode, response::Response};

use super::rail;
use crate::{
    desk::tickets::{Channel, Kind, NewTicket},
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    web::{
        answers::{
            form::Sent,
            portal::lodge::{Lodged, fresh, lodge, message},
            said,
            site::{Agent, page, see_and_say},
            words::{self, Words},
        },
        console::new_ticket::{NewTicketView, page as form_page},
    },
};

pub async fn form(agent: Agent) -> Result<Response, Problem> {
    let view = NewTicketView { kind: "incident".to_owned(), once: fresh(), ..NewTicketView::default() };
    draw(&agent, view, StatusCode::OK)
}

fn draw(agent: &Agent, view: NewTicketView, status: StatusCode) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        let (rail, vocabulary) = (rail::view(tx, agent, "")?, Words::of(tx)?.for_many());
        Ok(NewTicketView { frame: agent.frame(), rail, vocabulary, ..view })
    })?;
    Ok(page(status, form_page(&view)))
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let text = |name: &str| sent.get(name).map(str::to_owned);
    let level = sent.get("priority").and_then(|it| it.parse::<u8>().ok());
    let new = NewTicket {
        description: sent.text("description").to_owned(),
        requester: text("requester"),
        priority: level,
        queue: text("queue"),
        assignee: text("assignee"),
        ..NewTicket::new(Kind::named(sent.text("kind")).unwrap_or(Kind::Incident), sent.text("title"), Channel::Phone)
    };
    match lodge(&agent, &sent, "/agent/tickets", new).await {
        Ok(Lodged { number }) => Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(format!("{number} is lodged.")))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let status = problem::status_of(refusal.code);
            draw(&agent, again(&sent, &refusal, level), status)
        }
        Err(error) => Err(error.into()),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(sent: &Sent, refusal: &Refusal, level: Option<u8>) -> NewTicketView {
    let own = ["requester", "title", "description"];
    let text = |name: &str| sent.text(name).to_owned();
    NewTicketView {
        kind: text("kind"),
        requester: text("requester"),
        title: text("title"),
        description: text("description"),
        priority: level.map(words::priority),
        queue: text("queue"),
        assignee: text("assignee"),
        requester_error: message(refusal, "requester").or_else(|| message(refusal, "email")),
        title_error: message(refusal, "title"),
        description_error: message(refusal, "description"),
        error: (!refusal.fields.iter().any(|it| own.contains(&it.field.as_str()) || it.field == "email")).then(|| refusal.detail.clone()),
        once: fresh(),
        ..NewTicketView::default()
    }
}
