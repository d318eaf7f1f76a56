//! Following a ticket, and no longer: oneself, and others by whoever works it.

use axum::response::Response;

use super::{
    callers::{self, Meant},
    property::{back_and_say, back_to, carry_out, refused},
};
use crate::{
    desk::{
        identity,
        tickets::{self, access},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path},
    id::PersonId,
    language::say,
    web::{
        answers::{form::Sent, site::Agent},
        tongue::t,
    },
};

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    if let Some(id) = sent.get("remove") {
        let person = id.parse::<PersonId>().map_err(|_| Error::from(Refusal::not_found("person")))?;
        let done = carry_out(&agent, &text, "the followers", move |tx, actor, it| tickets::unwatch(tx, actor, it.id, person)).await;
        return others(&agent, &text, t!("watch-removed"), done).await;
    }
    if sent.has("requester") {
        let done = match whom(&agent, &sent) {
            Ok(named) => {
                carry_out(&agent, &text, "the followers", move |tx, actor, it| {
                    let person = identity::named(tx, "requester", &named)?;
                    tickets::watch(tx, actor, it.id, person.id)
                })
                .await
            }
            Err(error) => Err(error),
        };
        return others(&agent, &text, t!("watch-added"), done).await;
    }
    let (actor, me, follows) = (agent.actor().clone(), agent.person(), sent.text("watching") == "on");
    let done = agent.desk.write(Some(me), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        if follows { tickets::watch(tx, &actor, ticket.id, me) } else { tickets::unwatch(tx, &actor, ticket.id, me) }
    });
    Ok(back_to(&agent, &done.await?))
}

type Done = Result<(tickets::Ticket, Option<crate::id::UndoId>)>;

async fn others(agent: &Agent, text: &str, said: &'static str, done: Done) -> Result<Response, Problem> {
    match done {
        Ok((ticket, undo)) => Ok(back_and_say(agent, &ticket, said, undo)),
        Err(error) => refused(agent, text, t!("watch-not-changed").to_owned(), error).await,
    }
}

/// Somebody who is known: chosen, named by address, or the only one whom the words mean.
fn whom(agent: &Agent, sent: &Sent) -> Result<String> {
    let unclear = || Refusal::field("requester", "unknown", say!("watch-nobody"));
    match callers::meant(agent, sent)? {
        Meant::Somebody(it) => it.requester.ok_or_else(|| unclear().into()),
        Meant::Ask(view) => match view.found.as_slice() {
            [one] => Ok(one.id.clone()),
            _ => Err(unclear().into()),
        },
    }
}
