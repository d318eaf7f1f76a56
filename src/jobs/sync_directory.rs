//! Reads one directory and takes it in. A directory that cannot be read is tried again by the schedule and not by this job, which has
//! written down what is wrong.

use serde::Deserialize;

use super::Context;
use crate::{
    appliance::directories,
    desk::jobs::{Ended, Job},
    error::{Code, Error},
    id::ProviderId,
};

#[derive(Deserialize)]
struct Payload {
    provider: ProviderId,
}

pub async fn run(context: &Context, job: &Job) -> Ended {
    let what: Payload = match serde_json::from_str(&job.payload) {
        Ok(it) => it,
        Err(it) => return Ended::Failed(format!("the job cannot be read: {it}")),
    };
    match directories::sync(&context.desk, what.provider).await {
        Ok(state) => {
            let counts = state.counts;
            tracing::info!(provider = %what.provider, found = counts.found, created = counts.created, changed = counts.changed, disabled = counts.disabled, "read a directory");
            Ended::Done
        }
        // Switched off or taken away meanwhile, or said by the directory: both are known already.
        Err(Error::Refused(it)) if matches!(it.code, Code::NotFound | Code::Unavailable | Code::Unauthenticated) => Ended::Done,
        Err(it) => Ended::Retry(it.to_string()),
    }
}
