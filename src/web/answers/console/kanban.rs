//! A list as a board: its columns, the cards in them, and what happens when a card is moved.

use axum::{http::StatusCode, response::Response};
use maud::html;

use super::{
    list::{edit_address, row, sort_of},
    place::Place,
    rail,
};
use crate::{
    appliance::lists::{self, Columns, Question},
    desk::{
        Tx,
        board::{By, ColumnKey},
        queues::Queue,
        routing,
        tickets::{self, Cast, Ticket, access},
    },
    error::Result,
    follow::search::Spelling,
    http::{Problem, path::Path},
    id::PersonId,
    limits,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, fragment, page, see_and_say},
            words::{Words, category},
        },
        components::{avatar::Face, field::Choice, priority::Priority},
        console::{
            kanban::{Card, ColumnView, KanbanPageView, KanbanView, page as kanban_page, pane},
            shell,
        },
        tongue::{self, Reading, t},
    },
};

/// The page of a board, or the parts of it that are wanted.
pub async fn answer(agent: &Agent, place: &Place, by: By, status: StatusCode) -> Result<Response, Problem> {
    let frame = agent.frame();
    let view = if agent.wants("list") { Some(view(agent, place, by).await?) } else { None };
    let rail = if agent.wants("rail") { Some(agent.desk.read(|tx| rail::view(tx, agent, &place.href))?) } else { None };
    if let (false, Some(view), Some(rail)) = (agent.is_fragment(), &view, &rail) {
        return Ok(page(status, kanban_page(&KanbanPageView { frame, rail: rail.clone(), board: view.clone() })));
    }
    let parts = html! {
        @if let Some(rail) = &rail { (shell::rail(&frame, rail)) }
        @if let Some(view) = &view { (pane(&frame, view)) }
    };
    Ok(page(status, fragment(&frame, &place.name, parts)))
}

async fn view(agent: &Agent, place: &Place, by: By) -> Result<KanbanView> {
    let question = Question {
        text: Some(place.query.clone()),
        filters: Vec::new(),
        sort: sort_of(place)?,
        cursor: None,
        skip: 0,
        limit: limits::BOARD_CARDS * 5,
        spelling: Spelling::Exact,
    };
    let found = lists::columns(&agent.desk, agent.actor(), question, by, limits::BOARD_CARDS).await?;
    agent.desk.read(|tx| drawn(tx, agent, place, by, found))
}

fn drawn(tx: &Tx, agent: &Agent, place: &Place, by: By, found: Columns) -> Result<KanbanView> {
    let words = Words::of(tx)?;
    let Columns { columns, total, partial } = found;
    let shown = order(agent, &words, by, &columns);
    let people: Vec<Choice> = std::iter::once(Choice::new("", t!("ticket-none"))).chain(words.for_many().assignees).collect();
    let cast = Cast::of(tx, columns.iter().flat_map(|it| &it.2))?;
    let card = |it: &Ticket| {
        let (property, was, choices) = match by {
            By::Status => ("status", it.state.clone(), words.for_one(it).statuses),
            By::Assignee => ("assignee", it.assignee.map_or_else(String::new, |it| it.to_string()), people.clone()),
            By::Priority => ("priority", it.priority.to_string(), priorities()),
        };
        Card { row: row(agent, &words, &cast, it, false), property, was, choices, may_move: access::works_on(agent.actor(), it) }
    };
    let mut views = Vec::with_capacity(shown.len());
    for (key, name, face, tone) in shown {
        let column = columns.iter().find(|it| it.0 == key);
        let (value, part) = match &key {
            ColumnKey::State(it) => (it.clone(), format!("status:{it}")),
            ColumnKey::Assignee(Some(it)) => (it.to_string(), format!("assignee:{it}")),
            ColumnKey::Assignee(None) => (String::new(), "assignee:none".to_owned()),
            ColumnKey::Priority(it) => (it.to_string(), format!("priority:{it}")),
        };
        let query: String = form_urlencoded::byte_serialize(format!("({}) {part}", place.query).as_bytes()).collect();
        views.push(ColumnView {
            value,
            name,
            face,
            tone,
            total: column.map_or(0, |it| it.1),
            cards: column.map_or_else(Vec::new, |it| it.2.iter().map(card).collect()),
            href: format!("/agent/search?q={query}"),
        });
    }
    Ok(KanbanView {
        name: place.name.clone(),
        href: place.href.clone(),
        here: place.address(),
        by: by.name().to_owned(),
        total,
        partial,
        limit: limit(tx, place)?,
        edit: edit_address(place),
        columns: views,
    })
}

/// How full a queue is that has a limit: how many count, and how many there may be.
fn limit(tx: &Tx, place: &Place) -> Result<Option<(u64, u32)>> {
    let Some(queue) = place.queue.map(|it| tx.get::<Queue>(&it)).transpose()?.flatten() else { return Ok(None) };
    let Some(limit) = queue.rules.wip_limit else { return Ok(None) };
    let load = routing::queue_load(tx, queue.id)?;
    Ok(Some((if queue.rules.wip_active_only { load.active } else { load.open }, limit)))
}

fn priorities() -> Vec<Choice> {
    Priority::ALL.iter().map(|it| Choice::new(it.level().to_string(), format!("{} {}", it.code(), it.name()))).collect()
}

/// The columns in their order, also those that are empty but take cards.
type Shown = (ColumnKey, String, Option<Face>, Option<crate::web::components::status_pill::Category>);

fn order(agent: &Agent, words: &Words, by: By, columns: &[(ColumnKey, usize, Vec<Ticket>)]) -> Vec<Shown> {
    let has = |key: &ColumnKey| columns.iter().any(|it| it.0 == *key);
    match by {
        By::Status => {
            // What is closed has no cards to drop, and takes none from a list of open work, unless some of it is here.
            let states = words.states().into_iter().filter(|it| it.2 != tickets::Category::Closed || has(&ColumnKey::State(it.0.clone())));
            let mut shown: Vec<Shown> =
                states.map(|(key, name, meaning)| (ColumnKey::State(key), name, None, Some(category(meaning)))).collect();
            // A state that the lifecycle has lost still has its tickets.
            for (key, ..) in columns.iter().filter(|it| !shown.iter().any(|one| one.0 == it.0)).collect::<Vec<_>>() {
                if let ColumnKey::State(name) = key {
                    shown.push((key.clone(), name.replace('_', " "), None, None));
                }
            }
            shown
        }
        By::Priority => {
            Priority::ALL.iter().map(|it| (ColumnKey::Priority(it.level()), format!("{} {}", it.code(), it.name()), None, None)).collect()
        }
        By::Assignee => {
            let me: PersonId = agent.person();
            let mut people: Vec<(PersonId, Face, usize)> = words
                .people()
                .map(|(id, face)| {
                    let count = columns.iter().find(|it| it.0 == ColumnKey::Assignee(Some(id))).map_or(0, |it| it.1);
                    (id, face.clone(), count)
                })
                .filter(|it| it.2 > 0 || it.0 == me)
                .collect();
            if people.len() > limits::BOARD_COLUMNS {
                people.sort_by_key(|it| (it.0 != me, std::cmp::Reverse(it.2)));
                people.truncate(limits::BOARD_COLUMNS);
            }
            people.sort_by(|a, b| (a.0 != me, &a.1.name).cmp(&(b.0 != me, &b.1.name)));
            let nobody = (ColumnKey::Assignee(None), t!("rail-unassigned").to_owned(), None, None);
            let one = |(id, face, _): (PersonId, Face, usize)| (ColumnKey::Assignee(Some(id)), face.name.clone(), Some(face), None);
            std::iter::once(nobody).chain(people.into_iter().map(one)).collect()
        }
    }
}

/// A card goes to another column: the change that its form names. What the desk refuses is told on the board.
pub async fn place_card(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let wish = super::property::Wish::of(&sent)?;
    let (actor, named, reading) = (agent.actor().clone(), text.clone(), Reading::ambient());
    let done = agent.desk.write(Some(agent.person()), move |tx| reading.within(|| wish.fulfil(tx, &actor, &named))).await;
    let toast = match done {
        Ok(it) => it.toast(format!("{text}: {}", it.value)),
        Err(crate::error::Error::Refused(it)) => said::failed(t!("kanban-not-moved", number = text, why = tongue::sentence(&it.detail))),
        Err(error) => return Err(error.into()),
    };
    Ok(see_and_say(&place.address(), &toast))
}
