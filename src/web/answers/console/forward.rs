//! The form with which a third party is asked, and its answer.

use axum::{http::StatusCode, response::Response};

use super::{comments::sent_addresses, place::Place, property::back_to, rail};
use crate::{
    desk::{
        attachments,
        mail::recipients::{self, Addressed},
        permission::Permission,
        tickets::{self, Channel, NewComment, access, number},
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem},
    web::{
        admin::shell::Tick,
        answers::{
            form::Sent,
            site::{Agent, page},
        },
        console::forward::{ForwardView, page as forward_page},
        tongue,
    },
};

/// What is wrong, as the page shows it.
#[derive(Default)]
struct Wrong {
    errors: std::collections::BTreeMap<String, String>,
    error: Option<String>,
}

fn draw(agent: &Agent, text: &str, status: StatusCode, sent: Option<&Sent>, wrong: Wrong) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let view = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        access::need(agent.actor(), Permission::TicketsWrite, &ticket)?;
        let quote = recipients::quoted(tx, &ticket, "thread")?;
        let files = attachments::of_ticket(tx, agent.actor(), &ticket)?.into_iter().map(|it| Tick {
            on: sent.is_some_and(|sent| sent.all("attach").any(|on| on == it.id.to_string())),
            value: it.id.to_string(),
            label: it.filename,
            ..Tick::default()
        });
        let typed = |name: &str| sent.map_or_else(String::new, |it| it.text(name).to_owned());
        Ok(ForwardView {
            frame: agent.frame(),
            rail: rail::view(tx, agent, &place.href)?,
            number: number::text(&agent.settings, ticket.kind, ticket.number),
            to: typed("to"),
            cc: typed("cc"),
            subject: sent.map_or_else(|| ticket.title.clone(), |it| it.text("subject").to_owned()),
            body: sent.map_or_else(|| quote, |it| it.text("body").to_owned()),
            files: files.collect(),
            errors: wrong.errors,
            error: wrong.error,
        })
    })?;
    Ok(page(status, forward_page(&view)))
}

pub async fn form(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    draw(&agent, &text, StatusCode::OK, None, Wrong::default())
}

pub async fn send(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let addressed = Addressed { forward: true, subject: sent.get("subject").map(str::to_owned), ..sent_addresses(&sent) };
    let comment = NewComment { addressed: Some(addressed), ..NewComment::new(sent.text("body").trim(), true, Channel::Portal) };
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        tickets::add_comment(tx, &actor, ticket.id, comment)
    });
    match done.await {
        Ok((ticket, _)) => Ok(back_to(&agent, &ticket)),
        Err(Error::Refused(it)) if !it.fields.is_empty() => {
            let errors = it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect();
            draw(&agent, &text, problem::status_of(it.code), Some(&sent), Wrong { errors, error: None })
        }
        Err(it) => Err(it.into()),
    }
}
