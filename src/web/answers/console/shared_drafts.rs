//! Answers that agents write together, on the page of their ticket.

use axum::{http::StatusCode, response::Response};

use super::{
    comments::sent_addresses,
    property::{back_to, refused},
    ticket::{Part, Undone, show},
};
use crate::{
    desk::{
        Tx,
        drafts::shared::{self, SharedDraft, Written},
        tickets::{Cast, Channel, Ticket, access, number},
    },
    error::{Code, Error, Result},
    http::{Problem, path::Path},
    id::DraftId,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
        },
        components::{badge::Tone, banner::Banner, toast::Toast},
        console::shared_drafts::SharedDraftView,
        tongue::{self, t},
    },
};

/// Those of a ticket, as its page shows them.
pub fn views(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<SharedDraftView>> {
    let all = shared::of_ticket(tx, agent.actor(), ticket)?;
    let mut cast = Cast::default();
    cast.meet(tx, all.iter().flat_map(|it| it.writers.iter().copied()))?;
    let view = |it: SharedDraft| SharedDraftView {
        writer: it.last_writer().and_then(|it| cast.person(it)).map_or_else(String::new, |it| it.name.clone()),
        others: it.writers.len().saturating_sub(1),
        addresses: [it.to.join(", "), it.cc.join(", "), it.bcc.join(", ")],
        id: it.id.to_string(),
        body: it.body,
        version: it.version,
        at: it.updated_at,
    };
    Ok(all.into_iter().map(view).collect())
}

fn written(sent: &Sent) -> Written {
    let addressed = sent_addresses(sent);
    Written { body: sent.text("body").to_owned(), to: addressed.to, cc: addressed.cc, bcc: addressed.bcc }
}

pub async fn share(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named, written) = (agent.actor().clone(), text.clone(), written(&sent));
    let body = written.body.clone();
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        shared::share(tx, &actor, ticket.id, written)?;
        Ok(ticket)
    });
    match done.await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(Error::Refused(it)) if it.code == Code::Validation => {
            let undone = Undone { body, error: Some(tongue::sentence(&it.detail)), ..Undone::default() };
            show(&agent, &text, Part::Conversation, undone, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(it) => Err(it.into()),
    }
}

enum Did {
    Kept(Ticket),
    Sent(Ticket, Option<(u64, String)>),
}

/// Keeps, sends or puts away what stands in the form. A version that was not read is not overwritten: both stand on the page.
pub async fn change(agent: Agent, Path((text, draft)): Path<(String, DraftId)>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named, written) = (agent.actor().clone(), text.clone(), written(&sent));
    let (version, what, body) = (sent.text("version").parse().ok(), sent.text("do").to_owned(), written.body.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        if what == "discard" {
            shared::discard(tx, &actor, ticket.id, draft, version)?;
            return Ok(Did::Kept(ticket));
        }
        let after = shared::change(tx, &actor, ticket.id, draft, version, written)?;
        if what != "send" {
            return Ok(Did::Kept(ticket));
        }
        let (ticket, comment) = shared::send(tx, &actor, ticket.id, draft, Some(after.version), Channel::Portal)?;
        let held = comment.held_until.map(|it| (it.since(comment.created_at).as_secs(), comment.id.to_string()));
        Ok(Did::Sent(ticket, held))
    });
    match done.await {
        Ok(Did::Kept(ticket) | Did::Sent(ticket, None)) => Ok(back_to(&agent, &ticket)),
        Ok(Did::Sent(ticket, Some((seconds, comment)))) => {
            let address = format!("/agent/tickets/{}", number::text(&agent.settings, ticket.kind, ticket.number));
            let undo = Some(format!("{address}/comments/{comment}/withdraw"));
            Ok(see_and_say(&address, &Toast { undo, ..said::done(t!("live-leaves-in", seconds = seconds)) }))
        }
        // What was typed stands in the composer, beside what somebody else has made of the draft.
        Err(Error::Refused(it)) if matches!(it.code, Code::Stale | Code::NotFound) => {
            let conflict =
                Some(Banner { tone: Tone::Warn, title: t!("live-shared-changed").to_owned(), text: t!("live-shared-yours").to_owned() });
            show(&agent, &text, Part::Conversation, Undone { body, conflict, ..Undone::default() }, StatusCode::CONFLICT).await
        }
        Err(it) => refused(&agent, &text, t!("live-shared-not-saved").to_owned(), it).await,
    }
}
