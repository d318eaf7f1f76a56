//! The log: every change, in one order, hash-chained, with payloads that can be erased (D6, AUD-01 to AUD-08).
//!
//! A header holds ids, kind, time and the digest of each payload; `hash = BLAKE3(previous hash, header bytes)`. Whatever is
//! personal is in the payloads, one per subject, each with its own salt: `digest = BLAKE3_keyed(salt, payload)`. Erasing drops
//! payload and salt, and the chain keeps verifying. Stored bytes are hashed, never re-encoded; a payload is hashed as it was given,
//! and may lie packed, because the log is most of what a desk takes on disk.
//!
//! An event is one row, payloads and all: rows are what a commit costs, and erasing, which is rare, can rewrite one.

use std::{borrow::Cow, sync::Arc};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Key, StoreError, Tx, codec,
    engine::{APPENDED, Pair, Snapshot},
    key::after_prefix,
    record::Table,
};
use crate::time::Instant;

/// Its tag is the one that the engine expects to grow at its end only.
const EVENTS: Table = Table::operational(APPENDED, "log");
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

/// A row of the log. The header is a text of bytes here, so that what is hashed is what is stored.
#[derive(Encode, Decode)]
struct Stored {
    #[cbor(n(0), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    header: Vec<u8>,
    /// Salt and payload of each part; `None` where it was erased.
    #[n(2)]
    parts: Vec<Option<Sealed>>,
}

#[derive(Encode, Decode)]
struct Sealed {
    #[cbor(n(0), with = "minicbor::bytes")]
    salt: [u8; 32],
    /// The payload, packed by LZ4 if `unpacked` says how long it is.
    #[cbor(n(1), with = "minicbor::bytes")]
    bytes: Vec<u8>,
    #[n(2)]
    unpacked: Option<u32>,
}

/// Shorter payloads stay as they are: packing them gains next to nothing.
const PACKED_FROM: usize = 96;
/// LZ4 packs at most so many times; a row that claims more is damaged, and must not reserve memory.
const PACKED_AT_MOST: usize = 255;

impl Sealed {
    /// With its digest.
    fn new(salt: [u8; 32], payload: &[u8]) -> (Self, [u8; 32]) {
        let packed = if payload.len() < PACKED_FROM { None } else { Some(lz4_flex::block::compress(payload)) };
        let length = u32::try_from(payload.len()).ok();
        let (bytes, unpacked) = match packed.filter(|it| it.len() < payload.len()).zip(length) {
            Some((packed, length)) => (packed, Some(length)),
            None => (payload.to_vec(), None),
        };
        (Sealed { salt, bytes, unpacked }, digest(&salt, payload))
    }

    fn payload(&self) -> Result<Cow<'_, [u8]>, StoreError> {
        let Some(length) = self.unpacked else { return Ok(Cow::Borrowed(&self.bytes)) };
        let broken = || StoreError::Corrupt("a payload of the log cannot be unpacked".into());
        let length = usize::try_from(length).ok().filter(|it| *it <= self.bytes.len().saturating_mul(PACKED_AT_MOST));
        let payload = lz4_flex::block::decompress(&self.bytes, length.ok_or_else(broken)?).map_err(|_| broken())?;
        Ok(Cow::Owned(payload))
    }

    fn into_payload(self) -> Result<Vec<u8>, StoreError> {
        if self.unpacked.is_none() { Ok(self.bytes) } else { self.payload().map(Cow::into_owned) }
    }
}

fn digest(salt: &[u8; 32], payload: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(salt, payload).as_bytes()
}

impl Stored {
    fn read(value: &[u8]) -> Result<Self, StoreError> {
        codec::decode("log", value)
    }

    fn header(&self) -> Result<Header, StoreError> {
        codec::decode("log", &self.header)
    }
}

/// The sequence number in a key of the log.
fn seq_of(key: &[u8]) -> Result<u64, StoreError> {
    let seq = key.get(1..).and_then(|mut it| u64::read(&mut it));
    seq.ok_or_else(|| StoreError::Corrupt("a row of the log has no sequence number".into()))
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
        Ok(last(snapshot)?.map_or(Head::EMPTY, |(seq, stored)| Head { seq, hash: stored.hash }))
    }
}

/// When the last event happened, by which a writer begins: time does not go back over a restart either.
pub(super) fn last_at(snapshot: &Arc<dyn Snapshot>) -> Result<Instant, StoreError> {
    last(snapshot)?.map_or(Ok(Instant::EPOCH), |(_, stored)| stored.header().map(|it| it.at))
}

fn last(snapshot: &Arc<dyn Snapshot>) -> Result<Option<(u64, Stored)>, StoreError> {
    let Some(row) = snapshot.range(&[EVENTS.tag], &after_prefix(&[EVENTS.tag]), true)?.next() else { return Ok(None) };
    let (key, value) = row?;
    Ok(Some((seq_of(&key)?, Stored::read(&value)?)))
}

pub(super) struct Chained {
    pub rows: [(Vec<u8>, Vec<u8>); 2],
    pub head: Head,
}

/// The rows that append this event to the chain.
pub(super) fn chain(head: Head, seq: u64, at: Instant, event: &NewEvent, salts: &[[u8; 32]]) -> Chained {
    let mut digests = Vec::with_capacity(event.parts.len());
    let mut parts = Vec::with_capacity(event.parts.len());
    for ((subject, payload), salt) in event.parts.iter().zip(salts) {
        let (sealed, digest) = Sealed::new(*salt, payload);
        digests.push(PartDigest { subject: *subject, digest });
        parts.push(Some(sealed));
    }
    let header = Header {
        seq,
        at,
        kind: event.kind.to_owned(),
        actor: event.actor.clone(),
        entity_kind: event.entity_kind.to_owned(),
        entity: Some(event.entity),
        parts: digests,
    };
    let header = codec::encode(&header);
    let hash = link(&head.hash, &header);
    let stored = (EVENTS.row(&seq), codec::encode(&Stored { hash, header, parts }));
    let found_by = (BY_ENTITY.row(&(event.entity, seq)), Vec::new());
    Chained { rows: [stored, found_by], head: Head { seq, hash } }
}

fn link(previous: &[u8; 32], header: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(previous);
    hasher.update(header);
    *hasher.finalize().as_bytes()
}

pub(super) fn events_after(tx: &Tx, seq: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
    let rows = tx.rows(&EVENTS.row(&(seq.saturating_add(1))), &after_prefix(&[EVENTS.tag]), false)?;
    rows.take(limit).map(|row| event(Stored::read(&row?.1)?)).collect()
}

pub(super) fn history(tx: &Tx, entity: Uuid, before: Option<u64>, limit: usize) -> Result<Vec<Event>, StoreError> {
    let from = BY_ENTITY.row(&entity);
    let to = before.map_or_else(|| after_prefix(&from), |seq| BY_ENTITY.row(&(entity, seq)));
    let mut found = Vec::new();
    for row in tx.rows(&from, &to, true)?.take(limit) {
        let (key, _) = row?;
        let seq = <(Uuid, u64)>::read(&mut &key[1..]).ok_or_else(|| StoreError::Corrupt("log_by_entity: not a key".into()))?.1;
        let value = tx.get_bytes(&EVENTS.row(&seq))?.ok_or_else(|| StoreError::Corrupt(format!("event {seq} is missing from the log")))?;
        found.push(event(Stored::read(&value)?)?);
    }
    Ok(found)
}

fn event(stored: Stored) -> Result<Event, StoreError> {
    let header = stored.header()?;
    Ok(Event {
        seq: header.seq,
        at: header.at,
        kind: header.kind,
        actor: header.actor,
        entity_kind: header.entity_kind,
        entity: header.entity.unwrap_or_default(),
        parts: stored.parts.into_iter().map(|it| it.map(Sealed::into_payload).transpose()).collect::<Result<_, _>>()?,
    })
}

/// The row of this event without the payloads that belong to `subject`, and how many they were; none if there is nothing to drop.
pub(super) fn without(tx: &Tx, seq: u64, subject: Uuid) -> Result<Option<(Pair, usize)>, StoreError> {
    let row = EVENTS.row(&seq);
    let Some(value) = tx.get_bytes(&row)? else { return Ok(None) };
    let mut stored = Stored::read(&value)?;
    let digests = stored.header()?.parts;
    let mut dropped = 0;
    for (part, digest) in stored.parts.iter_mut().zip(digests) {
        if digest.subject == Some(subject) && part.take().is_some() {
            dropped += 1;
        }
    }
    Ok((dropped > 0).then(|| ((row, codec::encode(&stored)), dropped)))
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
    fn step(&mut self, seq: u64, stored: &Stored) -> Result<(), StoreError> {
        let broken = |why: &str| StoreError::Corrupt(format!("event {seq}: {why}"));
        if seq != self.0.head.seq + 1 {
            return Err(broken(&format!("follows event {}, so events are missing", self.0.head.seq)));
        }
        if stored.hash != link(&self.0.head.hash, &stored.header) {
            return Err(broken("its hash does not follow from the one before, so it was changed"));
        }
        let header = stored.header()?;
        if header.seq != seq {
            return Err(broken("its header belongs to another event"));
        }
        if header.parts.len() != stored.parts.len() {
            return Err(broken("it has not the payloads that its header names"));
        }
        for (named, part) in header.parts.iter().zip(&stored.parts) {
            match part {
                None => self.0.erased += 1,
                Some(part) if digest(&part.salt, &part.payload()?) == named.digest => {}
                Some(_) => return Err(broken("a payload was changed")),
            }
        }
        self.0.events += 1;
        self.0.head = Head { seq, hash: stored.hash };
        Ok(())
    }

    /// Proves the next exported event.
    pub fn exported(&mut self, it: &Exported) -> Result<(), StoreError> {
        let broken = |why: &str| StoreError::Corrupt(format!("event {}: {why}", it.seq));
        let hex = |text: &str| unhex(text).ok_or_else(|| broken("not hexadecimal"));
        let sealed = |text: &String| {
            let bytes = hex(text)?;
            let (salt, payload) = bytes.split_first_chunk::<32>().ok_or_else(|| broken("a payload has no salt"))?;
            Ok(Sealed { salt: *salt, bytes: payload.to_vec(), unpacked: None })
        };
        let hash = hex(&it.hash)?.try_into().map_err(|_| broken("its hash is not 32 bytes"))?;
        let parts = it.parts.iter().map(|it| it.as_ref().map(sealed).transpose()).collect::<Result<_, StoreError>>()?;
        self.step(it.seq, &Stored { hash, header: hex(&it.header)?, parts })
    }

    pub fn finish(self) -> Verified {
        self.0
    }
}

/// The hash of one event; none if there is no such event.
pub fn hash_of(tx: &Tx, seq: u64) -> Result<Option<[u8; 32]>, StoreError> {
    tx.get_bytes(&EVENTS.row(&seq))?.map(|it| Stored::read(&it).map(|it| it.hash)).transpose()
}

/// Proves the whole log of a desk: sequence without gaps, chain, and every payload that was not erased.
pub fn verify(tx: &Tx) -> Result<Verified, StoreError> {
    let mut verifier = Verifier::default();
    for row in tx.rows(&[EVENTS.tag], &after_prefix(&[EVENTS.tag]), false)? {
        let (key, value) = row?;
        verifier.step(seq_of(&key)?, &Stored::read(&value)?)?;
    }
    Ok(verifier.finish())
}

/// Whether every event is found by what it is about, and nothing else is.
pub(super) fn check_lookups(tx: &Tx, findings: &mut Vec<String>) -> Result<(), StoreError> {
    let mut events = 0_u64;
    for row in tx.rows(&[EVENTS.tag], &after_prefix(&[EVENTS.tag]), false)? {
        let (key, value) = row?;
        let seq = seq_of(&key)?;
        let Ok(header) = Stored::read(&value).and_then(|it| it.header()) else { continue };
        events += 1;
        if tx.get_bytes(&BY_ENTITY.row(&(header.entity.unwrap_or_default(), seq)))?.is_none() {
            findings.push(format!("event {seq} is not found by what it is about"));
        }
    }
    let found = tx.rows(&[BY_ENTITY.tag], &after_prefix(&[BY_ENTITY.tag]), false)?.count() as u64;
    if found != events {
        findings.push(format!("{found} events are found by what they are about, {events} are in the log"));
    }
    Ok(())
}

/// Calls `each` for every event after `last` in order, in the form of an export.
pub fn export(tx: &Tx, last: u64, mut each: impl FnMut(Exported, Event) -> crate::error::Result<()>) -> crate::error::Result<u64> {
    let mut count = 0;
    for row in tx.rows(&EVENTS.row(&last.saturating_add(1)), &after_prefix(&[EVENTS.tag]), false)? {
        let (key, value) = row?;
        let stored = Stored::read(&value)?;
        let part = |it: &Sealed| Ok(hex(&[it.salt.as_slice(), &it.payload()?].concat()));
        let parts = stored.parts.iter().map(|it| it.as_ref().map(part).transpose()).collect::<Result<_, StoreError>>()?;
        let exported =
            Exported { seq: seq_of(&key)?, hash: hex(&stored.hash), header: hex(&stored.header), parts, readable: serde_json::Value::Null };
        each(exported, event(stored)?)?;
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
