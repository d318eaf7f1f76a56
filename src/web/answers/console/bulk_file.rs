//! The picked tickets as a file for a spreadsheet.

use axum::response::Response;

use super::bulk;
use crate::{
    appliance::ticket_files,
    desk::exports::Column,
    http::{
        Problem,
        attached::{self, attached},
        query::Query,
    },
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
    Ok(attached(bytes, attached::CSV, &format!("tickets-{day}.csv")))
}
