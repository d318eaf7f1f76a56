//! The desk's log, for auditors (AUD-09).

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{ActorView, ChangeView, NamesOf, place};
use crate::{
    desk::audit,
    error::{Fault, Result},
    http::{Caller, Problem, page::Page, query::Query},
    time::Instant,
};

/// An entry of the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditView {
    #[schema(minimum = 1)]
    pub seq: u64,
    pub at: Instant,
    pub kind: String,
    pub actor: ActorView,
    /// What it is about.
    pub entity_kind: String,
    pub entity: Uuid,
    /// From where it came.
    pub origin: OriginView,
    #[schema(value_type = BTreeMap<String, ChangeView>)]
    pub changes: Map<String, Value>,
}

/// From where something came.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OriginView {
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
}

/// A part of the log, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuditListView {
    pub items: Vec<AuditView>,
    #[schema(minimum = 1)]
    pub page: usize,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: usize,
    #[schema(minimum = 0)]
    pub total: u64,
    pub next_cursor: Option<String>,
}

/// What a proof of the log found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProofView {
    pub valid: bool,
    #[schema(minimum = 0)]
    pub events: u64,
    /// Payloads that were erased; their digests still stand in the chain.
    #[schema(minimum = 0)]
    pub erased: u64,
    /// The last hash of the chain, in hexadecimal.
    pub head: Option<String>,
    /// What does not hold.
    pub problem: Option<String>,
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<AuditListView>, Problem> {
    let page = Page::of(&query, &[])?;
    let before = place(&page)?;
    let view = caller.desk.read(|tx| {
        let part = audit::page(tx, &caller.actor, before, page.skip() as u64, page.size)?;
        let mut names = NamesOf::default();
        let show = |it: audit::Entry| {
            Ok(AuditView {
                seq: it.seq,
                at: it.at,
                kind: it.kind,
                actor: names.actor(tx, it.actor.kind, it.actor.id)?,
                entity_kind: it.entity_kind,
                entity: it.entity,
                origin: OriginView { address: it.origin.address, user_agent: it.origin.user_agent, request_id: it.origin.request_id },
                changes: it.changes,
            })
        };
        let items = part.entries.into_iter().map(show).collect::<Result<_>>()?;
        let next_cursor = part.next.map(|it| it.to_string());
        Ok(AuditListView { items, page: page.number, page_size: page.size, total: part.total, next_cursor })
    })?;
    Ok(axum::Json(view))
}

pub async fn verify(caller: Caller) -> Result<axum::Json<ProofView>, Problem> {
    let proof = tokio::task::spawn_blocking(move || caller.desk.read(|tx| audit::verify(tx, &caller.actor))).await;
    let proof = proof.map_err(|it| Fault::because("proving the log", it))??;
    Ok(axum::Json(match proof {
        Ok(it) => {
            let head = it.head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
            ProofView { valid: true, events: it.events, erased: it.erased, head: Some(head), problem: None }
        }
        Err(problem) => ProofView { valid: false, events: 0, erased: 0, head: None, problem: Some(problem) },
    }))
}
