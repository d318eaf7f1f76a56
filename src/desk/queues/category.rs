//! Categories: what a ticket is about, in two levels (TKT-21).

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::CategoryId,
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
    /// The priority of a ticket in it for which nobody said how much it hurts (INC-03).
    #[n(4)]
    pub priority: Option<u8>,
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
        return Err(Refusal::field("priority", "invalid", "`priority` is 1 (highest) to 4.").into());
    }
    let name = super::queue::fresh_name(name, category_named(tx, name, parent)?.is_some())?;
    let category = Category { id: tx.new_id(), name, parent, created_at: tx.now(), priority };
    tx.put(&category)?;
    let about = About { entity_kind: "category", entity: category.id.0, subject: None };
    let changes =
        Changes::new().set("name", category.name.as_str()).set("parent", parent.map(|it| it.to_string())).set("priority", priority);
    event::record(tx, actor, EventKind::CategoryCreated, about, changes)?;
    Ok(category)
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
    Err(Refusal::field(field, "unknown", format!("There is no category `{}`.", text.chars().take(80).collect::<String>())).into())
}
