//! The text of an RTF document, or the HTML that Outlook wrapped into it (MS-OXRTFEX). No layout: paragraphs, tabs, characters.
//! Invariant: total, one pass, no more characters out than bytes in.

use crate::mail::charset;

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    pub text: String,
    /// The text is HTML that was wrapped.
    pub is_html: bool,
}

/// Groups whose content is not text.
const SKIPPED: [&str; 24] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "themedata",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "header",
    "footer",
    "footnote",
    "latentstyles",
    "datastore",
    "xmlnstbl",
    "mhtmltag",
    "bkmkstart",
    "bkmkend",
    "fldinst",
    "pntext",
    "mmathPr",
    "revtbl",
];
/// Groups within groups that are told apart; deeper ones count as their parent.
const DEPTH_MAX: usize = 1000;

#[derive(Debug, Clone, Copy)]
struct Group {
    skip: bool,
    /// In a `htmltag`: its text is markup.
    tag: bool,
    /// Between `\htmlrtf` and `\htmlrtf0`: for readers of RTF only.
    rtf_only: bool,
    /// Characters that stand for one `\u`.
    fallback: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    groups: Vec<Group>,
    too_deep: usize,
    group: Group,
    out: String,
    /// Bytes of the code page that wait for their neighbours.
    pending: Vec<u8>,
    codepage: String,
    is_html: bool,
    /// Characters to pass over: they repeat the last `\u`.
    repeats: usize,
    /// Half of a character beyond the basic plane.
    surrogate: Option<u16>,
}

/// Reads a document.
pub fn read(bytes: &[u8]) -> Document {
    let group = Group { skip: false, tag: false, rtf_only: false, fallback: 1 };
    let mut it = Reader {
        bytes,
        at: 0,
        groups: Vec::new(),
        too_deep: 0,
        group,
        out: String::with_capacity(bytes.len() / 2),
        pending: Vec::new(),
        codepage: "windows-1252".to_owned(),
        is_html: false,
        repeats: 0,
        surrogate: None,
    };
    it.run();
    Document { text: it.out.replace('\0', ""), is_html: it.is_html }
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' => self.begin(),
                b'}' => self.end(),
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                it => self.byte(it),
            }
        }
        self.settle();
    }

    fn begin(&mut self) {
        self.settle();
        if self.groups.len() >= DEPTH_MAX {
            self.too_deep += 1;
        } else {
            self.groups.push(self.group);
        }
        self.repeats = 0;
    }

    fn end(&mut self) {
        self.settle();
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(outer) = self.groups.pop() {
            self.group = outer;
        }
        self.repeats = 0;
    }

    fn hidden(&self) -> bool {
        self.group.skip || (self.group.rtf_only && self.is_html)
    }

    fn byte(&mut self, byte: u8) {
        if self.repeats > 0 {
            self.repeats -= 1;
        } else if !self.hidden() {
            self.pending.push(byte);
        }
    }

    fn text(&mut self, text: &str) {
        if !self.hidden() {
            self.settle();
            self.out.push_str(text);
        }
    }

    fn settle(&mut self) {
        self.surrogate = None;
        if !self.pending.is_empty() {
            let bytes = std::mem::take(&mut self.pending);
            if bytes.is_ascii() {
                self.out.extend(bytes.iter().map(|it| *it as char));
            } else {
                self.out.push_str(&charset::decode(&bytes, Some(&self.codepage)).text);
            }
        }
    }

    fn control(&mut self) {
        let Some(&first) = self.bytes.get(self.at) else { return };
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            match first {
                b'\'' => {
                    let byte = crate::mail::transfer::hex_pair(&self.bytes[self.at..]);
                    if let Some(byte) = byte {
                        self.at += 2;
                        self.byte(byte);
                    }
                }
                b'*' => self.star(),
                b'~' => self.text("\u{a0}"),
                b'_' => self.text("-"),
                b'\r' | b'\n' => self.text("\n"),
                b'{' | b'}' | b'\\' => self.byte(first),
                _ => {}
            }
            return;
        }
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(32).take_while(|it| it.is_ascii_alphabetic()).count();
        let word = String::from_utf8_lossy(&rest[..length]).into_owned();
        let negative = rest.get(length) == Some(&b'-');
        let digits_at = length + usize::from(negative);
        let digits = rest[digits_at..].iter().take(10).take_while(|it| it.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[digits_at..digits_at + digits]).ok().and_then(|it| it.parse::<i64>().ok());
        let number = number.map(|it| if negative { -it } else { it });
        let used = if digits > 0 { digits_at + digits } else { length };
        self.at += used + usize::from(rest.get(used) == Some(&b' '));
        self.word(&word, number);
    }

    /// `{\*\word ...}`: a group that readers pass over if they do not know it.
    fn star(&mut self) {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(b"\\htmltag") {
            self.group.tag = true;
        } else {
            self.group.skip = true;
        }
    }

    fn word(&mut self, word: &str, number: Option<i64>) {
        match word {
            "fromhtml" => self.is_html = true,
            "ansicpg" => {
                self.codepage = match number {
                    Some(65001) => "utf-8".to_owned(),
                    Some(page) if page > 0 => format!("cp{page}"),
                    _ => self.codepage.clone(),
                }
            }
            "htmlrtf" => {
                self.settle();
                self.group.rtf_only = number != Some(0);
            }
            "htmltag" => {}
            "par" | "line" | "sect" | "page" | "row" => self.text("\n"),
            "tab" | "cell" => self.text("\t"),
            "lquote" => self.text("‘"),
            "rquote" => self.text("’"),
            "ldblquote" => self.text("“"),
            "rdblquote" => self.text("”"),
            "bullet" => self.text("•"),
            "endash" => self.text("–"),
            "emdash" => self.text("—"),
            "emspace" | "enspace" => self.text(" "),
            "uc" => self.group.fallback = number.and_then(|it| usize::try_from(it).ok()).unwrap_or(1).min(16),
            "u" => self.unicode(number.unwrap_or(0)),
            "bin" => {
                let length = number.and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
                self.at = self.at.saturating_add(length).min(self.bytes.len());
            }
            it if SKIPPED.contains(&it) => self.group.skip = true,
            _ => {}
        }
    }

    fn unicode(&mut self, number: i64) {
        let half = self.surrogate.take();
        if !self.hidden() {
            self.settle();
            // Negative numbers stand for what is beyond 32767.
            let unit = (number & 0xffff) as u16;
            match (half, unit) {
                (Some(high), low @ 0xdc00..=0xdfff) => self.out.push_str(&String::from_utf16_lossy(&[high, low])),
                (_, high @ 0xd800..=0xdbff) => self.surrogate = Some(high),
                _ => self.out.push_str(&String::from_utf16_lossy(&[unit])),
            }
        }
        self.repeats = self.group.fallback;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn documents_become_text_or_html() {
        for (rtf, text, is_html) in [
            (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\pard Gr\'fc\'dfe\par two\tab x}", "Grüße\ntwo\tx", false),
            (r"{\rtf1\ansi\uc1 \u8364?5 \{x\} \u-10179?\u-8704?}", "€5 {x} 😀", false),
            (
                r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 Hi {\*\htmltag84 &nbsp;}\htmlrtf x\htmlrtf0 {\*\htmltag72 </p>}{\*\mhtmltag1 no}}",
                "<p>Hi &nbsp;</p>",
                true,
            ),
            (r"{\rtf1{\*\generator x;}{\pict 0102}text", "text", false),
            ("", "", false),
        ] {
            assert_eq!(read(rtf.as_bytes()), Document { text: text.into(), is_html }, "{rtf}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_document(bytes in any::<Vec<u8>>()) {
            prop_assert!(read(&bytes).text.chars().count() <= bytes.len());
        }
    }
}
