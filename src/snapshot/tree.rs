//! Rows in chunks, and the chunks in a tree: a node names what is beneath it, and nodes end where their content says so as well. So two
//! snapshots of which little differs share all but a few chunks and the nodes above them, and one id stands for all rows.

use std::sync::Arc;

use futures_util::StreamExt;
use minicbor::{Decode, Encode};

use super::{
    ChunkId, Vault,
    rows::{self, Filling},
    sending::Sending,
    vault::Damage,
};
use crate::{
    error::{Fault, Result},
    store::codec,
};

/// A node has at least as many entries before it may end, ends at one of so many on average, and has at most so many.
const LEAST: usize = 16;
const ONE_OF: u8 = 128;
const MOST: usize = 1024;
/// No tree is higher: 16 to the power of 12 chunks are more than there are disks for.
const HEIGHT_MAX: u8 = 12;
/// Chunks that are fetched at once.
const FETCHED_AT_ONCE: usize = 16;

/// Rows under one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Tree {
    #[n(0)]
    pub root: ChunkId,
    /// Nodes above the chunks of rows.
    #[n(1)]
    height: u8,
    #[n(2)]
    pub rows: u64,
    /// Of the rows in their chunks, before packing.
    #[n(3)]
    pub bytes: u64,
}

/// What a node says of one that is beneath it.
#[derive(Debug, Clone, Copy, Encode, Decode)]
struct Entry {
    #[n(0)]
    id: ChunkId,
    #[n(1)]
    rows: u64,
    #[n(2)]
    bytes: u64,
}

/// A tree that takes rows in the order of their keys.
#[derive(Default)]
pub struct Grown {
    filling: Filling,
    /// Entries of unfinished nodes, from those above the rows on.
    levels: Vec<Vec<Entry>>,
}

impl Grown {
    pub fn row(&mut self, into: &mut Sending<'_>, key: &[u8], value: &[u8]) -> Result<()> {
        if self.filling.add(key, value) { self.end_chunk(into) } else { Ok(()) }
    }

    fn end_chunk(&mut self, into: &mut Sending<'_>) -> Result<()> {
        let (bytes, rows) = self.filling.take();
        let length = bytes.len() as u64;
        let id = into.put(bytes)?;
        self.enter(into, 0, Entry { id, rows, bytes: length })
    }

    fn enter(&mut self, into: &mut Sending<'_>, level: usize, entry: Entry) -> Result<()> {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        let node = &mut self.levels[level];
        node.push(entry);
        if node.len() >= MOST || (node.len() >= LEAST && entry.id.0[0].is_multiple_of(ONE_OF)) {
            self.end_node(into, level)?;
        }
        Ok(())
    }

    fn end_node(&mut self, into: &mut Sending<'_>, level: usize) -> Result<()> {
        let node = std::mem::take(&mut self.levels[level]);
        let (rows, bytes) = node.iter().fold((0, 0), |(rows, bytes), it| (rows + it.rows, bytes + it.bytes));
        let id = into.put(codec::encode(&node))?;
        self.enter(into, level + 1, Entry { id, rows, bytes })
    }

    /// That was all.
    pub fn finish(mut self, into: &mut Sending<'_>) -> Result<Tree> {
        if !self.filling.is_empty() || self.levels.is_empty() {
            self.end_chunk(into)?;
        }
        let mut level = 0;
        loop {
            let is_top = level + 1 == self.levels.len();
            match self.levels[level].as_slice() {
                [only] if is_top => {
                    let height = u8::try_from(level).ok().filter(|it| *it <= HEIGHT_MAX);
                    let height = height.ok_or_else(|| Fault::new("a snapshot has more rows than a tree can name"))?;
                    return Ok(Tree { root: only.id, height, rows: only.rows, bytes: only.bytes });
                }
                [] if !is_top => {}
                _ => self.end_node(into, level)?,
            }
            level += 1;
        }
    }
}

impl Tree {
    /// Calls `each` with every row, in order.
    pub async fn read(&self, vault: &Arc<Vault>, mut each: impl FnMut(Vec<u8>, Vec<u8>) -> Result<()>) -> Result<()> {
        let leaves = self.leaves(vault, &mut |_| {}).await?;
        let fetched = futures_util::stream::iter(leaves).map(|entry| {
            let vault = vault.clone();
            // Unpacking takes a processor, so each chunk is a task of its own.
            let reading = tokio::spawn(async move {
                let bytes = vault.chunk(entry.id).await?;
                let rows = rows::read(&bytes).filter(|it| it.len() as u64 == entry.rows);
                rows.ok_or_else(|| Damage::of(entry.id, "holds other rows than it should"))
            });
            async { reading.await.map_err(|it| crate::error::Error::from(Fault::because("reading a snapshot", it)))? }
        });
        let mut fetched = Box::pin(fetched.buffered(FETCHED_AT_ONCE));
        let mut last: Option<Vec<u8>> = None;
        let mut count = 0;
        while let Some(rows) = fetched.next().await {
            for (key, value) in rows? {
                if last.as_ref().is_some_and(|it| *it >= key) {
                    return Err(Damage::of(self.root, "leads to rows that are out of order"));
                }
                last = Some(key.clone());
                count += 1;
                each(key, value)?;
            }
        }
        if count != self.rows { Err(Damage::of(self.root, "leads to other rows than it should")) } else { Ok(()) }
    }

    /// Calls `each` with every chunk that the tree leads to, the root too, without reading the rows.
    pub async fn chunks(&self, vault: &Arc<Vault>, each: &mut (dyn FnMut(ChunkId) + Send)) -> Result<()> {
        let leaves = self.leaves(vault, each).await?;
        leaves.iter().for_each(|it| each(it.id));
        Ok(())
    }

    /// The chunks of rows, in order; `node` hears of every node.
    async fn leaves(&self, vault: &Arc<Vault>, node: &mut (dyn FnMut(ChunkId) + Send)) -> Result<Vec<Entry>> {
        if self.height > HEIGHT_MAX {
            return Err(Damage::of(self.root, "claims to be higher than any tree"));
        }
        let mut level = vec![Entry { id: self.root, rows: self.rows, bytes: self.bytes }];
        for _ in 0..self.height {
            level.iter().for_each(|it| node(it.id));
            let read = futures_util::stream::iter(level).map(|entry| async move {
                let bytes = vault.chunk(entry.id).await?;
                codec::decode::<Vec<Entry>>("node", &bytes).map_err(|_| Damage::of(entry.id, "is no node"))
            });
            let mut read = Box::pin(read.buffered(FETCHED_AT_ONCE));
            let mut beneath = Vec::new();
            while let Some(entries) = read.next().await {
                beneath.extend(entries?);
            }
            level = beneath;
        }
        Ok(level)
    }
}
