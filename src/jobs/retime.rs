//! Times the open tickets anew after policies or calendars changed, some at a time, so that others write between.

use std::time::Duration;

use super::Context;
use crate::{
    desk::{
        Tx,
        jobs::{self, Ended, Job},
        service_levels,
    },
    error::{Fault, Result},
    limits,
};

/// What one round may take at most; the lease is lengthened by it.
const ROUND: Duration = Duration::from_secs(120);

pub async fn run(context: &Context, job: &Job) -> Ended {
    let (id, attempt) = (job.id, job.attempts);
    if let Err(error) = count(context).await {
        tracing::warn!(%error, "the tickets that are timed anew could not be counted; they are timed all the same");
    }
    loop {
        // What is left is gone on with after the next start.
        if *context.stopping.borrow() {
            return Ended::Retry("the desk stops".into());
        }
        let round = move |tx: &mut Tx| {
            jobs::extend(tx, id, attempt, ROUND)?;
            service_levels::retime_some(tx, limits::RETIMED_AT_ONCE)
        };
        match context.desk.write(None, round).await {
            Ok(true) => {}
            Ok(false) => return Ended::Done,
            Err(error) => return Ended::Retry(error.to_string()),
        }
    }
}

/// How many there are to do, for those who wait for the end.
async fn count(context: &Context) -> Result<()> {
    let desk = context.desk.clone();
    let counted = tokio::task::spawn_blocking(move || desk.read(service_levels::count_to_retime)).await;
    match counted.map_err(|it| Fault::because("counting open tickets", it))?? {
        Some(total) => context.desk.write(None, move |tx| service_levels::counted_to_retime(tx, total)).await,
        None => Ok(()),
    }
}
