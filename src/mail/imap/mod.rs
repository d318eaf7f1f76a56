//! Reading a mailbox by IMAP (RFC 3501): what lies in a folder, the mails themselves a few at a time, what becomes of them afterwards,
//! and waiting for new ones (RFC 2177). The library parses and writes; the order of commands and every judgement of an answer is here,
//! because the library takes a refused or broken FETCH for an empty one.
//!
//! Invariant: an answer counts only when its tagged line said OK. Whoever gave up in the middle of an answer drops the connection.

mod guard;
mod open;
#[cfg(test)]
mod tests;
mod utf7;

use std::{collections::BTreeSet, time::Duration};

use async_imap::{
    Session,
    imap_proto::{AttributeValue, MailboxDatum, NameAttribute, RequestId, Response, ResponseCode, Status},
};
use bytes::Bytes;
use guard::Guard;

use super::stream::{self, Meter, Stream};
use crate::{
    limits,
    reach::{Trouble, What},
};

/// An answer that is more than we read of one.
const LONGEST: Duration = Duration::from_secs(limits::MAILBOX_MAIL_SECS_MAX);
/// Folders of an account that are shown.
const FOLDERS_SHOWN_MAX: usize = 1000;
/// UIDs in one command that changes them; some servers take lines of 1000 bytes only.
const UIDS_AT_ONCE: usize = 80;

/// A folder that was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selected {
    pub exists: u32,
    /// RFC 3501 2.3.1.1.
    pub validity: u32,
    pub is_read_only: bool,
}

/// A mail that lies in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub uid: u32,
    /// As the server says; it need not be true.
    pub size: u64,
}

/// Why waiting for new mail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something happened in the folder.
    BySomething,
    ByTime,
    /// By whoever waits.
    Called,
}

/// An open conversation with a server, signed in.
pub struct Imap {
    session: Session<Guard<Stream>>,
    host: String,
    meter: Meter,
    capabilities: BTreeSet<String>,
    /// Something came into the folder while we spoke of other things; nobody says so again.
    has_news: bool,
}

/// The command that is under way, until its tagged line comes.
struct Answer<'a> {
    imap: &'a mut Imap,
    id: RequestId,
}

impl Imap {
    /// Whether the server can do something, such as `IDLE` (RFC 3501 7.2.1).
    pub fn can(&self, what: &str) -> bool {
        self.capabilities.contains(&what.to_ascii_uppercase())
    }

    async fn send(&mut self, command: &str) -> Result<RequestId, Trouble> {
        if command.contains(['\r', '\n']) {
            return Err(Trouble::new(What::Settings, "A name has a line break in it.", "Look at the folders in the settings."));
        }
        match tokio::time::timeout(stream::ANSWER, self.session.run_command(command)).await {
            Ok(Ok(id)) => Ok(id),
            Ok(Err(error)) => Err(open::trouble(&self.host, &error)),
            Err(_) => Err(stream::slow(&self.host)),
        }
    }

    async fn ask(&mut self, command: &str) -> Result<Answer<'_>, Trouble> {
        let id = self.send(command).await?;
        Ok(Answer { imap: self, id })
    }

    /// Looks at the next response, whatever it is.
    async fn response<T>(&mut self, look: impl FnOnce(&Response<'_>) -> T) -> Result<T, Trouble> {
        let read = self.meter.moving(&self.host, LONGEST, self.session.read_response()).await?;
        match read {
            Ok(Some(it)) => Ok(look(it.parsed())),
            Ok(None) => Err(stream::hung_up(&self.host)),
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                Err(Trouble::new(What::TooLarge, format!("{} sends {}.", self.host, guard::TOO_LARGE), ""))
            }
            Err(error) => Err(stream::broken(&self.host, &error)),
        }
    }

    /// Asks, hands each untagged response over, and succeeds if the server says OK at the end.
    async fn run(&mut self, command: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), Trouble> {
        let mut answer = self.ask(command).await?;
        while answer.next(&mut each).await?.is_some() {}
        Ok(())
    }

    async fn learn_capabilities(&mut self) -> Result<(), Trouble> {
        let mut found = BTreeSet::new();
        self.run("CAPABILITY", |it| {
            if let Response::Capabilities(all) = it {
                found.extend(all.iter().map(open::capability));
            }
        })
        .await?;
        self.capabilities = found;
        Ok(())
    }

    /// The folders that can be opened, as people write their names.
    pub async fn folders(&mut self) -> Result<Vec<String>, Trouble> {
        let mut found = BTreeSet::new();
        self.run("LIST \"\" \"*\"", |it| {
            if let Response::MailboxData(MailboxDatum::List(it)) = it
                && !it.name_attributes.contains(&NameAttribute::NoSelect)
                && found.len() < FOLDERS_SHOWN_MAX
            {
                found.insert(utf7::decode(&it.name));
            }
        })
        .await?;
        Ok(found.into_iter().collect())
    }

    /// Opens a folder. Where there is one of this name below INBOX, the trouble says so.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, Trouble> {
        match self.open_folder(folder).await {
            Err(trouble) if trouble.what == What::FolderNotFound => {
                let Some(below) = self.below_inbox(folder).await? else { return Err(trouble) };
                let is_there = self.folders().await?.contains(&below);
                let advice = if is_there { format!("Write `{below}`: this server has its folders below INBOX.") } else { trouble.advice };
                Err(Trouble { advice, ..trouble })
            }
            other => other,
        }
    }

    /// Opens a folder that was looked through up to the mail `highest`, while it was numbered by `validity`, and says whether something
    /// came since. Whoever waits for news in it has to ask: what came while another folder was open is told by nobody (RFC 2177).
    pub async fn select_again(&mut self, folder: &str, validity: u32, highest: u32) -> Result<bool, Trouble> {
        let selected = self.select(folder).await?;
        if selected.validity != validity {
            return Ok(true);
        }
        Ok(selected.exists > 0 && !self.list(highest.saturating_add(1)).await?.is_empty())
    }

    /// The name that a folder has on a server that keeps all of them below INBOX; none if it says so already.
    async fn below_inbox(&mut self, folder: &str) -> Result<Option<String>, Trouble> {
        if folder.get(..5).is_some_and(|it| it.eq_ignore_ascii_case("INBOX")) {
            return Ok(None);
        }
        let mut found = None;
        self.run("LIST \"\" \"INBOX\"", |it| {
            if let Response::MailboxData(MailboxDatum::List(it)) = it
                && let Some(delimiter) = &it.delimiter
            {
                found = Some(format!("INBOX{delimiter}{folder}"));
            }
        })
        .await?;
        Ok(found)
    }

    async fn open_folder(&mut self, folder: &str) -> Result<Selected, Trouble> {
        let mut found = Selected::default();
        self.has_news = false;
        let id = self.send(&format!("SELECT {}", quoted(folder))).await?;
        loop {
            let host = self.host.clone();
            let is_done = self.response(|response| match response {
                Response::Done { tag, status: Status::Ok, outcome } if *tag == id => {
                    found.is_read_only = matches!(outcome.code, Some(ResponseCode::ReadOnly));
                    Ok(true)
                }
                Response::Done { tag, outcome, .. } if *tag == id => {
                    let said = stream::said(outcome.information.as_deref().unwrap_or("no"));
                    let happened = format!("The folder `{folder}` cannot be opened: {said}.");
                    Err(Trouble::new(What::FolderNotFound, happened, "Look at its name; a test of the connection shows the folders."))
                }
                Response::MailboxData(MailboxDatum::Exists(it)) => {
                    found.exists = *it;
                    Ok(false)
                }
                Response::Data { status: Status::Ok, outcome } => {
                    if let Some(ResponseCode::UidValidity(it)) = outcome.code {
                        found.validity = it;
                    }
                    Ok(false)
                }
                other => notice(&host, other).map(|()| false),
            });
            if is_done.await?? {
                break;
            }
        }
        if found.validity == 0 {
            return Err(stream::nonsense(&self.host, "it does not say UIDVALIDITY, so mails cannot be told apart"));
        }
        Ok(found)
    }

    /// What lies in the folder that is open, from this UID on, by UID.
    pub async fn list(&mut self, from: u32) -> Result<Vec<Listed>, Trouble> {
        let mut found = std::collections::BTreeMap::new();
        let mut is_too_much = false;
        self.run(&format!("UID FETCH {from}:* (UID RFC822.SIZE)"), |it| {
            if let Response::Fetch(_, attributes) = it
                && let Some(uid) = uid_of(attributes)
                // `n:*` always has the last mail in it (RFC 3501 6.4.8).
                && uid >= from
            {
                let size =
                    attributes.iter().find_map(|it| if let AttributeValue::Rfc822Size(it) = it { Some(u64::from(*it)) } else { None });
                is_too_much |= found.len() >= limits::MAILBOX_MAILS_MAX;
                if !is_too_much {
                    found.insert(uid, size.unwrap_or(0));
                }
            }
        })
        .await?;
        if is_too_much {
            let happened = format!("The folder holds more than {} mails.", limits::MAILBOX_MAILS_MAX);
            return Err(Trouble::new(What::Answer, happened, "Move old mail elsewhere."));
        }
        Ok(found.into_iter().map(|(uid, size)| Listed { uid, size }).collect())
    }

    /// Asks for mails, which then come one after the other. Looking at them does not mark them as seen.
    pub async fn fetch(&mut self, uids: &[u32]) -> Result<Mails<'_>, Trouble> {
        let wanted: BTreeSet<u32> = uids.iter().copied().collect();
        let answer = self.ask(&format!("UID FETCH {} (UID BODY.PEEK[])", set(uids))).await?;
        Ok(Mails { answer, wanted })
    }

    /// Those of these mails that lie in the open folder.
    pub async fn present(&mut self, uids: &[u32]) -> Result<BTreeSet<u32>, Trouble> {
        let mut found = BTreeSet::new();
        for some in uids.chunks(UIDS_AT_ONCE) {
            self.run(&format!("UID FETCH {} (UID)", set(some)), |it| {
                if let Response::Fetch(_, attributes) = it {
                    found.extend(uid_of(attributes).filter(|it| some.contains(it)));
                }
            })
            .await?;
        }
        Ok(found)
    }

    /// The first bytes of a mail; none if the server gives none.
    pub async fn head(&mut self, uid: u32, bytes: usize) -> Result<Option<Bytes>, Trouble> {
        let mut found = None;
        self.run(&format!("UID FETCH {uid} (UID BODY.PEEK[HEADER]<0.{bytes}>)"), |it| {
            if let Response::Fetch(_, attributes) = it
                && uid_of(attributes) == Some(uid)
            {
                found = body_of(attributes).or(found.take());
            }
        })
        .await?;
        Ok(found)
    }

    pub async fn mark_seen(&mut self, uids: &[u32]) -> Result<(), Trouble> {
        for some in uids.chunks(UIDS_AT_ONCE) {
            self.run(&format!("UID STORE {} +FLAGS.SILENT (\\Seen)", set(some)), |_| {}).await?;
        }
        Ok(())
    }

    /// Deletes these mails and no others: without UIDPLUS (RFC 4315) they are only marked as deleted, since a bare EXPUNGE would take
    /// with it what somebody else has marked.
    pub async fn delete(&mut self, uids: &[u32]) -> Result<(), Trouble> {
        for some in uids.chunks(UIDS_AT_ONCE) {
            self.run(&format!("UID STORE {} +FLAGS.SILENT (\\Deleted)", set(some)), |_| {}).await?;
            if self.can("UIDPLUS") {
                self.run(&format!("UID EXPUNGE {}", set(some)), |_| {}).await?;
            }
        }
        Ok(())
    }

    /// Moves mails to another folder, which is made if it is not there (RFC 6851; by a copy where the server cannot move).
    pub async fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<(), Trouble> {
        let verb = if self.can("MOVE") { "MOVE" } else { "COPY" };
        for some in uids.chunks(UIDS_AT_ONCE) {
            match self.place_in(folder, &format!("UID {verb} {} {}", set(some), quoted(folder))).await {
                Err(trouble) if trouble.what == What::Answer => {
                    let Some(below) = self.below_inbox(folder).await? else { return Err(trouble) };
                    let advice = format!("Some servers have all folders below INBOX: there it would be `{below}`.");
                    return Err(Trouble { advice, ..trouble });
                }
                other => other?,
            }
            if verb == "COPY" {
                self.delete(some).await?;
            }
        }
        Ok(())
    }

    /// Does what puts mails into a folder; once more when it had to be made.
    async fn place_in(&mut self, folder: &str, command: &str) -> Result<(), Trouble> {
        match self.run(command, |_| {}).await {
            Err(it) if it.what == What::FolderNotFound => {
                self.run(&format!("CREATE {}", quoted(folder)), |_| {}).await?;
                self.run(command, |_| {}).await
            }
            other => other,
        }
    }

    /// Waits until something happens in the open folder, until `longest` has passed, or until `call` ends.
    pub async fn idle(&mut self, longest: Duration, call: impl Future<Output = ()>) -> Result<Woken, Trouble> {
        if std::mem::take(&mut self.has_news) {
            return Ok(Woken::BySomething);
        }
        let id = self.send("IDLE").await?;
        let woken = {
            let waiting = async {
                loop {
                    let read = self.session.read_response().await;
                    let response = match read {
                        Ok(Some(it)) => it,
                        Ok(None) => return Err(stream::hung_up(&self.host)),
                        Err(error) => return Err(stream::broken(&self.host, &error)),
                    };
                    match response.parsed() {
                        Response::Done { tag, outcome, .. } if *tag == id => {
                            let said = stream::said(outcome.information.as_deref().unwrap_or("no"));
                            return Err(stream::nonsense(&self.host, &format!("it ends IDLE by itself: {said}")));
                        }
                        Response::Data { status: Status::Bye, .. } => return Err(stream::hung_up(&self.host)),
                        Response::MailboxData(MailboxDatum::Exists(_)) | Response::Expunge(_) => return Ok(Woken::BySomething),
                        // That it is ready, that it is still there, that somebody else read a mail.
                        _ => {}
                    }
                }
            };
            tokio::select! {
                woken = waiting => woken?,
                () = tokio::time::sleep(longest) => Woken::ByTime,
                () = call => Woken::Called,
            }
        };
        match tokio::time::timeout(stream::ANSWER, self.session.run_command_untagged("DONE")).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(open::trouble(&self.host, &error)),
            Err(_) => return Err(stream::slow(&self.host)),
        }
        let mut answer = Answer { imap: self, id };
        while answer.next(|_| ()).await?.is_some() {}
        Ok(woken)
    }

    /// Says good-bye, if the server still listens.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.session.run_command("LOGOUT")).await;
    }
}

impl Answer<'_> {
    /// Looks at the next untagged response; none when the server has said OK.
    async fn next<T>(&mut self, look: impl FnOnce(&Response<'_>) -> T) -> Result<Option<T>, Trouble> {
        let (id, host) = (&self.id, self.imap.host.clone());
        let mut has_news = false;
        let looked = self.imap.response(|response| match response {
            Response::MailboxData(MailboxDatum::Exists(_)) => {
                has_news = true;
                Ok(Some(look(response)))
            }
            Response::Done { tag, status: Status::Ok, .. } if tag == id => Ok(None),
            Response::Done { tag, status, outcome } if tag == id => {
                let said = stream::said(outcome.information.as_deref().unwrap_or_default());
                let what = if matches!(outcome.code, Some(ResponseCode::TryCreate)) { What::FolderNotFound } else { What::Answer };
                let word = if *status == Status::No { "refuses" } else { "does not understand" };
                Err(Trouble::new(what, format!("{host} {word} what it is asked: {said}."), "Look at its log."))
            }
            other => notice(&host, other).map(|()| Some(look(other))),
        });
        let looked = looked.await?;
        self.imap.has_news |= has_news;
        looked
    }
}

/// A server that says good-bye in the middle of something.
fn notice(host: &str, response: &Response<'_>) -> Result<(), Trouble> {
    match response {
        Response::Data { status: Status::Bye, outcome } => {
            let said = stream::said(outcome.information.as_deref().unwrap_or_default());
            Err(Trouble::new(What::Refused, format!("{host} ended the connection: {said}."), "It is tried again."))
        }
        _ => Ok(()),
    }
}

/// Mails on their way.
pub struct Mails<'a> {
    answer: Answer<'a>,
    wanted: BTreeSet<u32>,
}

impl Mails<'_> {
    /// The next mail; none when all that are there have come. One that was not asked for, or comes twice, is passed over.
    pub async fn next(&mut self) -> Result<Option<(u32, Bytes)>, Trouble> {
        loop {
            let wanted = &self.wanted;
            let found = self.answer.next(|response| match response {
                Response::Fetch(_, attributes) => {
                    let uid = uid_of(attributes).filter(|it| wanted.contains(it))?;
                    Some((uid, body_of(attributes)?))
                }
                _ => None,
            });
            match found.await? {
                Some(Some((uid, body))) => {
                    self.wanted.remove(&uid);
                    return Ok(Some((uid, body)));
                }
                Some(None) => {}
                None => return Ok(None),
            }
        }
    }

    /// Those that have not come so far.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        self.wanted.iter().copied()
    }
}

fn uid_of(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|it| if let AttributeValue::Uid(it) = it { Some(*it) } else { None })
}

fn body_of(attributes: &[AttributeValue<'_>]) -> Option<Bytes> {
    attributes.iter().find_map(|it| match it {
        AttributeValue::BodySection { data: Some(it), .. } => Some(Bytes::copy_from_slice(it)),
        _ => None,
    })
}

/// A name as a quoted string (RFC 3501 4.3), in the server's spelling.
fn quoted(name: &str) -> String {
    format!("\"{}\"", utf7::encode(name).replace('\\', "\\\\").replace('"', "\\\""))
}

/// UIDs as a set (RFC 3501 9, sequence-set), with ranges where they follow one another.
fn set(uids: &[u32]) -> String {
    let mut sorted: Vec<u32> = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == uid => *last = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    let text = ranges.into_iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") });
    text.collect::<Vec<_>>().join(",")
}
