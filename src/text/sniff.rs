//! What bytes are, told by themselves and not by their name or by who sent them. Not a virus scanner.
//! Invariant: only what cannot run anything in a browser may be shown inline.

/// A kind of content that Lodge tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Png,
    Jpeg,
    Gif,
    Webp,
    Pdf,
    /// A ZIP archive that is not one of the below.
    Zip,
    /// Word, Excel, PowerPoint since 2007.
    OfficeXml,
    /// Office before 2007, and Outlook's `.msg`.
    OfficeBinary,
    Gzip,
    Html,
    Svg,
    Xml,
    /// Programs and scripts that a system would run.
    Executable,
    Text,
    Empty,
    /// Anything else.
    Binary,
}

impl Kind {
    /// The content type it is served with.
    pub fn content_type(self) -> &'static str {
        match self {
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Gif => "image/gif",
            Kind::Webp => "image/webp",
            Kind::Pdf => "application/pdf",
            Kind::Zip => "application/zip",
            Kind::OfficeXml => "application/vnd.openxmlformats-officedocument",
            Kind::OfficeBinary => "application/x-ole-storage",
            Kind::Gzip => "application/gzip",
            Kind::Html => "text/html",
            Kind::Svg => "image/svg+xml",
            Kind::Xml => "application/xml",
            Kind::Executable => "application/x-executable",
            Kind::Text | Kind::Empty => "text/plain",
            Kind::Binary => "application/octet-stream",
        }
    }

    /// Whether a browser may show it in the page. HTML and SVG carry scripts; PDF has its own viewer and is saved.
    pub fn may_be_inline(self) -> bool {
        matches!(self, Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Webp)
    }
}

/// The content type to keep: what the bytes say, where they say something; else what the sender says, unless a browser would run it.
pub fn content_type(bytes: &[u8], declared: Option<&str>) -> String {
    let kind = sniff(bytes);
    let declared = declared.map(|it| it.trim().to_ascii_lowercase());
    let is_sane = |it: &String| it.len() <= 100 && it.bytes().all(|it| (b' '..=b'~').contains(&it)) && !is_active(it);
    let is_vague = matches!(kind, Kind::Binary | Kind::Text | Kind::OfficeXml | Kind::OfficeBinary | Kind::Empty);
    match declared.filter(is_sane) {
        Some(it) if is_vague => it,
        _ => kind.content_type().to_owned(),
    }
}

/// Whether a browser would do more with content of this type than show it.
pub fn is_active(content_type: &str) -> bool {
    ["html", "svg", "xml", "javascript", "ecmascript", "flash"].iter().any(|it| content_type.contains(it))
}

/// How much of a file is looked at, in bytes.
const HEAD_BYTES: usize = 4096;

/// Tells what the bytes are.
pub fn sniff(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if head.is_empty() {
        return Kind::Empty;
    }
    let starts: [(&[u8], Kind); 16] = [
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"\xff\xd8\xff", Kind::Jpeg),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::OfficeBinary),
        (b"\x1f\x8b", Kind::Gzip),
        (b"MZ", Kind::Executable),
        (b"\x7fELF", Kind::Executable),
        (b"#!", Kind::Executable),
        (b"\xca\xfe\xba\xbe", Kind::Executable),
        (b"\xfe\xed\xfa\xce", Kind::Executable),
        (b"\xfe\xed\xfa\xcf", Kind::Executable),
        (b"\xcf\xfa\xed\xfe", Kind::Executable),
        (b"\xce\xfa\xed\xfe", Kind::Executable),
        (b"PK\x05\x06", Kind::Zip),
        (b"L\x00\x00\x00\x01\x14\x02\x00", Kind::Executable),
    ];
    if let Some((_, kind)) = starts.iter().find(|(start, _)| head.starts_with(start)) {
        return *kind;
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Kind::Webp;
    }
    if head.starts_with(b"PK\x03\x04") {
        return zip(head);
    }
    // Readers of PDF take a little before the mark, so we do.
    if find(&head[..head.len().min(1024)], b"%PDF-") {
        return Kind::Pdf;
    }
    text(head)
}

fn zip(head: &[u8]) -> Kind {
    let office = [&b"[Content_Types].xml"[..], b"word/", b"xl/", b"ppt/"].iter().any(|it| find(head, it));
    let program = find(head, b"META-INF/MANIFEST.MF") || find(head, b"AndroidManifest.xml");
    if program {
        Kind::Executable
    } else if office {
        Kind::OfficeXml
    } else {
        Kind::Zip
    }
}

fn text(head: &[u8]) -> Kind {
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    // UTF-16 hides its tags between zeros; without them it reads like any other text.
    let lower: Vec<u8> = head.iter().filter(|it| !wide || **it != 0).map(u8::to_ascii_lowercase).collect();
    let has = |tags: &[&str]| tags.iter().any(|it| find(&lower, it.as_bytes()));
    if has(&["<svg", "http://www.w3.org/2000/svg"]) {
        Kind::Svg
    } else if has(&["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<style"]) {
        Kind::Html
    } else if lower.trim_ascii_start().starts_with(b"<?xml") {
        Kind::Xml
    } else if wide || !head.iter().any(|it| matches!(it, 0..=8 | 14..=26 | 28..=31)) {
        Kind::Text
    } else {
        Kind::Binary
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|it| it == needle)
}

/// Whether a name makes a system run the file, whatever is in it.
pub fn is_dangerous_name(name: &str) -> bool {
    const RUN: [&str; 26] = [
        "app", "bat", "chm", "cmd", "com", "cpl", "dll", "exe", "hta", "iso", "jar", "js", "jse", "lnk", "msi", "msp", "pif", "ps1", "reg",
        "scr", "sh", "url", "vb", "vbe", "vbs", "wsf",
    ];
    let extension = name.trim_end_matches(['.', ' ']).rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    name.contains('.') && RUN.contains(&extension.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        let table: [(&[u8], Kind); 19] = [
            (b"\x89PNG\r\n\x1a\n....", Kind::Png),
            (b"\xff\xd8\xff\xe0", Kind::Jpeg),
            (b"GIF89a..", Kind::Gif),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Kind::Webp),
            (b"RIFF\x00\x00\x00\x00WAVE", Kind::Binary),
            (b"%PDF-1.7", Kind::Pdf),
            (b"PK\x03\x04......a.txt", Kind::Zip),
            (b"PK\x03\x04......[Content_Types].xml", Kind::OfficeXml),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::OfficeBinary),
            (b"MZ\x90\x00", Kind::Executable),
            (b"\x7fELF\x02", Kind::Executable),
            (b"#!/bin/sh\n", Kind::Executable),
            (b"  <!DOCTYPE HTML><p>", Kind::Html),
            (b"hello <script>alert(1)</script>", Kind::Html),
            (b"<?xml version='1.0'?><svg xmlns=", Kind::Svg),
            (b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0", Kind::Html),
            ("Grüße".as_bytes(), Kind::Text),
            (b"", Kind::Empty),
            (b"\x00\x01\x02", Kind::Binary),
        ];
        for (bytes, kind) in table {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
            if matches!(kind, Kind::Html | Kind::Svg | Kind::Xml | Kind::Executable | Kind::Pdf) {
                assert!(!kind.may_be_inline());
            }
        }
    }

    #[test]
    fn a_sender_cannot_name_a_type_that_runs() {
        for (bytes, declared, expected) in [
            (&b"plain"[..], Some("text/html"), "text/plain"),
            (b"a,b", Some("text/csv"), "text/csv"),
            (b"\x89PNG\r\n\x1a\n", Some("text/plain"), "image/png"),
            (b"<html>", Some("text/plain"), "text/html"),
            (b"x", None, "text/plain"),
        ] {
            assert_eq!(content_type(bytes, declared), expected);
        }
    }

    #[test]
    fn names_that_run() {
        for (name, expected) in [("a.exe", true), ("a.pdf.SCR", true), ("a.exe. ", true), ("a.txt", false), ("exe", false), ("a.", false)] {
            assert_eq!(is_dangerous_name(name), expected, "{name}");
        }
    }
}
