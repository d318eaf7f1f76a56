//! The outbox: mails that wait, that were sent and that did not arrive, and the addresses that nothing more is sent to.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, required},
    list::ListView,
};
use crate::{
    desk::{
        mail::{
            outbox::{self, Letter, LetterState, Line},
            suppression::{self, Suppression},
        },
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        page::Page,
        path::Path,
        query::Query,
    },
    id::LetterId,
    time::Instant,
};

/// How a mail stands with one of its recipients.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecipientView {
    /// `to`, `cc` or `bcc`.
    pub line: &'static str,
    pub name: String,
    pub address: String,
    /// `waiting`, `accepted`, `refused`, `bounced` or `suppressed`.
    pub state: &'static str,
    /// What the server said.
    pub answer: Option<String>,
}

/// A mail that the desk sends.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LetterView {
    pub id: Uuid,
    /// Null for a test.
    pub ticket: Option<Uuid>,
    pub comment: Option<Uuid>,
    /// Why it was written, such as `answer`.
    pub occasion: &'static str,
    pub recipients: Vec<RecipientView>,
    /// Empty when the letter was cleared away: then only recipients, state and instants are left.
    pub subject: String,
    pub message_id: String,
    /// `held`, `queued`, `sending`, `deferred`, `sent`, `failed`, `bounced`, `suppressed` or `withdrawn`.
    pub state: &'static str,
    pub held_until: Option<Instant>,
    #[schema(minimum = 0)]
    pub attempts: u32,
    /// What the server said last.
    pub answer: Option<String>,
    pub created_at: Instant,
    /// When it is tried next, while it waits.
    pub due_at: Option<Instant>,
    pub sent_at: Option<Instant>,
}

impl LetterView {
    pub fn of(it: &Letter) -> LetterView {
        let line = |it: Line| match it {
            Line::To => "to",
            Line::Cc => "cc",
            Line::Bcc => "bcc",
        };
        let recipients = it.recipients.iter().map(|it| RecipientView {
            line: line(it.line),
            name: it.name.clone(),
            address: it.address.clone(),
            state: it.state.name(),
            answer: it.answer.clone(),
        });
        LetterView {
            id: it.id.0,
            ticket: it.ticket.map(|it| it.0),
            comment: it.comment.map(|it| it.0),
            occasion: it.occasion.name(),
            recipients: recipients.collect(),
            subject: it.subject.clone(),
            message_id: it.message_id.clone(),
            state: it.state.name(),
            held_until: it.held_until,
            attempts: it.attempts,
            answer: it.answer.clone(),
            created_at: it.created_at,
            due_at: it.state.waits().then_some(it.due_at),
            sent_at: it.sent_at,
        }
    }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<LetterView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &["state"])?;
    let known = || LetterState::ALL.map(LetterState::name).join(", ");
    let state = query.get("state").map(|text| {
        LetterState::named(text)
            .ok_or_else(|| Refusal::field("state", "unknown", format!("There is no such state; there are {}.", known())))
    });
    let state = state.transpose()?;
    let all = caller.desk.read(|tx| outbox::letters(tx, &caller.actor, state))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(|it| LetterView::of(&it))))
}

pub async fn read(caller: Caller, Path(id): Path<LetterId>) -> Result<axum::Json<LetterView>, Problem> {
    Ok(axum::Json(LetterView::of(&caller.desk.read(|tx| outbox::letter(tx, &caller.actor, id))?)))
}

pub async fn retry(caller: Caller, Path(id): Path<LetterId>) -> Result<axum::Json<LetterView>, Problem> {
    let actor = caller.actor.clone();
    let it = caller.desk.write(actor.person(), move |tx| outbox::retry(tx, &actor, id)).await?;
    Ok(axum::Json(LetterView::of(&it)))
}

pub async fn withdraw(caller: Caller, Path(id): Path<LetterId>) -> Result<axum::Json<LetterView>, Problem> {
    let actor = caller.actor.clone();
    let it = caller.desk.write(actor.person(), move |tx| outbox::withdraw(tx, &actor, id)).await?;
    Ok(axum::Json(LetterView::of(&it)))
}

/// An address that nothing more is sent to.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SuppressionView {
    pub address: String,
    /// What the far side said, or why it was added.
    pub reason: String,
    /// RFC 3463, such as `5.1.1`.
    pub status: Option<String>,
    pub since: Instant,
    pub letter: Option<Uuid>,
    pub ticket: Option<Uuid>,
}

fn suppression_view(it: Suppression) -> SuppressionView {
    let Suppression { address, reason, status, since, letter, ticket } = it;
    SuppressionView { address, reason, status, since, letter: letter.map(|it| it.0), ticket: ticket.map(|it| it.0) }
}

/// An address that nothing more is to be sent to.
#[derive(Default, Deserialize, ToSchema)]
pub struct SuppressionInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub address: Option<String>,
    pub reason: Option<String>,
}

pub async fn suppressions(caller: Caller, query: Query) -> Result<axum::Json<ListView<SuppressionView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| suppression::suppressions(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(suppression_view)))
}

pub async fn suppress(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: SuppressionInput = body::value(Value::Object(json.parse()?.object))?;
    let address = required("address", input.address)?;
    let (actor, reason) = (caller.actor.clone(), input.reason.unwrap_or_default());
    let it = caller.desk.write(actor.person(), move |tx| suppression::add(tx, &actor, &address, &reason)).await?;
    Ok(Reply::json(StatusCode::CREATED, &suppression_view(it))?.into_response())
}

pub async fn release(caller: Caller, Path(address): Path<String>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| suppression::lift(tx, &actor, &address)).await?;
    Ok(StatusCode::NO_CONTENT)
}
