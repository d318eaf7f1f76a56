//! Where a person is signed in: browsers and programs, seen and ended by that person, or by somebody who may change people (IAM-18).

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::ListView;
use crate::{
    desk::{
        actor::Actor,
        identity::{self, Session},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, Via, page::Page, path::Path, query::Query},
    id::{PersonId, SessionId},
    text::user_agent,
    time::Instant,
};

/// A place where somebody is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedInView {
    pub id: Uuid,
    /// Whether this very request came by it.
    pub current: bool,
    /// In words, such as `Firefox on Linux`.
    pub device: String,
    /// As the device names itself.
    pub user_agent: Option<String>,
    /// From where it was signed in.
    pub address: Option<String>,
    /// Whether it is a program with tokens, rather than a browser with a cookie.
    pub program: bool,
    pub started_at: Instant,
    /// To the hour.
    pub last_used_at: Instant,
    pub expires_at: Instant,
}

fn view(it: Session, current: Option<SessionId>) -> SignedInView {
    SignedInView {
        id: it.id.0,
        current: Some(it.id) == current,
        device: user_agent::device(it.user_agent.as_deref().unwrap_or_default()),
        user_agent: it.user_agent,
        address: it.address,
        program: it.access_until.is_some(),
        started_at: it.started_at,
        last_used_at: it.seen_at,
        expires_at: it.expires_at,
    }
}

/// A personal token decides over sessions only where it may decide over tokens as well.
fn enough(caller: &Caller) -> Result<()> {
    if caller.via == Via::PersonalToken { caller.actor.need(Permission::TokensOwn) } else { Ok(()) }
}

/// Whose sessions are meant: one's own, or, by the parameter `person`, somebody else's.
fn whose(query: &Query, actor: &Actor, me: PersonId) -> Result<PersonId> {
    let Some(named) = query.get("person") else { return Ok(me) };
    let person = named.parse().map_err(|_| Refusal::field("person", "invalid", "`person` is a person's id."))?;
    if person != me {
        actor.need(Permission::PeopleWrite)?;
    }
    Ok(person)
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<SignedInView>>, Problem> {
    enough(&caller)?;
    let page = Page::of(&query, &["person"])?;
    let person = whose(&query, &caller.actor, caller.person.id)?;
    let all = caller.desk.read(|tx| identity::sessions_of(tx, person))?;
    let current = caller.via.session();
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(|it| view(it, current)).collect(), &page)?))
}

pub async fn delete(caller: Caller, Path(id): Path<SessionId>) -> Result<StatusCode, Problem> {
    enough(&caller)?;
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| identity::end_session_of(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all but the one by which it is asked.
pub async fn delete_others(caller: Caller, query: Query) -> Result<StatusCode, Problem> {
    enough(&caller)?;
    query.only(["person"].into_iter())?;
    let person = whose(&query, &caller.actor, caller.person.id)?;
    let (actor, but) = (caller.actor.clone(), caller.via.session());
    caller.desk.write(actor.person(), move |tx| identity::end_sessions_of(tx, &actor, person, but)).await?;
    Ok(StatusCode::NO_CONTENT)
}
