//! The addresses from which a person has signed in: what is not slowed by failures elsewhere, and what needs no mail about a new
//! device. Kept as keyed hashes, the newest few; not a log of where people are, which is the log's.

use std::{net::IpAddr, time::Duration};

use minicbor::{Decode, Encode};

use crate::{
    desk::{actor::Origin, settings::Settings},
    error::Result,
    id::PersonId,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// A place that is seen again is written down this often at most.
const AGAIN: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Place {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub hash: [u8; 16],
    #[n(1)]
    pub seen_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct KnownPlaces {
    #[n(0)]
    pub person: PersonId,
    /// The newest last.
    #[n(1)]
    pub places: Vec<Place>,
}

impl Record for KnownPlaces {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x33, "known_places");

    fn key(&self) -> PersonId {
        self.person
    }
}

fn hash(settings: &Settings, person: PersonId, block: &str) -> [u8; 16] {
    let key = blake3::derive_key("lodge known place 1", &settings.key);
    let whole = blake3::keyed_hash(&key, &[person.0.as_bytes().as_slice(), block.as_bytes()].concat());
    let mut half = [0; 16];
    half.copy_from_slice(&whole.as_bytes()[..16]);
    half
}

/// The network that an address counts as: an IPv6 customer has a whole /64.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(it) => IpAddr::V6((u128::from(it) >> 64 << 64).into()),
        it => it,
    }
}

/// Notes that the person came from there.
pub fn came_from(tx: &mut Tx, person: PersonId, origin: &Origin) -> Result<()> {
    match origin.address.as_deref().and_then(|it| it.parse().ok()) {
        Some(address) => remember(tx, person, &network(address).to_string()),
        None => Ok(()),
    }
}

/// Whether the person has signed in from this block of addresses.
pub fn is_known(tx: &Tx, person: PersonId, block: &str) -> Result<bool> {
    let Some(known) = tx.get::<KnownPlaces>(&person)? else { return Ok(false) };
    let wanted = hash(&*Settings::of(tx)?, person, block);
    Ok(known.places.iter().any(|it| it.hash == wanted))
}

/// Whether the person has signed in from anywhere.
pub fn has_any(tx: &Tx, person: PersonId) -> Result<bool> {
    Ok(tx.has::<KnownPlaces>(&person)?)
}

/// Writes down that the person signed in from here.
pub fn remember(tx: &mut Tx, person: PersonId, block: &str) -> Result<()> {
    let hash = hash(&*Settings::of(tx)?, person, block);
    let now = tx.now();
    let mut known = tx.get::<KnownPlaces>(&person)?.unwrap_or(KnownPlaces { person, places: Vec::new() });
    if known.places.iter().any(|it| it.hash == hash && now.since(it.seen_at) < AGAIN) {
        return Ok(());
    }
    known.places.retain(|it| it.hash != hash);
    if known.places.len() >= limits::SIGN_IN_PLACES_MAX {
        known.places.remove(0);
    }
    known.places.push(Place { hash, seen_at: now });
    tx.put(&known)
}

/// Forgets all of them, such as when somebody else had the password.
pub fn forget(tx: &mut Tx, person: PersonId) -> Result<()> {
    tx.remove::<KnownPlaces>(&person)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{actor::Actor, settings},
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    #[test]
    fn the_newest_places_are_known() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let (ada, rosa) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        store.write(|tx| settings::found(tx, &Actor::system("setup"), "Test")).unwrap();
        for i in 0..=limits::SIGN_IN_PLACES_MAX {
            store.write(move |tx| remember(tx, ada, &format!("192.0.2.{i}"))).unwrap();
        }
        let tx = store.read().unwrap();
        for (person, block, known) in
            [(ada, "192.0.2.0", false), (ada, "192.0.2.1", true), (ada, "192.0.2.20", true), (rosa, "192.0.2.20", false)]
        {
            assert_eq!(is_known(&tx, person, block).unwrap(), known, "{block}");
        }
        assert!(has_any(&tx, ada).unwrap() && !has_any(&tx, rosa).unwrap());
    }
}
