//! What the desk tells everybody: a planned absence, a change, a thank-you. It stands on the portal's first page, in the console, or on
//! both, from one instant to another. An outage has a banner of its own (`duplicates::outage`).

use minicbor::{Decode, Encode};

use super::{
    actor::Actor,
    event::{self, About, Changes, EventKind},
    permission::Permission,
};
use crate::desk::features::{self, Feature};
use crate::{
    error::{Code, Refusal, Result},
    id::AnnouncementId,
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Audience {
    /// Requesters, on the portal's first page.
    #[default]
    #[n(0)]
    Portal,
    /// Those who work tickets, in the console.
    #[n(1)]
    Agents,
    #[n(2)]
    Everybody,
}

impl Audience {
    pub const ALL: [Audience; 3] = [Audience::Portal, Audience::Agents, Audience::Everybody];

    pub fn name(self) -> &'static str {
        match self {
            Audience::Portal => "portal",
            Audience::Agents => "agents",
            Audience::Everybody => "everybody",
        }
    }

    pub fn named(text: &str) -> Option<Audience> {
        Audience::ALL.into_iter().find(|it| it.name() == text)
    }

    fn includes(self, agents: bool) -> bool {
        match self {
            Audience::Portal => !agents,
            Audience::Agents => agents,
            Audience::Everybody => true,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Announcement {
    #[n(0)]
    pub id: AnnouncementId,
    #[n(1)]
    pub title: String,
    /// Markdown; may be empty.
    #[n(2)]
    pub text: String,
    #[n(3)]
    pub audience: Audience,
    /// It is urgent, and looks so.
    #[n(4)]
    pub urgent: bool,
    #[n(5)]
    pub from: Instant,
    /// None stands until somebody ends it.
    #[n(6)]
    pub until: Option<Instant>,
}

/// Announcements by their end, so that a page reads none that is over.
pub const BY_END: Index<Announcement, Instant> = Index::new(0xe5, "announcements_by_end");

/// Later than any end that is written.
fn never() -> Instant {
    Instant::from_millis(i64::MAX)
}

impl Record for Announcement {
    type Key = AnnouncementId;
    const TABLE: Table = Table::journalled(0x25, "announcements");

    fn key(&self) -> AnnouncementId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_END, &self.until.unwrap_or_else(|| never().minus(std::time::Duration::from_millis(1))));
    }
}

impl Announcement {
    /// Whether it stands at this instant.
    pub fn is_live(&self, now: Instant) -> bool {
        self.from <= now && self.until.is_none_or(|it| now < it)
    }

    fn about(&self) -> About {
        About { entity_kind: "announcement", entity: self.id.0, subject: None }
    }

    fn checked(mut self) -> Result<Announcement> {
        self.title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text = self.text.trim().to_owned();
        if self.title.is_empty() {
            return Err(Refusal::field("title", "required", say!("refused-say-what-about")).into());
        }
        for (field, text, max) in [("title", &self.title, limits::TITLE_CHARS_MAX), ("text", &self.text, limits::ANNOUNCEMENT_CHARS_MAX)] {
            if text.chars().count() > max {
                return Err(Refusal::field(field, "too_long", say!("refused-at-most-characters", most = max)).into());
            }
        }
        if self.until.is_some_and(|it| it <= self.from) {
            return Err(Refusal::field("until", "invalid", say!("refused-ends-before-it-begins")).into());
        }
        Ok(self)
    }

    fn changes(&self, before: &Announcement) -> Changes {
        let Announcement { id: _, title, text, audience, urgent, from, until } = before;
        let mut changes = Changes::new();
        changes
            .field("title", title.as_str(), self.title.as_str())
            .field("text", text.as_str(), self.text.as_str())
            .field("audience", audience.name(), self.audience.name())
            .field("urgent", *urgent, self.urgent)
            .field("from", from.to_string(), self.from.to_string())
            .field("until", until.map(|it| it.to_string()), self.until.map(|it| it.to_string()));
        changes
    }
}

/// What an announcement says; what is `None` stays, or is nothing for a new one.
#[derive(Debug, Clone, Default)]
pub struct AnnouncementChange {
    pub title: Option<String>,
    pub text: Option<String>,
    pub audience: Option<Audience>,
    pub urgent: Option<bool>,
    pub from: Option<Instant>,
    pub until: Option<Option<Instant>>,
}

impl AnnouncementChange {
    fn of(self, it: Announcement) -> Announcement {
        let AnnouncementChange { title, text, audience, urgent, from, until } = self;
        Announcement {
            id: it.id,
            title: title.unwrap_or(it.title),
            text: text.unwrap_or(it.text),
            audience: audience.unwrap_or(it.audience),
            urgent: urgent.unwrap_or(it.urgent),
            from: from.unwrap_or(it.from),
            until: until.unwrap_or(it.until),
        }
    }
}

/// All of them, the newest first.
pub fn all(tx: &Tx, actor: &Actor) -> Result<Vec<Announcement>> {
    actor.need(Permission::SettingsRead)?;
    Ok(tx.scan_back::<Announcement>(&())?.collect::<Result<_, _>>()?)
}

/// Those that stand now for requesters or for agents, the newest first.
pub fn live(tx: &Tx, agents: bool) -> Result<Vec<Announcement>> {
    let mut found: Vec<Announcement> = Vec::new();
    if !features::is_on(tx, Feature::Announcements)? {
        return Ok(found);
    }
    for id in tx.find_between(&BY_END, &tx.now(), &never())? {
        let it = tx.get::<Announcement>(&id?)?;
        found.extend(it.filter(|it| it.is_live(tx.now()) && it.audience.includes(agents)));
    }
    found.sort_by_key(|it| std::cmp::Reverse((it.from, it.id)));
    found.truncate(limits::ANNOUNCEMENTS_SHOWN_MAX);
    Ok(found)
}

pub fn announce(tx: &mut Tx, actor: &Actor, new: AnnouncementChange) -> Result<Announcement> {
    actor.need(Permission::SettingsWrite)?;
    if tx.count::<Announcement>()? >= limits::ANNOUNCEMENTS_MAX as u64 {
        let detail = say!("refused-most-announcements", max = limits::ANNOUNCEMENTS_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let empty = Announcement {
        id: tx.new_id(),
        title: String::new(),
        text: String::new(),
        audience: Audience::default(),
        urgent: false,
        from: tx.now(),
        until: None,
    };
    let it = new.of(empty.clone()).checked()?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::AnnouncementMade, it.about(), it.changes(&empty))?;
    Ok(it)
}

pub fn change(tx: &mut Tx, actor: &Actor, id: AnnouncementId, change: AnnouncementChange) -> Result<Announcement> {
    let before = known(tx, actor, id)?;
    let after = change.of(before.clone()).checked()?;
    let changes = after.changes(&before);
    if !changes.is_empty() {
        tx.put(&after)?;
        event::record(tx, actor, EventKind::AnnouncementChanged, after.about(), changes)?;
    }
    Ok(after)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: AnnouncementId) -> Result<Announcement> {
    let it = known(tx, actor, id)?;
    tx.remove::<Announcement>(&id)?;
    event::record(tx, actor, EventKind::AnnouncementDeleted, it.about(), Changes::new().set("title", it.title.as_str()))?;
    Ok(it)
}

fn known(tx: &Tx, actor: &Actor, id: AnnouncementId) -> Result<Announcement> {
    actor.need(Permission::SettingsWrite)?;
    tx.get::<Announcement>(&id)?.ok_or_else(|| Refusal::not_found("announcement").into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn it_stands_from_its_first_to_its_last_instant_for_those_it_is_meant_for() {
        let world = Stage::new();
        let system = Actor::system("test");
        let now = world.read(|tx| Ok(tx.now()));
        let (soon, later) = (now.plus(Duration::from_secs(60)), now.plus(Duration::from_secs(120)));
        let new = |audience, from, until| AnnouncementChange {
            title: Some(" The  desk moves ".into()),
            audience: Some(audience),
            from: Some(from),
            until: Some(until),
            ..AnnouncementChange::default()
        };
        let made = [(Audience::Portal, now, None), (Audience::Agents, now, Some(later)), (Audience::Everybody, soon, None)].map(|it| {
            let (system, new) = (system.clone(), new(it.0, it.1, it.2));
            world.write(move |tx| announce(tx, &system, new)).unwrap()
        });
        assert_eq!(made[0].title, "The desk moves");
        for (at, agents, expected) in [(now, false, vec![0]), (now, true, vec![1]), (soon, true, vec![1, 2]), (later, true, vec![2])] {
            world.pass(at.since(world.now()).as_secs() as i64);
            let found: Vec<_> = world.read(|tx| live(tx, agents)).iter().map(|it| it.id).collect();
            let expected: Vec<_> = expected.iter().rev().map(|it: &usize| made[*it].id).collect();
            assert_eq!(found, expected, "{at} {agents}");
        }
        let wrong = new(Audience::Portal, later, Some(soon));
        assert!(world.write(move |tx| announce(tx, &system, wrong)).is_err());
    }
}
