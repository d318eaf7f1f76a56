//! Takes away bytes that nobody needs any more. It can never take what somebody needs: bytes that were just stored are held (`blobs/holds`),
//! bytes that are about to be removed can be stored by nobody, and between the two the desk's writer says that nothing refers to them. A
//! crash at any point leaves at most bytes too many, which the next look through the store finds.

use std::{sync::Arc, time::Duration};

use super::{Desk, upgrade};
use crate::{
    blobs::Blobs,
    desk::attachments::{
        Blob,
        blob::{forget, unused},
        uploads,
    },
    error::{Fault, Result},
    id::BlobHash,
    store::Store,
};

/// Blobs that one round takes.
const AT_ONCE: usize = 1000;
/// Bytes that lie in the store for less may be somebody's whose command is yet to come.
const YOUNG: Duration = Duration::from_secs(24 * 3600);
/// Bytes without a record that one look through the store removes; the next one goes on.
const ORPHANS_MAX: usize = 10_000;

/// Ends uploads that nobody goes on with, and takes away bytes that nobody has needed for long enough. Gives how many of both.
pub async fn collect(desk: &Arc<Desk>) -> Result<usize> {
    let ended = desk.write(None, |tx| uploads::sweep(tx, AT_ONCE)).await?;
    for id in &ended {
        desk.blobs.abandon(&uploads::file_of(*id))?;
    }
    let uploading = desk.clone();
    let lost = desk.blobs.clear_incoming(YOUNG, move |it| uploading.read(|tx| uploads::is_wanted(tx, it)).unwrap_or(true)).await?;
    if is_kept(desk) {
        return Ok(ended.len() + lost);
    }
    let here = desk.clone();
    let removed = apart(move |wait| remove_unused(here.store(), &here.blobs, wait)).await?;
    metrics::counter!("lodge_blobs_removed_total").increment(removed as u64);
    Ok(ended.len() + lost + removed)
}

/// Looks through the store for bytes that no record knows, such as those of forms that were refused. Gives how many were removed.
pub async fn sweep(desk: &Arc<Desk>) -> Result<usize> {
    if is_kept(desk) {
        return Ok(0);
    }
    let mut old = Vec::new();
    let until = desk.now().minus(YOUNG);
    let mut found = Vec::new();
    desk.blobs
        .look_through(|it| {
            if it.written_at < until {
                found.push(it.hash)
            }
        })
        .await?;
    desk.read(|tx| {
        for hash in found {
            if old.len() < ORPHANS_MAX && !tx.has::<Blob>(&hash)? {
                old.push(hash);
            }
        }
        Ok(())
    })?;
    let here = desk.clone();
    let removed = apart(move |wait| remove_orphans(here.store(), &here.blobs, old, wait)).await?;
    metrics::counter!("lodge_blobs_removed_total").increment(removed as u64);
    Ok(removed)
}

/// Whether stores from before an upgrade are kept beside, which may know bytes that this one has forgotten.
fn is_kept(desk: &Desk) -> bool {
    // `data_dir/desks/ID`
    desk.folder.parent().and_then(|it| it.parent()).is_some_and(upgrade::can_go_back)
}

/// Runs beside the threads that answer requests; what it is handed waits for the object store.
async fn apart(run: impl FnOnce(&tokio::runtime::Handle) -> Result<usize> + Send + 'static) -> Result<usize> {
    let handle = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || run(&handle)).await.map_err(|it| Fault::because("taking bytes away", it))?
}

/// Bytes whose record says that nobody has needed them for long enough.
fn remove_unused(store: &Store, blobs: &Blobs, wait: &tokio::runtime::Handle) -> Result<usize> {
    let hashes = unused(&store.read()?, AT_ONCE)?;
    let mut removed = 0;
    for hash in hashes {
        // Nobody stores these bytes from here on, until they are gone.
        let Some(condemned) = blobs.condemn(hash) else { continue };
        if store.write(move |tx| forget(tx, hash))?.0 {
            wait.block_on(blobs.remove(condemned))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Bytes that had no record when they were listed, and have none now that nobody can store them.
fn remove_orphans(store: &Store, blobs: &Blobs, hashes: Vec<BlobHash>, wait: &tokio::runtime::Handle) -> Result<usize> {
    let mut removed = 0;
    for hash in hashes {
        let Some(condemned) = blobs.condemn(hash) else { continue };
        if !store.read()?.has::<Blob>(&hash)? {
            wait.block_on(blobs.remove(condemned))?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests;
