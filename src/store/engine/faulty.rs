//! A disk in memory that fails on purpose, under the real redb. It is as unkind as a disk may be that keeps its word about flushes:
//! calls fail, writes stop half way, space runs out; and when the power is cut, whatever was not flushed is there or not, sector by
//! sector, in any order, torn in the middle of one, with the file as long as it was at any moment since the flush.
//!
//! Some things break that word, as some disks and kernels do: the failures `LostFlush` and `Forgotten`, and `lie`. After them no store can promise that
//! everything acknowledged is there; it can only notice, or be as it was at some earlier commit.
//!
//! Invariant: what a flush acknowledged survives every crash, unless that flush was told to lie.

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use redb::StorageBackend;

/// What a disk writes as a whole, in bytes.
const SECTOR: usize = 512;

/// What goes wrong at the chosen operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The call fails and does nothing. What a failed flush should have made safe may be lost.
    Error,
    /// A write stops half way, then fails; a flush makes half of the writes safe, then fails.
    Short,
    /// No space left.
    Full,
    /// The power fails in the midst of it: this and everything after it fails, until `crash` brings it back.
    Cut,
    /// The first flush from here on says yes and does nothing. A later flush makes good for it; a crash before that does not.
    LostFlush,
    /// The first flush from here on fails, and the system believes that nothing is left to flush, as Linux does after a write-back
    /// error: what was written is read back until the power is cut, and no later flush makes it safe.
    Forgotten,
}

impl Failure {
    /// Those of a disk, or of what lies over it, that does not.
    pub const LYING: [Failure; 2] = [Failure::LostFlush, Failure::Forgotten];

    fn is_of_a_flush(self) -> bool {
        matches!(self, Failure::LostFlush | Failure::Forgotten)
    }
}

/// Something that was done since the last flush.
enum Pending {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Default)]
struct Disk {
    /// What survives a crash for certain.
    flushed: Vec<u8>,
    /// What a running process reads.
    seen: Vec<u8>,
    pending: Vec<Pending>,
    operations: u64,
    flushes: u64,
    fail_at: Option<(u64, Failure)>,
    /// While set, every write that grows the file fails for want of space.
    full: bool,
    /// While set, every operation fails.
    broken: bool,
    /// While set, every flush says yes and does nothing.
    lying: bool,
    /// Grows when a process attaches, dies, or loses power: whoever attached before is cut off.
    generation: u64,
}

/// A disk that can be shared, crashed, and opened again.
#[derive(Clone, Default)]
pub struct FaultyDisk(Arc<Mutex<Disk>>);

/// The disk as one process has it open. It is cut off when the process is killed, the power fails, or another opens the disk.
pub struct Attached {
    disk: FaultyDisk,
    generation: u64,
}

impl FaultyDisk {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the disk for one process.
    pub fn attach(&self) -> Attached {
        let mut disk = self.disk();
        disk.generation += 1;
        Attached { disk: self.clone(), generation: disk.generation }
    }

    /// Reads, writes and flushes so far, so that a test can fail each in turn.
    pub fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// Flushes so far that were honest.
    pub fn flushes(&self) -> u64 {
        self.disk().flushes
    }

    /// Fails the operation with this number (counted as by `operations`), once; for failures of a flush, the first flush from there.
    pub fn fail_at(&self, operation: u64, failure: Failure) {
        self.disk().fail_at = Some((operation, failure));
    }

    /// Whether a planned failure is still to come.
    pub fn is_armed(&self) -> bool {
        self.disk().fail_at.is_some()
    }

    /// Whether the power is gone, or the disk does not answer.
    pub fn is_broken(&self) -> bool {
        self.disk().broken
    }

    /// From now on the file cannot grow.
    pub fn fill(&self) {
        self.disk().full = true;
    }

    /// From now on every operation fails.
    pub fn break_down(&self) {
        self.disk().broken = true;
    }

    /// From now on every flush says yes and does nothing, until `heal` or `crash`.
    pub fn lie(&self) {
        self.disk().lying = true;
    }

    /// The causes are gone: no failure is planned, there is space, and the disk works.
    pub fn heal(&self) {
        let mut disk = self.disk();
        disk.fail_at = None;
        disk.full = false;
        disk.broken = false;
        disk.lying = false;
    }

    /// Cuts the power. Of what was not flushed, each sector survives or not as the seed decides, and of some only a part.
    pub fn crash(&self, seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut disk = self.disk();
        disk.generation += 1;
        disk.fail_at = None;
        disk.broken = false;
        disk.lying = false;
        let pending = std::mem::take(&mut disk.pending);
        // File systems keep the order of changes of a file's length, and lose the last ones.
        let lengths = pending.iter().filter(|it| matches!(it, Pending::Length(_))).count();
        let mut lengths_kept = rng.random_range(0..=lengths);
        // How much survives differs from crash to crash: nothing, everything, or any share of it.
        let share: f64 = *[0.0, 0.1, 0.5, 0.9, 1.0].get(rng.random_range(0..5)).unwrap_or(&0.5);
        for it in pending {
            match it {
                Pending::Length(len) if lengths_kept > 0 => {
                    lengths_kept -= 1;
                    disk.flushed.resize(len, 0);
                }
                Pending::Length(_) => {}
                Pending::Write(offset, bytes) => keep_sectors(&mut disk.flushed, offset, &bytes, share, &mut rng),
            }
        }
        disk.seen = disk.flushed.clone();
    }

    /// Kills the process, not the machine: what was written stays, flushed or not.
    pub fn kill(&self) {
        let mut disk = self.disk();
        disk.generation += 1;
        disk.fail_at = None;
    }

    /// Changes one byte where it lies, as a failing medium does.
    pub fn spoil(&self, offset: usize, by: u8) {
        let mut disk = self.disk();
        for copy in 0..2 {
            let bytes = if copy == 0 { &mut disk.seen } else { &mut disk.flushed };
            if let Some(byte) = bytes.get_mut(offset) {
                *byte ^= by;
            }
        }
    }

    /// The length of the file, in bytes.
    pub fn size(&self) -> usize {
        self.disk().seen.len()
    }
}

/// Writes the sectors that survive.
fn keep_sectors(file: &mut Vec<u8>, offset: usize, bytes: &[u8], share: f64, rng: &mut StdRng) {
    let mut at = 0;
    while at < bytes.len() {
        let to_sector_end = SECTOR - (offset + at) % SECTOR;
        let len = to_sector_end.min(bytes.len() - at);
        let kept = match rng.random_bool(share) {
            true => len,
            // A sector is torn now and then, as no rule of redb rests on whole sectors.
            false if rng.random_range(0..16) == 0 => rng.random_range(0..len),
            false => 0,
        };
        put(file, offset + at, &bytes[at..at + kept]);
        at += len;
    }
}

fn put(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if bytes.is_empty() {
        return;
    }
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}

impl Disk {
    fn step(&mut self, generation: u64, is_flush: bool) -> Result<Option<Failure>, io::Error> {
        if self.generation != generation {
            return Err(io::Error::other("this process has lost the disk"));
        }
        if self.broken {
            return Err(io::Error::other("the disk does not answer"));
        }
        self.operations += 1;
        Ok(match self.fail_at {
            Some((at, failure)) if self.operations >= at && (is_flush || !failure.is_of_a_flush()) => {
                self.fail_at = None;
                self.broken = failure == Failure::Cut;
                Some(failure)
            }
            _ => None,
        })
    }

    fn put(&mut self, offset: usize, bytes: &[u8]) {
        put(&mut self.seen, offset, bytes);
        self.pending.push(Pending::Write(offset, bytes.to_vec()));
    }

    /// Makes the first `count` pending changes safe.
    fn flush(&mut self, count: usize) {
        for it in self.pending.drain(..count) {
            match it {
                Pending::Write(offset, bytes) => put(&mut self.flushed, offset, &bytes),
                Pending::Length(len) => self.flushed.resize(len, 0),
            }
        }
    }
}

fn planned(failure: Failure) -> io::Error {
    match failure {
        Failure::Full => io::Error::from(io::ErrorKind::StorageFull),
        _ => io::Error::other("planned failure"),
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attached({} operations)", self.disk.operations())
    }
}

impl StorageBackend for Attached {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.disk().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut disk = self.disk.disk();
        if let Some(failure) = disk.step(self.generation, false)? {
            return Err(planned(failure));
        }
        let start = offset as usize;
        let found = disk.seen.get(start..start + out.len()).ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        out.copy_from_slice(found);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.disk.disk();
        if let Some(failure) = disk.step(self.generation, false)? {
            return Err(planned(failure));
        }
        let len = len as usize;
        if disk.full && len > disk.seen.len() {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        disk.seen.resize(len, 0);
        disk.pending.push(Pending::Length(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.disk.disk();
        match disk.step(self.generation, true)? {
            Some(Failure::LostFlush) => return Ok(()),
            Some(failure) => {
                match failure {
                    Failure::Forgotten => disk.pending.clear(),
                    Failure::Short => {
                        let half = disk.pending.len() / 2;
                        disk.flush(half);
                    }
                    _ => {}
                }
                return Err(planned(failure));
            }
            None if disk.lying => return Ok(()),
            None => {}
        }
        let all = disk.pending.len();
        disk.flush(all);
        disk.flushes += 1;
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.disk.disk();
        if let Some(failure) = disk.step(self.generation, false)? {
            if matches!(failure, Failure::Short | Failure::Cut) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with `first` flushed and `second` written over it and not flushed.
    fn written(first: &[u8], second: &[u8]) -> FaultyDisk {
        let disk = FaultyDisk::default();
        let attached = disk.attach();
        attached.set_len(first.len() as u64).unwrap();
        attached.write(0, first).unwrap();
        attached.sync_data().unwrap();
        attached.write(0, second).unwrap();
        disk
    }

    fn content(disk: &FaultyDisk) -> Vec<u8> {
        let mut out = vec![0; disk.size()];
        disk.attach().read(0, &mut out).unwrap();
        out
    }

    #[test]
    fn a_crash_keeps_what_was_flushed_and_any_part_of_the_rest() {
        let (old, new) = (vec![1_u8; 4 * SECTOR], vec![2_u8; 4 * SECTOR]);
        let (mut none, mut all, mut mixed, mut torn) = (0, 0, 0, 0);
        for seed in 0..500 {
            let disk = written(&old, &new);
            disk.crash(seed);
            let after = content(&disk);
            match after.chunks(SECTOR).map(|it| it.iter().filter(|it| **it == 2).count()).collect::<Vec<_>>() {
                it if it.iter().all(|it| *it == 0) => none += 1,
                it if it.iter().all(|it| *it == SECTOR) => all += 1,
                it if it.iter().any(|it| *it != 0 && *it != SECTOR) => torn += 1,
                _ => mixed += 1,
            }
            assert_eq!(after.len(), old.len());
        }
        assert!([none, all, mixed, torn].iter().all(|it| *it > 20), "{none} {all} {mixed} {torn}");
    }

    #[test]
    fn a_kill_keeps_everything_and_cuts_the_process_off() {
        let disk = written(b"old", b"new");
        let before = disk.attach();
        disk.kill();
        assert!(before.write(0, b"xxx").is_err() && before.sync_data().is_err());
        assert_eq!(content(&disk), b"new");
    }

    #[test]
    fn a_lost_flush_is_made_good_by_the_next_and_a_forgotten_one_never() {
        for (failure, says_yes, after_next) in [(Failure::LostFlush, true, b"new"), (Failure::Forgotten, false, b"old")] {
            for flush_again in [false, true] {
                let lost = (0..64).any(|seed| {
                    let copy = written(b"old", b"new");
                    copy.fail_at(copy.operations() + 1, failure);
                    let attached = copy.attach();
                    assert_eq!(attached.sync_data().is_ok(), says_yes);
                    if flush_again {
                        attached.sync_data().unwrap();
                    }
                    copy.crash(seed);
                    content(&copy) == b"old"
                });
                assert_eq!(lost, !(flush_again && after_next == b"new"), "{failure:?} {flush_again}");
            }
        }
    }

    #[test]
    fn a_full_disk_takes_what_fits() {
        let disk = written(b"old", b"new");
        disk.fill();
        let attached = disk.attach();
        assert_eq!(attached.write(2, b"xy").unwrap_err().kind(), io::ErrorKind::StorageFull);
        attached.write(1, b"xy").unwrap();
        disk.heal();
        attached.write(2, b"yz").unwrap();
        assert_eq!(content(&disk), b"nxyz");
    }
}
