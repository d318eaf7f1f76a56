//! Search over all tickets, in the query language; a ticket's number leads straight to it.

use axum::{http::StatusCode, response::Response};

use super::rail;
use crate::{
    appliance::lists::{self, Answer, Question},
    desk::{
        Tx,
        query::Sort,
        tickets::{self, Ticket, access, number},
    },
    error::{Code, Error, Result},
    follow::search::{Highlighter, Spelling},
    http::{Problem, query::Query},
    web::{
        answers::{
            site::{Agent, page, see},
            words::{Words, category},
        },
        components::pagination::Pages,
        console::search::{Hit, SearchView, page as search_page},
        tongue,
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
    let question = Question {
        text: Some(text.clone()),
        filters: Vec::new(),
        sort: Sort::RELEVANCE,
        cursor: None,
        skip: (at - 1) * HITS,
        limit: HITS,
        spelling: Spelling::Forgiving,
    };
    let (status, view) = match lists::list(&agent.desk, agent.actor(), question).await {
        Ok(answer) => (StatusCode::OK, found(&agent, blank, answer, at)?),
        // The text cannot be read as a query: where and why is said beside the box.
        Err(Error::Refused(it)) if it.code == Code::Validation => {
            (StatusCode::UNPROCESSABLE_ENTITY, SearchView { error: Some(tongue::sentence(&it.detail)), ..blank })
        }
        Err(error) => return Err(error.into()),
    };
    Ok(page(status, search_page(&view)))
}

/// The number of the ticket that the text names, if it names one.
fn exactly(tx: &Tx, agent: &Agent, text: &str) -> Result<Option<String>> {
    let Some(id) = number::find(tx, text)? else { return Ok(None) };
    let ticket = tx.get::<Ticket>(&id)?.filter(|it| access::may_see(agent.actor(), it));
    Ok(ticket.map(|it| number::text(&agent.settings, it.kind, it.number)))
}

fn found(agent: &Agent, blank: SearchView, answer: Answer, at: usize) -> Result<SearchView> {
    let highlighter = Highlighter::new(&answer.cond, Spelling::Forgiving, &answer.vocabulary);
    let first = (at - 1) * HITS;
    let encoded: String = form_urlencoded::byte_serialize(blank.query.as_bytes()).collect();
    let on_page = |at: usize| format!("/agent/search?q={encoded}&page={at}");
    agent.desk.read(|tx| {
        let words = Words::of(tx)?;
        let hits = answer.tickets.iter().map(|it| hit(tx, agent, &words, &highlighter, it)).collect::<Result<Vec<_>>>()?;
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
