//! Everything periodic, in one list. Each entry is safe to miss and safe to repeat.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    appliance::{Desk, Work, garbage, intake, mailboxes, sending},
    desk::{
        attachments::preview,
        calendars, drafts, exports, idempotency, identity, knowledge,
        mail::{breaker, outbox},
        notices, notify, providers,
    },
    error::{Error, Result},
    limits,
};

/// The store of files is looked through once a day, and not while everything starts.
const BEATS_A_DAY: u64 = 288;
const BEATS_BEFORE_LOOK: u64 = 12;
/// Rows that one command removes: others write between two of them.
const SWEEP_MAX: usize = 10_000;

/// Runs the list until `stop` turns true: at once, then every few minutes.
pub async fn recur(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    // A copy that holds still renews no token and removes no bytes: its origin may share both.
    let mut held = desk.held.clone();
    tokio::select! {
        () = held.released() => {}
        _ = stop.wait_for(|it| *it) => return,
    }
    let mut beat = tokio::time::interval(Duration::from_secs(300));
    let mut beats: u64 = 0;
    while !*stop.borrow() {
        tokio::select! {
            _ = beat.tick() => {}
            _ = stop.changed() => return,
        }
        let mut whole = true;
        let mut could_not = |what: &str, error: &Error| {
            whole = false;
            desk.pulses.ill(Work::Tidying, desk.now(), &format!("{what}: {error}"));
        };
        for (what, outcome) in [
            ("mails that were not decided", intake::take_up(&desk).await),
            ("old idempotency keys", sweep(&desk, idempotency::sweep).await),
            ("links that are too old", sweep(&desk, identity::link::sweep).await),
            ("ended sessions", sweep(&desk, identity::sweep_sessions).await),
            ("counts of automatic mail", sweep(&desk, breaker::sweep).await),
            ("letters of long ago", sweep(&desk, outbox::sweep).await),
            ("access tokens of mailboxes", mailboxes::renew_due(&desk).await),
            ("mails that had lost their job", sending::take_up(&desk).await),
            ("drafts of long ago", sweep(&desk, drafts::sweep).await),
            ("notifications of long ago", sweep(&desk, notices::sweep).await),
            ("files of lists of long ago", sweep(&desk, exports::sweep).await),
            ("files that have no preview yet", take_up(&desk).await),
            ("bytes that nobody needs", garbage::collect(&desk).await),
            ("bytes that no record knows", if beats % BEATS_A_DAY == BEATS_BEFORE_LOOK { garbage::sweep(&desk).await } else { Ok(0) }),
            ("ended sessions of providers", sweep(&desk, providers::sweep_provider_sessions).await),
        ] {
            match outcome {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "tidied up: {what}"),
                Err(error) => {
                    tracing::error!(%error, "could not tidy up {what}; it is tried again");
                    could_not(what, &error);
                }
            }
        }
        if let Err(error) = desk.write(None, providers::enqueue_due).await {
            tracing::error!(%error, "directories could not be looked through for those that are due; it is tried again");
            could_not("directories that are due", &error);
        }
        if let Err(error) = desk.write(None, calendars::enqueue_due_feeds).await {
            tracing::error!(%error, "calendars could not be looked through for holidays to read; it is tried again");
            could_not("calendars that are due", &error);
        }
        if let Err(error) = desk.write(None, |tx| notify::remind(tx, limits::REMINDERS_AT_ONCE)).await {
            tracing::error!(%error, "reminders could not be written; it is tried again");
            could_not("reminders", &error);
        }
        match sending::look_for_keys(&desk).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "mail is signed with new keys, whose records are published"),
            Err(error) => {
                tracing::warn!(%error, "the DNS could not be asked for the records of new keys; it is tried again");
                could_not("records of new keys", &error);
            }
        }
        beats += 1;
        if whole {
            desk.pulses.well(Work::Tidying, desk.now());
        }
    }
}

/// Takes up files from before there were previews: some with each beat, since what comes now comes first.
async fn take_up(desk: &Desk) -> Result<usize> {
    if desk.previews.is_none() {
        return Ok(0);
    }
    let most = limits::PREVIEWS_TAKEN_UP;
    desk.write(None, move |tx| Ok(preview::take_up(tx, most)? + knowledge::take_up_files(tx, most)?)).await
}

async fn sweep(desk: &Desk, run: fn(&mut crate::store::Tx, usize) -> Result<usize>) -> Result<usize> {
    let mut removed = 0;
    loop {
        let count = desk.write(None, move |tx| run(tx, SWEEP_MAX)).await?;
        removed += count;
        if count < SWEEP_MAX {
            return Ok(removed);
        }
    }
}
