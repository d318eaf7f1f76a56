//! What the index is told of a ticket, an article, a person: plain values, without a record or a rule.

use uuid::Uuid;

use crate::{
    desk::{
        knowledge::{State, Visibility},
        query::{Category, Kind},
    },
    time::Instant,
};

/// A change of the index. What is deleted is removed, so no query can find it.
#[derive(Debug, Clone)]
pub enum Change {
    /// The ticket as it is now, whether or not the index knew it.
    Put(Box<TicketDocument>),
    PutArticle(Box<ArticleDocument>),
    PutPerson(Box<PersonDocument>),
    Remove(Uuid),
}

/// What a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    Ticket,
    Article,
    Person,
}

/// An article as the index sees it.
#[derive(Debug, Clone)]
pub struct ArticleDocument {
    pub id: Uuid,
    pub title: String,
    pub summary: String,
    /// Without marks.
    pub text: String,
    pub tags: Vec<String>,
    pub category: Option<Uuid>,
    /// `en`, `de-AT`.
    pub language: String,
    pub visibility: Visibility,
    pub state: State,
    pub created: Instant,
    pub updated: Instant,
}

/// A person as the index sees them.
#[derive(Debug, Clone)]
pub struct PersonDocument {
    pub id: Uuid,
    pub name: String,
    /// Addresses, numbers, and what else names them alone.
    pub names: Vec<String>,
    /// Names of their organization and department.
    pub places: Vec<String>,
    pub active: bool,
    pub created: Instant,
    pub updated: Instant,
}

/// A ticket as the index sees it.
#[derive(Debug, Clone)]
pub struct TicketDocument {
    pub id: Uuid,
    /// As shown: `INC-000123`.
    pub number: String,
    pub kind: Kind,
    pub title: String,
    /// Description, public comments, names and text of public attachments, searchable metadata.
    pub public_text: Vec<String>,
    /// Notes and what hangs on them, and values that only those know who work it.
    pub private_text: Vec<String>,
    pub tags: Vec<String>,
    /// The key of its state.
    pub status: String,
    pub category_of_status: Category,
    /// 1 to 4, 1 the most pressing.
    pub priority: u8,
    /// 1 to 3, 1 the highest.
    pub impact: Option<u8>,
    /// 1 to 3, 1 the highest.
    pub urgency: Option<u8>,
    pub queue: Option<Uuid>,
    pub team: Option<Uuid>,
    pub assignee: Option<Uuid>,
    pub requester: Option<Uuid>,
    pub organization: Option<Uuid>,
    pub department: Option<Uuid>,
    /// Its category and those above it.
    pub categories: Vec<Uuid>,
    pub item: Option<Uuid>,
    pub assets: Vec<Uuid>,
    pub watchers: Vec<Uuid>,
    /// Who may see it besides agents.
    pub participants: Vec<Uuid>,
    /// Who wrote something on it that its participants may read.
    pub public_authors: Vec<Uuid>,
    /// Who wrote a note on it.
    pub private_authors: Vec<Uuid>,
    /// As the API names it: `email`, `portal`.
    pub channel: String,
    pub created: Instant,
    pub updated: Instant,
    /// The last change that those know of who do not read notes.
    pub updated_public: Instant,
    pub resolved: Option<Instant>,
    pub closed: Option<Instant>,
    pub scheduled: Option<Instant>,
    /// When the next target is due.
    pub due: Option<Instant>,
    pub response_due: Option<Instant>,
    pub response_breached: bool,
    pub resolution_breached: bool,
    pub paused: bool,
    /// The next word is the desk's.
    pub on_us: bool,
    pub has_attachment: bool,
    pub has_link: bool,
    /// Somebody wrote a note on it.
    pub has_note: bool,
    pub vip: bool,
    pub snoozed: bool,
    /// The desk's own fields, key and value; a field with several values comes several times.
    pub custom: Vec<(String, String)>,
}
