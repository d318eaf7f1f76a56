//! Search over tickets, articles and people, in the query language; a ticket's number leads straight to it.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::rail;
use crate::{
    appliance::{
        completion,
        facets::{self, FacetValue},
        finding::{Finding, Item, Wanted},
        lists::Question,
    },
    desk::{
        Tx,
        identity::Person,
        knowledge::{self, Article},
        query::Sort,
        tickets::{self, Ticket, access, number},
    },
    error::{Code, Error, Result},
    follow::search::{Facet, Highlighter, Spelling},
    http::{Problem, query::Query},
    text::html,
    web::{
        answers::{
            site::{Agent, page, see},
            words::{Words, category},
        },
        components::pagination::Pages,
        console::search::{Hit, Narrower, SearchView, page as search_page},
        tongue::{self, t},
    },
};

/// Hits of a page.
const HITS: usize = 25;
const PAGES_MAX: usize = 200;
/// About so much of a text is shown around what matched, in characters.
const EXCERPT_CHARS: usize = 180;

pub async fn show(agent: Agent, query: Query) -> Result<Response, Problem> {
    let text = query.get("q").unwrap_or_default().trim().to_owned();
    let rail = agent.desk.read(|tx| rail::view(tx, &agent, ""))?;
    let blank = SearchView { frame: agent.frame(), rail, query: text.clone(), ..SearchView::default() };
    if text.is_empty() {
        return Ok(page(StatusCode::OK, search_page(&blank)));
    }
    if let Some(number) = agent.desk.read(|tx| exactly(tx, &agent, &text))? {
        return Ok(see(&format!("/agent/tickets/{number}")));
    }
    let at = query.get("page").and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX);
    let kind = query.get("type").unwrap_or_default();
    let wanted = match kind {
        "ticket" => Wanted { tickets: true, ..Wanted::NOTHING },
        "article" => Wanted { articles: true, ..Wanted::NOTHING },
        "person" => Wanted { people: true, ..Wanted::NOTHING },
        _ => Wanted::ALL,
    };
    let question = Question {
        text: Some(text.clone()),
        filters: Vec::new(),
        sort: Sort::RELEVANCE,
        cursor: None,
        skip: (at - 1) * HITS,
        limit: HITS,
        spelling: Spelling::Forgiving,
    };
    let shown = [Facet::Type, Facet::Status, Facet::Queue, Facet::Priority, Facet::Assignee, Facet::Tag];
    let (status, view) = match facets::find_and_count(&agent.desk, agent.actor(), question, wanted, &shown).await {
        Ok((answer, counted)) => {
            let words = agent.desk.read(Words::of)?;
            let counts_newest = counted.is_bound;
            let facets = counted.facets.into_iter().filter_map(|(facet, values)| narrowers(&words, &text, kind, facet, values)).collect();
            (StatusCode::OK, found(&agent, SearchView { facets, counts_newest, ..blank }, answer, at, kind)?)
        }
        // The text cannot be read as a query: where and why is said beside the box.
        Err(Error::Refused(it)) if it.code == Code::Validation => {
            (StatusCode::UNPROCESSABLE_ENTITY, SearchView { error: Some(tongue::sentence(&it.detail)), ..blank })
        }
        Err(error) => return Err(error.into()),
    };
    Ok(page(status, search_page(&view)))
}

/// What may follow where somebody types in the box.
pub async fn complete(agent: Agent, query: Query) -> Result<impl IntoResponse, Problem> {
    let text = query.get("q").unwrap_or_default();
    let at = query.get("at").and_then(|it| it.parse().ok());
    let (place, offers) = completion::complete(&agent.desk, agent.actor(), text, at).await?;
    let characters = |bytes: usize| text[..text.floor_char_boundary(bytes)].chars().count();
    let items = offers.into_iter().map(|it| Offered { insert: it.insert, label: it.label, hint: it.hint }).collect();
    Ok(Json(Completion { from: characters(place.from), to: characters(place.to), items }))
}

/// What the script of the box takes; places in characters.
#[derive(Serialize)]
struct Completion {
    from: usize,
    to: usize,
    items: Vec<Offered>,
}

#[derive(Serialize)]
struct Offered {
    insert: String,
    label: String,
    hint: String,
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Links that narrow a query down by the values of a facet; none where there is nothing to choose.
fn narrowers(words: &Words, text: &str, kind: &str, facet: Facet, values: Vec<FacetValue>) -> Option<(&'static str, Vec<Narrower>)> {
    let is_chosen = facet == Facet::Type && !kind.is_empty();
    if values.len() < 2 && !is_chosen {
        return None;
    }
    let name = match facet {
        Facet::Type => t!("search-facet-type"),
        Facet::Status => t!("search-facet-status"),
        Facet::Queue => t!("search-facet-queue"),
        Facet::Priority => t!("search-facet-priority"),
        Facet::Assignee => t!("search-facet-assignee"),
        Facet::Tag => t!("search-facet-tag"),
        Facet::Kind | Facet::Category => return None,
    };
    // Whatever the query says, the value holds for all of it.
    let whole = if text.contains(" OR ") { format!("({text})") } else { text.to_owned() };
    let link = |it: FacetValue| {
        let href = match facet {
            // Chosen once more, it is let go.
            Facet::Type if kind == it.value => format!("/agent/search?q={}", encoded(text)),
            Facet::Type => format!("/agent/search?q={}&type={}", encoded(text), it.value),
            _ => format!("/agent/search?q={}", encoded(&format!("{whole} {}:{}", facet.name(), quoted(&it.value)))),
        };
        let name = match facet {
            Facet::Type => tongue::named("search-kind-", &it.value).unwrap_or_default().to_owned(),
            Facet::Status => words.status_of_any(&it.value),
            _ => it.label,
        };
        Narrower { name, count: it.count, href, current: facet == Facet::Type && kind == it.value }
    };
    Some((name, values.into_iter().take(NARROWERS_MAX).map(link).collect()))
}

/// Values of one facet that are shown.
const NARROWERS_MAX: usize = 8;

/// A value as the query language takes it.
fn quoted(value: &str) -> String {
    if !value.is_empty() && value.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '-' | '@' | '.')) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The number of the ticket that the text names, if it names one.
fn exactly(tx: &Tx, agent: &Agent, text: &str) -> Result<Option<String>> {
    let Some(id) = number::find(tx, text)? else { return Ok(None) };
    let ticket = tx.get::<Ticket>(&id)?.filter(|it| access::may_see(agent.actor(), it));
    Ok(ticket.map(|it| number::text(&agent.settings, it.kind, it.number)))
}

fn found(agent: &Agent, blank: SearchView, answer: Finding, at: usize, kind: &str) -> Result<SearchView> {
    let highlighter = Highlighter::new(&answer.cond, Spelling::Forgiving, &answer.vocabulary);
    let first = (at - 1) * HITS;
    let of_kind = if kind.is_empty() { String::new() } else { format!("&type={}", encoded(kind)) };
    let encoded = encoded(&blank.query);
    let on_page = |at: usize| format!("/agent/search?q={encoded}{of_kind}&page={at}");
    agent.desk.read(|tx| {
        let words = Words::of(tx)?;
        let mut hits = Vec::with_capacity(answer.items.len());
        for it in &answer.items {
            hits.push(match it {
                Item::Ticket(it) => hit(tx, agent, &words, &highlighter, it)?,
                Item::Article(it) => of_article(tx, &highlighter, it)?,
                Item::Person(it) => of_person(&highlighter, it),
            });
        }
        let pages = Pages {
            first: if hits.is_empty() { 0 } else { first + 1 },
            last: first + hits.len(),
            total: Some(answer.total),
            previous: (at > 1).then(|| on_page(at - 1)),
            next: answer.next.as_ref().map(|_| on_page(at + 1)),
        };
        Ok(SearchView { hits, pages, stale: answer.stale, ..blank })
    })
}

fn of_article(tx: &Tx, highlighter: &Highlighter, it: &Article) -> Result<Hit> {
    let found = highlighter.text(&it.summary, EXCERPT_CHARS);
    let found = match found {
        None => highlighter.text(&knowledge::searched(tx, it)?, EXCERPT_CHARS),
        some => some,
    };
    Ok(Hit {
        title: it.title.clone(),
        href: format!("/agent/knowledge/{}", it.id),
        kind: t!("search-kind-article").to_owned(),
        excerpt_html: found.map_or_else(|| html::escape(&it.summary), |it| it.to_html()),
        status: None,
        changed: it.updated_at,
    })
}

/// Leads to what they have asked for.
fn of_person(highlighter: &Highlighter, it: &Person) -> Hit {
    let reached = it.reached_by();
    Hit {
        title: it.name.clone(),
        href: format!("/agent/search?q={}", encoded(&format!("requester:{}", quoted(&it.email)))),
        kind: t!("search-kind-person").to_owned(),
        excerpt_html: highlighter.text(reached, EXCERPT_CHARS).map_or_else(|| html::escape(reached), |it| it.to_html()),
        status: None,
        changed: it.updated_at,
    }
}

fn hit(tx: &Tx, agent: &Agent, words: &Words, highlighter: &Highlighter, it: &Ticket) -> Result<Hit> {
    let number = number::text(&agent.settings, it.kind, it.number);
    let mut excerpt = highlighter.text(&it.description, EXCERPT_CHARS);
    if excerpt.is_none() && it.comment_count > 0 {
        // The newest word that matches says most about what the ticket is about by now.
        let comments = tickets::comments(tx, agent.actor(), it)?;
        excerpt = comments.iter().rev().find_map(|it| highlighter.text(&it.own_words_first(), EXCERPT_CHARS));
    }
    Ok(Hit {
        title: it.title.clone(),
        href: format!("/agent/tickets/{number}"),
        kind: number,
        excerpt_html: excerpt.map_or_else(String::new, |it| it.to_html()),
        status: Some((category(it.category), words.status(it.kind, &it.state))),
        changed: it.updated_at,
    })
}
