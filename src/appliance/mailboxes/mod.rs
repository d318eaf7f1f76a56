//! Mailboxes from end to end: settings and secrets are read from the desk, the server is asked (`mail::imap`, `mail::pop3`), each mail
//! goes into the desk (`intake`), and only then something happens to it on the server. Also the test of a connection and the statement.
//!
//! Invariant: what is said to be taken in is in the ledger and on the disk. Nothing is flagged, moved or deleted before.

mod imap;
mod pop3;
mod tokens;
mod trial;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::{Notify, watch};

pub use imap::Open;
pub use tokens::{CameBack, access_token, begin_sign_in, finish_sign_in, renew_due};
pub use trial::{Tested, statement, test};

pub use crate::mail::imap::Woken;

use super::{Desk, intake};
use crate::{
    blobs::Stored,
    desk::{
        actor::Actor,
        mail::{
            ledger::{self, Arrival, MailEntry, Outcome, RawMail, ServerPlace},
            mailbox::{Mailbox, Protocol},
            token,
            watch::{self as watching, FolderWatch},
        },
    },
    error::{Code, Fault, Refusal, Result},
    id::MailboxId,
    language::say,
    limits,
    mail::{
        mime,
        stream::{Credentials, Server},
    },
    reach::{Trouble, What},
    secret::Secret,
};

const FOR_SECRETS: &str = "secret of a mailbox";

/// What a desk knows of its mailboxes while it is open: whom to call, and who is at it.
#[derive(Default)]
pub struct Doors(Mutex<BTreeMap<MailboxId, Arc<Door>>>);

/// One mailbox.
#[derive(Default)]
pub struct Door {
    /// Called when mail is to be looked for now.
    pub call: Notify,
    /// All of it is to be compared with the ledger at the next look.
    pub whole: std::sync::atomic::AtomicBool,
    /// One conversation at a time, since POP3 servers lock the mailbox, and one refresh at a time, since tokens are used once.
    pub turn: tokio::sync::Mutex<()>,
    token: Arc<tokio::sync::Mutex<()>>,
}

impl Doors {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<MailboxId, Arc<Door>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn of(&self, id: MailboxId) -> Arc<Door> {
        let mut all = self.lock();
        if all.len() > 4 * limits::MAILBOXES_MAX {
            // Mailboxes that were taken away; whoever is at one keeps it.
            all.retain(|_, it| Arc::strong_count(it) > 1);
        }
        all.entry(id).or_default().clone()
    }

    /// Has mail looked for now; `whole`: all of it is compared with the ledger.
    pub fn call(&self, id: MailboxId, whole: bool) {
        let door = self.of(id);
        if whole {
            door.whole.store(true, std::sync::atomic::Ordering::SeqCst);
        }
        door.call.notify_one();
    }
}

/// A mailbox's secret as it is kept.
pub fn sealed(desk: &Desk, secret: &Secret) -> Result<Option<Vec<u8>>> {
    if secret.reveal().len() > limits::PROVIDER_SECRET_BYTES_MAX {
        let message = say!("refused-secret-bytes-most", provider_secret_bytes_max = limits::PROVIDER_SECRET_BYTES_MAX);
        return Err(Refusal::field("secret", "too_long", message).into());
    }
    if secret.is_empty() { Ok(None) } else { desk.seal.seal(FOR_SECRETS, secret.reveal().as_bytes()).map(Some) }
}

fn opened(desk: &Desk, mailbox: &Mailbox) -> Result<Secret> {
    let Some(it) = &mailbox.secret else { return Ok(Secret::default()) };
    let text = desk.seal.open(FOR_SECRETS, it).and_then(|it| String::from_utf8(it).ok());
    let lost = || Fault::new(format!("the secret of `{}` cannot be opened: is `seal.key` the one it was sealed with?", mailbox.name));
    Ok(Secret::new(text.ok_or_else(lost)?))
}

/// Why a round did not come to its end.
#[derive(Debug)]
pub enum Unread {
    /// Of the mailbox as a whole, or of one of its folders.
    Trouble { folder: Option<String>, trouble: Trouble },
    /// Of ours.
    Ours(crate::error::Error),
}

impl From<Trouble> for Unread {
    fn from(trouble: Trouble) -> Unread {
        Unread::Trouble { folder: None, trouble }
    }
}

impl From<crate::error::Error> for Unread {
    fn from(it: crate::error::Error) -> Unread {
        Unread::Ours(it)
    }
}

impl Unread {
    /// A short stable word for programs, and words for people.
    pub fn words(&self) -> (&'static str, String) {
        match self {
            Unread::Trouble { trouble, .. } => (trouble.what.name(), trouble.to_string()),
            Unread::Ours(error) => ("desk", format!("The desk could not take mail in: {error}")),
        }
    }

    /// Trying again soon does harm: accounts are locked after some wrong passwords.
    pub fn needs_somebody(&self) -> bool {
        matches!(self, Unread::Trouble { trouble, .. } if matches!(trouble.what, What::WrongPassword | What::Token | What::Settings))
    }
}

/// Server and credentials of a mailbox.
async fn way_in(desk: &Arc<Desk>, mailbox: &Mailbox) -> std::result::Result<(Server, Credentials), Unread> {
    let it = &mailbox.settings;
    let server = Server { host: it.host.clone(), port: it.port, encryption: it.encryption, ca: it.ca.clone() };
    let user = it.username.clone();
    let credentials = match mailbox.oauth() {
        None => Credentials::Password { user, password: opened(desk, mailbox)? },
        Some(_) => Credentials::Bearer { user, token: tokens::access(desk, mailbox).await? },
    };
    Ok((server, credentials))
}

/// What a round works with.
pub struct Round<'a> {
    pub desk: &'a Arc<Desk>,
    pub mailbox: &'a Mailbox,
    /// Turns true when the round is to end soon.
    pub stop: &'a watch::Receiver<bool>,
    /// One mail at a time is asked for, so that it is known which one ends a conversation.
    pub careful: bool,
    /// All of each folder is compared with the ledger.
    pub whole: bool,
}

/// What a round has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    pub taken_in: u64,
    /// Whether it ended before it was through, because it was told to.
    pub stopped: bool,
}

impl Round<'_> {
    fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    fn door(&self) -> Arc<Door> {
        self.desk.mailboxes.of(self.mailbox.id)
    }

    async fn save(&self, watch: &FolderWatch) -> Result<()> {
        let watch = watch.clone();
        self.desk.write(None, move |tx| watching::save(tx, watch)).await
    }

    /// Takes one mail in and counts it.
    async fn take_in(&self, watch: &mut FolderWatch, place: ServerPlace, raw: Bytes) -> Result<()> {
        let uid = place.key().1.2;
        let entry = arrived(self.desk, self.mailbox, place, raw).await?;
        watch.no_trouble_with(&uid);
        match entry.outcome {
            Outcome::Duplicate => watch.duplicates += 1,
            _ => watch.taken_in += 1,
        }
        metrics::counter!("lodge_mail_fetched_total", "desk" => self.desk.name.clone(), "mailbox" => self.mailbox.name.clone())
            .increment(1);
        Ok(())
    }

    /// Writes down that a mail is too large to be taken in.
    async fn set_aside(&self, watch: &mut FolderWatch, place: ServerPlace, head: Bytes, size: u64) -> Result<()> {
        let uid = place.key().1.2;
        let Stored { hash, size: stored, sha256 } = self.desk.blobs.put(head.clone()).await?;
        let parsed = tokio::task::spawn_blocking(move || mime::parse(&head)).await.map_err(|it| Fault::because("parsing a head", it))?;
        let (from, subject) = (parsed.from.map(|it| it.address), parsed.subject);
        let raw = RawMail { arrival: arrival(self.mailbox, place), raw: hash, size: stored, sha256 };
        self.desk.write(None, move |tx| ledger::set_aside(tx, &Actor::system("mail"), raw, size, from, &subject)).await?;
        watch.no_trouble_with(&uid);
        watch.too_large += 1;
        Ok(())
    }
}

/// Hands a mail to the desk.
async fn arrived(desk: &Desk, mailbox: &Mailbox, place: ServerPlace, raw: Bytes) -> Result<MailEntry> {
    intake::take_in(desk, &Actor::system("mail"), raw, arrival(mailbox, place)).await
}

/// How a mail of this mailbox came.
fn arrival(mailbox: &Mailbox, place: ServerPlace) -> Arrival {
    Arrival { via: mailbox.name.clone(), place: Some(place), mailbox: Some(mailbox.id), quiet: mailbox.settings.quiet }
}

/// A mailbox that is on, as it is set up now.
pub fn current(desk: &Desk, id: MailboxId) -> Result<Option<Mailbox>> {
    desk.read(|tx| Ok(tx.get::<Mailbox>(&id)?.filter(|it| it.enabled)))
}

/// Writes down why a round did not come to its end.
pub async fn failed(desk: &Desk, id: MailboxId, unread: &Unread) -> Result<()> {
    let (code, words) = unread.words();
    let distrusts = matches!(unread, Unread::Trouble { trouble, .. } if trouble.what == What::Token);
    let folder = if let Unread::Trouble { folder, .. } = unread { folder.clone() } else { None };
    desk.write(None, move |tx| {
        if distrusts {
            token::distrust(tx, id)?;
        }
        watching::failed(tx, id, folder.as_deref(), code, &words)
    })
    .await
}

/// One look at a POP3 mailbox, from greeting to good-bye.
pub async fn look_pop3(round: &Round<'_>) -> std::result::Result<Done, Unread> {
    let door = round.door();
    let _turn = door.turn.lock().await;
    pop3::look(round).await
}

/// Whether a mailbox can be asked for mail now; the refusal says why not.
pub fn need_enabled(mailbox: &Mailbox) -> Result<()> {
    if mailbox.enabled { Ok(()) } else { Err(Refusal::new(Code::Conflict, say!("refused-mailbox-off-nothing-fetched")).into()) }
}

/// Whether a mailbox waits for the server to speak, or asks from time to time.
pub fn is_imap(mailbox: &Mailbox) -> bool {
    mailbox.settings.protocol == Protocol::Imap
}
