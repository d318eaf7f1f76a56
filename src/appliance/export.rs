//! A desk as a folder of its own, of one sequence number: its store and its blobs. The index is not in it; it is filled anew where the
//! folder is used.

use std::{fs, io, path::Path};

use super::Desk;
use crate::{
    blobs::Blobs,
    desk::attachments::blob,
    error::{Code, Fault, Refusal, Result},
    language::say,
    store::{self, engine::redb::RedbFile},
};

/// Pages that the copy keeps in memory, in bytes.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    pub rows: u64,
    pub files: u64,
    /// Of the last event that is in it.
    pub seq: u64,
}

/// Writes the desk into `into`, which must not be there yet. Takes its time; not for async callers.
pub fn export(desk: &Desk, into: &Path) -> Result<Exported> {
    if into.exists() {
        let detail = say!("refused-there-already-name-folder", display = into.display());
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    let doing = |it: io::Error| Fault::because(format!("exporting into {}", into.display()), it);
    // Under another name until it is whole, so that half an export is never taken for one.
    let unfinished = into.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(doing)?;
    }
    fs::create_dir_all(&unfinished).map_err(doing)?;
    let file = RedbFile { path: unfinished.join("desk.redb"), cache_bytes: CACHE_BYTES };
    let (rows, seq, used) = desk.read(|tx| Ok((store::copy::copy(tx, &file)?, tx.last_seq(), blob::used(tx)?)))?;
    // A blob that an event names was stored before that event, and blobs never change. One that nobody needs any more stays for days.
    let (files, handle) = (used.len() as u64, tokio::runtime::Handle::current());
    for hash in used {
        let target = unfinished.join("blobs").join(Blobs::name_of(hash));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(doing)?;
        }
        handle.block_on(desk.blobs.copy_to(hash, &target))?;
    }
    fs::rename(&unfinished, into).map_err(doing)?;
    Ok(Exported { rows, files, seq })
}
