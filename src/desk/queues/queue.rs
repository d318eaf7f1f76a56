//! Queues: where tickets wait for a team.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        mail::signature::Voice,
        permission::Permission,
        routing::QueueRules,
    },
    error::{Refusal, Result},
    id::{QueueId, TeamId},
    language::say,
    store::{Record, Table, Tx},
    time::Instant,
};

pub(super) const NAME_CHARS_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Queue {
    #[n(0)]
    pub id: QueueId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub team: Option<TeamId>,
    #[n(3)]
    pub created_at: Instant,
    /// How it speaks in mails, where it differs from the desk.
    #[n(4)]
    #[cbor(default)]
    pub voice: Option<Voice>,
    /// How it takes tickets in and gives them to people.
    #[n(5)]
    #[cbor(default)]
    pub rules: QueueRules,
}

impl Record for Queue {
    type Key = QueueId;
    const TABLE: Table = Table::journalled(0x1e, "queues");

    fn key(&self) -> QueueId {
        self.id
    }
}

/// The team that works a queue, if it is one and has one.
pub fn team_of(tx: &Tx, queue: Option<QueueId>) -> Result<Option<TeamId>> {
    let queue = queue.map(|it| tx.get_shared::<Queue>(&it)).transpose()?.flatten();
    Ok(queue.and_then(|it| it.team))
}

/// A name that is not empty, not too long and not taken.
pub fn fresh_name(name: &str, taken: bool) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Refusal::field("name", "required", say!("refused-needs-name")).into());
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(Refusal::field("name", "too_long", say!("refused-name-most-characters", NAME_CHARS_MAX = NAME_CHARS_MAX)).into());
    }
    if taken {
        return Err(Refusal::field("name", "taken", say!("refused-there-one-named-already", name = name)).into());
    }
    Ok(name)
}

pub fn create_queue(tx: &mut Tx, actor: &Actor, name: &str, team: Option<TeamId>) -> Result<Queue> {
    actor.need(Permission::SettingsWrite)?;
    let name = fresh_name(name, queue_named(tx, name)?.is_some())?;
    let queue = Queue { id: tx.new_id(), name, team, created_at: tx.now(), voice: None, rules: QueueRules::default() };
    tx.put(&queue)?;
    let about = About { entity_kind: "queue", entity: queue.id.0, subject: None };
    let changes = Changes::new().set("name", queue.name.as_str()).set("team", team.map(|it| it.to_string()));
    event::record(tx, actor, EventKind::QueueCreated, about, changes)?;
    Ok(queue)
}

/// Gives the queue to another team, or to none. Who works some queues only cannot decide which.
pub fn give_queue(tx: &mut Tx, actor: &Actor, id: QueueId, team: Option<TeamId>) -> Result<Queue> {
    actor.need(Permission::SettingsWrite)?;
    crate::desk::identity::need_unbounded(actor)?;
    let before = tx.get::<Queue>(&id)?.ok_or_else(|| Refusal::not_found("queue"))?;
    if let Some(team) = team
        && !tx.has::<super::Team>(&team)?
    {
        return Err(Refusal::field("team", "unknown", say!("refused-there-no-such-team")).into());
    }
    if before.team == team {
        return Ok(before);
    }
    let after = Queue { team, ..before.clone() };
    tx.put(&after)?;
    let mut changes = Changes::new();
    changes.field("team", before.team.map(|it| it.to_string()), team.map(|it| it.to_string()));
    let about = About { entity_kind: "queue", entity: id.0, subject: None };
    event::record(tx, actor, EventKind::QueueChanged, about, changes)?;
    crate::desk::service_levels::retime_all(tx, &format!("the queue {} went to another team", after.name))?;
    Ok(after)
}

/// Every queue, by name. Ids order nothing: those that came in one moment stand in any order.
pub fn queues(tx: &Tx) -> Result<Vec<Queue>> {
    let mut all = tx.scan::<Queue>(&())?.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_cached_key(|it| it.name.to_lowercase());
    Ok(all)
}

/// The queue of this id or name, whatever its case; spaces may be written as `-` or `_`.
pub fn queue_named(tx: &Tx, text: &str) -> Result<Option<Queue>> {
    if let Ok(id) = text.parse::<QueueId>() {
        return Ok(tx.get(&id)?);
    }
    let plain = |it: &str| it.trim().to_lowercase().replace(['-', '_'], " ");
    let wanted = plain(text);
    Ok(queues(tx)?.into_iter().find(|it| plain(&it.name) == wanted))
}
