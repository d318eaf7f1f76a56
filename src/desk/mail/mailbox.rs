//! A mailbox on somebody's server from which mail is fetched: where it is, how one signs in, what becomes of a mail there after it was
//! taken in, and where its tickets go. How fetching goes is in `watch.rs`, tokens of a sign-in are in `token.rs`; speaking with the
//! server is the shell's work.
//!
//! Invariant: a secret goes only to the server that it was given for.

mod checked;
#[cfg(test)]
mod tests;

use minicbor::{Decode, Encode};
use serde_json::json;

use super::{token::MailboxToken, watch};
pub use crate::desk::providers::Encryption;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::{MailboxId, QueueId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Protocol {
    #[n(0)]
    #[default]
    Imap,
    #[n(1)]
    Pop3,
}

impl Protocol {
    pub const ALL: [Protocol; 2] = [Protocol::Imap, Protocol::Pop3];

    pub fn name(self) -> &'static str {
        match self {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
        }
    }

    pub fn named(text: &str) -> Option<Protocol> {
        Protocol::ALL.into_iter().find(|it| it.name() == text)
    }

    pub fn usual_port(self, encryption: Encryption) -> u16 {
        match (self, encryption) {
            (Protocol::Imap, Encryption::Tls) => 993,
            (Protocol::Imap, _) => 143,
            (Protocol::Pop3, Encryption::Tls) => 995,
            (Protocol::Pop3, _) => 110,
        }
    }
}

/// What becomes of a mail on the server, after it was taken in and never before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub enum After {
    #[n(0)]
    #[default]
    Leave,
    #[n(1)]
    MarkSeen,
    /// To a folder, which is made if it is not there.
    #[n(2)]
    Move(#[n(0)] String),
    #[n(3)]
    Delete,
}

impl After {
    pub fn name(&self) -> &'static str {
        match self {
            After::Leave => "leave",
            After::MarkSeen => "mark_seen",
            After::Move(_) => "move",
            After::Delete => "delete",
        }
    }

    /// Of a name, and the folder if it moves.
    pub fn named(text: &str, folder: &str) -> Option<After> {
        match text {
            "leave" => Some(After::Leave),
            "mark_seen" => Some(After::MarkSeen),
            "move" => Some(After::Move(folder.to_owned())),
            "delete" => Some(After::Delete),
            _ => None,
        }
    }

    pub fn folder(&self) -> Option<&str> {
        match self {
            After::Move(it) => Some(it),
            _ => None,
        }
    }
}

/// Whose authorization server it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Authority {
    #[n(0)]
    #[default]
    Microsoft,
    #[n(1)]
    Google,
    #[n(2)]
    Custom,
}

impl Authority {
    pub const ALL: [Authority; 3] = [Authority::Microsoft, Authority::Google, Authority::Custom];

    pub fn name(self) -> &'static str {
        match self {
            Authority::Microsoft => "microsoft",
            Authority::Google => "google",
            Authority::Custom => "custom",
        }
    }

    pub fn named(text: &str) -> Option<Authority> {
        Authority::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// OAuth 2.0 as a client (RFC 6749), with PKCE (RFC 7636). The client's secret is sealed apart; public clients have none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct OAuthClient {
    #[n(0)]
    pub authority: Authority,
    #[n(1)]
    pub client_id: String,
    /// Of Microsoft: an organization's id or domain; `common` if empty.
    #[n(2)]
    pub tenant: String,
    /// Where people sign in. Filled in for the authorities that we know.
    #[n(3)]
    pub authorization_endpoint: String,
    #[n(4)]
    pub token_endpoint: String,
    #[n(5)]
    pub scopes: Vec<String>,
}

/// How one signs in at the mail server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub enum SignIn {
    #[n(0)]
    #[default]
    Password,
    #[n(1)]
    OAuth(#[n(0)] OAuthClient),
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Mailbox {
    #[n(0)]
    pub id: MailboxId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub enabled: bool,
    #[n(3)]
    pub settings: MailboxSettings,
    /// The password, or the secret of the OAuth client; sealed, never shown again.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub secret: Option<Vec<u8>>,
    /// Grows when host or user become others, since UIDs mean something else then.
    #[n(5)]
    pub account: u32,
    #[n(6)]
    pub created_at: Instant,
    #[n(7)]
    pub updated_at: Instant,
    /// Since when mail is to be fetched: without a success, the alarm counts from here.
    #[n(8)]
    pub enabled_at: Option<Instant>,
}

/// What an admin says about a mailbox, all but its name, its secret and whether it is on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct MailboxSettings {
    /// Where people write to. Mail from it is our own.
    #[n(0)]
    pub address: String,
    /// Other addresses whose mail lands here.
    #[n(1)]
    pub aliases: Vec<String>,
    #[n(2)]
    pub protocol: Protocol,
    #[n(3)]
    pub host: String,
    #[n(4)]
    pub port: u16,
    #[n(5)]
    pub encryption: Encryption,
    /// Certificates that are trusted besides the system's, as PEM.
    #[n(6)]
    pub ca: Option<String>,
    #[n(7)]
    pub username: String,
    #[n(8)]
    pub sign_in: SignIn,
    /// The folders that are watched; the first with IDLE.
    #[n(9)]
    pub folders: Vec<String>,
    #[n(10)]
    pub after: After,
    #[n(11)]
    pub poll_secs: u32,
    /// Where its tickets go; the desk's default queue if none.
    #[n(12)]
    pub queue: Option<QueueId>,
    /// The address is a gateway's: Reply-To says who writes.
    #[n(13)]
    pub believe_reply_to: bool,
    /// Whose Authentication-Results are believed (RFC 8601).
    #[n(14)]
    pub authentication_server: Option<String>,
    /// An old mailbox is taken over: nobody is told.
    #[n(15)]
    pub quiet: bool,
    /// Without a success for this long, somebody is to look.
    #[n(16)]
    pub alarm_minutes: u32,
}

impl Record for Mailbox {
    type Key = MailboxId;
    const TABLE: Table = Table::journalled(0x49, "mailboxes");

    fn key(&self) -> MailboxId {
        self.id
    }
}

impl Mailbox {
    pub fn oauth(&self) -> Option<&OAuthClient> {
        match &self.settings.sign_in {
            SignIn::OAuth(it) => Some(it),
            SignIn::Password => None,
        }
    }

    pub(super) fn about(&self) -> About {
        About { entity_kind: "mailbox", entity: self.id.0, subject: None }
    }
}

/// A mailbox to be.
#[derive(Debug, Clone, Default)]
pub struct NewMailbox {
    pub name: String,
    pub enabled: bool,
    pub settings: MailboxSettings,
    /// Sealed.
    pub secret: Option<Vec<u8>>,
}

/// Changes to a mailbox; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct MailboxChange {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub settings: Option<MailboxSettings>,
    /// Sealed; the inner `None` takes it away.
    pub secret: Option<Option<Vec<u8>>>,
}

/// The mailboxes, oldest first.
pub fn mailboxes(tx: &Tx, actor: &Actor) -> Result<Vec<Mailbox>> {
    actor.need(Permission::SettingsRead)?;
    all(tx)
}

/// The same for the desk's own work.
pub fn all(tx: &Tx) -> Result<Vec<Mailbox>> {
    Ok(tx.scan::<Mailbox>(&())?.collect::<Result<_, _>>()?)
}

pub fn mailbox(tx: &Tx, actor: &Actor, id: MailboxId) -> Result<Mailbox> {
    actor.need(Permission::SettingsRead)?;
    tx.get::<Mailbox>(&id)?.ok_or_else(|| Refusal::not_found("mailbox").into())
}

/// The mailbox of this id or name, whatever its case.
pub fn named(tx: &Tx, text: &str) -> Result<Mailbox> {
    let found = match text.parse::<MailboxId>() {
        Ok(id) => tx.get::<Mailbox>(&id)?,
        Err(_) => all(tx)?.into_iter().find(|it| it.name.to_lowercase() == text.trim().to_lowercase()),
    };
    found.ok_or_else(|| Refusal::not_found("mailbox").into())
}

/// Whether any mail is to be fetched: then the desk stays open.
pub fn any_enabled(tx: &Tx) -> Result<bool> {
    Ok(all(tx)?.iter().any(|it| it.enabled))
}

/// Addresses at which the desk is written to by way of its mailboxes, in lower case.
pub fn own_addresses(tx: &Tx) -> Result<Vec<String>> {
    let all = all(tx)?.into_iter().map(|it| it.settings);
    Ok(all.flat_map(|it| [it.address].into_iter().chain(it.aliases)).collect())
}

pub fn create(tx: &mut Tx, actor: &Actor, new: NewMailbox) -> Result<Mailbox> {
    actor.need(Permission::SettingsWrite)?;
    let NewMailbox { name, enabled, settings, secret } = new;
    let settings = checked::settings(tx, settings)?;
    if tx.scan::<Mailbox>(&())?.count() >= limits::MAILBOXES_MAX {
        return Err(Refusal::field("name", "too_many", say!("refused-desk-mailboxes-most", mailboxes_max = limits::MAILBOXES_MAX)).into());
    }
    let now = tx.now();
    let mailbox = Mailbox {
        id: tx.new_id(),
        name: checked::name(tx, &name, None)?,
        enabled,
        settings,
        secret,
        account: 0,
        created_at: now,
        updated_at: now,
        enabled_at: enabled.then_some(now),
    };
    checked::complete(&mailbox)?;
    tx.put(&mailbox)?;
    let changes =
        Changes::new().set("name", mailbox.name.as_str()).set("enabled", mailbox.enabled).set("settings", settings_json(&mailbox.settings));
    event::record(tx, actor, EventKind::MailboxCreated, mailbox.about(), changes)?;
    Ok(mailbox)
}

pub fn change(tx: &mut Tx, actor: &Actor, id: MailboxId, change: MailboxChange) -> Result<Mailbox> {
    actor.need(Permission::SettingsWrite)?;
    let before = mailbox(tx, actor, id)?;
    let mut after = before.clone();
    let MailboxChange { name, enabled, settings, secret } = change;
    if let Some(it) = name {
        after.name = checked::name(tx, &it, Some(id))?;
    }
    after.enabled = enabled.unwrap_or(after.enabled);
    if let Some(it) = settings {
        after.settings = checked::settings(tx, it)?;
    }
    after.secret = secret.unwrap_or(after.secret);
    if checked::is_elsewhere(&before.settings, &after.settings) {
        if after.secret.is_some() && after.secret == before.secret {
            let message = say!("refused-sends-secret-another-place");
            return Err(Refusal::field("secret", "required", message).into());
        }
        // What a sign-in gave is for where it was given.
        tx.remove::<MailboxToken>(&id)?;
    }
    checked::complete(&after)?;
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    after.updated_at = tx.now();
    if after.enabled && !before.enabled {
        after.enabled_at = Some(tx.now());
    }
    if checked::is_another_account(&before.settings, &after.settings) {
        after.account = before.account + 1;
    }
    watch::keep_only(tx, &after)?;
    tx.put(&after)?;
    event::record(tx, actor, EventKind::MailboxChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes a mailbox away. What came from it stays, also in the ledger.
pub fn delete(tx: &mut Tx, actor: &Actor, id: MailboxId) -> Result<Mailbox> {
    actor.need(Permission::SettingsWrite)?;
    let mailbox = mailbox(tx, actor, id)?;
    watch::forget(tx, id)?;
    tx.remove::<MailboxToken>(&id)?;
    tx.remove::<Mailbox>(&id)?;
    event::record(tx, actor, EventKind::MailboxDeleted, mailbox.about(), Changes::new().set("name", mailbox.name.as_str()))?;
    Ok(mailbox)
}

fn diff(before: &Mailbox, after: &Mailbox) -> Changes {
    // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
    let Mailbox { id: _, name, enabled, settings, secret, account: _, created_at: _, updated_at: _, enabled_at: _ } = before;
    let mut changes = Changes::new();
    changes.field("name", name.as_str(), after.name.as_str()).field("enabled", *enabled, after.enabled).field(
        "settings",
        settings_json(settings),
        settings_json(&after.settings),
    );
    if *secret != after.secret {
        changes = changes.set("secret", if after.secret.is_some() { "changed" } else { "removed" });
    }
    changes
}

fn settings_json(it: &MailboxSettings) -> serde_json::Value {
    let MailboxSettings {
        address,
        aliases,
        protocol,
        host,
        port,
        encryption,
        ca,
        username,
        sign_in,
        folders,
        after,
        poll_secs,
        queue,
        believe_reply_to,
        authentication_server,
        quiet,
        alarm_minutes,
    } = it;
    let oauth = match sign_in {
        SignIn::Password => json!(null),
        SignIn::OAuth(it) => json!({
            "authority": it.authority.name(), "clientId": it.client_id, "tenant": it.tenant,
            "authorizationEndpoint": it.authorization_endpoint, "tokenEndpoint": it.token_endpoint, "scopes": it.scopes,
        }),
    };
    json!({
        "address": address, "aliases": aliases, "protocol": protocol.name(), "host": host, "port": port,
        "encryption": encryption.name(), "ca": ca, "username": username, "oauth": oauth, "folders": folders,
        "after": after.name(), "moveTo": after.folder(), "pollSeconds": poll_secs, "queue": queue.map(|it| it.to_string()),
        "believeReplyTo": believe_reply_to, "authenticationServer": authentication_server, "quiet": quiet,
        "alarmMinutes": alarm_minutes,
    })
}
