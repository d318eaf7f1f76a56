//! Parts that are files: how they are called, and those that old programs wrote into the text itself, uuencoded or in yEnc. What is
//! not whole stays text. Invariant: linear, and nothing is taken out that is not kept as a file.

use crate::{
    desk::mail::message::ParsedAttachment,
    mail::{header::Head, parts::Part, transfer},
};

/// The name of a part as a file, as its sender wrote it.
pub fn filename(part: &Part<'_>) -> Option<String> {
    let stated = [part.disposition.parameter("filename"), part.content.parameter("name"), part.disposition.parameter("name")];
    let stated: Vec<&str> = stated.into_iter().flatten().filter(|it| !it.trim().is_empty()).collect();
    // A question mark is where a program lost a character that it could not write; another form may have kept it.
    let whole = stated.iter().find(|it| !it.contains(['?', char::REPLACEMENT_CHARACTER]));
    let stated = whole.or(stated.first()).map(|it| (*it).to_owned());
    // The last word of `Content-Location`, which some programs use instead.
    let location = || {
        let location = part.head.text("content-location")?;
        let is_text = part.content.value.starts_with("text/");
        let name = location.rsplit(['/', '\\']).next().unwrap_or("").to_owned();
        (!is_text && name.contains('.') && !name.contains(['?', '#'])).then_some(name)
    };
    stated.or_else(location)
}

/// A name for what has none, where its content tells one.
pub fn default_name(content_type: &str, bytes: &[u8]) -> Option<String> {
    match content_type {
        "message/rfc822" | "message/global" => {
            let subject = Head::read(bytes).text("subject").unwrap_or_else(|| "message".to_owned());
            Some(format!("{}.eml", subject.chars().take(100).collect::<String>()))
        }
        "text/calendar" => Some("invitation.ics".to_owned()),
        "application/ms-tnef" | "application/vnd.ms-tnef" => Some("winmail.dat".to_owned()),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => Some("smime.p7m".to_owned()),
        _ => None,
    }
}

/// Files that old programs wrote into the text between `begin` and `end`. Only whole ones are taken out.
pub fn without_uuencoded(text: String) -> (String, Vec<ParsedAttachment>) {
    if !text.contains("\nend") || !(text.starts_with("begin ") || text.contains("\nbegin ")) {
        return (text, Vec::new());
    }
    let mut files = Vec::new();
    let mut kept = String::with_capacity(text.len());
    // The file being read: where it began in the text, and its name.
    let mut open: Option<(usize, String)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_end();
        match &open {
            None => match begin(trimmed) {
                Some(name) => open = Some((at, name)),
                None => kept.push_str(line),
            },
            Some((from, name)) if trimmed == "end" => {
                let bytes = transfer::uuencode(&text.as_bytes()[*from..at + line.len()]);
                let (filename, content_type) = (Some(name.clone()), "application/octet-stream".to_owned());
                files.push(ParsedAttachment { filename, content_type, content_id: None, inline: false, bytes });
                open = None;
            }
            // A line that cannot be data: it was prose after all.
            Some((from, _)) if !is_uu_line(trimmed) => {
                kept.push_str(&text[*from..at + line.len()]);
                open = None;
            }
            Some(_) => {}
        }
        at += line.len();
    }
    if let Some((from, _)) = open {
        kept.push_str(&text[from..]);
    }
    (kept, files)
}

fn begin(line: &str) -> Option<String> {
    let (mode, name) = line.strip_prefix("begin ")?.split_once(' ')?;
    let is_mode = (3..=4).contains(&mode.len()) && mode.bytes().all(|it| (b'0'..=b'7').contains(&it));
    (is_mode && !name.trim().is_empty()).then(|| name.trim().to_owned())
}

fn is_uu_line(line: &str) -> bool {
    line.len() <= 62 && line.bytes().all(|it| (b' '..=b'`').contains(&it))
}

/// Files in yEnc between `=ybegin` and `=yend`, taken out of the bytes of a text: their bytes are no characters.
pub fn without_yenc(bytes: &[u8]) -> Option<(Vec<u8>, Vec<ParsedAttachment>)> {
    if !bytes.windows(8).any(|it| it == b"=ybegin ") || !bytes.windows(6).any(|it| it == b"=yend ") {
        return None;
    }
    let (mut kept, mut files) = (Vec::with_capacity(bytes.len()), Vec::new());
    // Where the file that is read began, its name, and its bytes so far.
    let mut open: Option<(usize, String, Vec<u8>)> = None;
    let mut at = 0;
    for line in bytes.split_inclusive(|it| *it == b'\n') {
        let end = at + line.len();
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        match &mut open {
            None if bare.starts_with(b"=ybegin ") => {
                let told = String::from_utf8_lossy(bare).into_owned();
                let name = told.split_once(" name=").map_or("", |(_, it)| it).trim().to_owned();
                open = Some((at, name, Vec::new()));
            }
            None => kept.extend_from_slice(line),
            Some(_) if bare.starts_with(b"=ypart ") => {}
            Some((_, name, bytes)) if bare.starts_with(b"=yend") => {
                let filename = Some(std::mem::take(name)).filter(|it| !it.is_empty());
                files.push(ParsedAttachment {
                    filename,
                    content_type: "application/octet-stream".to_owned(),
                    bytes: std::mem::take(bytes),
                    ..ParsedAttachment::default()
                });
                open = None;
            }
            Some((_, _, bytes)) => yenc_line(bare, bytes),
        }
        at = end;
    }
    if let Some((from, _, _)) = open {
        kept.extend_from_slice(&bytes[from..]);
    }
    (!files.is_empty()).then_some((kept, files))
}

fn yenc_line(line: &[u8], out: &mut Vec<u8>) {
    // A dot at the beginning is doubled on its way through news servers.
    let line = line.strip_prefix(b".").filter(|it| it.starts_with(b".")).unwrap_or(line);
    let mut escaped = false;
    for &byte in line {
        if byte == b'=' && !escaped {
            escaped = true;
        } else {
            out.push(byte.wrapping_sub(42).wrapping_sub(if escaped { 64 } else { 0 }));
            escaped = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yenc_is_taken_out() {
        let line: Vec<u8> = b"Hello\0".iter().map(|it| it.wrapping_add(42)).collect();
        let text = [b"Hi\r\n=ybegin line=128 size=6 name=a b.txt\r\n", line.as_slice(), b"\r\n=yend size=6\r\nBye"].concat();
        let (kept, files) = without_yenc(&text).unwrap();
        assert_eq!(
            (kept.as_slice(), files[0].filename.as_deref(), files[0].bytes.as_slice()),
            (&b"Hi\r\nBye"[..], Some("a b.txt"), &b"Hello\0"[..])
        );
        assert!(without_yenc(b"we write =ybegin and stop").is_none());
    }
}
