//! How a queue takes tickets in and gives them to people; a part of the queue.

use minicbor::{Decode, Encode};

use super::strategy::Strategy;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::{self, Person},
        permission::Permission,
        queues::Queue,
    },
    error::{Refusal, Result},
    id::{PersonId, QueueId},
    language::say,
    limits,
    store::Tx,
};

/// Who gets what a strategy can give to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub enum Fallback {
    #[default]
    #[n(0)]
    Nobody,
    #[n(1)]
    Person(#[n(0)] PersonId),
    /// The lead of the queue's team.
    #[n(2)]
    Lead,
}

/// When somebody who works a ticket without an assignee becomes that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Takes {
    #[default]
    #[n(0)]
    Never,
    /// When they open it in the console.
    #[n(1)]
    OnOpen,
    /// When they answer.
    #[n(2)]
    OnReply,
}

impl Takes {
    pub const ALL: [Takes; 3] = [Takes::Never, Takes::OnOpen, Takes::OnReply];

    pub fn name(self) -> &'static str {
        match self {
            Takes::Never => "never",
            Takes::OnOpen => "on_open",
            Takes::OnReply => "on_reply",
        }
    }

    pub fn named(text: &str) -> Option<Takes> {
        Takes::ALL.into_iter().find(|it| it.name() == text)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct QueueRules {
    #[n(0)]
    pub strategy: Strategy,
    /// Only those who are signed in get anything.
    #[n(1)]
    pub only_present: bool,
    #[n(2)]
    pub fallback: Fallback,
    #[n(3)]
    pub takes: Takes,
    /// Open tickets that it takes; none: as many as come.
    #[n(4)]
    pub wip_limit: Option<u32>,
    /// Beyond the limit it refuses, and does not only warn.
    #[n(5)]
    pub wip_refuses: bool,
    /// Tickets that wait for somebody else do not count.
    #[n(6)]
    pub wip_active_only: bool,
    /// Where those go that are refused and cannot be told no; none: to the desk's default queue.
    #[n(7)]
    pub overflow: Option<QueueId>,
}

/// Changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct QueueRulesChange {
    pub strategy: Option<Strategy>,
    pub only_present: Option<bool>,
    pub fallback: Option<Fallback>,
    pub takes: Option<Takes>,
    pub wip_limit: Option<Option<u32>>,
    pub wip_refuses: Option<bool>,
    pub wip_active_only: Option<bool>,
    pub overflow: Option<Option<QueueId>>,
}

pub fn change_queue_rules(tx: &mut Tx, actor: &Actor, id: QueueId, change: QueueRulesChange) -> Result<Queue> {
    actor.need(Permission::SettingsWrite)?;
    identity::need_unbounded(actor)?;
    let before = tx.get::<Queue>(&id)?.ok_or_else(|| Refusal::not_found("queue"))?;
    let QueueRulesChange { strategy, only_present, fallback, takes, wip_limit, wip_refuses, wip_active_only, overflow } = change;
    let mut after = before.clone();
    let rules = &mut after.rules;
    rules.strategy = strategy.unwrap_or(rules.strategy);
    rules.only_present = only_present.unwrap_or(rules.only_present);
    rules.fallback = fallback.unwrap_or(rules.fallback);
    rules.takes = takes.unwrap_or(rules.takes);
    rules.wip_limit = wip_limit.unwrap_or(rules.wip_limit);
    rules.wip_refuses = wip_refuses.unwrap_or(rules.wip_refuses);
    rules.wip_active_only = wip_active_only.unwrap_or(rules.wip_active_only);
    rules.overflow = overflow.unwrap_or(rules.overflow);
    check(tx, id, rules)?;
    let mut changes = Changes::new();
    log(&before.rules, &after.rules, &mut changes);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::QueueChanged, About { entity_kind: "queue", entity: id.0, subject: None }, changes)?;
    Ok(after)
}

fn check(tx: &Tx, id: QueueId, rules: &QueueRules) -> Result<()> {
    if rules.wip_limit.is_some_and(|it| it == 0 || it > limits::WIP_LIMIT_MAX) {
        return Err(Refusal::field("wipLimit", "invalid", say!("refused-limit-1-none", wip_limit_max = limits::WIP_LIMIT_MAX)).into());
    }
    if let Some(it) = rules.overflow
        && (it == id || !tx.has::<Queue>(&it)?)
    {
        return Err(Refusal::field("overflow", "unknown", say!("refused-name-another-queue")).into());
    }
    match rules.fallback {
        Fallback::Person(it) if !tx.get::<Person>(&it)?.is_some_and(|it| it.is_agent()) => {
            Err(Refusal::field("fallback", "unknown", say!("refused-default-person-somebody-who")).into())
        }
        _ => Ok(()),
    }
}

/// What differs, for the event.
fn log(before: &QueueRules, after: &QueueRules, changes: &mut Changes) {
    let QueueRules { strategy, only_present, fallback, takes, wip_limit, wip_refuses, wip_active_only, overflow } = before;
    let resort = |it: &Fallback| match it {
        Fallback::Nobody => "nobody".to_owned(),
        Fallback::Person(it) => it.to_string(),
        Fallback::Lead => "lead".to_owned(),
    };
    changes
        .field("strategy", strategy.name(), after.strategy.name())
        .field("onlyPresent", *only_present, after.only_present)
        .field("fallback", resort(fallback), resort(&after.fallback))
        .field("takes", takes.name(), after.takes.name())
        .field("wipLimit", *wip_limit, after.wip_limit)
        .field("wipRefuses", *wip_refuses, after.wip_refuses)
        .field("wipActiveOnly", *wip_active_only, after.wip_active_only)
        .field("overflow", overflow.map(|it| it.to_string()), after.overflow.map(|it| it.to_string()));
}
