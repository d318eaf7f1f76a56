//! The tree of MIME parts (RFC 2046), as slices of the raw mail. Outer boundaries are honoured before inner ones, so
//! that an inner part that never ends cannot swallow what follows it. It decodes nothing.
//! Invariant: at most `MAIL_DEPTH_MAX` passes over the mail, at most `MAIL_PARTS_MAX` parts.

use super::{header::Head, parameter::Structured, transfer::Transfer};
use crate::limits::{MAIL_DEPTH_MAX, MAIL_PARTS_MAX};

/// A part of a mail.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    pub head: Head<'a>,
    /// Of `Content-Type`; `text/plain` if there is none.
    pub content: Structured,
    /// Of `Content-Disposition`; empty if there is none.
    pub disposition: Structured,
    pub transfer: Transfer,
    /// After the head, transfer encoding not removed.
    pub body: &'a [u8],
    /// Empty for everything but a multipart that could be split.
    pub children: Vec<Part<'a>>,
}

/// What reading the tree ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    pub parts: usize,
    pub too_deep: bool,
    pub too_many: bool,
    /// A multipart without its boundary.
    pub unsplit: bool,
    pub unknown_transfer: bool,
}

/// Reads the tree of a whole mail.
pub fn read(raw: &[u8]) -> (Part<'_>, Limits) {
    let mut limits = Limits { parts: 1, ..Limits::default() };
    let part = read_part(raw, 0, "text/plain", &mut limits);
    (part, limits)
}

fn read_part<'a>(raw: &'a [u8], depth: usize, default_type: &str, limits: &mut Limits) -> Part<'a> {
    let head = if depth == 0 { Head::read(raw) } else { Head::of_part(raw) };
    let body = &raw[head.body..];
    let mut content = head.raw("content-type").map(Structured::read).unwrap_or_default();
    if content.value.is_empty() {
        content.value = default_type.to_owned();
    }
    let disposition = head.raw("content-disposition").map(Structured::read).unwrap_or_default();
    let encoding = head.text("content-transfer-encoding").unwrap_or_default();
    let (transfer, known) = Transfer::named(&encoding);
    limits.unknown_transfer |= !known;
    let mut part = Part { head, content, disposition, transfer, body, children: Vec::new() };
    if part.content.value.starts_with("multipart") {
        part.children = children(&part, depth, limits);
    }
    part
}

fn children<'a>(part: &Part<'a>, depth: usize, limits: &mut Limits) -> Vec<Part<'a>> {
    if depth + 1 >= MAIL_DEPTH_MAX {
        limits.too_deep = true;
        return Vec::new();
    }
    let slices = split_multipart(part.body, part.content.parameter("boundary"));
    limits.unsplit |= slices.is_empty();
    let default_type = if part.content.value == "multipart/digest" { "message/rfc822" } else { "text/plain" };
    let mut parts = Vec::new();
    for slice in slices {
        if limits.parts >= MAIL_PARTS_MAX {
            limits.too_many = true;
            break;
        }
        limits.parts += 1;
        parts.push(read_part(slice, depth + 1, default_type, limits));
    }
    parts
}

/// The parts between the delimiters, by the declared boundary, else by one that begins like it, else by one that looks like one.
fn split_multipart<'a>(body: &'a [u8], boundary: Option<&str>) -> Vec<&'a [u8]> {
    if let Some(boundary) = boundary.map(str::trim_end).filter(|it| !it.is_empty()) {
        let exact = split(body, boundary.as_bytes(), true);
        if !exact.is_empty() {
            return exact;
        }
        let loose = split(body, boundary.as_bytes(), false);
        if !loose.is_empty() {
            return loose;
        }
    }
    guess_boundary(body).map(|it| split(body, it, true)).unwrap_or_default()
}

/// What a line says about the parts around it.
#[derive(PartialEq, Eq)]
enum Delimiter {
    None,
    Next,
    Close,
}

fn delimiter(line: &[u8], boundary: &[u8], exact: bool) -> Delimiter {
    let Some(rest) = line.strip_prefix(b"--").and_then(|it| it.strip_prefix(boundary)) else { return Delimiter::None };
    match rest.trim_ascii() {
        b"" => Delimiter::Next,
        b"--" => Delimiter::Close,
        _ if exact => Delimiter::None,
        it if it.starts_with(b"--") => Delimiter::Close,
        _ => Delimiter::Next,
    }
}

fn split<'a>(body: &'a [u8], boundary: &[u8], exact: bool) -> Vec<&'a [u8]> {
    let mut slices = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    for line in body.split_inclusive(|it| *it == b'\n') {
        let kind = if line.starts_with(b"--") { delimiter(line, boundary, exact) } else { Delimiter::None };
        if kind != Delimiter::None {
            if let Some(from) = open.take() {
                slices.push(without_line_end(&body[from..at.max(from)]));
            }
            // After the last delimiter comes the epilogue; should parts follow all the same, they are read.
            open = (kind == Delimiter::Next).then_some(at + line.len());
            if slices.len() > MAIL_PARTS_MAX {
                return slices;
            }
        }
        at += line.len();
    }
    // Cut off on the way: what is there is a part.
    if let Some(from) = open.filter(|from| !body[*from..].trim_ascii().is_empty()) {
        slices.push(&body[from..]);
    }
    slices
}

/// The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1).
fn without_line_end(slice: &[u8]) -> &[u8] {
    let slice = slice.strip_suffix(b"\n").unwrap_or(slice);
    slice.strip_suffix(b"\r").unwrap_or(slice)
}

/// A line of two dashes and a word, followed by a field of a part.
fn guess_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut lines = body.split(|it| *it == b'\n').peekable();
    while let Some(line) = lines.next() {
        let word = line.trim_ascii_end().strip_prefix(b"--").filter(|it| !it.is_empty() && it.len() <= 100 && !it.contains(&b' '));
        let field = lines.peek().is_some_and(|it| it.get(..8).is_some_and(|it| it.eq_ignore_ascii_case(b"content-")));
        if let Some(word) = word.filter(|_| field) {
            return Some(word);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    /// The tree as text: types with their bodies, children in brackets.
    fn shape(part: &Part<'_>) -> String {
        if part.children.is_empty() {
            return format!("{}={}", part.content.value, String::from_utf8_lossy(part.body).trim());
        }
        format!("{}[{}]", part.content.value, part.children.iter().map(shape).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn trees_are_read_however_broken() {
        let table = [
            ("Subject: a\n\nbody", "text/plain=body"),
            (
                "Content-Type: multipart/mixed; boundary=x\n\npre\n--x\n\na\n--x\nContent-Type: text/html\n\nb\n--x--\nepilogue",
                "multipart/mixed[text/plain=a text/html=b]",
            ),
            ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\ncut off", "multipart/mixed[text/plain=a text/plain=cut off]"),
            ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--xy\nb\n--x--", "multipart/mixed[text/plain=a\n--xy\nb]"),
            (
                "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\na\n--x\n\nb\n--x--",
                "multipart/mixed[multipart/alternative[text/plain=a] text/plain=b]",
            ),
            ("Content-Type: multipart/mixed\n\n--q\nContent-Type: text/html\n\na\n--q--", "multipart/mixed[text/html=a]"),
            ("Content-Type: multipart/mixed; boundary=zz\n\nno parts", "multipart/mixed=no parts"),
            (
                "Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: i\n\nj\n--x--",
                "multipart/digest[message/rfc822=Subject: i\n\nj]",
            ),
            ("Content-Type: multipart/mixed; boundary=x\n\n--x--\n--x\n\nlate\n--x--", "multipart/mixed[text/plain=late]"),
        ];
        for (raw, expected) in table {
            assert_eq!(shape(&read(raw.as_bytes()).0), expected, "{raw}");
            assert_eq!(shape(&read(raw.replace('\n', "\r\n").as_bytes()).0).replace("\r\n", "\n"), expected, "CRLF {raw}");
        }
    }

    #[test]
    fn bombs_are_bounded() {
        let nested: String = (0..20_000).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")).collect();
        let wide = format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\na\n".repeat(500_000));
        let never = format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--y\n".repeat(500_000));
        for (raw, check) in [(nested, true), (wide, true), (never, false)] {
            let started = Instant::now();
            let (_, limits) = read(raw.as_bytes());
            assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
            assert!(limits.parts <= MAIL_PARTS_MAX);
            assert_eq!(limits.too_deep || limits.too_many, check);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_tree(pieces in prop::collection::vec(prop::sample::select(vec![
            "Content-Type: multipart/mixed; boundary=x\n", "Content-Type: multipart/mixed; boundary=\"y\"\n", "\n", "--x\n", "--y\n", "--x--\n", "text\n", "a: b\n", "--", "\r",
        ]), 0..40)) {
            let raw = pieces.concat();
            let (root, limits) = read(raw.as_bytes());
            prop_assert!(limits.parts <= MAIL_PARTS_MAX);
            prop_assert!(root.body.len() <= raw.len());
        }
    }
}
