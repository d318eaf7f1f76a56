//! What one vault is sealed with. A data key, drawn once, seals everything; it lies in the vault, wrapped by the operator's key, so that
//! the operator's key can be changed without writing anything else anew. AES-256-GCM throughout (SEC-02).

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use serde::{Deserialize, Serialize};

use super::ChunkId;
use crate::{
    error::{Fault, Result},
    secret::Secret,
};

const KEY_BYTES: usize = 32;
/// What turning an operator's key into bytes costs: it may be a sentence that somebody remembers.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// What is computed at most of what a vault asks for.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 64;

/// The keys of an open vault.
pub struct Keys {
    ids: [u8; KEY_BYTES],
    sealing: Option<Sealing>,
}

struct Sealing {
    chunks: [u8; KEY_BYTES],
    records: [u8; KEY_BYTES],
}

/// The data key, wrapped by one operator's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wrapped {
    memory_kib: u32,
    passes: u32,
    salt: String,
    wrapped: String,
}

/// The data key itself.
pub struct DataKey([u8; KEY_BYTES]);

impl DataKey {
    pub fn fresh() -> Result<DataKey> {
        random().map(DataKey)
    }

    pub fn wrap(&self, key: &Secret) -> Result<Wrapped> {
        let salt: [u8; 16] = random()?;
        let nonce: [u8; NONCE_LEN] = random()?;
        let sealed = seal(&stretched(key, &salt, MEMORY_KIB, PASSES)?, nonce, b"data key", self.0.to_vec())?;
        let wrapped = HEXLOWER.encode(&[&nonce[..], &sealed].concat());
        Ok(Wrapped { memory_kib: MEMORY_KIB, passes: PASSES, salt: HEXLOWER.encode(&salt), wrapped })
    }

    /// None if it was wrapped by another key.
    pub fn unwrap(wrapped: &Wrapped, key: &Secret) -> Result<Option<DataKey>> {
        let (Ok(salt), Ok(bytes)) = (HEXLOWER.decode(wrapped.salt.as_bytes()), HEXLOWER.decode(wrapped.wrapped.as_bytes())) else {
            return Ok(None);
        };
        if wrapped.memory_kib > MEMORY_KIB_MAX || wrapped.passes > PASSES_MAX {
            return Ok(None);
        }
        let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE_LEN>() else { return Ok(None) };
        let stretched = stretched(key, &salt, wrapped.memory_kib, wrapped.passes)?;
        Ok(open(&stretched, *nonce, b"data key", sealed.to_vec()).and_then(|it| it.try_into().ok()).map(DataKey))
    }

    /// Tells it from others, and nothing else about it.
    pub fn mark(&self) -> String {
        HEXLOWER.encode(&blake3::derive_key("lodge vault 1 mark", &self.0)[..16])
    }

    pub fn keys(&self) -> Keys {
        let derived = |purpose: &str| blake3::derive_key(purpose, &self.0);
        let sealing = Sealing { chunks: derived("lodge vault 1 chunks"), records: derived("lodge vault 1 records") };
        Keys { ids: derived("lodge vault 1 ids"), sealing: Some(sealing) }
    }
}

impl Keys {
    /// Of a vault that nobody gave a key.
    pub fn open_to_all() -> Keys {
        Keys { ids: blake3::derive_key("lodge vault 1 ids", b""), sealing: None }
    }

    pub fn is_sealing(&self) -> bool {
        self.sealing.is_some()
    }

    /// The name of a chunk. With a key of its own, so that nobody can tell from names what a sealed vault holds.
    pub fn id_of(&self, plain: &[u8]) -> ChunkId {
        ChunkId(*blake3::keyed_hash(&self.ids, plain).as_bytes())
    }

    /// Seals a chunk. Each has a key of its own, made of its name, so the same bytes always become the same, and no nonce is used twice.
    pub fn seal_chunk(&self, id: ChunkId, bytes: Vec<u8>) -> Result<Vec<u8>> {
        match &self.sealing {
            Some(it) => seal(blake3::keyed_hash(&it.chunks, &id.0).as_bytes(), [0; NONCE_LEN], &id.0, bytes),
            None => Ok(bytes),
        }
    }

    /// None if it was changed.
    pub fn open_chunk(&self, id: ChunkId, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match &self.sealing {
            Some(it) => open(blake3::keyed_hash(&it.chunks, &id.0).as_bytes(), [0; NONCE_LEN], &id.0, bytes),
            None => Some(bytes),
        }
    }

    /// Seals what stands under a name; it opens under no other.
    pub fn seal_record(&self, name: &str, bytes: Vec<u8>) -> Result<Vec<u8>> {
        let Some(sealing) = &self.sealing else {
            return Ok([blake3::keyed_hash(&self.ids, &bytes).as_bytes(), bytes.as_slice()].concat());
        };
        let nonce: [u8; NONCE_LEN] = random()?;
        Ok([&nonce[..], &seal(&sealing.records, nonce, name.as_bytes(), bytes)?].concat())
    }

    /// None if it was changed, or stood under another name.
    pub fn open_record(&self, name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let Some(sealing) = &self.sealing else {
            let (hash, bytes) = bytes.split_first_chunk::<32>()?;
            return (blake3::keyed_hash(&self.ids, bytes) == *hash).then(|| bytes.to_vec());
        };
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        open(&sealing.records, *nonce, name.as_bytes(), sealed.to_vec())
    }
}

fn stretched(key: &Secret, salt: &[u8], memory_kib: u32, passes: u32) -> Result<[u8; KEY_BYTES]> {
    let doing = |it: argon2::Error| Fault::because("making a key of the snapshots' key", it);
    let params = Params::new(memory_kib, passes, 1, Some(KEY_BYTES)).map_err(doing)?;
    let mut bytes = [0; KEY_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(key.reveal().as_bytes(), salt, &mut bytes)
        .map_err(doing)?;
    Ok(bytes)
}

fn seal(key: &[u8; KEY_BYTES], nonce: [u8; NONCE_LEN], about: &[u8], mut bytes: Vec<u8>) -> Result<Vec<u8>> {
    let key = cipher(key)?;
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut bytes)
        .map_err(|_| Fault::new("a piece of a snapshot is too long to be sealed"))?;
    Ok(bytes)
}

fn open(key: &[u8; KEY_BYTES], nonce: [u8; NONCE_LEN], about: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let length = cipher(key).ok()?.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut bytes).ok()?.len();
    bytes.truncate(length);
    Some(bytes)
}

fn cipher(key: &[u8; KEY_BYTES]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| Fault::new("a key of another length than AES-256 takes"))?;
    Ok(LessSafeKey::new(key))
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Fault::new("the system gives no random bytes"))?;
    Ok(bytes)
}
