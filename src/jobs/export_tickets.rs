//! Makes a file of a list that somebody ordered. What is cut short begins anew; what can never be made says why.

use std::time::Duration;

use super::Context;
use crate::{
    appliance::ticket_files::{self, Made},
    desk::jobs::{self, Ended, Job},
    error::Code,
    id::ExportId,
};

/// How long a round between two looks may take; the lease is lengthened by it.
const ROUND: Duration = Duration::from_secs(300);
/// So many attempts end in a fault before whoever ordered it is told that it cannot be made.
const ATTEMPTS_MAX: u32 = 5;

pub async fn run(context: &Context, job: &Job) -> Ended {
    let Ok(id) = job.payload.parse::<ExportId>() else { return Ended::Failed("the job cannot be read".into()) };
    let (job_id, attempt) = (job.id, job.attempts);
    let goes_on = || async {
        if *context.stopping.borrow() {
            return Ok(false);
        }
        context.desk.write(None, move |tx| jobs::extend(tx, job_id, attempt, ROUND)).await?;
        Ok(true)
    };
    let made = ticket_files::make(&context.desk, id, goes_on).await;
    let said = match &made {
        Ok(Made::Done) => "made",
        Ok(Made::Dropped) => "dropped",
        Ok(Made::Stopped) => "stopped",
        Err(_) => "failed",
    };
    metrics::counter!("lodge_list_files_total", "said" => said).increment(1);
    let error = match made {
        Ok(Made::Done | Made::Dropped) => return Ended::Done,
        Ok(Made::Stopped) => return Ended::Retry("the desk stops".into()),
        Err(error) => error,
    };
    // Nothing that is refused for good goes better the next time.
    let is_passing = error.code().is_none_or(|it| it == Code::Unavailable);
    if is_passing && attempt < ATTEMPTS_MAX {
        return Ended::Retry(error.to_string());
    }
    match ticket_files::give_up(&context.desk, id, &error).await {
        Ok(()) => Ended::Done,
        Err(error) => Ended::Retry(error.to_string()),
    }
}
