//! Mails of people and of machines, and what each is taken for.

use crate::{desk::mail::message::Automatic, mail::mime::parse};

/// One word for what a mail is.
fn kind(raw: &str) -> &'static str {
    match parse(raw.as_bytes()).automatic {
        Automatic::No => "no",
        Automatic::AutoReply { .. } => "reply",
        Automatic::Bounce(_) => "bounce",
        Automatic::List { .. } => "list",
        Automatic::Notice { .. } => "notice",
        Automatic::OwnLoop { .. } => "own",
    }
}

#[test]
fn automatic_mail_is_told_by_its_fields() {
    let table = [
        ("From: a@b.example\nSubject: Printer\n\nx", "no"),
        ("From: a@b.example\nAuto-Submitted: no\n\nx", "no"),
        ("From: a@b.example\nSubject: Out of office\n\nx", "no"),
        ("From: a@b.example\nSubject: bounce rate\n\nundeliverable", "no"),
        ("From: a@b.example\nAuto-Submitted: auto-replied (vacation)\n\nx", "reply"),
        ("From: a@b.example\nX-Autoreply: yes\n\nx", "reply"),
        ("From: a@b.example\nX-Autoreply: no\n\nx", "no"),
        ("From: a@b.example\nPrecedence: auto_reply\n\nx", "reply"),
        ("From: a@b.example\nPrecedence: bulk\n\nx", "list"),
        ("From: a@b.example\nPrecedence: bulk\nSubject: Abwesenheitsnotiz\n\nx", "reply"),
        ("From: a@b.example\nX-Auto-Response-Suppress: All\nSubject: Automatic reply: x\n\nx", "reply"),
        ("From: a@b.example\nX-Auto-Response-Suppress: All\n\nx", "notice"),
        ("From: a@b.example\nX-Auto-Response-Suppress: DR, RN\n\nx", "no"),
        ("From: a@b.example\nAuto-Submitted: auto-generated\n\nx", "notice"),
        ("From: a@b.example\nAuto-Submitted: auto-forwarded\n\nx", "no"),
        ("From: a@b.example\nList-Id: <x.b.example>\n\nx", "list"),
        ("From: a@b.example\nX-Mailer: vacation 1.2\n\nx", "reply"),
        ("From: a@b.example\nX-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n\nx", "reply"),
        ("From: a@b.example\nX-GitHub-Reason: mention\n\nx", "notice"),
        ("From: a@b.example\nX-RT-Loop-Prevention: rt.example\n\na person wrote this", "no"),
        ("From: a@b.example\nX-OTRS-Loop: x\nSubject: Out of office\n\nx", "reply"),
        ("From: a@b.example\nX-Auto-Reply: true\nSubject: 부재중\n\nx", "reply"),
        ("Return-Path: <>\nFrom: a@b.example\nSubject: Автоответ: x\n\nx", "reply"),
        ("Return-Path: <>\nFrom: a@b.example\n\nx", "notice"),
        ("Return-Path: <>\nFrom: a@b.example\nSubject: Automatische Antwort: x\n\nx", "reply"),
        ("From: MAILER-DAEMON@b.example\nSubject: hello\n\nhello", "notice"),
        ("From: MAILER-DAEMON@b.example\nSubject: Undelivered Mail\n\nx", "bounce"),
    ];
    for (raw, expected) in table {
        let message = parse(raw.as_bytes());
        assert_eq!(kind(raw), expected, "{raw}\n{:?}", message.automatic);
        assert_eq!(message.automatic.reason().is_some(), expected != "no");
    }
}

#[test]
fn receipts_and_complaints_are_no_bounces() {
    for (report, part, expected) in [
        ("disposition-notification", "message/disposition-notification", "reply"),
        ("feedback-report", "message/feedback-report", "notice"),
    ] {
        let raw = format!(
            "From: postmaster@b.example\nContent-Type: multipart/report; report-type={report}; boundary=x\n\n--x\n\nread\n--x\nContent-Type: {part}\n\nA: b\n--x--\n"
        );
        assert_eq!(kind(&raw), expected);
    }
}
