//! Filters of incoming mail (BEY-09): conditions on a message, and what follows for it. An admin makes them; intake asks them in their
//! order, and each one that fits adds to what is done, until one says that it is the last.
//!
//! A filter routes, marks and puts away. It never decides on which ticket a mail belongs: that takes authority (`thread`).

use minicbor::{Decode, Encode};

use super::{Automatic, Mailbox, ParsedMessage};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues,
    },
    error::{Code, Refusal, Result},
    id::{CategoryId, MailFilterId, MailboxId, QueueId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

mod matching;

pub use matching::{Op, Test};

/// What a condition looks at.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Field {
    /// The address and the name of From.
    #[n(0)]
    From,
    /// Every address of To and Cc, and those it was delivered for.
    #[n(1)]
    Recipient,
    #[n(2)]
    Subject,
    /// The text, as far as `MAIL_FILTER_TEXT_BYTES_MAX`.
    #[n(3)]
    Text,
    /// A field of the head by its name.
    #[n(4)]
    Header(#[n(0)] String),
    /// The name of any file.
    #[n(5)]
    Attachment,
    /// `no`, `auto_reply`, `bounce`, `list` or `notice`.
    #[n(6)]
    Automatic,
    /// The id of the mailbox that it came by, or how it came: `hook`, `file`.
    #[n(7)]
    Mailbox,
}

impl Field {
    /// As forms and the API write it; `header:X-Priority` for a field of the head.
    pub fn name(&self) -> String {
        match self {
            Field::From => "from".into(),
            Field::Recipient => "recipient".into(),
            Field::Subject => "subject".into(),
            Field::Text => "text".into(),
            Field::Header(name) => format!("header:{name}"),
            Field::Attachment => "attachment".into(),
            Field::Automatic => "automatic".into(),
            Field::Mailbox => "mailbox".into(),
        }
    }

    pub fn named(text: &str) -> Option<Field> {
        Some(match text.trim().to_lowercase().as_str() {
            "from" => Field::From,
            "recipient" | "to" => Field::Recipient,
            "subject" => Field::Subject,
            "text" | "body" => Field::Text,
            "attachment" => Field::Attachment,
            "automatic" => Field::Automatic,
            "mailbox" => Field::Mailbox,
            it => Field::Header(it.strip_prefix("header:").map(str::trim).filter(|it| !it.is_empty())?.to_owned()),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Condition {
    #[n(0)]
    pub field: Field,
    #[n(1)]
    pub op: Op,
    /// What it is compared with, without regard to case.
    #[n(2)]
    pub value: String,
}

/// What follows from a filter that fits.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Action {
    #[n(0)]
    Queue(#[n(0)] QueueId),
    /// 1 to 4.
    #[n(1)]
    Priority(#[n(0)] u8),
    #[n(2)]
    Category(#[n(0)] CategoryId),
    #[n(3)]
    Tag(#[n(0)] String),
    /// A new ticket is a request and not an incident.
    #[n(4)]
    Request,
    /// Kept in the ledger, and nothing else.
    #[n(5)]
    Ignore,
    /// Held until somebody looks (spam, for one).
    #[n(6)]
    Hold,
    /// What looks automatic is lodged all the same: monitoring, a list that is meant to be tickets. It is still never answered.
    #[n(7)]
    LetIn,
    /// Nobody is told that it arrived.
    #[n(8)]
    NoAcknowledgement,
    /// The requester is who stands in Reply-To: for gateways and web forms that send in their own name.
    #[n(9)]
    RequesterFromReplyTo,
}

impl Action {
    /// As the log and the pages write it.
    pub fn describe(&self) -> String {
        match self {
            Action::Queue(it) => format!("queue:{it}"),
            Action::Priority(it) => format!("priority:{it}"),
            Action::Category(it) => format!("category:{it}"),
            Action::Tag(it) => format!("tag:{it}"),
            Action::Request => "request".into(),
            Action::Ignore => "ignore".into(),
            Action::Hold => "hold".into(),
            Action::LetIn => "let_in".into(),
            Action::NoAcknowledgement => "no_acknowledgement".into(),
            Action::RequesterFromReplyTo => "requester_from_reply_to".into(),
        }
    }

    /// Reads what `describe` wrote; queues and categories by name as well.
    pub fn named(tx: &Tx, text: &str) -> Result<Action> {
        let (name, value) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
        let (name, value) = (name.to_lowercase(), value.trim());
        let unknown = |what: &str| Refusal::field("actions", "unknown", say!("refused-there-no", what = what, value = value));
        Ok(match name.as_str() {
            "queue" => Action::Queue(queues::queue_named(tx, value)?.ok_or_else(|| unknown("queue"))?.id),
            "category" => Action::Category(queues::category_named(tx, value, None)?.ok_or_else(|| unknown("category"))?.id),
            "priority" => Action::Priority(crate::desk::tickets::priority_named(value).ok_or_else(|| unknown("priority"))?),
            "tag" if !value.is_empty() => Action::Tag(value.chars().take(limits::TAG_CHARS_MAX).collect()),
            "request" => Action::Request,
            "ignore" => Action::Ignore,
            "hold" => Action::Hold,
            "let_in" => Action::LetIn,
            "no_acknowledgement" => Action::NoAcknowledgement,
            "requester_from_reply_to" => Action::RequesterFromReplyTo,
            _ => return Err(Refusal::field("actions", "unknown", say!("refused-nothing-filter-does", text = text)).into()),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MailFilter {
    #[n(0)]
    pub id: MailFilterId,
    #[n(1)]
    pub name: String,
    /// Filters are asked from the least on.
    #[n(2)]
    pub position: u32,
    #[n(3)]
    pub enabled: bool,
    /// Every condition must hold, and not just one.
    #[n(4)]
    pub all: bool,
    #[n(5)]
    pub conditions: Vec<Condition>,
    #[n(6)]
    pub actions: Vec<Action>,
    /// No later filter is asked.
    #[n(7)]
    pub last: bool,
    #[n(8)]
    pub created_at: Instant,
    /// Grows by one with each change.
    #[n(9)]
    pub version: u64,
}

impl Record for MailFilter {
    type Key = MailFilterId;
    const TABLE: Table = Table::journalled(0x5c, "mail_filters");

    fn key(&self) -> MailFilterId {
        self.id
    }
}

impl MailFilter {
    /// Whether it fits this message.
    pub fn fits(&self, message: &ParsedMessage, mailbox: Option<MailboxId>, via: &str) -> bool {
        let mut holds = self.conditions.iter().map(|it| matching::holds(it, &Looked { message, mailbox, via }));
        match (self.conditions.is_empty(), self.all) {
            (true, _) => false,
            (_, true) => holds.all(|it| it),
            (_, false) => holds.any(|it| it),
        }
    }

    fn about(&self) -> About {
        About { entity_kind: "mail_filter", entity: self.id.0, subject: None }
    }
}

/// What conditions are asked about.
pub struct Looked<'a> {
    pub message: &'a ParsedMessage,
    pub mailbox: Option<MailboxId>,
    pub via: &'a str,
}

impl Looked<'_> {
    /// The values that a field has in this message.
    fn values(&self, field: &Field) -> Vec<String> {
        let both = |it: &Mailbox| [it.address.clone(), it.name.clone()];
        let message = self.message;
        match field {
            Field::From => message.from.iter().flat_map(both).collect(),
            Field::Recipient => {
                message.to.iter().chain(&message.cc).map(|it| it.address.clone()).chain(message.delivered_to.iter().cloned()).collect()
            }
            Field::Subject => vec![message.subject.clone()],
            Field::Text => {
                let end = message.text.floor_char_boundary(limits::MAIL_FILTER_TEXT_BYTES_MAX);
                vec![message.text[..end].to_owned()]
            }
            Field::Header(name) => message.headers.iter().filter(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.clone()).collect(),
            Field::Attachment => message.attachments.iter().filter_map(|it| it.filename.clone()).collect(),
            Field::Automatic => vec![automatic_name(&message.automatic).to_owned()],
            Field::Mailbox => vec![self.mailbox.map_or_else(|| self.via.to_owned(), |it| it.to_string())],
        }
    }
}

/// How filters name what is automatic.
pub fn automatic_name(automatic: &Automatic) -> &'static str {
    match automatic {
        Automatic::No => "no",
        Automatic::AutoReply { .. } => "auto_reply",
        Automatic::Bounce(_) => "bounce",
        Automatic::List { .. } => "list",
        Automatic::Notice { .. } | Automatic::OwnLoop { .. } => "notice",
    }
}

/// What the filters that fit a message ask for, together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    pub queue: Option<QueueId>,
    pub priority: Option<u8>,
    pub category: Option<CategoryId>,
    pub tags: Vec<String>,
    pub request: bool,
    /// The name of the filter that puts it away, or holds it.
    pub ignored_by: Option<String>,
    pub held_by: Option<String>,
    pub let_in: bool,
    pub unacknowledged: bool,
    pub requester_from_reply_to: bool,
    /// The names of those that fitted, in order.
    pub fitted: Vec<String>,
}

/// Asks the filters, in their order. The first that sets a field has it; what puts away or holds is never undone.
pub fn ask(filters: &[MailFilter], message: &ParsedMessage, mailbox: Option<MailboxId>, via: &str) -> Asked {
    let mut asked = Asked::default();
    for filter in filters.iter().filter(|it| it.enabled) {
        if !filter.fits(message, mailbox, via) {
            continue;
        }
        for action in &filter.actions {
            match action {
                Action::Queue(it) => asked.queue = asked.queue.or(Some(*it)),
                Action::Priority(it) => asked.priority = asked.priority.or(Some(*it)),
                Action::Category(it) => asked.category = asked.category.or(Some(*it)),
                Action::Tag(it) => asked.tags.push(it.clone()),
                Action::Request => asked.request = true,
                Action::Ignore => asked.ignored_by = asked.ignored_by.or(Some(filter.name.clone())),
                Action::Hold => asked.held_by = asked.held_by.or(Some(filter.name.clone())),
                Action::LetIn => asked.let_in = true,
                Action::NoAcknowledgement => asked.unacknowledged = true,
                Action::RequesterFromReplyTo => asked.requester_from_reply_to = true,
            }
        }
        asked.fitted.push(filter.name.clone());
        if filter.last {
            break;
        }
    }
    asked
}

/// Every filter, in the order in which they are asked.
pub fn all(tx: &Tx) -> Result<Vec<MailFilter>> {
    let mut found = Vec::new();
    for it in tx.scan::<MailFilter>(&())? {
        found.push(it?);
    }
    found.sort_by_key(|it| (it.position, it.id));
    Ok(found)
}

/// A filter as it is made or changed: as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilterDraft {
    pub name: String,
    pub position: u32,
    pub enabled: bool,
    pub all: bool,
    pub conditions: Vec<Condition>,
    pub actions: Vec<Action>,
    pub last: bool,
}

impl FilterDraft {
    /// The filter that this would be, checked; for a trial as well as for keeping.
    pub fn checked(self, id: MailFilterId, created_at: Instant, version: u64) -> Result<MailFilter> {
        let FilterDraft { name, position, enabled, all, conditions, actions, last } = self;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Refusal::field("name", "invalid", say!("refused-filter-needs-name-most")).into());
        }
        let most = limits::MAIL_FILTER_PARTS_MAX;
        if conditions.is_empty() || conditions.len() > most {
            return Err(Refusal::field("conditions", "invalid", say!("refused-filter-1-conditions", most = most)).into());
        }
        if actions.is_empty() || actions.len() > most {
            return Err(Refusal::field("actions", "invalid", say!("refused-filter-does-1-things", most = most)).into());
        }
        for condition in &conditions {
            matching::check(condition)?;
        }
        Ok(MailFilter { id, name, position, enabled, all, conditions, actions, last, created_at, version })
    }
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: FilterDraft) -> Result<MailFilter> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<MailFilter>()? >= limits::MAIL_FILTERS_MAX as u64 {
        let said = say!("refused-desk-most-filters", mail_filters_max = limits::MAIL_FILTERS_MAX);
        return Err(Refusal::new(Code::Conflict, said).into());
    }
    let (id, now) = (tx.new_id(), tx.now());
    let filter = draft.checked(id, now, 1)?;
    tx.put(&filter)?;
    event::record(tx, actor, EventKind::MailFilterCreated, filter.about(), told(None, &filter))?;
    Ok(filter)
}

/// Changes a filter as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: MailFilterId, version: Option<u64>, draft: FilterDraft) -> Result<MailFilter> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<MailFilter>(&id)?.ok_or_else(|| Refusal::not_found("mail filter"))?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-somebody-changed-filter-meanwhile")).into());
    }
    let after = draft.checked(id, before.created_at, before.version + 1)?;
    if (MailFilter { version: before.version, ..after.clone() }) == before {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::MailFilterChanged, after.about(), told(Some(&before), &after))?;
    Ok(after)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: MailFilterId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<MailFilter>(&id)?.ok_or_else(|| Refusal::not_found("mail filter"))?;
    tx.remove::<MailFilter>(&id)?;
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), serde_json::Value::Null);
    event::record(tx, actor, EventKind::MailFilterDeleted, before.about(), changes)?;
    Ok(())
}

fn told(before: Option<&MailFilter>, after: &MailFilter) -> Changes {
    let conditions =
        |it: &MailFilter| it.conditions.iter().map(|it| format!("{} {} {}", it.field.name(), it.op.name(), it.value)).collect::<Vec<_>>();
    let actions = |it: &MailFilter| it.actions.iter().map(Action::describe).collect::<Vec<_>>();
    let mut changes = Changes::new();
    changes
        .field("name", before.map(|it| it.name.clone()), after.name.as_str())
        .field("position", before.map(|it| it.position), after.position)
        .field("enabled", before.map(|it| it.enabled), after.enabled)
        .field("all", before.map(|it| it.all), after.all)
        .field("conditions", before.map(conditions), conditions(after))
        .field("actions", before.map(actions), actions(after))
        .field("last", before.map(|it| it.last), after.last);
    changes
}

#[cfg(test)]
mod tests;
