//! Files and the virus scanner: what it says of bytes is written down with them, and the desk decides who may open what.

use std::sync::Arc;

use super::Desk;
use crate::{
    desk::attachments::{
        Scan,
        blob::{scanned, unscanned},
    },
    error::{Fault, Result},
    language::{Sentence, say},
    scan::{Scanner, Verdict},
};

/// Files that one round looks at.
const AT_ONCE: usize = 50;

/// Has the next files looked at; false if none waits.
pub async fn scan_some(desk: &Arc<Desk>, scanner: &Scanner) -> Result<bool> {
    let waiting = desk.read(|tx| unscanned(tx, AT_ONCE))?;
    for (hash, size) in &waiting {
        let (hash, size) = (*hash, *size);
        let said = match desk.blobs.stream(hash, (0, size), size).await {
            Ok(bytes) => match scanner.look(Box::pin(bytes)).await.map_err(|it| Fault::because("asking the virus scanner", it))? {
                Verdict::Clean => Scan::Clean,
                Verdict::Infected(name) => Scan::Infected(name),
                Verdict::Unscannable(why) => Scan::Unscannable(why),
            },
            Err(error) => {
                // Bytes that are damaged or gone keep no others from their turn.
                tracing::error!(%error, %hash, "a file could not be read for the virus scanner");
                Scan::Unscannable("it could not be read".to_owned())
            }
        };
        metrics::counter!("lodge_files_scanned_total", "said" => said.name()).increment(1);
        if let Scan::Infected(name) = &said {
            tracing::warn!(%hash, name, "a file is infected; nobody can open it");
        }
        desk.write(None, move |tx| scanned(tx, hash, said)).await?;
    }
    Ok(!waiting.is_empty())
}

/// Asks the scanner what it is, to see that it is there; a sentence if it is not.
pub async fn test(desk: &Desk) -> std::result::Result<String, Sentence> {
    match &desk.scanner {
        None => Err(say!("files-scanner-none")),
        Some(it) => it.version().await.map_err(|why| say!("files-scanner-fails", why = why.to_string())),
    }
}
