//! The query language while somebody types it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    appliance::completion,
    desk::{
        query::complete::{Offer, Place},
        tickets::access,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, query::Query},
};

/// What may stand at a place of a query.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompletionView {
    /// Where the word at the place begins, in characters.
    #[schema(minimum = 0)]
    pub from: usize,
    /// Where it ends.
    #[schema(minimum = 0)]
    pub to: usize,
    #[schema(max_items = 12)]
    pub items: Vec<QueryOfferView>,
}

/// What may take the place of the word.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryOfferView {
    /// As the query language takes it.
    pub insert: String,
    pub label: String,
    /// A word about it; may be empty.
    pub hint: String,
}

impl CompletionView {
    /// Of what was found for a place; places are bytes there and characters here.
    pub fn of(text: &str, place: &Place, offers: Vec<Offer>) -> CompletionView {
        let characters = |bytes: usize| text[..text.floor_char_boundary(bytes)].chars().count();
        let view = |it: Offer| QueryOfferView { insert: it.insert, label: it.label, hint: it.hint };
        CompletionView { from: characters(place.from), to: characters(place.to), items: offers.into_iter().map(view).collect() }
    }
}

pub async fn complete(caller: Caller, query: Query) -> Result<axum::Json<CompletionView>, Problem> {
    access::need_list(&caller.actor)?;
    if let Some((name, _)) = query.0.iter().find(|it| !["q", "at"].contains(&it.0.as_str())) {
        let name: String = name.chars().take(40).collect();
        return Err(Refusal::field(name, "unknown", "Known are `q` and `at`.").into());
    }
    let text = query.get("q").unwrap_or_default();
    let wrong = || Refusal::field("at", "invalid", "`at` is the place of the cursor in `q`, in characters.");
    let at = query.get("at").map(|it| it.parse().map_err(|_| wrong())).transpose()?;
    let (place, offers) = completion::complete(&caller.desk, &caller.actor, text, at).await?;
    Ok(axum::Json(CompletionView::of(text, &place, offers)))
}
