//! Hostile and clumsy HTML, and what is left of it.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn cleaned(html: &str) -> String {
    clean(html).html
}

#[test]
fn hostile_html_loses_its_teeth() {
    let table = [
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ("<p onclick=alert(1) id=x class=y>Hi</p>", "<p>Hi</p>"),
        ("<style>p{color:red}</style>x", "x"),
        ("<svg onload=alert(1)><text>x</text></svg>", "x"),
        ("<iframe src=http://a></iframe>x", "x"),
        ("<a href=\"javascript:alert(1)\">x</a>", "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>"),
        ("<a href=\"&#106;avascript:alert(1)\">x</a>", "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>"),
        ("<a href=\"/relative\">x</a>", "<a rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>"),
        (
            "<a href=\"https://a.example/?a=1&amp;b=2\">x</a>",
            "<a href=\"https://a.example/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>",
        ),
        ("<img src=\"https://a.example/p.gif\" alt=p>", "<img data-remote-src=\"https://a.example/p.gif\" alt=\"p\">"),
        ("<img src=\"cid:logo@x\">", "<img data-cid=\"logo@x\">"),
        ("<img src=\"cid:logo%40x\">", "<img data-cid=\"logo@x\">"),
        (
            "<a href=\"https://evil.example/\">bank.example</a>",
            "<a class=\"link-elsewhere\" href=\"https://evil.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">bank.example</a>",
        ),
        (
            "<a href=\"https://ev^il.example/\">bank.example</a>",
            "<a target=\"_blank\" rel=\"noopener noreferrer nofollow\">bank.example</a>",
        ),
        (
            "<a href=\"https://evil.example/\">&ltbank.example&#x11</a>",
            "<a class=\"link-elsewhere\" href=\"https://evil.example/\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">&lt;bank.example\u{11}</a>",
        ),
        ("<div class=\"x gmail_quote\">x</div>", "<div class=\"mail-quote\">x</div>"),
        ("<img src=\"data:image/svg+xml,x\" onerror=1 data-remote-src=\"javascript:1\">", "<img>"),
        ("<p style=\"position:fixed;color:red;background:url(http://a)\">x</p>", "<p style=\"color:red\">x</p>"),
        ("<p style=\"color:rgb(1,2,3);background-color:url(x);width:expression(1)\">x</p>", "<p style=\"color:rgb(1,2,3)\">x</p>"),
        ("<form action=http://a><input name=q>x</form>", "<div></div>x<div></div>"),
        ("<details><summary>x</summary>y</details>", "<div></div><div></div>x<div></div>y<div></div>"),
        ("<pre>\n\n&#10;x\n</pre>", "<pre>x\n</pre>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<b><i>x</b></i>", "<b><i>x</i></b>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>"),
        ("<table>a<tr>b</table>", "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>"),
        ("<td>cell without table", "cell without table"),
        ("<p>a<div>b</div>", "<p>a</p><div>b</div>"),
    ];
    for (html, expected) in table {
        let got = cleaned(html);
        // The order of attributes carries no meaning.
        let sorted = |it: &str| {
            let mut words: Vec<_> = it.split(['<', '>', ' ']).map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&got), sorted(expected), "{html} became {got}");
    }
}

#[test]
fn remote_images_are_counted() {
    assert_eq!(clean("<img src=http://a><img src=//b/c><img src=cid:x>").remote_images, 2);
}

#[test]
fn bombs_end_soon() {
    let n = 100_000;
    let table = [
        ("deep div", "<div>".repeat(n) + "x"),
        ("deep b", "<b>".repeat(n) + "x"),
        ("deep blockquote closed", "<blockquote>".repeat(n) + "x" + &"</blockquote>".repeat(n)),
        ("deep table", "<table><tr><td>".repeat(n) + "x"),
        ("misnested", "<p><font color=red>x".repeat(n)),
        ("distinct formatting", (0..n / 4).map(|i| format!("<p><font size={i}>x</p>")).collect::<String>() + "x"),
        ("formatting in tables", "<table><b><tr>x</tr>".repeat(n / 4)),
        ("text in frames", "<table>x<tr>x".repeat(n / 4)),
        ("unclosed comments", "<!--".repeat(n) + "x"),
        ("unclosed quotes", "<a href=\"".repeat(n) + "x"),
        ("unclosed scripts", "<script>".repeat(n) + "x"),
        ("open brackets", "<".repeat(n * 3) + "x"),
        ("end tags", "</p></div></b>".repeat(n)),
        ("long attribute", format!("<p title=\"{}\">x", "y".repeat(1_000_000))),
    ];
    for (what, html) in table {
        let started = Instant::now();
        let got = clean(&html);
        assert!(started.elapsed() < Duration::from_secs(10), "{what} took {:?}", started.elapsed());
        assert!(got.html.len() <= html.len() * 8 + 1000, "{what} grew to {}", got.html.len());
        assert!(got.html.contains('x') || what == "end tags", "{what} lost its text");
    }
}

#[test]
fn what_is_too_long_is_cut_and_said_so() {
    let long = "ä".repeat(HTML_BYTES_MAX);
    let got = clean(&long);
    assert!(got.cut && got.html.len() <= HTML_BYTES_MAX);
    assert!(!clean("short").cut);
}

proptest! {
    #[test]
    fn no_input_gets_a_script_through(parts in prop::collection::vec(prop::sample::select(vec![
        "<", ">", "\"", "'", "=", " ", "script", "img", "src", "onerror", "svg", "math", "style", "a href", "<a href=\"", "javascript:", "<!--", "-->", "</",
        "alert(1)", "table", "td", "<p>", "title", "<table>", "&#60;", "\0", "ä",
    ]), 0..40)) {
        let html: String = parts.concat();
        let got = cleaned(&html).to_ascii_lowercase();
        for bad in ["<script", "<img src", "<svg", "<style", "<math"] {
            prop_assert!(!got.contains(bad), "{html} became {got}");
        }
        // Every tag that is left is one of ours, without an event handler.
        for token in Reader::new(&got) {
            if let Token::Open(tag) = token {
                prop_assert!(known(tag.name).is_some());
                prop_assert!(tag.attributes().all(|(name, _)| !name.starts_with("on")), "{html} became {got}");
                let leads = ["href", "data-remote-src"].into_iter().filter_map(|it| tag.attribute(it));
                for address in leads {
                    prop_assert!(["http:", "https:", "mailto:"].iter().any(|it| address.starts_with(it)), "{html} became {got}");
                }
            }
        }
    }
}
