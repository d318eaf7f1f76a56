//! Bytes to text: as declared, else detected, else windows-1252. Never fails: what no charset explains becomes U+FFFD.

use std::borrow::Cow;

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

mod seven_bits;

/// How much of a text is looked at to detect its charset, in bytes.
const DETECT_BYTES: usize = 64 * 1024;

/// Text, and whether the charset that was declared turned out wrong or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    pub doubtful: bool,
}

/// Decodes with the declared charset, if there is one that is known and fits.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Decoded { text: encoding.decode(bytes).0.into_owned(), doubtful: false };
    }
    let label = declared.map(|it| it.trim().trim_matches(['"', '\''])).filter(|it| !it.is_empty());
    if label.is_some_and(is_utf7) {
        return Decoded { text: utf7(bytes), doubtful: false };
    }
    if let Some(text) = label.and_then(|it| seven_bits::decode(bytes, it)) {
        return Decoded { text, doubtful: false };
    }
    // Browsers map these to nothing that anybody could read.
    let known = label.and_then(by_label).filter(|it| *it != encoding_rs::REPLACEMENT && *it != encoding_rs::X_USER_DEFINED);
    let known =
        known.map(|it| if it == encoding_rs::UTF_16LE || it == encoding_rs::UTF_16BE { utf16_order(bytes).unwrap_or(it) } else { it });
    match known {
        // ASCII promises too little to be believed once there are other bytes; the detector finds UTF-8 as well.
        _ if label.is_none_or(is_ascii_label) => undeclared(bytes, None),
        Some(encoding) => {
            let joined = if encoding == encoding_rs::ISO_2022_JP { joined_escapes(bytes) } else { Cow::Borrowed(bytes) };
            let (text, malformed) = encoding.decode_without_bom_handling(&joined);
            let replaced = if malformed { text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count() } else { 0 };
            // A few broken characters are transport damage; many are a wrong label.
            if replaced == 0 || replaced * 20 < text.chars().filter(|c| !c.is_ascii()).count() {
                return Decoded { text: text.into_owned(), doubtful: false };
            }
            let other = undeclared(bytes, None);
            let is_better = !other.text.contains(char::REPLACEMENT_CHARACTER);
            Decoded { text: if is_better { other.text } else { text.into_owned() }, doubtful: true }
        }
        None => Decoded { doubtful: true, ..undeclared(bytes, None) },
    }
}

/// Decodes bytes whose charset nobody stated. `hint` is what the same mail uses elsewhere.
pub fn undeclared(bytes: &[u8], hint: Option<&str>) -> Decoded {
    if let Some(encoding) = utf16_order(bytes) {
        return Decoded { text: encoding.decode_without_bom_handling(bytes).0.into_owned(), doubtful: true };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Japanese in seven bits looks like ASCII with escapes.
        if bytes.windows(3).any(|it| it[0] == 0x1b && matches!(it[1], b'$' | b'(') && it[2].is_ascii_alphanumeric()) {
            let (japanese, malformed) = encoding_rs::ISO_2022_JP.decode_without_bom_handling(bytes);
            if !malformed {
                return Decoded { text: japanese.into_owned(), doubtful: false };
            }
        }
        return Decoded { text: text.to_owned(), doubtful: false };
    }
    let hinted = hint.and_then(by_label).filter(|it| *it != UTF_8 && *it != WINDOWS_1252);
    let hinted = hinted.map(|it| it.decode_without_bom_handling(bytes)).filter(|(_, malformed)| !malformed);
    if let Some((text, _)) = hinted {
        return Decoded { text: text.into_owned(), doubtful: true };
    }
    let encoding = detect(bytes);
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if !malformed {
        return Decoded { text: text.into_owned(), doubtful: true };
    }
    let lossy = String::from_utf8_lossy(bytes);
    let broken = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    // UTF-8 with a scratch is still UTF-8.
    let text = if broken * 10 < lossy.chars().filter(|c| !c.is_ascii()).count() {
        lossy.into_owned()
    } else {
        WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
    };
    Decoded { text, doubtful: true }
}

/// Two escapes in a row, as joined encoded words have them, are an error to browsers and meant well in mail.
fn joined_escapes(bytes: &[u8]) -> Cow<'_, [u8]> {
    const PAIR: usize = 6;
    let is_pair = |it: &[u8]| matches!(it, [0x1b, b'(', b'B' | b'J', 0x1b, b'$', b'B' | b'@']);
    if !bytes.windows(PAIR).any(is_pair) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes.get(at..at + PAIR).is_some_and(is_pair) && !out.is_empty() {
            at += PAIR;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    Cow::Owned(out)
}

/// UTF-16 without a mark of its order: every other byte of Western text is zero.
fn utf16_order(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(1024) & !1];
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|it| **it == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    let most = head.len() / 2 * 2 / 5;
    match head.len() >= 8 {
        true if low > most && high * 8 <= low => Some(encoding_rs::UTF_16LE),
        true if high > most && low * 8 <= high => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let start = bytes.iter().position(|it| !it.is_ascii()).unwrap_or(0).saturating_sub(DETECT_BYTES / 4);
    let end = bytes.len().min(start + DETECT_BYTES);
    let mut detector = EncodingDetector::new();
    detector.feed(&bytes[start..end], end == bytes.len());
    detector.guess(None, false)
}

fn is_ascii_label(label: &str) -> bool {
    ["us-ascii", "ascii", "ansi_x3.4-1968", "7bit", "8bit", "binary", "unknown-8bit", "default", "x-unknown", "unknown", "default_charset"]
        .iter()
        .any(|it| it.eq_ignore_ascii_case(label))
}

fn is_utf7(label: &str) -> bool {
    ["utf-7", "utf7", "unicode-1-1-utf-7", "csunicode11utf7"].iter().any(|it| it.eq_ignore_ascii_case(label))
}

/// The encoding of a label, with the spellings that mail programs made up.
pub fn by_label(label: &str) -> Option<&'static Encoding> {
    // RFC 2231 allows a language behind the name.
    let label = label.trim().trim_matches(['"', '\'']).split('*').next().unwrap_or("").to_ascii_lowercase();
    if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
        return Some(encoding);
    }
    let bare: String = label.chars().filter(char::is_ascii_alphanumeric).collect();
    let alias = match bare.as_str() {
        "cp932" | "ms932" | "windows932" | "shiftjis" | "xsjis" | "sjis" | "mskanji" => "shift_jis",
        "cp936" | "ms936" | "windows936" | "gb2312" | "gbk" | "xgbk" => "gbk",
        "gb18030" => "gb18030",
        "cp949" | "ms949" | "windows949" | "ksc5601" | "ksc56011987" | "euckr" | "uhc" => "euc-kr",
        "cp950" | "ms950" | "windows950" | "big5" | "big5hkscs" => "big5",
        "eucjp" | "eucjpms" | "cp51932" => "euc-jp",
        "iso2022jp" | "iso2022jp1" | "iso2022jp2" | "iso2022jp3" | "iso2022jpms" | "cp50220" | "cp50221" | "cp50222" => "iso-2022-jp",
        "utf8" | "utf8mb4" | "unicode11utf8" | "uft8" | "utf08" => "utf-8",
        "utf16" | "utf16le" | "unicode" => "utf-16le",
        "utf16be" => "utf-16be",
        "koi8r" => "koi8-r",
        "koi8u" => "koi8-u",
        "macroman" | "macintosh" | "mac" => "macintosh",
        "ansi" | "ansi1252" | "latin1" | "iso88591" | "iso885911" | "8859" | "88591" => "windows-1252",
        it => {
            let number = it.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let name = match number.strip_prefix("8859") {
                Some(part) => format!("iso-8859-{part}"),
                None => format!("windows-{number}"),
            };
            return Encoding::for_label(name.as_bytes());
        }
    };
    Encoding::for_label(alias.as_bytes())
}

/// UTF-7 (RFC 2152), which browsers rightly forgot and old mail servers did not.
fn utf7(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = bytes;
    while let Some(plus) = rest.iter().position(|it| *it == b'+') {
        out.push_str(&String::from_utf8_lossy(&rest[..plus]));
        rest = &rest[plus + 1..];
        let length = rest.iter().position(|it| !it.is_ascii_alphanumeric() && !b"+/".contains(it)).unwrap_or(rest.len());
        if length == 0 {
            out.push('+');
        } else {
            let units: Vec<u16> =
                super::transfer::base64(&rest[..length]).chunks_exact(2).map(|it| u16::from_be_bytes([it[0], it[1]])).collect();
            out.push_str(&String::from_utf16_lossy(&units));
        }
        rest = &rest[length..];
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_become_text() {
        let long_latin1: &[u8] =
            b"Sehr geehrte Damen und Herren, die T\xfcr im B\xfcro l\xe4sst sich nicht schlie\xdfen. Viele Gr\xfc\xdfe";
        let table: [(&[u8], Option<&str>, &str); 25] = [
            ("Grüße".as_bytes(), Some("utf-8"), "Grüße"),
            (b"Gr\xfc\xdfe", Some("iso-8859-1"), "Grüße"),
            (b"Gr\xfc\xdfe", Some("\"ISO_8859-1\""), "Grüße"),
            ("Grüße".as_bytes(), None, "Grüße"),
            ("Grüße".as_bytes(), Some("us-ascii"), "Grüße"),
            ("Grüße".as_bytes(), Some("no-such-charset"), "Grüße"),
            (long_latin1, None, "Sehr geehrte Damen und Herren, die Tür im Büro lässt sich nicht schließen. Viele Grüße"),
            (long_latin1, Some("utf-8"), "Sehr geehrte Damen und Herren, die Tür im Büro lässt sich nicht schließen. Viele Grüße"),
            (b"\x80 5", Some("cp1252"), "€ 5"),
            (b"\x1b$B%F%9%H\x1b(B", Some("iso-2022-jp"), "テスト"),
            (b"\x1b$B%F%9%H\x1b(B", None, "テスト"),
            (b"\x1b$B%F\x1b(B\x1b$B%9%H\x1b(B", Some("iso-2022-jp"), "テスト"),
            (b"\x83e\x83X\x83g", Some("cp932"), "テスト"),
            (b"\xef\xbb\xbfx", Some("iso-8859-1"), "x"),
            (b"A+AOQ-b +- c", Some("utf-7"), "Aäb + c"),
            (b"", Some("utf-8"), ""),
            (b"~{<:Ky2;S{~}~~ok", Some("hz-gb-2312"), "己所不欲~ok"),
            (b"\x1b$)C\x0e0!3*\x0f ok", Some("iso-2022-kr"), "가나 ok"),
            (b"H\0e\0l\0l\0o\0", Some("utf-16"), "Hello"),
            (b"\0H\0e\0l\0l\0o", Some("utf-16"), "Hello"),
            (b"\0H\0e\0l\0l\0o", None, "Hello"),
            ("Grüße".as_bytes(), Some("x-user-defined"), "Grüße"),
            (b"\xd0\xd2\xc9\xd7\xc5\xd4", Some("koi8-r"), "привет"),
            (b"\xa4\xa4\xa4\xe5", Some("big5"), "中文"),
            (b"\xb0\xa1\xb3\xaa", Some("ks_c_5601-1987"), "가나"),
        ];
        for (bytes, declared, expected) in table {
            assert_eq!(decode(bytes, declared).text, expected, "{declared:?} {bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_text(bytes in any::<Vec<u8>>(), label in prop::sample::select(vec!["utf-8", "utf-7", "gbk", "iso-2022-jp", "x", "utf-16le"])) {
            prop_assert!(decode(&bytes, Some(label)).text.len() <= bytes.len() * 3 + 3);
            undeclared(&bytes, Some(label));
        }
    }
}
