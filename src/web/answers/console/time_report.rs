//! The report on time, as a page and as a file.

use axum::{http::StatusCode, response::Response};

use super::{rail, time_spent::length};
use crate::{
    desk::time_report::{self, Asked, By, Report, Worked},
    error::{Error, Refusal, Result},
    http::{
        Problem,
        attached::{self, attached},
        problem,
        query::Query,
    },
    language::say,
    text::csv,
    web::{
        answers::site::{Agent, page},
        console::time_report::{TimeReportView, TimeRow, page as report_page},
        tongue::{self, t},
    },
};

const ADDRESS: &str = "/agent/reports/time";

/// What is asked for, as the address says it.
fn asked(query: &Query) -> Result<Asked> {
    let date = |name: &str| {
        let invalid = || Refusal::field(name, "invalid", say!("satisfaction-write-date-such-2026"));
        query.get(name).filter(|it| !it.is_empty()).map(|it| it.parse().map_err(|_| invalid())).transpose()
    };
    let billable = match query.get("billable") {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    };
    Ok(Asked { from: date("from")?, to: date("to")?, billable })
}

fn by(query: &Query) -> By {
    query.get("by").and_then(By::named).unwrap_or(By::Person)
}

pub async fn show(agent: Agent, query: Query) -> Result<Response, Problem> {
    let rail = agent.desk.read(|tx| rail::view(tx, &agent, "/agent/reports/time"))?;
    let billable = query.get("billable").filter(|it| ["yes", "no"].contains(it)).unwrap_or_default().to_owned();
    let by = by(&query);
    let view = TimeReportView { frame: agent.frame(), rail, by: by.name().to_owned(), billable, ..TimeReportView::default() };
    let done = match asked(&query) {
        Ok(asked) => {
            let actor = agent.actor().clone();
            agent.desk.read_apart(move |tx| time_report::report(tx, &actor, asked, by)).await
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(it) => Ok(page(StatusCode::OK, report_page(&filled(view, it)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let typed = |name| query.get(name).unwrap_or_default().to_owned();
            let error = refusal.fields.first().map(|it| tongue::sentence(&it.message));
            let view = TimeReportView { from: typed("from"), to: typed("to"), error, ..view };
            Ok(page(problem::status_of(refusal.code), report_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

fn filled(view: TimeReportView, it: Report) -> TimeReportView {
    let Report { from, to, total, rows, cut } = it;
    let billable = Some(view.billable.as_str()).filter(|it| !it.is_empty()).map(|it| format!("&billable={it}")).unwrap_or_default();
    let is_by_ticket = view.by == By::Ticket.name();
    let row = |it: time_report::Row| TimeRow {
        href: if is_by_ticket { format!("/agent/tickets/{}", it.key) } else { String::new() },
        name: if it.name.is_empty() { t!("time-nobodys").to_owned() } else { it.name },
        length: length(it.sum.minutes),
        billable: length(it.sum.billable),
        percent: (it.sum.minutes * 100 / total.minutes.max(1)).min(100) as u8,
    };
    TimeReportView {
        csv: format!("{ADDRESS}.csv?from={from}&to={to}{billable}"),
        from: from.to_string(),
        to: to.to_string(),
        total: length(total.minutes),
        total_billable: length(total.billable),
        rows: rows.into_iter().map(row).collect(),
        cut,
        ..view
    }
}

/// Every piece of work, one a line.
pub async fn file(agent: Agent, query: Query) -> Result<Response, Problem> {
    let asked = asked(&query)?;
    let actor = agent.actor().clone();
    let (from, to, all, cut) = agent.desk.read_apart(move |tx| time_report::worked(tx, &actor, asked)).await?;
    let headings = [
        t!("time-day"),
        t!("word-ticket"),
        t!("new-ticket-title"),
        t!("time-by-organization"),
        t!("time-by-person"),
        t!("time-category"),
        t!("time-minutes"),
        t!("time-billable"),
        t!("time-note"),
    ];
    let line = |it: Worked| {
        let billable = if it.entry.billable { it.entry.minutes } else { 0 };
        vec![
            it.entry.date().to_string(),
            it.number,
            it.title,
            it.organization,
            it.person,
            it.category,
            it.entry.minutes.to_string(),
            billable.to_string(),
            it.entry.note,
        ]
    };
    // Nobody must take a part for the whole.
    let rest = cut.then(|| vec![t!("time-report-cut").to_owned()]);
    let text = csv::write(std::iter::once(headings.map(str::to_owned).to_vec()).chain(all.into_iter().map(line)).chain(rest));
    Ok(attached(text, attached::CSV, &format!("time-{from}-{to}.csv")))
}
