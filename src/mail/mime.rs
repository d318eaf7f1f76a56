//! A raw mail becomes a message of the desk. Total: any bytes give a message, and what was not understood is said in
//! `flaws`. It keeps nothing of the raw mail and decides nothing about it.
//! Invariant: every part that is not a container ends up in the text, in the HTML or among the attachments.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::DateTime;

use super::{
    address, authentication, automatic,
    header::{self, Head},
    parts::{self, Limits, Part},
};
use crate::{
    desk::mail::message::{Mailbox, ParsedMessage, ReturnPath},
    limits::{MAIL_BYTES_MAX, MAIL_FIELDS_KEPT_MAX, MAIL_REFERENCES_MAX},
    text::html::{Reader, Token},
    time::Instant,
};

mod body;
mod embedded;
mod files;
mod wrapped;

/// Takes a raw mail apart. Never fails; at most [`MAIL_BYTES_MAX`] are read.
pub fn parse(raw: &[u8]) -> ParsedMessage {
    let read = &raw[..raw.len().min(MAIL_BYTES_MAX)];
    // A mail of a system that ends lines with CR alone.
    let with_lf: Vec<u8>;
    let read = if !read.contains(&b'\n') && read.contains(&b'\r') {
        with_lf = read.iter().map(|it| if *it == b'\r' { b'\n' } else { *it }).collect();
        with_lf.as_slice()
    } else {
        read
    };
    let mut message = catch_unwind(AssertUnwindSafe(|| understand(read))).unwrap_or_else(|_| salvage(read));
    if read.len() < raw.len() {
        message.flaws.push(format!("The mail is larger than {MAIL_BYTES_MAX} bytes; the rest is in the raw file only."));
    }
    message
}

fn understand(raw: &[u8]) -> ParsedMessage {
    let (root, mut message) = whole(raw, 0);
    let (automatic, fields) = automatic::recognise(&root, &message);
    message.automatic = automatic;
    message.automatic_headers = fields;
    message
}

/// A mail inside another, so many deep.
fn nested(raw: &[u8], depth: usize) -> ParsedMessage {
    whole(raw, depth).1
}

fn whole(raw: &[u8], depth: usize) -> (Part<'_>, ParsedMessage) {
    let (root, limits) = parts::read(raw);
    let hint = charset_hint(&root);
    let mut message = headers(&root.head, hint.as_deref());
    message.digest = digest(&root.head, root.body);
    note_limits(&root, limits, &mut message.flaws);
    body::assemble(&root, hint.as_deref(), depth, &mut message);
    mark_inline(&mut message);
    message.authentication = authentication::results(&root.head);
    message.enclosed_from = enclosed_from(&message);
    (root, message)
}

/// The sender of the first mail that is enclosed whole.
fn enclosed_from(message: &ParsedMessage) -> Option<Mailbox> {
    let enclosed = message.attachments.iter().find(|it| matches!(it.content_type.as_str(), "message/rfc822" | "message/global"))?;
    address::read(Head::read(&enclosed.bytes).raw("from")?, None).into_iter().next()
}

/// The last line of defence: the few fields that can be read without any structure, and the body as it stands.
fn salvage(raw: &[u8]) -> ParsedMessage {
    let field = |name: &str| {
        raw.split(|it| *it == b'\n')
            .take(1000)
            .find(|it| it.len() > name.len() && it[name.len()] == b':' && it[..name.len()].eq_ignore_ascii_case(name.as_bytes()))
            .map(|it| String::from_utf8_lossy(&it[name.len() + 1..]).trim().to_owned())
    };
    let end = raw.windows(2).position(|it| it == b"\n\n").or_else(|| raw.windows(4).position(|it| it == b"\r\n\r\n")).unwrap_or(0);
    ParsedMessage {
        from: field("from").map(|it| Mailbox { name: String::new(), address: it }),
        subject: field("subject").unwrap_or_default(),
        message_id: field("message-id").map(|it| it.trim_matches(['<', '>']).to_owned()),
        text: String::from_utf8_lossy(&raw[end..]).replace('\0', "").trim().to_owned(),
        digest: *blake3::hash(raw).as_bytes(),
        flaws: vec!["The mail could not be taken apart; it is shown as it came.".to_owned()],
        ..ParsedMessage::default()
    }
}

/// The charset that the mail uses for its text: what stands raw in its fields is likely the same.
fn charset_hint(part: &Part<'_>) -> Option<String> {
    part.content.parameter("charset").map(str::to_owned).or_else(|| part.children.iter().find_map(charset_hint))
}

fn headers(head: &Head<'_>, hint: Option<&str>) -> ParsedMessage {
    let boxes =
        |name: &str| head.all(name).flat_map(|it| address::read(it, hint)).take(crate::limits::MAIL_ADDRESSES_MAX).collect::<Vec<_>>();
    let ids = |name: &str| head.all(name).flat_map(message_ids).collect::<Vec<_>>();
    let mut message = ParsedMessage {
        message_id: ids("message-id").into_iter().next(),
        in_reply_to: ids("in-reply-to").into_iter().next(),
        references: bounded(ids("references")),
        from: boxes("from").into_iter().next(),
        sender: boxes("sender").into_iter().next(),
        reply_to: boxes("reply-to"),
        to: boxes("to"),
        cc: boxes("cc"),
        return_path: head.raw("return-path").map_or(ReturnPath::Unknown, return_path),
        date: head.text("date").and_then(|it| date(&it)),
        subject: head.all("subject").map(|it| header::one_line(it, hint)).find(|it| !it.is_empty()).unwrap_or_default(),
        ..ParsedMessage::default()
    };
    let delivered: BTreeSet<String> =
        ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to"].into_iter().flat_map(boxes).map(|it| it.address).collect();
    message.delivered_to = delivered.into_iter().collect();
    message.headers =
        head.fields.iter().take(MAIL_FIELDS_KEPT_MAX).map(|it| (it.name.to_owned(), header::one_line(it.value, hint))).collect();
    if message.from.is_none() {
        message.flaws.push("The mail names no sender.".to_owned());
    }
    if message.date.is_none() && head.raw("date").is_some() {
        message.flaws.push("The date could not be read.".to_owned());
    }
    message
}

/// Ids in angle brackets; without any, the words that look like ids.
fn message_ids(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(&header::unfold(raw)).into_owned();
    let bracketed: Vec<String> = text
        .split('<')
        .skip(1)
        .filter_map(|it| it.split_once('>'))
        .map(|(id, _)| id.split_whitespace().collect::<String>())
        .filter(|it| !it.is_empty())
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    text.split(|c: char| c.is_whitespace() || c == ',')
        .map(|it| it.trim_matches(['<', '>']))
        .filter(|it| it.contains('@'))
        .map(str::to_owned)
        .collect()
}

/// Each id once; of too many, the first and the newest.
fn bounded(ids: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<String> = ids.into_iter().filter(|it| seen.insert(it.clone())).collect();
    if kept.len() > MAIL_REFERENCES_MAX {
        kept.drain(1..kept.len() - (MAIL_REFERENCES_MAX - 1));
    }
    kept
}

fn return_path(raw: &[u8]) -> ReturnPath {
    match address::read(raw, None).into_iter().next() {
        Some(it) if !it.address.is_empty() => ReturnPath::Address(it.address),
        _ => ReturnPath::Null,
    }
}

/// The instant of an RFC 5322 date. Longer runs of digits than a year are no date.
fn date(value: &str) -> Option<Instant> {
    let calm = value.len() <= 100 && value.split(|c: char| !c.is_ascii_digit()).all(|it| it.len() <= 4);
    let read = calm.then(|| DateTime::parse_rfc822(value)).flatten().filter(|it| it.is_valid() && it.month > 0 && it.day > 0)?;
    Some(Instant::from_millis(read.to_timestamp().checked_mul(1000)?))
}

/// The sender's own fields: what every delivery of one mail has in common.
const OWN_FIELDS: [&str; 8] = ["From", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "References"];

/// The digest of BEY-01. Line ends are hashed as LF and those at the very end not at all, since transports change them.
fn digest(head: &Head<'_>, body: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for name in OWN_FIELDS {
        for value in head.all(name) {
            hash_with_lf(&mut hasher, name.as_bytes());
            hasher.update(b":");
            hash_with_lf(&mut hasher, value.trim_ascii());
            // No value contains a NUL after LF that a field could not: it ends the field.
            hasher.update(b"\n\0");
        }
    }
    hasher.update(b"\0");
    hash_with_lf(&mut hasher, body.trim_ascii_end());
    *hasher.finalize().as_bytes()
}

fn hash_with_lf(hasher: &mut blake3::Hasher, bytes: &[u8]) {
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(text) => {
                hasher.update(text);
                hasher.update(b"\n");
            }
            None => {
                hasher.update(line);
            }
        }
    }
}

fn note_limits(root: &Part<'_>, limits: Limits, flaws: &mut Vec<String>) {
    let table = [
        (root.head.cut, "The head of the mail is too long; some of its fields are in the raw file only."),
        (root.head.malformed, "Some lines of the head are no fields."),
        (limits.too_deep, "The parts of the mail are nested too deeply; the inner ones are attached as one."),
        (limits.too_many, "The mail has too many parts; the last ones are in the raw file only."),
        (limits.unsplit, "A part of the mail announces further parts, but has none."),
        (limits.unknown_transfer, "A part of the mail uses a transfer encoding that does not exist; it is kept as it came."),
    ];
    flaws.extend(table.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()));
}

/// What the HTML refers to is shown in it.
fn mark_inline(message: &mut ParsedMessage) {
    let Some(html) = &message.html else { return };
    let shown: BTreeSet<String> = Reader::new(html)
        .filter_map(|it| match it {
            Token::Open(tag) if tag.name == "img" => tag.attribute("data-cid"),
            _ => None,
        })
        .collect();
    for attachment in &mut message.attachments {
        attachment.inline |= attachment.content_id.as_ref().is_some_and(|it| shown.contains(it));
    }
}

#[cfg(test)]
mod tests;
