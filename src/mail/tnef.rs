//! `winmail.dat`: what Outlook sends to its own kind (MS-OXTNEF), read for its files and for the text that the outer mail may lack.
//! It shows nothing and decides nothing; the file itself is kept beside what is found.
//! Invariant: total, one pass, no more bytes out than in, but for compressed text, which has its own limit.

mod lzfu;
mod mapi;
pub mod rtf;

use super::charset;
use crate::{desk::mail::message::ParsedAttachment, limits::MAIL_PARTS_MAX};
use mapi::{Properties, Value};

/// What stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tnef {
    pub subject: Option<String>,
    pub from_name: Option<String>,
    pub from_address: Option<String>,
    pub text: Option<String>,
    /// As it came: to be cleaned.
    pub html: Option<String>,
    pub attachments: Vec<ParsedAttachment>,
}

const SIGNATURE: u32 = 0x223e_9f78;
/// Messages within messages that are looked into.
const DEPTH_MAX: usize = 3;
/// The object that an embedded message begins with: `IID_IMessage`.
const IID_MESSAGE: [u8; 16] = [0x07, 0x03, 0x02, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// Reads the file; none if it is none.
pub fn read(bytes: &[u8]) -> Option<Tnef> {
    read_at(bytes, 0)
}

/// One attribute: its level, its id and its data.
struct Attribute<'a> {
    id: u16,
    data: &'a [u8],
}

fn attributes(bytes: &[u8]) -> impl Iterator<Item = Attribute<'_>> {
    // The signature, and a key that means nothing.
    let mut rest = bytes.get(6..).unwrap_or_default();
    std::iter::from_fn(move || {
        let id = u16::from_le_bytes(rest.get(1..3)?.try_into().ok()?);
        let length = u32::from_le_bytes(rest.get(5..9)?.try_into().ok()?);
        let body = rest.get(9..)?;
        // Cut off on the way: what is there is taken.
        let length = usize::try_from(length).ok()?.min(body.len());
        let data = &body[..length];
        // A checksum follows, which tells nothing that anybody could act on.
        rest = body.get(length + 2..).unwrap_or_default();
        Some(Attribute { id, data })
    })
}

fn read_at(bytes: &[u8], depth: usize) -> Option<Tnef> {
    if bytes.get(..4).and_then(|it| it.try_into().ok()).map(u32::from_le_bytes) != Some(SIGNATURE) {
        return None;
    }
    let mut found = Tnef::default();
    let mut codepage = "windows-1252".to_owned();
    let mut file: Option<File> = None;
    for it in attributes(bytes) {
        match it.id {
            // attOemCodepage
            0x9007 => codepage = page_of(it.data).unwrap_or(codepage),
            // attSubject, attBody
            0x8004 => found.subject = Some(text(it.data, &codepage)).filter(|it| !it.is_empty()),
            0x800c => found.text = Some(text(it.data, &codepage)).filter(|it| !it.trim().is_empty()),
            // attMAPIProps
            0x9003 => message(&Properties::read(it.data, &codepage), &codepage, &mut found),
            // attAttachRendData begins a file.
            0x9002 => {
                keep(file.take(), &mut found);
                file = Some(File::default());
            }
            // attAttachTitle, attAttachData
            0x8010 => file.get_or_insert_with(File::default).title = Some(text(it.data, &codepage)),
            0x800f => file.get_or_insert_with(File::default).bytes = Some(it.data.to_vec()),
            // attAttachment: its properties.
            0x9005 => file.get_or_insert_with(File::default).describe(&Properties::read(it.data, &codepage), depth, &mut found),
            _ => {}
        }
    }
    keep(file, &mut found);
    Some(found)
}

/// A file while it is read.
#[derive(Default)]
struct File {
    title: Option<String>,
    long_name: Option<String>,
    content_type: Option<String>,
    content_id: Option<String>,
    bytes: Option<Vec<u8>>,
}

impl File {
    fn describe(&mut self, properties: &Properties<'_>, depth: usize, found: &mut Tnef) {
        self.long_name =
            properties.text(0x3707).or_else(|| properties.text(0x3704)).or_else(|| properties.text(0x3001)).or(self.long_name.take());
        self.content_type = properties.text(0x370e).or(self.content_type.take());
        self.content_id = properties.text(0x3712).or(self.content_id.take());
        if let Some(Value::Bytes(data)) = properties.get(0x3701) {
            match data.strip_prefix(&IID_MESSAGE[..]) {
                Some(inner) if depth < DEPTH_MAX => {
                    if let Some(inner) = read_at(inner, depth + 1) {
                        embedded(inner, self.long_name.as_deref(), found);
                        *self = File::default();
                    }
                }
                _ if self.bytes.as_ref().is_none_or(Vec::is_empty) => self.bytes = Some(data.to_vec()),
                _ => {}
            }
        }
    }
}

/// A message inside: its text as a file, and its files beside those of the outer one.
fn embedded(inner: Tnef, name: Option<&str>, found: &mut Tnef) {
    let subject = inner.subject.as_deref().or(name).unwrap_or("message").to_owned();
    let (content_type, ending, bytes) = match (&inner.html, &inner.text) {
        (Some(html), _) => ("text/html", "html", html.clone()),
        (None, text) => ("text/plain", "txt", text.clone().unwrap_or_default()),
    };
    let file = ParsedAttachment {
        filename: Some(format!("{}.{ending}", subject.chars().take(100).collect::<String>())),
        content_type: content_type.to_owned(),
        bytes: bytes.into_bytes(),
        ..ParsedAttachment::default()
    };
    found.attachments.extend(std::iter::once(file).chain(inner.attachments).take(MAIL_PARTS_MAX.saturating_sub(found.attachments.len())));
}

fn keep(file: Option<File>, found: &mut Tnef) {
    let Some(File { title, long_name, content_type, content_id, bytes: Some(bytes) }) = file else { return };
    if found.attachments.len() >= MAIL_PARTS_MAX {
        return;
    }
    let content_id = content_id.map(|it| it.trim_matches(['<', '>', ' ']).to_owned()).filter(|it| !it.is_empty());
    found.attachments.push(ParsedAttachment {
        filename: long_name.or(title).filter(|it| !it.is_empty()),
        content_type: content_type
            .filter(|it| it.contains('/'))
            .map_or_else(|| "application/octet-stream".to_owned(), |it| it.to_ascii_lowercase()),
        inline: false,
        content_id,
        bytes,
    });
}

/// The properties of the message itself.
fn message(properties: &Properties<'_>, codepage: &str, found: &mut Tnef) {
    found.subject = properties.text(0x0037).or(found.subject.take());
    found.from_name = properties.text(0x0c1a).or_else(|| properties.text(0x0042));
    let address = [0x5d01, 0x0c1f, 0x5d02, 0x0065].into_iter().filter_map(|it| properties.text(it)).find(|it| it.contains('@'));
    found.from_address = address.map(|it| it.trim_start_matches("SMTP:").to_owned());
    found.text = properties.text(0x1000).or(found.text.take());
    let page = properties.number(0x3fde).map(|it| format!("cp{it}"));
    found.html = match properties.get(0x1013) {
        Some(Value::Bytes(bytes)) => Some(html(bytes, page.as_deref().unwrap_or(codepage))),
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    if found.html.is_none()
        && let Some(Value::Bytes(packed)) = properties.get(0x1009)
        && let Some(unpacked) = lzfu::unpack(packed)
    {
        let document = rtf::read(&unpacked);
        if document.is_html {
            found.html = Some(document.text);
        } else if found.text.is_none() {
            found.text = Some(document.text);
        }
    }
    found.text = found.text.take().filter(|it| !it.trim().is_empty());
    found.html = found.html.take().filter(|it| !it.trim().is_empty());
}

/// Code page 65001 is UTF-8; 20127 is ASCII.
fn html(bytes: &[u8], page: &str) -> String {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    charset::decode(bytes, Some(page_name(page).as_str())).text
}

fn page_name(page: &str) -> String {
    match page {
        "cp65001" => "utf-8".to_owned(),
        "cp20127" => "us-ascii".to_owned(),
        "cp28591" => "iso-8859-1".to_owned(),
        "cp50220" | "cp50221" | "cp50222" => "iso-2022-jp".to_owned(),
        it => it.to_owned(),
    }
}

fn page_of(data: &[u8]) -> Option<String> {
    let page = u32::from_le_bytes(data.get(..4)?.try_into().ok()?);
    (page > 0).then(|| page_name(&format!("cp{page}")))
}

fn text(data: &[u8], codepage: &str) -> String {
    let data = data.strip_suffix(b"\0").unwrap_or(data);
    charset::decode(data, Some(codepage)).text.replace('\0', "")
}

#[cfg(test)]
mod tests;
