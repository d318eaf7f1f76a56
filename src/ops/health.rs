//! Whether the appliance serves: quick answers for `/readyz`, taken from memory. What needs reading everything is `doctor`.

use serde::Serialize;

use super::fill::{self, Doors, Fill};
use crate::{
    appliance::{Appliance, CertificateStanding, Desk, snapshots::Standing},
    desk::{mail::watch, providers},
    time::Instant,
};

/// The answer of `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// `ok`, or `warning` when something should be looked at; it serves either way.
    pub status: &'static str,
    /// What should be looked at about the whole appliance, in sentences.
    pub warnings: Vec<String>,
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

pub fn readiness(appliance: &Appliance, doors: Doors) -> Readiness {
    let desks: Vec<_> = appliance.open_desks().iter().map(|it| of_desk(it, doors)).collect();
    let mut warnings: Vec<_> = fill::of_appliance(appliance, doors).iter().filter_map(Fill::warning).collect();
    if appliance.is_held() {
        warnings.push(
            "This appliance was restored and holds still: it sends and fetches nothing. When the old one is off: `lodge release`."
                .to_owned(),
        );
    }
    if let Some((false, said)) = appliance.standbys(Instant::now()) {
        warnings.push(format!("Standby: {said}."));
    }
    match appliance.certificate().map(|it| it.standing(Instant::now())) {
        Some(CertificateStanding::Alarm(it) | CertificateStanding::Warning(it)) => warnings.push(format!("The certificate: {it}")),
        Some(CertificateStanding::Well(_)) | None => {}
    }
    // That nobody takes any is for `doctor` to say: not everybody who tries Lodge has something to lose.
    if let Ok(Some(watch)) = appliance.snapshot_watch() {
        match watch.standing(Instant::now()) {
            Standing::Alarm(it) => warnings.push(format!("Snapshots: {it}")),
            Standing::Warning(it) if watch.failure.is_some() => warnings.push(format!("Snapshots: {it}")),
            _ => {}
        }
    }
    let warns = !warnings.is_empty() || desks.iter().any(|it| !it.warnings.is_empty());
    Readiness { status: if warns { "warning" } else { "ok" }, warnings, desks }
}

fn of_desk(desk: &Desk, doors: Doors) -> DeskReadiness {
    let position = desk.index.position();
    let mut warnings = Vec::new();
    if let Some(trouble) = desk.reader().trouble() {
        warnings.push(format!("Writes are refused: {trouble}. It goes on by itself when the cause is gone."));
    }
    if position.rebuilding.is_some() {
        warnings.push("The search index is being filled anew; searches may miss tickets until then.".to_owned());
    }
    warnings.extend(fill::of_desk(desk, doors).iter().filter_map(Fill::warning));
    warnings.extend(directories(desk));
    warnings.extend(desk.read(watch::warnings).unwrap_or_default().iter().map(ToString::to_string));
    DeskReadiness {
        desk: desk.name.clone(),
        warnings,
        index_lag: desk.index_lag(),
        index_rebuilding: position.rebuilding,
        writer_queue: desk.reader().waiting(),
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
