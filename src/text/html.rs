//! A tolerant reader of HTML: text, opening and closing tags, in order. It is not a tree builder and not a sanitiser
//! (see `sanitize`); comments, doctypes and the content of scripts and styles are passed over.
//! Invariant: every byte is looked at a bounded number of times, whatever the input.

use mail_parser::decoders::html::add_html_token;

/// The elements without content that text keeps (HTML, 13.1.2).
pub const VOID: [&str; 5] = ["br", "col", "hr", "img", "wbr"];

/// What the reader comes upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// Text as it stands, character references included (see [`decode`]).
    Text(&'a str),
    Open(Tag<'a>),
    /// The name, as written.
    Close(&'a str),
}

/// An opening tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name, as written; compare without case.
    pub name: &'a str,
    /// Everything between the name and `>`.
    pub attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Names and raw values, in order. An attribute without a value has an empty one.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The decoded value of the first attribute with this name.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| decode(value))
    }
}

/// Iterates over the attributes of a tag.
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
            self.rest = rest;
            return Some((name, ""));
        };
        let value = value.trim_ascii_start();
        for quote in ['"', '\''] {
            if let Some(inner) = value.strip_prefix(quote) {
                let (inner, rest) = inner.split_once(quote).unwrap_or((inner, ""));
                self.rest = rest;
                return Some((name, inner));
            }
        }
        let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
        let (value, rest) = value.split_at(end);
        self.rest = rest;
        Some((name, value))
    }
}

/// Elements whose content is not text for people.
const OPAQUE: [&str; 7] = ["script", "style", "title", "iframe", "noembed", "noframes", "xmp"];

/// Reads HTML from its beginning to its end.
pub struct Reader<'a> {
    source: &'a str,
    at: usize,
    /// No `-->`, no `>`, no `"`, no `'` lies ahead: known once, so that nothing is searched for twice in vain.
    comment_end_absent: bool,
    tag_end_absent: bool,
    double_quote_absent: bool,
    single_quote_absent: bool,
    opaque_end_absent: [bool; OPAQUE.len()],
}

impl<'a> Reader<'a> {
    pub fn new(source: &'a str) -> Self {
        Reader {
            source,
            at: 0,
            comment_end_absent: false,
            tag_end_absent: false,
            double_quote_absent: false,
            single_quote_absent: false,
            opaque_end_absent: [false; OPAQUE.len()],
        }
    }

    /// Where the next token is looked for, in bytes.
    pub fn position(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// Where the next `>` is, counted from `from`.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        if self.tag_end_absent {
            return None;
        }
        let found = self.source[from..].find('>').map(|it| from + it);
        self.tag_end_absent = found.is_none();
        found
    }

    /// Passes over a comment, a doctype, a processing instruction.
    fn skip_declaration(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("<!--") && !self.comment_end_absent {
            // Searched from the first dash: `<!-->` is a whole comment.
            if let Some(end) = rest[2..].find("-->") {
                self.at += 2 + end + 3;
                return true;
            }
            self.comment_end_absent = true;
        }
        if let Some(after) = rest.strip_prefix("<!--") {
            self.at = self.source.len() - after.len();
            return true;
        }
        match self.tag_end(self.at) {
            Some(end) => {
                self.at = end + 1;
                true
            }
            None => false,
        }
    }

    /// The end of the tag whose attributes begin at `from`: the first `>` outside quoted values.
    fn attributes_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.source.as_bytes();
        let mut at = from;
        let mut after_equals = false;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'>' => return Some(at),
                b'"' | b'\'' if after_equals => {
                    let absent = if byte == b'"' { &mut self.double_quote_absent } else { &mut self.single_quote_absent };
                    let found = if *absent { None } else { self.source[at + 1..].find(byte as char) };
                    *absent = found.is_none();
                    at += found.map_or(0, |it| it + 1);
                    after_equals = false;
                }
                b'=' => after_equals = true,
                it if it.is_ascii_whitespace() => {}
                _ => after_equals = false,
            }
            at += 1;
        }
        self.tag_end_absent = true;
        None
    }

    /// After the opening tag of an opaque element: to just before its closing tag, if it has one.
    fn skip_opaque(&mut self, name: &str) {
        let Some(index) = OPAQUE.iter().position(|it| it.eq_ignore_ascii_case(name)) else { return };
        if self.opaque_end_absent[index] {
            return;
        }
        let rest = self.rest().as_bytes();
        let closing = (0..rest.len().saturating_sub(1 + name.len())).find(|&at| {
            rest[at] == b'<'
                && rest[at + 1] == b'/'
                && rest.get(at + 2..at + 2 + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
        });
        match closing {
            Some(at) => self.at += at,
            None => self.opaque_end_absent[index] = true,
        }
    }

    /// A tag or declaration at the present `<`. `None`: the `<` is only a character.
    fn tag(&mut self) -> Option<Option<Token<'a>>> {
        let bytes = self.source.as_bytes();
        let (closing, name_at) = match bytes.get(self.at + 1)? {
            b'!' | b'?' => return self.skip_declaration().then_some(None),
            b'/' => (true, self.at + 2),
            _ => (false, self.at + 1),
        };
        if self.tag_end_absent || !bytes.get(name_at).is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let length = bytes[name_at..].iter().position(|it| it.is_ascii_whitespace() || matches!(it, b'/' | b'>' | b'<'))?;
        let name = &self.source[name_at..name_at + length];
        let end = self.attributes_end(name_at + length)?;
        let attributes = self.source[name_at + length..end].trim_end_matches('/');
        self.at = end + 1;
        if closing {
            return Some(Some(Token::Close(name)));
        }
        self.skip_opaque(name);
        Some(Some(Token::Open(Tag { name, attributes })))
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let mut text_from = self.at;
        let mut text_to = self.at;
        while self.at < self.source.len() {
            let Some(open) = self.rest().find('<') else {
                self.at = self.source.len();
                text_to = self.at;
                break;
            };
            text_to = self.at + open;
            self.at = text_to;
            // Text before a tag goes out first; the tag is read at the next call.
            if text_to > text_from && self.looks_like_tag() {
                return Some(Token::Text(&self.source[text_from..text_to]));
            }
            match self.tag() {
                Some(Some(token)) => return Some(token),
                Some(None) => {
                    text_from = self.at;
                    text_to = self.at;
                }
                None => {
                    self.at += 1;
                    text_to = self.at;
                }
            }
        }
        (text_to > text_from).then(|| Token::Text(&self.source[text_from..text_to]))
    }
}

impl Reader<'_> {
    fn looks_like_tag(&self) -> bool {
        !self.tag_end_absent
            && self.source.as_bytes().get(self.at + 1).is_some_and(|it| it.is_ascii_alphabetic() || matches!(it, b'/' | b'!' | b'?'))
    }
}

/// The longest character reference that is looked for, in bytes.
const REFERENCE_BYTES_MAX: usize = 12;

/// Text with its character references (`&amp;`, `&#228;`) resolved.
pub fn decode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(REFERENCE_BYTES_MAX).position(|it| it == b';');
        match end.filter(|&end| end > 1 && rest.as_bytes()[1..end].iter().all(|it| it.is_ascii_alphanumeric() || *it == b'#')) {
            Some(end) => {
                push_reference(&mut out, &rest[..=end]);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Numbers 128 to 159 mean windows-1252 in every browser, so they do here.
fn push_reference(out: &mut String, token: &str) {
    let digits = token.trim_start_matches("&#").trim_end_matches(';');
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u8::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    match number {
        Ok(byte @ 128..=159) if token.starts_with("&#") => out.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0),
        _ => add_html_token(out, token.as_bytes(), false),
    }
}

/// Text made fit to stand in HTML, between tags and in quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        Reader::new(source)
            .map(|it| match it {
                Token::Text(text) => format!("[{text}]"),
                Token::Open(tag) => format!("<{}{}>", tag.name, tag.attributes().map(|(k, v)| format!(" {k}={v}")).collect::<String>()),
                Token::Close(name) => format!("</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tokens_come_in_order() {
        let table = [
            ("a<b>c</b>", "[a]<b>[c]</b>"),
            ("1 < 2 <p>", "[1 < 2 ]<p>"),
            ("<!-- <b> -->x", "[x]"),
            ("<!-->x", "[x]"),
            ("<!-- never closed <b>x", "[ never closed ]<b>[x]"),
            ("<!DOCTYPE html><?xml?>x", "[x]"),
            ("<a href=\"x>y\" title='q' checked>t", "<a href=x>y title=q checked=>[t]"),
            ("<a href=http://a/b?c=d>t", "<a href=http://a/b?c=d>[t]"),
            ("<SCRIPT>if (a<b) alert('</p>')</Script>x", "<SCRIPT></Script>[x]"),
            ("<style>never closed <b>x", "<style>[never closed ]<b>[x]"),
            ("<br/>x<img src='a'/>", "<br>[x]<img src=a>"),
            ("tail <b", "[tail ][<b]"),
            ("<a href=\"open>x</a>", "<a href=open>[x]</a>"),
        ];
        for (source, expected) in table {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    #[test]
    fn references_are_resolved() {
        let table = [
            ("a &amp; b &lt;c&gt;", "a & b <c>"),
            ("&auml;&#228;&#xe4;&#x80;", "äää€"),
            ("AT&T &unknownthing; &;&#;", "AT&T &unknownthing; &;&#;"),
            ("&nbsp;", "\u{a0}"),
        ];
        for (source, expected) in table {
            assert_eq!(decode(source), expected, "{source}");
        }
    }
}
