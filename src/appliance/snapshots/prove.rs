//! Looks whether a snapshot is good (BEY-27): each desk is restored into a folder aside, opened by this same binary, counted, its records,
//! indexes and log checked, its search index filled and asked; each file is read and hashed. What is found is written beside the snapshot.

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::StreamExt;

use super::restore;
use crate::{
    appliance::{
        Desk, DeskOptions,
        lists::{self, Question},
    },
    config::ObjectPlace,
    desk::{
        actor::Actor,
        query::Sort,
        settings::Settings,
        tables,
        tickets::{Ticket, number},
    },
    error::{Error, Fault, Result},
    follow::search::Spelling,
    id::{BlobHash, DeskId},
    snapshot::{ChunkId, Damage, Found, Manifest, Part, SnapshotId, Vault, Verdict},
    store::{check, log},
    time::Instant,
};

/// Tickets that are searched for, from each end.
const SEARCHED: usize = 16;
/// Files that are read at once.
const FILES_AT_ONCE: usize = 8;
/// How long filling an index may take.
const FILLED_WITHIN: Duration = Duration::from_secs(6 * 3600);
/// Findings that are kept.
const FINDINGS_MAX: usize = 50;

/// What was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    pub rows: u64,
    pub events: u64,
    pub files: u64,
    pub searched: usize,
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
}

/// Proves a snapshot in `scratch`, which needs room for its largest desk, and notes what was found. An error means that nothing could be
/// found out.
pub async fn prove(vault: &Arc<Vault>, id: &SnapshotId, scratch: &Path) -> Result<Proof> {
    let manifest = vault.manifest(id).await?;
    let mut verdict = Verdict { findings: Vec::new(), lost: Vec::new(), ..vault.verdict(id).await? };
    let proof = noting(vault, &manifest, scratch, &mut verdict.lost).await?;
    verdict.proven_at = Some(Instant::now());
    verdict.findings.clone_from(&proof.findings);
    vault.put_verdict(id, &verdict).await?;
    Ok(proof)
}

/// The same, and nothing is noted: for a release that is only tried.
pub async fn tried(vault: &Arc<Vault>, manifest: &Manifest, scratch: &Path) -> Result<Proof> {
    noting(vault, manifest, scratch, &mut Vec::new()).await
}

async fn noting(vault: &Arc<Vault>, manifest: &Manifest, scratch: &Path, lost: &mut Vec<ChunkId>) -> Result<Proof> {
    let mut proof = Proof::default();
    let looked = look(vault, manifest, scratch, &mut proof, lost).await;
    let swept = tokio::fs::remove_dir_all(scratch).await;
    if let Some(above) = scratch.parent() {
        // It stays while somebody else proves one there.
        let _ = tokio::fs::remove_dir(above).await;
    }
    match looked {
        Err(error) if Damage::is(&error) => proof.findings.push(error.to_string()),
        it => it?,
    }
    swept.map_err(|it| Fault::because(format!("removing {}", scratch.display()), it))?;
    proof.findings.truncate(FINDINGS_MAX);
    Ok(proof)
}

async fn look(vault: &Arc<Vault>, manifest: &Manifest, scratch: &Path, proof: &mut Proof, lost: &mut Vec<ChunkId>) -> Result<()> {
    for (i, part) in manifest.parts.iter().enumerate() {
        let folder = scratch.join(i.to_string());
        std::fs::create_dir_all(&folder).map_err(|it| Fault::because(format!("making {}", folder.display()), it))?;
        unreadable(vault, part, proof, lost).await?;
        if !proof.findings.is_empty() {
            continue;
        }
        proof.rows += restore::rows(vault, part, folder.join("desk.redb")).await?;
        files(vault, part, proof, lost).await?;
        if let Some(id) = part.desk {
            desk(part, id, &folder, proof).await?;
        }
        std::fs::remove_dir_all(&folder).map_err(|it| Fault::because(format!("removing {}", folder.display()), it))?;
    }
    Ok(())
}

/// Names every chunk of the rows that cannot be read, and not the first alone: all of them are to be written anew.
async fn unreadable(vault: &Arc<Vault>, part: &Part, proof: &mut Proof, lost: &mut Vec<ChunkId>) -> Result<()> {
    let mut chunks = Vec::new();
    for tree in [part.rows, part.files] {
        let listed = tree.chunks(vault, &mut |it| chunks.push(it)).await;
        note(listed, tree.root, proof, lost)?;
    }
    let reading = futures_util::stream::iter(chunks).map(|id| async move { (id, vault.chunk(id).await.map(drop)) });
    let mut reading = Box::pin(reading.buffer_unordered(FILES_AT_ONCE));
    while let Some((id, read)) = reading.next().await {
        note(read, id, proof, lost)?;
    }
    Ok(())
}

/// Damage is a finding; everything else is an error.
fn note(outcome: Result<()>, chunk: ChunkId, proof: &mut Proof, lost: &mut Vec<ChunkId>) -> Result<()> {
    match outcome {
        Err(error) if Damage::is(&error) => {
            lost.push(chunk);
            proof.findings.push(error.to_string());
            Ok(())
        }
        it => it,
    }
}

/// Reads every file and hashes it.
async fn files(vault: &Arc<Vault>, part: &Part, proof: &mut Proof, lost: &mut Vec<ChunkId>) -> Result<()> {
    let found = restore::files_of(vault, part).await?;
    let reading = futures_util::stream::iter(found).map(|(hash, it)| {
        let vault = vault.clone();
        let reading = tokio::spawn(async move { hashed(&vault, hash, &it).await });
        async { reading.await.map_err(|it| Error::from(Fault::because("reading a snapshot", it)))? }
    });
    let mut reading = Box::pin(reading.buffer_unordered(FILES_AT_ONCE));
    while let Some(outcome) = reading.next().await {
        proof.files += 1;
        for (chunk, error) in outcome? {
            lost.push(chunk);
            proof.findings.push(error);
        }
    }
    Ok(())
}

/// What of a file is lost.
async fn hashed(vault: &Vault, hash: BlobHash, found: &Found) -> Result<Vec<(ChunkId, String)>> {
    let (mut hasher, mut lost, mut size) = (blake3::Hasher::new(), Vec::new(), 0);
    for piece in &found.pieces {
        match vault.chunk(*piece).await {
            Ok(bytes) => {
                size += bytes.len() as u64;
                hasher.update(&bytes);
            }
            Err(error) if Damage::is(&error) => lost.push((*piece, error.to_string())),
            Err(error) => return Err(error),
        }
    }
    if lost.is_empty() && (size != found.size || *hasher.finalize().as_bytes() != hash.0) {
        let text = format!("the file {hash} is not what its pieces make");
        lost.extend(found.pieces.iter().map(|it| (*it, text.clone())));
    }
    Ok(lost)
}

/// Opens a restored desk as the appliance would, and looks whether it is what its records say and finds what is in it.
async fn desk(part: &Part, id: DeskId, folder: &Path, proof: &mut Proof) -> Result<()> {
    let name = part.name.clone();
    let options = DeskOptions { blobs: ObjectPlace::default(), ..DeskOptions::default() };
    let place = folder.to_owned();
    let opened = tokio::task::spawn_blocking(move || Desk::open(id, &name, &place, options)).await;
    let desk = match opened.map_err(|it| Fault::because("opening a restored desk", it))? {
        Ok(it) => Arc::new(it),
        Err(error) => {
            proof.findings.push(format!("the desk `{}` does not open: {error}", part.name));
            return Ok(());
        }
    };
    let (seq, log_hash) = (part.seq, part.log_hash);
    let checked = desk
        .read_apart(move |tx| {
            let is_head = seq == 0 || log::hash_of(tx, seq)? == Some(log_hash);
            Ok((check::consistency(tx, tables::SHAPES, tables::INDEXES)?, is_head))
        })
        .await?;
    let (report, is_head) = checked;
    if !is_head {
        proof.findings.push(format!("the log of `{}` has another end than was noted", part.name));
    }
    proof.findings.extend(report.findings.into_iter().map(|it| format!("`{}`: {it}", part.name)));
    proof.events += report.log.map_or(0, |it| it.events);
    if !desk.index.filled(desk.reader().last_seq(), FILLED_WITHIN).await {
        proof.findings.push(format!("the search index of `{}` could not be filled", part.name));
        return Ok(());
    }
    search(&desk, part, proof).await
}

/// Looks for the oldest tickets and the newest by their numbers.
async fn search(desk: &Arc<Desk>, part: &Part, proof: &mut Proof) -> Result<()> {
    let wanted = desk
        .read_apart(|tx| {
            let settings = Settings::of(tx)?;
            let mut wanted = Vec::new();
            for it in tx.scan::<Ticket>(&())?.take(SEARCHED).chain(tx.scan_back::<Ticket>(&())?.take(SEARCHED)) {
                let it = it?;
                wanted.push((it.id, number::text(settings.as_ref(), it.kind, it.number)));
            }
            Ok(wanted)
        })
        .await?;
    let actor = Actor::system("operator");
    for (ticket, number) in wanted {
        let question = Question {
            text: Some(number.clone()),
            filters: Vec::new(),
            sort: Sort::RELEVANCE,
            cursor: None,
            skip: 0,
            limit: 10,
            spelling: Spelling::Exact,
        };
        let found = lists::list(desk, &actor, question).await?;
        proof.searched += 1;
        if !found.tickets.iter().any(|it| it.id == ticket) {
            proof.findings.push(format!("`{}`: the search does not find {number}", part.name));
        }
    }
    Ok(())
}
