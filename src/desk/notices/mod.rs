//! What a person is told on the desk itself: one record for each thing that concerns them, read or not. Who is told of what is decided
//! once, by the notifier, for mail, here and for devices alike; a person's preferences say by which of these ways.
//!
//! A notification names what happened and never holds its words: they are read when it is shown, with the rights of then, so that
//! nothing is told that its reader may not see any more.

mod digest;
mod happening;
pub mod preferences;
pub mod push;

use std::{collections::BTreeSet, time::Duration};

use minicbor::{Decode, Encode};

pub use digest::{DUE as DIGESTS_DUE, Digest, act as send_digests, next_due as next_digest};
pub use happening::{Channel, Happening};
use preferences::{NotificationRules, Preferences, quiet_until, zone_of};

use crate::desk::features::{self, Feature};
use crate::language::{Sentence, say};
use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, Person},
        permission::Permission,
        routing,
        settings::Settings,
        tickets::{Comment, Ticket, access},
    },
    error::{Refusal, Result},
    id::{CommentId, NotificationId, PersonId, TicketId},
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// One thing that a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Notification {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub id: NotificationId,
    #[n(2)]
    pub happening: Happening,
    #[n(3)]
    pub ticket: TicketId,
    /// The message that it is about.
    #[n(4)]
    pub comment: Option<CommentId>,
    /// Who did it; none for the desk.
    #[n(5)]
    pub by: Option<PersonId>,
    /// One's own words, of a reminder.
    #[n(6)]
    pub words: Option<String>,
    #[n(7)]
    pub created_at: Instant,
    /// It is shown from then on: a message may be held.
    #[n(8)]
    pub shown_at: Instant,
    #[n(9)]
    pub read_at: Option<Instant>,
    /// A gathered mail tells of it.
    #[n(10)]
    pub gathered: bool,
    /// Its reader wants it by other ways alone: the centre neither shows nor counts it.
    #[cbor(n(11), default)]
    pub aside: bool,
}

/// What is not read, by the instant from which it is shown.
const UNREAD: Index<Notification, (PersonId, Instant)> = Index::new(0xe0, "unread_notifications");
/// The same of what the centre does not show.
const UNREAD_ASIDE: Index<Notification, (PersonId, Instant)> = Index::new(0xe7, "unread_notifications_aside");
/// All of them, for the sweep.
const BY_TIME: Index<Notification, Instant> = Index::new(0xe1, "notifications_by_time");
/// These, for the table of all of them.
pub const INDEXES: [crate::store::record::IndexTable; 3] = [UNREAD.table(), UNREAD_ASIDE.table(), BY_TIME.table()];

impl Record for Notification {
    type Key = (PersonId, NotificationId);
    const TABLE: Table = Table::operational(0x88, "notifications");

    fn key(&self) -> (PersonId, NotificationId) {
        (self.person, self.id)
    }

    fn indexes(&self, entries: &mut Entries) {
        if self.read_at.is_none() {
            entries.add(if self.aside { &UNREAD_ASIDE } else { &UNREAD }, &(self.person, self.shown_at));
        }
        entries.add(&BY_TIME, &self.created_at);
    }
}

/// What is to be told.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    pub comment: Option<CommentId>,
    pub by: Option<PersonId>,
    pub words: Option<String>,
    /// No mail goes and no device is told before then.
    pub held_until: Option<Instant>,
    /// The centre does not show it before then.
    pub hidden_until: Option<Instant>,
    /// More pressing than its sort says.
    pub urgent: bool,
}

/// What came of it for the other ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Told {
    /// A mail of its own is to go, not before this instant.
    pub by_mail: Option<Instant>,
}

/// Tells one person: in the centre, on their devices, and gives whether a mail goes. Whoever is absent reads it later; whoever stands in
/// for them is the caller's to tell.
pub fn tell(tx: &mut Tx, person: &Person, happening: Happening, ticket: &Ticket, telling: Telling) -> Result<Told> {
    if !person.active || telling.by == Some(person.id) {
        return Ok(Told::default());
    }
    let (settings, rules) = (Settings::of(tx)?, NotificationRules::of(tx)?);
    let preferences = Preferences::of(tx, person.id)?;
    // Whoever is named is meant, even where they want to hear nothing else.
    if preferences.mutes(ticket.id) && !matches!(happening, Happening::Mentioned | Happening::Reminder | Happening::BackAgain) {
        return Ok(Told::default());
    }
    let now = tx.now();
    let zone = zone_of(&settings, person);
    let urgent = telling.urgent || happening.is_urgent();
    let shown_at = telling.hidden_until.unwrap_or(now).max(now);
    let goes_at = telling.held_until.unwrap_or(now).max(now);
    let peace = if urgent { None } else { quiet_until(&preferences, &zone, goes_at) };
    let goes_at = peace.map_or(goes_at, |it| it.max(goes_at));
    let by_mail = rules.tells(&preferences, happening, Channel::Email);
    let gathers = if urgent { None } else { preferences::gathered_until(&preferences, &zone, now) }.filter(|_| by_mail);
    let in_app = rules.tells(&preferences, happening, Channel::InApp);
    let absent = routing::is_absent(person, now);
    let push = rules.tells(&preferences, happening, Channel::Push) && !absent && features::is_on(tx, Feature::Push)?;
    if in_app || push || gathers.is_some() {
        let id = tx.new_id();
        let Telling { comment, by, words, .. } = telling;
        let it = Notification {
            person: person.id,
            id,
            happening,
            ticket: ticket.id,
            comment,
            by,
            words,
            created_at: now,
            shown_at,
            read_at: None,
            gathered: gathers.is_some(),
            aside: !in_app,
        };
        make_room(tx, &it)?;
        tx.put(&it)?;
        if push {
            push::enqueue(tx, person.id, id, goes_at)?;
        }
        if let Some(at) = gathers {
            let at = at.max(shown_at);
            digest::gather(tx, person.id, quiet_until(&preferences, &zone, at).unwrap_or(at))?;
        }
    }
    Ok(Told { by_mail: (by_mail && gathers.is_none()).then_some(goes_at) })
}

/// Tells somebody of what the desk does for them by itself.
pub(in crate::desk) fn tell_one(tx: &mut Tx, person: PersonId, happening: Happening, ticket: &Ticket, words: Option<String>) -> Result<()> {
    let Some(person) = tx.get::<Person>(&person)? else { return Ok(()) };
    if may_know(tx, &person, ticket)? {
        let words = words.filter(|it| !it.is_empty());
        tell(tx, &person, happening, ticket, Telling { words, ..Telling::default() })?;
    }
    Ok(())
}

/// Whether somebody may see the ticket now.
pub(in crate::desk) fn may_know(tx: &Tx, person: &Person, ticket: &Ticket) -> Result<bool> {
    let actor = identity::actor_of(tx, person, Origin::default())?;
    Ok(person.active && access::may_see(&actor, ticket))
}

/// Beyond so many, the oldest of its sort goes.
fn make_room(tx: &mut Tx, next: &Notification) -> Result<()> {
    let (index, person) = (if next.aside { &UNREAD_ASIDE } else { &UNREAD }, next.person);
    let count = tx.find_between(index, &(person, Instant::EPOCH), &(person, Instant::from_millis(i64::MAX)))?.count();
    if count < limits::NOTIFICATIONS_UNREAD_MAX {
        return Ok(());
    }
    let oldest = tx.find_keys(index, &person)?.next().transpose()?;
    if let Some(key) = oldest {
        tx.remove::<Notification>(&key)?;
    }
    Ok(())
}

/// Which notifications are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub unread: bool,
    pub happening: Option<Happening>,
    pub ticket: Option<TicketId>,
}

impl Filter {
    fn lets_through(&self, it: &Notification) -> bool {
        !it.aside
            && (!self.unread || it.read_at.is_none())
            && self.happening.is_none_or(|wanted| it.happening == wanted)
            && self.ticket.is_none_or(|wanted| it.ticket == wanted)
    }
}

/// One's own, the newest first, before `before` if given: those whose ticket and message one may see, and that are not held.
pub fn list(tx: &Tx, actor: &Actor, filter: &Filter, before: Option<NotificationId>, limit: usize) -> Result<Vec<Notification>> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for it in tx.scan_back::<Notification>(&person)? {
        let it = it?;
        if found.len() >= limit {
            break;
        }
        if before.is_none_or(|before| it.id < before) && filter.lets_through(&it) && is_visible(tx, actor, &it)? {
            found.push(it);
        }
    }
    Ok(found)
}

/// Whether its reader may know of it now.
pub fn is_visible(tx: &Tx, actor: &Actor, it: &Notification) -> Result<bool> {
    if it.shown_at > tx.now() {
        return Ok(false);
    }
    let Some(ticket) = tx.get::<Ticket>(&it.ticket)?.filter(|it| access::may_see(actor, it)) else { return Ok(false) };
    let Some(comment) = it.comment else { return Ok(true) };
    let comment = tx.get::<Comment>(&(ticket.id, comment))?;
    // A message that was taken back, or moved to another ticket, is nothing to be told of.
    Ok(comment.is_some_and(|it| it.withdrawn_at.is_none() && (!it.is_private || access::reads_notes(actor, &ticket))))
}

/// How many a person has not read, counted up to a hundred.
pub fn unread(tx: &Tx, person: PersonId) -> Result<usize> {
    let now = tx.now().plus(Duration::from_millis(1));
    Ok(tx.find_between(&UNREAD, &(person, Instant::EPOCH), &(person, now))?.take(limits::NOTIFICATIONS_COUNTED_MAX).count())
}

/// One's own of one sort that are not read, the newest first.
pub fn unread_of(tx: &Tx, actor: &Actor, happening: Happening, limit: usize) -> Result<Vec<Notification>> {
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let now = tx.now().plus(Duration::from_millis(1));
    let keys = tx.find_between(&UNREAD, &(person, Instant::EPOCH), &(person, now))?;
    let mut keys: Vec<_> = keys.take(limits::NOTIFICATIONS_UNREAD_MAX).collect::<std::result::Result<_, _>>()?;
    keys.reverse();
    let mut found = Vec::new();
    for key in keys {
        if found.len() >= limit {
            break;
        }
        let Some(it) = tx.get::<Notification>(&key)?.filter(|it| it.happening == happening) else { continue };
        if is_visible(tx, actor, &it)? {
            found.push(it);
        }
    }
    Ok(found)
}

/// One of one's own.
pub fn one(tx: &Tx, actor: &Actor, id: NotificationId) -> Result<Notification> {
    let found = actor.person().map(|it| tx.get::<Notification>(&(it, id))).transpose()?.flatten();
    match found {
        Some(it) if is_visible(tx, actor, &it)? => Ok(it),
        _ => Err(Refusal::not_found("notification").into()),
    }
}

/// Marks one of one's own as read, or as not.
pub fn mark(tx: &mut Tx, actor: &Actor, id: NotificationId, read: bool) -> Result<Notification> {
    let mut it = one(tx, actor, id)?;
    if it.read_at.is_some() != read {
        it.read_at = read.then(|| tx.now());
        tx.put(&it)?;
    }
    Ok(it)
}

/// Marks all of one's own as read; gives how many were not. What is still held stays.
pub fn mark_all(tx: &mut Tx, actor: &Actor) -> Result<usize> {
    actor.need(Permission::PortalUse)?;
    let now = tx.now();
    read_where(tx, actor, now, |_| true)
}

/// Whoever looks at a ticket has read what they were told of it.
pub fn seen(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<usize> {
    let now = tx.now();
    read_where(tx, actor, now, |it| it.ticket == ticket)
}

/// Whether there is anything unread of a ticket, so that a look at it is no write.
pub fn has_unread(tx: &Tx, actor: &Actor, ticket: TicketId) -> Result<bool> {
    let Some(person) = actor.person() else { return Ok(false) };
    for index in [&UNREAD, &UNREAD_ASIDE] {
        if unread_until(tx, index, person, tx.now())?.iter().any(|it| it.ticket == ticket) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tickets of which one was told and has not looked since.
pub fn unread_tickets(tx: &Tx, actor: &Actor) -> Result<BTreeSet<TicketId>> {
    let Some(person) = actor.person() else { return Ok(BTreeSet::new()) };
    Ok(unread_until(tx, &UNREAD, person, tx.now())?.into_iter().map(|it| it.ticket).collect())
}

fn read_where(tx: &mut Tx, actor: &Actor, now: Instant, wanted: impl Fn(&Notification) -> bool) -> Result<usize> {
    let Some(person) = actor.person() else { return Ok(0) };
    let mut count = 0;
    for index in [&UNREAD, &UNREAD_ASIDE] {
        for it in unread_until(tx, index, person, now)?.into_iter().filter(&wanted) {
            count += usize::from(!it.aside);
            tx.put(&Notification { read_at: Some(now), ..it })?;
        }
    }
    Ok(count)
}

/// What a person has not read of what is shown at an instant, the oldest first.
fn unread_until(tx: &Tx, index: &Index<Notification, (PersonId, Instant)>, person: PersonId, now: Instant) -> Result<Vec<Notification>> {
    let until = now.plus(Duration::from_millis(1));
    let mut found = Vec::new();
    for key in tx.find_between(index, &(person, Instant::EPOCH), &(person, until))? {
        found.extend(tx.get::<Notification>(&key?)?);
    }
    Ok(found)
}

/// What the next gathered mail is to tell of: what came to be shown since an instant, is not read, and may be known; the oldest first. And
/// until when something of it is hidden still.
fn to_gather(tx: &Tx, actor: &Actor, since: Instant) -> Result<(Vec<Notification>, Option<Instant>)> {
    let Some(person) = actor.person() else { return Ok((Vec::new(), None)) };
    let (mut found, mut hidden_until) = (Vec::new(), None);
    for index in [&UNREAD, &UNREAD_ASIDE] {
        for key in tx.find_between(index, &(person, since), &(person, Instant::from_millis(i64::MAX)))? {
            let Some(it) = tx.get::<Notification>(&key?)?.filter(|it| it.gathered) else { continue };
            if it.shown_at > tx.now() {
                hidden_until = hidden_until.max(Some(it.shown_at));
            } else if is_visible(tx, actor, &it)? {
                found.push(it);
            }
        }
    }
    found.sort_by_key(|it| (it.shown_at, it.id));
    Ok((found, hidden_until))
}

/// Those made after one, of anybody, for whoever has pages told of them; at most `limit`, and the newest id.
pub fn made_since(tx: &Tx, since: Instant, limit: usize) -> Result<Vec<Notification>> {
    let mut found = Vec::new();
    for key in tx.find_between(&BY_TIME, &since, &Instant::from_millis(i64::MAX))?.take(limit) {
        found.extend(tx.get::<Notification>(&key?)?.filter(|it| !it.aside));
    }
    Ok(found)
}

/// What a notification says to its reader, without the ticket's name.
pub fn sentence(it: &Notification, by: Option<&str>) -> Sentence {
    let who = by.map_or_else(|| say!("word-desk"), Sentence::from);
    match it.happening {
        Happening::Assigned => say!("live-told-assigned", who = who),
        Happening::Answered | Happening::Replied => say!("live-told-wrote", who = who),
        Happening::Noted => say!("live-told-noted", who = who),
        Happening::Mentioned => say!("live-told-mentioned", who = who),
        Happening::Moved => say!("live-told-moved"),
        Happening::Lodged => say!("live-told-lodged", who = who),
        Happening::Waiting => say!("live-told-waiting"),
        Happening::TargetWarned => say!("live-told-target-warned"),
        Happening::TargetMissed => say!("live-told-target-missed"),
        Happening::Escalated => say!("live-told-escalated", who = who),
        Happening::Outage => say!("live-told-outage"),
        Happening::Reminder => it.words.as_deref().map_or_else(|| say!("live-told-reminder"), Sentence::from),
        Happening::BackAgain => say!("live-told-back"),
        Happening::DraftShared => say!("live-told-draft", who = who),
    }
}

/// Drops notifications of long ago, at most `limit`; gives how many.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().minus(Duration::from_secs(limits::NOTIFICATION_DAYS * 24 * 3600));
    let old: Vec<_> = tx.find_between(&BY_TIME, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for key in &old {
        tx.remove::<Notification>(key)?;
    }
    Ok(old.len())
}

#[cfg(test)]
mod tests;
