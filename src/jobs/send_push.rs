//! Tells one device of one notification. A service that is away is asked again; what it refuses for good is dropped.

use super::Context;
use crate::{
    appliance::push,
    desk::{
        jobs::{Ended, Job},
        notices::push::SendPush,
    },
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    match serde_json::from_str::<SendPush>(&job.payload) {
        Ok(it) => push::attempt(&context.desk, &it).await,
        Err(it) => Ended::Failed(format!("the job cannot be read: {it}")),
    }
}
