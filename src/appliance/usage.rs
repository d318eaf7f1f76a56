//! What a desk takes: people, tickets, bytes on the disk (TEN-12). Counted while the desk is open, at most every few minutes and only
//! after something changed, and kept beside its entry: so a list of hundreds of desks opens none and walks through no folder.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path, sync::Arc, time::Duration};

use minicbor::{Decode, Encode};

use super::{Appliance, Desk, DeskEntry, place::Place};
use crate::{
    desk::{identity::Person, tickets::Ticket},
    error::{Fault, Result},
    id::DeskId,
    store::{Record, Table},
    time::Instant,
};

/// How old a count of a desk at work may grow.
const FRESH: Duration = Duration::from_secs(300);

/// What a desk took when it was counted.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Usage {
    #[n(0)]
    pub desk: DeskId,
    /// All that it knows, requesters and deactivated ones too.
    #[n(1)]
    pub people: u64,
    /// All that it keeps, closed and deleted ones too.
    #[n(2)]
    pub tickets: u64,
    /// Those that are not closed.
    #[n(3)]
    pub open_tickets: u64,
    /// What its folder takes on the disk.
    #[n(4)]
    pub bytes: u64,
    /// When something on it changed last; none on an empty desk.
    #[n(5)]
    pub changed_at: Option<Instant>,
    #[n(6)]
    pub counted_at: Instant,
    /// The last event that is in it.
    #[n(7)]
    pub seq: u64,
}

impl Record for Usage {
    type Key = DeskId;
    const TABLE: Table = Table::operational(0x16, "usage");

    fn key(&self) -> DeskId {
        self.desk
    }
}

/// A desk as operators see it, without opening it.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    pub entry: DeskEntry,
    /// None until it was open for the first time.
    pub usage: Option<Usage>,
}

/// Counts a desk. Takes its time on a large one; not for async callers.
pub fn count(desk: &Desk) -> Result<Usage> {
    let bytes = bytes_in(&desk.folder).map_err(|it| Fault::because(format!("measuring {}", desk.folder.display()), it))?;
    desk.read(|tx| {
        let seq = tx.last_seq();
        let last = tx.events_after(seq.saturating_sub(1), 1)?.pop();
        Ok(Usage {
            desk: desk.id,
            people: tx.count::<Person>()?,
            tickets: tx.count::<Ticket>()?,
            open_tickets: desk.board().len() as u64,
            bytes,
            changed_at: last.map(|it| it.at),
            counted_at: desk.now(),
            seq,
        })
    })
}

/// What a folder takes on the disk, in bytes: whole blocks, and no more than is there of files with holes.
fn bytes_in(folder: &Path) -> io::Result<u64> {
    const BLOCK_BYTES: u64 = 512;
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            match entry.metadata() {
                Ok(it) if it.is_dir() => folders.push(entry.path()),
                Ok(it) => bytes += it.blocks() * BLOCK_BYTES,
                // The index drops its files as it goes.
                Err(it) if it.kind() == io::ErrorKind::NotFound => {}
                Err(it) => return Err(it),
            }
        }
    }
    Ok(bytes)
}

impl Appliance {
    /// Every desk with what it takes, the oldest first.
    pub fn overview(&self) -> Result<Vec<Overview>> {
        let tx = self.store().read()?;
        let with = |entry: DeskEntry| Ok(Overview { usage: tx.get::<Usage>(&entry.id)?, entry });
        self.entries()?.into_iter().map(with).collect()
    }

    /// The same of one desk.
    pub fn overview_of(&self, id: DeskId) -> Result<Overview> {
        Ok(Overview { entry: self.entry(id)?, usage: self.store().read()?.get::<Usage>(&id)? })
    }

    /// Counts the open desks whose count is old and not true any more.
    pub async fn count_open(&self) {
        for place in self.places() {
            if let Err(error) = self.count_one(&place, FRESH).await {
                tracing::warn!(%error, desk = place.known().entry.name, "what a desk takes could not be counted");
            }
        }
    }

    /// Counts this desk if it is open, and changed since a count that is older than `fresh`.
    pub(super) async fn count_one(&self, place: &Place, fresh: Duration) -> Result<()> {
        let Some(desk) = place.if_open() else { return Ok(()) };
        let before = self.store().read()?.get::<Usage>(&place.id)?;
        let is_due = |it: &Usage| it.seq != desk.reader().last_seq() && desk.now().since(it.counted_at) >= fresh;
        if before.as_ref().is_none_or(is_due) {
            let counted = tokio::task::spawn_blocking(move || count(&Arc::clone(&desk))).await;
            let usage = counted.map_err(|it| Fault::because("counting a desk", it))??;
            self.store().write(move |tx| tx.put(&usage))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_what_its_files_take() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(bytes_in(folder.path()).unwrap(), 0);
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/one"), vec![1; 10_000]).unwrap();
        fs::write(folder.path().join("a/b/two"), vec![2; 50_000]).unwrap();
        // A hole takes nothing.
        fs::File::create(folder.path().join("hole")).unwrap().set_len(1 << 30).unwrap();
        for file in ["a/one", "a/b/two"] {
            fs::File::open(folder.path().join(file)).unwrap().sync_all().unwrap();
        }
        let bytes = bytes_in(folder.path()).unwrap();
        assert!((60_000..200_000).contains(&bytes), "{bytes}");
        assert!(bytes_in(&folder.path().join("none")).is_err());
    }
}
