//! Pictures that stand inside the HTML itself, as `data:` addresses: they become files like all others, so that the HTML stays small
//! and a picture is kept once. Invariant: linear; what does not decode stays where it is, and the sanitiser drops it.

use std::collections::BTreeSet;

use crate::{desk::mail::message::ParsedAttachment, limits::MAIL_EMBEDDED_MAX, mail::transfer};

/// An id for a file that has none, by its content.
pub fn content_id(bytes: &[u8]) -> String {
    format!("{}@embedded.invalid", &blake3::hash(bytes).to_hex()[..24])
}

/// The HTML with `cid:` in the place of its pictures, and the pictures.
pub fn take_out(html: String) -> (String, Vec<ParsedAttachment>) {
    if !html.contains("data:image/") {
        return (html, Vec::new());
    }
    let mut out = String::with_capacity(html.len());
    let mut files: Vec<ParsedAttachment> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut ends = Ends::default();
    let mut rest = html.as_str();
    while let Some(at) = rest.find("data:image/") {
        let (before, address) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = ends.of(address, before.chars().next_back()) else {
            out.push_str("data:image/");
            rest = &address["data:image/".len()..];
            continue;
        };
        let picture = picture(&address[..end]).filter(|_| files.len() < MAIL_EMBEDDED_MAX);
        match picture {
            Some(file) => {
                let id = file.content_id.clone().unwrap_or_default();
                out.push_str("cid:");
                out.push_str(&id);
                if seen.insert(id) {
                    files.push(ParsedAttachment {
                        filename: Some(format!("picture-{}.{}", files.len() + 1, ending(&file.content_type))),
                        ..file
                    });
                }
            }
            None => out.push_str(&address[..end.min("data:image/".len())]),
        }
        rest = &address[end..];
    }
    out.push_str(rest);
    (out, files)
}

/// The marks that an address may end at and that do not come any more, so that nobody looks for them to the end again and again.
#[derive(Default)]
struct Ends {
    missing: Vec<char>,
}

impl Ends {
    /// Where an address ends: at the quotation mark that stands before it, too, or at the next blank.
    fn of(&mut self, address: &str, before: Option<char>) -> Option<usize> {
        let mark = before.filter(|it| matches!(it, '"' | '\'' | '=') && !self.missing.contains(it))?;
        let end = match mark {
            '=' => address.find(|c: char| c.is_whitespace() || c == '>'),
            _ => address.find(mark),
        };
        if end.is_none() {
            self.missing.push(mark);
        }
        end
    }
}

/// `data:image/png;base64,...`
fn picture(address: &str) -> Option<ParsedAttachment> {
    let (head, data) = address.strip_prefix("data:")?.split_once(',')?;
    let content_type = head.split(';').next()?.to_ascii_lowercase();
    // What can carry scripts is no picture here; other forms than base64 are not used for pictures.
    let is_picture = matches!(content_type.as_str(), "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/bmp");
    if !is_picture || !head.to_ascii_lowercase().ends_with("base64") {
        return None;
    }
    let data = if data.contains('%') {
        data.replace("%2B", "+").replace("%2b", "+").replace("%2F", "/").replace("%2f", "/").replace("%3D", "=").replace("%3d", "=")
    } else {
        data.to_owned()
    };
    let bytes = transfer::base64(data.as_bytes());
    (!bytes.is_empty()).then(|| ParsedAttachment {
        filename: None,
        content_type,
        content_id: Some(content_id(&bytes)),
        inline: true,
        bytes,
    })
}

fn ending(content_type: &str) -> &str {
    match content_type.trim_start_matches("image/") {
        "jpeg" => "jpg",
        it => it,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_become_files() {
        let (html, files) = take_out("<img src=\"data:image/png;base64,SGVsbG8=\"><img src='data:image/png;base64,SGVsbG8='> data:image/ <img src=data:image/svg+xml,x>".to_owned());
        let id = content_id(b"Hello");
        assert_eq!(html, format!("<img src=\"cid:{id}\"><img src='cid:{id}'> data:image/ <img src=data:image/>"));
        assert_eq!((files.len(), files[0].bytes.as_slice(), files[0].filename.as_deref()), (1, &b"Hello"[..], Some("picture-1.png")));
    }
}
