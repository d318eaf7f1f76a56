//! Fetching from a second real mail server (Courier), which has its folders below INBOX, moves no mail, and offers less: each mail
//! becomes a ticket, once, and what is wrong is said in words.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    appliance::Appliance,
    courier::{BARE, Courier, USUAL},
    dovecot::PASSWORD,
    faults::{Fault, Line},
    fetch::{expected, health, mail, mailbox, statement, tested, titles, until_all},
};

#[test]
fn several_folders_are_read_and_the_server_tells_of_news() {
    let Some(server) = Courier::start(USUAL) else { return };
    server.make_folder("INBOX.Sales");
    server.make_folder("INBOX.Größe & Söhne");
    let appliance = Appliance::new();
    let folders = json!(["INBOX", "INBOX.Sales"]);
    let settings = json!({ "folders": folders, "after": "mark_seen", "pollSeconds": 3600, "alarmMinutes": 100 });
    let id = mailbox(&appliance, server.imap, &settings);
    appliance.until("it waits", |it| health(it, &id)["standing"] == "well");
    let began = Instant::now();
    server.deliver("INBOX", &mail(0));
    until_all(&appliance, &id, 0..1);
    assert!(began.elapsed() < Duration::from_secs(30), "the server tells of it at once: {:?}", began.elapsed());
    appliance.until("it is marked as seen", |_| server.lying("INBOX").iter().all(|it| it.ends_with(":2,S")));

    server.deliver("INBOX.Sales", &mail(1));
    assert_eq!(appliance.ask("POST", &format!("/v1/mailboxes/{id}/poll"), &Value::Null).status, 204);
    until_all(&appliance, &id, 0..2);
    let said = statement(&appliance, &id);
    assert_eq!(said["folders"][0]["text"], "1 on the server, 1 in the ledger, 0 lost");
    assert_eq!(said["folders"][1]["text"], "1 on the server, 1 in the ledger, 0 lost");
    let found = tested(&appliance, &id);
    assert_eq!(found["ok"], true, "{found}");
    assert!(found["folders"].as_array().unwrap().contains(&json!("INBOX.Sales")), "{found}");
    appliance.is_well();
}

#[test]
fn a_server_that_tells_of_nothing_is_asked_from_time_to_time() {
    let Some(server) = Courier::start(BARE) else { return };
    let appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({ "after": "delete" }));
    appliance.until("it waits", |it| health(it, &id)["standing"] == "well");
    assert_eq!(health(&appliance, &id)["folders"][0]["idles"], false, "{}", health(&appliance, &id));
    server.deliver("INBOX", &mail(0));
    until_all(&appliance, &id, 0..1);
    // Without UIDPLUS it may only be marked as deleted: a bare EXPUNGE would take what others have marked.
    appliance.until("it is marked as deleted", |_| server.lying("INBOX").iter().all(|it| it.ends_with("T")));
    assert_eq!(server.lying("INBOX").len(), 1);
}

/// Encrypted, so that a byte that changed on its way is noticed.
#[test]
fn nothing_is_lost_or_doubled_on_a_bad_line() {
    const ROUNDS: usize = 12;
    const EACH: usize = 5;
    let Some(server) = Courier::start(USUAL) else { return };
    let line = Line::to(server.imaps);
    let appliance = Appliance::new();
    let tls = json!({ "host": "localhost", "encryption": "tls", "ca": server.authority(), "after": "move", "moveTo": "INBOX.Done" });
    let id = mailbox(&appliance, line.port, &tls);
    let mut seed = 11_u64;
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
            line.left() == 0 && server.lying("INBOX").is_empty()
        });
    }
    assert_eq!(titles(&appliance), expected(0..ROUNDS * EACH));
    // It is moved by a copy: a line that breaks behind the copy makes another, and no mail less.
    assert!(server.lying("INBOX.Done").len() >= ROUNDS * EACH);
    appliance.until("it is well", |it| health(it, &id)["standing"] == "well");
    appliance.is_well();
}

#[test]
fn what_is_taken_in_is_moved_and_deleted() {
    let Some(server) = Courier::start(USUAL) else { return };
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({ "after": "move", "moveTo": "INBOX.Done" }));
    for number in 0..5 {
        server.deliver("INBOX", &mail(number));
    }
    until_all(&appliance, &id, 0..5);
    appliance.until("all are moved", |_| server.lying("INBOX").is_empty() && server.lying("INBOX.Done").len() == 5);
    // Delivered while nobody looks, so that it is not taken in under the settings before.
    let mut next = |change: Value, number: usize| {
        assert_eq!(appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &change).status, 200);
        assert_eq!(appliance.stop(), 0);
        server.deliver("INBOX", &mail(number));
        appliance.start();
        until_all(&appliance, &id, 0..number + 1);
    };
    next(json!({ "after": "delete" }), 5);
    // A folder that cannot be made there keeps no mail from coming in, and is told of.
    next(json!({ "after": "move", "moveTo": "Done" }), 6);
    appliance.until("it is told", |it| health(it, &id).to_string().contains("INBOX.Done"));
    assert_eq!((server.lying("INBOX").len(), server.lying("INBOX.Done").len()), (1, 5), "one is deleted, and one left where it is");
}

#[test]
fn uids_that_are_counted_anew_double_nothing() {
    let Some(server) = Courier::start(USUAL) else { return };
    for number in 0..10 {
        server.deliver("INBOX", &mail(number));
    }
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({}));
    until_all(&appliance, &id, 0..10);
    let before = health(&appliance, &id)["folders"][0]["uidValidity"].clone();
    assert_eq!(appliance.stop(), 0);
    server.recount("INBOX");
    server.deliver("INBOX", &mail(10));
    appliance.start();
    until_all(&appliance, &id, 0..11);
    appliance.until("all were looked at again", |it| health(it, &id)["folders"][0]["duplicates"] == 10);
    assert_ne!(health(&appliance, &id)["folders"][0]["uidValidity"], before);
    // The statement of the day is made by itself, at the first look.
    let said = health(&appliance, &id)["folders"][0]["statement"].clone();
    assert_eq!((&said["onServer"], &said["lost"]), (&json!(11), &json!(0)), "{}", health(&appliance, &id));
    assert_eq!(statement(&appliance, &id)["folders"][0]["text"], "11 on the server, 11 in the ledger, 0 lost");
    appliance.is_well();
}

#[test]
fn a_kill_in_the_middle_loses_and_doubles_nothing() {
    let Some(server) = Courier::start(USUAL) else { return };
    let line = Line::to(server.imap);
    for number in 0..60 {
        server.deliver("INBOX", &mail(number));
    }
    let mut appliance = Appliance::new();
    let id = mailbox(&appliance, line.port, &json!({ "after": "delete" }));
    for round in 1..4 {
        appliance.until("some came in", |it| titles(it).len() >= 10 * round || server.lying("INBOX").is_empty());
        appliance.kill();
        appliance.start();
    }
    until_all(&appliance, &id, 0..60);
    appliance.until("all were deleted", |_| server.lying("INBOX").is_empty());
    appliance.is_well();
}

#[test]
fn what_is_wrong_is_said_in_words() {
    let Some(server) = Courier::start(USUAL) else { return };
    server.make_folder("INBOX.Sales");
    let appliance = Appliance::new();
    let id = mailbox(&appliance, server.imap, &json!({ "enabled": false }));
    let authority = server.authority();
    for (what, code, words) in [
        (json!({ "secret": "wrong" }), "wrong_password", "refuses the user name or the password"),
        (json!({ "secret": PASSWORD, "folders": ["INBOX", "Sales"] }), "folder_not_found", "INBOX.Sales"),
        (json!({ "folders": ["INBOX", "INBOX.Sales"] }), "ok", ""),
        (
            json!({ "host": "localhost", "encryption": "tls", "port": server.imaps, "secret": PASSWORD }),
            "tls_unknown_authority",
            "not trusted here",
        ),
        (json!({ "ca": authority, "secret": PASSWORD }), "ok", ""),
        (json!({ "encryption": "start_tls", "port": server.imap, "secret": PASSWORD }), "ok", ""),
        (json!({ "port": server.bare, "secret": PASSWORD }), "tls", "does not offer encryption"),
        (json!({ "host": "127.0.0.1", "port": server.imap, "secret": PASSWORD }), "tls_name_mismatch", "another name"),
    ] {
        let answer = appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &what);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let found = tested(&appliance, &id);
        let findings = found["findings"].as_array().unwrap();
        let wrong = findings.iter().find(|it| it["ok"] == false).cloned().unwrap_or_else(|| json!({ "code": "ok" }));
        assert_eq!(wrong["code"], code, "{what}: {found}");
        assert!(wrong.to_string().contains(words), "{what}: {found}");
    }
    // Fetched over STARTTLS, too.
    let on = json!({ "host": "localhost", "port": server.imap, "secret": PASSWORD, "enabled": true });
    assert_eq!(appliance.ask("PATCH", &format!("/v1/mailboxes/{id}"), &on).status, 200);
    server.deliver("INBOX.Sales", &mail(0));
    until_all(&appliance, &id, 0..1);
}
