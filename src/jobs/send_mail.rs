//! Sends one letter of the outbox. The Message-ID is the same for every attempt, so a repeat after a crash can be dropped by the far
//! side.

use super::Context;
use crate::{
    appliance::{Work, sending},
    desk::{
        jobs::{Ended, Job},
        mail::outbox::{self, Begun, Letter, SendMail, Trouble},
    },
    id::LetterId,
};

pub async fn run(context: &Context, job: &Job) -> Ended {
    let what: SendMail = match serde_json::from_str(&job.payload) {
        Ok(it) => it,
        Err(it) => return Ended::Failed(format!("the job cannot be read: {it}")),
    };
    let (id, lease) = (job.id, job.attempts);
    let letter = match context.desk.write(None, move |tx| outbox::begin(tx, what.letter, id, lease)).await {
        Ok(Begun::Go(it)) => *it,
        Ok(Begun::Wait(at)) => return Ended::Again(at),
        Ok(Begun::Nothing) => return Ended::Done,
        Err(it) => return Ended::Retry(it.to_string()),
    };
    match sending::attempt(&context.desk, letter, context.stopping.clone()).await {
        Ok(Ended::Again(at)) => {
            tell_of_server(context, what.letter);
            Ended::Again(at)
        }
        Ok(it) => it,
        Err(it) => Ended::Retry(it.to_string()),
    }
}

/// A letter waits: whoever looks at the background work hears of it where that is the mail server's fault, not its reader's.
fn tell_of_server(context: &Context, letter: LetterId) {
    let waits = context.desk.read(|tx| Ok(tx.get::<Letter>(&letter)?)).ok().flatten();
    if let Some(it) = waits.filter(|it| it.trouble == Some(Trouble::Server)) {
        context.desk.pulses.ill(Work::MailOut, context.desk.now(), it.answer.as_deref().unwrap_or_default());
    }
}
