//! The machine's own data: which desks there are (D1). `appliance.redb` holds nothing of any desk, and no desk knows of another.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use minicbor::{Decode, Encode};

use super::{Desk, DeskOptions};
use crate::{
    error::{Code, Fault, Refusal, Result},
    id::DeskId,
    store::{NewEvent, Record, Store, Table, engine::redb::RedbFile, log::EventActor, writer::Options},
    time::Instant,
};

/// A desk of this machine.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct DeskEntry {
    #[n(0)]
    pub id: DeskId,
    /// Short, for the command line and host names.
    #[n(1)]
    pub name: String,
    /// Host names on which it answers; a single desk answers on any.
    #[n(2)]
    pub hosts: Vec<String>,
    #[n(3)]
    pub created_at: Instant,
}

impl Record for DeskEntry {
    type Key = DeskId;
    const TABLE: Table = Table::journalled(0x10, "desks");

    fn key(&self) -> DeskId {
        self.id
    }
}

pub struct Appliance {
    pub data_dir: PathBuf,
    /// Held for as long as the process owns the data (D14).
    _lock: std::fs::File,
    desks: Vec<(DeskEntry, Arc<Desk>)>,
}

impl Appliance {
    /// Takes the data folder, or makes it, and opens its desks.
    pub fn open(data_dir: &Path, options: DeskOptions) -> Result<Appliance> {
        std::fs::create_dir_all(data_dir).map_err(|it| Fault::because(format!("making the data folder {}", data_dir.display()), it))?;
        let lock = own(data_dir)?;
        let store = Store::open(Options::new(RedbFile { path: data_dir.join("appliance.redb"), cache_bytes: 1024 * 1024 }))?;
        let mut entries: Vec<DeskEntry> = store.read()?.scan::<DeskEntry>(&())?.collect::<Result<_, _>>()?;
        if entries.is_empty() {
            entries.push(first_desk(&store)?);
        }
        let mut desks = Vec::with_capacity(entries.len());
        for entry in entries {
            let folder = data_dir.join("desks").join(entry.id.0.simple().to_string());
            let desk = Desk::open(entry.id, &entry.name, &folder, options)?;
            desks.push((entry, Arc::new(desk)));
        }
        Ok(Appliance { data_dir: data_dir.to_owned(), _lock: lock, desks })
    }

    /// The desk of this name; the only one if no name is given.
    pub fn desk(&self, name: Option<&str>) -> Result<Arc<Desk>> {
        let found = match (name, self.desks.as_slice()) {
            (None, [(_, only)]) => Some(only),
            (None, _) => {
                let names: Vec<_> = self.desks.iter().map(|it| it.0.name.as_str()).collect();
                return Err(Refusal::new(Code::Validation, format!("Say which desk with --desk: {}.", names.join(", "))).into());
            }
            (Some(name), desks) => desks.iter().find(|it| it.0.name == name).map(|it| &it.1),
        };
        found.cloned().ok_or_else(|| Refusal::not_found("desk").into())
    }

    /// The desk that answers on this host name. A single desk answers on any.
    pub fn desk_of_host(&self, host: &str) -> Option<Arc<Desk>> {
        match self.desks.as_slice() {
            [(_, only)] => Some(only.clone()),
            desks => desks.iter().find(|it| it.0.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))).map(|it| it.1.clone()),
        }
    }

    pub fn desks(&self) -> impl Iterator<Item = &Arc<Desk>> {
        self.desks.iter().map(|it| &it.1)
    }
}

/// Takes the lock file. A kill releases it, so nothing is ever left behind to be removed by hand.
fn own(data_dir: &Path) -> Result<std::fs::File> {
    let path = data_dir.join("lock");
    let file = std::fs::File::create(&path).map_err(|it| Fault::because(format!("opening {}", path.display()), it))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => {
            let detail = format!("Another lodge process owns {}. Stop it, or talk to it through its socket.", data_dir.display());
            Err(Refusal::new(Code::Conflict, detail).into())
        }
    }
}

fn first_desk(store: &Store) -> Result<DeskEntry> {
    let made = store.write(|tx| {
        let entry = DeskEntry { id: tx.new_id(), name: "main".into(), hosts: Vec::new(), created_at: tx.now() };
        tx.put(&entry)?;
        let said = serde_json::json!({ "name": { "before": null, "after": entry.name } }).to_string();
        tx.record(NewEvent {
            kind: "desk.created",
            actor: EventActor { kind: "system".into(), id: None },
            entity_kind: "desk",
            entity: entry.id.0,
            parts: vec![(None, b"{}".to_vec()), (None, said.into_bytes())],
        })?;
        Ok(entry)
    })?;
    Ok(made.0)
}
