//! A Maildir: which mails lie in it, and their bytes one at a time. It reads only; nothing is moved or marked.
//! Invariant: only names are held for the whole folder; of a mail at most `MAIL_BYTES_MAX`.

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
};

use super::mbox::RawMail;
use crate::limits::MAIL_BYTES_MAX;

/// The mails in `cur` and `new` of a Maildir, in the order of their names, which is that of their arrival.
///
/// # Errors
/// When neither folder can be listed.
pub fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut listed = false;
    for part in ["cur", "new"] {
        let entries = match fs::read_dir(folder.join(part)) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
            Err(cause) => return Err(cause),
        };
        listed = true;
        for entry in entries {
            let entry = entry?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if !hidden && entry.file_type()?.is_file() {
                found.push(entry.path());
            }
        }
    }
    if !listed {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the folder is no Maildir: it has neither `cur` nor `new`"));
    }
    found.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    Ok(found)
}

/// Reads the mails one after the other, when asked for.
///
/// # Errors
/// When the folder cannot be listed; per mail, when it cannot be read.
pub fn read(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<RawMail>>> {
    Ok(list(folder)?.into_iter().map(|path| {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAIL_BYTES_MAX).unwrap_or(u64::MAX);
        fs::File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
        let cut = bytes.len() > MAIL_BYTES_MAX;
        bytes.truncate(MAIL_BYTES_MAX);
        Ok(RawMail { bytes, cut })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_come_in_order_of_arrival() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in
            [("cur/2.x:2,S", "second"), ("new/1.x", "first"), ("new/3.x", "third"), ("tmp/0.x", "unfinished"), ("cur/.hidden", "no")]
        {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let read: Vec<String> = read(folder.path()).unwrap().map(|it| String::from_utf8(it.unwrap().bytes).unwrap()).collect();
        assert_eq!(read, ["first", "second", "third"]);
    }

    #[test]
    fn another_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(folder.path()).is_err());
    }
}
