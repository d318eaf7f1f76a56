//! Search: tickets that fit best first, with the stretch of text that shows why.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    filters::{parameters, question},
    input::given,
};
use crate::{
    appliance::lists,
    desk::{
        Tx,
        actor::Actor,
        attachments,
        query::Sort,
        settings::Settings,
        tickets::{self, Ticket, access, number},
    },
    error::{Refusal, Result},
    follow::search::{Highlighter, Snippet, Spelling},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        page::Page,
        query::Query,
    },
};

/// A stretch of text that is shown, in characters.
const SNIPPET_CHARS: usize = 200;
/// Stretches that are shown of one hit.
const SNIPPETS_MAX: usize = 3;
/// Comments of one ticket that are looked through for a stretch to show, the newest first.
const COMMENTS_MAX: usize = 50;

/// What is searched for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchInput {
    /// In the query language.
    #[serde(alias = "query", default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 4096)]
    pub q: Option<String>,
    #[schema(minimum = 1, maximum = 100000)]
    pub page: Option<u64>,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: Option<u64>,
    #[schema(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub sort: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchView {
    pub items: Vec<HitView>,
    #[schema(minimum = 1)]
    pub page: usize,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: usize,
    #[schema(minimum = 0)]
    pub total: usize,
    pub next_cursor: Option<String>,
    /// The index does not know your own last change yet.
    pub stale: bool,
}

/// One thing that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HitView {
    #[serde(rename = "type")]
    #[schema(value_type = HitKind)]
    pub kind: &'static str,
    pub id: Uuid,
    /// Of the ticket, or of the ticket that a comment or file belongs to.
    pub number: Option<String>,
    pub title: String,
    /// Safe HTML; what was found stands in `<mark>`.
    pub highlights: Vec<String>,
}

/// What can be found.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum HitKind {
    Ticket,
    Article,
    Asset,
    Person,
}

pub async fn get(caller: Caller, query: Query) -> Result<axum::Json<SearchView>, Problem> {
    find(caller, query).await
}

pub async fn post(caller: Caller, json: RawJson) -> Result<axum::Json<SearchView>, Problem> {
    access::need_list(&caller.actor)?;
    let json = json.parse()?;
    let input: SearchInput = body::value(Value::Object(json.object))?;
    let number = |it: Option<u64>| it.map(|it| it.to_string());
    let pairs = [
        ("q", input.q),
        ("page", number(input.page)),
        ("pageSize", number(input.page_size)),
        ("limit", number(input.limit)),
        ("cursor", input.cursor),
        ("sort", input.sort),
    ];
    find(caller, Query(pairs.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?))).collect())).await
}

async fn find(caller: Caller, query: Query) -> Result<axum::Json<SearchView>, Problem> {
    let page = Page::of(&query, &parameters())?;
    if query.get("q").is_none_or(|it| it.trim().is_empty()) {
        return Err(Refusal::field("q", "required", "Say what to search for in `q`.").into());
    }
    let found = lists::list(&caller.desk, &caller.actor, question(&query, &page, Sort::RELEVANCE, Spelling::Forgiving)).await?;
    let highlighter = Highlighter::new(&found.cond, Spelling::Forgiving);
    let (desk, actor, tickets) = (caller.desk.clone(), caller.actor.clone(), found.tickets);
    let shown = tokio::task::spawn_blocking(move || desk.read(|tx| hits(tx, &actor, &highlighter, &tickets))).await;
    let items = shown.map_err(|it| crate::error::Fault::because("showing what was found", it))??;
    Ok(axum::Json(SearchView {
        items,
        page: page.number,
        page_size: page.size,
        total: found.total,
        next_cursor: found.next,
        stale: found.stale,
    }))
}

fn hits(tx: &Tx, actor: &Actor, highlighter: &Highlighter, tickets: &[Ticket]) -> Result<Vec<HitView>> {
    let settings = Settings::of(tx)?;
    let mut hits = Vec::with_capacity(tickets.len());
    for it in tickets {
        hits.push(HitView {
            kind: "ticket",
            id: it.id.0,
            number: Some(number::text(&settings, it.kind, it.number)),
            title: it.title.clone(),
            highlights: highlights(tx, actor, highlighter, it)?.iter().map(Snippet::to_html).collect(),
        });
    }
    Ok(hits)
}

/// Where in the ticket the words stand, as far as the actor may read it.
fn highlights(tx: &Tx, actor: &Actor, highlighter: &Highlighter, ticket: &Ticket) -> Result<Vec<Snippet>> {
    let mut found: Vec<Snippet> = highlighter.title(&ticket.title).into_iter().collect();
    found.extend(highlighter.text(&ticket.description, SNIPPET_CHARS));
    if ticket.comment_count > 0 {
        for comment in tickets::comments(tx, actor, ticket)?.iter().rev().take(COMMENTS_MAX) {
            if found.len() >= SNIPPETS_MAX {
                break;
            }
            found.extend(highlighter.text(&comment.body, SNIPPET_CHARS));
        }
    }
    if found.is_empty() && ticket.has_attachments {
        let files = attachments::of_ticket(tx, actor, ticket)?;
        found.extend(files.iter().filter_map(|it| highlighter.text(&it.filename, SNIPPET_CHARS)));
    }
    found.truncate(SNIPPETS_MAX);
    Ok(found)
}
