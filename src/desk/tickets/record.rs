//! The ticket as it is stored. Tags, links and watchers stand in the record itself: they are few, they change with it, and every
//! further table would cost each command another page.

use minicbor::{Decode, Encode};

use super::{
    lifecycle::Category,
    merge::{MERGED_INTO, Merged},
    number,
};
use crate::{
    desk::{
        checklists::Steps,
        duplicates::CHILDREN,
        event::{About, Changes},
        knowledge::{ArticleLink, OF_ARTICLE},
        routing::{self, Routed},
        satisfaction::Satisfaction,
        service_levels::{DUE, Targets},
        snooze::{self, Snoozed},
    },
    id::{CategoryId, DepartmentId, MailId, OrganizationId, PersonId, QueueId, RecurrenceId, TicketId},
    store::{Index, Record, Table, record::Entries},
    time::Instant,
};

/// What sort of work it is (TKT-33).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// Something is broken.
    #[n(0)]
    Incident,
    /// Somebody needs something.
    #[n(1)]
    Request,
    /// The cause behind incidents.
    #[n(2)]
    Problem,
    /// A change to something that runs.
    #[n(3)]
    Change,
    /// A piece of work for another ticket.
    #[n(4)]
    Task,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Incident, Kind::Request, Kind::Problem, Kind::Change, Kind::Task];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Incident => "incident",
            Kind::Request => "request",
            Kind::Problem => "problem",
            Kind::Change => "change",
            Kind::Task => "task",
        }
    }

    /// The number under which keys and the index know it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The default prefix of its numbers (TKT-34).
    pub fn prefix(self) -> &'static str {
        match self {
            Kind::Incident => "INC",
            Kind::Request => "REQ",
            Kind::Problem => "PRB",
            Kind::Change => "CHG",
            Kind::Task => "TSK",
        }
    }

    pub fn named(text: &str) -> Option<Kind> {
        let text = text.trim().to_lowercase();
        match text.as_str() {
            "service_request" | "service request" => Some(Kind::Request),
            _ => Kind::ALL.into_iter().find(|it| it.name() == text),
        }
    }
}

/// How a ticket or comment came (TKT-36, BEY-39).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Channel {
    #[n(0)]
    Portal,
    #[n(1)]
    Email,
    #[n(2)]
    Api,
    #[n(3)]
    Chat,
    #[n(4)]
    Monitoring,
    #[n(5)]
    Phone,
    #[n(6)]
    WalkIn,
    #[n(7)]
    Import,
}

impl Channel {
    pub const ALL: [Channel; 8] = [
        Channel::Portal,
        Channel::Email,
        Channel::Api,
        Channel::Chat,
        Channel::Monitoring,
        Channel::Phone,
        Channel::WalkIn,
        Channel::Import,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Channel::Portal => "portal",
            Channel::Email => "email",
            Channel::Api => "api",
            Channel::Chat => "chat",
            Channel::Monitoring => "monitoring",
            Channel::Phone => "phone",
            Channel::WalkIn => "walk_in",
            Channel::Import => "import",
        }
    }

    pub fn named(text: &str) -> Option<Channel> {
        match text.trim().to_lowercase().as_str() {
            "web" => Some(Channel::Portal),
            "mail" => Some(Channel::Email),
            text => Channel::ALL.into_iter().find(|it| it.name() == text),
        }
    }
}

/// How a text was written, which decides how it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum BodyFormat {
    /// Written here, in Markdown.
    #[n(0)]
    Markdown,
    /// Plain text of a mail: shown as it is, quotes folded.
    #[n(1)]
    Plain,
}

/// A link to another ticket, seen from this one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Link {
    #[n(0)]
    pub relation: super::Relation,
    #[n(1)]
    pub ticket: TicketId,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Ticket {
    #[n(0)]
    pub id: TicketId,
    #[n(1)]
    pub kind: Kind,
    /// Within its kind, from 1.
    #[n(2)]
    pub number: u64,
    #[n(3)]
    pub title: String,
    #[n(4)]
    pub description: String,
    #[n(5)]
    pub description_format: BodyFormat,
    /// The description as safe HTML, if it came as HTML by mail.
    #[n(6)]
    pub description_html: Option<String>,
    /// Key of a state of the kind's lifecycle.
    #[n(7)]
    pub state: String,
    /// The category of that state.
    #[n(8)]
    pub category: Category,
    /// 1 (critical) to 4 (low).
    #[n(9)]
    pub priority: u8,
    /// 1 (everybody) to 4 (one person, little).
    #[n(10)]
    pub impact: u8,
    /// 1 (now) to 4 (whenever).
    #[n(11)]
    pub urgency: u8,
    /// Whether somebody set the priority by hand, so that the matrix leaves it alone.
    #[n(12)]
    pub priority_fixed: bool,
    #[n(13)]
    pub requester: PersonId,
    #[n(14)]
    pub assignee: Option<PersonId>,
    #[n(15)]
    pub queue: Option<QueueId>,
    #[n(16)]
    pub organization: Option<OrganizationId>,
    #[n(17)]
    pub topic: Option<CategoryId>,
    #[n(18)]
    pub subtopic: Option<CategoryId>,
    #[n(19)]
    pub tags: Vec<String>,
    #[n(20)]
    pub channel: Channel,
    /// JSON object of custom fields.
    #[n(21)]
    pub custom: Option<String>,
    /// JSON object that other programs keep here (TKT-13).
    #[n(22)]
    pub metadata: Option<String>,
    #[n(23)]
    pub links: Vec<Link>,
    /// People who follow it besides requester and assignee; they may read it.
    #[n(24)]
    pub watchers: Vec<PersonId>,
    #[n(25)]
    pub scheduled_at: Option<Instant>,
    #[n(26)]
    pub due_at: Option<Instant>,
    #[n(27)]
    pub service_item: Option<String>,
    #[n(28)]
    pub asset: Option<String>,
    #[n(29)]
    pub created_by: Option<PersonId>,
    #[n(30)]
    pub created_at: Instant,
    #[n(31)]
    pub updated_at: Instant,
    #[n(32)]
    pub resolved_at: Option<Instant>,
    #[n(33)]
    pub closed_at: Option<Instant>,
    #[n(34)]
    pub deleted_at: Option<Instant>,
    /// Grows by one with each change; the ETag (TKT-18).
    #[n(35)]
    pub version: u64,
    /// The first public answer of somebody who works tickets.
    #[n(36)]
    pub responded_at: Option<Instant>,
    /// Public and private comments.
    #[n(37)]
    pub comment_count: u32,
    /// Whether the last public word was the requester's.
    #[n(38)]
    pub requester_waits: bool,
    /// Whether any file hangs on it.
    #[n(39)]
    pub has_attachments: bool,
    /// The mail that it came by.
    #[n(40)]
    pub mail: Option<MailId>,
    /// The version as those know it who do not read notes; none if it is `version`.
    #[n(41)]
    pub public_version: Option<u64>,
    /// The last change that they know of; none if it is `updated_at`.
    #[n(42)]
    pub public_updated_at: Option<Instant>,
    /// The department that its requester was of when it was lodged.
    #[n(43)]
    pub department: Option<DepartmentId>,
    /// What a reader must know to judge the mail that it came by, in sentences.
    #[n(44)]
    #[cbor(default)]
    pub mail_notes: Vec<String>,
    /// It is one matter with another ticket, on which that goes on.
    #[n(45)]
    #[cbor(default)]
    pub merged: Option<Merged>,
    /// What is promised for it, and what has become of that.
    #[n(46)]
    #[cbor(default)]
    pub targets: Option<Box<Targets>>,
    /// How it came where it is, and why.
    #[n(47)]
    #[cbor(default)]
    pub routed: Routed,
    /// Its requester or their organization was a VIP when that was set.
    #[n(48)]
    #[cbor(default)]
    pub vip: bool,
    /// The outage that it is a part of.
    #[n(50)]
    #[cbor(default)]
    pub parent: Option<TicketId>,
    /// How its requester found the work.
    #[n(51)]
    #[cbor(default)]
    pub satisfaction: Option<Satisfaction>,
    /// When words of its texts were last made unreadable.
    #[n(57)]
    #[cbor(default)]
    pub redacted_at: Option<Instant>,
    /// What people have worked on it, in minutes.
    #[n(58)]
    #[cbor(default)]
    pub minutes_spent: u32,
    /// What is to be done on it, step by step.
    #[n(52)]
    #[cbor(default)]
    pub checklist: Option<Box<Steps>>,
    /// It is put aside.
    #[n(61)]
    #[cbor(default)]
    pub snoozed: Option<Snoozed>,
    /// The recurring ticket that lodged it.
    #[n(60)]
    #[cbor(default)]
    pub recurrence: Option<RecurrenceId>,
    /// Articles of the knowledge base that have to do with it.
    #[n(70)]
    #[cbor(default)]
    pub articles: Vec<ArticleLink>,
}

/// Tickets whose category is not closed, for the board at start.
pub const UNCLOSED: Index<Ticket, ()> = Index::new(0x81, "unclosed_tickets");

impl Record for Ticket {
    type Key = TicketId;
    const TABLE: Table = Table::journalled(0x10, "tickets");

    fn key(&self) -> TicketId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&number::BY_NUMBER, &(self.kind as u8, self.number));
        if self.is_on_board() {
            entries.add(&UNCLOSED, &());
        }
        routing::count(self, entries);
        if let Some(at) = self.targets.as_ref().and_then(|it| it.next_at()) {
            entries.add(&DUE, &at);
        }
        if let Some(at) = self.snoozed.as_ref().and_then(|it| it.until) {
            entries.add(&snooze::UNTIL, &at);
        }
        if let Some(merged) = &self.merged {
            entries.add(&MERGED_INTO, &merged.into);
        }
        if let Some(parent) = &self.parent {
            entries.add(&CHILDREN, parent);
        }
        for it in &self.articles {
            entries.add(&OF_ARTICLE, &it.article);
        }
    }
}

impl Ticket {
    /// Whether the board keeps it: neither closed nor deleted.
    pub fn is_on_board(&self) -> bool {
        self.category != Category::Closed && self.deleted_at.is_none()
    }

    /// When it is next due: the date that somebody set, or its next target, whichever comes first.
    pub fn next_due(&self) -> Option<Instant> {
        let promised = self.targets.as_ref().and_then(|it| it.next_due());
        self.due_at.into_iter().chain(promised).min()
    }

    /// Whether it is open and the next word is the desk's.
    pub fn waits_on_us(&self) -> bool {
        matches!(self.category, Category::New | Category::Active) && (self.category == Category::New || self.requester_waits)
    }

    /// Everybody who takes part besides those who work tickets.
    pub fn participants(&self) -> impl Iterator<Item = PersonId> + '_ {
        std::iter::once(self.requester).chain(self.watchers.iter().copied())
    }

    /// Marks a change that everybody who sees the ticket may know of.
    pub fn touch(&mut self, now: Instant) {
        self.version += 1;
        self.updated_at = now;
        self.public_version = self.public_version.map(|it| it + 1);
        self.public_updated_at = None;
    }

    /// Marks a change that only readers of notes may know of.
    pub fn touch_privately(&mut self, now: Instant) {
        self.public_version = Some(self.version_for(false));
        self.public_updated_at = Some(self.updated_for(false));
        self.version += 1;
        self.updated_at = now;
    }

    /// Marks that a clock has moved on: another version of the ticket, and nobody's word on it.
    pub fn touch_by_clock(&mut self) {
        self.version += 1;
        self.public_version = self.public_version.map(|it| it + 1);
    }

    /// Whether it came to this desk before an instant, by its id; false for one that brought an id of another make. Lists by id end by
    /// this, since an import brings older instants along.
    pub fn came_before(&self, at: Instant) -> bool {
        let made = self.id.0.get_timestamp().map(|it| it.to_unix());
        made.is_some_and(|(secs, nanos)| (secs as i64) * 1000 + i64::from(nanos / 1_000_000) < at.as_millis())
    }

    /// The version, for a reader of notes or for somebody else.
    pub fn version_for(&self, reads_notes: bool) -> u64 {
        self.public_version.filter(|_| !reads_notes).unwrap_or(self.version)
    }

    /// The last change, for a reader of notes or for somebody else.
    pub fn updated_for(&self, reads_notes: bool) -> Instant {
        self.public_updated_at.filter(|_| !reads_notes).unwrap_or(self.updated_at)
    }

    pub fn about(&self) -> About {
        About { entity_kind: "ticket", entity: self.id.0, subject: Some(self.requester.0) }
    }

    /// What differs, field by field (AUD-06). Long texts stand in the log as they were before, and by digest as they are now.
    pub fn changes_since(&self, before: &Ticket) -> Changes {
        // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
        let Ticket {
            id: _,
            kind,
            number: _,
            title,
            description,
            description_format: _,
            description_html: _,
            mail_notes: _,
            state,
            category: _,
            priority,
            impact,
            urgency,
            priority_fixed,
            requester,
            assignee,
            queue,
            organization,
            topic,
            subtopic,
            tags,
            channel,
            custom,
            metadata,
            links: _,
            watchers: _,
            scheduled_at,
            due_at,
            service_item,
            asset,
            created_by: _,
            created_at: _,
            updated_at: _,
            resolved_at: _,
            closed_at: _,
            deleted_at,
            version: _,
            responded_at: _,
            comment_count: _,
            requester_waits: _,
            has_attachments: _,
            mail: _,
            public_version: _,
            public_updated_at: _,
            merged: _,
            targets: _,
            // Told by the event of the vote, in full.
            satisfaction: _,
            // Told by events of their own.
            redacted_at: _,
            minutes_spent: _,
            // Each step is told by an event of its own.
            checklist: _,
            // Told by events of its own.
            snoozed: _,
            // Told by the event of its birth.
            recurrence: _,
            // Told by events of their own.
            articles: _,
            parent,
            department,
            routed,
            vip,
        } = before;
        let at = |it: &Option<Instant>| it.map(|it| it.to_string());
        let json = |it: &Option<String>| it.as_deref().and_then(|it| serde_json::from_str::<serde_json::Value>(it).ok());
        let mut changes = Changes::new();
        changes
            .field("kind", kind.name(), self.kind.name())
            .field("title", title.as_str(), self.title.as_str())
            .field("description", description.as_str(), self.description.as_str())
            .field("status", state.as_str(), self.state.as_str())
            .field("priority", priority_label(*priority), priority_label(self.priority))
            .field("priorityFixed", *priority_fixed, self.priority_fixed)
            .field("impact", *impact, self.impact)
            .field("urgency", *urgency, self.urgency)
            .field("requester", requester.to_string(), self.requester.to_string())
            .field("assignee", assignee.map(|it| it.to_string()), self.assignee.map(|it| it.to_string()))
            .field("queue", queue.map(|it| it.to_string()), self.queue.map(|it| it.to_string()))
            .field("organization", organization.map(|it| it.to_string()), self.organization.map(|it| it.to_string()))
            .field("department", department.map(|it| it.to_string()), self.department.map(|it| it.to_string()))
            .field("category", topic.map(|it| it.to_string()), self.topic.map(|it| it.to_string()))
            .field("subcategory", subtopic.map(|it| it.to_string()), self.subtopic.map(|it| it.to_string()))
            .field("tags", tags.clone(), self.tags.clone())
            .field("channel", channel.name(), self.channel.name())
            .field("metadata", json(metadata), json(&self.metadata))
            .field("scheduledAt", at(scheduled_at), at(&self.scheduled_at))
            .field("dueAt", at(due_at), at(&self.due_at))
            .field("serviceItem", service_item.clone(), self.service_item.clone())
            .field("asset", asset.clone(), self.asset.clone())
            .field("vip", *vip, self.vip)
            .field("parent", parent.map(|it| it.to_string()), self.parent.map(|it| it.to_string()))
            .field("deletedAt", at(deleted_at), at(&self.deleted_at));
        for (key, before, after) in values_apart(custom.as_deref(), self.custom.as_deref()) {
            changes.field(&format!("custom.{key}"), before, after);
        }
        self.routed.log(routed, &mut changes);
        changes
    }
}

/// Each key of two objects, with its values in both.
fn values_apart(before: Option<&str>, after: Option<&str>) -> Vec<(String, serde_json::Value, serde_json::Value)> {
    let object = |it: Option<&str>| -> serde_json::Map<String, serde_json::Value> {
        it.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
    };
    let (mut before, after) = (object(before), object(after));
    let mut all: Vec<_> = after.into_iter().map(|(key, value)| (before.remove(&key).unwrap_or_default(), key, value)).collect();
    all.extend(before.into_iter().map(|(key, value)| (value, key, serde_json::Value::Null)));
    all.into_iter().map(|(before, key, after)| (key, before, after)).collect()
}

/// `P1` to `P4`.
pub fn priority_label(priority: u8) -> &'static str {
    match priority {
        1 => "P1",
        2 => "P2",
        3 => "P3",
        _ => "P4",
    }
}

/// Reads `P1`, `1`, `critical` ... (TKT-32).
pub fn priority_named(text: &str) -> Option<u8> {
    match text.trim().to_lowercase().as_str() {
        "p1" | "1" | "critical" | "urgent" => Some(1),
        "p2" | "2" | "high" => Some(2),
        "p3" | "3" | "medium" | "normal" => Some(3),
        "p4" | "4" | "low" => Some(4),
        _ => None,
    }
}
