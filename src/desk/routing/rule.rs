//! Routing rules: conditions on a new ticket, and what follows for it. Asked in their order; the first that fits is the last, unless it
//! says to go on. What somebody said when they lodged the ticket, or an earlier rule said, stays.

use minicbor::{Decode, Encode};
use serde_json::{Value, json};

use super::{hours::When, on_call::Rotation};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::Person,
        permission::Permission,
        queues::{Category, Queue},
        rules::Condition,
        tickets::{Ticket, priority_label},
    },
    error::{Code, Refusal, Result},
    id::{CategoryId, PersonId, QueueId, RotationId, RoutingRuleId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// Whom a rule gives a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Assign {
    #[n(0)]
    Person(#[n(0)] PersonId),
    /// Whoever is on call.
    #[n(1)]
    OnCall(#[n(0)] RotationId),
}

/// What follows from a rule.
#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct Then {
    #[n(0)]
    pub queue: Option<QueueId>,
    #[n(1)]
    pub assignee: Option<Assign>,
    /// 1 to 4.
    #[n(2)]
    pub priority: Option<u8>,
    /// The priority is at least this; otherwise it is this.
    #[n(3)]
    pub at_least: bool,
    #[n(4)]
    pub category: Option<CategoryId>,
    #[n(5)]
    pub tags: Vec<String>,
    #[n(6)]
    pub watchers: Vec<PersonId>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct RoutingRule {
    #[n(0)]
    pub id: RoutingRuleId,
    #[n(1)]
    pub name: String,
    /// Rules are asked from the least on.
    #[n(2)]
    pub position: u32,
    #[n(3)]
    pub enabled: bool,
    #[n(4)]
    pub condition: Condition,
    #[n(5)]
    pub when: When,
    #[n(6)]
    pub then: Then,
    /// The rules after it are asked too.
    #[n(7)]
    pub goes_on: bool,
    #[n(8)]
    pub created_at: Instant,
    /// Grows by one with each change.
    #[n(9)]
    pub version: u64,
}

impl Record for RoutingRule {
    type Key = RoutingRuleId;
    const TABLE: Table = Table::journalled(0x65, "routing_rules");

    fn key(&self) -> RoutingRuleId {
        self.id
    }
}

impl RoutingRule {
    /// Whether it fits a ticket that is lodged at an instant.
    pub fn fits(&self, tx: &Tx, ticket: &Ticket, at: Instant) -> Result<bool> {
        Ok(self.when.holds(tx, at)? && self.condition.holds(tx, ticket)?)
    }

    fn about(&self) -> About {
        About { entity_kind: "routing_rule", entity: self.id.0, subject: None }
    }
}

/// Every rule, in the order in which they are asked.
pub fn rules(tx: &Tx) -> Result<Vec<RoutingRule>> {
    let mut found: Vec<RoutingRule> = tx.scan::<RoutingRule>(&())?.collect::<Result<_, _>>()?;
    found.sort_by_key(|it| (it.position, it.id));
    Ok(found)
}

/// The rule of this id, or of this name, whatever its case.
pub fn rule(tx: &Tx, text: &str) -> Result<Option<RoutingRule>> {
    if let Ok(id) = text.parse::<RoutingRuleId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(rules(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

/// A rule as it is made or changed: as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleDraft {
    pub name: String,
    pub position: u32,
    pub enabled: bool,
    /// In the query language; empty: every ticket.
    pub condition: String,
    pub when: When,
    pub then: Then,
    pub goes_on: bool,
}

impl RuleDraft {
    /// The rule that this would be, checked; for a trial as well as for keeping.
    pub fn checked(self, tx: &Tx, actor: &Actor, id: RoutingRuleId, created_at: Instant, version: u64) -> Result<RoutingRule> {
        let RuleDraft { name, position, enabled, condition, when, then, goes_on } = self;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Refusal::field("name", "invalid", say!("refused-rule-needs-name-most")).into());
        }
        let condition = Condition::new(tx, actor, "condition", &condition)?;
        if condition.asks_for_targets(tx.now())? {
            let message = say!("refused-routing-rule-cannot-ask");
            return Err(Refusal::field("condition", "invalid", message).into());
        }
        when.check(tx)?;
        let then = checked(tx, then)?;
        Ok(RoutingRule { id, name, position, enabled, condition, when, then, goes_on, created_at, version })
    }
}

fn checked(tx: &Tx, then: Then) -> Result<Then> {
    let refused =
        |field: &'static str, code: &'static str, message: crate::language::Sentence| Err(Refusal::field(field, code, message).into());
    let works = |id: &PersonId| Ok::<_, crate::error::Error>(tx.get::<Person>(id)?.is_some_and(|it| it.is_agent()));
    let Then { queue, assignee, priority, at_least, category, tags, watchers } = then;
    if queue.is_some_and(|it| !tx.has::<Queue>(&it).unwrap_or(false)) {
        return refused("queue", "unknown", say!("refused-there-no-such-queue"));
    }
    if category.is_some_and(|it| !tx.has::<Category>(&it).unwrap_or(false)) {
        return refused("category", "unknown", say!("refused-no-such-category"));
    }
    match &assignee {
        Some(Assign::Person(it)) if !works(it)? => return refused("assignee", "unknown", say!("refused-they-do-not-work")),
        Some(Assign::OnCall(it)) if !tx.has::<Rotation>(it)? => return refused("onCall", "unknown", say!("refused-no-such-rotation")),
        _ => {}
    }
    if priority.is_some_and(|it| !(1..=4).contains(&it)) {
        return refused("priority", "invalid", say!("refused-priority-1-highest-4"));
    }
    let tags = crate::desk::tickets::normal_tags(tags)?;
    if watchers.len() > limits::RULE_WATCHERS_MAX {
        return refused("watchers", "too_many", say!("refused-most-people", max = limits::RULE_WATCHERS_MAX));
    }
    for it in &watchers {
        if !works(it)? {
            return refused("watchers", "unknown", say!("refused-only-workers"));
        }
    }
    let then = Then { queue, assignee, priority, at_least: at_least && priority.is_some(), category, tags, watchers };
    if then == Then::default() {
        return refused("then", "required", say!("refused-rule-sets-something"));
    }
    Ok(then)
}

pub fn create_rule(tx: &mut Tx, actor: &Actor, draft: RuleDraft) -> Result<RoutingRule> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<RoutingRule>()? >= limits::ROUTING_RULES_MAX as u64 {
        return Err(
            Refusal::new(Code::Conflict, say!("refused-desk-most-routing-rules", routing_rules_max = limits::ROUTING_RULES_MAX)).into()
        );
    }
    let (id, now) = (tx.new_id(), tx.now());
    let made = draft.checked(tx, actor, id, now, 1)?;
    tx.put(&made)?;
    event::record(tx, actor, EventKind::RoutingRuleCreated, made.about(), told(None, &made))?;
    Ok(made)
}

/// Changes a rule as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change_rule(tx: &mut Tx, actor: &Actor, id: RoutingRuleId, version: Option<u64>, draft: RuleDraft) -> Result<RoutingRule> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-somebody-changed-rule-meanwhile")).into());
    }
    let after = draft.checked(tx, actor, id, before.created_at, before.version)?;
    save(tx, actor, &before, after)
}

/// Puts the rules into this order; those that are not named keep theirs behind them.
pub fn order_rules(tx: &mut Tx, actor: &Actor, ids: &[RoutingRuleId]) -> Result<Vec<RoutingRule>> {
    actor.need(Permission::SettingsWrite)?;
    let present = rules(tx)?;
    for id in ids {
        if !present.iter().any(|it| it.id == *id) {
            return Err(Refusal::field("ids", "unknown", say!("refused-there-no-routing-rule", id = id.to_string())).into());
        }
    }
    let place = |it: &RoutingRule| ids.iter().position(|id| *id == it.id).unwrap_or(usize::MAX);
    let mut ordered: Vec<RoutingRule> = present;
    ordered.sort_by_key(place);
    for (i, before) in ordered.iter().enumerate() {
        let position = u32::try_from(i + 1).unwrap_or(u32::MAX).saturating_mul(10);
        if position != before.position {
            save(tx, actor, before, RoutingRule { position, ..before.clone() })?;
        }
    }
    rules(tx)
}

pub fn delete_rule(tx: &mut Tx, actor: &Actor, id: RoutingRuleId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    tx.remove::<RoutingRule>(&id)?;
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), Value::Null);
    event::record(tx, actor, EventKind::RoutingRuleDeleted, before.about(), changes)?;
    Ok(())
}

fn known(tx: &Tx, id: RoutingRuleId) -> Result<RoutingRule> {
    tx.get::<RoutingRule>(&id)?.ok_or_else(|| Refusal::not_found("routing rule").into())
}

fn save(tx: &mut Tx, actor: &Actor, before: &RoutingRule, after: RoutingRule) -> Result<RoutingRule> {
    if after == *before {
        return Ok(after);
    }
    let after = RoutingRule { version: before.version + 1, ..after };
    tx.put(&after)?;
    event::record(tx, actor, EventKind::RoutingRuleChanged, after.about(), told(Some(before), &after))?;
    Ok(after)
}

fn told(before: Option<&RoutingRule>, after: &RoutingRule) -> Changes {
    let then = |it: &RoutingRule| -> Value {
        let Then { queue, assignee, priority, at_least, category, tags, watchers } = &it.then;
        let assignee = assignee.map(|it| match it {
            Assign::Person(it) => it.to_string(),
            Assign::OnCall(it) => format!("on_call:{it}"),
        });
        json!({
            "queue": queue.map(|it| it.to_string()),
            "assignee": assignee,
            "priority": priority.map(priority_label),
            "atLeast": at_least,
            "category": category.map(|it| it.to_string()),
            "tags": tags,
            "watchers": watchers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let when = |it: &RoutingRule| {
        format!("{} {}", it.when.name(), it.when.calendar().map(|it| it.to_string()).unwrap_or_default()).trim().to_owned()
    };
    let mut changes = Changes::new();
    changes
        .field("name", before.map(|it| it.name.clone()), after.name.as_str())
        .field("position", before.map(|it| it.position), after.position)
        .field("enabled", before.map(|it| it.enabled), after.enabled)
        .field("condition", before.map(|it| it.condition.text().to_owned()), after.condition.text())
        .field("when", before.map(when), when(after))
        .field("then", before.map(then), then(after))
        .field("goesOn", before.map(|it| it.goes_on), after.goes_on)
        .field("version", before.map(|it| it.version), after.version);
    changes
}
