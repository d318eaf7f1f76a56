//! A disk in memory that fails on purpose, under the real redb: errors, short and torn writes, flushes that are lost.
//! What was not flushed is, after a crash, partly there and partly not, page by page, as a seed decides.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use redb::StorageBackend;

/// What goes wrong at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The call fails and does nothing.
    Error,
    /// A write that stops half way, then fails.
    Short,
    /// A flush that says yes and does nothing; whoever crashes now loses what came before.
    LostFlush,
    /// No space left.
    Full,
}

#[derive(Default)]
struct Disk {
    /// What survives a crash for certain.
    flushed: Vec<u8>,
    /// What a running process reads.
    seen: Vec<u8>,
    /// Writes since the last flush: offset and bytes.
    pending: Vec<(usize, Vec<u8>)>,
    operations: u64,
    fail_at: Option<(u64, Failure)>,
    /// After a failure at which the process "lost power", everything fails until `crash`.
    dead: bool,
    /// While set, every write that grows the file fails for want of space.
    full: bool,
}

/// A disk that can be shared, crashed, and opened again.
#[derive(Clone, Default)]
pub struct FaultyDisk(Arc<Mutex<Disk>>);

impl FaultyDisk {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads, writes and flushes so far, so that a test can fail each in turn.
    pub fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// Fails the operation with this number (counted as by `operations`), once.
    pub fn fail_at(&self, operation: u64, failure: Failure) {
        self.disk().fail_at = Some((operation, failure));
    }

    /// No failure is planned any more.
    pub fn heal(&self) {
        let mut disk = self.disk();
        disk.fail_at = None;
        disk.full = false;
        disk.dead = false;
    }

    /// From now on the file cannot grow.
    pub fn fill(&self) {
        self.disk().full = true;
    }

    /// Cuts the power: of what was written and not flushed, each piece survives or not as the seed decides, and one may survive in part.
    pub fn crash(&self, seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut disk = self.disk();
        let pending = std::mem::take(&mut disk.pending);
        for (offset, bytes) in pending {
            let kept = match rng.random_range(0..4) {
                0 => 0,
                1 => rng.random_range(0..=bytes.len()),
                _ => bytes.len(),
            };
            let end = offset + kept;
            if disk.flushed.len() < end {
                disk.flushed.resize(end, 0);
            }
            disk.flushed[offset..end].copy_from_slice(&bytes[..kept]);
        }
        let len = disk.seen.len().max(disk.flushed.len());
        disk.flushed.resize(len, 0);
        disk.seen = disk.flushed.clone();
        disk.fail_at = None;
        disk.dead = false;
    }

    /// Kills the process, not the machine: what was written stays, flushed or not.
    pub fn kill(&self) {
        let mut disk = self.disk();
        disk.fail_at = None;
        disk.dead = false;
    }
}

impl Disk {
    fn step(&mut self) -> Result<Option<Failure>, io::Error> {
        if self.dead {
            return Err(io::Error::other("the disk is gone"));
        }
        self.operations += 1;
        Ok(match self.fail_at {
            Some((at, failure)) if at == self.operations => {
                self.fail_at = None;
                Some(failure)
            }
            _ => None,
        })
    }

    fn put(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.seen.len() < end {
            self.seen.resize(end, 0);
        }
        self.seen[offset..end].copy_from_slice(bytes);
        self.pending.push((offset, bytes.to_vec()));
    }
}

fn planned(failure: Failure) -> io::Error {
    match failure {
        Failure::Full => io::Error::from(io::ErrorKind::StorageFull),
        _ => io::Error::other("planned failure"),
    }
}

impl fmt::Debug for FaultyDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyDisk({} operations)", self.operations())
    }
}

impl StorageBackend for FaultyDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut disk = self.disk();
        if let Some(failure) = disk.step()? {
            return Err(planned(failure));
        }
        let start = offset as usize;
        let found = disk.seen.get(start..start + out.len()).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.disk();
        if let Some(failure) = disk.step()? {
            return Err(planned(failure));
        }
        if disk.full && len as usize > disk.seen.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        disk.seen.resize(len as usize, 0);
        disk.flushed.resize(len as usize, 0);
        disk.pending.retain(|(offset, bytes)| offset + bytes.len() <= len as usize);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.disk();
        match disk.step()? {
            Some(Failure::LostFlush) => {
                // The flush is reported done, and the power fails before anything else is: the caller must be told by the next call.
                disk.dead = true;
                return Err(io::Error::other("power lost during the flush"));
            }
            Some(failure) => return Err(planned(failure)),
            None => {}
        }
        disk.pending.clear();
        disk.flushed = disk.seen.clone();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        if let Some(failure) = disk.step()? {
            if failure == Failure::Short {
                disk.put(offset as usize, &data[..data.len() / 2]);
            }
            return Err(planned(failure));
        }
        if disk.full && offset as usize + data.len() > disk.seen.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        disk.put(offset as usize, data);
        Ok(())
    }
}
