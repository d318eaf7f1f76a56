//! Removing snapshots, and the chunks that none of them needs. In two steps a day apart, because others may be at work and listings may
//! lag: a removed snapshot is buried, and what it needs stays as if it stood; a chunk that nothing needs stays until it is a day old. So
//! whoever began a snapshot within that day finds everything that it relied on.

use std::{collections::HashSet, sync::Arc, time::Duration};

use super::{
    ChunkId, Found, Manifest, SnapshotId, Vault,
    journal::{ATTACHED, JOURNAL},
    retention,
    vault::BURIED,
};
use crate::{
    error::{Fault, Result},
    store::codec,
    time::Instant,
};

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub snapshots: usize,
    pub chunks: usize,
    /// As they lay in the vault.
    pub bytes: u64,
    /// Chunks that stay.
    pub kept: usize,
}

impl Manifest {
    /// Calls `each` with every chunk that this snapshot needs.
    pub async fn chunks(&self, vault: &Arc<Vault>, each: &mut (dyn FnMut(ChunkId) + Send)) -> Result<()> {
        for part in &self.parts {
            part.rows.chunks(vault, each).await?;
            part.files.chunks(vault, each).await?;
            part.files
                .read(vault, |_, value| {
                    let found: Found = codec::decode("file of a snapshot", &value)?;
                    found.pieces.into_iter().for_each(&mut *each);
                    Ok(())
                })
                .await?;
        }
        Ok(())
    }
}

impl Vault {
    /// Removes these snapshots, and what nothing has needed for `grace`. A snapshot that stands and cannot be read stops it before
    /// anything is removed, because nobody knows what it needs.
    pub async fn sweep(self: &Arc<Self>, superfluous: &[SnapshotId], grace: Duration) -> Result<Swept> {
        let mut swept = Swept::default();
        for id in superfluous {
            self.bury(id).await?;
            swept.snapshots += 1;
        }
        let now = self.now().await?;
        let is_old = |it: Instant| now.since(it) >= grace;
        let mut needed = HashSet::new();
        for id in self.snapshots().await? {
            self.manifest(&id).await?.chunks(self, &mut |it| _ = needed.insert(it)).await?;
        }
        // What came with the journal, as long as that is kept: the next snapshot may be days away.
        let is_past = |it: Instant| now.since(it) >= Duration::from_secs(retention::ALL_SECS) + grace;
        let (mut segments, mut attached) = (Vec::new(), Vec::new());
        for folder in [JOURNAL, ATTACHED] {
            let list = self.objects().list(folder, |it| match is_past(it.written_at) {
                true => segments.push(it.name),
                false if folder == ATTACHED => attached.push(it.name),
                false => {}
            });
            list.await?;
        }
        for name in attached {
            needed.extend(self.attached(&name).await?.into_iter().flat_map(|it| it.found.pieces));
        }
        let mut old = Vec::new();
        for (id, at) in self.graves().await? {
            match self.buried(&id).await? {
                _ if is_old(at) => old.push(id),
                Some(it) => it.chunks(self, &mut |it| _ = needed.insert(it)).await?,
                None => {}
            }
        }
        let mut unneeded = Vec::new();
        let list = self.objects().list("chunks", |it| match ChunkId::at(&it.name) {
            Some(id) if !needed.contains(&id) && is_old(it.written_at) => unneeded.push((it.name, it.size)),
            Some(_) => swept.kept += 1,
            // What has another name is not ours.
            None => {}
        });
        list.await?;
        for (name, size) in unneeded {
            self.objects().remove(&name).await?;
            swept.chunks += 1;
            swept.bytes += size;
        }
        for name in segments {
            self.objects().remove(&name).await?;
        }
        // Last, so that a crash before repeats all of it.
        for id in old {
            self.forget(&id).await?;
        }
        Ok(swept)
    }

    async fn graves(&self) -> Result<Vec<(SnapshotId, Instant)>> {
        let mut graves = Vec::new();
        let list = self.objects().list(BURIED, |it| {
            let id = it.name.strip_prefix("gone/").and_then(|it| it.parse().ok());
            graves.extend(id.map(|id| (id, it.written_at)));
        });
        list.await?;
        Ok(graves)
    }

    /// The store's own clock, by which ages are told: ours may be another.
    async fn now(&self) -> Result<Instant> {
        const MARK: &str = "sweeping/mark";
        self.objects().put_safely(MARK, bytes::Bytes::from_static(b"for its date")).await?;
        let mut now = None;
        self.objects().list("sweeping", |it| now = Some(it.written_at)).await?;
        now.ok_or_else(|| {
            Fault::new(format!("{} does not list what was just written there; try again later", self.objects().shown())).into()
        })
    }
}
