//! How fetching goes, for each folder of each mailbox: how far it was looked through, what is still to be done there, since when it
//! fails and why. The ledger alone says what was taken in; this only saves looking at everything each time.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::{
    mailbox::{self, Mailbox},
    statement::Statement,
    token,
};
use crate::{
    error::Result,
    id::MailboxId,
    language::{Sentence, say},
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// Words about a failure that are kept, in characters.
const WHY_CHARS_MAX: usize = 600;
/// The longest wait before a mail that could not be fetched is tried again.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Tries after which a mail that cannot be fetched is told of.
const TRIES_TO_TELL: u32 = 3;

/// A mail that could not be fetched or taken in. It is passed over, and tried again later.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TroubledMail {
    #[n(0)]
    pub uid: String,
    #[n(1)]
    pub tries: u32,
    #[n(2)]
    pub why: String,
    #[n(3)]
    pub again_at: Instant,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct FolderWatch {
    #[n(0)]
    pub mailbox: MailboxId,
    #[n(1)]
    pub folder: String,
    /// Of which account of the mailbox this is.
    #[n(2)]
    pub account: u32,
    /// Of IMAP; nothing was seen yet if none.
    #[n(3)]
    pub validity: Option<u32>,
    /// Every UID up to this was looked at, and is in the ledger, among the troubled, or gone.
    #[n(4)]
    pub cursor: u32,
    /// Mails that lay there last time.
    #[n(5)]
    pub on_server: u64,
    /// Mails from here that became something in the desk.
    #[n(6)]
    pub taken_in: u64,
    /// Mails from here that the desk had already.
    #[n(7)]
    pub duplicates: u64,
    /// Mails that were moved or deleted there before they could be fetched.
    #[n(8)]
    pub gone: u64,
    /// Mails that are too large, of which only the head is here.
    #[n(9)]
    pub too_large: u64,
    /// How often the server counted its UIDs anew (RFC 3501 2.3.1.1).
    #[n(10)]
    pub recounted: u32,
    #[n(11)]
    pub last_trial: Option<Instant>,
    #[n(12)]
    pub last_success: Option<Instant>,
    #[n(13)]
    pub failing_since: Option<Instant>,
    /// What is wrong, in words, and a short stable word for programs.
    #[n(14)]
    pub trouble: Option<String>,
    #[n(15)]
    pub trouble_code: Option<String>,
    #[n(16)]
    pub troubled: Vec<TroubledMail>,
    /// UIDs of mails that are taken in and still to be flagged, moved or deleted.
    #[n(17)]
    pub pending: Vec<u32>,
    /// Why flagging, moving or deleting does not work.
    #[n(18)]
    pub pending_trouble: Option<String>,
    #[n(19)]
    pub statement: Option<Statement>,
    /// Whether the server tells of new mail by itself (RFC 2177).
    #[n(20)]
    pub idles: bool,
}

impl Record for FolderWatch {
    type Key = (MailboxId, String);
    const TABLE: Table = Table::operational(0x4a, "folder_watches");

    fn key(&self) -> Self::Key {
        (self.mailbox, self.folder.clone())
    }
}

impl FolderWatch {
    fn new(mailbox: MailboxId, folder: &str, account: u32) -> FolderWatch {
        FolderWatch {
            mailbox,
            folder: folder.to_owned(),
            account,
            validity: None,
            cursor: 0,
            on_server: 0,
            taken_in: 0,
            duplicates: 0,
            gone: 0,
            too_large: 0,
            recounted: 0,
            last_trial: None,
            last_success: None,
            failing_since: None,
            trouble: None,
            trouble_code: None,
            troubled: Vec::new(),
            pending: Vec::new(),
            pending_trouble: None,
            statement: None,
            idles: false,
        }
    }

    /// The folder as the server counts it now. Where it counts anew, everything is looked at again.
    pub fn counted(&mut self, validity: u32) {
        if self.validity == Some(validity) {
            return;
        }
        if self.validity.is_some() {
            self.recounted = self.recounted.saturating_add(1);
        }
        self.validity = Some(validity);
        self.cursor = 0;
        self.troubled.clear();
        self.pending.clear();
        self.statement = None;
    }

    /// A mail could not be fetched or taken in; false if too many are remembered already.
    pub fn trouble_with(&mut self, uid: &str, why: &str, now: Instant) -> bool {
        let why: String = why.chars().take(WHY_CHARS_MAX).collect();
        let tries = self.troubled.iter().find(|it| it.uid == uid).map_or(0, |it| it.tries).saturating_add(1);
        let wait = Duration::from_secs(1_u64 << tries.min(12)).min(AGAIN_AFTER_MAX);
        let entry = TroubledMail { uid: uid.to_owned(), tries, why, again_at: now.plus(wait) };
        match self.troubled.iter().position(|it| it.uid == uid) {
            Some(at) => self.troubled[at] = entry,
            None if self.troubled.len() >= limits::MAILBOX_TROUBLED_MAX => return false,
            None => self.troubled.push(entry),
        }
        true
    }

    pub fn no_trouble_with(&mut self, uid: &str) {
        self.troubled.retain(|it| it.uid != uid);
    }

    /// Whether a mail is to be left alone for now.
    pub fn rests(&self, uid: &str, now: Instant) -> bool {
        self.troubled.iter().any(|it| it.uid == uid && it.again_at > now)
    }

    /// When the first of the troubled mails is to be tried again.
    pub fn next_again(&self) -> Option<Instant> {
        self.troubled.iter().map(|it| it.again_at).min()
    }

    /// The folder was looked through.
    pub fn succeeded(&mut self, now: Instant) {
        self.last_trial = Some(now);
        self.last_success = Some(now);
        self.failing_since = None;
        self.trouble = None;
        self.trouble_code = None;
    }

    fn failed(&mut self, code: &str, why: &str, now: Instant) {
        self.last_trial = Some(now);
        self.failing_since = self.failing_since.or(Some(now));
        self.trouble = Some(why.chars().take(WHY_CHARS_MAX).collect());
        self.trouble_code = Some(code.to_owned());
    }
}

/// What is known of a folder; a fresh record if nothing is, or if the mailbox is another account by now.
pub fn of(tx: &Tx, mailbox: &Mailbox, folder: &str) -> Result<FolderWatch> {
    let found = tx.get::<FolderWatch>(&(mailbox.id, folder.to_owned()))?;
    Ok(found.filter(|it| it.account == mailbox.account).unwrap_or_else(|| FolderWatch::new(mailbox.id, folder, mailbox.account)))
}

/// All folders of a mailbox, in the order in which they are watched.
pub fn folders(tx: &Tx, mailbox: &Mailbox) -> Result<Vec<FolderWatch>> {
    mailbox.settings.folders.iter().map(|it| of(tx, mailbox, it)).collect()
}

/// Writes down how far it came; not for a folder that is no longer watched.
pub fn save(tx: &mut Tx, mut watch: FolderWatch) -> Result<()> {
    let Some(mailbox) = tx.get::<Mailbox>(&watch.mailbox)? else { return Ok(()) };
    if mailbox.account != watch.account || !mailbox.settings.folders.contains(&watch.folder) {
        return Ok(());
    }
    let present = of(tx, &mailbox, &watch.folder)?;
    if present.validity == watch.validity && present.statement.as_ref().map(|it| it.at) > watch.statement.as_ref().map(|it| it.at) {
        watch.statement = present.statement;
    }
    tx.put(&watch)
}

/// Writes down why a mailbox, or one folder of it, could not be looked through.
pub fn failed(tx: &mut Tx, id: MailboxId, folder: Option<&str>, code: &str, why: &str) -> Result<()> {
    let Some(mailbox) = tx.get::<Mailbox>(&id)? else { return Ok(()) };
    let now = tx.now();
    for mut watch in folders(tx, &mailbox)? {
        if folder.is_none_or(|it| it == watch.folder) {
            watch.failed(code, why, now);
            tx.put(&watch)?;
        }
    }
    Ok(())
}

/// Drops what is known of folders that are not watched any more.
pub fn keep_only(tx: &mut Tx, mailbox: &Mailbox) -> Result<()> {
    let all: Vec<FolderWatch> = tx.scan::<FolderWatch>(&mailbox.id)?.collect::<Result<_, _>>()?;
    for it in all {
        if it.account != mailbox.account || !mailbox.settings.folders.contains(&it.folder) {
            tx.remove::<FolderWatch>(&it.key())?;
        }
    }
    Ok(())
}

pub fn forget(tx: &mut Tx, mailbox: MailboxId) -> Result<()> {
    let all: Vec<FolderWatch> = tx.scan::<FolderWatch>(&mailbox)?.collect::<Result<_, _>>()?;
    for it in all {
        tx.remove::<FolderWatch>(&it.key())?;
    }
    Ok(())
}

/// How a mailbox is, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Off,
    /// Nothing was fetched yet, and nothing is wrong so far.
    New,
    Well,
    /// Something is wrong, not for long enough to be an alarm.
    Failing,
    Alarm,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::Off => "off",
            Standing::New => "new",
            Standing::Well => "well",
            Standing::Failing => "failing",
            Standing::Alarm => "alarm",
        }
    }
}

/// How a mailbox is, with what should be looked at, in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub standing: Standing,
    pub warnings: Vec<Sentence>,
    /// What is so, and needs nobody.
    pub notes: Vec<Sentence>,
    /// The oldest last success of its folders.
    pub last_success: Option<Instant>,
}

/// Looks at what is known of a mailbox.
pub fn health(tx: &Tx, mailbox: &Mailbox) -> Result<Health> {
    if !mailbox.enabled {
        return Ok(Health { standing: Standing::Off, warnings: Vec::new(), notes: Vec::new(), last_success: None });
    }
    let now = tx.now();
    let folders = folders(tx, mailbox)?;
    let mut standing = Standing::Well;
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let patience = Duration::from_secs(u64::from(mailbox.settings.alarm_minutes) * 60);
    for it in &folders {
        let since = it.last_success.max(mailbox.enabled_at).unwrap_or(mailbox.created_at);
        let is_late = now.since(since) >= patience;
        let of_folder = |text: Sentence| if folders.len() > 1 { say!("box-of-folder", folder = it.folder, text = text) } else { text };
        let minutes = now.since(since).as_secs() / 60;
        match &it.trouble {
            Some(why) if is_late => warnings.push(of_folder(say!("box-none-fetched", minutes = minutes, why = why))),
            Some(why) => warnings.push(of_folder(Sentence::from(why.as_str()))),
            None if is_late => warnings.push(of_folder(say!("box-none-looked", minutes = minutes))),
            None => {}
        }
        standing = match (is_late, &it.trouble, it.last_success) {
            (true, _, _) => Standing::Alarm,
            (_, Some(_), _) if standing != Standing::Alarm => Standing::Failing,
            (_, None, None) if standing == Standing::Well => Standing::New,
            _ => standing,
        };
        warnings.extend(mails(it).map(of_folder));
        if it.too_large > 0 {
            notes.push(of_folder(say!("box-too-large", count = it.too_large)));
        }
    }
    if mailbox.oauth().is_some() {
        let warning = match token::token(tx, mailbox.id)? {
            Some(it) => it.warning(now).map(|text| (it.is_refused, text)),
            None => Some((true, say!("box-nobody-signed-in"))),
        };
        if let Some((is_grave, text)) = warning {
            standing = if is_grave { Standing::Alarm } else { standing };
            warnings.push(text);
        }
    }
    let last_success = folders.iter().map(|it| it.last_success).min().flatten();
    Ok(Health { standing, warnings, notes, last_success })
}

/// What should be known about single mails of a folder.
fn mails(it: &FolderWatch) -> impl Iterator<Item = Sentence> {
    let stuck: Vec<_> = it.troubled.iter().filter(|it| it.tries >= TRIES_TO_TELL).collect();
    let stuck = stuck.first().map(|first| say!("box-stuck", count = stuck.len(), uid = first.uid.to_string(), why = first.why));
    let lost = it.statement.as_ref().filter(|it| it.lost > 0);
    let lost = lost.map(|it| say!("box-lost", count = it.lost, named = it.named.join(", ")));
    let pending = it.pending_trouble.as_ref().map(|why| say!("box-pending", why = why));
    stuck.into_iter().chain(lost).chain(pending)
}

/// What somebody should look at, over all mailboxes of the desk, each with the mailbox's name.
pub fn warnings(tx: &Tx) -> Result<Vec<Sentence>> {
    let mut all = Vec::new();
    for it in mailbox::all(tx)? {
        let found = health(tx, &it)?.warnings;
        all.extend(found.into_iter().map(|text| say!("box-of-mailbox", name = it.name, text = text)));
    }
    Ok(all)
}

/// The first mailbox that is an alarm, with what is wrong, for whoever can change that.
pub fn alarm(tx: &Tx) -> Result<Option<Sentence>> {
    for it in mailbox::all(tx)? {
        let found = health(tx, &it)?;
        if found.standing == Standing::Alarm {
            let all = found.warnings.into_iter().reduce(|all, it| say!("box-and", first = all, second = it));
            return Ok(all.map(|text| say!("box-of-mailbox", name = it.name, text = text)));
        }
    }
    Ok(None)
}

/// When mail is next to be looked for.
pub fn next_poll(tx: &Tx) -> Result<Option<Instant>> {
    let mut next: Option<Instant> = None;
    for it in mailbox::all(tx)?.into_iter().filter(|it| it.enabled) {
        let wait = Duration::from_secs(u64::from(it.settings.poll_secs));
        for watch in folders(tx, &it)? {
            let due = watch.last_trial.map_or(tx.now(), |it| it.plus(wait));
            next = Some(next.map_or(due, |it| it.min(due)));
        }
    }
    Ok(next)
}
