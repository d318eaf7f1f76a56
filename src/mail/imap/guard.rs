//! Stands between an IMAP server and whoever parses what it says: lines and literals (RFC 3501 4.3) that are longer than they may be
//! end the conversation before memory is taken for them. It understands nothing else.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The words of a failure that says that something is too large.
pub const TOO_LARGE: &str = "more than is read of it";

/// Where in the protocol the bytes are.
#[derive(Debug, Clone)]
struct Position {
    /// Bytes of this line so far.
    line: usize,
    /// Bytes of this response so far, with its literals.
    response: u64,
    /// Bytes of a literal that are still to come.
    literal: u64,
    /// A number in braces that the line ends with so far.
    number: Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    None,
    /// Behind the opening brace.
    Open(Option<u64>),
    Closed(u64),
}

/// How much one response may have.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub line_bytes: usize,
    pub literal_bytes: u64,
}

impl Position {
    fn start() -> Position {
        Position { line: 0, response: 0, literal: 0, number: Number::None }
    }

    /// Follows what was read.
    fn follow(&mut self, mut bytes: &[u8], bounds: Bounds) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let here = usize::try_from(self.literal).unwrap_or(usize::MAX).min(bytes.len());
                self.literal -= here as u64;
                self.response += here as u64;
                bytes = &bytes[here..];
                continue;
            }
            self.byte(bytes[0], bounds)?;
            bytes = &bytes[1..];
        }
        if self.response > bounds.literal_bytes.saturating_add(bounds.line_bytes as u64) { Err(too_large()) } else { Ok(()) }
    }

    fn byte(&mut self, byte: u8, bounds: Bounds) -> io::Result<()> {
        if byte == b'\n' {
            let announced = if let Number::Closed(it) = self.number { Some(it) } else { None };
            *self = match announced {
                Some(literal) if literal > bounds.literal_bytes => return Err(too_large()),
                Some(literal) => Position { response: self.response + 1, literal, ..Position::start() },
                None => Position::start(),
            };
            return Ok(());
        }
        self.line += 1;
        self.response += 1;
        if self.line > bounds.line_bytes {
            return Err(too_large());
        }
        self.number = match (self.number, byte) {
            (_, b'{') => Number::Open(None),
            (Number::Open(so_far), b'0'..=b'9') => {
                Number::Open(Some(so_far.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(byte - b'0'))))
            }
            (Number::Open(Some(it)), b'}') => Number::Closed(it),
            // `{5+}` is a client's, but some servers say it, too.
            (it @ Number::Open(Some(_)), b'+') => it,
            (it @ Number::Closed(_), b'\r') => it,
            _ => Number::None,
        };
        Ok(())
    }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, TOO_LARGE)
}

/// A stream whose responses are bounded.
#[derive(Debug)]
pub struct Guard<S> {
    inner: S,
    position: Position,
    bounds: Bounds,
}

impl<S> Guard<S> {
    pub fn new(inner: S, bounds: Bounds) -> Guard<S> {
        Guard { inner, position: Position::start(), bounds }
    }

    pub fn inner(&self) -> &S {
        &self.inner
    }

    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut this.inner).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => Poll::Ready(this.position.follow(&buf.filled()[before..], this.bounds)),
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { line_bytes: 40, literal_bytes: 20 };

    fn passes(text: &str, piece: usize) -> bool {
        let mut position = Position::start();
        text.as_bytes().chunks(piece).all(|it| position.follow(it, BOUNDS).is_ok())
    }

    #[test]
    fn what_is_too_long_is_stopped_before_it_comes() {
        let long = "x".repeat(41);
        for (text, fits) in [
            ("* OK hello\r\n* 1 EXISTS\r\n", true),
            ("* 1 FETCH (BODY[] {20}\r\n01234567890123456789 UID 1)\r\n", true),
            ("* 1 FETCH (BODY[] {21}\r\n", false),
            ("* 1 FETCH (BODY[] {99999999999999999999999}\r\n", false),
            ("* 1 FETCH (BODY[] {21+}\r\n", false),
            // Not at the end of a line, it announces nothing.
            ("* 1 FETCH (X {99} Y)\r\n", true),
            ("* 1 FETCH ({99}x\r\n", true),
            ("{}\r\n{x}\r\n", true),
            // Many small literals of one response.
            ("* A {15}\r\n012345678901234 {15}\r\n012345678901234 {15}\r\n012345678901234 {15}\r\n0123456789", false),
            (long.as_str(), false),
        ] {
            for piece in [1, 3, 1000] {
                assert_eq!(passes(text, piece), fits, "{text:?} in pieces of {piece}");
            }
        }
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(text in "[a{}0-9+\r\n]{0,200}", piece in 1_usize..20) {
            prop_assert_eq!(passes(&text, piece), passes(&text, 1));
        }
    }
}
