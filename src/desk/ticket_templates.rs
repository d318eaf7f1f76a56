//! Templates of tickets (BEY-13): a form that is filled in already, offered where tickets are lodged. Whoever lodges sees what stands there
//! and changes it; only the steps of a checklist come with it unseen.

use minicbor::{Decode, Encode};
use serde_json::{Map, Value};

use crate::desk::features::{self, Feature};
use crate::{
    desk::{
        actor::Actor,
        checklists::{self, NewStep},
        custom,
        event::{self, About, EventKind},
        permission::Permission,
        queues, recurring, sharing,
        tickets::{Kind, normal_tags},
    },
    error::{Code, Refusal, Result},
    id::{CategoryId, ChecklistId, QueueId, TicketTemplateId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct TicketTemplate {
    #[n(0)]
    pub id: TicketTemplateId,
    #[n(1)]
    pub name: String,
    /// A line about it; may be empty.
    #[n(2)]
    pub about: String,
    /// Offered in the portal, too.
    #[n(3)]
    pub in_portal: bool,
    #[n(4)]
    pub kind: Kind,
    #[n(5)]
    pub title: String,
    #[n(6)]
    pub description: String,
    #[n(7)]
    pub category: Option<CategoryId>,
    /// 1 to 4; none leaves it to the matrix.
    #[n(8)]
    pub priority: Option<u8>,
    #[n(9)]
    pub queue: Option<QueueId>,
    #[n(10)]
    pub tags: Vec<String>,
    /// JSON object of values of the desk's own fields.
    #[n(11)]
    pub custom: Option<String>,
    /// Its steps come onto the ticket.
    #[n(12)]
    pub checklist: Option<ChecklistId>,
    #[n(13)]
    pub position: u32,
    /// Grows by one with each change.
    #[n(14)]
    pub version: u64,
}

impl Record for TicketTemplate {
    type Key = TicketTemplateId;
    const TABLE: Table = Table::journalled(0x7b, "ticket_templates");

    fn key(&self) -> TicketTemplateId {
        self.id
    }
}

/// A template as it is made or changed: as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateDraft {
    pub name: String,
    pub about: String,
    pub in_portal: bool,
    pub kind: Kind,
    pub title: String,
    pub description: String,
    /// By id or name.
    pub category: Option<String>,
    pub priority: Option<u8>,
    pub queue: Option<String>,
    pub tags: Vec<String>,
    pub custom: Map<String, Value>,
    pub checklist: Option<ChecklistId>,
    pub position: u32,
}

impl Default for TemplateDraft {
    fn default() -> Self {
        TemplateDraft {
            name: String::new(),
            about: String::new(),
            in_portal: false,
            kind: Kind::Incident,
            title: String::new(),
            description: String::new(),
            category: None,
            priority: None,
            queue: None,
            tags: Vec::new(),
            custom: Map::new(),
            checklist: None,
            position: 10,
        }
    }
}

impl TicketTemplate {
    fn of_log(&self) -> About {
        About { entity_kind: "ticket_template", entity: self.id.0, subject: None }
    }

    /// The values of the desk's own fields.
    pub fn values(&self) -> Map<String, Value> {
        self.custom.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("name", self.name.as_str().into()),
            ("about", self.about.as_str().into()),
            ("inPortal", self.in_portal.into()),
            ("kind", self.kind.name().into()),
            ("title", self.title.as_str().into()),
            ("description", self.description.as_str().into()),
            ("category", self.category.map(|it| it.to_string()).into()),
            ("priority", self.priority.into()),
            ("queue", self.queue.map(|it| it.to_string()).into()),
            ("tags", self.tags.clone().into()),
            ("custom", Value::Object(self.values())),
            ("checklist", self.checklist.map(|it| it.to_string()).into()),
            ("position", self.position.into()),
        ]
    }
}

impl TemplateDraft {
    fn checked(self, tx: &Tx, actor: &Actor, id: TicketTemplateId, version: u64) -> Result<TicketTemplate> {
        let line = |field: &str, text: &str| -> Result<String> {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > limits::TITLE_CHARS_MAX {
                return Err(Refusal::field(field, "too_long", say!("refused-at-most-characters", most = limits::TITLE_CHARS_MAX)).into());
            }
            Ok(text)
        };
        if self.description.len() > limits::SNIPPET_BYTES_MAX {
            let message = say!("refused-at-most-kb", most = limits::SNIPPET_BYTES_MAX / 1024);
            return Err(Refusal::field("description", "too_long", message).into());
        }
        if self.priority.is_some_and(|it| !(1..=4).contains(&it)) {
            return Err(Refusal::field("priority", "invalid", say!("refused-priority-1-4")).into());
        }
        let unknown = |field: &str| Refusal::field(field, "unknown", say!("refused-there-no-such", what = field));
        let category = match self.category.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            Some(text) => Some(super::macros::category(tx, text)?.ok_or_else(|| unknown("category"))?),
            None => None,
        };
        let queue = match self.queue.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            Some(text) => Some(queues::queue_named(tx, text)?.ok_or_else(|| unknown("queue"))?.id),
            None => None,
        };
        if let Some(it) = self.checklist {
            checklists::list(tx, it).map_err(|_| unknown("checklist"))?;
        }
        let custom = (!self.custom.is_empty()).then(|| Value::Object(self.custom).to_string());
        Ok(TicketTemplate {
            id,
            name: sharing::name("name", &self.name)?,
            about: line("about", &self.about)?,
            in_portal: self.in_portal,
            kind: self.kind,
            title: line("title", &self.title)?,
            description: self.description.trim_end().to_owned(),
            category,
            priority: self.priority,
            queue,
            tags: normal_tags(self.tags)?,
            custom: custom::changed(tx, actor, true, None, custom)?,
            checklist: self.checklist,
            position: self.position,
            version,
        })
    }
}

/// Every template that the actor may lodge by, in their order.
pub fn offered(tx: &Tx, actor: &Actor) -> Result<Vec<TicketTemplate>> {
    let works = actor.may(Permission::TicketsWrite) || actor.may(Permission::SettingsRead);
    if !features::is_on(tx, Feature::TicketTemplates)? {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for it in tx.scan::<TicketTemplate>(&())? {
        let it = it?;
        if works || (it.in_portal && actor.may(Permission::PortalUse)) {
            found.push(it);
        }
    }
    found.sort_by_cached_key(|it| (it.position, it.name.to_lowercase(), it.id));
    Ok(found)
}

/// A template that the actor may lodge by.
pub fn known(tx: &Tx, actor: &Actor, id: TicketTemplateId) -> Result<TicketTemplate> {
    let works = actor.may(Permission::TicketsWrite) || actor.may(Permission::SettingsRead);
    let is_on = features::is_on(tx, Feature::TicketTemplates)?;
    let found = tx.get::<TicketTemplate>(&id)?.filter(|it| is_on && (works || it.in_portal));
    found.ok_or_else(|| Refusal::not_found("ticket template").into())
}

/// The steps that a ticket gets by this template.
pub fn steps(tx: &Tx, it: &TicketTemplate) -> Result<Vec<NewStep>> {
    let Some(id) = it.checklist else { return Ok(Vec::new()) };
    // A checklist that is gone since leaves a ticket without steps, and keeps nobody from lodging.
    Ok(tx.get::<checklists::Checklist>(&id)?.map(|it| it.steps).unwrap_or_default())
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: TemplateDraft) -> Result<TicketTemplate> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<TicketTemplate>()? >= limits::TICKET_TEMPLATES_MAX as u64 {
        let detail = say!("refused-ticket-templates", most = limits::TICKET_TEMPLATES_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let id = tx.new_id();
    let it = draft.checked(tx, actor, id, 1)?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::TicketTemplateCreated, it.of_log(), event::between(&[], &it.facts()))?;
    Ok(it)
}

/// Changes a template as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: TicketTemplateId, version: Option<u64>, draft: TemplateDraft) -> Result<TicketTemplate> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-ticket-template-changed")).into());
    }
    let after = draft.checked(tx, actor, id, before.version + 1)?;
    let changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::TicketTemplateChanged, after.of_log(), changes)?;
    Ok(after)
}

/// Takes a template away; tickets that were lodged by it stay as they are.
pub fn delete(tx: &mut Tx, actor: &Actor, id: TicketTemplateId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, actor, id)?;
    if let Some(name) = recurring::users(tx, |it| it.template == id)?.first() {
        return Err(Refusal::new(Code::Conflict, say!("refused-template-recurs", name = name)).into());
    }
    tx.remove::<TicketTemplate>(&id)?;
    event::record(tx, actor, EventKind::TicketTemplateDeleted, before.of_log(), event::between(&before.facts()[..1], &[]))?;
    Ok(())
}
