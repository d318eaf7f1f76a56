//! One chunk as it lies in a vault: packed where that helps, sealed where the vault has a key, under the hash of what it says.

use std::{fmt, io::Read, io::Write, str::FromStr};

use data_encoding::HEXLOWER;
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use minicbor::{Decode, Encode};

use super::keys::Keys;
use crate::error::{Fault, Result};

/// The longest chunk, in bytes before packing. What claims to be longer is damaged.
pub const CHUNK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// How it lies: as it is, or packed by DEFLATE (RFC 1951).
const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;
/// Packing that saves less than this share is not worth unpacking.
const WORTH: usize = 16;

/// What a chunk says, as a keyed BLAKE3 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct ChunkId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl ChunkId {
    /// `chunks/ab/cdef...`: few entries per folder.
    pub fn place(self) -> String {
        let name = self.to_string();
        format!("chunks/{}/{}", &name[..2], &name[2..])
    }

    /// The chunk that lies at a place.
    pub fn at(place: &str) -> Option<ChunkId> {
        let (folder, name) = place.strip_prefix("chunks/")?.split_once('/')?;
        (folder.len() == 2).then(|| format!("{folder}{name}").parse().ok()).flatten()
    }
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for ChunkId {
    type Err = ();

    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(drop)?;
        bytes.try_into().map(ChunkId).map_err(drop)
    }
}

/// The bytes that are stored for a chunk.
pub fn stored(keys: &Keys, id: ChunkId, plain: &[u8]) -> Result<Vec<u8>> {
    keys.seal_chunk(id, packed(plain)?)
}

/// What a chunk says; none if it is not what was stored.
pub fn read(keys: &Keys, id: ChunkId, stored: Vec<u8>) -> Option<Vec<u8>> {
    let plain = unpacked(&keys.open_chunk(id, stored)?, CHUNK_BYTES_MAX)?;
    (keys.id_of(&plain) == id).then_some(plain)
}

/// Packed where that helps, with a byte before it that says so.
pub fn packed(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = vec![DEFLATED];
    let mut encoder = DeflateEncoder::new(&mut packed, Compression::fast());
    encoder.write_all(plain).and_then(|()| encoder.try_finish()).map_err(|it| Fault::because("packing a chunk", it))?;
    drop(encoder);
    if packed.len() + plain.len() / WORTH > plain.len() {
        packed = [&[PLAIN], plain].concat();
    }
    Ok(packed)
}

/// None where it cannot be unpacked, or would be longer.
pub fn unpacked(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let plain = match packed.split_first()? {
        (&PLAIN, rest) => rest.to_vec(),
        (&DEFLATED, rest) => {
            let mut plain = Vec::with_capacity(rest.len() * 3);
            // One byte more than there may be, so that too many are noticed.
            DeflateDecoder::new(rest).take(most as u64 + 1).read_to_end(&mut plain).ok()?;
            plain
        }
        _ => return None,
    };
    (plain.len() <= most).then_some(plain)
}
