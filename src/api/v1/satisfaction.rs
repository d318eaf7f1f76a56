//! How people found the work: what the link from a mail leads to (API-33, API-34), and the report over all of it.

use axum::{
    extract::State,
    http::request::Parts,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    desk::{
        Tx,
        satisfaction::{self, By, Report, Satisfaction, Vote, Votes},
        settings::Settings,
        tickets::Ticket,
    },
    error::{Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem,
        body::{self, RawJson},
        path::Path,
        query::Query,
        sign_in::Visit,
    },
    time::Instant,
};

/// What somebody said of a ticket's work.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SatisfactionView {
    /// `good` or `bad`.
    #[schema(value_type = ScoreName)]
    pub score: &'static str,
    /// One to five, where it was asked so.
    #[schema(minimum = 1, maximum = 5)]
    pub stars: Option<u8>,
    pub comment: Option<String>,
    pub at: Instant,
}

/// How it was.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ScoreName {
    Good,
    Bad,
}

impl SatisfactionView {
    pub fn of(it: &Satisfaction) -> SatisfactionView {
        SatisfactionView { score: it.score(), stars: it.stars, comment: it.comment.clone(), at: it.at }
    }
}

/// What a link from a mail asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SurveyView {
    /// The ticket's number.
    pub ticket: String,
    /// Whether one to five stars are asked for, rather than good or bad.
    pub asks_stars: bool,
    /// Until when an answer can be given or changed.
    pub until: Instant,
    /// What was answered so far.
    pub answer: Option<SatisfactionView>,
}

/// An answer.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoteInput {
    /// `good`, `bad`, or `1` to `5`.
    #[schema(value_type = VoteName)]
    pub score: Option<String>,
    /// Absent or null leaves what was written before.
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
}

/// What may be answered; of stars, four and five are good.
#[derive(ToSchema)]
pub enum VoteName {
    #[schema(rename = "good")]
    Good,
    #[schema(rename = "bad")]
    Bad,
    #[schema(rename = "1")]
    One,
    #[schema(rename = "2")]
    Two,
    #[schema(rename = "3")]
    Three,
    #[schema(rename = "4")]
    Four,
    #[schema(rename = "5")]
    Five,
}

/// Votes counted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VotesView {
    #[schema(minimum = 0)]
    pub good: u32,
    #[schema(minimum = 0)]
    pub bad: u32,
    /// The share of good ones.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<f64>,
    /// The mean of those in stars.
    #[schema(minimum = 1, maximum = 5)]
    pub stars: Option<f64>,
}

impl VotesView {
    fn of(it: Votes) -> VotesView {
        VotesView { good: it.good, bad: it.bad, percent: it.percent(), stars: it.mean_stars() }
    }
}

/// One line of the report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SatisfactionRowView {
    /// The id of an agent or queue, a date, or a week such as `2026-W05`; empty for what is nobody's.
    pub key: String,
    pub name: String,
    pub votes: VotesView,
}

/// Satisfaction over some days.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SatisfactionReportView {
    #[schema(format = Date)]
    pub from: String,
    /// The last day that counts.
    #[schema(format = Date)]
    pub to: String,
    /// `agent`, `queue`, `day` or `week`.
    pub by: &'static str,
    pub total: VotesView,
    pub rows: Vec<SatisfactionRowView>,
}

fn survey(tx: &Tx, token: &str) -> Result<SurveyView> {
    let (link, ticket) = satisfaction::asked(tx, token)?;
    Ok(SurveyView {
        ticket: satisfaction::number(tx, ticket.id)?,
        asks_stars: Settings::of(tx)?.survey.stars,
        until: link.until,
        answer: said(&ticket, link.person),
    })
}

fn said(ticket: &Ticket, by: crate::id::PersonId) -> Option<SatisfactionView> {
    ticket.satisfaction.as_ref().filter(|it| it.by == by).map(SatisfactionView::of)
}

/// What the link asks. Looking answers nothing.
pub async fn asked(State(app): State<App>, OnDesk(desk): OnDesk, Path(token): Path<String>, parts: Parts) -> Result<Response, Problem> {
    app.credentials.attempt(Visit::of(&app, &parts).address)?;
    Ok(axum::Json(desk.read(|tx| survey(tx, &token))?).into_response())
}

/// Takes the answer of whoever has the link.
pub async fn rate(
    State(app): State<App>,
    OnDesk(desk): OnDesk,
    Path(token): Path<String>,
    parts: Parts,
    json: RawJson,
) -> Result<Response, Problem> {
    let visit = Visit::of(&app, &parts);
    app.credentials.attempt(visit.address)?;
    // A link that leads nowhere is told of before what is sent is looked at.
    desk.read(|tx| survey(tx, &token).map(drop))?;
    let input: VoteInput = body::value(Value::Object(json.parse()?.object))?;
    let score = input.score.unwrap_or_default();
    let vote = Vote::named(&score).ok_or_else(|| Refusal::field("score", "invalid", "A score is good, bad, or 1 to 5."))?;
    let vote = Vote { comment: input.comment, ..vote };
    let view = desk.write(None, move |tx| {
        satisfaction::rate(tx, &token, vote, visit.origin)?;
        survey(tx, &token)
    });
    Ok(axum::Json(view.await?).into_response())
}

/// What a report is asked for with.
pub fn question(query: &Query) -> Result<(Option<Date>, Option<Date>, By)> {
    let date = |name: &str| -> Result<Option<Date>> {
        let invalid = || Refusal::field(name, "invalid", format!("`{name}` is a date such as 2026-03-31."));
        Ok(query.get(name).map(|it| it.parse::<Date>().map_err(|_| invalid())).transpose()?)
    };
    let by = match query.get("by") {
        None => By::Agent,
        Some(it) => By::named(it).ok_or_else(|| Refusal::field("by", "unknown", "`by` is agent, queue, day or week."))?,
    };
    Ok((date("from")?, date("to")?, by))
}

pub async fn report(caller: Caller, query: Query) -> Result<axum::Json<SatisfactionReportView>, Problem> {
    caller.actor.need(crate::desk::permission::Permission::TicketsRead)?;
    query.only(["from", "to", "by"].into_iter())?;
    let (from, to, by) = question(&query)?;
    let Report { from, to, by, total, rows } = caller.desk.read(|tx| satisfaction::report(tx, &caller.actor, from, to, by))?;
    let row = |it: satisfaction::Row| SatisfactionRowView { key: it.key, name: it.name, votes: VotesView::of(it.votes) };
    Ok(axum::Json(SatisfactionReportView {
        from: from.to_string(),
        to: to.to_string(),
        by: by.name(),
        total: VotesView::of(total),
        rows: rows.into_iter().map(row).collect(),
    }))
}
