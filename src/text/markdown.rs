//! Markdown as people write it in comments and descriptions, rendered to safe HTML. HTML in it is shown, not obeyed.
//! A single line end is a line break, a bare address is a link. Invariant: what comes out went through `sanitize`.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use super::sanitize::{Clean, Found, clean_mail, percent_decoded};
use crate::limits::BODY_TEXT_BYTES_MAX;

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Renders Markdown. Longer input than [`BODY_TEXT_BYTES_MAX`] is refused where it comes in; what reaches this is cut there.
pub fn to_html(markdown: &str) -> Clean {
    with_pictures(markdown, &|_| None)
}

/// The same where pictures may stand for files: `found` is asked about addresses of none but these, and gives what stands in `data-cid`.
pub fn with_pictures(markdown: &str, found: &Found<'_>) -> Clean {
    let end = (0..=markdown.len().min(BODY_TEXT_BYTES_MAX)).rev().find(|&it| markdown.is_char_boundary(it)).unwrap_or(0);
    let mut links = Linker::default();
    let mut events: Vec<Event<'_>> = Vec::new();
    for event in TextMergeStream::new(Parser::new_ext(&markdown[..end], OPTIONS)) {
        links.take(event, &mut events);
    }
    let mut html = String::with_capacity(end + end / 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    let mut cleaned = clean_mail(&html, &|address| found(&percent_decoded(address)));
    cleaned.cut |= end < markdown.len();
    cleaned
}

/// A picture whose words are being read.
struct Picture<'a> {
    address: CowStr<'a>,
    /// Its address stands behind its words.
    is_inline: bool,
    words_end: usize,
}

/// The same Markdown with other addresses of its pictures: `other` gives what takes an address' place, as it stands between the
/// brackets, or none where it stays.
pub fn with_addresses(markdown: &str, mut other: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut copied = 0;
    let mut open: Vec<Picture<'_>> = Vec::new();
    for (event, span) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
        if let Some(it) = open.last_mut().filter(|_| !matches!(event, Event::End(TagEnd::Image))) {
            it.words_end = it.words_end.max(span.end);
        }
        match event {
            Event::Start(Tag::Image { link_type, dest_url, .. }) => {
                let is_inline = link_type == LinkType::Inline;
                open.push(Picture { address: dest_url, is_inline, words_end: span.start + "![".len() });
            }
            Event::End(TagEnd::Image) => {
                let Some(it) = open.pop().filter(|it| it.is_inline) else { continue };
                // The words before the bracket and the title behind it may hold the same.
                let within = |rest: &str| Some(rest.find("](")?).and_then(|from| Some(from + rest[from..].find(&*it.address)?));
                let Some(at) = markdown.get(it.words_end..span.end).and_then(within).map(|at| it.words_end + at) else { continue };
                if let Some(new) = other(&percent_decoded(&it.address)).filter(|_| at >= copied) {
                    out.push_str(&markdown[copied..at]);
                    out.push_str(&new);
                    copied = at + it.address.len();
                }
            }
            _ => {}
        }
    }
    out.push_str(&markdown[copied..]);
    out
}

/// Turns events into what Lodge shows, linking addresses outside links and code.
#[derive(Default)]
struct Linker {
    /// Open links, images and code blocks, in which addresses stay text.
    literal: usize,
}

impl Linker {
    fn take<'a>(&mut self, event: Event<'a>, out: &mut Vec<Event<'a>>) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text)),
            // A block of HTML is a paragraph of visible text.
            Event::Start(Tag::HtmlBlock) => out.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => out.push(Event::End(TagEnd::Paragraph)),
            Event::SoftBreak => out.push(Event::HardBreak),
            Event::TaskListMarker(done) => out.push(Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " }))),
            Event::Text(text) if self.literal == 0 => link_bare(text, out),
            Event::Start(tag) => {
                if matches!(tag, Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) {
                    self.literal += 1;
                }
                out.push(Event::Start(tag));
            }
            Event::End(tag) => {
                if matches!(tag, TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) {
                    self.literal = self.literal.saturating_sub(1);
                }
                out.push(Event::End(tag));
            }
            it => out.push(it),
        }
    }
}

fn link_bare<'a>(text: CowStr<'a>, out: &mut Vec<Event<'a>>) {
    let spans = addresses(&text);
    if spans.is_empty() {
        return out.push(Event::Text(text));
    }
    let mut at = 0;
    for (from, to) in spans {
        if from > at {
            out.push(Event::Text(text[at..from].to_owned().into()));
        }
        let address = &text[from..to];
        let target = if address.starts_with("www.") { format!("https://{address}") } else { address.to_owned() };
        out.push(Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: target.into(),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }));
        out.push(Event::Text(address.to_owned().into()));
        out.push(Event::End(TagEnd::Link));
        at = to;
    }
    if at < text.len() {
        out.push(Event::Text(text[at..].to_owned().into()));
    }
}

/// Where bare web addresses stand in a text, without the punctuation of the sentence around them.
pub fn addresses(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut word_from = 0;
    let is_outside = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`');
    for word in text.split(is_outside) {
        let from = word_from;
        // The separators differ in width, so the place of the next word is read from the text.
        word_from = from + word.len() + text[from + word.len()..].chars().next().map_or(0, char::len_utf8);
        let Some(start) = ["https://", "http://", "www."].iter().filter_map(|it| word.find(it)).min() else { continue };
        let before = word[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric()) {
            continue;
        }
        let mut address = &word[start..];
        while let Some(last) = address.chars().next_back() {
            let unpaired = matches!(last, ')' | ']') && !address.contains(if last == ')' { '(' } else { '[' });
            if !(unpaired || matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '…' | '。' | '，')) {
                break;
            }
            address = &address[..address.len() - last.len_utf8()];
        }
        let host = address.split("://").last().unwrap_or(address);
        if host.len() > "www.".len() && host.starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            spans.push((from + start, from + start + address.len()));
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    fn html(markdown: &str) -> String {
        to_html(markdown).html.replace(" target=\"_blank\"", "").replace(" rel=\"noopener noreferrer nofollow\"", "").trim().to_owned()
    }

    #[test]
    fn addresses_of_pictures_are_exchanged_and_nothing_else() {
        for (text, expected) in [
            ("![a.png](a.png \"a.png\") a.png", "![a.png](NEW \"a.png\") a.png"),
            ("[a.png](a.png) `![](a.png)`", "[a.png](a.png) `![](a.png)`"),
            ("![](a%20b.png) ![](<a b.png>) ![](c.png)", "![](NEW) ![](<NEW>) ![](c.png)"),
            ("| x |\n| --- |\n| ![ü](a.png) |", "| x |\n| --- |\n| ![ü](NEW) |"),
            ("![a](a.png \"see ](b\") ![see ](a.png)", "![a](NEW \"see ](b\") ![see ](NEW)"),
            ("![x ![a](a.png)](a.png)", "![x ![a](NEW)](NEW)"),
            ("[![](a.png)](https://x.example)![](a.png", "[![](NEW)](https://x.example)![](a.png"),
        ] {
            let found = with_addresses(text, |it| ["a.png", "a b.png"].contains(&it).then(|| "NEW".to_owned()));
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn renders_what_people_write() {
        let table = [
            ("one\ntwo", "<p>one<br>\ntwo</p>"),
            ("**b** _i_ ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>"),
            ("see https://a.example/x?y=1.", "<p>see <a href=\"https://a.example/x?y=1\">https://a.example/x?y=1</a>.</p>"),
            ("(www.a.example)", "<p>(<a href=\"https://www.a.example\">www.a.example</a>)</p>"),
            ("`https://a.example`", "<p><code>https://a.example</code></p>"),
            ("[t](https://a.example)", "<p><a href=\"https://a.example\">t</a></p>"),
            ("[t](javascript:alert(1))", "<p><a>t</a></p>"),
            ("a <b>x</b>", "<p>a &lt;b&gt;x&lt;/b&gt;</p>"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
            ("- [x] done", "<ul>\n<li>☑ done</li>\n</ul>"),
            ("![p](https://a.example/p.png)", "<p><img data-remote-src=\"https://a.example/p.png\" alt=\"p\"></p>"),
            ("```\n<a> https://x.example\n```", "<pre><code>&lt;a&gt; https://x.example\n</code></pre>"),
        ];
        for (markdown, expected) in table {
            let got = html(markdown);
            let flipped = expected.replace(
                "<img data-remote-src=\"https://a.example/p.png\" alt=\"p\">",
                "<img alt=\"p\" data-remote-src=\"https://a.example/p.png\">",
            );
            assert!(got == expected || got == flipped, "{markdown} became {got}");
        }
    }

    #[test]
    fn bombs_end_soon() {
        for bomb in [">", "* ", "[", "![", "**", "`", "<", "|", "[a](", "1. ", "https://", "_*"] {
            let started = Instant::now();
            to_html(&bomb.repeat(50_000));
            assert!(started.elapsed() < Duration::from_secs(20), "{bomb}: {:?}", started.elapsed());
        }
    }

    proptest! {
        #[test]
        fn spans_lie_in_the_text(text in "[a-z.:/ ()<äw\n]{0,40}(https://[a-z.)]{0,9})?") {
            for (from, to) in addresses(&text) {
                prop_assert!(from < to && text.get(from..to).is_some());
            }
        }
    }
}
