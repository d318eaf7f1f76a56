//! What one finds at the start of a shift.

use serde::Serialize;
use utoipa::ToSchema;

use super::shown::NamedView;
use crate::{
    appliance::shift::{self, Back},
    desk::tickets::number,
    error::Result,
    http::{Caller, Problem, query::Query},
    time::Instant,
};

/// A number, and the query behind it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FigureView {
    /// `mine`, `overdue`, `today`, `answered`, `unassigned` or `breaching`; the last two are of your queues.
    pub key: &'static str,
    pub count: usize,
    /// In the query language, for `GET /v1/tickets?q=`.
    pub query: String,
}

/// A queue of yours.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftQueueView {
    pub queue: NamedView,
    pub open: usize,
    pub unassigned: usize,
    /// How many it takes, if somebody said.
    pub limit: Option<u32>,
}

/// Somebody of your teams.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftColleagueView {
    pub person: NamedView,
    pub open: usize,
    /// How many they take, if somebody said.
    pub capacity: Option<u32>,
    pub away: bool,
}

/// A ticket that comes back, or of which you are reminded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftBackView {
    /// Its number.
    pub ticket: String,
    pub at: Option<Instant>,
    /// Of a reminder.
    pub note: Option<String>,
}

/// The start of a shift.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShiftView {
    pub figures: Vec<FigureView>,
    /// Numbers of your open tickets, what is due first first.
    pub next: Vec<String>,
    pub queues: Vec<ShiftQueueView>,
    pub team: Vec<ShiftColleagueView>,
    pub back: Vec<ShiftBackView>,
    /// Messages that name you and that you have not read, as far as they are counted here.
    pub mentions: usize,
}

pub async fn show(caller: Caller, query: Query) -> Result<axum::Json<ShiftView>, Problem> {
    query.only(std::iter::empty())?;
    let it = shift::of(&caller.desk, &caller.actor)?;
    let view = caller.desk.read(|tx| {
        let number = |it| number::shown(tx, it);
        Ok(ShiftView {
            figures: it.figures.into_iter().map(|it| FigureView { key: it.key, count: it.count, query: it.query }).collect(),
            next: it.work.iter().map(number).collect(),
            queues: it
                .queues
                .into_iter()
                .map(|it| ShiftQueueView {
                    limit: it.queue.rules.wip_limit,
                    queue: NamedView { id: it.queue.id.0, name: it.queue.name },
                    open: it.open,
                    unassigned: it.unassigned,
                })
                .collect(),
            team: it
                .team
                .into_iter()
                .map(|it| ShiftColleagueView {
                    person: NamedView { id: it.person.id.0, name: it.person.name },
                    open: it.open,
                    capacity: it.capacity,
                    away: it.away,
                })
                .collect(),
            back: it
                .back
                .iter()
                .map(|it| match it {
                    Back::Reminder(it, ticket) => {
                        ShiftBackView { ticket: number(ticket), at: Some(it.at), note: Some(it.note.clone()).filter(|it| !it.is_empty()) }
                    }
                    Back::Aside(ticket) => {
                        ShiftBackView { ticket: number(ticket), at: ticket.snoozed.as_ref().and_then(|it| it.until), note: None }
                    }
                })
                .collect(),
            mentions: it.mentions.len(),
        })
    })?;
    Ok(axum::Json(view))
}
