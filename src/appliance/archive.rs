//! A desk to take away as one file: what `export` writes into a folder, as a tar archive (POSIX.1-1988, ustar) that is written while it
//! is read. So nobody needs to reach the server's folders, a download of any size holds a few pieces in memory, and what lies on the
//! disk meanwhile is one copy of the store and never the files.
//!
//! Invariant: an archive that did not come to its end has no end, so that no program takes a part for the whole.
//! That is why it is written here: the builder of the `tar` crate ends an archive whenever it is dropped, one that broke off, too.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Appliance, By, Desk, entry};
use crate::{
    blobs::Blobs,
    desk::attachments::blob,
    error::{Code, Fault, Refusal, Result},
    id::DeskId,
    language::say,
    store::{self, engine::redb::RedbFile},
};

/// Pages that the copy of the store keeps in memory, in bytes.
const CACHE_BYTES: usize = 16 * 1024 * 1024;
/// One piece of a download, in bytes, and how many may wait for a slow reader.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES_WAITING: usize = 4;
/// The unit of a tar archive.
const BLOCK: usize = 512;
/// Where copies of stores lie while they are handed out.
const SCRATCH: &str = "exporting";

/// A desk on its way out.
pub struct Download {
    pub filename: String,
    /// The archive in order; an error means that the rest will not come.
    pub pieces: mpsc::Receiver<io::Result<Bytes>>,
}

/// Removes what a process left behind that ended while it handed a desk out.
pub(super) fn sweep(data_dir: &Path) -> Result<()> {
    match fs::remove_dir_all(data_dir.join(SCRATCH)) {
        Err(it) if it.kind() != io::ErrorKind::NotFound => Err(Fault::because("removing old copies of stores", it).into()),
        _ => Ok(()),
    }
}

impl Appliance {
    /// Begins to hand a desk out, also one that is suspended. Only a few at once: each takes a thread and room on the disk.
    pub fn download(&self, by: By, id: DeskId) -> Result<Download> {
        let busy = || Refusal::new(Code::Unavailable, say!("refused-other-desks-being-exported"));
        let turn = self.exports.clone().try_acquire_owned().map_err(|_| busy())?;
        let (name, _) = self.store().write(move |tx| entry::exported(tx, by, id))?;
        let desk = self.held(id)?;
        let scratch = self.data_dir.join(SCRATCH).join(Uuid::new_v4().simple().to_string());
        let (send, pieces) = mpsc::channel(PIECES_WAITING);
        let filename = format!("{name}-{}.tar", desk.now().timestamp().strftime("%Y-%m-%d"));
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let written = write(&desk, &name, &scratch, Pieces::into(send.clone()));
            let swept = fs::remove_dir_all(&scratch);
            if let Err(error) = written.and(swept) {
                tracing::warn!(%error, desk = name, "an export did not come to its end");
                // Whoever hung up is not told.
                let _ = send.blocking_send(Err(error));
            }
        });
        Ok(Download { filename, pieces })
    }
}

fn write(desk: &Arc<Desk>, name: &str, scratch: &Path, pieces: Pieces) -> io::Result<()> {
    fs::create_dir_all(scratch)?;
    let path = scratch.join("desk.redb");
    let file = RedbFile { path: path.clone(), cache_bytes: CACHE_BYTES };
    let used = desk.read(|tx| store::copy::copy(tx, &file).map_err(Into::into).and_then(|_| blob::used(tx))).map_err(io::Error::other)?;
    let mut archive = Archive { into: pieces, folder: name.to_owned() };
    archive.file(&path, "desk.redb")?;
    // A blob that an event names was stored before that event, and blobs never change. One that nobody needs any more stays for days.
    let file = scratch.join("blob");
    let handle = tokio::runtime::Handle::current();
    for hash in used {
        handle.block_on(desk.blobs.copy_to(hash, &file)).map_err(io::Error::other)?;
        archive.file(&file, &format!("blobs/{}", Blobs::name_of(hash)))?;
    }
    archive.finish()
}

/// Bytes on their way to whoever reads the download.
struct Pieces {
    send: mpsc::Sender<io::Result<Bytes>>,
    gathered: Vec<u8>,
}

impl Pieces {
    fn into(send: mpsc::Sender<io::Result<Bytes>>) -> Pieces {
        Pieces { send, gathered: Vec::with_capacity(PIECE_BYTES) }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE_BYTES - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PIECE_BYTES {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.gathered, Vec::with_capacity(PIECE_BYTES)));
        self.send.blocking_send(Ok(piece)).map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "the reader hung up"))
    }
}

/// A tar archive with everything in one folder.
struct Archive<W> {
    into: W,
    folder: String,
}

impl<W: Write> Archive<W> {
    fn file(&mut self, path: &Path, name: &str) -> io::Result<()> {
        let file = match fs::File::open(path) {
            // It was taken away between being listed and being read.
            Err(it) if it.kind() == io::ErrorKind::NotFound => return Ok(()),
            it => it?,
        };
        let size = file.metadata()?.len();
        self.into.write_all(&header(&self.folder, name, size)?)?;
        let copied = io::copy(&mut file.take(size), &mut self.into)?;
        if copied != size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} became shorter", PathBuf::from(name).display())));
        }
        let rest = (BLOCK - (size % BLOCK as u64) as usize) % BLOCK;
        self.into.write_all(&[0; BLOCK][..rest])
    }

    /// Two empty blocks say that this is all.
    fn finish(mut self) -> io::Result<()> {
        self.into.write_all(&[0; 2 * BLOCK])?;
        self.into.flush()
    }
}

/// The block before a file.
fn header(folder: &str, name: &str, size: u64) -> io::Result<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    let mut put = |at: usize, most: usize, bytes: &[u8]| {
        if bytes.len() > most {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a name is too long for an archive"));
        }
        block[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    };
    put(0, 100, name.as_bytes())?;
    put(100, 8, b"0000600\0")?;
    put(108, 8, b"0000000\0")?;
    put(116, 8, b"0000000\0")?;
    put(124, 12, &octal_or_binary(size))?;
    put(136, 12, b"00000000000\0")?;
    put(148, 8, b"        ")?;
    put(156, 1, b"0")?;
    put(257, 8, b"ustar\x0000")?;
    put(345, 155, folder.as_bytes())?;
    let sum: u32 = block.iter().map(|it| u32::from(*it)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// A size in eleven octal digits; from 8 GB on in binary, as GNU tar and its kin write and read it.
fn octal_or_binary(size: u64) -> [u8; 12] {
    let mut field = [0; 12];
    if size < 1 << 33 {
        field[..11].copy_from_slice(format!("{size:011o}").as_bytes());
    } else {
        field[0] = 0x80;
        field[4..].copy_from_slice(&size.to_be_bytes());
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archived(files: &[(&str, &[u8])]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Archive { into: Vec::new(), folder: "acme".into() };
        for (name, bytes) in files {
            let path = folder.path().join("file");
            fs::write(&path, bytes).unwrap();
            archive.file(&path, name).unwrap();
        }
        archive.file(&folder.path().join("gone"), "gone").unwrap();
        let Archive { mut into, folder } = archive;
        Archive { into: &mut into, folder }.finish().unwrap();
        into
    }

    #[test]
    fn what_is_archived_is_unpacked_by_tar() {
        let big = vec![7; 3 * PIECE_BYTES + 1];
        let files: [(&str, &[u8]); 3] = [("desk.redb", b"a store"), ("blobs/ab/cd/abcd", &big), ("blobs/empty", b"")];
        let bytes = archived(&files);
        assert_eq!(bytes.len() % BLOCK, 0);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("acme.tar");
        fs::write(&file, bytes).unwrap();
        let unpacked = std::process::Command::new("tar").arg("xf").arg(&file).arg("-C").arg(folder.path()).status().unwrap();
        assert!(unpacked.success());
        for (name, bytes) in files {
            assert_eq!(fs::read(folder.path().join("acme").join(name)).unwrap(), bytes, "{name}");
        }
        assert!(!folder.path().join("acme/gone").exists());
    }

    #[test]
    fn sizes_beyond_eight_gigabytes_are_binary() {
        for (size, field) in [
            (0, *b"00000000000\0"),
            (1000, *b"00000001750\0"),
            ((1 << 33) - 1, *b"77777777777\0"),
            (1 << 33, [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]),
        ] {
            assert_eq!(octal_or_binary(size), field, "{size}");
        }
        assert!(header("acme", &"x".repeat(101), 0).is_err());
    }

    #[tokio::test]
    async fn pieces_wait_for_their_reader_and_end_when_it_hangs_up() {
        let (send, mut pieces) = mpsc::channel(1);
        let writing = tokio::task::spawn_blocking(move || {
            let mut into = Pieces::into(send);
            into.write_all(&vec![1; 100 * PIECE_BYTES])
        });
        assert_eq!(pieces.recv().await.unwrap().unwrap().len(), PIECE_BYTES);
        drop(pieces);
        assert_eq!(writing.await.unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
