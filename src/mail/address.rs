//! Lists of addresses as they stand in header fields: names, groups, comments, and what people and programs write
//! instead. It does not judge whether an address can receive mail. Invariant: one pass, at most `MAIL_ADDRESSES_MAX`.

use super::header;
use crate::{desk::mail::message::Mailbox, limits::MAIL_ADDRESSES_MAX};

/// Reads the raw value of `From`, `To` and their like.
pub fn read(raw: &[u8], hint: Option<&str>) -> Vec<Mailbox> {
    let flat = header::unfold(raw);
    let boxes = Scanner::new(hint).scan(&flat);
    // Some programs encode the whole field, address and all.
    if boxes.iter().all(|it| !it.address.contains('@')) && flat.windows(2).any(|it| it == b"=?") {
        let decoded = header::decode(&flat, hint);
        let again = Scanner::new(hint).scan(decoded.as_bytes());
        if again.iter().any(|it| it.address.contains('@')) {
            return again;
        }
    }
    boxes
}

/// Collects one mailbox after the other.
struct Scanner<'h> {
    hint: Option<&'h str>,
    boxes: Vec<Mailbox>,
    /// Words before an address in angle brackets.
    phrase: Vec<u8>,
    /// The address in angle brackets, if one came.
    angle: Option<Vec<u8>>,
    comment: Vec<u8>,
    /// A list separator came, but what stood before it was no address: perhaps part of a name.
    carried: Vec<u8>,
    /// A quoted stretch is in the phrase: it is a name, whatever it holds.
    quoted: bool,
}

impl<'h> Scanner<'h> {
    fn new(hint: Option<&'h str>) -> Self {
        Scanner { hint, boxes: Vec::new(), phrase: Vec::new(), angle: None, comment: Vec::new(), carried: Vec::new(), quoted: false }
    }

    fn scan(mut self, bytes: &[u8]) -> Vec<Mailbox> {
        let mut at = 0;
        while at < bytes.len() && self.boxes.len() < MAIL_ADDRESSES_MAX {
            let rest = &bytes[at..];
            at += match bytes[at] {
                b'"' => self.quoted(rest),
                b'(' => self.comment(rest),
                b'<' => self.angle(rest),
                // Left over from doubled brackets.
                b'>' if self.angle.is_some() => 1,
                b'=' if rest.starts_with(b"=?") => self.encoded_word(rest),
                b',' | b';' => {
                    self.end(bytes[at] == b',');
                    1
                }
                // The name of a group, not one of its members; a colon may also stand in a bare name.
                b':' if self.angle.is_none() && !self.phrase.contains(&b'@') && rest.contains(&b';') => {
                    self.phrase.clear();
                    self.carried.clear();
                    1
                }
                byte => {
                    self.phrase.push(byte);
                    1
                }
            };
        }
        self.end(false);
        self.boxes
    }

    fn quoted(&mut self, rest: &[u8]) -> usize {
        let mut inner = Vec::new();
        let mut at = 1;
        while at < rest.len() && rest[at] != b'"' {
            if rest[at] == b'\\' && at + 1 < rest.len() {
                at += 1;
            }
            inner.push(rest[at]);
            at += 1;
        }
        if at >= rest.len() {
            // Never closed: an ordinary character.
            return 1;
        }
        // Before an `@` the quotes are part of the address.
        if rest.get(at + 1) == Some(&b'@') {
            self.phrase.extend_from_slice(&rest[..=at]);
        } else {
            self.quoted = true;
            self.phrase.extend_from_slice(&inner);
        }
        at + 1
    }

    fn comment(&mut self, rest: &[u8]) -> usize {
        let mut depth = 0usize;
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.comment = rest[1..at].to_vec();
                return at + 1;
            }
        }
        self.phrase.push(b'(');
        1
    }

    fn angle(&mut self, rest: &[u8]) -> usize {
        let inner = &rest[1..];
        let end = inner.iter().position(|it| matches!(it, b'>' | b',' | b'<'));
        let (address, taken) = match end {
            Some(end) if inner[end] == b'>' => (&inner[..end], end + 2),
            Some(end) if inner[end] == b',' => (&inner[..end], end + 1),
            // `<<a@b>>`: the inner one counts.
            Some(0) => return 1,
            Some(end) => (&inner[..end], end + 1),
            None => (inner, rest.len()),
        };
        self.angle = Some(address.to_vec());
        taken
    }

    /// Kept whole, so that a comma in it separates nothing.
    fn encoded_word(&mut self, rest: &[u8]) -> usize {
        // charset ? encoding ? data ?=
        let data = rest.iter().enumerate().skip(2).filter(|(_, it)| **it == b'?').nth(1).map(|(at, _)| at + 1);
        let end = data.and_then(|from| rest[from..].windows(2).position(|it| it == b"?=").map(|it| from + it + 2));
        let taken = end.filter(|end| !rest[..*end].contains(&b'<')).unwrap_or(1);
        self.phrase.extend_from_slice(&rest[..taken]);
        taken
    }

    /// What was collected becomes a mailbox, or is carried on.
    fn end(&mut self, more: bool) {
        let mut phrase = std::mem::take(&mut self.phrase);
        let comment = std::mem::take(&mut self.comment);
        let quoted = std::mem::take(&mut self.quoted);
        if let Some(address) = self.angle.take() {
            let mut whole = std::mem::take(&mut self.carried);
            whole.extend_from_slice(&phrase);
            let name = if whole.trim_ascii().is_empty() { comment } else { whole };
            return self.push(&name, &address);
        }
        if phrase.trim_ascii().is_empty() {
            return;
        }
        if !phrase.contains(&b'@') && more {
            // `Doe, John <j@x>`: a name with a comma that nobody quoted.
            self.carried.append(&mut phrase);
            self.carried.extend_from_slice(b",");
            return;
        }
        let carried = std::mem::take(&mut self.carried);
        if !carried.is_empty() && phrase.contains(&b'@') {
            carried.split(|it| *it == b',').filter(|it| !it.trim_ascii().is_empty()).for_each(|it| self.push(&[], it));
        }
        // `Name name@host`: the word with the sign is the address.
        let words: Vec<&[u8]> = phrase.split(u8::is_ascii_whitespace).filter(|it| !it.is_empty()).collect();
        let position = words.iter().position(|it| it.contains(&b'@'));
        match position {
            Some(at) if words.len() > 1 && !quoted => {
                let name: Vec<u8> =
                    words.iter().enumerate().filter(|(index, _)| *index != at).flat_map(|(_, it)| [*it, b" "].concat()).collect();
                self.push(&name, words[at]);
            }
            _ => self.push(&comment, &phrase),
        }
    }

    fn push(&mut self, name: &[u8], address: &[u8]) {
        let clean = |text: String| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let address = clean(header::decode(address.trim_ascii(), self.hint));
        let address = address.trim_matches(|c: char| c.is_whitespace() || "<>".contains(c)).trim_start_matches("mailto:").replace(' ', "");
        let quoted = ['"', '\''].iter().find_map(|it| address.strip_prefix(*it)?.strip_suffix(*it));
        let address = quoted.unwrap_or(&address).to_owned();
        // A source route (RFC 5322, 4.4) ends with a colon.
        let address =
            if address.starts_with('@') { address.rsplit_once(':').map_or(address.clone(), |(_, it)| it.to_owned()) } else { address };
        let name = clean(header::decode(name.trim_ascii(), self.hint));
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let bare = name.trim_matches(|c: char| c == '"' || c.is_whitespace());
        let name = bare.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')).unwrap_or(bare).to_owned();
        if self.boxes.len() < MAIL_ADDRESSES_MAX && (!address.is_empty() || !name.is_empty()) {
            self.boxes.push(Mailbox { name, address });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_however_written() {
        type Case<'a> = (&'a [u8], &'a [(&'a str, &'a str)]);
        let table: [Case<'_>; 22] = [
            (b"a@b.example", &[("", "a@b.example")]),
            (b"Ann Bee <a@b.example>", &[("Ann Bee", "a@b.example")]),
            (b"\"Bee, Ann\" <a@b.example>, c@d.example", &[("Bee, Ann", "a@b.example"), ("", "c@d.example")]),
            (b"Bee, Ann <a@b.example>", &[("Bee, Ann", "a@b.example")]),
            (b"a@b.example (Ann)", &[("Ann", "a@b.example")]),
            (b"=?utf-8?Q?J=C3=B6rg,_x?= <a@b.example>", &[("Jörg, x", "a@b.example")]),
            (b"\"=?utf-8?Q?J=C3=B6rg?=\" <a@b.example>", &[("Jörg", "a@b.example")]),
            (b"J\xf6rg <a@b.example>", &[("Jörg", "a@b.example")]),
            (b"=?utf-8?Q?Ann_<a@b.example>?=", &[("Ann", "a@b.example")]),
            (b"Team: a@b.example, Ann <c@d.example>;", &[("", "a@b.example"), ("Ann", "c@d.example")]),
            (b"undisclosed-recipients:;", &[]),
            (b"<a@b.example", &[("", "a@b.example")]),
            (b"<<a@b.example>>", &[("", "a@b.example")]),
            (b"Ann a@b.example", &[("Ann", "a@b.example")]),
            (b"no_host", &[("", "no_host")]),
            (b"'Ann' <a@b.example>", &[("Ann", "a@b.example")]),
            (b"\"a@b.example\" <c@d.example>", &[("a@b.example", "c@d.example")]),
            (b"\"odd.local\"@b.example", &[("", "\"odd.local\"@b.example")]),
            (b"<'a@b.example'>", &[("", "a@b.example")]),
            (b"<@route.example:a@b.example>", &[("", "a@b.example")]),
            (b"<>", &[]),
            (b"", &[]),
        ];
        for (raw, expected) in table {
            let got = read(raw, None);
            let got: Vec<(&str, &str)> = got.iter().map(|it| (it.name.as_str(), it.address.as_str())).collect();
            assert_eq!(got, expected, "{}", String::from_utf8_lossy(raw));
        }
    }

    #[test]
    fn endless_lists_are_bounded() {
        for bomb in ["a@b,", "(", "<", "\"", "=?", "a,", ":;"] {
            assert!(read(bomb.repeat(100_000).as_bytes(), None).len() <= MAIL_ADDRESSES_MAX);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_list(raw in any::<Vec<u8>>()) {
            prop_assert!(read(&raw, None).len() <= MAIL_ADDRESSES_MAX);
        }
    }
}
