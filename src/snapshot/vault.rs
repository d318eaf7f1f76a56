//! The place of snapshots, open: chunks by their name, manifests, what was found when they were looked at.

use bytes::Bytes;
use minicbor::{Decode, Encode};

use super::{ChunkId, Manifest, SnapshotId, Verdict, chunk, head, keys::Keys};
use crate::{
    blobs::Objects,
    error::{Code, Error, Fault, Refusal, Result},
    secret::Secret,
    store::codec,
    time::Instant,
};

pub struct Vault {
    objects: Objects,
    keys: Keys,
}

/// Something in the vault is not what was written there.
#[derive(Debug, Clone)]
pub struct Damage;

impl Damage {
    /// The error that names a chunk.
    pub fn of(id: ChunkId, why: &str) -> Error {
        Damage::named(&id.place(), why)
    }

    pub(super) fn named(name: &str, why: &str) -> Error {
        let text =
            format!("{name} {why}: whatever needs it is lost from this place. Take a snapshot, which writes it anew, or use another one.");
        Refusal::new(Code::Conflict, text).into()
    }
}

impl Vault {
    /// The vault at this place.
    pub async fn open(objects: Objects, key: &Secret) -> Result<Vault> {
        match head::open(&objects, key).await? {
            Some(keys) => Ok(Vault { objects, keys }),
            None => Err(Refusal::new(Code::NotFound, format!("There are no snapshots at {}.", objects.shown())).into()),
        }
    }

    /// The vault at this place, which is made if there is none: sealed if a key is given.
    pub async fn open_or_make(objects: Objects, key: &Secret) -> Result<Vault> {
        let keys = head::open_or_make(&objects, key).await?;
        Ok(Vault { objects, keys })
    }

    /// From here on `new` opens the vault at this place, and nothing else does. Nothing else is written.
    pub async fn change_key(objects: &Objects, key: &Secret, new: &Secret) -> Result<()> {
        if !Vault::open(objects.clone(), key).await?.is_sealed() {
            let text = format!("The snapshots at {} are not encrypted, and stay so: begin at another place with a key.", objects.shown());
            return Err(Refusal::new(Code::Conflict, text).into());
        }
        head::change_key(objects, key, new).await
    }

    pub fn is_sealed(&self) -> bool {
        self.keys.is_sealing()
    }

    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The name that a chunk has here.
    pub fn id_of(&self, plain: &[u8]) -> ChunkId {
        self.keys.id_of(plain)
    }

    /// What a chunk says, proven. An error names it.
    pub async fn chunk(&self, id: ChunkId) -> Result<Vec<u8>> {
        let Some(stored) = self.objects.get(&id.place()).await? else { return Err(Damage::of(id, "is missing")) };
        chunk::read(&self.keys, id, stored.into()).ok_or_else(|| Damage::of(id, "was changed"))
    }

    // --- manifests ---

    /// The snapshots that stand, the oldest first.
    pub async fn snapshots(&self) -> Result<Vec<SnapshotId>> {
        let mut ids = Vec::new();
        self.objects.list("snapshots", |it| ids.extend(it.name.strip_prefix("snapshots/").and_then(|it| it.parse().ok()))).await?;
        ids.sort();
        Ok(ids)
    }

    /// The snapshot of this id, or the newest that is not known to be bad.
    pub async fn chosen(&self, id: Option<&str>) -> Result<SnapshotId> {
        if let Some(text) = id {
            let id: Option<SnapshotId> = text.parse().ok();
            let id = id.ok_or_else(|| {
                Refusal::new(Code::Validation, format!("`{text}` is no id of a snapshot; `lodge snapshot list` shows them."))
            })?;
            return Ok(id);
        }
        self.newest_before(None).await
    }

    /// The newest snapshot that is not known to be bad, and holds nothing later than an instant.
    pub async fn newest_before(&self, until: Option<Instant>) -> Result<SnapshotId> {
        for id in self.snapshots().await?.into_iter().rev() {
            let is_later = match until {
                Some(until) => self.manifest(&id).await?.read_at > until,
                None => false,
            };
            if !is_later && self.verdict(&id).await?.findings.is_empty() {
                return Ok(id);
            }
        }
        let before = until.map(|it| format!(" from before {}", it.timestamp())).unwrap_or_default();
        Err(Refusal::new(Code::NotFound, format!("There is no good snapshot{before} at {}.", self.objects.shown())).into())
    }

    pub async fn manifest(&self, id: &SnapshotId) -> Result<Manifest> {
        self.record(&standing(id))
            .await?
            .ok_or_else(|| Refusal::new(Code::NotFound, format!("There is no snapshot {id} at {}.", self.objects.shown())).into())
    }

    /// From here on the snapshot stands.
    pub async fn put_manifest(&self, manifest: &Manifest) -> Result<()> {
        self.objects.flush().await?;
        self.put_record(&standing(&manifest.id), manifest).await
    }

    // --- verdicts ---

    /// What was found when it was last looked at.
    pub async fn verdict(&self, id: &SnapshotId) -> Result<Verdict> {
        Ok(self.record(&judged(id)).await?.unwrap_or_default())
    }

    pub async fn put_verdict(&self, id: &SnapshotId, verdict: &Verdict) -> Result<()> {
        self.put_record(&judged(id), verdict).await
    }

    // --- what was removed, for a while ---

    /// The snapshot no longer stands, and what it needs stays for a while.
    pub(super) async fn bury(&self, id: &SnapshotId) -> Result<()> {
        // As it is: one that cannot be read can be buried, too.
        if let Some(bytes) = self.objects.get(&standing(id)).await? {
            self.objects.put_safely(&buried(id), bytes).await?;
            self.objects.remove(&standing(id)).await?;
        }
        Ok(())
    }

    /// None where it cannot be read any more.
    pub(super) async fn buried(&self, id: &SnapshotId) -> Result<Option<Manifest>> {
        let Some(bytes) = self.objects.get(&buried(id)).await? else { return Ok(None) };
        Ok(self.keys.open_record(&standing(id), &bytes).and_then(|it| codec::decode("manifest", &it).ok()))
    }

    /// Every trace of a buried snapshot goes.
    pub(super) async fn forget(&self, id: &SnapshotId) -> Result<()> {
        self.objects.remove(&judged(id)).await?;
        self.objects.remove(&buried(id)).await
    }

    pub(super) async fn record<T: for<'b> Decode<'b, ()>>(&self, name: &str) -> Result<Option<T>> {
        let Some(bytes) = self.objects.get(name).await? else { return Ok(None) };
        let bytes = self.keys.open_record(name, &bytes).ok_or_else(|| Damage::named(name, "was changed"))?;
        Ok(Some(codec::decode(name, &bytes)?))
    }

    pub(super) async fn put_record(&self, name: &str, record: &impl Encode<()>) -> Result<()> {
        let sealed = self.keys.seal_record(name, codec::encode(record))?;
        self.objects.put_safely(name, Bytes::from(sealed)).await
    }
}

fn standing(id: &SnapshotId) -> String {
    format!("snapshots/{id}")
}

fn judged(id: &SnapshotId) -> String {
    format!("verdicts/{id}")
}

/// The folder of what was removed.
pub(super) const BURIED: &str = "gone";

fn buried(id: &SnapshotId) -> String {
    format!("{BURIED}/{id}")
}

/// Whether an error is about what lies in the vault, and not about reaching it.
impl Damage {
    pub fn is(error: &Error) -> bool {
        matches!(error, Error::Refused(it) if it.code == Code::Conflict) || matches!(error, Error::Broken(Fault { cause: None, .. }))
    }
}
