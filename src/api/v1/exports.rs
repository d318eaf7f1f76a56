//! Files of lists of tickets: as they are sent, or ordered, made in the background, and fetched from their address (API-32).

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    filters::{parameters, question},
    input::given,
    list::ListView,
};
use crate::{
    appliance::ticket_files::{self, Wanted},
    desk::{
        exports::{self, Column, Export, Format, NewExport, State},
        query::Sort,
    },
    error::{Refusal, Result},
    follow::search::Spelling,
    http::{
        Caller, Problem,
        attached::{self, attached},
        body::{self, RawJson},
        bytes::{self, Bytes},
        idempotency::{self, Key, Reply},
        page::Page,
        path::Path,
        query::Query,
    },
    id::ExportId,
    language::{Language, say},
    time::Instant,
};

/// A file that somebody ordered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportView {
    pub id: Uuid,
    #[schema(value_type = ExportStateName)]
    pub state: &'static str,
    #[schema(value_type = ExportFormatName)]
    pub format: &'static str,
    /// In the query language; empty: every ticket.
    pub query: String,
    pub sort: String,
    pub columns: Vec<String>,
    /// Tickets that are written.
    #[schema(minimum = 0)]
    pub rows: u64,
    /// Tickets that there are to write, once that is known.
    #[schema(minimum = 0)]
    pub total: Option<u64>,
    /// How long what is left will take, judged by what is done.
    #[schema(minimum = 0)]
    pub seconds_left: Option<u64>,
    /// Of the finished file, in bytes.
    #[schema(minimum = 0)]
    pub size: Option<u64>,
    /// Where the finished file is, for whoever ordered it.
    pub url: Option<String>,
    /// Why it could not be made.
    pub error: Option<String>,
    pub ordered_at: Instant,
    pub ended_at: Option<Instant>,
    /// When it is dropped.
    pub expires_at: Instant,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ExportStateName {
    Waiting,
    Running,
    Done,
    Failed,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ExportFormatName {
    Csv,
    Parquet,
}

/// What a file is wanted of.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportInput {
    /// In the query language; without, every ticket that you may see.
    #[serde(alias = "query", default, deserialize_with = "given")]
    #[schema(value_type = String, max_length = 4096)]
    pub q: Option<String>,
    pub sort: Option<String>,
    /// `csv` without another word.
    #[schema(value_type = Option<ExportFormatName>)]
    pub format: Option<String>,
    /// Members of a ticket, such as `number`, `createdAt` or `custom.KEY`; the usual ones if there are none.
    #[schema(max_items = 100)]
    #[serde(default)]
    pub columns: Vec<String>,
    /// Headings and values in this language, instead of as programs know them.
    pub language: Option<String>,
}

impl ExportView {
    fn of(it: &Export, now: Instant) -> ExportView {
        let size = if let State::Done { size, .. } = it.state { Some(size) } else { None };
        let error = if let State::Failed(why) = &it.state { Some(why.clone()) } else { None };
        ExportView {
            id: it.id.0,
            state: it.state.name(),
            format: it.format.name(),
            query: it.query.clone(),
            sort: it.sort().to_string(),
            columns: it.columns.clone(),
            rows: it.rows,
            total: it.total,
            seconds_left: it.seconds_left(now),
            size,
            url: size.map(|_| format!("/v1/exports/{}/file", it.id)),
            error,
            ordered_at: it.ordered_at,
            ended_at: it.ended_at,
            expires_at: it.ends_at(),
        }
    }
}

fn named(id: &str) -> Result<ExportId> {
    id.parse().map_err(|_| Refusal::not_found("export").into())
}

/// Reads the name of a language.
fn language(text: Option<&str>) -> Result<Option<Language>> {
    let unknown = || Refusal::field("language", "unknown", say!("refused-export-language"));
    text.map(|it| Language::of_tag(it).ok_or_else(unknown)).transpose().map_err(Into::into)
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    exports::need(&caller.actor)?;
    let json = json.parse()?;
    let input: ExportInput = body::value(Value::Object(json.object))?;
    let unknown = || Refusal::field("format", "unknown", say!("refused-export-format"));
    let format = input.format.as_deref().map_or(Ok(Format::Csv), |it| Format::named(it).ok_or_else(unknown))?;
    let sort = input.sort.as_deref().map(Sort::parse).transpose()?.unwrap_or(Sort::NEWEST);
    let language = language(input.language.as_deref())?.map(|it| it.tag().to_owned());
    let new = NewExport { query: input.q.unwrap_or_default(), sort, format, columns: input.columns, language, zone: None };
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &json.raw, move |tx| {
        let export = exports::order(tx, &actor, new)?;
        let reply = Reply::json(StatusCode::ACCEPTED, &ExportView::of(&export, tx.now()))?;
        Ok(reply.with(header::LOCATION, format!("/v1/exports/{}", export.id)))
    })
    .await
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<ExportView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let (all, now) = caller.desk.read(|tx| Ok((exports::mine(tx, &caller.actor)?, tx.now())))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(|it| ExportView::of(&it, now))))
}

pub async fn read(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<ExportView>, Problem> {
    let id = named(&id)?;
    Ok(axum::Json(caller.desk.read(|tx| Ok(ExportView::of(&exports::get(tx, &caller.actor, id)?, tx.now())))?))
}

pub async fn delete(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let (id, actor) = (named(&id)?, caller.actor.clone());
    caller.desk.write(caller.actor.person(), move |tx| exports::cancel(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn file(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let id = named(&id)?;
    let (export, hash, size) = caller.desk.read(|tx| exports::file(tx, &caller.actor, id))?;
    let (filename, content_type) = (export.filename(), export.format.content_type());
    bytes::hand_out(&caller.desk, Bytes { hash, size, filename: &filename, content_type }, &headers).await
}

/// A list as comma-separated values, without a limit, made while it is sent.
pub async fn sheet(caller: Caller, query: Query) -> Result<Response, Problem> {
    exports::need(&caller.actor)?;
    query.only(parameters().into_iter().chain(["sort", "columns", "language"]))?;
    let sort = query.get("sort").map(Sort::parse).transpose()?.unwrap_or(Sort::NEWEST);
    let page = Page { number: 1, size: 1, cursor: None, sort: Some(sort) };
    let names: Vec<&str> = query.all("columns").flat_map(|it| it.split(',')).collect();
    let columns = caller.desk.read(|tx| Column::read(tx, names))?;
    let wanted = Wanted {
        list: question(&query, &page, Sort::NEWEST, Spelling::Exact),
        format: Format::Csv,
        columns,
        language: language(query.get("language"))?,
        zone: None,
    };
    let pieces = ticket_files::stream(&caller.desk, &caller.actor, wanted).await?;
    Ok(attached(Body::from_stream(pieces), attached::CSV, "tickets.csv"))
}
