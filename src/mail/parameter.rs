//! Structured values: `Content-Type` and `Content-Disposition` with their parameters, split and encoded as RFC 2231
//! says, and in the ways that mail programs made up instead. It does not decide what the values mean.

use super::{charset, header, transfer};

/// A value and its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Structured {
    /// Before the first semicolon, in lower case, without comments: `text/plain`.
    pub value: String,
    /// Names in lower case, decoded values; the first of each name.
    pub parameters: Vec<(String, String)>,
}

/// Parameters of one value that are looked at.
const PARAMETERS_MAX: usize = 100;

impl Structured {
    /// Reads a raw field value.
    pub fn read(raw: &[u8]) -> Structured {
        let flat = header::unfold(raw);
        let mut pieces = split(&flat).into_iter();
        let first = pieces.next().unwrap_or_default();
        let (value, rest) = first.split_at(value_end(first));
        let value = String::from_utf8_lossy(without_comment(value)).to_ascii_lowercase();
        let value: String = value.chars().filter(|c| !c.is_whitespace() && !"\"'".contains(*c)).collect();
        // A parameter may follow without its semicolon.
        let pairs: Vec<(String, Vec<u8>)> = std::iter::once(rest).chain(pieces.take(PARAMETERS_MAX)).filter_map(pair).collect();
        Structured { value, parameters: decode_pairs(&pairs) }
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Where the value ends: before the blank in front of `name=`, if there is one.
fn value_end(piece: &[u8]) -> usize {
    let Some(equals) = piece.iter().position(|it| *it == b'=') else { return piece.len() };
    let name = piece[..equals].trim_ascii_end().iter().rposition(u8::is_ascii_whitespace);
    name.unwrap_or(piece.len())
}

fn without_comment(piece: &[u8]) -> &[u8] {
    piece.iter().position(|it| *it == b'(').map_or(piece, |at| &piece[..at])
}

/// Splits at semicolons outside quotes. A quote that is never closed is an ordinary character.
fn split(value: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut from, mut at) = (0, 0);
    while at < value.len() {
        match value[at] {
            b'"' => at = closing_quote(value, at).unwrap_or(at),
            b';' => {
                pieces.push(&value[from..at]);
                from = at + 1;
                if pieces.len() > PARAMETERS_MAX {
                    return pieces;
                }
            }
            _ => {}
        }
        at += 1;
    }
    pieces.push(&value[from..]);
    pieces
}

fn closing_quote(value: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    while at < value.len() {
        match value[at] {
            b'\\' => at += 1,
            b'"' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn pair(piece: &[u8]) -> Option<(String, Vec<u8>)> {
    let equals = piece.iter().position(|it| *it == b'=')?;
    let name = String::from_utf8_lossy(piece[..equals].trim_ascii()).to_ascii_lowercase();
    let value = piece[equals + 1..].trim_ascii();
    Some((name, unquote(value))).filter(|(name, _)| !name.is_empty())
}

/// A value without its quotes. A backslash escapes only what needs it: Windows paths come unescaped.
fn unquote(value: &[u8]) -> Vec<u8> {
    let Some(inner) = value.strip_prefix(b"\"") else { return value.to_vec() };
    let inner = &inner[..closing_quote(value, 0).map_or(inner.len(), |it| it - 1)];
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while at < inner.len() {
        if inner[at] == b'\\' && matches!(inner.get(at + 1), Some(b'"' | b'\\')) {
            at += 1;
        }
        out.push(inner[at]);
        at += 1;
    }
    out
}

/// One stretch of a split parameter: `name*2*=...`.
struct Section<'a> {
    base: &'a str,
    number: usize,
    encoded: bool,
    value: &'a [u8],
}

fn section<'a>(name: &'a str, value: &'a [u8]) -> Section<'a> {
    let (rest, encoded) = name.strip_suffix('*').map_or((name, false), |it| (it, true));
    match rest.rsplit_once('*') {
        Some((base, number)) if !base.is_empty() => match number.parse() {
            Ok(number) => Section { base, number, encoded, value },
            Err(_) => Section { base: rest, number: 0, encoded, value },
        },
        _ => Section { base: rest, number: 0, encoded, value },
    }
}

fn decode_pairs(pairs: &[(String, Vec<u8>)]) -> Vec<(String, String)> {
    let sections: Vec<Section<'_>> = pairs.iter().map(|(name, value)| section(name, value)).collect();
    let mut out: Vec<(String, String)> = Vec::new();
    for first in &sections {
        if out.iter().any(|(name, _)| name == first.base) {
            continue;
        }
        let mut parts: Vec<&Section<'_>> = sections.iter().filter(|it| it.base == first.base).collect();
        let is_extended = |it: &&Section<'_>| it.encoded;
        let split = pairs.iter().any(|(name, _)| name.starts_with(&format!("{}*", first.base)) && name.trim_end_matches('*').contains('*'));
        if split {
            // `name*0*` is the beginning; a plain `name` beside it is for programs that know no better.
            parts.retain(|it| {
                it.encoded || pairs.iter().any(|(name, value)| name.contains('*') && std::ptr::eq(value.as_slice(), it.value))
            });
            parts.sort_by_key(|it| it.number);
            parts.dedup_by_key(|it| it.number);
        } else if let Some(extended) = parts.iter().copied().find(is_extended) {
            parts = vec![extended];
        } else {
            parts.truncate(1);
        }
        out.push((first.base.to_owned(), join(&parts)));
    }
    out
}

/// The text of the sections of one parameter, in order.
fn join(parts: &[&Section<'_>]) -> String {
    let mut bytes = Vec::new();
    let mut declared = None;
    for (index, part) in parts.iter().enumerate() {
        if !part.encoded {
            bytes.extend_from_slice(part.value);
            continue;
        }
        let mut value = part.value;
        if index == 0
            && let Some((label, rest)) = label(value)
        {
            declared = Some(String::from_utf8_lossy(label).into_owned());
            value = rest;
        }
        percent_decode(value, &mut bytes);
    }
    let text = match &declared {
        Some(label) => charset::decode(&bytes, Some(label)).text,
        // Forbidden, and everywhere: encoded words in a parameter.
        None => header::decode(&bytes, None),
    };
    // Some programs put encoded words where RFC 2231 is announced.
    let text = if text.contains("=?") { header::decode(text.as_bytes(), None) } else { text };
    text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

/// `charset'language'` before an extended value.
fn label(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = value.iter().position(|it| *it == b'\'')?;
    let second = value[first + 1..].iter().position(|it| *it == b'\'')? + first + 1;
    Some((&value[..first], &value[second + 1..]))
}

fn percent_decode(value: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < value.len() {
        match (value[at], transfer::hex_pair(&value[at + 1..])) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_read_however_written() {
        let table: [(&[u8], &str, &str, Option<&str>); 18] = [
            (b"text/plain; charset=utf-8", "text/plain", "charset", Some("utf-8")),
            (b"Text / HTML ; Charset = \"utf-8\" ", "text/html", "charset", Some("utf-8")),
            (b"text/plain (comment); charset=x", "text/plain", "charset", Some("x")),
            (b"a/b; name=\"a;b \\\"c\\\".txt\"", "a/b", "name", Some("a;b \"c\".txt")),
            (b"a/b; name=\"C:\\dir\\a.txt\"", "a/b", "name", Some("C:\\dir\\a.txt")),
            (b"a/b; name=unquoted name.txt", "a/b", "name", Some("unquoted name.txt")),
            (b"a/b; name=\"never closed.txt", "a/b", "name", Some("never closed.txt")),
            (b"a; filename*=UTF-8''%C3%A4.txt; filename=a.txt", "a", "filename", Some("ä.txt")),
            (b"a; filename*0=\"one \"; filename*1=two.txt", "a", "filename", Some("one two.txt")),
            (b"a; filename*1*=%9Fe; filename*0*=utf-8''Gr%C3%BC%C3", "a", "filename", Some("Grüße")),
            (b"a; filename*0*=iso-8859-1'de'%E4; filename*1=\"%41\"", "a", "filename", Some("ä%41")),
            (b"a; filename=\"=?utf-8?Q?=C3=A4.txt?=\"", "a", "filename", Some("ä.txt")),
            (b"a; filename==?utf-8?B?w6Q=?=.txt", "a", "filename", Some("ä.txt")),
            (b"a; filename=\"\xe4.txt\"", "a", "filename", Some("ä.txt")),
            (b"a; filename*=100%25.txt", "a", "filename", Some("100%.txt")),
            (b"text/plain\n charset=\"x\"; a=1", "text/plain", "charset", Some("x")),
            (b"a; a=1; a=2", "a", "a", Some("1")),
            (b"", "", "a", None),
        ];
        for (raw, value, name, expected) in table {
            let read = Structured::read(raw);
            assert_eq!((read.value.as_str(), read.parameter(name)), (value, expected), "{}", String::from_utf8_lossy(raw));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_value(raw in "[a-z*;=\"'%0-9?\\\\ ]{0,60}") {
            let read = Structured::read(raw.as_bytes());
            prop_assert!(read.parameters.len() <= PARAMETERS_MAX);
        }
    }
}
