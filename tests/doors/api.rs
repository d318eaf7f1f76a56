//! What the API promises about single things: shapes, versions, repeats, aliases.

use serde_json::{Value, json};

use crate::world::World;

const TICKET_KEYS: &[&str] = &[
    "asset",
    "assignee",
    "attachments",
    "category",
    "channel",
    "closedAt",
    "createdAt",
    "csatScore",
    "custom",
    "decisions",
    "description",
    "descriptionHtml",
    "dueAt",
    "id",
    "impact",
    "kind",
    "links",
    "mergedInto",
    "metadata",
    "number",
    "organization",
    "parent",
    "priority",
    "queue",
    "recurringTicket",
    "requester",
    "resolvedAt",
    "satisfaction",
    "scheduledAt",
    "serviceItem",
    "sla",
    "snooze",
    "status",
    "statusCategory",
    "subcategory",
    "tags",
    "title",
    "updatedAt",
    "urgency",
    "version",
];

#[tokio::test]
async fn a_ticket_has_every_key_and_its_defaults() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "Printer", "description": "**on fire**" })).await;
    let mut keys: Vec<&str> = ticket.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, TICKET_KEYS);
    for (key, expected) in [
        ("number", json!("INC-000001")),
        ("kind", json!("incident")),
        ("status", json!("new")),
        ("statusCategory", json!("new")),
        ("priority", json!("P3")),
        ("channel", json!("api")),
        ("assignee", json!(null)),
        ("tags", json!([])),
        ("version", json!(1)),
        ("custom", json!({})),
        ("requester", json!({ "id": world.id("Rosa"), "name": "Rosa", "email": "rosa@example.com" })),
    ] {
        assert_eq!(ticket[key], expected, "{key}");
    }
    let sla = &ticket["sla"];
    assert_eq!((&sla["breach"], &sla["paused"]), (&json!(false), &json!(false)));
    assert!(sla["policyId"].is_string() && sla["resolutionDueAt"].is_string(), "an incident has its targets from birth: {sla}");
    assert_eq!(sla["dueAt"], sla["responseDueAt"], "the first word is due first");
    assert!(ticket["descriptionHtml"].as_str().unwrap().contains("<strong>on fire</strong>"));
}

#[tokio::test]
async fn names_of_other_products_are_taken() {
    let world = World::new().await;
    let ticket = world
        .lodge("Ada", json!({ "subject": "VPN", "customer": "new.person@example.com", "agent": "ada@example.com", "team": "service desk", "source": "web", "priority": "high" }))
        .await;
    assert_eq!(ticket["title"], "VPN");
    assert_eq!(ticket["requester"]["email"], "new.person@example.com");
    assert_eq!(ticket["assignee"]["name"], "Ada");
    assert_eq!(ticket["queue"]["name"], "Service desk");
    assert_eq!((&ticket["channel"], &ticket["priority"], &ticket["status"]), (&json!("portal"), &json!("P2"), &json!("assigned")));
    let number = ticket["number"].as_str().unwrap();
    for (path, body, private) in [
        (format!("/api/tickets/{number}/messages"), json!({ "message": "a" }), false),
        (format!("/tickets/{number}/comments"), json!({ "content": "b", "is_internal": true }), true),
        (format!("/v1/tickets/{number}/messages"), json!({ "body_md": "c", "is_public": false }), true),
        (format!("/v1/tickets/{number}/comments"), json!({ "body": "d", "is_public": true }), false),
    ] {
        let comment = world.call("POST", &path).by("Ada").json(body).go().await.is(201).json();
        assert_eq!(comment["isPrivate"], private, "{path}");
    }
    let thread = world.call("GET", &format!("/api/tickets/{number}/messages")).by("Ada").go().await.is(200).json();
    let bodies: Vec<&str> = thread["items"].as_array().unwrap().iter().map(|it| it["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["a", "b", "c", "d"]);
    for path in ["/tickets", "/api/tickets", "/v1/tickets"] {
        assert_eq!(world.call("GET", path).by("Ada").go().await.is(200).json()["total"], 1);
    }
    let page = world.call("GET", "/tickets").header("accept", "text/html").go().await.is(303);
    assert!(page.header("location").starts_with("/sign-in"), "to a browser it is a page");
}

#[tokio::test]
async fn versions() {
    let world = World::new().await;
    let made = world.call("POST", "/v1/tickets").by("Ada").json(json!({ "title": "One" })).go().await.is(201);
    let path = made.header("location").to_owned();
    let tag = made.header("etag").to_owned();
    let read = world.call("GET", &path).by("Ada").go().await.is(200);
    assert_eq!(read.header("etag"), tag);
    let same = world.call("GET", &path).by("Ada").header("if-none-match", &tag).go().await.is(304);
    assert!(same.bytes.is_empty());
    world.call("GET", &path).by("Ada").header("if-none-match", &format!("W/{tag}")).go().await.is(304);
    let patch = |tag: &str, title: &str| world.call("PATCH", &path).by("Ada").header("if-match", tag).json(json!({ "title": title })).go();
    let changed = patch(&tag, "Two").await.is(200);
    assert_ne!(changed.header("etag"), tag);
    patch(&tag, "Three").await.is(412);
    patch("*", "Four").await.is(200);
    world.call("DELETE", &path).by("Max").header("if-match", &tag).go().await.is(412);
    world.call("DELETE", &path).by("Max").go().await.is(204);
    world.call("GET", &path).by("Max").go().await.is(404);
}

#[tokio::test]
async fn repeats_are_done_once() {
    let world = World::new().await;
    let create = |key: &str, title: &str, path: &str| {
        world.call("POST", path).by("Ada").header("idempotency-key", key).json(json!({ "title": title })).go()
    };
    let first = create("k1", "One", "/v1/tickets").await.is(201);
    let again = create("k1", "One", "/api/tickets").await.is(201);
    assert_eq!((again.header("idempotent-replay"), &again.bytes), ("true", &first.bytes));
    assert!(!first.header("etag").is_empty() && !first.header("location").is_empty());
    for name in ["etag", "location", "content-type"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(first.header("idempotent-replay"), "");
    let other = create("k1", "Two", "/v1/tickets").await.is(422);
    assert_eq!(other.json()["code"], "LODGE_IDEMPOTENCY_MISMATCH");
    create("k2", "Two", "/v1/tickets").await.is(201);
    create("", "Two", "/v1/tickets").await.is(400);
    create(&"k".repeat(256), "Two", "/v1/tickets").await.is(400);
    // What was refused is not an answer to be repeated.
    create("k3", "", "/v1/tickets").await.is(422);
    create("k3", "Three", "/v1/tickets").await.is(201);
    assert_eq!(world.call("GET", "/v1/tickets").by("Ada").go().await.json()["total"], 3);
}

#[tokio::test]
async fn patch_keeps_what_is_absent_and_put_takes_it_away() {
    let world = World::new().await;
    let full = json!({ "title": "One", "tags": ["a"], "category": "Hardware", "assignee": "ada@example.com", "custom": { "x": 1 }, "dueAt": "2030-01-01T00:00:00Z" });
    let ticket = world.lodge("Ada", full).await;
    let path = format!("/v1/tickets/{}", ticket["number"].as_str().unwrap());
    let patch = |body: Value| world.call("PATCH", &path).by("Ada").bytes("application/merge-patch+json", body.to_string()).go();
    let changed = patch(json!({ "title": "Two", "category": null, "impact": 1, "urgency": 1 })).await.is(200).json();
    for (key, expected) in
        [("title", json!("Two")), ("category", json!(null)), ("tags", json!(["a"])), ("priority", json!("P1")), ("version", json!(2))]
    {
        assert_eq!(changed[key], expected, "{key}");
    }
    // An answer can be sent back as it is.
    let back = world.call("PUT", &path).by("Ada").json(changed.clone()).go().await.is(200).json();
    assert_eq!((&back["tags"], &back["assignee"], &back["dueAt"]), (&changed["tags"], &changed["assignee"], &changed["dueAt"]));
    let bare = world.call("PUT", &path).by("Ada").json(json!({ "title": "Three" })).go().await.is(200).json();
    for (key, expected) in [("tags", json!([])), ("assignee", json!(null)), ("custom", json!({})), ("dueAt", json!(null))] {
        assert_eq!(bare[key], expected, "{key}");
    }
    world.call("PUT", &path).by("Ada").json(json!({ "tags": [] })).go().await.is(422);
}

#[tokio::test]
async fn links_watchers_and_history() {
    let world = World::new().await;
    let one = world.lodge("Rosa", json!({ "title": "One" })).await;
    let two = world.lodge("Otto", json!({ "title": "Two" })).await;
    let path = format!("/v1/tickets/{}", one["number"].as_str().unwrap());
    let link = json!({ "type": "blocked_by", "ticketId": two["number"] });
    let linked = world.call("POST", &format!("{path}/links")).by("Ada").json(link).go().await.is(201).json();
    assert_eq!(linked["links"], json!([{ "type": "blocked_by", "ticketId": two["id"] }]));
    // A link to what one may not see is no link.
    assert_eq!(world.call("GET", &path).by("Rosa").go().await.json()["links"], json!([]));
    let watch = world.call("POST", &format!("{path}/watchers")).by("Ada").json(json!({ "person": "otto@example.com" })).go();
    assert_eq!(watch.await.is(200).json()["items"][0]["name"], "Otto");
    world.call("GET", &path).by("Otto").go().await.is(200);
    let list = world.call("GET", "/v1/tickets").by("Otto").go().await.json();
    assert_eq!(list["total"], 2);
    assert_eq!(world.call("GET", "/v1/portal/tickets").by("Otto").go().await.json()["total"], 1);
    let history = world.call("GET", &format!("{path}/history")).by("Ada").go().await.is(200).json();
    let kinds: Vec<&str> = history["items"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ticket.watched", "ticket.linked", "ticket.created"]);
    assert_eq!(history["items"][0]["actor"]["name"], "Ada");
    let history = world.call("GET", &format!("{path}/history")).by("Rosa").go().await.is(200).json();
    assert_eq!(history["items"].as_array().unwrap().len(), 1);
    world.call("DELETE", &format!("{path}/links/blocked_by/{}", two["id"].as_str().unwrap())).by("Ada").go().await.is(204);
    world.call("DELETE", &format!("{path}/watchers/{}", world.id("Otto"))).by("Ada").go().await.is(204);
    world.call("GET", &path).by("Otto").go().await.is(404);
}

#[tokio::test]
async fn a_part_is_lodged_with_its_whole() {
    let world = World::new().await;
    let whole = world.lodge("Rosa", json!({ "title": "Move the office" })).await;
    let new = json!({ "title": "Order boxes", "kind": "task", "childOf": whole["number"] });
    let part = world.call("POST", "/v1/tickets").by("Ada").json(new.clone()).go().await.is(201).json();
    assert_eq!(part["links"], json!([{ "type": "child_of", "ticketId": whole["id"] }]));
    let path = format!("/v1/tickets/{}", whole["id"].as_str().unwrap());
    let links = world.call("GET", &path).by("Ada").go().await.json()["links"].clone();
    assert_eq!(links, json!([{ "type": "parent_of", "ticketId": part["id"] }]));
    let up = json!({ "type": "child_of", "ticketId": part["id"] });
    world.call("POST", &format!("{path}/links")).by("Ada").json(up).go().await.is(409);
    world.call("POST", "/v1/tickets").by("Rosa").json(new).go().await.is(403);
    let nowhere = json!({ "title": "x", "childOf": "INC-999999" });
    world.call("POST", "/v1/tickets").by("Ada").json(nowhere).go().await.is(422);
}

#[tokio::test]
async fn mail_comes_in_by_the_hook() {
    let world = World::new().await;
    let mail =
        "From: Rosa <rosa@example.com>\r\nTo: desk@example.com\r\nSubject: No network\r\nMessage-ID: <1@example.com>\r\n\r\nHelp\r\n";
    let send = || world.call("POST", "/v1/webhooks/email-inbound").by("Max").bytes("message/rfc822", mail).go();
    let first = send().await.is(200).json();
    assert_eq!((&first["outcome"], &first["automatic"]), (&json!("created"), &json!(false)));
    let number = first["ticket"]["number"].as_str().unwrap();
    assert_eq!(world.call("GET", &format!("/v1/tickets/{number}")).by("Rosa").go().await.is(200).json()["channel"], "email");
    assert_eq!(send().await.is(200).json()["outcome"], "duplicate");
}

#[tokio::test]
async fn pictures_of_other_servers_are_shown_to_whoever_asks_for_them() {
    let world = World::new().await;
    let mail = "From: Rosa <rosa@example.com>\r\nTo: desk@example.com\r\nSubject: Look\r\nMessage-ID: <2@example.com>\r\n\
                Content-Type: text/html\r\n\r\n<p>Look <img src=\"https://pictures.example/a.png\"></p>\r\n";
    let sent = world.call("POST", "/v1/webhooks/email-inbound").by("Max").bytes("message/rfc822", mail).go().await.is(200).json();
    let number = sent["ticket"]["number"].as_str().unwrap();
    let note = json!({ "body": "A note", "isPrivate": true });
    let note = world.call("POST", &format!("/v1/tickets/{number}/comments")).by("Ada").json(note).go().await.is(201).json();
    // With a token the bare addresses would be the API's.
    let signed_in = |email| world.signed_in(email);
    let (rosa, ada) = (signed_in("rosa@example.com").await, signed_in("ada@example.com").await);
    for (cookies, home, of_note) in [(&rosa, "/tickets", 404), (&ada, "/agent/tickets", 200), (&ada, "/tickets", 404)] {
        let page = world.call("GET", &format!("{home}/{number}")).header("cookie", cookies).go().await.is(200).text();
        let address = format!("{home}/{number}/messages/description/pictures");
        assert!(page.contains(&format!("action=\"{address}\"")) && !page.contains(" src=\"https://pictures"), "{home}: {page}");
        let form = form_token(&page);
        let shown = world.form(&address, cookies, &[("csrf", &form)]).go().await.is(200);
        assert!(shown.text().contains(" src=\"https://pictures.example/a.png\""), "{home}");
        assert_eq!(shown.header("referrer-policy"), "no-referrer");
        assert!(shown.header("content-security-policy").contains("img-src 'self' https:"), "{home}");
        let note = format!("{home}/{number}/messages/{}/pictures", note["id"].as_str().unwrap());
        world.form(&note, cookies, &[("csrf", &form)]).go().await.is(of_note);
    }
    let otto = signed_in("otto@example.com").await;
    let own = world.call("GET", "/").header("cookie", &otto).go().await.is(200).text();
    let address = format!("/tickets/{number}/messages/description/pictures");
    world.form(&address, &otto, &[("csrf", &form_token(&own))]).go().await.is(404);
}

/// What forms of this page carry.
fn form_token(page: &str) -> String {
    page.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap().to_owned()
}

#[tokio::test]
async fn the_portal_asks_for_a_description() {
    let world = World::new().await;
    let call = |body: Value| world.call("POST", "/v1/portal/incidents").by("Rosa").json(body).go();
    call(json!({ "title": "x" })).await.is(422);
    let ticket = call(json!({ "summary": "x", "description": "y", "urgency": "high" })).await.is(201).json();
    assert_eq!((&ticket["channel"], &ticket["kind"], &ticket["urgency"]), (&json!("portal"), &json!("incident"), &json!(2)));
}

#[tokio::test]
async fn the_log_is_shown_and_proven() {
    let world = World::new().await;
    world.lodge("Rosa", json!({ "title": "One" })).await;
    let log = world.call("GET", "/v1/audit?limit=3").by("Max").header("user-agent", "test").go().await.is(200).json();
    let seqs: Vec<u64> = log["items"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()).collect();
    let total = log["total"].as_u64().unwrap();
    assert_eq!(seqs, [total, total - 1, total - 2]);
    let next = world.call("GET", &format!("/v1/audit?cursor={}", log["nextCursor"].as_str().unwrap())).by("Max").go().await.json();
    assert_eq!(next["items"][0]["seq"], total - 3);
    let proof = world.call("GET", "/v1/audit/verify").by("Max").go().await.is(200).json();
    assert_eq!((&proof["valid"], &proof["events"]), (&json!(true), &json!(total)));
}

#[tokio::test]
async fn objects_are_merged_by_patch_and_replaced_by_put() {
    let world = World::new().await;
    let ticket =
        world.lodge("Ada", json!({ "title": "One", "custom": { "a": 1, "b": { "c": 2, "d": 3 } }, "metadata": { "x": "y" } })).await;
    let path = format!("/v1/tickets/{}", ticket["number"].as_str().unwrap());
    for (method, body, custom, metadata) in [
        ("PATCH", json!({ "custom": { "b": { "c": null, "e": 4 } } }), json!({ "a": 1, "b": { "d": 3, "e": 4 } }), json!({ "x": "y" })),
        (
            "PATCH",
            json!({ "custom": { "a": null }, "metadata": { "z": [1] } }),
            json!({ "b": { "d": 3, "e": 4 } }),
            json!({ "x": "y", "z": [1] }),
        ),
        ("PATCH", json!({ "metadata": null }), json!({ "b": { "d": 3, "e": 4 } }), json!({})),
        ("PUT", json!({ "title": "One", "custom": { "n": 1 } }), json!({ "n": 1 }), json!({})),
    ] {
        let changed = world.call(method, &path).by("Ada").json(body.clone()).go().await.is(200).json();
        assert_eq!((&changed["custom"], &changed["metadata"]), (&custom, &metadata), "{body}");
    }
    world.call("PATCH", &path).by("Ada").json(json!({ "custom": [] })).go().await.is(422);
}

#[tokio::test]
async fn a_history_comes_in_pages_newest_first() {
    let world = World::new().await;
    let ticket = world.lodge("Rosa", json!({ "title": "One" })).await;
    for i in 0..4 {
        world.comment("Ada", &ticket, json!({ "body": "x", "isPrivate": i % 2 == 0 })).await;
    }
    let path = format!("/v1/tickets/{}/history", ticket["number"].as_str().unwrap());
    let get = |who: &'static str, query: String| world.call("GET", &format!("{path}?{query}")).by(who).go();
    for (who, total) in [("Ada", 5), ("Rosa", 3)] {
        let (mut seqs, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let list = get(who, query).await.is(200).json();
            assert_eq!((&list["total"], &list["page"], &list["pageSize"]), (&json!(total), &json!(1), &json!(2)));
            seqs.extend(list["items"].as_array().unwrap().iter().map(|it| it["seq"].as_u64().unwrap()));
            let Some(next) = list["nextCursor"].as_str() else { break };
            query = format!("limit=2&cursor={next}");
        }
        assert_eq!(seqs.len(), total, "{who}");
        assert!(seqs.is_sorted_by(|a, b| a > b), "{seqs:?}");
        let second = get(who, "page=2&pageSize=2".into()).await.is(200).json();
        assert_eq!(second["items"][0]["seq"], seqs[2], "{who}");
    }
}
