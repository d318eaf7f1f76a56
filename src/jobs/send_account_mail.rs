//! Sends one mail about an account. It is written when the job runs, because the link in it is made then and kept by hash only.

use super::Context;
use crate::{
    appliance::sending,
    desk::{
        jobs::{self, Ended, Job},
        mail::outbox::{self, Attempt, Said},
        notify::account::{self, Written},
    },
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let (asked, deadline) = (job.clone(), sending::deadline());
    let begun = context.desk.write(None, move |tx| {
        jobs::extend(tx, asked.id, asked.attempts, outbox::ATTEMPT_LEASE)?;
        account::write(tx, &asked)
    });
    let mail = match begun.await {
        Ok(Written::Mail(it)) => it,
        Ok(Written::Nothing) => return Ended::Done,
        Ok(Written::Cannot(why)) => return Ended::Retry(why.to_owned()),
        Err(it) => return Ended::Retry(it.to_string()),
    };
    match sending::send(&context.desk, &mail, Vec::new(), deadline).await {
        Attempt::NoServer(why) | Attempt::Later(why) => Ended::Retry(why),
        Attempt::Never(why) => Ended::Failed(why),
        Attempt::Moot => Ended::Done,
        Attempt::Spoken(all) => match all.into_iter().next() {
            Some((_, Said::Later(why))) => Ended::Retry(why),
            Some((_, Said::Never(why))) => Ended::Failed(why),
            Some((_, Said::Accepted(_))) | None => Ended::Done,
        },
    }
}
