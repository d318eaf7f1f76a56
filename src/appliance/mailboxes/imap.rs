//! A round through the folders of an IMAP mailbox: what is new is fetched a few at a time and taken in, what was taken in is flagged,
//! moved or deleted, and how far it came is written down.

use std::collections::{BTreeMap, BTreeSet};

use super::{Done, Round, Unread, way_in};
use crate::{
    desk::mail::{
        ledger::{ServerPlace, ServerUid},
        mailbox::{After, Mailbox},
        statement::{self, Compared},
        watch::{self as watching, FolderWatch},
    },
    error::Result,
    limits,
    mail::imap::{Imap, Listed, Selected, Woken},
    reach::{Trouble, What},
    time::Instant,
};

/// Failures of our own, one after the other, that end a round: then it is not the mail.
const OWN_FAILURES_MAX: u32 = 3;

/// Why a mail is tried again that lies there and does not come.
const NOT_SENT: &str = "The server lists this mail and does not send it.";

/// A conversation with the server of a mailbox.
pub struct Open {
    imap: Imap,
    /// How far the first folder, where news is waited for, was looked through: the numbering of its mails, and the highest.
    seen: Option<(u32, u32)>,
}

/// Where a mail lies.
fn place(mailbox: &Mailbox, folder: &str, validity: u32, uid: u32) -> ServerPlace {
    ServerPlace { mailbox: mailbox.id, folder: folder.to_owned(), account: mailbox.account, uid: ServerUid::Imap { validity, uid } }
}

/// One folder while it is looked through.
struct Folder<'a, 'r> {
    round: &'a Round<'r>,
    watch: FolderWatch,
    selected: Selected,
    done: Done,
    own_failures: u32,
}

impl Open {
    /// Connects and signs in.
    pub async fn begin(round: &Round<'_>) -> std::result::Result<Open, Unread> {
        let (server, credentials) = way_in(round.desk, round.mailbox).await?;
        Ok(Open { imap: Imap::open(&server, &credentials, round.desk.mail_bytes_max).await?, seen: None })
    }

    /// Whether the server tells of new mail by itself.
    pub fn can_idle(&self) -> bool {
        self.imap.can("IDLE")
    }

    /// Looks through every folder. One that cannot be opened does not keep the others from being looked at.
    pub async fn look(&mut self, round: &Round<'_>) -> std::result::Result<Done, Unread> {
        let mut all = Done::default();
        for name in &round.mailbox.settings.folders {
            if round.is_stopped() {
                all.stopped = true;
                break;
            }
            match self.look_at(round, name).await {
                Ok(done) => {
                    all.taken_in += done.taken_in;
                    all.stopped |= done.stopped;
                }
                Err(Unread::Trouble { trouble, .. }) if trouble.what == What::FolderNotFound => {
                    let unread = Unread::Trouble { folder: Some(name.clone()), trouble };
                    tracing::warn!(mailbox = round.mailbox.name, folder = name, "a folder cannot be looked at: {}", unread.words().1);
                    super::failed(round.desk, round.mailbox.id, &unread).await?;
                }
                Err(other) => return Err(other),
            }
        }
        Ok(all)
    }

    async fn look_at(&mut self, round: &Round<'_>, name: &str) -> std::result::Result<Done, Unread> {
        let selected = self.imap.select(name).await?;
        let mut watch = round.desk.read(|tx| watching::of(tx, round.mailbox, name))?;
        watch.counted(selected.validity);
        watch.on_server = u64::from(selected.exists);
        watch.idles = self.can_idle();
        let is_whole = round.whole || watch.cursor == 0 || selected.exists <= limits::MAILBOX_MAILS_WHOLE_MAX;
        let from = if is_whole { 1 } else { watch.cursor.saturating_add(1) };
        let mut listed = if selected.exists == 0 { Vec::new() } else { self.imap.list(from).await? };
        if !is_whole {
            // Those that are to be tried again lie further down.
            listed.splice(0..0, watch.troubled.iter().filter_map(|it| Some(Listed { uid: it.uid.parse().ok()?, size: 0 })));
        } else {
            // A mail that rests for now and is no longer there needs no second look.
            let there: BTreeSet<String> = listed.iter().map(|it| it.uid.to_string()).collect();
            watch.troubled.retain(|it| there.contains(&it.uid));
        }
        let mut folder = Folder { round, watch, selected, done: Done::default(), own_failures: 0 };
        let outcome = folder.work(&mut self.imap, &listed).await;
        if outcome.is_err() {
            // What was done so far is kept; the cursor stays.
            round.save(&folder.watch).await?;
            outcome?;
        }
        if !folder.done.stopped {
            if is_whole && round.whole {
                folder.state(&listed).await?;
            }
            let highest = listed.iter().map(|it| it.uid).max().unwrap_or(0);
            folder.watch.cursor = folder.watch.cursor.max(highest);
            folder.watch.succeeded(Instant::now());
            if round.mailbox.settings.folders.first().is_some_and(|it| it == name) {
                self.seen = Some((folder.selected.validity, folder.watch.cursor));
            }
        }
        round.save(&folder.watch).await?;
        Ok(folder.done)
    }

    /// Waits for news in the first folder.
    pub async fn idle(
        &mut self,
        mailbox: &Mailbox,
        longest: std::time::Duration,
        call: impl Future<Output = ()>,
    ) -> std::result::Result<Woken, Unread> {
        if let [first, _, ..] = mailbox.settings.folders.as_slice() {
            // The last one that was looked at is open; of a single folder it is the same.
            let (validity, highest) = self.seen.unwrap_or_default();
            if self.imap.select_again(first, validity, highest).await? {
                return Ok(Woken::BySomething);
            }
        }
        Ok(self.imap.idle(longest, call).await?)
    }

    pub async fn close(self) {
        self.imap.close().await;
    }

    pub(super) async fn folders(&mut self) -> std::result::Result<Vec<String>, Trouble> {
        self.imap.folders().await
    }

    pub(super) async fn count(&mut self, folder: &str) -> std::result::Result<Selected, Trouble> {
        self.imap.select(folder).await
    }
}

impl Folder<'_, '_> {
    fn place(&self, uid: u32) -> ServerPlace {
        place(self.round.mailbox, &self.watch.folder, self.selected.validity, uid)
    }

    /// Takes in what the ledger lacks of these, and does what is to be done with the rest.
    async fn work(&mut self, imap: &mut Imap, listed: &[Listed]) -> std::result::Result<(), Unread> {
        let now = Instant::now();
        let places: Vec<_> = listed.iter().map(|it| self.place(it.uid)).collect();
        let lacking = self.round.desk.read(|tx| statement::lacking(tx, places))?;
        let lacking: BTreeSet<u32> = lacking.iter().filter_map(uid_of).collect();
        let sizes: BTreeMap<u32, u64> = listed.iter().map(|it| (it.uid, it.size)).collect();
        // In the ledger and above the cursor: taken in before something broke off, so what is to follow is still to be done.
        let done_before = sizes.keys().filter(|it| **it > self.watch.cursor && !lacking.contains(it)).map(|it| self.place(*it));
        let done_before: Vec<_> = done_before.collect();
        let done_before = self.round.desk.read(|tx| statement::in_full(tx, done_before))?;
        self.owe(done_before.iter().filter_map(uid_of));
        let wanted: Vec<u32> = lacking.into_iter().filter(|it| !self.watch.rests(&it.to_string(), now)).collect();
        for batch in batches(&wanted, &sizes, self.round.careful) {
            if self.round.is_stopped() {
                self.done.stopped = true;
                break;
            }
            self.batch(imap, &batch, &sizes).await?;
            self.settle(imap).await?;
            if self.done.taken_in > 0 {
                self.round.save(&self.watch).await?;
            }
        }
        self.settle(imap).await
    }

    async fn batch(&mut self, imap: &mut Imap, batch: &[u32], sizes: &BTreeMap<u32, u64>) -> std::result::Result<(), Unread> {
        let stated = sizes.get(&batch[0]).copied().unwrap_or(0);
        if let [uid] = batch
            && (stated > self.round.desk.mail_bytes_max as u64 || self.was_too_large(*uid))
        {
            return self.set_aside(imap, *uid, stated).await;
        }
        let careful = self.round.careful || batch.len() == 1;
        let mut mails = imap.fetch(batch).await?;
        loop {
            let next = mails.next().await;
            match next {
                Ok(Some((uid, raw))) => {
                    let place = place(self.round.mailbox, &self.watch.folder, self.selected.validity, uid);
                    match self.round.take_in(&mut self.watch, place, raw).await {
                        Ok(()) => {
                            self.own_failures = 0;
                            self.done.taken_in += 1;
                            self.owe([uid]);
                        }
                        Err(error) => {
                            tracing::error!(mailbox = self.round.mailbox.name, uid, %error, "a mail could not be taken in; it is tried again");
                            self.own_failures += 1;
                            if self.own_failures >= OWN_FAILURES_MAX || !self.trouble_with(uid, &error.to_string()) {
                                return Err(error.into());
                            }
                        }
                    }
                }
                Ok(None) => break,
                Err(trouble) => {
                    let missing: Vec<u32> = mails.missing().collect();
                    if careful && let [uid] = missing.as_slice() {
                        // Nobody but this one was asked for when it broke off.
                        self.trouble_with(*uid, &trouble.to_string());
                    }
                    return Err(trouble.into());
                }
            }
        }
        let missing: Vec<u32> = mails.missing().collect();
        self.not_sent(imap, &missing).await
    }

    /// These were asked for and did not come, although the server says that all is well. Either they were moved or deleted since they
    /// were listed, or it has something that it cannot give: then they are tried again, and told of.
    async fn not_sent(&mut self, imap: &mut Imap, uids: &[u32]) -> std::result::Result<(), Unread> {
        if uids.is_empty() {
            return Ok(());
        }
        let there = imap.present(uids).await?;
        for uid in uids {
            if !there.contains(uid) {
                self.watch.gone += 1;
                self.watch.no_trouble_with(&uid.to_string());
            } else if !self.trouble_with(*uid, NOT_SENT) {
                // Too many to remember: the cursor may not pass this one.
                return Err(Trouble::new(What::Answer, NOT_SENT, "Look at its log.").into());
            }
        }
        Ok(())
    }

    fn trouble_with(&mut self, uid: u32, why: &str) -> bool {
        self.watch.trouble_with(&uid.to_string(), why, Instant::now())
    }

    /// Its server said that it was smaller than it is.
    fn was_too_large(&self, uid: u32) -> bool {
        let uid = uid.to_string();
        self.watch.troubled.iter().any(|it| it.uid == uid && it.why.contains("more than is read of it"))
    }

    async fn set_aside(&mut self, imap: &mut Imap, uid: u32, stated: u64) -> std::result::Result<(), Unread> {
        let size = stated.max(self.round.desk.mail_bytes_max as u64 + 1);
        match imap.head(uid, limits::MAIL_HEAD_BYTES_MAX).await? {
            Some(head) => {
                let place = self.place(uid);
                Ok(self.round.set_aside(&mut self.watch, place, head, size).await?)
            }
            None => self.not_sent(imap, &[uid]).await,
        }
    }

    /// These are taken in, and something is to follow.
    fn owe(&mut self, uids: impl IntoIterator<Item = u32>) {
        if self.round.mailbox.settings.after == After::Leave {
            self.watch.pending.clear();
            return;
        }
        for uid in uids {
            if !self.watch.pending.contains(&uid) && self.watch.pending.len() < limits::MAILBOX_TROUBLED_MAX {
                self.watch.pending.push(uid);
            }
        }
    }

    /// Flags, moves or deletes what is taken in. That it does not work is told and keeps nothing from being fetched.
    async fn settle(&mut self, imap: &mut Imap) -> std::result::Result<(), Unread> {
        if self.watch.pending.is_empty() {
            self.watch.pending_trouble = None;
            return Ok(());
        }
        if self.selected.is_read_only {
            self.watch.pending_trouble = Some("The folder may only be read.".into());
            return Ok(());
        }
        let uids = self.watch.pending.clone();
        let outcome = match &self.round.mailbox.settings.after {
            After::Leave => Ok(()),
            After::MarkSeen => imap.mark_seen(&uids).await,
            After::Move(folder) => imap.move_to(&uids, folder).await,
            After::Delete => imap.delete(&uids).await,
        };
        match outcome {
            Ok(()) => {
                self.watch.pending.clear();
                self.watch.pending_trouble = None;
                Ok(())
            }
            // It said no, and goes on talking with us.
            Err(trouble) if matches!(trouble.what, What::Answer | What::FolderNotFound) => {
                self.watch.pending_trouble = Some(trouble.to_string());
                Ok(())
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// The statement of the folder, after everything that could be was taken in.
    async fn state(&mut self, listed: &[Listed]) -> Result<()> {
        let lying: Vec<_> = listed.iter().map(|it| self.place(it.uid)).collect();
        let after = self.round.desk.read(|tx| statement::compare(tx, &lying))?;
        // What was there at the beginning and has gone since is no loss.
        let lost = after.lacking.iter().filter(|it| self.watch.troubled.iter().any(|troubled| troubled.uid == it.key().1.2)).count() as u64;
        let gone = after.lacking.len() as u64 - lost;
        let found = Compared { on_server: after.on_server - gone, ..after };
        let mut statement = found.statement(Instant::now(), lost);
        statement.lacking = lost + self.done.taken_in;
        self.watch.statement = Some(statement);
        Ok(())
    }
}

fn uid_of(place: &ServerPlace) -> Option<u32> {
    match place.uid {
        ServerUid::Imap { uid, .. } => Some(uid),
        ServerUid::Pop(_) => None,
    }
}

/// What is asked for at once: not many, not much, and large ones alone.
fn batches(wanted: &[u32], sizes: &BTreeMap<u32, u64>, careful: bool) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = Vec::new();
    let mut bytes = 0;
    for uid in wanted {
        let size = sizes.get(uid).copied().filter(|it| *it > 0).unwrap_or(limits::MAILBOX_BATCH_BYTES_MAX);
        match all.last_mut() {
            Some(last) if !careful && last.len() < limits::MAILBOX_BATCH_MAX && bytes + size <= limits::MAILBOX_BATCH_BYTES_MAX => {
                last.push(*uid);
                bytes += size;
            }
            _ => {
                all.push(vec![*uid]);
                bytes = size;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_mails_come_alone() {
        let mega = 1024 * 1024;
        let sizes: BTreeMap<u32, u64> = [(1, mega), (2, mega), (3, 100 * mega), (4, 10), (5, 0), (6, 10)].into();
        assert_eq!(batches(&[1, 2, 3, 4, 5, 6], &sizes, false), [vec![1, 2], vec![3], vec![4], vec![5], vec![6]]);
        assert_eq!(batches(&[1, 2, 4], &sizes, true), [[1], [2], [4]]);
        let many: Vec<u32> = (10..110).collect();
        let sizes = many.iter().map(|it| (*it, 1)).collect();
        assert!(batches(&many, &sizes, false).iter().all(|it| it.len() <= limits::MAILBOX_BATCH_MAX));
        assert_eq!(batches(&[], &sizes, false), Vec::<Vec<u32>>::new());
    }
}
