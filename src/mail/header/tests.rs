//! Header fields as they are found in the wild, and what is read from each.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

#[test]
fn encoded_words_are_resolved_however_broken() {
    let table: [(&[u8], &str); 22] = [
        (b"plain", "plain"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?=", "Grüße aus"),
        (b"=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?utf-8*de?q?a?=", "a"),
        // Blanks between words go, blanks beside text stay.
        (b"=?utf-8?q?a?= \r\n =?utf-8?q?b?= c", "ab c"),
        (b"a =?utf-8?q?b?=", "a b"),
        // A character split between words, and base64 cut inside it.
        (b"=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        (b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC?=", "Grü"),
        (b"=?utf-8?Q?a b?= c", "a b c"),
        (b"=?utf-8?Q?what?=20now?=", "what? now"),
        (b"=?utf-8?Q?really??=", "really?"),
        (b"\"=?iso-8859-1?Q?J=F6rg?=\"", "\"Jörg\""),
        (b"J\xf6rg", "Jörg"),
        ("Jörg".as_bytes(), "Jörg"),
        (b"=?no-such?Q?J=C3=B6rg?=", "Jörg"),
        (b"=?utf-8?Q?J=F6rg?=", "Jörg"),
        (b"=?us-ascii?Q?J=C3=B6rg?=", "Jörg"),
        (b"=?utf-8?X?a?=", "=?utf-8?X?a?="),
        (b"=?utf-8?Q?never_closed", "never closed"),
        (b"=?utf-8?Q?a?=tail", "atail"),
        (b"1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        (b"=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
    ];
    for (value, expected) in table {
        assert_eq!(one_line(value, None), expected, "{}", String::from_utf8_lossy(value));
    }
}

#[test]
fn fields_are_found() {
    // The raw head, the names of its fields, the body.
    let table: [(&str, &[&str], &str); 12] = [
        ("A: 1\r\nB: 2\r\n\r\nbody", &["A", "B"], "body"),
        ("A: 1\nB: 2\n\nbody", &["A", "B"], "body"),
        ("From x@y Mon\nA: 1\n\nbody", &["A"], "body"),
        ("\n\nA: 1\n\nbody", &["A"], "body"),
        ("A: 1\n  more\n\nbody", &["A"], "body"),
        ("A : 1\nno field here\nX-B: 2\n\nbody", &["A", "X-B"], "body"),
        ("A: 1\nastray\nonce more\nSubject: 2\n\nbody", &["A", "Subject"], "body"),
        ("A: 1\nHello\n\nmore\n", &["A"], "Hello\n\nmore\n"),
        ("A: 1\nHello, this is the text.\nIt goes on.\n", &["A"], "Hello, this is the text.\nIt goes on.\n"),
        ("just text\n", &[], "just text\n"),
        ("\nbody", &[], "body"),
        ("", &[], ""),
    ];
    for (raw, names, body) in table {
        let head = Head::read(raw.as_bytes());
        assert_eq!(head.fields.iter().map(|it| it.name).collect::<Vec<_>>(), names, "{raw:?}");
        assert_eq!(&raw[head.body..], body, "{raw:?}");
    }
}

#[test]
fn huge_heads_are_bounded_and_essentials_still_found() {
    let raw = format!("{}Subject: found\n\nbody", "X-Filler: y\n".repeat(800_000));
    let started = Instant::now();
    let head = Head::read(raw.as_bytes());
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(head.cut && head.fields.len() <= 2 * MAIL_FIELDS_MAX);
    assert_eq!(head.text("subject").as_deref(), Some("found"));
    assert_eq!(&raw[head.body..], "body");
    for bomb in ["=?", "=?utf-8?Q?", "=?utf-8?Q?a?=", "=?a?B?", "?="] {
        let value = bomb.repeat(100_000);
        let started = Instant::now();
        one_line(value.as_bytes(), None);
        assert!(started.elapsed() < Duration::from_secs(5), "{bomb}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_head(raw in any::<Vec<u8>>()) {
        let head = Head::read(&raw);
        prop_assert!(head.body <= raw.len());
        prop_assert!(!one_line(&raw, Some("gbk")).contains(['\n', '\r']));
    }
}
