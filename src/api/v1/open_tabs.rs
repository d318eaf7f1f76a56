//! The tickets that one has open side by side in the console.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{input::required, list::ListView, mail::TicketRefView};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        open_tabs,
        permission::Permission,
        tickets::{access, number},
    },
    error::Result,
    http::{Caller, Problem, body::RawJson, page::Page, query::Query},
};

/// What is to be open, in this order.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OpenTabsInput {
    /// Ids or numbers.
    #[schema(value_type = Vec<String>, required = true, max_items = 12)]
    pub tickets: Option<Vec<String>>,
}

fn views(tx: &Tx, actor: &Actor) -> Result<Vec<TicketRefView>> {
    Ok(open_tabs::of(tx, actor)?.iter().map(|it| TicketRefView { id: it.id.0, number: number::shown(tx, it) }).collect())
}

pub async fn read(caller: Caller, query: Query) -> Result<axum::Json<ListView<TicketRefView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| views(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn put(caller: Caller, json: RawJson) -> Result<axum::Json<ListView<TicketRefView>>, Problem> {
    caller.actor.need(Permission::TicketsRead)?;
    let input: OpenTabsInput = json.parse()?.into_value()?;
    let names = required("tickets", input.tickets)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let wanted = names.iter().map(|it| access::named(tx, &actor, it).map(|it| it.id)).collect::<Result<Vec<_>>>()?;
        open_tabs::set(tx, &actor, wanted)?;
        views(tx, &actor)
    });
    Ok(axum::Json(ListView::of_whole(done.await?, &Page::of(&Query::default(), &[])?)?))
}
