//! `lodge snapshot`: takes, lists, proves, restores and removes snapshots. Only taking one needs the appliance; all else works where there
//! is nothing but the place and the key.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{
    local::{Call, Line, Out, say_to},
    password_from_stdin, say,
};
use crate::{
    appliance::{
        Appliance,
        snapshots::{self, Upto},
    },
    blobs::Objects,
    config::{Config, ObjectPlace},
    error::{Code, Fault, Refusal, Result},
    limits,
    secret::Secret,
    snapshot::{Manifest, SnapshotId, Vault, Verdict},
    time::Instant,
};

#[derive(Subcommand)]
pub enum Snapshot {
    /// Take a snapshot while everything goes on, and print its id.
    #[command(after_help = "Examples:\n  lodge snapshot create --to /mnt/backup/lodge\n  lodge snapshot create --to s3://bucket/lodge")]
    Create {
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        to: Option<String>,
    },
    /// List the snapshots of a place, the newest last.
    #[command(after_help = "Example:\n  lodge snapshot list --from /mnt/backup/lodge")]
    List {
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
    },
    /// Prove a snapshot: restore it aside, open it, count, hash and search it.
    #[command(after_help = "Example:\n  lodge snapshot verify --from /mnt/backup/lodge")]
    Verify {
        /// Id (default: the newest).
        id: Option<String>,
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
    },
    /// Make an appliance of a snapshot, in a folder of its own. It holds still until `lodge release`.
    #[command(after_help = "Example:\n  lodge snapshot restore --from /mnt/backup/lodge --into /var/lib/lodge")]
    Restore {
        /// Id (default: the newest good one).
        id: Option<String>,
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
        /// The data folder to be made; it is empty, or does not exist.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// As everything was at this instant, such as 2026-11-23T14:05:00Z (default: as late as the journal goes; with an id, as the
        /// snapshot is).
        #[arg(long, value_name = "INSTANT")]
        until: Option<String>,
    },
    /// Remove snapshots that are not needed any more: all of two days stay, one a day for a month, one a month for a year.
    #[command(
        after_help = "Examples:\n  lodge snapshot prune --from /mnt/backup/lodge\n  lodge snapshot prune --drop 20261123-215105123-3fa9c1"
    )]
    Prune {
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
        /// One that goes although it would stay; may be given several times.
        #[arg(long, value_name = "ID")]
        drop: Vec<String>,
    },
    /// Print a new key for `snapshots.key`.
    #[command(after_help = "Example:\n  lodge snapshot key > /etc/lodge/snapshot.key")]
    Key,
    /// Give a place another key, read from the first line of standard input. What lies there is not written anew.
    #[command(after_help = "Example:\n  lodge snapshot rekey --from /mnt/backup/lodge < /etc/lodge/new.key")]
    Rekey {
        /// A folder or an object-store address (default: `snapshots.to`).
        #[arg(long, value_name = "PLACE")]
        from: Option<String>,
    },
}

/// A place and its key, as they are told to a running appliance over its own socket.
#[derive(Debug, Serialize, Deserialize)]
pub struct Place {
    url: String,
    endpoint: Option<String>,
    region: Option<String>,
    account: Option<String>,
    secret: String,
    key: String,
}

impl Place {
    /// The place that was named, or the configured one.
    pub fn of(config: &Config, named: Option<String>) -> Result<Place> {
        let ObjectPlace { url, endpoint, region, account, secret } = config.snapshots.place.clone();
        let url = named.or(url).ok_or_else(|| {
            let text = "Name a place, a folder or `s3://bucket/prefix`, with the command or as `snapshots.to`.";
            Refusal::field("snapshots.to", "required", text)
        })?;
        let url = if url.contains("://") { url } else { absolute(Path::new(&url))?.to_string_lossy().into_owned() };
        Ok(Place { url, endpoint, region, account, secret: secret.reveal().to_owned(), key: config.snapshots.key.reveal().to_owned() })
    }

    fn objects(&self) -> Result<Objects> {
        let Place { url, endpoint, region, account, secret, key: _ } = self;
        let secret = Secret::new(secret.clone());
        let (endpoint, region, account) = (endpoint.clone(), region.clone(), account.clone());
        Objects::at(&ObjectPlace { url: Some(url.clone()), endpoint, region, account, secret }, "snapshots.to")
    }

    fn key(&self) -> Secret {
        Secret::new(self.key.clone())
    }

    /// For those that make nothing: a folder that is not there holds no snapshots.
    pub async fn vault(&self) -> Result<Arc<Vault>> {
        if !self.url.contains("://") && !Path::new(&self.url).exists() {
            return Err(Refusal::new(Code::NotFound, format!("There is no folder {}.", self.url)).into());
        }
        Ok(Arc::new(Vault::open(self.objects()?, &self.key()).await?))
    }
}

fn instant(text: &str) -> Result<Instant> {
    let read = text
        .parse::<jiff::Timestamp>()
        .map_err(|_| Refusal::field("until", "invalid", format!("`{text}` is no instant: write it as 2026-11-23T14:05:00Z.")))?;
    Ok(Instant::from_millis(read.as_millisecond()))
}

pub fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|it| Fault::because(format!("finding {}", path.display()), it).into())
}

pub async fn run(config: &Config, desk: Option<String>, command: Snapshot) -> Result<ExitCode> {
    match command {
        Snapshot::Create { to } => {
            let place = Place::of(config, to)?;
            if place.key.is_empty() {
                warn(
                    "no key is set (`snapshots.key`), so the snapshot is not encrypted, and secrets such as passwords of mailboxes are not in it",
                );
            }
            let mut line = Line::open(config, desk).await?;
            line.call(Call::SnapshotCreate(place), Vec::new(), &mut say).await?;
        }
        Snapshot::List { from } => {
            let vault = Place::of(config, from)?.vault().await?;
            for id in vault.snapshots().await? {
                say(&line(&id, vault.manifest(&id).await.ok(), &vault.verdict(&id).await.unwrap_or_default()))?;
            }
        }
        Snapshot::Verify { id, from } => {
            let vault = Place::of(config, from)?.vault().await?;
            let id = match id {
                Some(it) => vault.chosen(Some(&it)).await?,
                None => vault.snapshots().await?.pop().ok_or_else(|| Refusal::new(Code::NotFound, "There is no snapshot to verify."))?,
            };
            let scratch = absolute(&config.data_dir)?.join("proving").join(uuid::Uuid::new_v4().simple().to_string());
            let proof = snapshots::prove(&vault, &id, &scratch).await?;
            for finding in &proof.findings {
                say(&format!("ILL\t{finding}"))?;
            }
            if !proof.findings.is_empty() {
                let text = format!("The snapshot {id} is not good. Take another one: what is lost is written anew.");
                return Err(Refusal::new(Code::Conflict, text).into());
            }
            let snapshots::Proof { rows, events, files, searched, findings: _ } = proof;
            say(&format!("{id} is good: {rows} rows, {events} events, {files} files, {searched} tickets searched for and found"))?;
        }
        Snapshot::Restore { id, from, into, until } => {
            let vault = Place::of(config, from)?.vault().await?;
            let until = until.as_deref().map(instant).transpose()?;
            let upto = match (&id, until) {
                (_, Some(it)) => Upto::Instant(it),
                (Some(_), None) => Upto::Snapshot,
                (None, None) => Upto::End,
            };
            let id = match &id {
                Some(it) => vault.chosen(Some(it)).await?,
                None => vault.newest_before(until).await?,
            };
            let into = absolute(&into)?;
            let done = snapshots::restore(&vault, &id, upto, &into, &config.blobs).await?;
            let snapshots::Restored { desks, rows, files, bytes, batches, upto } = done;
            let megabytes = bytes.div_ceil(1024 * 1024);
            say(&format!("Restored {id} into {}: {desks} desks, {rows} rows, {files} files, {megabytes} MB.", into.display()))?;
            if let Some(upto) = upto {
                say(&format!("Applied {batches} changes that were committed after it, the last at {}.", upto.timestamp()))?;
            }
            if !vault.is_sealed() {
                warn("the snapshot was not encrypted, so passwords of mailboxes and directories are not in it: set them again");
            }
            say("It holds still: it sends and fetches nothing. When it is to take over, see that the old one is off, then: lodge release")?;
        }
        Snapshot::Prune { from, drop } => prune(&Place::of(config, from)?, drop).await?,
        Snapshot::Key => {
            let bytes: [u8; 32] = rand::random();
            say(&data_encoding::BASE32_NOPAD.encode(&bytes))?;
        }
        Snapshot::Rekey { from } => {
            let place = Place::of(config, from)?;
            Vault::change_key(&place.objects()?, &place.key(), &password_from_stdin()?).await?;
            say("The place has the new key; the old one opens nothing there any more. Set `snapshots.key` to the new one.")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes a snapshot for a caller, who gets its id.
pub async fn create(appliance: &Arc<Appliance>, desk: Option<&str>, place: &Place, out: &Out) -> Result<()> {
    let only = desk.map(|it| appliance.id_of(it)).transpose()?;
    let vault = Arc::new(Vault::open_or_make(place.objects()?, &place.key()).await?);
    let _turn = appliance.snapshotting.lock().await;
    let made = snapshots::make(appliance, &vault, only).await?;
    if only.is_none() {
        let (id, now, sealed, place) = (made.id.clone(), Instant::now(), vault.is_sealed(), place.url.clone());
        appliance.note_snapshots(move |it| {
            if it.every_secs == 0 {
                (it.place, it.sealed, it.last, it.taken_at) = (place, sealed, Some(id), Some(now));
            }
        })?;
    }
    say_to(out, made.id.to_string()).await;
    Ok(())
}

async fn prune(place: &Place, drop: Vec<String>) -> Result<()> {
    let vault = place.vault().await?;
    let (found, mut superfluous) = snapshots::superfluous(&vault, Instant::now()).await?;
    for text in drop {
        let id = vault.chosen(Some(&text)).await?;
        if !found.contains(&id) {
            return Err(Refusal::new(Code::NotFound, format!("There is no snapshot {id}.")).into());
        }
        if !superfluous.contains(&id) {
            superfluous.push(id);
        }
    }
    let swept = vault.sweep(&superfluous, Duration::from_secs(limits::SNAPSHOT_GRACE_SECS)).await?;
    let megabytes = swept.bytes.div_ceil(1024 * 1024);
    let stay = found.len() - swept.snapshots;
    say(&format!(
        "Removed {} snapshots; {stay} stay. Removed {} chunks ({megabytes} MB); {} stay.",
        swept.snapshots, swept.chunks, swept.kept
    ))
}

/// Id, state, desks, size, what was written for it, release; parted by tabs.
fn line(id: &SnapshotId, manifest: Option<Manifest>, verdict: &Verdict) -> String {
    let state = match verdict {
        it if !it.findings.is_empty() => "bad".to_owned(),
        Verdict { proven_at: Some(at), .. } => format!("proven {}", at.timestamp()),
        Verdict { read_back_at: Some(_), .. } => "read back".to_owned(),
        _ => "not looked at".to_owned(),
    };
    let Some(it) = manifest else { return format!("{id}\tunreadable") };
    let desks: Vec<_> = it.parts.iter().filter(|it| it.desk.is_some()).map(|it| format!("{}@{}", it.name, it.seq)).collect();
    let kilobytes = |bytes: u64| bytes.div_ceil(1024);
    format!("{id}\t{state}\t{}\t{} KiB\twrote {} KiB\t{}", desks.join(","), kilobytes(it.bytes()), kilobytes(it.written), it.build)
}

/// On standard error, so that standard output holds what was asked for.
fn warn(text: &str) {
    use std::io::Write;
    // With nobody to tell, nothing is told.
    let _ = writeln!(std::io::stderr().lock(), "lodge: {text}");
}
