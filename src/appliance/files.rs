//! Files as they come in. Those of forms come in one go: a small one stays in memory until it is stored, a large one goes to the disk as it
//! comes. Uploads (tus) come in as many requests as it takes, and each is carried through beside the request: that its line broke, or that it
//! took too long, loses nothing of what came.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::Desk;
use crate::{
    blobs::{Incoming, Stored},
    desk::{
        actor::Actor,
        attachments::{
            StoredFile,
            uploads::{self, Upload},
        },
    },
    error::{Code, Fault, Refusal, Result},
    id::UploadId,
    language::say,
    limits,
    text::{amount::amount, sniff},
};

/// A file that is stored without touching the disk before, in bytes.
const IN_MEMORY: usize = 128 * 1024;
/// As much of a file as tells what it is.
const HEAD_BYTES: u64 = 4096;

/// A file that comes in one go.
#[derive(Default)]
pub struct Arriving {
    size: u64,
    beginning: Vec<u8>,
    rest: Option<Incoming>,
}

impl Arriving {
    /// How many bytes have come.
    pub fn size(&self) -> u64 {
        self.size
    }

    pub async fn add(&mut self, desk: &Desk, chunk: Bytes) -> Result<()> {
        self.size += chunk.len() as u64;
        if let Some(rest) = &mut self.rest {
            return rest.add(chunk).await;
        }
        self.beginning.extend_from_slice(&chunk);
        if self.beginning.len() > IN_MEMORY {
            let mut rest = desk.blobs.begin()?;
            rest.add(Bytes::copy_from_slice(&self.beginning)).await?;
            self.beginning.truncate(HEAD_BYTES as usize);
            self.rest = Some(rest);
        }
        Ok(())
    }

    /// All has come: it is stored. `filename` is safe for display, `declared` what its sender says that it is.
    pub async fn stored(self, desk: &Desk, filename: String, declared: Option<&str>) -> Result<StoredFile> {
        let content_type = sniff::content_type(&self.beginning, declared);
        let pixels = pixels_of(&content_type, &self.beginning);
        let Stored { hash, size, sha256 } = match self.rest {
            Some(rest) => desk.blobs.finish(rest).await?,
            None => desk.blobs.put(self.beginning.into()).await?,
        };
        Ok(StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None, by_mail: false, pixels })
    }
}

/// The width and height of a picture, as its first bytes tell; none of anything else.
pub fn pixels_of(content_type: &str, beginning: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(beginning).ok().filter(|_| content_type.starts_with("image/"))?;
    let side = |it: usize| u32::try_from(it).ok().filter(|it| (1..=limits::PICTURE_SIDE_MAX).contains(it));
    Some((side(size.width)?, side(size.height)?))
}

/// What a piece of an upload must hash to, or nothing of it counts.
pub trait Checksum: Send + 'static {
    fn add(&mut self, bytes: &[u8]);
    fn is_right(self: Box<Self>) -> bool;
}

/// How a piece of an upload came in.
#[derive(Debug)]
pub enum Received {
    /// So much is there now.
    Upto(u64),
    /// It was the last: what became of the file.
    All(Box<Upload>),
    /// It is not what its sender said; nothing of it counts.
    Damaged,
}

/// Takes the next piece of an upload. It is carried on beside the caller, who may be gone before its end.
pub async fn receive(
    desk: &Arc<Desk>,
    actor: Actor,
    upload: Upload,
    body: impl Stream<Item = Result<Bytes>> + Send + Unpin + 'static,
    checksum: Option<Box<dyn Checksum>>,
) -> Result<Received> {
    let desk = desk.clone();
    let carried = tokio::spawn(async move { carry(&desk, actor, upload, body, checksum).await });
    carried.await.map_err(|it| Fault::because("taking a piece of an upload", it))?
}

async fn carry(
    desk: &Desk,
    actor: Actor,
    upload: Upload,
    mut body: impl Stream<Item = Result<Bytes>> + Unpin,
    mut checksum: Option<Box<dyn Checksum>>,
) -> Result<Received> {
    let mut incoming = desk.blobs.resume(&upload.file(), upload.received)?;
    let mut told = upload.received;
    let outcome = loop {
        let next = match tokio::time::timeout(Duration::from_secs(limits::UPLOAD_IDLE_SECS), body.next()).await {
            Err(_) => {
                break Err(
                    Refusal::new(Code::Malformed, say!("refused-body-did-not-come", body_secs_max = limits::UPLOAD_IDLE_SECS)).into()
                );
            }
            Ok(None) => break Ok(()),
            Ok(Some(it)) => it,
        };
        let bytes = match next {
            Ok(it) => it,
            Err(it) => break Err(it),
        };
        if incoming.size() + bytes.len() as u64 > upload.size {
            let (what, amount) = (upload.filename.as_str(), amount(upload.size));
            break Err(Refusal::new(Code::TooLarge, say!("refused-larger-than", what = what, amount = amount)).into());
        }
        if let Some(it) = &mut checksum {
            it.add(&bytes);
        }
        incoming.add(bytes).await?;
        // A piece that is checked counts as a whole or not at all.
        if checksum.is_none() && incoming.size() - told >= limits::UPLOAD_FLUSH_BYTES && incoming.size() < upload.size {
            told = tell(desk, upload.id, &mut incoming).await?;
        }
    };
    if let Some(it) = checksum {
        outcome?;
        if !it.is_right() {
            return Ok(Received::Damaged);
        }
        return end(desk, actor, upload, incoming, told).await;
    }
    if let Err(error) = outcome {
        // What came before it broke off counts, if it is not the whole: that would have been complete.
        if incoming.size() > told && incoming.size() < upload.size {
            tell(desk, upload.id, &mut incoming).await?;
        }
        return Err(error);
    }
    end(desk, actor, upload, incoming, told).await
}

async fn tell(desk: &Desk, id: UploadId, incoming: &mut Incoming) -> Result<u64> {
    incoming.flush().await?;
    let received = incoming.size();
    desk.write(None, move |tx| uploads::received(tx, id, received)).await?;
    Ok(received)
}

/// A piece came whole: it is written down, or the file is complete.
async fn end(desk: &Desk, actor: Actor, upload: Upload, mut incoming: Incoming, told: u64) -> Result<Received> {
    if incoming.size() < upload.size {
        let received = if incoming.size() > told { tell(desk, upload.id, &mut incoming).await? } else { told };
        return Ok(Received::Upto(received));
    }
    let Stored { hash, size, sha256 } = desk.blobs.finish(incoming).await?;
    let head = desk.blobs.range(hash, 0, size.min(HEAD_BYTES)).await?;
    let content_type = sniff::content_type(&head, upload.content_type.as_deref());
    let pixels = pixels_of(&content_type, &head);
    let Upload { id, filename, .. } = upload;
    let file = StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None, by_mail: false, pixels };
    let completed = desk.write(actor.person(), move |tx| uploads::complete(tx, &actor, id, file)).await;
    if let Err(crate::error::Error::Refused(_)) = &completed {
        // It cannot become anything; whoever sends it again is told why at once.
        desk.write(None, move |tx| uploads::give_up(tx, id)).await?;
    }
    Ok(Received::All(Box::new(completed?)))
}
