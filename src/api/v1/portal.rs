//! What requesters do, by its own addresses (API-10, API-12, INC-04).

use axum::response::Response;

use super::tickets::{TicketListView, list_of, lodge, question};
use crate::{
    appliance::lists::Filter,
    desk::{
        query::{Field, Op, Sort},
        tickets::{Channel, Kind},
    },
    error::Refusal,
    follow::search::Spelling,
    http::{Caller, Problem, body::Json, idempotency::Key, page::Page, query::Query},
};

pub async fn incident(caller: Caller, key: Key, mut json: Json) -> Result<Response, Problem> {
    if !json.object.contains_key("title")
        && let Some(summary) = json.object.remove("summary")
    {
        json.object.insert("title".to_owned(), summary);
    }
    lodge(caller, key, json, Channel::Portal, |new| {
        if new.description.trim().is_empty() {
            return Err(Refusal::field("description", "required", "Describe what happened.").into());
        }
        new.kind = Kind::Incident;
        new.channel = Channel::Portal;
        Ok(())
    })
    .await
}

pub async fn tickets(caller: Caller, query: Query) -> Result<axum::Json<TicketListView>, Problem> {
    let page = Page::of(&query)?;
    let mut question = question(&query, &page, Sort::NEWEST, Spelling::Exact);
    if query.flag("mine")? != Some(false) {
        question.filters.push(Filter { field: Field::Requester, op: Op::Is, values: vec!["me".into()], named: "mine".into() });
    }
    list_of(&caller, &page, question).await
}
