//! Lists: totals, filters, and cursors that neither repeat nor skip while rows come and go.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

fn numbers(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|it| it["number"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_cursor_walks_the_whole_list_while_rows_are_added() {
    let world = World::new().await;
    for i in 0..7 {
        let ticket = world.lodge("Ada", json!({ "title": format!("Ticket {i}"), "priority": i % 4 + 1 })).await;
        if i % 3 == 0 {
            // Closed ones come from the index, the others from the board; the walk must not notice.
            let path = format!("/v1/tickets/{}", ticket["number"].as_str().unwrap());
            world.call("PATCH", &path).by("Ada").json(json!({ "status": "closed" })).go().await.is(200);
        }
    }
    for sort in ["createdAt:desc", "createdAt:asc", "priority:asc", "number:desc", "sla.dueAt:asc"] {
        let before: BTreeSet<String> =
            numbers(&world.call("GET", "/v1/tickets?pageSize=100").by("Ada").go().await.json()).into_iter().collect();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/tickets?limit=2&sort={sort}{cursor}");
            let list = world.call("GET", &path).by("Ada").go().await.is(200).json();
            seen.extend(numbers(&list));
            world.lodge("Ada", json!({ "title": "One more" })).await;
            match list["nextCursor"].as_str() {
                Some(next) if seen.len() < 400 => cursor = format!("&cursor={next}"),
                _ => break,
            }
        }
        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort} repeats: {seen:?}");
        assert!(before.is_subset(&distinct), "{sort} skips: {before:?} {seen:?}");
    }
}

#[tokio::test]
async fn filters_and_totals() {
    let world = World::new().await;
    for (title, priority, assignee) in [("a", 1, json!("ada@example.com")), ("b", 2, json!(null)), ("c", 2, json!(null))] {
        world.lodge("Ada", json!({ "title": title, "priority": priority, "assignee": assignee, "tags": [title] })).await;
    }
    world.lodge("Rosa", json!({ "title": "d" })).await;
    world.call("PATCH", "/v1/tickets/INC-000003").by("Ada").json(json!({ "status": "closed" })).go().await.is(200);
    for (query, total) in [
        ("", 4),
        ("status=open", 3),
        ("status=new,assigned", 3),
        ("status=closed", 1),
        ("priority=P2", 2),
        ("priority=1,2", 3),
        ("assignee=me", 1),
        ("assignee=none", 3),
        ("agent=Ada", 1),
        ("customer=rosa@example.com", 1),
        ("requester=Rosa&status=open", 1),
        ("tag=b", 1),
        ("q=priority%3C%3D2%20status%3Aopen", 2),
        ("q=status:open%20assignee:me", 1),
        ("queue=service-desk", 4),
        ("kind=request", 0),
        ("channel=api", 4),
        ("createdAfter=2000-01-01", 4),
        ("createdBefore=2000-01-01", 0),
        ("pageSize=1&page=2", 4),
        ("status=pending", 0),
        ("q=status:pending", 0),
        ("q=status:on_hold", 0),
        ("team=service-desk", 4),
        ("q=team:service-desk%20priority:1", 1),
        ("q=priority%3C%3Dhigh", 3),
        ("q=priority%3Ehigh", 1),
    ] {
        let list = world.call("GET", &format!("/v1/tickets?{query}")).by("Ada").go().await.is(200).json();
        assert_eq!((&list["total"], &list["totalIsBound"]), (&json!(total), &json!(false)), "{query}: {list}");
        assert_eq!(list["stale"], false, "{query}");
    }
    let list = world.call("GET", "/v1/tickets?pageSize=3&page=2").by("Ada").go().await.json();
    assert_eq!((numbers(&list).len(), &list["page"], &list["pageSize"], &list["nextCursor"]), (1, &json!(2), &json!(3), &json!(null)));
}

#[tokio::test]
async fn somebody_elses_ticket_is_on_the_list_at_once() {
    let world = World::new().await;
    for i in 1..=5 {
        world.lodge("Rosa", json!({ "title": "x" })).await;
        let list = world.call("GET", "/v1/tickets").by("Ada").go().await.json();
        assert_eq!((&list["total"], numbers(&list).len()), (&json!(i), i));
    }
}

#[tokio::test]
async fn a_thread_comes_in_pages_oldest_first() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "x" })).await;
    for i in 0..5 {
        world.comment("Rosa", &ticket, json!({ "body": format!("{i}") })).await;
    }
    let path = format!("/v1/tickets/{}/comments", ticket["number"].as_str().unwrap());
    let first = world.call("GET", &format!("{path}?limit=2")).by("Ada").go().await.json();
    let next = world.call("GET", &format!("{path}?limit=2&cursor={}", first["nextCursor"].as_str().unwrap())).by("Ada").go().await.json();
    let bodies =
        |list: &Value| list["items"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!((bodies(&first), bodies(&next), &next["total"]), (vec!["0".into(), "1".into()], vec!["2".into(), "3".into()], &json!(5)));
    world.call("GET", &format!("{path}?cursor=x")).by("Ada").go().await.is(422);
}

#[tokio::test]
async fn what_waits_is_found_by_its_other_names() {
    let world = World::new().await;
    world.lodge("Ada", json!({ "title": "a", "assignee": "me" })).await;
    let path = "/v1/tickets/INC-000001";
    let changed = world.call("PATCH", path).by("Ada").json(json!({ "status": "in_progress" })).go().await.is(200).json();
    assert_eq!(changed["assignee"]["name"], "Ada");
    world.call("PATCH", path).by("Ada").json(json!({ "status": "pending" })).go().await.is(200);
    for query in ["status=pending", "q=status:pending", "status=on_hold,closed"] {
        assert_eq!(world.call("GET", &format!("/v1/tickets?{query}")).by("Ada").go().await.is(200).json()["total"], 1, "{query}");
    }
    let mine = |to: Value| world.call("PATCH", path).by("Ada").json(json!({ "assignee": to })).go();
    assert_eq!(mine(json!(null)).await.is(200).json()["assignee"], json!(null));
    assert_eq!(mine(json!("me")).await.is(200).json()["assignee"]["name"], "Ada");
}

#[tokio::test]
async fn a_parameter_that_does_not_exist_is_told_about() {
    let world = World::new().await;
    for (path, message) in [
        ("/v1/tickets?assigne=me", Some("did you mean `assignee`?")),
        ("/v1/tickets?pagesize=3", Some("did you mean `pageSize`?")),
        ("/v1/search?q=x&stauts=new", Some("did you mean `status`?")),
        ("/v1/queues?weather=fine", Some("there are page, pageSize")),
        ("/v1/tickets?mine=true", Some("There is no parameter `mine`")),
        ("/v1/portal/tickets?mine=true&status=open", None),
        ("/v1/people?q=ada", None),
    ] {
        let answer = world.call("GET", path).by("Ada").go().await;
        match message {
            Some(message) => assert!(answer.is(422).json()["errors"].to_string().contains(message), "{path}"),
            None => drop(answer.is(200)),
        }
    }
}

#[tokio::test]
async fn a_search_takes_the_last_word_as_a_beginning_and_a_list_does_not() {
    let world = World::new().await;
    for title in ["The printer burns", "A prin stands here"] {
        world.lodge("Ada", json!({ "title": title })).await;
    }
    let get = |path: &'static str| world.call("GET", path).by("Ada").go();
    let found = numbers(&get("/v1/search?q=prin").await.is(200).json());
    assert_eq!(found, ["INC-000002", "INC-000001"], "a whole word is worth more");
    let posted = world.call("POST", "/v1/search").by("Ada").json(json!({ "q": "prin" })).go().await.is(200).json();
    assert_eq!(numbers(&posted), found);
    assert_eq!(numbers(&get("/v1/tickets?q=prin").await.is(200).json()), ["INC-000002"]);
    assert_eq!(numbers(&get("/v1/tickets?q=-%22never%20written%22").await.is(200).json()).len(), 2);
}

/// Neither by its place nor by a filter, whether the board or the index answers.
#[tokio::test]
async fn a_note_does_not_move_a_ticket_for_those_who_do_not_read_notes() {
    let world = World::new().await;
    let older = world.lodge("Rosa", json!({ "title": "Printer hums" })).await;
    let newer = world.lodge("Rosa", json!({ "title": "Printer smokes" })).await;
    let [older, newer_number] = [&older, &newer].map(|it| it["number"].as_str().unwrap().to_owned());
    let comment = async |body: Value| {
        let path = format!("/v1/tickets/{older}/comments");
        world.call("POST", &path).by("Ada").json(body).go().await.is(201);
    };
    let list = async |who: &str, query: &str| {
        // Only the index knows words.
        let [by_board, by_index] = ["", "&q=printer"].map(|q| format!("/v1/tickets?sort=updatedAt{query}{q}"));
        // An agent's own write is waited for, so that the index surely has the note when the requester asks.
        world.call("GET", &by_index).by("Ada").go().await.is(200);
        let by_board = numbers(&world.call("GET", &by_board).by(who).go().await.is(200).json());
        assert_eq!(by_board, numbers(&world.call("GET", &by_index).by(who).go().await.is(200).json()), "{who} {query}");
        by_board
    };
    let since = format!("&updatedAfter={}", newer["updatedAt"].as_str().unwrap());
    comment(json!({ "body": "Between us", "isPrivate": true })).await;
    assert_eq!(list("Ada", "").await, [older.clone(), newer_number.clone()]);
    assert_eq!(list("Rosa", "").await, [newer_number.clone(), older.clone()]);
    assert!(list("Ada", &since).await.contains(&older));
    assert!(!list("Rosa", &since).await.contains(&older));
    comment(json!({ "body": "We are on it" })).await;
    assert_eq!(list("Rosa", "").await, [older.clone(), newer_number]);
    assert!(list("Rosa", &since).await.contains(&older));
}

/// A file of comma-separated values as rows of cells; none of ours holds a line break.
fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').expect("spreadsheets know UTF-8 by its mark");
    let cells = |line: &str| line.split(',').map(|it| it.trim_matches('"').to_owned()).collect();
    text.split_terminator("\r\n").map(cells).collect()
}

#[tokio::test]
async fn a_list_is_a_file_without_a_limit() {
    let world = World::new().await;
    // More than what is read at once.
    const TICKETS: usize = 510;
    for i in 0..TICKETS {
        world.lodge("Ada", json!({ "title": format!("Printer {i}"), "priority": i % 4 + 1 })).await;
    }
    world.lodge("Ada", json!({ "title": "=cmd|calc" })).await;
    let path = "/v1/tickets.csv?q=printer&sort=number:asc&columns=number,title,priority";
    let answer = world.call("GET", path).by("Ada").go().await.is(200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let all = rows(&answer.text());
    assert_eq!(all[0], ["number", "title", "priority"]);
    assert_eq!(all.len(), TICKETS + 1);
    for (at, row) in all[1..].iter().enumerate() {
        assert_eq!(row[1], format!("Printer {at}"), "in order, each once");
    }
    let german = world.call("GET", "/v1/tickets.csv?q=cmd&columns=title,status&language=de").by("Ada").go().await.is(200);
    assert_eq!(rows(&german.text()), [["Titel", "Status"], ["'=cmd|calc", "Neu"]], "nothing runs");
    for (path, by, status) in [
        ("/v1/tickets.csv", "Rosa", 403),
        ("/v1/tickets.csv?columns=colour", "Ada", 422),
        ("/v1/tickets.csv?q=colour:red", "Ada", 422),
        ("/v1/tickets.csv?page=2", "Ada", 422),
        ("/v1/tickets.csv?language=tlh", "Ada", 422),
    ] {
        world.call("GET", path).by(by).go().await.is(status);
    }
}

#[tokio::test]
async fn a_file_is_ordered_and_is_only_its_orderers() {
    let world = World::new().await;
    world.lodge("Rosa", json!({ "title": "Printer" })).await;
    let order = json!({ "q": "printer", "format": "parquet", "columns": ["number", "title"] });
    world.call("POST", "/v1/exports/tickets").by("Rosa").json(order.clone()).go().await.is(403);
    let made = world.call("POST", "/v1/exports/tickets").by("Ada").json(order).go().await.is(202);
    let (place, made) = (made.headers["location"].to_str().unwrap().to_owned(), made.json());
    assert_eq!((&made["state"], &made["url"]), (&json!("waiting"), &json!(null)));
    assert_eq!(world.call("GET", &place).by("Ada").go().await.is(200).json()["id"], made["id"]);
    assert_eq!(world.call("GET", "/v1/exports").by("Ada").go().await.is(200).json()["total"], 1);
    world.call("GET", &format!("{place}/file")).by("Ada").go().await.is(409);
    for (method, path) in [("GET", place.clone()), ("DELETE", place.clone()), ("GET", format!("{place}/file"))] {
        world.call(method, &path).by("Max").go().await.is(404);
    }
    for wrong in [json!({ "q": "x:1" }), json!({ "format": "xlsx" }), json!({ "columns": ["colour"] }), json!({ "sort": "weather" })] {
        world.call("POST", "/v1/exports/tickets").by("Ada").json(wrong).go().await.is(422);
    }
    world.call("DELETE", &place).by("Ada").go().await.is(204);
    world.call("GET", &place).by("Ada").go().await.is(404);
}
