//! Sends one mail about an account. It is written when the job runs, because the link in it is made then and kept by hash only.

use super::Context;
use crate::{
    desk::{
        jobs::{Ended, Job},
        notify::account::{self, Written},
    },
    mail::smtp::Unsent,
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let asked = job.clone();
    let mail = match context.desk.write(None, move |tx| account::write(tx, &asked)).await {
        Ok(Written::Mail(it)) => it,
        Ok(Written::Nothing) => return Ended::Done,
        Ok(Written::Cannot(why)) => return Ended::Retry(why.to_owned()),
        Err(it) => return Ended::Retry(it.to_string()),
    };
    match context.sender.send(&mail, Vec::new()).await {
        Ok(()) => {
            metrics::counter!("lodge_mail_sent_total").increment(1);
            Ended::Done
        }
        Err(Unsent::Later(why)) => Ended::Retry(why),
        Err(Unsent::Never(why)) => Ended::Failed(why),
    }
}
