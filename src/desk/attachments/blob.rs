//! Bytes that are stored once, however often they are used: how often that is, what a scanner said of them, and when nobody needs them
//! any more. The bytes themselves are in `blobs/`.
//!
//! Invariant: `references` is the number of attachments, files of articles, raw mails, finished uploads, previews and files of lists
//! that name the blob. A blob without one stays for
//! [`limits::BLOB_GRACE_DAYS`] and is then forgotten by [`forget`], after which its bytes may go.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::preview;
use crate::{
    error::{Fault, Result},
    id::BlobHash,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// What a scanner said of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Scan {
    /// Nobody has looked yet.
    #[n(0)]
    Waiting,
    #[n(1)]
    Clean,
    /// What was found, as the scanner calls it.
    #[n(2)]
    Infected(#[n(0)] String),
    /// The scanner takes no file like it, such as one that is too large.
    #[n(3)]
    Unscannable(#[n(0)] String),
}

impl Scan {
    pub fn name(&self) -> &'static str {
        match self {
            Scan::Waiting => "pending",
            Scan::Clean => "clean",
            Scan::Infected(_) => "infected",
            Scan::Unscannable(_) => "unscannable",
        }
    }
}

/// Bytes that are stored once, however often they are used.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Blob {
    #[n(0)]
    pub hash: BlobHash,
    #[n(1)]
    pub size: u64,
    /// SHA-256 of the same bytes (ATT-07).
    #[cbor(n(2), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// Attachments, raw mails, finished uploads and previews that refer to it; nobody needs it at zero.
    #[n(3)]
    pub references: u32,
    #[n(4)]
    pub created_at: Instant,
    /// Since when nobody needs it.
    #[n(5)]
    pub unused_since: Option<Instant>,
    /// None for what came before there were scanners: it waits like the rest once somebody asks for it.
    #[n(6)]
    pub scan: Option<Scan>,
}

/// Blobs that nobody needs, by the instant since when.
pub const UNUSED: Index<Blob, Instant> = Index::new(0xb2, "blobs_unused");
/// Blobs that no scanner has looked at, oldest first.
pub const UNSCANNED: Index<Blob, Instant> = Index::new(0xb3, "blobs_unscanned");

impl Record for Blob {
    type Key = BlobHash;
    /// Counted by what refers to it, which is journalled.
    const TABLE: Table = Table::operational(0x14, "blobs");

    fn key(&self) -> BlobHash {
        self.hash
    }

    fn indexes(&self, entries: &mut Entries) {
        if let Some(since) = self.unused_since {
            entries.add(&UNUSED, &since);
        }
        if self.scan == Some(Scan::Waiting) {
            entries.add(&UNSCANNED, &self.created_at);
        }
    }
}

/// Whether there is a scanner, so that files wait for it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Scanning {
    #[n(0)]
    pub on: bool,
}

impl Record for Scanning {
    type Key = ();
    /// As the machine is set up, and no choice of the desk's people.
    const TABLE: Table = Table::operational(0x7e, "scanning");

    fn key(&self) {}
}

/// Whether files wait for a scanner on this desk.
pub fn is_scanned_here(tx: &Tx) -> Result<bool> {
    Ok(tx.get::<Scanning>(&())?.is_some_and(|it| it.on))
}

/// Says at a start whether there is a scanner.
pub fn set_scanning(tx: &mut Tx, on: bool) -> Result<()> {
    if is_scanned_here(tx)? == on { Ok(()) } else { tx.put(&Scanning { on }) }
}

/// Counts one more use of stored bytes.
pub fn refer(tx: &mut Tx, hash: BlobHash, size: u64, sha256: [u8; 32]) -> Result<()> {
    let now = tx.now();
    let mut blob = match tx.get::<Blob>(&hash)? {
        Some(it) => it,
        None => Blob { hash, size, sha256, references: 0, created_at: now, unused_since: None, scan: Some(Scan::Waiting) },
    };
    blob.references += 1;
    blob.unused_since = None;
    tx.put(&blob)
}

/// Counts one use less. Without any, the bytes are kept for a while all the same: who took a file away may want it back.
pub fn release(tx: &mut Tx, hash: BlobHash) -> Result<()> {
    let mut blob = tx.get::<Blob>(&hash)?.ok_or_else(|| Fault::new(format!("the blob {hash} is used and not counted")))?;
    blob.references = blob.references.checked_sub(1).ok_or_else(|| Fault::new(format!("the blob {hash} was counted wrongly")))?;
    blob.unused_since = (blob.references == 0).then(|| tx.now());
    tx.put(&blob)
}

/// Every blob that something refers to.
pub fn used(tx: &Tx) -> Result<Vec<BlobHash>> {
    let mut found = Vec::new();
    for it in tx.scan::<Blob>(&())? {
        let it = it?;
        if it.references > 0 {
            found.push(it.hash);
        }
    }
    Ok(found)
}

/// Blobs whose bytes are kept, also those that nobody needs any more.
pub fn kept(tx: &Tx) -> Result<Vec<BlobHash>> {
    tx.scan::<Blob>(&())?.map(|it| Ok(it?.hash)).collect()
}

/// Blobs that nobody has needed for long enough, the longest first, at most `limit`.
pub fn unused(tx: &Tx, limit: usize) -> Result<Vec<BlobHash>> {
    let until = tx.now().minus(Duration::from_secs(limits::BLOB_GRACE_DAYS * 24 * 3600));
    tx.find_between(&UNUSED, &Instant::EPOCH, &until)?.take(limit).map(|it| Ok(it?)).collect()
}

/// Forgets a blob, so that its bytes may go; false if somebody needs it after all.
pub fn forget(tx: &mut Tx, hash: BlobHash) -> Result<bool> {
    match tx.get::<Blob>(&hash)? {
        Some(it) if it.references == 0 => {
            preview::forget(tx, hash)?;
            tx.remove::<Blob>(&hash).map(|()| true)
        }
        Some(_) => Ok(false),
        None => Ok(true),
    }
}

/// Blobs that wait for a scanner without those that are left out, the oldest first, at most `limit`.
pub fn unscanned(tx: &Tx, limit: usize, is_left_out: impl Fn(BlobHash) -> bool) -> Result<Vec<(BlobHash, u64)>> {
    let end = Instant::from_millis(i64::MAX);
    let mut found = Vec::new();
    for hash in tx.find_between(&UNSCANNED, &Instant::EPOCH, &end)? {
        let hash = hash?;
        if let Some(it) = tx.get::<Blob>(&hash)?.filter(|_| !is_left_out(hash)) {
            found.push((it.hash, it.size));
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// Keeps what a scanner said.
pub fn scanned(tx: &mut Tx, hash: BlobHash, said: Scan) -> Result<()> {
    match tx.get::<Blob>(&hash)? {
        Some(it) => tx.put(&Blob { scan: Some(said), ..it }),
        // It went meanwhile.
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    const HASH: BlobHash = BlobHash([7; 32]);

    fn used(stage: &Stage) {
        stage.write(|tx| refer(tx, HASH, 3, [0; 32])).unwrap();
    }

    #[test]
    fn bytes_are_forgotten_when_nobody_has_needed_them_for_a_while() {
        let stage = Stage::new();
        let unused_now = |stage: &Stage| stage.read(|tx| unused(tx, 10));
        used(&stage);
        used(&stage);
        stage.write(|tx| release(tx, HASH)).unwrap();
        stage.pass(400 * 24 * 3600);
        assert_eq!(unused_now(&stage), [], "one use is left");
        assert!(!stage.write(|tx| forget(tx, HASH)).unwrap());
        stage.write(|tx| release(tx, HASH)).unwrap();
        assert_eq!(unused_now(&stage), [], "it may be wanted back");
        assert!(stage.write(|tx| release(tx, HASH)).is_err(), "nobody uses it");
        stage.pass(limits::BLOB_GRACE_DAYS as i64 * 24 * 3600 + 1);
        assert_eq!(unused_now(&stage), [HASH]);
        used(&stage);
        assert_eq!(unused_now(&stage), [], "somebody brought the same bytes again");
        assert!(!stage.write(|tx| forget(tx, HASH)).unwrap());
        stage.write(|tx| release(tx, HASH)).unwrap();
        assert!(stage.write(|tx| forget(tx, HASH)).unwrap());
        assert!(stage.write(|tx| forget(tx, HASH)).unwrap(), "it is forgotten");
    }

    #[test]
    fn bytes_wait_for_a_scanner_once() {
        let stage = Stage::new();
        let waiting = |stage: &Stage| stage.read(|tx| unscanned(tx, 10, |_| false));
        used(&stage);
        assert_eq!(waiting(&stage), [(HASH, 3)]);
        assert_eq!(stage.read(|tx| unscanned(tx, 10, |it| it == HASH)), []);
        stage.write(|tx| scanned(tx, HASH, Scan::Clean)).unwrap();
        used(&stage);
        assert_eq!(waiting(&stage), []);
        stage.write(|tx| scanned(tx, BlobHash([1; 32]), Scan::Clean)).unwrap();
    }
}
