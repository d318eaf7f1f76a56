//! Keys that mail is signed with, the DNS records that go with them, and what the DNS says.

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
    sending::MailFindingView,
};
use crate::{
    appliance::sending,
    desk::{
        mail::dkim::{self, Algorithm, DkimKey},
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
    id::DkimKeyId,
    time::Instant,
};

/// A key that mail is signed with. Its private half is never shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DkimKeyView {
    pub id: Uuid,
    pub domain: String,
    pub selector: String,
    /// `rsa` or `ed25519`.
    pub algorithm: &'static str,
    /// `waiting` for its record to be seen, `signing`, or `retired`.
    pub state: &'static str,
    /// Where its record belongs.
    pub record_name: String,
    /// The TXT record in one piece.
    pub record_value: String,
    /// The same as a zone file has it, in pieces.
    pub zone: String,
    pub created_at: Instant,
    pub seen_at: Option<Instant>,
}

/// A key to be.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewDkimKeyInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub domain: Option<String>,
    /// `rsa` (the default) or `ed25519`.
    pub algorithm: Option<String>,
}

fn view(it: &DkimKey) -> DkimKeyView {
    let record = it.record();
    DkimKeyView {
        id: it.id.0,
        domain: it.domain.clone(),
        selector: it.selector.clone(),
        algorithm: it.algorithm.name(),
        state: it.state.name(),
        zone: record.in_zone(),
        record_name: record.name,
        record_value: record.value,
        created_at: it.created_at,
        seen_at: it.seen_at,
    }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<DkimKeyView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| dkim::keys(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?.map(|it| view(&it))))
}

pub async fn create(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: NewDkimKeyInput = body::value(Value::Object(json.parse()?.object))?;
    let domain = required("domain", input.domain)?;
    let unknown = || Refusal::field("algorithm", "unknown", "The algorithm is `rsa` or `ed25519`.");
    let algorithm = Algorithm::named(input.algorithm.as_deref().unwrap_or("rsa")).ok_or_else(unknown)?;
    let key = sending::make_key(&caller.desk, &caller.actor, &domain, algorithm).await?;
    Ok(Reply::json(StatusCode::CREATED, &view(&key))?.into_response())
}

pub async fn delete(caller: Caller, Path(id): Path<DkimKeyId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| dkim::delete(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the DNS says about one domain.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsOfDomainView {
    pub domain: String,
    pub findings: Vec<MailFindingView>,
}

/// What the DNS says about all that the desk sends from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsCheckView {
    pub domains: Vec<DnsOfDomainView>,
}

pub async fn check(caller: Caller) -> Result<axum::Json<DnsCheckView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let found = sending::check_dns(&caller.desk).await?;
    let shown =
        found.into_iter().map(|(domain, all)| DnsOfDomainView { domain, findings: all.into_iter().map(MailFindingView::of).collect() });
    Ok(axum::Json(DnsCheckView { domains: shown.collect() }))
}
