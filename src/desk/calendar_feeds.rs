//! Feeds of due work (BEY-13): an address that a calendar reads, with a secret in it instead of a sign-in. It shows what its owner may see
//! when it is read, and nothing once they are gone. The secret is shown once and kept by its hash.

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use serde_json::Value;

use crate::{
    desk::{
        actor::{Actor, Origin},
        event::{self, About, Changes, EventKind},
        identity::{self, Person},
        permission::Permission,
        sharing, views,
    },
    error::{Code, Refusal, Result},
    id::{CalendarFeedId, PersonId, ViewId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// What a feed shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Shows {
    /// When the work that its owner has is due.
    #[n(0)]
    pub mine: bool,
    /// The same of the teams that they are in.
    #[n(1)]
    pub teams: bool,
    /// Their reminders.
    #[n(2)]
    pub reminders: bool,
    /// When the tickets of a saved view are due.
    #[n(3)]
    pub view: Option<ViewId>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct CalendarFeed {
    #[n(0)]
    pub id: CalendarFeedId,
    #[n(1)]
    pub person: PersonId,
    #[n(2)]
    pub name: String,
    /// The hash of the secret.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    #[n(4)]
    pub shows: Shows,
    #[n(5)]
    pub created_at: Instant,
}

pub const FEEDS_OF: Index<CalendarFeed, PersonId> = Index::new(0xe9, "calendar_feeds_of");

impl Record for CalendarFeed {
    type Key = CalendarFeedId;
    const TABLE: Table = Table::journalled(0x3c, "calendar_feeds");

    fn key(&self) -> CalendarFeedId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&FEEDS_OF, &self.person);
    }
}

impl CalendarFeed {
    fn about(&self) -> About {
        About { entity_kind: "calendar_feed", entity: self.id.0, subject: Some(self.person.0) }
    }
}

fn me(actor: &Actor) -> Result<PersonId> {
    actor.need(Permission::TicketsRead)?;
    actor.person().ok_or_else(|| Refusal::forbidden(Permission::TicketsRead.name()).into())
}

/// One's own, oldest first.
pub fn mine(tx: &Tx, actor: &Actor) -> Result<Vec<CalendarFeed>> {
    let me = me(actor)?;
    let mut all: Vec<CalendarFeed> = tx.find(&FEEDS_OF, &me)?;
    all.sort_by_key(|it| (it.created_at, it.id));
    Ok(all)
}

/// Makes a feed; gives it with the secret part of its address, which is never shown again.
pub fn make(tx: &mut Tx, actor: &Actor, name: &str, shows: Shows) -> Result<(CalendarFeed, String)> {
    let person = me(actor)?;
    // Its address opens something of its owner's without them, as a token does.
    actor.need(Permission::TokensOwn)?;
    if mine(tx, actor)?.len() >= limits::CALENDAR_FEEDS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("feeds-too-many", most = limits::CALENDAR_FEEDS_MAX)).into());
    }
    if !(shows.mine || shows.teams || shows.reminders || shows.view.is_some()) {
        return Err(Refusal::field("shows", "required", say!("feeds-show-nothing")).into());
    }
    if let Some(id) = shows.view {
        views::known(tx, actor, id).map_err(|_| Refusal::field("view", "unknown", say!("feeds-no-view")))?;
    }
    let secret: [u8; SECRET_BYTES] = tx.random();
    let it = CalendarFeed {
        id: tx.new_id(),
        person,
        name: sharing::name("name", name)?,
        secret: *blake3::hash(&secret).as_bytes(),
        shows,
        created_at: tx.now(),
    };
    tx.put(&it)?;
    let Shows { mine, teams, reminders, view } = &it.shows;
    let changes = Changes::new()
        .set("name", it.name.as_str())
        .set("mine", *mine)
        .set("teams", *teams)
        .set("reminders", *reminders)
        .set("view", view.map_or(Value::Null, |it| it.to_string().into()));
    event::record(tx, actor, EventKind::CalendarFeedMade, it.about(), changes)?;
    let text = BASE64URL_NOPAD.encode(&[it.id.0.as_bytes().as_slice(), &secret].concat());
    Ok((it, text))
}

/// Revokes one of one's own: its address answers no more.
pub fn revoke(tx: &mut Tx, actor: &Actor, id: CalendarFeedId) -> Result<CalendarFeed> {
    let me = me(actor)?;
    let it = tx.get::<CalendarFeed>(&id)?.filter(|it| it.person == me).ok_or_else(|| Refusal::not_found("feed"))?;
    tx.remove::<CalendarFeed>(&id)?;
    event::record(tx, actor, EventKind::CalendarFeedRevoked, it.about(), Changes::new().set("name", it.name.as_str()))?;
    Ok(it)
}

/// The feed of this address, and its owner as they may act now. Whatever is wrong, there is no such feed.
pub fn read(tx: &Tx, text: &str, origin: Origin) -> Result<(CalendarFeed, Person, Actor)> {
    let missing = || Refusal::not_found("feed");
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default();
    let (id, secret) = bytes.split_first_chunk::<ID_BYTES>().filter(|it| it.1.len() == SECRET_BYTES).ok_or_else(missing)?;
    let feed = tx.get::<CalendarFeed>(&CalendarFeedId(uuid::Uuid::from_bytes(*id)))?.ok_or_else(missing)?;
    // Hashes compare in constant time.
    if blake3::hash(secret) != blake3::Hash::from(feed.secret) {
        return Err(missing().into());
    }
    let owner = tx.get::<Person>(&feed.person)?.filter(|it| it.active).ok_or_else(missing)?;
    let actor = identity::actor_of(tx, &owner, origin)?;
    if !actor.may(Permission::TicketsRead) {
        return Err(missing().into());
    }
    Ok((feed, owner, actor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        identity::PersonChange,
        stage::{Stage, id_of},
    };

    fn made(stage: &Stage, by: &Actor) -> Result<(CalendarFeed, String)> {
        let (by, shows) = (by.clone(), Shows { mine: true, ..Shows::default() });
        stage.write(move |tx| make(tx, &by, "Due", shows))
    }

    fn answers(stage: &Stage, text: &str) -> bool {
        stage.read(|tx| Ok(read(tx, text, Origin::default()).is_ok()))
    }

    #[test]
    fn the_address_reads_as_its_owner_until_it_is_revoked() {
        let stage = Stage::new();
        let (feed, text) = made(&stage, &stage.ada).unwrap();
        let (found, owner, actor) = stage.read(|tx| read(tx, &text, Origin::default()));
        assert_eq!((found.id, owner.id, actor.person()), (feed.id, id_of(&stage.ada), Some(id_of(&stage.ada))));
        let mut forged = text.clone();
        forged.replace_range(60..61, if &text[60..61] == "A" { "B" } else { "A" });
        let short = &text[..40];
        for wrong in ["", "x", forged.as_str(), short, &format!("{text}A")] {
            assert!(!answers(&stage, wrong), "{wrong}");
        }
        let (bob, ada, id) = (stage.bob.clone(), stage.ada.clone(), feed.id);
        assert!(stage.write(move |tx| revoke(tx, &bob, id)).is_err(), "it is not his");
        stage.write(move |tx| revoke(tx, &ada, id)).unwrap();
        assert!(!answers(&stage, &text));
    }

    #[test]
    fn it_ends_with_what_its_owner_may() {
        for change in [
            PersonChange { active: Some(false), ..PersonChange::default() },
            PersonChange { roles: Some(vec!["requester".into()]), ..PersonChange::default() },
        ] {
            let stage = Stage::new();
            let (_, text) = made(&stage, &stage.ada).unwrap();
            assert!(answers(&stage, &text));
            let (max, ada, shown) = (stage.max.clone(), id_of(&stage.ada), format!("{change:?}"));
            stage.write(move |tx| identity::change_person(tx, &max, ada, change)).unwrap();
            assert!(!answers(&stage, &text), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let stage = Stage::new();
        assert!(made(&stage, &stage.rosa).is_err(), "who works nothing has no due work");
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| make(tx, &ada, "Nothing", Shows::default())).is_err());
        let ada = stage.ada.clone();
        let shows = Shows { view: Some(ViewId::NIL), ..Shows::default() };
        assert!(stage.write(move |tx| make(tx, &ada, "A view", shows)).is_err());
        for _ in 0..limits::CALENDAR_FEEDS_MAX {
            made(&stage, &stage.ada).unwrap();
        }
        assert!(made(&stage, &stage.ada).is_err());
    }
}
