//! Reads the subscription of one calendar. What is wrong with it is written down beside the calendar, where an admin looks, and it is tried
//! again by the schedule, not by this job.

use serde::Deserialize;

use super::Context;
use crate::{
    appliance::holidays,
    desk::jobs::{Ended, Job},
    id::CalendarId,
};

#[derive(Deserialize)]
struct Payload {
    calendar: CalendarId,
}

pub async fn run(context: &Context, job: &Job) -> Ended {
    let what: Payload = match serde_json::from_str(&job.payload) {
        Ok(it) => it,
        Err(it) => return Ended::Failed(format!("the job cannot be read: {it}")),
    };
    match holidays::fetch(&context.desk, what.calendar).await {
        Ok(()) => Ended::Done,
        Err(it) => Ended::Retry(it.to_string()),
    }
}
