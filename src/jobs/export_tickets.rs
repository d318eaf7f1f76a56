//! Makes a file of a list that somebody ordered. What is cut short begins anew; what can never be made says why.

use std::time::Duration;

use super::Context;
use crate::{
    appliance::ticket_files::{self, Made},
    desk::jobs::{self, Ended, Job},
    error::{Code, Error},
    id::ExportId,
    language::Language,
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
    let why = match ticket_files::make(&context.desk, id, goes_on).await {
        Ok(Made::Done | Made::Dropped) => return Ended::Done,
        Ok(Made::Stopped) => return Ended::Retry("the desk stops".into()),
        Err(Error::Refused(it)) if it.code != Code::Unavailable => it.detail.read(Language::English),
        Err(error) if attempt < ATTEMPTS_MAX => return Ended::Retry(error.to_string()),
        Err(error) => error.to_string(),
    };
    match ticket_files::give_up(&context.desk, id, why).await {
        Ok(()) => Ended::Done,
        Err(error) => Ended::Retry(error.to_string()),
    }
}
