//! Lines of POP3 from a stream of bytes, each within a limit, and answers of many lines up to their dot.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};

/// A status line; RFC 2449 4 allows 512 bytes.
const LINE_BYTES_MAX: usize = 8 * 1024;

#[derive(Debug)]
pub enum Failure {
    Io(io::Error),
    HungUp,
    TooLong,
}

pub struct Reader<S> {
    stream: BufStream<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Reader<S> {
    pub fn new(stream: S) -> Reader<S> {
        Reader { stream: BufStream::new(stream) }
    }

    pub fn into_inner(self) -> S {
        self.stream.into_inner()
    }

    pub async fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(line.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await
    }

    /// Reads up to the next line feed into `out`, which may grow to `bytes_max`.
    async fn until_line_feed(&mut self, out: &mut Vec<u8>, bytes_max: usize) -> Result<(), Failure> {
        loop {
            let here = self.stream.fill_buf().await.map_err(Failure::Io)?;
            if here.is_empty() {
                return Err(Failure::HungUp);
            }
            let end = here.iter().position(|it| *it == b'\n').map(|at| at + 1);
            let taken = end.unwrap_or(here.len());
            if out.len() + taken > bytes_max {
                return Err(Failure::TooLong);
            }
            out.extend_from_slice(&here[..taken]);
            self.stream.consume(taken);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// One line, without its end.
    pub async fn line(&mut self) -> Result<String, Failure> {
        let mut line = Vec::new();
        self.until_line_feed(&mut line, LINE_BYTES_MAX).await?;
        Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Lines up to one that is a dot alone; a dot that was put before another is taken off (RFC 1939 3).
    pub async fn many(&mut self, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        loop {
            let start = all.len();
            // Room for the dot and the end of the line.
            self.until_line_feed(&mut all, bytes_max.saturating_add(3)).await?;
            if all[start] == b'.' {
                if matches!(&all[start..], b".\r\n" | b".\n") {
                    all.truncate(start);
                    return if all.len() > bytes_max { Err(Failure::TooLong) } else { Ok(all) };
                }
                all.remove(start);
            }
        }
    }
}
