//! Mail that another program hands over (API-35): taken in exactly as if it had come from a mailbox.

use axum::extract::Request;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    appliance::intake,
    desk::{
        mail::ledger::{Arrival, MailEntry},
        permission::Permission,
        settings::Settings,
        tickets::{Ticket, number},
    },
    error::{Code, Refusal},
    http::{
        Caller, Problem,
        body::{media_type, read},
    },
};

/// What became of a mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailView {
    #[schema(value_type = OutcomeName)]
    pub outcome: &'static str,
    pub ticket: Option<TicketRefView>,
    /// It must never be answered: an auto-reply, a bounce, a list.
    pub automatic: bool,
    /// The rule that decided.
    pub rule: String,
    pub reason: Option<String>,
}

/// The outcomes.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum OutcomeName {
    Received,
    Created,
    Appended,
    Duplicate,
    Ignored,
    Quarantined,
}

/// A ticket by its names.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRefView {
    pub id: Uuid,
    pub number: String,
}

pub async fn inbound(caller: Caller, request: Request) -> Result<axum::Json<MailView>, Problem> {
    // Before the body, which may be long.
    caller.actor.need(Permission::MailIngest)?;
    if !matches!(media_type(request.headers()).as_deref(), Some("message/rfc822" | "application/octet-stream" | "text/plain")) {
        return Err(Refusal::new(Code::UnsupportedMedia, "Send the raw message, with `Content-Type: message/rfc822`.").into());
    }
    let raw = read(request, caller.desk.mail_bytes_max).await?;
    let entry = intake::take_in(&caller.desk, &caller.actor, raw, Arrival::by("hook")).await?;
    let MailEntry { outcome, ticket, automatic, rule, reason, .. } = entry;
    let ticket = caller.desk.read(|tx| {
        let Some(ticket) = ticket.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten() else { return Ok(None) };
        let number = number::text(Settings::of(tx)?.as_ref(), ticket.kind, ticket.number);
        Ok(Some(TicketRefView { id: ticket.id.0, number }))
    })?;
    Ok(axum::Json(MailView { outcome: outcome.name(), ticket, automatic, rule, reason }))
}
