//! Who else looks at a ticket and who writes on it, beside its number.

use axum::{http::StatusCode, response::Response};

use crate::{
    desk::{
        Tx,
        tickets::{Cast, Ticket, access, number},
    },
    error::Result,
    follow::presence::{Said, Typing},
    http::{Problem, path::Path},
    web::{
        answers::{
            site::{Agent, fragment, page},
            words::face,
        },
        console::ticket::{Present, presence},
    },
};

/// The others on a ticket.
pub fn others(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<Present>> {
    if !access::reads_notes(agent.actor(), ticket) {
        return Ok(Vec::new());
    }
    let here = agent.desk.presence.on(ticket.id, agent.desk.now());
    let mut cast = Cast::default();
    cast.meet(tx, here.iter().map(|it| it.0))?;
    let others = here.into_iter().filter(|it| it.0 != agent.person());
    Ok(others
        .map(|(id, typing)| Present { face: face(&cast, id), replies: typing == Some(Typing::Reply), notes: typing == Some(Typing::Note) })
        .collect())
}

/// The reader looks at a ticket from now on, until their page says otherwise or nothing.
pub fn looks(agent: &Agent, ticket: &Ticket) -> Result<()> {
    if !access::reads_notes(agent.actor(), ticket) {
        return Ok(());
    }
    // A page that only came anew says nothing of what is being typed on it.
    if agent.desk.presence.on(ticket.id, agent.desk.now()).iter().any(|it| it.0 == agent.person()) {
        return Ok(());
    }
    let said = Said { person: agent.person(), ticket: Some(ticket.id), typing: None, active: true, leaves: false };
    if agent.desk.presence.say(said, agent.desk.now()) { agent.desk.tell_presence(&[ticket.id]) } else { Ok(()) }
}

pub async fn show(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    let (title, number, here) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), &text)?;
        Ok((ticket.title.clone(), number::shown(tx, &ticket), others(tx, &agent, &ticket)?))
    })?;
    Ok(page(StatusCode::OK, fragment(&agent.frame(), &title, presence(&number, &here))))
}
