//! A connection to a mail server, plain or encrypted, opened the way that its settings say. What is spoken over it is in `imap`, `pop3` and
//! `smtp`.
//!
//! Invariant: nothing that was read before encryption began is believed after it (RFC 2595 4: no command is injected).

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{
    desk::mail::mailbox::Encryption,
    limits,
    reach::{Trouble, What, dial::dial, tls},
};

/// Where a mail server is, and how one speaks with it.
#[derive(Debug, Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
}

/// How one signs in.
#[derive(Debug, Clone)]
pub enum Credentials {
    Password {
        user: String,
        password: crate::secret::Secret,
    },
    /// An OAuth access token, for XOAUTH2.
    Bearer {
        user: String,
        token: crate::secret::Secret,
    },
}

impl Credentials {
    /// The answer of XOAUTH2, before its base64.
    pub fn xoauth2(user: &str, token: &crate::secret::Secret) -> String {
        format!("user={user}\x01auth=Bearer {}\x01\x01", token.reveal())
    }
}

pub(super) const ANSWER: Duration = Duration::from_secs(limits::MAILBOX_ANSWER_SECS_MAX);

/// The bytes of a connection. It counts what it reads, so that somebody sees whether it stands still.
pub struct Stream {
    inner: Inner,
    read: Arc<AtomicU64>,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stream")
    }
}

impl Stream {
    /// Connects; encrypted already if that is how this server begins.
    pub async fn open(server: &Server) -> Result<Stream, Trouble> {
        let tcp = dial(&server.host, server.port).await?;
        // Commands are short and wait for their answers.
        let _ = tcp.set_nodelay(true);
        let stream = Stream { inner: Inner::Plain(tcp), read: Arc::default() };
        if server.encryption == Encryption::Tls { stream.encrypted(server).await } else { Ok(stream) }
    }

    /// The same connection, encrypted from here on.
    pub async fn encrypted(self, server: &Server) -> Result<Stream, Trouble> {
        let Inner::Plain(tcp) = self.inner else { return Ok(self) };
        let name = server.host.trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(name)
            .map_err(|_| Trouble::new(What::Settings, format!("`{}` is no host name.", server.host), "Look at its spelling."))?;
        let connector = TlsConnector::from(tls::config(server.ca.as_deref())?);
        let tls = match timeout(ANSWER, connector.connect(name, tcp)).await {
            Ok(it) => it.map_err(|error| tls::trouble(&server.host, &error))?,
            Err(_) => return Err(slow(&server.host)),
        };
        Ok(Stream { inner: Inner::Tls(Box::new(tls)), read: self.read })
    }

    /// Who is at the other end.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        match &self.inner {
            Inner::Plain(it) => it.peer_addr(),
            Inner::Tls(it) => it.get_ref().0.peer_addr(),
        }
    }

    /// Counts the bytes that were read.
    pub fn meter(&self) -> Meter {
        Meter { read: self.read.clone() }
    }
}

/// Says whether a connection moves.
#[derive(Debug, Clone)]
pub struct Meter {
    read: Arc<AtomicU64>,
}

impl Meter {
    /// Waits for something that reads; it may take long as long as bytes come, and `longest` in all.
    pub async fn moving<T>(&self, host: &str, longest: Duration, what: impl Future<Output = T>) -> Result<T, Trouble> {
        let mut what = std::pin::pin!(what);
        let watching = async {
            loop {
                let before = self.read.load(Ordering::Relaxed);
                if let Ok(it) = timeout(ANSWER, &mut what).await {
                    return Some(it);
                }
                if self.read.load(Ordering::Relaxed) == before {
                    return None;
                }
            }
        };
        timeout(longest, watching).await.ok().flatten().ok_or_else(|| slow(host))
    }
}

/// A server that does not answer in time.
pub(super) fn slow(host: &str) -> Trouble {
    let happened = format!("{host} did not answer within {} seconds.", limits::MAILBOX_ANSWER_SECS_MAX);
    Trouble::new(What::TimedOut, happened, "Look whether the server is well, and whether a firewall swallows the connection.")
}

/// A server that ended the conversation.
pub(super) fn hung_up(host: &str) -> Trouble {
    Trouble::new(What::Refused, format!("{host} ended the connection."), "It is tried again; if it stays so, look at the server's log.")
}

/// What a failed read or write means.
pub(super) fn broken(host: &str, error: &io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected => hung_up(host),
        _ => nonsense(host, &error.to_string()),
    }
}

/// A server that does not keep to its protocol.
pub(super) fn nonsense(host: &str, what: &str) -> Trouble {
    let what: String = what.chars().filter(|it| !it.is_control()).take(200).collect();
    Trouble::new(What::Answer, format!("{host} answers something that cannot be read: {what}."), "Look at its log, and at the port.")
}

/// What a server said, for people: one line, not long.
pub(super) fn said(text: &str) -> String {
    let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).take(200).collect();
    text.trim().trim_end_matches('.').to_owned()
}

/// The server does not let us in.
pub(super) fn refused(host: &str, answer: &str) -> Trouble {
    let answer = said(answer);
    let answer = if answer.is_empty() { String::new() } else { format!(" It says: {answer}.") };
    let happened = format!("{host} refuses the user name or the password.{answer}");
    Trouble::new(What::WrongPassword, happened, "Look at both, and whether the account may use this protocol.")
}

/// The server does not let us in with a token.
pub(super) fn refused_token(host: &str, answer: &str) -> Trouble {
    let answer = said(answer);
    let answer = if answer.is_empty() { String::new() } else { format!(" It says: {answer}.") };
    let happened = format!("{host} refuses the access token.{answer}");
    Trouble::new(What::Token, happened, "Look whether the account may use this protocol and has this user name, and sign in again.")
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let polled = match &mut this.inner {
            Inner::Plain(it) => Pin::new(it).poll_read(cx, buf),
            Inner::Tls(it) => Pin::new(it.as_mut()).poll_read(cx, buf),
        };
        this.read.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().inner {
            Inner::Plain(it) => Pin::new(it).poll_write(cx, buf),
            Inner::Tls(it) => Pin::new(it.as_mut()).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(it) => Pin::new(it).poll_flush(cx),
            Inner::Tls(it) => Pin::new(it.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().inner {
            Inner::Plain(it) => Pin::new(it).poll_shutdown(cx),
            Inner::Tls(it) => Pin::new(it.as_mut()).poll_shutdown(cx),
        }
    }
}
