//! Hostile mails: trees of parts built at random, real mails damaged at random. Whatever comes, a mail is taken apart without a panic, in
//! time and memory in proportion to its size, into HTML that a second cleaning leaves as it is, and into folds that leave nothing out.
//! A short run is part of the tests; `LODGE_FUZZ_SECS=3600 cargo test --test desk fuzz_mail -- --nocapture` is a long one, and
//! `LODGE_FUZZ_SEED` repeats one. A mail that fails is written to the folder for temporary files, and its path is told.

use std::{
    fs,
    path::Path,
    sync::LazyLock,
    time::{Duration, Instant},
};

use lodge::{
    desk::mail::message::ParsedMessage,
    mail::mime,
    text::{
        html::{Reader, Token},
        quote, sanitize,
    },
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use regex::{Captures, Regex};

use crate::scores::cases;

/// How long the short run lasts.
const SECS_SHORT: u64 = 10;
/// What the short run is made from.
const SEED_SHORT: u64 = 20_261_121;
/// Larger mails are made by repeating; the proportion is what counts.
const BYTES_MAX: usize = 300_000;
/// Text, HTML and files of a mail may take so many times its size, and what a small one needs for words of ours.
const GROWTH_MAX: usize = 12;
const GROWTH_FREE_BYTES: usize = 8 * 1024;
/// A mail may take so many times as long per byte as the median of the same run, once it is large enough to be measured.
const SLOWNESS_MAX: f64 = 60.0;
const SLOWNESS_FREE: Duration = Duration::from_millis(400);

/// Real mails, to be damaged.
fn corpus() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut own: Vec<_> =
        fs::read_dir(own).unwrap().map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "eml")).collect();
    own.sort();
    found.extend(own.iter().map(|it| fs::read(it).unwrap()));
    for kind in ["mail", "reply"] {
        for path in cases(kind).unwrap_or_default() {
            let raw = ["eml", "txt", "html"].iter().find_map(|it| fs::read(path.with_extension(it)).ok());
            found.extend(raw.filter(|it| it.len() <= BYTES_MAX));
        }
    }
    found
}

const TYPES: [&str; 22] = [
    "text/plain",
    "text/plain; charset=utf-7",
    "text/plain; format=flowed; delsp=yes",
    "text/html",
    "text/html; charset=iso-2022-jp",
    "text/plain; charset=gb18030",
    "multipart/mixed",
    "multipart/alternative",
    "multipart/related",
    "multipart/signed",
    "multipart/report; report-type=delivery-status",
    "message/rfc822",
    "message/delivery-status",
    "application/ms-tnef",
    "text/calendar; method=REQUEST",
    "application/pkcs7-mime; smime-type=signed-data",
    "image/png; name=\"=?utf-8?B?w6Q=?=.png\"",
    "application/octet-stream; name*0*=utf-8''a%20; name*1=b.ics",
    "text/calendar",
    "text",
    "/",
    "multipart/encrypted",
];
const TRANSFERS: [&str; 7] = ["7bit", "base64", "quoted-printable", "8bit", "x-uuencode", "spam", "BASE64 "];
const FIELDS: [&str; 18] = [
    "From: =?utf-8?Q?=C3=A4?= <a@x.example>",
    "From: a",
    "Subject: Fwd: =?iso-2022-jp?B?GyRCJUYbKEI=?=",
    "Subject: =?utf-8?B?w",
    "References: <a@b> <c@d> e@f",
    "In-Reply-To: <",
    "Date: Tue, 31 Feb 99999 99:99:99 +9999",
    "Auto-Submitted: auto-replied",
    "Return-Path: <>",
    "To: undisclosed-recipients:;, <<>>, \"a,b\" <c@d>",
    "Content-ID: <i@x>",
    "Content-Location: http://x/y.png",
    "Content-Disposition: inline; filename=\"a\0b\"",
    "Content-Disposition: attachment",
    "List-Id: <x>",
    "X: \u{fffd}",
    "Received: x",
    "Message-ID: <m@x>",
];
const HTML: [&str; 44] = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<blockquote type=cite>",
    "</blockquote>",
    "<div class=gmail_quote>",
    "<div id=divRplyFwdMsg>",
    "<a href=\"https://evil.example/\">",
    "bank.example",
    "</a>",
    "<img src=cid:i@x>",
    "<img src=\"data:image/png;base64,AAAA\">",
    "<img src=http://x/y.png>",
    "<script>",
    "</script>",
    "<style>p{}</style>",
    "<svg><math>",
    "<!--",
    "-->",
    "<p style=\"color:red;position:fixed;background:url(x)\">",
    "<details>",
    "<summary>",
    "</summary>",
    "</details>",
    "<ul><li>",
    "<pre>\n",
    "&lt;&#0;&#x110000;&amp",
    "<",
    ">",
    "\"",
    "<br>",
    "<b><i></b>",
    "On 3 May 2021, Ann <a@x> wrote:<br>",
    "From: a<br>Sent: b<br>To: c<br>Subject: d<br>",
    "-- <br>",
    "<h1 onclick=x>",
    "<font color=red>",
    "<caption>",
    "words of somebody ",
];
const TEXT: [&str; 22] = [
    "words of somebody\n",
    "> quoted\n",
    ">> deeper\n",
    "On 3 May 2021, Ann wrote:\n",
    "-----Original Message-----\n",
    "From: a\nSent: b\nTo: c\nSubject: d\n",
    "-- \n",
    "\n",
    "\r\n",
    "begin 644 a\n#AAAA\n`\nend\n",
    "=ybegin line=128 size=1 name=a\n\x2b\n=yend size=1\n",
    "-----BEGIN PGP MESSAGE-----\n",
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID=Europe/Berlin:20210503T100000\nEND:VEVENT\n",
    "\x1b$B%F\x1b(B",
    "+AOQ-",
    "\u{202e}\u{200b}",
    "年月日 Ann のメール:\n",
    "Action: failed\nFinal-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n",
    "=3D=\n=",
    "a@b.example: 550 5.1.1 no such user\n",
    "Sent from my iPhone\n",
    "\0",
];

fn pick<'a>(rng: &mut StdRng, of: &[&'a str]) -> &'a str {
    of.choose(rng).copied().unwrap_or_default()
}

/// A part with its head; containers hold parts.
fn part(rng: &mut StdRng, depth: usize, out: &mut Vec<u8>) {
    let kind = pick(rng, &TYPES);
    let boundary = format!("b{}", rng.random_range(0..4));
    let name = if kind.starts_with("multipart") { format!("{kind}; boundary={boundary}") } else { kind.to_owned() };
    out.extend(format!("Content-Type: {name}\r\n").bytes());
    if rng.random_bool(0.4) {
        out.extend(format!("Content-Transfer-Encoding: {}\r\n", pick(rng, &TRANSFERS)).bytes());
    }
    for _ in 0..rng.random_range(0..3) {
        out.extend(pick(rng, &FIELDS).bytes());
        out.extend(*b"\r\n");
    }
    out.extend(*b"\r\n");
    if kind.starts_with("multipart") && depth < 6 {
        for _ in 0..rng.random_range(0..5) {
            out.extend(format!("\r\n--{boundary}\r\n").bytes());
            part(rng, depth + 1, out);
        }
        if rng.random_bool(0.8) {
            out.extend(format!("\r\n--{boundary}--\r\n").bytes());
        }
        return;
    }
    if kind == "message/rfc822" && depth < 6 {
        return part(rng, depth + 1, out);
    }
    let repeat = if rng.random_bool(0.05) { 4000 } else { 1 };
    for _ in 0..rng.random_range(0..30) {
        let piece = if kind.starts_with("text/html") { pick(rng, &HTML) } else { pick(rng, &TEXT) };
        let repeat = if rng.random_bool(0.1) { repeat } else { 1 };
        out.extend(piece.repeat(repeat).bytes());
    }
}

/// Damages bytes as transports, programs and attackers do.
fn damage(rng: &mut StdRng, raw: &mut Vec<u8>) {
    for _ in 0..rng.random_range(1..12) {
        if raw.is_empty() {
            return;
        }
        let at = rng.random_range(0..raw.len());
        match rng.random_range(0..7) {
            0 => raw[at] = rng.random(),
            1 => raw.truncate(at),
            2 => raw.insert(at, rng.random()),
            3 => drop(raw.drain(at..raw.len().min(at + rng.random_range(1..200)))),
            4 => {
                let copy = raw[at..raw.len().min(at + rng.random_range(1..500))].to_vec();
                let times = if rng.random_bool(0.1) { 200 } else { 1 };
                raw.splice(at..at, copy.repeat(times));
            }
            5 => {
                let piece = if rng.random() { pick(rng, &HTML) } else { pick(rng, &FIELDS) };
                raw.splice(at..at, piece.bytes());
            }
            _ => {
                let other = if rng.random() { b"\r\n".as_slice() } else { b"\n" };
                *raw = raw.split(|it| *it == b'\n').map(|it| it.strip_suffix(b"\r").unwrap_or(it)).collect::<Vec<_>>().join(other);
            }
        }
        raw.truncate(BYTES_MAX);
    }
}

/// The HTML with the attributes of each tag sorted.
fn in_order(html: &str) -> String {
    static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<([a-z0-9]+)((?: [a-z-]+="[^"]*")+)>"#).unwrap());
    static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#" [a-z-]+="[^"]*""#).unwrap());
    let sorted = |tag: &Captures<'_>| {
        let mut attributes: Vec<&str> = ATTRIBUTE.find_iter(&tag[2]).map(|it| it.as_str()).collect();
        attributes.sort_unstable();
        format!("<{}{}>", &tag[1], attributes.concat())
    };
    TAG.replace_all(html, |tag: &Captures<'_>| sorted(tag)).into_owned()
}

/// What must hold of a mail, as a sentence if it does not.
fn flaw(raw: &[u8], message: &ParsedMessage) -> Option<String> {
    if message.flaws.iter().any(|it| it.contains("could not be taken apart")) {
        return Some("the parser gave up".to_owned());
    }
    let files: usize = message.attachments.iter().map(|it| it.bytes.len()).sum();
    let kept = files + message.text.len() + message.html.as_ref().map_or(0, String::len);
    if kept > raw.len() * GROWTH_MAX + GROWTH_FREE_BYTES {
        return Some(format!("{} bytes became {kept}", raw.len()));
    }
    if message.text.contains('\0') || message.subject.contains('\n') {
        return Some("a NUL or a line end is where none may be".to_owned());
    }
    let whole: String =
        quote::folds_against(&message.text, &["words of somebody who knows"]).iter().map(|it| &message.text[it.range.clone()]).collect();
    if whole != message.text {
        return Some("the folds of the text are not the text".to_owned());
    }
    let html = message.html.as_ref()?;
    let again = sanitize::clean(html);
    // The order of attributes says nothing.
    if in_order(&again.html) != in_order(html) && !again.cut {
        return Some(format!("a second cleaning changes the HTML:\n{html}\n{}", again.html));
    }
    let folded = quote::html::fold(html, &["words of somebody who knows"]);
    (words(&folded) != words(html)).then(|| format!("folding changes the text of the HTML:\n{html}\n{folded}"))
}

/// The text of HTML, without what stands on the folds.
fn words(html: &str) -> String {
    let mut out = String::new();
    let mut ours = false;
    for token in Reader::new(html) {
        match token {
            Token::Open(tag) if tag.name == "summary" => ours = true,
            Token::Close("summary") => ours = false,
            Token::Text(text) if !ours => out.push_str(text),
            _ => {}
        }
    }
    out
}

#[test]
fn hostile_mails_do_no_harm() {
    let secs = std::env::var("LODGE_FUZZ_SECS").ok().and_then(|it| it.parse().ok()).unwrap_or(SECS_SHORT);
    let seed = std::env::var("LODGE_FUZZ_SEED").ok().and_then(|it| it.parse().ok());
    // The short run is the same each time; a long one looks further.
    let seed = seed.unwrap_or_else(|| if secs == SECS_SHORT { SEED_SHORT } else { rand::rng().random() });
    println!("LODGE_FUZZ_SEED={seed} LODGE_FUZZ_SECS={secs}");
    let mut rng = StdRng::seed_from_u64(seed);
    let corpus = corpus();
    let started = Instant::now();
    let (mut tried, mut bytes) = (0u64, 0usize);
    // Nanoseconds per byte of each, and those that took long.
    let mut rates: Vec<f64> = Vec::new();
    let mut slow: Vec<(Duration, Vec<u8>)> = Vec::new();
    while started.elapsed() < Duration::from_secs(secs) {
        let mut raw = Vec::new();
        if rng.random_bool(0.5) || corpus.is_empty() {
            for _ in 0..rng.random_range(0..6) {
                raw.extend(pick(&mut rng, &FIELDS).bytes());
                raw.extend(*b"\r\n");
            }
            part(&mut rng, 0, &mut raw);
        } else {
            raw = corpus.choose(&mut rng).cloned().unwrap_or_default();
        }
        damage(&mut rng, &mut raw);
        let begun = Instant::now();
        let message = mime::parse(&raw);
        let took = begun.elapsed();
        if let Some(flaw) = flaw(&raw, &message) {
            panic!("{flaw}\nthe mail is in {}, the seed was {seed}", keep(&raw));
        }
        tried += 1;
        bytes += raw.len();
        if raw.len() >= 1000 {
            rates.push(took.as_nanos() as f64 / raw.len() as f64);
        }
        if took > SLOWNESS_FREE {
            slow.push((took, raw));
        }
    }
    rates.sort_by(f64::total_cmp);
    let median = rates.get(rates.len() / 2).copied().unwrap_or(1.0);
    slow.sort_by_key(|it| std::cmp::Reverse(it.0));
    println!(
        "{tried} mails, {bytes} bytes, {median:.0} ns per byte in the median; the slowest: {:?}",
        slow.first().map(|(took, raw)| (*took, raw.len()))
    );
    for (took, raw) in slow.iter().take(5) {
        // Measured again: another process may have had the processor.
        let begun = Instant::now();
        mime::parse(raw);
        let took = begun.elapsed().min(*took);
        let allowed = SLOWNESS_FREE.as_nanos() as f64 + raw.len() as f64 * median * SLOWNESS_MAX;
        assert!(took.as_nanos() as f64 <= allowed, "{} bytes took {took:?}; the mail is in {}, the seed was {seed}", raw.len(), keep(raw));
    }
}

/// Writes a mail down to be looked at.
fn keep(raw: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("lodge-fuzz-{}.eml", blake3::hash(raw).to_hex().chars().take(12).collect::<String>()));
    fs::write(&path, raw).unwrap();
    path.display().to_string()
}

/// Mails that were slow elsewhere, or could be: size doubles, time may not much more than double.
#[test]
fn large_mails_take_time_in_proportion() {
    type Made = fn(usize) -> Vec<u8>;
    let shapes: [(&str, Made); 14] = [
        ("HTML of several megabytes", |n| page(&"<p style=\"color:red\">words of somebody</p>".repeat(n * 400))),
        ("43 inline images", |n| {
            let image = "A".repeat(n * 500);
            page(&format!("<img src=\"data:image/png;base64,{image}\">").repeat(43))
        }),
        ("addresses of images without an end", |n| page(&"=data:image/".repeat(n * 1000))),
        ("alternatives", |n| {
            let children: String = (0..n * 30).map(|it| format!("--x\r\n\r\n{}{it}\r\n", "a b ".repeat(3000))).collect();
            format!("From: a@b\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n{children}").into_bytes()
        }),
        ("nested tags", |n| page(&"<div><b>".repeat(n * 500))),
        ("nested tables", |n| page(&"<table><tr><td>x".repeat(n * 300))),
        ("links", |n| page(&"<a href=\"https://a.example/x\">b.example</a> ".repeat(n * 200))),
        ("references", |n| format!("References: {}\r\nFrom: a@b\r\n\r\nx", "<a@b.example>\r\n ".repeat(n * 1000)).into_bytes()),
        ("recipients", |n| format!("To: {}\r\nFrom: a@b\r\n\r\nx", "\"A, B\" <a@b.example>,\r\n ".repeat(n * 1000)).into_bytes()),
        ("quoted text", |n| {
            format!("From: a@b\r\n\r\n{}", "On 3 May 2021, Ann wrote:\r\n> x\r\nFrom: a\r\nSent: b\r\n-- \r\n".repeat(n * 200)).into_bytes()
        }),
        ("parts", |n| format!("Content-Type: multipart/mixed; boundary=x\r\n\r\n{}", "--x\r\n\r\nx\r\n".repeat(n * 1000)).into_bytes()),
        ("encoded words", |n| format!("Subject: {}\r\n\r\nx", "=?utf-8?Q?a?= ".repeat(n * 1000)).into_bytes()),
        ("events", |n| {
            format!(
                "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n{}",
                "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n".repeat(n * 300)
            )
            .into_bytes()
        }),
        ("mails in mails", |n| format!("Subject: Fwd: x\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(n * 300)).into_bytes()),
    ];
    let time = |raw: &[u8]| {
        let best = (0..3).map(|_| {
            let begun = Instant::now();
            let message = mime::parse(raw);
            quote::folds(&message.text);
            message.html.as_ref().map(|it| quote::html::fold(it, &[]));
            begun.elapsed()
        });
        best.min().unwrap_or_default()
    };
    for (what, made) in shapes {
        let (small, large) = (made(4), made(16));
        let (short, long) = (time(&small), time(&large));
        println!("{what}: {} bytes {short:?}, {} bytes {long:?}", small.len(), large.len());
        // Four times the size: eight times the time is still near it, sixteen times is a square.
        assert!(long < short * 10 + Duration::from_millis(300), "{what}: {short:?} became {long:?}");
    }
}

fn page(html: &str) -> Vec<u8> {
    format!("From: a@b.example\r\nContent-Type: text/html\r\n\r\n{html}").into_bytes()
}
