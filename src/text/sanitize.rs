//! Hostile HTML in, safe HTML out, for mails and rendered Markdown. Not a renderer, and no fetcher: remote images become
//! placeholders that keep their address in `data-remote-src`, images of the mail itself keep theirs in `data-cid`.
//! Invariant: `tidy` bounds size, nesting and attributes and closes what it opens, in linear time, so that the parser
//! behind ammonia never meets input on which it would be slow; ammonia alone decides what is safe.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use crate::limits::{HTML_ATTRIBUTES_BYTES_MAX, HTML_BYTES_MAX, HTML_DEPTH_MAX, HTML_TAGS_MAX};

use super::{
    html::{Reader, Tag, Token, VOID, decode, escape},
    link,
    quote::markup::{self, Marks},
};

mod style;

/// HTML that may be put into a page as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clean {
    pub html: String,
    /// Something was left out because a limit was reached.
    pub cut: bool,
    /// Remote images that the page may load on request.
    pub remote_images: usize,
}

/// Cleans hostile HTML. Takes at most [`HTML_BYTES_MAX`] of it.
pub fn clean(html: &str) -> Clean {
    clean_mail(html, &|_| None)
}

/// Gives the content id of what a picture's address stands for, if it came with the mail.
pub type Found<'f> = dyn Fn(&str) -> Option<String> + 'f;

/// The same for a mail that brings its pictures along.
pub fn clean_mail(html: &str, found: &Found<'_>) -> Clean {
    let end = floor_char_boundary(html, HTML_BYTES_MAX);
    let mut tidy = Tidy { found: Some(found), ..Tidy::default() };
    for token in Reader::new(&html[..end]) {
        tidy.take(token);
    }
    let (tidied, cut, remote_images) = tidy.finish();
    Clean { html: link::marked(CLEANER.clean(&tidied).to_string()), cut: cut || end < html.len(), remote_images }
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    (0..=at).rev().find(|&it| text.is_char_boundary(it)).unwrap_or(0)
}

/// The elements that may stand, in order.
const ELEMENTS: [&str; 61] = [
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];
/// Elements that are dropped, but had a break before and after them.
const DROPPED_BLOCKS: [&str; 13] =
    ["details", "summary", "address", "article", "aside", "fieldset", "footer", "form", "header", "main", "nav", "option", "section"];
const ATTRIBUTES: [&str; 23] = [
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "color",
    "colspan",
    "data-cid",
    "data-remote-src",
    "dir",
    "face",
    "height",
    "href",
    "lang",
    "rowspan",
    "size",
    "start",
    "style",
    "title",
    "type",
    "valign",
    "width",
];
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(ELEMENTS))
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "iframe", "noembed", "noframes", "svg", "math", "template", "object",
        ]))
        .generic_attributes(
            ATTRIBUTES.into_iter().filter(|it| !matches!(*it, "href" | "data-cid" | "data-remote-src")).chain(["class"]).collect(),
        )
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("img", HashSet::from(["data-cid", "data-remote-src"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            (_, "style") => Some(style::calm(value)).filter(|it| !it.is_empty()).map(Cow::Owned),
            (_, "class") => markup::ALL.contains(&value).then_some(Cow::Borrowed(value)),
            ("img", "data-remote-src") => is_remote(value).then_some(Cow::Borrowed(value)),
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// An id as it stands in its own field: in an address, some characters are written as `%` and two digits (RFC 2392).
pub(super) fn percent_decoded(id: &str) -> String {
    let mut out = Vec::with_capacity(id.len());
    let mut rest = id.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|it| char::from(*it).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = &after[2..];
            }
            _ => {
                out.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| id.to_owned())
}

fn is_remote(address: &str) -> bool {
    ["http://", "https://"].iter().any(|it| address.get(..it.len()).is_some_and(|start| start.eq_ignore_ascii_case(it)))
}

/// Elements that end an open paragraph where they begin (HTML, 13.2.6.4.7); lines of text begin at more of them, see `quote`.
const BLOCKS: [&str; 23] = [
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
    "caption",
    "tr",
    "details",
    "summary",
];
/// What nothing inside may close from within.
const WALLS: [&str; 4] = ["table", "td", "th", "caption"];
const TABLE_INNER: [&str; 7] = ["table", "tbody", "thead", "tfoot", "tr", "colgroup", "caption"];

/// Writes well-nested HTML of bounded depth from tokens in any order.
#[derive(Default)]
struct Tidy<'f> {
    out: String,
    open: Vec<&'static str>,
    tags: usize,
    cut: bool,
    remote_images: usize,
    found: Option<&'f Found<'f>>,
    /// Where the text of a `pre` would begin.
    pre_began: Option<usize>,
}

impl Tidy<'_> {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) => {
                // Parsers drop a line end that a preformatted text begins with: one more each time.
                let calm;
                let text = if self.pre_began == Some(self.out.len()) {
                    calm = escape(decode(text).trim_start_matches(['\n', '\r']));
                    calm.as_str()
                } else {
                    text
                };
                if self.in_table_frame() && !text.trim_ascii().is_empty() {
                    self.ensure_cell();
                }
                for c in text.chars() {
                    match c {
                        '<' => self.out.push_str("&lt;"),
                        '>' => self.out.push_str("&gt;"),
                        '\0' => {}
                        it => self.out.push(it),
                    }
                }
            }
            Token::Open(tag) => match known(tag.name) {
                // Folds are ours: a sender's would hide what they hold.
                Some("details") if tag.attribute("class").as_deref() != Some(markup::FOLD) => self.separate(tag.name),
                Some("summary") if self.open.last() != Some(&"details") => self.separate(tag.name),
                Some(name) => self.open(name, &tag),
                None => self.separate(tag.name),
            },
            Token::Close(name) => match known(name) {
                // As in browsers, these two stand for something even without a beginning.
                Some("br") => self.out.push_str("<br>"),
                Some(name @ ("details" | "summary")) if !self.open.contains(&name) => self.separate(name),
                Some(name) => self.close(name),
                None => self.separate(name),
            },
        }
    }

    /// A dropped block leaves a break, so that words do not run together.
    fn separate(&mut self, name: &str) {
        if DROPPED_BLOCKS.iter().any(|it| it.eq_ignore_ascii_case(name)) && self.tags < HTML_TAGS_MAX && !self.in_table_frame() {
            self.tags += 1;
            self.close_above_wall(&["p"]);
            self.out.push_str("<div></div>");
        }
    }

    fn in_table_frame(&self) -> bool {
        self.open.last().is_some_and(|it| *it != "caption" && TABLE_INNER.contains(it))
    }

    /// Content straight inside the frame of a table gets a cell: parsers move it before the table, at a cost that grows
    /// with everything that stands there.
    fn ensure_cell(&mut self) {
        if self.open.last() == Some(&"colgroup") {
            self.pop();
        }
        while self.in_table_frame() && (self.open.len() + 2 > HTML_DEPTH_MAX || self.tags + 2 > HTML_TAGS_MAX) {
            self.cut = true;
            self.pop();
        }
        if !self.in_table_frame() {
            return;
        }
        if self.open.last() != Some(&"tr") {
            self.push("tr");
        }
        self.push("td");
    }

    fn push(&mut self, name: &'static str) {
        self.tags += 1;
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
        self.open.push(name);
    }

    fn open(&mut self, name: &'static str, tag: &Tag<'_>) {
        if !self.make_room(name) {
            return;
        }
        let void = VOID.contains(&name);
        if self.tags >= HTML_TAGS_MAX || (!void && self.open.len() >= HTML_DEPTH_MAX) {
            self.cut = true;
            self.out.push(' ');
            return;
        }
        self.tags += 1;
        self.out.push('<');
        self.out.push_str(name);
        if tag.attributes.len() <= HTML_ATTRIBUTES_BYTES_MAX {
            self.attributes(name, tag);
            self.mark(name, tag);
        } else {
            self.cut = true;
            if name == "a" {
                self.mark(name, &Tag { attributes: "", ..*tag });
            }
        }
        self.out.push('>');
        if !void {
            self.open.push(name);
        }
        if name == "pre" {
            self.pre_began = Some(self.out.len());
        }
    }

    /// Closes what this element cannot stand in. False: it cannot stand here at all.
    fn make_room(&mut self, name: &str) -> bool {
        match name {
            "td" | "th" => self.close_down_to(&["tr", "tbody", "thead", "tfoot", "table"]),
            "tr" => self.close_down_to(&["tbody", "thead", "tfoot", "table"]),
            "tbody" | "thead" | "tfoot" | "caption" | "colgroup" => self.close_down_to(&["table"]),
            "col" => self.close_down_to(&["colgroup", "table"]),
            // A table straight inside the frame of another: browsers end the other one.
            "table" if self.in_table_frame() => {
                self.close_through("table");
                true
            }
            _ if self.in_table_frame() => {
                self.ensure_cell();
                true
            }
            "li" => {
                self.close_until(&["li"], &["ul", "ol"]);
                self.close_above_wall(&["p"]);
                true
            }
            "dd" | "dt" => {
                self.close_until(&["dd", "dt"], &["dl"]);
                self.close_above_wall(&["p"]);
                true
            }
            "a" => {
                self.close_above_wall(&["a"]);
                true
            }
            _ if BLOCKS.contains(&name) => {
                self.close_above_wall(&["p"]);
                true
            }
            _ => true,
        }
    }

    fn pop(&mut self) {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }

    /// Closes all above the innermost of `frames`; false if none is open.
    fn close_down_to(&mut self, frames: &[&str]) -> bool {
        let Some(at) = self.open.iter().rposition(|it| frames.contains(it)) else { return false };
        while self.open.len() > at + 1 {
            self.pop();
        }
        true
    }

    fn close_through(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|it| *it == name) {
            while self.open.len() > at {
                self.pop();
            }
        }
    }

    /// Closes the innermost of `names`, unless one of `stops` or a wall lies above it.
    fn close_until(&mut self, names: &[&str], stops: &[&str]) {
        let found = self.open.iter().rev().take_while(|it| !stops.contains(it) && !WALLS.contains(it)).position(|it| names.contains(it));
        for _ in 0..found.map_or(0, |it| it + 1) {
            self.pop();
        }
    }

    fn close_above_wall(&mut self, names: &[&str]) {
        self.close_until(names, &[]);
    }

    fn close(&mut self, name: &'static str) {
        if TABLE_INNER.contains(&name) || WALLS.contains(&name) {
            // Parts of a table end with it, but never reach into an outer table.
            let table = self.open.iter().rposition(|it| *it == "table");
            let part = self.open.iter().rposition(|it| *it == name);
            if part >= table {
                self.close_through(name);
            }
        } else {
            self.close_above_wall(&[name]);
        }
    }

    fn attributes(&mut self, element: &str, tag: &Tag<'_>) {
        for (name, value) in tag.attributes() {
            let name = name.to_ascii_lowercase();
            if element == "img" && name == "src" {
                self.image_source(&decode(value));
            } else if element == "img" && name == "data-cid" {
                // What was cleaned before stays as it is.
                self.attribute("data-cid", &decode(value));
            } else if element == "img" && name == "data-remote-src" && is_remote(&decode(value)) {
                self.remote_images += 1;
                self.attribute("data-remote-src", &decode(value));
            } else if ATTRIBUTES.contains(&name.as_str()) && !name.starts_with("data-") {
                self.attribute(&name, &decode(value));
            }
        }
    }

    /// What the element is in the client that wrote it. A link is nothing of the sort: what it is stands below, after the cleaning.
    fn mark(&mut self, element: &str, tag: &Tag<'_>) {
        let mut marks = Marks::default();
        for (name, value) in tag.attributes() {
            match name.to_ascii_lowercase().as_str() {
                "class" => marks.class = decode(value),
                "id" => marks.id = decode(value),
                "name" => marks.name = decode(value),
                "type" => marks.kind = decode(value),
                "style" => marks.style = value.to_ascii_lowercase(),
                "cite" => marks.cite = true,
                _ => {}
            }
        }
        if element == "a" {
            return;
        }
        if let Some(mark) = markup::of(element, &marks) {
            self.attribute("class", mark);
        }
    }

    fn image_source(&mut self, source: &str) {
        let source = source.trim();
        if source.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("cid:")) {
            let id = percent_decoded(&source[4..]);
            self.attribute("data-cid", id.trim_matches(['<', '>', ' ']));
        } else if let Some(id) = self.found.and_then(|it| it(source)) {
            self.attribute("data-cid", &id);
        } else if is_remote(source) {
            self.remote_images += 1;
            self.attribute("data-remote-src", source);
        } else if let Some(rest) = source.strip_prefix("//") {
            self.remote_images += 1;
            self.attribute("data-remote-src", &format!("https://{rest}"));
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.out.push_str(&escape(value));
        self.out.push('"');
    }

    fn finish(mut self) -> (String, bool, usize) {
        while !self.open.is_empty() {
            self.pop();
        }
        (self.out, self.cut, self.remote_images)
    }
}

fn known(name: &str) -> Option<&'static str> {
    ELEMENTS.iter().find(|it| it.eq_ignore_ascii_case(name)).copied()
}

#[cfg(test)]
mod tests;
