//! What mail clients write, and what of it stays open.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::text::{plain, sanitize};

/// The HTML without what is folded.
fn open_part(folded: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for token in Reader::new(folded) {
        match token {
            Token::Open(tag) if tag.name == "details" => depth += 1,
            Token::Close("details") => depth -= 1,
            Token::Text(text) if depth == 0 => out.push_str(text),
            Token::Open(tag) if depth == 0 => out.push_str(&format!("<{}>", tag.name)),
            Token::Close(name) if depth == 0 => out.push_str(&format!("</{name}>")),
            _ => {}
        }
    }
    plain::from_html(&out)
}

fn shown(html: &str, originals: &[&str]) -> String {
    open_part(&fold(&sanitize::clean(html).html, originals))
}

/// All text, without the words on the folds.
fn text_of(html: &str) -> String {
    let mut out = String::new();
    let mut summary = false;
    for token in Reader::new(html) {
        match token {
            Token::Open(tag) if tag.name == "summary" => summary = true,
            Token::Close("summary") => summary = false,
            Token::Text(text) if !summary => out.push_str(text),
            _ => {}
        }
    }
    out
}

#[test]
fn quotes_of_clients_are_folded() {
    for (html, expected) in [
        // Gmail
        (
            "<div dir=ltr>Thanks!</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Ann &lt;a@x&gt; wrote:<br></div><blockquote class=\"gmail_quote\">Hello</blockquote></div>",
            "Thanks!",
        ),
        // Gmail, answered inside
        (
            "<div class=gmail_quote><div class=gmail_attr>On Mon, Ann wrote:</div><blockquote class=gmail_quote>Is it on?</blockquote><div>Yes, it is.</div><blockquote class=gmail_quote>And now?</blockquote><div>No.</div></div>",
            "On Mon, Ann wrote:\n> \n> Is it on?\n\nYes, it is.\n> \n> And now?\n\nNo.",
        ),
        // Outlook on the web
        (
            "<div>Thanks!</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Von:</b> Ann<br><b>Gesendet:</b> Montag<br></div><div>Hello</div>",
            "Thanks!",
        ),
        // Outlook desktop
        (
            "<div class=WordSection1><p class=MsoNormal>Thanks!</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> Ann &lt;a@x&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Bob<br><b>Subject:</b> Hi</p></div></div><p class=MsoNormal>Hello</p></div>",
            "Thanks!",
        ),
        // Apple Mail
        ("<div>Thanks!</div><blockquote type=cite><div>On 3 May 2021, at 10:00, Ann wrote:</div><div>Hello</div></blockquote>", "Thanks!"),
        // Thunderbird
        (
            "<p>Thanks!</p><div class=moz-cite-prefix>Am 03.05.21 um 10:00 schrieb Ann:<br></div><blockquote type=cite cite=\"mid:x\">Hello</blockquote><p>And more.</p>",
            "Thanks!\n\nAm 03.05.21 um 10:00 schrieb Ann:\n> \n> Hello\n\nAnd more.",
        ),
        // Yahoo, Proton, web.de
        ("<div>Thanks!</div><div class=yahoo_quoted><div>On Monday, Ann wrote:</div><div>Hello</div></div>", "Thanks!"),
        (
            "<div>Thanks!</div><div class=protonmail_quote>On Monday, Ann wrote:<br><blockquote class=protonmail_quote type=cite>Hello</blockquote></div>",
            "Thanks!",
        ),
        (
            "<div>Thanks!</div><div name=quote style='border-left:2px solid'><div><b>Gesendet:</b> Montag<br><b>Von:</b> Ann</div><div>Hello</div></div>",
            "Thanks!",
        ),
        // In one paragraph with line breaks
        ("<p>Thanks!<br><br>On Mon, 3 May 2021 at 10:00, Ann &lt;a@x.example&gt; wrote:<br>Hello<br>there</p>", "Thanks!"),
        // A signature and a phone
        ("<div>Thanks!</div><div>--&nbsp;<br>Ann</div>", "Thanks!"),
        ("<div>Thanks!</div><div>Sent from my iPhone</div>", "Thanks!"),
        // Nothing but a forward
        (
            "<div class=gmail_quote>---------- Forwarded message ---------<br>From: Ann<br><br>Hello</div>",
            "---------- Forwarded message ---------\nFrom: Ann\n\nHello",
        ),
        // An indented passage is no quote
        ("<p>See:</p><blockquote>cited by me</blockquote><p>ok</p>", "See:\n> \n> cited by me\n\nok"),
    ] {
        let got = shown(html, &[]);
        assert_eq!(got, expected, "{html}\n{}", fold(&sanitize::clean(html).html, &[]));
    }
}

#[test]
fn answers_inside_are_found_by_the_original() {
    let original = "Hello Ann,\nis the printer switched on?\nDoes the light blink?\nKind regards\nBob from the desk";
    let html = "<p>See below.</p><div id=divRplyFwdMsg>From: Bob<br>Sent: Monday<br>To: Ann<br>Subject: Printer</div><div>Hello Ann,<br>is the printer switched on?<br><span style='color:red'>Yes, since Monday.</span><br>Does the light blink? Only twice.<br>Kind regards<br>Bob from the desk</div>";
    let got = shown(html, &[original]);
    for part in ["See below.", "Yes, since Monday.", "Only twice.", "is the printer switched on?"] {
        assert!(got.contains(part), "{part} is not in {got}");
    }
    for part in ["Kind regards", "Subject"] {
        assert!(!got.contains(part), "{part} is in {got}");
    }
}

#[test]
fn bombs_end_soon() {
    for piece in [
        "<div>x<br>",
        "<p>On 3 May 2021, a wrote:<br>x</p>",
        "<blockquote type=cite>x</blockquote>y",
        "<p><b>x<br>-- <br>y</b></p>",
        "<table><tr><td>From: a<br>",
    ] {
        let clean = sanitize::clean(&piece.repeat(40_000)).html;
        let started = Instant::now();
        fold(&clean, &["x y z"]);
        assert!(started.elapsed() < Duration::from_secs(20), "{piece}: {:?}", started.elapsed());
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(parts in prop::collection::vec(prop::sample::select(vec![
        "<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<br>", "x", "own words ", "<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "<table><tr><td>", "</table>", "<ul><li>",
        "</ul>", "On 3 May 2021, Ann wrote:<br>", "From: a<br>Sent: b<br>To: c<br>Subject: d<br>", "-- <br>", "<hr>", "<div id=divRplyFwdMsg>", "<img src=cid:a>", "Hello there my friend of old ", "&gt; marked<br>",
    ]), 0..40), known in any::<bool>()) {
        let clean = sanitize::clean(&parts.concat()).html;
        let originals: &[&str] = if known { &["Hello there my friend of old"] } else { &[] };
        let folded = fold(&clean, originals);
        prop_assert_eq!(text_of(&folded), text_of(&clean), "{}", folded);
        // Well nested, and safe to the eyes of the sanitiser, which finds nothing to change.
        prop_assert_eq!(&sanitize::clean(&folded).html, &folded);
    }
}
