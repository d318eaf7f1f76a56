//! Decides about one mail about an account. What is to be sent becomes a letter, which has a job of its own.

use super::Context;
use crate::desk::{
    jobs::{Ended, Job},
    notify::account,
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let asked = job.clone();
    match context.desk.write(None, move |tx| account::decide(tx, &asked)).await {
        Ok(_) => Ended::Done,
        Err(it) => Ended::Retry(it.to_string()),
    }
}
