//! The head of a mail or of a part: its fields, and their text with encoded words (RFC 2047) resolved in all the ways
//! they come broken. Fields are slices of the raw mail. Invariant: one pass, bounded count, nothing refused.

use super::{charset, transfer};
use crate::limits::{MAIL_FIELD_BYTES_MAX, MAIL_FIELDS_MAX, MAIL_HEAD_BYTES_MAX};

/// One field, raw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// As written; ASCII.
    pub name: &'a str,
    /// After the colon, folding included, without the last line end.
    pub value: &'a [u8],
}

/// The fields of a head.
#[derive(Debug, Clone, Default)]
pub struct Head<'a> {
    pub fields: Vec<Field<'a>>,
    /// Where the body begins.
    pub body: usize,
    /// Fields beyond the limits were left out.
    pub cut: bool,
    /// Lines stood in the head that are no fields.
    pub malformed: bool,
}

/// Fields that are found however long the head is: without them the mail would be another.
const ESSENTIAL: [&str; 14] = [
    "from",
    "to",
    "cc",
    "date",
    "subject",
    "message-id",
    "in-reply-to",
    "references",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "auto-submitted",
    "return-path",
];

impl<'a> Head<'a> {
    /// Reads the fields at the beginning of a mail.
    pub fn read(raw: &'a [u8]) -> Head<'a> {
        // A byte order mark is an editor's, not a sender's.
        let mut at = if raw.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        // Empty lines and an mbox separator before the first field are transport, not content.
        while let Some(line) =
            line_at(raw, at).filter(|it| it.trim_ascii().is_empty() || it.starts_with(b"From ") || it.starts_with(b">From "))
        {
            at += line.len();
        }
        Head::read_from(raw, at)
    }

    /// Reads the fields at the beginning of a part. An empty first line means that there are none (RFC 2046, 5.1).
    pub fn of_part(raw: &'a [u8]) -> Head<'a> {
        Head::read_from(raw, 0)
    }

    fn read_from(raw: &'a [u8], mut at: usize) -> Head<'a> {
        let mut head = Head::default();
        if line_at(raw, at).is_none_or(|it| field_name(it).is_none()) {
            // A part may begin with an empty line: then it has no fields. A mail may begin with its text.
            head.body = if raw.starts_with(b"\r\n") { 2 } else { usize::from(raw.starts_with(b"\n")) };
            return head;
        }
        while let Some(line) = line_at(raw, at) {
            if line.trim_ascii_end().is_empty()
                && !(line.starts_with(b" ") && line_at(raw, at + line.len()).is_some_and(|it| field_name(it).is_some()))
            {
                at += line.len();
                break;
            }
            let Some(name) = field_name(line) else {
                head.malformed = true;
                // A line gone astray between fields is passed over; otherwise the empty line is missing and the text begins.
                if fields_follow(raw, at + line.len()) {
                    at += line.len();
                    continue;
                }
                break;
            };
            let start = at + line.iter().position(|it| *it == b':').map_or(line.len(), |it| it + 1);
            at += line.len();
            while let Some(more) = line_at(raw, at).filter(|it| it.starts_with(b" ") || it.starts_with(b"\t")) {
                if more.trim_ascii().is_empty()
                    && line_at(raw, at + more.len())
                        .is_none_or(|it| field_name(it).is_none() && !it.starts_with(b" ") && !it.starts_with(b"\t"))
                {
                    break;
                }
                at += more.len();
            }
            head.keep(Field { name, value: trim_line_end(&raw[start..at]) }, at);
        }
        head.body = at;
        head
    }

    fn keep(&mut self, field: Field<'a>, at: usize) {
        let within = self.fields.len() < MAIL_FIELDS_MAX && at <= MAIL_HEAD_BYTES_MAX;
        let essential = || ESSENTIAL.iter().any(|it| it.eq_ignore_ascii_case(field.name));
        if within || (essential() && self.fields.len() < 2 * MAIL_FIELDS_MAX && self.raw(field.name).is_none()) {
            self.fields.push(field);
        } else {
            self.cut = true;
        }
    }

    /// The raw value of the first field with this name.
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The raw values of all fields with this name, in order.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.fields.iter().filter(move |it| it.name.eq_ignore_ascii_case(name)).map(|it| it.value)
    }

    /// The decoded value of the first field with this name that says something.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).map(|it| one_line(it, None)).find(|it| !it.is_empty())
    }
}

/// The line at `at` with its line end; none at the end.
fn line_at(raw: &[u8], at: usize) -> Option<&[u8]> {
    let rest = raw.get(at..).filter(|it| !it.is_empty())?;
    // A lone CR ends lines only in mails that never saw a network.
    let end = rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
    Some(&rest[..end])
}

/// Lines after one gone astray in which fields are looked for.
const ASTRAY_LINES_MAX: usize = 30;

/// Whether the head goes on behind a line that is no field: well-known fields stand before the next empty line.
fn fields_follow(raw: &[u8], mut at: usize) -> bool {
    for _ in 0..ASTRAY_LINES_MAX {
        let Some(line) = line_at(raw, at).filter(|it| !it.trim_ascii().is_empty()) else { return false };
        let known = |name: &str| {
            let name = name.to_ascii_lowercase();
            ESSENTIAL.contains(&name.as_str())
                || name.starts_with("x-")
                || matches!(name.as_str(), "received" | "mime-version" | "dkim-signature")
        };
        if field_name(line).is_some_and(known) {
            return true;
        }
        at += line.len();
    }
    false
}

/// The name, if the line is the beginning of a field (RFC 5322, 2.2).
fn field_name(line: &[u8]) -> Option<&str> {
    let colon = line.iter().take(200).position(|it| *it == b':')?;
    let name = line[..colon].trim_ascii_end();
    let valid = !name.is_empty() && name.iter().all(|it| (33..=126).contains(it));
    if valid { std::str::from_utf8(name).ok() } else { None }
}

fn trim_line_end(value: &[u8]) -> &[u8] {
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    value.strip_suffix(b"\r").unwrap_or(value)
}

/// The value without folding: line ends go, the blanks after them stay (RFC 5322, 2.2.3). Bounded.
pub fn unfold(value: &[u8]) -> Vec<u8> {
    let value = &value[..value.len().min(MAIL_FIELD_BYTES_MAX)];
    value.iter().copied().filter(|it| !matches!(it, b'\r' | b'\n' | 0)).collect()
}

/// Decoded text on one line.
pub fn one_line(value: &[u8], hint: Option<&str>) -> String {
    let text = decode(&unfold(value), hint);
    let calm: String = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    calm.trim().to_owned()
}

/// An encoded word, taken apart.
struct Word<'a> {
    charset: &'a [u8],
    base64: bool,
    data: &'a [u8],
    /// How many bytes it takes.
    length: usize,
}

/// Resolves encoded words wherever they stand. What stands outside them is UTF-8, or what `hint` or the bytes tell.
pub fn decode(value: &[u8], hint: Option<&str>) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    // Neighbours with one charset are decoded as one: characters are often split between them.
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut plain_from = 0;
    let mut at = 0;
    let mut words_may_follow = true;
    while at < rest.len() {
        let found = if words_may_follow { rest[at..].windows(2).position(|it| it == b"=?") } else { None };
        let Some(start) = found.map(|it| at + it) else { break };
        let Some(word) = word(&rest[start..]) else {
            // Without an end mark ahead, no later word has one either.
            words_may_follow = rest[start + 2..].windows(2).any(|it| it == b"?=");
            at = start + 2;
            continue;
        };
        let between = &rest[plain_from..start];
        if pending.is_none() || !between.trim_ascii().is_empty() {
            flush(&mut pending, &mut out);
            out.push_str(&charset::undeclared(between, hint).text);
        }
        let charset = String::from_utf8_lossy(word.charset).split('*').next().unwrap_or("").to_ascii_lowercase();
        if pending.as_ref().is_some_and(|(name, _)| *name != charset) {
            flush(&mut pending, &mut out);
        }
        let bytes = if word.base64 { transfer::base64(word.data) } else { q_decode(word.data) };
        pending.get_or_insert_with(|| (charset, Vec::new())).1.extend_from_slice(&bytes);
        rest = &rest[start + word.length..];
        (at, plain_from) = (0, 0);
    }
    flush(&mut pending, &mut out);
    out.push_str(&charset::undeclared(&rest[plain_from..], hint).text);
    out
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(&charset)).text);
    }
}

/// The longest name of a charset, in bytes.
const CHARSET_BYTES_MAX: usize = 40;

/// The encoded word at the start, if there is one. Blanks in it, and a missing end mark at the end of the value, are forgiven.
fn word(bytes: &[u8]) -> Option<Word<'_>> {
    let inner = bytes.strip_prefix(b"=?")?;
    let charset_end = inner.iter().take(CHARSET_BYTES_MAX).position(|it| *it == b'?')?;
    let charset = inner[..charset_end].trim_ascii();
    if !charset.iter().all(|it| it.is_ascii_graphic()) {
        return None;
    }
    let rest = &inner[charset_end + 1..];
    let base64 = match rest.first()?.to_ascii_uppercase() {
        b'B' => true,
        b'Q' => false,
        _ => return None,
    };
    let data = rest.get(1..)?.strip_prefix(b"?")?;
    let end = data_end(data, base64)?;
    let length = (bytes.len() - data.len() + end.1).min(bytes.len());
    Some(Word { charset, base64, data: &data[..end.0], length })
}

/// Where the data ends, and where the word does.
fn data_end(data: &[u8], base64: bool) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(found) = data[from..].windows(2).position(|it| it == b"?=") {
        let end = from + found;
        // A raw question mark before an escape: `what?=20now?=`.
        let escape = !base64 && transfer::hex_pair(&data[end + 2..]).is_some();
        let ends_later = escape && data[end + 2..].windows(2).take_while(|it| !it[0].is_ascii_whitespace()).any(|it| it == b"?=");
        if !ends_later {
            return Some((end, end + 2));
        }
        from = end + 1;
    }
    let is_tail = !data.is_empty() && !data.contains(&b' ') && !data.windows(2).any(|it| it == b"=?");
    is_tail.then(|| (data.len() - usize::from(data.ends_with(b"?")), data.len()))
}

fn q_decode(data: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = data.iter().map(|it| if *it == b'_' { b' ' } else { *it }).collect();
    let mut out = Vec::with_capacity(spaced.len());
    let mut at = 0;
    while at < spaced.len() {
        match (spaced[at], transfer::hex_pair(&spaced[at + 1..])) {
            (b'=', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
