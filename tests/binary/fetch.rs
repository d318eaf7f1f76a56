//! Fetching from a real mail server (Dovecot), with a line between the two that breaks in every way: each mail becomes a ticket, once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    appliance::{Appliance, PATIENCE},
    dovecot::{Dovecot, PASSWORD, USER},
    faults::{Fault, Line},
};

pub fn mail(number: usize) -> String {
    format!(
        "From: Rosa <rosa{number}@example.org>\nTo: {USER}\nSubject: Mail {number}\nMessage-ID: <{number}@example.org>\n\
         Date: Mon, 02 Mar 2026 10:00:00 +0000\n\nThe text of mail {number}.\n{}\n",
        "A line of some length that makes it longer.\n".repeat(number % 50)
    )
}

/// An appliance that fetches from this port, with these settings besides the usual ones.
pub fn mailbox(appliance: &Appliance, port: u16, more: &Value) -> String {
    let mut settings = json!({
        "name": "Support", "address": USER, "host": "127.0.0.1", "port": port, "encryption": "none", "secret": PASSWORD,
        "pollSeconds": 10, "enabled": true,
    });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = appliance.ask("POST", "/v1/mailboxes", &settings);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    assert!(!String::from_utf8_lossy(&made.body).contains(PASSWORD));
    made.json()["id"].as_str().unwrap().to_owned()
}

pub fn health(appliance: &Appliance, id: &str) -> Value {
    appliance.get(&format!("/v1/mailboxes/{id}/health")).json()
}

/// The titles of all tickets, sorted.
pub fn titles(appliance: &Appliance) -> Vec<String> {
    let mut titles = Vec::new();
    let mut page = 1;
    loop {
        let all = appliance.get(&format!("/v1/tickets?pageSize=100&page={page}")).json();
        let items = all["items"].as_array().unwrap().clone();
        titles.extend(items.iter().map(|it| it["title"].as_str().unwrap().to_owned()));
        if items.len() < 100 {
            break;
        }
        page += 1;
    }
    titles.sort();
    titles
}

pub fn expected(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    let mut all: Vec<_> = numbers.into_iter().map(|it| format!("Mail {it}")).collect();
    all.sort();
    all
}

pub fn until_all(appliance: &Appliance, id: &str, numbers: std::ops::Range<usize>) {
    let expected = expected(numbers);
    let began = Instant::now();
    // Looked at now and then: a list of many tickets is not for every ten milliseconds.
    while titles(appliance).len() < expected.len() {
        assert!(began.elapsed() < 3 * PATIENCE, "{} of {}: {}", titles(appliance).len(), expected.len(), health(appliance, id));
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(titles(appliance), expected);
}

pub fn statement(appliance: &Appliance, id: &str) -> Value {
    let answer = appliance.ask("POST", &format!("/v1/mailboxes/{id}/statement"), &Value::Null);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// The warnings of a test of the connection.
pub fn tested(appliance: &Appliance, id: &str) -> Value {
    let answer = appliance.ask("POST", &format!("/v1/mailboxes/{id}/test"), &Value::Null);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

#[test]
fn mail_is_here_as_soon_as_it_is_there() {
    let Some(server) = Dovecot::start() else { return };
    server.make_folder("Sales");
    let appliance = Appliance::new();
    let id = mailbox(
        &appliance,
        server.imap,
        &json!({ "folders": ["INBOX", "Sales"], "after": "mark_seen", "pollSeconds": 3600, "alarmMinutes": 100 }),
    );
    appliance.until("it waits", |it| health(it, &id)["standing"] == "well");
    let began = Instant::now();
    server.deliver("INBOX", &mail(0));
    until_all(&appliance, &id, 0..1);
    assert!(began.elapsed() < Duration::from_secs(30), "the server tells of it at once: {:?}", began.elapsed());
    appliance.until("it is marked as seen", |_| server.lying("INBOX").iter().all(|it| it.ends_with(":2,S")));

    // Another folder is looked at when it is time, or when somebody calls.
    server.deliver("Sales", &mail(1));
    assert_eq!(appliance.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null).status, 204);
    until_all(&appliance, &id, 0..2);

    let said = statement(&appliance, &id);
    assert_eq!(said["folders"][0]["text"], "1 on the server, 1 in the ledger, 0 lost");
    assert_eq!(said["folders"][1]["text"], "1 on the server, 1 in the ledger, 0 lost");
    let line = appliance.line(&["mail", "statement", "Support"]);
    assert!(line.contains("Support\tINBOX\t1 on the server, 1 in the ledger, 0 lost"), "{line}");
    let line = appliance.line(&["mail", "mailboxes"]);
    assert!(line.contains("Support\thelp@example.com\timap://127.0.0.1") && line.contains("\twell\t"), "{line}");
    let found = tested(&appliance, &id);
    assert_eq!(found["ok"], true, "{found}");
    assert!(found["folders"].as_array().unwrap().contains(&json!("Sales")), "{found}");
    appliance.is_well();
}

/// Encrypted, so that a byte that changed on its way is noticed; in the clear nobody could.
#[test]
fn nothing_is_lost_or_doubled_on_a_bad_line() {
    const ROUNDS: usize = 24;
    const EACH: usize = 5;
    let Some(server) = Dovecot::start() else { return };
    let line = Line::to(server.imaps);
    let appliance = Appliance::new();
    let tls = json!({ "host": "localhost", "encryption": "tls", "ca": server.authority(), "after": "move", "moveTo": "Done" });
    let id = mailbox(&appliance, line.port, &tls);
    let mut seed = 7_u64;
    for round in 0..ROUNDS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (seed >> 33) % if round % 3 == 0 { 2_000 } else { 9_000 };
        line.will(&[match round % 4 {
            0 => Fault::CutAt(at),
            1 => Fault::CorruptAt(at),
            2 => Fault::DoubleAt(at),
            _ => Fault::Slow,
        }]);
        for number in round * EACH..(round + 1) * EACH {
            server.deliver("INBOX", &mail(number));
        }
        line.hang_up();
        // Whoever calls does not wait for the next try.
        appliance.until("this round is in", |it| {
            it.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null);
            std::thread::sleep(Duration::from_millis(100));
            line.left() == 0 && server.lying("INBOX").is_empty()
        });
    }
    assert_eq!(titles(&appliance), expected(0..ROUNDS * EACH));
    assert_eq!(server.lying("Done").len(), ROUNDS * EACH);
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
    appliance.is_well();
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let Some(server) = Dovecot::start() else { return };
    let line = Line::to(server.imap);
    for number in 0..5 {
        server.deliver("INBOX", &mail(number));
    }
    line.will(&[Fault::StallAt(1500)]);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, line.port, &json!({}));
    until_all(&appliance, &id, 0..5);
}

#[test]
fn uids_that_are_counted_anew_double_nothing() {
    let Some(server) = Dovecot::start() else { return };
    for number in 0..10 {
        server.deliver("INBOX", &mail(number));
    }
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({}));
    until_all(&appliance, &id, 0..10);
    assert_eq!(appliance.stop(), 0);
    let before = {
        server.recount("INBOX");
        server.deliver("INBOX", &mail(10));
        // UIDVALIDITY is a time of seconds.
        std::thread::sleep(Duration::from_millis(1100));
        appliance.start();
        health(&appliance, &id)["folders"][0]["uidValidity"].clone()
    };
    until_all(&appliance, &id, 0..11);
    appliance.until("all were looked at again", |it| health(it, &id)["folders"][0]["duplicates"] == 10);
    assert_ne!(health(&appliance, &id)["folders"][0]["uidValidity"], before);
    assert_eq!(statement(&appliance, &id)["folders"][0]["text"], "11 on the server, 11 in the ledger, 0 lost");
    appliance.is_well();
}

#[test]
fn what_others_do_there_is_no_error() {
    let Some(server) = Dovecot::start() else { return };
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({}));
    for number in 0..6 {
        server.deliver("INBOX", &mail(number));
    }
    until_all(&appliance, &id, 0..6);
    assert_eq!(appliance.stop(), 0);
    // Somebody reads one and deletes another while nobody looks; a new one is marked as seen before it was fetched.
    let inbox = server.lying("INBOX");
    server.forget("INBOX", &inbox[0]);
    server.deliver("INBOX", &mail(6));
    server.see_all("INBOX");
    appliance.start();
    until_all(&appliance, &id, 0..7);
    let said = statement(&appliance, &id);
    assert_eq!(
        (&said["folders"][0]["onServer"], &said["folders"][0]["lost"], &said["folders"][0]["gone"]),
        (&json!(6), &json!(0), &json!(1))
    );
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
}

#[test]
fn a_kill_in_the_middle_loses_and_doubles_nothing() {
    let Some(server) = Dovecot::start() else { return };
    let line = Line::to(server.imap);
    for number in 0..80 {
        server.deliver("INBOX", &mail(number));
    }
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, line.port, &json!({ "after": "delete" }));
    for round in 1..5 {
        appliance.until("some came in", |it| titles(it).len() >= 10 * round || server.lying("INBOX").is_empty());
        appliance.kill();
        appliance.start();
    }
    until_all(&appliance, &id, 0..80);
    appliance.until("all were deleted", |_| server.lying("INBOX").is_empty());
    appliance.is_well();
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let Some(server) = Dovecot::start() else { return };
    let appliance = Appliance::new();
    let off = json!({ "enabled": false });
    let id = mailbox(&appliance, server.imap, &off);
    let patched = |what: Value| {
        let answer = appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &what);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let found = tested(&appliance, &id);
        let findings = found["findings"].as_array().unwrap().clone();
        let wrong = findings.iter().find(|it| it["ok"] == false).cloned().unwrap_or_else(|| json!({ "code": "ok" }));
        (wrong["code"].as_str().unwrap().to_owned(), wrong.to_string())
    };
    let authority = server.authority();
    for (what, code) in [
        (json!({ "secret": "wrong" }), "wrong_password"),
        (json!({ "secret": PASSWORD }), "ok"),
        (json!({ "folders": ["INBOX", "Nowhere"] }), "folder_not_found"),
        (
            json!({ "folders": [], "host": "localhost", "encryption": "tls", "port": server.imaps, "secret": PASSWORD }),
            "tls_unknown_authority",
        ),
        (json!({ "ca": authority, "secret": PASSWORD }), "ok"),
        (json!({ "encryption": "start_tls", "port": server.imap, "secret": PASSWORD }), "ok"),
        (json!({ "host": "127.0.0.1", "secret": PASSWORD }), "tls_name_mismatch"),
        (json!({ "host": "localhost", "encryption": "tls", "port": server.imap, "secret": PASSWORD }), "tls"),
        (json!({ "port": crate::appliance::free_port(), "secret": PASSWORD }), "connection_refused"),
        (json!({ "host": "no.such.host.invalid", "secret": PASSWORD }), "name_not_found"),
        (json!({ "protocol": "pop3", "host": "localhost", "port": server.pop3s, "secret": PASSWORD }), "ok"),
        (json!({ "encryption": "start_tls", "port": server.pop3, "secret": PASSWORD }), "ok"),
        (json!({ "secret": "wrong" }), "wrong_password"),
    ] {
        let (found, words) = patched(what.clone());
        assert_eq!(found, code, "{what}: {words}");
    }
    // Switched on like this, it is told where people look.
    assert_eq!(appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &json!({ "enabled": true })).status, 200);
    appliance.until("it fails", |it| health(it, &id)["standing"] == "failing");
    let said = health(&appliance, &id)["warnings"].to_string();
    assert!(said.contains("refuses the user name or the password"), "{said}");
    let ready = appliance.get("/readyz").json();
    assert!(ready.to_string().contains("The mailbox `Support`"), "{ready}");
    let metrics = String::from_utf8(appliance.get("/metrics").body).unwrap();
    assert!(metrics.contains("lodge_mailbox_seconds_since_success") && metrics.contains("lodge_mail_fetch_failures_total"), "{metrics}");
    // Set right, it goes on at once.
    server.deliver("INBOX", &mail(0));
    assert_eq!(appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &json!({ "secret": PASSWORD })).status, 200);
    until_all(&appliance, &id, 0..1);
}

#[test]
fn pop3_is_read_and_emptied() {
    let Some(server) = Dovecot::start() else { return };
    let line = Line::to(server.pop3);
    for number in 0..30 {
        server.deliver("INBOX", &mail(number));
    }
    let dotted = "From: rosa@example.org\nTo: help@example.com\nSubject: Mail 30\n\n.\n..\n.dots\n";
    server.deliver("INBOX", dotted);
    line.will(&[Fault::CutAt(300), Fault::CutAt(4000), Fault::CorruptAt(50), Fault::CutAt(9000)]);
    let appliance = Appliance::new();
    let id = mailbox(&appliance, line.port, &json!({ "protocol": "pop3" }));
    until_all(&appliance, &id, 0..31);
    assert_eq!(server.lying("INBOX").len(), 31, "they are left where they are");
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
    assert_eq!(statement(&appliance, &id)["folders"][0]["text"], "31 on the server, 31 in the ledger, 0 lost");
    let changed = appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &json!({ "after": "delete" }));
    assert_eq!(changed.status, 200);
    server.deliver("INBOX", &mail(31));
    appliance.until("all are deleted", |_| server.lying("INBOX").is_empty());
    until_all(&appliance, &id, 0..32);
}

#[test]
fn a_mail_that_is_too_large_holds_up_nobody() {
    let Some(server) = Dovecot::start() else { return };
    server.deliver("INBOX", &mail(0));
    server.deliver(
        "INBOX",
        &format!("From: big@example.org\nSubject: Too big\n\n{}", "x".repeat(70 * 1024).replace("xxxxxxxx", "xxxxxxx\n")),
    );
    server.deliver("INBOX", &mail(1));
    let appliance =
        Appliance::in_folder(TempDir::new().unwrap(), &[("LODGE_LIMITS__MAIL_BYTES", "65536"), ("LODGE_LIMITS__UPLOAD_BYTES", "32768")]);
    let id = mailbox(&appliance, server.imap, &json!({ "after": "delete" }));
    until_all(&appliance, &id, 0..2);
    appliance.until("the others are deleted", |_| server.lying("INBOX").len() == 1);
    let folder = &health(&appliance, &id)["folders"][0];
    assert_eq!((&folder["tooLarge"], &folder["troubled"]), (&json!(1), &json!(0)), "{folder}");
    assert_eq!(statement(&appliance, &id)["folders"][0]["lost"], 0);
}
