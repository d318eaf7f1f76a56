//! Whether the appliance serves: quick answers for `/readyz`, taken from memory. What needs reading everything is `doctor`.

use serde::Serialize;

use crate::{
    appliance::{Appliance, Desk},
    desk::providers,
    limits,
};

/// The answer of `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// `ok`, or `warning` when something should be looked at; it serves either way.
    pub status: &'static str,
    pub desks: Vec<DeskReadiness>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskReadiness {
    pub desk: String,
    /// What should be looked at, in sentences.
    pub warnings: Vec<String>,
    /// Events that the search index is behind the log.
    pub index_lag: u64,
    /// Tickets done so far, while the index is filled anew.
    pub index_rebuilding: Option<u64>,
    /// Commands that wait for the disk.
    pub writer_queue: usize,
    pub live_connections: usize,
}

pub fn readiness(appliance: &Appliance) -> Readiness {
    let desks: Vec<_> = appliance.desks().map(|it| of_desk(it)).collect();
    let warns = desks.iter().any(|it| !it.warnings.is_empty());
    Readiness { status: if warns { "warning" } else { "ok" }, desks }
}

fn of_desk(desk: &Desk) -> DeskReadiness {
    let position = desk.index.position();
    let mut warnings = Vec::new();
    if let Some(trouble) = desk.reader().trouble() {
        warnings.push(format!("Writes are refused: {trouble}. It goes on by itself when the cause is gone."));
    }
    if position.rebuilding.is_some() {
        warnings.push("The search index is being filled anew; searches may miss tickets until then.".to_owned());
    }
    let queue = desk.reader().waiting();
    if queue * 5 > limits::WRITER_QUEUE_MAX * 4 {
        warnings.push(format!("{queue} commands wait for the disk; beyond {} they are refused.", limits::WRITER_QUEUE_MAX));
    }
    warnings.extend(directories(desk));
    DeskReadiness {
        desk: desk.name.clone(),
        warnings,
        index_lag: desk.index_lag(),
        index_rebuilding: position.rebuilding,
        writer_queue: queue,
        live_connections: desk.live.viewers(),
    }
}

/// Directories that could not be read.
fn directories(desk: &Desk) -> Vec<String> {
    let read = desk.read(|tx| {
        let mut troubled = Vec::new();
        for it in providers::enabled(tx)? {
            if let Some(why) = providers::sync_state(tx, it.id)?.and_then(|it| it.trouble) {
                troubled.push(format!("The directory `{}` could not be taken over: {why}", it.name));
            }
        }
        Ok(troubled)
    });
    read.unwrap_or_default()
}
