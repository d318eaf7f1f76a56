//! Transfer encodings: base64, quoted-printable (RFC 2045, 6), uuencode. Tolerant: what does not decode is passed over
//! or kept as it stands. Invariant: never fails, never grows the input, one pass.

use std::borrow::Cow;

/// How the bytes of a part travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    Plain,
    Base64,
    QuotedPrintable,
    Uuencode,
}

impl Transfer {
    /// From the value of `Content-Transfer-Encoding`. False beside it: the name is unknown, the bytes are taken plainly.
    pub fn named(value: &str) -> (Transfer, bool) {
        let name = value.split([';', '(']).next().unwrap_or("").to_ascii_lowercase();
        let name: String = name.chars().filter(|c| !c.is_whitespace() && !"\"'".contains(*c)).collect();
        match name.as_str() {
            "base64" | "base-64" | "b64" | "b" => (Transfer::Base64, true),
            "quoted-printable" | "quotedprintable" | "qp" | "q" => (Transfer::QuotedPrintable, true),
            "x-uuencode" | "uuencode" | "x-uue" | "uue" => (Transfer::Uuencode, true),
            "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "8bits" | "7bits" | "plain" => (Transfer::Plain, true),
            _ => (Transfer::Plain, false),
        }
    }

    pub fn decode(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Transfer::Plain => Cow::Borrowed(bytes),
            Transfer::Base64 => Cow::Owned(base64(bytes)),
            Transfer::QuotedPrintable => Cow::Owned(quoted_printable(bytes)),
            Transfer::Uuencode => Cow::Owned(uuencode(bytes)),
        }
    }
}

/// Base64, plain or URL-safe. Other characters are passed over; padding ends a group, so that joined pieces decode.
pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut group, mut count) = (0u32, 0);
    let flush = |out: &mut Vec<u8>, group: u32, count: usize| {
        // Two characters carry one byte, three carry two; a lone one carries none.
        let whole = (group << (6 * (4 - count))).to_be_bytes();
        out.extend_from_slice(&whole[1..1 + count.saturating_sub(1)]);
    };
    for &byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush(&mut out, group, count);
                (group, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        group = group << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            flush(&mut out, group, count);
            (group, count) = (0, 0);
        }
    }
    flush(&mut out, group, count);
    out
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

/// The byte that two hexadecimal digits at the start stand for.
pub fn hex_pair(bytes: &[u8]) -> Option<u8> {
    Some(hex(*bytes.first()?)? << 4 | hex(*bytes.get(1)?)?)
}

/// Quoted-printable. An escape that is none stays as it is written.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        let end = line.len() - line.iter().rev().take_while(|it| it.is_ascii_whitespace()).count();
        let (mut text, line_end) = line.split_at(end);
        // Transport may have added blanks before the line end; those before a soft break are dropped with it.
        let soft = text.last() == Some(&b'=');
        if soft {
            text = &text[..text.len() - 1];
        }
        let mut at = 0;
        while at < text.len() {
            match (text[at], hex_pair(&text[at + 1..])) {
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
        if !soft {
            out.extend(line_end.iter().filter(|it| matches!(it, b'\r' | b'\n')));
        }
    }
    out
}

/// The first file in uuencoded lines; lines outside `begin` and `end` are passed over.
pub fn uuencode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let mut inside = false;
    for line in bytes.split(|it| *it == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"begin ") {
            inside = true;
        } else if inside && line == b"end" {
            break;
        } else if inside && !line.is_empty() {
            let length = usize::from(line[0].wrapping_sub(b' ') & 63);
            let start = out.len();
            for four in line[1..].chunks(4) {
                let value = (0..4).fold(0u32, |sum, at| sum << 6 | u32::from(four.get(at).map_or(0, |it| it.wrapping_sub(b' ') & 63)));
                out.extend_from_slice(&value.to_be_bytes()[1..]);
            }
            out.truncate(out.len().min(start + length));
        }
    }
    if inside { out } else { bytes.to_vec() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn encodings_decode() {
        let table: [(Transfer, &[u8], &[u8]); 12] = [
            (Transfer::Base64, b"SGVsbG8=", b"Hello"),
            (Transfer::Base64, b"SGVs\r\nbG8", b"Hello"),
            (Transfer::Base64, b"SGV*sb G8=", b"Hello"),
            (Transfer::Base64, b"SGU=bGxv", b"Hello"),
            (Transfer::Base64, b"SGVsbG8x!A", b"Hello1"),
            (Transfer::QuotedPrintable, b"a=C3=A4b", "aäb".as_bytes()),
            (Transfer::QuotedPrintable, b"a=\r\nb=  \nc", b"abc"),
            (Transfer::QuotedPrintable, b"a=zz =3", b"a=zz =3"),
            (Transfer::QuotedPrintable, b"line  \r\nnext", b"line\r\nnext"),
            (Transfer::Uuencode, b"begin 644 a\n%2&5L;&\\\n`\nend\n", b"Hello"),
            (Transfer::Uuencode, b"no file", b"no file"),
            (Transfer::Plain, b"as is=20", b"as is=20"),
        ];
        for (transfer, bytes, expected) in table {
            assert_eq!(transfer.decode(bytes).as_ref(), expected, "{transfer:?} {}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn names_are_taken_loosely() {
        let table = [
            ("BASE64", Transfer::Base64, true),
            ("\"quoted-printable\";", Transfer::QuotedPrintable, true),
            ("quoted-printable (soft)", Transfer::QuotedPrintable, true),
            ("8bits", Transfer::Plain, true),
            ("spam", Transfer::Plain, false),
        ];
        for (value, transfer, known) in table {
            assert_eq!(Transfer::named(value), (transfer, known), "{value}");
        }
    }

    proptest! {
        #[test]
        fn nothing_grows(bytes in any::<Vec<u8>>()) {
            for transfer in [Transfer::Base64, Transfer::QuotedPrintable, Transfer::Uuencode] {
                prop_assert!(transfer.decode(&bytes).len() <= bytes.len() + 3);
            }
        }
    }
}
