//! What a sign-in at an authorization server gave for a mailbox: an access token for a while, and a refresh token with which the next is
//! got. Both are sealed at the door. Asking the server is the shell's work.
//!
//! Invariant: a refresh token that the server put in place of another is on the disk before anybody uses what came with it; one that
//! was replaced is never used again (RFC 6749 10.4).

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::mailbox::Mailbox;
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::MailboxId,
    language::{Sentence, say},
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// Words of a server that are kept, in characters.
const WHY_CHARS_MAX: usize = 500;
/// A refresh token that ends within this is told of.
const ENDS_SOON: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct MailboxToken {
    #[n(0)]
    pub mailbox: MailboxId,
    /// Sealed.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub access: Vec<u8>,
    #[n(2)]
    pub access_ends_at: Instant,
    /// Sealed; without one somebody must sign in again when the access token ends.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub refresh: Option<Vec<u8>>,
    /// Where the server says so.
    #[n(4)]
    pub refresh_ends_at: Option<Instant>,
    #[n(5)]
    pub signed_in_at: Instant,
    #[n(6)]
    pub refreshed_at: Option<Instant>,
    /// How often the refresh token was used.
    #[n(7)]
    pub refreshed: u32,
    /// Why the last refresh did not succeed, in a sentence.
    #[n(8)]
    pub trouble: Option<String>,
    #[n(9)]
    pub trouble_since: Option<Instant>,
    /// The server refused the refresh token itself: only signing in again helps.
    #[n(10)]
    pub is_refused: bool,
}

impl Record for MailboxToken {
    type Key = MailboxId;
    const TABLE: Table = Table::operational(0x4b, "mailbox_tokens");

    fn key(&self) -> MailboxId {
        self.mailbox
    }
}

/// What the server gave. All tokens are sealed.
#[derive(Debug, Clone)]
pub struct Granted {
    pub access: Vec<u8>,
    pub access_ends_at: Instant,
    pub refresh: Option<Vec<u8>>,
    pub refresh_ends_at: Option<Instant>,
}

impl MailboxToken {
    /// Whether the access token can be used for a while yet.
    pub fn is_fresh(&self, now: Instant) -> bool {
        now.plus(Duration::from_secs(limits::OAUTH_RENEW_SECS)) < self.access_ends_at
    }

    /// Whether it can be used at all.
    pub fn is_good(&self, now: Instant) -> bool {
        now < self.access_ends_at
    }

    /// What somebody should know about it, in a sentence.
    pub fn warning(&self, now: Instant) -> Option<Sentence> {
        if self.is_refused {
            let why = self.trouble.as_deref().map_or_else(|| say!("box-no-reason"), Sentence::from);
            return Some(say!("box-sign-in-refused", why = why));
        }
        if let Some(why) = &self.trouble {
            return Some(say!("box-not-renewed", at = self.access_ends_at.to_string(), why = why));
        }
        match (self.refresh_ends_at, &self.refresh) {
            (Some(ends), _) if ends < now.plus(ENDS_SOON) => Some(say!("box-sign-in-ends", at = ends.to_string())),
            (_, None) => Some(say!("box-no-refresh", at = self.access_ends_at.to_string())),
            _ => None,
        }
    }
}

/// The tokens of a mailbox, if somebody signed in for it.
pub fn token(tx: &Tx, mailbox: MailboxId) -> Result<Option<MailboxToken>> {
    Ok(tx.get::<MailboxToken>(&mailbox)?)
}

/// Somebody signed in for a mailbox.
pub fn signed_in(tx: &mut Tx, actor: &Actor, id: MailboxId, granted: Granted) -> Result<MailboxToken> {
    actor.need(Permission::SettingsWrite)?;
    let mailbox = tx.get::<Mailbox>(&id)?.filter(|it| it.oauth().is_some()).ok_or_else(|| Refusal::not_found("mailbox"))?;
    let Granted { access, access_ends_at, refresh, refresh_ends_at } = granted;
    let token = MailboxToken {
        mailbox: id,
        access,
        access_ends_at,
        refresh,
        refresh_ends_at,
        signed_in_at: tx.now(),
        refreshed_at: None,
        refreshed: 0,
        trouble: None,
        trouble_since: None,
        is_refused: false,
    };
    tx.put(&token)?;
    event::record(tx, actor, EventKind::MailboxChanged, mailbox.about(), Changes::new().set("signedIn", true))?;
    Ok(token)
}

/// A refresh token was used, and this is what came of it: use and successor are one. Another sign-in meanwhile counts more.
pub fn refreshed(tx: &mut Tx, used: &MailboxToken, granted: Granted) -> Result<MailboxToken> {
    let present = tx.get::<MailboxToken>(&used.mailbox)?.ok_or_else(|| Refusal::not_found("sign-in of the mailbox"))?;
    if present.refresh != used.refresh {
        return Ok(present);
    }
    let Granted { access, access_ends_at, refresh, refresh_ends_at } = granted;
    let token = MailboxToken {
        access,
        access_ends_at,
        // A server that gives no new one lets the old one stay (RFC 6749 6).
        refresh_ends_at: refresh_ends_at.or(if refresh.is_some() { None } else { present.refresh_ends_at }),
        refresh: refresh.or(present.refresh),
        refreshed_at: Some(tx.now()),
        refreshed: present.refreshed.saturating_add(1),
        trouble: None,
        trouble_since: None,
        is_refused: false,
        ..present
    };
    tx.put(&token)?;
    Ok(token)
}

/// The mail server did not take the access token, whatever its end was said to be: the next one is got before anything else is tried.
pub fn distrust(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    let Some(present) = tx.get::<MailboxToken>(&mailbox)?.filter(|it| it.access_ends_at > tx.now()) else { return Ok(()) };
    tx.put(&MailboxToken { access_ends_at: tx.now(), ..present })
}

/// A refresh did not succeed; `is_refused` if the server will never take this refresh token again.
pub fn not_refreshed(tx: &mut Tx, used: &MailboxToken, why: &str, is_refused: bool) -> Result<()> {
    let Some(mut present) = tx.get::<MailboxToken>(&used.mailbox)?.filter(|it| it.refresh == used.refresh) else { return Ok(()) };
    present.trouble = Some(why.chars().take(WHY_CHARS_MAX).collect());
    present.trouble_since = present.trouble_since.or(Some(tx.now()));
    present.is_refused |= is_refused;
    tx.put(&present)
}
