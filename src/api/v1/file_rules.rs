//! Which files people may send to the desk.

use axum::{http::HeaderMap, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::one;
use crate::{
    desk::{
        attachments::file_rules::{self, FileRules, FileRulesChange},
        permission::Permission,
    },
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
};

/// Which files people may send. Mails are taken with whatever they bring.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileRulesView {
    /// One file of a requester, in bytes.
    #[schema(minimum = 0)]
    pub requester_bytes: u64,
    /// One file of somebody who works tickets, in bytes.
    #[schema(minimum = 0)]
    pub agent_bytes: u64,
    /// Endings of names that nobody may send.
    pub refused: Vec<String>,
    /// Endings that alone may be sent; empty: any.
    pub allowed: Vec<String>,
    /// Requesters may send programs and scripts.
    pub programs: bool,
}

/// What is to change; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileRulesPatchInput {
    #[schema(minimum = 65536)]
    pub requester_bytes: Option<u64>,
    #[schema(minimum = 65536)]
    pub agent_bytes: Option<u64>,
    #[schema(max_items = 200)]
    pub refused: Option<Vec<String>>,
    #[schema(max_items = 200)]
    pub allowed: Option<Vec<String>>,
    pub programs: Option<bool>,
}

impl FileRulesView {
    fn of(it: &FileRules) -> FileRulesView {
        let FileRules { requester_bytes, agent_bytes, refused, allowed, programs } = it.clone();
        FileRulesView { requester_bytes, agent_bytes, refused, allowed, programs }
    }
}

pub async fn read(caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| Ok(FileRulesView::of(&*FileRules::of(tx)?)))
}

pub async fn patch(caller: Caller, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let sent: FileRulesPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let FileRulesPatchInput { requester_bytes, agent_bytes, refused, allowed, programs } = sent;
    let change = FileRulesChange { requester_bytes, agent_bytes, refused, allowed, programs };
    one::change(&caller, &headers, move |tx, actor| {
        let before = FileRulesView::of(&*FileRules::of(tx)?);
        Ok((before, FileRulesView::of(&file_rules::change(tx, actor, change)?)))
    })
    .await
}
