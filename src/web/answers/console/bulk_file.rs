//! The picked tickets as a file for a spreadsheet.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::bulk;
use crate::{
    appliance::ticket_files,
    desk::exports::Column,
    http::{Problem, query::Query},
    web::{answers::site::Agent, tongue},
};

/// At most as many lines as can be picked, in the usual columns.
pub async fn file(agent: Agent, query: Query) -> Result<Response, Problem> {
    let tickets = bulk::named_in(&agent, &query)?;
    let bytes = agent.desk.read(|tx| {
        let columns = Column::read(tx, [])?;
        ticket_files::sheet(tx, agent.actor(), &tickets, columns, tongue::language(), tongue::zone())
    })?;
    let day = agent.desk.now().timestamp().to_zoned(tongue::zone()).date();
    let name = format!("attachment; filename=\"tickets-{day}.csv\"");
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}
