//! Categories: what a ticket is about, in two levels (TKT-21).

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues::Queue,
        routing,
    },
    error::{Refusal, Result},
    id::{CategoryId, QueueId},
    language::say,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Category {
    #[n(0)]
    pub id: CategoryId,
    #[n(1)]
    pub name: String,
    /// The category that this one refines.
    #[n(2)]
    pub parent: Option<CategoryId>,
    #[n(3)]
    pub created_at: Instant,
    /// The priority of a ticket in it, whatever its impact and urgency (INC-03).
    #[n(4)]
    pub priority: Option<u8>,
    /// Where its tickets go when no rule says otherwise.
    #[n(5)]
    #[cbor(default)]
    pub queue: Option<QueueId>,
    /// What one must know for its tickets, where a queue asks for that.
    #[n(6)]
    #[cbor(default)]
    pub skills: Vec<String>,
}

impl Record for Category {
    type Key = CategoryId;
    const TABLE: Table = Table::journalled(0x1f, "categories");

    fn key(&self) -> CategoryId {
        self.id
    }
}

/// Adds a category, with the priority that its tickets get if it has one.
pub fn create_category(tx: &mut Tx, actor: &Actor, name: &str, parent: Option<CategoryId>, priority: Option<u8>) -> Result<Category> {
    actor.need(Permission::SettingsWrite)?;
    add(tx, actor, name, parent, priority)
}

fn add(tx: &mut Tx, actor: &Actor, name: &str, parent: Option<CategoryId>, priority: Option<u8>) -> Result<Category> {
    if priority.is_some_and(|it| !(1..=4).contains(&it)) {
        return Err(Refusal::field("priority", "invalid", say!("refused-priority-1-highest-4")).into());
    }
    let name = super::queue::fresh_name(name, category_named(tx, name, parent)?.is_some())?;
    let category = Category { id: tx.new_id(), name, parent, created_at: tx.now(), priority, queue: None, skills: Vec::new() };
    tx.put(&category)?;
    let about = About { entity_kind: "category", entity: category.id.0, subject: None };
    let changes =
        Changes::new().set("name", category.name.as_str()).set("parent", parent.map(|it| it.to_string())).set("priority", priority);
    event::record(tx, actor, EventKind::CategoryCreated, about, changes)?;
    Ok(category)
}

/// Changes to a category; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CategoryChange {
    pub name: Option<String>,
    pub priority: Option<Option<u8>>,
    pub queue: Option<Option<QueueId>>,
    pub skills: Option<Vec<String>>,
}

/// Where a ticket of this category stands in the tree: the one at the top, and this one if it refines that. None if it is gone.
pub fn place_in_tree(tx: &Tx, id: CategoryId) -> Result<Option<(CategoryId, Option<CategoryId>)>> {
    Ok(tx.get::<Category>(&id)?.map(|it| it.parent.map_or((id, None), |above| (above, Some(id)))))
}

/// Changes a category. Tickets that are in it already stay where they are.
pub fn change_category(tx: &mut Tx, actor: &Actor, id: CategoryId, change: CategoryChange) -> Result<Category> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<Category>(&id)?.ok_or_else(|| Refusal::not_found("category"))?;
    let CategoryChange { name, priority, queue, skills } = change;
    let mut after = before.clone();
    if let Some(it) = name {
        let taken = category_named(tx, &it, before.parent)?.is_some_and(|it| it.id != id);
        after.name = super::queue::fresh_name(&it, taken)?;
    }
    after.priority = priority.unwrap_or(after.priority);
    if after.priority.is_some_and(|it| !(1..=4).contains(&it)) {
        return Err(Refusal::field("priority", "invalid", say!("refused-priority-1-highest-4")).into());
    }
    after.queue = queue.unwrap_or(after.queue);
    if let Some(it) = after.queue
        && !tx.has::<Queue>(&it)?
    {
        return Err(Refusal::field("queue", "unknown", say!("refused-there-no-such-queue")).into());
    }
    if let Some(it) = skills {
        after.skills = routing::check_skills(it)?;
    }
    let mut changes = Changes::new();
    changes
        .field("name", before.name.as_str(), after.name.as_str())
        .field("priority", before.priority, after.priority)
        .field("queue", before.queue.map(|it| it.to_string()), after.queue.map(|it| it.to_string()))
        .field("skills", before.skills.clone(), after.skills.clone());
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::CategoryChanged, About { entity_kind: "category", entity: id.0, subject: None }, changes)?;
    Ok(after)
}

/// Every category, in the order in which they were made.
pub fn categories(tx: &Tx) -> Result<Vec<Category>> {
    Ok(tx.scan::<Category>(&())?.collect::<Result<_, _>>()?)
}

/// The category of this id, or of this name under `parent`, whatever its case.
pub fn category_named(tx: &Tx, text: &str, parent: Option<CategoryId>) -> Result<Option<Category>> {
    if let Ok(id) = text.parse::<CategoryId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    for it in tx.scan::<Category>(&())? {
        let it = it?;
        if it.parent == parent && it.name.to_lowercase() == wanted {
            return Ok(Some(it));
        }
    }
    Ok(None)
}

/// The category of this name. Whoever works tickets may add one by naming it; a requester may only choose.
pub fn find_or_create_category(tx: &mut Tx, actor: &Actor, field: &str, text: &str, parent: Option<CategoryId>) -> Result<Category> {
    if let Some(found) = category_named(tx, text, parent)? {
        return Ok(found);
    }
    if actor.may(Permission::TicketsWrite) && text.parse::<CategoryId>().is_err() {
        return add(tx, actor, text, parent, None);
    }
    Err(Refusal::field(field, "unknown", say!("refused-there-no-category", string = text.chars().take(80).collect::<String>())).into())
}
