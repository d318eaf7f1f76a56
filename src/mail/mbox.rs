//! An mbox stream, split into raw mails. Both ways of quoting are undone: `>From ` of mboxo, and any number of `>` of
//! mboxrd. It does not parse. Invariant: at most one mail is in memory, and of it at most `MAIL_BYTES_MAX`.

use std::io::{self, BufRead, Read};

use crate::limits::MAIL_BYTES_MAX;

/// A raw mail from a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawMail {
    pub bytes: Vec<u8>,
    /// It was larger than [`MAIL_BYTES_MAX`]; the rest was passed over.
    pub cut: bool,
}

/// Iterates over the mails of an mbox.
pub struct Mbox<R> {
    source: R,
    /// A separator was read that belongs to the next mail.
    begun: bool,
    /// A line that ends the stream or a failure of it was met.
    ended: bool,
}

impl<R: BufRead> Mbox<R> {
    pub fn new(source: R) -> Self {
        Mbox { source, begun: false, ended: false }
    }

    /// One line, bounded. False beside it: the line goes on.
    fn line(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        buffer.clear();
        let limit = u64::try_from(MAIL_BYTES_MAX).unwrap_or(u64::MAX);
        self.source.by_ref().take(limit).read_until(b'\n', buffer)?;
        Ok(!buffer.is_empty())
    }

    fn read(&mut self) -> io::Result<Option<RawMail>> {
        let mut mail = RawMail::default();
        let mut line = Vec::new();
        let mut after_blank = true;
        while self.line(&mut line)? {
            if after_blank && is_separator(&line) {
                if self.begun || !mail.bytes.is_empty() {
                    self.begun = true;
                    return Ok(Some(without_last_blank(mail)));
                }
                self.begun = true;
                after_blank = false;
                continue;
            }
            after_blank = line.trim_ascii().is_empty();
            let quoted = line.iter().take_while(|it| **it == b'>').count();
            let content = if quoted > 0 && line[quoted..].starts_with(b"From ") { &line[1..] } else { &line[..] };
            if mail.bytes.len() + content.len() > MAIL_BYTES_MAX {
                mail.cut = true;
            } else if !mail.cut {
                mail.bytes.extend_from_slice(content);
            }
        }
        self.ended = true;
        let some = self.begun || !mail.bytes.trim_ascii().is_empty();
        Ok(some.then(|| without_last_blank(mail)))
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<RawMail>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.read();
        self.ended |= read.is_err();
        read.transpose()
    }
}

/// `From sender date`: a line of prose that begins so has no time in it.
fn is_separator(line: &[u8]) -> bool {
    line.strip_prefix(b"From ").is_some_and(|rest| {
        let has_time = rest.windows(3).any(|it| it[0].is_ascii_digit() && it[1] == b':' && it[2].is_ascii_digit());
        let has_year = rest.split(|it| !it.is_ascii_digit()).any(|it| it.len() == 4);
        has_time && has_year
    })
}

/// The empty line before a separator belongs to the format.
fn without_last_blank(mut mail: RawMail) -> RawMail {
    for ending in [&b"\r\n\r\n"[..], b"\n\n"] {
        if mail.bytes.ends_with(ending) {
            mail.bytes.truncate(mail.bytes.len() - ending.len() / 2);
            break;
        }
    }
    mail
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mails(mbox: &str) -> Vec<String> {
        Mbox::new(mbox.as_bytes()).map(|it| String::from_utf8_lossy(&it.map(|it| it.bytes).unwrap_or_default()).into_owned()).collect()
    }

    #[test]
    fn mails_are_split() {
        let sep = "From a@b Mon May  3 10:00:00 2021\n";
        let table: [(String, Vec<&str>); 9] = [
            (format!("{sep}A: 1\n\nx\n\n{sep}A: 2\n\ny\n"), vec!["A: 1\n\nx\n", "A: 2\n\ny\n"]),
            (format!("{sep}A: 1\n\n>From here\n>>From there\n"), vec!["A: 1\n\nFrom here\n>From there\n"]),
            (format!("{sep}A: 1\n\n\nFrom here on, prose.\n"), vec!["A: 1\n\n\nFrom here on, prose.\n"]),
            (
                format!("{sep}A: 1\n\nx\n\n{sep}A: 2\n\n>From y\n").replace('\n', "\r\n"),
                vec!["A: 1\r\n\r\nx\r\n", "A: 2\r\n\r\nFrom y\r\n"],
            ),
            // A separator needs an empty line before it.
            (
                "From a@b Mon May  3 10:00:00 2021\n\nx\nFrom a@b Mon May  3 10:00:00 2021\n".to_owned(),
                vec!["\nx\nFrom a@b Mon May  3 10:00:00 2021\n"],
            ),
            ("A: no separator\n\nx\n".to_owned(), vec!["A: no separator\n\nx\n"]),
            (format!("{sep}\n{sep}A: 2\n"), vec!["\n", "A: 2\n"]),
            (String::new(), vec![]),
            ("\n\n".to_owned(), vec![]),
        ];
        for (mbox, expected) in table {
            assert_eq!(mails(&mbox), expected, "{mbox}");
        }
    }

    #[test]
    fn a_mail_that_never_ends_is_cut() {
        let endless = io::BufReader::new(io::repeat(b'x').take(2 * MAIL_BYTES_MAX as u64 + 10));
        let mails: Vec<_> = Mbox::new(endless).map_while(Result::ok).collect();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].cut && mails[0].bytes.len() <= MAIL_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bodies in prop::collection::vec("(From |>|a|\n){0,8}", 1..5)) {
            let mut mbox = String::new();
            for body in &bodies {
                mbox.push_str("From a@b Mon May  3 10:00:00 2021\nS: x\n\n");
                for line in body.lines() {
                    // mboxrd: one more mark before every line that could be mistaken.
                    if line.trim_start_matches('>').starts_with("From ") {
                        mbox.push('>');
                    }
                    mbox.push_str(line);
                    mbox.push('\n');
                }
                mbox.push('\n');
            }
            let read = mails(&mbox);
            prop_assert_eq!(read.len(), bodies.len());
            for (mail, body) in read.iter().zip(&bodies) {
                let lines: String = body.lines().map(|it| format!("{it}\n")).collect();
                let expected = format!("S: x\n\n{lines}");
                prop_assert_eq!(mail.trim_end_matches('\n'), expected.trim_end_matches('\n'));
            }
        }
    }
}
