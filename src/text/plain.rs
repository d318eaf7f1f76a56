//! HTML as readable plain text: blocks on their own lines, lists with marks, links with their address, tables row by
//! row. It reads, it does not judge: its output is text and must still be escaped. Invariant: linear time.

use super::html::{Reader, Tag, Token, decode};

/// Nesting of quotes and lists that is shown.
const INDENT_MAX: usize = 8;
/// Longer addresses of links are trackers, not something to read.
const LINK_BYTES_MAX: usize = 1000;

/// The text of an HTML document, as a person would write it down.
pub fn from_html(html: &str) -> String {
    let mut writer = Writer::default();
    for token in Reader::new(html) {
        match token {
            Token::Text(text) => writer.text(&decode(text)),
            Token::Open(tag) => writer.open(&tag),
            Token::Close(name) => writer.close(&name.to_ascii_lowercase()),
        }
    }
    writer.finish()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends that are due before the next word: 1 ends the line, 2 leaves one empty.
    breaks: usize,
    space: bool,
    preformatted: usize,
    quotes: usize,
    /// Open lists: the next number, or none for bullets.
    lists: Vec<Option<usize>>,
    /// The open link: its address and where its text began.
    link: Option<(String, usize)>,
    /// A cell began; a mark is due if it stands beside another.
    cell: bool,
    /// Inside `head`, nothing is for people.
    in_head: bool,
}

impl Writer {
    fn need_breaks(&mut self, count: usize) {
        self.breaks = self.breaks.max(count);
    }

    /// Brings the output to where the next word may stand.
    fn settle(&mut self) {
        if self.breaks > 0 {
            let trimmed = self.out.trim_end_matches([' ', '\t']).len();
            self.out.truncate(trimmed);
            if !self.out.is_empty() {
                for _ in 0..self.breaks {
                    self.out.push('\n');
                    self.line_start();
                }
            } else {
                self.line_start();
            }
            (self.breaks, self.space, self.cell) = (0, false, false);
        } else if self.out.is_empty() {
            self.line_start();
        }
        if std::mem::take(&mut self.cell) && !self.at_line_start() {
            self.out.push_str(" | ");
            self.space = false;
        }
        if std::mem::take(&mut self.space) && !self.at_line_start() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn line_start(&mut self) {
        for _ in 0..self.quotes.min(INDENT_MAX) {
            self.out.push_str("> ");
        }
    }

    fn at_line_start(&self) -> bool {
        let tail = self.out.trim_end_matches(['>', ' ']);
        tail.is_empty() || tail.ends_with('\n')
    }

    fn text(&mut self, text: &str) {
        if self.in_head {
            return;
        }
        if self.preformatted > 0 {
            return self.preformatted_text(text);
        }
        for (index, word) in text.split(|c: char| c.is_whitespace() && c != '\u{a0}').enumerate() {
            if index > 0 {
                self.space = true;
            }
            // Zero-width fillers are how newsletters pad their preview line.
            let word = word.trim_matches(['\u{200b}', '\u{200c}', '\u{feff}', '\u{34f}', '\u{ad}']);
            if word.is_empty() {
                continue;
            }
            if word.chars().all(|c| c == '\u{a0}') {
                self.space = true;
                continue;
            }
            self.settle();
            self.out.extend(word.chars().map(|c| if c == '\u{a0}' { ' ' } else { c }));
        }
    }

    fn preformatted_text(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.breaks += 1;
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.settle();
                self.out.push_str(line);
            }
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        match name.as_str() {
            "head" => self.in_head = true,
            "body" => self.in_head = false,
            "br" => self.breaks = (self.breaks + 1).min(2),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => self.need_breaks(2),
            "pre" => {
                self.need_breaks(2);
                self.preformatted += 1;
            }
            "blockquote" => {
                self.need_breaks(2);
                self.quotes += 1;
            }
            "hr" => {
                self.need_breaks(1);
                self.settle();
                self.out.push_str("---");
                self.need_breaks(1);
            }
            "ul" | "ol" => {
                self.need_breaks(if self.lists.is_empty() { 2 } else { 1 });
                let first = tag.attribute("start").and_then(|it| it.trim().parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(first));
            }
            "li" => self.item(),
            "td" | "th" => self.cell = true,
            "a" => {
                self.end_link();
                self.link = tag.attribute("href").map(|it| (it.trim().to_owned(), self.out.len()));
            }
            "img" => {
                if let Some(alt) = tag.attribute("alt").filter(|it| !it.trim().is_empty()) {
                    self.text(&format!("[{}]", alt.trim()));
                }
            }
            it if is_block(it) => self.need_breaks(1),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "head" => self.in_head = false,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" => self.need_breaks(2),
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.need_breaks(2);
            }
            "blockquote" => {
                self.quotes = self.quotes.saturating_sub(1);
                self.need_breaks(2);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.need_breaks(if self.lists.is_empty() { 2 } else { 1 });
            }
            "a" => self.end_link(),
            it if is_block(it) => self.need_breaks(1),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.need_breaks(1);
        self.settle();
        for _ in 1..self.lists.len().min(INDENT_MAX) {
            self.out.push_str("  ");
        }
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.out.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.out.push_str("- "),
        }
        (self.space, self.cell) = (false, false);
    }

    /// The address follows the text of its link, unless the text says it already.
    fn end_link(&mut self) {
        let Some((address, from)) = self.link.take() else { return };
        let shown = self.out.get(from..).unwrap_or("").trim().to_owned();
        let bare = |it: &str| it.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_lowercase();
        let told = match address.strip_prefix("mailto:") {
            Some(mailbox) => shown.contains(mailbox.split('?').next().unwrap_or(mailbox)),
            None => !address.starts_with("http://") && !address.starts_with("https://") || bare(&shown) == bare(&address),
        };
        if !told && address.len() <= LINK_BYTES_MAX {
            self.space = true;
            self.settle();
            self.out.push_str(&format!("<{}>", address.trim_start_matches("mailto:")));
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        self.out
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "li"
            | "main"
            | "nav"
            | "option"
            | "section"
            | "tr"
            | "caption"
            | "body"
            | "html"
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_as_a_person_would_write() {
        let table = [
            ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
            ("a <b>bold</b>  word\n and more", "a bold word and more"),
            ("<ul><li>a<li>b<ol><li>c</ol></ul>", "- a\n- b\n  1. c"),
            ("<a href=\"https://a.example/x\">here</a>.", "here <https://a.example/x>."),
            ("<a href=\"https://a.example/\">a.example</a>", "a.example"),
            ("<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example"),
            ("<table><tr><th>N</th><th>Q</th></tr><tr><td>x</td><td>2</td></tr></table>", "N | Q\nx | 2"),
            ("<table><tr><td><p>x</p></td><td><p>y</p></td></tr></table>", "x\n\ny"),
            ("<p>Hi</p><blockquote>quoted<br>text</blockquote>after", "Hi\n> \n> quoted\n> text\n\nafter"),
            ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
            ("<head><title>t</title><style>x</style></head><body>b</body>", "b"),
            ("&lt;tag&gt; &auml;&nbsp;b", "<tag> ä b"),
            ("x<hr>y", "x\n---\ny"),
            ("<img src=x alt=\"A logo\">", "[A logo]"),
            ("", ""),
        ];
        for (html, expected) in table {
            assert_eq!(from_html(html), expected, "{html}");
        }
    }

    #[test]
    fn bombs_end_soon() {
        for html in [
            "<div>",
            "<blockquote>x",
            "<a href=http://a>x",
            "<ul><li>",
            "<table><tr><td>x",
            "<!--",
            "<a href=\"",
            "&amp",
            "<pre>\n",
            "<td>",
        ] {
            let started = Instant::now();
            let text = from_html(&html.repeat(200_000));
            assert!(started.elapsed() < Duration::from_secs(10), "{html}: {:?}", started.elapsed());
            assert!(text.len() < 20_000_000, "{html} grew to {}", text.len());
        }
    }

    proptest! {
        #[test]
        fn text_without_markup_keeps_its_words(words in prop::collection::vec("[a-zA-Z0-9äöü]{1,8}", 0..20)) {
            let text = words.join(" ");
            prop_assert_eq!(from_html(&text), text);
        }
    }
}
