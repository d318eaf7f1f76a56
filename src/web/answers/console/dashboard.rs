//! The start of a shift: what the appliance counts, with names and addresses.

use axum::{http::StatusCode, response::Response};
use jiff::tz::TimeZone;

use super::{place::view_address, rail};
use crate::{
    appliance::shift::{self, Back, Figure, Shift},
    desk::{
        Tx,
        identity::Person,
        notices::Notification,
        tickets::{Cast, Ticket, number},
    },
    error::Result,
    http::Problem,
    web::{
        answers::{
            site::{Agent, fragment, page},
            words::{clock, face, face_of, first_name, priority},
        },
        console::dashboard::{DashboardView, FigureView, Line, LoadView, Part, board, page as dashboard_page},
        tongue::{self, t},
    },
};

pub async fn show(agent: Agent) -> Result<Response, Problem> {
    let shift = shift::of(&agent.desk, agent.actor())?;
    let view = agent.desk.read(|tx| view(tx, &agent, shift))?;
    if agent.is_fragment() {
        let frame = agent.frame();
        return Ok(page(StatusCode::OK, fragment(&frame, t!("shift-title"), board(&view))));
    }
    let rail = agent.desk.read(|tx| rail::view(tx, &agent, "/agent/dashboard"))?;
    Ok(page(StatusCode::OK, dashboard_page(&DashboardView { rail, ..view })))
}

/// The list behind a condition.
fn found(query: &str) -> String {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("/agent/search?q={query}")
}

fn figure(it: &Figure) -> FigureView {
    let (name, href) = match it.key {
        "mine" => (t!("rail-my-work"), view_address("mine")),
        "overdue" => (t!("shift-overdue"), found(&it.query)),
        "today" => (t!("shift-today"), found(&it.query)),
        "answered" => (t!("shift-answered"), found(&it.query)),
        "unassigned" => (t!("rail-unassigned"), found(&it.query)),
        _ => (t!("rail-breaching-soon"), found(&it.query)),
    };
    FigureView { name: name.to_owned(), count: it.count, href, late: matches!(it.key, "overdue" | "breaching") }
}

fn view(tx: &Tx, agent: &Agent, shift: Shift) -> Result<DashboardView> {
    let Shift { figures, work, answered, soon, queues, back, mentions, team } = shift;
    let of = |key: &str| figures.iter().find(|it| it.key == key).map(figure).unwrap_or_default();
    let list = |name: &str, key: &str, all: &[Ticket]| -> Result<Part> {
        let FigureView { count, href, .. } = of(key);
        Ok(Part { name: name.to_owned(), lines: lines(tx, agent, all)?, total: count, href })
    };
    let mut parts = vec![
        list(t!("shift-next"), "mine", &work)?,
        list(t!("shift-answered"), "answered", &answered)?,
        list(t!("rail-breaching-soon"), "breaching", &soon)?,
    ];
    parts.push(Part {
        name: t!("shift-back").to_owned(),
        total: back.len(),
        lines: comes_back(tx, agent, back)?,
        href: view_address("aside"),
    });
    let total = mentions.len();
    parts.push(Part {
        name: t!("shift-mentions").to_owned(),
        lines: named(tx, agent, mentions)?,
        total,
        href: "/notifications?unread=true".to_owned(),
    });
    let me = agent.caller.person.name.clone();
    Ok(DashboardView {
        frame: agent.frame(),
        greeting: greeting(agent, first_name(&me)),
        figures: figures.iter().map(figure).collect(),
        parts,
        queues: queues
            .into_iter()
            .map(|it| LoadView {
                href: super::place::queue_address(&it.queue),
                unassigned: Some((it.unassigned, found(&format!("queue:{} status:open assignee:none", it.queue.id)))),
                limit: it.queue.rules.wip_limit,
                name: it.queue.name,
                open: it.open,
                ..LoadView::default()
            })
            .collect(),
        team: team
            .into_iter()
            .map(|it| LoadView {
                href: found(&format!("assignee:{} status:open", it.person.id)),
                face: Some(face_of(&it.person)),
                name: it.person.name,
                open: it.open,
                limit: it.capacity,
                away: it.away,
                ..LoadView::default()
            })
            .collect(),
        ..DashboardView::default()
    })
}

/// A word to somebody who comes, by the hour where they are.
fn greeting(agent: &Agent, name: &str) -> String {
    let zone: TimeZone = tongue::zone();
    match agent.desk.now().timestamp().to_zoned(zone).hour() {
        4..11 => t!("shift-morning", name = name),
        11..18 => t!("shift-day", name = name),
        _ => t!("shift-evening", name = name),
    }
}

fn line(agent: &Agent, cast: &Cast, it: &Ticket) -> Line {
    Line {
        number: number::text(&agent.settings, it.kind, it.number),
        title: it.title.clone(),
        priority: priority(it.priority),
        clock: clock(it),
        about: face(cast, it.requester).name,
        at: None,
    }
}

fn lines(tx: &Tx, agent: &Agent, all: &[Ticket]) -> Result<Vec<Line>> {
    let cast = Cast::of(tx, all)?;
    Ok(all.iter().map(|it| line(agent, &cast, it)).collect())
}

fn comes_back(tx: &Tx, agent: &Agent, all: Vec<Back>) -> Result<Vec<Line>> {
    let mut found = Vec::with_capacity(all.len());
    for it in all {
        let (ticket, at, about) = match it {
            Back::Reminder(it, ticket) => (ticket, Some(it.at), if it.note.is_empty() { t!("shift-reminder").to_owned() } else { it.note }),
            Back::Aside(ticket) => {
                let until = ticket.snoozed.as_ref().and_then(|it| it.until);
                (ticket, until, t!("shift-aside").to_owned())
            }
        };
        let cast = Cast::of(tx, [&ticket])?;
        found.push(Line { at, about, ..line(agent, &cast, &ticket) });
    }
    Ok(found)
}

fn named(tx: &Tx, agent: &Agent, all: Vec<Notification>) -> Result<Vec<Line>> {
    let mut found = Vec::with_capacity(all.len());
    for it in all {
        let Some(ticket) = tx.get::<Ticket>(&it.ticket)? else { continue };
        let who = it.by.map(|id| tx.get_shared::<Person>(&id)).transpose()?.flatten().map_or_else(String::new, |it| it.name.clone());
        let cast = Cast::of(tx, [&ticket])?;
        found.push(Line { at: Some(it.created_at), about: who, ..line(agent, &cast, &ticket) });
    }
    Ok(found)
}
