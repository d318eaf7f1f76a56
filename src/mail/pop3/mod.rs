//! Reading a mailbox by POP3 (RFC 1939), with encryption (RFC 2595), capabilities (RFC 2449) and XOAUTH2. A small client of our own:
//! the protocol is a dozen commands of a line each, and no crate for it is async, kept up and strict about lengths.
//!
//! Invariant: an answer that does not come to its end is no answer. Deleting happens at QUIT and not before, so a conversation that
//! breaks off deletes nothing.

mod reader;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reader::{Failure, Reader};
use tokio::time::timeout;

use super::stream::{self, Credentials, Meter, Server, Stream};
use crate::{
    desk::mail::mailbox::Encryption,
    limits,
    reach::{Trouble, What},
};

const LONGEST: Duration = Duration::from_secs(limits::MAILBOX_MAIL_SECS_MAX);
/// A list of numbers and UIDs, in bytes, for as many mails as a folder may have.
const LIST_BYTES_MAX: usize = limits::MAILBOX_MAILS_MAX * 84;

/// A mail that lies in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// In this conversation only.
    pub number: u32,
    /// The server's word for it, for ever. A server that uses one twice gets the second one numbered.
    pub uidl: String,
    /// No other mail has the same word. Where one does, the numbers are good for this conversation only.
    pub is_sole: bool,
    /// As the server says; it need not be true.
    pub size: u64,
}

/// What lies in a mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// In its order.
    pub mails: Vec<Listed>,
    /// Mails that the server counts and has no word for that can be read (RFC 1939 7: 70 characters of ASCII), or that are too many.
    pub unnamed: u64,
}

/// An open conversation with a server, signed in.
pub struct Pop3 {
    wire: Reader<Stream>,
    host: String,
    meter: Meter,
    capabilities: BTreeSet<String>,
}

impl Pop3 {
    /// Connects, encrypts and signs in.
    pub async fn open(server: &Server, credentials: &Credentials) -> Result<Pop3, Trouble> {
        let host = server.host.clone();
        let stream = Stream::open(server).await?;
        let mut pop = Pop3 { meter: stream.meter(), wire: Reader::new(stream), host, capabilities: BTreeSet::new() };
        pop.line().await?;
        if server.encryption == Encryption::StartTls {
            if let Err(it) = pop.ask("STLS").await {
                let happened = format!("{} does not offer encryption on this port (STLS).", pop.host);
                let advice = "Use its port for TLS, or have it offered there.";
                return Err(if it.what == What::Answer { Trouble::new(What::TlsOther, happened, advice) } else { it });
            }
            // Whatever was read ahead in the clear is dropped.
            let stream = pop.wire.into_inner().encrypted(server).await?;
            pop = Pop3 { meter: stream.meter(), wire: Reader::new(stream), host: pop.host, capabilities: BTreeSet::new() };
        }
        pop.sign_in(credentials).await?;
        pop.learn_capabilities().await?;
        Ok(pop)
    }

    /// Whether the server can do something, such as `TOP` (RFC 2449).
    pub fn can(&self, what: &str) -> bool {
        self.capabilities.contains(&what.to_ascii_uppercase())
    }

    async fn learn_capabilities(&mut self) -> Result<(), Trouble> {
        match self.ask("CAPA").await {
            Ok(_) => {
                let text = self.many(limits::MAILBOX_LINE_BYTES_MAX).await?;
                let text = String::from_utf8_lossy(&text).to_ascii_uppercase();
                self.capabilities = text.lines().filter_map(|it| it.split_whitespace().next()).map(str::to_owned).collect();
                Ok(())
            }
            // An old server has no such command.
            Err(it) if it.what == What::Answer => Ok(()),
            Err(it) => Err(it),
        }
    }

    async fn sign_in(&mut self, credentials: &Credentials) -> Result<(), Trouble> {
        match credentials {
            Credentials::Password { user, password } => {
                let host = self.host.clone();
                let refused = |it: Trouble| if it.what == What::Answer { stream::refused(&host, &it.advice) } else { it };
                self.ask(&format!("USER {user}")).await.map_err(refused)?;
                self.ask(&format!("PASS {}", password.reveal())).await.map_err(refused)?;
            }
            Credentials::Bearer { user, token } => {
                self.say("AUTH XOAUTH2").await?;
                let host = self.host.clone();
                let refused = |it: Trouble| if it.what == What::Answer { stream::refused_token(&host, &it.advice) } else { it };
                self.go_on().await.map_err(&refused)?;
                self.say(&STANDARD.encode(Credentials::xoauth2(user, token))).await?;
                if let Some(why) = self.line_or_challenge().await.map_err(&refused)? {
                    // The reason comes as a challenge, which is answered with nothing.
                    self.say("").await?;
                    let why = STANDARD.decode(why.trim()).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or(why);
                    let _ = self.line().await;
                    return Err(stream::refused_token(&self.host, &why));
                }
            }
        }
        Ok(())
    }

    async fn say(&mut self, command: &str) -> Result<(), Trouble> {
        if command.contains(['\r', '\n']) {
            return Err(Trouble::new(What::Settings, "User name or password has a line break in it.", "Enter it again."));
        }
        match timeout(stream::ANSWER, self.wire.write_line(command)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(it)) => Err(stream::broken(&self.host, &it)),
            Err(_) => Err(stream::slow(&self.host)),
        }
    }

    fn failed(&self, it: Failure) -> Trouble {
        match it {
            Failure::Io(it) => stream::broken(&self.host, &it),
            Failure::HungUp => stream::hung_up(&self.host),
            Failure::TooLong => Trouble::new(What::TooLarge, format!("{} sends more than is read of it.", self.host), ""),
        }
    }

    async fn raw_line(&mut self) -> Result<String, Trouble> {
        let read = self.meter.moving(&self.host, stream::ANSWER, self.wire.line()).await?;
        read.map_err(|it| self.failed(it))
    }

    /// A status line (RFC 1939 3): what stands behind `+OK`.
    async fn line(&mut self) -> Result<String, Trouble> {
        let line = self.raw_line().await?;
        if let Some(rest) = line.strip_prefix("+OK") {
            return Ok(rest.trim().to_owned());
        }
        match line.strip_prefix("-ERR") {
            Some(rest) => {
                let said = stream::said(rest);
                // The reason stands in the advice, too, for whoever knows better what it means.
                Err(Trouble::new(What::Answer, format!("{} refuses what it is asked: {said}.", self.host), said))
            }
            None => Err(stream::nonsense(&self.host, &line)),
        }
    }

    /// A status line, or a challenge (RFC 5034 4): what stands behind its `+`.
    async fn line_or_challenge(&mut self) -> Result<Option<String>, Trouble> {
        let line = self.raw_line().await?;
        if let Some(challenge) = line.strip_prefix("+ ") {
            return Ok(Some(challenge.to_owned()));
        }
        match line.strip_prefix("-ERR") {
            Some(rest) => Err(Trouble::new(What::Answer, "", stream::said(rest))),
            None if line.starts_with("+OK") => Ok(None),
            None if line.trim() == "+" => Ok(Some(String::new())),
            None => Err(stream::nonsense(&self.host, &line)),
        }
    }

    async fn go_on(&mut self) -> Result<(), Trouble> {
        match self.line_or_challenge().await? {
            Some(_) => Ok(()),
            None => Err(stream::nonsense(&self.host, "it lets somebody in before they said who they are")),
        }
    }

    async fn ask(&mut self, command: &str) -> Result<String, Trouble> {
        self.say(command).await?;
        self.line().await
    }

    /// The lines of an answer up to its dot, with dots at their beginnings as they were (RFC 1939 3).
    async fn many(&mut self, bytes_max: usize) -> Result<Vec<u8>, Trouble> {
        let read = self.meter.moving(&self.host, LONGEST, self.wire.many(bytes_max)).await?;
        read.map_err(|it| self.failed(it))
    }

    /// Everything that lies in the mailbox.
    pub async fn list(&mut self) -> Result<Listing, Trouble> {
        let stated = self.ask("STAT").await?;
        let stated: usize = stated.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(0);
        if stated == 0 {
            return Ok(Listing::default());
        }
        if let Err(it) = self.ask("UIDL").await {
            let happened = format!("{} does not know UIDL, so mails cannot be told apart.", self.host);
            return Err(if it.what == What::Answer { Trouble::new(What::Answer, happened, "Use IMAP.") } else { it });
        }
        let uids = self.many(LIST_BYTES_MAX).await?;
        self.ask("LIST").await?;
        let sizes = self.many(LIST_BYTES_MAX).await?;
        let mails = named(&uids, &sizes);
        if mails.is_empty() {
            return Err(stream::nonsense(&self.host, &format!("it has {stated} mails and lists none")));
        }
        Ok(Listing { unnamed: stated.saturating_sub(mails.len()) as u64, mails })
    }

    /// One mail, of at most so many bytes.
    pub async fn retrieve(&mut self, number: u32, bytes_max: usize) -> Result<Bytes, Trouble> {
        self.ask(&format!("RETR {number}")).await?;
        self.many(bytes_max).await.map(Bytes::from)
    }

    /// The head of a mail (TOP, which is optional); none if the server cannot do that.
    pub async fn head(&mut self, number: u32, bytes_max: usize) -> Result<Option<Bytes>, Trouble> {
        if !self.can("TOP") {
            return Ok(None);
        }
        self.ask(&format!("TOP {number} 0")).await?;
        self.many(bytes_max).await.map(|it| Some(Bytes::from(it)))
    }

    /// Marks a mail to be deleted at the end of the conversation.
    pub async fn delete(&mut self, number: u32) -> Result<(), Trouble> {
        self.ask(&format!("DELE {number}")).await.map(drop)
    }

    /// Ends the conversation: now the server deletes what it was told to.
    pub async fn quit(mut self) -> Result<(), Trouble> {
        self.ask("QUIT").await.map(drop)
    }
}

/// The mails of the answers to UIDL and LIST, each with a word of its own.
fn named(uids: &[u8], sizes: &[u8]) -> Vec<Listed> {
    let sizes: BTreeMap<u32, u64> = pairs(sizes).filter_map(|(number, size)| Some((number, size.parse().ok()?))).collect();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, uidl) in pairs(uids).take(limits::MAILBOX_MAILS_MAX) {
        *times.entry(uidl).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let listed = pairs(uids).take(limits::MAILBOX_MAILS_MAX).map(|(number, word)| {
        let nth = seen.entry(word).or_default();
        *nth += 1;
        let uidl = if *nth == 1 { word.to_owned() } else { format!("{word} {nth}") };
        let is_sole = times.get(word) == Some(&1);
        Listed { number, uidl, is_sole, size: sizes.get(&number).copied().unwrap_or(0) }
    });
    listed.collect()
}

/// Lines of a number and a word.
fn pairs(text: &[u8]) -> impl Iterator<Item = (u32, &str)> {
    text.split(|it| *it == b'\n').filter_map(|line| {
        let (number, word) = std::str::from_utf8(line).ok()?.trim().split_once(' ')?;
        let word = word.trim();
        Some((number.parse().ok()?, word)).filter(|_| !word.is_empty() && word.len() <= 255)
    })
}
