//! Files and what is made of them: the next that waits is taken apart in a process of its own, its pictures are stored as blobs, and the
//! desk writes down what came of it.

use std::sync::Arc;

use tokio::sync::watch;

use super::Desk;
use crate::{
    desk::{
        attachments::preview::{self, Attempt, Format, NewPreview, Picture, StoredPicture},
        knowledge,
    },
    error::{Fault, Result},
    id::BlobHash,
    previews::{self, Made, Maker, Trouble, Turn},
};

/// As much of a file as tells what it is.
const HEAD_BYTES: u64 = 4096;

/// Takes the next file apart; false if none waits that could be, or when `stop` turns true.
pub async fn make_next(desk: &Arc<Desk>, maker: &Maker, stop: &mut watch::Receiver<bool>) -> Result<bool> {
    let Some((hash, size)) = desk.read(preview::next)? else { return Ok(false) };
    let turn = tokio::select! {
        it = maker.turn() => it?,
        _ = stop.wait_for(|it| *it) => return Ok(false),
    };
    let Some(attempt) = desk.write(None, move |tx| preview::begin(tx, hash)).await? else { return Ok(true) };
    let made = tokio::select! {
        it = taken_apart(desk, maker, &turn, hash, size, attempt) => Some(it),
        _ = stop.wait_for(|it| *it) => None,
    };
    let Some(made) = made else {
        // It is begun anew at the next start; that we end is not its fault.
        desk.write(None, move |tx| preview::give_back(tx, hash)).await?;
        return Ok(false);
    };
    // That there is no room for a picture is no fault of its file.
    let kept = match made {
        Ok(made) => stored(desk, made).await.map_err(|it| Trouble::Ours(it.to_string())),
        Err(trouble) => Err(trouble),
    };
    let said = match kept {
        Ok(new) => {
            let said = if new.thumbnail.is_some() || new.text.is_some() { "made" } else { "nothing" };
            desk.write(None, move |tx| preview::made(tx, hash, new).and_then(|waited| knowledge::text_read(tx, hash, waited))).await?;
            said
        }
        Err(Trouble::File(why)) => {
            tracing::warn!(%hash, why, "a file could not be taken apart for a preview");
            desk.write(None, move |tx| preview::broke(tx, hash)).await?;
            "broke"
        }
        Err(Trouble::Ours(why)) => {
            desk.write(None, move |tx| preview::give_back(tx, hash)).await?;
            return Err(Fault::new(format!("making previews: {why}")).into());
        }
    };
    metrics::counter!("lodge_previews_total", "said" => said).increment(1);
    Ok(true)
}

async fn taken_apart(desk: &Desk, maker: &Maker, turn: &Turn, hash: BlobHash, size: u64, attempt: Attempt) -> Result<Made, Trouble> {
    let head = desk.blobs.range(hash, 0, size.min(HEAD_BYTES)).await.map_err(Trouble::unread)?;
    let Some(needed) = previews::needed(&head, size) else { return Ok(Made::default()) };
    let bytes = desk.blobs.stream(hash, (0, needed), size).await.map_err(Trouble::unread)?;
    maker.take_apart(turn, Box::pin(bytes), attempt == Attempt::Whole).await
}

async fn stored(desk: &Desk, made: Made) -> Result<NewPreview> {
    let Made { thumbnail, preview, text } = made;
    let (thumbnail, preview) = (put(desk, thumbnail).await?, put(desk, preview).await?);
    Ok(NewPreview { thumbnail, preview, text })
}

async fn put(desk: &Desk, picture: Option<previews::Picture>) -> Result<Option<StoredPicture>> {
    let Some(previews::Picture { format, width, height, bytes }) = picture else { return Ok(None) };
    let stored = desk.blobs.put(bytes.into()).await?;
    let format = match format {
        previews::Format::Jpeg => Format::Jpeg,
        previews::Format::Png => Format::Png,
    };
    let picture = Picture { blob: stored.hash, size: stored.size, format, width, height };
    Ok(Some(StoredPicture { picture, sha256: stored.sha256 }))
}
