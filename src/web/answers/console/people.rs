//! Who can be named in a message, for the list that opens while `@` is typed; and who is at their desk.

use axum::{Json, response::IntoResponse};
use serde::Serialize;

use crate::{
    desk::{Tx, identity::Person, mentions, routing, tickets::access},
    error::Result,
    follow::presence::Standing,
    http::{Problem, query::Query},
    id::PersonId,
    web::{answers::site::Agent, tongue::t},
};

/// What the editor's list takes.
#[derive(Serialize)]
struct Offer {
    label: String,
    hint: String,
    insert: String,
}

pub async fn offered(agent: Agent, query: Query) -> Result<impl IntoResponse, Problem> {
    let found = agent.desk.read(|tx| {
        let ticket = query.get("ticket").map(|it| access::named(tx, agent.actor(), it)).transpose()?;
        mentions::offered(tx, query.get("q").unwrap_or_default(), ticket.as_ref())
    })?;
    let offer = |it: mentions::Offered| Offer {
        hint: if it.is_team { t!("live-team").to_owned() } else { format!("@{}", it.handle) },
        insert: format!("@{} ", it.handle),
        label: it.name,
    };
    Ok(Json(found.into_iter().map(offer).collect::<Vec<_>>()))
}

/// A word beside the name of a colleague who is not at their desk; none for whoever is.
pub fn standing(tx: &Tx, agent: &Agent, person: PersonId) -> Result<Option<&'static str>> {
    let now = agent.desk.now();
    let record = tx.get_shared::<Person>(&person)?;
    let is_away = record.as_ref().is_some_and(|it| it.standing.away || routing::is_absent(it, now));
    Ok(match agent.desk.presence.standing(person, now) {
        _ if is_away => Some(t!("live-away")),
        Standing::Online => Some(t!("live-online")),
        Standing::Idle => Some(t!("live-idle")),
        Standing::Offline => None,
    })
}
