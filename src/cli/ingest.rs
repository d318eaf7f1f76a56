//! `lodge mail ingest`: raw mails from files, mbox files, Maildir folders and standard input, each by itself, so that one that fails does
//! not stop the rest. It reads only; nothing is moved or marked.

use std::{
    fs::{File, TryLockError},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    local::{Call, Line},
    say,
};
use crate::{
    config::Config,
    error::Result,
    limits::MAIL_BYTES_MAX,
    mail::{
        maildir,
        mbox::{Mbox, RawMail},
    },
};

/// Hands mails over and counts what failed.
struct Taking {
    line: Line,
    quiet: bool,
    failed: usize,
}

/// Takes in everything that is named; fails in the end if anything did. With `quiet` nobody is told.
pub async fn run(config: &Config, desk: Option<String>, files: Vec<PathBuf>, quiet: bool) -> Result<ExitCode> {
    let mut taking = Taking { line: Line::open(config, desk).await?, quiet, failed: 0 };
    let files = if files.is_empty() { vec![PathBuf::from("-")] } else { files };
    for path in files {
        let name = path.display().to_string();
        if let Err(error) = taking.path(&path, &name).await {
            taking.fail(&name, &error.to_string());
        }
    }
    Ok(if taking.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Taking {
    fn fail(&mut self, name: &str, why: &str) {
        self.failed += 1;
        // Whoever closed standard error does not want to know.
        let _ = io::Write::write_all(&mut io::stderr(), format!("lodge: {name}: {why}\n").as_bytes());
    }

    async fn path(&mut self, path: &Path, name: &str) -> io::Result<()> {
        if name == "-" {
            let mail = bounded(io::stdin().lock())?;
            self.mail(name, mail).await;
        } else if path.is_dir() {
            for message in maildir::list(path)? {
                let name = message.display().to_string();
                // Somebody else may take a mail out of its folder meanwhile.
                match File::open(&message).and_then(bounded) {
                    Ok(mail) => self.mail(&name, mail).await,
                    Err(error) => self.fail(&name, &error.to_string()),
                }
            }
        } else if is_mbox(path)? {
            let file = unlocked(path)?;
            for (i, message) in Mbox::new(BufReader::new(file)).enumerate() {
                let mail = message?;
                self.mail(&format!("{name}#{}", i + 1), mail).await;
            }
        } else {
            let mail = bounded(File::open(path)?)?;
            self.mail(name, mail).await;
        }
        Ok(())
    }

    async fn mail(&mut self, name: &str, mail: RawMail) {
        if mail.cut {
            let why = format!("it has more than {} MB and is not taken in", MAIL_BYTES_MAX / 1024 / 1024);
            return self.fail(name, &why);
        }
        let call = Call::MailIngest { name: name.to_owned(), quiet: self.quiet };
        if let Err(error) = self.line.call(call, mail.bytes, &mut say).await {
            self.fail(name, &error.to_string());
        }
    }
}

/// One mail, of which no more is read than a mail may have.
fn bounded(source: impl Read) -> io::Result<RawMail> {
    let mut bytes = Vec::new();
    source.take(MAIL_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() > MAIL_BYTES_MAX;
    bytes.truncate(MAIL_BYTES_MAX);
    Ok(RawMail { bytes, cut })
}

/// An mbox that nobody writes just now: its last mail would be half of one (RFC 4155 leaves locking to the system; both usual ways are
/// looked at).
fn unlocked(path: &Path) -> io::Result<File> {
    let mut lock = path.as_os_str().to_owned();
    lock.push(".lock");
    if Path::new(&lock).exists() {
        let why = format!("somebody writes to it: {} is there. Try again when it is gone", Path::new(&lock).display());
        return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
    }
    let file = File::open(path)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(io::ErrorKind::WouldBlock, "somebody writes to it. Try again later")),
        // A file system without locks.
        Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// An mbox begins with the `From ` line of its first message (RFC 4155).
fn is_mbox(path: &Path) -> io::Result<bool> {
    let mut begin = Vec::new();
    File::open(path)?.take(5).read_to_end(&mut begin)?;
    Ok(begin == b"From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_mbox_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.mbox");
        std::fs::write(&path, "From a@b Mon May  3 10:00:00 2021\n\nx\n").unwrap();
        assert!(is_mbox(&path).unwrap() && unlocked(&path).is_ok());
        let writer = File::options().append(true).open(&path).unwrap();
        writer.lock().unwrap();
        assert_eq!(unlocked(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(writer);
        std::fs::write(folder.path().join("old.mbox.lock"), "").unwrap();
        assert_eq!(unlocked(&path).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn what_is_too_long_is_not_read_to_its_end() {
        let endless = bounded(io::repeat(b'x')).unwrap();
        assert!(endless.cut && endless.bytes.len() == MAIL_BYTES_MAX);
        assert!(!bounded(&b"short"[..]).unwrap().cut);
    }
}
