//! The report on satisfaction, for whoever works tickets.

use axum::{http::StatusCode, response::Response};

use super::rail;
use crate::{
    desk::satisfaction::{self, By, Report, Votes},
    error::{Error, Refusal, Result},
    http::{Problem, problem, query::Query},
    language::say,
    web::{
        answers::site::{Agent, page},
        console::satisfaction::{SatisfactionView, VotesRow, page as satisfaction_page},
        tongue,
    },
};

fn row(name: String, it: Votes) -> VotesRow {
    VotesRow {
        name,
        good: it.good,
        bad: it.bad,
        percent: it.percent().map(|it| it.round() as u8),
        stars: it.mean_stars().map(|it| format!("{it:.1}")),
    }
}

fn report(agent: &Agent, query: &Query) -> Result<Report> {
    let date = |name: &str| {
        let invalid = || Refusal::field(name, "invalid", say!("satisfaction-write-date-such-2026"));
        query.get(name).map(|it| it.parse().map_err(|_| invalid())).transpose()
    };
    let by = query.get("by").and_then(By::named).unwrap_or(By::Agent);
    let (from, to) = (date("from")?, date("to")?);
    agent.desk.read(|tx| satisfaction::report(tx, agent.actor(), from, to, by))
}

pub async fn show(agent: Agent, query: Query) -> Result<Response, Problem> {
    let rail = agent.desk.read(|tx| rail::view(tx, &agent, "/agent/satisfaction"))?;
    let view = SatisfactionView { frame: agent.frame(), rail, ..SatisfactionView::default() };
    match report(&agent, &query) {
        Ok(Report { from, to, by, total, rows }) => {
            let view = SatisfactionView {
                from: from.to_string(),
                to: to.to_string(),
                by: by.name().to_owned(),
                total: row(String::new(), total),
                rows: rows.into_iter().map(|it| row(it.name, it.votes)).collect(),
                ..view
            };
            Ok(page(StatusCode::OK, satisfaction_page(&view)))
        }
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let asked = |name| query.get(name).unwrap_or_default().to_owned();
            let error = refusal.fields.first().map(|it| tongue::sentence(&it.message));
            let view = SatisfactionView { from: asked("from"), to: asked("to"), by: asked("by"), error, ..view };
            Ok(page(problem::status_of(refusal.code), satisfaction_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
