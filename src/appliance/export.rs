//! A desk as a folder of its own, of one sequence number: its store and its blobs. The index is not in it; it is filled anew where the
//! folder is used.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::Desk;
use crate::{
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
    let (rows, seq) = desk.read(|tx| Ok((store::copy::copy(tx, &file)?, tx.last_seq())))?;
    // A blob that an event names was stored before that event, and blobs never change.
    let files = copy_files(&desk.folder.join("blobs"), &unfinished.join("blobs")).map_err(doing)?;
    fs::rename(&unfinished, into).map_err(doing)?;
    Ok(Exported { rows, files, seq })
}

fn copy_files(from: &Path, to: &Path) -> io::Result<u64> {
    let mut copied = 0;
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        fs::create_dir_all(&to)?;
        let entries = match fs::read_dir(&from) {
            Err(it) if it.kind() == io::ErrorKind::NotFound => continue,
            it => it?,
        };
        for entry in entries {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), target));
            } else {
                fs::copy(entry.path(), &target)?;
                fs::File::open(&target)?.sync_data()?;
                copied += 1;
            }
        }
    }
    Ok(copied)
}
