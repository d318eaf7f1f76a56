//! Fetches mail: one task for each mailbox that is on, begun, ended and begun anew as the settings change. A task waits for the server
//! to speak or for its time, looks through the folders, and waits longer and longer while something is wrong.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant as Clock, sleep, timeout},
};

use crate::{
    appliance::{
        Desk, Work,
        mailboxes::{self, Done, Open, Round, Unread, Woken},
    },
    desk::mail::{
        mailbox::{self, Mailbox},
        watch as watching,
    },
    error::Result,
    id::MailboxId,
    limits,
};

/// The first wait after a failure; it doubles with each further one.
const BACKOFF: Duration = Duration::from_secs(1);
/// The same where only somebody who looks at the settings can help, so that no account is locked.
const BACKOFF_SLOW: Duration = Duration::from_secs(60);
/// All of a mailbox is compared with the ledger this often.
const WHOLE_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long a look that has begun may take to end after it was told to.
const STOP_WITHIN: Duration = Duration::from_secs(15);
/// Commits that come one after the other are looked at together.
const SETTLE: Duration = Duration::from_millis(100);

struct Running {
    /// As it was set up when it began.
    mailbox: Mailbox,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Keeps one task for each mailbox that is on, until `stop` turns true.
pub async fn fetch_mail(desk: Arc<Desk>, mut stop: watch::Receiver<bool>) {
    // Mail belongs to whoever is at work, and not to a copy of it.
    let mut held = desk.held.clone();
    tokio::select! {
        () = held.released() => {}
        _ = stop.wait_for(|it| *it) => return,
    }
    let mut committed = desk.committed();
    let mut running: BTreeMap<MailboxId, Running> = BTreeMap::new();
    while !*stop.borrow() {
        match desk.read(mailbox::all) {
            Ok(all) => keep_up(&desk, &mut running, all).await,
            Err(error) => tracing::error!(%error, desk = desk.name, "mailboxes could not be looked up; it is tried again"),
        }
        tokio::select! {
            changed = committed.changed() => if changed.is_err() { break },
            _ = stop.changed() => break,
        }
        sleep(SETTLE).await;
    }
    for it in running.values() {
        it.stop.send_replace(true);
    }
    for it in running.into_values() {
        end(it).await;
    }
}

/// Ends the tasks of mailboxes that are off or other by now, and begins those that are missing.
async fn keep_up(desk: &Arc<Desk>, running: &mut BTreeMap<MailboxId, Running>, all: Vec<Mailbox>) {
    let wanted: BTreeMap<MailboxId, Mailbox> = all.into_iter().filter(|it| it.enabled).map(|it| (it.id, it)).collect();
    let over: Vec<MailboxId> =
        running.iter().filter(|(id, it)| wanted.get(id) != Some(&it.mailbox) || it.task.is_finished()).map(|(id, _)| *id).collect();
    for id in over {
        if let Some(it) = running.remove(&id) {
            it.stop.send_replace(true);
            end(it).await;
        }
    }
    for (id, mailbox) in wanted {
        running.entry(id).or_insert_with(|| {
            let (stop, stopping) = watch::channel(false);
            let task = tokio::spawn(attend(desk.clone(), mailbox.clone(), stopping));
            Running { mailbox, stop, task }
        });
    }
}

async fn end(it: Running) {
    let abort = it.task.abort_handle();
    if timeout(STOP_WITHIN, it.task).await.is_err() {
        tracing::warn!(mailbox = it.mailbox.name, "a look at a mailbox did not end in time and is given up; nothing is lost by that");
        abort.abort();
    }
}

/// What a task knows between two looks.
struct Attendant {
    desk: Arc<Desk>,
    mailbox: Mailbox,
    stop: watch::Receiver<bool>,
    open: Option<Open>,
    failures: u32,
    careful: bool,
    whole_at: Option<Clock>,
    /// Looks, one after the other, for which the server called and which found nothing.
    futile: u32,
}

async fn attend(desk: Arc<Desk>, mailbox: Mailbox, stop: watch::Receiver<bool>) {
    let mut it = Attendant { desk, mailbox, stop, open: None, failures: 0, careful: false, whole_at: None, futile: 0 };
    while !*it.stop.borrow() {
        match it.look().await {
            Ok(done) => {
                it.desk.pulses.well(Work::MailIn, it.desk.now());
                it.failures = 0;
                it.careful = it.careful && done.taken_in == 0;
                it.futile = if done.taken_in > 0 { 0 } else { it.futile };
                if done.stopped {
                    break;
                }
                if let Err(unread) = it.wait().await {
                    it.troubled(unread).await;
                }
            }
            Err(unread) => it.troubled(unread).await,
        }
    }
    if let Some(open) = it.open {
        open.close().await;
    }
}

impl Attendant {
    /// Whether it is time to compare everything with the ledger.
    fn is_whole(&self) -> bool {
        let door = self.desk.mailboxes.of(self.mailbox.id);
        let asked = door.whole.swap(false, std::sync::atomic::Ordering::SeqCst);
        asked || self.whole_at.is_none_or(|it| it.elapsed() >= WHOLE_EVERY)
    }

    async fn look(&mut self) -> std::result::Result<Done, Unread> {
        let whole = self.is_whole();
        let round = Round { desk: &self.desk, mailbox: &self.mailbox, stop: &self.stop, careful: self.careful, whole };
        let door = self.desk.mailboxes.of(self.mailbox.id);
        let looked = if mailboxes::is_imap(&self.mailbox) {
            let _turn = door.turn.lock().await;
            let mut open = match self.open.take() {
                Some(it) => it,
                None => Open::begin(&round).await?,
            };
            let done = open.look(&round).await;
            if done.is_ok() {
                self.open = Some(open);
            }
            done
        } else {
            mailboxes::look_pop3(&round).await
        };
        if whole {
            match &looked {
                Ok(it) if !it.stopped => self.whole_at = Some(Clock::now()),
                // Whoever asked for it still waits.
                _ => door.whole.store(true, std::sync::atomic::Ordering::SeqCst),
            }
        }
        if let Ok(Done { taken_in: 1.., .. }) = looked {
            tracing::info!(
                desk = self.desk.name,
                mailbox = self.mailbox.name,
                count = looked.as_ref().map_or(0, |it| it.taken_in),
                "fetched mail"
            );
        }
        looked
    }

    /// Waits for news, for the next time, or for a call.
    async fn wait(&mut self) -> std::result::Result<(), Unread> {
        let pause = self.pause()?;
        let door = self.desk.mailboxes.of(self.mailbox.id);
        let mut stop = self.stop.clone();
        let called = async {
            tokio::select! {
                () = door.call.notified() => {}
                _ = stop.wait_for(|it| *it) => {}
            }
        };
        match self.open.as_mut() {
            Some(open) if open.can_idle() => {
                let longest = pause.min(Duration::from_secs(limits::MAILBOX_IDLE_SECS_MAX));
                match open.idle(&self.mailbox, longest, called).await {
                    // A server that calls for nothing is believed less and less.
                    Ok(Woken::BySomething) => {
                        let pause = Duration::from_millis(50 << self.futile.min(10));
                        self.futile = self.futile.saturating_add(1);
                        let mut stop = self.stop.clone();
                        tokio::select! {
                            () = sleep(pause) => {}
                            _ = stop.wait_for(|it| *it) => {}
                        }
                    }
                    Ok(Woken::ByTime | Woken::Called) => self.futile = 0,
                    Err(it) => {
                        self.open = None;
                        return Err(it);
                    }
                }
            }
            _ => {
                if pause > Duration::from_secs(300)
                    && let Some(open) = self.open.take()
                {
                    // A connection that is silent for long is cut by whoever is in between.
                    open.close().await;
                }
                tokio::select! {
                    () = called => {}
                    () = sleep(pause) => {}
                }
            }
        }
        Ok(())
    }

    /// How long there is nothing to do but wait: until the next look, or until a mail is to be tried again.
    fn pause(&self) -> Result<Duration> {
        let usual = Duration::from_secs(u64::from(self.mailbox.settings.poll_secs));
        let now = self.desk.now();
        let folders = self.desk.read(|tx| watching::folders(tx, &self.mailbox))?;
        let again = folders.iter().filter_map(watching::FolderWatch::next_again).min();
        Ok(again.map_or(usual, |it| it.since(now).clamp(Duration::from_secs(1), usual)))
    }

    /// Writes down what is wrong, and waits a while.
    async fn troubled(&mut self, unread: Unread) {
        self.open = None;
        self.careful = true;
        self.failures = self.failures.saturating_add(1);
        let (code, words) = unread.words();
        let labels = [("desk", self.desk.name.clone()), ("mailbox", self.mailbox.name.clone()), ("what", code.to_owned())];
        metrics::counter!("lodge_mail_fetch_failures_total", &labels).increment(1);
        tracing::warn!(desk = self.desk.name, mailbox = self.mailbox.name, what = code, "a mailbox cannot be looked through: {words}");
        self.desk.pulses.ill(Work::MailIn, self.desk.now(), &format!("{}: {words}", self.mailbox.name));
        if let Err(error) = mailboxes::failed(&self.desk, self.mailbox.id, &unread).await {
            tracing::error!(mailbox = self.mailbox.name, %error, "what is wrong with a mailbox could not be written down");
        }
        let wait = backoff(self.failures, unread.needs_somebody() && self.failures > 1, self.desk.seal.random().unwrap_or_default());
        let door = self.desk.mailboxes.of(self.mailbox.id);
        tokio::select! {
            () = sleep(wait) => {}
            () = door.call.notified() => {}
            _ = self.stop.wait_for(|it| *it) => {}
        }
    }
}

/// How long to wait after so many failures: between the half and all of a time that doubles, so that many do not come back at once.
fn backoff(failures: u32, is_slow: bool, random: [u8; 2]) -> Duration {
    let first = if is_slow { BACKOFF_SLOW } else { BACKOFF };
    let longest = Duration::from_secs(limits::MAILBOX_BACKOFF_SECS_MAX);
    let whole = first.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(longest);
    whole / 2 + (whole / 2).mul_f64(f64::from(u16::from_be_bytes(random)) / 65536.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_differ() {
        for (failures, is_slow, most) in [(1, false, 1), (2, false, 2), (5, false, 16), (100, false, 300), (1, true, 60), (9, true, 300)] {
            for random in [[0, 0], [128, 0], [255, 255]] {
                let wait = backoff(failures, is_slow, random);
                let most = Duration::from_secs(most);
                assert!(wait >= most / 2 && wait <= most, "{failures} {is_slow} {random:?}: {wait:?}");
            }
        }
        assert_ne!(backoff(5, false, [0, 0]), backoff(5, false, [200, 0]));
    }
}
