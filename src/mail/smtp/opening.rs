//! Reaching a server: the connection, its encryption, and what is wrong with either in words. The library takes over when everything
//! that is said is said under the encryption that was asked for.
//!
//! Invariant: nothing that came in the clear is believed once a connection is encrypted. STARTTLS is asked for here and not by the library,
//! which keeps what it has read ahead: somebody on the way could put answers there that are then taken for the server's.

use std::{
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use lettre::transport::smtp::{client::AsyncTokioStream, extension::ClientId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::{Encryption, Server};
use crate::{
    desk::mail::mailbox::Encryption as StreamEncryption,
    mail::stream::{self, Stream},
    reach::{Trouble, What},
};

/// Bytes of one answer in the clear.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// What the library is told in place of the greeting, which has come and gone by then.
const GREETING: &[u8] = b"220 encrypted\r\n";

/// A connection as the library takes it.
pub(super) struct Opened {
    /// Read before anything else.
    before: &'static [u8],
    stream: Stream,
    pub is_encrypted: bool,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened")
    }
}

/// Connects, and encrypts as was asked for. Waits are bounded for each step but the answers in the clear, which the caller bounds.
pub(super) async fn open(server: &Server, name: &ClientId) -> Result<Opened, Trouble> {
    let encryption = if server.encryption == Encryption::Tls { StreamEncryption::Tls } else { StreamEncryption::None };
    let place = stream::Server { host: server.host.clone(), port: server.port, encryption, ca: server.ca.clone() };
    let mut stream = Stream::open(&place).await?;
    if server.encryption != Encryption::StartTls {
        return Ok(Opened { before: b"", stream, is_encrypted: server.encryption == Encryption::Tls });
    }
    let at = format!("{}:{}", server.host, server.port);
    let greeting = answer(&at, &mut stream).await?;
    if !greeting.starts_with("220") {
        return Err(Trouble::new(What::Answer, format!("{at} wants no conversation: {}.", stream::said(&greeting)), "It is tried again."));
    }
    let features = ask(&at, &mut stream, &format!("EHLO {name}\r\n")).await?;
    let offers = features.lines().skip(1).any(|it| it.get(4..).is_some_and(|it| it.trim().eq_ignore_ascii_case("STARTTLS")));
    if !features.starts_with("250") || !offers {
        let advice = "Use TLS from the start, or another port; without encryption everything can be read on the way.";
        return Err(Trouble::new(What::TlsOther, format!("{at} does not offer StartTLS, so nothing is said to it."), advice));
    }
    let said = ask(&at, &mut stream, "STARTTLS\r\n").await?;
    if !said.starts_with("220") {
        let happened = format!("{at} offers StartTLS and refuses it: {}.", stream::said(&said));
        return Err(Trouble::new(What::TlsOther, happened, "Look at its log; it may lack a certificate."));
    }
    let stream = stream.encrypted(&place).await?;
    Ok(Opened { before: GREETING, stream, is_encrypted: true })
}

async fn ask(at: &str, stream: &mut Stream, command: &str) -> Result<String, Trouble> {
    stream.write_all(command.as_bytes()).await.map_err(|it| stream::broken(at, &it))?;
    stream.flush().await.map_err(|it| stream::broken(at, &it))?;
    answer(at, stream).await
}

/// One answer with all its lines (RFC 5321 4.2.1), and not a byte more: what follows is for whoever reads next.
async fn answer(at: &str, stream: &mut Stream) -> Result<String, Trouble> {
    let (mut text, mut line) = (Vec::new(), 0);
    while text.len() < ANSWER_BYTES_MAX {
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(it) if it.kind() == io::ErrorKind::UnexpectedEof => return Err(stream::hung_up(at)),
            Err(it) => return Err(stream::broken(at, &it)),
        }
        if text.last() == Some(&b'\n') {
            if text.get(line + 3) != Some(&b'-') {
                return Ok(String::from_utf8_lossy(&text).into_owned());
            }
            line = text.len();
        }
    }
    Err(stream::nonsense(at, "its answer does not end"))
}

impl AsyncTokioStream for Opened {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Opened {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.before.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        }
        let (now, later) = this.before.split_at(this.before.len().min(buf.remaining()));
        buf.put_slice(now);
        this.before = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Opened {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
