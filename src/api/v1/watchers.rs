//! Who follows a ticket.

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{input::Named, list::ListView, shown::PersonRefView, tickets::known};
use crate::{
    desk::{
        Tx, identity,
        tickets::{self, Cast, Ticket, access},
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, page::Page, path::Path, query::Query},
    id::PersonId,
};

/// Somebody who is to follow a ticket.
#[derive(Deserialize, ToSchema)]
pub struct WatcherInput {
    /// Id or mail address; yourself if absent.
    pub person: Option<Named>,
}

fn views(tx: &Tx, ticket: &Ticket) -> Result<Vec<PersonRefView>> {
    let mut cast = Cast::default();
    cast.meet(tx, ticket.watchers.iter().copied())?;
    Ok(ticket.watchers.iter().map(|it| PersonRefView::of(&cast, *it)).collect())
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<PersonRefView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let people = caller.desk.read(|tx| views(tx, &access::named(tx, &caller.actor, &id)?))?;
    Ok(axum::Json(ListView::of_whole(people, &page)?))
}

pub async fn create(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<axum::Json<ListView<PersonRefView>>, Problem> {
    known(&caller, &id)?;
    let input: WatcherInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let person = match (&input.person, actor.person()) {
            (None, Some(me)) => me,
            (named, _) => identity::named(tx, "person", named.as_ref().map_or("", |it| &it.text))?.id,
        };
        let ticket = tickets::watch(tx, &actor, ticket.id, person)?;
        views(tx, &ticket)
    });
    Ok(axum::Json(ListView::of_whole(done.await?, &Page::of(&Query::default(), &[])?)?))
}

pub async fn delete(caller: Caller, Path((id, person)): Path<(String, PersonId)>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        tickets::unwatch(tx, &actor, ticket.id, person).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
