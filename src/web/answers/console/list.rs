//! Lists of tickets: the page of a view or queue, and the pane that stands beside a ticket.

use std::collections::BTreeSet;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use maud::html;

use super::{
    columns, exports, kanban,
    place::{OWN_SORT, Place, VIEWS, view_address},
    rail,
};
use crate::{
    appliance::lists::{self, Question},
    desk::{
        drafts,
        features::Feature,
        macros,
        query::Sort,
        tickets::{self, Cast, Ticket, access, number},
    },
    error::Result,
    follow::search::Spelling,
    http::{Problem, path::Path, query::Query},
    id::TicketId,
    web::{
        answers::{
            site::{Agent, LIST_COOKIE, fragment, page, see},
            words::{Words, category, clock, face, priority},
        },
        components::{field::Choice, pagination::Pages},
        console::{
            list::{ListPageView, ListView, Row, page as list_page, pane},
            shell,
            ticket::nothing as no_ticket,
        },
    },
};

/// Rows of a page.
const ROWS: usize = 50;

pub async fn home() -> Response {
    see(&view_address(VIEWS[0].key))
}

pub async fn view(agent: Agent, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::view(tx, agent.actor(), &key, &query))?;
    show(agent, place).await
}

pub async fn queue(agent: Agent, Path(text): Path<String>, query: Query) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::queue(tx, &text, &query))?;
    show(agent, place).await
}

async fn show(agent: Agent, place: Place) -> Result<Response, Problem> {
    let mut response = answer(&agent, &place, StatusCode::OK).await?;
    let remembered = format!("{LIST_COOKIE}={}; Path=/agent; HttpOnly; SameSite=Lax", place.address());
    if !agent.is_fragment()
        && let Ok(value) = HeaderValue::from_str(&remembered)
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// The page of a list, or the parts of it that are wanted.
pub async fn answer(agent: &Agent, place: &Place, status: StatusCode) -> Result<Response, Problem> {
    let frame = agent.frame();
    if let Some(by) = place.by.filter(|_| !agent.is_beside()) {
        return kanban::answer(agent, place, by, status).await;
    }
    if !agent.is_fragment() {
        let list = list(agent, place, None).await?;
        let rail = agent.desk.read(|tx| rail::view(tx, agent, &place.href))?;
        return Ok(page(status, list_page(&ListPageView { frame, rail, list })));
    }
    let list = if agent.wants("list") { Some(list(agent, place, None).await?) } else { None };
    let rail = if agent.wants("rail") { Some(agent.desk.read(|tx| rail::view(tx, agent, &place.href))?) } else { None };
    let parts = html! {
        @if let Some(rail) = &rail { (shell::rail(&frame, rail)) }
        @if let Some(list) = &list { (pane(&frame, list, !agent.is_beside())) }
        // What was done to the ticket led away from it.
        @if agent.wants("ticket") { (no_ticket()) }
    };
    Ok(page(status, fragment(&frame, &place.name, parts)))
}

/// The view of a list; `current` is open beside it.
pub async fn list(agent: &Agent, place: &Place, current: Option<TicketId>) -> Result<ListView> {
    let question = Question {
        text: Some(place.query.clone()),
        filters: Vec::new(),
        sort: sort_of(place)?,
        cursor: None,
        skip: (place.page - 1) * ROWS,
        limit: ROWS,
        spelling: Spelling::Exact,
    };
    let answer = lists::list(&agent.desk, agent.actor(), question).await?;
    agent.desk.read(|tx| {
        let words = Words::of(tx)?;
        let cast = Cast::of(tx, &answer.tickets)?;
        let shown = columns::Shown::of(tx, place.saved.as_ref(), &words)?;
        let drafts: BTreeSet<TicketId> = drafts::tickets(tx, agent.actor())?.into_iter().collect();
        let one = |it: &Ticket| -> Result<Row> {
            let row = row(agent, &words, &cast, it, Some(it.id) == current);
            Ok(Row { draft: drafts.contains(&it.id), more: shown.more(tx, agent, &cast, it)?, group: shown.group(&cast, it), ..row })
        };
        let mut rows = answer.tickets.iter().map(one).collect::<Result<Vec<_>>>()?;
        columns::gather(&mut rows);
        let first = (place.page - 1) * ROWS;
        Ok(ListView {
            name: place.name.clone(),
            href: place.href.clone(),
            here: place.address(),
            sort: place.sort.to_owned(),
            rows,
            without: shown.without(),
            macros: macros::usable(tx, agent.actor())?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
            edit: edit_address(place),
            export: exports::address(&place.query, sort_of(place)?),
            pages: Pages {
                first: if answer.tickets.is_empty() { 0 } else { first + 1 },
                last: first + answer.tickets.len(),
                total: Some(answer.total),
                previous: (place.page > 1).then(|| place.on_page(place.page - 1)),
                next: answer.next.as_ref().map(|_| place.on_page(place.page + 1)),
            },
            vocabulary: words.for_many(),
        })
    })
}

/// Where the condition of a list is changed, or saved under a name.
pub fn edit_address(place: &Place) -> String {
    match &place.saved {
        Some(it) => format!("/agent/saved-views/{}", it.id),
        None => {
            let query: String = form_urlencoded::byte_serialize(place.query.as_bytes()).collect();
            format!("/agent/saved-views/new?q={query}")
        }
    }
}

/// The order of a list.
pub fn sort_of(place: &Place) -> Result<Sort> {
    Ok(match &place.saved {
        Some(it) if place.sort == OWN_SORT => it.order,
        _ => Sort::parse(order(place.sort))?,
    })
}

/// The order of the query language behind one of `SORTS`.
fn order(sort: &str) -> &str {
    match sort {
        "changed" => "updatedAt",
        it => it,
    }
}

/// Whether the next word is ours: nobody has taken it yet, or the requester has answered since.
fn waits_for_us(it: &Ticket) -> bool {
    it.category == tickets::Category::New || (it.category.is_open() && it.requester_waits && it.responded_at.is_some())
}

pub fn row(agent: &Agent, words: &Words, cast: &Cast, it: &Ticket, current: bool) -> Row {
    Row {
        number: number::text(&agent.settings, it.kind, it.number),
        title: it.title.clone(),
        priority: priority(it.priority),
        category: category(it.category),
        status: words.status(it.kind, &it.state),
        requester: face(cast, it.requester).name,
        organization: it.organization.and_then(|it| cast.organization(it)).map_or_else(String::new, |it| it.name.clone()),
        assignee: it.assignee.map(|it| face(cast, it)),
        clock: clock(it),
        changed: it.updated_at,
        unread: waits_for_us(it),
        current,
        steps: it.checklist.as_ref().map(|it| it.progress()).filter(|it| it.1 > 0 && !agent.off.has(Feature::Checklists)),
        more: Vec::new(),
        group: String::new(),
        draft: false,
        aside: it.snoozed.is_some() && access::reads_notes(agent.actor(), it),
    }
}
