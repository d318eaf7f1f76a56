//! How people want to be told: a choice per event and channel, quiet hours in their own zone, mails gathered into one, tickets that they
//! want to hear nothing of. The desk has defaults, and may fix some; a person's choice holds where it is not fixed.

use std::{sync::Arc, time::Duration};

use jiff::{civil, tz::TimeZone};
use minicbor::{Decode, Encode};
use serde_json::json;
use uuid::Uuid;

use super::{Channel, Happening};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::Person,
        permission::Permission,
        settings::Settings,
    },
    error::{Refusal, Result},
    id::{PersonId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

const DAY_MINUTES: u16 = 24 * 60;

/// One choice: whether one is told of it by this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Choice {
    #[n(0)]
    pub happening: Happening,
    #[n(1)]
    pub channel: Channel,
    #[n(2)]
    pub on: bool,
}

fn chosen(choices: &[Choice], happening: Happening, channel: Channel) -> Option<bool> {
    choices.iter().find(|it| it.happening == happening && it.channel == channel).map(|it| it.on)
}

/// From when until when one is left in peace, in minutes of one's own day. It may go over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct QuietHours {
    #[n(0)]
    pub from: u16,
    #[n(1)]
    pub until: u16,
}

/// Whether mails come one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Gathering {
    #[n(0)]
    #[default]
    Off,
    #[n(1)]
    Hourly,
    #[n(2)]
    Daily,
}

impl Gathering {
    pub const ALL: [Gathering; 3] = [Gathering::Off, Gathering::Hourly, Gathering::Daily];

    pub fn name(self) -> &'static str {
        match self {
            Gathering::Off => "off",
            Gathering::Hourly => "hourly",
            Gathering::Daily => "daily",
        }
    }

    pub fn named(text: &str) -> Option<Gathering> {
        Gathering::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// How one person wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Preferences {
    #[n(0)]
    pub person: PersonId,
    /// Where they differ from the desk's.
    #[n(1)]
    pub choices: Vec<Choice>,
    #[n(2)]
    pub quiet: Option<QuietHours>,
    #[n(3)]
    pub gathering: Gathering,
    /// When the daily mail goes, in minutes of one's own day.
    #[n(4)]
    pub daily_at: u16,
    /// Tickets that one wants to hear nothing of, the oldest first.
    #[n(5)]
    pub muted: Vec<TicketId>,
    /// Whether a word appears in the corner of an open page.
    #[n(6)]
    pub toasts: bool,
}

impl Record for Preferences {
    type Key = PersonId;
    const TABLE: Table = Table::journalled(0x89, "notification_preferences");

    fn key(&self) -> PersonId {
        self.person
    }
}

impl Preferences {
    fn new(person: PersonId) -> Preferences {
        let daily_at = 8 * 60;
        Preferences { person, choices: Vec::new(), quiet: None, gathering: Gathering::Off, daily_at, muted: Vec::new(), toasts: true }
    }

    pub fn of(tx: &Tx, person: PersonId) -> Result<Arc<Preferences>> {
        Ok(tx.get_shared::<Preferences>(&person)?.unwrap_or_else(|| Arc::new(Preferences::new(person))))
    }

    /// Whether they have said themselves that they want it by this way.
    pub fn asks_for(&self, happening: Happening, channel: Channel) -> bool {
        chosen(&self.choices, happening, channel) == Some(true)
    }

    pub fn mutes(&self, ticket: TicketId) -> bool {
        self.muted.contains(&ticket)
    }
}

/// What the desk says for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct NotificationRules {
    /// Where they differ from what comes with Lodge.
    #[n(0)]
    pub choices: Vec<Choice>,
    /// Pairs that people cannot choose themselves; `on` is of no meaning here.
    #[n(1)]
    pub locked: Vec<Choice>,
    /// Channels that are switched off for the whole desk.
    #[n(2)]
    pub off: Vec<Channel>,
}

impl Record for NotificationRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x8a, "notification_rules");

    fn key(&self) {}
}

impl NotificationRules {
    pub fn of(tx: &Tx) -> Result<Arc<NotificationRules>> {
        Ok(tx.get_shared::<NotificationRules>(&())?.unwrap_or_default())
    }

    /// The desk's own word.
    pub fn default_of(&self, happening: Happening, channel: Channel) -> bool {
        channel.is_there()
            && !self.off.contains(&channel)
            && chosen(&self.choices, happening, channel).unwrap_or_else(|| happening.default_for(channel))
    }

    pub fn is_locked(&self, happening: Happening, channel: Channel) -> bool {
        self.off.contains(&channel) || chosen(&self.locked, happening, channel).is_some()
    }

    /// Whether a person is told of it by this way.
    pub fn tells(&self, preferences: &Preferences, happening: Happening, channel: Channel) -> bool {
        let default = self.default_of(happening, channel);
        if self.is_locked(happening, channel) || !channel.is_there() {
            return default;
        }
        chosen(&preferences.choices, happening, channel).unwrap_or(default)
    }
}

/// The zone that a person lives by: their own, or the desk's.
pub fn zone_of(settings: &Settings, person: &Person) -> TimeZone {
    let own = person.time_zone.as_deref().and_then(|it| TimeZone::get(it).ok());
    own.or_else(|| TimeZone::get(&settings.time_zone).ok()).unwrap_or(TimeZone::UTC)
}

fn minute_of(at: civil::Time) -> u16 {
    u16::try_from(i32::from(at.hour()) * 60 + i32::from(at.minute())).unwrap_or(0)
}

/// The next instant at which a clock on the wall shows this minute of the day; exactly now counts as the next day's.
pub fn next_at(zone: &TimeZone, now: Instant, minute: u16) -> Instant {
    let local = now.timestamp().to_zoned(zone.clone());
    let time = civil::Time::new((minute / 60) as i8 % 24, (minute % 60) as i8, 0, 0).unwrap_or_default();
    for ahead in 0..=2i64 {
        let date = local.date().checked_add(jiff::Span::new().days(ahead)).unwrap_or(local.date());
        // A time that the clocks skip is the instant at which they do.
        if let Ok(at) = date.to_datetime(time).to_zoned(zone.clone()) {
            let at = Instant::from(at.timestamp());
            if at > now {
                return at;
            }
        }
    }
    now.plus(Duration::from_secs(24 * 3600))
}

/// Until when a person is left in peace at an instant; none if they are not.
pub fn quiet_until(preferences: &Preferences, zone: &TimeZone, now: Instant) -> Option<Instant> {
    let QuietHours { from, until } = preferences.quiet?;
    let minute = minute_of(now.timestamp().to_zoned(zone.clone()).time());
    let is_quiet = if from <= until { from <= minute && minute < until } else { minute >= from || minute < until };
    is_quiet.then(|| next_at(zone, now, until))
}

/// When mails that are gathered go, counted from the first of them.
pub fn gathered_until(preferences: &Preferences, zone: &TimeZone, now: Instant) -> Option<Instant> {
    match preferences.gathering {
        Gathering::Off => None,
        Gathering::Hourly => Some(now.plus(Duration::from_secs(3600))),
        Gathering::Daily => Some(next_at(zone, now, preferences.daily_at)),
    }
}

/// Changes of one's own preferences; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PreferencesChange {
    /// Those that are named; the others stay.
    pub choices: Vec<Choice>,
    pub quiet: Option<Option<QuietHours>>,
    pub gathering: Option<Gathering>,
    pub daily_at: Option<u16>,
    pub toasts: Option<bool>,
}

fn check_minute(field: &'static str, minute: u16) -> Result<()> {
    if minute < DAY_MINUTES { Ok(()) } else { Err(Refusal::field(field, "invalid", say!("refused-time-of-day")).into()) }
}

fn for_log(choices: &[Choice]) -> serde_json::Value {
    choices.iter().map(|it| json!({ "event": it.happening.name(), "channel": it.channel.name(), "on": it.on })).collect()
}

/// Changes how one is told oneself.
pub fn change(tx: &mut Tx, actor: &Actor, change: PreferencesChange) -> Result<Arc<Preferences>> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()))?;
    let rules = NotificationRules::of(tx)?;
    let before = Preferences::of(tx, person)?;
    let mut after = Preferences::clone(&before);
    for it in change.choices {
        if rules.is_locked(it.happening, it.channel) && rules.tells(&before, it.happening, it.channel) != it.on {
            let message = say!("refused-decided-for-all", event = it.happening.name(), channel = it.channel.name());
            return Err(Refusal::field("events", "locked", message).into());
        }
        if !it.channel.is_there() && it.on {
            return Err(not_there(it.channel).into());
        }
        after.choices.retain(|other| (other.happening, other.channel) != (it.happening, it.channel));
        // Mail of an occasion that the desk is silent on goes to whoever asks for it, so that word is kept although it is the default.
        let is_asked = it.channel == Channel::Email && it.on;
        if rules.default_of(it.happening, it.channel) != it.on || is_asked {
            after.choices.push(it);
        }
    }
    after.choices.sort();
    if let Some(quiet) = change.quiet {
        if let Some(it) = quiet {
            check_minute("quietFrom", it.from)?;
            check_minute("quietUntil", it.until)?;
            if it.from == it.until {
                return Err(Refusal::field("quietUntil", "invalid", say!("refused-quiet-none")).into());
            }
        }
        after.quiet = quiet;
    }
    after.gathering = change.gathering.unwrap_or(after.gathering);
    after.daily_at = change.daily_at.unwrap_or(after.daily_at);
    check_minute("dailyAt", after.daily_at)?;
    after.toasts = change.toasts.unwrap_or(after.toasts);
    save(tx, actor, &before, after)
}

fn not_there(channel: Channel) -> Refusal {
    Refusal::field("channel", "unavailable", say!("refused-no-channel", channel = channel.name()))
}

fn save(tx: &mut Tx, actor: &Actor, before: &Preferences, after: Preferences) -> Result<Arc<Preferences>> {
    let mut changes = Changes::new();
    let quiet = |it: Option<QuietHours>| it.map(|it| json!([it.from, it.until]));
    let tickets = |it: &[TicketId]| it.iter().map(ToString::to_string).collect::<Vec<_>>();
    changes
        .field("choices", for_log(&before.choices), for_log(&after.choices))
        .field("quiet", quiet(before.quiet), quiet(after.quiet))
        .field("digest", before.gathering.name(), after.gathering.name())
        .field("dailyAt", before.daily_at, after.daily_at)
        .field("muted", tickets(&before.muted), tickets(&after.muted))
        .field("toasts", before.toasts, after.toasts);
    if changes.is_empty() {
        return Ok(Arc::new(after));
    }
    tx.put(&after)?;
    let about = About { entity_kind: "notification_preferences", entity: after.person.0, subject: Some(after.person.0) };
    event::record(tx, actor, EventKind::NotificationPreferencesChanged, about, changes)?;
    Ok(Arc::new(after))
}

/// Hears nothing of a ticket any more, or again.
pub fn mute(tx: &mut Tx, actor: &Actor, ticket: TicketId, on: bool) -> Result<Arc<Preferences>> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()))?;
    let before = Preferences::of(tx, person)?;
    let mut after = Preferences::clone(&before);
    after.muted.retain(|it| *it != ticket);
    if on {
        if after.muted.len() >= limits::MUTED_TICKETS_MAX {
            after.muted.remove(0);
        }
        after.muted.push(ticket);
    }
    save(tx, actor, &before, after)
}

/// Changes of what the desk says for everybody; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct NotificationRulesChange {
    /// Those that are named; the others stay.
    pub choices: Vec<Choice>,
    /// Whether these pairs are fixed.
    pub locks: Vec<Choice>,
    pub off: Option<Vec<Channel>>,
}

/// Changes what the desk says for everybody.
pub fn change_rules(tx: &mut Tx, actor: &Actor, change: NotificationRulesChange) -> Result<Arc<NotificationRules>> {
    actor.need(Permission::SettingsWrite)?;
    let before = NotificationRules::of(tx)?;
    let mut after = NotificationRules::clone(&before);
    for it in change.choices {
        if !it.channel.is_there() && it.on {
            return Err(not_there(it.channel).into());
        }
        after.choices.retain(|other| (other.happening, other.channel) != (it.happening, it.channel));
        if it.happening.default_for(it.channel) != it.on {
            after.choices.push(it);
        }
    }
    for it in change.locks {
        after.locked.retain(|other| (other.happening, other.channel) != (it.happening, it.channel));
        if it.on {
            after.locked.push(it);
        }
    }
    after.choices.sort();
    after.locked.sort();
    if let Some(mut off) = change.off {
        if off.contains(&Channel::InApp) {
            return Err(Refusal::field("channels", "invalid", say!("refused-centre-stays")).into());
        }
        off.sort();
        off.dedup();
        after.off = off;
    }
    let mut changes = Changes::new();
    let names = |it: &[Channel]| it.iter().map(|it| it.name()).collect::<Vec<_>>();
    changes
        .field("choices", for_log(&before.choices), for_log(&after.choices))
        .field("locked", for_log(&before.locked), for_log(&after.locked))
        .field("off", names(&before.off), names(&after.off));
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "notification_rules", entity: Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::NotificationRulesChanged, about, changes)?;
    Ok(Arc::new(after))
}
