//! The journal: committed batches, sent to the vault every few seconds, so that what came after the last snapshot is safe as well, and any
//! instant can be gone back to. A segment holds batches of one session of a store, one after the other without a gap; whoever applies them
//! to the state that a snapshot of that session holds has the state after each.

use std::sync::Arc;

use bytes::Bytes;
use minicbor::{Decode, Encode, bytes::ByteVec};
use uuid::Uuid;

use super::{Found, Vault, chunk, vault::Damage};
use crate::{
    error::{Error, Result},
    id::DeskId,
    store::{Applied, Mark, codec, engine::Batch, log::Head},
    time::Instant,
};

/// A segment unpacked, in bytes: one batch may be large, and no more than a few are in a segment then.
const SEGMENT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Batches of one session.
#[derive(Debug, Clone, Default, Encode, Decode)]
pub struct Segment {
    #[n(0)]
    pub entries: Vec<Entry>,
    /// Files that they are the first to refer to, by their BLAKE3 hash.
    #[n(1)]
    pub files: Vec<Sent>,
}

/// A file that lies in the vault before any snapshot knows it.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Sent {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub hash: [u8; 32],
    #[n(1)]
    pub found: Found,
}

/// One batch.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Entry {
    /// The how-manieth of its session.
    #[n(0)]
    pub commits: u64,
    #[n(1)]
    pub at: Instant,
    /// The end of the log after it.
    #[n(2)]
    seq: u64,
    #[cbor(n(3), with = "minicbor::bytes")]
    log_hash: [u8; 32],
    #[n(4)]
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Encode, Decode)]
struct Row {
    #[n(0)]
    key: ByteVec,
    /// None where it was removed.
    #[n(1)]
    value: Option<ByteVec>,
}

impl From<&Applied> for Entry {
    fn from(it: &Applied) -> Self {
        let rows = it.batch.iter().map(|(key, value)| Row { key: key.clone().into(), value: value.clone().map(ByteVec::from) });
        Entry { commits: it.mark.commits, at: it.at, seq: it.head.seq, log_hash: it.head.hash, rows: rows.collect() }
    }
}

impl Entry {
    /// The end of the log after it.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.log_hash }
    }

    pub fn into_batch(self) -> Batch {
        self.rows.into_iter().map(|it| (it.key.into(), it.value.map(Vec::from))).collect()
    }
}

/// `journal/<desk>/<session>/<first>`, so that segments sort by their order.
fn folder(desk: Option<DeskId>, session: Uuid) -> String {
    let desk = desk.map_or_else(|| "appliance".to_owned(), |it| it.0.simple().to_string());
    format!("{JOURNAL}/{desk}/{}", session.simple())
}

fn place(desk: Option<DeskId>, session: Uuid, first: u64) -> String {
    format!("{}/{first:020}", folder(desk, session))
}

/// The folder of all segments.
pub(super) const JOURNAL: &str = "journal";

/// The folder of what segments refer to and perhaps no snapshot.
pub(super) const ATTACHED: &str = "attached";

impl Vault {
    /// The files that came with one segment.
    pub(super) async fn attached(&self, name: &str) -> Result<Vec<Sent>> {
        Ok(self.record(name).await?.unwrap_or_default())
    }

    /// Puts a segment, safely; one without entries is none.
    pub async fn put_segment(&self, desk: Option<DeskId>, session: Uuid, segment: &Segment) -> Result<u64> {
        let Some(first) = segment.entries.first() else { return Ok(0) };
        // The files that it refers to are put before.
        self.objects().flush().await?;
        let name = place(desk, session, first.commits);
        if !segment.files.is_empty() {
            // By a name of its own, so that a sweep reads these alone and not the whole journal.
            self.put_record(&name.replacen(JOURNAL, ATTACHED, 1), &segment.files).await?;
        }
        let sealed = self.keys().seal_record(&name, chunk::packed(&codec::encode(segment))?)?;
        let count = sealed.len() as u64;
        self.objects().put_safely(&name, Bytes::from(sealed)).await?;
        Ok(count)
    }

    /// The segments that go on from a state, in order, until there is a gap or `each` says that it is enough.
    pub async fn replay(self: &Arc<Self>, desk: Option<DeskId>, from: Mark, mut each: impl FnMut(Segment) -> Result<bool>) -> Result<()> {
        let mut firsts = Vec::new();
        let all = folder(desk, from.session);
        let list = self.objects().list(&all, |it| {
            firsts.extend(it.name.rsplit('/').next().and_then(|it| it.parse::<u64>().ok()));
        });
        list.await?;
        firsts.sort_unstable();
        // A snapshot may have been taken in the midst of a segment.
        let begin = firsts.partition_point(|it| *it <= from.commits + 1).saturating_sub(1);
        let mut next = from.commits + 1;
        let mut firsts = firsts.into_iter().skip(begin).peekable();
        loop {
            // What a listing does not show yet is there all the same under its name.
            let first = firsts.next_if(|it| *it <= next).unwrap_or(next);
            let Some(mut segment) = self.segment(desk, from.session, first).await? else { return Ok(()) };
            segment.entries.retain(|it| it.commits >= next);
            let is_whole = segment.entries.iter().zip(next..).all(|(it, wanted)| it.commits == wanted);
            if !is_whole {
                return Err(Damage::named(&place(desk, from.session, first), "has a gap"));
            }
            let Some(last) = segment.entries.last() else { return Ok(()) };
            next = last.commits + 1;
            if !each(segment)? {
                return Ok(());
            }
        }
    }

    async fn segment(&self, desk: Option<DeskId>, session: Uuid, first: u64) -> Result<Option<Segment>> {
        let name = place(desk, session, first);
        let Some(bytes) = self.objects().get(&name).await? else { return Ok(None) };
        let changed = || -> Error { Damage::named(&name, "was changed") };
        let packed = self.keys().open_record(&name, &bytes).ok_or_else(changed)?;
        let plain = chunk::unpacked(&packed, SEGMENT_BYTES_MAX).ok_or_else(changed)?;
        Ok(Some(codec::decode("journal", &plain)?))
    }
}
