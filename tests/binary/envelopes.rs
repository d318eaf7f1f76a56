//! What stands on the envelope and what comes of it: return paths of automatic mail and of answers, reports that come to them, and one
//! click that ends what it says.

use serde_json::{Value, json};

use crate::{
    appliance::{Appliance, try_ask},
    mail::{header, mail_in},
    sending::{appliance, comment, hold, state, ticket},
    sending_tls::{Encrypted, Offers},
};

/// Return path and recipients of each transaction that a server heard.
fn envelopes(heard: &str) -> Vec<(String, Vec<String>)> {
    let inside = |line: &str| line.split_once('<').and_then(|it| it.1.split_once('>')).map(|it| it.0.to_owned()).unwrap_or_default();
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for line in heard.lines() {
        if line.starts_with("MAIL FROM:") {
            found.push((inside(line), Vec::new()));
        } else if line.starts_with("RCPT TO:") {
            found.last_mut().unwrap().1.push(inside(line));
        }
    }
    found
}

fn sent(appliance: &Appliance) -> u64 {
    appliance.get("/v1/mail/outbox?state=sent").json()["total"].as_u64().unwrap()
}

#[test]
fn an_acknowledgement_may_have_no_return_path_and_an_answer_has_one() {
    let server = Encrypted::start(Offers::Nothing);
    let appliance = appliance(server.port, &[]);
    hold(&appliance, 0);
    ticket(&appliance, "rosa@example.org", "first");
    appliance.until("it was sent", |it| sent(it) == 1);
    assert_eq!(appliance.ask("PATCH", "/v1/settings/sending", &json!({ "nullReturnPath": true })).status, 200);
    let number = ticket(&appliance, "otto@example.org", "second");
    appliance.until("it was sent", |it| sent(it) == 2);
    comment(&appliance, &number, &json!({ "body": "By a person.", "cc": ["peer@example.org"] }));
    appliance.until("it was sent", |it| sent(it) == 3);
    let found = envelopes(&server.clear());
    let to: Vec<&[String]> = found.iter().map(|it| it.1.as_slice()).collect();
    assert_eq!(to, [["rosa@example.org"], ["otto@example.org"], ["otto@example.org"], ["peer@example.org"]], "{found:?}");
    let from: Vec<&str> = found.iter().map(|it| it.0.as_str()).collect();
    assert!(from[0].starts_with("help+b-") && from[1].is_empty(), "{from:?}");
    assert!(from[2].starts_with("help+b-") && from[3].starts_with("help+b-") && from[2] != from[3], "each copy has its own: {from:?}");
}

fn report(to: &str, about: &str, original: &str, id: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <{id}@example.org>\n\
         Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
         --b\nContent-Type: text/plain\n\nIt could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; {about}\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: smtp; 550 5.1.1 no such user\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {original}\nSubject: x\n\n--b--\n"
    )
}

#[test]
fn a_report_needs_the_return_address_of_the_copy_to_suppress() {
    let server = Encrypted::start(Offers::Nothing);
    let appliance = appliance(server.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "reports");
    let said = comment(&appliance, &number, &json!({ "body": "To both.", "cc": ["peer@example.org"] }));
    appliance.until("it was sent", |it| state(it, &number, &said) == "sent");
    let heard = server.clear();
    let found = envelopes(&heard);
    let of = |address: &str| found.iter().rev().find(|it| it.1 == [address]).unwrap().0.clone();
    let mail = heard.rsplit("DATA\r\n").next().unwrap();
    let (id, reply_to) = (header(mail, "Message-ID"), header(mail, "Reply-To"));
    let suppressed = || appliance.get("/v1/mail/suppressions").json()["total"].clone();

    // Whoever has the other copy knows all of this.
    for (n, to) in ["help@example.com", &reply_to, &of("peer@example.org")].into_iter().enumerate() {
        let came = mail_in(&appliance, &report(to, "rosa@example.org", &id, &format!("forged{n}")));
        assert_eq!(came["outcome"], "appended", "{came}");
        assert_eq!((suppressed(), state(&appliance, &number, &said)), (json!(0), "bounced".to_owned()), "{to}");
    }
    let came = mail_in(&appliance, &report(&of("rosa@example.org"), "rosa@example.org", "<lost@example.org>", "real"));
    assert_eq!((&came["outcome"], &came["rule"], suppressed()), (&json!("appended"), &json!("delivery_report"), json!(1)), "{came}");
    // A program that answers for somebody who is away writes there, too, and suppresses nobody.
    let away = format!(
        "From: peer@example.org\nTo: {}\nSubject: Away\nAuto-Submitted: auto-replied\nMessage-ID: <away@example.org>\n\nI am away.\n",
        of("peer@example.org")
    );
    let came = mail_in(&appliance, &away);
    assert_eq!((&came["outcome"], suppressed()), (&json!("appended"), json!(1)), "{came}");
}

fn watchers(appliance: &Appliance, number: &str) -> Vec<Value> {
    appliance.get(&format!("/v1/tickets/{number}/watchers")).json()["items"].as_array().unwrap().clone()
}

#[test]
fn one_click_ends_what_it_says_and_looking_ends_nothing() {
    let server = Encrypted::start(Offers::Nothing);
    let appliance = appliance(server.port, &[]);
    hold(&appliance, 0);
    let number = ticket(&appliance, "rosa@example.org", "clicks");
    for address in ["otto@example.org", "ida@example.org"] {
        let made = appliance.ask("POST", "/v1/users", &json!({ "email": address, "name": address, "roles": ["requester"] }));
        assert!(made.status < 300, "{made:?}");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let added = appliance.ask("POST", &format!("/v1/tickets/{number}/watchers"), &json!({ "person": id }));
        assert!(added.status < 300, "{added:?}");
    }
    comment(&appliance, &number, &json!({ "body": "For all who follow." }));
    appliance.until("all have it", |it| sent(it) == 4);
    let heard = server.clear();
    let mails: Vec<&str> = heard.split("DATA\r\n").skip(1).collect();
    let to = |address: &str| *mails.iter().find(|it| header(it, "To").contains(address) && it.contains("For all who follow")).unwrap();
    assert_eq!(header(to("rosa@example.org"), "List-Unsubscribe"), "", "an answer to whom it is for is no list");
    let otto = to("otto@example.org");
    assert_eq!(header(otto, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let link = header(otto, "List-Unsubscribe");
    let path = link.strip_prefix("<https://desk.example.com").and_then(|it| it.strip_suffix('>')).unwrap().to_owned();

    assert_eq!(watchers(&appliance, &number).len(), 2);
    let address = appliance.address();
    for method in ["GET", "HEAD"] {
        assert_eq!(try_ask(&address, method, &path, &[], b"").unwrap().status, 200, "{method}");
    }
    assert_eq!(watchers(&appliance, &number).len(), 2, "looking changes nothing");
    // As a provider of mail does it (RFC 8058 3.1): from elsewhere, without cookies.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for _ in 0..2 {
        let done = try_ask(&address, "POST", &path, &form, b"List-Unsubscribe=One-Click").unwrap();
        assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.body));
        assert_eq!(watchers(&appliance, &number).len(), 1, "one of two, and twice is once");
    }
    let boundary = [("content-type", "multipart/form-data; boundary=x")];
    let parts = b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    assert_eq!(try_ask(&address, "POST", &path, &boundary, parts).unwrap().status, 200);
    let forged = format!("{}x", &path[..path.len() - 1]);
    assert_eq!(try_ask(&address, "POST", &forged, &form, b"List-Unsubscribe=One-Click").unwrap().status, 404);

    comment(&appliance, &number, &json!({ "body": "For those who still follow." }));
    appliance.until("they have it", |it| sent(it) == 6);
    let heard = server.clear();
    let second: Vec<String> =
        heard.split("DATA\r\n").skip(1).filter(|it| it.contains("For those who still follow")).map(|it| header(it, "To")).collect();
    assert!(second.len() == 2 && !second.iter().any(|it| it.contains("otto")), "{second:?}");
    let ticket = appliance.get(&format!("/v1/tickets/{number}")).json();
    assert_ne!(ticket["status"], "closed", "nothing else came of it: {ticket}");
}
