//! Search: tickets, articles and people that fit best first, with the stretch of text that shows why.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    filters::{parameters, question},
    input::given,
};
use crate::{
    appliance::{
        facets::{self, FacetValue},
        finding::{Item, Wanted},
    },
    desk::{
        Tx,
        actor::Actor,
        attachments,
        identity::Person,
        knowledge::{self, Article},
        query::Sort,
        settings::Settings,
        tickets::{self, Ticket, access, number},
    },
    error::{Refusal, Result},
    follow::search::{Facet, Highlighter, Snippet, Spelling},
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
    /// What is looked for: all that you may see, if absent. A query that names a field of tickets finds tickets only.
    #[serde(rename = "type", default, deserialize_with = "given")]
    #[schema(value_type = Vec<HitKind>, required = false)]
    pub kinds: Option<Vec<String>>,
    /// What is counted of all that was found.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub facets: Option<Vec<String>>,
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
    /// There may be more than `total`, which is as far as they were counted.
    pub total_is_bound: bool,
    pub next_cursor: Option<String>,
    /// The index does not know your own last change yet.
    pub stale: bool,
    /// By the name of each facet that was asked for: its values, the most frequent first. What you may not see is not counted.
    pub facets: Option<BTreeMap<&'static str, Vec<FacetValueView>>>,
    /// So much was found that `facets` counts the newest of it: there may be more of each value, and other values.
    pub facets_are_bound: bool,
}

/// A value of something that was found, and how many have it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FacetValueView {
    /// As the query language takes it.
    pub value: String,
    pub label: String,
    #[schema(minimum = 1)]
    pub count: usize,
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
    let pairs = pairs.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?)));
    let kinds = input.kinds.unwrap_or_default().into_iter().map(|it| (TYPE.to_owned(), it));
    let facets = input.facets.unwrap_or_default().into_iter().map(|it| (FACETS.to_owned(), it));
    find(caller, Query(pairs.chain(kinds).chain(facets).collect())).await
}

/// The parameter that says what is looked for.
const TYPE: &str = "type";

/// The parameter that says what is counted.
const FACETS: &str = "facets";

/// What is to be counted, and the query without it.
fn counted(query: Query) -> Result<(Vec<Facet>, Query)> {
    let (asked, rest): (Vec<_>, Vec<_>) = query.0.into_iter().partition(|it| it.0 == FACETS);
    let mut facets = Vec::new();
    for name in asked.iter().flat_map(|it| it.1.split(',')).map(str::trim).filter(|it| !it.is_empty()) {
        let Some(it) = Facet::named(name) else {
            let known = Facet::ALL.map(Facet::name).join("`, `");
            return Err(Refusal::field(FACETS, "unknown", format!("There is no such facet; known are `{known}`.")).into());
        };
        if !facets.contains(&it) {
            facets.push(it);
        }
    }
    Ok((facets, Query(rest)))
}

/// What is looked for, and the query without it. Kinds of tickets are named by the same parameter: they stay in the query.
fn wanted(query: Query) -> (Wanted, Query) {
    let mut wanted = Wanted::NOTHING;
    let mut rest = Vec::new();
    for (name, text) in query.0 {
        if name != TYPE {
            rest.push((name, text));
            continue;
        }
        for it in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match it {
                "ticket" => wanted.tickets = true,
                "article" => wanted.articles = true,
                "person" => wanted.people = true,
                // Nothing of this sort is there yet, and saying so would break whoever asks for all that there may be.
                "asset" => {}
                kind => rest.push((TYPE.to_owned(), kind.to_owned())),
            }
        }
    }
    let is_said = wanted != Wanted::NOTHING;
    (if is_said { wanted } else { Wanted::ALL }, Query(rest))
}

async fn find(caller: Caller, query: Query) -> Result<axum::Json<SearchView>, Problem> {
    let only_assets = query.all(TYPE).next().is_some() && query.all(TYPE).flat_map(|it| it.split(',')).all(|it| it.trim() == "asset");
    let (wanted, query) = wanted(query);
    let wanted = if only_assets { Wanted::NOTHING } else { wanted };
    let (facets, query) = counted(query)?;
    let page = Page::of(&query, &parameters())?;
    if query.get("q").is_none_or(|it| it.trim().is_empty()) {
        return Err(Refusal::field("q", "required", "Say what to search for in `q`.").into());
    }
    let question = question(&query, &page, Sort::RELEVANCE, Spelling::Forgiving);
    let (found, counted) = facets::find_and_count(&caller.desk, &caller.actor, question, wanted, &facets).await?;
    let view = |it: FacetValue| FacetValueView { value: it.value, label: it.label, count: it.count };
    let of_facet = |(facet, values): (Facet, Vec<FacetValue>)| (facet.name(), values.into_iter().map(view).collect());
    let facets = (!facets.is_empty()).then(|| counted.facets.into_iter().map(of_facet).collect());
    let highlighter = Highlighter::new(&found.cond, Spelling::Forgiving, &found.vocabulary);
    let (desk, actor, items) = (caller.desk.clone(), caller.actor.clone(), found.items);
    let shown = tokio::task::spawn_blocking(move || desk.read(|tx| hits(tx, &actor, &highlighter, &items))).await;
    let items = shown.map_err(|it| crate::error::Fault::because("showing what was found", it))??;
    Ok(axum::Json(SearchView {
        items,
        page: page.number,
        page_size: page.size,
        total: found.total.count,
        total_is_bound: found.total.is_bound,
        next_cursor: found.next,
        stale: found.stale,
        facets,
        facets_are_bound: counted.is_bound,
    }))
}

fn hits(tx: &Tx, actor: &Actor, highlighter: &Highlighter, items: &[Item]) -> Result<Vec<HitView>> {
    let settings = Settings::of(tx)?;
    let mut hits = Vec::with_capacity(items.len());
    for item in items {
        let (kind, id, number, title, found) = match item {
            Item::Ticket(it) => {
                let number = Some(number::text(&settings, it.kind, it.number));
                ("ticket", it.id.0, number, &it.title, highlights(tx, actor, highlighter, it)?)
            }
            Item::Article(it) => ("article", it.id.0, None, &it.title, of_article(tx, highlighter, it)?),
            Item::Person(it) => ("person", it.id.0, None, &it.name, of_person(highlighter, it)),
        };
        let highlights = found.iter().map(Snippet::to_html).collect();
        hits.push(HitView { kind, id, number, title: title.clone(), highlights });
    }
    Ok(hits)
}

/// Where in an article the words stand; else what it is about.
fn of_article(tx: &Tx, highlighter: &Highlighter, it: &Article) -> Result<Vec<Snippet>> {
    let mut found: Vec<Snippet> = highlighter.title(&it.title).into_iter().collect();
    found.extend(highlighter.text(&it.summary, SNIPPET_CHARS));
    found.extend(highlighter.text(&knowledge::searched(tx, it)?, SNIPPET_CHARS));
    found.truncate(SNIPPETS_MAX);
    Ok(found)
}

/// Where in what somebody is called the words stand; and how they are reached.
fn of_person(highlighter: &Highlighter, it: &Person) -> Vec<Snippet> {
    let mut found: Vec<Snippet> = highlighter.title(&it.name).into_iter().collect();
    let reached = it.reached_by();
    if !reached.is_empty() {
        found.push(highlighter.text(reached, SNIPPET_CHARS).unwrap_or_else(|| Snippet { text: reached.to_owned(), marks: Vec::new() }));
    }
    found
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
