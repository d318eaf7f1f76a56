//! The picked tickets as a file for a spreadsheet.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::bulk;
use crate::{
    desk::{
        Tx,
        tickets::{Cast, Ticket, number, priority_label},
    },
    error::Result,
    http::{Problem, query::Query},
    text::csv,
    time::Instant,
    web::{
        answers::{
            site::Agent,
            words::{Words, face},
        },
        tongue::{self, t},
    },
};

/// An instant as spreadsheets read it, in the reader's zone.
fn instant(at: Option<Instant>) -> String {
    at.map(|it| it.timestamp().to_zoned(tongue::zone()).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn headings() -> Vec<String> {
    [
        t!("export-number"),
        t!("new-ticket-title"),
        t!("ticket-status"),
        t!("word-priority"),
        t!("word-queue"),
        t!("word-assignee"),
        t!("ticket-requester"),
        t!("time-by-organization"),
        t!("export-created"),
        t!("export-updated"),
        t!("export-resolved"),
        t!("property-due"),
        t!("word-tags"),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn line(agent: &Agent, words: &Words, cast: &Cast, it: &Ticket) -> Vec<String> {
    vec![
        number::text(&agent.settings, it.kind, it.number),
        it.title.clone(),
        words.status(it.kind, &it.state),
        priority_label(it.priority).to_owned(),
        it.queue.and_then(|it| cast.queue(it)).map_or_else(String::new, |it| it.name.clone()),
        it.assignee.map_or_else(String::new, |it| face(cast, it).name),
        face(cast, it.requester).name,
        it.organization.and_then(|it| cast.organization(it)).map_or_else(String::new, |it| it.name.clone()),
        instant(Some(it.created_at)),
        instant(Some(it.updated_at)),
        instant(it.resolved_at),
        instant(it.next_due()),
        it.tags.join(", "),
    ]
}

/// At most as many lines as can be picked.
pub async fn file(agent: Agent, query: Query) -> Result<Response, Problem> {
    let tickets = bulk::named_in(&agent, &query)?;
    let lines = agent.desk.read(|tx: &Tx| {
        let (words, cast) = (Words::of(tx)?, Cast::of(tx, &tickets)?);
        Ok(tickets.iter().map(|it| line(&agent, &words, &cast, it)).collect::<Vec<_>>())
    })?;
    let text = csv::write(std::iter::once(headings()).chain(lines));
    let day = agent.desk.now().timestamp().to_zoned(tongue::zone()).date();
    let name = format!("attachment; filename=\"tickets-{day}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
