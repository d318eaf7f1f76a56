//! Changing a ticket: fields, assignment, state. One function for every door; what changed decides which events are recorded.

use serde_json::{Map, Value};

use super::{
    Kind, Ticket, access,
    create::{assignee, body, json_object, level, queue, short, tags, title},
    lifecycle::{Category, Lifecycle, State, check_transition},
    merge::need_own_thread,
};
use crate::{
    desk::{
        actor::Actor,
        checklists, closing, custom,
        duplicates::outage,
        event::{self, Changes, EventKind},
        identity,
        permission::Permission,
        queues,
        routing::{self, Given},
        service_levels, snooze,
    },
    error::{Code, Fault, Refusal, Result},
    id::TicketId,
    language::say,
    store::Tx,
    time::Instant,
};

/// What is to become of an object whose keys are somebody's own; JSON texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectChange {
    /// It is this, and nothing of what was.
    Whole(Option<String>),
    /// A merge patch (RFC 7396): null takes a key away, objects within are merged, what is not named stays.
    Merged(String),
}

impl ObjectChange {
    fn applied(self, field: &'static str, before: Option<&str>) -> Result<Option<String>> {
        let patch = match self {
            ObjectChange::Whole(it) => return json_object(field, it),
            ObjectChange::Merged(it) => it,
        };
        let invalid = || Refusal::field(field, "invalid", say!("refused-json-object", field = field));
        let patch: Map<String, Value> = serde_json::from_str(&patch).map_err(|_| invalid())?;
        let kept = before.map(serde_json::from_str).transpose().map_err(|it| Fault::because("reading what a ticket keeps", it))?;
        let mut object = Value::Object(kept.unwrap_or_default());
        merge(&mut object, Value::Object(patch));
        json_object(field, Some(object.to_string()))
    }
}

/// RFC 7396, section 2. As deep as the patch, which is bounded where it is read.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(&key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// What is to change; what is `None` stays. The inner `Option` of a nullable field takes it away.
#[derive(Debug, Clone, Default)]
pub struct TicketChange {
    /// The version that the caller saw; refused as stale if it is not the present one.
    pub expected: Option<u64>,
    pub kind: Option<Kind>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    /// `Some(None)` gives the priority back to the matrix.
    pub priority: Option<Option<u8>>,
    pub impact: Option<u8>,
    pub urgency: Option<u8>,
    pub requester: Option<String>,
    pub assignee: Option<Option<String>>,
    pub queue: Option<Option<String>>,
    pub category: Option<Option<String>>,
    pub subcategory: Option<Option<String>>,
    pub tags: Option<Vec<String>>,
    pub custom: Option<ObjectChange>,
    pub metadata: Option<ObjectChange>,
    pub scheduled_at: Option<Option<Instant>>,
    pub due_at: Option<Option<Instant>>,
    pub service_item: Option<Option<String>>,
    pub asset: Option<Option<String>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, id: TicketId, change: TicketChange) -> Result<Ticket> {
    let before = access::ticket(tx, actor, id)?;
    access::need_change(actor)?;
    if let Some(expected) = change.expected
        && expected != before.version_for(access::reads_notes(actor, &before))
    {
        let present = before.version_for(access::reads_notes(actor, &before));
        let detail = say!("refused-ticket-version-you-changed", present = present, expected = expected);
        return Err(Refusal::new(Code::Stale, detail).into());
    }
    if !access::works_on(actor, &before) {
        return change_by_requester(tx, actor, before, change);
    }
    if change.assignee.is_some() || change.queue.is_some() {
        access::need(actor, Permission::TicketsAssign, &before)?;
    }
    if change.kind.is_some_and(|it| it != before.kind) {
        let message = say!("refused-ticket-keeps-kind-lodge");
        return Err(Refusal::field("kind", "immutable", message).into());
    }
    let mut after = before.clone();
    let status = change.status.clone();
    let given = Given { assignee: change.assignee.is_some(), priority: change.priority.is_some() };
    apply(tx, actor, &mut after, change)?;
    custom::check(tx, actor, Some(&before), &after, None)?;
    routing::after_change(tx, actor, &before, &mut after, given)?;
    let lifecycle = Lifecycle::of(tx, after.kind)?;
    move_on(tx, actor, &lifecycle, &before, &mut after, status.as_deref())?;
    if after.category == Category::Resolved && before.category.is_open() && actor.person().is_some() {
        custom::need_for_resolving(tx, &after)?;
        checklists::need_for_resolving(tx, &after)?;
    }
    save(tx, actor, &before, after)
}

/// A requester may say that it is solved, or that it is not, and nothing else.
fn change_by_requester(tx: &mut Tx, actor: &Actor, before: Ticket, change: TicketChange) -> Result<Ticket> {
    let TicketChange {
        expected: _,
        kind,
        title,
        description,
        status,
        priority,
        impact,
        urgency,
        requester,
        assignee,
        queue,
        category,
        subcategory,
        tags,
        custom,
        metadata,
        scheduled_at,
        due_at,
        service_item,
        asset,
    } = change;
    let only_status = kind.is_none()
        && title.is_none()
        && description.is_none()
        && priority.is_none()
        && impact.is_none()
        && urgency.is_none()
        && requester.is_none()
        && assignee.is_none()
        && queue.is_none()
        && category.is_none()
        && subcategory.is_none()
        && tags.is_none()
        && custom.is_none()
        && metadata.is_none()
        && scheduled_at.is_none()
        && due_at.is_none()
        && service_item.is_none()
        && asset.is_none();
    access::need_part(actor, &before)?;
    let Some(status) = status.filter(|_| only_status) else { return Err(Refusal::forbidden(Permission::TicketsWrite.name()).into()) };
    let lifecycle = Lifecycle::of(tx, before.kind)?;
    let to = meant_state(&lifecycle, &status, before.assignee.is_some())?;
    let solved = to.category == Category::Resolved && before.category.is_open();
    let again = to.category.is_open() && !before.category.is_open();
    if !solved && !again && to.key != before.state {
        return Err(Refusal::forbidden(Permission::TicketsWrite.name()).into());
    }
    if again {
        closing::need_not_over(tx, actor, &before)?;
    }
    let mut after = before.clone();
    move_on(tx, actor, &lifecycle, &before, &mut after, Some(&status))?;
    after.requester_waits = again;
    save(tx, actor, &before, after)
}

/// Moves a ticket to another state on behalf of a rule (an answer came, somebody took it). Nothing happens if it is there already
/// or the lifecycle has no such way.
pub fn transition(tx: &mut Tx, actor: &Actor, ticket: &Ticket, to: &str) -> Result<Ticket> {
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    let Some(state) = lifecycle.meant(to, ticket.assignee.is_some()) else { return Ok(ticket.clone()) };
    if state.key == ticket.state || ticket.merged.is_some() || check_transition(&lifecycle, ticket, &ticket.state, state).is_err() {
        return Ok(ticket.clone());
    }
    let mut after = ticket.clone();
    let now = tx.now();
    enter(&mut after, state, now);
    save(tx, actor, ticket, after)
}

fn apply(tx: &mut Tx, actor: &Actor, after: &mut Ticket, change: TicketChange) -> Result<()> {
    if let Some(it) = change.title {
        after.title = title(&it)?;
    }
    if let Some(it) = change.description {
        let it = body("description", it)?;
        if it != after.description {
            after.description = it;
            after.description_html = None;
        }
    }
    if let Some(it) = change.requester {
        let person = if it.contains('@') { identity::find_or_create(tx, actor, &it, "")? } else { identity::named(tx, "requester", &it)? };
        after.requester = person.id;
        after.organization = person.organization;
        after.department = person.department;
    }
    if let Some(it) = change.assignee {
        after.assignee = it.map(|it| assignee(tx, actor, &it)).transpose()?;
    }
    if let Some(it) = change.queue {
        after.queue = it.map(|it| queue(tx, &it)).transpose()?;
    }
    if let Some(it) = change.category {
        after.topic = it.map(|it| queues::find_or_create_category(tx, actor, "category", &it, None)).transpose()?.map(|it| it.id);
        after.subtopic = None;
    }
    if let Some(it) = change.subcategory {
        let parent = after.topic;
        after.subtopic = it.map(|it| queues::find_or_create_category(tx, actor, "subcategory", &it, parent)).transpose()?.map(|it| it.id);
    }
    if let Some(it) = change.tags {
        after.tags = tags(it)?;
    }
    if let Some(it) = change.custom {
        let wanted = it.applied("custom", after.custom.as_deref())?;
        after.custom = custom::changed(tx, actor, true, after.custom.as_deref(), wanted)?;
    }
    if let Some(it) = change.metadata {
        after.metadata = it.applied("metadata", after.metadata.as_deref())?;
    }
    after.scheduled_at = change.scheduled_at.unwrap_or(after.scheduled_at);
    after.due_at = change.due_at.unwrap_or(after.due_at);
    if let Some(it) = change.service_item {
        after.service_item = short("serviceItem", it)?;
    }
    if let Some(it) = change.asset {
        after.asset = short("asset", it)?;
    }
    apply_priority(after, change.priority, change.impact, change.urgency)
}

/// A priority set by hand stays; otherwise routing finds it (INC-02).
fn apply_priority(after: &mut Ticket, priority: Option<Option<u8>>, impact: Option<u8>, urgency: Option<u8>) -> Result<()> {
    after.impact = level("impact", impact)?.unwrap_or(after.impact);
    after.urgency = level("urgency", urgency)?.unwrap_or(after.urgency);
    match priority {
        Some(Some(it)) => {
            after.priority = level("priority", Some(it))?.unwrap_or(after.priority);
            after.priority_fixed = true;
        }
        Some(None) => after.priority_fixed = false,
        None => {}
    }
    Ok(())
}

/// Keeps a ticket that a rule of the desk assigned, with the state that this brings with it.
pub(in crate::desk) fn settle(tx: &mut Tx, actor: &Actor, before: &Ticket, mut after: Ticket) -> Result<Ticket> {
    let lifecycle = Lifecycle::of(tx, after.kind)?;
    move_on(tx, actor, &lifecycle, before, &mut after, None)?;
    save(tx, actor, before, after)
}

/// Keeps a ticket whose fields were put back to what they were, the state by its key. What was so once needs no leave of the lifecycle, as
/// long as it has the state; what follows from the fields follows.
pub(in crate::desk) fn put_back(tx: &mut Tx, actor: &Actor, before: &Ticket, mut after: Ticket) -> Result<Ticket> {
    routing::after_change(tx, actor, before, &mut after, Given { assignee: true, priority: true })?;
    if after.state != before.state {
        let lifecycle = Lifecycle::of(tx, after.kind)?;
        let state =
            lifecycle.state(&after.state).ok_or_else(|| Refusal::new(Code::Conflict, say!("refused-state-gone", state = after.state)))?;
        let now = tx.now();
        enter(&mut after, state, now);
    }
    save(tx, actor, before, after)
}

pub(super) fn meant_state<'a>(lifecycle: &'a Lifecycle, text: &str, assigned: bool) -> Result<&'a State> {
    lifecycle.meant(text, assigned).ok_or_else(|| {
        let known: Vec<_> = lifecycle.states.iter().map(|it| it.key.as_str()).collect();
        let text: String = text.chars().take(80).collect();
        Refusal::field("status", "unknown", say!("refused-there-no-state-there", text = text, join = known.join(", "))).into()
    })
}

/// Enters the state that was asked for, or the one that the assignment brings with it: a new ticket that gets an assignee is
/// assigned, and one that loses its assignee before work began is new again.
fn move_on(tx: &Tx, actor: &Actor, lifecycle: &Lifecycle, before: &Ticket, after: &mut Ticket, status: Option<&str>) -> Result<()> {
    let now = tx.now();
    if let Some(status) = status {
        let to = meant_state(lifecycle, status, after.assignee.is_some())?;
        if to.key != before.state {
            need_own_thread(tx, actor, before)?;
            check_transition(lifecycle, after, &before.state, to)?;
            enter(after, to, now);
        }
        return Ok(());
    }
    let assigned = after.assignee.is_some();
    if assigned && before.category == Category::New {
        if let Some(to) = lifecycle.state("assigned").filter(|it| lifecycle.allows(&before.state, &it.key)) {
            enter(after, to, now);
        }
    } else if !assigned && before.assignee.is_some() && matches!(before.state.as_str(), "assigned" | "accepted") {
        let first = lifecycle.first();
        if lifecycle.allows(&before.state, &first.key) {
            enter(after, first, now);
        }
    }
    Ok(())
}

/// Sets the state and what follows from its category.
pub(super) fn enter(ticket: &mut Ticket, state: &State, now: Instant) {
    ticket.state = state.key.clone();
    ticket.category = state.category;
    match state.category {
        Category::Resolved => {
            ticket.resolved_at = ticket.resolved_at.or(Some(now));
            ticket.closed_at = None;
            ticket.requester_waits = false;
        }
        Category::Closed => {
            ticket.closed_at = Some(now);
            ticket.requester_waits = false;
        }
        Category::New | Category::Active | Category::Waiting => {
            ticket.resolved_at = None;
            ticket.closed_at = None;
        }
    }
}

/// Puts the changed ticket and records one event per sort of change. A change that changes nothing leaves no trace.
fn save(tx: &mut Tx, actor: &Actor, before: &Ticket, mut after: Ticket) -> Result<Ticket> {
    let changes = after.changes_since(before);
    if changes.is_empty() {
        return Ok(before.clone());
    }
    snooze::after_change(before, &mut after);
    after.touch(tx.now());
    service_levels::follow(tx, &mut after, tx.now())?;
    tx.put(&after)?;
    if (before.category == Category::Resolved) != (after.category == Category::Resolved) {
        closing::follow(tx, &after)?;
    }
    let mut rest = Changes::new();
    let mut assigned = Changes::new();
    let mut moved = Changes::new();
    for name in changes.names() {
        let part = match name {
            "assignee" | "queue" => &mut assigned,
            name if routing::is_of_assignment(name) => &mut assigned,
            "status" => &mut moved,
            _ => &mut rest,
        };
        let value = |it: Option<&Value>| it.cloned().unwrap_or_default();
        part.field(name, value(changes.before(name)), value(changes.after(name)));
    }
    for (kind, part) in [(EventKind::TicketChanged, rest), (EventKind::TicketAssigned, assigned), (EventKind::TicketStatus, moved)] {
        if !part.is_empty() {
            event::record(tx, actor, kind, after.about(), part)?;
        }
    }
    outage::follow(tx, actor, before, &after)?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_merged_as_the_rfc_says() {
        // The cases of RFC 7396, appendix A, and what only we ask for.
        for (mut target, patch, expected) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let case = format!("{target} {patch}");
            merge(&mut target, patch);
            assert_eq!(target, expected, "{case}");
        }
    }
}
