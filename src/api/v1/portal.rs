//! What requesters do, by its own addresses (API-10, API-12, INC-04).

use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    filters::{parameters, question},
    input::{Level, Named, given},
    tickets::{TicketListView, list_of, lodge},
};
use crate::{
    api::aliases,
    appliance::lists::Filter,
    desk::{
        query::{Field, Op, Sort},
        tickets::{Channel, Kind, NewTicket, access},
    },
    error::{Refusal, Result},
    follow::search::Spelling,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Key,
        page::Page,
        query::Query,
    },
};

/// Something that is broken, in few words.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewIncidentInput {
    #[serde(alias = "summary", default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 1048576, pattern = r"\S")]
    pub description: Option<String>,
    pub urgency: Option<Level>,
    pub impact: Option<Level>,
    #[schema(min_length = 1, max_length = 100)]
    pub category: Option<String>,
    pub asset: Option<Named>,
}

impl NewIncidentInput {
    /// As the desk takes it. The portal's form asks for a description, which no other way does.
    fn meant(self) -> Result<NewTicket> {
        let title = self.title.ok_or_else(|| Refusal::field("title", "required", "Say in a few words what is broken."))?;
        let description = self.description.filter(|it| !it.trim().is_empty());
        Ok(NewTicket {
            description: description.ok_or_else(|| Refusal::field("description", "required", "Describe what happened."))?,
            urgency: self.urgency.map(|it| it.0),
            impact: self.impact.map(|it| it.0),
            category: self.category,
            asset: self.asset.map(|it| it.text),
            ..NewTicket::new(Kind::Incident, title, Channel::Portal)
        })
    }
}

pub async fn incident(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    access::need_lodge(&caller.actor)?;
    let json = json.parse()?;
    let input: NewIncidentInput = body::value(Value::Object(aliases::canonical(json.object)))?;
    lodge(caller, key, &json.raw, input.meant()?, None, Vec::new()).await
}

pub async fn tickets(caller: Caller, query: Query) -> Result<axum::Json<TicketListView>, Problem> {
    let page = Page::of(&query, &[&parameters()[..], &["mine"]].concat())?;
    let mut question = question(&query, &page, Sort::NEWEST, Spelling::Exact);
    if query.flag("mine")? != Some(false) {
        question.filters.push(Filter { field: Field::Requester, op: Op::Is, values: vec!["me".into()], named: "mine".into() });
    }
    list_of(&caller, &page, question).await
}
