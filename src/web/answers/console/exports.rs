//! Files of lists: ordered, downloaded at once, stopped, dropped.

use axum::{body::Body, http::StatusCode, response::Response};

use super::rail;
use crate::{
    appliance::ticket_files::{self, Wanted},
    desk::{
        Tx, custom,
        exports::{self, Column, Export, Format, Known, NewExport, State, USUAL},
        query::Sort,
    },
    error::{Error, Refusal, Result},
    http::{Problem, attached::attached, path::Path, problem, query::Query},
    id::ExportId,
    language,
    web::{
        admin::shell::Tick,
        answers::{
            form::Sent,
            said,
            site::{Agent, page, see_and_say},
        },
        console::exports::{EXPORTS, ExportRow, ExportsView, Standing, page as exports_page},
        tongue::{self, t},
    },
};

/// What is asked for, as the address or the form says it.
struct Typed {
    query: String,
    sort: String,
    format: String,
    columns: Vec<String>,
}

impl Typed {
    fn format(&self) -> Format {
        Format::named(&self.format).unwrap_or(Format::Csv)
    }

    fn sort(&self) -> Result<Sort> {
        if self.sort.is_empty() { Ok(Sort::NEWEST) } else { Ok(Sort::parse(&self.sort)?) }
    }
}

/// Where a list is made a file of.
pub fn address(query: &str, sort: Sort) -> String {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    format!("{EXPORTS}?q={query}&sort={sort}")
}

pub async fn show(agent: Agent, query: Query) -> Result<Response, Problem> {
    let typed = Typed {
        query: query.get("q").unwrap_or_default().to_owned(),
        sort: query.get("sort").unwrap_or_default().to_owned(),
        format: Format::Csv.name().to_owned(),
        columns: Vec::new(),
    };
    answer(&agent, &typed, None).await
}

/// The page; with what was refused, if something was.
async fn answer(agent: &Agent, typed: &Typed, refused: Option<&Refusal>) -> Result<Response, Problem> {
    exports::need(agent.actor())?;
    let error = |names: &[&str]| {
        let field = refused?.fields.iter().find(|it| names.contains(&it.field.as_str()))?;
        Some(tongue::sentence(&field.message))
    };
    let mut query_error = error(&["query", "q", "sort"]);
    let count = match ticket_files::count(&agent.desk, agent.actor(), &typed.query).await {
        Ok(it) => Some(it),
        Err(Error::Refused(it)) => {
            query_error = query_error.or_else(|| Some(tongue::sentence(&it.detail)));
            None
        }
        Err(error) => return Err(error.into()),
    };
    let (rail, columns, rows) = agent.desk.read(|tx| {
        let rows = exports::mine(tx, agent.actor())?.iter().map(|it| row(it, tx)).collect();
        Ok((rail::view(tx, agent, EXPORTS)?, columns(tx, &typed.columns)?, rows))
    })?;
    let view = ExportsView {
        frame: agent.frame(),
        rail,
        query: typed.query.clone(),
        query_error,
        sort: typed.sort.clone(),
        count,
        columns,
        columns_error: error(&["columns"]),
        format: typed.format.clone(),
        rows,
    };
    let status = refused.map_or(StatusCode::OK, |it| problem::status_of(it.code));
    Ok(page(status, exports_page(&view)))
}

/// Every column that there is, with those ticked that are wanted.
fn columns(tx: &Tx, wanted: &[String]) -> Result<Vec<Tick>> {
    let is_on = |name: &str, usual: bool| if wanted.is_empty() { usual } else { wanted.iter().any(|it| it == name) };
    let tick =
        |value: String, label: String, usual: bool| Tick { on: is_on(&value, usual), value, label, hint: String::new(), fixed: false };
    let known = Known::ALL.iter().map(|it| {
        let label = language::find(tongue::language(), it.phrase()).unwrap_or(it.name());
        tick(it.name().to_owned(), label.to_owned(), USUAL.contains(it))
    });
    let own = custom::shared(tx)?;
    let own = own.fields.iter().map(|it| tick(Column::Own(it.key.clone()).to_string(), it.label.clone(), false));
    Ok(known.chain(own).collect())
}

fn row(it: &Export, tx: &Tx) -> ExportRow {
    ExportRow {
        id: it.id.to_string(),
        filename: it.filename(),
        query: it.query.clone(),
        standing: match &it.state {
            State::Waiting => Standing::Waiting,
            State::Running => Standing::Running { rows: it.rows, total: it.total.unwrap_or_default(), left: it.seconds_left(tx.now()) },
            State::Done { size, .. } => Standing::Done { rows: it.rows, size: *size },
            State::Failed(why) => Standing::Failed(why.clone()),
        },
        ordered: it.ordered_at,
        ends: it.ends_at(),
    }
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let typed = Typed {
        query: sent.text("q").trim().to_owned(),
        sort: sent.text("sort").to_owned(),
        format: sent.text("format").to_owned(),
        columns: sent.all("column").map(str::to_owned).collect(),
    };
    let done = if sent.text("how") == "now" { now(&agent, &typed).await } else { later(&agent, &typed).await };
    match done {
        Ok(it) => Ok(it),
        Err(Error::Refused(it)) if !it.fields.is_empty() => answer(&agent, &typed, Some(&it)).await,
        Err(error) => Err(error.into()),
    }
}

async fn later(agent: &Agent, typed: &Typed) -> Result<Response> {
    let new = NewExport {
        query: typed.query.clone(),
        sort: typed.sort()?,
        format: typed.format(),
        columns: typed.columns.clone(),
        language: Some(tongue::language().tag().to_owned()),
        zone: tongue::zone().iana_name().map(str::to_owned),
    };
    let actor = agent.actor().clone();
    agent.desk.write(actor.person(), move |tx| exports::order(tx, &actor, new)).await?;
    Ok(see_and_say(EXPORTS, &said::done(t!("export-said-ordered"))))
}

/// The file as it is made, without waiting for its end.
async fn now(agent: &Agent, typed: &Typed) -> Result<Response> {
    let columns = agent.desk.read(|tx| Column::read(tx, typed.columns.iter().map(String::as_str)))?;
    let list = ticket_files::whole(Some(typed.query.clone()), typed.sort()?);
    let format = typed.format();
    let wanted = Wanted { list, format, columns, language: Some(tongue::language()), zone: Some(tongue::zone()) };
    let pieces = ticket_files::stream(&agent.desk, agent.actor(), wanted).await?;
    let day = agent.desk.now().timestamp().to_zoned(tongue::zone()).date();
    Ok(attached(Body::from_stream(pieces), format.content_type(), &format!("tickets-{day}.{}", format.name())))
}

pub async fn remove(agent: Agent, Path(id): Path<String>) -> Result<Response, Problem> {
    let id: ExportId = id.parse().map_err(|_| Refusal::not_found("export"))?;
    let actor = agent.actor().clone();
    agent.desk.write(actor.person(), move |tx| exports::cancel(tx, &actor, id)).await?;
    Ok(see_and_say(EXPORTS, &said::done(t!("export-said-stopped"))))
}
