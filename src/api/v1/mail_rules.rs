//! What is done with incoming mail, for programs that set a desk up: rules, filters with a trial on past mail, blocked senders, breakers.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, nullable},
    list::ListView,
    mail::OutcomeName,
    one,
};
use crate::{
    appliance::intake::{self, Tried},
    desk::{
        Tx,
        mail::{
            blocklist::{self, BlockedSender},
            breaker::{self, Breaker},
            filter::{self, Action, Condition, Field, FilterDraft, MailFilter, Op},
            rules::{self, MailRules},
        },
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
        idempotency::Key,
        page::Page,
        path::Path,
        query::Query,
    },
    id::MailFilterId,
    time::Instant,
};

/// Budgets and trust.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailRulesView {
    #[schema(minimum = 1)]
    pub answers_per_address_hour: u32,
    #[schema(minimum = 1)]
    pub answers_per_address_day: u32,
    #[schema(minimum = 1)]
    pub answers_per_ticket_hour: u32,
    #[schema(minimum = 1)]
    pub answers_per_desk_hour: u32,
    #[schema(minimum = 1)]
    pub alike_per_address_hour: u32,
    #[schema(minimum = 0)]
    pub reopen_days: Option<u32>,
    pub trusted_servers: Vec<String>,
    pub forwarded_for_sender: bool,
}

/// Changes to them; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailRulesPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 100000, required = false)]
    pub answers_per_address_hour: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 100000, required = false)]
    pub answers_per_address_day: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 100000, required = false)]
    pub answers_per_ticket_hour: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 100000, required = false)]
    pub answers_per_desk_hour: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 100000, required = false)]
    pub alike_per_address_hour: Option<u32>,
    /// Null: an answer always reopens.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 3650)]
    pub reopen_days: Option<Option<u32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub trusted_servers: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub forwarded_for_sender: Option<bool>,
}

fn rules_view(it: MailRules) -> MailRulesView {
    let MailRules {
        answers_per_address_hour,
        answers_per_address_day,
        answers_per_ticket_hour,
        answers_per_desk_hour,
        alike_per_address_hour,
        reopen_days,
        trusted_servers,
        forwarded_for_sender,
    } = it;
    MailRulesView {
        answers_per_address_hour,
        answers_per_address_day,
        answers_per_ticket_hour,
        answers_per_desk_hour,
        alike_per_address_hour,
        reopen_days,
        trusted_servers,
        forwarded_for_sender,
    }
}

pub async fn read_rules(caller: Caller) -> Result<axum::Json<MailRulesView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(rules_view(MailRules::clone(&*caller.desk.read(MailRules::of)?))))
}

pub async fn patch_rules(caller: Caller, json: RawJson) -> Result<axum::Json<MailRulesView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: MailRulesPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let now = MailRules::clone(&*MailRules::of(tx)?);
        let wanted = MailRules {
            answers_per_address_hour: input.answers_per_address_hour.unwrap_or(now.answers_per_address_hour),
            answers_per_address_day: input.answers_per_address_day.unwrap_or(now.answers_per_address_day),
            answers_per_ticket_hour: input.answers_per_ticket_hour.unwrap_or(now.answers_per_ticket_hour),
            answers_per_desk_hour: input.answers_per_desk_hour.unwrap_or(now.answers_per_desk_hour),
            alike_per_address_hour: input.alike_per_address_hour.unwrap_or(now.alike_per_address_hour),
            reopen_days: input.reopen_days.unwrap_or(now.reopen_days),
            trusted_servers: input.trusted_servers.unwrap_or(now.trusted_servers),
            forwarded_for_sender: input.forwarded_for_sender.unwrap_or(now.forwarded_for_sender),
        };
        rules::change(tx, &actor, wanted)
    };
    Ok(axum::Json(rules_view(caller.desk.write(caller.actor.person(), run).await?)))
}

// --- filters ---

/// What a filter compares.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConditionView {
    /// `from`, `recipient`, `subject`, `text`, `attachment`, `automatic`, `mailbox`, or `header:NAME`.
    pub field: String,
    /// `is`, `contains`, `begins`, `ends`, `matches`, `exists` or `lacks`.
    pub op: String,
    #[serde(default)]
    pub value: String,
}

/// A filter of incoming mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailFilterView {
    pub id: Uuid,
    pub name: String,
    #[schema(minimum = 0)]
    pub position: u32,
    pub enabled: bool,
    /// Every condition must hold, and not just one.
    pub all: bool,
    pub conditions: Vec<ConditionView>,
    /// `queue:ID`, `priority:1`, `category:ID`, `tag:NAME`, `request`, `ignore`, `hold`, `let_in`, `no_acknowledgement`,
    /// `requester_from_reply_to`.
    pub actions: Vec<String>,
    /// No later filter is asked.
    pub last: bool,
}

/// A filter as a whole.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailFilterInput {
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(required = false)]
    pub position: u32,
    #[serde(default = "yes")]
    #[schema(required = false)]
    pub enabled: bool,
    #[serde(default = "yes")]
    #[schema(required = false)]
    pub all: bool,
    pub conditions: Vec<ConditionView>,
    /// As the answer writes them; queues and categories by name as well.
    pub actions: Vec<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub last: bool,
}

fn yes() -> bool {
    true
}

/// What a filter would have done with a mail that came before.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedView {
    pub mail: Uuid,
    pub from: Option<String>,
    pub subject: Option<String>,
    #[schema(value_type = OutcomeName)]
    pub outcome: &'static str,
    /// What would become of it now, with this filter besides the others.
    #[schema(value_type = OutcomeName)]
    pub would: &'static str,
}

/// The past mails that a filter fits.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialView {
    /// Mails that were looked at, the newest ones.
    #[schema(minimum = 0)]
    pub looked: usize,
    pub fits: Vec<TriedView>,
}

fn filter_view(it: MailFilter) -> MailFilterView {
    let MailFilter { id, name, position, enabled, all, conditions, actions, last, .. } = it;
    let condition = |it: Condition| ConditionView { field: it.field.name(), op: it.op.name().to_owned(), value: it.value };
    MailFilterView {
        id: id.0,
        name,
        position,
        enabled,
        all,
        conditions: conditions.into_iter().map(condition).collect(),
        actions: actions.iter().map(Action::describe).collect(),
        last,
    }
}

fn draft(tx: &Tx, input: MailFilterInput) -> Result<FilterDraft> {
    let MailFilterInput { name, position, enabled, all, conditions, actions, last } = input;
    let condition = |it: ConditionView| -> Result<Condition> {
        let unknown = |what: &str, text: &str| Refusal::field("conditions", "unknown", format!("There is no {what} `{text}`."));
        let field = Field::named(&it.field).ok_or_else(|| unknown("field", &it.field))?;
        let op = Op::named(&it.op).ok_or_else(|| unknown("comparison", &it.op))?;
        Ok(Condition { field, op, value: it.value })
    };
    Ok(FilterDraft {
        name,
        position,
        enabled,
        all,
        conditions: conditions.into_iter().map(condition).collect::<Result<_>>()?,
        actions: actions.iter().map(|it| Action::named(tx, it)).collect::<Result<_>>()?,
        last,
    })
}

fn known(tx: &Tx, id: MailFilterId) -> Result<MailFilter> {
    tx.get::<MailFilter>(&id)?.ok_or_else(|| Refusal::not_found("mail filter").into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<MailFilterView>>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(filter::all)?.into_iter().map(filter_view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<MailFilterInput>()?;
    one::create(
        &caller,
        key,
        &raw,
        move |tx, actor| {
            let draft = draft(tx, input)?;
            filter::create(tx, actor, draft).map(filter_view)
        },
        |it| format!("/v1/mail/filters/{}", it.id),
    )
    .await
}

pub async fn read(caller: Caller, Path(id): Path<MailFilterId>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| known(tx, id).map(filter_view))
}

pub async fn replace(caller: Caller, Path(id): Path<MailFilterId>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: MailFilterInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = filter_view(known(tx, id)?);
        let draft = draft(tx, input)?;
        Ok((before, filter_view(filter::change(tx, actor, id, None, draft)?)))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<MailFilterId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = filter_view(known(tx, id)?);
        filter::delete(tx, actor, id)?;
        Ok(before)
    })
    .await
}

/// Tries a filter on past mail; nothing is kept.
pub async fn try_out(caller: Caller, json: RawJson) -> Result<axum::Json<TrialView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    caller.actor.need(Permission::MailRead)?;
    let input: MailFilterInput = json.parse()?.into_value()?;
    let draft = caller.desk.read(|tx| draft(tx, input))?;
    let (looked, fits) = intake::try_filter(&caller.desk, &caller.actor, None, draft).await?;
    let shown = |it: Tried| TriedView {
        mail: it.entry.id.0,
        outcome: it.entry.outcome.name(),
        from: it.entry.from,
        subject: it.entry.subject,
        would: it.would.name(),
    };
    Ok(axum::Json(TrialView { looked, fits: fits.into_iter().map(shown).collect() }))
}

// --- blocked senders, breakers ---

/// A sender whose mail is put away.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockedSenderView {
    /// `name@example.com`, or `@example.com` for a domain.
    pub pattern: String,
    pub reason: String,
    pub at: Instant,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct BlockedSenderInput {
    /// `name@example.com`, or `example.com`.
    #[schema(min_length = 3, max_length = 320)]
    pub pattern: String,
    #[serde(default)]
    #[schema(required = false)]
    pub reason: String,
}

fn blocked_view(it: BlockedSender) -> BlockedSenderView {
    BlockedSenderView { pattern: it.pattern, reason: it.reason, at: it.at }
}

pub async fn blocked(caller: Caller, query: Query) -> Result<axum::Json<ListView<BlockedSenderView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| blocklist::all(tx, &caller.actor))?;
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(blocked_view).collect(), &page)?))
}

pub async fn block(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::MailManage)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<BlockedSenderInput>()?;
    let make = move |tx: &mut Tx, actor: &_| blocklist::block(tx, actor, &input.pattern, &input.reason).map(blocked_view);
    one::create(&caller, key, &raw, make, |it| format!("/v1/mail/blocked/{}", it.pattern)).await
}

pub async fn unblock(caller: Caller, Path(pattern): Path<String>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| blocklist::unblock(tx, &actor, &pattern)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A budget of automatic mail that is used up.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakerView {
    pub id: String,
    /// An address, the id of a ticket, or nothing for the whole desk.
    pub about: String,
    pub reason: String,
    pub opened_at: Instant,
    pub until: Instant,
    /// Mails that were not sent because of it.
    #[schema(minimum = 0)]
    pub withheld: u64,
}

pub async fn breakers(caller: Caller, query: Query) -> Result<axum::Json<ListView<BreakerView>>, Problem> {
    caller.actor.need(Permission::MailRead)?;
    let page = Page::of(&query, &[])?;
    let view = |it: Breaker| {
        let id = it.id();
        let Breaker { about, reason, opened_at, until, withheld, .. } = it;
        BreakerView { id, about, reason, opened_at, until, withheld }
    };
    let all = caller.desk.read(breaker::all_open)?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn close(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| breaker::close(tx, &actor, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
