//! Sends one mail to one person. The Message-ID is the same for every attempt, so a repeat after a crash can be dropped by the far side.

use super::Context;
use crate::{
    desk::{
        jobs::{Ended, Job},
        mail::compose::Outgoing,
        notify::{self, SendMail},
    },
    mail::smtp::{File, Unsent},
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let what: SendMail = match serde_json::from_str(&job.payload) {
        Ok(it) => it,
        Err(it) => return Ended::Failed(format!("the job cannot be read: {it}")),
    };
    let mail = match context.desk.read(|tx| notify::mail_of(tx, &what)) {
        Ok(Some(it)) => it,
        Ok(None) => return Ended::Done,
        Err(it) => return Ended::Retry(it.to_string()),
    };
    let files = match files(context, &mail).await {
        Ok(it) => it,
        Err(it) => return Ended::Retry(it.to_string()),
    };
    match context.sender.send(&mail, files).await {
        Ok(()) => {
            metrics::counter!("lodge_mail_sent_total").increment(1);
            Ended::Done
        }
        Err(Unsent::Later(why)) => Ended::Retry(why),
        Err(Unsent::Never(why)) => Ended::Failed(why),
    }
}

async fn files(context: &Context, mail: &Outgoing) -> crate::error::Result<Vec<File>> {
    let mut files = Vec::with_capacity(mail.files.len());
    for it in &mail.files {
        let bytes = context.desk.blobs.get(it.blob).await?.to_vec();
        files.push(File { filename: it.filename.clone(), content_type: it.content_type.clone(), bytes });
    }
    Ok(files)
}
