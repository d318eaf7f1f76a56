//! What the desk says of priorities and assignment as a whole; a part of its settings.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        settings::{Matrix, Settings},
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::Tx,
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RoutingRules {
    /// A VIP's tickets are at least this, 1 to 4; 0: being a VIP changes nothing.
    #[n(0)]
    pub vip_priority: u8,
    /// The priority of a ticket of which nobody said anything, 1 to 4.
    #[n(1)]
    pub default_priority: u8,
    /// How much an open ticket weighs, from P1 to P4, when work is compared.
    #[n(2)]
    pub weights: [u8; 4],
    /// How much work somebody can have for whom nothing else is said; none: without end.
    #[n(3)]
    pub capacity: Option<u32>,
}

impl Default for RoutingRules {
    fn default() -> Self {
        RoutingRules { vip_priority: 2, default_priority: 3, weights: [1; 4], capacity: None }
    }
}

impl RoutingRules {
    /// How much one open ticket of this priority weighs.
    pub fn weight(&self, priority: u8) -> u64 {
        u64::from(self.weights[usize::from(priority.clamp(1, 4) - 1)])
    }
}

/// Changes; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RoutingRulesChange {
    pub matrix: Option<Matrix>,
    /// 1 to 4, or 0.
    pub vip_priority: Option<u8>,
    pub default_priority: Option<u8>,
    pub weights: Option<[u8; 4]>,
    pub capacity: Option<Option<u32>>,
}

/// Changes how priorities are found and work is weighed. Tickets that are there keep theirs until something about them changes.
pub fn change_routing(tx: &mut Tx, actor: &Actor, change: RoutingRulesChange) -> Result<Settings> {
    actor.need(Permission::SettingsWrite)?;
    let RoutingRulesChange { matrix, vip_priority, default_priority, weights, capacity } = change;
    let before = Settings::of(tx)?;
    let mut after = Settings::clone(&before);
    after.matrix = matrix.unwrap_or(after.matrix);
    if after.matrix.iter().flatten().any(|it| !(1..=4).contains(it)) {
        return Err(Refusal::field("matrix", "invalid", say!("refused-priorities-1-4")).into());
    }
    let routing = &mut after.routing;
    routing.vip_priority = vip_priority.unwrap_or(routing.vip_priority);
    routing.default_priority = default_priority.unwrap_or(routing.default_priority);
    routing.weights = weights.unwrap_or(routing.weights);
    routing.capacity = capacity.unwrap_or(routing.capacity);
    if routing.vip_priority > 4 {
        return Err(Refusal::field("vipPriority", "invalid", say!("refused-1-highest-4-none")).into());
    }
    if !(1..=4).contains(&routing.default_priority) {
        return Err(Refusal::field("defaultPriority", "invalid", say!("refused-1-highest-4")).into());
    }
    if routing.weights.contains(&0) || routing.weights.iter().any(|it| *it > limits::LOAD_WEIGHT_MAX) {
        return Err(Refusal::field("weights", "invalid", say!("refused-ticket-weighs-1", load_weight_max = limits::LOAD_WEIGHT_MAX)).into());
    }
    super::standing::check_capacity(routing.capacity)?;
    let mut changes = Changes::new();
    changes.field("matrix", serde_json::json!(before.matrix), serde_json::json!(after.matrix));
    log(&before.routing, &after.routing, &mut changes);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SettingsChanged, about, changes)?;
    Ok(after)
}

/// What differs, for the event.
pub fn log(before: &RoutingRules, after: &RoutingRules, changes: &mut Changes) {
    let RoutingRules { vip_priority, default_priority, weights, capacity } = before;
    changes
        .field("vipPriority", *vip_priority, after.vip_priority)
        .field("defaultPriority", *default_priority, after.default_priority)
        .field("loadWeights", serde_json::json!(weights), serde_json::json!(after.weights))
        .field("capacity", *capacity, after.capacity);
}
