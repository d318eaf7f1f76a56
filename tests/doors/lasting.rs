//! What leaves the desk on paper and in calendars, and how a ticket was: read by other programs than the one that wrote it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::world::World;

/// What another program makes of these bytes.
fn fed(program: &str, arguments: &[&str], bytes: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|_| panic!("{program} is not there; scripts/install-test-tools brings it"));
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

async fn spoken(world: &World) -> String {
    let lodged = json!({ "title": "Größe der Übersicht مرحبا", "description": "Jörg’s **screen** is <b>black</b>.\n\nŁukasz knows.\n\n- one\n- two\n\n漢" });
    let ticket = world.lodge("Rosa", lodged).await;
    let number = ticket["number"].as_str().unwrap().to_owned();
    for (body, private) in [("We look at it.", false), ("SECRET of the house", true)] {
        let path = format!("/v1/tickets/{number}/comments");
        world.call("POST", &path).by("Ada").json(json!({ "body": body, "isPrivate": private })).go().await.is(201);
    }
    number
}

#[tokio::test]
async fn a_pdf_holds_what_its_reader_may_read() {
    let world = World::new().await;
    let number = spoken(&world).await;
    let (rosa, ada, otto) =
        (world.signed_in("rosa@example.com").await, world.signed_in("ada@example.com").await, world.signed_in("otto@example.com").await);
    for (who, query, secret) in [("Rosa", "", false), ("Rosa", "?notes=on", false), ("Ada", "", false), ("Ada", "?notes=on", true)] {
        let answer = world
            .call("GET", &format!("/tickets/{number}/pdf{query}"))
            .header("cookie", if who == "Ada" { &ada } else { &rosa })
            .go()
            .await
            .is(200);
        assert_eq!(answer.header("content-type"), "application/pdf");
        assert!(answer.header("content-disposition").contains(&format!("{number}.pdf")));
        let text = fed("pdftotext", &["-", "-"], &answer.bytes);
        for part in [number.as_str(), "Größe der Übersicht", "Jörg’s screen is", "Łukasz", "Rosa"] {
            assert!(text.contains(part), "{who}: {part} is missing in {text}");
        }
        // In the order in which it is read, or as it is drawn: either way every letter is one, and none a box.
        let letters = |it: &str| it.chars().filter(|it| ('\u{600}'..'\u{700}').contains(it)).count();
        assert_eq!(letters(&text) % 5, 0, "{text}");
        assert!(letters(&text) >= 5, "{text}");
        assert!(text.contains('\u{fffd}') && text.contains("In the place of each"), "what has no glyph is said: {text}");
        assert_eq!(text.contains("SECRET"), secret, "{who} {query}");
        let page = world
            .call("GET", &format!("/tickets/{number}/print{query}"))
            .header("cookie", if who == "Ada" { &ada } else { &rosa })
            .go()
            .await
            .is(200)
            .text();
        assert_eq!(page.contains("SECRET"), secret, "{who} {query}");
        assert_eq!(page.contains("nternal notes"), who == "Ada", "the choice is theirs who have it");
    }
    for path in ["pdf", "print"] {
        world.call("GET", &format!("/tickets/{number}/{path}")).header("cookie", &otto).go().await.is(404);
    }
}

#[tokio::test]
async fn a_feed_is_read_by_its_address_alone() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Größe, \"Komma\"; und Strich\\" })).await;
    let number = ticket["number"].as_str().unwrap();
    let due = json!({ "assignee": "me", "dueAt": "2036-05-04T09:30:00Z" });
    world.call("PATCH", &format!("/v1/tickets/{number}")).by("Ada").json(due).go().await.is(200);
    let reminder = json!({ "at": "2030-01-02T08:00:00Z", "note": "Ring the supplier" });
    let _ = world.call("POST", &format!("/v1/tickets/{number}/reminders")).by("Ada").json(reminder).go().await;
    let new = json!({ "name": "Due", "mine": true, "reminders": true });
    let made = world.call("POST", "/v1/calendar-feeds").by("Ada").json(new).go().await.is(201).json();
    let path = made["path"].as_str().unwrap();

    let answer = world.call("GET", path).go().await.is(200);
    assert!(answer.header("content-type").starts_with("text/calendar"));
    let program = "import sys, json, icalendar\n\
        c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())\n\
        assert not c.errors\n\
        print(json.dumps([{k: str(e[k]) for k in ('UID', 'SUMMARY')} | {'at': e['DTSTART'].dt.isoformat(), 'stamp': e['DTSTAMP'].dt.isoformat(), 'sequence': int(e['SEQUENCE']), 'errors': len(e.errors)} for e in c.walk('VEVENT')]))";
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/bin/python");
    let events: Value = serde_json::from_str(&fed(python, &["-c", program], &answer.bytes)).unwrap();
    let found = events.as_array().unwrap().iter().find(|it| it["UID"].as_str().unwrap().starts_with("due-")).unwrap();
    assert!(found["SUMMARY"].as_str().unwrap().ends_with("Größe, \"Komma\"; und Strich\\"), "{found}");
    assert_eq!(found["errors"], 0);
    assert!(found["at"].as_str().unwrap().ends_with("+00:00") && found["sequence"].as_u64() > Some(1), "{found}");

    // The same again costs nothing, and a change is seen.
    let tag = answer.header("etag").to_owned();
    world.call("GET", path).header("if-none-match", &tag).go().await.is(304);
    world.call("PATCH", &format!("/v1/tickets/{number}")).by("Ada").json(json!({ "title": "Other" })).go().await.is(200);
    world.call("GET", path).header("if-none-match", &tag).go().await.is(200);

    // Not by a part of it, and not by what is shown later.
    for wrong in [path.trim_end_matches(".ics").to_owned(), path.replace(".ics", "A.ics"), "/feeds/x.ics".into(), "/feeds/.ics".into()] {
        world.call("GET", &wrong).go().await.is(404);
    }
    let listed = world.call("GET", "/v1/calendar-feeds").by("Ada").go().await.is(200).text();
    assert!(listed.contains("Due") && !listed.contains(path.trim_start_matches("/feeds/")));
    let id = made["id"].as_str().unwrap();
    world.call("DELETE", &format!("/v1/calendar-feeds/{id}")).by("Max").go().await.is(404);
    world.call("DELETE", &format!("/v1/calendar-feeds/{id}")).by("Ada").go().await.is(204);
    world.call("GET", path).go().await.is(404);
}

#[tokio::test]
async fn a_ticket_as_it_was() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "First title" })).await;
    let number = ticket["number"].as_str().unwrap();
    let path = format!("/v1/tickets/{number}");
    let lodged = world.call("GET", &format!("{path}/history")).by("Ada").go().await.is(200).json()["items"][0].clone();
    world.call("PATCH", &path).by("Ada").json(json!({ "title": "Second title", "assignee": "me" })).go().await.is(200);
    world.call("POST", &format!("{path}/comments")).by("Ada").json(json!({ "body": "Later words" })).go().await.is(201);

    let history = world.call("GET", &format!("/agent/tickets/{number}/history")).by("Ada").go().await.is(200).text();
    let then = format!("/agent/tickets/{number}/history/{}", lodged["seq"]);
    assert!(history.contains(&then), "each line leads to it");
    let page = world.call("GET", &then).by("Ada").go().await.is(200).text();
    assert!(page.contains("First title") && !page.contains("Second title") && !page.contains("Later words"), "{page}");
    for (who, status) in [("Rosa", 403), ("Otto", 403)] {
        let got = world.call("GET", &then).by(who).go().await.status.as_u16();
        assert!([status, 404].contains(&got), "{who}: {got}");
    }
    world.call("GET", &format!("/agent/tickets/{number}/history/999999")).by("Ada").go().await.is(404);

    let at = lodged["at"].as_str().unwrap();
    let was = world.call("GET", &format!("{path}?asOf={at}")).by("Ada").go().await.is(200).json();
    assert_eq!((&was["title"], &was["assignee"]), (&json!("First title"), &Value::Null));
    world.call("GET", &format!("{path}?asOf=2000-01-01T00:00:00Z")).by("Ada").go().await.is(404);
    world.call("GET", &format!("{path}?asOf=then")).by("Ada").go().await.is(422);
    world.call("GET", &format!("{path}?asOf={at}")).by("Rosa").go().await.is(403);
}
