//! Objects by name, in a folder or in a store elsewhere: what snapshots lie in. Names are ASCII, with `/` between their parts.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{
    Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, local::LocalFileSystem, path::Path as ObjectPath,
    prefix::PrefixStore,
};

use super::place::elsewhere;
use crate::{
    config::ObjectPlace,
    error::{Fault, Result},
    time::Instant,
};

#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// Flushes each object, where the store leaves that open; what is put without is safe after [`Objects::flush`].
    flushing: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    /// As its owner calls it, without secrets.
    shown: String,
}

/// One object that a listing names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub size: u64,
    /// By the store's clock.
    pub written_at: Instant,
}

impl Objects {
    /// The objects at a place: a folder, which is made if it is missing, or `s3://bucket/prefix` and its kin. `key` names the setting
    /// in errors.
    pub fn at(place: &ObjectPlace, key: &str) -> Result<Objects> {
        let address = place.url.as_deref().unwrap_or_default();
        if !address.contains("://") {
            return Objects::in_folder(Path::new(address));
        }
        let (store, prefix) = elsewhere(place, key)?;
        Ok(Objects::on(Arc::new(PrefixStore::new(store, prefix)), address))
    }

    pub fn in_folder(folder: &Path) -> Result<Objects> {
        let doing = |it: Box<dyn std::error::Error + Send + Sync>| Fault::because(format!("opening the folder {}", folder.display()), it);
        std::fs::create_dir_all(folder).map_err(|it| doing(it.into()))?;
        let local = || LocalFileSystem::new_with_prefix(folder).map_err(|it| doing(it.into()));
        let (store, flushing) = (Arc::new(local()?), Arc::new(local()?.with_fsync(true)));
        Ok(Objects { store, flushing, folder: Some(folder.to_owned()), shown: folder.display().to_string() })
    }

    /// Objects in any store, such as one that fails on purpose.
    pub fn on(store: Arc<dyn ObjectStore>, shown: &str) -> Objects {
        Objects { flushing: store.clone(), store, folder: None, shown: shown.to_owned() }
    }

    /// As its owner calls the place.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Puts an object in the place of any of the same name, whole or not at all. In a folder it survives a power cut only after
    /// [`Objects::flush`].
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        let put = self.store.put(&ObjectPath::from(name), PutPayload::from_bytes(bytes)).await;
        put.map(drop).map_err(|it| self.failed("writing", name, it))
    }

    /// The same for one object that is to be safe at once.
    pub async fn put_safely(&self, name: &str, bytes: Bytes) -> Result<()> {
        let put = self.flushing.put(&ObjectPath::from(name), PutPayload::from_bytes(bytes)).await;
        put.map(drop).map_err(|it| self.failed("writing", name, it))
    }

    /// Puts an object, safely, if there is none of the name; false if there is.
    pub async fn put_new(&self, name: &str, bytes: Bytes) -> Result<bool> {
        let options = PutOptions::from(PutMode::Create);
        match self.flushing.put_opts(&ObjectPath::from(name), PutPayload::from_bytes(bytes.clone()), options).await {
            Ok(_) => Ok(true),
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => Ok(false),
            // Not every server knows the condition; then two that begin at the same instant are told apart by nobody.
            Err(StoreError::NotImplemented { .. } | StoreError::NotSupported { .. }) => {
                if self.get(name).await?.is_some() {
                    return Ok(false);
                }
                self.put_safely(name, bytes).await.map(|()| true)
            }
            Err(it) => Err(self.failed("writing", name, it)),
        }
    }

    /// Whatever was put before survives a power cut from here on.
    pub async fn flush(&self) -> Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let flushed = tokio::task::spawn_blocking(move || {
            let folder = std::fs::File::open(folder)?;
            rustix::fs::syncfs(&folder).map_err(std::io::Error::from)
        });
        let doing = || format!("flushing {}", self.shown);
        flushed.await.map_err(|it| Fault::because(doing(), it))?.map_err(|it| Fault::because(doing(), it).into())
    }

    pub async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        let found = match self.store.get(&ObjectPath::from(name)).await {
            Ok(it) => it.bytes().await,
            Err(it) => Err(it),
        };
        match found {
            Ok(it) => Ok(Some(it)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(it) => Err(self.failed("reading", name, it)),
        }
    }

    /// Calls `each` for every object whose name begins with this folder. A listing may lag behind what was put.
    pub async fn list(&self, folder: &str, mut each: impl FnMut(Listed)) -> Result<()> {
        let mut listed = self.store.list(Some(&ObjectPath::from(folder)));
        while let Some(it) = listed.next().await {
            match it {
                Ok(it) => each(Listed {
                    name: it.location.to_string(),
                    size: it.size,
                    written_at: Instant::from_millis(it.last_modified.timestamp_millis()),
                }),
                // Taken away between being listed and being looked at.
                Err(StoreError::NotFound { .. }) => {}
                Err(it) => return Err(self.failed("listing", folder, it)),
            }
        }
        Ok(())
    }

    /// Removes an object; that it is gone already is fine.
    pub async fn remove(&self, name: &str) -> Result<()> {
        match self.store.delete(&ObjectPath::from(name)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(it) => Err(self.failed("removing", name, it)),
        }
    }

    fn failed(&self, doing: &str, name: &str, cause: StoreError) -> crate::error::Error {
        Fault::because(format!("{doing} {name} at {}", self.shown), cause).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn objects_in_a_folder_are_put_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::in_folder(&folder.path().join("new/place")).unwrap();
        objects.put("chunks/ab/one", Bytes::from_static(b"1")).await.unwrap();
        objects.put("chunks/ab/one", Bytes::from_static(b"one")).await.unwrap();
        objects.put_safely("heads/two", Bytes::from_static(b"2")).await.unwrap();
        objects.flush().await.unwrap();
        assert!(objects.put_new("heads/three", Bytes::from_static(b"3")).await.unwrap());
        assert!(!objects.put_new("heads/three", Bytes::from_static(b"4")).await.unwrap());
        let listed = async |folder: &str| {
            let mut names = Vec::new();
            objects.list(folder, |it| names.push((it.name, it.size))).await.unwrap();
            names.sort();
            names
        };
        assert_eq!(listed("chunks").await, [("chunks/ab/one".to_owned(), 3)]);
        assert_eq!(listed("heads").await, [("heads/three".to_owned(), 1), ("heads/two".to_owned(), 1)]);
        assert_eq!(listed("none").await, []);
        assert_eq!(objects.get("heads/three").await.unwrap().as_deref(), Some(&b"3"[..]));
        for _ in 0..2 {
            objects.remove("heads/three").await.unwrap();
        }
        assert_eq!(objects.get("heads/three").await.unwrap(), None);
    }
}
