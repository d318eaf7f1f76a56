//! Replies and internal notes. A reply that would talk over a newer one is shown again with a warning first.

use axum::{http::StatusCode, response::Response};

use super::{
    property::back_to,
    ticket::{Part, Undone, newest, show},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        tickets::{self, Channel, NewComment, Ticket, access},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    web::answers::{
        form::Sent,
        site::Agent,
        words::{face, first_name},
    },
};

pub async fn add(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let note = match sent.text("mode") {
        "note" => true,
        "reply" => false,
        // Who reads it is never guessed.
        _ => return Err(Refusal::field("mode", "required", "Say whether it is a reply or an internal note.").into()),
    };
    let (body, had_files) = (sent.text("body").to_owned(), !sent.files.is_empty());
    let seen = sent.get("seen").filter(|_| !note).map(str::to_owned);
    let comment = NewComment { files: sent.files, ..NewComment::new(body.as_str(), note, Channel::Portal) };
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        if let Some(seen) = seen {
            unless_answered(tx, &actor, &ticket, &seen)?;
        }
        Ok(tickets::add_comment(tx, &actor, ticket.id, comment)?.0)
    });
    let refusal = match done.await {
        Ok(ticket) => return Ok(back_to(&agent, &ticket)),
        Err(Error::Refused(it)) if matches!(it.code, Code::Validation | Code::Conflict) => it,
        Err(error) => return Err(error.into()),
    };
    let error = if had_files { format!("{} Attach the files again.", refusal.detail) } else { refusal.detail };
    let status: StatusCode = problem::status_of(refusal.code);
    show(&agent, &text, Part::Conversation, Undone { body, note, error: Some(error), conflict: None }, status).await
}

/// Refuses a reply if somebody else wrote to the requester since its writer looked.
fn unless_answered(tx: &Tx, actor: &Actor, ticket: &Ticket, seen: &str) -> Result<()> {
    let comments = tickets::comments(tx, actor, ticket)?;
    if newest(&comments) == seen {
        return Ok(());
    }
    let news = comments.iter().rev().filter(|it| !it.is_private).take_while(|it| it.id.to_string() != seen);
    let Some(other) = news.filter_map(|it| it.author).find(|it| !actor.is(*it)) else { return Ok(()) };
    let mut cast = tickets::Cast::default();
    cast.meet(tx, [other])?;
    let name = face(&cast, other).name;
    let detail = format!("{} wrote meanwhile. Read it above; if your reply still fits, send it again.", first_name(&name));
    Err(Refusal::new(Code::Conflict, detail).into())
}
