//! The log: every change, in one order, hash-chained, with payloads that can be erased (D6, AUD-01 to AUD-08).
//!
//! A header holds ids, kind, time and the digest of each payload; `hash = BLAKE3(previous hash, header bytes)`. Whatever is
//! personal is in the payloads, one per subject, each with its own salt: `digest = BLAKE3_keyed(salt, payload)`. Erasing drops
//! payload and salt, and the chain keeps verifying. Stored bytes are hashed, never re-encoded.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Key, StoreError, Tx, codec, engine::Snapshot, key::after_prefix, record::Table};
use crate::time::Instant;

const HEADERS: Table = Table::operational(0x01, "log");
const PAYLOADS: Table = Table::operational(0x02, "log_payloads");
const BY_ENTITY: Table = Table::operational(0x04, "log_by_entity");

/// Who did it, as the log keeps it: the sort of actor and, for people, which.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EventActor {
    /// `person`, or a named system part: `mail`, `system`, `notifier` ...
    #[n(0)]
    pub kind: String,
    #[cbor(n(1), with = "uuid_bytes")]
    pub id: Option<Uuid>,
}

/// What a command records.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// From the table in `desk/event.rs`, such as `ticket.created`.
    pub kind: &'static str,
    pub actor: EventActor,
    /// The sort of thing it is about, such as `ticket`.
    pub entity_kind: &'static str,
    pub entity: Uuid,
    /// One payload per subject: whose data it is (`None` for nobody's), and the bytes.
    pub parts: Vec<(Option<Uuid>, Vec<u8>)>,
}

/// What the log tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: u64,
    pub at: Instant,
    pub kind: String,
    pub actor: EventActor,
    pub entity_kind: String,
    pub entity: Uuid,
    /// Payloads in the order in which they were recorded; `None` where it was erased.
    pub parts: Vec<Option<Vec<u8>>>,
}

impl NewEvent {
    pub(super) fn into_event(self, seq: u64, at: Instant) -> Event {
        Event {
            seq,
            at,
            kind: self.kind.to_owned(),
            actor: self.actor,
            entity_kind: self.entity_kind.to_owned(),
            entity: self.entity,
            parts: self.parts.into_iter().map(|(_, bytes)| Some(bytes)).collect(),
        }
    }
}

#[derive(Encode, Decode)]
struct Header {
    #[n(0)]
    seq: u64,
    #[n(1)]
    at: Instant,
    #[n(2)]
    kind: String,
    #[n(3)]
    actor: EventActor,
    #[n(4)]
    entity_kind: String,
    #[cbor(n(5), with = "uuid_bytes")]
    entity: Option<Uuid>,
    #[n(6)]
    parts: Vec<PartDigest>,
}

#[derive(Encode, Decode)]
struct PartDigest {
    #[cbor(n(0), with = "uuid_bytes")]
    subject: Option<Uuid>,
    #[cbor(n(1), with = "minicbor::bytes")]
    digest: [u8; 32],
}

/// The end of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub seq: u64,
    pub hash: [u8; 32],
}

impl Head {
    /// Before the first event.
    pub const EMPTY: Head = Head { seq: 0, hash: [0; 32] };

    /// The head of a stored log.
    pub fn of(snapshot: &Arc<dyn Snapshot>) -> Result<Head, StoreError> {
        let prefix = [HEADERS.tag];
        match snapshot.range(&prefix, &after_prefix(&prefix), true)?.next() {
            None => Ok(Head::EMPTY),
            Some(row) => {
                let (key, value) = row?;
                let row = HeaderRow::read(&key, &value)?;
                Ok(Head { seq: row.seq, hash: row.hash })
            }
        }
    }
}

/// When the last event happened, by which a writer begins: time does not go back over a restart either.
pub(super) fn last_at(snapshot: &Arc<dyn Snapshot>) -> Result<Instant, StoreError> {
    let prefix = [HEADERS.tag];
    let Some(row) = snapshot.range(&prefix, &after_prefix(&prefix), true)?.next() else { return Ok(Instant::EPOCH) };
    let (key, value) = row?;
    let header: Header = codec::decode("log", HeaderRow::read(&key, &value)?.bytes)?;
    Ok(header.at)
}

/// A row of the log, taken apart.
struct HeaderRow<'a> {
    seq: u64,
    hash: [u8; 32],
    bytes: &'a [u8],
}

impl<'a> HeaderRow<'a> {
    fn read(key: &[u8], value: &'a [u8]) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("a row of the log has no sequence number or hash".into());
        let seq = u64::read(&mut &key[1..]).ok_or_else(corrupt)?;
        let (hash, bytes) = value.split_first_chunk::<32>().ok_or_else(corrupt)?;
        Ok(HeaderRow { seq, hash: *hash, bytes })
    }
}

pub(super) struct Chained {
    pub rows: Vec<(Vec<u8>, Vec<u8>)>,
    pub head: Head,
}

/// The rows that append this event to the chain.
pub(super) fn chain(head: Head, seq: u64, at: Instant, event: &NewEvent, salts: &[[u8; 32]]) -> Chained {
    let mut rows = Vec::with_capacity(event.parts.len() + 2);
    let mut parts = Vec::with_capacity(event.parts.len());
    for (i, ((subject, payload), salt)) in event.parts.iter().zip(salts).enumerate() {
        parts.push(PartDigest { subject: *subject, digest: *blake3::keyed_hash(salt, payload).as_bytes() });
        rows.push((PAYLOADS.row(&(seq, i as u8)), [salt.as_slice(), payload].concat()));
    }
    let header = Header {
        seq,
        at,
        kind: event.kind.to_owned(),
        actor: event.actor.clone(),
        entity_kind: event.entity_kind.to_owned(),
        entity: Some(event.entity),
        parts,
    };
    let bytes = codec::encode(&header);
    let hash = link(&head.hash, &bytes);
    rows.push((HEADERS.row(&seq), [hash.as_slice(), &bytes].concat()));
    rows.push((BY_ENTITY.row(&(event.entity, seq)), Vec::new()));
    Chained { rows, head: Head { seq, hash } }
}

fn link(previous: &[u8; 32], header: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(header);
    *hasher.finalize().as_bytes()
}

pub(super) fn events_after(tx: &Tx, seq: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
    let rows = tx.rows(&HEADERS.row(&(seq.saturating_add(1))), &after_prefix(&[HEADERS.tag]), false)?;
    rows.take(limit)
        .map(|row| {
            let (key, value) = row?;
            event(tx, HeaderRow::read(&key, &value)?)
        })
        .collect()
}

pub(super) fn history(tx: &Tx, entity: Uuid, before: Option<u64>, limit: usize) -> Result<Vec<Event>, StoreError> {
    let from = BY_ENTITY.row(&entity);
    let to = before.map_or_else(|| after_prefix(&from), |seq| BY_ENTITY.row(&(entity, seq)));
    let mut found = Vec::new();
    for row in tx.rows(&from, &to, true)?.take(limit) {
        let (key, _) = row?;
        let seq = <(Uuid, u64)>::read(&mut &key[1..]).ok_or_else(|| StoreError::Corrupt("log_by_entity: not a key".into()))?.1;
        let row = HEADERS.row(&seq);
        let value = tx.get_bytes(&row)?.ok_or_else(|| StoreError::Corrupt(format!("event {seq} is missing from the log")))?;
        found.push(event(tx, HeaderRow::read(&row, &value)?)?);
    }
    Ok(found)
}

fn event(tx: &Tx, row: HeaderRow<'_>) -> Result<Event, StoreError> {
    let header: Header = codec::decode("log", row.bytes)?;
    let mut parts = Vec::with_capacity(header.parts.len());
    for i in 0..header.parts.len() {
        let stored = tx.get_bytes(&PAYLOADS.row(&(row.seq, i as u8)))?;
        parts.push(stored.and_then(|it| it.get(32..).map(<[u8]>::to_vec)));
    }
    Ok(Event {
        seq: header.seq,
        at: header.at,
        kind: header.kind,
        actor: header.actor,
        entity_kind: header.entity_kind,
        entity: header.entity.unwrap_or_default(),
        parts,
    })
}

/// The payload rows of one event that belong to `subject`.
pub(super) fn payload_rows(tx: &Tx, seq: u64, subject: Uuid) -> Result<Vec<Vec<u8>>, StoreError> {
    let row = HEADERS.row(&seq);
    let Some(value) = tx.get_bytes(&row)? else { return Ok(Vec::new()) };
    let header: Header = codec::decode("log", HeaderRow::read(&row, &value)?.bytes)?;
    let theirs = header.parts.iter().enumerate().filter(|(_, it)| it.subject == Some(subject));
    Ok(theirs.map(|(i, _)| PAYLOADS.row(&(seq, i as u8))).collect())
}

/// One event as it is exported: the stored bytes, so that anybody can prove them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exported {
    pub seq: u64,
    /// Hex of the stored hash.
    pub hash: String,
    /// Hex of the stored header bytes.
    pub header: String,
    /// Hex of salt and payload of each part; `null` where it was erased.
    pub parts: Vec<Option<String>>,
    /// The event in words, for readers; the proof does not use it.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub readable: serde_json::Value,
}

/// What a verified log contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub events: u64,
    /// Payloads that were erased; their digests still stand in the chain.
    pub erased: u64,
    pub head: Head,
}

/// Proves a log event by event.
pub struct Verifier(Verified);

impl Default for Verifier {
    fn default() -> Self {
        Verifier(Verified { events: 0, erased: 0, head: Head::EMPTY })
    }
}

impl Verifier {
    fn step(
        &mut self,
        seq: u64,
        hash: &[u8],
        bytes: &[u8],
        mut parts: impl FnMut(usize) -> Result<Option<Vec<u8>>, StoreError>,
    ) -> Result<(), StoreError> {
        let broken = |why: &str| StoreError::Corrupt(format!("event {seq}: {why}"));
        if seq != self.0.head.seq + 1 {
            return Err(broken(&format!("follows event {}, so events are missing", self.0.head.seq)));
        }
        if hash != link(&self.0.head.hash, bytes) {
            return Err(broken("its hash does not follow from the one before, so it was changed"));
        }
        let header: Header = codec::decode("log", bytes)?;
        if header.seq != seq {
            return Err(broken("its header belongs to another event"));
        }
        for (i, stored) in header.parts.iter().enumerate() {
            match parts(i)? {
                None => self.0.erased += 1,
                Some(bytes) => {
                    let (salt, payload) = bytes.split_first_chunk::<32>().ok_or_else(|| broken("a payload has no salt"))?;
                    if blake3::keyed_hash(salt, payload) != stored.digest {
                        return Err(broken("a payload was changed"));
                    }
                }
            }
        }
        self.0.events += 1;
        self.0.head = Head { seq, hash: link(&self.0.head.hash, bytes) };
        Ok(())
    }

    /// Proves the next exported event.
    pub fn exported(&mut self, it: &Exported) -> Result<(), StoreError> {
        let hex = |text: &str| unhex(text).ok_or_else(|| StoreError::Corrupt(format!("event {}: not hexadecimal", it.seq)));
        let broken = |why: &str| StoreError::Corrupt(format!("event {}: {why}", it.seq));
        let mut proven = 0;
        self.step(it.seq, &hex(&it.hash)?, &hex(&it.header)?, |i| {
            proven += 1;
            let part = it.parts.get(i).ok_or_else(|| broken("payloads are missing from the export"))?;
            part.as_deref().map(hex).transpose()
        })?;
        if proven != it.parts.len() {
            return Err(broken("it has payloads that its header does not name"));
        }
        Ok(())
    }

    pub fn finish(self) -> Verified {
        self.0
    }
}

/// Proves the whole log of a desk: sequence without gaps, chain, and every payload that was not erased.
pub fn verify(tx: &Tx) -> Result<Verified, StoreError> {
    let mut verifier = Verifier::default();
    for row in tx.rows(&[HEADERS.tag], &after_prefix(&[HEADERS.tag]), false)? {
        let (key, value) = row?;
        let HeaderRow { seq, hash, bytes } = HeaderRow::read(&key, &value)?;
        verifier.step(seq, &hash, bytes, |i| tx.get_bytes(&PAYLOADS.row(&(seq, i as u8))))?;
    }
    Ok(verifier.finish())
}

/// Whether every event is found by what it is about and nothing else is, and whether every payload belongs to an event.
pub(super) fn check_lookups(tx: &Tx, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let mut events = 0_u64;
    for row in tx.rows(&[HEADERS.tag], &after_prefix(&[HEADERS.tag]), false)? {
        let (key, value) = row?;
        let row = HeaderRow::read(&key, &value)?;
        let Ok(header) = codec::decode::<Header>("log", row.bytes) else { continue };
        events += 1;
        if tx.get_bytes(&BY_ENTITY.row(&(header.entity.unwrap_or_default(), row.seq)))?.is_none() {
            findings.push(format!("event {} is not found by what it is about", row.seq));
        }
    }
    let found = tx.rows(&[BY_ENTITY.tag], &after_prefix(&[BY_ENTITY.tag]), false)?.count() as u64;
    if found != events {
        findings.push(format!("{found} events are found by what they are about, {events} are in the log"));
    }
    for row in tx.rows(&[PAYLOADS.tag], &after_prefix(&[PAYLOADS.tag]), false)? {
        let (key, _) = row?;
        let place = <(u64, u8)>::read(&mut &key[1..]);
        let belongs = match place {
            Some((seq, part)) => match tx.get_bytes(&HEADERS.row(&seq))? {
                Some(value) => {
                    codec::decode::<Header>("log", value.get(32..).unwrap_or_default()).is_ok_and(|it| usize::from(part) < it.parts.len())
                }
                None => false,
            },
            None => false,
        };
        if !belongs {
            findings.push(format!("a payload belongs to no event: {place:?}"));
        }
    }
    Ok(())
}

/// Calls `each` for every event in order, in the form of an export.
pub fn export(tx: &Tx, mut each: impl FnMut(Exported, Event) -> crate::error::Result<()>) -> crate::error::Result<u64> {
    let mut count = 0;
    for row in tx.rows(&[HEADERS.tag], &after_prefix(&[HEADERS.tag]), false)? {
        let (key, value) = row?;
        let row = HeaderRow::read(&key, &value)?;
        let header: Header = codec::decode("log", row.bytes)?;
        let mut parts = Vec::new();
        for i in 0..header.parts.len() {
            parts.push(tx.get_bytes(&PAYLOADS.row(&(row.seq, i as u8)))?.map(|it| hex(&it)));
        }
        let exported = Exported { seq: row.seq, hash: hex(&row.hash), header: hex(row.bytes), parts, readable: serde_json::Value::Null };
        each(exported, event(tx, row)?)?;
        count += 1;
    }
    Ok(count)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |byte: u8| (byte as char).to_digit(16).map(|it| it as u8);
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    bytes.chunks_exact(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

/// UUIDs as 16 bytes of CBOR.
mod uuid_bytes {
    use minicbor::{
        Decoder, Encoder,
        decode::Error as DecodeError,
        encode::{Error as EncodeError, Write},
    };
    use uuid::Uuid;

    pub fn encode<C, W: Write>(it: &Option<Uuid>, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        match it {
            Some(it) => e.bytes(it.as_bytes())?,
            None => e.null()?,
        };
        Ok(())
    }

    pub fn decode<'b, C>(d: &mut Decoder<'b>, _: &mut C) -> Result<Option<Uuid>, DecodeError> {
        if d.datatype()? == minicbor::data::Type::Null {
            d.null()?;
            return Ok(None);
        }
        Uuid::from_slice(d.bytes()?).map(Some).map_err(|_| DecodeError::message("an id is 16 bytes"))
    }
}
