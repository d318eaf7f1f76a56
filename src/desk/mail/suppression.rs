//! Addresses that nothing more is sent to, because their mail came back for good: with the reason and the date, for people to see and
//! to lift. Mail that comes from such an address lifts it by itself.
//!
//! A full mailbox is not gone, and a policy is about one mail: neither suppresses at once.

use std::time::Duration;

use minicbor::{Decode, Encode};
use uuid::Uuid;

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity,
        permission::Permission,
    },
    error::{Refusal, Result},
    id::{LetterId, TicketId},
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Suppression {
    /// Lower case.
    #[n(0)]
    pub address: String,
    /// What the far side said, or why a person added it.
    #[n(1)]
    pub reason: String,
    /// RFC 3463, such as `5.1.1`.
    #[n(2)]
    pub status: Option<String>,
    #[n(3)]
    pub since: Instant,
    /// The letter that came back.
    #[n(4)]
    pub letter: Option<LetterId>,
    #[n(5)]
    pub ticket: Option<TicketId>,
}

impl Record for Suppression {
    type Key = String;
    const TABLE: Table = Table::journalled(0x51, "suppressions");

    fn key(&self) -> String {
        self.address.clone()
    }
}

/// Bounces that do not suppress an address by themselves: how many days had one since a mail last came from there or was taken there.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SoftBounces {
    #[n(0)]
    pub address: String,
    #[n(1)]
    pub days: u32,
    #[n(2)]
    pub last: Instant,
}

impl Record for SoftBounces {
    type Key = String;
    const TABLE: Table = Table::operational(0x56, "soft_bounces");

    fn key(&self) -> String {
        self.address.clone()
    }
}

/// Days with such a bounce after which an address counts as gone.
const SOFT_DAYS_MAX: u32 = 5;
/// After this long without one, those before are forgotten.
const SOFT_FORGOTTEN_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);
/// Bounces within one are one.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a status says about the address (RFC 3463, RFC 7505).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does not exist.
    Gone,
    /// It takes nothing now; if it goes on, it counts as gone.
    Full,
    /// It is about this mail, the way there, or the far side's rules.
    NotTheAddress,
}

/// Reads an enhanced status code.
pub fn verdict(status: Option<&str>) -> Verdict {
    let Some(status) = status else { return Verdict::NotTheAddress };
    match status {
        // Bad mailbox, bad system, bad syntax, moved, mailbox gone, null MX; disabled.
        "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1" => Verdict::Gone,
        "5.2.2" | "4.2.2" => Verdict::Full,
        _ => Verdict::NotTheAddress,
    }
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Why nothing is sent to this address, if nothing is.
pub fn of(tx: &Tx, address: &str) -> Result<Option<Suppression>> {
    Ok(tx.get::<Suppression>(&normal(address))?)
}

/// Whether nothing is sent to this address.
pub fn is_suppressed(tx: &Tx, address: &str) -> Result<bool> {
    Ok(tx.has::<Suppression>(&normal(address))?)
}

/// The list, in the order of addresses.
pub fn suppressions(tx: &Tx, actor: &Actor) -> Result<Vec<Suppression>> {
    actor.need(Permission::SettingsRead)?;
    Ok(tx.scan::<Suppression>(&())?.collect::<Result<_, _>>()?)
}

/// An address as what an event is about: it belongs to nobody we know, or to a person whose data it is.
fn about(tx: &Tx, address: &str) -> Result<About> {
    let person = identity::person_by_email(tx, address)?.map(|it| it.id.0);
    let hash = blake3::hash(address.as_bytes());
    let entity = Uuid::from_slice(&hash.as_bytes()[..16]).unwrap_or_default();
    Ok(About { entity_kind: "address", entity, subject: Some(person.unwrap_or(entity)) })
}

/// A letter to this address came back with this status; suppresses it if that means that it is gone. Gives whether it did.
pub fn came_back(
    tx: &mut Tx,
    actor: &Actor,
    address: &str,
    status: Option<&str>,
    reason: &str,
    from: (LetterId, Option<TicketId>),
) -> Result<bool> {
    let address = normal(address);
    if tx.has::<Suppression>(&address)? {
        return Ok(false);
    }
    let now = tx.now();
    match verdict(status) {
        Verdict::NotTheAddress => return Ok(false),
        Verdict::Gone => {}
        Verdict::Full => {
            let recent = tx.get::<SoftBounces>(&address)?.filter(|it| now.since(it.last) < SOFT_FORGOTTEN_AFTER);
            let mut soft = recent.unwrap_or(SoftBounces { address: address.clone(), days: 0, last: Instant::EPOCH });
            if soft.days == 0 || now.since(soft.last) >= DAY {
                soft.days += 1;
                soft.last = now;
            }
            let days = soft.days;
            tx.put(&soft)?;
            if days < SOFT_DAYS_MAX {
                return Ok(false);
            }
        }
    }
    let it = Suppression {
        reason: reason.chars().take(500).collect(),
        status: status.map(str::to_owned),
        since: now,
        letter: Some(from.0),
        ticket: from.1,
        address,
    };
    suppress(tx, actor, &it)?;
    Ok(true)
}

fn suppress(tx: &mut Tx, actor: &Actor, it: &Suppression) -> Result<()> {
    tx.put(it)?;
    let changes = Changes::new().set("address", it.address.as_str()).set("reason", it.reason.as_str()).set("status", it.status.clone());
    event::record(tx, actor, EventKind::AddressSuppressed, about(tx, &it.address)?, changes)?;
    Ok(())
}

/// A person says that nothing more is sent to an address.
pub fn add(tx: &mut Tx, actor: &Actor, address: &str, reason: &str) -> Result<Suppression> {
    actor.need(Permission::SettingsWrite)?;
    let address = identity::normal_email(address)?;
    if let Some(it) = of(tx, &address)? {
        return Ok(it);
    }
    let reason = if reason.trim().is_empty() { "Added by hand." } else { reason.trim() };
    let reason: String = reason.chars().take(500).collect();
    let it = Suppression { address, reason, status: None, since: tx.now(), letter: None, ticket: None };
    suppress(tx, actor, &it)?;
    Ok(it)
}

/// A person says that the address is to be written to again.
pub fn lift(tx: &mut Tx, actor: &Actor, address: &str) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    if !release(tx, actor, address, "by hand")? {
        return Err(Refusal::not_found("suppressed address").into());
    }
    Ok(())
}

/// A mail came from this address, so it is there. What a person decided about it stays.
pub fn heard_from(tx: &mut Tx, actor: &Actor, address: &str) -> Result<()> {
    accepted(tx, address)?;
    if of(tx, address)?.is_some_and(|it| it.letter.is_some()) {
        release(tx, actor, address, "mail came from it")?;
    }
    Ok(())
}

/// A server has taken a letter to this address.
pub(super) fn accepted(tx: &mut Tx, address: &str) -> Result<()> {
    let address = normal(address);
    if tx.has::<SoftBounces>(&address)? { tx.remove::<SoftBounces>(&address) } else { Ok(()) }
}

fn release(tx: &mut Tx, actor: &Actor, address: &str, why: &str) -> Result<bool> {
    let address = normal(address);
    tx.remove::<SoftBounces>(&address)?;
    if !tx.has::<Suppression>(&address)? {
        return Ok(false);
    }
    tx.remove::<Suppression>(&address)?;
    let changes = Changes::new().set("address", address.as_str()).set("reason", why);
    event::record(tx, actor, EventKind::AddressReleased, about(tx, &address)?, changes)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::settings,
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    #[test]
    fn what_a_person_decided_is_theirs_to_lift() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let actor = Actor::system("test");
        let by = actor.clone();
        store
            .write(move |tx| {
                settings::found(tx, &by, "Test")?;
                let letter = tx.new_id();
                add(tx, &by, "hand@example.org", "they asked")?;
                came_back(tx, &by, "gone@example.org", Some("5.1.1"), "no such user", (letter, None))?;
                for day in 0..3 {
                    assert!(!came_back(tx, &by, "full@example.org", Some("5.2.2"), "full", (letter, None))?, "{day}");
                }
                accepted(tx, "Full@example.org")?;
                assert!(!tx.has::<SoftBounces>(&"full@example.org".to_owned())?);
                heard_from(tx, &by, "Hand@example.org")?;
                heard_from(tx, &by, "Gone@example.org")
            })
            .unwrap();
        let tx = store.read().unwrap();
        let left: Vec<String> = suppressions(&tx, &actor).unwrap().into_iter().map(|it| it.address).collect();
        assert_eq!(left, ["hand@example.org"]);
    }

    #[test]
    fn only_an_address_that_is_gone_is_gone() {
        for (status, expected) in [
            (Some("5.1.1"), Verdict::Gone),
            (Some("5.1.10"), Verdict::Gone),
            (Some("5.2.1"), Verdict::Gone),
            (Some("5.2.2"), Verdict::Full),
            (Some("5.2.3"), Verdict::NotTheAddress),
            (Some("5.7.1"), Verdict::NotTheAddress),
            (Some("5.4.1"), Verdict::NotTheAddress),
            (Some("4.1.1"), Verdict::NotTheAddress),
            (Some("5.0.0"), Verdict::NotTheAddress),
            (None, Verdict::NotTheAddress),
        ] {
            assert_eq!(verdict(status), expected, "{status:?}");
        }
    }
}
