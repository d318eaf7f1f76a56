//! Raw mails, and what they are taken apart into.

use std::time::{Duration, Instant as Clock};

use proptest::prelude::*;

use super::*;
use crate::limits::MAIL_PARTS_MAX;

#[test]
fn texts_and_files_are_told_apart() {
    // The raw mail, its text, its attachments as `name type`.
    let table: [(&str, &str, &[&str]); 13] = [
        ("Subject: a\n\nbody", "body", &[]),
        ("Content-Type: text/html\n\n<p>Hi</p><p>you</p>", "Hi\n\nyou", &[]),
        ("Content-Type: multipart/alternative; boundary=x\n\n--x\n\ntext\n--x\nContent-Type: text/html\n\n<b>html</b>\n--x--", "text", &[]),
        ("Content-Type: multipart/alternative; boundary=x\n\n--x\n\n \n--x\nContent-Type: text/html\n\n<b>html</b>\n--x--", "html", &[]),
        ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n\ntwo\n--x--", "one\n\ntwo", &[]),
        (
            "Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\nContent-Type: text/plain; name=a.txt\n\nfile\n--x--",
            "one",
            &["a.txt text/plain"],
        ),
        // The only text is shown, though it is a file as well.
        (
            "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; name=a.txt\n\nfile\n--x--",
            "file",
            &["a.txt text/plain"],
        ),
        (
            "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/rfc822\n\nSubject: inner\n\ndeep\n--x--",
            "---------- Forwarded message ----------\nSubject: inner\n\ndeep",
            &["inner.eml message/rfc822"],
        ),
        ("Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\neJ8+Ig==", "", &["winmail.dat application/ms-tnef"]),
        ("Content-Type: text/calendar\n\nBEGIN:VCALENDAR", "", &["invitation.ics text/calendar"]),
        ("Content-Type: text/plain; format=flowed\n\none \ntwo\nthree", "one two\nthree", &[]),
        ("Content-Type: nonsense\n\nbody", "body", &[]),
        ("Subject: a\n\nsee\nbegin 644 a.bin\n%2&5L;&\\\n`\nend\nafter", "see\nafter", &["a.bin application/octet-stream"]),
    ];
    for (raw, text, attachments) in table {
        let message = parse(raw.as_bytes());
        let names: Vec<String> =
            message.attachments.iter().map(|it| format!("{} {}", it.filename.as_deref().unwrap_or("-"), it.content_type)).collect();
        assert_eq!((message.text.as_str(), names), (text, attachments.iter().map(|it| (*it).to_owned()).collect()), "{raw}");
    }
}

#[test]
fn digests_ignore_the_journey_and_nothing_else() {
    let base = "From: a@b.example\nSubject: x\nMessage-ID: <1@b>\n\nbody\n";
    let same = [
        base.replace('\n', "\r\n"),
        format!("Received: by mx\nDelivered-To: d@e.example\nReturn-Path: <a@b.example>\nX-Spam: no\n{base}"),
        format!("{base}\n\n"),
    ];
    let other = [
        base.replace("body", "other"),
        base.replace("Subject: x", "Subject: y"),
        base.replace("<1@b>", "<2@b>"),
        base.replace("From: a", "To: a"),
    ];
    let digest = |raw: &str| parse(raw.as_bytes()).digest;
    for raw in &same {
        assert_eq!(digest(raw), digest(base), "{raw}");
    }
    for raw in &other {
        assert_ne!(digest(raw), digest(base), "{raw}");
    }
}

#[test]
fn fields_are_understood() {
    let raw = "Return-Path: <>\nFrom: \"Bee, Ann\" <a@b.example>\nSender: s@b.example\nReply-To: r@b.example\nTo: c@d.example, e@d.example\nDelivered-To: c@d.example\n\
               Message-ID: <1@b.example>\nIn-Reply-To: Your mail <0@b.example>\nReferences: <x@b.example>\n <0@b.example> <x@b.example>\n\
               Date: Mon, 3 May 2021 10:00:00 +0200\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nx";
    let message = parse(raw.as_bytes());
    assert_eq!(message.from, Some(Mailbox { name: "Bee, Ann".to_owned(), address: "a@b.example".to_owned() }));
    assert_eq!(message.sender.map(|it| it.address).as_deref(), Some("s@b.example"));
    assert_eq!(message.reply_to.len(), 1);
    assert_eq!(message.to.len(), 2);
    assert_eq!(message.delivered_to, ["c@d.example"]);
    assert_eq!(message.message_id.as_deref(), Some("1@b.example"));
    assert_eq!(message.in_reply_to.as_deref(), Some("0@b.example"));
    assert_eq!(message.references, ["x@b.example", "0@b.example"]);
    assert_eq!(message.date.map(|it| it.to_string()).as_deref(), Some("2021-05-03T08:00:00.000Z"));
    assert_eq!(message.subject, "Grüße");
    assert_eq!(message.return_path, ReturnPath::Null);
}

#[test]
fn references_keep_the_first_and_the_newest() {
    let ids: Vec<String> = (0..1000).map(|it| it.to_string()).collect();
    let kept = bounded(ids);
    assert_eq!(
        (kept.len(), kept[0].as_str(), kept[1].as_str(), kept[MAIL_REFERENCES_MAX - 1].as_str()),
        (MAIL_REFERENCES_MAX, "0", "901", "999")
    );
}

#[test]
fn odd_dates_are_no_danger() {
    for value in [
        "",
        "Mon, 99 Foo 99999 99:99:99 +9999",
        "0",
        "Mon, 3 May 99999999999999999999",
        "31 Feb 2021 10:00",
        "Mon, 0 Jan 0000 00:00:00 +0000",
    ] {
        date(value);
    }
}

#[test]
fn what_cannot_be_understood_is_salvaged() {
    let message = salvage(b"From: a@b.example\nSubject: x\n\nbody");
    assert_eq!((message.subject.as_str(), message.text.as_str(), message.flaws.len()), ("x", "body", 1));
}

#[test]
fn bombs_are_bounded() {
    let part = "--x\nContent-Type: text/plain; name=a\n\na\n";
    let nested: String = (0..50_000).map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n")).collect();
    let table = [
        ("deep", nested),
        ("wide", format!("Content-Type: multipart/mixed; boundary=x\n\n{}", part.repeat(200_000))),
        ("head", format!("{}Subject: s\n\nx", "X-A: b\n".repeat(1_400_000))),
        ("one field", format!("Subject: {}\n\nx", "=?utf-8?Q?a?= ".repeat(700_000))),
        ("html", format!("Content-Type: text/html\n\n{}", "<div><b>".repeat(500_000))),
        ("addresses", format!("To: {}\n\nx", "a@b.example, ".repeat(500_000))),
        ("quotes", format!("Subject: s\n\n{}", "> ".repeat(2_000_000))),
    ];
    for (what, raw) in table {
        let started = Clock::now();
        let message = parse(raw.as_bytes());
        assert!(started.elapsed() < Duration::from_secs(20), "{what} took {:?}", started.elapsed());
        let size =
            message.text.len() + message.html.map_or(0, |it| it.len()) + message.attachments.iter().map(|it| it.bytes.len()).sum::<usize>();
        assert!(size <= raw.len() * 3 + 1000 && message.attachments.len() <= MAIL_PARTS_MAX, "{what} grew to {size}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(parse(&raw).flaws.iter().filter(|it| it.contains("could not be taken apart")).count(), 0);
    }
}
