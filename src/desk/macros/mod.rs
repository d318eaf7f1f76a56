//! Macros (BEY-15): an ordered list of actions under a name, looked at before it is used, done as one, undone as one. What it may do is what
//! whoever uses it may do.

mod action;
mod apply;

use minicbor::{Decode, Encode};
use serde_json::{Value, json};

pub(in crate::desk) use action::category;
pub use action::{Action, KINDS, Whom};
pub use apply::{Applied, Effect, apply, preview};

use crate::desk::features::{self, Feature};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, EventKind},
        permission::Permission,
        rules::Condition,
        sharing::{self, Sharer, Sharing},
        tickets::Ticket,
    },
    error::{Code, Refusal, Result},
    id::{MacroId, PersonId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Macro {
    #[n(0)]
    pub id: MacroId,
    #[n(1)]
    pub owner: Option<PersonId>,
    #[n(2)]
    pub sharing: Sharing,
    #[n(3)]
    pub name: String,
    /// A sentence for whoever chooses; may be empty.
    #[n(4)]
    pub about: String,
    /// It is offered on tickets for which this holds.
    #[n(5)]
    pub when: Condition,
    #[n(6)]
    pub actions: Vec<Action>,
    /// Macros with a lower number come first.
    #[n(7)]
    pub position: u32,
    /// Grows by one with each change.
    #[n(8)]
    pub version: u64,
}

impl Record for Macro {
    type Key = MacroId;
    const TABLE: Table = Table::journalled(0x79, "macros");

    fn key(&self) -> MacroId {
        self.id
    }
}

/// A macro as it is made or changed: as a whole, with actions as people write them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MacroDraft {
    pub sharing: Sharing,
    pub name: String,
    pub about: String,
    pub when: String,
    /// Word and value of each.
    pub actions: Vec<(String, String)>,
    pub position: u32,
}

impl Macro {
    fn of_log(&self) -> About {
        About { entity_kind: "macro", entity: self.id.0, subject: None }
    }

    fn facts(&self, tx: &Tx) -> Result<Vec<(&'static str, Value)>> {
        let actions = self.actions.iter().map(|it| Ok(json!({ "type": it.kind(), "value": it.value(tx)? }))).collect::<Result<Vec<_>>>()?;
        Ok(vec![
            ("name", self.name.as_str().into()),
            ("sharing", self.sharing.logged().into()),
            ("about", self.about.as_str().into()),
            ("when", self.when.text().into()),
            ("actions", actions.into()),
            ("position", self.position.into()),
        ])
    }
}

impl MacroDraft {
    /// The macro that this would be, checked.
    pub fn checked(self, tx: &Tx, actor: &Actor, id: MacroId, owner: Option<PersonId>, version: u64) -> Result<Macro> {
        Sharer::of(tx, actor)?.need_to_share(tx, &self.sharing)?;
        if self.actions.is_empty() || self.actions.len() > limits::MACRO_ACTIONS_MAX {
            return Err(Refusal::field("actions", "invalid", say!("refused-macro-actions", most = limits::MACRO_ACTIONS_MAX)).into());
        }
        let about = self.about.split_whitespace().collect::<Vec<_>>().join(" ");
        if about.chars().count() > limits::TITLE_CHARS_MAX {
            return Err(Refusal::field("about", "too_long", say!("refused-at-most-characters", most = limits::TITLE_CHARS_MAX)).into());
        }
        let read = |(place, (kind, value)): (usize, &(String, String))| Action::read(tx, actor, place, kind, value);
        Ok(Macro {
            id,
            owner,
            sharing: self.sharing,
            name: sharing::name("name", &self.name)?,
            about,
            when: Condition::new(tx, actor, "when", &self.when)?,
            actions: self.actions.iter().enumerate().map(read).collect::<Result<_>>()?,
            position: self.position,
            version,
        })
    }
}

/// The macros that the actor may use, in their order.
pub fn usable(tx: &Tx, actor: &Actor) -> Result<Vec<Macro>> {
    if !features::is_on(tx, Feature::Macros)? {
        return Ok(Vec::new());
    }
    let sharer = Sharer::of(tx, actor)?;
    let mut found = Vec::new();
    for it in tx.scan::<Macro>(&())? {
        let it = it?;
        if sharer.may_use(it.owner, &it.sharing) {
            found.push(it);
        }
    }
    found.sort_by_cached_key(|it| (it.position, it.name.to_lowercase(), it.id));
    Ok(found)
}

/// The macros that are offered on a ticket.
pub fn offered(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Vec<Macro>> {
    let mut found = usable(tx, actor)?;
    let mut fits = Vec::with_capacity(found.len());
    for it in &found {
        fits.push(it.when.holds(tx, ticket)?);
    }
    let mut fits = fits.into_iter();
    found.retain(|_| fits.next().unwrap_or(false));
    Ok(found)
}

/// A macro that the actor may use.
pub fn known(tx: &Tx, actor: &Actor, id: MacroId) -> Result<Macro> {
    let sharer = Sharer::of(tx, actor)?;
    let found = tx.get::<Macro>(&id)?.filter(|it| sharer.may_use(it.owner, &it.sharing));
    found.ok_or_else(|| Refusal::not_found("macro").into())
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: MacroDraft) -> Result<Macro> {
    actor.need(Permission::TicketsWrite)?;
    if tx.count::<Macro>()? >= limits::MACROS_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-macros", most = limits::MACROS_MAX)).into());
    }
    let id = tx.new_id();
    let it = draft.checked(tx, actor, id, actor.person(), 1)?;
    tx.put(&it)?;
    let facts = it.facts(tx)?;
    event::record(tx, actor, EventKind::MacroCreated, it.of_log(), event::between(&[], &facts))?;
    Ok(it)
}

/// Changes a macro as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: MacroId, version: Option<u64>, draft: MacroDraft) -> Result<Macro> {
    let before = changeable(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-macro-changed")).into());
    }
    let after = draft.checked(tx, actor, id, before.owner, before.version + 1)?;
    let changes = event::between(&before.facts(tx)?, &after.facts(tx)?);
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::MacroChanged, after.of_log(), changes)?;
    Ok(after)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: MacroId) -> Result<()> {
    let before = changeable(tx, actor, id)?;
    let facts = before.facts(tx)?;
    tx.remove::<Macro>(&id)?;
    event::record(tx, actor, EventKind::MacroDeleted, before.of_log(), event::between(&facts[..1], &[]))?;
    Ok(())
}

/// Whether the actor may change a macro, and not only use it.
pub fn may_change(tx: &Tx, actor: &Actor, it: &Macro) -> Result<bool> {
    Ok(Sharer::of(tx, actor)?.may_change(it.owner, &it.sharing))
}

fn changeable(tx: &Tx, actor: &Actor, id: MacroId) -> Result<Macro> {
    let it = known(tx, actor, id)?;
    if may_change(tx, actor, &it)? {
        return Ok(it);
    }
    Err(Refusal::new(Code::Forbidden, say!("refused-macro-of-others")).into())
}

#[cfg(test)]
mod tests;
