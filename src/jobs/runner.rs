//! Runs a desk's durable jobs. It wakes when something was committed, when the next job falls due, and for nothing else; first the
//! notifier takes what happened, then whatever is due is leased and run, some at a time.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::{send_account_mail, send_mail, sync_directory};
use crate::{
    appliance::Desk,
    desk::{
        jobs::{self, Ended, Job},
        notify,
        providers::SYNC_DIRECTORY,
    },
    error::Result,
    follow::notifier::{self, Look},
    mail::smtp::Sender,
};

/// Jobs that one lease takes.
const LEASE_AT_ONCE: usize = 32;
/// Jobs that run side by side.
const RUN_AT_ONCE: usize = 8;
/// With nothing due, the runner still looks this often, in case the clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// What jobs work with.
pub struct Context {
    pub desk: Arc<Desk>,
    pub sender: Sender,
}

/// Runs until `stop` turns true; then it finishes what it has begun.
pub async fn run(context: Arc<Context>, mut stop: watch::Receiver<bool>) {
    let woken = context.desk.jobs_woken();
    let mut looked = 0;
    while !*stop.borrow() {
        let wait = match step(&context, &mut looked).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "background work could not go on; it is tried again");
                Duration::from_secs(1)
            }
        };
        if wait.is_zero() {
            continue;
        }
        tokio::select! {
            () = woken.notified() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Does what there is to do now; gives how long there will be nothing.
async fn step(context: &Context, looked: &mut u64) -> Result<Duration> {
    let desk = &context.desk;
    match desk.read(|tx| notifier::look(tx, *looked))? {
        Look::Nothing { upto } => *looked = upto,
        Look::Something => {
            *looked = desk.write(None, notifier::step).await?;
            return Ok(Duration::ZERO);
        }
    }
    let now = desk.now();
    let wait = match desk.read(jobs::next_due)? {
        Some(due) if due <= now => Duration::ZERO,
        Some(due) => due.since(now).min(LOOK_AGAIN),
        None => LOOK_AGAIN,
    };
    if !wait.is_zero() {
        return Ok(wait);
    }
    let has_route = context.sender.has_route();
    // Mail that cannot be sent at all waits without being tried; other work goes on.
    let leased = desk.write(None, move |tx| jobs::lease(tx, LEASE_AT_ONCE, |it| has_route || !is_mail(it))).await?;
    if leased.is_empty() {
        return Ok(LOOK_AGAIN);
    }
    stream::iter(leased).for_each_concurrent(RUN_AT_ONCE, |job| attempt(context, job)).await;
    Ok(Duration::ZERO)
}

/// Whether a job can only wait while there is no way for mail.
fn is_mail(job: &Job) -> bool {
    matches!(job.kind.as_str(), notify::SEND_MAIL | notify::account::SEND_ACCOUNT_MAIL)
}

async fn attempt(context: &Context, job: Job) {
    let ended = match job.kind.as_str() {
        notify::SEND_MAIL => send_mail::run(context, &job).await,
        notify::account::SEND_ACCOUNT_MAIL => send_account_mail::run(context, &job).await,
        SYNC_DIRECTORY => sync_directory::run(context, &job).await,
        kind => Ended::Failed(format!("this release knows no job `{kind}`")),
    };
    if let Ended::Retry(why) | Ended::Failed(why) = &ended {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, error = why, "a job did not succeed");
    }
    let (id, attempts) = (job.id, job.attempts);
    if let Err(error) = context.desk.write(None, move |tx| jobs::end(tx, id, attempts, ended)).await {
        tracing::error!(job = %id, %error, "how a job ended could not be written down; it will run again");
    }
}
