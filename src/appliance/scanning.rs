//! Files and the virus scanner: what it says of bytes is written down with them, and the desk decides who may open what.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::TryStreamExt;

use super::Desk;
use crate::{
    desk::attachments::{
        Scan,
        blob::{scanned, unscanned},
    },
    error::{Error, Fault, Result},
    id::BlobHash,
    language::{Sentence, say},
    scan::{Scanner, Verdict},
    time::Instant,
};

/// Files that one round looks at.
const AT_ONCE: usize = 50;
/// Damaged files that are remembered; with more, all are tried anew.
const UNREAD_MAX: usize = 10_000;
const TRY_UNREAD_AGAIN: Duration = Duration::from_secs(3600);

/// Files whose bytes are damaged or gone, with when they were found so. They stay closed and wait, for somebody may put them right; but
/// they keep no others from their turn.
#[derive(Debug, Default)]
pub struct Unread(HashMap<BlobHash, Instant>);

impl Unread {
    fn add(&mut self, hash: BlobHash, now: Instant) {
        if self.0.len() >= UNREAD_MAX {
            self.0.clear();
        }
        self.0.insert(hash, now);
    }

    /// Those that it is too early to try again.
    fn still(&mut self, now: Instant) -> HashSet<BlobHash> {
        self.0.retain(|_, at| now.since(*at) < TRY_UNREAD_AGAIN);
        self.0.keys().copied().collect()
    }
}

/// Has the next files looked at; false if none waits but those that cannot be read.
pub async fn scan_some(desk: &Arc<Desk>, scanner: &Scanner, unread: &mut Unread) -> Result<bool> {
    let left_out = unread.still(Instant::now());
    let waiting = desk.read(|tx| unscanned(tx, AT_ONCE, |it| left_out.contains(&it)))?;
    for (hash, size) in &waiting {
        let (hash, size) = (*hash, *size);
        let Some(said) = looked_at(desk, scanner, hash, size).await? else {
            metrics::counter!("lodge_files_scanned_total", "said" => "damaged").increment(1);
            unread.add(hash, Instant::now());
            continue;
        };
        metrics::counter!("lodge_files_scanned_total", "said" => said.name()).increment(1);
        if let Scan::Infected(name) = &said {
            tracing::warn!(%hash, name, "a file is infected; nobody can open it");
        }
        desk.write(None, move |tx| scanned(tx, hash, said)).await?;
    }
    Ok(!waiting.is_empty())
}

/// What the scanner says of some bytes; none if they are damaged or gone. A store that does not answer is an error, and the file waits.
async fn looked_at(desk: &Desk, scanner: &Scanner, hash: BlobHash, size: u64) -> Result<Option<Scan>> {
    let damage = Arc::new(Mutex::new(None));
    let noted = damage.clone();
    let note = move |error: &Error| {
        if !matches!(error, Error::Refused(_)) {
            *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
        }
    };
    let verdict = match desk.blobs.stream(hash, (0, size), size).await {
        Ok(bytes) => {
            let verdict = scanner.look(Box::pin(bytes.inspect_err(note))).await;
            verdict.map_err(|it| Fault::because("asking the virus scanner", it).into())
        }
        Err(error) => {
            note(&error);
            Err(error)
        }
    };
    let damage = damage.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (verdict, damage) {
        (_, Some(why)) => {
            tracing::error!(%hash, why, "a file is damaged, so that the virus scanner cannot look at it; nobody can open it");
            Ok(None)
        }
        (Ok(Verdict::Clean), None) => Ok(Some(Scan::Clean)),
        (Ok(Verdict::Infected(name)), None) => Ok(Some(Scan::Infected(name))),
        (Ok(Verdict::Unscannable(why)), None) => Ok(Some(Scan::Unscannable(why))),
        (Err(error), None) => Err(error),
    }
}

/// Asks the scanner what it is, to see that it is there; a sentence if it is not.
pub async fn test(desk: &Desk) -> std::result::Result<String, Sentence> {
    match &desk.scanner {
        None => Err(say!("files-scanner-none")),
        Some(it) => it.version().await.map_err(|why| say!("files-scanner-fails", why = why.to_string())),
    }
}
