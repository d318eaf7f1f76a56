//! Asks a virus scanner about bytes: ClamAV's daemon, over its socket (`clamd(8)`, command INSTREAM). Nothing is kept here, and the bytes go
//! piece by piece, so that a file of any size takes little memory.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};

/// Nothing that the scanner says is longer, in bytes.
const ANSWER_BYTES_MAX: u64 = 4096;
/// A piece that is sent, in bytes.
const PIECE_BYTES: usize = 256 * 1024;
/// How long the scanner may take to answer or to take a piece.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where the scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanner {
    /// A socket of this machine.
    Unix(String),
    /// Host and port.
    Tcp(String),
}

/// What the scanner says of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    /// By the name of what was found.
    Infected(String),
    /// It takes no such file, such as one that is too large for it.
    Unscannable(String),
}

/// The scanner could not be asked: it is not there, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the scanner at {0} cannot be reached: {1}")]
    Unreachable(Scanner, std::io::Error),
    #[error("the scanner broke off: {0}")]
    BrokeOff(std::io::Error),
    #[error("the scanner took too long")]
    TooSlow,
    #[error("the bytes could not be read: {0}")]
    Unread(String),
    #[error("the scanner failed: {0}")]
    Failed(String),
}

impl fmt::Display for Scanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scanner::Unix(it) => write!(f, "unix:{it}"),
            Scanner::Tcp(it) => write!(f, "tcp:{it}"),
        }
    }
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, Trouble> {
    tokio::time::timeout(PATIENCE, work).await.map_err(|_| Trouble::TooSlow)
}

impl Scanner {
    /// `unix:/run/clamav/clamd.ctl`, or `tcp:host:3310`.
    pub fn at(text: &str) -> Option<Scanner> {
        match text.split_once(':')? {
            ("unix", path) if path.starts_with('/') => Some(Scanner::Unix(path.to_owned())),
            ("tcp", host) if host.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok()) => {
                Some(Scanner::Tcp(host.to_owned()))
            }
            _ => None,
        }
    }

    async fn line(&self) -> Result<Box<dyn Line>, Trouble> {
        let opened = async {
            Ok(match self {
                Scanner::Unix(path) => Box::new(UnixStream::connect(path).await?) as Box<dyn Line>,
                Scanner::Tcp(host) => Box::new(TcpStream::connect(host).await?),
            })
        };
        in_time(opened).await?.map_err(|it| Trouble::Unreachable(self.clone(), it))
    }

    /// What the scanner calls itself, with its version and that of its signatures.
    pub async fn version(&self) -> Result<String, Trouble> {
        let mut line = self.line().await?;
        in_time(line.write_all(b"zVERSION\0")).await?.map_err(Trouble::BrokeOff)?;
        answer(&mut line).await
    }

    /// What it says of these bytes.
    pub async fn look<E: fmt::Display>(&self, mut bytes: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Verdict, Trouble> {
        let mut line = self.line().await?;
        in_time(line.write_all(b"zINSTREAM\0")).await?.map_err(Trouble::BrokeOff)?;
        let mut cut = None;
        'sending: while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|it| Trouble::Unread(it.to_string()))?;
            for piece in piece.chunks(PIECE_BYTES) {
                let length = u32::try_from(piece.len()).unwrap_or(u32::MAX).to_be_bytes();
                let sent = async {
                    line.write_all(&length).await?;
                    line.write_all(piece).await
                };
                if let Err(it) = in_time(sent).await? {
                    // It hangs up when it has had enough; what it says tells why.
                    cut = Some(it);
                    break 'sending;
                }
            }
        }
        if cut.is_none() {
            cut = in_time(line.write_all(&[0; 4])).await?.err();
        }
        match (answer(&mut line).await, cut) {
            (Ok(said), None) => verdict(&said),
            (Ok(said), Some(cut)) if said.is_empty() => Err(Trouble::BrokeOff(cut)),
            (Ok(said), Some(_)) => verdict(&said),
            (Err(_), Some(cut)) => Err(Trouble::BrokeOff(cut)),
            (Err(it), None) => Err(it),
        }
    }
}

async fn answer(line: &mut Box<dyn Line>) -> Result<String, Trouble> {
    let mut said = Vec::new();
    in_time(line.take(ANSWER_BYTES_MAX).read_to_end(&mut said)).await?.map_err(Trouble::BrokeOff)?;
    Ok(String::from_utf8_lossy(&said).trim_matches(['\0', '\n', ' ']).to_owned())
}

fn verdict(said: &str) -> Result<Verdict, Trouble> {
    let about = said.strip_prefix("stream: ").unwrap_or(said);
    if about == "OK" {
        return Ok(Verdict::Clean);
    }
    if let Some(name) = about.strip_suffix(" FOUND") {
        return Ok(Verdict::Infected(name.to_owned()));
    }
    if about.contains("size limit exceeded") {
        return Ok(Verdict::Unscannable("it is larger than the scanner takes".to_owned()));
    }
    Err(Trouble::Failed(if about.is_empty() { "it said nothing".to_owned() } else { about.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_is_understood() {
        for (said, expected) in [
            ("stream: OK", Some(Verdict::Clean)),
            ("stream: Eicar-Test-Signature FOUND", Some(Verdict::Infected("Eicar-Test-Signature".into()))),
            ("INSTREAM size limit exceeded. ERROR", Some(Verdict::Unscannable("it is larger than the scanner takes".into()))),
            ("stream: Can't allocate memory ERROR", None),
            ("stream: not OK", None),
            ("", None),
        ] {
            assert_eq!(verdict(said).ok(), expected, "{said}");
        }
    }

    #[test]
    fn addresses() {
        for (text, fine) in [
            ("unix:/run/clamav/clamd.ctl", true),
            ("tcp:127.0.0.1:3310", true),
            ("tcp:scanner.example:3310", true),
            ("tcp:scanner.example", false),
            ("tcp::3310", false),
            ("unix:clamd.ctl", false),
            ("/run/clamav/clamd.ctl", false),
            ("", false),
        ] {
            assert_eq!(Scanner::at(text).is_some(), fine, "{text}");
        }
    }
}
