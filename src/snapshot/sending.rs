//! Chunks on their way into a vault: those that are there already are named only; the others are packed, sealed and put by a few threads,
//! so that whoever makes a snapshot reads on meanwhile, and no faster than they are taken.

use std::{
    collections::HashSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use bytes::Bytes;
use tokio::runtime::Handle;

use super::{ChunkId, Vault, chunk};
use crate::error::{Error, Fault, Result};

/// Threads that pack and put: more than processors, since a store elsewhere makes them wait.
const THREADS: usize = 8;
/// Chunks that wait for them.
const WAITING: usize = 32;

/// Takes chunks.
pub struct Sending<'a> {
    vault: &'a Vault,
    known: &'a HashSet<ChunkId>,
    sent: HashSet<ChunkId>,
    queue: Option<SyncSender<(ChunkId, Vec<u8>)>>,
    trouble: &'a Mutex<Option<Error>>,
}

/// What had to be put.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sent {
    pub chunks: HashSet<ChunkId>,
    /// As they lie in the vault.
    pub bytes: u64,
}

impl Sending<'_> {
    /// Puts a chunk if it is not there, and gives its name. An error says why an earlier one could not be put.
    pub fn put(&mut self, plain: Vec<u8>) -> Result<ChunkId> {
        let id = self.vault.id_of(&plain);
        if self.known.contains(&id) || !self.sent.insert(id) {
            return Ok(id);
        }
        let taken = self.queue.as_ref().is_some_and(|it| it.send((id, plain)).is_ok());
        match self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(it) => Err(it),
            None if taken => Ok(id),
            None => Err(Fault::new("the threads that write a snapshot ended early").into()),
        }
    }
}

/// Runs `make`, which puts chunks, and ends when all that it put lie in the vault; `known` are there already. Not for async callers.
pub fn sending<T>(
    vault: &Vault,
    known: &HashSet<ChunkId>,
    handle: &Handle,
    make: impl FnOnce(&mut Sending<'_>) -> Result<T>,
) -> Result<(T, Sent)> {
    let (queue, waiting) = sync_channel(WAITING);
    let (waiting, trouble, bytes) = (Mutex::new(waiting), Mutex::new(None), AtomicU64::new(0));
    let mut sending = Sending { vault, known, sent: HashSet::new(), queue: Some(queue), trouble: &trouble };
    let made = std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some((id, plain)) = next(&waiting) {
                    match put(vault, handle, id, &plain) {
                        Ok(count) => drop(bytes.fetch_add(count, Ordering::Relaxed)),
                        Err(it) => drop(trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(it)),
                    }
                }
            });
        }
        let made = make(&mut sending);
        sending.queue = None;
        made
    });
    let chunks = std::mem::take(&mut sending.sent);
    drop(sending);
    let made = made?;
    match trouble.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(it) => Err(it),
        None => Ok((made, Sent { chunks, bytes: bytes.into_inner() })),
    }
}

fn next(waiting: &Mutex<Receiver<(ChunkId, Vec<u8>)>>) -> Option<(ChunkId, Vec<u8>)> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn put(vault: &Vault, handle: &Handle, id: ChunkId, plain: &[u8]) -> Result<u64> {
    let stored = chunk::stored(vault.keys(), id, plain)?;
    let count = stored.len() as u64;
    handle.block_on(vault.objects().put(&id.place(), Bytes::from(stored)))?;
    Ok(count)
}
