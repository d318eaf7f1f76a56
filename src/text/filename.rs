//! Names of files that strangers chose, made safe to show, to save under and to put into a header. Not a path: what
//! comes out has no part before it. Invariant: never empty, at most `FILENAME_BYTES_MAX` bytes, no control characters.

use std::fmt::Write;

use crate::limits::FILENAME_BYTES_MAX;

/// The longest extension that is kept when a name is shortened, in bytes.
const EXTENSION_BYTES_MAX: usize = 16;

/// A name that is safe on every system, as near to the given one as can be.
pub fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|it| !it.trim().is_empty()).unwrap_or("");
    let mut kept: String = last.chars().filter(|c| !is_invisible(*c)).map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    // Leading dots hide a file, trailing dots and spaces vanish on Windows.
    kept = kept.trim_matches(|c: char| c == '.' || c.is_whitespace()).split_whitespace().collect::<Vec<_>>().join(" ");
    if kept.is_empty() {
        return "file".to_owned();
    }
    let stem = kept.split('.').next().unwrap_or("").to_ascii_uppercase();
    let device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem.ends_with(|c: char| c.is_ascii_digit()));
    if device {
        kept.insert(0, '_');
    }
    shorten(kept)
}

/// Control characters, and those that turn the reading direction to disguise an extension.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{2028}' | '\u{2029}')
}

fn shorten(name: String) -> String {
    if name.len() <= FILENAME_BYTES_MAX {
        return name;
    }
    let extension = name.rfind('.').map(|at| &name[at..]).filter(|it| it.len() <= EXTENSION_BYTES_MAX).unwrap_or("");
    let room = FILENAME_BYTES_MAX - extension.len();
    let end = (0..=room).rev().find(|&it| name.is_char_boundary(it)).unwrap_or(0);
    format!("{}{extension}", name[..end].trim_end())
}

/// How a browser is to treat a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Shown in its place.
    Inline,
    /// Saved.
    Attachment,
}

/// The value of a `Content-Disposition` header (RFC 6266): an ASCII name for old clients, the true one as RFC 8187 says.
pub fn content_disposition(disposition: Disposition, name: &str) -> String {
    let name = safe(name);
    let kind = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    // A percent sign in the plain form is decoded by some browsers, so it is avoided.
    let ascii: String = name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' }).collect();
    let mut value = format!("{kind}; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(byte as char);
            } else {
                // Writing to a String cannot fail.
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_safe() {
        let table = [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.txt", "a.txt"),
            (".htaccess", "htaccess"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("what?.txt", "what_.txt"),
            ("exe\u{202e}fdp.exe", "exefdp.exe"),
            ("con.txt", "_con.txt"),
            ("  . ", "file"),
            ("", "file"),
            ("Grüße  aus\tKöln.doc", "Grüße ausKöln.doc"),
        ];
        for (name, expected) in table {
            assert_eq!(safe(name), expected, "{name:?}");
        }
        let long = safe(&format!("{}.docx", "ä".repeat(400)));
        assert!(long.len() <= FILENAME_BYTES_MAX && long.ends_with(".docx"));
    }

    #[test]
    fn headers_follow_the_rfc() {
        let table = [
            (Disposition::Inline, "a.png", "inline; filename=\"a.png\""),
            (Disposition::Attachment, "a b.txt", "attachment; filename=\"a b.txt\""),
            (Disposition::Attachment, "ä.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%C3%A4.txt"),
            (Disposition::Attachment, "50%.txt", "attachment; filename=\"50_.txt\"; filename*=UTF-8''50%25.txt"),
        ];
        for (disposition, name, expected) in table {
            assert_eq!(content_disposition(disposition, name), expected);
        }
    }

    proptest! {
        #[test]
        fn any_name_is_safe_and_stays_so(name in any::<String>()) {
            let once = safe(&name);
            prop_assert!(!once.is_empty() && once.len() <= FILENAME_BYTES_MAX);
            prop_assert!(!once.contains(['/', '\\']) && !once.chars().any(char::is_control));
            let header = content_disposition(Disposition::Attachment, &name);
            prop_assert!(header.bytes().all(|it| (b' '..0x7f).contains(&it)));
        }
    }
}
