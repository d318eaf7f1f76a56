//! Sends one mail about an account. It is written when the job runs, because the link in it is made then and kept by hash only.

use super::Context;
use crate::{
    appliance::sending,
    desk::{
        jobs::{Ended, Job},
        mail::outbox::{Attempt, Said},
        notify::account::{self, Written},
    },
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let asked = job.clone();
    let mail = match context.desk.write(None, move |tx| account::write(tx, &asked)).await {
        Ok(Written::Mail(it)) => it,
        Ok(Written::Nothing) => return Ended::Done,
        Ok(Written::Cannot(why)) => return Ended::Retry(why.to_owned()),
        Err(it) => return Ended::Retry(it.to_string()),
    };
    match sending::send(&context.desk, &mail, Vec::new()).await {
        Attempt::NoServer(why) => Ended::Retry(why),
        Attempt::Never(why) => Ended::Failed(why),
        Attempt::Moot => Ended::Done,
        Attempt::Spoken(all) => match all.into_iter().next() {
            Some((_, Said::Later(why))) => Ended::Retry(why),
            Some((_, Said::Never(why))) => Ended::Failed(why),
            Some((_, Said::Accepted(_))) | None => Ended::Done,
        },
    }
}
