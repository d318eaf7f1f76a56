//! Bytes that are on their way out: piece by piece, so that a file of any size takes little memory. Whoever takes all of them learns at
//! the end whether they are what they were.

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use object_store::{GetOptions, GetRange, ObjectStore};

use super::{Blobs, missing, place};
use crate::{
    error::{Fault, Result},
    id::BlobHash,
};

/// A piece of a file on this machine.
const PIECE_BYTES: u64 = 512 * 1024;

impl Blobs {
    /// The bytes from `from` up to and without `to`. The first piece is there when this returns, so that what is missing is known
    /// before an answer begins. Where all `size` bytes are asked for, they are checked against the hash, and the last piece comes only if
    /// they are right.
    pub async fn stream(
        &self,
        hash: BlobHash,
        (from, to): (u64, u64),
        size: u64,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static + use<>> {
        let mut pieces = self.pieces(hash, from, to).await?;
        let first = if from < to { pieces.next().await.transpose()? } else { None };
        let rest = stream::iter(first.map(Ok)).chain(pieces);
        let checking = (from == 0 && to == size).then(blake3::Hasher::new);
        let check = Check { hash, wanted: to.saturating_sub(from), seen: 0, checking };
        Ok(stream::try_unfold((Box::pin(rest), check), |(mut rest, mut check)| async move {
            match rest.try_next().await? {
                Some(piece) => {
                    check.take(&piece)?;
                    Ok(Some((piece, (rest, check))))
                }
                None => check.end().map(|()| None),
            }
        }))
    }

    /// The same as the store gives them.
    async fn pieces(&self, hash: BlobHash, from: u64, to: u64) -> Result<stream::BoxStream<'static, Result<Bytes>>> {
        if from >= to {
            return Ok(stream::empty().boxed());
        }
        if !self.is_local {
            let options = GetOptions { range: Some(GetRange::Bounded(from..to)), ..GetOptions::default() };
            let found = self.objects.get_opts(&place(hash), options).await.map_err(|it| missing(hash, it))?;
            return Ok(found.into_stream().map_err(move |it| missing(hash, it)).boxed());
        }
        let blobs = self.clone();
        let pieces = stream::iter((from..to).step_by(PIECE_BYTES as usize)).map(move |at| {
            let blobs = blobs.clone();
            async move { blobs.range(hash, at, to.min(at + PIECE_BYTES)).await }
        });
        // The next is read while one is sent.
        Ok(pieces.buffered(2).boxed())
    }
}

/// Compares what comes with what should.
struct Check {
    hash: BlobHash,
    wanted: u64,
    seen: u64,
    checking: Option<blake3::Hasher>,
}

impl Check {
    fn take(&mut self, piece: &[u8]) -> Result<()> {
        self.seen += piece.len() as u64;
        if let Some(it) = &mut self.checking {
            it.update(piece);
        }
        if self.seen >= self.wanted { self.end() } else { Ok(()) }
    }

    fn end(&self) -> Result<()> {
        if self.seen != self.wanted {
            return Err(Fault::new(format!("the blob {} is not as long as it was", self.hash)).into());
        }
        match &self.checking {
            Some(it) if BlobHash(*it.finalize().as_bytes()) != self.hash => {
                Err(Fault::new(format!("the blob {} was changed on disk", self.hash)).into())
            }
            _ => Ok(()),
        }
    }
}
