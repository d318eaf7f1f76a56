//! Senders whose mail is put away: addresses, and whole domains. A blocked mail is kept in the ledger with the reason, and nobody is
//! told. Blocking looks at From, which anybody can write: it is against nuisance, not against forgery.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    id::PersonId,
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct BlockedSender {
    /// `rosa@example.com`, or `@example.com` for all of a domain and what lies below it. In lower case.
    #[n(0)]
    pub pattern: String,
    /// Why, in the words of whoever blocked it.
    #[n(1)]
    pub reason: String,
    #[n(2)]
    pub by: Option<PersonId>,
    #[n(3)]
    pub at: Instant,
}

impl Record for BlockedSender {
    type Key = String;
    const TABLE: Table = Table::journalled(0x59, "blocked_senders");

    fn key(&self) -> String {
        self.pattern.clone()
    }
}

/// The entry that blocks this address: itself, its domain, or a domain above.
pub fn blocks(tx: &Tx, address: &str) -> Result<Option<BlockedSender>> {
    let address = address.trim().to_lowercase();
    if let Some(found) = tx.get::<BlockedSender>(&address)? {
        return Ok(Some(found));
    }
    let Some((_, mut domain)) = address.rsplit_once('@') else { return Ok(None) };
    // A name has few labels; a longer one is no name.
    for _ in 0..10 {
        if let Some(found) = tx.get::<BlockedSender>(&format!("@{domain}"))? {
            return Ok(Some(found));
        }
        let Some((_, above)) = domain.split_once('.').filter(|it| it.1.contains('.')) else { break };
        domain = above;
    }
    Ok(None)
}

/// Every entry, by name.
pub fn all(tx: &Tx, actor: &Actor) -> Result<Vec<BlockedSender>> {
    actor.need(Permission::MailRead)?;
    let mut found = Vec::new();
    for it in tx.scan::<BlockedSender>(&())? {
        found.push(it?);
    }
    Ok(found)
}

/// Blocks an address or a domain (`example.com` or `@example.com`). Blocking it again changes the reason.
pub fn block(tx: &mut Tx, actor: &Actor, pattern: &str, reason: &str) -> Result<BlockedSender> {
    actor.need(Permission::MailManage)?;
    let pattern = normal(pattern)?;
    if Settings::of(tx)?.is_own_address(&pattern) {
        return Err(Refusal::field("pattern", "own", say!("refused-address-desk")).into());
    }
    let before = tx.get::<BlockedSender>(&pattern)?;
    if before.is_none() && tx.count::<BlockedSender>()? >= limits::BLOCKED_SENDERS_MAX as u64 {
        let said = say!("refused-most-senders-blocked-block", blocked_senders_max = limits::BLOCKED_SENDERS_MAX);
        return Err(Refusal::new(Code::Conflict, said).into());
    }
    let reason: String = reason.trim().chars().take(limits::MAIL_FILTER_VALUE_CHARS_MAX).collect();
    let entry = BlockedSender { pattern, reason, by: actor.person(), at: tx.now() };
    tx.put(&entry)?;
    let changes = Changes::new().set("pattern", entry.pattern.as_str()).set("reason", entry.reason.as_str());
    event::record(tx, actor, EventKind::SenderBlocked, about(), changes)?;
    Ok(entry)
}

pub fn unblock(tx: &mut Tx, actor: &Actor, pattern: &str) -> Result<()> {
    actor.need(Permission::MailManage)?;
    let pattern = normal(pattern)?;
    tx.get::<BlockedSender>(&pattern)?.ok_or_else(|| Refusal::not_found("blocked sender"))?;
    tx.remove::<BlockedSender>(&pattern)?;
    let mut changes = Changes::new();
    changes.field("pattern", pattern, serde_json::Value::Null);
    event::record(tx, actor, EventKind::SenderUnblocked, about(), changes)?;
    Ok(())
}

fn about() -> About {
    About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None }
}

fn normal(pattern: &str) -> Result<String> {
    let pattern = pattern.trim().to_lowercase();
    let pattern = if pattern.contains('@') { pattern } else { format!("@{pattern}") };
    let (_, domain) = pattern.rsplit_once('@').unwrap_or_default();
    if pattern.len() > 320 || !domain.contains('.') || pattern.contains([' ', ',', '<', '>']) {
        return Err(Refusal::field("pattern", "invalid", say!("refused-write-address-name-example")).into());
    }
    Ok(pattern)
}
