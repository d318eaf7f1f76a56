//! Saved views (BEY-16): a condition in the query language with a name, an order, columns and groups; one's own or shared. The text is kept
//! and asked anew each time, so that `me` and `today` mean whoever looks and when.
//!
//! A condition is written or clicked together: [`builder`] is the same thing as rows and groups.

pub mod builder;

use minicbor::{Decode, Encode};
use serde_json::Value;

use crate::{
    desk::{
        actor::Actor,
        custom,
        event::{self, About, EventKind},
        permission::Permission,
        query::{self, Binding, Cond, Sort, Typing},
        query_names::DeskNames,
        settings::Settings,
        sharing::{self, Sharer, Sharing},
    },
    error::{Code, Refusal, Result},
    id::{PersonId, ViewId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// What rows are gathered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Grouping {
    #[n(0)]
    Status,
    #[n(1)]
    Priority,
    #[n(2)]
    Assignee,
    #[n(3)]
    Queue,
    #[n(4)]
    Kind,
    #[n(5)]
    Category,
    #[n(6)]
    Organization,
}

impl Grouping {
    pub const ALL: [Grouping; 7] = [
        Grouping::Status,
        Grouping::Priority,
        Grouping::Assignee,
        Grouping::Queue,
        Grouping::Kind,
        Grouping::Category,
        Grouping::Organization,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Grouping::Status => "status",
            Grouping::Priority => "priority",
            Grouping::Assignee => "assignee",
            Grouping::Queue => "queue",
            Grouping::Kind => "kind",
            Grouping::Category => "category",
            Grouping::Organization => "organization",
        }
    }

    pub fn named(text: &str) -> Option<Grouping> {
        Grouping::ALL.into_iter().find(|it| it.name() == text.trim())
    }
}

/// Columns that a list can have besides number and title; and `custom.KEY`.
pub const COLUMNS: [(&str, &str); 13] = [
    ("requester", "Requester"),
    ("status", "Status"),
    ("due", "Due"),
    ("assignee", "Assignee"),
    ("updated", "Last change"),
    ("created", "Created"),
    ("kind", "Kind"),
    ("queue", "Queue"),
    ("category", "Category"),
    ("organization", "Organization"),
    ("tags", "Tags"),
    ("checklist", "Checklist"),
    ("channel", "Channel"),
];

/// The columns of a list that nobody has chosen any for.
pub const USUAL_COLUMNS: [&str; 5] = ["requester", "status", "due", "assignee", "updated"];

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SavedView {
    #[n(0)]
    pub id: ViewId,
    #[n(1)]
    pub owner: Option<PersonId>,
    #[n(2)]
    pub sharing: Sharing,
    #[n(3)]
    pub name: String,
    /// In the query language, as it was written.
    #[n(4)]
    pub query: String,
    /// As the API writes it: `updatedAt:desc`.
    #[n(5)]
    pub sort: String,
    /// Keys of [`COLUMNS`], and `custom.KEY`.
    #[n(6)]
    pub columns: Vec<String>,
    #[n(7)]
    pub group: Option<Grouping>,
    /// Views with a lower number come first.
    #[n(8)]
    pub position: u32,
    /// Grows by one with each change.
    #[n(9)]
    pub version: u64,
}

impl Record for SavedView {
    type Key = ViewId;
    const TABLE: Table = Table::journalled(0x76, "views");

    fn key(&self) -> ViewId {
        self.id
    }
}

/// What somebody has in their rail, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Pinned {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub views: Vec<ViewId>,
}

impl Record for Pinned {
    type Key = PersonId;
    // A person's own look at the desk; it changes nothing for anybody else.
    const TABLE: Table = Table::operational(0x77, "pinned_views");

    fn key(&self) -> PersonId {
        self.person
    }
}

/// A view as it is made or changed: as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewDraft {
    pub sharing: Sharing,
    pub name: String,
    pub query: String,
    /// Empty: what hurts most first.
    pub sort: String,
    pub columns: Vec<String>,
    pub group: Option<Grouping>,
    pub position: u32,
}

impl SavedView {
    fn about(&self) -> About {
        About { entity_kind: "view", entity: self.id.0, subject: None }
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("name", self.name.as_str().into()),
            ("sharing", self.sharing.logged().into()),
            ("query", self.query.as_str().into()),
            ("sort", self.sort.as_str().into()),
            ("columns", self.columns.clone().into()),
            ("group", self.group.map(Grouping::name).into()),
            ("position", self.position.into()),
        ]
    }

    /// The order of its rows.
    pub fn order(&self) -> Sort {
        // It was checked when it was kept.
        Sort::parse(&self.sort).unwrap_or(Sort::NEWEST)
    }
}

/// What a condition means for this actor now. Refuses, under `query`, what does not parse, with its place.
pub fn meant(tx: &Tx, actor: &Actor, text: &str) -> Result<Cond> {
    let under = |it: Refusal| Refusal::field("query", "invalid", it.detail);
    let zone = jiff::tz::TimeZone::get(&Settings::of(tx)?.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let names = DeskNames::new(tx, actor);
    let binding = Binding { names: &names, now: tx.now(), zone: &zone, typing: Typing::Done };
    let query = query::parse(text).map_err(under)?;
    Ok(query::bind(&query, &binding).map_err(under)?)
}

impl ViewDraft {
    /// The view that this would be, checked; for a trial as well as for keeping.
    pub fn checked(self, tx: &Tx, actor: &Actor, id: ViewId, owner: Option<PersonId>, version: u64) -> Result<SavedView> {
        Sharer::of(tx, actor)?.need_to_share(tx, &self.sharing)?;
        let query = self.query.trim().to_owned();
        meant(tx, actor, &query)?;
        let sort = if self.sort.trim().is_empty() { "priority".to_owned() } else { self.sort.trim().to_owned() };
        let sort = Sort::parse(&sort)?.to_string();
        let own = custom::shared(tx)?;
        let mut columns: Vec<String> = Vec::new();
        for it in self.columns {
            let key = it.strip_prefix("custom.");
            let known = COLUMNS.iter().any(|(key, _)| *key == it) || key.is_some_and(|key| own.fields.iter().any(|it| it.key == key));
            if !known {
                return Err(Refusal::field("columns", "unknown", say!("refused-no-column", column = it)).into());
            }
            if !columns.contains(&it) {
                columns.push(it);
            }
        }
        if columns.is_empty() {
            columns = USUAL_COLUMNS.map(str::to_owned).to_vec();
        }
        let name = sharing::name("name", &self.name)?;
        Ok(SavedView { id, owner, sharing: self.sharing, name, query, sort, columns, group: self.group, position: self.position, version })
    }
}

/// The views that the actor may use, in their order.
pub fn usable(tx: &Tx, actor: &Actor) -> Result<Vec<SavedView>> {
    let sharer = Sharer::of(tx, actor)?;
    let mut found = Vec::new();
    for it in tx.scan::<SavedView>(&())? {
        let it = it?;
        if sharer.may_use(it.owner, &it.sharing) {
            found.push(it);
        }
    }
    found.sort_by_cached_key(|it| (it.position, it.name.to_lowercase(), it.id));
    Ok(found)
}

/// A view that the actor may use.
pub fn known(tx: &Tx, actor: &Actor, id: ViewId) -> Result<SavedView> {
    let sharer = Sharer::of(tx, actor)?;
    let found = tx.get::<SavedView>(&id)?.filter(|it| sharer.may_use(it.owner, &it.sharing));
    found.ok_or_else(|| Refusal::not_found("view").into())
}

/// What stands in the actor's rail: what they pinned, in their order; whoever has pinned nothing yet has what is there, as far as there is
/// room.
pub fn in_rail(tx: &Tx, actor: &Actor) -> Result<Vec<SavedView>> {
    let mut all = usable(tx, actor)?;
    let pinned = actor.person().map(|id| tx.get::<Pinned>(&id)).transpose()?.flatten();
    let Some(pinned) = pinned else {
        all.truncate(limits::VIEWS_IN_RAIL);
        return Ok(all);
    };
    let place = |it: &SavedView| pinned.views.iter().position(|id| *id == it.id);
    all.retain(|it| place(it).is_some());
    all.sort_by_key(|it| place(it));
    Ok(all)
}

/// Says what stands in one's rail, in this order.
pub fn pin(tx: &mut Tx, actor: &Actor, views: Vec<ViewId>) -> Result<Vec<SavedView>> {
    let person = actor.person().ok_or_else(|| Refusal::new(Code::Forbidden, say!("refused-rail-people")))?;
    if views.len() > limits::VIEWS_IN_RAIL {
        return Err(Refusal::field("views", "too_many", say!("refused-rail-views", most = limits::VIEWS_IN_RAIL)).into());
    }
    let mut once: Vec<ViewId> = Vec::new();
    for id in views {
        known(tx, actor, id).map_err(|_| Refusal::field("views", "unknown", say!("refused-no-view")))?;
        if !once.contains(&id) {
            once.push(id);
        }
    }
    tx.put(&Pinned { person, views: once })?;
    in_rail(tx, actor)
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: ViewDraft) -> Result<SavedView> {
    actor.need(Permission::TicketsRead)?;
    if tx.count::<SavedView>()? >= limits::VIEWS_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-views", most = limits::VIEWS_MAX)).into());
    }
    let id = tx.new_id();
    let it = draft.checked(tx, actor, id, actor.person(), 1)?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::ViewCreated, it.about(), event::between(&[], &it.facts()))?;
    // Whoever makes a view wants to see it.
    if let Some(person) = actor.person()
        && let Some(mut pinned) = tx.get::<Pinned>(&person)?
        && pinned.views.len() < limits::VIEWS_IN_RAIL
    {
        pinned.views.push(it.id);
        tx.put(&pinned)?;
    }
    Ok(it)
}

/// Changes a view as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: ViewId, version: Option<u64>, draft: ViewDraft) -> Result<SavedView> {
    let before = changeable(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-view-changed")).into());
    }
    let after = draft.checked(tx, actor, id, before.owner, before.version + 1)?;
    let changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::ViewChanged, after.about(), changes)?;
    Ok(after)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: ViewId) -> Result<()> {
    let before = changeable(tx, actor, id)?;
    tx.remove::<SavedView>(&id)?;
    event::record(tx, actor, EventKind::ViewDeleted, before.about(), event::between(&before.facts()[..1], &[]))?;
    Ok(())
}

/// Whether the actor may change a view, and not only use it.
pub fn may_change(tx: &Tx, actor: &Actor, it: &SavedView) -> Result<bool> {
    Ok(Sharer::of(tx, actor)?.may_change(it.owner, &it.sharing))
}

fn changeable(tx: &Tx, actor: &Actor, id: ViewId) -> Result<SavedView> {
    let it = known(tx, actor, id)?;
    if may_change(tx, actor, &it)? {
        return Ok(it);
    }
    Err(Refusal::new(Code::Forbidden, say!("refused-view-of-others")).into())
}
