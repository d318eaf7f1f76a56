//! What the index asks of a disk: a flat folder of files that are written once, and two that are replaced as a whole.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::directory::{Directory, FileHandle, MmapDirectory, error::OpenReadError};

/// A folder. Nothing is safe from a power cut before `sync` (contents) and `sync_names` (that a file is there, is renamed or gone).
pub trait Disk: fmt::Debug + Send + Sync + 'static {
    fn names(&self) -> io::Result<Vec<PathBuf>>;
    fn exists(&self, name: &Path) -> io::Result<bool>;
    fn read(&self, name: &Path) -> io::Result<Vec<u8>>;
    /// For files that are written: a handle stays readable when its file is deleted.
    fn open(&self, name: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError>;
    /// Makes the file, or empties it.
    fn create(&self, name: &Path) -> io::Result<Box<dyn Write + Send + Sync>>;
    fn sync(&self, name: &Path) -> io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    fn delete(&self, name: &Path) -> io::Result<()>;
    fn sync_names(&self) -> io::Result<()>;
}

/// A folder of the file system.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Maps files into memory, each once.
    mapped: MmapDirectory,
}

impl Folder {
    /// The folder must be there.
    pub fn open(path: &Path) -> tantivy::Result<Folder> {
        Ok(Folder { path: path.to_owned(), mapped: MmapDirectory::open(path)? })
    }
}

impl Disk for Folder {
    fn names(&self) -> io::Result<Vec<PathBuf>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                names.push(PathBuf::from(entry.file_name()));
            }
        }
        Ok(names)
    }

    fn exists(&self, name: &Path) -> io::Result<bool> {
        self.path.join(name).try_exists()
    }

    fn read(&self, name: &Path) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(name))
    }

    fn open(&self, name: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(name)
    }

    fn create(&self, name: &Path) -> io::Result<Box<dyn Write + Send + Sync>> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(self.path.join(name))?;
        Ok(Box::new(file))
    }

    fn sync(&self, name: &Path) -> io::Result<()> {
        File::open(self.path.join(name))?.sync_data()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn delete(&self, name: &Path) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}
