//! Files taken apart in a process of their own: a small picture, a larger one, and the text. Files come from strangers, and what reads
//! pictures, PDF and archives is large and not ours; so it runs where it can reach nothing, with little memory and for a short time, and that
//! it breaks is an answer like any other. The process is this same binary (`lodge take-apart`, see [`child`]). Which files, and what becomes
//! of what was made, is decided elsewhere.

pub mod child;
mod confine;
mod frame;
mod office;
mod pdf;
mod picture;

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{ChildStdin, Command},
    sync::{Semaphore, SemaphorePermit},
};

use crate::{
    error::{Error, Fault, Result},
    limits,
    text::sniff::{self, Kind},
};

/// This binary, also after a newer one took its place on the disk.
const PROGRAM: &str = "/proc/self/exe";
/// What the command is called; it is not for people.
pub const COMMAND: &str = "take-apart";
/// Its only option.
pub const TEXT_ONLY: &str = "--text-only";
/// One file at a time, whatever the number of desks: it is nobody's hurry, and the memory of two is twice that of one.
static TURN: Semaphore = Semaphore::const_new(1);

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    /// With what can be seen through.
    Png,
}

/// A picture that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub format: Format,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// What a file gave; nothing of it if there is nothing to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    pub thumbnail: Option<Picture>,
    /// Larger than the thumbnail; none where the thumbnail shows all there is.
    pub preview: Option<Picture>,
    pub text: Option<String>,
}

/// Why nothing came of a file.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It is not the file's fault, and may be better later.
    #[error("{0}")]
    Ours(String),
    /// Whatever is in it, its reader did not come to an end.
    #[error("{0}")]
    File(String),
}

impl Trouble {
    /// Bytes that are damaged or gone keep no others from their turn; a store that does not answer may answer later.
    pub fn unread(error: Error) -> Trouble {
        match error {
            Error::Refused(_) => Trouble::Ours(error.to_string()),
            _ => Trouble::File(error.to_string()),
        }
    }
}

/// What a file is for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Picture,
    Pdf,
    Office,
    Text,
    /// HTML, and XML, whose tags are left out.
    Markup,
}

impl Sort {
    /// As the first bytes tell.
    fn of(head: &[u8]) -> Option<Sort> {
        match sniff::sniff(head) {
            Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Webp => Some(Sort::Picture),
            Kind::Pdf => Some(Sort::Pdf),
            Kind::Zip | Kind::OfficeXml => Some(Sort::Office),
            Kind::Html | Kind::Xml | Kind::Svg => Some(Sort::Markup),
            Kind::Text => Some(Sort::Text),
            Kind::Binary if head.starts_with(b"BM") => Some(Sort::Picture),
            Kind::Binary | Kind::Empty | Kind::Executable | Kind::Gzip | Kind::OfficeBinary => None,
        }
    }
}

/// How much of a file is needed to take it apart; none where nothing can come of it.
pub fn needed(head: &[u8], size: u64) -> Option<u64> {
    match Sort::of(head)? {
        Sort::Text | Sort::Markup => Some(size.min(limits::PREVIEW_TEXT_READ_BYTES)),
        Sort::Picture | Sort::Pdf | Sort::Office => (size <= limits::PREVIEW_BYTES_MAX).then_some(size),
    }
}

/// The right to take one file apart. It is waited for before the attempt is written down, so that an end of the server while it waits costs
/// no attempt.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held")] SemaphorePermit<'static>);

/// Starts the processes.
#[derive(Debug, Clone)]
pub struct Maker {
    /// An empty folder to work in.
    folder: PathBuf,
}

impl Maker {
    /// One whose processes work in this folder, which is made when it is needed, and holds nothing.
    pub fn in_folder(folder: &Path) -> Maker {
        Maker { folder: folder.to_owned() }
    }

    /// Waits until no other file is being taken apart, on any desk.
    pub async fn turn(&self) -> Result<Turn> {
        Ok(Turn(TURN.acquire().await.map_err(|it| Fault::because("waiting for another file to be taken apart", it))?))
    }

    /// Takes a file apart; without pictures if only its text is wanted.
    pub async fn take_apart(
        &self,
        _turn: &Turn,
        bytes: impl Stream<Item = Result<Bytes>> + Send + Unpin,
        pictures: bool,
    ) -> Result<Made, Trouble> {
        let ours = |it: &dyn std::fmt::Display| Trouble::Ours(format!("the process that reads files: {it}"));
        tokio::fs::create_dir_all(&self.folder).await.map_err(|it| ours(&it))?;
        let mut command = Command::new(PROGRAM);
        command.arg(COMMAND).args((!pictures).then_some(TEXT_ONLY)).env_clear().current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command.spawn().map_err(|it| ours(&it))?;
        let (Some(stdin), Some(stdout)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(ours(&"it cannot be spoken with"));
        };
        let hear = async {
            let mut answer = Vec::new();
            let read = stdout.take(frame::BYTES_MAX as u64 + 1).read_to_end(&mut answer).await;
            read.map(|_| answer)
        };
        let both = async { tokio::join!(feed(stdin, bytes), hear) };
        let outcome = tokio::time::timeout(Duration::from_secs(limits::PREVIEW_SECS), both).await;
        let Ok((fed, heard)) = outcome else {
            // It is reaped when this is dropped, if it does not end at once.
            let _ = process.kill().await;
            return Err(Trouble::File(format!("it took longer than {} seconds", limits::PREVIEW_SECS)));
        };
        let answer = heard.map_err(|it| ours(&it))?;
        if answer.len() > frame::BYTES_MAX {
            let _ = process.kill().await;
            return Err(Trouble::File("it gave more than it may".to_owned()));
        }
        let ended = tokio::time::timeout(Duration::from_secs(1), process.wait()).await;
        let Ok(ended) = ended else {
            let _ = process.kill().await;
            return Err(Trouble::File("it did not end".to_owned()));
        };
        fed?;
        let status = ended.map_err(|it| ours(&it))?;
        if !status.success() {
            return Err(Trouble::File(how(status)));
        }
        frame::decode(&answer).ok_or_else(|| Trouble::File("it gave what cannot be read".to_owned()))
    }
}

/// How a process ended that should not have.
fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(it) => format!("it was ended by signal {it}"),
        None => format!("it ended with {}", status.code().unwrap_or(-1)),
    }
}

/// Hands the bytes over. A process that wants no more of them has its reasons.
async fn feed(mut into: ChildStdin, mut bytes: impl Stream<Item = Result<Bytes>> + Unpin) -> Result<(), Trouble> {
    while let Some(piece) = bytes.next().await {
        let piece = piece.map_err(Trouble::unread)?;
        if into.write_all(&piece).await.is_err() {
            break;
        }
    }
    // Dropping it says that this was all.
    drop(into);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_a_process() {
        let large = limits::PREVIEW_BYTES_MAX + 1;
        for (head, size, expected) in [
            (&b"%PDF-1.4"[..], 10, Some(10)),
            (b"%PDF-1.4", large, None),
            (b"\x89PNG\r\n\x1a\n", 20, Some(20)),
            (b"BM\x00\x00\x00\x01", 20, Some(20)),
            (b"just words", large, Some(limits::PREVIEW_TEXT_READ_BYTES)),
            (b"PK\x03\x04....a.txt", 30, Some(30)),
            (b"\x7fELF", 30, None),
            (b"\x00\x01\x02\x03", 30, None),
            (b"", 0, None),
        ] {
            assert_eq!(needed(head, size), expected, "{head:?}");
        }
    }
}
