//! Runs a desk's durable jobs. It wakes when something was committed, when the next job falls due, and for nothing else; first the
//! notifier takes what happened, then whatever is due is leased and run, some at a time. Mail has a lane of its
//! own, and so have files of lists, so that neither keeps the other, or anything else, waiting.

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};

use super::{export_tickets, fetch_holidays, retime, send_account_mail, send_mail, send_push, sync_directory};
use crate::{
    appliance::{Desk, Work, sending},
    desk::{
        calendars::FETCH_HOLIDAYS,
        exports::EXPORT_TICKETS,
        jobs::{self, Ended, Job},
        mail::outbox::SEND_MAIL,
        notices::push::SEND_PUSH,
        notify,
        providers::SYNC_DIRECTORY,
        service_levels::RETIME,
    },
    error::Result,
    follow::notifier::{self, Look},
};

/// With nothing due, the runner still looks this often, in case the clock was set.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// What jobs work with.
pub struct Context {
    pub desk: Arc<Desk>,
    /// Turns true when the desk is about to stop.
    pub stopping: watch::Receiver<bool>,
}

/// Jobs that run beside the others: a mail server that hangs holds up mail and nothing else, and so does a large file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Mail,
    /// What takes minutes of a processor.
    Files,
    Rest,
}

impl Lane {
    fn of(job: &Job) -> Lane {
        match job.kind.as_str() {
            SEND_MAIL => Lane::Mail,
            EXPORT_TICKETS => Lane::Files,
            _ => Lane::Rest,
        }
    }

    /// Jobs that run side by side.
    fn at_once(self) -> usize {
        if self == Lane::Files { 1 } else { 8 }
    }
}

/// Runs until `stop` turns true; then it finishes what it has begun.
pub async fn run(context: Arc<Context>, stop: watch::Receiver<bool>) {
    match context.desk.write(None, jobs::release).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "took up background work that was under way when the desk last stopped"),
        Err(error) => tracing::error!(%error, "background work that was under way waits until its lease ends"),
    }
    let (told, listen) = watch::channel(());
    let mail = lane(context.clone(), Lane::Mail, stop.clone(), listen.clone());
    let files = lane(context.clone(), Lane::Files, stop.clone(), listen.clone());
    let rest = lane(context.clone(), Lane::Rest, stop.clone(), listen);
    tokio::join!(notify_all(context, told, stop), mail, files, rest);
}

/// Lets the notifier take what happened, and then wakes all lanes.
async fn notify_all(context: Arc<Context>, told: watch::Sender<()>, mut stop: watch::Receiver<bool>) {
    let woken = context.desk.jobs_woken();
    let (mut looked, mut held) = (0, context.desk.held.clone());
    while !*stop.borrow() {
        let wait = match take_notice(&context.desk, &mut looked).await {
            Ok(()) => {
                context.desk.pulses.well(Work::Notify, context.desk.now());
                LOOK_AGAIN
            }
            Err(error) => {
                tracing::error!(%error, "background work could not go on; it is tried again");
                context.desk.pulses.ill(Work::Notify, context.desk.now(), &error.to_string());
                Duration::from_secs(1)
            }
        };
        told.send_replace(());
        tokio::select! {
            () = woken.notified() => {}
            () = held.released(), if held.is_held() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn take_notice(desk: &Desk, looked: &mut u64) -> Result<()> {
    loop {
        match desk.read(|tx| notifier::look(tx, *looked))? {
            Look::Nothing { upto } => {
                *looked = upto;
                return Ok(());
            }
            Look::Something => {
                let stepped = desk.write(None, notifier::step).await?;
                *looked = stepped.upto;
                for (person, notification) in stepped.told {
                    desk.live.tell_person(person, stepped.upto, Some(notification));
                }
            }
        }
    }
}

async fn lane(context: Arc<Context>, lane: Lane, mut stop: watch::Receiver<bool>, mut told: watch::Receiver<()>) {
    let mut running = JoinSet::new();
    while !*stop.borrow() {
        let wait = match fill(&context, lane, &mut running).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(%error, "background work could not go on; it is tried again");
                Duration::from_secs(1)
            }
        };
        tokio::select! {
            Some(_) = running.join_next(), if !running.is_empty() => {}
            _ = told.changed() => {}
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

/// Takes as many due jobs as there is room for; gives how long there will be nothing more to take.
async fn fill(context: &Arc<Context>, lane: Lane, running: &mut JoinSet<()>) -> Result<Duration> {
    while running.try_join_next().is_some() {}
    let (desk, room) = (&context.desk, lane.at_once().saturating_sub(running.len()));
    let held = desk.held.is_held();
    // Mail that cannot be sent at all waits without being tried; other work goes on.
    if room == 0 || (lane == Lane::Mail && !sending::has_route(desk)) {
        return Ok(LOOK_AGAIN);
    }
    // An appliance that holds still does what stays within the house.
    let is_ours = move |it: &Job| Lane::of(it) == lane && !(held && goes_out(it));
    let due = desk.read(|tx| jobs::due(tx, room, is_ours))?;
    if due.is_empty() {
        let now = desk.now();
        return Ok(match desk.read(|tx| jobs::next_due_of(tx, is_ours))? {
            Some(next) if next > now => next.since(now).min(LOOK_AGAIN),
            // It fell due while we looked.
            Some(_) => Duration::ZERO,
            None => LOOK_AGAIN,
        });
    }
    let leased = desk.write(None, move |tx| jobs::lease_these(tx, &due)).await?;
    for job in leased {
        let context = context.clone();
        running.spawn(async move { attempt(&context, job).await });
    }
    Ok(Duration::ZERO)
}

/// Whether a job reaches another machine.
fn goes_out(job: &Job) -> bool {
    !matches!(job.kind.as_str(), RETIME | EXPORT_TICKETS)
}

async fn attempt(context: &Context, job: Job) {
    let ended = match job.kind.as_str() {
        SEND_MAIL => send_mail::run(context, &job).await,
        notify::account::SEND_ACCOUNT_MAIL => send_account_mail::run(context, &job).await,
        RETIME => retime::run(context, &job).await,
        FETCH_HOLIDAYS => fetch_holidays::run(context, &job).await,
        SYNC_DIRECTORY => sync_directory::run(context, &job).await,
        EXPORT_TICKETS => export_tickets::run(context, &job).await,
        SEND_PUSH => send_push::run(context, &job).await,
        kind => Ended::Failed(format!("this release knows no job `{kind}`")),
    };
    if let Ended::Retry(why) | Ended::Failed(why) = &ended {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, error = why, "a job did not succeed");
    }
    if let Some(work) = Work::of_job(&job.kind) {
        match &ended {
            // A letter that waits says itself whose fault that is.
            Ended::Again(_) if Lane::of(&job) == Lane::Mail => {}
            Ended::Done | Ended::Again(_) => context.desk.pulses.well(work, context.desk.now()),
            // What is cut short by the desk's end goes on at the next start.
            Ended::Retry(_) if *context.stopping.borrow() => {}
            Ended::Retry(why) | Ended::Failed(why) => context.desk.pulses.ill(work, context.desk.now(), why),
        }
    }
    let (id, attempts) = (job.id, job.attempts);
    if let Err(error) = context.desk.write(None, move |tx| jobs::end(tx, id, attempts, ended)).await {
        tracing::error!(job = %id, %error, "how a job ended could not be written down; it will run again");
    }
}
