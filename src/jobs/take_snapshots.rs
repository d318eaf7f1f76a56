//! Takes snapshots of the whole appliance by the clock. Each is read back when it is taken; once a day the newest is restored aside and
//! searched, and those that nobody needs any more are removed. What does not succeed is tried again soon, and told.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{
        Appliance,
        snapshots::{self, Watch},
    },
    blobs::Objects,
    config::Snapshots,
    error::{Fault, Result},
    limits,
    snapshot::Vault,
    time::Instant,
};

/// After a failure it is tried again this soon, or at the usual time if that is sooner.
const AGAIN: Duration = Duration::from_secs(300);
/// How often it is looked whether one is due: a clock may be set.
const LOOK: Duration = Duration::from_secs(30);
/// The same where the journal may ask for one.
const LOOK_FOR_JOURNAL: Duration = Duration::from_secs(2);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Takes snapshots until `stop` turns true. An appliance that holds still takes none: the place is its origin's.
pub async fn take_snapshots(appliance: Arc<Appliance>, settings: Snapshots, mut stop: watch::Receiver<bool>) {
    let look = if settings.journal { LOOK_FOR_JOURNAL } else { LOOK };
    let mut beat = tokio::time::interval(look.min(settings.every / 2));
    let mut failed_at: Option<Instant> = None;
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            _ = stop.wait_for(|it| *it) => return,
        }
        let now = Instant::now();
        let soon = failed_at.is_some_and(|it| now.since(it) < AGAIN.min(settings.every));
        if soon || appliance.instance().is_ok_and(|it| it.held_since.is_some()) {
            continue;
        }
        let turn = tokio::select! {
            it = turn(&appliance, &settings, now) => it,
            _ = stop.wait_for(|it| *it) => return,
        };
        failed_at = match turn {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(%error, "snapshots could not be taken or looked after; it is tried again");
                metrics::counter!("lodge_snapshot_failures_total").increment(1);
                let why = error.to_string();
                let noted = appliance.note_snapshots(move |it| {
                    it.failing_since.get_or_insert(now);
                    it.failure = Some(why);
                });
                if let Err(error) = noted {
                    tracing::error!(%error, "how snapshots go could not be written down");
                }
                Some(now)
            }
        };
    }
}

/// Does what is due, and nothing else.
async fn turn(appliance: &Arc<Appliance>, settings: &Snapshots, now: Instant) -> Result<()> {
    let watch = appliance.snapshot_watch()?.unwrap_or_default();
    let is_due = |last: Option<Instant>, every: Duration| last.is_none_or(|it| now.since(it) >= every || it > now);
    let torn = settings.journal && appliance.covered.is_snapshot_wanted();
    let (take, prove, sweep) = (torn || is_due(watch.taken_at, settings.every), is_due(watch.proven_at, DAY), is_due(watch.swept_at, DAY));
    if !take && !prove && !sweep && is_known(&watch, settings) {
        return Ok(());
    }
    let _turn = appliance.snapshotting.lock().await;
    let objects = Objects::at(&settings.place, "snapshots.to")?;
    let (shown, sealed, every_secs) = (objects.shown().to_owned(), !settings.key.is_empty(), settings.every.as_secs());
    appliance.note_snapshots(move |it| (it.place, it.sealed, it.every_secs) = (shown, sealed, every_secs))?;
    let vault = Arc::new(Vault::open_or_make(objects, &settings.key).await?);
    if take {
        let began = std::time::Instant::now();
        let made = snapshots::make(appliance, &vault, None).await?;
        metrics::histogram!("lodge_snapshot_seconds").record(began.elapsed().as_secs_f64());
        tracing::info!(snapshot = %made.id, chunks = made.chunks, written = made.written, bytes = made.bytes, "took a snapshot");
        appliance.note_snapshots(move |it| {
            (it.last, it.taken_at) = (Some(made.id), Some(now));
            (it.failing_since, it.failure) = (None, None);
        })?;
    }
    if prove && let Some(newest) = vault.snapshots().await?.pop() {
        let proof = snapshots::prove(&vault, &newest, &scratch(appliance)).await?;
        if let Some(first) = proof.findings.first() {
            let text = format!("the snapshot {newest} is not good: {} findings, such as: {first}", proof.findings.len());
            return Err(Fault::new(text).into());
        }
        tracing::info!(snapshot = %newest, rows = proof.rows, files = proof.files, searched = proof.searched, "a snapshot was proven");
        appliance.note_snapshots(move |it| it.proven_at = Some(now))?;
    }
    if sweep {
        let (_, superfluous) = snapshots::superfluous(&vault, now).await?;
        let swept = vault.sweep(&superfluous, Duration::from_secs(limits::SNAPSHOT_GRACE_SECS)).await?;
        tracing::info!(snapshots = swept.snapshots, chunks = swept.chunks, bytes = swept.bytes, "removed superfluous snapshots");
        appliance.note_snapshots(move |it| it.swept_at = Some(now))?;
    }
    Ok(())
}

/// Whether what is kept of the settings is what they are.
fn is_known(watch: &Watch, settings: &Snapshots) -> bool {
    watch.every_secs == settings.every.as_secs() && watch.sealed != settings.key.is_empty()
}

fn scratch(appliance: &Appliance) -> PathBuf {
    appliance.data_dir.join("proving").join(uuid::Uuid::new_v4().simple().to_string())
}
