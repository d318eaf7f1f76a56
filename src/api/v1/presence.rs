//! Who looks at a ticket and who writes on it: told by pages over the WebSocket, or by a small POST where there is none, and shown to
//! whoever works the ticket. Advice, never a lock.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{list::ListView, shown::NamedView, tickets::known};
use crate::{
    desk::{
        permission::Permission,
        tickets::{Cast, access},
    },
    error::{Refusal, Result},
    follow::presence::{Said, Typing},
    http::{Caller, Problem, body::RawJson, page::Page, path::Path, query::Query},
};

/// What a page says of whoever looks at it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PresenceInput {
    /// Id or number of the ticket that is looked at; absent on other pages.
    #[serde(default)]
    pub ticket: Option<String>,
    /// What is being written there: `reply` or `note`.
    #[serde(default)]
    #[schema(value_type = Option<TypingName>)]
    pub typing: Option<String>,
    /// Whether something was done on the page in the last minutes.
    #[serde(default)]
    pub active: Option<bool>,
    /// The page is being left.
    #[serde(default)]
    pub leaves: Option<bool>,
}

/// What somebody is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TypingName {
    Reply,
    Note,
}

/// Somebody who looks at a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PresentView {
    pub person: NamedView,
    /// What they are writing.
    #[schema(value_type = Option<TypingName>)]
    pub typing: Option<&'static str>,
}

/// Takes what a page says, and has the others told if it is new to them.
pub fn say(caller: &Caller, input: PresenceInput) -> Result<()> {
    caller.actor.need(Permission::TicketsRead)?;
    let typing = match input.typing.as_deref() {
        None => None,
        Some(it) => Some(Typing::named(it).ok_or_else(|| Refusal::field("typing", "unknown", "It is `reply` or `note`."))?),
    };
    let ticket = match input.ticket.as_deref().filter(|it| !it.is_empty()) {
        None => None,
        Some(it) => Some(caller.desk.read(|tx| {
            let ticket = access::named(tx, &caller.actor, it)?;
            access::need(&caller.actor, Permission::NotesRead, &ticket)?;
            Ok(ticket.id)
        })?),
    };
    let said =
        Said { person: caller.person.id, ticket, typing, active: input.active.unwrap_or(true), leaves: input.leaves.unwrap_or(false) };
    if caller.desk.presence.say(said, caller.desk.now()) {
        caller.desk.tell_presence(&ticket.into_iter().collect::<Vec<_>>())?;
    }
    Ok(())
}

pub async fn post(caller: Caller, json: RawJson) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    say(&caller, json.parse()?.into_value()?)?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<PresentView>>, Problem> {
    known(&caller, &id)?;
    let page = Page::of(&query, &[])?;
    let present = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        access::need(&caller.actor, Permission::NotesRead, &ticket)?;
        let present = caller.desk.presence.on(ticket.id, caller.desk.now());
        let mut cast = Cast::default();
        cast.meet(tx, present.iter().map(|it| it.0))?;
        let view = |(person, typing): (_, Option<Typing>)| PresentView {
            person: NamedView::person(&cast, person),
            typing: typing.map(Typing::name),
        };
        Ok(present.into_iter().map(view).collect())
    })?;
    Ok(axum::Json(ListView::of_whole(present, &page)?))
}
