//! What a snapshot says of itself, and what was found when it was looked at.

use std::{collections::BTreeMap, fmt, str::FromStr};

use minicbor::{Decode, Encode};

use super::{ChunkId, Tree};
use crate::{id::DeskId, store::Mark, time::Instant};

/// `20261123-215105123-3fa9c1`: the instant (UTC, to the millisecond) and some hex digits, so that ids sort by age.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct SnapshotId(#[n(0)] String);

impl SnapshotId {
    pub fn new(at: Instant, random: [u8; 3]) -> SnapshotId {
        let millis = at.as_millis().rem_euclid(1000);
        SnapshotId(format!("{}{millis:03}-{}", at.timestamp().strftime("%Y%m%d-%H%M%S"), data_encoding::HEXLOWER.encode(&random)))
    }

    /// When it was begun.
    pub fn at(&self) -> Instant {
        let text = self.0.get(..15).unwrap_or_default();
        let millis: i64 = self.0.get(15..18).and_then(|it| it.parse().ok()).unwrap_or_default();
        let read = jiff::fmt::strtime::parse("%Y%m%d-%H%M%S", text).and_then(|it| it.to_datetime());
        let at = read.and_then(|it| it.to_zoned(jiff::tz::TimeZone::UTC));
        at.map_or(Instant::EPOCH, |it| Instant::from_millis(it.timestamp().as_millisecond() + millis))
    }
}

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SnapshotId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let fits = text.len() == 25
            && text.bytes().enumerate().all(|(i, it)| match i {
                8 | 18 => it == b'-',
                0..18 => it.is_ascii_digit(),
                _ => it.is_ascii_digit() || (b'a'..=b'f').contains(&it),
            });
        if fits { Ok(SnapshotId(text.to_owned())) } else { Err(()) }
    }
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
    #[n(0)]
    pub id: SnapshotId,
    #[n(1)]
    pub at: Instant,
    /// The version that made it.
    #[n(2)]
    pub build: String,
    /// The appliance that it is of.
    #[n(3)]
    pub instance: String,
    /// The store above the desks first, then the desks.
    #[n(4)]
    pub parts: Vec<Part>,
    /// The snapshot whose chunks it could use.
    #[n(5)]
    pub base: Option<SnapshotId>,
    /// Bytes that had to be written for it, as they lie in the vault.
    #[n(6)]
    pub written: u64,
    /// When the last of its stores had been read: nothing in it is later.
    #[n(7)]
    pub read_at: Instant,
}

/// One store of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Part {
    /// None for the store above the desks.
    #[n(0)]
    pub desk: Option<DeskId>,
    /// What it is called.
    #[n(1)]
    pub name: String,
    /// The last event that is in it.
    #[n(2)]
    pub seq: u64,
    /// The head of its log.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub log_hash: [u8; 32],
    #[n(4)]
    pub rows: Tree,
    /// Rows by the first byte of their keys.
    #[n(5)]
    pub counts: BTreeMap<u8, u64>,
    /// Files that its rows refer to: by their BLAKE3 hash, in which pieces they lie.
    #[n(6)]
    pub files: Tree,
    #[n(7)]
    pub file_bytes: u64,
    /// Small files that lie beside its store, by name; only where the vault is sealed.
    #[n(8)]
    pub beside: BTreeMap<String, Vec<u8>>,
    /// Files that its rows refer to and that were lost or changed before: they are in no snapshot.
    #[n(9)]
    pub missing: Vec<String>,
    /// From which state the journal goes on.
    #[n(10)]
    pub session: Option<String>,
    #[n(11)]
    #[cbor(default)]
    pub commits: u64,
}

impl Part {
    /// From which state the journal goes on, if it does.
    pub fn mark(&self) -> Option<Mark> {
        let session = uuid::Uuid::parse_str(self.session.as_deref()?).ok()?;
        Some(Mark { session, commits: self.commits })
    }
}

impl Manifest {
    /// Everything in it before packing, in bytes.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|it| it.rows.bytes + it.file_bytes).sum()
    }
}

/// A file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Found {
    #[n(0)]
    pub size: u64,
    /// In order.
    #[n(1)]
    pub pieces: Vec<ChunkId>,
}

/// What was found when a snapshot was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Verdict {
    /// When what was written for it was last read back.
    #[n(0)]
    pub read_back_at: Option<Instant>,
    /// When it was last restored, opened, counted, hashed and searched.
    #[n(1)]
    pub proven_at: Option<Instant>,
    /// What is wrong with it, in sentences; empty if nothing is.
    #[n(2)]
    pub findings: Vec<String>,
    /// Chunks that are lost: the next snapshot writes them anew.
    #[n(3)]
    pub lost: Vec<ChunkId>,
}

impl Verdict {
    /// Good only after somebody looked (BEY-27).
    pub fn is_good(&self) -> bool {
        self.findings.is_empty() && (self.read_back_at.is_some() || self.proven_at.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_say_when_and_nothing_else_is_one() {
        let at = Instant::from_millis(1_795_470_665_123);
        let id = SnapshotId::new(at, [1, 2, 0xff]);
        assert!(id.to_string().ends_with("-0102ff"), "{id}");
        assert_eq!(id.at(), at);
        assert_eq!(id.to_string().parse(), Ok(id));
        for text in
            ["", "newest", "20261123-215105123-3fa9c", "20261123-215105123-3fa9cg", "20261123/215105123-3fa9c1", "2026112é-21510512-3fa9c1"]
        {
            assert!(text.parse::<SnapshotId>().is_err(), "{text}");
        }
    }
}
