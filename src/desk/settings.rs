//! The desk's settings: one record, changed by admins, read by rules. What belongs to the machine is in `config/`.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        calendars,
        closing::ClosingRules,
        duplicates::AlikeRules,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        routing::{self, RoutingRules},
        satisfaction::SurveyRules,
        tickets::Kind,
    },
    error::{Fault, Refusal, Result},
    id::{CalendarId, PersonId, QueueId},
    language::Language,
    language::say,
    store::{Record, Table, Tx},
};

/// Priority by impact (rows) and urgency (columns), 1 to 4 each (INC-02, SCP-35). Highest first.
pub type Matrix = [[u8; 4]; 4];

/// The default cells: the middle of each row is what a reader expects, and only the worst corner is P1.
pub const MATRIX: Matrix = [[1, 1, 2, 3], [1, 2, 3, 3], [2, 3, 3, 4], [3, 3, 4, 4]];

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Settings {
    #[n(0)]
    pub name: String,
    /// Signs reply tokens and addresses. Never shown.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub key: [u8; 32],
    #[n(2)]
    pub matrix: Matrix,
    /// Number prefixes by kind, in the order of `Kind::ALL` (TKT-34).
    #[n(3)]
    pub prefixes: Vec<String>,
    /// Digits of a number, zero-padded.
    #[n(4)]
    pub number_width: u8,
    /// The desk's own mail addresses; the first one is the sender. Mail from any of them is our own coming back.
    #[n(5)]
    pub addresses: Vec<String>,
    /// Where tickets go when nothing says otherwise.
    #[n(6)]
    pub default_queue: Option<QueueId>,
    /// Whether a mail that becomes a ticket is acknowledged (EIN-08).
    #[n(7)]
    pub acknowledge: bool,
    /// The public address, such as `https://desk.example.com`, for links in mail.
    #[n(8)]
    pub base_url: Option<String>,
    /// IANA name of the desk's zone, for dates in mail.
    #[n(9)]
    pub time_zone: String,
    /// Whether the sender's address may carry `+token` (RFC 5233); most servers take it.
    #[n(10)]
    pub plus_addresses: bool,
    /// When the desk works, where neither a policy nor a team or its region says; none is round the clock.
    #[n(11)]
    pub calendar: Option<CalendarId>,
    /// How priorities are found and work is weighed.
    #[n(15)]
    #[cbor(default)]
    pub routing: RoutingRules,
    /// When resolved tickets are closed.
    #[n(12)]
    #[cbor(default)]
    pub closing: ClosingRules,
    /// Whether people are asked how it was.
    #[n(13)]
    #[cbor(default)]
    pub survey: SurveyRules,
    /// What is taken for the same matter.
    #[n(14)]
    #[cbor(default)]
    pub alike: AlikeRules,
    /// Tag of the language of whoever says none: `de` (BCP 47).
    #[n(16)]
    pub language: Option<String>,
}

impl Record for Settings {
    type Key = ();
    const TABLE: Table = Table::journalled(0x20, "settings");

    fn key(&self) {}
}

impl Settings {
    /// What a new desk begins with.
    pub fn new(name: &str, key: [u8; 32]) -> Self {
        Settings {
            name: name.to_owned(),
            key,
            matrix: MATRIX,
            prefixes: Kind::ALL.iter().map(|it| it.prefix().to_owned()).collect(),
            number_width: 6,
            addresses: Vec::new(),
            default_queue: None,
            acknowledge: true,
            base_url: None,
            time_zone: "UTC".into(),
            plus_addresses: true,
            calendar: None,
            routing: RoutingRules::default(),
            closing: ClosingRules::default(),
            survey: SurveyRules::default(),
            alike: AlikeRules::default(),
            language: None,
        }
    }

    /// The desk's settings; a desk that was never set up has none.
    pub fn of(tx: &Tx) -> Result<Arc<Settings>> {
        tx.get_shared::<Settings>(&())?.ok_or_else(|| Fault::new("this desk was never set up: run `lodge setup`").into())
    }

    pub fn priority(&self, impact: u8, urgency: u8) -> u8 {
        let at = |level: u8| usize::from(level.clamp(1, 4) - 1);
        self.matrix[at(impact)][at(urgency)]
    }

    /// The sender of the desk's mail.
    pub fn sender(&self) -> Option<&str> {
        self.addresses.first().map(String::as_str)
    }

    /// Whether this address is one of ours, with or without a `+token`.
    pub fn is_own_address(&self, address: &str) -> bool {
        let bare = without_plus(address);
        self.addresses.iter().any(|it| it.eq_ignore_ascii_case(&bare) || it.eq_ignore_ascii_case(address))
    }
}

/// `desk+token@example.com` -> `desk@example.com`.
pub fn without_plus(address: &str) -> String {
    match (address.split_once('+'), address.rsplit_once('@')) {
        (Some((local, _)), Some((_, domain))) if !local.contains('@') => format!("{local}@{domain}"),
        _ => address.to_owned(),
    }
}

/// Changes to the settings; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange {
    pub name: Option<String>,
    pub matrix: Option<Matrix>,
    pub addresses: Option<Vec<String>>,
    pub default_queue: Option<QueueId>,
    pub acknowledge: Option<bool>,
    pub base_url: Option<String>,
    pub time_zone: Option<String>,
    /// None is round the clock.
    pub calendar: Option<Option<CalendarId>>,
    pub closing: Option<ClosingRules>,
    pub survey: Option<SurveyRules>,
    pub alike: Option<AlikeRules>,
    /// None leaves it to the reader's browser.
    pub language: Option<Option<String>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, change: SettingsChange) -> Result<Settings> {
    actor.need(Permission::SettingsWrite)?;
    let SettingsChange {
        name,
        matrix,
        addresses,
        default_queue,
        acknowledge,
        base_url,
        time_zone,
        calendar,
        closing,
        survey,
        alike,
        language,
    } = change;
    let before = Settings::of(tx)?;
    let mut after = Settings::clone(&before);
    if let Some(it) = name {
        if it.trim().is_empty() {
            return Err(Refusal::field("name", "required", say!("refused-desk-needs-name")).into());
        }
        after.name = it.trim().to_owned();
    }
    if let Some(it) = matrix {
        if it.iter().flatten().any(|it| !(1..=4).contains(it)) {
            return Err(Refusal::field("matrix", "invalid", say!("refused-priorities-1-4")).into());
        }
        after.matrix = it;
    }
    if let Some(it) = addresses {
        if let Some(bad) = it.iter().find(|it| !it.contains('@')) {
            return Err(Refusal::field("addresses", "invalid", say!("refused-not-mail-address", bad = bad)).into());
        }
        after.addresses = it.iter().map(|it| it.trim().to_lowercase()).collect();
    }
    if let Some(it) = default_queue {
        after.default_queue = Some(it);
    }
    if let Some(it) = acknowledge {
        after.acknowledge = it;
    }
    if let Some(it) = base_url {
        after.base_url = Some(it.trim_end_matches('/').to_owned()).filter(|it| !it.is_empty());
    }
    if let Some(it) = time_zone {
        if jiff::tz::TimeZone::get(&it).is_err() {
            return Err(Refusal::field("timeZone", "unknown", say!("refused-not-iana-time-zone", it = it)).into());
        }
        after.time_zone = it;
    }
    if let Some(it) = calendar {
        calendars::check_usable(tx, it)?;
        after.calendar = it;
    }
    if let Some(it) = closing {
        after.closing = it.checked()?;
    }
    if let Some(it) = survey {
        after.survey = it;
    }
    if let Some(it) = alike {
        after.alike = it.checked()?;
    }
    if let Some(it) = language {
        after.language = it.as_deref().map(known_language).transpose()?;
    }
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(
        tx,
        actor,
        EventKind::SettingsChanged,
        About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None },
        changes,
    )?;
    if after.time_zone != before.time_zone {
        take_calendar_along(tx, actor, &before.time_zone, &after)?;
    }
    if after.calendar != before.calendar {
        crate::desk::service_levels::retime_all(tx, "the desk goes by another calendar")?;
    }
    Ok(after)
}

/// The tag of a language that the desk's pages have.
fn known_language(tag: &str) -> Result<String> {
    let known = Language::of_tag(tag).map(|it| it.tag().to_owned());
    let tags: Vec<&str> = Language::ALL.into_iter().map(Language::tag).collect();
    let refused = || Refusal::field("language", "unknown", say!("refused-no-language-desk", tag = tag, join = tags.join(", ")));
    known.ok_or_else(|| refused().into())
}

/// The desk's own calendar goes with the desk's zone for as long as the two are the same.
fn take_calendar_along(tx: &mut Tx, actor: &Actor, zone: &str, after: &Settings) -> Result<()> {
    let Some(calendar) = after.calendar.map(|it| tx.get::<calendars::Calendar>(&it)).transpose()?.flatten() else { return Ok(()) };
    if calendar.plan.zone != zone {
        return Ok(());
    }
    let plan = calendars::Plan { zone: after.time_zone.clone(), ..calendar.plan };
    let change = calendars::CalendarChange { plan: Some(plan), ..calendars::CalendarChange::default() };
    calendars::change_calendar(tx, actor, calendar.id, change).map(drop)
}

fn diff(before: &Settings, after: &Settings) -> Changes {
    // Destructured without `..`, so that a new setting does not compile until somebody decides how it is logged.
    let Settings {
        name,
        key: _,
        matrix,
        prefixes,
        number_width,
        addresses,
        default_queue,
        acknowledge,
        base_url,
        time_zone,
        plus_addresses,
        calendar,
        routing,
        closing,
        survey,
        alike,
        language,
    } = before;
    let id = |it: &Option<QueueId>| it.map(|it| it.to_string());
    let mut changes = Changes::new();
    changes
        .field("name", name.as_str(), after.name.as_str())
        .field("matrix", serde_json::json!(matrix), serde_json::json!(after.matrix))
        .field("prefixes", prefixes.clone(), after.prefixes.clone())
        .field("numberWidth", *number_width, after.number_width)
        .field("addresses", addresses.clone(), after.addresses.clone())
        .field("defaultQueue", id(default_queue), id(&after.default_queue))
        .field("acknowledge", *acknowledge, after.acknowledge)
        .field("baseUrl", base_url.clone(), after.base_url.clone())
        .field("timeZone", time_zone.as_str(), after.time_zone.as_str())
        .field("plusAddresses", *plus_addresses, after.plus_addresses)
        .field("calendar", calendar.map(|it| it.to_string()), after.calendar.map(|it| it.to_string()))
        .field("closing", closing.for_log(), after.closing.for_log())
        .field("survey", survey.for_log(), after.survey.for_log())
        .field("alike", alike.for_log(), after.alike.for_log())
        .field("language", language.clone(), after.language.clone());
    routing::log_settings(routing, &after.routing, &mut changes);
    changes
}

/// Makes an empty desk ready: settings, lifecycles, a first team and queue, and office hours by which targets run. Done once; a second call is refused.
pub fn found(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Settings> {
    if tx.get::<Settings>(&())?.is_some() {
        return Err(Refusal::new(crate::error::Code::Conflict, say!("refused-desk-already-set-up")).into());
    }
    let key = tx.random();
    let mut settings = Settings::new(name, key);
    for kind in Kind::ALL {
        tx.put(&crate::desk::tickets::lifecycle::Lifecycle::preset(kind, crate::desk::tickets::lifecycle::Preset::Full))?;
    }
    let team = crate::desk::queues::create_team(tx, actor, "Service desk")?;
    let queue = crate::desk::queues::create_queue(tx, actor, "Service desk", Some(team.id))?;
    settings.default_queue = Some(queue.id);
    let week = calendars::WeekHours::weekdays(&calendars::parse_shifts("hours", &[["09:00", "17:00"]])?);
    let calendar = calendars::create_calendar(tx, actor, "Office hours", calendars::Plan::new(&settings.time_zone, week))?;
    settings.calendar = Some(calendar.id);
    tx.put(&settings)?;
    let changes = diff(&Settings { name: String::new(), ..settings.clone() }, &settings);
    event::record(
        tx,
        actor,
        EventKind::SettingsChanged,
        About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None },
        changes,
    )?;
    Ok(settings)
}

/// Who may be told of operational trouble: active people who may change settings.
pub fn admins(tx: &Tx) -> Result<Vec<PersonId>> {
    let mut found = Vec::new();
    for person in tx.scan::<crate::desk::identity::Person>(&())? {
        let person = person?;
        if person.active && crate::desk::identity::permissions_of(tx, &person)?.has(Permission::SettingsWrite) {
            found.push(person.id);
        }
    }
    Ok(found)
}
