//! Keys that mail is signed with (RFC 6376): which there are, which sign, and the DNS records that go with them. Making keys, signing
//! and asking the DNS are the wire's.
//!
//! A new key waits until its record is seen; then it signs, and the one before it is retired. So mail is never signed with a key that
//! nobody can look up.

use base64::{Engine, engine::general_purpose::STANDARD};
use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    id::DkimKeyId,
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Algorithm {
    /// 2048 bits: what every receiver knows.
    #[n(0)]
    Rsa,
    /// RFC 8463: small, and not known everywhere; besides the other.
    #[n(1)]
    Ed25519,
}

impl Algorithm {
    pub const ALL: [Algorithm; 2] = [Algorithm::Rsa, Algorithm::Ed25519];

    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Rsa => "rsa",
            Algorithm::Ed25519 => "ed25519",
        }
    }

    pub fn named(text: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|it| it.name() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum KeyState {
    /// Its record was not seen yet.
    #[n(0)]
    Waiting,
    #[n(1)]
    Signing,
    /// It signs no more; its record stays for mail that is under way.
    #[n(2)]
    Retired,
}

impl KeyState {
    pub fn name(self) -> &'static str {
        match self {
            KeyState::Waiting => "waiting",
            KeyState::Signing => "signing",
            KeyState::Retired => "retired",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct DkimKey {
    #[n(0)]
    pub id: DkimKeyId,
    #[n(1)]
    pub domain: String,
    #[n(2)]
    pub selector: String,
    #[n(3)]
    pub algorithm: Algorithm,
    /// As the record holds it, before base64.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub public: Vec<u8>,
    /// Sealed with the appliance's key.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub private: Vec<u8>,
    #[n(6)]
    pub state: KeyState,
    #[n(7)]
    pub created_at: Instant,
    /// When its record was first seen.
    #[n(8)]
    pub seen_at: Option<Instant>,
}

impl Record for DkimKey {
    type Key = DkimKeyId;
    const TABLE: Table = Table::journalled(0x54, "dkim_keys");

    fn key(&self) -> DkimKeyId {
        self.id
    }
}

/// A DNS record to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsRecord {
    pub name: String,
    /// In one piece.
    pub value: String,
}

impl DnsRecord {
    /// As a zone file has it: in quoted pieces of at most 255 bytes (RFC 1035 3.3).
    pub fn in_zone(&self) -> String {
        // Our records are ASCII, so every byte is a character.
        let pieces: Vec<String> = self.value.as_bytes().chunks(255).map(|it| format!("\"{}\"", String::from_utf8_lossy(it))).collect();
        format!("{}. IN TXT ( {} )", self.name, pieces.join(" "))
    }
}

impl DkimKey {
    pub fn record(&self) -> DnsRecord {
        let public = match self.algorithm {
            Algorithm::Rsa => STANDARD.encode(subject_public_key_info(&self.public)),
            Algorithm::Ed25519 => STANDARD.encode(&self.public),
        };
        DnsRecord {
            name: format!("{}._domainkey.{}", self.selector, self.domain),
            value: format!("v=DKIM1; k={}; p={public}", self.algorithm.name()),
        }
    }

    fn about(&self) -> About {
        About { entity_kind: "dkim_key", entity: self.id.0, subject: None }
    }
}

/// An RSA key as RFC 6376 3.6.1 wants it: PKCS #1 inside a SubjectPublicKeyInfo (RFC 5280 4.1).
fn subject_public_key_info(pkcs1: &[u8]) -> Vec<u8> {
    fn der(tag: u8, inside: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match inside.len() {
            it @ 0..128 => out.push(it as u8),
            it @ 128..256 => out.extend([0x81, it as u8]),
            it => out.extend([0x82, (it >> 8) as u8, it as u8]),
        }
        out.extend_from_slice(inside);
        out
    }
    const RSA_ENCRYPTION: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let bits = der(0x03, &[&[0][..], pkcs1].concat());
    der(0x30, &[&RSA_ENCRYPTION[..], &bits].concat())
}

/// Who may send for the domain: the named server, and whoever takes its mail.
pub fn suggested_spf(domain: &str, server: Option<&str>) -> DnsRecord {
    let server =
        // An address and no name says nothing that the record could hold.
        server.filter(|it| it.contains(char::is_alphabetic) && !it.contains(':')).map(|it| format!("a:{it} ")).unwrap_or_default();
    DnsRecord { name: domain.to_owned(), value: format!("v=spf1 {server}mx ~all") }
}

/// A policy that reports and harms nothing.
pub fn suggested_dmarc(domain: &str) -> DnsRecord {
    DnsRecord { name: format!("_dmarc.{domain}"), value: format!("v=DMARC1; p=none; rua=mailto:postmaster@{domain}") }
}

/// A key pair that the shell has made, its private half sealed.
#[derive(Debug, Clone)]
pub struct NewKey {
    pub domain: String,
    pub algorithm: Algorithm,
    pub public: Vec<u8>,
    pub private: Vec<u8>,
}

/// A domain as mail and the DNS write it: in lower case, and in ASCII (RFC 5891). What has no such form stays as it is.
pub fn ascii(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_lowercase())
}

/// A domain that keys can be for.
pub fn checked_domain(text: &str) -> Result<String> {
    let domain = ascii(text.trim().trim_end_matches('.'));
    let label = |it: &str| !it.is_empty() && it.len() <= 63 && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_');
    if domain.contains('.') && domain.len() <= 253 && domain.split('.').all(label) {
        return Ok(domain);
    }
    let message = say!("refused-domain-name-such-example");
    Err(Refusal::field("domain", "invalid", message).into())
}

/// Keeps a new key; its selector tells the day and the kind.
pub fn create(tx: &mut Tx, actor: &Actor, new: NewKey) -> Result<DkimKey> {
    actor.need(Permission::SettingsWrite)?;
    let domain = checked_domain(&new.domain)?;
    let all = all(tx)?;
    if all.len() >= limits::DKIM_KEYS_MAX {
        let detail = say!("refused-desk-keys-most-take", dkim_keys_max = limits::DKIM_KEYS_MAX);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let day = tx.now().timestamp().strftime("%Y%m%d").to_string();
    let letter = if new.algorithm == Algorithm::Rsa { 'r' } else { 'e' };
    let taken = |it: &str| all.iter().any(|key| key.domain == domain && key.selector == it);
    let first = format!("lodge{day}{letter}");
    let selector = std::iter::once(first.clone()).chain((2..).map(|it| format!("{first}{it}"))).find(|it| !taken(it)).unwrap_or(first);
    let key = DkimKey {
        id: tx.new_id(),
        domain,
        selector,
        algorithm: new.algorithm,
        public: new.public,
        private: new.private,
        state: KeyState::Waiting,
        created_at: tx.now(),
        seen_at: None,
    };
    tx.put(&key)?;
    let changes =
        Changes::new().set("domain", key.domain.as_str()).set("selector", key.selector.as_str()).set("algorithm", key.algorithm.name());
    event::record(tx, actor, EventKind::DkimKeyCreated, key.about(), changes)?;
    Ok(key)
}

/// Every key, newest first.
pub fn all(tx: &Tx) -> Result<Vec<DkimKey>> {
    let mut all: Vec<DkimKey> = tx.scan::<DkimKey>(&())?.collect::<Result<_, _>>()?;
    all.sort_by_key(|it| (it.domain.clone(), it.algorithm, std::cmp::Reverse(it.created_at)));
    Ok(all)
}

pub fn keys(tx: &Tx, actor: &Actor) -> Result<Vec<DkimKey>> {
    actor.need(Permission::SettingsRead)?;
    all(tx)
}

/// The keys that sign mail from this address: those of its domain.
pub fn signing(tx: &Tx, from: &str) -> Result<Vec<DkimKey>> {
    let domain = from.rsplit_once('@').map(|it| ascii(it.1)).unwrap_or_default();
    Ok(all(tx)?.into_iter().filter(|it| it.state == KeyState::Signing && it.domain == domain).collect())
}

/// The record of a key was seen: a key that waited for it signs from now on, and older ones of its kind are retired.
pub fn seen(tx: &mut Tx, actor: &Actor, id: DkimKeyId) -> Result<DkimKey> {
    let key = tx.get::<DkimKey>(&id)?.ok_or_else(|| Refusal::not_found("key"))?;
    if key.state != KeyState::Waiting {
        return Ok(key);
    }
    for other in all(tx)? {
        if other.id != id && other.domain == key.domain && other.algorithm == key.algorithm && other.state == KeyState::Signing {
            move_to(tx, actor, other, KeyState::Retired)?;
        }
    }
    let now = tx.now();
    move_to(tx, actor, DkimKey { seen_at: Some(now), ..key }, KeyState::Signing)
}

fn move_to(tx: &mut Tx, actor: &Actor, key: DkimKey, state: KeyState) -> Result<DkimKey> {
    let mut changes = Changes::new();
    changes.field("state", key.state.name(), state.name());
    let key = DkimKey { state, ..key };
    tx.put(&key)?;
    event::record(tx, actor, EventKind::DkimKeyChanged, key.about(), changes)?;
    Ok(key)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: DkimKeyId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let key = tx.get::<DkimKey>(&id)?.ok_or_else(|| Refusal::not_found("key"))?;
    tx.remove::<DkimKey>(&id)?;
    let changes = Changes::new().set("domain", key.domain.as_str()).set("selector", key.selector.as_str());
    event::record(tx, actor, EventKind::DkimKeyDeleted, key.about(), changes)?;
    Ok(())
}
