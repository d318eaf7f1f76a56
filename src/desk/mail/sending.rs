//! How the desk sends: one record of settings, changed by admins. The server's secret is sealed elsewhere and only carried here.

use std::{net::IpAddr, sync::Arc};

use minicbor::{Decode, Encode};
use serde_json::json;
use uuid::Uuid;

use super::{mailbox::Mailbox, occasion::Occasion, signature::Voice, templates};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity,
        permission::Permission,
        providers::pem,
    },
    error::{Refusal, Result},
    id::MailboxId,
    language::say,
    limits,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ServerEncryption {
    /// Refused if the server does not offer it (RFC 3207).
    #[n(0)]
    #[default]
    StartTls,
    /// From the first byte (RFC 8314).
    #[n(1)]
    Tls,
    /// Not at all.
    #[n(2)]
    None,
}

impl ServerEncryption {
    pub const ALL: [ServerEncryption; 3] = [ServerEncryption::StartTls, ServerEncryption::Tls, ServerEncryption::None];

    pub fn name(self) -> &'static str {
        match self {
            ServerEncryption::StartTls => "start_tls",
            ServerEncryption::Tls => "tls",
            ServerEncryption::None => "none",
        }
    }

    pub fn named(text: &str) -> Option<ServerEncryption> {
        ServerEncryption::ALL.into_iter().find(|it| it.name() == text)
    }

    pub fn usual_port(self) -> u16 {
        match self {
            ServerEncryption::StartTls => 587,
            ServerEncryption::Tls => 465,
            ServerEncryption::None => 25,
        }
    }
}

/// A mail server of the desk's own, instead of the machine's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct ServerSettings {
    #[n(0)]
    pub host: String,
    #[n(1)]
    pub port: u16,
    #[n(2)]
    pub encryption: ServerEncryption,
    /// Empty: nobody in particular.
    #[n(3)]
    pub username: String,
    /// The password, sealed with the appliance's key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: Option<Vec<u8>>,
    /// Signs in with the token of this mailbox instead of a password (XOAUTH2).
    #[n(5)]
    pub mailbox: Option<MailboxId>,
    /// Certificates that are trusted besides the system's, as PEM.
    #[n(6)]
    pub ca: Option<String>,
}

impl ServerSettings {
    /// Takes the sign-in over that is there, if nobody gave another. A secret is for one server, user, encryption and authority: sent
    /// elsewhere, it would be given away, so another place wants it anew.
    pub fn signing_in_as(mut self, before: Option<&ServerSettings>) -> Result<Self> {
        let Some(before) = before.filter(|it| it.secret.is_some() || it.mailbox.is_some()) else { return Ok(self) };
        let port = |it: &ServerSettings| if it.port == 0 { it.encryption.usual_port() } else { it.port };
        let host = |it: &ServerSettings| it.host.trim().to_lowercase();
        let same = host(&self) == host(before)
            && port(&self) == port(before)
            && self.username.trim() == before.username
            && self.encryption == before.encryption
            && self.ca.as_deref().map(str::trim) == before.ca.as_deref();
        if same {
            self.secret = before.secret.clone();
            self.mailbox = before.mailbox;
        } else if !self.username.trim().is_empty() {
            let message = say!("refused-password-kept-belongs-another");
            return Err(Refusal::field("password", "required", message).into());
        }
        Ok(self)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SendingRules {
    /// How long an agent's answer is held so that it can be taken back, in seconds; 0: not at all.
    #[n(0)]
    pub hold_secs: u32,
    /// For people whose language is not known.
    #[n(1)]
    pub language: String,
    /// Days after which somebody is reminded that we wait for them; 0: never.
    #[n(2)]
    pub reminder_days: u32,
    #[n(3)]
    pub reminders_max: u32,
    /// Occasions on which nothing is sent.
    #[n(4)]
    pub silent: Vec<Occasion>,
    /// Acknowledgements leave with an empty return path, so that nothing comes back at all (RFC 3834).
    #[n(5)]
    pub null_return_path: bool,
    #[n(6)]
    pub voice: Voice,
    #[n(7)]
    pub server: Option<ServerSettings>,
    /// Below an answer stands the message that it answers.
    #[n(8)]
    pub quotes: bool,
    /// Days for which a letter is kept whole; none: the usual number.
    #[n(9)]
    pub keep_days: Option<u32>,
}

/// Days for which a letter is kept whole, if nobody says otherwise: long enough to ask after any mail of the past year.
const KEEP_DAYS: u32 = 365;

impl Default for SendingRules {
    fn default() -> Self {
        SendingRules {
            hold_secs: 10,
            language: "en".into(),
            reminder_days: 3,
            reminders_max: 2,
            silent: vec![Occasion::StatusChanged, Occasion::Assigned],
            null_return_path: false,
            voice: Voice::default(),
            server: None,
            quotes: true,
            keep_days: None,
        }
    }
}

impl Record for SendingRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x52, "sending_rules");

    fn key(&self) {}
}

/// Occasions that an admin may switch off. An answer and what an admin asks for are never silent.
pub const SWITCHED: [Occasion; 13] = [
    Occasion::Acknowledgement,
    Occasion::LodgedForYou,
    Occasion::Resolved,
    Occasion::Closed,
    Occasion::ClosingSoon,
    Occasion::Reminder,
    Occasion::Outage,
    Occasion::OutageOver,
    Occasion::StatusChanged,
    Occasion::Assigned,
    Occasion::TargetWarned,
    Occasion::TargetMissed,
    Occasion::Escalated,
];

impl SendingRules {
    pub fn of(tx: &Tx) -> Result<Arc<SendingRules>> {
        Ok(tx.get_shared::<SendingRules>(&())?.unwrap_or_default())
    }

    /// Days after which a letter is cut down to what its message shows, or removed.
    pub fn kept_days(&self) -> u32 {
        self.keep_days.unwrap_or(KEEP_DAYS)
    }

    pub fn is_on(&self, occasion: Occasion) -> bool {
        !self.silent.contains(&occasion)
    }
}

/// What is to change; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SendingChange {
    pub hold_secs: Option<u32>,
    pub language: Option<String>,
    pub reminder_days: Option<u32>,
    pub reminders_max: Option<u32>,
    pub silent: Option<Vec<Occasion>>,
    pub null_return_path: Option<bool>,
    pub quotes: Option<bool>,
    pub keep_days: Option<u32>,
    pub voice: Option<Voice>,
    /// `Some(None)` gives the sending back to the machine's server.
    pub server: Option<Option<ServerSettings>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, change: SendingChange) -> Result<SendingRules> {
    actor.need(Permission::SettingsWrite)?;
    // Whoever decides how all mail leaves could read it all.
    identity::need_unbounded(actor)?;
    let before = SendingRules::of(tx)?;
    let mut after = SendingRules::clone(&before);
    let SendingChange { hold_secs, language, reminder_days, reminders_max, silent, null_return_path, quotes, keep_days, voice, server } =
        change;
    after.hold_secs = bounded("holdSeconds", hold_secs, limits::SEND_HOLD_SECS_MAX)?.unwrap_or(after.hold_secs);
    after.reminder_days = bounded("reminderDays", reminder_days, limits::REMINDER_DAYS_MAX)?.unwrap_or(after.reminder_days);
    after.reminders_max = bounded("remindersMax", reminders_max, limits::REMINDERS_MAX)?.unwrap_or(after.reminders_max);
    if let Some(it) = keep_days {
        let (min, max) = (limits::LETTER_DAYS_MIN, limits::LETTER_DAYS_MAX);
        if !(min..=max).contains(&it) {
            return Err(Refusal::field("keepDays", "invalid", say!("refused-number", min = min, max = max)).into());
        }
        after.keep_days = Some(it);
    }
    if let Some(it) = language {
        after.language = templates::language(&it)
            .ok_or_else(|| {
                Refusal::field("language", "unknown", say!("refused-there", join = templates::LANGUAGES.map(|it| it.0).join(", ")))
            })?
            .to_owned();
    }
    if let Some(it) = silent {
        after.silent = it.into_iter().filter(|it| SWITCHED.contains(it)).collect();
        after.silent.sort();
        after.silent.dedup();
    }
    after.null_return_path = null_return_path.unwrap_or(after.null_return_path);
    after.quotes = quotes.unwrap_or(after.quotes);
    if let Some(it) = voice {
        after.voice = it.checked()?;
    }
    if let Some(it) = server {
        after.server = it.map(|it| checked_server(tx, it)).transpose()?;
    }
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "sending", entity: Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SendingChanged, about, changes)?;
    Ok(after)
}

fn bounded(field: &str, value: Option<u32>, max: u32) -> Result<Option<u32>> {
    match value {
        Some(it) if it > max => Err(Refusal::field(field, "too_large", say!("refused-number-0", max = max)).into()),
        it => Ok(it),
    }
}

fn checked_server(tx: &Tx, mut it: ServerSettings) -> Result<ServerSettings> {
    it.host = it.host.trim().to_owned();
    if it.host.is_empty() {
        return Err(Refusal::field("host", "required", say!("refused-servers-host-name-required")).into());
    }
    if it.host.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | ':' | '_')) {
        let message = say!("refused-host-name-such-smtp");
        return Err(Refusal::field("host", "invalid", message).into());
    }
    let is_here = it.host == "localhost" || it.host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback());
    if it.encryption == ServerEncryption::None && !is_here {
        let message = say!("refused-without-encryption-everybody-way");
        return Err(Refusal::field("encryption", "invalid", message).into());
    }
    if it.port == 0 {
        it.port = it.encryption.usual_port();
    }
    it.username = it.username.trim().to_owned();
    it.ca = pem(it.ca)?;
    if let Some(id) = it.mailbox {
        let found = tx.get::<Mailbox>(&id)?.filter(|it| it.oauth().is_some());
        let found = found.ok_or_else(|| Refusal::field("mailbox", "unknown", say!("refused-there-no-such-mailbox")))?;
        if it.username.is_empty() {
            it.username = found.settings.username;
        }
        // Whoever comes with a token needs no password.
        it.secret = None;
    }
    if it.username.is_empty() && (it.secret.is_some() || it.mailbox.is_some()) {
        return Err(Refusal::field("username", "required", say!("refused-password-token-belongs-user")).into());
    }
    Ok(it)
}

fn diff(before: &SendingRules, after: &SendingRules) -> Changes {
    // Destructured without `..`, so that a new setting does not compile until somebody decides how it is logged.
    let SendingRules { hold_secs, language, reminder_days, reminders_max, silent, null_return_path, voice, server, quotes, keep_days: _ } =
        before;
    let names = |it: &[Occasion]| it.iter().map(|it| it.name().to_owned()).collect::<Vec<_>>();
    let shown = |it: &Option<ServerSettings>| {
        it.as_ref().map(|it| {
            let ServerSettings { host, port, encryption, username, secret, mailbox, ca } = it;
            // By its hash, so that the log shows that it changed and nothing else.
            let secret = secret.as_ref().map(|it| blake3::hash(it).to_hex()[..12].to_owned());
            json!({ "host": host, "port": port, "encryption": encryption.name(), "username": username, "secret": secret, "mailbox": mailbox.map(|it| it.to_string()), "ca": ca })
        })
    };
    let mut changes = Changes::new();
    changes
        .field("holdSeconds", *hold_secs, after.hold_secs)
        .field("language", language.as_str(), after.language.as_str())
        .field("reminderDays", *reminder_days, after.reminder_days)
        .field("remindersMax", *reminders_max, after.reminders_max)
        .field("silent", names(silent), names(&after.silent))
        .field("nullReturnPath", *null_return_path, after.null_return_path)
        .field("voice", voice.for_log(), after.voice.for_log())
        .field("server", shown(server), shown(&after.server))
        .field("quotes", *quotes, after.quotes)
        .field("keepDays", before.kept_days(), after.kept_days());
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    #[test]
    fn a_secret_stays_with_its_server() {
        let kept = ServerSettings {
            host: "smtp.example.com".into(),
            port: 587,
            username: "desk".into(),
            secret: Some(vec![1]),
            ..ServerSettings::default()
        };
        let bare = ServerSettings { secret: None, ..kept.clone() };
        for (new, expected) in [
            (bare.clone(), Some(Some(vec![1]))),
            (ServerSettings { host: " SMTP.example.com".into(), port: 0, ..bare.clone() }, Some(Some(vec![1]))),
            (ServerSettings { host: "evil.example".into(), ..bare.clone() }, None),
            (ServerSettings { port: 25, ..bare.clone() }, None),
            (ServerSettings { ca: Some("-----BEGIN CERTIFICATE-----".into()), ..bare.clone() }, None),
            (ServerSettings { username: "other".into(), ..bare.clone() }, None),
            (ServerSettings { encryption: ServerEncryption::Tls, port: 587, ..bare.clone() }, None),
            (ServerSettings { host: "evil.example".into(), username: String::new(), ..bare.clone() }, Some(None)),
        ] {
            assert_eq!(new.clone().signing_in_as(Some(&kept)).ok().map(|it| it.secret), expected, "{new:?}");
        }
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let tx = store.read().unwrap();
        for (host, fine) in [("localhost", true), ("127.0.0.2", true), ("::1", true), ("10.0.0.1", false), ("smtp.example.com", false)] {
            let it = ServerSettings { host: host.into(), encryption: ServerEncryption::None, ..ServerSettings::default() };
            assert_eq!(checked_server(&tx, it).is_ok(), fine, "{host}");
        }
    }
}
