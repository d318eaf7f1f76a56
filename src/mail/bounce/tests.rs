//! Reports of failed delivery, in the form of the standard and in the many others, and what is read from each.

use super::*;
use crate::mail::mime::parse;

fn report(raw: &str) -> BounceReport {
    match parse(raw.as_bytes()).automatic {
        Automatic::Bounce(report) => report,
        other => panic!("no bounce but {other:?}: {raw}"),
    }
}

fn form(groups: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nSorry.\n\
         --x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{groups}\n--x\nContent-Type: text/rfc822-headers\n\nMessage-ID: <orig@desk.example>\n--x--\n"
    )
}

#[test]
fn forms_of_the_rfc_are_read() {
    let two = form(
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n\
         Final-Recipient: rfc822;<c@b.example>\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 5.2.2 full\n",
    );
    let got = report(&two);
    assert_eq!(got.action, BounceAction::Failed);
    assert!(got.is_permanent());
    assert_eq!(got.original_message_id.as_deref(), Some("orig@desk.example"));
    let failed: Vec<_> = got.failed_recipients.iter().map(|it| (it.address.as_str(), it.status.as_deref())).collect();
    assert_eq!(failed, [("a@b.example", Some("5.1.1")), ("c@b.example", Some("5.2.2"))]);

    let late = report(&form("Final-Recipient: rfc822; a@b.example\nAction: delayed\nStatus: 4.4.1\n"));
    assert_eq!(late.action, BounceAction::Delayed);
    assert!(!late.is_permanent());

    let arrived = parse(form("Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0\n").as_bytes());
    assert!(matches!(arrived.automatic, Automatic::Notice { .. }));
}

#[test]
fn free_texts_are_read() {
    let table = [
        (
            "Return-Path: <>\nFrom: MAILER-DAEMON@q.example\nSubject: failure notice\n\nHi. This is the qmail-send program at q.example.\nI'm afraid I wasn't able to deliver your message.\n\n<a@b.example>:\n1.2.3.4 does not like recipient.\nRemote host said: 550 5.1.1 unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <orig@desk.example>\nTo: z@b.example\n",
            "a@b.example",
            "5.1.1",
        ),
        (
            "Return-Path: <>\nX-Failed-Recipients: a@b.example\nFrom: Mail Delivery System <Mailer-Daemon@e.example>\nSubject: Mail delivery failed: returning message to sender\n\nThe following address(es) failed:\n\n  a@b.example\n    host mx.b.example: 550 5.2.1 disabled\n\n------ This is a copy of the message ------\nMessage-ID: <orig@desk.example>\n",
            "a@b.example",
            "5.2.1",
        ),
        (
            "From: postmaster@x.example\nSubject: Undeliverable: Hello\n\nDelivery has failed to these recipients:\n\na@b.example\nThe address was not found. #550 5.1.10 RESOLVER.ADR\n\nMessage-ID: <orig@desk.example>\n",
            "a@b.example",
            "",
        ),
    ];
    for (raw, address, status) in table {
        let got = report(raw);
        assert_eq!(got.failed_recipients.first().map(|it| it.address.as_str()), Some(address), "{raw}");
        if !status.is_empty() {
            assert_eq!(got.failed_recipients[0].status.as_deref(), Some(status), "{raw}");
        }
        assert_eq!(got.original_message_id.as_deref(), Some("orig@desk.example"), "{raw}");
    }
}

#[test]
fn codes_are_found() {
    let table = [
        ("550 5.1.1 x", vec!["5.1.1"]),
        ("#5.7.509 (4.4.2)", vec!["5.7.509", "4.4.2"]),
        ("1.2.3.4 and 5.1.1.1, 3.1.1", vec![]),
        ("5.1.10.", vec!["5.1.10"]),
    ];
    for (text, expected) in table {
        assert_eq!(status_codes(text), expected, "{text}");
    }
}
